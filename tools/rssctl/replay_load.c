// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines and their loads in a projection. A VM takes the busy time that was
 * measured for it along from engine to engine; what an engine was busy with
 * beyond its VMs stays there. Its queues share the sum evenly, whichever they are by
 * now, and full polls change in proportion to the load. An engine that has the VMs and
 * the queues which it has in the record is as it was measured.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "policy_schedule.h"
#include "replay.h"

#define CPU	1000ULL	/* permille */

/**
 * struct books - an engine's busy time, permille of a CPU
 * @before: of its queues in the record
 * @recorded: its VMs' part in the record
 * @projected: its VMs' part in the projection
 * @differs: other VMs are on it than in the record, or it has other queues
 * @is_new: the record does not have it
 * @nr_vms: VMs on it in the projection
 */
struct books {
	__u64 before;
	__u64 recorded;
	__u64 projected;
	bool differs;
	bool is_new;
	__u32 nr_vms;
};

static int by_id(const void *a, const void *b)
{
	const struct rsse_pol_engine *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static size_t find_engine(const struct list *engines, __u32 id)
{
	const struct rsse_pol_engine key = { .id = id };
	const struct rsse_pol_engine *found = NULL;

	if (engines->n)
		found = bsearch(&key, engines->v, engines->n, sizeof(key), by_id);
	return found ? (size_t)(found - (struct rsse_pol_engine *)engines->v) : engines->n;
}

/* The first @sorted of @engines ascend by id, the others are few. */
static bool has_engine(const struct list *engines, size_t sorted, __u32 id)
{
	const struct rsse_pol_engine *engine = engines->v;
	const struct list head = { .n = sorted, .v = engines->v };

	for (size_t i = sorted; i < engines->n; i++)
		if (engine[i].id == id)
			return true;
	return find_engine(&head, id) < sorted;
}

static bool is_dedicated(const struct rsse_pol_engine *engine)
{
	return engine->kind == RSS_ENGINE_ENGINE_KIND_DEDICATED;
}

/* Which engines there are */

static void add_engine(struct list *engines, __u32 id, __u32 kind)
{
	struct rsse_pol_engine *engine = list_push(engines, sizeof(*engine));

	engine->id = id;
	engine->kind = kind;
}

/*
 * Engines that the record does not have, and that VMs of the projection are on, or were
 * until a while ago. The kinds of engines are those of the states.
 */
static void add_missing(struct scene *scene, const struct list *before)
{
	size_t had = scene->engines.n;

	for_each(vm, &scene->vms, struct rsse_pol_vm)
		if (vm->state != RSS_ENGINE_STATE_NONE &&
		    scene->engines.n < RSSE_POL_ENGINES_MAX &&
		    !has_engine(&scene->engines, had, vm->engine))
			add_engine(&scene->engines, vm->engine, vm->state);
	for_each(old, before, struct rsse_pol_engine)
		if (rsse_pol_is_made(old) && queues_of(&scene->queues, old->id) &&
		    scene->engines.n < RSSE_POL_ENGINES_MAX &&
		    !has_engine(&scene->engines, had, old->id))
			add_engine(&scene->engines, old->id, old->kind);
	qsort(scene->engines.v, scene->engines.n, sizeof(struct rsse_pol_engine), by_id);
}

/* One more shared engine may be made while there are fewer than may be. */
static void offer_spare(struct scene *scene)
{
	__u32 most = scene->snap.limits.shared_engines, shared = 0, made = 0;

	if (most == RSSE_POL_NO_LIMIT || !scene->snap.can_rewrite)
		return;
	for_each(engine, &scene->engines, struct rsse_pol_engine) {
		shared += engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED;
		made += rsse_pol_is_made(engine);
	}
	if (shared < most && made < RSSE_POL_MADE_MAX &&
	    scene->engines.n < RSSE_POL_ENGINES_MAX)
		add_engine(&scene->engines, RSSE_ENGINE_SPARE, RSS_ENGINE_ENGINE_KIND_SHARED);
}

/* It was made for VMs, and none is on it; a shared one stays while it has queues. */
static bool is_left_behind(const struct scene *scene, const struct rsse_pol_engine *engine)
{
	return is_dedicated(engine) ||
	       (rsse_pol_is_made(engine) && !queues_of(&scene->queues, engine->id));
}

/* Engines of the record, or that the projection had, which nobody is on here. */
static void drop_empty(struct scene *scene)
{
	struct rsse_pol_engine *engines = scene->engines.v;
	bool *used = xcalloc(scene->engines.n, sizeof(*used));
	size_t kept = 0;

	for_each(vm, &scene->vms, struct rsse_pol_vm) {
		size_t on = find_engine(&scene->engines, vm->engine);

		if (on < scene->engines.n)
			used[on] = true;
	}
	for (size_t i = 0; i < scene->engines.n; i++) {
		if (used[i] || !is_left_behind(scene, &engines[i]))
			engines[kept++] = engines[i];
		else
			scene->snap.free_queues += engines[i].home;
	}
	scene->engines.n = kept;
	free(used);
}

/* Books */

static struct books *open_books(const struct scene *scene, const struct sample *sample)
{
	struct books *books = xcalloc(scene->engines.n, sizeof(*books));
	const struct sample_vm *recorded = sample->vm.v;

	for (size_t i = 0; i < scene->engines.n; i++) {
		const struct rsse_pol_engine *engine = list_at(&scene->engines, i, sizeof(*engine));

		/* Those of the record have a queue at least. */
		books[i].is_new = is_dedicated(engine) && !engine->nr_queues;
		books[i].before = (__u64)engine->load * engine->nr_queues;
	}
	for_each(vm, &scene->vms, struct rsse_pol_vm) {
		size_t from = find_engine(&scene->engines, recorded->seen.engine);
		size_t to = find_engine(&scene->engines, vm->engine);
		bool differs = from != to;

		if (from < scene->engines.n) {
			books[from].recorded += vm->pnic_busy;
			books[from].differs |= differs;
		}
		if (to < scene->engines.n) {
			books[to].projected += vm->pnic_busy;
			books[to].differs |= differs;
			books[to].nr_vms++;
		}
		recorded++;
	}
	return books;
}

/* Queues */

/* Of engines that are no more they are nobody's. */
static void release_gone(struct scene *scene)
{
	for_each(queue, &scene->queues, struct rsse_pol_queue)
		if (find_engine(&scene->engines, queue->engine) == scene->engines.n)
			queue->engine = RSSE_ENGINE_NEW;
}

/* VMs that follow the record to an engine which is new here, or asleep, bring it along. */
static void claim_missing(struct scene *scene, const struct books *books)
{
	__u32 due = scene->snap.dedicated_queues;

	for (size_t i = 0; i < scene->engines.n; i++) {
		struct rsse_pol_engine *engine = list_at(&scene->engines, i, sizeof(*engine));
		__u32 n = engine->nr_queues;

		if (!books[i].nr_vms || queues_of(&scene->queues, engine->id))
			continue;
		if (!n)
			n = is_dedicated(engine) ? due : engine->home;
		queues_claim(&scene->queues, engine->id,
			     is_dedicated(engine) ? RSSE_ENGINE_NEW : engine->id, n ? n : 1);
	}
}

static void count_queues(struct scene *scene, const struct sample *sample,
			 struct books *books)
{
	const struct rsse_pol_queue *recorded = sample->queue.v;

	for_each(engine, &scene->engines, struct rsse_pol_engine)
		engine->nr_queues = 0;
	for_each(queue, &scene->queues, struct rsse_pol_queue) {
		size_t from = find_engine(&scene->engines, recorded->engine);
		size_t to = find_engine(&scene->engines, queue->engine);

		if (from < scene->engines.n && from != to)
			books[from].differs = true;
		if (to < scene->engines.n) {
			struct rsse_pol_engine *engine = list_at(&scene->engines, to,
								 sizeof(*engine));

			books[to].differs |= from != to;
			engine->nr_queues++;
		}
		recorded++;
	}
}

/* What is due to a dedicated engine that the record does not have is free no more. */
static void take_homes(struct scene *scene, const struct books *books)
{
	__u32 due = scene->snap.dedicated_queues, *left = &scene->snap.free_queues;

	for (size_t i = 0; i < scene->engines.n; i++) {
		struct rsse_pol_engine *engine = list_at(&scene->engines, i, sizeof(*engine));

		if (!books[i].is_new)
			continue;
		engine->home = engine->nr_queues < due ? engine->nr_queues : due;
		*left -= *left < engine->home ? *left : engine->home;
	}
}

/* Loads */

static __u32 at_most_cpu(__u64 value)
{
	return (__u32)(value < CPU ? value : CPU);
}

static void weigh(struct rsse_pol_engine *engine, const struct books *books)
{
	__u64 sum = books->before, load = 0, was = engine->load;

	sum -= sum < books->recorded ? sum : books->recorded;
	sum += books->projected;
	if (engine->nr_queues)
		load = sum / engine->nr_queues;
	engine->full_polls = was ? at_most_cpu(engine->full_polls * load / was) : 0;
	if (load >= CPU)
		engine->full_polls = CPU;
	engine->load = at_most_cpu(load);
	engine->hottest = engine->load;
}

static void set_busy(struct rsse_pol_queue *queue, __u32 busy, __u32 full_polls)
{
	__s64 cpu_busy = (__s64)queue->cpu_busy - queue->busy + busy;

	queue->cpu_busy = cpu_busy > 0 ? (__u32)cpu_busy : 0;
	queue->busy = busy;
	queue->avg = busy;
	queue->full_polls = full_polls;
}

/* The queues of engines that are not as measured share their load. */
static void share_out(struct scene *scene, const struct sample *sample,
		      const struct books *books)
{
	const struct rsse_pol_queue *recorded = sample->queue.v;

	for_each(queue, &scene->queues, struct rsse_pol_queue) {
		size_t on = find_engine(&scene->engines, queue->engine);
		const struct rsse_pol_engine *engine = list_at(&scene->engines, on,
							       sizeof(*engine));

		if (on < scene->engines.n && books[on].differs)
			set_busy(queue, engine->load, engine->full_polls);
		else if (on == scene->engines.n && recorded->engine != RSSE_ENGINE_NEW)
			set_busy(queue, 0, 0);
		recorded++;
	}
}

/* Engines whose number of queues has changed since the sample before */
static void tell_resized(struct scene *scene, const struct replayed *pnic)
{
	for_each(engine, &scene->engines, struct rsse_pol_engine) {
		size_t at = find_engine(&pnic->engines, engine->id);
		const struct rsse_pol_engine *old = list_at(&pnic->engines, at, sizeof(*old));

		if (at == pnic->engines.n || old->nr_queues == engine->nr_queues)
			continue;
		*(struct rsse_pol_written *)list_push(&scene->written,
						      sizeof(struct rsse_pol_written)) =
			(struct rsse_pol_written){
				.engine = engine->id,
				.resized = true,
				.gained = old->nr_queues && engine->nr_queues > old->nr_queues,
				.time_ns = pnic->now_ns,
			};
	}
}

/* Make engines and queues of @scene, which are the record's, those of the projection. */
void project_engines(struct scene *scene, const struct replayed *pnic,
		     const struct sample *sample)
{
	struct books *books;

	queues_carry(&scene->queues, &pnic->queues);
	add_missing(scene, &pnic->engines);
	drop_empty(scene);
	offer_spare(scene);
	books = open_books(scene, sample);
	release_gone(scene);
	claim_missing(scene, books);
	count_queues(scene, sample, books);
	take_homes(scene, books);
	for (size_t i = 0; i < scene->engines.n; i++)
		if (books[i].differs)
			weigh(list_at(&scene->engines, i, sizeof(struct rsse_pol_engine)),
			      &books[i]);
	share_out(scene, sample, books);
	tell_resized(scene, pnic);
	free(books);
}
