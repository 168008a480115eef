// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot, measured as the module's meters do. */
#include "ours.h"

static uint32_t permille(uint64_t part, uint64_t window)
{
	return window ? part * 1000 / window : 0;
}

static uint64_t since(uint64_t now, uint64_t *last)
{
	uint64_t diff = now - *last;

	*last = now;
	return diff;
}

/* The last packet of a window may end after it: what does not fit is left for the next. */
static uint64_t take_busy(uint64_t now, uint64_t *last, uint64_t window)
{
	uint64_t owed = now - *last, busy = owed < window ? owed : window;

	*last += busy;
	return busy;
}

/* Queues */

/* The window in which an engine changed is left behind with what was before. */
static void take_average(struct average *avg, uint32_t busy, uint64_t window, bool changed)
{
	if (changed)
		avg->time = 0;
	avg->busy += (busy - avg->busy) * window / (avg->time + window);
	if (!changed && avg->time < RSSE_POL_AVG_NS)
		avg->time += window;
}

/* A queue that no engine has is measured as well. */
static void measure_queue(struct ours *ours, const struct sim *sim, uint32_t index,
			  uint64_t window)
{
	const struct queue *queue = &sim->queues[index];
	struct engine *engine = ours_engine(ours, ours->owner[index]);
	struct meters *last = &ours->meters;
	uint64_t busy = take_busy(queue->served * SIM_PACKET_NS, &last->queue_busy_ns[index],
				  window);
	uint64_t polls = since(queue->polls, &last->queue_polls[index]);
	uint64_t full = since(queue->full_polls, &last->queue_full[index]);
	uint64_t packets = since(queue->served, &last->queue_served[index]);

	take_average(&ours->avg[index], permille(busy, window), window,
		     engine && engine->changed);
	ours->pol_queues[index] = (struct rsse_pol_queue){
		.id = index,
		.engine = ours->owner[index],
		.home = ours->home[index],
		.busy = permille(busy, window),
		.avg = ours->avg[index].busy,
		.full_polls = permille(full, polls),
		.cpu = queue->cpu,
		/* Nothing else runs on it. */
		.cpu_busy = permille(busy, window),
	};
	if (!engine)
		return;
	engine->busy_ns += busy;
	engine->packets += packets;
}

static void mark(struct ours *ours, uint32_t id)
{
	struct engine *engine = ours_engine(ours, id);

	if (engine)
		engine->changed = true;
}

/* Engines whose VMs, queues or entries have changed in the window. */
static void mark_changed(struct ours *ours)
{
	uint32_t i;

	for (i = 0; i < ours->nr_engines; i++)
		ours->engines[i].changed = false;
	for (i = 0; i < ours->snap.nr_written; i++)
		if (!ours->written[i].error)
			mark(ours, ours->written[i].engine);
	for (i = 0; i < ours->snap.nr_outcomes; i++) {
		if (ours->outcomes[i].error)
			continue;
		mark(ours, ours->outcomes[i].from_engine);
		mark(ours, ours->outcomes[i].to_engine);
	}
}

static void measure_queues(struct ours *ours, const struct sim *sim, uint64_t window)
{
	uint32_t i;

	for (i = 0; i < ours->nr_engines; i++) {
		ours->engines[i].busy_ns = 0;
		ours->engines[i].packets = 0;
		ours->engines[i].weight = 0;
	}
	for (i = 0; i < sim->nr_queues; i++)
		measure_queue(ours, sim, i, window);
}

/* Engines */

static void measure_engine(struct ours *ours, const struct sim *sim, uint32_t index,
			   uint64_t window)
{
	const struct engine *engine = &ours->engines[index];
	struct rsse_pol_engine *to = &ours->pol_engines[index];
	uint32_t i;

	*to = (struct rsse_pol_engine){
		.id = engine->id,
		.kind = engine->kind,
		.nr_queues = engine->nr_queues,
		.home = engine->home,
		.load = permille(engine->busy_ns, window * engine->nr_queues),
	};
	for (i = 0; i < sim->nr_queues; i++) {
		const struct rsse_pol_queue *queue = &ours->pol_queues[i];

		if (queue->engine != engine->id)
			continue;
		if (queue->busy > to->hottest)
			to->hottest = queue->busy;
		if (queue->full_polls > to->full_polls)
			to->full_polls = queue->full_polls;
	}
}

/* VMs */

static uint32_t state_of(const struct engine *engine)
{
	switch (engine->kind) {
	case RSS_ENGINE_ENGINE_KIND_DEDICATED:
		return RSS_ENGINE_STATE_DEDICATED;
	case RSS_ENGINE_ENGINE_KIND_SHARED:
		return RSS_ENGINE_STATE_SHARED;
	default:
		return RSS_ENGINE_STATE_NONE;
	}
}

static void measure_worker(struct ours *ours, const struct sim *sim, uint32_t vm,
			   uint64_t window)
{
	const struct engine *engine = &ours->engines[ours->engine_of[vm]];
	struct rsse_pol_vm *to = &ours->pol_vms[vm];
	uint64_t busy = since(sim->vms[vm].worker_busy_ns, &ours->meters.vm_busy_ns[vm]);

	to->engine = engine->id;
	to->state = state_of(engine);
	to->vnic_busy = permille(busy, window);
	to->vnic_total = to->vnic_busy;
	to->hottest_worker = permille(busy / sim->vms[vm].workers, window);
}

/*
 * A VM's part of its engine's busy time is its part of what the engine's VMs were
 * sent; of the default engine's, at most its part of what that has polled.
 */
static void measure_part(struct ours *ours, const struct sim *sim, uint32_t vm, uint64_t window)
{
	const struct engine *engine = &ours->engines[ours->engine_of[vm]];
	uint64_t weight = since(sim->vms[vm].served, &ours->meters.vm_served[vm]);
	uint64_t whole = engine->weight;

	if (!engine->id && whole < engine->packets)
		whole = engine->packets;
	ours->pol_vms[vm].pnic_busy = whole ?
		permille(engine->busy_ns * weight / whole, window) : 0;
}

static void measure_vms(struct ours *ours, const struct sim *sim, uint64_t window)
{
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++) {
		measure_worker(ours, sim, i, window);
		ours->engines[ours->engine_of[i]].weight +=
			sim->vms[i].served - ours->meters.vm_served[i];
	}
	for (i = 0; i < sim->nr_vms; i++)
		measure_part(ours, sim, i, window);
}

/* What the layout leaves for dedicated engines, wherever it is lent. */
static uint32_t free_queues(const struct ours *ours, const struct sim *sim)
{
	uint32_t i, due = 0;

	for (i = 0; i < ours->nr_engines; i++)
		due += ours->engines[i].home;
	return sim->nr_queues - (due < sim->nr_queues ? due : sim->nr_queues);
}

void ours_measure(struct ours *ours, const struct sim *sim, uint64_t window)
{
	struct looks *looks = &ours->looks;
	const struct engine *counted = ours_engine(ours, looks->engine);
	uint32_t i;

	ours->snap.seq = ours->seq;
	ours->snap.now_ns = sim->now;
	ours->snap.window_ns = window;
	ours->snap.nr_engines = ours->nr_engines;
	ours->snap.free_queues = free_queues(ours, sim);
	mark_changed(ours);
	measure_queues(ours, sim, window);
	for (i = 0; i < ours->nr_engines; i++)
		measure_engine(ours, sim, i, window);
	measure_vms(ours, sim, window);
	ours->snap.entries = looks->counts && counted ? &looks->entries : NULL;
	for (i = 0; ours->snap.entries && i < SIM_ENTRIES; i++)
		looks->table[i].queue = sim->contexts[counted->context].table[i];
}
