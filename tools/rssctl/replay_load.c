// SPDX-License-Identifier: GPL-2.0-only
/*
 * The load of engines in a projection. A VM takes the busy time that was
 * measured for it along from engine to engine; what an engine was busy with
 * beyond its VMs stays there. Hottest queue and full polls change in proportion
 * to the load. An engine that has the VMs which it has in the record is as it
 * was measured.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "replay.h"

#define CPU	1000ULL	/* permille */

/**
 * struct books - an engine's busy time, permille of a CPU
 * @recorded: its VMs' part in the record
 * @projected: its VMs' part in the projection
 * @differs: other VMs are on it than in the record
 * @nr_vms: VMs on it in the projection
 */
struct books {
	__u64 recorded;
	__u64 projected;
	bool differs;
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
	const struct rsse_pol_engine *found =
		bsearch(&key, engines->v, engines->n, sizeof(key), by_id);

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

/* Engines that VMs of the projection are on and that the record has no more. */
static void add_missing(struct scene *scene)
{
	size_t had = scene->engines.n;

	for_each(vm, &scene->vms, struct rsse_pol_vm) {
		if (vm->state != RSS_ENGINE_STATE_DEDICATED ||
		    scene->engines.n == RSSE_POL_ENGINES_MAX ||
		    has_engine(&scene->engines, had, vm->engine))
			continue;
		*(struct rsse_pol_engine *)list_push(&scene->engines,
						     sizeof(struct rsse_pol_engine)) =
			(struct rsse_pol_engine){
				.id = vm->engine,
				.kind = RSS_ENGINE_ENGINE_KIND_DEDICATED,
				.nr_queues = scene->snap.dedicated_queues,
			};
	}
	qsort(scene->engines.v, scene->engines.n, sizeof(struct rsse_pol_engine), by_id);
}

static void enter_vms(const struct scene *scene, const struct sample *sample,
		      struct books *books)
{
	const struct sample_vm *recorded = sample->vm.v;

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
}

static __u32 in_proportion(__u64 value, __u64 now, __u64 before)
{
	__u64 scaled = before ? value * now / before : now;

	return (__u32)(scaled < CPU ? scaled : CPU);
}

static void weigh(struct rsse_pol_engine *engine, const struct books *books)
{
	__u64 sum = (__u64)engine->load * engine->nr_queues;
	__u64 before = engine->load, load;

	sum -= sum < books->recorded ? sum : books->recorded;
	sum += books->projected;
	load = sum / engine->nr_queues;
	if (load > CPU)
		load = CPU;
	engine->hottest = in_proportion(engine->hottest, load, before);
	engine->full_polls = before ? in_proportion(engine->full_polls, load, before) : 0;
	if (load == CPU)
		engine->full_polls = CPU;
	engine->load = (__u32)load;
	if (engine->hottest < engine->load)
		engine->hottest = engine->load;
}

/* A dedicated engine that nobody is on in the projection gives its queues back. */
static void drop_empty(struct scene *scene, const struct books *books)
{
	struct rsse_pol_engine *engines = scene->engines.v;
	__u32 *free_queues = &scene->snap.free_queues;
	size_t kept = 0;

	for (size_t i = 0; i < scene->engines.n; i++) {
		bool is_dedicated = engines[i].kind == RSS_ENGINE_ENGINE_KIND_DEDICATED;

		if (is_dedicated && !books[i].nr_vms && books[i].differs) {
			*free_queues += engines[i].nr_queues;
			continue;
		}
		engines[kept++] = engines[i];
	}
	scene->engines.n = kept;
}

static bool is_recorded(const struct sample *sample, __u32 id)
{
	for_each(engine, &sample->engine, struct sample_engine)
		if (engine->seen.id == id)
			return true;
	return false;
}

/* One that the record does not have takes queues that are free there. */
static void take_queues(struct scene *scene, const struct sample *sample)
{
	const struct rsse_pol_engine *engines = scene->engines.v;
	__u32 *free_queues = &scene->snap.free_queues;

	for (size_t i = 0; i < scene->engines.n; i++) {
		if (!is_recorded(sample, engines[i].id))
			*free_queues -= *free_queues < engines[i].nr_queues ?
					*free_queues : engines[i].nr_queues;
	}
}

/* Make the engines of @scene, which are the record's, those of the projection. */
void project_engines(struct scene *scene, const struct sample *sample)
{
	struct books *books;

	add_missing(scene);
	books = xcalloc(scene->engines.n, sizeof(*books));
	enter_vms(scene, sample, books);
	for (size_t i = 0; i < scene->engines.n; i++)
		if (books[i].differs)
			weigh(list_at(&scene->engines, i, sizeof(struct rsse_pol_engine)),
			      &books[i]);
	take_queues(scene, sample);
	drop_empty(scene, books);
	free(books);
}
