// SPDX-License-Identifier: GPL-2.0-only
/* Where the module's books and the NIC's own account differ. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "check.h"
#include "out.h"

void books_clear(struct books *books)
{
	list_clear(&pnic_schema, &books->pnics);
	list_clear(&engine_schema, &books->engines);
	list_clear(&placement_schema, &books->placements);
	list_clear(&vm_schema, &books->vms);
}

static void __printf(2, 3) warn(struct list *warnings, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*(char **)list_push(warnings, sizeof(char *)) = xvasprintf(fmt, ap);
	va_end(ap);
}

const struct engine *books_engine(const struct books *books, const struct pnic *pnic, __s64 id)
{
	for_each(engine, &books->engines, struct engine)
		if (opt_is(&engine->ifindex, pnic->ifindex.v) && opt_is(&engine->id, id))
			return engine;
	return NULL;
}

const struct engine *books_context(const struct books *books, const struct pnic *pnic, __s64 id)
{
	for_each(engine, &books->engines, struct engine)
		if (opt_is(&engine->ifindex, pnic->ifindex.v) && opt_is(&engine->context, id))
			return engine;
	return NULL;
}

static const struct vm *find_vm(const struct books *books, const char *name)
{
	for_each(vm, &books->vms, struct vm)
		if (vm->name && name && !strcmp(vm->name, name))
			return vm;
	return NULL;
}

static bool same_match(const struct filter *filter, const struct nic_rule *rule)
{
	return filter->mac.set && rule->mac.set &&
	       !memcmp(filter->mac.addr, rule->mac.addr, MAC_LEN) &&
	       filter->vlan.set == rule->vlan.set &&
	       (!filter->vlan.set || filter->vlan.v == rule->vlan.v);
}

static const struct nic_context *find_context(const struct nic *nic, __s64 id)
{
	for_each(context, &nic->contexts, struct nic_context)
		if (context->id == id)
			return context;
	return NULL;
}

static bool leads_to(const struct nic *nic, const struct filter *filter, __s64 context)
{
	for_each(rule, &nic->rules, struct nic_rule)
		if (same_match(filter, rule) && opt_is(&rule->context, context))
			return true;
	return false;
}

static bool vm_matches(const struct vm *vm, const struct nic_rule *rule)
{
	for_each(vnic, &vm->vnic, struct vnic)
		for_each(filter, &vnic->filter, struct filter)
			if (same_match(filter, rule))
				return true;
	return false;
}

static const struct placement *find_placement(const struct books *books, const char *name,
					      const struct pnic *pnic)
{
	for_each(placement, &books->placements, struct placement)
		if (opt_is(&placement->ifindex, pnic->ifindex.v) && placement->vm &&
		    !strcmp(placement->vm, name))
			return placement;
	return NULL;
}

/* Addresses are compared first: hosts have thousands of VMs and of rules. */
static const struct placement *rule_placement(const struct books *books, const struct pnic *pnic,
					      const struct nic_rule *rule)
{
	const struct placement *placement = NULL;

	for_each(vm, &books->vms, struct vm) {
		if (vm->name && vm_matches(vm, rule))
			placement = find_placement(books, vm->name, pnic);
		if (placement)
			break;
	}
	return placement;
}

/* The VM whose address @rule matches, NULL when it is nobody's on this PNIC. */
const char *rule_vm(const struct books *books, const struct pnic *pnic,
		    const struct nic_rule *rule)
{
	const struct placement *placement = rule_placement(books, pnic, rule);

	return placement ? placement->vm : NULL;
}

static bool has_number(const struct list *numbers, __u32 number)
{
	for_each(v, numbers, __u32)
		if (*v == number)
			return true;
	return false;
}

/*
 * An engine's table has no queue of others, and is as it was left. That of an engine
 * without queues stays as it was: nothing is led there.
 */
static void check_engine(const struct engine *engine, const struct nic *nic, struct list *warnings)
{
	const struct nic_context *context = find_context(nic, engine->context.v);
	char *wrong, *right;

	if (!context) {
		warn(warnings, "the NIC has no RSS context %lld, which engine %lld needs",
		     engine->context.v, engine->id.v);
		return;
	}
	for_each(queue, &context->queues, __u32) {
		if (!engine->queue.n || has_number(&engine->queue, *queue))
			continue;
		wrong = ranges_text(&context->queues);
		right = ranges_text(&engine->queue);
		warn(warnings, "the table of RSS context %lld has queues %s; engine %lld has %s",
		     engine->context.v, wrong, engine->id.v, right);
		free(wrong);
		free(right);
		return;
	}
	if (engine->queue.n && engine->table_sum.set &&
	    engine->table_sum.v != context->table_sum)
		warn(warnings, "the table of RSS context %lld is not as engine %lld has left it",
		     engine->context.v, engine->id.v);
}

static void check_engines(const struct books *books, const struct pnic *pnic,
			  const struct nic *nic, struct list *warnings)
{
	for_each(engine, &books->engines, struct engine)
		if (opt_is(&engine->ifindex, pnic->ifindex.v) && engine->context.set)
			check_engine(engine, nic, warnings);
	for_each(context, &nic->contexts, struct nic_context)
		if (context->id && !books_context(books, pnic, context->id))
			warn(warnings, "RSS context %u is foreign: no engine has it", context->id);
}

static void check_vm_rules(const struct vm *vm, const struct engine *engine,
			   const struct nic *nic, struct list *warnings)
{
	char *mac;

	for_each(vnic, &vm->vnic, struct vnic) {
		for_each(filter, &vnic->filter, struct filter) {
			if (!filter->mac.set || leads_to(nic, filter, engine->context.v))
				continue;
			mac = mac_text(&filter->mac);
			warn(warnings, "VM %s: no rule of the NIC leads %s to RSS context %lld",
			     vm->name, mac, engine->context.v);
			free(mac);
		}
	}
}

/* A rule to a VM's engine, and none in state none, is what there should be. */
static void check_rule(const struct books *books, const struct pnic *pnic,
		       const struct nic_rule *rule, struct list *warnings)
{
	const struct placement *placement = rule_placement(books, pnic, rule);
	const struct engine *engine;

	if (!placement) {
		warn(warnings, "the rule at location %u is foreign: it matches no VM here",
		     rule->location);
		return;
	}
	engine = books_engine(books, pnic, placement->engine.v);
	if (!engine || !engine->context.v || !opt_is(&rule->context, engine->context.v))
		warn(warnings, "the rule at location %u leads VM %s away from its engine",
		     rule->location, placement->vm);
}

static void check_rules(const struct books *books, const struct pnic *pnic,
			const struct nic *nic, struct list *warnings)
{
	for_each(placement, &books->placements, struct placement) {
		const struct vm *vm = find_vm(books, placement->vm);
		const struct engine *engine;

		if (!vm || !opt_is(&placement->ifindex, pnic->ifindex.v) ||
		    opt_is(&placement->state, RSS_ENGINE_STATE_NONE))
			continue;
		engine = books_engine(books, pnic, placement->engine.v);
		if (engine && engine->context.set)
			check_vm_rules(vm, engine, nic, warnings);
	}
	for_each(rule, &nic->rules, struct nic_rule)
		check_rule(books, pnic, rule, warnings);
}

/**
 * check_pnic() - compare the books with the NIC
 * @books: the module's
 * @pnic: one of @books->pnics
 * @nic: what its NIC says
 * @warnings: list of char *, a sentence added for each difference
 *
 * A PNIC without engines (mode off) has touched nothing, so nothing is foreign.
 * Engines that share a CPU the module warns of itself.
 */
void check_pnic(const struct books *books, const struct pnic *pnic, const struct nic *nic,
		struct list *warnings)
{
	if (!books_engine(books, pnic, 0))
		return;
	check_engines(books, pnic, nic, warnings);
	check_rules(books, pnic, nic, warnings);
}
