/* SPDX-License-Identifier: GPL-2.0-only */
/* Placements: one VM on one PNIC each. Locks and marks: see rsse.h. */
#ifndef RSSE_PLACEMENT_H
#define RSSE_PLACEMENT_H

#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/types.h>

#include "policy.h"

struct rsse_engine;
struct rsse_pnic;
struct rsse_rule;
struct rsse_vm;

/**
 * struct rsse_placement - one VM on one PNIC
 * @kobj: vms/NAME/pnics/DEV
 * @vm_list: in rsse_vm.placements
 * @pnic_list: in rsse_pnic.placements
 * @vm: [C]
 * @pnic: [C]
 * @id: never used twice [C]
 * @slot: index of the policy's state, below the PNIC's slots [C]
 * @state: enum rss_engine_state; changed by migrate.c alone
 * @engine: engine that it is on; NULL only while the PNIC is not whole
 * @engine_id: its id for sysfs, RSSE_ENGINE_NEW for none; WRITE_ONCE()
 * @nr_rules: entries of @rules
 * @rules: its rules on the NIC; empty while @state is none
 * @since_ns: when it came to this state and engine, CLOCK_MONOTONIC
 * @manual_ns: when it was last moved by hand, 0 never
 * @moves: moves since it was added
 * @moved_reason: enum rss_engine_reason of the latest move
 * @decision: the policy's latest decision [S], each field by itself
 * @pnic_part: share of the packets sent to its VNICs that came through this
 *	PNIC, as the latest look found, of RSSE_PART_ONE; sampler only
 * @confirmed_ns: when a look last saw its engine, 0 never; sampler only
 * @pnic_busy: its part of the queues' busy time, permille [S]
 * @rx_load: @pnic_busy + the VM's vnic_busy, permille [S]
 */
struct rsse_placement {
	struct kobject kobj;
	struct list_head vm_list;
	struct list_head pnic_list;
	struct rsse_vm *vm;
	struct rsse_pnic *pnic;
	u32 id;
	u32 slot;
	u32 state;
	struct rsse_engine *engine;
	u32 engine_id;
	unsigned int nr_rules;
	struct rsse_rule *rules;
	u64 since_ns;
	u64 manual_ns;
	u64 moves;
	u32 moved_reason;
	struct rsse_pol_decision decision;
	u32 pnic_part;
	u64 confirmed_ns;
	u32 pnic_busy;
	u32 rx_load;
};

#define RSSE_PART_ONE		1024

/* Called by the release of its kobject (sysfs.c). */
void rsse_placement_free(struct rsse_placement *placement);

#endif /* RSSE_PLACEMENT_H */
