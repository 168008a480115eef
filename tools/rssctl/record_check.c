// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must hold of samples and states before the policy may see them: it
 * trusts its snapshot and its memory.
 */
#include <stdlib.h>

#include <linux/rss_engine.h>

#include "record.h"

/* Highest values of the policy's own enumerations, see kmod/policy_int.h. */
#define COND_MAX	3
#define DIR_MAX		3
#define LOAD_MAX	1000
#define SUM_MAX		(LOAD_MAX * RSS_ENGINE_QUEUES_MAX)

static bool wrong(char **why, const char *fmt, ...) __printf(2, 3);

static bool wrong(char **why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	*why = xvasprintf(fmt, ap);
	va_end(ap);
	return false;
}

static bool within(__u64 value, __u64 min, __u64 max)
{
	return value >= min && value <= max;
}

/* Only a shared engine sleeps. */
static bool check_engine(const struct rsse_pol_engine *engine, char **why)
{
	bool is_default = engine->kind == RSS_ENGINE_ENGINE_KIND_DEFAULT;
	__u64 least = engine->kind != RSS_ENGINE_ENGINE_KIND_SHARED;

	if (is_default != !engine->id)
		return wrong(why, "engine %u is of the wrong kind", engine->id);
	if (!within(engine->nr_queues, least, RSS_ENGINE_QUEUES_MAX))
		return wrong(why, "engine %u has %u queues", engine->id, engine->nr_queues);
	if (engine->home > RSS_ENGINE_QUEUES_MAX)
		return wrong(why, "engine %u is to have %u queues", engine->id, engine->home);
	return true;
}

/* Engines: the default one first, and only that of its kind. */
static bool check_engines(const struct sample *sample, char **why)
{
	const struct rsse_pol_engine *before = NULL;

	if (!within(sample->engine.n, 1, RSSE_POL_ENGINES_MAX))
		return wrong(why, "%zu engines", sample->engine.n);
	for_each(each, &sample->engine, struct sample_engine) {
		const struct rsse_pol_engine *engine = &each->seen;

		if (before ? engine->id <= before->id : engine->id)
			return wrong(why, "engine %u is out of order", engine->id);
		if (!check_engine(engine, why))
			return false;
		before = engine;
	}
	return true;
}

static bool has_engine(const struct sample *sample, __u32 id)
{
	for_each(engine, &sample->engine, struct sample_engine)
		if (engine->seen.id == id)
			return true;
	return id == RSSE_ENGINE_NEW;
}

static bool check_queues(const struct sample *sample, char **why)
{
	__s64 last = -1;

	for_each(queue, &sample->queue, struct rsse_pol_queue) {
		if (queue->id <= last || queue->id >= RSS_ENGINE_QUEUES_MAX)
			return wrong(why, "queue %u is out of order", queue->id);
		if (queue->engine == RSSE_ENGINE_SPARE || !has_engine(sample, queue->engine))
			return wrong(why, "queue %u is on engine %u, which is not there",
				     queue->id, queue->engine);
		last = queue->id;
	}
	return true;
}

static bool check_vms(const struct sample *sample, char **why)
{
	bool *taken = xcalloc(RECORD_SLOTS_MAX, sizeof(*taken));
	__u32 last = 0;
	bool good = true;

	for_each(vm, &sample->vm, struct sample_vm) {
		const struct rsse_pol_vm *seen = &vm->seen;

		if (!vm->name)
			good = wrong(why, "placement %u has no name", seen->id);
		else if (seen->id <= last)
			good = wrong(why, "placement %u is out of order", seen->id);
		else if (seen->slot >= RECORD_SLOTS_MAX || taken[seen->slot])
			good = wrong(why, "placement %u cannot have slot %u", seen->id,
				     seen->slot);
		if (!good)
			break;
		taken[seen->slot] = true;
		last = seen->id;
	}
	free(taken);
	return good;
}

/* What was counted and is rewritten: entries are of the queues. */
static bool check_entries(const struct sample *sample, char **why)
{
	if (sample->counted.n > 1 || sample->rewrite.n > 1)
		return wrong(why, "more than one engine's entries");
	if (sample->entry.n > RECORD_ENTRIES_MAX)
		return wrong(why, "%zu entries were counted", sample->entry.n);
	if (sample->change.n > RSSE_POL_REWRITE_MAX)
		return wrong(why, "%zu entries are rewritten", sample->change.n);
	for_each(counted, &sample->counted, struct rsse_pol_entries)
		if (!counted->problem && (!sample->queue.n || !sample->entry.n))
			return wrong(why, "nothing was counted of engine %u", counted->engine);
	for_each(entry, &sample->entry, struct rsse_pol_entry)
		if (entry->queue >= sample->queue.n)
			return wrong(why, "an entry has queue %u of %zu", entry->queue,
				     sample->queue.n);
	return true;
}

/* The policy's own arrays. */
static bool check_room(const struct sample *sample, char **why)
{
	if (sample->queues_room > RSS_ENGINE_QUEUES_MAX)
		return wrong(why, "has room for %u queues", sample->queues_room);
	if (sample->classes_room > RECORD_CLASSES_MAX)
		return wrong(why, "has room for %u classes", sample->classes_room);
	if (sample->pairs_room > RECORD_PAIRS_MAX ||
	    sample->pairs_room & (sample->pairs_room - 1))
		return wrong(why, "has room for %u pairs", sample->pairs_room);
	if (!within(sample->moves_room, 1, RECORD_MOVES_MAX) ||
	    sample->move.n > sample->moves_room)
		return wrong(why, "has %zu moves with room for %u", sample->move.n,
			     sample->moves_room);
	if (sample->shift.n > RSSE_POL_SHIFTS_MAX)
		return wrong(why, "shifts %zu queues", sample->shift.n);
	return true;
}

bool sample_check(const struct sample *sample, char **why)
{
	if (!sample->ifindex || !sample->ifname || !sample->run)
		return wrong(why, "names no PNIC or no run");
	if (sample->config.n)
		return wrong(why, "a configuration has a line of its own");
	if (!within(sample->dedicated_queues, 1, RSS_ENGINE_QUEUES_MAX) ||
	    sample->free_queues > RSS_ENGINE_QUEUES_MAX)
		return wrong(why, "has an impossible number of queues");
	if (sample->limits.n != 1)
		return wrong(why, "has %zu sets of maxima, not one", sample->limits.n);
	return check_room(sample, why) && check_engines(sample, why) &&
	       check_queues(sample, why) && check_vms(sample, why) &&
	       check_entries(sample, why);
}

static bool check_backoffs(const struct slot *slot, char **why)
{
	bool taken[RSSE_POL_STATES] = { false };

	for_each(backoff, &slot->backoff, struct backoff) {
		if (backoff->to_state >= RSSE_POL_STATES || taken[backoff->to_state])
			return wrong(why, "slot %u is backed off twice", slot->slot);
		taken[backoff->to_state] = true;
	}
	return true;
}

static bool check_slots(const struct policy_state *state, char **why)
{
	__s64 last = -1;

	for_each(slot, &state->vm, struct slot) {
		if (slot->slot >= RECORD_SLOTS_MAX || slot->slot <= last)
			return wrong(why, "slot %u is out of order", slot->slot);
		if (slot->is.cond > COND_MAX || slot->is.manual_dir > DIR_MAX ||
		    slot->is.judge.from_state >= RSSE_POL_STATES ||
		    slot->is.judge.to_state >= RSSE_POL_STATES || slot->is.judge.load > SUM_MAX)
			return wrong(why, "slot %u holds what the policy never does", slot->slot);
		if (!check_backoffs(slot, why))
			return false;
		last = slot->slot;
	}
	return true;
}

static bool check_moved(const struct policy_state *state, char **why)
{
	__s64 last = -1;

	for_each(moved, &state->moved, struct moved) {
		if (moved->place >= RSSE_POL_MOVED_MAX || moved->place <= last)
			return wrong(why, "place %u is out of order", moved->place);
		last = moved->place;
	}
	if (state->next_moved > RSSE_POL_MOVED_MAX)
		return wrong(why, "place %u is beyond the last", state->next_moved);
	return true;
}

bool state_check(const struct policy_state *state, char **why)
{
	__s64 last = -1;

	if (!state->ifindex.set || !state->ifname)
		return wrong(why, "names no PNIC");
	if (state->engine.n > RSSE_POL_ENGINES_MAX)
		return wrong(why, "%zu engines", state->engine.n);
	for_each(engine, &state->engine, struct rsse_pol_engine_state) {
		if (engine->id <= last)
			return wrong(why, "engine %u is out of order", engine->id);
		if (engine->load > LOAD_MAX)
			return wrong(why, "engine %u has an impossible load", engine->id);
		if (engine->had > RSS_ENGINE_QUEUES_MAX ||
		    engine->spare_nr > RSS_ENGINE_QUEUES_MAX)
			return wrong(why, "engine %u has an impossible number of queues",
				     engine->id);
		last = engine->id;
	}
	return check_slots(state, why) && check_moved(state, why);
}
