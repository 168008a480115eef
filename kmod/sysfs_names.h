/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of the enums, as in the netlink spec. */
#ifndef RSSE_SYSFS_NAMES_H
#define RSSE_SYSFS_NAMES_H

#include <linux/types.h>

/**
 * struct rsse_names - the names of an enum
 * @nr: entries of @names
 * @names: by value
 */
struct rsse_names {
	unsigned int nr;
	const char *const *names;
};

extern const struct rsse_names rsse_kind_names;
extern const struct rsse_names rsse_mode_names;
extern const struct rsse_names rsse_pin_names;
extern const struct rsse_names rsse_reason_names;
extern const struct rsse_names rsse_state_names;

static inline const char *rsse_name_of(const struct rsse_names *names, u32 value)
{
	return value < names->nr && names->names[value] ? names->names[value] :
							  "unknown";
}

#endif /* RSSE_SYSFS_NAMES_H */
