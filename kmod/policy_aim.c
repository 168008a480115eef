// SPDX-License-Identifier: GPL-2.0-only
/* Where a VM could go: what it takes to be moved there is another matter. */
#include "policy_int.h"

void rsse_pol_aim_none(struct rsse_pol_target *to)
{
	*to = (struct rsse_pol_target){ .state = RSS_ENGINE_STATE_NONE };
}

/*
 * False when there are no queues for it. Where it cannot have all that it keeps busy,
 * or all others would be the worse for it, it gets what can be spared: it may wait for
 * itself then, and no longer keeps others waiting.
 */
bool rsse_pol_aim_dedicated(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st,
			    struct rsse_pol_target *to)
{
	*to = (struct rsse_pol_target){
		.state = RSS_ENGINE_STATE_DEDICATED,
		.engine = RSSE_ENGINE_NEW,
		.index = RSSE_POL_NONE,
		.queues = rsse_pol_dedicated_size(run, st),
	};
	while (!rsse_pol_can_dedicate(run, st, to->queues))
		if (to->queues-- <= run->each)
			return false;
	while (to->queues > run->each && !rsse_pol_is_worth(run, st, to))
		to->queues--;
	return true;
}

static bool aim_at(const struct rsse_pol_run *run, u32 index,
		   struct rsse_pol_target *to)
{
	*to = (struct rsse_pol_target){
		.state = RSS_ENGINE_STATE_SHARED,
		.index = index,
	};
	if (index == RSSE_POL_NONE)
		return false;
	to->engine = rsse_pol_engine(run, index)->id;
	return true;
}

bool rsse_pol_has_room(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st, u32 index)
{
	return rsse_pol_engine_load_with(run, rsse_pol_engine(run, index),
					 rsse_pol_demand(run, st)) <= run->limit;
}

/*
 * The shared engine with most room of those that are awake, or the next best when
 * the VM has to keep off that one for a while; never the one that it is on.
 */
static bool aim_awake(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st,
		      struct rsse_pol_target *to)
{
	struct rsse_pol_target other;
	u64 wait;

	if (!aim_at(run, rsse_pol_heap_best(run, st->home), to))
		return false;
	if (rsse_pol_backed_off(run, st, to, &wait) &&
	    aim_at(run, rsse_pol_heap_best(run, to->index), &other) &&
	    other.index != st->home)
		*to = other;
	return true;
}

/* One that sleeps is woken when no other has room. */
static bool aim_plainly(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			struct rsse_pol_target *to)
{
	struct rsse_pol_target other;
	bool found = aim_awake(run, st, to);
	u64 wait;

	if (found && rsse_pol_has_room(run, st, to->index))
		return true;
	if (!aim_at(run, rsse_pol_asleep(run), &other) ||
	    rsse_pol_backed_off(run, st, &other, &wait))
		return found;
	*to = other;
	return true;
}

/*
 * The best shared engine for the VM. Without rules that is the one with most room,
 * whether that is enough or not; with rules there may be none.
 */
bool rsse_pol_aim_shared(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to)
{
	if (rsse_pol_has_rules(run, st))
		return aim_at(run, rsse_pol_place(run, st), to);
	return aim_plainly(run, st, to);
}

/* Where rules leave none with room: the best that they allow. */
bool rsse_pol_aim_anyway(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to)
{
	return rsse_pol_has_rules(run, st) &&
	       aim_at(run, rsse_pol_place_anyway(run, st), to);
}

/* One with room, ranked as for many that come at once. */
bool rsse_pol_aim_ranked(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
			 struct rsse_pol_target *to)
{
	return aim_at(run, rsse_pol_place(run, st), to);
}
