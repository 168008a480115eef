// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a look at the queues says about the VMs' parts. Everything here runs in
 * the sampler, under rsse_lock.
 *
 * The estimate takes every packet that a VNIC was sent for one of the PNIC's.
 * Packets from VMs on the same bridge are not, and a look tells: it counts the
 * destination addresses on the queues for a few milliseconds. An estimate that
 * lies within two standard deviations of what was counted stands.
 */
#include <linux/math64.h>
#include <linux/slab.h>

#include "core.h"
#include "meter.h"

/* A correction is looked at again after it: traffic changes its way. */
#define PART_AGE_NS	(10ULL * NSEC_PER_SEC)

static unsigned int count_targets(const struct rsse_pnic *pnic)
{
	const struct rsse_placement *placement;
	const struct rsse_vnic *vnic;
	unsigned int nr = 0;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		list_for_each_entry(vnic, &placement->vm->vnics, list)
			nr += vnic->nr_filters;
	return nr;
}

static struct rsse_look_target *add_targets(struct rsse_look_target *target,
					    const struct rsse_placement *placement)
{
	const struct rsse_vnic *vnic;
	unsigned int i;

	list_for_each_entry(vnic, &placement->vm->vnics, list) {
		for (i = 0; i < vnic->nr_filters; i++) {
			memcpy(target->mac, vnic->filters[i].mac, ETH_ALEN);
			target->vlan = vnic->filters[i].vlan;
			target->id = placement->id;
			target++;
		}
	}
	return target;
}

void rsse_look_ask(struct rsse_pnic *pnic, bool patient)
{
	struct rsse_look_target *targets, *next;
	struct rsse_look_entries *entries;
	struct rsse_placement *placement;
	unsigned int nr;

	if (!rsse_look_ready(pnic->look, patient))
		return;
	nr = count_targets(pnic);
	entries = rsse_entries_for_look(pnic);
	if (!nr && !entries)
		return;
	targets = kvcalloc(max(nr, 1U), sizeof(*targets), GFP_KERNEL);
	if (!targets) {
		kvfree(entries);
		return;
	}
	next = targets;
	list_for_each_entry(placement, &pnic->placements, pnic_list)
		next = add_targets(next, placement);
	rsse_look_start(pnic->look, targets, nr, entries);
}

/* Packets of an engine's queues that the look saw. */
static u64 seen_on(const struct rsse_engine *engine,
		   const struct rsse_look_result *result)
{
	unsigned int i;
	u64 seen = 0;

	for (i = 0; i < engine->nr_queues; i++)
		if (engine->queues[i] < result->nr_queues)
			seen += result->queue_packets[engine->queues[i]];
	return seen;
}

static bool far_from(u64 counted, u64 expected)
{
	u64 spread = 2 * int_sqrt64(expected) + 2;

	return counted + spread < expected || counted > expected + spread;
}

/*
 * Correct the part of a placement: its VNICs counted @weight packets while its
 * engine polled @packets, of which the look saw @seen and found @counted of
 * them to be the placement's.
 */
static void correct(struct rsse_placement *placement, u64 packets, u64 seen,
		    u64 counted)
{
	u64 weight = placement->vm->weight;
	u64 expected, part;

	if (!seen || !packets || !weight)
		return;
	expected = mul_u64_u64_div_u64(rsse_load_weight(placement), seen,
				       packets);
	if (!far_from(counted, min(expected, seen)))
		return;
	part = mul_u64_u64_div_u64(packets * RSSE_PART_ONE, counted, seen);
	placement->pnic_part = min_t(u64, div64_u64(part, weight),
				     RSSE_PART_ONE);
}

/*
 * Targets are in the order of the placements' ids; so are the placements. False
 * when none of the placement's addresses was looked for.
 */
static bool count_for(const struct rsse_look_result *result, unsigned int *next,
		      u32 id, u64 *packets)
{
	unsigned int first;

	while (*next < result->nr_targets && result->targets[*next].id < id)
		(*next)++;
	first = *next;
	*packets = 0;
	while (*next < result->nr_targets && result->targets[*next].id == id)
		*packets += result->targets[(*next)++].packets;
	return *next > first;
}

bool rsse_look_is_due(const struct rsse_pnic *pnic, u64 now)
{
	const struct rsse_placement *placement;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		if (placement->pnic_part < RSSE_PART_ONE &&
		    placement->vm->weight &&
		    now - placement->confirmed_ns > PART_AGE_NS)
			return true;
	return false;
}

void rsse_look_take_in(struct rsse_pnic *pnic)
{
	const struct rsse_look_result *result = rsse_look_collect(pnic->look);
	struct rsse_placement *placement;
	unsigned int next = 0;

	if (!result)
		return;
	rsse_entries_add(pnic, result->entries);
	list_for_each_entry(placement, &pnic->placements, pnic_list) {
		const struct rsse_engine *engine = placement->engine;
		u64 packets;

		if (!count_for(result, &next, placement->id, &packets))
			continue;
		correct(placement, engine->window_packets,
			seen_on(engine, result), packets);
		placement->confirmed_ns = result->begun_ns;
	}
	rsse_look_done(pnic->look);
}
