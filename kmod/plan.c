// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the policy decides, and what becomes of its plan. Everything here runs in
 * the sampler, under rsse_lock.
 */
#include <linux/bsearch.h>
#include <linux/slab.h>

#include "netlink.h"
#include "sampling.h"
#include "trace.h"

static void publish_decisions(struct rsse_pnic *pnic)
{
	const struct rsse_pol_decision *from = pnic->sampling->plan.decisions;
	struct rsse_placement *placement;

	list_for_each_entry(placement, &pnic->placements, pnic_list) {
		struct rsse_pol_decision *to = &placement->decision;

		WRITE_ONCE(to->reason, from->reason);
		WRITE_ONCE(to->moves, from->moves);
		WRITE_ONCE(to->to_state, from->to_state);
		WRITE_ONCE(to->to_engine, from->to_engine);
		WRITE_ONCE(to->value, from->value);
		WRITE_ONCE(to->threshold, from->threshold);
		WRITE_ONCE(to->gain, from->gain);
		WRITE_ONCE(to->wait_ns, from->wait_ns);
		trace_rsse_placement(placement);
		trace_rsse_decision(placement);
		from++;
	}
}

static void publish_balance(struct rsse_pnic *pnic)
{
	const struct rsse_pol_balance *from = pnic->sampling->plan.balance;
	struct rsse_engine *engine;

	list_for_each_entry(engine, &pnic->engines, list) {
		struct rsse_pol_balance *to = &engine->balance;

		WRITE_ONCE(to->reason, from->reason);
		WRITE_ONCE(to->value, from->value);
		WRITE_ONCE(to->threshold, from->threshold);
		WRITE_ONCE(to->gain, from->gain);
		WRITE_ONCE(to->wait_ns, from->wait_ns);
		from++;
	}
}

static int compare_id(const void *key, const void *vm)
{
	u32 a = *(const u32 *)key, b = ((const struct rsse_pol_vm *)vm)->id;

	return a < b ? -1 : a > b;
}

/*
 * Moves that would be made were the PNIC not only observed say so. Entries and queues
 * are not decided about at all.
 */
static void mark_observed(struct rsse_sampling *sampling,
			  const struct rsse_pol_snapshot *snap)
{
	struct rsse_pol_plan *plan = &sampling->plan;
	u32 i;

	for (i = 0; i < plan->nr_moves; i++) {
		const struct rsse_pol_vm *vm =
			bsearch(&plan->moves[i].id, snap->vms, snap->nr_vms,
				sizeof(*vm), compare_id);

		if (!WARN_ON_ONCE(!vm))
			plan->decisions[vm - snap->vms].reason =
				RSS_ENGINE_REASON_OBSERVE;
	}
	for (i = 0; i < snap->nr_engines; i++)
		plan->balance[i].reason = RSS_ENGINE_REASON_OBSERVE;
}

void rsse_agenda_drop(struct rsse_pnic *pnic)
{
	kvfree(pnic->agenda);
	pnic->agenda = NULL;
}

/*
 * A plan that still waits is older and gives way. Where there is no memory for it,
 * the next plan says the same.
 */
static void hand_over(struct rsse_pnic *pnic, const struct rsse_pol_plan *plan,
		      u64 now)
{
	struct rsse_agenda *agenda;

	rsse_agenda_drop(pnic);
	if (!plan->nr_moves && !plan->nr_shifts && !plan->rewrite.nr)
		return;
	agenda = kvzalloc(struct_size(agenda, moves, plan->nr_moves), GFP_KERNEL);
	if (!agenda)
		return;
	memcpy(agenda->shifts, plan->shifts,
	       plan->nr_shifts * sizeof(*plan->shifts));
	memcpy(agenda->moves, plan->moves,
	       plan->nr_moves * sizeof(*plan->moves));
	agenda->sample = pnic->sample;
	agenda->expires_ns = now + 2 * plan->next_period_ns;
	agenda->rewrite = plan->rewrite;
	agenda->nr_shifts = plan->nr_shifts;
	agenda->made = RSSE_ENGINE_SPARE;
	agenda->nr = plan->nr_moves;
	pnic->agenda = agenda;
	rsse_mover_wake();
}

static void trace_queues(struct rsse_pnic *pnic)
{
	unsigned int i;

	for (i = 0; trace_rsse_queue_enabled() && i < pnic->nr_queues; i++)
		trace_rsse_queue(pnic, pnic->queues[i]);
}

/*
 * What an engine's first look is to count has to be read by the mover before; the
 * look waits for it, for one sample.
 */
static void look(struct rsse_pnic *pnic, const struct rsse_pol_plan *plan,
		 u64 now)
{
	bool counts = plan->count_engine != RSSE_ENGINE_NEW;

	if (rsse_entries_want(pnic, plan->count_engine, now))
		return;
	if (plan->look || counts || rsse_look_is_due(pnic, now))
		rsse_look_ask(pnic, !plan->look && plan->patient);
}

u64 rsse_plan(struct rsse_pnic *pnic, u64 now, u64 window)
{
	struct rsse_sampling *sampling = pnic->sampling;
	struct rsse_pol_snapshot snap = {
		.now_ns = now,
		.window_ns = window,
	};
	struct rsse_pol_plan *plan = &sampling->plan;

	if (!rsse_sampling_room(pnic))
		return (u64)rsse_config.period_max_ms * NSEC_PER_MSEC;
	rsse_snapshot_take(pnic, &snap);
	rsse_policy_run(&snap, &rsse_config, &sampling->state, plan);
	rsse_sample_post(pnic, &snap, plan, &sampling->state);

	trace_queues(pnic);
	if (pnic->mode == RSS_ENGINE_MODE_OBSERVE)
		mark_observed(sampling, &snap);
	else
		hand_over(pnic, plan, now);
	publish_decisions(pnic);
	publish_balance(pnic);
	look(pnic, plan, now);
	return plan->next_period_ns;
}
