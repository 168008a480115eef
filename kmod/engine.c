// SPDX-License-Identifier: GPL-2.0-only
/* Engines: RSS contexts with their queues. */
#include <linux/slab.h>
#include <linux/sort.h>

#include "core.h"
#include "netlink.h"

void rsse_engine_free(struct rsse_engine *engine)
{
	kfree(engine->queues);
	kfree(engine);
}

struct rsse_engine *rsse_engine_find(struct rsse_pnic *pnic, u32 id)
{
	struct rsse_engine *engine;

	list_for_each_entry(engine, &pnic->engines, list)
		if (engine->id == id)
			return engine;
	return NULL;
}

struct rsse_engine *rsse_engine_coolest(struct rsse_pnic *pnic)
{
	struct rsse_engine *engine, *best = NULL;

	list_for_each_entry(engine, &pnic->engines, list)
		if (engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED &&
		    (!best || READ_ONCE(engine->load) < READ_ONCE(best->load)))
			best = engine;
	return best;
}

static bool queue_is_free(const struct rsse_queue *queue)
{
	return !queue->foreign && !queue->engine &&
	       queue->index < READ_ONCE(queue->pnic->dev->real_num_rx_queues);
}

unsigned int rsse_engine_free_queues(const struct rsse_pnic *pnic)
{
	unsigned int i, nr = 0;

	for (i = 0; i < pnic->nr_queues; i++)
		nr += queue_is_free(pnic->queues[i]);
	return nr;
}

static struct rsse_engine *engine_alloc(struct rsse_pnic *pnic, u32 kind,
					const u32 *queues, unsigned int nr)
{
	struct rsse_engine *engine = kzalloc(sizeof(*engine), GFP_KERNEL);

	if (!engine)
		return NULL;
	engine->queues = kmemdup_array(queues, nr, sizeof(*queues), GFP_KERNEL);
	if (!engine->queues) {
		kfree(engine);
		return NULL;
	}
	engine->pnic = pnic;
	engine->kind = kind;
	engine->nr_queues = nr;
	engine->hottest_queue = RSSE_ENGINE_NEW;
	engine->id = kind == RSS_ENGINE_ENGINE_KIND_DEFAULT ?
		     0 : pnic->next_engine_id;
	kobject_init(&engine->kobj, &rsse_engine_ktype);
	return engine;
}

static int context_make(struct rsse_engine *engine,
			struct netlink_ext_ack *extack)
{
	struct rsse_steer *steer = engine->pnic->steer;

	if (engine->kind == RSS_ENGINE_ENGINE_KIND_DEFAULT) {
		engine->context = 0;
		if (!steer)
			return 0;
		return rsse_steer_set_default(steer, engine->queues,
					      engine->nr_queues, extack);
	}
	if (!steer) {
		engine->context = RSSE_CONTEXT_NONE;
		return 0;
	}
	return rsse_steer_context_create(steer, engine->queues,
					 engine->nr_queues, &engine->context,
					 extack);
}

/* The default engine's table is put back by rsse_steer_detach(). */
static void context_unmake(struct rsse_engine *engine)
{
	unsigned int i;
	int err;

	if (!engine->context || engine->context == RSSE_CONTEXT_NONE)
		return;
	err = rsse_steer_context_remove(engine->pnic->steer, engine->context);
	if (!err)
		return;
	rsse_err(engine->pnic, "RSS context %u could not be removed: %pe\n",
		 engine->context, ERR_PTR(err));
	/* Nobody else is to be put on queues that it may still feed. */
	for (i = 0; i < engine->nr_queues; i++)
		engine->pnic->queues[engine->queues[i]]->foreign = true;
}

/*
 * An engine that exists in the books only, on a PNIC that is observed, has no
 * queue yet: context 0 spreads over all of them.
 */
static void queues_set_engine(struct rsse_engine *engine,
			      struct rsse_engine *to)
{
	unsigned int i;

	if (engine->context == RSSE_CONTEXT_NONE)
		return;
	for (i = 0; i < engine->nr_queues; i++) {
		struct rsse_queue *queue = engine->pnic->queues[engine->queues[i]];

		queue->engine = to;
		WRITE_ONCE(queue->engine_id, to ? to->id : RSSE_ENGINE_NEW);
	}
}

/* Engines are listed by id; ids grow, so the end is the place. */
static void engine_publish(struct rsse_engine *engine)
{
	struct rsse_pnic *pnic = engine->pnic;

	mutex_lock(&rsse_lock);
	if (engine->kind == RSS_ENGINE_ENGINE_KIND_DEFAULT)
		pnic->default_engine = engine;
	else
		pnic->next_engine_id++;
	list_add_tail(&engine->list, &pnic->engines);
	queues_set_engine(engine, engine);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

struct rsse_engine *rsse_engine_create(struct rsse_pnic *pnic, u32 kind,
				       const u32 *queues, unsigned int nr,
				       struct netlink_ext_ack *extack)
{
	struct rsse_engine *engine;
	int err;

	ASSERT_RTNL();
	engine = engine_alloc(pnic, kind, queues, nr);
	if (!engine)
		return ERR_PTR(-ENOMEM);

	err = context_make(engine, extack);
	if (err)
		goto put_engine;
	err = rsse_sysfs_engine_add(engine);
	if (err)
		goto unmake_context;

	engine_publish(engine);
	return engine;

unmake_context:
	context_unmake(engine);
put_engine:
	kobject_put(&engine->kobj);
	return ERR_PTR(err);
}

/*
 * Free queues, those first whose CPU no other queue is polled on: two engines
 * on one CPU isolate nothing.
 */
static bool cpu_is_taken(const struct rsse_pnic *pnic, int cpu)
{
	unsigned int i;

	for (i = 0; cpu >= 0 && i < pnic->nr_queues; i++)
		if (pnic->queues[i]->engine &&
		    READ_ONCE(pnic->queues[i]->cpu) == cpu)
			return true;
	return false;
}

static unsigned int pick_free(const struct rsse_pnic *pnic, u32 *queues,
			      unsigned int nr, unsigned int want,
			      bool taken_cpu)
{
	unsigned int i;

	for (i = 0; i < pnic->nr_queues && nr < want; i++) {
		const struct rsse_queue *queue = pnic->queues[i];

		if (queue_is_free(queue) &&
		    cpu_is_taken(pnic, READ_ONCE(queue->cpu)) == taken_cpu)
			queues[nr++] = i;
	}
	return nr;
}

static int cmp_u32(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

struct rsse_engine *rsse_engine_create_dedicated(struct rsse_pnic *pnic,
						 struct netlink_ext_ack *extack)
{
	unsigned int want = pnic->layout.dedicated_queues;
	struct rsse_engine *engine;
	unsigned int nr;
	u32 *queues;

	ASSERT_RTNL();
	queues = kcalloc(want, sizeof(*queues), GFP_KERNEL);
	if (!queues)
		return ERR_PTR(-ENOMEM);

	nr = pick_free(pnic, queues, 0, want, false);
	nr = pick_free(pnic, queues, nr, want, true);
	if (nr < want) {
		NL_SET_ERR_MSG_FMT(extack,
				   "a dedicated engine takes %u queues, %u are free",
				   want, nr);
		engine = ERR_PTR(-ENOSPC);
		goto free_queues;
	}
	sort(queues, nr, sizeof(*queues), cmp_u32, NULL);
	engine = rsse_engine_create(pnic, RSS_ENGINE_ENGINE_KIND_DEDICATED,
				    queues, nr, extack);
free_queues:
	kfree(queues);
	return engine;
}

void rsse_engine_destroy(struct rsse_engine *engine, bool going)
{
	struct rsse_pnic *pnic = engine->pnic;

	ASSERT_RTNL();
	WARN_ON_ONCE(engine->nr_placements);
	if (!going)
		context_unmake(engine);

	mutex_lock(&rsse_lock);
	list_del(&engine->list);
	queues_set_engine(engine, NULL);
	if (pnic->default_engine == engine)
		pnic->default_engine = NULL;
	rsse_generation++;
	mutex_unlock(&rsse_lock);

	kobject_del(&engine->kobj);
	kobject_put(&engine->kobj);
}
