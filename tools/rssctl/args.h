/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the command line and how each kind of value is read from one. */
#ifndef RSSCTL_ARGS_H
#define RSSCTL_ARGS_H

#include <stdbool.h>

#include <linux/types.h>

#include "rssctl.h"
#include "schema.h"

/* What is left of the command line. */
struct args {
	int n;
	char **v;
};

const char *args_next(struct args *args);
enum rc args_need(struct args *args, const char *what, const char **word);
enum rc args_end(struct args *args);

enum rc parse_number(const char *what, const char *word, __s64 min, __s64 max, __s64 *v);
enum rc parse_mac(const char *what, const char *word, struct mac *mac);
enum rc parse_name(const char *what, const char *word);
enum rc parse_dev_name(const char *what, const char *word);
enum rc parse_field(const struct field *field, const char *word, void *obj);
enum rc given_twice(const char *what, const char *word);
enum rc unknown_word(const char *word);

enum rc args_dev(struct args *args, const char *what, const char **dev);
enum rc args_option(struct args *args, const struct schema *schema, const char *word,
		    const __u16 *allowed, size_t n, void *obj);

#endif
