/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the policy decides: VMs that move, entries that are rewritten, queues that
 * change hands. See policy.h.
 */
#ifndef RSSE_POLICY_PLAN_H
#define RSSE_POLICY_PLAN_H

#include <linux/types.h>

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
 * @queues: queues that @to_engine gets when it is asleep
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
	u32 queues;
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

/* Most queues that change their engine by one plan; bounds the cost. */
#define RSSE_POL_SHIFTS_MAX	64U

/**
 * struct rsse_pol_shift - one queue that is to change its engine
 * @queue: rx queue
 * @from: id of the engine that has it, RSSE_ENGINE_NEW: none
 * @to: id of the engine that gets it, RSSE_ENGINE_NEW: none
 * @reason: enum rss_engine_reason
 * @value: the load behind the reason, permille
 * @threshold: what @value is compared with, permille
 * @crossed_seq: sample in which the condition was first seen to hold
 */
struct rsse_pol_shift {
	u32 queue;
	u32 from;
	u32 to;
	u32 reason;
	u32 value;
	u32 threshold;
	u64 crossed_seq;
};

/**
 * struct rsse_pol_plan - what the policy decided
 * @nr_moves: entries used in @moves
 * @cap_moves: entries that @moves has room for, at least 1
 * @moves: the moves, most urgent first; at most moves_max, and those of VMs that
 *	have just come
 * @decisions: one for each of snapshot->vms, in the same order
 * @look: the policy wants pnic_busy confirmed by a look at the queues
 * @balance: one for each of snapshot->engines, in the same order; NULL: not
 *	wanted
 * @count_engine: engine whose entries the policy wants counted by looks at the
 *	queues, RSSE_ENGINE_NEW for none
 * @patient: the counting can wait for looks that nothing else will need
 * @rewrite: the rewrite of this period
 * @nr_shifts: entries used in @shifts
 * @shifts: queues that change their engine, before the moves are made; those of
 *	one engine are next to each other
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
	bool patient;
	struct rsse_pol_rewrite rewrite;
	u32 nr_shifts;
	struct rsse_pol_shift shifts[RSSE_POL_SHIFTS_MAX];
	u64 next_period_ns;
};

#endif /* RSSE_POLICY_PLAN_H */
