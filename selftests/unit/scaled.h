/* SPDX-License-Identifier: GPL-2.0-only */
/* Worlds in which queues follow the load. */
#ifndef UNIT_SCALED_H
#define UNIT_SCALED_H

#include "unit.h"

static inline struct world *scaled(u32 scale, u32 default_queues, u32 engines, u32 each, u32 pool)
{
	struct world *w = world_new(default_queues, engines, each, pool);

	world_scale(w, scale);
	return w;
}

/* VMs that stay on the shared engine, with so much to do in sum. */
static inline u32 tenants(struct world *w, u32 engine, u32 nr, u32 sum)
{
	u32 i, first = w->snap.nr_vms;

	for (i = 0; i < nr; i++) {
		u32 vm = world_vm(w, sum / nr, 10);

		world_place(w, vm, SHARED, engine);
		w->vm[vm].min_state = SHARED;
		w->vm[vm].max_state = SHARED;
	}
	return first;
}

static inline void now_do(struct world *w, u32 first, u32 nr, u32 sum)
{
	u32 i;

	for (i = first; i < first + nr; i++)
		w->demand[i].pnic = sum / nr;
}

#endif
