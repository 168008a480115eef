// SPDX-License-Identifier: GPL-2.0-only
/*
 * What has to be, whatever it gains: pins, the least and the highest state of a VM,
 * the maxima of a PNIC, a place for those who have just come, and the end of moves
 * that were useless.
 */
#include "policy_int.h"

static bool is_pinned(const struct rsse_pol_vm *vm)
{
	return vm->pin != RSS_ENGINE_PIN_OFF;
}

u32 rsse_pol_least_state(const struct rsse_pol_vm *vm)
{
	return is_pinned(vm) ? vm->pin - RSS_ENGINE_PIN_NONE : vm->min_state;
}

u32 rsse_pol_most_state(const struct rsse_pol_vm *vm)
{
	return is_pinned(vm) ? vm->pin - RSS_ENGINE_PIN_NONE : vm->max_state;
}

static bool aim(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		u32 state, struct rsse_pol_target *to)
{
	switch (state) {
	case RSS_ENGINE_STATE_SHARED:
		return rsse_pol_aim_shared(run, st, to) || rsse_pol_aim_anyway(run, st, to);
	case RSS_ENGINE_STATE_DEDICATED:
		return rsse_pol_aim_dedicated(run, st, to);
	default:
		rsse_pol_aim_none(to);
		return true;
	}
}

static void make_order(const struct rsse_pol_run *run,
		       const struct rsse_pol_vm_state *st, u32 reason,
		       struct rsse_pol_trigger *why)
{
	*why = (struct rsse_pol_trigger){
		.reason = reason,
		.value = rsse_pol_rx_load(rsse_pol_vm(run, st)),
		.since_ns = run->snap->now_ns,
		.since_seq = run->snap->seq,
		.forced = true,
	};
}

/* To a state, at once; whatever it costs, for it is an order. */
static void order(struct rsse_pol_run *run, struct rsse_pol_vm_state *st, u32 state,
		  u32 reason)
{
	u32 unsteerable = rsse_pol_unsteerable(run, st);
	struct rsse_pol_trigger why;
	struct rsse_pol_target to;

	make_order(run, st, reason, &why);
	if (unsteerable && state != RSS_ENGINE_STATE_NONE)
		rsse_pol_decide_why(run, st, unsteerable, &why);
	else if (aim(run, st, state, &to))
		rsse_pol_offer(run, st, &why, &to, 0);
	else
		rsse_pol_no_engine(run, st, &why);
}

/* It may still be where a useless move came from. */
static bool may_undo(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		     const struct rsse_pol_target *to)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return to->index != RSSE_POL_NONE && vm->state == st->judge.to_state &&
	       vm->engine == st->judge.to_engine &&
	       to->state >= rsse_pol_least_state(vm) && to->state <= rsse_pol_most_state(vm) &&
	       (to->state != RSS_ENGINE_STATE_SHARED || rsse_pol_admits(run, st, to->index));
}

/* Back to there. */
static void undo(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_judge *judge = &st->judge;
	const struct rsse_pol_target to = {
		.state = judge->from_state,
		.engine = judge->from_engine,
		.index = rsse_pol_engine_find(run, judge->from_engine),
	};
	struct rsse_pol_trigger why;

	if (!may_undo(run, st, &to)) {
		st->judge.undo = false;
		return;
	}
	make_order(run, st, RSS_ENGINE_REASON_USELESS, &why);
	why.value = rsse_pol_engine(run, to.index)->load *
		    rsse_pol_engine(run, to.index)->had;
	why.threshold = judge->load;
	rsse_pol_offer(run, st, &why, &to, 0);
}

/* Arrivals */

/* It is in none because nobody has given it a place, and it is expected to need one. */
static bool needs_place(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return vm->state == RSS_ENGINE_STATE_NONE && !vm->manual_ns &&
	       vm->need > run->config->share_above &&
	       rsse_pol_most_state(vm) >= RSS_ENGINE_STATE_SHARED;
}

/*
 * A VM that has just come, and is expected to need an engine, gets one before its
 * load shows. That is no move for the budget: the VM carries nothing yet.
 */
static void arrive(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	struct rsse_pol_trigger why;
	struct rsse_pol_target to;
	u64 wait_ns;

	if (!needs_place(run, st) || rsse_pol_unsteerable(run, st))
		return;
	make_order(run, st, RSS_ENGINE_REASON_PLACED, &why);
	why.value = vm->need;
	why.threshold = run->config->share_above;
	why.free = true;
	if (rsse_pol_aim_ranked(run, st, &to)) {
		rsse_pol_offer(run, st, &why, &to, 0);
		return;
	}
	wait_ns = rsse_pol_making_wait(run, st);
	rsse_pol_decide_why(run, st, wait_ns ? RSS_ENGINE_REASON_BACKED_OFF :
					       RSS_ENGINE_REASON_NO_ROOM, &why);
	rsse_pol_decision(run, st)->wait_ns = wait_ns;
}

/*
 * Its place is still to come: it cannot be steered yet, the plan was full, or the plan
 * is not known to have been carried out. What was refused is tried again for as long as
 * nobody knows what the VM really needs; then its load decides, as it does where there
 * was no room.
 */
static bool is_waiting(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	if (st->placed)
		return false;
	if (rsse_pol_unsteerable(run, st))
		return true;
	switch (rsse_pol_decision(run, st)->reason) {
	case RSS_ENGINE_REASON_PLACED:
	case RSS_ENGINE_REASON_BUDGET:
		return true;
	case RSS_ENGINE_REASON_BACKED_OFF:
		return !rsse_pol_is_known(run, st);
	default:
		return false;
	}
}

/* Maxima */

/* More shared engines are awake than may be: their VMs go where there is room. */
static void leave_closing(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	struct rsse_pol_trigger why;
	struct rsse_pol_target to;

	make_order(run, st, RSS_ENGINE_REASON_LIMIT, &why);
	if (!rsse_pol_aim_shared(run, st, &to) ||
	    !rsse_pol_has_room(run, st, to.index))
		rsse_pol_aim_none(&to);
	if (to.state == RSS_ENGINE_STATE_SHARED ||
	    (rsse_pol_least_state(rsse_pol_vm(run, st)) == RSS_ENGINE_STATE_NONE &&
	     rsse_pol_has_room(run, st, 0)))
		rsse_pol_offer(run, st, &why, &to, 0);
	else
		rsse_pol_decide_why(run, st, RSS_ENGINE_REASON_NO_ROOM, &why);
}

/* The last shared engines are closed when more are awake than may be. */
void rsse_pol_limits_begin(struct rsse_pol_run *run)
{
	u32 most = run->snap->limits.shared_engines, i;

	for (i = 0; i < run->nr_engines; i++) {
		run->nr_dedicated += rsse_pol_is_dedicated(run, i);
		if (rsse_pol_kind(run, i) != RSS_ENGINE_ENGINE_KIND_SHARED ||
		    !rsse_pol_engine(run, i)->nr_queues)
			continue;
		run->nr_awake++;
		rsse_pol_engine(run, i)->closing = run->nr_awake > most;
	}
}

/* Pre-emption */

/* One that waited too long goes before all others. */
static s64 rank(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	bool starved = st->want_ns && rsse_pol_age(run, st->want_ns) >=
				      rsse_pol_ms(run->config->starve_ms);

	return (s64)rsse_pol_vm(run, st)->priority + (starved ? 1LL << 32 : 0);
}

/* It may be asked to leave its dedicated engine. */
static bool can_yield(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return !st->taken && rsse_pol_least_state(vm) < RSS_ENGINE_STATE_DEDICATED &&
	       !(vm->flags & RSSE_POL_VM_RESERVE);
}

/* It has had that for long enough, and nobody has just put it there by hand. */
static bool had_its_time(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return !rsse_pol_manual_hold(run, st, RSS_ENGINE_STATE_SHARED) &&
	       !rsse_pol_remaining(run, st->up_ns, rsse_pol_ms(run->config->starve_ms));
}

/*
 * A shared engine for it where its new neighbours are no worse off than before;
 * @less: what leaves the one at @from at the same time.
 */
static bool find_place(struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
		       u32 from, u32 less, struct rsse_pol_target *to)
{
	return rsse_pol_aim_shared(run, st, to) &&
	       (rsse_pol_has_room(run, st, to->index) ||
		(to->index == from && rsse_pol_demand(run, st) <= less));
}

static bool yields_before(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *a,
			  const struct rsse_pol_vm_state *b)
{
	s64 ra = rank(run, a), rb = rank(run, b);

	return ra != rb ? ra < rb : a->up_ns < b->up_ns;
}

/*
 * The VM of least rank that can leave its dedicated engine; of equal ones that which
 * has had it longest. For a maximum it goes at once, when it has a place to go to.
 */
static struct rsse_pol_vm_state *find_victim(struct rsse_pol_run *run, bool at_once)
{
	struct rsse_pol_vm_state *st, *best = NULL;
	struct rsse_pol_target to;
	u32 i, link;

	for (i = 1; i < run->nr_engines; i++) {
		if (!rsse_pol_is_dedicated(run, i))
			continue;
		for (link = rsse_pol_engine(run, i)->head; link; link = st->next) {
			st = &run->state->vm[link - 1];
			if (!can_yield(run, st) || (best && !yields_before(run, st, best)))
				continue;
			if (at_once ? find_place(run, st, RSSE_POL_NONE, 0, &to) :
				      had_its_time(run, st))
				best = st;
		}
	}
	return best;
}

/* Of many that want its engine, only the first has to look. */
static struct rsse_pol_vm_state *victim_of(struct rsse_pol_run *run)
{
	if (!run->knows_victim || (run->victim && run->victim->taken))
		run->victim = find_victim(run, false);
	run->knows_victim = true;
	return run->victim;
}

static bool yield(struct rsse_pol_run *run, struct rsse_pol_vm_state *victim,
		  u32 reason, u32 from, u32 less)
{
	struct rsse_pol_trigger why;
	struct rsse_pol_target to;

	make_order(run, victim, reason, &why);
	return find_place(run, victim, from, less, &to) &&
	       rsse_pol_offer(run, victim, &why, &to, 0);
}

/* There is no dedicated engine for @st: how long that is so counts. */
void rsse_pol_wait(const struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	st->wants = true;
	if (!st->want_ns)
		st->want_ns = run->snap->now_ns;
}

/* A place for who would leave is looked for so often in a run at most: it takes time. */
#define VICTIMS_SOUGHT	8U

/*
 * A VM of less rank than @st, whose dedicated engine it could have, and that has somewhere
 * to go; or NULL.
 */
struct rsse_pol_vm_state *rsse_pol_victim(struct rsse_pol_run *run,
					  const struct rsse_pol_vm_state *st)
{
	struct rsse_pol_vm_state *victim;
	struct rsse_pol_target to;

	if (run->preempted || run->moves_left < 2 ||
	    run->plan->nr_moves + 2 > run->plan->cap_moves)
		return NULL;
	victim = victim_of(run);
	if (!victim || rank(run, victim) >= rank(run, st) ||
	    run->victims_sought == VICTIMS_SOUGHT)
		return NULL;
	run->victims_sought++;
	return find_place(run, victim, st->home, st->part, &to) ? victim : NULL;
}

/* The victim makes way for @st; false when it cannot for now. */
bool rsse_pol_preempt(struct rsse_pol_run *run, struct rsse_pol_vm_state *victim,
		      const struct rsse_pol_vm_state *st)
{
	run->preempted = true;
	return yield(run, victim, RSS_ENGINE_REASON_PREEMPTED, st->home, st->part);
}

/* More dedicated engines are there than may be. */
static void yield_to_limit(struct rsse_pol_run *run)
{
	u32 most = run->snap->limits.dedicated_engines;

	while (run->nr_dedicated > most && run->moves_left) {
		struct rsse_pol_vm_state *victim = find_victim(run, true);

		if (!victim || !yield(run, victim, RSS_ENGINE_REASON_LIMIT, RSSE_POL_NONE, 0))
			return;
	}
}

/* On another engine than the only one that it may be on. */
static bool is_misplaced(const struct rsse_pol_vm *vm)
{
	return vm->state == RSS_ENGINE_STATE_SHARED && vm->require &&
	       vm->require != vm->engine;
}

/* Has to move, or to stay, and no condition is asked. */
static void order_one(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);
	u32 least = rsse_pol_least_state(vm), most = rsse_pol_most_state(vm);

	if (is_pinned(vm)) {
		st->judge.since_ns = 0;
		st->judge.undo = false;
	}
	if (vm->state < least)
		order(run, st, least, is_pinned(vm) ? RSS_ENGINE_REASON_PINNED :
						      RSS_ENGINE_REASON_PLACED);
	else if (vm->state > most)
		order(run, st, most, is_pinned(vm) ? RSS_ENGINE_REASON_PINNED :
						     RSS_ENGINE_REASON_LIMIT);
	else if (st->judge.undo)
		undo(run, st);
	else if (rsse_pol_engine(run, st->home)->closing)
		leave_closing(run, st);
	else if (is_misplaced(vm))
		order(run, st, RSS_ENGINE_STATE_SHARED, RSS_ENGINE_REASON_RULES);
	else if (is_pinned(vm))
		rsse_pol_decide(run, st, RSS_ENGINE_REASON_PINNED,
				rsse_pol_rx_load(vm), 0);
	else if (!st->placed)
		arrive(run, st);
	st->placed = !is_waiting(run, st);
}

void rsse_pol_orders(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->snap->nr_vms; i++) {
		struct rsse_pol_vm_state *st = rsse_pol_placed(run, i);

		if (st)
			order_one(run, st);
	}
	yield_to_limit(run);
}
