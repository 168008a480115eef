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

#include "policy_plan.h"

/* An engine that does not exist yet and is to be made. */
#define RSSE_ENGINE_NEW		((u32)~0U)

/*
 * In a snapshot, the shared engine that does not exist yet and may be made: it is asleep,
 * and no queue is due to it. The first move to it makes it, with an id of its own.
 */
#define RSSE_ENGINE_SPARE	(RSSE_ENGINE_NEW - 1)

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
	u32 scale;
	u32 grow_above;
	u32 pack_below;
	u32 starve_ms;
	u32 cpu_above;
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
 * @id: stable id; 0 is the default engine, RSSE_ENGINE_SPARE one that may be made
 * @kind: enum rss_engine_engine_kind
 * @nr_queues: queues that it has; 0: a shared engine that is asleep, its queues
 *	serve others
 * @home: queues that are due to it; 0: a shared engine that was made in need, or may be
 * @load: mean busy share of its queues, permille
 * @hottest: busy share of its busiest queue, permille
 * @full_polls: highest share of full-budget polls among its queues, permille;
 *	a queue whose CPU is shared saturates far below 1000, and full polls tell
 */
struct rsse_pol_engine {
	u32 id;
	u32 kind;
	u32 nr_queues;
	u32 home;
	u32 load;
	u32 hottest;
	u32 full_polls;
};

/* A shared engine beyond those of the layout, or the one that may be made. */
static inline bool rsse_pol_is_made(const struct rsse_pol_engine *engine)
{
	return engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED && !engine->home;
}

#define RSSE_POL_VM_HAS_FILTER	0x1	/* a rule can be written for it */
#define RSSE_POL_VM_HAS_WORKER	0x2	/* at least one vhost worker is known */
#define RSSE_POL_VM_PRESENT	0x4	/* at least one of its VNICs exists */
#define RSSE_POL_VM_RESERVE	0x8	/* a dedicated engine is kept free for it */

/**
 * struct rsse_pol_vm - one placement (a VM on this PNIC) in a snapshot
 * @id: stable id, never reused
 * @slot: index of its state in &rsse_pol_state.vm, below nr_slots; a slot may
 *	be reused by another id, and the policy starts afresh then
 * @engine: id of the engine that it is on; 0 while its state is none
 * @state: enum rss_engine_state
 * @pin: enum rss_engine_pin
 * @flags: RSSE_POL_VM_*
 * @priority: for selection by priority, the lowest leaves first; the higher one
 *	may take the dedicated engine of a lower one
 * @min_state: enum rss_engine_state, never below it
 * @max_state: enum rss_engine_state, never above it, at least @min_state
 * @latency: enum rss_engine_latency
 * @require: the only shared engine for it, by id; 0: any
 * @prefer: the shared engine that it goes to when that has room; 0: any
 * @apart: VMs with the same number are not on one shared engine; 0: it may be on any
 * @together: VMs with the same number are on one shared engine; 0: it may be on any
 * @need: the part that it is expected to have, permille, until it is known; 0: none
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
	u32 min_state;
	u32 max_state;
	u32 latency;
	u32 require;
	u32 prefer;
	u32 apart;
	u32 together;
	u32 need;
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

#define RSSE_POL_QUEUE_FAR	0x1	/* its CPU is not of the PNIC's node */
#define RSSE_POL_QUEUE_EXCLUDED	0x2	/* its CPU is not to serve queues */

/* Longest time constant of the average load of a queue. */
#define RSSE_POL_AVG_NS		2000000000ULL

/**
 * struct rsse_pol_queue - one rx queue in a snapshot
 * @id: rx queue
 * @engine: id of the engine that has it, RSSE_ENGINE_NEW: none
 * @home: id of the engine that it is due to, RSSE_ENGINE_NEW: to dedicated ones
 * @busy: busy share, permille
 * @avg: the same on average since its engine's VMs, queues or entries changed, permille;
 *	over about RSSE_POL_AVG_NS at most
 * @full_polls: share of full-budget polls, permille
 * @cpu: CPU that it was polled on last, negative when not known
 * @cpu_busy: @busy, and the most that this CPU has done besides of late, permille: as they
 *	need not have been at the same time, more than 1000 as well
 * @flags: RSSE_POL_QUEUE_*
 */
struct rsse_pol_queue {
	u32 id;
	u32 engine;
	u32 home;
	u32 busy;
	u32 avg;
	u32 full_polls;
	s32 cpu;
	u32 cpu_busy;
	u32 flags;
};

/**
 * struct rsse_pol_entry - one entry of an indirection table
 * @queue: index of its queue in &rsse_pol_snapshot.queues
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
 * @nr_entries: entries of @entries, the size of the table
 * @entries: the table, in its order
 */
struct rsse_pol_entries {
	u32 engine;
	u32 problem;
	u64 begun_ns;
	u32 nr_entries;
	const struct rsse_pol_entry *entries;
};

/**
 * struct rsse_pol_written - what became of a planned write of a table
 * @engine: id
 * @resized: the engine was to gain or lose queues, not entries to be rewritten
 * @gained: it has more queues than before
 * @error: 0 or a positive errno; one that was not tried is not reported
 * @time_ns: when it was done or undone
 */
struct rsse_pol_written {
	u32 engine;
	bool resized;
	bool gained;
	s32 error;
	u64 time_ns;
};

/**
 * struct rsse_pol_limits - the most that engines of a PNIC may have now
 * @default_queues: queues of the default engine
 * @shared_engines: shared engines that are awake; whether one may be made for it that
 *	does not exist yet is told by RSSE_ENGINE_SPARE
 * @shared_queues: queues of each of them
 * @dedicated_engines: dedicated engines
 */
struct rsse_pol_limits {
	u32 default_queues;
	u32 shared_engines;
	u32 shared_queues;
	u32 dedicated_engines;
};

/**
 * struct rsse_pol_snapshot - one PNIC as the latest sample found it
 * @seq: number of the sample, counts up by one
 * @now_ns: end of the sampled window
 * @window_ns: length of the sampled window
 * @free_queues: queues that are left for dedicated engines, lent ones included
 * @dedicated_queues: queues that a dedicated engine takes, at least 1
 * @limits: the maxima in force
 * @nr_engines: entries of @engines, at least 1; the first is the default engine
 * @nr_vms: entries of @vms
 * @nr_outcomes: entries of @outcomes, oldest first
 * @nr_queues: entries of @queues
 * @nr_written: entries of @written
 * @engines: the engines, ascending by id
 * @vms: the placements, ascending by id
 * @outcomes: outcomes since the previous snapshot
 * @queues: the queues that engines may have, ascending by id
 * @can_rewrite: tables can be counted and rewritten on this PNIC; else it is only
 *	observed, and what is planned is not done
 * @entries: what was counted of one engine, or NULL
 * @written: outcomes of writes of tables since the previous snapshot
 */
struct rsse_pol_snapshot {
	u64 seq;
	u64 now_ns;
	u64 window_ns;
	u32 free_queues;
	u32 dedicated_queues;
	struct rsse_pol_limits limits;
	u32 nr_engines;
	u32 nr_vms;
	u32 nr_outcomes;
	u32 nr_queues;
	u32 nr_written;
	const struct rsse_pol_engine *engines;
	const struct rsse_pol_vm *vms;
	const struct rsse_pol_outcome *outcomes;
	const struct rsse_pol_queue *queues;
	bool can_rewrite;
	const struct rsse_pol_entries *entries;
	const struct rsse_pol_written *written;
};

/* Shared engines beyond those of the layout that there may be at a time. */
#define RSSE_POL_MADE_MAX	16U

/*
 * Most engines: each has a queue, but for shared ones that are asleep, are about to go, or
 * may be made.
 */
#define RSSE_POL_ENGINES_MAX	(2U * RSS_ENGINE_QUEUES_MAX + RSSE_POL_MADE_MAX + 1)

/* Most entries that are remembered to have been rewritten lately. */
#define RSSE_POL_MOVED_MAX	128U

/**
 * struct rsse_pol_moved - an entry that was rewritten lately
 * @engine: id
 * @entry: place in the indirection table
 * @time_ns: when that was planned, 0: none
 */
struct rsse_pol_moved {
	u32 engine;
	u32 entry;
	u64 time_ns;
};

struct rsse_pol_vm_state;	/* policy_state.h */
struct rsse_pol_engine_state;	/* policy_state.h */
struct rsse_pol_class;		/* policy_state.h */
struct rsse_pol_pair;		/* policy_state.h */

/**
 * struct rsse_pol_state - what the policy remembers of one PNIC
 *
 * Plain data without pointers into the snapshot; owned and zeroed by the
 * caller, who may grow @vm (new entries zeroed). Nobody but the policy reads
 * what is inside.
 *
 * A run allocates nothing, so this is all that is remembered: at most 240 bytes a
 * slot, 16 a pair, 328 an engine, 8 a queue, 108 a class, and 2160. Of how many of each
 * there is room for is the caller's choice, who also has the snapshot and the plan.
 *
 * @nr_slots: entries of @vm
 * @vm: state of each placement, by slot
 * @nr_engines: entries used in @engine
 * @cap_engines: entries of @engine
 * @engine: state of each engine
 * @cap_queues: entries of @room and @owner; with more queues in a snapshot
 *	tables are left alone
 * @room: scratch, a queue each
 * @owner: scratch, a queue each
 * @cap_classes: entries of @classes; 0: every VM is placed by itself
 * @classes: scratch
 * @cap_pairs: entries of @pairs, a power of 2, four times as many as VMs at least;
 *	0: VMs are neither kept apart nor together
 * @pairs: scratch
 * @moved: entries that were rewritten lately, a ring
 * @next_moved: place of the next in @moved
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
	u32 *owner;
	u32 cap_classes;
	struct rsse_pol_class *classes;
	u32 cap_pairs;
	struct rsse_pol_pair *pairs;
	struct rsse_pol_moved moved[RSSE_POL_MOVED_MAX];
	u32 next_moved;
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

/**
 * rsse_table_resize() - spread an indirection table over other queues
 * @table: rx queue of each entry; changed
 * @size: entries of @table
 * @queues: rx queues that it is to spread over, ascending
 * @nr: entries of @queues, at least 1
 * @count: scratch, a number each queue
 *
 * Every queue gets an even share at least, as far as the size of the table allows;
 * no entry changes its queue without need. Cost: @size * @nr at most.
 */
void rsse_table_resize(u32 *table, u32 size, const u32 *queues, u32 nr, u32 *count);

#endif /* RSSE_POLICY_H */
