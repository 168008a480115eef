/* SPDX-License-Identifier: GPL-2.0-only */
/* Small hosts for the tests of the simulator, and cmocka in the order it wants. */
#ifndef SIM_TEST_WORLD_H
#define SIM_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metrics.h"
#include "policy.h"
#include "policy_if.h"
#include "sim.h"
#include "util.h"

#define assert_near(value, want, part) \
	assert_true((value) >= (want) * (1 - (part)) && (value) <= (want) * (1 + (part)))

/* A VM with @nr flows of equal share, on the entries from @entry on. */
static inline void give_flows(struct sim *sim, uint32_t vm, double level, uint32_t entry,
			      uint32_t nr)
{
	struct vm *v = &sim->vms[vm];
	uint32_t i;

	v->level = level;
	v->workers = 4;
	v->worker_ns = SIM_WORKER_NS;
	v->nr_flows = nr;
	v->flows = zalloc(nr * sizeof(*v->flows));
	for (i = 0; i < nr; i++)
		v->flows[i] = (struct flow){
			.vm = vm,
			.entry = (entry + i) % SIM_ENTRIES,
			.share = 1.0 / nr,
		};
	sim->dirty = true;
}

static inline void take_flows(struct sim *sim)
{
	uint32_t i;

	for (i = 0; i < sim->nr_vms; i++)
		free(sim->vms[i].flows);
}

static inline void set_level(struct sim *sim, uint32_t vm, double level)
{
	sim->vms[vm].level = level;
	sim->dirty = true;
}

static inline void *begin(struct sim *sim, const struct balancer *balancer)
{
	void *memory = balancer->start(sim, &rsse_config_default);

	sim->started = true;
	return memory;
}

static inline void run_for(struct sim *sim, const struct balancer *balancer, void *memory,
			   uint64_t ms)
{
	uint64_t end = sim->now + ms * SIM_MS;

	while (sim->now < end) {
		if (balancer && balancer->step)
			balancer->step(memory, sim);
		sim_step(sim);
	}
}

static inline void finish(struct sim *sim, const struct balancer *balancer, void *memory)
{
	if (balancer && balancer->stop)
		balancer->stop(memory);
	take_flows(sim);
	if (sim->metrics)
		metrics_free(sim->metrics);
	sim_free(sim);
}

#endif
