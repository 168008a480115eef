/* SPDX-License-Identifier: GPL-2.0-only */
/* What the administrator wants for a VM. */
#ifndef RSSE_VM_RULES_H
#define RSSE_VM_RULES_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/rss_engine.h>

/**
 * struct rsse_group - VMs that are kept apart, or together
 * @list: in the list of its kind; RTNL
 * @users: VMs in it; RTNL
 * @number: for the policy; of its kind never used twice, never 0 [C]
 * @name: [C]
 */
struct rsse_group {
	struct list_head list;
	unsigned int users;
	u32 number;
	char name[RSS_ENGINE_NAME_MAX + 1];
};

/**
 * struct rsse_vm_rules - what the administrator wants for a VM
 * @min_state: enum rss_engine_state, never below it
 * @max_state: enum rss_engine_state, never above it
 * @latency: enum rss_engine_latency
 * @need: part of the queues' busy time that it is expected to have, permille
 * @require: id of the only shared engine for it, 0: any
 * @prefer: id of the shared engine that it goes to when that has room, 0: any
 * @reserve: 1: a dedicated engine is kept free for it
 * @apart: group of which no two are on one shared engine, or NULL
 * @together: group of which all are on one shared engine, or NULL
 *
 * A pin overrides @min_state and @max_state.
 */
struct rsse_vm_rules {
	u32 min_state;
	u32 max_state;
	u32 latency;
	u32 need;
	u32 require;
	u32 prefer;
	u32 reserve;
	struct rsse_group *apart;
	struct rsse_group *together;
};

extern const struct rsse_vm_rules rsse_vm_rules_default;

#endif /* RSSE_VM_RULES_H */
