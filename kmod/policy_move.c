// SPDX-License-Identifier: GPL-2.0-only
/*
 * One VM and one move: where to, and what stands in its way.
 *
 * A move goes through the same gates whatever called for it: a target, a gain,
 * nothing that forbids it (back-off, move by hand, dwell), the hold time, the
 * confirmation, the budget. The first gate that is closed is the reason.
 */
#include "policy_int.h"

void rsse_pol_decide(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st, u32 reason, u32 value,
		     u32 threshold)
{
	*rsse_pol_decision(run, st) = (struct rsse_pol_decision){
		.reason = reason,
		.value = value,
		.threshold = threshold,
	};
}

void rsse_pol_decide_why(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st, u32 reason,
			 const struct rsse_pol_trigger *why)
{
	rsse_pol_decide(run, st, reason, why->value, why->threshold);
}

/* What keeps a VM from being steered at all, or IDLE. */
u32 rsse_pol_unsteerable(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st)
{
	u32 flags = rsse_pol_vm(run, st)->flags;

	if (!(flags & RSSE_POL_VM_PRESENT))
		return RSS_ENGINE_REASON_ABSENT;
	return flags & RSSE_POL_VM_HAS_FILTER ? RSS_ENGINE_REASON_IDLE :
						RSS_ENGINE_REASON_NO_FILTER;
}

static bool dedicated_possible(const struct rsse_pol_run *run)
{
	return run->free_queues >= run->snap->dedicated_queues;
}

static void aim_dedicated(struct rsse_pol_target *to)
{
	*to = (struct rsse_pol_target){
		.state = RSS_ENGINE_STATE_DEDICATED,
		.engine = RSSE_ENGINE_NEW,
		.index = RSSE_POL_NONE,
	};
}

static bool aim_shared(const struct rsse_pol_run *run, u32 index,
		       struct rsse_pol_target *to)
{
	*to = (struct rsse_pol_target){
		.state = RSS_ENGINE_STATE_SHARED,
		.index = index,
	};
	if (index == RSSE_POL_NONE)
		return false;
	to->engine = run->state->engine[index].id;
	return true;
}

/*
 * The shared engine with most room, or the next best when the VM has to keep
 * off that one for a while; never the one that it is on.
 */
static bool aim_best_shared(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st,
			    struct rsse_pol_target *to)
{
	struct rsse_pol_target other;
	u64 wait;

	if (!aim_shared(run, rsse_pol_heap_best(run, st->home), to))
		return false;
	if (rsse_pol_backed_off(run, st, to, &wait) &&
	    aim_shared(run, rsse_pol_heap_best(run, to->index), &other) &&
	    other.index != st->home)
		*to = other;
	return true;
}

static bool has_room(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st, u32 index)
{
	return rsse_pol_engine_load_with(&run->state->engine[index],
					 rsse_pol_demand(run, st)) <= run->limit;
}

/*
 * From none, a VM too heavy for any shared engine still goes to one where it
 * harms nobody, or from where it can go on to a dedicated engine.
 */
static bool is_acceptable(const struct rsse_pol_run *run,
			  const struct rsse_pol_vm_state *st, u32 index)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (has_room(run, st, index) || !e->nr_vms)
		return true;
	return dedicated_possible(run) && !e->saturated &&
	       rsse_pol_engine_load_with(e, 0) <= run->config->engine_above;
}

static void project(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		    const struct rsse_pol_target *to)
{
	u32 demand = rsse_pol_demand(run, st);

	rsse_pol_engine_sub(run, st->home, st->part);
	if (to->index != RSSE_POL_NONE)
		rsse_pol_engine_add(run, to->index, demand);
	else
		run->free_queues -= min(run->free_queues,
					run->snap->dedicated_queues);
}

static void plan_move(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why,
		      const struct rsse_pol_target *to, s32 gain)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	run->plan->moves[run->plan->nr_moves++] = (struct rsse_pol_move){
		.id = vm->id,
		.from_state = vm->state,
		.from_engine = vm->engine,
		.to_state = to->state,
		.to_engine = to->engine,
		.reason = why->reason,
		.value = why->value,
		.threshold = why->threshold,
		.gain = gain,
		.crossed_seq = why->since_seq,
	};
	run->moves_left--;
}

/*
 * The gates behind target and gain. Returns false when something forbids the
 * move, so that another VM may be selected instead; otherwise the move is
 * planned, or waits, and the loads of both engines are projected.
 */
static bool offer(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		  const struct rsse_pol_trigger *why,
		  const struct rsse_pol_target *to, s32 gain)
{
	struct rsse_pol_decision *dec = rsse_pol_decision(run, st);
	u64 wait_ns = 0;
	u32 reason = rsse_pol_backed_off(run, st, to, &wait_ns);

	if (!reason && !why->forced)
		reason = rsse_pol_blocked(run, st, to, &wait_ns);
	*dec = (struct rsse_pol_decision){
		.reason = reason,
		.moves = true,
		.to_state = to->state,
		.to_engine = to->engine,
		.value = why->value,
		.threshold = why->threshold,
		.gain = gain,
		.wait_ns = wait_ns,
	};
	/* Nothing to watch closely until the wait is nearly over. */
	if (wait_ns <= rsse_pol_ms(run->config->period_max_ms))
		run->active = true;
	if (reason)
		return false;

	st->taken = true;
	dec->reason = rsse_pol_delay(run, st, why, &dec->wait_ns);
	if (dec->reason == why->reason)
		plan_move(run, st, why, to, gain);
	project(run, st, to);
	return true;
}

static bool offer_gain(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		       const struct rsse_pol_trigger *why,
		       const struct rsse_pol_target *to, u32 leaving)
{
	s32 gain = rsse_pol_gain(run, st, to, leaving);

	if (gain >= (s32)run->config->gain_min)
		return offer(run, st, why, to, gain);
	rsse_pol_no_gain(run, st, why, gain);
	return false;
}

/* none -> shared; @leaving: parts of all that leave for the same reason. */
bool rsse_pol_share(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why, u32 leaving)
{
	struct rsse_pol_target to;

	if (aim_best_shared(run, st, &to) && is_acceptable(run, st, to.index))
		return offer_gain(run, st, why, &to, leaving);
	rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_ENGINE, why);
	return false;
}

/* shared -> dedicated, or to another shared engine when none can be made. */
bool rsse_pol_relieve(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why)
{
	struct rsse_pol_target to;

	if (dedicated_possible(run)) {
		aim_dedicated(&to);
		return offer_gain(run, st, why, &to, 0);
	}
	if (aim_best_shared(run, st, &to) && has_room(run, st, to.index))
		return offer_gain(run, st, why, &to, 0);
	rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_ENGINE, why);
	return false;
}

/*
 * Room has to hold like the rest of the condition, else a single quiet sample
 * would send a crowd back to the queues that it had filled.
 */
static bool had_room(const struct rsse_pol_run *run, u32 index)
{
	u64 crowded = run->state->engine[index].crowded_ns;

	return !crowded || rsse_pol_age(run, crowded) >=
			   rsse_pol_ms(run->config->hold_down_ms);
}

static bool takes_back(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st, u32 index)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	return rsse_pol_engine_load_with(e, rsse_pol_demand(run, st)) <=
	       run->limit && had_room(run, index);
}

/*
 * dedicated -> shared and shared -> none: they pay by what they give back. A VM
 * that would leave the shared engine again does not wait for one that is full:
 * its queues may be what that engine is in need of.
 */
void rsse_pol_return(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		     const struct rsse_pol_trigger *why)
{
	struct rsse_pol_target none = { .state = RSS_ENGINE_STATE_NONE };
	struct rsse_pol_target to = none;

	if (rsse_pol_vm(run, st)->state == RSS_ENGINE_STATE_DEDICATED &&
	    !aim_best_shared(run, st, &to)) {
		rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_ENGINE, why);
		return;
	}
	if (to.state == RSS_ENGINE_STATE_SHARED &&
	    run->state->engine[to.index].full &&
	    why->value < run->config->unshare_below &&
	    takes_back(run, st, none.index))
		to = none;
	if (takes_back(run, st, to.index))
		offer(run, st, why, &to, 0);
	else
		rsse_pol_decide(run, st, RSS_ENGINE_REASON_NO_ROOM,
				rsse_pol_engine_load_with(&run->state->engine[to.index],
							  rsse_pol_demand(run, st)),
				run->limit);
}

static bool aim_pin(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		    struct rsse_pol_target *to)
{
	u32 pin = rsse_pol_vm(run, st)->pin;

	if (pin == RSS_ENGINE_PIN_SHARED)
		return aim_best_shared(run, st, to);
	if (pin == RSS_ENGINE_PIN_DEDICATED) {
		aim_dedicated(to);
		return dedicated_possible(run);
	}
	*to = (struct rsse_pol_target){ .state = RSS_ENGINE_STATE_NONE };
	return pin == RSS_ENGINE_PIN_NONE;
}

/* To where it is pinned, at once; whatever it costs, for it is an order. */
void rsse_pol_pin(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_trigger why = {
		.reason = RSS_ENGINE_REASON_PINNED,
		.value = rsse_pol_rx_load(rsse_pol_vm(run, st)),
		.since_ns = st->since_ns,
		.since_seq = st->since_seq,
		.forced = true,
	};
	u32 reason = rsse_pol_unsteerable(run, st);
	struct rsse_pol_target to;

	if (reason && rsse_pol_vm(run, st)->pin != RSS_ENGINE_PIN_NONE)
		rsse_pol_decide_why(run, st, reason, &why);
	else if (aim_pin(run, st, &to))
		offer(run, st, &why, &to, 0);
	else
		rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_ENGINE, &why);
}

/* Back to where a useless move came from. */
void rsse_pol_undo(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_judge *judge = &st->judge;
	const struct rsse_pol_target to = {
		.state = judge->from_state,
		.engine = judge->from_engine,
		.index = rsse_pol_engine_find(run, judge->from_engine),
	};
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	struct rsse_pol_trigger why;

	if (to.index == RSSE_POL_NONE || vm->state != judge->to_state ||
	    vm->engine != judge->to_engine) {
		st->judge.undo = false;
		return;
	}
	why = (struct rsse_pol_trigger){
		.reason = RSS_ENGINE_REASON_USELESS,
		.value = run->state->engine[to.index].load,
		.threshold = judge->load,
		.since_ns = run->snap->now_ns,
		.since_seq = run->snap->seq,
		.forced = true,
	};
	offer(run, st, &why, &to, 0);
}
