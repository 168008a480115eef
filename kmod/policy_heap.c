// SPDX-License-Identifier: GPL-2.0-only
/*
 * The shared engines as a heap, the one with most room at the top.
 *
 * Room is the CPU time that an engine can take before it reaches the limit,
 * over all its queues, or those due to it if they are more. A VM that fits anywhere
 * fits there, so one engine is looked at instead of all. Engines that are asleep are
 * not in the heap until they are planned to wake. The heap lives in
 * rsse_pol_engine_state.heap (an index at each place) and .place (the way back).
 */
#include "policy_int.h"

static struct rsse_pol_engine_state *at(const struct rsse_pol_run *run, u32 place)
{
	struct rsse_pol_engine_state *e = run->state->engine;

	return &e[e[place].heap];
}

static s32 room(const struct rsse_pol_run *run,
		const struct rsse_pol_engine_state *e)
{
	return (s32)(run->limit * max(e->nr_queues, e->home)) - (s32)e->sum;
}

/* The engine at @a goes before the one at @b; ties go to the lower id. */
static bool before(const struct rsse_pol_run *run, u32 a, u32 b)
{
	const struct rsse_pol_engine_state *x = at(run, a), *y = at(run, b);
	s32 rx = room(run, x), ry = room(run, y);

	return rx != ry ? rx > ry : x->id < y->id;
}

static void swap_places(struct rsse_pol_run *run, u32 a, u32 b)
{
	struct rsse_pol_engine_state *e = run->state->engine;

	swap(e[a].heap, e[b].heap);
	at(run, a)->place = a;
	at(run, b)->place = b;
}

static void sift_down(struct rsse_pol_run *run, u32 place)
{
	for (;;) {
		u32 child = 2 * place + 1;

		if (child >= run->nr_shared)
			return;
		if (child + 1 < run->nr_shared && before(run, child + 1, child))
			child++;
		if (!before(run, child, place))
			return;
		swap_places(run, child, place);
		place = child;
	}
}

static void sift_up(struct rsse_pol_run *run, u32 place)
{
	while (place && before(run, place, (place - 1) / 2)) {
		swap_places(run, place, (place - 1) / 2);
		place = (place - 1) / 2;
	}
}

void rsse_pol_heap_build(struct rsse_pol_run *run)
{
	struct rsse_pol_engine_state *e = run->state->engine;
	u32 i;

	run->nr_shared = 0;
	for (i = 0; i < run->nr_engines; i++) {
		e[i].place = RSSE_POL_NONE;
		if (!i || run->snap->engines[i].kind != RSS_ENGINE_ENGINE_KIND_SHARED ||
		    !e[i].nr_queues || e[i].closing)
			continue;
		e[i].place = run->nr_shared;
		e[run->nr_shared++].heap = i;
	}
	for (i = run->nr_shared / 2; i-- > 0;)
		sift_down(run, i);
}

/* One more engine is awake. */
void rsse_pol_heap_push(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = run->state->engine;

	e[index].place = run->nr_shared;
	e[run->nr_shared].heap = index;
	sift_up(run, run->nr_shared++);
}

void rsse_pol_heap_update(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (e->place == RSSE_POL_NONE)
		return;
	sift_up(run, e->place);
	sift_down(run, e->place);
}

/* Index of the shared engine with most room but @except, or RSSE_POL_NONE. */
u32 rsse_pol_heap_best(const struct rsse_pol_run *run, u32 except)
{
	const struct rsse_pol_engine_state *e = run->state->engine;

	if (!run->nr_shared)
		return RSSE_POL_NONE;
	if (e[0].heap != except)
		return e[0].heap;
	if (run->nr_shared > 2)
		return before(run, 1, 2) ? e[1].heap : e[2].heap;
	return run->nr_shared == 2 ? e[1].heap : RSSE_POL_NONE;
}
