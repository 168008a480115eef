/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world with the indirection tables of its engines: entries have loads, and
 * follow the rewrites of the plans. Nothing is counted that was not asked for.
 */
#ifndef UNIT_TABLE_H
#define UNIT_TABLE_H

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define TABLE_QUEUES	8
#define TABLE_SIZE	128
#define TABLE_ENGINES	4

/**
 * struct table - an engine's table
 * @nr_queues: its queues; queue q of engine e is rx queue @nr_queues * e + q
 * @size: its entries
 * @load: of each entry, permille
 * @at: queue of each entry
 * @cpu: of each queue
 * @share: permille of a CPU that a queue gets at most
 */
struct table {
	u32 nr_queues;
	u32 size;
	u32 load[TABLE_SIZE];
	u32 at[TABLE_SIZE];
	s32 cpu[TABLE_QUEUES];
	u32 share;
};

/**
 * struct tables - a world whose engines have tables
 * @w: the world
 * @table: of each engine
 * @per_load: packets that one permille shows as in the counts of one sample
 * @averages: the average loads are those of the sample, else 0: none to even out
 * @thin: queue of which few packets are counted, a sixteenth; RSSE_ENGINE_NEW: none
 * @problem: the kernel cannot count
 * @fail: errno with which rewrites fail
 * @rewrites: rewrites so far
 * @entries: entries rewritten so far
 */
struct tables {
	struct world *w;
	struct table table[TABLE_ENGINES];
	u32 per_load;
	bool averages;
	u32 thin;
	u32 problem;
	int fail;
	u32 rewrites;
	u32 entries;

	u32 nr_tables;
	u32 counted;
	struct rsse_pol_entry entry[TABLE_SIZE];
	struct rsse_pol_entries count;
};

static inline struct tables *tables_new(u32 shared_engines, u32 nr_queues, u32 size)
{
	struct tables *t = calloc(1, sizeof(*t));
	u32 e, i;

	if (!t)
		abort();
	t->w = world_new(nr_queues, shared_engines, nr_queues, 0);
	t->w->measured = true;
	t->w->told = true;
	t->w->config.hold_up_ms = 0;
	t->w->snap.can_rewrite = true;
	t->per_load = 1;
	t->thin = RSSE_ENGINE_NEW;
	t->nr_tables = shared_engines + 1;
	t->counted = RSSE_ENGINE_NEW;
	for (e = 0; e <= shared_engines; e++) {
		struct table *table = &t->table[e];

		table->nr_queues = nr_queues;
		table->size = size;
		table->share = 1000;
		for (i = 0; i < size; i++)
			table->at[i] = i % nr_queues;
		for (i = 0; i < nr_queues; i++)
			table->cpu[i] = i;
	}
	return t;
}

static inline void tables_free(struct tables *t)
{
	world_free(t->w);
	free(t);
}

static inline u32 table_queue(const struct table *table, u32 queue)
{
	u32 i, sum = 0;

	for (i = 0; i < table->size; i++)
		if (table->at[i] == queue)
			sum += table->load[i];
	return sum;
}

static inline u32 table_hottest(const struct table *table)
{
	u32 i, hottest = 0;

	for (i = 0; i < table->nr_queues; i++)
		if (table_queue(table, i) > hottest)
			hottest = table_queue(table, i);
	return hottest;
}

static inline u32 table_total(const struct table *table)
{
	u32 i, sum = 0;

	for (i = 0; i < table->size; i++)
		sum += table->load[i];
	return sum;
}

static inline struct rsse_pol_queue *table_rx(struct tables *t, u32 e, u32 queue)
{
	return &t->w->queue[e * t->table[e].nr_queues + queue];
}

/* A queue that is asked for more than a CPU is saturated. */
static inline void table_measure(struct tables *t, u32 e)
{
	struct rsse_pol_engine *engine = &t->w->engine[e];
	u32 i, sum = 0;

	engine->hottest = 0;
	engine->full_polls = 0;
	for (i = 0; i < t->table[e].nr_queues; i++) {
		struct rsse_pol_queue *rx = table_rx(t, e, i);
		u32 load = table_queue(&t->table[e], i);

		rx->full_polls = load > 1000 ? 1000 : 0;
		rx->busy = load < t->table[e].share ? load : t->table[e].share;
		rx->avg = t->averages ? rx->busy : 0;
		rx->cpu = t->table[e].cpu[i];
		sum += rx->busy;
		engine->full_polls |= rx->full_polls;
		engine->hottest = rx->busy > engine->hottest ? rx->busy : engine->hottest;
	}
	engine->load = sum / t->table[e].nr_queues;
}

static inline void table_count(struct tables *t, u32 e)
{
	const struct table *table = &t->table[e];
	u32 i;

	for (i = 0; i < table->size; i++)
		t->entry[i] = (struct rsse_pol_entry){
			.queue = e * table->nr_queues + table->at[i],
			.packets = table->load[i] * t->per_load /
				   (table->at[i] == t->thin ? 16 : 1),
		};
	if (t->counted != e)
		t->count.begun_ns = t->w->snap.now_ns;
	t->counted = e;
	t->count.engine = e;
	t->count.problem = t->problem;
	t->count.nr_entries = table->size;
	t->count.entries = t->entry;
}

static inline void table_carry_out(struct tables *t)
{
	const struct rsse_pol_rewrite *rewrite = &t->w->plan.rewrite;
	struct table *table = &t->table[rewrite->engine];
	u32 i;

	for (i = 0; i < rewrite->nr && !t->fail; i++)
		table->at[rewrite->changes[i].entry] =
			rewrite->changes[i].to % table->nr_queues;
	t->w->written[t->w->snap.nr_written++] = (struct rsse_pol_written){
		.engine = rewrite->engine,
		.error = t->fail,
		.time_ns = t->w->snap.now_ns + MS,
	};
	t->rewrites += !t->fail;
	t->entries += t->fail ? 0 : rewrite->nr;
}

/* One sample: the counts of the engine that the plan before has asked for. */
static inline void tables_step(struct tables *t)
{
	u32 e, want = t->w->plan.count_engine;

	for (e = 0; e < t->nr_tables; e++)
		table_measure(t, e);
	if (!t->w->state.runs || want == RSSE_ENGINE_NEW)
		t->counted = RSSE_ENGINE_NEW;
	else
		table_count(t, want);
	t->w->snap.entries = t->counted == RSSE_ENGINE_NEW ? NULL : &t->count;
	world_step(t->w, 20);
	if (t->w->plan.rewrite.nr)
		table_carry_out(t);
}

static inline void tables_run(struct tables *t, u32 steps)
{
	while (steps--)
		tables_step(t);
}

#endif
