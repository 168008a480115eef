// SPDX-License-Identifier: GPL-2.0-only
/* The policy's memory in a replay: its arrays, and as a line of a record. */
#include <stdlib.h>
#include <string.h>

#include "replay.h"

void memory_init(struct rsse_pol_state *state)
{
	*state = (struct rsse_pol_state){ .cap_engines = RSSE_POL_ENGINES_MAX };
	state->engine = xcalloc(state->cap_engines, sizeof(*state->engine));
	state->room = xcalloc(RSS_ENGINE_QUEUES_MAX, sizeof(*state->room));
	state->owner = xcalloc(RSS_ENGINE_QUEUES_MAX, sizeof(*state->owner));
}

void memory_free(struct rsse_pol_state *state)
{
	free(state->engine);
	free(state->room);
	free(state->owner);
	free(state->classes);
	free(state->pairs);
	free(state->vm);
}

/* As before the first run; the arrays stay. */
void memory_empty(struct rsse_pol_state *state)
{
	if (state->nr_slots)
		memset(state->vm, 0, state->nr_slots * sizeof(*state->vm));
	state->nr_engines = 0;
	memset(state->moved, 0, sizeof(state->moved));
	state->next_moved = 0;
	state->period_ns = 0;
	state->runs = 0;
}

/* The room that @sample says the policy had. What is in the arrays is scratch. */
void memory_room(struct rsse_pol_state *state, const struct sample *sample)
{
	state->cap_queues = sample->queues_room;
	if (state->cap_classes != sample->classes_room) {
		free(state->classes);
		state->cap_classes = sample->classes_room;
		state->classes = xcalloc(state->cap_classes, sizeof(*state->classes));
	}
	if (state->cap_pairs != sample->pairs_room) {
		free(state->pairs);
		state->cap_pairs = sample->pairs_room;
		state->pairs = xcalloc(state->cap_pairs, sizeof(*state->pairs));
	}
}

/* Have at least @slots slots. */
void memory_grow(struct rsse_pol_state *state, __u32 slots)
{
	if (slots <= state->nr_slots)
		return;
	state->vm = xrealloc(state->vm, slots, sizeof(*state->vm));
	memset(state->vm + state->nr_slots, 0,
	       (slots - state->nr_slots) * sizeof(*state->vm));
	state->nr_slots = slots;
}

static void load_slot(struct rsse_pol_state *state, const struct slot *from)
{
	struct rsse_pol_vm_state *to;

	memory_grow(state, from->slot + 1);
	to = &state->vm[from->slot];
	*to = from->is;
	for_each(backoff, &from->backoff, struct backoff)
		to->backoff[backoff->to_state] = backoff->is;
}

/* What state_check() found good takes the place of all that was remembered. */
void memory_load(struct rsse_pol_state *state, const struct policy_state *from)
{
	memory_empty(state);
	for_each(engine, &from->engine, struct rsse_pol_engine_state)
		state->engine[state->nr_engines++] = *engine;
	for_each(slot, &from->vm, struct slot)
		load_slot(state, slot);
	for_each(moved, &from->moved, struct moved)
		state->moved[moved->place] = moved->is;
	state->next_moved = from->next_moved;
	state->period_ns = from->period_ns;
	state->runs = from->run;
}

static void save_backoffs(const struct rsse_pol_vm_state *from, struct slot *to)
{
	static const struct rsse_pol_backoff none;

	for (__u32 i = 0; i < RSSE_POL_STATES; i++) {
		struct backoff *backoff;

		if (!memcmp(&from->backoff[i], &none, sizeof(none)))
			continue;
		backoff = list_push(&to->backoff, sizeof(*backoff));
		backoff->to_state = i;
		backoff->is = from->backoff[i];
	}
}

static void save_moved(const struct rsse_pol_state *state, struct policy_state *to)
{
	to->next_moved = state->next_moved;
	for (__u32 i = 0; i < RSSE_POL_MOVED_MAX; i++) {
		struct moved *moved;

		if (!state->moved[i].time_ns)
			continue;
		moved = list_push(&to->moved, sizeof(*moved));
		moved->place = i;
		moved->is = state->moved[i];
	}
}

void memory_save(const struct rsse_pol_state *state, struct policy_state *to)
{
	save_moved(state, to);
	to->run = state->runs;
	to->period_ns = state->period_ns;
	for (__u32 i = 0; i < state->nr_engines; i++)
		*(struct rsse_pol_engine_state *)list_push(&to->engine, sizeof(state->engine[i])) =
			state->engine[i];
	for (__u32 i = 0; i < state->nr_slots; i++) {
		struct slot *slot;

		if (!state->vm[i].id)
			continue;
		slot = list_push(&to->vm, sizeof(*slot));
		slot->slot = i;
		slot->is = state->vm[i];
		save_backoffs(&state->vm[i], slot);
	}
}
