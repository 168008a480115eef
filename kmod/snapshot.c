// SPDX-License-Identifier: GPL-2.0-only
/* The snapshot for the policy. Everything here runs in the sampler, under rsse_lock. */
#include <linux/slab.h>

#include "sampling.h"

static u32 group_number(const struct rsse_group *group)
{
	return group ? group->number : 0;
}

static u32 vm_flags(const struct rsse_vm *vm)
{
	u32 flags = vm->rules.reserve ? RSSE_POL_VM_RESERVE : 0;
	const struct rsse_vnic *vnic;

	list_for_each_entry(vnic, &vm->vnics, list) {
		if (vnic->nr_filters)
			flags |= RSSE_POL_VM_HAS_FILTER;
		if (!list_empty(&vnic->workers))
			flags |= RSSE_POL_VM_HAS_WORKER;
		if (vnic->dev)
			flags |= RSSE_POL_VM_PRESENT;
	}
	return flags;
}

static void take_vms(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_pol_vm *to = pnic->sampling->vms;
	const struct rsse_placement *placement;

	snap->vms = to;
	snap->nr_vms = pnic->nr_placements;
	list_for_each_entry(placement, &pnic->placements, pnic_list) {
		const struct rsse_vm *vm = placement->vm;

		*to++ = (struct rsse_pol_vm){
			.id = placement->id,
			.slot = placement->slot,
			.engine = placement->engine->id,
			.state = placement->state,
			.pin = vm->pin,
			.flags = vm_flags(vm),
			.priority = vm->priority,
			.min_state = vm->rules.min_state,
			.max_state = vm->rules.max_state,
			.latency = vm->rules.latency,
			.require = vm->rules.require,
			.prefer = vm->rules.prefer,
			.apart = group_number(vm->rules.apart),
			.together = group_number(vm->rules.together),
			.need = vm->rules.need,
			.pnic_busy = placement->pnic_busy,
			.vnic_busy = vm->vnic_busy,
			.vnic_total = vm->vnic_total,
			.hottest_worker = vm->hottest_worker,
			.confirmed_ns = placement->confirmed_ns,
			.manual_ns = placement->manual_ns,
		};
	}
}

/* On a PNIC that is only observed engines have in the books what is due to them. */
static void take_engines(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_sampling *sampling = pnic->sampling;
	const struct rsse_engine *engine;

	snap->engines = sampling->engines;
	list_for_each_entry(engine, &pnic->engines, list) {
		if (WARN_ON_ONCE(snap->nr_engines == sampling->cap_engines))
			break;
		sampling->engines[snap->nr_engines++] = (struct rsse_pol_engine){
			.id = engine->id,
			.kind = engine->kind,
			.nr_queues = engine->context == RSSE_CONTEXT_NONE ?
				     engine->home : engine->nr_queues,
			.home = engine->home,
			.load = engine->load,
			.hottest = engine->hottest,
			.full_polls = engine->full_polls,
		};
	}
}

/* Behind all that exist, for it has the highest id. */
static void offer_spare(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_sampling *sampling = pnic->sampling;

	if (!rsse_made_is_allowed(pnic, &snap->limits) ||
	    WARN_ON_ONCE(snap->nr_engines == sampling->cap_engines))
		return;
	sampling->engines[snap->nr_engines++] = (struct rsse_pol_engine){
		.id = RSSE_ENGINE_SPARE,
		.kind = RSS_ENGINE_ENGINE_KIND_SHARED,
	};
}

static u32 queue_flags(const struct rsse_queue *queue)
{
	u32 flags = 0;

	if (rsse_pnic_cpu_far(queue->pnic, queue->cpu))
		flags |= RSSE_POL_QUEUE_FAR;
	if (rsse_pnic_cpu_excluded(queue->pnic, queue->cpu))
		flags |= RSSE_POL_QUEUE_EXCLUDED;
	return flags;
}

/* Those that somebody else uses are none of the policy's business. */
static void take_queues(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_sampling *sampling = pnic->sampling;
	unsigned int i;

	snap->queues = sampling->queues;
	for (i = 0; i < pnic->nr_queues; i++) {
		const struct rsse_queue *queue = pnic->queues[i];

		sampling->place[i] = RSSE_PLACE_NONE;
		if (!queue->engine && !rsse_queue_is_usable(queue))
			continue;
		sampling->place[i] = snap->nr_queues;
		sampling->queues[snap->nr_queues++] = (struct rsse_pol_queue){
			.id = i,
			.engine = queue->engine ? queue->engine->id :
						  RSSE_ENGINE_NEW,
			.home = queue->home,
			.busy = queue->busy,
			.avg = queue->avg / 1000,
			.full_polls = queue->full_polls,
			.cpu = queue->cpu,
			.cpu_busy = queue->busy + queue->others / 1000,
			.flags = queue_flags(queue),
		};
	}
}

static void take_written(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_sampling *sampling = pnic->sampling;

	memcpy(sampling->written, pnic->written,
	       array_size(pnic->nr_written, sizeof(*pnic->written)));
	snap->written = sampling->written;
	snap->nr_written = pnic->nr_written;
	pnic->nr_written = 0;
}

static void take_outcomes(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	struct rsse_pol_outcome *to = pnic->sampling->outcomes;
	struct rsse_outcome *outcome, *next;

	snap->outcomes = to;
	list_for_each_entry_safe(outcome, next, &pnic->outcomes, list) {
		to[snap->nr_outcomes++] = outcome->outcome;
		list_del(&outcome->list);
		kfree(outcome);
	}
}

void rsse_snapshot_take(struct rsse_pnic *pnic, struct rsse_pol_snapshot *snap)
{
	snap->seq = pnic->sample;
	snap->dedicated_queues = pnic->layout.dedicated_queues;
	snap->free_queues = rsse_engine_free_queues(pnic);
	snap->can_rewrite = pnic->mode == RSS_ENGINE_MODE_AUTO;
	rsse_limits_now(pnic, &snap->limits);
	take_vms(pnic, snap);
	take_engines(pnic, snap);
	offer_spare(pnic, snap);
	take_queues(pnic, snap);
	take_outcomes(pnic, snap);
	take_written(pnic, snap);
	snap->entries = rsse_entries_snapshot(pnic, pnic->sampling->place);
}
