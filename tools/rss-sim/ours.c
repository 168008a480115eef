// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our policy: the object code of kmod/policy*.c, driven as the module's sampler
 * and mover drive it. A look confirms and corrects nothing: in this world what a
 * VNIC is sent has always come through the NIC.
 */
#include <string.h>

#include "ours.h"
#include "policy_if.h"
#include "util.h"

static void *start_with(struct sim *sim, const struct rsse_config *config, bool can_rewrite)
{
	struct ours *ours = zalloc(sizeof(*ours));
	uint32_t i;

	ours->config = *config;
	ours->engine_of = zalloc(sim->nr_vms * sizeof(*ours->engine_of));
	ours->last.vm_served = zalloc(sim->nr_vms * sizeof(*ours->last.vm_served));
	ours->last.vm_busy_ns = zalloc(sim->nr_vms * sizeof(*ours->last.vm_busy_ns));
	ours->pol_vms = zalloc(sim->nr_vms * sizeof(*ours->pol_vms));
	for (i = 0; i < sim->nr_vms; i++)
		ours->pol_vms[i] = (struct rsse_pol_vm){
			.id = i + 1,
			.slot = i,
			.flags = RSSE_POL_VM_HAS_FILTER | RSSE_POL_VM_HAS_WORKER |
				 RSSE_POL_VM_PRESENT,
		};
	ours->state.nr_slots = sim->nr_vms;
	ours->state.vm = zalloc(sim->nr_vms * sizeof(*ours->state.vm));
	ours->state.cap_engines = SIM_CONTEXTS;
	ours->state.engine = zalloc(SIM_CONTEXTS * sizeof(*ours->state.engine));
	ours->state.cap_queues = SIM_QUEUES;
	ours->state.room = zalloc(SIM_QUEUES * sizeof(*ours->state.room));
	ours->plan.cap_moves = OURS_MOVES;
	ours->plan.moves = zalloc(OURS_MOVES * sizeof(*ours->plan.moves));
	ours->plan.decisions = zalloc(sim->nr_vms * sizeof(*ours->plan.decisions));
	ours->snap.engines = ours->pol_engines;
	ours->snap.vms = ours->pol_vms;
	ours->snap.outcomes = ours->outcomes;
	ours->snap.nr_vms = sim->nr_vms;
	ours->snap.dedicated_queues = 1;
	ours->snap.can_rewrite = can_rewrite;
	ours->counting.engine = RSSE_ENGINE_NEW;
	ours->next_ns = ours->config.period_ms * SIM_MS;
	ours_layout(ours, sim);
	return ours;
}

static void *start(struct sim *sim, const struct rsse_config *config)
{
	return start_with(sim, config, false);
}

static void *start_rewriting(struct sim *sim, const struct rsse_config *config)
{
	return start_with(sim, config, true);
}

static void stop(void *memory)
{
	struct ours *ours = memory;

	free(ours->engine_of);
	free(ours->last.vm_served);
	free(ours->last.vm_busy_ns);
	free(ours->pol_vms);
	free(ours->state.vm);
	free(ours->state.engine);
	free(ours->state.room);
	free(ours->plan.moves);
	free(ours->plan.decisions);
	free(ours);
}

static void take_look(struct ours *ours)
{
	uint32_t i;

	if (!ours->looking)
		return;
	ours->looking = false;
	for (i = 0; i < ours->snap.nr_vms; i++)
		ours->pol_vms[i].confirmed_ns = ours->look_ns;
}

static void ask_for_look(struct ours *ours, const struct sim *sim)
{
	if (ours->look_ns && sim->now < ours->look_ns + OURS_LOOK_INTERVAL_NS)
		return;
	ours->looking = true;
	ours->look_ns = sim->now;
	ours_look_begins(ours, sim);
}

/* A plan that waits gives way to a newer one; one that is carried out does not. */
static void hand_over(struct ours *ours, uint64_t now)
{
	if (ours->done < ours->nr_agenda || !ours->plan.nr_moves)
		return;
	memcpy(ours->agenda, ours->plan.moves, ours->plan.nr_moves * sizeof(*ours->agenda));
	ours->nr_agenda = ours->plan.nr_moves;
	ours->done = 0;
	ours->act_ns = now + OURS_MOVE_NS;
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
	ours_measure(ours, sim, window);
	take_look(ours);
	ours_entries_measure(ours, sim);
	rsse_policy_run(&ours->snap, &ours->config, &ours->state, &ours->plan);
	ours->snap.nr_outcomes = 0;
	hand_over(ours, sim->now);
	ours_entries_plan(ours, sim->now);
	if (ours->plan.look || ours->plan.count_engine != RSSE_ENGINE_NEW)
		ask_for_look(ours, sim);
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
	ours_entries_act(ours, sim);
	if (ours->looking && sim->now == ours->look_ns + OURS_LOOK_NS)
		ours_look_ends(ours, sim);
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

const struct balancer balancer_ours_entries = {
	.name = "ours+entries",
	.about = "the same with rewriting of indirection entries",
	.queues_per_cpu = 1,
	.start = start_rewriting,
	.step = step,
	.stop = stop,
};
