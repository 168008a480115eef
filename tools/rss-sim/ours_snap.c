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

static uint64_t measure_queue(struct ours *ours, const struct queue *queue, uint32_t index,
			      uint64_t window, struct rsse_pol_engine *to)
{
	uint64_t busy = since(queue->served, &ours->last.queue_served[index]) * SIM_PACKET_NS;
	uint64_t polls = since(queue->polls, &ours->last.queue_polls[index]);
	uint64_t full = since(queue->full_polls, &ours->last.queue_full[index]);
	uint32_t share = permille(full, polls);

	/* The last packet of a window may end after it. */
	busy = busy < window ? busy : window;
	ours->busy[index] = permille(busy, window);
	ours->full[index] = share;
	if (ours->busy[index] > to->hottest)
		to->hottest = ours->busy[index];
	if (share > to->full_polls)
		to->full_polls = share;
	return busy;
}

/* Busy time of the engine's queues in the window. */
static uint64_t measure_engine(struct ours *ours, const struct sim *sim, uint32_t index,
			       uint64_t window)
{
	const struct engine *engine = &ours->engines[index];
	struct rsse_pol_engine *to = &ours->pol_engines[index];
	uint64_t busy = 0;
	uint32_t i;

	*to = (struct rsse_pol_engine){
		.id = engine->id,
		.kind = engine->kind,
		.nr_queues = engine->nr_queues,
	};
	for (i = engine->first; i < engine->first + engine->nr_queues; i++)
		busy += measure_queue(ours, &sim->queues[i], i, window, to);
	to->load = permille(busy, window * engine->nr_queues);
	return busy;
}

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

static void measure_vm(struct ours *ours, const struct sim *sim, uint32_t vm, uint64_t window)
{
	const struct engine *engine = &ours->engines[ours->engine_of[vm]];
	struct rsse_pol_vm *to = &ours->pol_vms[vm];
	uint64_t busy = since(sim->vms[vm].worker_busy_ns, &ours->last.vm_busy_ns[vm]);

	to->engine = engine->id;
	to->state = state_of(engine);
	to->vnic_busy = permille(busy, window);
	to->vnic_total = to->vnic_busy;
	to->hottest_worker = permille(busy / sim->vms[vm].workers, window);
}

/* A VM's part of its engine's busy time is its part of what its engine's VMs were sent. */
static void share_out(struct ours *ours, const struct sim *sim, const uint64_t *busy,
		      uint64_t window)
{
	uint64_t weights[SIM_CONTEXTS] = { 0 };
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++)
		weights[ours->engine_of[i]] += sim->vms[i].served - ours->last.vm_served[i];
	for (i = 0; i < sim->nr_vms; i++) {
		uint64_t weight = since(sim->vms[i].served, &ours->last.vm_served[i]);
		uint32_t engine = ours->engine_of[i];

		ours->pol_vms[i].pnic_busy = weights[engine] ?
			permille(busy[engine] * weight / weights[engine], window) : 0;
	}
}

void ours_measure(struct ours *ours, const struct sim *sim, uint64_t window)
{
	uint64_t busy[SIM_CONTEXTS];
	uint32_t i;

	ours->snap.seq = ours->seq;
	ours->snap.now_ns = sim->now;
	ours->snap.window_ns = window;
	ours->snap.nr_engines = ours->nr_engines;
	ours->snap.free_queues = 0;
	for (i = 0; i < sim->nr_queues; i++)
		ours->snap.free_queues += !ours->taken[i];
	for (i = 0; i < ours->nr_engines; i++)
		busy[i] = measure_engine(ours, sim, i, window);
	for (i = 0; i < sim->nr_vms; i++)
		measure_vm(ours, sim, i, window);
	share_out(ours, sim, busy, window);
}
