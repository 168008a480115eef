// SPDX-License-Identifier: GPL-2.0-only
/* rssctl: the objects, the options, and the way to a command. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "ipc.h"
#include "rssctl.h"

static enum rc help(struct app *app, struct args *args);

static const struct cmd help_cmds[] = {
	{ NULL, "[OBJECT]", "print the usage", help },
	{}
};

static const struct object objects[] = {
	{ "pnic", "a NIC under management", pnic_cmds },
	{ "vm", "a VM with its network devices", vm_cmds },
	{ "engine", "an RSS context of a NIC with its queues", engine_cmds },
	{ "queue", "an rx queue of a NIC", queue_cmds },
	{ "limit", "the most that engines of a NIC may have, and when", limit_cmds },
	{ "config", "thresholds and times of the policy", config_cmds },
	{ "plan", "what the policy is about to do", plan_cmds },
	{ "monitor", "the event stream", monitor_cmds },
	{ "replay", "the policy over a record", replay_cmds },
	{ "batch", "commands from a file", batch_cmds },
	{ "help", "this text", help_cmds },
};

static const struct object *find_object(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		if (!strcmp(objects[i].name, word))
			return &objects[i];
	return NULL;
}

static const struct cmd *find_cmd(const struct object *object, const char *verb)
{
	for (const struct cmd *cmd = object->cmds; cmd->run; cmd++)
		if (cmd->verb && !strcmp(cmd->verb, verb))
			return cmd;
	return NULL;
}

static void print_usage(FILE *to, const struct object *object, const struct cmd *cmd)
{
	fprintf(to, "rssctl %s%s%s%s%s\n", object->name, cmd->verb ? " " : "",
		cmd->verb ? cmd->verb : "", *cmd->args ? " " : "", cmd->args);
}

static void print_object(FILE *to, const struct object *object)
{
	for (const struct cmd *cmd = object->cmds; cmd->run; cmd++) {
		print_usage(to, object, cmd);
		fprintf(to, "        %s\n", cmd->help);
	}
}

static void print_all(FILE *to)
{
	fputs("usage: rssctl [-j] OBJECT [COMMAND] ...\n\n", to);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		print_object(to, &objects[i]);
	fputs("\n-j  print JSON    -V  print the version    -h  print this text\n"
	      "Without COMMAND the first of the object is run.\n"
	      "Exit: 0 done, 1 the kernel or the system said no, 2 wrong usage.\n", to);
}

static enum rc help(struct app *app, struct args *args)
{
	const char *word = args_next(args);
	const struct object *object;

	(void)app;
	if (!word) {
		print_all(stdout);
		return RC_OK;
	}
	object = find_object(word);
	if (!object)
		return unknown_word(word);
	if (args_end(args))
		return RC_USAGE;
	print_object(stdout, object);
	return RC_OK;
}

/* Run @cmd; who got its words wrong is shown how they go. */
static enum rc run(struct app *app, const struct object *object, const struct cmd *cmd,
		   struct args *args)
{
	enum rc rc = cmd->run(app, args);

	if (rc == RC_USAGE) {
		fputs("usage: ", stderr);
		print_usage(stderr, object, cmd);
	}
	return rc;
}

enum rc rssctl_dispatch(struct app *app, struct args *args)
{
	const struct object *object;
	const struct cmd *cmd;
	const char *word = args_next(args);

	if (!word) {
		print_all(stderr);
		return RC_USAGE;
	}
	object = find_object(word);
	if (!object)
		return err(RC_USAGE, "unknown object \"%s\"; see \"rssctl help\"", word);
	if (!object->cmds->verb || !args->n)
		return run(app, object, object->cmds, args);
	word = args_next(args);
	if (!strcmp(word, "help")) {
		print_object(stdout, object);
		return args_end(args);
	}
	cmd = find_cmd(object, word);
	if (cmd)
		return run(app, object, cmd, args);
	err(RC_USAGE, "unknown command \"%s %s\"", object->name, word);
	print_object(stderr, object);
	return RC_USAGE;
}

/*
 * No value begins with "-j", so it is an option wherever it stands. The other
 * options stand alone.
 */
static void take_json(struct app *app, struct args *args)
{
	int n = 0;

	for (int i = 0; i < args->n; i++) {
		if (!strcmp(args->v[i], "-j") || !strcmp(args->v[i], "--json"))
			app->json = true;
		else
			args->v[n++] = args->v[i];
	}
	args->n = n;
}

static bool is_option(const char *word, const char *letter, const char *name)
{
	return !strcmp(word, letter) || !strcmp(word, name);
}

enum rc rssctl_main(int argc, char **argv)
{
	struct args args = { .n = argc ? argc - 1 : 0, .v = argv + 1 };
	struct app app = {};
	enum rc rc = RC_OK;

	take_json(&app, &args);
	if (args.n && is_option(args.v[0], "-V", "--version"))
		puts("rssctl " RSSCTL_VERSION);
	else if (args.n && is_option(args.v[0], "-h", "--help"))
		print_all(stdout);
	else
		rc = rssctl_dispatch(&app, &args);
	ipc_close(app.ipc);
	if (fflush(stdout) && !rc)
		rc = err(RC_FAILED, "cannot write the output");
	return rc;
}
