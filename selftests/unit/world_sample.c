// SPDX-License-Identifier: GPL-2.0-only
/* What a sample measures in the world of world.c. */
#include <string.h>

#include <linux/minmax.h>

#include "world.h"

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
	e->load = e->nr_queues ? served / e->nr_queues : 0;
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

/* A queue of @e; one of them may be hotter than the others. */
static void measure_queue(const struct rsse_pol_engine *e, struct rsse_pol_queue *queue,
			  bool first)
{
	u32 sum = e->load * e->nr_queues, others = e->nr_queues - 1;

	queue->busy = e->load;
	queue->full_polls = e->full_polls;
	if (e->hottest <= e->load)
		return;
	queue->busy = e->hottest;
	if (first)
		return;
	queue->busy = sum > e->hottest ? (sum - e->hottest) / others : 0;
	queue->full_polls = 0;
}

static void measure_queues(struct world *w)
{
	static bool seen[WORLD_ENGINES];
	u32 i;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < w->snap.nr_queues; i++) {
		struct rsse_pol_queue *queue = &w->queue[i];
		const struct rsse_pol_engine *e = world_engine(w, queue->engine);

		queue->busy = 0;
		queue->full_polls = 0;
		if (!e)
			continue;
		measure_queue(e, queue, !seen[e - w->engine]);
		seen[e - w->engine] = true;
	}
}

/* VMs, queues or entries of the engine have changed in the window. */
static bool has_changed(const struct world *w, u32 engine)
{
	u32 i;

	for (i = 0; i < w->snap.nr_written; i++)
		if (!w->written[i].error && w->written[i].engine == engine)
			return true;
	for (i = 0; i < w->snap.nr_outcomes; i++)
		if (!w->outcome[i].error && (w->outcome[i].from_engine == engine ||
					     w->outcome[i].to_engine == engine))
			return true;
	return false;
}

/* What follows for every queue from its load. */
static void measure_averages(struct world *w)
{
	u64 window = w->snap.window_ns / MS, span = RSSE_POL_AVG_NS / MS;
	u32 i;

	for (i = 0; i < w->snap.nr_queues; i++) {
		struct rsse_pol_queue *queue = &w->queue[i];
		bool changed = has_changed(w, queue->engine);
		u64 before = changed ? 0 : w->avg_time[i];

		w->avg[i] = (w->avg[i] * before + queue->busy * 1000ULL * window) /
			    max(before + window, 1ULL);
		w->avg_time[i] = changed ? 0 : min(before + window, span);
		queue->avg = (w->avg[i] + 500) / 1000;
		queue->cpu_busy = queue->busy + w->others[i];
	}
}

/* What the layout leaves for dedicated engines, wherever it is lent. */
static u32 free_queues(const struct world *w)
{
	u32 i, used = 0;

	for (i = 0; i < w->snap.nr_engines; i++)
		used += w->engine[i].home;
	return w->snap.nr_queues - (used < w->snap.nr_queues ? used : w->snap.nr_queues);
}

void world_sample(struct world *w, u32 period_ms)
{
	u32 i;

	w->snap.seq++;
	w->snap.now_ns += period_ms * MS;
	w->snap.window_ns = period_ms * MS;
	w->snap.free_queues = free_queues(w);
	if (!w->measured)
		measure(w);
	if (!w->told) {
		measure_queues(w);
		measure_averages(w);
	}
	for (i = 0; i < w->snap.nr_vms; i++)
		if (w->looking && !w->blind)
			w->vm[i].confirmed_ns = w->snap.now_ns - MS;
}
