/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenes to start from. */
#ifndef UNIT_SCENES_H
#define UNIT_SCENES_H

#include "unit.h"

/* One shared engine, and two queues for dedicated ones. */
static inline struct world *at_period(u32 period)
{
	struct world *w = world_new(4, 1, 2, 2);

	w->config.period_ms = period;
	w->snap.can_rewrite = true;
	return w;
}

/* A VM whose load calls for a shared engine; hold times are 0. */
static inline struct world *wanting(u32 *vm)
{
	struct world *w = world_new(4, 1, 2, 2);

	w->config.hold_up_ms = 0;
	*vm = world_vm(w, 400, 100);
	world_vm(w, 10, 10);
	return w;
}

/* A VM that floods a shared engine with a quiet neighbour. */
static inline struct world *flooding(u32 *vm, u32 *neighbour)
{
	struct world *w = world_new(4, 1, 2, 1);

	w->config.hold_up_ms = 0;
	*vm = world_vm(w, 5000, 300);
	*neighbour = world_vm(w, 60, 100);
	world_place(w, *vm, SHARED, 1);
	world_place(w, *neighbour, SHARED, 1);
	return w;
}

#endif
