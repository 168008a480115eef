// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a move pays: what it would gain, and whether a look has confirmed that.
 */
#include "policy_int.h"

/*
 * Looks at the queues are this far apart at least. A look that is no older when
 * a condition begins is the only one to be had for a while.
 */
#define LOOK_NS		(500 * RSSE_POL_MSEC)

/* Its own worker is the bottleneck: more queues are of no use to it. */
bool rsse_pol_vnic_bound(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st)
{
	return rsse_pol_vm(run, st)->hottest_worker >
	       run->config->vnic_bound_above;
}

void rsse_pol_decide_bound(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st)
{
	rsse_pol_decide(run, st, RSS_ENGINE_REASON_VNIC_BOUND,
			rsse_pol_vm(run, st)->hottest_worker,
			run->config->vnic_bound_above);
}

/* May it go up or sideways for its own sake? */
bool rsse_pol_is_promotable(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st)
{
	return !rsse_pol_unsteerable(run, st) && !rsse_pol_vnic_bound(run, st);
}

/* The same, and the decision says why not. */
bool rsse_pol_promotable(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st,
			 const struct rsse_pol_trigger *why)
{
	u32 reason = rsse_pol_unsteerable(run, st);

	if (reason)
		rsse_pol_decide_why(run, st, reason, why);
	else if (rsse_pol_vnic_bound(run, st))
		rsse_pol_decide_bound(run, st);
	else
		return true;
	return false;
}

/* Gain */

static bool has_neighbours(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];

	/* The host's own traffic always uses the default engine. */
	return !st->home || e->nr_vms > 1;
}

s32 rsse_pol_fall(u32 from, u32 to)
{
	return from ? ((s32)from - (s32)to) * 100 / (s32)from : 0;
}

/* What it does where it is, as its engine's VMs see it; permille of one CPU. */
u32 rsse_pol_load_here(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];

	return e->sum0 ? div_u64((u64)(e->load * e->had) * st->part, e->sum0) : 0;
}

/* What the VM would see on @to, capped at a whole CPU. */
static u32 load_there(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_target *to)
{
	u32 here = rsse_pol_load_here(run, st), load, nr;
	const struct rsse_pol_engine_state *t;

	if (to->index == RSSE_POL_NONE)
		return min(here / max(to->queues, 1U), RSSE_POL_CPU);
	t = &run->state->engine[to->index];
	nr = rsse_pol_reach(run, t);
	if (!t->nr_queues)
		nr = rsse_pol_wake_size(run, to->index, rsse_pol_demand(run, st));
	load = here / max(nr, 1U) + rsse_pol_engine_load_with(run, t, 0);
	return min(load, RSSE_POL_CPU);
}

/*
 * How far the load falls that the neighbours see when @leaving, at least what is
 * planned so far and the VM's own part, is gone, and with it the queues that it
 * takes from the default engine.
 */
static s32 neighbours_gain(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st,
			   const struct rsse_pol_target *to, u32 leaving)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	struct rsse_pol_engine_state after = *e;
	u32 lost, gone = e->sum0 - min(e->sum0, e->sum) + st->part;

	if (st->relieves)
		return rsse_pol_fall(e->load, e->relieved);
	if (!st->home)
		leaving = min(leaving, e->relievable);
	gone = max(gone, leaving);
	after.sum = e->sum0 - min(e->sum0, gone);
	if (!st->home) {
		lost = rsse_pol_lost(run, to, rsse_pol_demand(run, st), gone);
		after.nr_queues -= min(after.nr_queues, lost);
	}
	if (!after.nr_queues)
		return 0;
	/* Those whose packets come by the queues that it fills lose most. */
	if (st->part == e->top && e->saturated && rsse_pol_is_dominated(e))
		return rsse_pol_fall(RSSE_POL_CPU, rsse_pol_engine_load(&after));
	return rsse_pol_fall(e->over ? e->load : rsse_pol_engine_load(e),
			     rsse_pol_engine_load(&after));
}

/* Alone on its engine: what it gives back with that, where others can use it. */
static s32 alone_gain(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_target *to)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];

	if (!run->shifts || to->index != RSSE_POL_NONE)
		return 0;
	return rsse_pol_fall(e->nr_queues, to->queues);
}

/*
 * Where the default engine cannot well spare the queues of a dedicated engine, the
 * VM has to do more on them than the default engine would: else it has queues to
 * itself that are idle in part, while all others are short of them.
 */
bool rsse_pol_is_worth(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		       const struct rsse_pol_target *to)
{
	struct rsse_pol_engine_state after = run->state->engine[0];

	if (!run->shifts || to->index != RSSE_POL_NONE)
		return true;
	after.nr_queues -= min(after.nr_queues, rsse_pol_lost(run, to, 0, 0));
	return rsse_pol_engine_load(&after) <= run->grow ||
	       load_there(run, st, to) >= after.load;
}

/*
 * The gain of a move, percent: the better of how far the load that the VM itself
 * sees falls, and how far that of the neighbours falls which it leaves. What those
 * lose that it joins is bounded by the room that the target must have. A VM that its
 * own worker holds up gains nothing itself, its neighbours do. Nor does one gain by
 * itself where queues follow the load and the default engine is not full: what it
 * would have more, others would have less.
 */
s32 rsse_pol_gain(const struct rsse_pol_run *run,
		  const struct rsse_pol_vm_state *st,
		  const struct rsse_pol_target *to, u32 leaving)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	s32 own = 0;

	if (!rsse_pol_vnic_bound(run, st) && (st->home || e->over || !run->shifts))
		own = rsse_pol_fall(rsse_pol_engine_load(e), load_there(run, st, to));
	if (!rsse_pol_is_worth(run, st, to))
		return 0;
	if (!has_neighbours(run, st))
		return max(own, alone_gain(run, st, to));
	return max(own, neighbours_gain(run, st, to, leaving));
}

void rsse_pol_no_gain(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why, s32 gain)
{
	if (rsse_pol_vnic_bound(run, st))
		rsse_pol_decide_bound(run, st);
	else
		rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_GAIN, why);
	rsse_pol_decision(run, st)->gain = gain;
}

/* Confirmation */

/*
 * Has a look confirmed the part since the condition began? The look that
 * confirmed the VM's latest move up counts on, when the engine that it came to is
 * full soon after: it is the same flood. That look was taken while the move was
 * held, and a plan is carried out within two periods.
 */
static bool is_confirmed(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st,
			 const struct rsse_pol_trigger *why)
{
	u64 confirmed = rsse_pol_vm(run, st)->confirmed_ns;

	if (confirmed >= why->since_ns)
		return true;
	return confirmed && st->up_ns >= confirmed &&
	       st->up_ns <= why->since_ns &&
	       why->since_ns - confirmed <= LOOK_NS &&
	       st->up_ns - confirmed <= rsse_pol_ms(run->config->hold_up_ms) +
					2 * run->snap->window_ns;
}

/* What still delays a move that is called for; its own reason when nothing. */
u32 rsse_pol_delay(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		   const struct rsse_pol_trigger *why, u64 *wait_ns)
{
	u64 age = rsse_pol_age(run, why->since_ns);
	bool unconfirmed = why->confirm && !is_confirmed(run, st, why);

	if (unconfirmed)
		run->plan->look = true;
	if (age < why->hold_ns) {
		*wait_ns = why->hold_ns - age;
		return RSS_ENGINE_REASON_HOLD;
	}
	/* One period past the hold, move without the confirmation. */
	if (unconfirmed && age - why->hold_ns < run->snap->window_ns)
		return RSS_ENGINE_REASON_UNCONFIRMED;
	if (run->plan->nr_moves == run->plan->cap_moves ||
	    (!why->free && !run->moves_left))
		return RSS_ENGINE_REASON_BUDGET;
	return why->reason;
}
