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
 * struct rsse_pol_backoff - failed and useless moves to one state, or changes of an engine
 * @until_ns: no new attempt before this
 * @count: failures in a row; the wait doubles with each
 * @engine: engine that the failures were about, RSSE_ENGINE_NEW for any
 * @part: the VM's part when the move was found to be useless, 0: it was not; of an engine
 *	that could not be evened out, how often that was tried before the wait grew
 * @load: busy time of the engine's queues then, permille of one CPU; of an engine that
 *	could not be evened out, on average
 */
struct rsse_pol_backoff {
	u64 until_ns;
	u32 count;
	u32 engine;
	u32 part;
	u32 load;
};

/**
 * struct rsse_pol_judge - what a move brought, told from the windows after it
 * @since_ns: when it was made; 0: no move is being judged
 * @from_state: state that it left
 * @from_engine: engine that it left
 * @to_state: state that it led to
 * @to_engine: engine that it led to
 * @load: busy time of @from_engine's queues before, permille of one CPU
 * @part: the VM's part before, permille of one CPU
 * @vnic: the VM's vnic_busy before, permille
 * @windows: windows seen so far
 * @load_sum: busy time of @from_engine's queues in those, added up
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
 * @arrived_ns: since when only its load can tell what it needs: it has its place, or was
 *	first refused one
 * @placed: it was seen to have the place that it needs since it came, or needs none
 * @want_ns: since when it could have a dedicated engine, were there one; 0: not now
 * @part: its part of the engine's busy time in the latest run, permille of one
 *	CPU: a move that is reported later began with it
 * @vnic: receive part of its workers' CPU time, permille; like @part
 * @run: run in which the scratch members below were filled in
 * @index: scratch: index in the snapshot
 * @home: scratch: index of its engine
 * @relieves: scratch: its leaving is a relief to the default engine
 * @wants: scratch: it would go to a dedicated engine, were there one
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
	u64 arrived_ns;
	bool placed;
	u64 want_ns;
	u32 part;
	u32 vnic;
	u64 run;
	u32 index;
	u32 home;
	bool relieves;
	bool wants;
	bool taken;
	u32 next;
};

/**
 * struct rsse_pol_engine_state - memory of one engine
 * @id: the engine
 * @full: full without a break since @since_ns
 * @was_full: it was, and the latest window does not tell
 * @saturated: full because its polls use their whole budget
 * @since_ns: when it was first seen to be full
 * @since_seq: sample in which it was first seen to be full
 * @crowded_ns: last sample in which it had no room for a VM that returns, 0 never
 * @settle_ns: last time that a VM left; a window that began earlier still
 *	contains that VM's load
 * @hot: one queue is hot while the mean leaves room, without a break since
 *	@hot_ns
 * @good: scratch: its queues whose CPU may serve, is of the PNIC's node and has time for
 *	them, less those that are given away
 * @hot_ns: when that was first seen
 * @hot_seq: sample in which that was first seen
 * @uneven_ns: since when some queue has more than its share on average, 0: not now, or
 *	not since its VMs, queues or entries have changed
 * @rewrite_ns: last rewrite of its entries, 0 never
 * @judge_ns: rewrite whose use is still to be judged, 0 none
 * @judge_hottest: load of the hottest queue before that
 * @balance: failed, useless and impossible rewrites: for a hot queue, or where its load is
 *	noted, for an uneven one
 * @verdict: enum rss_engine_reason behind @balance
 * @verdict_value: its value
 * @verdict_threshold: its threshold
 * @growing: its load is above what calls for more queues, without a break since
 *	@grow_ns
 * @grow_ns: when that was first seen
 * @grow_seq: sample in which that was first seen
 * @spare_ns: since when it could do with fewer queues, or has no VM; 0: not now
 * @spare_nr: the most queues that it needed since @spare_ns
 * @resize_ns: when it last gained queues, 0 never
 * @resize: failed changes of its queues
 * @load: load that its VMs see, permille; 1000 when saturated
 * @had: queues that it has in the latest snapshot
 * @over: scratch: its load is that of a full one, whatever can be done about it
 * @spared: scratch: a rewrite will relieve it, no VM has to leave
 * @nr_queues: scratch: its queues, planned changes included
 * @home: scratch: queues that are due to it
 * @size: scratch: its queues after what is done now
 * @sum_due: scratch: @sum0 with the moves that are made now
 * @queues: scratch: its queues that are in the snapshot
 * @nr_saturated: scratch: those of them that are saturated
 * @queue_sum: scratch: their loads, 1000 for those that are saturated
 * @avg_max: scratch: the highest average load of them
 * @avg_sum: scratch: their average loads
 * @spare: scratch: queues that it has not needed for a while
 * @debtor: scratch: index of the next one that has more queues than are due to it
 * @due: scratch: VMs that come to it now
 * @hopeless: scratch: it is full, and no moves that can be made would help it
 * @relief: scratch: part of all load that engines could carry, percent
 * @relieved: scratch: its load when all have left whose leaving is a relief
 * @has_relief: scratch: there are such VMs
 * @relievable: scratch: parts of VMs that other engines can take
 * @closing: scratch: more shared engines are awake than may be; this one is to be left
 * @nr_low: scratch: VMs on it that want little waiting
 * @nr_bulk: scratch: VMs on it that want throughput only
 * @nr_vms: scratch: present VMs on it, planned moves included
 * @top: scratch: part of the heaviest of them
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
	bool was_full;
	bool saturated;
	u64 since_ns;
	u64 since_seq;
	u64 crowded_ns;
	u64 settle_ns;
	bool hot;
	u32 good;
	u64 hot_ns;
	u64 hot_seq;
	u64 uneven_ns;
	u64 rewrite_ns;
	u64 judge_ns;
	u32 judge_hottest;
	struct rsse_pol_backoff balance;
	u32 verdict;
	u32 verdict_value;
	u32 verdict_threshold;
	bool growing;
	u64 grow_ns;
	u64 grow_seq;
	u64 spare_ns;
	u32 spare_nr;
	u64 resize_ns;
	struct rsse_pol_backoff resize;
	u32 load;
	u32 had;
	bool over;
	bool spared;
	u32 nr_queues;
	u32 home;
	u32 size;
	u32 sum_due;
	u32 avg_max;
	u32 avg_sum;
	u32 spare;
	u32 debtor;
	u32 due;
	u32 queues;
	u32 nr_saturated;
	u32 queue_sum;
	bool hopeless;
	u32 relief;
	u32 relieved;
	bool has_relief;
	u32 relievable;
	bool closing;
	u32 nr_low;
	u32 nr_bulk;
	u32 nr_vms;
	u32 top;
	u32 sum0;
	u32 sum;
	u32 leaving;
	u32 head;
	u32 heap;
	u32 place;
};

/* Engines that are kept sorted for a class of VMs. */
#define RSSE_POL_CLASS_BEST	8U

/**
 * struct rsse_pol_candidate - an engine that a VM could go to
 * @score: the higher the better
 * @index: index of the engine
 */
struct rsse_pol_candidate {
	s32 score;
	u32 index;
};

/**
 * struct rsse_pol_class - VMs that are alike for the choice of an engine; scratch
 * @used: the place in the hash table is taken
 * @hash: over the members up to @prefer
 * @home: index of the engine that they are on
 * @latency: see &struct rsse_pol_vm
 * @need: what they need, permille of one CPU
 * @require: see &struct rsse_pol_vm
 * @prefer: see &struct rsse_pol_vm
 * @first: index of the engine that ranks first, whether it has room or not
 * @nr: entries of @best
 * @next: those before are full
 * @ended: no engine ranks behind them
 * @best: the best engines that are left, best first
 */
struct rsse_pol_class {
	bool used;
	u32 hash;
	u32 home;
	u32 latency;
	u32 need;
	u32 require;
	u32 prefer;
	u32 first;
	u32 nr;
	u32 next;
	bool ended;
	struct rsse_pol_candidate best[RSSE_POL_CLASS_BEST];
};

/**
 * struct rsse_pol_pair - where VMs are that rules are about; scratch
 * @number: of the rule, 0: the place in the hash table is free
 * @index: index of an engine that has one of those to be kept apart, or 0
 * @engine: index of the engine
 * @nr: VMs of the rule that are on it, or come to it
 */
struct rsse_pol_pair {
	u32 number;
	u32 index;
	u32 engine;
	u32 nr;
};

#endif /* RSSE_POLICY_STATE_H */
