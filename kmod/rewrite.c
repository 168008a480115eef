// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rewriting indirection entries inside an engine. The table is written whole, in
 * one operation of the driver; when that fails it is what it was.
 */
#include "core.h"
#include "netlink.h"
#include "trace.h"

/* FNV-1a, a queue at a time: userspace has to come to the same. */
static u32 sum_of(const struct rsse_table *table)
{
	u32 i, sum = 2166136261U;

	for (i = 0; i < table->size; i++)
		sum = (sum ^ table->queues[i]) * 16777619U;
	return sum;
}

bool rsse_table_is_ours(struct rsse_engine *engine,
			const struct rsse_table *table)
{
	const struct rsse_event event = {
		.kind = RSS_ENGINE_EVENT_KIND_TABLE_CHANGED,
		.pnic = engine->pnic,
		.has_engine = true,
		.engine = engine->id,
	};
	bool ours = sum_of(table) == engine->table_sum;

	ASSERT_RTNL();
	if (!ours && !engine->table_foreign)
		rsse_event_post(&event);
	engine->table_foreign = !ours;
	return ours;
}

static void report(struct rsse_engine *engine,
		   const struct rsse_pol_rewrite *rewrite, u64 decided, int err)
{
	const struct rsse_event event = {
		.kind = err ? RSS_ENGINE_EVENT_KIND_FAILED :
			      RSS_ENGINE_EVENT_KIND_REWRITTEN,
		.pnic = engine->pnic,
		.has_engine = true,
		.engine = engine->id,
		.has_rewrite = true,
		.queue = rewrite->changes[0].from,
		.entries = rewrite->nr,
		.reason = err ? RSS_ENGINE_REASON_FAILED : rewrite->reason,
		.value = rewrite->value,
		.threshold = rewrite->threshold,
		.gain = rewrite->gain,
		.error = -err,
		.crossed_sample = rewrite->crossed_seq,
		.decided_sample = decided,
		.done_sample = READ_ONCE(engine->pnic->sample),
	};

	trace_rsse_rewrite(&event);
	rsse_event_post(&event);
}

static bool has_queue(const struct rsse_engine *engine, u32 queue)
{
	return queue < engine->pnic->nr_queues &&
	       engine->pnic->queues[queue]->engine == engine;
}

/* False when the table or the engine is not what the plan was made for. */
static bool apply_changes(const struct rsse_engine *engine,
			  struct rsse_table *table,
			  const struct rsse_pol_rewrite *rewrite)
{
	u32 i;

	for (i = 0; i < rewrite->nr; i++) {
		const struct rsse_pol_change *change = &rewrite->changes[i];

		if (change->entry >= table->size ||
		    table->queues[change->entry] != change->from ||
		    !has_queue(engine, change->to))
			return false;
		table->queues[change->entry] = change->to;
	}
	return true;
}

void rsse_table_left(struct rsse_engine *engine, const struct rsse_table *table)
{
	ASSERT_RTNL();
	WRITE_ONCE(engine->table_sum, sum_of(table));
	engine->table_foreign = false;
}

static void commit(struct rsse_engine *engine, const struct rsse_table *table)
{
	rsse_table_left(engine, table);
	mutex_lock(&rsse_lock);
	WRITE_ONCE(engine->rewrites, engine->rewrites + 1);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	/* What was counted is of the table before. */
	rsse_entries_drop(engine->pnic);
}

static void write(struct rsse_engine *engine, struct rsse_table *table,
		  const struct rsse_pol_rewrite *rewrite, u64 decided)
{
	int err;

	if (!rsse_table_is_ours(engine, table) ||
	    !apply_changes(engine, table, rewrite)) {
		/* What was counted is of a table that is gone. */
		rsse_entries_drop(engine->pnic);
		return;
	}
	err = rsse_steer_table_write(engine->pnic->steer, engine->context,
				     table, NULL);
	if (!err)
		commit(engine, table);
	rsse_written_note(engine, err);
	report(engine, rewrite, decided, err);
}

void rsse_rewrite(struct rsse_pnic *pnic,
		  const struct rsse_pol_rewrite *rewrite, u64 decided)
{
	struct rsse_engine *engine = rsse_engine_find(pnic, rewrite->engine);
	struct rsse_table table;
	int err;

	ASSERT_RTNL();
	/* One that fell asleep meanwhile has no table to speak of. */
	if (!pnic->steer || !engine || !engine->nr_queues)
		return;
	err = rsse_steer_table_read(pnic->steer, engine->context, &table, NULL);
	if (err) {
		rsse_written_note(engine, err);
		report(engine, rewrite, decided, err);
		return;
	}
	write(engine, &table, rewrite, decided);
	rsse_steer_table_free(&table);
}
