// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a move pays: what it would gain, whether a look has confirmed that,
 * and whether an engine can be relieved at all.
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

static s32 fall(u32 from, u32 to)
{
	return from ? ((s32)from - (s32)to) * 100 / (s32)from : 0;
}

/* What the VM would see on @to, capped at a whole CPU. */
static u32 load_there(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      const struct rsse_pol_target *to)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	const struct rsse_pol_engine_state *t;
	u32 here = 0, load;

	if (e->sum0)
		here = div_u64((u64)(e->load * e->nr_queues) * st->part, e->sum0);
	if (to->index == RSSE_POL_NONE)
		return min(here / max(run->snap->dedicated_queues, 1U), RSSE_POL_CPU);
	t = &run->state->engine[to->index];
	load = here / t->nr_queues +
	       rsse_pol_engine_load_with(t, 0);
	return min(load, RSSE_POL_CPU);
}

/*
 * The gain of a move is the better of two: how far the load that the VM itself
 * sees falls, and how far that of the neighbours falls which it leaves, when
 * @leaving (at least its own part) is gone; percent. What those lose that it
 * joins is bounded by the room that the target must have. A VM that its own
 * worker holds up gains nothing itself, its neighbours do.
 */
s32 rsse_pol_gain(const struct rsse_pol_run *run,
		  const struct rsse_pol_vm_state *st,
		  const struct rsse_pol_target *to, u32 leaving)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	u32 load = rsse_pol_engine_load(e);
	struct rsse_pol_engine_state after = *e;
	s32 own = 0;

	if (!rsse_pol_vnic_bound(run, st))
		own = fall(load, load_there(run, st, to));
	if (!has_neighbours(run, st))
		return own;
	after.sum -= min(after.sum, max(leaving, st->part));
	return max(own, fall(load, rsse_pol_engine_load(&after)));
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

/* Relief */

static u32 room_of(const struct rsse_pol_run *run,
		   const struct rsse_pol_engine_state *e)
{
	u32 most = run->limit * e->nr_queues;

	return most > e->sum ? most - e->sum : 0;
}

/**
 * struct elsewhere - the engines but the default one
 * @load: what they carry already
 * @room: what the shared ones can take
 * @slots: VMs that they take whatever their weight: shared engines that are empty,
 *	and dedicated ones that can be made
 */
struct elsewhere {
	u32 load;
	u32 room;
	u32 slots;
};

static void look_elsewhere(const struct rsse_pol_run *run, struct elsewhere *to)
{
	u32 i;

	*to = (struct elsewhere){
		.slots = run->free_queues / max(run->snap->dedicated_queues, 1U),
	};
	for (i = 1; i < run->nr_engines; i++) {
		const struct rsse_pol_engine_state *e = &run->state->engine[i];

		to->load = min(to->load + e->sum, RSSE_POL_SUM_MAX);
		if (run->snap->engines[i].kind != RSS_ENGINE_ENGINE_KIND_SHARED)
			continue;
		to->room = min(to->room + room_of(run, e), RSSE_POL_SUM_MAX);
		to->slots += !e->nr_vms;
	}
}

/* The part that can leave; @wish: what would leave were there room for all. */
static u32 can_leave(const struct rsse_pol_run *run,
		     const struct rsse_pol_engine_state *e,
		     const struct elsewhere *to, u32 *wish)
{
	const struct rsse_pol_vm_state *st;
	u32 link, slots = to->slots, fits = 0;

	*wish = 0;
	for (link = e->head; link; link = st->next) {
		st = &run->state->vm[link - 1];
		if (rsse_pol_vm(run, st)->pin != RSS_ENGINE_PIN_OFF ||
		    rsse_pol_unsteerable(run, st))
			continue;
		*wish = min(*wish + st->part, RSSE_POL_SUM_MAX);
		if (slots) {
			slots--;
			fits = *wish;
		}
	}
	return fits + min(*wish - fits, to->room);
}

/*
 * Where more has to leave the default queues than the other engines can take, and
 * these would still carry next to nothing of all there is to do, queues are not
 * what is missing: moves would take up engines and help nobody but the few whom
 * they favour. Default queues that all VMs could leave are another thing: there it
 * is not the VMs that fill them.
 *
 * What the other engines carry already counts as relief, so that half-way through
 * moves that make a difference these do not stop.
 *
 * The VMs of full engines are in the order in which they would leave.
 */
void rsse_pol_relief(struct rsse_pol_run *run)
{
	struct rsse_pol_engine_state *e = &run->state->engine[0];
	u32 hottest = run->snap->engines[0].hottest, fits, wish, all;
	struct elsewhere to;

	if (!e->full)
		return;
	look_elsewhere(run, &to);
	/* A VM needs more elsewhere than a part that a shared CPU kept small. */
	if (e->saturated && hottest < RSSE_POL_CPU)
		to.room = div_u64((u64)to.room * hottest, RSSE_POL_CPU);
	fits = can_leave(run, e, &to, &wish);
	all = e->sum0 + to.load;
	e->relief = all ? div_u64((u64)(fits + to.load) * 100, all) : 0;
	e->hopeless = fits && fits < wish &&
		      fits < rsse_pol_engine_excess(run, e) &&
		      e->relief < run->config->gain_min;
}

/* Its engine is full and cannot be relieved; the decision says so. */
bool rsse_pol_hopeless(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];

	if (!e->hopeless)
		return false;
	rsse_pol_decide(run, st, RSS_ENGINE_REASON_NO_GAIN, e->load,
			run->config->engine_above);
	rsse_pol_decision(run, st)->gain = e->relief;
	return true;
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
	return run->moves_left ? why->reason : RSS_ENGINE_REASON_BUDGET;
}
