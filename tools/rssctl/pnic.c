// SPDX-License-Identifier: GPL-2.0-only
/* rssctl pnic add, set, del */
#include <linux/rss_engine.h>

#include "cmd.h"
#include "nic.h"
#include "pnic.h"

/* DEV and then the options that the command takes. */
static enum rc pnic_args(struct args *args, const __u16 *allowed, size_t n, const char **dev,
			 struct pnic *pnic)
{
	enum rc rc = args_dev(args, "DEV", dev);
	const char *word;

	while (!rc && (word = args_next(args)))
		rc = args_option(args, &pnic_schema, word, allowed, n, pnic);
	return rc;
}

static enum rc pnic_request(struct app *app, int cmd, const char *dev, struct pnic *pnic)
{
	enum rc rc = nic_index(dev, &pnic->ifindex);

	return rc ? rc : app_do(app, cmd, &pnic_schema, pnic);
}

static enum rc pnic_add(struct app *app, struct args *args)
{
	static const __u16 allowed[] = {
		RSS_ENGINE_A_PNIC_MODE,
		RSS_ENGINE_A_PNIC_DEFAULT_QUEUES,
		RSS_ENGINE_A_PNIC_SHARED_ENGINES,
		RSS_ENGINE_A_PNIC_SHARED_QUEUES,
		RSS_ENGINE_A_PNIC_DEDICATED_QUEUES,
	};
	struct pnic pnic = {};
	const char *dev;
	enum rc rc = pnic_args(args, allowed, ARRAY_SIZE(allowed), &dev, &pnic);

	return rc ? rc : pnic_request(app, RSS_ENGINE_CMD_PNIC_ADD, dev, &pnic);
}

static enum rc pnic_set(struct app *app, struct args *args)
{
	static const __u16 allowed[] = { RSS_ENGINE_A_PNIC_MODE };
	struct pnic pnic = {};
	const char *dev;
	enum rc rc = pnic_args(args, allowed, ARRAY_SIZE(allowed), &dev, &pnic);

	if (!rc && !pnic.mode.set)
		rc = err(RC_USAGE, "mode is missing");
	return rc ? rc : pnic_request(app, RSS_ENGINE_CMD_PNIC_SET, dev, &pnic);
}

static enum rc pnic_del(struct app *app, struct args *args)
{
	struct pnic pnic = {};
	const char *dev;
	enum rc rc = pnic_args(args, NULL, 0, &dev, &pnic);

	return rc ? rc : pnic_request(app, RSS_ENGINE_CMD_PNIC_DEL, dev, &pnic);
}

#define ENGINE_ARGS "[shared-engines N] [shared-queues N] [dedicated-queues N]"
#define QUEUE_ARGS "[default-queues N] " ENGINE_ARGS

const struct cmd pnic_cmds[] = {
	{ "show", "[DEV]", "NICs under management, and what they say themselves", pnic_show },
	{ "add", "DEV [mode auto|observe|off] " QUEUE_ARGS, "take a NIC under management",
	  pnic_add },
	{ "set", "DEV mode auto|observe|off", "change what is done on it", pnic_set },
	{ "del", "DEV", "restore a NIC and forget it", pnic_del },
	{}
};
