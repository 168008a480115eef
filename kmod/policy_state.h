/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the policy remembers from one run to the next.
 *
 * Whoever owns a &struct rsse_pol_state needs the sizes from here to allocate
 * and zero the arrays; the contents are the policy's own. Plain data, no
 * pointers: a state can be copied, and the copy decides alike.
 */
#ifndef RSSE_POLICY_STATE_H
#define RSSE_POLICY_STATE_H

#include <linux/types.h>

/* Number of states that a placement can be in, and so targets of moves. */
#define RSSE_POL_STATES		3

/**
 * struct rsse_pol_backoff - failed and useless moves to one state
 * @until_ns: no new attempt before this
 * @count: failures in a row; the wait doubles with each
 * @engine: engine that the failures were about, RSSE_ENGINE_NEW for any
 */
struct rsse_pol_backoff {
	u64 until_ns;
	u32 count;
	u32 engine;
};

/**
 * struct rsse_pol_judge - what a move brought, told from the windows after it
 * @since_ns: when it was made; 0: no move is being judged
 * @from_state: state that it left
 * @from_engine: engine that it left
 * @to_state: state that it led to
 * @to_engine: engine that it led to
 * @load: load of @from_engine before
 * @part: the VM's part before, permille of one CPU
 * @vnic: the VM's vnic_busy before, permille
 * @windows: windows seen so far
 * @load_sum: load of @from_engine in those, added up
 * @part_sum: the VM's part, added up
 * @vnic_sum: the VM's vnic_busy, added up
 * @undo: judged useless; to be undone
 */
struct rsse_pol_judge {
	u64 since_ns;
	u32 from_state;
	u32 from_engine;
	u32 to_state;
	u32 to_engine;
	u32 load;
	u32 part;
	u32 vnic;
	u32 windows;
	u32 load_sum;
	u32 part_sum;
	u32 vnic_sum;
	bool undo;
};

/**
 * struct rsse_pol_vm_state - memory of one placement
 * @id: placement that the slot belongs to
 * @cond: condition that is met without a break, enum rsse_pol_cond
 * @since_ns: when @cond was first seen
 * @since_seq: sample in which @cond was first seen
 * @up_ns: last move to a higher state, 0 never
 * @down_ns: last move to a lower state, 0 never
 * @left_ns: last move between shared engines, 0 never
 * @left_engine: engine that it left at @left_ns
 * @manual_dir: direction of the last move by hand, enum rsse_pol_dir
 * @judge: the latest move that was meant to relieve an engine
 * @backoff: failures by target state
 * @part: its part of the engine's busy time in the latest run, permille of one
 *	CPU: a move that is reported later began with it
 * @vnic: receive part of its workers' CPU time, permille; like @part
 * @run: run in which the scratch members below were filled in
 * @index: scratch: index in the snapshot
 * @home: scratch: index of its engine
 * @taken: scratch: a move is planned or waits
 * @next: scratch: next in the engine's list of VMs, as slot + 1
 */
struct rsse_pol_vm_state {
	u32 id;
	u32 cond;
	u64 since_ns;
	u64 since_seq;
	u64 up_ns;
	u64 down_ns;
	u64 left_ns;
	u32 left_engine;
	u32 manual_dir;
	struct rsse_pol_judge judge;
	struct rsse_pol_backoff backoff[RSSE_POL_STATES];
	u32 part;
	u32 vnic;
	u64 run;
	u32 index;
	u32 home;
	bool taken;
	u32 next;
};

/**
 * struct rsse_pol_engine_state - memory of one engine
 * @id: the engine
 * @full: full without a break since @since_ns
 * @saturated: full because its polls use their whole budget
 * @since_ns: when it was first seen to be full
 * @since_seq: sample in which it was first seen to be full
 * @crowded_ns: last sample in which it had no room for a VM that returns, 0 never
 * @settle_ns: last time that a VM left; a window that began earlier still
 *	contains that VM's load
 * @hot: one queue is hot while the mean leaves room, without a break since
 *	@hot_ns
 * @hot_ns: when that was first seen
 * @hot_seq: sample in which that was first seen
 * @rewrite_ns: last rewrite of its entries, 0 never
 * @judge_ns: rewrite whose use is still to be judged, 0 none
 * @judge_hottest: load of the hottest queue before that
 * @balance: failed, useless and impossible rewrites
 * @verdict: enum rss_engine_reason behind @balance
 * @verdict_value: its value
 * @verdict_threshold: its threshold
 * @load: load that its VMs see, permille; 1000 when saturated
 * @spared: scratch: a rewrite will relieve it, no VM has to leave
 * @nr_queues: scratch: its queues, clamped
 * @hopeless: scratch: it is full, and no moves that can be made would help it
 * @relief: scratch: part of all load that engines could carry, percent
 * @nr_vms: scratch: present VMs on it, planned moves included
 * @sum0: scratch: busy time of its queues, permille of one CPU
 * @sum: scratch: @sum0 with the moves planned so far
 * @leaving: scratch: parts of the VMs that are about to leave for their own
 *	load
 * @head: scratch: list of its VMs, as slot + 1
 * @heap: scratch: index of the engine at this place of the heap of shared
 *	engines
 * @place: scratch: place of this engine in the heap
 */
struct rsse_pol_engine_state {
	u32 id;
	bool full;
	bool saturated;
	u64 since_ns;
	u64 since_seq;
	u64 crowded_ns;
	u64 settle_ns;
	bool hot;
	u64 hot_ns;
	u64 hot_seq;
	u64 rewrite_ns;
	u64 judge_ns;
	u32 judge_hottest;
	struct rsse_pol_backoff balance;
	u32 verdict;
	u32 verdict_value;
	u32 verdict_threshold;
	u32 load;
	bool spared;
	u32 nr_queues;
	bool hopeless;
	u32 relief;
	u32 nr_vms;
	u32 sum0;
	u32 sum;
	u32 leaving;
	u32 head;
	u32 heap;
	u32 place;
};

#endif /* RSSE_POLICY_STATE_H */
