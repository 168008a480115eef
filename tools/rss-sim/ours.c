// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our policy: the object code of kmod/policy*.c, driven as the module's sampler
 * and mover drive it.
 */
#include <string.h>

#include "ours.h"
#include "policy_if.h"
#include "util.h"

/* So many VMs that the table of rules stays half empty. */
static uint32_t nr_pairs(const struct sim *sim)
{
	uint32_t nr = 16;

	while (nr < 4 * sim->nr_vms)
		nr *= 2;
	return nr;
}

static void make_state(struct ours *ours, const struct sim *sim)
{
	struct rsse_pol_state *state = &ours->state;

	state->nr_slots = sim->nr_vms;
	state->vm = zalloc(sim->nr_vms * sizeof(*state->vm));
	state->cap_engines = SIM_CONTEXTS;
	state->engine = zalloc(SIM_CONTEXTS * sizeof(*state->engine));
	state->cap_queues = SIM_QUEUES;
	state->room = zalloc(SIM_QUEUES * sizeof(*state->room));
	state->owner = zalloc(SIM_QUEUES * sizeof(*state->owner));
	state->cap_classes = OURS_CLASSES;
	state->classes = zalloc(OURS_CLASSES * sizeof(*state->classes));
	state->cap_pairs = nr_pairs(sim);
	state->pairs = zalloc(state->cap_pairs * sizeof(*state->pairs));
}

static void make_plans(struct ours *ours, const struct sim *sim)
{
	ours->plan.cap_moves = sim->nr_vms;
	ours->plan.moves = zalloc(sim->nr_vms * sizeof(*ours->plan.moves));
	ours->plan.decisions = zalloc(sim->nr_vms * sizeof(*ours->plan.decisions));
	ours->waiting.moves = zalloc(sim->nr_vms * sizeof(*ours->waiting.moves));
	ours->agenda.moves = zalloc(sim->nr_vms * sizeof(*ours->agenda.moves));
}

static void make_snapshot(struct ours *ours, const struct sim *sim)
{
	uint32_t i;

	ours->pol_vms = zalloc(sim->nr_vms * sizeof(*ours->pol_vms));
	for (i = 0; i < sim->nr_vms; i++)
		ours->pol_vms[i] = (struct rsse_pol_vm){
			.id = i + 1,
			.slot = i,
			.max_state = RSS_ENGINE_STATE_DEDICATED,
			.flags = RSSE_POL_VM_HAS_FILTER | RSSE_POL_VM_HAS_WORKER |
				 RSSE_POL_VM_PRESENT,
		};
	ours->outcomes = zalloc(2 * sim->nr_vms * sizeof(*ours->outcomes));
	ours->snap = (struct rsse_pol_snapshot){
		.dedicated_queues = 1,
		.nr_vms = sim->nr_vms,
		.nr_queues = sim->nr_queues,
		.engines = ours->pol_engines,
		.vms = ours->pol_vms,
		.outcomes = ours->outcomes,
		.queues = ours->pol_queues,
		.can_rewrite = true,
		.written = ours->written,
	};
	memset(&ours->snap.limits, 0xff, sizeof(ours->snap.limits));
}

static void *start(struct sim *sim, const struct rsse_config *config)
{
	struct ours *ours = zalloc(sizeof(*ours));

	ours->config = *config;
	ours->engine_of = zalloc(sim->nr_vms * sizeof(*ours->engine_of));
	ours->meters.vm_served = zalloc(sim->nr_vms * sizeof(*ours->meters.vm_served));
	ours->meters.vm_busy_ns = zalloc(sim->nr_vms * sizeof(*ours->meters.vm_busy_ns));
	make_state(ours, sim);
	make_plans(ours, sim);
	make_snapshot(ours, sim);
	ours->next_ns = ours->config.period_ms * SIM_MS;
	ours_layout(ours, sim);
	return ours;
}

static void stop(void *memory)
{
	struct ours *ours = memory;

	free(ours->engine_of);
	free(ours->meters.vm_served);
	free(ours->meters.vm_busy_ns);
	free(ours->state.vm);
	free(ours->state.engine);
	free(ours->state.room);
	free(ours->state.owner);
	free(ours->state.classes);
	free(ours->state.pairs);
	free(ours->plan.moves);
	free(ours->plan.decisions);
	free(ours->waiting.moves);
	free(ours->agenda.moves);
	free(ours->pol_vms);
	free(ours->outcomes);
	free(ours);
}

static uint64_t full_polls(const struct sim *sim)
{
	uint64_t full = 0;
	uint32_t i;

	for (i = 0; i < sim->nr_queues; i++)
		full += sim->queues[i].full_polls;
	return full;
}

static void sample(struct ours *ours, struct sim *sim)
{
	uint64_t window = sim->now - ours->sampled_ns;

	ours->seq++;
	ours->sampled_ns = sim->now;
	ours_looks_take(ours);
	ours_measure(ours, sim, window);
	rsse_policy_run(&ours->snap, &ours->config, &ours->state, &ours->plan);
	ours->snap.nr_outcomes = 0;
	ours->snap.nr_written = 0;
	ours_hand_over(ours, sim->now);
	ours_looks_plan(ours, sim);
	ours->next_ns = sim->now + ours->plan.next_period_ns;
	ours->full_polls = full_polls(sim);
}

/* Backed off: the first full poll ends that, but not the short period. */
static bool is_woken(const struct ours *ours, const struct sim *sim)
{
	return sim->now >= ours->sampled_ns + ours->config.period_ms * SIM_MS &&
	       full_polls(sim) > ours->full_polls;
}

static void step(void *memory, struct sim *sim)
{
	struct ours *ours = memory;

	ours_act(ours, sim);
	ours_looks_step(ours, sim);
	if (sim->now >= ours->next_ns || is_woken(ours, sim))
		sample(ours, sim);
}

const struct balancer balancer_ours = {
	.name = "ours",
	.about = "rss-engine: engines for VMs, the module's own policy",
	.queues_per_cpu = 1,
	.start = start,
	.step = step,
	.stop = stop,
};
