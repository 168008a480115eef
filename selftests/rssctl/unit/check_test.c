// SPDX-License-Identifier: GPL-2.0-only
/* Books and NIC that agree, and each way in which they may not. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "check.h"
#include "cm.h"
#include "fake.h"

/*
 * eth0: engine 0 over queues 0-1 (context 0), engine 1 over 2-3 (context 4);
 * VM "a" on engine 1, by the rule at location 9.
 */
static struct books books;
static struct nic nic;
static struct pnic *pnic;

static void add_engine(__s64 id, __s64 context, __u32 first)
{
	struct engine *engine = list_push(&books.engines, sizeof(*engine));
	struct nic_context *ctx = list_push(&nic.contexts, sizeof(*ctx));

	opt_set(&engine->ifindex, FAKE_ETH0);
	opt_set(&engine->id, id);
	opt_set(&engine->context, context);
	ctx->id = (__u32)context;
	for (__u32 i = first; i < first + 2; i++) {
		*(__u32 *)list_push(&engine->queue, sizeof(i)) = i;
		*(__u32 *)list_push(&ctx->queues, sizeof(i)) = i;
	}
}

static struct vm *the_vm(void)
{
	return books.vms.v;
}

static struct nic_rule *the_rule(void)
{
	return nic.rules.v;
}

static int setup(void **state)
{
	static const struct mac mac = { .set = true, .addr = { 0x52, 0x54, 0, 0, 0, 1 } };
	struct placement *placement;
	struct nic_rule *rule;
	struct vnic *vnic;
	struct vm *vm;

	(void)state;
	pnic = list_push(&books.pnics, sizeof(*pnic));
	opt_set(&pnic->ifindex, FAKE_ETH0);
	add_engine(0, 0, 0);
	add_engine(1, 4, 2);
	vm = list_push(&books.vms, sizeof(*vm));
	vm->name = xstrdup("a");
	vnic = list_push(&vm->vnic, sizeof(*vnic));
	((struct filter *)list_push(&vnic->filter, sizeof(struct filter)))->mac = mac;
	placement = list_push(&books.placements, sizeof(*placement));
	placement->vm = xstrdup("a");
	opt_set(&placement->ifindex, FAKE_ETH0);
	opt_set(&placement->state, RSS_ENGINE_STATE_SHARED);
	opt_set(&placement->engine, 1);
	rule = list_push(&nic.rules, sizeof(*rule));
	rule->location = 9;
	rule->mac = mac;
	opt_set(&rule->context, 4);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	books_clear(&books);
	nic_clear(&nic);
	return 0;
}

/* The warnings are exactly @want, a sentence a line. */
static void warns(const char *want)
{
	struct list warnings = {};
	char *got = xstrdup("");

	check_pnic(&books, pnic, &nic, &warnings);
	for_each(warning, &warnings, char *) {
		char *longer = xasprintf("%s%s\n", got, *warning);

		free(got);
		free(*warning);
		got = longer;
	}
	assert_string_equal(got, want);
	free(got);
	free(warnings.v);
}

static void agreement(void **state)
{
	(void)state;
	warns("");
}

static void a_rule_is_missing(void **state)
{
	(void)state;
	nic.rules.n = 0;
	warns("VM a: no rule of the NIC leads 52:54:00:00:00:01 to RSS context 4\n");
}

static void a_rule_leads_elsewhere(void **state)
{
	(void)state;
	the_rule()->context.v = 5;
	warns("VM a: no rule of the NIC leads 52:54:00:00:00:01 to RSS context 4\n"
	      "the rule at location 9 leads VM a away from its engine\n");
}

static void a_rule_has_another_vlan(void **state)
{
	(void)state;
	opt_set(&the_rule()->vlan, 7);
	warns("VM a: no rule of the NIC leads 52:54:00:00:00:01 to RSS context 4\n"
	      "the rule at location 9 is foreign: it matches no VM here\n");
}

static void a_rule_is_foreign(void **state)
{
	struct nic_rule *rule = list_push(&nic.rules, sizeof(*rule));

	(void)state;
	rule->location = 12;
	warns("the rule at location 12 is foreign: it matches no VM here\n");
}

static void a_context_is_missing(void **state)
{
	(void)state;
	free(((struct nic_context *)nic.contexts.v)[1].queues.v);
	nic.contexts.n = 1;
	warns("the NIC has no RSS context 4, which engine 1 needs\n");
}

static void a_context_is_foreign(void **state)
{
	struct nic_context *context = list_push(&nic.contexts, sizeof(*context));

	(void)state;
	context->id = 6;
	warns("RSS context 6 is foreign: no engine has it\n");
}

static void the_default_table_was_changed(void **state)
{
	struct nic_context *context = nic.contexts.v;

	(void)state;
	*(__u32 *)list_push(&context->queues, sizeof(__u32)) = 3;
	warns("the table of RSS context 0 has queues 0-1,3; engine 0 has 0-1\n");
}

static void a_table_may_be_narrower(void **state)
{
	(void)state;
	((struct nic_context *)nic.contexts.v)->queues.n = 1;
	warns("");
}

static void a_table_was_changed_within_its_queues(void **state)
{
	struct engine *engine = books.engines.v;
	struct nic_context *context = nic.contexts.v;

	(void)state;
	context->table_sum = 4000000000U;
	opt_set(&engine->table_sum, 4000000000U);
	warns("");
	context->table_sum++;
	warns("the table of RSS context 0 is not as engine 0 has left it\n");
	engine->queue.n = 0;
	warns("");
}

static void the_table_of_an_engine_without_queues_may_stay(void **state)
{
	(void)state;
	((struct engine *)books.engines.v)[1].queue.n = 0;
	warns("");
}

static void a_rule_was_left_behind(void **state)
{
	struct placement *placement = books.placements.v;

	(void)state;
	placement->state.v = RSS_ENGINE_STATE_NONE;
	placement->engine.v = 0;
	warns("the rule at location 9 leads VM a away from its engine\n");
}

static void a_vm_in_state_none_needs_no_rule(void **state)
{
	struct placement *placement = books.placements.v;

	(void)state;
	placement->state.v = RSS_ENGINE_STATE_NONE;
	placement->engine.v = 0;
	nic.rules.n = 0;
	warns("");
}

static void an_address_that_is_not_known_yet(void **state)
{
	struct vnic *vnic = the_vm()->vnic.v;

	(void)state;
	((struct filter *)vnic->filter.v)->mac.set = false;
	nic.rules.n = 0;
	warns("");
}

static void what_other_pnics_have_does_not_count(void **state)
{
	struct placement *placement = books.placements.v;

	(void)state;
	placement->ifindex.v++;
	warns("the rule at location 9 is foreign: it matches no VM here\n");
}

static void an_address_may_be_on_two_pnics(void **state)
{
	struct vm *second = list_push(&books.vms, sizeof(*second));
	struct vm *first = books.vms.v;
	struct vnic *vnic;

	(void)state;
	/* "b", which is not on this PNIC, has the address too and comes first. */
	*second = *first;
	memset(first, 0, sizeof(*first));
	first->name = xstrdup("b");
	vnic = list_push(&first->vnic, sizeof(*vnic));
	((struct filter *)list_push(&vnic->filter, sizeof(struct filter)))->mac = the_rule()->mac;
	warns("");
}

static void mode_off_compares_nothing(void **state)
{
	(void)state;
	list_clear(&engine_schema, &books.engines);
	warns("");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(agreement),
		CASE(a_rule_is_missing),
		CASE(a_rule_leads_elsewhere),
		CASE(a_rule_has_another_vlan),
		CASE(a_rule_is_foreign),
		CASE(a_context_is_missing),
		CASE(a_context_is_foreign),
		CASE(the_default_table_was_changed),
		CASE(a_table_was_changed_within_its_queues),
		CASE(a_table_may_be_narrower),
		CASE(the_table_of_an_engine_without_queues_may_stay),
		CASE(a_rule_was_left_behind),
		CASE(a_vm_in_state_none_needs_no_rule),
		CASE(an_address_that_is_not_known_yet),
		CASE(what_other_pnics_have_does_not_count),
		CASE(an_address_may_be_on_two_pnics),
		CASE(mode_off_compares_nothing),
	};

	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
