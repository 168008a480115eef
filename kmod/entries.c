// SPDX-License-Identifier: GPL-2.0-only
/*
 * The indirection entries of one engine, while the policy wants them counted.
 *
 * The sampler says which engine; the mover reads its table, for that takes RTNL;
 * looks count packets by entry, and the sampler adds them up. Tables and counts
 * exist for that one engine of a PNIC and for that long only: 12 bytes an entry,
 * and twice 8 while a look runs.
 */
#include <linux/slab.h>

#include "core.h"
#include "meter.h"
#include "meter_hash.h"

/*
 * A queue that is hot again within a look's interval goes on with what was
 * counted. Shorter than the shortest back-off: what was found to be impossible
 * is counted anew.
 */
#define KEEP_NS			((u64)RSSE_LOOK_INTERVAL_MS * NSEC_PER_MSEC)

/*
 * Strangers from which on the hashes are not believed: so many, and more than one
 * packet in STRANGERS_PART. A few come from a table that was just rewritten, and
 * from packets without a hash.
 */
#define STRANGERS_MIN		16
#define STRANGERS_PART		16

/**
 * struct rsse_entries - the entries of an engine, and what was counted of them
 * @serial: never the same for two of them
 * @wanted_ns: when the policy last wanted them; sampler only
 * @packets: packets counted; sampler only
 * @strangers: packets on queues that their hash does not lead to; sampler only
 * @counted: as the policy wants it
 * @queues: rx queue of each entry
 * @entries: the table with its counts, for @counted
 */
struct rsse_entries {
	u32 serial;
	u64 wanted_ns;
	u32 packets;
	u32 strangers;
	struct rsse_pol_entries counted;
	u32 *queues;
	struct rsse_pol_entry *entries;
};

static void entries_free(struct rsse_entries *entries)
{
	if (!entries)
		return;
	kvfree(entries->queues);
	kvfree(entries->entries);
	kfree(entries);
}

/* Making them: the mover, under RTNL */

static bool has_queue(const struct rsse_engine *engine, u32 queue)
{
	return queue < engine->pnic->nr_queues &&
	       engine->pnic->queues[queue]->engine == engine;
}

static int fill_in(struct rsse_entries *entries,
		   const struct rsse_engine *engine,
		   const struct rsse_table *table)
{
	u32 i;

	entries->queues = kvcalloc(table->size, sizeof(*entries->queues),
				   GFP_KERNEL);
	entries->entries = kvcalloc(table->size, sizeof(*entries->entries),
				    GFP_KERNEL);
	if (!entries->queues || !entries->entries)
		return -ENOMEM;
	for (i = 0; i < table->size; i++) {
		if (!has_queue(engine, table->queues[i]))
			return -ENXIO;
		entries->queues[i] = table->queues[i];
	}
	entries->counted.nr_entries = table->size;
	entries->counted.entries = entries->entries;
	return 0;
}

/* The table as it is; a problem where it is not to be touched. */
static int entries_read(struct rsse_entries *entries,
			struct rsse_engine *engine)
{
	struct rsse_table table;
	int err;

	if (rsse_steer_table_read(engine->pnic->steer, engine->context,
				  &table, NULL)) {
		entries->counted.problem = RSS_ENGINE_REASON_FAILED;
		return 0;
	}
	if (rsse_table_is_ours(engine, &table)) {
		err = fill_in(entries, engine, &table);
	} else {
		entries->counted.problem = RSS_ENGINE_REASON_FOREIGN_TABLE;
		err = 0;
	}
	rsse_steer_table_free(&table);
	return err;
}

static struct rsse_entries *entries_make(struct rsse_engine *engine)
{
	static u32 serial; /* under RTNL */
	struct rsse_entries *entries = kzalloc(sizeof(*entries), GFP_KERNEL);
	u64 now = ktime_get_ns();

	if (!entries)
		return NULL;
	entries->serial = ++serial;
	entries->wanted_ns = now;
	entries->counted.engine = engine->id;
	entries->counted.begun_ns = now;
	if (!entries_read(entries, engine))
		return entries;
	entries_free(entries);
	return NULL;
}

static void entries_replace(struct rsse_pnic *pnic, struct rsse_entries *new)
{
	struct rsse_entries *old;

	mutex_lock(&rsse_lock);
	old = pnic->entries;
	pnic->entries = new;
	mutex_unlock(&rsse_lock);
	entries_free(old);
}

void rsse_entries_drop(struct rsse_pnic *pnic)
{
	ASSERT_RTNL();
	mutex_lock(&rsse_lock);
	pnic->count_engine = RSSE_ENGINE_NEW;
	mutex_unlock(&rsse_lock);
	entries_replace(pnic, NULL);
}

void rsse_entries_serve(struct rsse_pnic *pnic)
{
	u32 wanted = READ_ONCE(pnic->count_engine);
	struct rsse_engine *engine = NULL;

	ASSERT_RTNL();
	if (wanted == (pnic->entries ? pnic->entries->counted.engine :
				       RSSE_ENGINE_NEW))
		return;
	if (pnic->steer && wanted != RSSE_ENGINE_NEW)
		engine = rsse_engine_find(pnic, wanted);
	entries_replace(pnic, engine && engine->nr_queues ? entries_make(engine) : NULL);
}

/* Counting: the sampler, under rsse_lock */

bool rsse_entries_want(struct rsse_pnic *pnic, u32 engine, u64 now)
{
	struct rsse_entries *entries = pnic->entries;
	bool is_new = pnic->count_engine != engine;

	if (entries && entries->counted.engine == engine)
		entries->wanted_ns = now;
	else if (entries && engine == RSSE_ENGINE_NEW &&
		 now - min(entries->wanted_ns, now) < KEEP_NS)
		return false;
	if (is_new) {
		WRITE_ONCE(pnic->count_engine, engine);
		rsse_mover_wake();
	} else if (engine != RSSE_ENGINE_NEW && !entries) {
		rsse_mover_wake();
	}
	return is_new && engine != RSSE_ENGINE_NEW;
}

struct rsse_look_entries *rsse_entries_for_look(const struct rsse_pnic *pnic)
{
	const struct rsse_entries *entries = pnic->entries;
	struct rsse_look_entries *look;
	u32 i;

	if (!entries || !entries->counted.nr_entries ||
	    entries->wanted_ns != pnic->sampled_ns)
		return NULL;
	look = kvzalloc(rsse_hash_size(entries->counted.nr_entries),
			GFP_KERNEL);
	if (!look)
		return NULL;
	look->serial = entries->serial;
	look->nr = entries->counted.nr_entries;
	for (i = 0; i < look->nr; i++) {
		__set_bit(entries->queues[i], look->queues);
		look->slots[i].queue = entries->queues[i];
	}
	return look;
}

static void count_look(struct rsse_pnic *pnic, u32 id)
{
	struct rsse_engine *engine = rsse_engine_find(pnic, id);

	if (engine)
		WRITE_ONCE(engine->looks, engine->looks + 1);
}

void rsse_entries_add(struct rsse_pnic *pnic,
		      const struct rsse_look_entries *look)
{
	struct rsse_entries *entries = pnic->entries;
	u32 i;

	if (!look || !entries || entries->serial != look->serial)
		return;
	for (i = 0; i < look->nr; i++) {
		u32 packets = atomic_read(&look->slots[i].packets);

		entries->entries[i].packets += packets;
		entries->packets += packets;
	}
	entries->strangers += atomic_read(&look->strangers);
	if (entries->strangers >= STRANGERS_MIN &&
	    entries->strangers > entries->packets / STRANGERS_PART)
		entries->counted.problem = RSS_ENGINE_REASON_NO_HASH;
	count_look(pnic, entries->counted.engine);
}

const struct rsse_pol_entries *rsse_entries_snapshot(struct rsse_pnic *pnic,
						     const u32 *place)
{
	struct rsse_entries *entries = pnic->entries;
	u32 i;

	if (!entries)
		return NULL;
	for (i = 0; i < entries->counted.nr_entries; i++) {
		entries->entries[i].queue = place[entries->queues[i]];
		/* Nobody's queue any more: what was counted is of a table before. */
		if (entries->entries[i].queue == RSSE_PLACE_NONE)
			return NULL;
	}
	return &entries->counted;
}
