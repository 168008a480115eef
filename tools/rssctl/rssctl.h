/* SPDX-License-Identifier: GPL-2.0-only */
/* What every file of rssctl shares: exit codes, the error function, commands. */
#ifndef RSSCTL_H
#define RSSCTL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define __printf(a, b) __attribute__((format(printf, a, b)))

/* Exit codes; every command and every helper that can fail returns one. */
enum rc {
	RC_OK = 0,
	RC_FAILED = 1,	/* the kernel or the system said no */
	RC_USAGE = 2,	/* the command line is wrong */
};

struct args;
struct ipc;

/**
 * struct app - one run of the tool
 * @json: print JSON instead of text
 * @batch: the commands come from a file
 * @ipc: the connection to the module; opened by ipc_get() when first needed
 */
struct app {
	bool json;
	bool batch;
	struct ipc *ipc;
};

/**
 * struct cmd - a command, beside its handler
 * @verb: second word of the command line; NULL where the object has no verbs
 * @args: grammar of what follows, as usage and man page print it
 * @help: one line
 * @run: does it
 */
struct cmd {
	const char *verb;
	const char *args;
	const char *help;
	enum rc (*run)(struct app *app, struct args *args);
};

/**
 * struct object - first word of the command line
 * @name: the word
 * @help: one line
 * @cmds: its commands, ended by one without a handler; the first is the default
 */
struct object {
	const char *name;
	const char *help;
	const struct cmd *cmds;
};

extern const struct cmd pnic_cmds[];
extern const struct cmd vm_cmds[];
extern const struct cmd engine_cmds[];
extern const struct cmd queue_cmds[];
extern const struct cmd limit_cmds[];
extern const struct cmd config_cmds[];
extern const struct cmd plan_cmds[];
extern const struct cmd monitor_cmds[];
extern const struct cmd replay_cmds[];
extern const struct cmd batch_cmds[];

enum rc rssctl_main(int argc, char **argv);
enum rc rssctl_dispatch(struct app *app, struct args *args);

enum rc err(enum rc rc, const char *fmt, ...) __printf(2, 3);

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xvasprintf(const char *fmt, va_list ap);
char *xasprintf(const char *fmt, ...) __printf(1, 2);

#endif
