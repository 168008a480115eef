// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at the queues. One confirms the VMs' parts, and corrects nothing: in this
 * world what a VNIC is sent has always come through the NIC. Meanwhile packets are
 * counted by the indirection entries of one engine, as the module does it by the
 * hashes of the packets that it sees.
 */
#include <string.h>

#include "ours.h"

void ours_looks_void(struct ours *ours)
{
	ours->looks.engine = RSSE_ENGINE_NEW;
	ours->looks.counts = false;
}

static void begin_counting(struct looks *looks, uint64_t now)
{
	looks->counts = true;
	looks->serial++;
	looks->wanted_ns = 0;
	looks->entries = (struct rsse_pol_entries){
		.engine = looks->engine,
		.begun_ns = now,
		.nr_entries = SIM_ENTRIES,
		.entries = looks->table,
	};
	memset(looks->table, 0, sizeof(looks->table));
}

/*
 * Count the entries of @engine. True when its table has to be read first: the look
 * waits for that. An engine that is wanted again within a look's interval goes on
 * with what was counted.
 */
static bool want(struct looks *looks, uint32_t engine, uint64_t now)
{
	bool is_new = looks->engine != engine;

	if (looks->counts && !is_new)
		looks->wanted_ns = now;
	else if (looks->counts && engine == RSSE_ENGINE_NEW &&
		 now - looks->wanted_ns < OURS_LOOK_INTERVAL_NS)
		return false;
	if (!is_new)
		return false;
	looks->engine = engine;
	looks->counts = false;
	if (engine != RSSE_ENGINE_NEW)
		begin_counting(looks, now);
	return engine != RSSE_ENGINE_NEW;
}

static void begin_look(struct looks *looks, const struct sim *sim)
{
	uint32_t i;

	looks->running = true;
	looks->begun_ns = sim->now;
	looks->look_serial = looks->counts && looks->wanted_ns == sim->now ? looks->serial : 0;
	for (i = 0; looks->look_serial && i < sim->nr_queues; i++)
		memcpy(looks->base[i], sim->queues[i].entry_served, sizeof(looks->base[i]));
}

/* One look each interval; one can be made up for, which is not for the patient. */
static void ask_for_look(struct looks *looks, const struct sim *sim, bool patient)
{
	uint64_t interval = OURS_LOOK_INTERVAL_NS;

	if (looks->running || sim->now < looks->spent_ns + (patient ? interval : 0))
		return;
	looks->spent_ns += interval;
	if (looks->spent_ns < sim->now)
		looks->spent_ns = sim->now;
	begin_look(looks, sim);
}

void ours_looks_plan(struct ours *ours, const struct sim *sim)
{
	const struct rsse_pol_plan *plan = &ours->plan;

	if (want(&ours->looks, plan->count_engine, sim->now))
		return;
	if (plan->look || plan->count_engine != RSSE_ENGINE_NEW)
		ask_for_look(&ours->looks, sim, !plan->look && plan->patient);
}

void ours_looks_step(struct ours *ours, const struct sim *sim)
{
	struct looks *looks = &ours->looks;
	const struct engine *engine;
	uint32_t i;

	if (!looks->running || sim->now != looks->begun_ns + OURS_LOOK_NS)
		return;
	engine = ours_engine(ours, looks->engine);
	if (!engine || !looks->counts || looks->look_serial != looks->serial)
		looks->look_serial = 0;
	for (i = 0; looks->look_serial && i < SIM_ENTRIES; i++) {
		uint32_t queue = sim->contexts[engine->context].table[i];

		looks->seen[i] = sim->queues[queue].entry_served[i] - looks->base[queue][i];
	}
}

void ours_looks_take(struct ours *ours)
{
	struct looks *looks = &ours->looks;
	uint32_t i;

	if (!looks->running || ours->sampled_ns < looks->begun_ns + OURS_LOOK_NS)
		return;
	looks->running = false;
	for (i = 0; i < ours->snap.nr_vms; i++)
		ours->pol_vms[i].confirmed_ns = looks->begun_ns;
	if (!looks->counts || looks->look_serial != looks->serial)
		return;
	for (i = 0; i < SIM_ENTRIES; i++)
		looks->table[i].packets += looks->seen[i];
}
