// SPDX-License-Identifier: GPL-2.0-only
/* Engines: RSS contexts with their queues. */
#include <linux/bitmap.h>
#include <linux/cpumask.h>
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"

void rsse_engine_free(struct rsse_engine *engine)
{
	kvfree(engine->queues);
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

/* One that is asleep is woken only when there is no other. */
static bool is_cooler(const struct rsse_engine *a, const struct rsse_engine *b)
{
	if (!a->nr_queues != !b->nr_queues)
		return a->nr_queues;
	return READ_ONCE(a->load) < READ_ONCE(b->load);
}

struct rsse_engine *rsse_engine_coolest(struct rsse_pnic *pnic)
{
	struct rsse_engine *engine, *best = NULL;

	list_for_each_entry(engine, &pnic->engines, list)
		if (engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED &&
		    (!best || is_cooler(engine, best)))
			best = engine;
	return best;
}

bool rsse_queue_is_usable(const struct rsse_queue *queue)
{
	return !queue->foreign &&
	       queue->index < READ_ONCE(queue->pnic->dev->real_num_rx_queues);
}

static bool may_serve(const struct rsse_queue *queue)
{
	return rsse_queue_is_usable(queue) &&
	       !rsse_pnic_cpu_excluded(queue->pnic, READ_ONCE(queue->cpu));
}

/* One that was made keeps its queues where these do not follow the load. */
static unsigned int kept(const struct rsse_engine *engine)
{
	bool keeps = rsse_engine_is_made(engine) && rsse_config.scale == RSS_ENGINE_SCALE_OFF;

	return keeps ? engine->nr_queues : engine->home;
}

unsigned int rsse_engine_free_queues(const struct rsse_pnic *pnic)
{
	unsigned int i, usable = 0, due = 0;
	const struct rsse_engine *engine;

	for (i = 0; i < pnic->nr_queues; i++)
		usable += may_serve(pnic->queues[i]);
	list_for_each_entry(engine, &pnic->engines, list)
		due += kept(engine);
	return usable - min(usable, due);
}

static struct rsse_engine *engine_alloc(struct rsse_pnic *pnic,
					const struct rsse_engine_spec *spec)
{
	struct rsse_engine *engine = kzalloc(sizeof(*engine), GFP_KERNEL);

	if (!engine)
		return NULL;
	engine->queues = kvcalloc(max(pnic->nr_queues, 1U), sizeof(*engine->queues),
				  GFP_KERNEL);
	if (!engine->queues) {
		kfree(engine);
		return NULL;
	}
	memcpy(engine->queues, spec->queues,
	       array_size(spec->nr, sizeof(*engine->queues)));
	engine->pnic = pnic;
	engine->kind = spec->kind;
	engine->nr_queues = spec->nr;
	engine->home = spec->home;
	engine->hottest_queue = RSSE_ENGINE_NEW;
	engine->id = spec->kind == RSS_ENGINE_ENGINE_KIND_DEFAULT ?
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
static int context_unmake(struct rsse_engine *engine)
{
	unsigned int i;
	int err;

	if (!engine->context || engine->context == RSSE_CONTEXT_NONE)
		return 0;
	err = rsse_steer_context_remove(engine->pnic->steer, engine->context);
	if (!err)
		return 0;
	rsse_err(engine->pnic, "RSS context %u could not be removed: %pe\n",
		 engine->context, ERR_PTR(err));
	/* Nobody else is to be put on queues that it may still feed. */
	for (i = 0; i < engine->nr_queues; i++)
		engine->pnic->queues[engine->queues[i]]->foreign = true;
	return err;
}

static void queues_set_engine(struct rsse_engine *engine,
			      struct rsse_engine *to)
{
	unsigned int i;

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
	if (rsse_engine_is_made(engine))
		pnic->tried_sample = pnic->sample;
	list_add_tail(&engine->list, &pnic->engines);
	queues_set_engine(engine, engine);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

/* As it is now is how it was left: whoever changes it is somebody else. */
static int note_table(struct rsse_engine *engine, struct netlink_ext_ack *extack)
{
	struct rsse_steer *steer = engine->pnic->steer;
	struct rsse_table table;
	int err;

	if (!steer)
		return 0;
	err = rsse_steer_table_read(steer, engine->context, &table, extack);
	if (err)
		return err;
	rsse_table_left(engine, &table);
	rsse_steer_table_free(&table);
	return 0;
}

/* On the NIC and in sysfs, but in no list yet. */
static struct rsse_engine *engine_prepare(struct rsse_pnic *pnic,
					  const struct rsse_engine_spec *spec,
					  struct netlink_ext_ack *extack)
{
	struct rsse_engine *engine;
	int err;

	engine = engine_alloc(pnic, spec);
	if (!engine)
		return ERR_PTR(-ENOMEM);

	err = context_make(engine, extack);
	if (err)
		goto put_engine;
	err = note_table(engine, extack) ?: rsse_sysfs_engine_add(engine);
	if (err)
		goto unmake_context;
	if (spec->asleep)
		engine->nr_queues = 0;
	return engine;

unmake_context:
	context_unmake(engine);
put_engine:
	kobject_put(&engine->kobj);
	return ERR_PTR(err);
}

static void engine_abandon(struct rsse_engine *engine)
{
	context_unmake(engine);
	kobject_del(&engine->kobj);
	kobject_put(&engine->kobj);
}

struct rsse_engine *rsse_engine_create(struct rsse_pnic *pnic,
				       const struct rsse_engine_spec *spec,
				       struct netlink_ext_ack *extack)
{
	struct rsse_engine *engine;

	ASSERT_RTNL();
	engine = engine_prepare(pnic, spec, extack);
	if (!IS_ERR(engine))
		engine_publish(engine);
	return engine;
}

/* How well a queue suits an engine that has none: the sum, the less the better. */
#define SUITS_POOL	1U	/* due to dedicated engines, not to this one */
#define SUITS_OTHER	2U	/* due to another engine */
#define SUITS_SHARED	4U	/* its CPU polls a queue of another engine, too */
#define SUITS_BUSY	8U	/* its CPU does more than cpu_above else */
#define SUITS_FAR	16U	/* its CPU is not of the PNIC's node */
#define SUITS_USED	32U	/* the default engine has it */

/**
 * struct choice - queues for an engine that has none
 * @pnic: where
 * @home: id of the engine, RSSE_ENGINE_NEW for one to be made
 * @cpus: CPUs that poll queues of other engines, but for the default one
 * @to: owners; those chosen have nobody
 * @chosen: bitmap of the queues chosen
 * @nr: how many those are
 * @left: queues that are left to the default engine
 */
struct choice {
	struct rsse_pnic *pnic;
	u32 home;
	cpumask_var_t cpus;
	struct rsse_engine **to;
	unsigned long *chosen;
	unsigned int nr;
	unsigned int left;
};

static void note_cpus(struct choice *choice)
{
	unsigned int i;

	for (i = 0; i < choice->pnic->nr_queues; i++) {
		const struct rsse_queue *queue = choice->pnic->queues[i];
		int cpu = READ_ONCE(queue->cpu);

		if (cpu >= 0 && queue->engine &&
		    queue->engine != choice->pnic->default_engine)
			cpumask_set_cpu(cpu, choice->cpus);
	}
}

static bool may_choose(const struct choice *choice, const struct rsse_queue *queue)
{
	return may_serve(queue) && !test_bit(queue->index, choice->chosen) &&
	       (!queue->engine || (queue->engine == choice->pnic->default_engine &&
				   choice->left > 1));
}

static unsigned int suits(const struct choice *choice, const struct rsse_queue *queue)
{
	int cpu = READ_ONCE(queue->cpu);
	unsigned int sum = 0;

	if (queue->home != choice->home)
		sum += queue->home == RSSE_ENGINE_NEW ? SUITS_POOL : SUITS_OTHER;
	if (cpu >= 0 && cpumask_test_cpu(cpu, choice->cpus))
		sum += SUITS_SHARED;
	if (READ_ONCE(queue->others) / 1000 > rsse_config.cpu_above)
		sum += SUITS_BUSY;
	if (rsse_pnic_cpu_far(choice->pnic, cpu))
		sum += SUITS_FAR;
	return sum + (queue->engine ? SUITS_USED : 0);
}

/* The queue that suits best, of equal ones the last; false: there is none. */
static bool choose_one(struct choice *choice)
{
	unsigned int i = choice->pnic->nr_queues, best_sum = UINT_MAX;
	const struct rsse_queue *best = NULL;
	int cpu;

	while (i--) {
		const struct rsse_queue *queue = choice->pnic->queues[i];

		if (!may_choose(choice, queue) || suits(choice, queue) >= best_sum)
			continue;
		best = queue;
		best_sum = suits(choice, queue);
	}
	if (!best)
		return false;
	__set_bit(best->index, choice->chosen);
	choice->to[best->index] = NULL;
	choice->left -= !!best->engine;
	choice->nr++;
	/* The engine's next queue had better not be on the same CPU either. */
	cpu = READ_ONCE(best->cpu);
	if (cpu >= 0)
		cpumask_set_cpu(cpu, choice->cpus);
	return true;
}

static void choice_free(struct choice *choice)
{
	free_cpumask_var(choice->cpus);
	kvfree(choice->to);
	bitmap_free(choice->chosen);
}

/*
 * Choose @want queues, @least when there are no more, or -ENOSPC; to be given to
 * choice_free() in any case.
 */
static int choose(struct choice *choice, struct rsse_pnic *pnic, u32 home,
		  unsigned int least, unsigned int want,
		  struct netlink_ext_ack *extack)
{
	*choice = (struct choice){
		.pnic = pnic,
		.home = home,
		.to = rsse_queues_owners(pnic),
		.chosen = bitmap_zalloc(pnic->nr_queues, GFP_KERNEL),
		.left = pnic->default_engine->nr_queues,
	};
	if (!zalloc_cpumask_var(&choice->cpus, GFP_KERNEL) || !choice->to ||
	    !choice->chosen)
		return -ENOMEM;
	note_cpus(choice);
	while (choice->nr < want && choose_one(choice))
		;
	if (choice->nr >= least)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "%u queues are needed, %u can be had", least,
			   choice->nr);
	return -ENOSPC;
}

int rsse_engine_has_queues(struct rsse_pnic *pnic, u32 home, unsigned int nr,
			   struct netlink_ext_ack *extack)
{
	struct choice choice;
	int err;

	ASSERT_RTNL();
	err = choose(&choice, pnic, home, nr, nr, extack);
	choice_free(&choice);
	return err;
}

static struct rsse_engine *prepare_over(const struct choice *choice, u32 kind,
					struct netlink_ext_ack *extack)
{
	u32 *queues = kvcalloc(choice->nr, sizeof(*queues), GFP_KERNEL);
	struct rsse_engine_spec spec = {
		.kind = kind,
		.queues = queues,
		.nr = choice->nr,
	};
	struct rsse_engine *engine;
	unsigned int i, nr = 0;

	if (!queues)
		return ERR_PTR(-ENOMEM);
	if (kind == RSS_ENGINE_ENGINE_KIND_DEDICATED)
		spec.home = min(choice->nr, choice->pnic->layout.dedicated_queues);
	for_each_set_bit(i, choice->chosen, choice->pnic->nr_queues)
		queues[nr++] = i;
	engine = engine_prepare(choice->pnic, &spec, extack);
	kvfree(queues);
	return engine;
}

/*
 * The context is made before the default engine loses queues: where the NIC has no
 * more contexts, nothing else has changed.
 */
static struct rsse_engine *make_over(struct choice *choice, u32 kind,
				     const struct rsse_why *why,
				     struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = choice->pnic;
	struct rsse_engine *engine;
	int err = 0;

	engine = prepare_over(choice, kind, extack);
	if (IS_ERR(engine))
		return engine;
	if (choice->left < pnic->default_engine->nr_queues)
		err = rsse_queues_give(pnic, choice->to, why, extack);
	if (err) {
		engine_abandon(engine);
		return ERR_PTR(err);
	}
	engine_publish(engine);
	return engine;
}

struct rsse_engine *rsse_engine_make(struct rsse_pnic *pnic, u32 kind, unsigned int nr,
				     const struct rsse_why *why,
				     struct netlink_ext_ack *extack)
{
	struct rsse_engine *engine;
	struct choice choice;
	int err;

	ASSERT_RTNL();
	err = choose(&choice, pnic, RSSE_ENGINE_NEW, nr, nr, extack);
	engine = err ? ERR_PTR(err) : make_over(&choice, kind, why, extack);
	choice_free(&choice);
	return engine;
}

int rsse_engine_wake(struct rsse_engine *engine, unsigned int nr,
		     const struct rsse_why *why, struct netlink_ext_ack *extack)
{
	struct choice choice;
	unsigned int i;
	int err;

	ASSERT_RTNL();
	err = choose(&choice, engine->pnic, engine->id, 1, nr, extack);
	if (!err) {
		for_each_set_bit(i, choice.chosen, engine->pnic->nr_queues)
			choice.to[i] = engine;
		err = rsse_queues_give(engine->pnic, choice.to, why, extack);
	}
	choice_free(&choice);
	return err;
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

int rsse_engine_retire(struct rsse_engine *engine)
{
	int err = context_unmake(engine);

	if (!err)
		rsse_engine_destroy(engine, true);
	return err;
}
