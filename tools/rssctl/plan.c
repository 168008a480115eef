// SPDX-License-Identifier: GPL-2.0-only
/* rssctl plan */
#include <stdio.h>
#include <stdlib.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "explain.h"

static const struct column columns[] = {
	{ "name", RSS_ENGINE_A_PLACEMENT_VM },
	{ "pnic", RSS_ENGINE_A_PLACEMENT_IFNAME },
	{ "state", RSS_ENGINE_A_PLACEMENT_STATE },
	{ "engine", RSS_ENGINE_A_PLACEMENT_ENGINE },
	{ "to_state", RSS_ENGINE_A_PLACEMENT_TO_STATE },
	{ "to_engine", RSS_ENGINE_A_PLACEMENT_TO_ENGINE },
	{ "gain", RSS_ENGINE_A_PLACEMENT_GAIN },
	{ "reason", RSS_ENGINE_A_PLACEMENT_REASON },
	{ "value", RSS_ENGINE_A_PLACEMENT_VALUE },
	{ "threshold", RSS_ENGINE_A_PLACEMENT_THRESHOLD },
	{ "wait_ms", RSS_ENGINE_A_PLACEMENT_WAIT_MS },
};

static const struct view view = {
	.schema = &placement_schema,
	.columns = columns,
	.n = ARRAY_SIZE(columns),
};

static void print_number(const char *before, const struct opt *opt, const char *behind)
{
	if (opt->set)
		printf("%s%lld%s", before, opt->v, behind);
}

/* Where it would go, on a line; why, or why not, on the next. */
static void print_placement(const struct placement *placement)
{
	char *from = place_text(&placement->state, &placement->engine, "");
	char *to = place_text(&placement->to_state, &placement->to_engine, " (new engine)");
	char *why = explain_reason(placement);

	printf("%s on %s: %s", placement->vm ? placement->vm : "-",
	       placement->ifname ? placement->ifname : "-", from);
	if (placement->to_state.set) {
		printf(" -> %s", to);
		print_number(", gain ", &placement->gain, " percent");
		if (placement->wait_ms.v)
			print_number(", in ", &placement->wait_ms, " ms at the earliest");
	} else {
		fputs(", stays", stdout);
	}
	printf("\n    %s: %s\n", placement->reason.set ?
	       names_get(&reason_names, placement->reason.v) : "-", why);
	free(from);
	free(to);
	free(why);
}

/* An engine whose indirection entries are, or could be, rewritten. */
static void print_engine(const struct engine *engine)
{
	char *why;

	if (!engine->reason.set || engine->reason.v == RSS_ENGINE_REASON_IDLE ||
	    engine->reason.v == RSS_ENGINE_REASON_OBSERVE)
		return;
	why = explain_engine(engine);
	printf("engine %lld on %s", engine->id.v, engine->ifname ? engine->ifname : "-");
	print_number(", hottest queue ", &engine->hottest_queue, "");
	print_number(" at ", &engine->hottest, "");
	if (engine->gain.v)
		print_number(", gain ", &engine->gain, " percent");
	printf("\n    %s: %s\n", names_get(&reason_names, engine->reason.v), why);
	free(why);
}

static enum rc print_engines(struct app *app)
{
	struct list list = {};
	enum rc rc = app_dump(app, RSS_ENGINE_CMD_ENGINE_GET, &engine_schema, &list);

	if (!rc)
		for_each(engine, &list, struct engine)
			print_engine(engine);
	list_clear(&engine_schema, &list);
	return rc;
}

static enum rc plan(struct app *app, struct args *args)
{
	struct list list = {};
	enum rc rc = args_end(args);

	if (!rc)
		rc = app_dump(app, RSS_ENGINE_CMD_PLACEMENT_GET, &placement_schema, &list);
	if (!rc && app->json)
		show_list(app, &view, &list);
	else if (!rc)
		for_each(placement, &list, struct placement)
			print_placement(placement);
	list_clear(&placement_schema, &list);
	if (!rc && !app->json)
		rc = print_engines(app);
	return rc;
}

const struct cmd plan_cmds[] = {
	{ NULL, "", "what would move next, and why what stays stays", plan },
	{}
};
