// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines that get more queues.
 *
 * An engine that is loaded above grow_above gets what nobody has, then what is due to
 * it from those that have it, beyond that only from an engine that is much colder. One
 * that a single VM fills gets only what nobody has needed for a while.
 */
#include "policy_shift.h"

/* Hold times that an engine has to be above grow_above while it is not full. */
#define GROW_HOLDS		5U

/* A choked engine gets more only when its VMs have not left it for so long. */
#define CHOKED_NS		(500 * RSSE_POL_MSEC)

/* An engine that got queues lends none for so long, whoever is warmer then. */
#define GAINED_NS		(400 * RSSE_POL_MSEC)

/* From whom */

u32 rsse_pol_load_now(const struct rsse_pol_engine_state *e, u32 size)
{
	return e->sum_due / max(size, 1U);
}

static u32 load_without(const struct rsse_pol_engine_state *e)
{
	return rsse_pol_load_now(e, e->size - min(e->size, 1U));
}

/* Queues that others cannot have, whatever they need. */
u32 rsse_pol_retains(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return rsse_pol_is_dedicated(run, index) ? e->home : rsse_pol_keeps(e);
}

/* It may give a queue away, and keeps enough for itself. */
static bool can_give(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return e->size > rsse_pol_retains(run, index) && !rsse_pol_is_barred(run, e);
}

/* To one that is warmer; not what it was just given itself. */
static bool can_share(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return !rsse_pol_is_dedicated(run, index) && can_give(run, index) && !e->saturated &&
	       !rsse_pol_remaining(run, e->resize_ns, GAINED_NS);
}

/*
 * The two engines that would be coldest without one of their queues. They are the
 * same for all that ask, until a queue changes its engine. @good: of those that have
 * good queues.
 */
static void find_cold(struct rsse_pol_run *run, bool good)
{
	u32 *cold = run->cold[good], i;

	cold[0] = RSSE_POL_NONE;
	cold[1] = RSSE_POL_NONE;
	for (i = 0; i < run->nr_engines; i++) {
		u32 load = load_without(rsse_pol_engine(run, i));

		if (!can_share(run, i) || (good && !rsse_pol_engine(run, i)->good))
			continue;
		if (cold[0] == RSSE_POL_NONE ||
		    load < load_without(rsse_pol_engine(run, cold[0]))) {
			cold[1] = cold[0];
			cold[0] = i;
		} else if (cold[1] == RSSE_POL_NONE ||
			   load < load_without(rsse_pol_engine(run, cold[1]))) {
			cold[1] = i;
		}
	}
	run->knows_cold[good] = true;
}

/*
 * The engine that has most to give to the one at @index. A queue of it is worth more
 * there: it is much colder, and no warmer without the queue than the other with it.
 */
static u32 coldest(struct rsse_pol_run *run, u32 index, bool good)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index), *d;
	u32 best;

	if (!run->knows_cold[good])
		find_cold(run, good);
	best = run->cold[good][run->cold[good][0] == index];
	if (best == RSSE_POL_NONE)
		return best;
	d = rsse_pol_engine(run, best);
	if (load_without(d) > rsse_pol_load_now(e, e->size + 1) ||
	    rsse_pol_load_now(d, d->size) * 100 >
	    rsse_pol_load_now(e, e->size) * (100 - run->config->gain_min))
		return RSSE_POL_NONE;
	return best;
}

/*
 * The engine @d has what is due to @e. It gives that back for the asking, unless it
 * has more to do itself than @e would have then.
 */
static bool owes(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *d,
		 const struct rsse_pol_engine_state *e)
{
	return e->size < e->home &&
	       (e->load > run->config->engine_above ||
		load_without(d) <= max(run->grow, rsse_pol_load_now(e, e->size + 1)));
}

static bool is_debtor(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return e->size > e->home && can_give(run, index);
}

/* Engines that have more than is due to them, in a list. */
static void find_debtors(struct rsse_pol_run *run)
{
	u32 *tail = &run->debtors, i;

	for (i = 0; i < run->nr_engines; i++) {
		struct rsse_pol_engine_state *e = rsse_pol_engine(run, i);

		if (!is_debtor(run, i))
			continue;
		*tail = i;
		tail = &e->debtor;
	}
	*tail = RSSE_POL_NONE;
}

/*
 * One of them: a dedicated one has it only on loan, another one may owe it to the
 * engine at @index.
 */
static u32 debtor(struct rsse_pol_run *run, u32 index, bool good)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	u32 *link = &run->debtors;

	while (*link != RSSE_POL_NONE) {
		struct rsse_pol_engine_state *d = rsse_pol_engine(run, *link);

		if (!is_debtor(run, *link)) {
			*link = d->debtor;
			continue;
		}
		if (*link != index && (!good || d->good) &&
		    (rsse_pol_is_dedicated(run, *link) || owes(run, d, e)))
			return *link;
		link = &d->debtor;
	}
	return RSSE_POL_NONE;
}

/*
 * One VM has it, or does most of it, and may use up whatever it gets. So it gets what
 * the default engine has not needed for a while, and no more.
 */
static bool is_greedy(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return rsse_pol_is_dedicated(run, index) ||
	       (e->saturated && rsse_pol_is_dominated(e));
}

static bool default_engine_lends(const struct rsse_pol_run *run,
				 const struct rsse_pol_engine_state *e, bool good)
{
	const struct rsse_pol_engine_state *d = rsse_pol_engine(run, 0);

	return d->spare && e->size >= e->home && (!good || d->good);
}

/* @good: of a good queue */
static u32 lender(struct rsse_pol_run *run, u32 index, bool good)
{
	u32 from = RSSE_POL_NONE;

	if (!rsse_pol_is_dedicated(run, index))
		from = debtor(run, index, good);
	if (from != RSSE_POL_NONE)
		return from;
	if (!is_greedy(run, index))
		return coldest(run, index, good);
	return default_engine_lends(run, rsse_pol_engine(run, index), good) ? 0 : RSSE_POL_NONE;
}

/* How many */

/* The most queues that the engine may have. */
u32 rsse_pol_most(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_limits *limits = &run->snap->limits;

	if (!index)
		return max(limits->default_queues, 1U);
	if (rsse_pol_is_dedicated(run, index))
		return RSS_ENGINE_QUEUES_MAX;
	return max(limits->shared_queues, 1U);
}

/*
 * It is full, and what it was given so far makes no room in it: better a CPU of another
 * node, or half of a busy one, than none. For one that is warm only those cost more than
 * they bring.
 */
static bool is_in_need(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	return e->over && (e->saturated || rsse_pol_load_now(e, e->size) > run->limit);
}

static bool grow_by_one(struct rsse_pol_run *run, u32 index, struct rsse_pol_shifting *shift)
{
	if (rsse_pol_engine(run, index)->size >= rsse_pol_most(run, index))
		return false;
	shift->good = !is_in_need(run, rsse_pol_engine(run, index));
	shift->from = RSSE_POL_NONE;
	if (run->unowned_now && (!shift->good || run->unowned_good) &&
	    rsse_pol_shift(run, shift, 1))
		return true;
	shift->from = lender(run, index, shift->good);
	if (shift->from == RSSE_POL_NONE || !rsse_pol_shift(run, shift, 1))
		return false;
	if (!shift->from)
		rsse_pol_engine(run, 0)->spare -= !!rsse_pol_engine(run, 0)->spare;
	return true;
}

static bool is_stuck(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	return e->full && rsse_pol_age(run, e->since_ns) >= CHOKED_NS;
}

/*
 * How many queues it lacks. A saturated one does not tell; it gets as many as make
 * it no colder than the others. One that is choked gets what nobody needs, at once.
 */
static u32 lack(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	u32 want = rsse_pol_div_up(e->sum_due, run->grow);

	if (rsse_pol_is_choked(e) && !is_stuck(run, e))
		want = max(e->home, e->size + min(run->unowned, run->unowned_now));
	else if (e->load > run->config->engine_above && e->saturated)
		want = RSS_ENGINE_QUEUES_MAX;
	return want - min(want, e->size);
}

/* It is full, but other queues could serve it as well: VMs need not leave it. */
bool rsse_pol_can_grow(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	if (!run->shifts || rsse_pol_is_barred(run, e) || rsse_pol_is_dedicated(run, index) ||
	    e->size >= rsse_pol_most(run, index))
		return false;
	return rsse_pol_reach(run, e) > e->size ||
	       (!rsse_pol_is_dominated(e) && !rsse_pol_is_choked(e) &&
		coldest(run, index, false) != RSSE_POL_NONE);
}

void rsse_pol_note_growing(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	bool growing = e->load > run->grow &&
		       rsse_pol_window_after(run, e->settle_ns);

	if (growing && !e->growing) {
		e->grow_ns = run->snap->now_ns;
		e->grow_seq = run->snap->seq;
	}
	e->growing = growing;
}

/* A queue more is no hurry before the engine is full: most bursts end by themselves. */
static u64 grow_hold(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	u64 hold = rsse_pol_ms(run->config->hold_up_ms);

	return e->load > run->config->engine_above ? hold : GROW_HOLDS * hold;
}

static void grow(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	struct rsse_pol_shifting shift = {
		.to = index,
		.reason = RSS_ENGINE_REASON_GROW_ABOVE,
		.value = rsse_pol_load_now(e, e->size),
		.threshold = run->grow,
		.seq = e->grow_seq,
	};
	u32 nr = lack(run, e);
	bool held = e->growing && rsse_pol_age(run, e->grow_ns) >= grow_hold(run, e);

	run->active |= e->growing && nr;
	/* One that sleeps gets its queues with the VM that wakes it. */
	if (!e->had || rsse_pol_is_barred(run, e) || (!held && !e->due))
		return;
	if (!held)
		shift.seq = run->snap->seq;
	while (nr-- && grow_by_one(run, index, &shift))
		;
}

void rsse_pol_grow(struct rsse_pol_run *run)
{
	u32 i;

	memset(run->knows_cold, 0, sizeof(run->knows_cold));
	find_debtors(run);
	for (i = 0; i < run->nr_engines && run->plan->nr_shifts < RSSE_POL_SHIFTS_MAX; i++)
		grow(run, i);
}

