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

/* There is none to go to, or its rules forbid those that there are. */
void rsse_pol_no_engine(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st,
			const struct rsse_pol_trigger *why)
{
	rsse_pol_decide_why(run, st, rsse_pol_has_rules(run, st) ?
			    RSS_ENGINE_REASON_RULES : RSS_ENGINE_REASON_NO_ENGINE, why);
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

static bool may_be_alone(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return rsse_pol_most_state(rsse_pol_vm(run, st)) == RSS_ENGINE_STATE_DEDICATED;
}

/* It keeps more than a CPU busy where nobody knows how much more it would. */
static bool is_flooded(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return st->part > RSSE_POL_CPU &&
	       rsse_pol_is_choked(rsse_pol_engine(run, st->home));
}

/* The shared engine at @index would be full with the VM on it. */
static bool would_fill(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		       u32 index)
{
	return rsse_pol_engine_load_with(run, rsse_pol_engine(run, index),
					 rsse_pol_demand(run, st)) > run->config->engine_above;
}

/*
 * It is what would make that engine full: one that is full already needs dedicated ones
 * for its own. It would not have to leave a dedicated one again for its low load.
 */
static bool is_too_heavy(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 u32 index)
{
	return is_flooded(run, st) ||
	       (would_fill(run, st, index) && !rsse_pol_engine(run, index)->full &&
		rsse_pol_rx_load(rsse_pol_vm(run, st)) >= run->config->release_below);
}

/* The dedicated engine that could be made for it, and nothing speaks against now. */
static bool aim_alone(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		      struct rsse_pol_target *to)
{
	u64 wait_ns;

	return may_be_alone(run, st) && rsse_pol_aim_dedicated(run, st, to) &&
	       !rsse_pol_backed_off(run, st, to, &wait_ns);
}

/*
 * From none, a VM that finds no room on a shared engine still goes to one where it harms
 * nobody, or that is not full with it when it could go on from there. One that is too
 * heavy for any goes to a dedicated one.
 */
static bool aim_up(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   struct rsse_pol_target *to)
{
	struct rsse_pol_target alone;
	bool fits = false;

	if (rsse_pol_aim_shared(run, st, to))
		fits = rsse_pol_has_room(run, st, to->index);
	else if (!rsse_pol_aim_anyway(run, st, to))
		return false;
	if (!rsse_pol_engine(run, to->index)->nr_vms || (fits && !is_flooded(run, st)))
		return true;
	if (!aim_alone(run, st, &alone))
		return fits;
	if (is_too_heavy(run, st, to->index)) {
		*to = alone;
		return true;
	}
	return !would_fill(run, st, to->index);
}

/* Reckon with a move; @now: this plan makes it, else it still waits. */
static void project(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		    const struct rsse_pol_target *to, bool now)
{
	u32 demand = rsse_pol_demand(run, st);

	rsse_pol_claim(run, to, demand, now);
	if (now)
		rsse_pol_release(run, st->home);
	rsse_pol_join(run, st, to->index);
	rsse_pol_engine_sub(run, st->home, st->part, now);
	if (to->index != RSSE_POL_NONE)
		rsse_pol_engine_add(run, to->index, demand, now);
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
		.queues = rsse_pol_wanted(run, to, rsse_pol_demand(run, st)),
		.reason = why->reason,
		.value = why->value,
		.threshold = why->threshold,
		.gain = gain,
		.crossed_seq = why->since_seq,
	};
	if (!why->free)
		run->moves_left--;
}

/*
 * Nothing to watch closely until a wait is nearly over. Where nothing is done in the
 * end, only whether the condition holds.
 */
static void note_active(struct rsse_pol_run *run, const struct rsse_pol_decision *dec)
{
	if (dec->reason == RSS_ENGINE_REASON_HOLD ||
	    (run->snap->can_rewrite &&
	     dec->wait_ns <= rsse_pol_ms(run->config->period_max_ms)))
		run->active = true;
}

/* A move is called for, and @reason is why it is made now, or is not. */
static void decide_move(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			const struct rsse_pol_trigger *why,
			const struct rsse_pol_target *to, s32 gain, u32 reason, u64 wait_ns)
{
	struct rsse_pol_decision *dec = rsse_pol_decision(run, st);

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
	note_active(run, dec);
}

/*
 * The gates behind target and gain. Returns false when something forbids the
 * move, so that another VM may be selected instead; otherwise the move is
 * planned, or waits, and the loads of both engines are projected.
 */
bool rsse_pol_offer(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why,
		    const struct rsse_pol_target *to, s32 gain)
{
	u64 wait_ns = 0;
	u32 reason = rsse_pol_backed_off(run, st, to, &wait_ns);

	if (!reason && !why->forced)
		reason = rsse_pol_blocked(run, st, to, &wait_ns);
	if (reason) {
		decide_move(run, st, why, to, gain, reason, wait_ns);
		return false;
	}
	st->taken = true;
	reason = rsse_pol_delay(run, st, why, &wait_ns);
	decide_move(run, st, why, to, gain, reason, wait_ns);
	if (reason == why->reason)
		plan_move(run, st, why, to, gain);
	project(run, st, to, reason == why->reason);
	return true;
}

static bool offer_gain(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		       const struct rsse_pol_trigger *why,
		       const struct rsse_pol_target *to, u32 leaving)
{
	s32 gain = rsse_pol_gain(run, st, to, leaving);

	if (gain >= (s32)run->config->gain_min)
		return rsse_pol_offer(run, st, why, to, gain);
	rsse_pol_no_gain(run, st, why, gain);
	return false;
}

/* none -> shared, or dedicated; @leaving: parts of all that leave for the same reason. */
bool rsse_pol_share(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		    const struct rsse_pol_trigger *why, u32 leaving)
{
	struct rsse_pol_target to;

	if (aim_up(run, st, &to))
		return offer_gain(run, st, why, &to, leaving);
	rsse_pol_no_engine(run, st, why);
	return false;
}

/* What keeps it from the engine that it is to take over, or the reason to take it. */
static u32 what_keeps(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, const struct rsse_pol_target *to,
		      u64 *wait_ns)
{
	u32 reason = rsse_pol_backed_off(run, st, to, wait_ns);

	if (!reason)
		reason = rsse_pol_blocked(run, st, to, wait_ns);
	return reason ? reason : rsse_pol_delay(run, st, why, wait_ns);
}

/*
 * A dedicated engine that another VM has to leave first. It is not asked to before
 * the move that it makes way for is sure to be made. Those that come after one that
 * waits for a look, which is one period, do not take it in its place.
 */
static bool take_over(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, u32 leaving)
{
	struct rsse_pol_vm_state *victim = rsse_pol_victim(run, st);
	struct rsse_pol_run after = *run;
	struct rsse_pol_target to;
	u64 wait_ns = 0;
	u32 reason;
	s32 gain;

	if (!victim)
		return false;
	rsse_pol_release(&after, victim->home);
	if (!rsse_pol_aim_dedicated(&after, st, &to))
		return false;
	gain = rsse_pol_gain(&after, st, &to, leaving);
	if (gain < (s32)run->config->gain_min)
		return false;
	reason = what_keeps(run, st, why, &to, &wait_ns);
	if (reason == why->reason)
		return rsse_pol_preempt(run, victim, st) &&
		       rsse_pol_offer(run, st, why, &to, gain);
	decide_move(run, st, why, &to, gain, reason, wait_ns);
	if (reason == RSS_ENGINE_REASON_UNCONFIRMED)
		run->preempted = true;
	return false;
}

/* shared -> dedicated, or to another shared engine when none can be made. */
bool rsse_pol_relieve(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, u32 leaving)
{
	bool may = may_be_alone(run, st);
	struct rsse_pol_target to;

	if (may && rsse_pol_aim_dedicated(run, st, &to))
		return offer_gain(run, st, why, &to, leaving);
	if (rsse_pol_aim_shared(run, st, &to) && rsse_pol_has_room(run, st, to.index))
		return offer_gain(run, st, why, &to, leaving);
	if (!may) {
		rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_LIMIT, why);
		return false;
	}
	rsse_pol_wait(run, st);
	rsse_pol_no_engine(run, st, why);
	return take_over(run, st, why, leaving);
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

	return rsse_pol_engine_load_with(run, e, rsse_pol_demand(run, st)) <=
	       run->limit && had_room(run, index);
}

/* It would leave the shared engine at @index again, and that is full or has to be woken. */
static bool would_go_on(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			const struct rsse_pol_trigger *why, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return (e->full || !e->nr_queues) && why->value < run->config->unshare_below &&
	       rsse_pol_least_state(rsse_pol_vm(run, st)) == RSS_ENGINE_STATE_NONE &&
	       takes_back(run, st, 0);
}

/*
 * dedicated -> shared and shared -> none: they pay by what they give back. A VM
 * that would leave the shared engine again does not wait for one that is full, for
 * its queues may be what that engine is in need of, nor does it wake one.
 */
void rsse_pol_return(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		     const struct rsse_pol_trigger *why)
{
	struct rsse_pol_target to, none;

	rsse_pol_aim_none(&none);
	to = none;
	if (rsse_pol_vm(run, st)->state == RSS_ENGINE_STATE_DEDICATED) {
		if (!rsse_pol_aim_shared(run, st, &to) &&
		    !rsse_pol_aim_anyway(run, st, &to)) {
			rsse_pol_no_engine(run, st, why);
			return;
		}
		if (would_go_on(run, st, why, to.index))
			to = none;
	}
	if (takes_back(run, st, to.index))
		rsse_pol_offer(run, st, why, &to, 0);
	else
		rsse_pol_decide(run, st, RSS_ENGINE_REASON_NO_ROOM,
				rsse_pol_engine_load_with(run, &run->state->engine[to.index],
							  rsse_pol_demand(run, st)),
				run->limit);
}
