/* SPDX-License-Identifier: GPL-2.0-only */
/* Worlds of any layout with rules and limits, and what happens in them. */
#ifndef UNIT_RANDOM_WORLD_H
#define UNIT_RANDOM_WORLD_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rnd.h"
#include "unit.h"

#define SEEDS	60
#define STEPS	150

/* Every other world has CPUs that are excluded. */
static bool excluding;

static inline void random_limits(struct world *w)
{
	memset(&w->snap.limits, 0xff, sizeof(w->snap.limits));
	w->most_shared = 0;
	if (!rnd(3))
		w->snap.limits.default_queues = 1 + rnd(8);
	if (!rnd(3))
		world_allow_shared(w, rnd(8));
	if (!rnd(3))
		w->snap.limits.shared_queues = 1 + rnd(4);
	if (!rnd(3))
		w->snap.limits.dedicated_engines = rnd(4);
}

static inline void random_states(struct rsse_pol_vm *vm)
{
	vm->min_state = rnd(4) ? NONE : rnd(3);
	vm->max_state = vm->min_state + rnd(3 - vm->min_state);
	if (rnd(2))
		vm->max_state = DEDICATED;
	vm->pin = rnd(8) ? RSS_ENGINE_PIN_OFF : rnd(4);
}

static inline void random_rules(struct rsse_pol_vm *vm)
{
	random_states(vm);
	vm->flags = 7 | (rnd(12) ? 0 : RSSE_POL_VM_RESERVE);
	vm->priority = (s32)rnd(5) - 2;
	vm->latency = rnd(3);
	vm->require = rnd(10) ? 0 : 1 + rnd(4);
	vm->prefer = rnd(4) ? 0 : 1 + rnd(4);
	vm->apart = rnd(4) ? 0 : 1 + rnd(6);
	vm->together = rnd(6) ? 0 : 1 + rnd(6);
	vm->need = rnd(4) ? 0 : rnd(1000);
}

static inline void random_demand(struct world *w, u32 vm)
{
	static const u32 scale[] = { 10, 100, 300, 1500, 8000 };
	u32 top = scale[rnd(5)];

	w->demand[vm] = (struct demand){ rnd(top), rnd(top), rnd(1001) };
}

static inline struct world *random_world(u64 from)
{
	struct world *w;
	u32 i, nr;

	seed_rnd(from);
	excluding = from % 2;
	w = world_new(1 + rnd(8), rnd(5), 1 + rnd(4), rnd(8));
	world_scale(w, rnd(3));
	w->config.hold_up_ms = rnd(100);
	w->config.hold_down_ms = rnd(400);
	w->config.dwell_ms = rnd(1000);
	w->config.starve_ms = rnd(1000);
	w->config.gain_min = rnd(50);
	w->config.moves_max = 1 + rnd(8);
	w->config.select = rnd(3);
	w->snap.dedicated_queues = 1 + rnd(3);
	w->host = rnd(2) * rnd(2000);
	random_limits(w);
	nr = 1 + rnd(60);
	for (i = 0; i < nr; i++) {
		world_vm(w, 0, 0);
		random_demand(w, i);
		random_rules(&w->vm[i]);
	}
	return w;
}

static inline void random_event(struct world *w)
{
	u32 vm = rnd(w->snap.nr_vms);

	if (!rnd(3))
		random_demand(w, vm);
	if (!rnd(20))
		random_rules(&w->vm[vm]);
	if (!rnd(40))
		w->vm[vm].flags = rnd(16);
	if (!rnd(40))
		random_limits(w);
	if (!rnd(20))
		w->queue[rnd(w->snap.nr_queues)].flags = rnd(excluding ? 4 : 2);
	if (!rnd(20))
		w->others[rnd(w->snap.nr_queues)] = rnd(1000);
	w->blind = !rnd(4);
	w->frozen = !rnd(8);
	w->fail = rnd(12) ? 0 : EIO;
	w->fail_shifts = rnd(12) ? 0 : EIO;
	w->fail_making = rnd(6) ? 0 : EBUSY;
}

/* A clock that jumps back, and what lies in the future then. */
static inline void random_jump(struct world *w)
{
	if (!rnd(30))
		w->snap.now_ns -= rnd(900) * MS;
	if (!rnd(30))
		w->snap.seq -= rnd(50);
	if (!rnd(30))
		w->vm[rnd(w->snap.nr_vms)].manual_ns = w->snap.now_ns + rnd(900) * MS;
	if (!rnd(30))
		w->vm[rnd(w->snap.nr_vms)].confirmed_ns = w->snap.now_ns + rnd(900) * MS;
}

#endif
