// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of the policy, from the snapshot to the plan.
 *
 * First the memory is brought up to date: outcomes, engines, conditions and
 * since when they hold. Then a rewrite of indirection entries is looked for,
 * which may spare an engine's VMs a move. Then moves are planned: useless ones
 * undone and pins kept, moves up, moves down; those whose hold time is over
 * before those that still wait, so that what only may happen takes no room or
 * queue from what happens now. What is left over gets the reason why it stays. At
 * last queues follow the load to where it will be.
 */
#include "policy_int.h"

/* What it needs is seen by now, and no longer expected only; or will not come yet. */
bool rsse_pol_is_known(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return !rsse_pol_vm(run, st)->need || rsse_pol_unsteerable(run, st) ||
	       !rsse_pol_remaining(run, st->arrived_ns, rsse_pol_ms(run->config->hold_down_ms));
}

/* The condition of its own under which a VM leaves the state it is in. */
static u32 condition(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	const struct rsse_config *config = run->config;
	u32 rx_load = rsse_pol_rx_load(vm);

	if (vm->pin != RSS_ENGINE_PIN_OFF)
		return RSSE_POL_COND_NONE;
	switch (vm->state) {
	case RSS_ENGINE_STATE_NONE:
		return rx_load > config->share_above &&
		       rsse_pol_most_state(vm) > RSS_ENGINE_STATE_NONE ?
		       RSSE_POL_COND_SHARE : RSSE_POL_COND_NONE;
	case RSS_ENGINE_STATE_SHARED:
		return rx_load < config->unshare_below && rsse_pol_is_known(run, st) &&
		       rsse_pol_least_state(vm) < RSS_ENGINE_STATE_SHARED ?
		       RSSE_POL_COND_UNSHARE : RSSE_POL_COND_NONE;
	default:
		return rx_load < config->release_below &&
		       rsse_pol_least_state(vm) < RSS_ENGINE_STATE_DEDICATED ?
		       RSSE_POL_COND_RELEASE : RSSE_POL_COND_NONE;
	}
}

static void note_condition(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	u32 cond = condition(run, st);

	if (cond != st->cond) {
		st->since_ns = run->snap->now_ns;
		st->since_seq = run->snap->seq;
	}
	st->cond = cond;
	if (cond == RSSE_POL_COND_SHARE)
		run->sharing[rsse_pol_share_pass(run, st)] = true;
}

/*
 * The memory of the VM at @index, or NULL when the snapshot gives it no slot,
 * or one that another VM has already.
 */
static struct rsse_pol_vm_state *state_of(const struct rsse_pol_run *run, u32 index)
{
	u32 slot = run->snap->vms[index].slot;
	struct rsse_pol_vm_state *st;

	if (slot >= run->state->nr_slots)
		return NULL;
	st = &run->state->vm[slot];
	return st->run == run->state->runs && st->index == index ? st : NULL;
}

/* It has not got its place yet, for no fault of its own: nothing was refused. */
static bool is_coming(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return !st->placed && (rsse_pol_unsteerable(run, st) ||
			       (!st->backoff[RSS_ENGINE_STATE_SHARED].count &&
				!st->backoff[RSS_ENGINE_STATE_DEDICATED].count));
}

static void claim_slot(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_vm *vm = &run->snap->vms[index];
	struct rsse_pol_vm_state *st;

	if (vm->slot >= run->state->nr_slots)
		return;
	st = &run->state->vm[vm->slot];
	if (st->run == run->state->runs)
		return;
	if (st->id != vm->id)
		memset(st, 0, sizeof(*st));
	st->id = vm->id;
	st->run = run->state->runs;
	st->index = index;
	if (is_coming(run, st))
		st->arrived_ns = run->snap->now_ns;
	st->relieves = false;
	st->wants = false;
	st->taken = false;
}

static bool find_home(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	st->home = 0;
	if (vm->state >= RSSE_POL_STATES)
		st->home = RSSE_POL_NONE;
	else if (vm->state != RSS_ENGINE_STATE_NONE)
		st->home = rsse_pol_engine_find(run, vm->engine);
	return st->home < run->nr_engines &&
	       run->snap->engines[st->home].kind == vm->state;
}

/* Put the VM on its engine's list and its load into the engine's books. */
static void settle_in(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	struct rsse_pol_engine_state *e = &run->state->engine[st->home];

	st->part = vm->pnic_busy;
	if (!rsse_pol_is_known(run, st))
		st->part = max(st->part, vm->need);
	st->part = min(st->part, RSSE_POL_SUM_MAX / 2);
	st->vnic = min(vm->vnic_busy, RSSE_POL_SUM_MAX / 2);
	st->next = e->head;
	e->head = vm->slot + 1;
	e->nr_vms += !!(vm->flags & RSSE_POL_VM_PRESENT);
	e->sum = min(e->sum + st->part, RSSE_POL_SUM_MAX);
	e->top = max(e->top, st->part);
	run->reserved += vm->flags & RSSE_POL_VM_RESERVE &&
			 vm->state != RSS_ENGINE_STATE_DEDICATED;
	rsse_pol_company(run, st);
}

static void begin_vms(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->snap->nr_vms; i++) {
		struct rsse_pol_vm_state *st = state_of(run, i);

		if (!st)
			continue;
		if (!find_home(run, st)) {
			st->home = RSSE_POL_NONE;
			st->cond = RSSE_POL_COND_NONE;
			continue;
		}
		note_condition(run, st);
		settle_in(run, st);
		rsse_pol_judge(run, st);
	}
}

/* The parts of the VMs may add up to more than was measured: estimates err. */
static void begin_sums(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->nr_engines; i++) {
		struct rsse_pol_engine_state *e = &run->state->engine[i];

		e->sum0 = max(e->sum0, e->sum);
		e->sum = e->sum0;
		e->sum_due = e->sum0;
	}
	rsse_pol_engines_full(run);
	rsse_pol_heap_build(run);
}

static void begin(struct rsse_pol_run *run)
{
	struct rsse_pol_state *state = run->state;
	u32 i;

	state->runs++;
	state->nr_engines = min(state->nr_engines, state->cap_engines);
	run->plan->nr_moves = 0;
	run->plan->look = false;
	run->plan->rewrite.nr = 0;
	run->plan->nr_shifts = 0;
	run->plan->count_engine = RSSE_ENGINE_NEW;
	run->plan->patient = false;
	for (i = 0; i < run->snap->nr_vms; i++)
		claim_slot(run, i);
	rsse_pol_outcomes(run);
	rsse_pol_engines_begin(run);
	rsse_pol_queues_begin(run);
	rsse_pol_written(run);
	rsse_pol_engines_measure(run);
	rsse_pol_limits_begin(run);
	rsse_pol_places_begin(run);
	begin_vms(run);
	begin_sums(run);
}

/* The memory of the VM at @index when it is on an engine that exists. */
struct rsse_pol_vm_state *rsse_pol_placed(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_vm_state *st = state_of(run, index);

	return st && st->home != RSSE_POL_NONE ? st : NULL;
}

static void down_trigger(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st,
			 struct rsse_pol_trigger *why)
{
	bool release = st->cond == RSSE_POL_COND_RELEASE;

	*why = (struct rsse_pol_trigger){
		.reason = release ? RSS_ENGINE_REASON_RELEASED :
				    RSS_ENGINE_REASON_UNSHARED,
		.value = rsse_pol_rx_load(rsse_pol_vm(run, st)),
		.threshold = release ? run->config->release_below :
				       run->config->unshare_below,
		.since_ns = st->since_ns,
		.since_seq = st->since_seq,
		.hold_ns = rsse_pol_ms(run->config->hold_down_ms),
	};
}

static void downs(struct rsse_pol_run *run, enum rsse_pol_pass pass)
{
	struct rsse_pol_trigger why;
	u32 i;

	for (i = 0; i < run->snap->nr_vms; i++) {
		struct rsse_pol_vm_state *st = rsse_pol_placed(run, i);

		if (!st || st->taken || (st->cond != RSSE_POL_COND_RELEASE &&
					 st->cond != RSSE_POL_COND_UNSHARE))
			continue;
		down_trigger(run, st, &why);
		if (rsse_pol_pass_of(run, &why) == pass)
			rsse_pol_return(run, st, &why);
	}
}

/* Nothing calls for a move; what comes nearest to a reason is shown. */
static void stay(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	const u32 thresholds[RSSE_POL_STATES] = {
		run->config->share_above,
		run->config->unshare_below,
		run->config->release_below,
	};
	u32 reason = rsse_pol_unsteerable(run, st);

	if (!reason && rsse_pol_hopeless(run, st))
		return;
	if (!reason && e->full && !e->spared && vm->state != RSS_ENGINE_STATE_DEDICATED) {
		rsse_pol_decide(run, st, RSS_ENGINE_REASON_NOT_SELECTED,
				e->load, run->config->engine_above);
		return;
	}
	if (!reason && !(vm->flags & RSSE_POL_VM_HAS_WORKER))
		reason = RSS_ENGINE_REASON_NO_WORKER;
	if (!reason && vm->state == rsse_pol_most_state(vm) &&
	    vm->state == RSS_ENGINE_STATE_NONE &&
	    rsse_pol_rx_load(vm) > run->config->share_above)
		reason = RSS_ENGINE_REASON_LIMIT;
	rsse_pol_decide(run, st, reason, rsse_pol_rx_load(vm),
			thresholds[vm->state]);
}

static void stays(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->snap->nr_vms; i++) {
		struct rsse_pol_vm_state *st = rsse_pol_placed(run, i);

		/* A window that tells nothing of its engine does not end its wait. */
		if (st && !st->wants && !rsse_pol_engine(run, st->home)->was_full)
			st->want_ns = 0;
		if (st && !run->plan->decisions[i].reason)
			stay(run, st);
	}
}

/*
 * Worth the short period: an engine or a VM that could still move up is at half
 * of what would make it.
 */
static bool is_near(const struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->nr_engines; i++)
		if (run->state->engine[i].load > run->config->engine_above / 2 &&
		    run->snap->engines[i].kind != RSS_ENGINE_ENGINE_KIND_DEDICATED)
			return true;
	for (i = 0; i < run->snap->nr_vms; i++)
		if (run->snap->vms[i].state == RSS_ENGINE_STATE_NONE &&
		    rsse_pol_rx_load(&run->snap->vms[i]) >
		    run->config->share_above / 2)
			return true;
	return false;
}

static void next_period(struct rsse_pol_run *run)
{
	u64 low = rsse_pol_ms(run->config->period_ms);
	u64 high = max(rsse_pol_ms(run->config->period_max_ms), low);
	u64 period = min(run->state->period_ns, high) * 2;

	if (run->active || (run->snap->can_rewrite && is_near(run)))
		period = low;
	run->state->period_ns = clamp(period, low, high);
	run->plan->next_period_ns = run->state->period_ns;
}

void rsse_policy_run(const struct rsse_pol_snapshot *snap,
		     const struct rsse_config *config,
		     struct rsse_pol_state *state,
		     struct rsse_pol_plan *plan)
{
	struct rsse_pol_run run = {
		.snap = snap,
		.config = config,
		.state = state,
		.plan = plan,
		.limit = config->engine_above - config->return_margin,
		.moves_left = config->moves_max,
	};
	enum rsse_pol_pass pass;

	memset(plan->decisions, 0, snap->nr_vms * sizeof(*plan->decisions));
	if (plan->balance)
		memset(plan->balance, 0,
		       snap->nr_engines * sizeof(*plan->balance));
	begin(&run);
	if (run.nr_engines) {
		rsse_pol_entries(&run);
		rsse_pol_select_begin(&run);
		rsse_pol_orders(&run);
		for (pass = RSSE_POL_PASS_DUE; pass <= RSSE_POL_PASS_WAITING; pass++) {
			rsse_pol_ups(&run, pass);
			downs(&run, pass);
		}
		stays(&run);
		rsse_pol_queues(&run);
		rsse_pol_wakes(&run);
	}
	next_period(&run);
}
