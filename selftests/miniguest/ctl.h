/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MG_CTL_H
#define MG_CTL_H

#include <json-c/json.h>

#define CTL_ARGS	16	/* words a request may have */

/**
 * struct ctl_verb - one request of the line protocol
 * @name: its first word
 * @args: what may follow, for the error message
 * @min: words that must follow at least
 * @run: answers it: an object, or NULL with a message in @error
 */
struct ctl_verb {
	const char *name;
	const char *args;
	int min;
	struct json_object *(*run)(void *ctx, int argc, char **argv, const char **error);
};

/**
 * struct ctl - a control socket: one line in, one line of JSON out
 * @verbs: table that ends with a NULL name
 * @ctx: handed to the verbs
 * @listener: listening fd, to be polled for input
 */
struct ctl {
	const struct ctl_verb *verbs;
	void *ctx;
	int listener;
};

int ctl_open(struct ctl *ctl, const char *path);

/** ctl_serve() - accept one connection and answer its one request */
void ctl_serve(struct ctl *ctl);

/** ctl_done() - the answer of a verb that has nothing to tell */
struct json_object *ctl_done(void);

#endif
