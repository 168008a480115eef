// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indirection entries of an engine: counted while a look lasts, as the module
 * would count them by the hash of the packets that it sees, and rewritten.
 */
#include <string.h>

#include "ours.h"

static const struct engine *counted(const struct ours *ours)
{
	uint32_t index = ours_engine_find(ours, ours->counting.engine);

	return index < ours->nr_engines ? &ours->engines[index] : NULL;
}

void ours_look_begins(struct ours *ours, const struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++)
		memcpy(ours->counting.base[i], sim->queues[i].entry_served,
		       sizeof(ours->counting.base[i]));
}

void ours_look_ends(struct ours *ours, const struct sim *sim)
{
	const struct engine *engine = counted(ours);
	uint32_t queue, i;

	if (!engine)
		return;
	for (queue = engine->first; queue < engine->first + engine->nr_queues; queue++)
		for (i = 0; i < SIM_ENTRIES; i++)
			ours->counting.table[i].packets += sim->queues[queue].entry_served[i] -
							   ours->counting.base[queue][i];
}

void ours_entries_measure(struct ours *ours, const struct sim *sim)
{
	const struct engine *engine = counted(ours);
	struct counting *counting = &ours->counting;
	uint32_t i;

	ours->snap.entries = NULL;
	ours->snap.rewritten = counting->rewritten.time_ns ? &counting->rewritten : NULL;
	if (!engine)
		return;
	for (i = 0; i < engine->nr_queues; i++)
		counting->queues[i] = (struct rsse_pol_queue){
			.id = engine->first + i,
			.busy = ours->busy[engine->first + i],
			.full_polls = ours->full[engine->first + i],
			.cpu = sim->queues[engine->first + i].cpu,
		};
	for (i = 0; i < SIM_ENTRIES; i++)
		counting->table[i].queue = sim->contexts[engine->context].table[i] -
					   engine->first;
	counting->entries.engine = engine->id;
	counting->entries.nr_queues = engine->nr_queues;
	counting->entries.nr_entries = SIM_ENTRIES;
	counting->entries.queues = counting->queues;
	counting->entries.entries = counting->table;
	ours->snap.entries = &counting->entries;
}

/* Counts are of one engine and one table: they begin anew when either changes. */
static void begin_counting(struct counting *counting, uint32_t engine, uint64_t now)
{
	counting->engine = engine;
	counting->entries.begun_ns = now;
	memset(counting->table, 0, sizeof(counting->table));
}

void ours_entries_plan(struct ours *ours, uint64_t now)
{
	struct counting *counting = &ours->counting;

	if (ours->snap.rewritten)
		counting->rewritten.time_ns = 0;
	if (ours->plan.rewrite.nr && !counting->rewrite.nr) {
		counting->rewrite = ours->plan.rewrite;
		counting->rewrite_ns = now + OURS_MOVE_NS;
	}
	if (ours->plan.count_engine != counting->engine)
		begin_counting(counting, ours->plan.count_engine, now);
}

/* An engine that is gone by now is not reported, nor is an entry that has moved. */
void ours_entries_act(struct ours *ours, struct sim *sim)
{
	struct rsse_pol_rewrite *rewrite = &ours->counting.rewrite;
	uint32_t index = ours_engine_find(ours, rewrite->engine), i;

	if (!rewrite->nr || sim->now < ours->counting.rewrite_ns)
		return;
	for (i = 0; index < ours->nr_engines && i < rewrite->nr; i++) {
		const struct rsse_pol_change *change = &rewrite->changes[i];
		uint32_t context = ours->engines[index].context;

		if (sim->contexts[context].table[change->entry] == change->from)
			sim_context_set(sim, context, change->entry, change->to);
	}
	if (index < ours->nr_engines)
		ours->counting.rewritten = (struct rsse_pol_rewritten){
			.engine = rewrite->engine,
			.time_ns = sim->now,
		};
	rewrite->nr = 0;
	begin_counting(&ours->counting, RSSE_ENGINE_NEW, sim->now);
}
