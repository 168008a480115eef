// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which engine has which queue, and how queues change hands: a transaction over the
 * tables of all engines that lose or gain some. Those that lose are written first,
 * so that no queue is in the tables of two; when a write fails, those before it are
 * written back.
 */
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"
#include "trace.h"

/**
 * struct written - one table that was written, on a list of its own
 * @list: in the order of the writes
 * @engine: whose table
 * @old: as it was
 * @new: as it is
 */
struct written {
	struct list_head list;
	struct rsse_engine *engine;
	struct rsse_table old;
	struct rsse_table new;
};

/**
 * struct handover - queues that change hands
 * @pnic: where
 * @to: of each queue, see rsse_queues_give()
 * @count: scratch for rsse_table_resize()
 * @written: struct written.list
 * @at: engine whose table is written; after a failure, whose could not be
 * @extack: says what the NIC refused
 */
struct handover {
	struct rsse_pnic *pnic;
	struct rsse_engine **to;
	u32 *count;
	struct list_head written;
	struct rsse_engine *at;
	struct netlink_ext_ack *extack;
};

struct rsse_engine **rsse_queues_owners(const struct rsse_pnic *pnic)
{
	struct rsse_engine **to = kvcalloc(max(pnic->nr_queues, 1U), sizeof(*to),
					   GFP_KERNEL);
	unsigned int i;

	for (i = 0; to && i < pnic->nr_queues; i++)
		to[i] = pnic->queues[i]->engine;
	return to;
}

static void mark(struct handover *ho)
{
	struct rsse_engine *engine;
	unsigned int i;

	list_for_each_entry(engine, &ho->pnic->engines, list) {
		engine->losing = false;
		engine->gaining = false;
	}
	for (i = 0; i < ho->pnic->nr_queues; i++) {
		struct rsse_engine *from = ho->pnic->queues[i]->engine;

		if (from == ho->to[i])
			continue;
		if (from)
			from->losing = true;
		if (ho->to[i])
			ho->to[i]->gaining = true;
		ho->at = from ?: ho->to[i];
	}
}

/* Its queues afterwards; @kept: only those that it has before as well. */
static unsigned int queues_after(const struct handover *ho,
				 const struct rsse_engine *engine, bool kept,
				 u32 *queues)
{
	unsigned int i, nr = 0;

	for (i = 0; i < ho->pnic->nr_queues; i++)
		if (ho->to[i] == engine &&
		    (!kept || ho->pnic->queues[i]->engine == engine))
			queues[nr++] = i;
	return nr;
}

/* Tables */

static void written_free(struct written *written)
{
	rsse_steer_table_free(&written->old);
	rsse_steer_table_free(&written->new);
	kfree(written);
}

static int copy_table(const struct rsse_table *from, struct rsse_table *to)
{
	to->queues = kvmalloc_array(from->size, sizeof(*to->queues), GFP_KERNEL);
	if (!to->queues)
		return -ENOMEM;
	to->size = from->size;
	memcpy(to->queues, from->queues, array_size(from->size, sizeof(*to->queues)));
	return 0;
}

/* The table of an engine that was asleep leads to queues that others have by now. */
static void fill_table(const struct handover *ho, struct written *written,
		       const u32 *queues, unsigned int nr)
{
	struct rsse_table *table = &written->new;
	u32 i;

	if (written->engine->nr_queues) {
		rsse_table_resize(table->queues, table->size, queues, nr, ho->count);
		return;
	}
	for (i = 0; i < table->size; i++)
		table->queues[i] = queues[i % nr];
}

static int read_tables(struct handover *ho, struct written *written, bool ours)
{
	struct rsse_engine *engine = written->engine;
	int err;

	err = rsse_steer_table_read(ho->pnic->steer, engine->context, &written->old,
				    ho->extack);
	if (err)
		return err;
	if (!ours && !rsse_table_is_ours(engine, &written->old)) {
		NL_SET_ERR_MSG_FMT(ho->extack,
				   "somebody else changed the indirection table of engine %u",
				   engine->id);
		return -EBUSY;
	}
	return copy_table(&written->old, &written->new);
}

/* @again: the engine's table was written by this handover already. */
static int write_table(struct handover *ho, struct rsse_engine *engine,
		       const u32 *queues, unsigned int nr, bool again)
{
	struct written *written = kzalloc(sizeof(*written), GFP_KERNEL);
	int err;

	if (!written)
		return -ENOMEM;
	written->engine = engine;
	err = read_tables(ho, written, again || !engine->nr_queues);
	if (err)
		goto free;
	fill_table(ho, written, queues, nr);
	err = rsse_steer_table_write(ho->pnic->steer, engine->context, &written->new,
				     ho->extack);
	if (err)
		goto free;
	list_add_tail(&written->list, &ho->written);
	return 0;

free:
	written_free(written);
	return err;
}

static void undo(struct handover *ho)
{
	struct written *written;
	int err;

	list_for_each_entry_reverse(written, &ho->written, list) {
		err = rsse_steer_table_write(ho->pnic->steer, written->engine->context,
					     &written->old, NULL);
		if (err)
			rsse_err(ho->pnic, "the table of engine %u could not be put back: %pe\n",
				 written->engine->id, ERR_PTR(err));
	}
}

/* A rule that the NIC would not delete may still lead to it. */
static bool must_keep(const struct rsse_pnic *pnic, const struct rsse_engine *engine)
{
	return engine->nr_placements || engine->leaked ||
	       engine == pnic->default_engine;
}

/* An engine that keeps no queue has no VM and no rule: its table may stay. */
static int write_losers(struct handover *ho, u32 *queues)
{
	struct rsse_engine *engine;
	unsigned int nr;
	int err;

	list_for_each_entry(engine, &ho->pnic->engines, list) {
		if (!engine->losing)
			continue;
		ho->at = engine;
		nr = queues_after(ho, engine, true, queues);
		if (!nr && must_keep(ho->pnic, engine)) {
			NL_SET_ERR_MSG_FMT(ho->extack, "engine %u needs a queue at least",
					   engine->id);
			return -EINVAL;
		}
		err = nr ? write_table(ho, engine, queues, nr, false) : 0;
		if (err)
			return err;
	}
	return 0;
}

static int write_gainers(struct handover *ho, u32 *queues)
{
	struct rsse_engine *engine;
	unsigned int nr;
	int err;

	list_for_each_entry(engine, &ho->pnic->engines, list) {
		if (!engine->gaining)
			continue;
		ho->at = engine;
		nr = queues_after(ho, engine, false, queues);
		err = write_table(ho, engine, queues, nr, engine->losing);
		if (err)
			return err;
	}
	return 0;
}

static int write_tables(struct handover *ho)
{
	u32 *queues = kvcalloc(ho->pnic->nr_queues, sizeof(*queues), GFP_KERNEL);
	int err = -ENOMEM;

	ho->count = kvcalloc(ho->pnic->nr_queues, sizeof(*ho->count), GFP_KERNEL);
	if (queues && ho->count)
		err = write_losers(ho, queues) ?: write_gainers(ho, queues);
	if (err)
		undo(ho);
	kvfree(ho->count);
	kvfree(queues);
	return err;
}

/* Books */

static void post(const struct rsse_engine *engine, const struct rsse_why *why, int error)
{
	const struct rsse_event event = {
		.kind = error ? RSS_ENGINE_EVENT_KIND_FAILED :
				RSS_ENGINE_EVENT_KIND_RESIZED,
		.pnic = engine->pnic,
		.has_engine = true,
		.engine = engine->id,
		.has_queues = true,
		.queues = engine->nr_queues,
		.reason = error ? RSS_ENGINE_REASON_FAILED : why->reason,
		.value = why->value,
		.threshold = why->threshold,
		.error = -error,
		.crossed_sample = why->crossed,
		.decided_sample = why->decided,
		.done_sample = READ_ONCE(engine->pnic->sample),
	};

	trace_rsse_resize(&event);
	rsse_event_post(&event);
}

void rsse_queues_post(const struct rsse_engine *engine, const struct rsse_why *why)
{
	post(engine, why, 0);
}

/*
 * When there is no room the policy sees by itself what has changed; but not that no shared
 * engine could be made, and so the last place is for that.
 */
void rsse_written_add(struct rsse_pnic *pnic, const struct rsse_pol_written *written)
{
	bool changed = written->engine != RSSE_ENGINE_SPARE;

	if (pnic->nr_written + changed < RSSE_WRITTEN_MAX)
		pnic->written[pnic->nr_written++] = *written;
}

/* Under rsse_lock. */
static void note_written(struct rsse_engine *engine, bool resized, bool gained, int error)
{
	const struct rsse_pol_written written = {
		.engine = engine->id,
		.resized = resized,
		.gained = gained,
		.error = -error,
		.time_ns = ktime_get_ns(),
	};

	engine->changed |= !error;
	rsse_written_add(engine->pnic, &written);
}

void rsse_written_note(struct rsse_engine *engine, int error)
{
	mutex_lock(&rsse_lock);
	note_written(engine, false, false, error);
	mutex_unlock(&rsse_lock);
}

/* To the policy, of those that change; under rsse_lock, before they do. */
static void note_handover(const struct handover *ho, int error)
{
	struct rsse_engine *engine;

	list_for_each_entry(engine, &ho->pnic->engines, list) {
		if (!engine->gaining && !engine->losing)
			continue;
		/* One that was asleep had no load that could mislead. */
		note_written(engine, true, engine->gaining && engine->nr_queues, error);
	}
}

/* One failure to everybody, who are told by the move where it is part of one. */
static void fail(const struct handover *ho, const struct rsse_why *why, int error)
{
	mutex_lock(&rsse_lock);
	note_handover(ho, error);
	mutex_unlock(&rsse_lock);
	if (ho->at && !why->of_move)
		post(ho->at, why, error);
}

static void resize(const struct handover *ho, struct rsse_engine *engine)
{
	engine->nr_queues = queues_after(ho, engine, false, engine->queues);
	WRITE_ONCE(engine->resizes, engine->resizes + 1);
}

/* What was counted of an engine that changes is of its table before. */
static void drop_entries(struct rsse_pnic *pnic)
{
	u32 id = READ_ONCE(pnic->count_engine);
	const struct rsse_engine *engine = id == RSSE_ENGINE_NEW ? NULL :
					   rsse_engine_find(pnic, id);

	if (!engine || engine->gaining || engine->losing)
		rsse_entries_drop(pnic);
}

/*
 * No sample comes between the note and the new owners: it would begin the averages
 * anew while the queues are still those of before.
 */
static void commit(const struct handover *ho, const struct rsse_why *why)
{
	struct rsse_pnic *pnic = ho->pnic;
	struct rsse_engine *engine;
	struct written *written;
	unsigned int i;

	list_for_each_entry(written, &ho->written, list)
		rsse_table_left(written->engine, &written->new);
	drop_entries(pnic);
	mutex_lock(&rsse_lock);
	note_handover(ho, 0);
	list_for_each_entry(engine, &pnic->engines, list)
		if (engine->gaining || engine->losing)
			resize(ho, engine);
	for (i = 0; i < pnic->nr_queues; i++) {
		pnic->queues[i]->engine = ho->to[i];
		WRITE_ONCE(pnic->queues[i]->engine_id,
			   ho->to[i] ? ho->to[i]->id : RSSE_ENGINE_NEW);
	}
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	list_for_each_entry(engine, &pnic->engines, list)
		if (engine->gaining || engine->losing)
			rsse_queues_post(engine, why);
}

int rsse_queues_give(struct rsse_pnic *pnic, struct rsse_engine **to,
		     const struct rsse_why *why, struct netlink_ext_ack *extack)
{
	struct handover ho = {
		.pnic = pnic,
		.to = to,
		.extack = extack,
	};
	struct written *written, *next;
	int err;

	ASSERT_RTNL();
	INIT_LIST_HEAD(&ho.written);
	mark(&ho);
	err = write_tables(&ho);
	if (err)
		fail(&ho, why, err);
	else
		commit(&ho, why);
	list_for_each_entry_safe(written, next, &ho.written, list)
		written_free(written);
	return err;
}

/* Plans */

/* The queue is where the plan found it, and may go where the plan has it. */
static bool is_current(struct rsse_pnic *pnic, const struct rsse_pol_shift *shift,
		       struct rsse_engine **to)
{
	const struct rsse_queue *queue;

	*to = NULL;
	if (shift->queue >= pnic->nr_queues)
		return false;
	queue = pnic->queues[shift->queue];
	if (queue->foreign || queue->engine_id != shift->from)
		return false;
	if (shift->to == RSSE_ENGINE_NEW)
		return true;
	*to = rsse_engine_find(pnic, shift->to);
	return *to && (*to)->context != RSSE_CONTEXT_NONE;
}

/* An engine with VMs, or the default one, would have no queue left. */
static bool strands(struct rsse_pnic *pnic, struct rsse_engine **to, u32 from)
{
	const struct rsse_engine *engine = from == RSSE_ENGINE_NEW ? NULL :
					   rsse_engine_find(pnic, from);
	unsigned int i;

	if (!engine || !must_keep(pnic, engine))
		return false;
	for (i = 0; i < pnic->nr_queues; i++)
		if (to[i] == engine)
			return false;
	return true;
}

static bool is_alike(const struct rsse_pol_shift *a, const struct rsse_pol_shift *b)
{
	return a->from == b->from && a->to == b->to && a->reason == b->reason;
}

/*
 * Those that are like the one at @begin are one handover; @done: bitmap of those that
 * were dealt with. What would strand a VM that the plan did not know of is not done.
 */
static void shift_alike(struct rsse_pnic *pnic, const struct rsse_pol_shift *shifts,
			unsigned int begin, unsigned int nr, unsigned long *done,
			u64 decided)
{
	const struct rsse_pol_shift *first = &shifts[begin];
	const struct rsse_why why = {
		.reason = first->reason,
		.value = first->value,
		.threshold = first->threshold,
		.crossed = first->crossed_seq,
		.decided = decided,
	};
	struct rsse_engine **to = rsse_queues_owners(pnic), *engine;
	bool changed = false;
	unsigned int i;

	for (i = begin; to && i < nr; i++) {
		if (!is_alike(&shifts[i], first))
			continue;
		__set_bit(i, done);
		if (!is_current(pnic, &shifts[i], &engine))
			continue;
		to[shifts[i].queue] = engine;
		changed = true;
	}
	if (changed && !strands(pnic, to, first->from))
		rsse_queues_give(pnic, to, &why, NULL);
	kvfree(to);
}

void rsse_queues_shift(struct rsse_pnic *pnic, const struct rsse_pol_shift *shifts,
		       unsigned int nr, u64 decided)
{
	DECLARE_BITMAP(done, RSSE_POL_SHIFTS_MAX) = {};
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; pnic->steer && i < nr; i++)
		if (!test_bit(i, done))
			shift_alike(pnic, shifts, i, nr, done, decided);
}
