/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of the contract's enumerations. */
#ifndef RSSCTL_NAMES_H
#define RSSCTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

/**
 * struct names - an enumeration
 * @what: what it is, for messages
 * @name: name of each value, counted from 0
 * @n: number of values
 */
struct names {
	const char *what;
	const char *const *name;
	size_t n;
};

extern const struct names state_names;
extern const struct names pin_names;
extern const struct names kind_names;
extern const struct names mode_names;
extern const struct names select_names;
extern const struct names latency_names;
extern const struct names scale_names;
extern const struct names reason_names;
extern const struct names event_names;

const char *names_get(const struct names *names, __s64 value);
bool names_find(const struct names *names, const char *word, __s64 *value);
char *names_list(const struct names *names);

#endif
