// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues follow the load.
 *
 * Every queue is due to an engine, or to the dedicated ones that are made when
 * they are needed: that is the layout. But capacity that nobody uses helps
 * nobody. A shared engine without VMs is asleep: its queues, and those that no
 * dedicated engine has, serve the default engine, or, with scale "pack", nobody. An
 * engine that is loaded gets more, see policy_grow.c; here is what engines give
 * away, because they do not need it or may not have it.
 *
 * What is planned are shifts of single queues, made before the moves of the same
 * plan. Queues that a move needs (to wake an engine, to make a dedicated one) the
 * mover takes from the default engine; see policy_queue.c.
 */
#include "policy_shift.h"

/* Queues that it needs when it is filled up to @level. */
static u32 needs(const struct rsse_pol_engine_state *e, u32 level)
{
	return max(rsse_pol_div_up(e->sum_due, max(level, 1U)), 1U);
}

/* The most it needed in hold_down_ms without a break in which it had more. */
static bool has_spare(const struct rsse_pol_run *run, u32 index, u32 need)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	if (need >= e->size || e->saturated) {
		e->spare_ns = 0;
		return false;
	}
	if (!e->spare_ns) {
		e->spare_ns = run->snap->now_ns;
		e->spare_nr = 0;
	}
	e->spare_nr = max(e->spare_nr, need);
	return rsse_pol_age(run, e->spare_ns) >= rsse_pol_ms(run->config->hold_down_ms) &&
	       !rsse_pol_remaining(run, e->resize_ns, rsse_pol_ms(run->config->dwell_ms)) &&
	       !rsse_pol_is_barred(run, e);
}

/* To the default engine as far as that may have more, the rest to nobody. */
static void hand_over(struct rsse_pol_run *run, struct rsse_pol_shifting *shift, u32 nr)
{
	u32 has = rsse_pol_engine(run, 0)->size, most = rsse_pol_most(run, 0), given;

	shift->to = 0;
	given = rsse_pol_shift(run, shift, min(nr, most - min(most, has)));
	shift->to = RSSE_POL_NONE;
	rsse_pol_shift(run, shift, nr - given);
}

/*
 * An engine without VMs falls asleep; at once when the default engine needs queues.
 * One that is absent, or about to leave, is still steered there.
 */
static void fall_asleep(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	struct rsse_pol_shifting shift = {
		.from = index,
		.to = RSSE_POL_NONE,
		.reason = RSS_ENGINE_REASON_UNUSED,
		.seq = run->snap->seq,
	};
	bool hurry = rsse_pol_engine(run, 0)->growing && !rsse_pol_is_packing(run);

	if (!has_spare(run, index, 0) && (!hurry || rsse_pol_is_barred(run, e)))
		return;
	if (rsse_pol_is_packing(run))
		rsse_pol_shift(run, &shift, e->size);
	else
		hand_over(run, &shift, e->size);
}

static void pack(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	const struct rsse_pol_shifting shift = {
		.from = index,
		.to = RSSE_POL_NONE,
		.reason = RSS_ENGINE_REASON_PACK_BELOW,
		.value = rsse_pol_load_now(e, e->size),
		.threshold = run->config->pack_below,
		.seq = run->snap->seq,
		.gives = true,
	};

	if (has_spare(run, index, needs(e, run->config->pack_below)))
		rsse_pol_shift(run, &shift, e->size - e->spare_nr);
}

/* An engine below it has queues to spare. */
static u32 spare_level(const struct rsse_pol_run *run)
{
	return run->grow - min(run->grow / 2, run->config->return_margin);
}

/* To the default engine, when that is warmer even so, or has lent them. */
static void give_back(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	u32 level = spare_level(run);
	struct rsse_pol_shifting shift = {
		.from = index,
		.reason = RSS_ENGINE_REASON_SPARE,
		.value = rsse_pol_load_now(e, e->size),
		.threshold = level,
		.seq = run->snap->seq,
		.gives = true,
	};

	if (has_spare(run, index, max(needs(e, level), rsse_pol_retains(run, index))) &&
	    (rsse_pol_is_dedicated(run, index) ||
	     rsse_pol_load_now(first, first->size + e->size - e->spare_nr) >
	     rsse_pol_load_now(e, e->spare_nr)))
		hand_over(run, &shift, e->size - e->spare_nr);
}

/* What the default engine could lend to a VM that may not give it back soon. */
static void offer_spare(struct rsse_pol_run *run)
{
	struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	u32 need = max(needs(first, spare_level(run)), first->home);

	first->spare = has_spare(run, 0, need) ? first->size - first->spare_nr : 0;
}

/* Queues whose CPU is excluded serve nobody, as long as another one is left. */
static void clear_excluded(struct rsse_pol_run *run)
{
	struct rsse_pol_shifting shift = {
		.to = RSSE_POL_NONE,
		.reason = RSS_ENGINE_REASON_EXCLUDED,
		.seq = run->snap->seq,
	};
	u32 i;

	for (i = 0; i < run->snap->nr_queues; i++) {
		shift.from = run->state->owner[i];
		if (rsse_pol_may_serve(&run->snap->queues[i]) ||
		    shift.from >= run->nr_engines ||
		    rsse_pol_engine(run, shift.from)->size < 2 ||
		    rsse_pol_is_barred(run, rsse_pol_engine(run, shift.from)) ||
		    run->plan->nr_shifts == RSSE_POL_SHIFTS_MAX)
			continue;
		rsse_pol_shift_one(run, i, &shift);
	}
}

/* More than it may have: that is for nobody. */
static void obey(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);
	const struct rsse_pol_shifting shift = {
		.from = index,
		.to = RSSE_POL_NONE,
		.reason = RSS_ENGINE_REASON_LIMIT,
		.value = rsse_pol_load_now(e, e->size),
		.seq = run->snap->seq,
		.gives = true,
	};

	if (e->size > rsse_pol_most(run, index) && !rsse_pol_is_barred(run, e))
		rsse_pol_shift(run, &shift, e->size - rsse_pol_most(run, index));
}

static void shrink(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	obey(run, index);
	if (!e->size || e->due)
		e->spare_ns = 0;
	else if (rsse_pol_kind(run, index) == RSS_ENGINE_ENGINE_KIND_SHARED && !e->head)
		fall_asleep(run, index);
	else if (rsse_pol_is_packing(run) && !rsse_pol_is_dedicated(run, index))
		pack(run, index);
	else if (index)
		give_back(run, index);
	else
		offer_spare(run);
}

/* What nobody has, and no move that still waits needs. */
static void lend(struct rsse_pol_run *run)
{
	const struct rsse_pol_shifting shift = {
		.from = RSSE_POL_NONE,
		.to = 0,
		.reason = RSS_ENGINE_REASON_UNUSED,
		.seq = run->snap->seq,
	};
	const struct rsse_pol_engine_state *first = rsse_pol_engine(run, 0);
	u32 nr = min(run->unowned, run->unowned_now);

	nr = min(nr, rsse_pol_most(run, 0) - min(rsse_pol_most(run, 0), first->size));
	if (!rsse_pol_is_packing(run) && !rsse_pol_is_barred(run, first))
		rsse_pol_shift(run, &shift, nr);
}

/* Not following the load */

/* Whom the queue at this index is due to; RSSE_POL_NONE: dedicated engines. */
static u32 due_to(const struct rsse_pol_run *run, u32 queue)
{
	u32 home = run->snap->queues[queue].home;

	return home == RSSE_ENGINE_NEW ? RSSE_POL_NONE : rsse_pol_engine_find(run, home);
}

/* Nobody is on the shared engine that was made in need, or comes to it. */
static bool is_done_with(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, index);

	return rsse_pol_is_made(&run->snap->engines[index]) && !e->head && !e->due;
}

/* An engine keeps one queue; a dedicated one all: its VM may not have others. */
static bool may_leave(const struct rsse_pol_run *run, u32 from)
{
	const struct rsse_pol_engine_state *e;

	if (from >= run->nr_engines)
		return from == RSSE_POL_NONE;
	e = rsse_pol_engine(run, from);
	return !rsse_pol_is_dedicated(run, from) && (e->size > 1 || is_done_with(run, from)) &&
	       !rsse_pol_is_barred(run, e);
}

static bool may_come(const struct rsse_pol_run *run, u32 to)
{
	return to == RSSE_POL_NONE ||
	       (rsse_pol_engine(run, to)->size < rsse_pol_most(run, to) &&
		!rsse_pol_is_barred(run, rsse_pol_engine(run, to)));
}

/* Whom the queue at this index goes to; who cannot have it keeps no engine from going. */
static u32 home_of(const struct rsse_pol_run *run, u32 queue)
{
	u32 from = run->state->owner[queue], to = due_to(run, queue);
	bool may = may_come(run, to) && rsse_pol_may_serve(&run->snap->queues[queue]);

	if (may)
		return to;
	return from < run->nr_engines && is_done_with(run, from) ?
	       RSSE_POL_NONE : from;
}

static void go_home(struct rsse_pol_run *run)
{
	struct rsse_pol_shifting shift = {
		.reason = RSS_ENGINE_REASON_DUE,
		.seq = run->snap->seq,
	};
	u32 i;

	for (i = 0; i < run->snap->nr_queues; i++) {
		shift.from = run->state->owner[i];
		shift.to = home_of(run, i);
		if (shift.from != shift.to && may_leave(run, shift.from) &&
		    run->plan->nr_shifts < RSSE_POL_SHIFTS_MAX)
			rsse_pol_shift_one(run, i, &shift);
	}
}

/* After the moves are planned; see the head of this file. */
void rsse_pol_queues(struct rsse_pol_run *run)
{
	u32 i;

	/* What does not follow the load has no past of it when it does again. */
	for (i = 0; i < run->nr_engines && !run->shifts; i++) {
		run->state->engine[i].spare_ns = 0;
		run->state->engine[i].growing = false;
	}
	if (!run->books)
		return;
	clear_excluded(run);
	if (!run->shifts) {
		for (i = 0; i < run->nr_engines; i++)
			obey(run, i);
		go_home(run);
		return;
	}
	for (i = 0; i < run->nr_engines; i++) {
		rsse_pol_note_growing(run, i);
		shrink(run, i);
	}
	rsse_pol_grow(run);
	lend(run);
}
