/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the policy: what its files share with each other and with nobody else.
 *
 * Everything is 32-bit arithmetic on clamped inputs, so that nothing overflows
 * and no 64-bit division is needed; times are compared, never divided.
 */
#ifndef RSSE_POLICY_INT_H
#define RSSE_POLICY_INT_H

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "policy.h"
#include "policy_state.h"

/* No such index; list end is 0 because links hold slot + 1. */
#define RSSE_POL_NONE		((u32)~0U)

/* One CPU, fully busy. */
#define RSSE_POL_CPU		1000U

/* Above any honest sum of loads; a product with RSSE_POL_CPU still fits 32 bits. */
#define RSSE_POL_SUM_MAX	(2 * RSSE_POL_CPU * RSS_ENGINE_QUEUES_MAX)

#define RSSE_POL_MSEC		1000000ULL

/*
 * A queue is saturated when this share of its polls used their whole budget,
 * permille, and it was at least so busy, permille. An overloaded queue never
 * empties its ring, so nearly all its polls are full; where an interrupt finds
 * a batch of up to three budgets, it stays below. A queue that is all but idle
 * is bursty, not full.
 */
#define RSSE_POL_FULL_POLLS	750U
#define RSSE_POL_FULL_BUSY	100U

/*
 * A VM is not promoted for its own load while its part of the queues' time is
 * not above this, permille: so little is within the error of the estimate, and
 * an engine could not change what the VM costs. Traffic between VMs on the
 * bridge, which never passes the NIC, stays below it.
 */
#define RSSE_POL_PART_MIN	10U

/* First and longest wait after a failed or useless move. */
#define RSSE_POL_BACKOFF_MIN	(1000 * RSSE_POL_MSEC)
#define RSSE_POL_BACKOFF_MAX	(60000 * RSSE_POL_MSEC)

/* Windows after a move from which its use is told; one alone is too noisy. */
#define RSSE_POL_JUDGE_WINDOWS	5U

/* Conditions of a placement's own that have to hold for a time; one a state. */
enum rsse_pol_cond {
	RSSE_POL_COND_NONE,
	RSSE_POL_COND_PIN,
	RSSE_POL_COND_SHARE,
	RSSE_POL_COND_RELEASE,
	RSSE_POL_COND_UNSHARE,
};

enum rsse_pol_dir {
	RSSE_POL_DIR_UNKNOWN,
	RSSE_POL_DIR_UP,
	RSSE_POL_DIR_DOWN,
	RSSE_POL_DIR_SIDE,
};

/* Moves whose hold time is over come first, those that still wait second. */
enum rsse_pol_pass {
	RSSE_POL_PASS_DUE,
	RSSE_POL_PASS_WAITING,
};

/**
 * struct rsse_pol_run - one run of the policy
 * @snap: input
 * @config: input
 * @state: memory
 * @plan: result
 * @nr_engines: engines that are both in the snapshot and have room in @state
 * @nr_shared: shared engines, the size of the heap
 * @free_queues: free queues, planned moves taken into account
 * @limit: highest load that an engine may have after a VM was added
 * @moves_left: moves that may still be planned
 * @sharing: some VM in state none is above share_above
 * @active: something happens or is near; sample at the short period
 */
struct rsse_pol_run {
	const struct rsse_pol_snapshot *snap;
	const struct rsse_config *config;
	struct rsse_pol_state *state;
	struct rsse_pol_plan *plan;
	u32 nr_engines;
	u32 nr_shared;
	u32 free_queues;
	u32 limit;
	u32 moves_left;
	bool sharing;
	bool active;
};

/**
 * struct rsse_pol_trigger - why a move is considered
 * @reason: reason that the move would carry
 * @value: the load behind it
 * @threshold: what @value was compared with
 * @since_ns: when the condition was first seen
 * @since_seq: sample of @since_ns
 * @hold_ns: how long it has to hold
 * @confirm: pnic_busy has to be confirmed since @since_ns
 * @forced: neither dwell nor a manual move stands in its way
 */
struct rsse_pol_trigger {
	u32 reason;
	u32 value;
	u32 threshold;
	u64 since_ns;
	u64 since_seq;
	u64 hold_ns;
	bool confirm;
	bool forced;
};

/**
 * struct rsse_pol_target - where a move would lead
 * @state: state
 * @engine: engine id, RSSE_ENGINE_NEW for one to be made
 * @index: index of @engine, RSSE_POL_NONE for one to be made
 */
struct rsse_pol_target {
	u32 state;
	u32 engine;
	u32 index;
};

/* policy_engine.c */
void rsse_pol_engines_begin(struct rsse_pol_run *run);
void rsse_pol_engines_measure(struct rsse_pol_run *run);
bool rsse_pol_is_saturated(u32 busy, u32 full_polls);
u32 rsse_pol_engine_find(const struct rsse_pol_run *run, u32 id);
u32 rsse_pol_engine_load(const struct rsse_pol_engine_state *e);
u32 rsse_pol_engine_load_with(const struct rsse_pol_engine_state *e, u32 demand);
u32 rsse_pol_engine_excess(const struct rsse_pol_run *run,
			   const struct rsse_pol_engine_state *e);
void rsse_pol_engine_add(struct rsse_pol_run *run, u32 index, u32 demand);
void rsse_pol_engine_sub(struct rsse_pol_run *run, u32 index, u32 part);
u32 rsse_pol_demand(const struct rsse_pol_run *run,
		    const struct rsse_pol_vm_state *st);

/* policy_entry.c */
void rsse_pol_entries_outcome(struct rsse_pol_run *run);
void rsse_pol_entries(struct rsse_pol_run *run);

/* policy_gate.c */
bool rsse_pol_vnic_bound(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st);
void rsse_pol_decide_bound(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st);
bool rsse_pol_is_promotable(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st);
bool rsse_pol_promotable(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st,
			 const struct rsse_pol_trigger *why);
s32 rsse_pol_gain(const struct rsse_pol_run *run,
		  const struct rsse_pol_vm_state *st,
		  const struct rsse_pol_target *to, u32 leaving);
void rsse_pol_no_gain(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, s32 gain);
void rsse_pol_relief(struct rsse_pol_run *run);
bool rsse_pol_hopeless(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st);
u32 rsse_pol_delay(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   const struct rsse_pol_trigger *why, u64 *wait_ns);

/* policy_heap.c */
void rsse_pol_heap_build(struct rsse_pol_run *run);
void rsse_pol_heap_update(struct rsse_pol_run *run, u32 index);
u32 rsse_pol_heap_best(const struct rsse_pol_run *run, u32 except);

/* policy_memory.c */
void rsse_pol_back_off(struct rsse_pol_backoff *backoff, u32 engine, u64 now);
u64 rsse_pol_remaining(const struct rsse_pol_run *run, u64 since, u64 length);
void rsse_pol_outcomes(struct rsse_pol_run *run);
void rsse_pol_judge(struct rsse_pol_run *run, struct rsse_pol_vm_state *st);
u32 rsse_pol_backed_off(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st,
			const struct rsse_pol_target *to, u64 *wait_ns);
u32 rsse_pol_blocked(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st,
		     const struct rsse_pol_target *to, u64 *wait_ns);

/* policy_move.c */
void rsse_pol_decide(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st, u32 reason, u32 value,
		     u32 threshold);
u32 rsse_pol_unsteerable(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st);
void rsse_pol_decide_why(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st, u32 reason,
			 const struct rsse_pol_trigger *why);
void rsse_pol_pin(struct rsse_pol_run *run, struct rsse_pol_vm_state *st);
void rsse_pol_undo(struct rsse_pol_run *run, struct rsse_pol_vm_state *st);
bool rsse_pol_share(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why, u32 leaving);
bool rsse_pol_relieve(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why);
void rsse_pol_return(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		     const struct rsse_pol_trigger *why);

/* policy_select.c */
void rsse_pol_select_begin(struct rsse_pol_run *run);
void rsse_pol_ups(struct rsse_pol_run *run, enum rsse_pol_pass pass);

static inline const struct rsse_pol_vm *
rsse_pol_vm(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return &run->snap->vms[st->index];
}

static inline struct rsse_pol_decision *
rsse_pol_decision(const struct rsse_pol_run *run,
		  const struct rsse_pol_vm_state *st)
{
	return &run->plan->decisions[st->index];
}

static inline u64 rsse_pol_ms(u32 ms)
{
	return ms * RSSE_POL_MSEC;
}

/* Time since @then; 0 when a confused clock puts it into the future. */
static inline u64 rsse_pol_age(const struct rsse_pol_run *run, u64 then)
{
	return run->snap->now_ns > then ? run->snap->now_ns - then : 0;
}

/* The whole sampled window lies after @then. */
static inline bool rsse_pol_window_after(const struct rsse_pol_run *run, u64 then)
{
	return rsse_pol_age(run, then) >= run->snap->window_ns;
}

static inline u32 rsse_pol_rx_load(const struct rsse_pol_vm *vm)
{
	return min_t(u64, (u64)vm->pnic_busy + vm->vnic_busy, U32_MAX);
}

static inline enum rsse_pol_pass
rsse_pol_pass_of(const struct rsse_pol_run *run,
		 const struct rsse_pol_trigger *why)
{
	return rsse_pol_age(run, why->since_ns) >= why->hold_ns ?
	       RSSE_POL_PASS_DUE : RSSE_POL_PASS_WAITING;
}

#endif /* RSSE_POLICY_INT_H */
