// SPDX-License-Identifier: GPL-2.0-only
/* Engines, and moves between them. */
#include <errno.h>
#include <string.h>

#include "ours.h"

static void engine_make(struct ours *ours, struct sim *sim, uint32_t kind, uint32_t first,
			uint32_t nr)
{
	struct engine *engine = &ours->engines[ours->nr_engines++];
	uint32_t context = 0, i;

	while (kind != RSS_ENGINE_ENGINE_KIND_DEFAULT && sim->contexts[context].used)
		context++;
	*engine = (struct engine){
		.id = ours->next_id++,
		.kind = kind,
		.context = context,
		.first = first,
		.nr_queues = nr,
	};
	sim_context_spread(sim, context, first, nr);
	for (i = first; i < first + nr; i++)
		ours->taken[i] = true;
}

/* Half for context 0, a quarter for one shared engine, the rest is free. */
void ours_layout(struct ours *ours, struct sim *sim)
{
	uint32_t nr_default = sim->nr_queues / 2, nr_shared = sim->nr_queues / 4;

	engine_make(ours, sim, RSS_ENGINE_ENGINE_KIND_DEFAULT, 0, nr_default);
	engine_make(ours, sim, RSS_ENGINE_ENGINE_KIND_SHARED, nr_default,
		    nr_shared ? nr_shared : 1);
}

uint32_t ours_engine_find(const struct ours *ours, uint32_t id)
{
	uint32_t i = 0;

	while (i < ours->nr_engines && ours->engines[i].id != id)
		i++;
	return i;
}

static void engine_drop(struct ours *ours, struct sim *sim, uint32_t index)
{
	const struct engine *engine = &ours->engines[index];
	uint32_t i;

	for (i = engine->first; i < engine->first + engine->nr_queues; i++)
		ours->taken[i] = false;
	sim->contexts[engine->context].used = false;
	ours->nr_engines--;
	memmove(&ours->engines[index], &ours->engines[index + 1],
		(ours->nr_engines - index) * sizeof(*ours->engines));
	for (i = 0; i < sim->nr_vms; i++)
		ours->engine_of[i] -= ours->engine_of[i] > index;
}

/* Index of the engine to move to, nr_engines when there is none. */
static uint32_t target(struct ours *ours, struct sim *sim, const struct rsse_pol_move *move)
{
	uint32_t queue = 0;

	if (move->to_state == RSS_ENGINE_STATE_NONE)
		return 0;
	if (move->to_engine != RSSE_ENGINE_NEW)
		return ours_engine_find(ours, move->to_engine);
	while (queue < sim->nr_queues && ours->taken[queue])
		queue++;
	if (queue < sim->nr_queues)
		engine_make(ours, sim, RSS_ENGINE_ENGINE_KIND_DEDICATED, queue, 1);
	return queue < sim->nr_queues ? ours->nr_engines - 1 : ours->nr_engines;
}

static void report(struct ours *ours, const struct rsse_pol_move *move, uint32_t to, int error,
		   uint64_t now)
{
	ours->outcomes[ours->snap.nr_outcomes++] = (struct rsse_pol_outcome){
		.id = move->id,
		.error = error,
		.time_ns = now,
		.from_state = move->from_state,
		.to_state = move->to_state,
		.from_engine = move->from_engine,
		.to_engine = to,
	};
}

/* What it would leave behind is gone with it when nobody else can use it. */
static void carry_out(struct ours *ours, struct sim *sim, const struct rsse_pol_move *move)
{
	uint32_t vm = move->id - 1, from = ours->engine_of[vm], to;

	if (ours->engines[from].id != move->from_engine)
		return;
	to = target(ours, sim, move);
	if (to == ours->nr_engines) {
		report(ours, move, move->to_engine, ENOSPC, sim->now);
		return;
	}
	report(ours, move, ours->engines[to].id, 0, sim->now);
	sim_vm_move(sim, vm, ours->engines[to].context);
	ours->engine_of[vm] = to;
	if (ours->engines[from].kind == RSS_ENGINE_ENGINE_KIND_DEDICATED)
		engine_drop(ours, sim, from);
}

void ours_act(struct ours *ours, struct sim *sim)
{
	while (ours->done < ours->nr_agenda && sim->now >= ours->act_ns) {
		carry_out(ours, sim, &ours->agenda[ours->done++]);
		ours->act_ns += OURS_MOVE_NS;
	}
}
