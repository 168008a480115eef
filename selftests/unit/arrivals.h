/* SPDX-License-Identifier: GPL-2.0-only */
/* A host that 2,000 VMs of 20 classes come to in one period. */
#ifndef UNIT_ARRIVALS_H
#define UNIT_ARRIVALS_H

#include "unit.h"

#define ARRIVALS	2000U
#define CLASSES		20U

/* A VM that is on engine @id already. */
static inline void resident(struct world *w, u32 id, u32 latency)
{
	u32 vm = world_vm(w, 0, 0);

	world_place(w, vm, SHARED, id);
	w->vm[vm].min_state = SHARED;
	w->vm[vm].latency = latency;
}

/* Some engines are loaded, some have company that not every VM likes. */
static inline void furnish(struct world *w, u32 engines)
{
	u32 i;

	for (i = 1; i <= engines; i++) {
		w->engine[i].load = i * 37 % 500;
		w->engine[i].hottest = w->engine[i].load;
		if (i % 7 == 0)
			resident(w, i, RSS_ENGINE_LATENCY_LOW);
		if (i % 11 == 0)
			resident(w, i, RSS_ENGINE_LATENCY_BULK);
	}
}

/* Alike in latency class, need and preference. */
static inline void make_class(struct rsse_pol_vm *vm, u32 class)
{
	vm->latency = class % 3;
	vm->need = 210 + class * 13;
	vm->prefer = class % 4 ? 0 : 1 + class;
	vm->require = class == 7 ? 30 : 0;
}

/* @engines shared engines of @queues each; returns the index of the first VM to come. */
static inline u32 crowd_arrives(struct world **world, u32 engines, u32 queues)
{
	struct world *w = world_new(8, engines, queues, 0);
	u32 i, first;

	w->measured = true;
	furnish(w, engines);
	first = w->snap.nr_vms;
	for (i = 0; i < ARRIVALS; i++)
		make_class(&w->vm[world_vm(w, 0, 0)], i * 7 % CLASSES);
	*world = w;
	return first;
}

#endif
