// SPDX-License-Identifier: GPL-2.0-only
/* rssctl engine, rssctl queue */
#include <linux/rss_engine.h>

#include "cmd.h"

static const struct column engine_columns[] = {
	{ "pnic", RSS_ENGINE_A_ENGINE_IFNAME },
	{ "id", RSS_ENGINE_A_ENGINE_ID },
	{ "kind", RSS_ENGINE_A_ENGINE_KIND },
	{ "context", RSS_ENGINE_A_ENGINE_CONTEXT },
	{ "queues", RSS_ENGINE_A_ENGINE_QUEUE },
	{ "home", RSS_ENGINE_A_ENGINE_HOME },
	{ "load", RSS_ENGINE_A_ENGINE_LOAD },
	{ "hottest", RSS_ENGINE_A_ENGINE_HOTTEST },
	{ "hottest_queue", RSS_ENGINE_A_ENGINE_HOTTEST_QUEUE },
	{ "full_polls", RSS_ENGINE_A_ENGINE_FULL_POLLS },
	{ "rewrites", RSS_ENGINE_A_ENGINE_REWRITES },
	{ "reason", RSS_ENGINE_A_ENGINE_REASON },
	{ "vms", RSS_ENGINE_A_ENGINE_VM },
	{ "value", RSS_ENGINE_A_ENGINE_VALUE },
	{ "threshold", RSS_ENGINE_A_ENGINE_THRESHOLD },
	{ "gain", RSS_ENGINE_A_ENGINE_GAIN },
	{ "wait_ms", RSS_ENGINE_A_ENGINE_WAIT_MS },
	{ "looks", RSS_ENGINE_A_ENGINE_LOOKS },
	{ "resizes", RSS_ENGINE_A_ENGINE_RESIZES },
};

static const struct view engine_view = {
	.schema = &engine_schema,
	.columns = engine_columns,
	.n = ARRAY_SIZE(engine_columns),
	.n_text = ARRAY_SIZE(engine_columns) - 6,	/* numbers behind the reason */
};

static enum rc engine_show(struct app *app, struct args *args)
{
	const char *dev;
	enum rc rc = args_filter(args, &dev);

	return rc ? rc : show_dump(app, RSS_ENGINE_CMD_ENGINE_GET, &engine_view,
				   RSS_ENGINE_A_ENGINE_IFNAME, dev);
}

const struct cmd engine_cmds[] = {
	{ "show", "[DEV]", "engines, their queues, loads and VMs", engine_show },
	{}
};

static const struct column queue_columns[] = {
	{ "pnic", RSS_ENGINE_A_QUEUE_IFNAME },
	{ "queue", RSS_ENGINE_A_QUEUE_ID },
	{ "engine", RSS_ENGINE_A_QUEUE_ENGINE },
	{ "home", RSS_ENGINE_A_QUEUE_HOME },
	{ "busy", RSS_ENGINE_A_QUEUE_BUSY },
	{ "full_polls", RSS_ENGINE_A_QUEUE_FULL_POLLS },
	{ "cpu", RSS_ENGINE_A_QUEUE_CPU },
	{ "drops", RSS_ENGINE_A_QUEUE_DROPS },
	{ "busy_ns", RSS_ENGINE_A_QUEUE_BUSY_NS },
	{ "polls", RSS_ENGINE_A_QUEUE_POLLS },
	{ "packets", RSS_ENGINE_A_QUEUE_PACKETS },
};

static const struct view queue_view = {
	.schema = &queue_schema,
	.columns = queue_columns,
	.n = ARRAY_SIZE(queue_columns),
	.n_text = ARRAY_SIZE(queue_columns),
};

static enum rc queue_show(struct app *app, struct args *args)
{
	const char *dev;
	enum rc rc = args_filter(args, &dev);

	return rc ? rc : show_dump(app, RSS_ENGINE_CMD_QUEUE_GET, &queue_view,
				   RSS_ENGINE_A_QUEUE_IFNAME, dev);
}

const struct cmd queue_cmds[] = {
	{ "show", "[DEV]", "rx queues and their loads", queue_show },
	{}
};
