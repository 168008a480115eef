// SPDX-License-Identifier: GPL-2.0-only
/* rssctl pnic add, set, del */
#include <stdint.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "nic.h"
#include "pnic.h"

static enum rc parse_node(const char *word, struct opt *node)
{
	enum rc rc = RC_OK;

	if (node->set)
		return given_twice("node", word);
	node->v = !strcmp(word, "any") ? NODE_ANY : NODE_NIC;
	if (strcmp(word, "any") && strcmp(word, "nic"))
		rc = parse_number("node", word, 0, INT32_MAX, &node->v);
	node->set = !rc;
	return rc;
}

/* What a list of CPUs is the module knows best; "none" is an empty one. */
static enum rc parse_cpus(const char *word, char **cpus)
{
	size_t len = strlen(word);

	if (*cpus)
		return given_twice("exclude-cpus", word);
	if (!len || len > RSS_ENGINE_CPUS_MAX)
		return err(RC_USAGE, "exclude-cpus: a list has 1..%d characters",
			   RSS_ENGINE_CPUS_MAX);
	*cpus = xstrdup(strcmp(word, "none") ? word : "");
	return RC_OK;
}

/**
 * struct words - what a command line says of a PNIC
 * @dev: its name
 * @pnic: the request; the name is not resolved yet
 */
struct words {
	const char *dev;
	struct pnic pnic;
};

static enum rc parse_option(struct args *args, const char *word, const __u16 *allowed, size_t n,
			    struct pnic *pnic)
{
	bool is_node = !strcmp(word, "node");
	const char *value;

	if (!n || (!is_node && strcmp(word, "exclude-cpus")))
		return args_option(args, &pnic_schema, word, allowed, n, pnic);
	if (args_need(args, word, &value))
		return RC_USAGE;
	return is_node ? parse_node(value, &pnic->node) : parse_cpus(value, &pnic->exclude_cpus);
}

/* DEV and then the options; without @allowed there are none. */
static enum rc pnic_words(struct args *args, const __u16 *allowed, size_t n, struct words *words)
{
	enum rc rc = args_dev(args, "DEV", &words->dev);
	const char *word;

	while (!rc && (word = args_next(args)))
		rc = parse_option(args, word, allowed, n, &words->pnic);
	return rc;
}

/* Unless @rc says that the words are wrong. */
static enum rc pnic_request(struct app *app, int cmd, struct words *words, enum rc rc)
{
	if (!rc)
		rc = nic_index(words->dev, &words->pnic.ifindex);
	if (!rc)
		rc = app_do(app, cmd, &pnic_schema, &words->pnic);
	obj_clear(&pnic_schema, &words->pnic);
	return rc;
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
	struct words words = {};
	enum rc rc = pnic_words(args, allowed, ARRAY_SIZE(allowed), &words);

	return pnic_request(app, RSS_ENGINE_CMD_PNIC_ADD, &words, rc);
}

static enum rc pnic_set(struct app *app, struct args *args)
{
	static const __u16 allowed[] = { RSS_ENGINE_A_PNIC_MODE };
	struct words words = {};
	enum rc rc = pnic_words(args, allowed, ARRAY_SIZE(allowed), &words);
	const struct pnic *pnic = &words.pnic;

	if (!rc && !pnic->mode.set && !pnic->node.set && !pnic->exclude_cpus)
		rc = err(RC_USAGE, "nothing to change is given");
	return pnic_request(app, RSS_ENGINE_CMD_PNIC_SET, &words, rc);
}

static enum rc pnic_del(struct app *app, struct args *args)
{
	struct words words = {};
	enum rc rc = pnic_words(args, NULL, 0, &words);

	return pnic_request(app, RSS_ENGINE_CMD_PNIC_DEL, &words, rc);
}

#define ENGINE_ARGS "[shared-engines N] [shared-queues N] [dedicated-queues N]"
#define QUEUE_ARGS "[default-queues N] " ENGINE_ARGS
#define CPU_ARGS "[node N|any|nic] [exclude-cpus LIST|none]"

const struct cmd pnic_cmds[] = {
	{ "show", "[DEV]", "NICs under management, and what they say themselves", pnic_show },
	{ "add", "DEV [mode auto|observe|off] " QUEUE_ARGS " " CPU_ARGS,
	  "take a NIC under management", pnic_add },
	{ "set", "DEV [mode auto|observe|off] " CPU_ARGS, "change what is done on it", pnic_set },
	{ "del", "DEV", "restore a NIC and forget it", pnic_del },
	{}
};
