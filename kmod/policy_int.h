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

/* Owner of a queue that is none of the engines in the snapshot, or is planned to change. */
#define RSSE_POL_OTHER		(RSSE_POL_NONE - 1)

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
 * @nr_shared: shared engines that are awake, the size of the heap
 * @nr_awake: shared engines that are awake, planned moves taken into account
 * @nr_dedicated: dedicated engines, planned moves taken into account
 * @reserved: VMs for which a dedicated engine is to be had and that have none
 * @nr_classes: classes of VMs so far
 * @nr_pairs: pairs of the rules about other VMs so far
 * @asleep: no engine below this index is asleep
 * @free_queues: queues left for dedicated engines, planned moves taken into
 *	account
 * @each: queues that a dedicated engine takes at least
 * @unowned: queues that no engine has, planned moves taken into account
 * @unowned_now: the same with the moves that are made now
 * @unowned_good: those of them that are good, see rsse_pol_is_good()
 * @grow: load of an engine that calls for more queues
 * @preempted: a VM was asked to leave its dedicated engine for another one, or is to be
 *	asked in the next period
 * @victims_sought: how often a VM was looked for that could be
 * @books: it is known which engine has which queue
 * @knows_cold: @cold was looked for, and no queue was planned to change since; by
 *	whether only those engines count that have good queues
 * @cold: the two engines that would be coldest without one of their queues
 * @debtors: first of those that have more queues than are due to them
 * @knows_victim: @victim was looked for
 * @victim: the VM that would leave its dedicated engine first, or NULL
 * @shifts: queues follow the load
 * @limit: highest load that an engine may have after a VM was added
 * @moves_left: moves that may still be planned
 * @sharing: some VM in state none is above share_above, by the pass that it is for
 * @active: something happens or is near; sample at the short period
 */
struct rsse_pol_run {
	const struct rsse_pol_snapshot *snap;
	const struct rsse_config *config;
	struct rsse_pol_state *state;
	struct rsse_pol_plan *plan;
	u32 nr_engines;
	u32 nr_shared;
	u32 asleep;
	u32 nr_awake;
	u32 nr_dedicated;
	u32 reserved;
	u32 nr_classes;
	u32 nr_pairs;
	u32 free_queues;
	u32 each;
	u32 unowned;
	u32 unowned_now;
	u32 unowned_good;
	u32 grow;
	bool books;
	bool shifts;
	bool preempted;
	u32 victims_sought;
	bool knows_cold[2];
	u32 cold[2][2];
	u32 debtors;
	bool knows_victim;
	struct rsse_pol_vm_state *victim;
	u32 limit;
	u32 moves_left;
	bool sharing[RSSE_POL_PASS_WAITING + 1];
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
 * @free: it does not count for the budget of a period
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
	bool free;
};

/**
 * struct rsse_pol_target - where a move would lead
 * @state: state
 * @engine: engine id, RSSE_ENGINE_NEW for one to be made
 * @index: index of @engine, RSSE_POL_NONE for one to be made
 * @queues: queues of the one to be made
 */
struct rsse_pol_target {
	u32 state;
	u32 engine;
	u32 index;
	u32 queues;
};

/* policy.c */
struct rsse_pol_vm_state *rsse_pol_placed(const struct rsse_pol_run *run, u32 index);
bool rsse_pol_is_known(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st);

/* policy_aim.c */
void rsse_pol_aim_none(struct rsse_pol_target *to);
bool rsse_pol_aim_dedicated(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st,
			    struct rsse_pol_target *to);
bool rsse_pol_aim_shared(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to);
bool rsse_pol_aim_anyway(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to);
bool rsse_pol_aim_ranked(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to);
bool rsse_pol_has_room(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st, u32 index);

/* policy_engine.c */
void rsse_pol_engines_begin(struct rsse_pol_run *run);
void rsse_pol_engines_measure(struct rsse_pol_run *run);
void rsse_pol_engines_full(struct rsse_pol_run *run);
bool rsse_pol_is_saturated(u32 busy, u32 full_polls);
u32 rsse_pol_engine_find(const struct rsse_pol_run *run, u32 id);
u32 rsse_pol_engine_load(const struct rsse_pol_engine_state *e);
u32 rsse_pol_engine_load_with(const struct rsse_pol_run *run,
			      const struct rsse_pol_engine_state *e, u32 demand);
u32 rsse_pol_engine_excess(const struct rsse_pol_run *run,
			   const struct rsse_pol_engine_state *e);
void rsse_pol_engine_add(struct rsse_pol_run *run, u32 index, u32 demand, bool now);
void rsse_pol_engine_sub(struct rsse_pol_run *run, u32 index, u32 part, bool now);
u32 rsse_pol_demand(const struct rsse_pol_run *run,
		    const struct rsse_pol_vm_state *st);

/* policy_entry.c */
u32 rsse_pol_queue_load(const struct rsse_pol_queue *queue);
void rsse_pol_entries_written(struct rsse_pol_run *run, u32 index,
			      const struct rsse_pol_written *out);
void rsse_pol_uneven_anew(struct rsse_pol_engine_state *e);
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
s32 rsse_pol_fall(u32 from, u32 to);
bool rsse_pol_is_worth(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		       const struct rsse_pol_target *to);
u32 rsse_pol_load_here(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st);
s32 rsse_pol_gain(const struct rsse_pol_run *run,
		  const struct rsse_pol_vm_state *st,
		  const struct rsse_pol_target *to, u32 leaving);
void rsse_pol_no_gain(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, s32 gain);
u32 rsse_pol_delay(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   const struct rsse_pol_trigger *why, u64 *wait_ns);

/* policy_grow.c */
u32 rsse_pol_load_now(const struct rsse_pol_engine_state *e, u32 size);
u32 rsse_pol_retains(const struct rsse_pol_run *run, u32 index);
u32 rsse_pol_most(const struct rsse_pol_run *run, u32 index);
bool rsse_pol_can_grow(struct rsse_pol_run *run, u32 index);
void rsse_pol_note_growing(const struct rsse_pol_run *run, u32 index);
void rsse_pol_grow(struct rsse_pol_run *run);

/* policy_heap.c */
void rsse_pol_heap_build(struct rsse_pol_run *run);
void rsse_pol_heap_update(struct rsse_pol_run *run, u32 index);
void rsse_pol_heap_push(struct rsse_pol_run *run, u32 index);
u32 rsse_pol_heap_best(const struct rsse_pol_run *run, u32 except);

/* policy_memory.c */
void rsse_pol_back_off(struct rsse_pol_backoff *backoff, u32 engine, u64 now);
void rsse_pol_back_off_anew(struct rsse_pol_backoff *backoff);
u64 rsse_pol_manual_hold(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st, u32 state);
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
void rsse_pol_no_engine(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st,
			const struct rsse_pol_trigger *why);
u32 rsse_pol_unsteerable(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st);
void rsse_pol_decide_why(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st, u32 reason,
			 const struct rsse_pol_trigger *why);
bool rsse_pol_offer(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why,
		    const struct rsse_pol_target *to, s32 gain);
bool rsse_pol_share(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why, u32 leaving);
bool rsse_pol_relieve(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, u32 leaving);
void rsse_pol_return(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		     const struct rsse_pol_trigger *why);

/* policy_order.c */
u32 rsse_pol_least_state(const struct rsse_pol_vm *vm);
u32 rsse_pol_most_state(const struct rsse_pol_vm *vm);
void rsse_pol_limits_begin(struct rsse_pol_run *run);
void rsse_pol_wait(const struct rsse_pol_run *run, struct rsse_pol_vm_state *st);
struct rsse_pol_vm_state *rsse_pol_victim(struct rsse_pol_run *run,
					  const struct rsse_pol_vm_state *st);
bool rsse_pol_preempt(struct rsse_pol_run *run, struct rsse_pol_vm_state *victim,
		      const struct rsse_pol_vm_state *st);
void rsse_pol_orders(struct rsse_pol_run *run);

/* policy_place.c */
void rsse_pol_places_begin(struct rsse_pol_run *run);
void rsse_pol_company(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st);
void rsse_pol_join(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   u32 index);
bool rsse_pol_has_rules(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st);
bool rsse_pol_admits(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     u32 index);
u32 rsse_pol_place(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st);
u64 rsse_pol_making_wait(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st);
u32 rsse_pol_place_anyway(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st);

/* policy_queue.c */
bool rsse_pol_is_open(const struct rsse_pol_run *run, u32 index);
void rsse_pol_queues_begin(struct rsse_pol_run *run);
void rsse_pol_written(struct rsse_pol_run *run);
u32 rsse_pol_dedicated_size(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st);
u32 rsse_pol_asleep(struct rsse_pol_run *run);
u32 rsse_pol_wake_size(const struct rsse_pol_run *run, u32 index, u32 demand);
u32 rsse_pol_wanted(const struct rsse_pol_run *run,
		    const struct rsse_pol_target *to, u32 demand);
u32 rsse_pol_lost(const struct rsse_pol_run *run,
		  const struct rsse_pol_target *to, u32 demand, u32 leaving);
void rsse_pol_claim(struct rsse_pol_run *run, const struct rsse_pol_target *to,
		    u32 demand, bool now);
void rsse_pol_release(struct rsse_pol_run *run, u32 index);
void rsse_pol_wakes(struct rsse_pol_run *run);
bool rsse_pol_can_dedicate(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st, u32 nr);
u32 rsse_pol_can_make(const struct rsse_pol_run *run);
bool rsse_pol_is_choked(const struct rsse_pol_engine_state *e);
bool rsse_pol_is_dominated(const struct rsse_pol_engine_state *e);
u32 rsse_pol_reach(const struct rsse_pol_run *run,
		   const struct rsse_pol_engine_state *e);

/* policy_relief.c */
void rsse_pol_relief(struct rsse_pol_run *run);
bool rsse_pol_hopeless(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st);

/* policy_scale.c */
void rsse_pol_queues(struct rsse_pol_run *run);

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
rsse_pol_pass_after(const struct rsse_pol_run *run, u64 since, u64 hold)
{
	return rsse_pol_age(run, since) >= hold ? RSSE_POL_PASS_DUE : RSSE_POL_PASS_WAITING;
}

static inline enum rsse_pol_pass
rsse_pol_pass_of(const struct rsse_pol_run *run,
		 const struct rsse_pol_trigger *why)
{
	return rsse_pol_pass_after(run, why->since_ns, why->hold_ns);
}

/* Of a VM in state none that is above share_above. */
static inline enum rsse_pol_pass
rsse_pol_share_pass(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return rsse_pol_pass_after(run, st->since_ns, rsse_pol_ms(run->config->hold_up_ms));
}

/* Queues that change their engine */

static inline struct rsse_pol_engine_state *
rsse_pol_engine(const struct rsse_pol_run *run, u32 index)
{
	return &run->state->engine[index];
}

static inline u32 rsse_pol_kind(const struct rsse_pol_run *run, u32 index)
{
	return run->snap->engines[index].kind;
}

static inline bool rsse_pol_is_dedicated(const struct rsse_pol_run *run, u32 index)
{
	return rsse_pol_kind(run, index) == RSS_ENGINE_ENGINE_KIND_DEDICATED;
}

static inline bool rsse_pol_is_packing(const struct rsse_pol_run *run)
{
	return run->config->scale == RSS_ENGINE_SCALE_PACK;
}

/* A change of its queues failed just now. */
static inline bool rsse_pol_is_barred(const struct rsse_pol_run *run,
				      const struct rsse_pol_engine_state *e)
{
	return e->resize.count && run->snap->now_ns < e->resize.until_ns;
}

/* The queue is not on a CPU that is excluded. */
static inline bool rsse_pol_may_serve(const struct rsse_pol_queue *queue)
{
	return !(queue->flags & RSSE_POL_QUEUE_EXCLUDED);
}

/* Its CPU has more to do beside the queue than leaves time for it. */
static inline bool rsse_pol_is_contended(const struct rsse_pol_run *run,
					 const struct rsse_pol_queue *queue)
{
	return queue->cpu_busy > queue->busy + run->config->cpu_above;
}

/* It may serve, and its CPU is of the PNIC's node and has time for it. */
static inline bool rsse_pol_is_good(const struct rsse_pol_run *run,
				    const struct rsse_pol_queue *queue)
{
	return !(queue->flags & (RSSE_POL_QUEUE_EXCLUDED | RSSE_POL_QUEUE_FAR)) &&
	       !rsse_pol_is_contended(run, queue);
}

/* Within a quarter of each other. */
static inline bool rsse_pol_is_like(u32 a, u32 b)
{
	return 4 * (max(a, b) - min(a, b)) <= max(a, b);
}

static inline u32 rsse_pol_div_up(u32 part, u32 by)
{
	return (part + by - 1) / by;
}

/* An engine keeps half of what is due to it, whatever others need. */
static inline u32 rsse_pol_keeps(const struct rsse_pol_engine_state *e)
{
	return max(rsse_pol_div_up(e->home, 2), 1U);
}

#endif /* RSSE_POLICY_INT_H */
