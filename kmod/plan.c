// SPDX-License-Identifier: GPL-2.0-only
/*
 * The snapshot for the policy, and what becomes of its plan. Everything here
 * runs in the sampler, under rsse_lock.
 */
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"
#include "policy_state.h"
#include "trace.h"

/**
 * struct rsse_sampling - what the sampler keeps of a PNIC
 * @state: what the policy remembers
 * @cap_vms: entries of @vms and @decisions
 * @cap_engines: entries of @engines and @balance
 * @cap_outcomes: entries of @outcomes
 * @vms: placements in the snapshot
 * @decisions: one a placement
 * @engines: engines in the snapshot
 * @balance: decisions about their entries
 * @rewritten: outcome of a rewrite in the snapshot
 * @outcomes: outcomes in the snapshot
 * @moves: moves of the plan
 */
struct rsse_sampling {
	struct rsse_pol_state state;
	unsigned int cap_vms;
	unsigned int cap_engines;
	unsigned int cap_outcomes;
	struct rsse_pol_vm *vms;
	struct rsse_pol_decision *decisions;
	struct rsse_pol_engine *engines;
	struct rsse_pol_balance *balance;
	struct rsse_pol_rewritten rewritten;
	struct rsse_pol_outcome *outcomes;
	struct rsse_pol_move moves[RSSE_AGENDA_MAX];
};

void rsse_sampling_destroy(struct rsse_sampling *sampling)
{
	if (!sampling)
		return;
	kvfree(sampling->state.vm);
	kvfree(sampling->state.engine);
	kvfree(sampling->state.room);
	kvfree(sampling->balance);
	kvfree(sampling->vms);
	kvfree(sampling->decisions);
	kvfree(sampling->engines);
	kvfree(sampling->outcomes);
	kvfree(sampling);
}

/* Every engine but the default one has a queue at least. */
struct rsse_sampling *rsse_sampling_create(unsigned int nr_queues)
{
	struct rsse_sampling *sampling;

	sampling = kvzalloc(sizeof(*sampling), GFP_KERNEL);
	if (!sampling)
		return NULL;
	sampling->cap_engines = nr_queues + 1;
	sampling->state.cap_engines = sampling->cap_engines;
	sampling->engines = kvcalloc(sampling->cap_engines,
				     sizeof(*sampling->engines), GFP_KERNEL);
	sampling->state.engine = kvcalloc(sampling->cap_engines,
					  sizeof(*sampling->state.engine),
					  GFP_KERNEL);
	sampling->balance = kvcalloc(sampling->cap_engines,
				     sizeof(*sampling->balance), GFP_KERNEL);
	sampling->state.cap_queues = nr_queues;
	sampling->state.room = kvcalloc(max(nr_queues, 1U),
					sizeof(*sampling->state.room),
					GFP_KERNEL);
	if (!sampling->engines || !sampling->state.engine ||
	    !sampling->balance || !sampling->state.room) {
		rsse_sampling_destroy(sampling);
		return NULL;
	}
	return sampling;
}

/* rsse_lock held; false when the slots have outgrown the copy. */
static bool copy_state(const struct rsse_pnic *pnic, struct rsse_pol_state *to,
		       u64 *sample)
{
	const struct rsse_pol_state *from = &pnic->sampling->state;

	if (from->nr_slots > to->nr_slots)
		return false;
	if (from->nr_slots)
		memcpy(to->vm, from->vm, from->nr_slots * sizeof(*to->vm));
	memcpy(to->engine, from->engine, from->nr_engines * sizeof(*to->engine));
	to->nr_slots = from->nr_slots;
	to->nr_engines = from->nr_engines;
	to->period_ns = from->period_ns;
	to->runs = from->runs;
	*sample = pnic->sample;
	return true;
}

/* The memory is had without rsse_lock, which the sampler waits for. */
int rsse_sampling_copy(const struct rsse_pnic *pnic, struct rsse_pol_state *to,
		       u64 *sample)
{
	bool done;

	ASSERT_RTNL();
	to->cap_engines = pnic->sampling->state.cap_engines;
	to->engine = kvcalloc(to->cap_engines, sizeof(*to->engine), GFP_KERNEL);
	if (!to->engine)
		return -ENOMEM;
	do {
		kvfree(to->vm);
		to->nr_slots = READ_ONCE(pnic->sampling->state.nr_slots);
		to->vm = kvcalloc(max(to->nr_slots, 1U), sizeof(*to->vm),
				  GFP_KERNEL);
		if (!to->vm)
			return -ENOMEM;
		mutex_lock(&rsse_lock);
		done = copy_state(pnic, to, sample);
		mutex_unlock(&rsse_lock);
	} while (!done);
	return 0;
}

/* Room */

/* Make room in *@array for @nr_new entries of @size; keep the first @nr_old. */
static bool grow(void **array, size_t size, unsigned int nr_old,
		 unsigned int nr_new)
{
	void *new = kvcalloc(nr_new, size, GFP_KERNEL);

	if (!new)
		return false;
	if (nr_old)
		memcpy(new, *array, size * nr_old);
	kvfree(*array);
	*array = new;
	return true;
}

static bool room_for_vms(struct rsse_sampling *sampling, unsigned int nr)
{
	unsigned int cap = roundup_pow_of_two(max(nr, 16U));

	if (nr <= sampling->cap_vms)
		return true;
	if (!grow((void **)&sampling->vms, sizeof(*sampling->vms), 0, cap) ||
	    !grow((void **)&sampling->decisions, sizeof(*sampling->decisions),
		  0, cap))
		return false;
	sampling->cap_vms = cap;
	return true;
}

static bool room_for_slots(struct rsse_sampling *sampling, unsigned int nr)
{
	struct rsse_pol_state *state = &sampling->state;
	unsigned int cap = roundup_pow_of_two(max(nr, 16U));

	if (nr <= state->nr_slots)
		return true;
	if (!grow((void **)&state->vm, sizeof(*state->vm), state->nr_slots,
		  cap))
		return false;
	WRITE_ONCE(state->nr_slots, cap);
	return true;
}

static bool room_for_outcomes(struct rsse_sampling *sampling, unsigned int nr)
{
	unsigned int cap = roundup_pow_of_two(max(nr, 16U));

	if (nr <= sampling->cap_outcomes)
		return true;
	if (!grow((void **)&sampling->outcomes, sizeof(*sampling->outcomes), 0,
		  cap))
		return false;
	sampling->cap_outcomes = cap;
	return true;
}

static bool room(struct rsse_pnic *pnic)
{
	const struct rsse_placement *placement;
	unsigned int slots = 0;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		slots = max(slots, placement->slot + 1);
	return room_for_vms(pnic->sampling, pnic->nr_placements) &&
	       room_for_slots(pnic->sampling, slots) &&
	       room_for_outcomes(pnic->sampling,
				 list_count_nodes(&pnic->outcomes));
}

/* The snapshot */

static u32 vm_flags(const struct rsse_vm *vm)
{
	const struct rsse_vnic *vnic;
	u32 flags = 0;

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
			.pnic_busy = placement->pnic_busy,
			.vnic_busy = vm->vnic_busy,
			.vnic_total = vm->vnic_total,
			.hottest_worker = vm->hottest_worker,
			.confirmed_ns = placement->confirmed_ns,
			.manual_ns = placement->manual_ns,
		};
	}
}

static void take_engines(struct rsse_pnic *pnic,
			 struct rsse_pol_snapshot *snap)
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
			.nr_queues = engine->nr_queues,
			.load = engine->load,
			.hottest = engine->hottest,
			.full_polls = engine->full_polls,
		};
	}
}

static void take_rewritten(struct rsse_pnic *pnic,
			   struct rsse_pol_snapshot *snap)
{
	struct rsse_sampling *sampling = pnic->sampling;

	if (!pnic->has_rewritten)
		return;
	pnic->has_rewritten = false;
	sampling->rewritten = pnic->rewritten;
	snap->rewritten = &sampling->rewritten;
}

static void take_outcomes(struct rsse_pnic *pnic,
			  struct rsse_pol_snapshot *snap)
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

/*
 * On a PNIC that is only observed the shared engines exist in the books, and
 * the queues for dedicated ones are what the layout leaves.
 */
static u32 free_queues(const struct rsse_pnic *pnic)
{
	const struct rsse_layout *layout = &pnic->layout;
	u32 used = layout->default_queues +
		   layout->shared_engines * layout->shared_queues;

	if (pnic->steer)
		return rsse_engine_free_queues(pnic);
	return pnic->default_engine->nr_queues - used;
}

/* The plan */

static void publish_decisions(struct rsse_pnic *pnic)
{
	const struct rsse_pol_decision *from = pnic->sampling->decisions;
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
	const struct rsse_pol_balance *from = pnic->sampling->balance;
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

/* What would be done were the PNIC not only observed says so. */
static void mark_observed(struct rsse_pnic *pnic,
			  const struct rsse_pol_plan *plan)
{
	struct rsse_placement *placement;
	u32 i;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		for (i = 0; i < plan->nr_moves; i++)
			if (plan->moves[i].id == placement->id)
				WRITE_ONCE(placement->decision.reason,
					   RSS_ENGINE_REASON_OBSERVE);
	if (plan->rewrite.nr)
		WRITE_ONCE(rsse_engine_find(pnic, plan->rewrite.engine)->balance.reason,
			   RSS_ENGINE_REASON_OBSERVE);
}

/* A plan that still waits is older and gives way. */
static void hand_over(struct rsse_pnic *pnic, const struct rsse_pol_plan *plan,
		      u64 now)
{
	struct rsse_agenda *agenda = &pnic->agenda;

	agenda->nr = 0;
	agenda->rewrite.nr = 0;
	if (!plan->nr_moves && !plan->rewrite.nr)
		return;
	memcpy(agenda->moves, plan->moves,
	       plan->nr_moves * sizeof(*plan->moves));
	agenda->sample = pnic->sample;
	agenda->made_ns = now;
	agenda->expires_ns = now + 2 * plan->next_period_ns;
	agenda->nr = plan->nr_moves;
	agenda->rewrite = plan->rewrite;
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
		rsse_look_ask(pnic);
}

u64 rsse_plan(struct rsse_pnic *pnic, u64 now, u64 window)
{
	struct rsse_sampling *sampling = pnic->sampling;
	struct rsse_pol_snapshot snap = {
		.seq = pnic->sample,
		.now_ns = now,
		.window_ns = window,
		.dedicated_queues = pnic->layout.dedicated_queues,
		.can_rewrite = pnic->steer,
		.entries = rsse_entries_snapshot(pnic),
	};
	struct rsse_pol_plan plan = {
		.cap_moves = RSSE_AGENDA_MAX,
		.moves = sampling->moves,
		.balance = sampling->balance,
	};

	if (!room(pnic))
		return (u64)rsse_config.period_max_ms * NSEC_PER_MSEC;
	plan.decisions = sampling->decisions;
	snap.free_queues = free_queues(pnic);
	take_vms(pnic, &snap);
	take_engines(pnic, &snap);
	take_outcomes(pnic, &snap);
	take_rewritten(pnic, &snap);
	rsse_policy_run(&snap, &rsse_config, &sampling->state, &plan);
	rsse_sample_post(pnic, &snap, &plan, &sampling->state);

	trace_queues(pnic);
	publish_decisions(pnic);
	publish_balance(pnic);
	if (pnic->mode == RSS_ENGINE_MODE_OBSERVE)
		mark_observed(pnic, &plan);
	else
		hand_over(pnic, &plan, now);
	look(pnic, &plan, now);
	return plan.next_period_ns;
}
