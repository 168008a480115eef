// SPDX-License-Identifier: GPL-2.0-only
/* rssctl pnic show: the module's books beside the NIC's own account */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "check.h"
#include "cmd.h"
#include "nic.h"
#include "pnic.h"

#define READ_TRIES 5	/* readings, until nothing was changed during one */

/* As pnic add takes it */
static char *node_text(__s64 node)
{
	if (node == NODE_ANY)
		return xstrdup("any");
	return node == NODE_NIC ? xstrdup("nic") : xasprintf("%lld", node);
}

static const struct column columns[] = {
	{ "pnic", RSS_ENGINE_A_PNIC_IFNAME },
	{ "mode", RSS_ENGINE_A_PNIC_MODE },
	{ "default_queues", RSS_ENGINE_A_PNIC_DEFAULT_QUEUES },
	{ "shared_engines", RSS_ENGINE_A_PNIC_SHARED_ENGINES },
	{ "shared_queues", RSS_ENGINE_A_PNIC_SHARED_QUEUES },
	{ "dedicated_queues", RSS_ENGINE_A_PNIC_DEDICATED_QUEUES },
	{ "queues", RSS_ENGINE_A_PNIC_QUEUES },
	{ "free_queues", RSS_ENGINE_A_PNIC_FREE_QUEUES },
	{ "foreign_queues", RSS_ENGINE_A_PNIC_FOREIGN_QUEUES },
	{ "dialect", RSS_ENGINE_A_PNIC_DIALECT },
	{ "vms", RSS_ENGINE_A_PNIC_VMS },
	{ "host_load", RSS_ENGINE_A_PNIC_HOST_LOAD },
	{ "period_ms", RSS_ENGINE_A_PNIC_PERIOD_MS },
	{ "sample", RSS_ENGINE_A_PNIC_SAMPLE },
	{ "moves", RSS_ENGINE_A_PNIC_MOVES },
	{ "failures", RSS_ENGINE_A_PNIC_FAILURES },
	{ "node", RSS_ENGINE_A_PNIC_NODE, .text = node_text },
	{ "nic_node", RSS_ENGINE_A_PNIC_NIC_NODE },
	{ "exclude_cpus", RSS_ENGINE_A_PNIC_EXCLUDE_CPUS },
	{ "warnings", RSS_ENGINE_A_PNIC_WARNING },
};

static const struct view view = {
	.schema = &pnic_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
	.n_text = ARRAY_SIZE(columns) - 1,	/* warnings have lines of their own */
};

static enum rc read_books(struct app *app, struct books *books)
{
	const struct {
		int cmd;
		const struct schema *schema;
		struct list *list;
	} dumps[] = {
		{ RSS_ENGINE_CMD_PNIC_GET, &pnic_schema, &books->pnics },
		{ RSS_ENGINE_CMD_ENGINE_GET, &engine_schema, &books->engines },
		{ RSS_ENGINE_CMD_PLACEMENT_GET, &placement_schema, &books->placements },
		{ RSS_ENGINE_CMD_VM_GET, &vm_schema, &books->vms },
	};
	enum rc rc = RC_OK;

	for (size_t i = 0; i < ARRAY_SIZE(dumps) && !rc; i++)
		rc = app_dump(app, dumps[i].cmd, dumps[i].schema, dumps[i].list);
	return rc;
}

static enum rc read_nics(const struct books *books, struct nic *nics)
{
	enum rc rc = RC_OK;

	for (size_t i = 0; i < books->pnics.n && !rc; i++) {
		const struct pnic *pnic = (const struct pnic *)books->pnics.v + i;
		struct list engines = {};

		for_each(engine, &books->engines, struct engine)
			if (opt_is(&engine->ifindex, pnic->ifindex.v))
				*(struct engine *)list_push(&engines, sizeof(*engine)) = *engine;
		rc = nic_read(pnic->ifname ? pnic->ifname : "", &engines, &nics[i]);
		free(engines.v);
	}
	return rc;
}

static bool same_pnic(const struct pnic *a, const struct pnic *b)
{
	return a->ifindex.v == b->ifindex.v && a->moves.v == b->moves.v &&
	       a->failures.v == b->failures.v;
}

/* The id of an engine that went is not used again on its PNIC. */
static bool same_engine(const struct engine *a, const struct engine *b)
{
	return a->ifindex.v == b->ifindex.v && a->id.v == b->id.v &&
	       a->rewrites.v == b->rewrites.v && a->resizes.v == b->resizes.v;
}

/* One by one: a sum would lose the counts of what went. The order is the module's. */
static bool same_books(const struct list *pnics, const struct list *engines,
		       const struct books *books)
{
	bool same = pnics->n == books->pnics.n && engines->n == books->engines.n;

	for (size_t i = 0; same && i < pnics->n; i++)
		same = same_pnic((const struct pnic *)pnics->v + i,
				 (const struct pnic *)books->pnics.v + i);
	for (size_t i = 0; same && i < engines->n; i++)
		same = same_engine((const struct engine *)engines->v + i,
				   (const struct engine *)books->engines.v + i);
	return same;
}

/* Whether the books are still those that the NICs were compared with. */
static enum rc is_settled(struct app *app, const struct books *books, bool *settled)
{
	struct list pnics = {}, engines = {};
	enum rc rc = app_dump(app, RSS_ENGINE_CMD_PNIC_GET, &pnic_schema, &pnics);

	if (!rc)
		rc = app_dump(app, RSS_ENGINE_CMD_ENGINE_GET, &engine_schema, &engines);
	*settled = same_books(&pnics, &engines, books);
	list_clear(&pnic_schema, &pnics);
	list_clear(&engine_schema, &engines);
	return rc;
}

static void free_nics(struct nic *nics, size_t n)
{
	for (size_t i = 0; nics && i < n; i++)
		nic_clear(&nics[i]);
	free(nics);
}

/*
 * Books and NIC cannot be read at one moment: a change between the two would look
 * like a difference. Read again until none happened meanwhile.
 */
static enum rc read_both(struct app *app, struct books *books, struct nic **nics)
{
	bool settled = false;
	enum rc rc = RC_OK;

	for (int i = 0; i < READ_TRIES && !settled && !rc; i++) {
		free_nics(*nics, books->pnics.n);
		*nics = NULL;
		books_clear(books);
		rc = read_books(app, books);
		if (rc)
			return rc;
		*nics = xcalloc(books->pnics.n, sizeof(**nics));
		rc = read_nics(books, *nics);
		if (!rc)
			rc = is_settled(app, books, &settled);
	}
	return rc;
}

static struct json_object *channels_json(const struct nic *nic)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "rx", json_opt(&nic->rx));
	json_object_object_add(json, "combined", json_opt(&nic->combined));
	json_object_object_add(json, "rx_max", json_opt(&nic->rx_max));
	json_object_object_add(json, "combined_max", json_opt(&nic->combined_max));
	return json;
}

static struct json_object *context_json(const struct books *books, const struct pnic *pnic,
					const struct nic_context *context)
{
	const struct engine *engine = books_context(books, pnic, context->id);
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "context", json_object_new_int64(context->id));
	json_object_object_add(json, "entries", json_object_new_int64(context->entries));
	json_object_object_add(json, "queues", json_u32s(&context->queues));
	json_object_object_add(json, "engine", engine ? json_opt(&engine->id) : NULL);
	return json;
}

static struct json_object *rule_json(const struct books *books, const struct pnic *pnic,
				     const struct nic_rule *rule)
{
	struct json_object *json = json_object_new_object();
	const char *vm = rule_vm(books, pnic, rule);
	char *mac = mac_text(&rule->mac);

	json_object_object_add(json, "location", json_object_new_int64(rule->location));
	json_object_object_add(json, "flow", json_object_new_string(rule->flow));
	json_object_object_add(json, "mac", rule->mac.set ? json_object_new_string(mac) : NULL);
	json_object_object_add(json, "vlan", json_opt(&rule->vlan));
	json_object_object_add(json, "context", json_opt(&rule->context));
	json_object_object_add(json, "queue", json_opt(&rule->queue));
	json_object_object_add(json, "vm", vm ? json_object_new_string(vm) : NULL);
	free(mac);
	return json;
}

static struct json_object *nic_json(const struct books *books, const struct pnic *pnic,
				    const struct nic *nic)
{
	struct json_object *json = json_object_new_object();
	struct json_object *contexts = json_object_new_array();
	struct json_object *rules = json_object_new_array();

	for_each(context, &nic->contexts, struct nic_context)
		json_object_array_add(contexts, context_json(books, pnic, context));
	for_each(rule, &nic->rules, struct nic_rule)
		json_object_array_add(rules, rule_json(books, pnic, rule));
	json_object_object_add(json, "channels", channels_json(nic));
	json_object_object_add(json, "contexts", contexts);
	json_object_object_add(json, "rules", rules);
	return json;
}

static void print_opt(const char *what, const struct opt *opt)
{
	if (opt->set)
		printf("%s%lld", what, opt->v);
	else
		printf("%s-", what);
}

static void print_rule(const struct books *books, const struct pnic *pnic,
		       const struct nic_rule *rule)
{
	const char *vm = rule_vm(books, pnic, rule);
	char *mac = mac_text(&rule->mac);

	printf("    rule %u  %s  mac %s", rule->location, rule->flow, mac);
	print_opt("  vlan ", &rule->vlan);
	print_opt("  context ", &rule->context);
	print_opt("  queue ", &rule->queue);
	printf("  vm %s\n", vm ? vm : "-");
	free(mac);
}

static void print_nic(const struct books *books, const struct pnic *pnic, const struct nic *nic)
{
	print_opt("  the NIC says: channels rx ", &nic->rx);
	print_opt(" of ", &nic->rx_max);
	print_opt(", combined ", &nic->combined);
	print_opt(" of ", &nic->combined_max);
	putchar('\n');
	for_each(context, &nic->contexts, struct nic_context) {
		const struct engine *engine = books_context(books, pnic, context->id);
		struct opt none = {};
		char *queues = ranges_text(&context->queues);

		printf("    context %u  queues %s  entries %u", context->id, queues,
		       context->entries);
		print_opt("  engine ", engine ? &engine->id : &none);
		putchar('\n');
		free(queues);
	}
	for_each(rule, &nic->rules, struct nic_rule)
		print_rule(books, pnic, rule);
}

static void print_pnic(const struct books *books, const struct pnic *pnic, const struct nic *nic)
{
	for (size_t i = 0; i < view.n_text; i++) {
		char *text = column_text(&view, &columns[i], pnic);

		if (i)
			printf("  %-18s%s\n", columns[i].title, text);
		else
			puts(text);
		free(text);
	}
	print_nic(books, pnic, nic);
	for_each(warning, &pnic->warning, char *)
		printf("  warning: %s\n", *warning);
}

static void show(struct app *app, struct books *books, const struct nic *nics, const char *dev)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < books->pnics.n; i++) {
		struct pnic *pnic = list_at(&books->pnics, i, sizeof(*pnic));
		struct json_object *json;

		if (dev && (!pnic->ifname || strcmp(pnic->ifname, dev)))
			continue;
		check_pnic(books, pnic, &nics[i], &pnic->warning);
		if (!app->json) {
			print_pnic(books, pnic, &nics[i]);
			continue;
		}
		json = view_json(&view, pnic);
		json_object_object_add(json, "nic", nic_json(books, pnic, &nics[i]));
		json_object_array_add(array, json);
	}
	if (app->json)
		print_json(array);
	else
		json_object_put(array);
}

static bool has_pnic(const struct books *books, const char *dev)
{
	for_each(pnic, &books->pnics, struct pnic)
		if (pnic->ifname && !strcmp(pnic->ifname, dev))
			return true;
	return false;
}

enum rc pnic_show(struct app *app, struct args *args)
{
	struct books books = {};
	struct nic *nics = NULL;
	const char *dev;
	enum rc rc = args_filter(args, &dev);

	if (!rc)
		rc = read_both(app, &books, &nics);
	if (!rc && dev && !has_pnic(&books, dev))
		rc = no_such("PNIC", dev);
	if (!rc)
		show(app, &books, nics, dev);
	free_nics(nics, books.pnics.n);
	books_clear(&books);
	return rc;
}
