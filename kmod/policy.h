/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The policy: which VM moves between no engine, a shared engine and a
 * dedicated engine, and why.
 *
 * rsse_policy_run() is a pure function of (snapshot, configuration, its own
 * state): it allocates nothing, takes no lock, reads no clock and sees no
 * net_device. The same source is built into the module and into the userspace
 * tests. All arrays belong to the caller.
 *
 * Loads are permille of one CPU, times are nanoseconds of one monotonic clock.
 */
#ifndef RSSE_POLICY_H
#define RSSE_POLICY_H

#include <linux/types.h>
#include <linux/rss_engine.h>

/* An engine that does not exist yet and is to be made. */
#define RSSE_ENGINE_NEW		((u32)~0U)

/**
 * struct rsse_config - thresholds and times of the policy
 *
 * The fields, their units, defaults and ranges are those of the netlink
 * attribute set "config"; rsse_config_check() holds the relations between them.
 */
struct rsse_config {
	u32 period_ms;
	u32 period_max_ms;
	u32 share_above;
	u32 unshare_below;
	u32 engine_above;
	u32 return_margin;
	u32 release_below;
	u32 hold_up_ms;
	u32 hold_down_ms;
	u32 dwell_ms;
	u32 manual_hold_ms;
	u32 gain_min;
	u32 moves_max;
	u32 vnic_bound_above;
	u32 select;
};

/* The defaults. */
extern const struct rsse_config rsse_config_default;

/**
 * rsse_config_check() - test the ranges and relations of a configuration
 * @config: the configuration, whole
 *
 * Return: NULL when it is valid, else a sentence that says what is wrong.
 */
const char *rsse_config_check(const struct rsse_config *config);

/**
 * struct rsse_pol_engine - one engine in a snapshot
 * @id: stable id; 0 is the default engine
 * @kind: enum rss_engine_engine_kind
 * @nr_queues: queues that it has, at least 1
 * @load: mean busy share of its queues, permille
 * @hottest: busy share of its busiest queue, permille
 * @full_polls: highest share of full-budget polls among its queues, permille;
 *	a queue whose CPU is shared saturates far below 1000, and full polls tell
 */
struct rsse_pol_engine {
	u32 id;
	u32 kind;
	u32 nr_queues;
	u32 load;
	u32 hottest;
	u32 full_polls;
};

#define RSSE_POL_VM_HAS_FILTER	0x1	/* a rule can be written for it */
#define RSSE_POL_VM_HAS_WORKER	0x2	/* at least one vhost worker is known */
#define RSSE_POL_VM_PRESENT	0x4	/* at least one of its VNICs exists */

/**
 * struct rsse_pol_vm - one placement (a VM on this PNIC) in a snapshot
 * @id: stable id, never reused
 * @slot: index of its state in &rsse_pol_state.vm, below nr_slots; a slot may
 *	be reused by another id, and the policy starts afresh then
 * @engine: id of the engine that it is on; 0 while its state is none
 * @state: enum rss_engine_state
 * @pin: enum rss_engine_pin
 * @flags: RSSE_POL_VM_*
 * @priority: for selection by priority, the lowest leaves first
 * @pnic_busy: its part of the busy time of the PNIC's queues, permille of one
 *	CPU (summed over queues, so up to 1000 * queues)
 * @vnic_busy: receive part of the CPU time of its vhost workers, permille
 * @vnic_total: CPU time of its vhost workers, permille
 * @hottest_worker: the busiest of its workers, permille
 * @confirmed_ns: when a look at the queues last confirmed pnic_busy, 0 never
 * @manual_ns: when it was last moved by hand, 0 never
 */
struct rsse_pol_vm {
	u32 id;
	u32 slot;
	u32 engine;
	u32 state;
	u32 pin;
	u32 flags;
	s32 priority;
	u32 pnic_busy;
	u32 vnic_busy;
	u32 vnic_total;
	u32 hottest_worker;
	u64 confirmed_ns;
	u64 manual_ns;
};

/**
 * struct rsse_pol_outcome - what became of a planned or manual move
 * @id: placement
 * @error: 0 or a positive errno; ETIME when it was not tried, which leaves no
 *	trace in the policy
 * @time_ns: when it was done or undone
 * @from_state: enum rss_engine_state before
 * @to_state: enum rss_engine_state wanted
 * @from_engine: engine id before
 * @to_engine: engine id it is on now (success) or was meant for
 * @manual: by hand
 */
struct rsse_pol_outcome {
	u32 id;
	s32 error;
	u64 time_ns;
	u32 from_state;
	u32 to_state;
	u32 from_engine;
	u32 to_engine;
	bool manual;
};

/**
 * struct rsse_pol_queue - one queue of the engine whose entries were counted
 * @id: rx queue
 * @busy: busy share, permille
 * @full_polls: share of full-budget polls, permille
 * @cpu: CPU that it was polled on last, negative when not known
 */
struct rsse_pol_queue {
	u32 id;
	u32 busy;
	u32 full_polls;
	s32 cpu;
};

/**
 * struct rsse_pol_entry - one entry of an indirection table
 * @queue: index of its queue in &rsse_pol_entries.queues
 * @packets: packets counted
 */
struct rsse_pol_entry {
	u32 queue;
	u32 packets;
};

/**
 * struct rsse_pol_entries - what was counted of an engine's indirection entries
 * @engine: the engine's id
 * @problem: enum rss_engine_reason: why they cannot be counted or rewritten
 *	(NO_HASH, FOREIGN_TABLE, FAILED), else IDLE
 * @begun_ns: when the counting began
 * @nr_queues: entries of @queues
 * @nr_entries: entries of @entries, the size of the table
 * @queues: the engine's queues
 * @entries: the table, in its order
 */
struct rsse_pol_entries {
	u32 engine;
	u32 problem;
	u64 begun_ns;
	u32 nr_queues;
	u32 nr_entries;
	const struct rsse_pol_queue *queues;
	const struct rsse_pol_entry *entries;
};

/**
 * struct rsse_pol_rewritten - what became of a planned rewrite
 * @engine: id
 * @error: 0 or a positive errno; one that was not tried is not reported
 * @time_ns: when it was done or undone
 */
struct rsse_pol_rewritten {
	u32 engine;
	s32 error;
	u64 time_ns;
};

/**
 * struct rsse_pol_snapshot - one PNIC as the latest sample found it
 * @seq: number of the sample, counts up by one
 * @now_ns: end of the sampled window
 * @window_ns: length of the sampled window
 * @free_queues: queues that no engine has, left for dedicated engines
 * @dedicated_queues: queues that a dedicated engine takes, at least 1
 * @nr_engines: entries of @engines, at least 1; the first is the default engine
 * @nr_vms: entries of @vms
 * @nr_outcomes: entries of @outcomes, oldest first
 * @engines: the engines, ascending by id
 * @vms: the placements, ascending by id
 * @outcomes: outcomes since the previous snapshot
 * @can_rewrite: entries can be counted and rewritten on this PNIC
 * @entries: what was counted of one engine, or NULL
 * @rewritten: outcome of a rewrite since the previous snapshot, or NULL
 */
struct rsse_pol_snapshot {
	u64 seq;
	u64 now_ns;
	u64 window_ns;
	u32 free_queues;
	u32 dedicated_queues;
	u32 nr_engines;
	u32 nr_vms;
	u32 nr_outcomes;
	const struct rsse_pol_engine *engines;
	const struct rsse_pol_vm *vms;
	const struct rsse_pol_outcome *outcomes;
	bool can_rewrite;
	const struct rsse_pol_entries *entries;
	const struct rsse_pol_rewritten *rewritten;
};

/**
 * struct rsse_pol_decision - what the policy thinks of one placement
 * @reason: enum rss_engine_reason: why it moves, or why not
 * @moves: a move is called for (planned now, or waiting for @reason to end)
 * @to_state: where to, when @moves
 * @to_engine: which engine, when @moves; RSSE_ENGINE_NEW: one to be made
 * @value: the load behind the reason, permille
 * @threshold: what @value is compared with, permille
 * @gain: expected gain of the move, percent
 * @wait_ns: what is left of the hold, dwell or back-off
 */
struct rsse_pol_decision {
	u32 reason;
	bool moves;
	u32 to_state;
	u32 to_engine;
	u32 value;
	u32 threshold;
	s32 gain;
	u64 wait_ns;
};

/**
 * struct rsse_pol_move - one planned move
 * @id: placement
 * @from_state: state and engine that the plan was made for; a move whose
 *	placement is elsewhere by now is stale
 * @from_engine: see @from_state
 * @to_state: where to
 * @to_engine: engine id, or RSSE_ENGINE_NEW
 * @reason: enum rss_engine_reason
 * @value: the load behind the reason, permille
 * @threshold: what @value is compared with, permille
 * @gain: expected gain, percent
 * @crossed_seq: sample in which the condition was first seen to hold
 */
struct rsse_pol_move {
	u32 id;
	u32 from_state;
	u32 from_engine;
	u32 to_state;
	u32 to_engine;
	u32 reason;
	u32 value;
	u32 threshold;
	s32 gain;
	u64 crossed_seq;
};

/**
 * struct rsse_pol_balance - what the policy thinks of an engine's entries
 * @reason: enum rss_engine_reason: why entries are rewritten, or why not
 * @value: the load behind the reason, permille
 * @threshold: what @value is compared with, permille
 * @gain: expected fall of the hot queue's load, percent
 * @wait_ns: what is left of the hold, dwell or back-off
 */
struct rsse_pol_balance {
	u32 reason;
	u32 value;
	u32 threshold;
	s32 gain;
	u64 wait_ns;
};

/* Most entries that one plan rewrites; bounds the cost of choosing them. */
#define RSSE_POL_REWRITE_MAX	32U

/**
 * struct rsse_pol_change - one entry that is rewritten
 * @entry: place in the indirection table
 * @from: rx queue that the plan was made for; elsewhere by now, it is stale
 * @to: rx queue of the same engine
 */
struct rsse_pol_change {
	u32 entry;
	u32 from;
	u32 to;
};

/**
 * struct rsse_pol_rewrite - a planned rewrite of an engine's entries
 * @engine: id
 * @nr: entries used in @changes; 0: none is planned
 * @reason: enum rss_engine_reason
 * @value: the load behind the reason, permille
 * @threshold: what @value is compared with, permille
 * @gain: expected fall of the hot queue's load, percent
 * @crossed_seq: sample in which the queue was first seen to be hot
 * @changes: the entries
 */
struct rsse_pol_rewrite {
	u32 engine;
	u32 nr;
	u32 reason;
	u32 value;
	u32 threshold;
	s32 gain;
	u64 crossed_seq;
	struct rsse_pol_change changes[RSSE_POL_REWRITE_MAX];
};

/**
 * struct rsse_pol_plan - what the policy decided
 * @nr_moves: entries used in @moves
 * @cap_moves: entries that @moves has room for, at least 1
 * @moves: the moves, most urgent first, at most moves_max
 * @decisions: one for each of snapshot->vms, in the same order
 * @look: the policy wants pnic_busy confirmed by a look at the queues
 * @balance: one for each of snapshot->engines, in the same order; NULL: not
 *	wanted
 * @count_engine: engine whose entries the policy wants counted by looks at the
 *	queues, RSSE_ENGINE_NEW for none
 * @rewrite: the rewrite of this period
 * @next_period_ns: how long to wait for the next sample
 */
struct rsse_pol_plan {
	u32 nr_moves;
	u32 cap_moves;
	struct rsse_pol_move *moves;
	struct rsse_pol_decision *decisions;
	bool look;
	struct rsse_pol_balance *balance;
	u32 count_engine;
	struct rsse_pol_rewrite rewrite;
	u64 next_period_ns;
};

/* Most engines whose hold times are remembered: as many as queues managed. */
#define RSSE_POL_ENGINES_MAX	(RSS_ENGINE_QUEUES_MAX + 1U)

struct rsse_pol_vm_state;	/* policy_state.h */
struct rsse_pol_engine_state;	/* policy_state.h */

/**
 * struct rsse_pol_state - what the policy remembers of one PNIC
 *
 * Plain data without pointers into the snapshot; owned and zeroed by the
 * caller, who may grow @vm (new entries zeroed). Nobody but the policy reads
 * what is inside.
 *
 * @nr_slots: entries of @vm
 * @vm: state of each placement, by slot
 * @nr_engines: entries used in @engine
 * @cap_engines: entries of @engine
 * @engine: state of each engine
 * @cap_queues: entries of @room; engines with more queues are not rebalanced
 * @room: scratch, a queue each
 * @period_ns: period in force
 * @runs: runs so far
 */
struct rsse_pol_state {
	u32 nr_slots;
	struct rsse_pol_vm_state *vm;
	u32 nr_engines;
	u32 cap_engines;
	struct rsse_pol_engine_state *engine;
	u32 cap_queues;
	u32 *room;
	u64 period_ns;
	u64 runs;
};

/**
 * rsse_policy_run() - decide on the moves of one period
 * @snap: the PNIC as the latest sample found it
 * @config: a configuration that rsse_config_check() accepts
 * @state: what the policy remembers; changed
 * @plan: the result; @plan->moves and @plan->decisions are the caller's
 *
 * Deterministic; cost grows as nr_vms * log(nr_vms) + nr_engines at most, and
 * RSSE_POL_REWRITE_MAX * nr_entries while entries of a hot engine are counted.
 */
void rsse_policy_run(const struct rsse_pol_snapshot *snap,
		     const struct rsse_config *config,
		     struct rsse_pol_state *state,
		     struct rsse_pol_plan *plan);

#endif /* RSSE_POLICY_H */
