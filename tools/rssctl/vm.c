// SPDX-License-Identifier: GPL-2.0-only
/* rssctl vm add, set, del, move */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "cmd.h"
#include "nic.h"
#include "vm.h"

static enum rc vm_request(struct app *app, int cmd, struct vm_words *words)
{
	enum rc rc = vm_words_complete(words);

	return rc ? rc : app_do(app, cmd, &vm_schema, &words->vm);
}

static enum rc vm_add(struct app *app, struct args *args)
{
	struct vm_words words = {};
	enum rc rc = vm_words_parse(args, true, &words);

	if (!rc && !words.vm.vnic.n)
		rc = err(RC_USAGE, "dev is missing");
	if (!rc)
		rc = vm_request(app, RSS_ENGINE_CMD_VM_ADD, &words);
	vm_words_clear(&words);
	return rc;
}

static enum rc vm_set(struct app *app, struct args *args)
{
	struct vm_words words = {};
	enum rc rc = vm_words_parse(args, false, &words);

	if (!rc && !words.given)
		rc = err(RC_USAGE, "nothing to change is given");
	if (!rc)
		rc = vm_request(app, RSS_ENGINE_CMD_VM_SET, &words);
	vm_words_clear(&words);
	return rc;
}

static enum rc vm_del(struct app *app, struct args *args)
{
	struct vm vm = {};
	const char *name;
	enum rc rc = args_need(args, "NAME", &name);

	if (!rc)
		rc = parse_name("NAME", name);
	if (!rc)
		rc = args_end(args);
	if (rc)
		return rc;
	vm.name = xstrdup(name);
	rc = app_do(app, RSS_ENGINE_CMD_VM_DEL, &vm_schema, &vm);
	obj_clear(&vm_schema, &vm);
	return rc;
}

/* The options of vm move: "pnic DEV" and "engine ID". */
static enum rc move_options(struct args *args, struct placement *move, const char **dev)
{
	struct opt *engine = &move->to_engine;
	const char *word, *value;
	enum rc rc = RC_OK;

	*dev = NULL;
	while (!rc && (word = args_next(args))) {
		bool is_pnic = !strcmp(word, "pnic");

		if (!is_pnic && strcmp(word, "engine"))
			return unknown_word(word);
		rc = args_need(args, word, &value);
		if (rc)
			return rc;
		if (is_pnic ? !!*dev : engine->set)
			return given_twice(word, value);
		if (is_pnic) {
			*dev = value;
			rc = parse_dev_name(word, value);
		} else {
			rc = parse_number(word, value, 0, UINT32_MAX, &engine->v);
			engine->set = !rc;
		}
	}
	return rc;
}

static enum rc move_words(struct args *args, struct placement *move, const char **dev)
{
	const struct field *state = schema_attr(&placement_schema,
						RSS_ENGINE_A_PLACEMENT_TO_STATE);
	const char *name, *word;
	enum rc rc = args_need(args, "NAME", &name);

	if (!rc)
		rc = parse_name("NAME", name);
	if (rc)
		return rc;
	move->vm = xstrdup(name);
	rc = args_need(args, "none, shared or dedicated", &word);
	if (!rc)
		rc = parse_field(state, word, move);
	return rc ? rc : move_options(args, move, dev);
}

static enum rc vm_move(struct app *app, struct args *args)
{
	struct placement move = {};
	const char *dev = NULL;
	enum rc rc = move_words(args, &move, &dev);

	/* Without a PNIC the module takes the only one that the VM is on. */
	if (!rc && dev)
		rc = nic_index(dev, &move.ifindex);
	if (!rc)
		rc = app_do(app, RSS_ENGINE_CMD_VM_MOVE, &placement_schema, &move);
	obj_clear(&placement_schema, &move);
	return rc;
}

#define VNIC_OF "[vlan ID] [mac MAC [vlan ID]]... [worker PID]..."
#define VNIC_ARGS "dev VNIC " VNIC_OF " [dev VNIC ...]..."
#define STATE_ARGS "[min none|shared|dedicated] [max none|shared|dedicated] "
#define NEED_ARGS "[latency low|normal|bulk] [need N] [reserve on|off] "
#define WHERE_ARGS "[engine ID|any] [prefer ID|any] [apart GROUP|off] [together GROUP|off]"
#define RULE_ARGS "[priority N] [pin none|shared|dedicated|off] " STATE_ARGS NEED_ARGS WHERE_ARGS

const struct cmd vm_cmds[] = {
	{ "show", "[NAME]", "VMs: where they are, what they cost, and why", vm_show },
	{ "add", "NAME " VNIC_ARGS " [pnic DEV]... " RULE_ARGS, "add a VM", vm_add },
	{ "set", "NAME [" VNIC_ARGS "] " RULE_ARGS, "change a VM; a dev replaces all", vm_set },
	{ "del", "NAME", "forget a VM", vm_del },
	{ "move", "NAME none|shared|dedicated [pnic DEV] [engine ID]", "move a VM by hand",
	  vm_move },
	{}
};
