// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shared engines that are made when VMs find no room on those of the layout. No queue is
 * due to them: what they have, others can do without. When they have no queue any more,
 * because nobody was on them for a while, they are taken off the NIC.
 */
#include "core.h"

/* A context is scarce on many NICs: without a maximum to say so, none is made. */
bool rsse_made_is_allowed(const struct rsse_pnic *pnic, const struct rsse_pol_limits *limits)
{
	const struct rsse_engine *engine;
	unsigned int nr = 0, made = 0;

	if (!pnic->steer || rsse_config.scale == RSS_ENGINE_SCALE_OFF ||
	    limits->shared_engines == RSSE_POL_NO_LIMIT)
		return false;
	list_for_each_entry(engine, &pnic->engines, list) {
		nr += engine->kind == RSS_ENGINE_ENGINE_KIND_SHARED;
		made += rsse_engine_is_made(engine);
	}
	return nr < limits->shared_engines && made < RSSE_POL_MADE_MAX;
}

void rsse_made_note(struct rsse_pnic *pnic, int error)
{
	const struct rsse_pol_written written = {
		.engine = RSSE_ENGINE_SPARE,
		.resized = true,
		.error = -error,
		.time_ns = ktime_get_ns(),
	};

	mutex_lock(&rsse_lock);
	rsse_written_add(pnic, &written);
	mutex_unlock(&rsse_lock);
}

/* One whose context the NIC keeps is asleep from then on, like one of the layout. */
static void reap(struct rsse_engine *engine)
{
	if (engine->nr_queues)
		engine->stays = false;
	else if (!engine->stays && !engine->nr_placements && rsse_engine_retire(engine))
		engine->stays = true;
}

void rsse_made_reap(struct rsse_pnic *pnic)
{
	struct rsse_engine *engine, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(engine, next, &pnic->engines, list)
		if (rsse_engine_is_made(engine))
			reap(engine);
}
