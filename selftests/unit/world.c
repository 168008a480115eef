// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "world.h"

static void *zalloc(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

/* Making one */

static void recount(struct world *w)
{
	struct rsse_pol_engine *e;
	u32 i;

	for (i = 0; i < w->snap.nr_engines; i++)
		w->engine[i].nr_queues = 0;
	for (i = 0; i < w->snap.nr_queues; i++) {
		e = world_engine(w, w->queue[i].engine);
		if (e)
			e->nr_queues++;
	}
}

void world_add_queues(struct world *w, u32 engine, u32 nr)
{
	u32 id = w->snap.nr_queues ? w->queue[w->snap.nr_queues - 1].id + 1 : 0;

	if (w->snap.nr_queues + nr > WORLD_QUEUES)
		abort();
	if (engine != RSSE_ENGINE_NEW)
		world_engine(w, engine)->home += nr;
	for (; nr; nr--, id++)
		w->queue[w->snap.nr_queues++] = (struct rsse_pol_queue){
			.id = id,
			.engine = engine,
			.home = engine,
			.cpu = id,
		};
	recount(w);
}

/* Before the one that may be made, which is the last. */
static u32 add_engine(struct world *w, u32 kind)
{
	u32 at = w->snap.nr_engines;

	if (at == WORLD_ENGINES)
		abort();
	if (at && w->engine[at - 1].id == RSSE_ENGINE_SPARE) {
		w->engine[at] = w->engine[at - 1];
		at--;
	}
	w->engine[at] = (struct rsse_pol_engine){
		.id = w->next_id,
		.kind = kind,
	};
	w->snap.nr_engines++;
	return w->next_id++;
}

static void make_state(struct world *w)
{
	w->vm_state = zalloc(WORLD_VMS * sizeof(*w->vm_state));
	w->engine_state = zalloc(WORLD_ENGINES * sizeof(*w->engine_state));
	w->state.vm = w->vm_state;
	w->state.nr_slots = WORLD_VMS;
	w->state.engine = w->engine_state;
	w->state.cap_engines = WORLD_ENGINES;
	w->state.cap_queues = WORLD_QUEUES;
	w->state.room = w->room;
	w->state.owner = w->owner;
	w->state.cap_classes = WORLD_CLASSES;
	w->state.classes = w->classes;
	w->state.cap_pairs = WORLD_PAIRS;
	w->state.pairs = w->pairs;
}

struct world *world_new(u32 default_queues, u32 shared_engines,
			u32 shared_queues, u32 pool)
{
	struct world *w = zalloc(sizeof(*w));
	u32 i;

	w->config = rsse_config_default;
	w->config.scale = RSS_ENGINE_SCALE_OFF;
	w->snap.seq = 100;
	w->snap.now_ns = 1000 * MS;
	w->snap.dedicated_queues = 1;
	memset(&w->snap.limits, 0xff, sizeof(w->snap.limits));
	w->snap.engines = w->engine;
	w->snap.vms = w->vm;
	w->snap.queues = w->queue;
	w->snap.outcomes = w->outcome;
	w->snap.written = w->written;
	w->plan.moves = w->move;
	w->plan.cap_moves = WORLD_VMS;
	w->plan.decisions = w->decision;
	w->plan.balance = w->balance;
	world_add_queues(w, add_engine(w, RSS_ENGINE_ENGINE_KIND_DEFAULT), default_queues);
	for (i = 0; i < shared_engines; i++)
		world_add_queues(w, add_engine(w, RSS_ENGINE_ENGINE_KIND_SHARED),
				 shared_queues);
	world_add_queues(w, RSSE_ENGINE_NEW, pool);
	make_state(w);
	return w;
}

void world_free(struct world *w)
{
	free(w->vm_state);
	free(w->engine_state);
	free(w);
}

void world_scale(struct world *w, u32 scale)
{
	w->config.scale = scale;
	w->snap.can_rewrite = true;
}

/* The engine that may be made is there for as long as there are fewer than may be. */
static void offer_spare(struct world *w)
{
	u32 i, nr = 0;

	if (w->snap.nr_engines && w->engine[w->snap.nr_engines - 1].id == RSSE_ENGINE_SPARE)
		w->snap.nr_engines--;
	for (i = 0; i < w->snap.nr_engines; i++)
		nr += w->engine[i].kind == RSS_ENGINE_ENGINE_KIND_SHARED;
	if (nr >= w->most_shared)
		return;
	if (w->snap.nr_engines == WORLD_ENGINES)
		abort();
	w->engine[w->snap.nr_engines++] = (struct rsse_pol_engine){
		.id = RSSE_ENGINE_SPARE,
		.kind = RSS_ENGINE_ENGINE_KIND_SHARED,
	};
}

void world_allow_shared(struct world *w, u32 most)
{
	w->most_shared = most;
	w->snap.limits.shared_engines = most;
	offer_spare(w);
}

u32 world_vm(struct world *w, u32 pnic, u32 vnic)
{
	u32 i = w->snap.nr_vms++;

	if (i == WORLD_VMS)
		abort();
	w->vm[i] = (struct rsse_pol_vm){
		.id = 1000 + i,
		.slot = i,
		.flags = RSSE_POL_VM_HAS_FILTER | RSSE_POL_VM_HAS_WORKER |
			 RSSE_POL_VM_PRESENT,
		.max_state = RSS_ENGINE_STATE_DEDICATED,
	};
	w->demand[i] = (struct demand){ .pnic = pnic, .vnic = vnic };
	return i;
}

void world_place(struct world *w, u32 vm, u32 state, u32 engine)
{
	w->vm[vm].state = state;
	w->vm[vm].engine = engine;
}

struct rsse_pol_engine *world_engine(struct world *w, u32 id)
{
	u32 low = 0, high = w->snap.nr_engines;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (w->engine[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->snap.nr_engines && w->engine[low].id == id ? &w->engine[low] : NULL;
}

/* Queues that are claimed */

u32 world_unowned(const struct world *w)
{
	u32 i, nr = 0;

	for (i = 0; i < w->snap.nr_queues; i++)
		nr += w->queue[i].engine == RSSE_ENGINE_NEW;
	return nr;
}

/* How well a queue suits; those that nobody has before those of the default engine. */
static u32 suits(const struct world *w, const struct rsse_pol_queue *queue, u32 home)
{
	u32 used = queue->engine == RSSE_ENGINE_NEW ? 0 : 4;

	if (queue->flags & RSSE_POL_QUEUE_EXCLUDED ||
	    (used && (queue->engine || w->engine[0].nr_queues < 2)))
		return UINT32_MAX;
	if (queue->home == home)
		return used;
	return used + (queue->home == RSSE_ENGINE_NEW ? 1 : 2);
}

static bool claim_one(struct world *w, u32 engine, u32 home)
{
	u32 i, best = 0, best_sum = UINT32_MAX;

	for (i = w->snap.nr_queues; i-- > 0;)
		if (suits(w, &w->queue[i], home) < best_sum) {
			best = i;
			best_sum = suits(w, &w->queue[i], home);
		}
	if (best_sum == UINT32_MAX)
		return false;
	w->queue[best].engine = engine;
	recount(w);
	return true;
}

static void note_written(struct world *w, u32 engine, bool gained, int error)
{
	if (w->snap.nr_written == WORLD_ENGINES)
		abort();
	w->written[w->snap.nr_written++] = (struct rsse_pol_written){
		.engine = engine,
		.resized = true,
		.gained = gained,
		.error = error,
		.time_ns = w->snap.now_ns + MS,
	};
}

/* All that it asks for, or what there is. */
static bool claim(struct world *w, u32 engine, u32 home, u32 nr)
{
	u32 before = w->engine[0].nr_queues, left = nr;

	while (left && claim_one(w, engine, home))
		left--;
	if (w->engine[0].nr_queues != before)
		note_written(w, 0, false, 0);
	return left < nr;
}

static void drop_engine(struct world *w, u32 id)
{
	struct rsse_pol_engine *e = world_engine(w, id);
	u32 i;

	for (i = 0; i < w->snap.nr_queues; i++)
		if (w->queue[i].engine == id)
			w->queue[i].engine = RSSE_ENGINE_NEW;
	w->snap.nr_engines--;
	memmove(e, e + 1, (char *)&w->engine[w->snap.nr_engines] - (char *)e);
}

/* RSSE_ENGINE_NEW when there are no queues for it. */
static u32 make(struct world *w, u32 kind, u32 home, u32 nr)
{
	u32 id = add_engine(w, kind);

	world_engine(w, id)->home = home;
	if (claim(w, id, RSSE_ENGINE_NEW, nr))
		return id;
	drop_engine(w, id);
	return RSSE_ENGINE_NEW;
}

static u32 make_dedicated(struct world *w, u32 nr)
{
	return make(w, RSS_ENGINE_ENGINE_KIND_DEDICATED, w->snap.dedicated_queues, nr);
}

u32 world_dedicated(struct world *w)
{
	if (world_unowned(w) < w->snap.dedicated_queues)
		abort();
	return make_dedicated(w, w->snap.dedicated_queues);
}

/* Once a plan: the moves to it that follow go to the same one. */
static u32 make_shared(struct world *w, u32 nr)
{
	if (w->made != RSSE_ENGINE_SPARE)
		return w->made;
	w->made = RSSE_ENGINE_NEW;
	w->nr_tried++;
	if (!w->fail_making)
		w->made = make(w, RSS_ENGINE_ENGINE_KIND_SHARED, 0, nr);
	if (w->fail_making || w->made != RSSE_ENGINE_NEW)
		note_written(w, RSSE_ENGINE_SPARE, false, w->fail_making);
	return w->made;
}

static bool is_left_behind(const struct rsse_pol_engine *e)
{
	return rsse_pol_is_made(e) && !e->nr_queues && e->id != RSSE_ENGINE_SPARE;
}

/* Those that were made in need are no more when they fall asleep. */
static void drop_left_behind(struct world *w)
{
	u32 i;

	for (i = w->snap.nr_engines; i-- > 0;)
		if (is_left_behind(&w->engine[i]))
			drop_engine(w, w->engine[i].id);
}

/* Carrying out */

static bool shift_one(struct world *w, const struct rsse_pol_shift *shift)
{
	u32 i;

	for (i = 0; i < w->snap.nr_queues && w->queue[i].id != shift->queue; i++)
		;
	if (i == w->snap.nr_queues || w->queue[i].engine != shift->from ||
	    (shift->to != RSSE_ENGINE_NEW && !world_engine(w, shift->to)))
		return false;
	if (!w->fail_shifts)
		w->queue[i].engine = shift->to;
	if (w->nr_shifted == WORLD_LOG)
		abort();
	if (!w->fail_shifts)
		w->shifted[w->nr_shifted++] = (struct shifted){
			w->snap.seq, w->snap.now_ns, *shift
		};
	return true;
}

/* One that was asleep had no load that could mislead. */
static void act_shifts(struct world *w)
{
	static u32 before[WORLD_ENGINES];
	static bool concerned[WORLD_ENGINES];
	u32 i;

	memset(concerned, 0, sizeof(concerned));
	for (i = 0; i < w->snap.nr_engines; i++)
		before[i] = w->engine[i].nr_queues;
	for (i = 0; i < w->plan.nr_shifts; i++) {
		const struct rsse_pol_shift *shift = &w->plan.shifts[i];

		if (!shift_one(w, shift))
			continue;
		if (shift->from != RSSE_ENGINE_NEW)
			concerned[world_engine(w, shift->from) - w->engine] = true;
		if (shift->to != RSSE_ENGINE_NEW)
			concerned[world_engine(w, shift->to) - w->engine] = true;
	}
	recount(w);
	for (i = 0; i < w->snap.nr_engines; i++)
		if (concerned[i])
			note_written(w, w->engine[i].id, before[i] &&
				     w->engine[i].nr_queues > before[i], w->fail_shifts);
}

static void report(struct world *w, const struct rsse_pol_move *move,
		   u32 to_engine, int error, bool manual)
{
	w->outcome[w->snap.nr_outcomes++] = (struct rsse_pol_outcome){
		.id = move->id,
		.error = error,
		.time_ns = w->snap.now_ns + MS,
		.from_state = move->from_state,
		.to_state = move->to_state,
		.from_engine = move->from_engine,
		.to_engine = to_engine,
		.manual = manual,
	};
}

/* The engine to move to, with queues; RSSE_ENGINE_NEW when it cannot have any. */
static u32 target(struct world *w, const struct rsse_pol_move *move)
{
	const struct rsse_pol_engine *e;

	if (move->to_state == RSS_ENGINE_STATE_DEDICATED)
		return make_dedicated(w, move->queues);
	if (move->to_engine == RSSE_ENGINE_SPARE)
		return make_shared(w, move->queues);
	e = world_engine(w, move->to_engine);
	if (e->nr_queues)
		return e->id;
	return claim(w, e->id, e->id, move->queues) ? e->id : RSSE_ENGINE_NEW;
}

/* Why there is no engine to move to. */
static int why_none(const struct world *w, const struct rsse_pol_move *move)
{
	if (w->fail)
		return w->fail;
	return move->to_engine == RSSE_ENGINE_SPARE && w->fail_making ? w->fail_making : ENOSPC;
}

static void carry_out(struct world *w, const struct rsse_pol_move *move,
		      bool manual)
{
	u32 to;

	/* It was tried, and is not again. */
	if (move->to_engine == RSSE_ENGINE_SPARE && w->made == RSSE_ENGINE_NEW)
		return;
	to = w->fail ? RSSE_ENGINE_NEW : target(w, move);
	if (to == RSSE_ENGINE_NEW) {
		report(w, move, move->to_engine, why_none(w, move), manual);
		return;
	}
	world_place(w, move->id - 1000, move->to_state, to);
	if (move->from_state == RSS_ENGINE_STATE_DEDICATED)
		drop_engine(w, move->from_engine);
	report(w, move, to, 0, manual);
	if (manual)
		return;
	if (w->nr_done == WORLD_LOG)
		abort();
	w->done[w->nr_done++] = (struct done){ w->snap.seq, w->snap.now_ns, *move };
}

void world_act(struct world *w)
{
	u32 i;

	w->made = RSSE_ENGINE_SPARE;
	act_shifts(w);
	drop_left_behind(w);
	for (i = 0; i < w->plan.nr_moves; i++)
		carry_out(w, &w->move[i], false);
	offer_spare(w);
}

void world_step(struct world *w, u32 period_ms)
{
	world_sample(w, period_ms);
	rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
	w->looking = w->plan.look &&
		     (!w->looked_ns || w->snap.now_ns >= w->looked_ns + w->look_every_ns);
	if (w->looking)
		w->looked_ns = w->snap.now_ns;
	w->snap.nr_outcomes = 0;
	w->snap.nr_written = 0;
	if (!w->frozen)
		world_act(w);
}

void world_run(struct world *w, u32 ms)
{
	u64 end = w->snap.now_ns + ms * MS;

	while (w->snap.now_ns < end)
		world_step(w, w->config.period_ms);
}

void world_move(struct world *w, u32 vm, u32 state, u32 engine)
{
	const struct rsse_pol_move move = {
		.id = w->vm[vm].id,
		.from_state = w->vm[vm].state,
		.from_engine = w->vm[vm].engine,
		.to_state = state,
		.to_engine = engine,
		.queues = w->snap.dedicated_queues,
	};

	carry_out(w, &move, true);
	w->vm[vm].manual_ns = w->snap.now_ns + MS;
}

u32 world_moves_of(const struct world *w, u32 vm)
{
	u32 i, nr = 0;

	for (i = 0; i < w->nr_done; i++)
		nr += w->done[i].move.id == w->vm[vm].id;
	return nr;
}
