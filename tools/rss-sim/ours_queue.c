// SPDX-License-Identifier: GPL-2.0-only
/* Engines and their queues, as the module gives and takes them. */
#include <errno.h>
#include <string.h>

#include "ours.h"

struct engine *ours_engine(struct ours *ours, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < ours->nr_engines; i++)
		if (ours->engines[i].id == id)
			return &ours->engines[i];
	return NULL;
}

void ours_note_written(struct ours *ours, const struct rsse_pol_written *written)
{
	if (ours->snap.nr_written < OURS_WRITTEN)
		ours->written[ours->snap.nr_written++] = *written;
}

/* Queues that change hands */

/* The engine has this queue afterwards; @kept: and before. */
static bool has_after(const struct ours *ours, const uint32_t *to, uint32_t id, uint32_t queue,
		      bool kept)
{
	return to[queue] == id && (!kept || ours->owner[queue] == id);
}

static uint32_t queues_after(const struct ours *ours, const struct sim *sim, const uint32_t *to,
			     uint32_t id, bool kept, uint32_t *queues)
{
	uint32_t i, nr = 0;

	for (i = 0; i < sim->nr_queues; i++)
		if (has_after(ours, to, id, i, kept))
			queues[nr++] = i;
	return nr;
}

/* The table of an engine that was asleep has no flows: that is no rewriting. */
static void write_table(struct ours *ours, struct sim *sim, const struct engine *engine,
			const uint32_t *to, bool kept)
{
	uint32_t queues[SIM_QUEUES], count[SIM_QUEUES], table[SIM_ENTRIES];
	uint32_t i, nr = queues_after(ours, sim, to, engine->id, kept, queues);

	if (!nr)
		return;
	if (!engine->nr_queues) {
		sim_context_deal(sim, engine->context, queues, nr);
		return;
	}
	memcpy(table, sim->contexts[engine->context].table, sizeof(table));
	rsse_table_resize(table, SIM_ENTRIES, queues, nr, count);
	for (i = 0; i < SIM_ENTRIES; i++)
		sim_context_set(sim, engine->context, i, table[i]);
}

static bool loses(const struct ours *ours, const struct sim *sim, const uint32_t *to, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++)
		if (ours->owner[i] == id && to[i] != id)
			return true;
	return false;
}

static bool gains(const struct ours *ours, const struct sim *sim, const uint32_t *to, uint32_t id)
{
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++)
		if (ours->owner[i] != id && to[i] == id)
			return true;
	return false;
}

/* Those that lose queues first, so that no queue is in two tables. */
static void write_tables(struct ours *ours, struct sim *sim, const uint32_t *to)
{
	uint32_t i;

	for (i = 0; i < ours->nr_engines; i++)
		if (loses(ours, sim, to, ours->engines[i].id))
			write_table(ours, sim, &ours->engines[i], to, true);
	for (i = 0; i < ours->nr_engines; i++)
		if (gains(ours, sim, to, ours->engines[i].id))
			write_table(ours, sim, &ours->engines[i], to, false);
}

/* The engine would have no queue left, and has VMs, or is the default one. */
static bool is_stranded(const struct ours *ours, const struct sim *sim, const uint32_t *to,
			uint32_t index)
{
	uint32_t queues[SIM_QUEUES], i, id = ours->engines[index].id;

	if (!loses(ours, sim, to, id) || queues_after(ours, sim, to, id, false, queues))
		return false;
	for (i = 0; i < sim->nr_vms; i++)
		if (ours->engine_of[i] == index)
			return true;
	return !index;
}

/* One that was asleep had no load that could mislead. */
static void note_resized(struct ours *ours, const struct sim *sim, const struct engine *engine,
			 const uint32_t *to, int error)
{
	bool gained = gains(ours, sim, to, engine->id);
	bool is_new = engine->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED && !engine->nr_queues;

	if (is_new || (!gained && !loses(ours, sim, to, engine->id)))
		return;
	ours_note_written(ours, &(struct rsse_pol_written){
		.engine = engine->id,
		.resized = true,
		.gained = gained && engine->nr_queues,
		.error = error,
		.time_ns = sim->now,
	});
}

int ours_give(struct ours *ours, struct sim *sim, const uint32_t *to, const struct why *why)
{
	uint32_t queues[SIM_QUEUES], i;
	int error = 0;

	for (i = 0; i < ours->nr_engines; i++)
		if (is_stranded(ours, sim, to, i))
			error = EINVAL;
	ours_log_queues(ours, sim, to, why, error);
	if (!error)
		write_tables(ours, sim, to);
	for (i = 0; i < ours->nr_engines; i++)
		note_resized(ours, sim, &ours->engines[i], to, error);
	if (error)
		return error;
	for (i = 0; i < ours->nr_engines; i++)
		ours->engines[i].nr_queues = queues_after(ours, sim, to, ours->engines[i].id,
							  false, queues);
	memcpy(ours->owner, to, sizeof(ours->owner));
	ours_looks_void(ours);
	return 0;
}

/* Choosing queues for an engine that has none */

/* How well a queue suits: the sum of these, the less the better. */
#define SUITS_POOL	1U	/* due to dedicated engines, not to this one */
#define SUITS_OTHER	2U	/* due to another engine */
#define SUITS_USED	16U	/* the default engine has it */

static uint32_t suits(const struct ours *ours, uint32_t queue, uint32_t home)
{
	uint32_t sum = ours->owner[queue] == RSSE_ENGINE_NEW ? 0 : SUITS_USED;

	if (ours->home[queue] != home)
		sum += ours->home[queue] == RSSE_ENGINE_NEW ? SUITS_POOL : SUITS_OTHER;
	return sum;
}

/* The queue that suits best, of equal ones the last; sim->nr_queues: there is none. */
static uint32_t choose_one(const struct ours *ours, const struct sim *sim, const uint32_t *to,
			   uint32_t home, uint32_t left)
{
	uint32_t i = sim->nr_queues, best = sim->nr_queues;

	while (i-- > 0) {
		bool taken = to[i] != ours->owner[i];
		bool idle = ours->owner[i] == RSSE_ENGINE_NEW;

		if (taken || (!idle && (ours->owner[i] || left < 2)))
			continue;
		if (best == sim->nr_queues || suits(ours, i, home) < suits(ours, best, home))
			best = i;
	}
	return best;
}

/* Give @id @want queues in @to; false when so many cannot be had. */
static bool choose(const struct ours *ours, const struct sim *sim, uint32_t id, uint32_t home,
		   uint32_t want, uint32_t *to)
{
	uint32_t left = ours->engines[0].nr_queues;

	memcpy(to, ours->owner, sizeof(ours->owner));
	while (want) {
		uint32_t queue = choose_one(ours, sim, to, home, left);

		if (queue == sim->nr_queues)
			return false;
		left -= !ours->owner[queue];
		to[queue] = id;
		want--;
	}
	return true;
}

/* Engines */

static struct engine *engine_add(struct ours *ours, struct sim *sim, uint32_t kind, uint32_t home)
{
	struct engine *engine = &ours->engines[ours->nr_engines++];
	uint32_t context = 0;

	while (kind != RSS_ENGINE_ENGINE_KIND_DEFAULT && sim->contexts[context].used)
		context++;
	*engine = (struct engine){
		.id = ours->next_id++,
		.kind = kind,
		.context = context,
		.home = home,
	};
	sim->contexts[context].used = true;
	return engine;
}

struct engine *ours_dedicate(struct ours *ours, struct sim *sim, uint32_t nr,
			     const struct why *why)
{
	uint32_t id = ours->next_id, to[SIM_QUEUES];

	if (!choose(ours, sim, id, RSSE_ENGINE_NEW, nr, to))
		return NULL;
	engine_add(ours, sim, RSS_ENGINE_ENGINE_KIND_DEDICATED, 1);
	ours_give(ours, sim, to, why);
	return ours_engine(ours, id);
}

bool ours_wake(struct ours *ours, struct sim *sim, struct engine *engine, uint32_t nr,
	       const struct why *why)
{
	uint32_t to[SIM_QUEUES];

	if (!choose(ours, sim, engine->id, engine->id, nr, to))
		return false;
	return !ours_give(ours, sim, to, why);
}

void ours_drop(struct ours *ours, struct sim *sim, struct engine *engine, const struct why *why)
{
	uint32_t index = engine - ours->engines, to[SIM_QUEUES], i;

	memcpy(to, ours->owner, sizeof(to));
	for (i = 0; i < sim->nr_queues; i++)
		if (to[i] == engine->id)
			to[i] = RSSE_ENGINE_NEW;
	ours_log_queues(ours, sim, to, why, 0);
	memcpy(ours->owner, to, sizeof(to));
	sim->contexts[engine->context].used = false;
	ours->nr_engines--;
	memmove(engine, engine + 1, (ours->nr_engines - index) * sizeof(*engine));
	for (i = 0; i < sim->nr_vms; i++)
		ours->engine_of[i] -= ours->engine_of[i] > index;
}

/* The layout */

static void set_home(struct ours *ours, uint32_t first, uint32_t nr, uint32_t id)
{
	uint32_t i;

	for (i = first; i < first + nr; i++)
		ours->home[i] = id;
}

/*
 * Half of the queues are due to the default engine, a quarter to one shared engine,
 * the rest to dedicated ones. Where queues follow the load the shared engine is asleep
 * at first, and where they are spread all serve the default engine.
 */
void ours_layout(struct ours *ours, struct sim *sim)
{
	uint32_t nr_default = sim->nr_queues / 2;
	uint32_t nr_shared = sim->nr_queues > 3 ? sim->nr_queues / 4 : 1;
	bool all = ours->config.scale == RSS_ENGINE_SCALE_SPREAD;
	uint32_t to[SIM_QUEUES], i;

	memset(ours->owner, 0xff, sizeof(ours->owner));
	memset(ours->home, 0xff, sizeof(ours->home));
	memset(to, 0xff, sizeof(to));
	engine_add(ours, sim, RSS_ENGINE_ENGINE_KIND_DEFAULT, nr_default);
	engine_add(ours, sim, RSS_ENGINE_ENGINE_KIND_SHARED, nr_shared);
	set_home(ours, 0, nr_default, 0);
	set_home(ours, nr_default, nr_shared, 1);
	for (i = 0; i < (all ? sim->nr_queues : nr_default); i++)
		to[i] = 0;
	for (; ours->config.scale == RSS_ENGINE_SCALE_OFF && i < nr_default + nr_shared; i++)
		to[i] = 1;
	ours_give(ours, sim, to, NULL);
	ours->snap.nr_written = 0;
}
