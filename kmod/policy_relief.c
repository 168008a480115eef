// SPDX-License-Identifier: GPL-2.0-only
/* Whether full default queues can be relieved at all, and by whose leaving. */
#include "policy_int.h"

/**
 * struct elsewhere - the engines but the default one
 * @load: what they carry already
 * @queues: queues that they have, when these could serve the default engine
 * @idle: those of them that shared engines without VMs have
 * @home: queues that such an engine takes, at most
 * @room: what the shared ones can take on the queues that they have
 * @empty: VMs that shared engines without VMs take, whatever their weight
 * @made: VMs for which dedicated engines can be made
 */
struct elsewhere {
	u32 load;
	u32 queues;
	u32 idle;
	u32 home;
	u32 room;
	u32 empty;
	u32 made;
};

static u32 room_of(const struct rsse_pol_run *run,
		   const struct rsse_pol_engine_state *e)
{
	u32 most = run->limit * e->nr_queues;

	return most > e->sum ? most - e->sum : 0;
}

static void look_elsewhere(const struct rsse_pol_run *run, struct elsewhere *to)
{
	u32 i;

	*to = (struct elsewhere){ .made = rsse_pol_can_make(run) };
	for (i = 1; i < run->nr_engines; i++) {
		const struct rsse_pol_engine_state *e = &run->state->engine[i];

		to->load = min(to->load + e->sum, RSSE_POL_SUM_MAX);
		if (run->shifts)
			to->queues += e->nr_queues;
		if (run->snap->engines[i].kind != RSS_ENGINE_ENGINE_KIND_SHARED)
			continue;
		if (e->nr_vms || !run->shifts)
			to->room = min(to->room + room_of(run, e), RSSE_POL_SUM_MAX);
		if (e->nr_vms)
			continue;
		if (rsse_pol_is_open(run, i)) {
			to->empty++;
			to->home = max(to->home, max(e->home, 1U));
		}
		to->idle += run->shifts ? e->nr_queues : 0;
	}
}

/* What all shared engines could take on the queues with which they are woken. */
static u32 capacity(const struct rsse_pol_run *run)
{
	u32 i, sum = 0;

	for (i = 1; i < run->nr_engines; i++) {
		const struct rsse_pol_engine_state *e = &run->state->engine[i];
		u32 queues = run->shifts ? max(e->home, 1U) : 0;
		u32 most = run->limit * max(e->nr_queues, queues);

		if (run->snap->engines[i].kind == RSS_ENGINE_ENGINE_KIND_SHARED &&
		    rsse_pol_is_open(run, i) && most > e->sum)
			sum = min(sum + most - e->sum, RSSE_POL_SUM_MAX);
	}
	return sum;
}

/**
 * struct relief - what the default engine is when VMs have left it
 * @wish: part of those that would leave were there room for all
 * @fits: part of those that leave
 * @left: queues that are left to it
 * @load: its load then
 * @places: some could leave, if only for worse
 */
struct relief {
	u32 wish;
	u32 fits;
	u32 left;
	u32 load;
	bool places;
};

/*
 * A place for one more VM, and the queues that it takes from the default engine,
 * which has those of empty engines meanwhile.
 */
static bool take_place(struct rsse_pol_run *run, struct elsewhere *to, u32 *left)
{
	u32 price = 0;

	if (to->made) {
		to->made--;
		price = run->each;
	} else if (to->empty) {
		to->empty--;
		price = to->home;
	} else {
		return false;
	}
	if (run->shifts)
		*left -= min(*left, price);
	return *left;
}

static bool may_leave(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return vm->pin == RSS_ENGINE_PIN_OFF && vm->max_state != RSS_ENGINE_STATE_NONE &&
	       !rsse_pol_unsteerable(run, st);
}

/* Those whose leaving is a relief, up to @last. */
static void mark_relief(struct rsse_pol_run *run, const struct rsse_pol_vm_state *last)
{
	struct rsse_pol_engine_state *e = &run->state->engine[0];
	struct rsse_pol_vm_state *st;
	u32 link;

	for (link = last ? e->head : 0; link; link = st->next) {
		st = &run->state->vm[link - 1];
		st->relieves = may_leave(run, st);
		if (st == last)
			break;
	}
	e->has_relief = last;
}

/*
 * The most that moves can do for the default engine. They go on for as long as each
 * makes its load lower: one that leaves takes queues along, too.
 */
static void find_relief(struct rsse_pol_run *run, struct elsewhere *to,
			struct relief *best)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[0];
	const struct rsse_pol_vm_state *st, *last = NULL;
	u32 link, left = e->nr_queues + run->unowned + to->idle, load;
	bool places = true;

	*best = (struct relief){ .left = left, .load = e->sum0 / max(left, 1U) };
	for (link = e->head; link; link = st->next) {
		st = &run->state->vm[link - 1];
		if (!may_leave(run, st))
			continue;
		best->wish = min(best->wish + st->part, RSSE_POL_SUM_MAX);
		places = places && take_place(run, to, &left);
		if (!places)
			continue;
		best->places = true;
		load = (e->sum0 - min(e->sum0, best->wish)) / left;
		if (load > best->load)
			continue;
		best->fits = best->wish;
		best->left = left;
		best->load = load;
		last = st;
	}
	mark_relief(run, last);
	best->fits += min(best->wish - best->fits, to->room);
	best->load = (e->sum0 - min(e->sum0, best->fits)) / max(best->left, 1U);
}

/*
 * Where more has to leave the default queues than the other engines can take, and
 * these would still carry next to nothing of all there is to do, queues are not
 * what is missing: moves would take up engines and help nobody but the few whom
 * they favour. Default queues that all VMs could leave are another thing: there it
 * is not the VMs that fill them.
 *
 * What moves do is told against one engine that does all the work, so that half-way
 * through moves that make a difference these do not stop.
 *
 * The VMs of full engines are in the order in which they would leave.
 */
void rsse_pol_relief(struct rsse_pol_run *run)
{
	struct rsse_pol_engine_state *e = &run->state->engine[0];
	u32 hottest = run->snap->engines[0].hottest, before;
	struct elsewhere to;
	struct relief best;

	e->relievable = capacity(run);
	if (!e->over)
		return;
	look_elsewhere(run, &to);
	/* A VM needs more elsewhere than a part that a shared CPU kept small. */
	if (e->saturated && hottest < RSSE_POL_CPU)
		to.room = div_u64((u64)to.room * hottest, RSSE_POL_CPU);
	before = (e->sum0 + to.load) / max(e->nr_queues + run->unowned + to.queues, 1U);
	find_relief(run, &to, &best);
	e->relief = max(rsse_pol_fall(before, best.load), 0);
	e->relievable = best.fits;
	e->relieved = best.load;
	e->hopeless = (best.fits || best.places) && best.fits < best.wish &&
		      best.fits < rsse_pol_engine_excess(run, e) &&
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
