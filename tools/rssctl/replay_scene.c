// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sample as the replayed policy sees it. As long as the replay plans what the
 * record did, it is the record's. From the first move on that differs it is a
 * projection: placements that went another way stay where the replayed policy
 * put them, and queues with the engines that it gave them to; its moves and shifts
 * succeed at once, and the loads follow (replay_load.c). Moves by hand are the
 * administrator's, and bring a placement back to where the record has it.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "replay.h"

struct place *place_of(const struct list *places, __u32 id)
{
	size_t low = 0, high = places->n;
	struct place *place = places->v;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (place[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low < places->n && place[low].id == id ? &place[low] : NULL;
}

static bool moved_by_hand(const struct sample *sample, __u32 id)
{
	for_each(outcome, &sample->outcome, struct rsse_pol_outcome)
		if (outcome->id == id && outcome->manual && !outcome->error)
			return true;
	return false;
}

/* It is the projection's, or the record's until nobody was on it there any more. */
static bool was_made(const struct list *engines, __u32 id)
{
	for_each(engine, engines, struct rsse_pol_engine)
		if (engine->id == id)
			return rsse_pol_is_made(engine);
	return id >= PROJECTED_ENGINE;
}

/* A shared engine can vanish with the layout; the record knows what came of it. */
static bool is_lost(const struct replayed *pnic, const struct sample *sample,
		    const struct place *place)
{
	if (place->state != RSS_ENGINE_STATE_SHARED || was_made(&pnic->engines, place->engine))
		return false;
	for_each(engine, &sample->engine, struct sample_engine)
		if (engine->seen.id == place->engine &&
		    engine->seen.kind == RSS_ENGINE_ENGINE_KIND_SHARED)
			return false;
	return true;
}

/* The places of this sample's placements: those gone are forgotten. */
static void take_places(struct replayed *pnic, const struct sample *sample)
{
	struct list places = {};

	for_each(vm, &sample->vm, struct sample_vm) {
		const struct place *old = place_of(&pnic->places, vm->seen.id);
		struct place *place = list_push(&places, sizeof(*place));

		place->id = vm->seen.id;
		if (!old || !old->own || moved_by_hand(sample, place->id) ||
		    is_lost(pnic, sample, old))
			continue;
		*place = *old;
	}
	free(pnic->places.v);
	pnic->places = places;
}

static void take_vms(struct scene *scene, const struct replayed *pnic,
		     const struct sample *sample)
{
	const struct place *place = pnic->places.v;

	for_each(from, &sample->vm, struct sample_vm) {
		struct rsse_pol_vm *vm = list_push(&scene->vms, sizeof(*vm));

		*vm = from->seen;
		if (place->own) {
			vm->state = place->state;
			vm->engine = place->engine;
		}
		place++;
	}
}

/* What became of the replayed policy's own moves, then what the record tells. */
static void take_outcomes(struct scene *scene, struct replayed *pnic,
			  const struct sample *sample)
{
	for_each(place, &pnic->places, struct place) {
		struct rsse_pol_outcome *outcome;

		if (!place->moved)
			continue;
		outcome = list_push(&scene->outcomes, sizeof(*outcome));
		*outcome = (struct rsse_pol_outcome){
			.id = place->id,
			.time_ns = pnic->now_ns,
			.from_state = place->from_state,
			.from_engine = place->from_engine,
			.to_state = place->state,
			.to_engine = place->engine,
		};
		place->moved = false;
	}
	for_each(from, &sample->outcome, struct rsse_pol_outcome) {
		const struct place *place = place_of(&pnic->places, from->id);

		if (!place || !place->own)
			memcpy(list_push(&scene->outcomes, sizeof(*from)), from, sizeof(*from));
	}
}

static void take_engines(struct scene *scene, const struct sample *sample)
{
	for_each(from, &sample->engine, struct sample_engine)
		memcpy(list_push(&scene->engines, sizeof(from->seen)), &from->seen,
		       sizeof(from->seen));
}

static void take_queues(struct scene *scene, const struct sample *sample)
{
	for_each(from, &sample->queue, struct rsse_pol_queue)
		memcpy(list_push(&scene->queues, sizeof(*from)), from, sizeof(*from));
}

/*
 * What was counted, and what became of tables. Where the record's VMs and queues are
 * says nothing of a projection.
 */
static void take_tables(struct scene *scene, const struct sample *sample)
{
	for_each(from, &sample->written, struct rsse_pol_written)
		memcpy(list_push(&scene->written, sizeof(*from)), from, sizeof(*from));
	if (!sample->counted.n)
		return;
	scene->entries = *(const struct rsse_pol_entries *)sample->counted.v;
	scene->entries.nr_entries = (__u32)sample->entry.n;
	scene->entries.entries = sample->entry.v;
	scene->snap.entries = &scene->entries;
}

static void make_room(struct scene *scene, struct replayed *pnic, const struct sample *sample)
{
	__u32 slots = 0;

	for_each(vm, &sample->vm, struct sample_vm)
		if (vm->seen.slot >= slots)
			slots = vm->seen.slot + 1;
	memory_grow(&pnic->state, slots);
	scene->moves = xcalloc(sample->moves_room, sizeof(*scene->moves));
	scene->decisions = xcalloc(sample->vm.n + 1, sizeof(*scene->decisions));
	scene->balance = xcalloc(scene->engines.n, sizeof(*scene->balance));
	memory_room(&pnic->state, sample);
}

/* The lists are whole: tell the snapshot of them. */
static void close_snapshot(struct scene *scene)
{
	struct rsse_pol_snapshot *snap = &scene->snap;

	snap->nr_engines = (__u32)scene->engines.n;
	snap->engines = scene->engines.v;
	snap->nr_vms = (__u32)scene->vms.n;
	snap->vms = scene->vms.v;
	snap->nr_outcomes = (__u32)scene->outcomes.n;
	snap->outcomes = scene->outcomes.v;
	snap->nr_queues = (__u32)scene->queues.n;
	snap->queues = scene->queues.v;
	snap->nr_written = (__u32)scene->written.n;
	snap->written = scene->written.v;
}

/**
 * scene_build() - make the snapshot for the replayed policy
 * @scene: zeroed; to be freed with scene_free()
 * @pnic: the PNIC
 * @sample: what sample_check() found good
 */
void scene_build(struct scene *scene, struct replayed *pnic, const struct sample *sample)
{
	take_places(pnic, sample);
	take_engines(scene, sample);
	take_queues(scene, sample);
	take_vms(scene, pnic, sample);
	take_outcomes(scene, pnic, sample);
	scene->snap = (struct rsse_pol_snapshot){
		.seq = sample->sample,
		.now_ns = sample->now_ns,
		.window_ns = sample->window_ns,
		.free_queues = sample->free_queues,
		.dedicated_queues = sample->dedicated_queues,
		.limits = *(const struct rsse_pol_limits *)sample->limits.v,
		.can_rewrite = sample->can_rewrite,
	};
	if (pnic->projected)
		project_engines(scene, pnic, sample);
	else
		take_tables(scene, sample);
	close_snapshot(scene);
	make_room(scene, pnic, sample);
	scene->plan = (struct rsse_pol_plan){
		.cap_moves = sample->moves_room,
		.moves = scene->moves,
		.decisions = scene->decisions,
		.balance = scene->balance,
	};
}

void scene_free(struct scene *scene)
{
	free(scene->engines.v);
	free(scene->vms.v);
	free(scene->outcomes.v);
	free(scene->queues.v);
	free(scene->written.v);
	free(scene->moves);
	free(scene->decisions);
	free(scene->balance);
}

/* The queues that the move is made with, and those that are left behind. */
static void take_queues_along(struct replayed *pnic, const struct rsse_pol_move *move,
			      __u32 engine)
{
	struct list *queues = &pnic->queues;
	__u32 home = move->to_engine < RSSE_ENGINE_SPARE ? engine : RSSE_ENGINE_NEW;

	if (move->to_state != RSS_ENGINE_STATE_NONE && !queues_of(queues, engine))
		queues_claim(queues, engine, home, move->queues);
	if (move->from_state == RSS_ENGINE_STATE_DEDICATED)
		queues_release(queues, move->from_engine);
}

/* Where the move leads to; of those that have a shared engine made the first does. */
static __u32 target(struct replayed *pnic, const struct rsse_pol_move *move)
{
	if (move->to_engine == RSSE_ENGINE_NEW)
		return pnic->next_engine++;
	if (move->to_engine != RSSE_ENGINE_SPARE)
		return move->to_engine;
	if (pnic->made == RSSE_ENGINE_SPARE)
		pnic->made = pnic->next_engine++;
	return pnic->made;
}

/* The placement goes where the replayed policy wants it. */
static void go(struct replayed *pnic, const struct rsse_pol_move *move)
{
	struct place *place = place_of(&pnic->places, move->id);

	place->own = true;
	place->moved = true;
	place->from_state = move->from_state;
	place->from_engine = move->from_engine;
	place->state = move->to_state;
	place->engine = target(pnic, move);
	take_queues_along(pnic, move, place->engine);
	pnic->projected = true;
}

/* The record moves the placement, and the replayed policy does not. */
static void keep(struct replayed *pnic, const struct scene *scene, __u32 id)
{
	struct place *place = place_of(&pnic->places, id);
	const struct rsse_pol_vm *vm;

	if (!place || place->own)
		return;
	vm = list_at(&scene->vms, (size_t)(place - (struct place *)pnic->places.v), sizeof(*vm));
	place->own = true;
	place->state = vm->state;
	place->engine = vm->engine;
	pnic->projected = true;
}

/* The lists that the next sample's projection goes on from */
static void keep_lists(struct scene *scene, struct replayed *pnic)
{
	free(pnic->engines.v);
	pnic->engines = scene->engines;
	memset(&scene->engines, 0, sizeof(scene->engines));
	free(pnic->queues.v);
	pnic->queues = scene->queues;
	memset(&scene->queues, 0, sizeof(scene->queues));
}

/**
 * scene_follow() - carry the plan out, as far as the record did not
 * @scene: with the plan; its snapshot is void afterwards
 * @pnic: the PNIC
 * @sample: the record's sample
 *
 * A move that both planned is left to the record, which tells what became of
 * it; so are shifts, before anything differs. On a PNIC that is only observed
 * nothing moves.
 */
void scene_follow(struct scene *scene, struct replayed *pnic, const struct sample *sample)
{
	const struct rsse_pol_plan *plan = &scene->plan;

	keep_lists(scene, pnic);
	if (sample->mode != RSS_ENGINE_MODE_AUTO)
		return;
	queues_shift(&pnic->queues, plan);
	pnic->made = RSSE_ENGINE_SPARE;
	for (__u32 i = 0; i < plan->nr_moves; i++) {
		const struct place *place = place_of(&pnic->places, plan->moves[i].id);

		if (place->own || !find_move(sample->move.v, sample->move.n, &plan->moves[i]))
			go(pnic, &plan->moves[i]);
	}
	if (!same_rewrite(plan, sample) || !same_shifts(plan, sample))
		pnic->projected = true;
	for_each(move, &sample->move, struct rsse_pol_move)
		if (!find_move(plan->moves, plan->nr_moves, move))
			keep(pnic, scene, move->id);
}
