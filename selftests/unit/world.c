// SPDX-License-Identifier: GPL-2.0-only
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

static void add_engine(struct world *w, u32 kind, u32 nr_queues)
{
	if (w->snap.nr_engines == WORLD_ENGINES)
		abort();
	w->engine[w->snap.nr_engines++] = (struct rsse_pol_engine){
		.id = w->next_id++,
		.kind = kind,
		.nr_queues = nr_queues,
	};
}

struct world *world_new(u32 default_queues, u32 shared_engines,
			u32 shared_queues, u32 free_queues)
{
	struct world *w = zalloc(sizeof(*w));
	u32 i;

	w->config = rsse_config_default;
	w->snap.seq = 100;
	w->snap.now_ns = 1000 * MS;
	w->snap.dedicated_queues = 1;
	w->free_queues = free_queues;
	add_engine(w, RSS_ENGINE_ENGINE_KIND_DEFAULT, default_queues);
	for (i = 0; i < shared_engines; i++)
		add_engine(w, RSS_ENGINE_ENGINE_KIND_SHARED, shared_queues);

	w->vm_state = zalloc(WORLD_VMS * sizeof(*w->vm_state));
	w->engine_state = zalloc(WORLD_ENGINES * sizeof(*w->engine_state));
	w->state.vm = w->vm_state;
	w->state.nr_slots = WORLD_VMS;
	w->state.engine = w->engine_state;
	w->state.cap_engines = WORLD_ENGINES;
	w->snap.engines = w->engine;
	w->snap.vms = w->vm;
	w->snap.outcomes = w->outcome;
	w->plan.moves = w->move;
	w->plan.cap_moves = 1000;
	w->plan.decisions = w->decision;
	w->plan.balance = w->balance;
	return w;
}

void world_free(struct world *w)
{
	free(w->vm_state);
	free(w->engine_state);
	free(w);
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
	};
	w->demand[i] = (struct demand){ .pnic = pnic, .vnic = vnic };
	return i;
}

void world_place(struct world *w, u32 vm, u32 state, u32 engine)
{
	w->vm[vm].state = state;
	w->vm[vm].engine = engine;
}

u32 world_dedicated(struct world *w)
{
	if (w->free_queues < w->snap.dedicated_queues)
		abort();
	w->free_queues -= w->snap.dedicated_queues;
	add_engine(w, RSS_ENGINE_ENGINE_KIND_DEDICATED, w->snap.dedicated_queues);
	return w->next_id - 1;
}

struct rsse_pol_engine *world_engine(struct world *w, u32 id)
{
	u32 i;

	for (i = 0; i < w->snap.nr_engines; i++)
		if (w->engine[i].id == id)
			return &w->engine[i];
	return NULL;
}

static void drop_engine(struct world *w, u32 id)
{
	struct rsse_pol_engine *e = world_engine(w, id);

	w->free_queues += e->nr_queues;
	w->snap.nr_engines--;
	memmove(e, e + 1, (char *)&w->engine[w->snap.nr_engines] - (char *)e);
}

/* An overloaded engine serves each VM its share of what it can do. */
static void measure_engine(struct world *w, struct rsse_pol_engine *e)
{
	u64 capacity = 1000ULL * e->nr_queues;
	u64 sum = e->id ? 0 : w->host, served;
	u32 i;

	for (i = 0; i < w->snap.nr_vms; i++)
		if (w->vm[i].engine == e->id)
			sum += w->demand[i].pnic;
	served = sum < capacity ? sum : capacity;
	e->load = served / e->nr_queues;
	e->hottest = e->load;
	e->full_polls = sum > capacity ? 1000 : 0;
	for (i = 0; i < w->snap.nr_vms; i++)
		if (w->vm[i].engine == e->id)
			w->vm[i].pnic_busy = sum ? w->demand[i].pnic * served / sum : 0;
}

static void measure(struct world *w)
{
	u32 i;

	for (i = 0; i < w->snap.nr_engines; i++)
		measure_engine(w, &w->engine[i]);
	for (i = 0; i < w->snap.nr_vms; i++) {
		w->vm[i].vnic_busy = w->demand[i].vnic;
		w->vm[i].vnic_total = w->demand[i].vnic;
		w->vm[i].hottest_worker = w->demand[i].worker;
	}
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

static void carry_out(struct world *w, const struct rsse_pol_move *move,
		      bool manual)
{
	u32 vm = move->id - 1000, to = move->to_engine;

	if (w->fail) {
		report(w, move, to, w->fail, manual);
		return;
	}
	if (move->to_state == RSS_ENGINE_STATE_DEDICATED)
		to = world_dedicated(w);
	world_place(w, vm, move->to_state, to);
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

	for (i = 0; i < w->plan.nr_moves; i++)
		carry_out(w, &w->move[i], false);
}

void world_step(struct world *w, u32 period_ms)
{
	u32 i;

	w->snap.seq++;
	w->snap.now_ns += period_ms * MS;
	w->snap.window_ns = period_ms * MS;
	w->snap.free_queues = w->free_queues;
	if (!w->measured)
		measure(w);
	for (i = 0; i < w->snap.nr_vms; i++)
		if (w->looking && !w->blind)
			w->vm[i].confirmed_ns = w->snap.now_ns - MS;
	rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
	w->looking = w->plan.look &&
		     (!w->looked_ns || w->snap.now_ns >= w->looked_ns + w->look_every_ns);
	if (w->looking)
		w->looked_ns = w->snap.now_ns;
	w->snap.nr_outcomes = 0;
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
