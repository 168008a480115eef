/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of the contract as plain structs, and tables that describe them:
 * one table drives parsing of words, the netlink messages and the printers.
 */
#ifndef RSSCTL_SCHEMA_H
#define RSSCTL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "names.h"

/* A number that may be absent. No counter of the contract reaches 2^63. */
struct opt {
	bool set;
	__s64 v;
};

/* A growing array; what its elements are, its field says. */
struct list {
	size_t n;
	void *v;
};

#define MAC_LEN 6

struct mac {
	bool set;
	__u8 addr[MAC_LEN];
};

enum field_type {
	F_U32,		/* struct opt */
	F_S32,		/* struct opt */
	F_U64,		/* struct opt */
	F_ENUM,		/* struct opt, u32 on the wire */
	F_FLAG,		/* struct opt, set to 1 */
	F_STR,		/* char * */
	F_MAC,		/* struct mac */
	F_STRS,		/* list of char * */
	F_U32S,		/* list of __u32 */
	F_NESTS,	/* list of structs */
	/* Members of the policy's structs; what is absent is 0. */
	F_RAW_U32,	/* __u32 */
	F_RAW_S32,	/* __s32 */
	F_RAW_U64,	/* __u64 */
	F_RAW_ENUM,	/* __u32 */
	F_RAW_FLAG,	/* bool */
};

struct schema;

/**
 * struct field - an attribute
 * @attr: its number
 * @name: its name in the spec
 * @type: what it is
 * @off: where the struct has it
 * @min: least value that a user may give
 * @max: greatest value that a user may give, longest string
 * @names: of an F_ENUM
 * @nest: of F_NESTS
 */
struct field {
	__u16 attr;
	const char *name;
	enum field_type type;
	size_t off;
	__s64 min;
	__s64 max;
	const struct names *names;
	const struct schema *nest;
};

struct schema {
	const char *name;
	size_t size;
	const struct field *fields;
	size_t n;
};

struct config {
	struct opt period_ms, period_max_ms, share_above, unshare_below;
	struct opt engine_above, return_margin, release_below;
	struct opt hold_up_ms, hold_down_ms, dwell_ms, manual_hold_ms;
	struct opt gain_min, moves_max, vnic_bound_above, select;
	struct opt scale, grow_above, pack_below, starve_ms, cpu_above;
};

struct pnic {
	struct opt ifindex;
	char *ifname;
	struct opt mode, default_queues, shared_engines, shared_queues;
	struct opt dedicated_queues, queues, free_queues, foreign_queues;
	char *dialect;
	struct opt vms, host_load, period_ms, sample, moves, failures;
	struct list warning;
	struct opt node;
	char *exclude_cpus;
	struct opt nic_node;
};

struct filter {
	struct mac mac;
	struct opt vlan, learnt;
};

/* @vlan never travels: it is the VLAN of the addresses that name none. */
struct vnic {
	char *ifname;
	struct opt ifindex;
	struct list filter, worker;
	struct opt vlan;
};

struct vm {
	char *name;
	struct list vnic, pnic;
	struct opt priority, pin, state;
	struct opt rx_load, vnic_busy, vnic_total, hottest_worker;
	struct opt min_state, max_state, latency, need, require, prefer;
	char *apart, *together;
	struct opt reserve;
};

struct placement {
	char *vm;
	struct opt ifindex;
	char *ifname;
	struct opt state, engine, pin, priority;
	struct opt rx_load, vnic_busy, vnic_total, hottest_worker, pnic_busy;
	struct opt rx_pps, rx_bps, drops, reason, since_ms, moves;
	struct opt to_state, to_engine, value, threshold, gain, wait_ms;
	struct opt moved_reason;
};

struct engine {
	struct opt ifindex;
	char *ifname;
	struct opt id, kind, context;
	struct list queue;
	struct opt load, hottest, full_polls;
	struct list vm;
	struct opt hottest_queue, rewrites, looks, home, resizes, table_sum;
	struct opt reason, value, threshold, gain, wait_ms;
};

struct queue {
	struct opt ifindex;
	char *ifname;
	struct opt id, engine, busy, full_polls, cpu, drops;
	struct opt busy_ns, polls, packets, home;
};

struct event {
	struct opt seq, time_ns, kind;
	char *vm;
	struct opt ifindex;
	char *ifname;
	struct opt from_state, from_engine, to_state, to_engine;
	struct opt reason, value, threshold, gain, error;
	struct opt crossed_sample, decided_sample, done_sample, mode;
	struct opt engine, queue, entries, queues;
};

struct limit {
	struct opt ifindex;
	char *ifname;
	struct opt index, days, from, to, utc_offset;
	struct opt default_queues, shared_engines, shared_queues, dedicated_engines;
	struct opt in_force;
};

extern const struct schema config_schema;
extern const struct schema pnic_schema;
extern const struct schema filter_schema;
extern const struct schema vnic_schema;
extern const struct schema vm_schema;
extern const struct schema placement_schema;
extern const struct schema engine_schema;
extern const struct schema queue_schema;
extern const struct schema event_schema;
extern const struct schema limit_schema;

/* Of record.h */
extern const struct schema policy_config_schema;
extern const struct schema policy_engine_schema;
extern const struct schema policy_vm_schema;
extern const struct schema policy_outcome_schema;
extern const struct schema policy_move_schema;
extern const struct schema policy_entries_schema;
extern const struct schema policy_queue_schema;
extern const struct schema policy_entry_schema;
extern const struct schema policy_written_schema;
extern const struct schema policy_limits_schema;
extern const struct schema policy_shift_schema;
extern const struct schema policy_rewrite_schema;
extern const struct schema policy_change_schema;
extern const struct schema sample_schema;
extern const struct schema policy_backoff_schema;
extern const struct schema policy_vm_state_schema;
extern const struct schema policy_engine_state_schema;
extern const struct schema policy_moved_schema;
extern const struct schema policy_state_schema;

const struct field *schema_attr(const struct schema *schema, __u16 attr);
const struct field *schema_name(const struct schema *schema, const char *name);
size_t field_elem_size(const struct field *field);
bool field_is_raw(const struct field *field);
__s64 raw_get(const struct field *field, const void *p);
void raw_set(const struct field *field, void *p, __s64 value);

static inline void *field_ptr(const struct field *field, const void *obj)
{
	return (char *)obj + field->off;
}

void *list_push(struct list *list, size_t size);
void *list_at(const struct list *list, size_t i, size_t size);
void obj_clear(const struct schema *schema, void *obj);
void list_clear(const struct schema *schema, struct list *list);

static inline void opt_set(struct opt *opt, __s64 v)
{
	opt->set = true;
	opt->v = v;
}

/* True when @opt is there and is @v. */
static inline bool opt_is(const struct opt *opt, __s64 v)
{
	return opt->set && opt->v == v;
}

#define for_each(p, list, type) \
	for (type *p = (list)->v; p && p < (type *)(list)->v + (list)->n; p++)

#endif
