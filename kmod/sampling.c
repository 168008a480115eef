// SPDX-License-Identifier: GPL-2.0-only
/* Memory for samples, and for what the policy remembers. */
#include <linux/log2.h>
#include <linux/slab.h>

#include "sampling.h"

/* Classes of VMs that come at the same time; others are placed one by one. */
#define CLASSES		64U

/* Places of the hash table of rules for each VM, so that it stays half empty. */
#define PAIRS_A_VM	4U

void rsse_sampling_destroy(struct rsse_sampling *sampling)
{
	struct rsse_pol_state *state;

	if (!sampling)
		return;
	state = &sampling->state;
	kvfree(state->vm);
	kvfree(state->engine);
	kvfree(state->room);
	kvfree(state->owner);
	kvfree(state->classes);
	kvfree(state->pairs);
	kvfree(sampling->vms);
	kvfree(sampling->plan.decisions);
	kvfree(sampling->plan.moves);
	kvfree(sampling->engines);
	kvfree(sampling->plan.balance);
	kvfree(sampling->queues);
	kvfree(sampling->place);
	kvfree(sampling->outcomes);
	kvfree(sampling);
}

static bool alloc_engines(struct rsse_sampling *sampling, unsigned int nr)
{
	struct rsse_pol_state *state = &sampling->state;

	sampling->cap_engines = nr;
	sampling->engines = kvcalloc(nr, sizeof(*sampling->engines), GFP_KERNEL);
	sampling->plan.balance = kvcalloc(nr, sizeof(*sampling->plan.balance),
					  GFP_KERNEL);
	state->cap_engines = nr;
	state->engine = kvcalloc(nr, sizeof(*state->engine), GFP_KERNEL);
	return sampling->engines && sampling->plan.balance && state->engine;
}

static bool alloc_queues(struct rsse_sampling *sampling, unsigned int nr)
{
	struct rsse_pol_state *state = &sampling->state;

	sampling->queues = kvcalloc(nr, sizeof(*sampling->queues), GFP_KERNEL);
	sampling->place = kvcalloc(nr, sizeof(*sampling->place), GFP_KERNEL);
	state->cap_queues = nr;
	state->room = kvcalloc(nr, sizeof(*state->room), GFP_KERNEL);
	state->owner = kvcalloc(nr, sizeof(*state->owner), GFP_KERNEL);
	return sampling->queues && sampling->place && state->room && state->owner;
}

static bool alloc_classes(struct rsse_pol_state *state)
{
	state->cap_classes = CLASSES;
	state->classes = kvcalloc(CLASSES, sizeof(*state->classes), GFP_KERNEL);
	return state->classes;
}

/*
 * Every engine has a queue at least, but for shared ones that are asleep, were made and
 * are about to go, or may be made.
 */
struct rsse_sampling *rsse_sampling_create(const struct rsse_pnic *pnic)
{
	unsigned int nr_queues = max(pnic->nr_queues, 1U);
	unsigned int asleep = pnic->layout.shared_engines + RSSE_POL_MADE_MAX + 1;
	struct rsse_sampling *sampling;

	sampling = kvzalloc(sizeof(*sampling), GFP_KERNEL);
	if (!sampling)
		return NULL;
	if (alloc_engines(sampling, nr_queues + asleep) &&
	    alloc_queues(sampling, nr_queues) &&
	    alloc_classes(&sampling->state))
		return sampling;
	rsse_sampling_destroy(sampling);
	return NULL;
}

/* rsse_lock held; false when the slots have outgrown the copy. */
static bool copy_state(const struct rsse_pnic *pnic, struct rsse_pol_state *to,
		       u64 *sample)
{
	const struct rsse_pol_state *from = &pnic->sampling->state;

	if (from->nr_slots > to->nr_slots)
		return false;
	if (from->nr_slots)
		memcpy(to->vm, from->vm, from->nr_slots * sizeof(*to->vm));
	memcpy(to->engine, from->engine, from->nr_engines * sizeof(*to->engine));
	memcpy(to->moved, from->moved, sizeof(to->moved));
	to->next_moved = from->next_moved;
	to->nr_slots = from->nr_slots;
	to->nr_engines = from->nr_engines;
	to->period_ns = from->period_ns;
	to->runs = from->runs;
	*sample = pnic->sample;
	return true;
}

/* The memory is had without rsse_lock, which the sampler waits for. */
int rsse_sampling_copy(const struct rsse_pnic *pnic, struct rsse_pol_state *to,
		       u64 *sample)
{
	bool done;

	ASSERT_RTNL();
	to->cap_engines = pnic->sampling->state.cap_engines;
	to->engine = kvcalloc(to->cap_engines, sizeof(*to->engine), GFP_KERNEL);
	if (!to->engine)
		return -ENOMEM;
	do {
		kvfree(to->vm);
		to->nr_slots = READ_ONCE(pnic->sampling->state.nr_slots);
		to->vm = kvcalloc(max(to->nr_slots, 1U), sizeof(*to->vm),
				  GFP_KERNEL);
		if (!to->vm)
			return -ENOMEM;
		mutex_lock(&rsse_lock);
		done = copy_state(pnic, to, sample);
		mutex_unlock(&rsse_lock);
	} while (!done);
	return 0;
}

/* Room */

/* Make room in *@array for @nr_new entries of @size; keep the first @nr_old. */
static bool grow(void **array, size_t size, unsigned int nr_old,
		 unsigned int nr_new)
{
	void *new = kvcalloc(nr_new, size, GFP_KERNEL);

	if (!new)
		return false;
	if (nr_old)
		memcpy(new, *array, size * nr_old);
	kvfree(*array);
	*array = new;
	return true;
}

static unsigned int cap_for(unsigned int nr)
{
	return roundup_pow_of_two(max(nr, 16U));
}

static bool room_for_vms(struct rsse_sampling *sampling, unsigned int nr)
{
	struct rsse_pol_plan *plan = &sampling->plan;
	unsigned int cap = cap_for(nr);

	if (cap <= sampling->cap_vms)
		return true;
	if (!grow((void **)&sampling->vms, sizeof(*sampling->vms), 0, cap) ||
	    !grow((void **)&plan->decisions, sizeof(*plan->decisions), 0, cap) ||
	    !grow((void **)&plan->moves, sizeof(*plan->moves), 0, cap))
		return false;
	sampling->cap_vms = cap;
	plan->cap_moves = cap;
	return true;
}

static bool room_for_pairs(struct rsse_pol_state *state, unsigned int nr_vms)
{
	unsigned int cap = PAIRS_A_VM * cap_for(nr_vms);

	if (cap <= state->cap_pairs)
		return true;
	if (!grow((void **)&state->pairs, sizeof(*state->pairs), 0, cap))
		return false;
	state->cap_pairs = cap;
	return true;
}

static bool room_for_slots(struct rsse_pol_state *state, unsigned int nr)
{
	unsigned int cap = cap_for(nr);

	if (cap <= state->nr_slots)
		return true;
	if (!grow((void **)&state->vm, sizeof(*state->vm), state->nr_slots,
		  cap))
		return false;
	WRITE_ONCE(state->nr_slots, cap);
	return true;
}

static bool room_for_outcomes(struct rsse_sampling *sampling, unsigned int nr)
{
	unsigned int cap = cap_for(nr);

	if (cap <= sampling->cap_outcomes)
		return true;
	if (!grow((void **)&sampling->outcomes, sizeof(*sampling->outcomes), 0,
		  cap))
		return false;
	sampling->cap_outcomes = cap;
	return true;
}

bool rsse_sampling_room(struct rsse_pnic *pnic)
{
	struct rsse_sampling *sampling = pnic->sampling;
	const struct rsse_placement *placement;
	unsigned int slots = 0;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		slots = max(slots, placement->slot + 1);
	return room_for_vms(sampling, pnic->nr_placements) &&
	       room_for_pairs(&sampling->state, pnic->nr_placements) &&
	       room_for_slots(&sampling->state, slots) &&
	       room_for_outcomes(sampling, list_count_nodes(&pnic->outcomes));
}
