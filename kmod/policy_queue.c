// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queues of engines: what they have, and what they will have once the moves
 * planned so far are made.
 *
 * A move to a shared engine that is asleep wakes it, and one to a dedicated engine
 * makes it; the mover takes the queues for that from those that nobody has, and then
 * from the default engine, in the same transaction as the VM. Here it is only
 * reckoned with. Queues that change their engine otherwise: see policy_scale.c.
 */
#include "policy_int.h"

/* Memory */

/* Whose the queue at this index of the snapshot is, and what it adds to that. */
static void take_in(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_queue *queue = &run->snap->queues[index];
	struct rsse_pol_engine_state *e;
	u32 owner;

	if (queue->engine == RSSE_ENGINE_NEW) {
		run->state->owner[index] = RSSE_POL_NONE;
		run->unowned += rsse_pol_may_serve(queue);
		run->unowned_good += rsse_pol_is_good(run, queue);
		return;
	}
	owner = rsse_pol_engine_find(run, queue->engine);
	run->state->owner[index] = owner == RSSE_POL_NONE ? RSSE_POL_OTHER : owner;
	if (owner == RSSE_POL_NONE)
		return;
	e = rsse_pol_engine(run, owner);
	e->queues++;
	e->good += rsse_pol_is_good(run, queue);
	e->avg_max = max(e->avg_max, queue->avg);
	e->avg_sum += min(queue->avg, RSSE_POL_CPU);
	e->nr_saturated += rsse_pol_is_saturated(queue->busy, queue->full_polls);
	e->queue_sum += rsse_pol_queue_load(queue);
}

void rsse_pol_queues_begin(struct rsse_pol_run *run)
{
	const struct rsse_pol_snapshot *snap = run->snap;
	u32 i;

	run->grow = min(run->config->grow_above, run->limit);
	run->books = snap->can_rewrite && snap->nr_queues <= run->state->cap_queues;
	run->shifts = run->books && run->config->scale != RSS_ENGINE_SCALE_OFF;
	run->each = clamp(snap->dedicated_queues, 1U, (u32)RSS_ENGINE_QUEUES_MAX);
	run->free_queues = min_t(u32, snap->free_queues, RSS_ENGINE_QUEUES_MAX);
	for (i = 0; i < run->nr_engines; i++) {
		struct rsse_pol_engine_state *e = rsse_pol_engine(run, i);

		e->queues = 0;
		e->good = 0;
		e->nr_saturated = 0;
		e->queue_sum = 0;
		e->avg_max = 0;
		e->avg_sum = 0;
	}
	if (snap->nr_queues > run->state->cap_queues)
		return;
	for (i = 0; i < snap->nr_queues; i++)
		take_in(run, i);
	run->unowned_now = run->unowned;
}

static void resize_written(struct rsse_pol_run *run, u32 index,
			   const struct rsse_pol_written *out)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	u64 when = min(out->time_ns, run->snap->now_ns);

	e->growing = false;
	e->spare_ns = 0;
	if (out->error) {
		rsse_pol_back_off(&e->resize, RSSE_ENGINE_NEW, run->snap->now_ns);
		return;
	}
	memset(&e->resize, 0, sizeof(e->resize));
	if (!out->gained)
		return;
	e->resize_ns = when;
	/* The window still holds the load of too few queues. */
	e->settle_ns = max(e->settle_ns, when);
}

void rsse_pol_written(struct rsse_pol_run *run)
{
	u32 i, index;

	for (i = 0; i < run->snap->nr_written; i++) {
		const struct rsse_pol_written *out = &run->snap->written[i];

		run->active = true;
		index = rsse_pol_engine_find(run, out->engine);
		if (index == RSSE_POL_NONE)
			continue;
		if (!out->error)
			rsse_pol_uneven_anew(rsse_pol_engine(run, index));
		if (out->resized)
			resize_written(run, index, out);
		else
			rsse_pol_entries_written(run, index, out);
	}
}

/*
 * One VM does most of what it does, or half of what its saturated queues do at least,
 * so that it may be the one who fills them. More queues would be that VM's: when it
 * floods, all of them. It has to leave instead.
 */
bool rsse_pol_is_dominated(const struct rsse_pol_engine_state *e)
{
	u32 most = e->sum0;

	if (e->saturated && e->queues)
		most = min(most, e->nr_saturated * RSSE_POL_CPU);
	return 2 * e->top > most;
}

/* Nearly all of its queues are saturated: nobody knows how much it lacks. */
bool rsse_pol_is_choked(const struct rsse_pol_engine_state *e)
{
	return e->saturated && e->load > RSSE_POL_CPU - RSSE_POL_CPU / 20;
}

/* Reckoning: what moves take along, and what an engine may come to have */

/* Queues that serve nobody, or the default engine beyond what is due to it. */
static u32 surplus(const struct rsse_pol_run *run,
		   const struct rsse_pol_engine_state *e)
{
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	u32 nr = run->unowned;

	if (e != first && first->nr_queues > first->home)
		nr += first->nr_queues - first->home;
	return nr;
}

/* Queues that it has, or gets for the asking. */
u32 rsse_pol_reach(const struct rsse_pol_run *run,
		   const struct rsse_pol_engine_state *e)
{
	u32 due = min(e->home, rsse_pol_most(run, e - run->state->engine));
	u32 nr = e->nr_queues;

	if (run->shifts && nr < due && !rsse_pol_is_barred(run, e))
		nr += min(due - nr, surplus(run, e));
	return nr;
}

/* Queues that moves can take from those that serve others. */
static u32 takeable(const struct rsse_pol_run *run)
{
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);

	return run->unowned + first->nr_queues - min(first->nr_queues, 1U);
}

static bool may_wake(const struct rsse_pol_run *run)
{
	return run->nr_awake < run->snap->limits.shared_engines &&
	       (!run->shifts || takeable(run));
}

/*
 * It is one of the layout, or can be made: there are queues for it only where they follow
 * the load, and when that has failed just now another VM would have no more luck.
 */
static bool can_be_had(const struct rsse_pol_run *run, u32 index)
{
	return !rsse_pol_is_made(&run->snap->engines[index]) ||
	       (run->shifts && !rsse_pol_is_barred(run, rsse_pol_engine(run, index)));
}

/* VMs may come to the shared engine: it is awake, or may be woken. */
bool rsse_pol_is_open(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return !e->closing && (e->nr_queues || (may_wake(run) && can_be_had(run, index)));
}

/* The first shared engine that may be woken, RSSE_POL_NONE when there is none. */
u32 rsse_pol_asleep(struct rsse_pol_run *run)
{
	if (!may_wake(run))
		return RSSE_POL_NONE;
	while (run->asleep < run->nr_engines &&
	       (rsse_pol_engine(run, run->asleep)->nr_queues ||
		!can_be_had(run, run->asleep)))
		run->asleep++;
	return run->asleep < run->nr_engines ? run->asleep : RSSE_POL_NONE;
}

/*
 * Queues with which the engine at @index is woken for a VM: those that are due to
 * it, or as many as it needs, beyond those that it is given by this plan already.
 */
u32 rsse_pol_wake_size(const struct rsse_pol_run *run, u32 index, u32 demand)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	u32 sum = min(e->sum + demand, RSSE_POL_SUM_MAX), want = max(e->home, 1U);

	if (rsse_pol_is_packing(run))
		want = clamp(rsse_pol_div_up(sum, run->grow), 1U, want);
	want = min(want, rsse_pol_most(run, index));
	return min(want - min(want, e->nr_queues), takeable(run));
}

/* Queues that a move to @to takes from those that it leaves to serve others. */
u32 rsse_pol_wanted(const struct rsse_pol_run *run,
		    const struct rsse_pol_target *to, u32 demand)
{
	if (to->index == RSSE_POL_NONE)
		return to->queues;
	if (rsse_pol_engine(run, to->index)->had)
		return 0;
	return rsse_pol_wake_size(run, to->index, demand);
}

/*
 * Queues that the shared engine at @index will want beyond those that it has when
 * @coming comes to it. A VM that does most of it gets no more than what is due.
 */
static u32 growth(const struct rsse_pol_run *run, u32 index, u32 has, u32 demand,
		  u32 coming)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	u32 sum = min(e->sum + max(demand, coming), RSSE_POL_SUM_MAX);
	u32 want = rsse_pol_div_up(sum, run->grow);

	if (2 * demand > sum)
		want = min(want, max(e->home, has));
	return want - min(want, has);
}

/*
 * Queues that the default engine loses to a move to @to, now and when its new
 * engine has grown; @coming: parts of all that go there together.
 */
u32 rsse_pol_lost(const struct rsse_pol_run *run,
		  const struct rsse_pol_target *to, u32 demand, u32 coming)
{
	u32 nr, has;

	if (!run->shifts)
		return 0;
	nr = rsse_pol_wanted(run, to, demand);
	if (to->index != RSSE_POL_NONE) {
		has = rsse_pol_engine(run, to->index)->nr_queues + nr;
		nr += growth(run, to->index, has, demand, coming);
	}
	return nr - min(nr, run->unowned);
}

/* Dedicated engines that could be made if need be. */
u32 rsse_pol_can_make(const struct rsse_pol_run *run)
{
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	u32 nr = run->free_queues / run->each, most = run->unowned + first->nr_queues;

	if (!run->shifts)
		return nr;
	return max(nr, (most - min(most, rsse_pol_keeps(first))) / run->each);
}

/*
 * Queues for a dedicated engine: what is due to one, but no fewer than the VM keeps
 * busy. Of an engine that is at its end as a whole nobody knows what its VMs need.
 */
u32 rsse_pol_dedicated_size(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st)
{
	if (!run->shifts || rsse_pol_is_choked(rsse_pol_engine(run, st->home)))
		return run->each;
	return max(run->each, rsse_pol_div_up(rsse_pol_load_here(run, st), run->limit));
}

/*
 * Can the @nr queues of one more dedicated engine be spared? Those that are due to
 * them, always. The default engine's own, when it does not miss them; VMs that are
 * about to leave it for their own load are not counted there.
 */
bool rsse_pol_can_dedicate(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st, u32 nr)
{
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, st->home);
	bool owner = rsse_pol_vm(run, st)->flags & RSSE_POL_VM_RESERVE;
	u32 most = run->snap->limits.dedicated_engines;
	u32 others = run->reserved - owner;
	u32 kept = min_t(u32, others, RSS_ENGINE_QUEUES_MAX) * run->each, left;
	bool due;

	/* Those who have reserved one do not keep each other from what there is. */
	if (run->nr_dedicated + (owner ? 0 : min(others, most)) >= most)
		return false;
	due = run->free_queues >= nr + (owner && nr <= run->each ? 0 : kept);
	if (!run->shifts)
		return due;
	nr -= min(nr, run->unowned);
	if (first->nr_queues <= nr)
		return false;
	left = first->nr_queues - nr;
	/* Alone where it is, it leaves more than it takes. */
	if (st->home && e->nr_vms == 1 && e->nr_queues > nr)
		return true;
	return due ||
	       (left >= rsse_pol_keeps(first) &&
		(first->sum - min(first->sum, first->leaving)) / left <= run->limit);
}

static void lose(u32 *unowned, u32 *first, u32 nr)
{
	u32 idle = min(*unowned, nr);

	*unowned -= idle;
	*first -= min(*first, nr - idle);
}

/*
 * Reckon with what a move to @to takes along; @now: it is made by this plan. One that
 * comes now to an engine which others are to wake later brings its queues now.
 */
void rsse_pol_claim(struct rsse_pol_run *run, const struct rsse_pol_target *to,
		    u32 demand, bool now)
{
	struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0), *e = NULL;
	u32 nr = rsse_pol_wanted(run, to, demand), nr_now = now ? nr : 0;

	if (to->index != RSSE_POL_NONE) {
		e = rsse_pol_engine(run, to->index);
	} else {
		run->free_queues -= min(run->free_queues, nr);
		run->nr_dedicated++;
	}
	if (!run->shifts)
		return;
	if (e && now && !e->had)
		nr_now += e->nr_queues - min(e->nr_queues, e->size);
	lose(&run->unowned, &first->nr_queues, nr);
	lose(&run->unowned_now, &first->size, nr_now);
	if (!e)
		return;
	e->size += nr_now;
	if (!nr)
		return;
	e->nr_queues += nr;
	if (e->nr_queues > nr)
		return;
	run->nr_awake++;
	rsse_pol_heap_push(run, to->index);
}

/* The first move to an engine that sleeps wakes it with all that it is given. */
void rsse_pol_wakes(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->plan->nr_moves; i++) {
		struct rsse_pol_move *move = &run->plan->moves[i];
		u32 index = rsse_pol_engine_find(run, move->to_engine);

		if (index != RSSE_POL_NONE && !rsse_pol_engine(run, index)->had)
			move->queues = rsse_pol_engine(run, index)->size;
	}
}

/* A VM leaves the engine at @index by this plan: a dedicated one goes with it. */
void rsse_pol_release(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	if (!rsse_pol_is_dedicated(run, index))
		return;
	run->nr_dedicated--;
	run->free_queues += min(e->had, e->home);
	if (!run->shifts)
		return;
	run->unowned += e->had;
}
