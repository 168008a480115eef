/* SPDX-License-Identifier: GPL-2.0-only */
/* For tests in which loads are given, not measured, so that a permille decides. */
#ifndef UNIT_GIVEN_H
#define UNIT_GIVEN_H

#include "unit.h"

static inline struct world *given(u32 shared_engines, u32 free_queues)
{
	struct world *w = world_new(4, shared_engines, 2, free_queues);

	w->measured = true;
	w->config.hold_up_ms = 0;
	w->config.hold_down_ms = 0;
	w->config.dwell_ms = 0;
	return w;
}

static inline u32 on(struct world *w, u32 state, u32 engine, u32 pnic, u32 vnic)
{
	u32 vm = world_vm(w, 0, 0);

	world_place(w, vm, state, engine);
	w->vm[vm].pnic_busy = pnic;
	w->vm[vm].vnic_busy = vnic;
	return vm;
}

/* The hottest queue of an engine has all of its CPU, and all of its polls are full. */
static inline void saturate(struct world *w, u32 engine, u32 load)
{
	w->engine[engine].load = load;
	w->engine[engine].hottest = 1000;
	w->engine[engine].full_polls = 1000;
}

/* Two samples: the first asks for the look, the second has it. */
static inline void settle(struct world *w)
{
	world_step(w, 20);
	world_step(w, 20);
}

static inline void moved(struct world *w, u32 vm, u32 state, u32 engine, u32 reason)
{
	assert_int_equal(world_moves_of(w, vm), 1);
	assert_int_equal(STATE(w, vm), state);
	assert_int_equal(w->vm[vm].engine, engine);
	assert_int_equal(w->done[w->nr_done - 1].move.reason, reason);
}

static inline void stayed(struct world *w, u32 vm, u32 reason)
{
	assert_int_equal(world_moves_of(w, vm), 0);
	assert_int_equal(REASON(w, vm), reason);
}

#endif
