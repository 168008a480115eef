// SPDX-License-Identifier: GPL-2.0-only
/* batch: commands from a file, a line each, over one connection. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "rssctl.h"

#define WORDS_MAX 256

/* Words up to a "#"; -1 when there are too many. */
static int split(char *line, char **words)
{
	char *save, *word;
	int n = 0;

	for (word = strtok_r(line, " \t\n", &save); word && *word != '#';
	     word = strtok_r(NULL, " \t\n", &save)) {
		if (n == WORDS_MAX)
			return -1;
		words[n++] = word;
	}
	return n;
}

static enum rc run_line(struct app *app, char *line)
{
	char *words[WORDS_MAX];
	struct args args = { .v = words };

	args.n = split(line, words);
	if (args.n < 0)
		return err(RC_USAGE, "more than %d words", WORDS_MAX);
	return args.n ? rssctl_dispatch(app, &args) : RC_OK;
}

/* Stops at the first line that fails: what comes behind it may rest on it. */
static enum rc run_lines(struct app *app, FILE *from, const char *name)
{
	enum rc rc = RC_OK;
	unsigned long number = 0;
	char *line = NULL;
	size_t room = 0;

	while (!rc && getline(&line, &room, from) >= 0) {
		number++;
		rc = run_line(app, line);
		if (rc)
			err(rc, "%s: line %lu failed", name, number);
	}
	if (!rc && ferror(from))
		rc = err(RC_FAILED, "cannot read %s", name);
	free(line);
	return rc;
}

static enum rc batch(struct app *app, struct args *args)
{
	const char *name = args_next(args);
	FILE *from = stdin;
	enum rc rc;

	if (args_end(args))
		return RC_USAGE;
	if (app->batch)
		return err(RC_USAGE, "a batch in a batch");
	if (name && strcmp(name, "-")) {
		from = fopen(name, "r");
		if (!from)
			return err(RC_FAILED, "cannot open %s: %s", name, strerror(errno));
	}
	app->batch = true;
	rc = run_lines(app, from, name ? name : "-");
	if (from != stdin)
		fclose(from);
	return rc;
}

const struct cmd batch_cmds[] = {
	{ NULL, "[FILE]", "run the commands in a file, or on standard input", batch },
	{}
};
