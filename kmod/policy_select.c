// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who moves up: VMs that are heavy themselves, and the ones selected to leave
 * an engine that is full.
 *
 * The VMs of an engine are a singly linked list through their slots (slot + 1,
 * 0 ends it), sorted in place, so that no memory is needed.
 */
#include "policy_int.h"

/* VMs are sorted by so many bits of a number at a time. */
#define DIGIT_BITS	5U
#define DIGIT_VALUES	32U

static struct rsse_pol_vm_state *entry(const struct rsse_pol_run *run, u32 link)
{
	return &run->state->vm[link - 1];
}

/**
 * struct order - what VMs are sorted by, the least first
 * @by_priority: how far their priority is above @lowest, else their part below @top
 * @lowest: of the priorities
 * @top: of the parts
 * @range: no VM is further off than that
 */
struct order {
	bool by_priority;
	s32 lowest;
	u32 top;
	u32 range;
};

static u32 key(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st,
	       const struct order *order)
{
	if (order->by_priority)
		return (u32)rsse_pol_vm(run, st)->priority - (u32)order->lowest;
	return order->top - min(order->top, st->part);
}

/* One list for each value of a digit of the key, then these one after the other. */
static u32 sort_by_digit(const struct rsse_pol_run *run, u32 head, const struct order *order,
			 u32 shift)
{
	u32 first[DIGIT_VALUES] = { 0 }, last[DIGIT_VALUES], sorted = 0, *tail = &sorted, i;
	struct rsse_pol_vm_state *st;

	for (; head; head = st->next) {
		st = entry(run, head);
		i = key(run, st, order) >> shift & (DIGIT_VALUES - 1);
		if (first[i])
			entry(run, last[i])->next = head;
		else
			first[i] = head;
		last[i] = head;
	}
	for (i = 0; i < DIGIT_VALUES; i++) {
		if (!first[i])
			continue;
		*tail = first[i];
		tail = &entry(run, last[i])->next;
	}
	*tail = 0;
	return sorted;
}

/* Digit by digit, the last one first; those that are alike stay in their order. */
static u32 sort_by(const struct rsse_pol_run *run, u32 head, const struct order *order)
{
	u32 shift;

	for (shift = 0; shift < 32 && order->range >> shift; shift += DIGIT_BITS)
		head = sort_by_digit(run, head, order, shift);
	return head;
}

static void look_at_priorities(const struct rsse_pol_run *run, u32 head, struct order *order)
{
	s32 lowest = rsse_pol_vm(run, entry(run, head))->priority, highest = lowest;

	for (; head; head = entry(run, head)->next) {
		s32 priority = rsse_pol_vm(run, entry(run, head))->priority;

		lowest = min(lowest, priority);
		highest = max(highest, priority);
	}
	*order = (struct order){
		.by_priority = true,
		.lowest = lowest,
		.range = (u32)highest - (u32)lowest,
	};
}

/* By their number in the snapshot, for they were put on the list from its front. */
static u32 turn_round(const struct rsse_pol_run *run, u32 head)
{
	u32 turned = 0;

	while (head) {
		u32 next = entry(run, head)->next;

		entry(run, head)->next = turned;
		turned = head;
		head = next;
	}
	return turned;
}

/* The order in which the VMs of an engine would leave it. */
static u32 sort_list(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	struct order order = { .top = e->top, .range = e->top };
	u32 head = sort_by(run, turn_round(run, e->head), &order);

	if (!head || run->config->select != RSS_ENGINE_SELECT_STATIC)
		return head;
	look_at_priorities(run, head, &order);
	return sort_by(run, head, &order);
}

/*
 * For selection by fit: those whose leaving is enough, lightest first, then the
 * others, heaviest first. @head is sorted by falling load, so the former are in
 * front and only have to be turned round.
 */
static u32 order_by_fit(const struct rsse_pol_run *run, u32 head, u32 excess)
{
	u32 done = 0, rest = head;

	while (rest && entry(run, rest)->part >= excess) {
		u32 next = entry(run, rest)->next;

		entry(run, rest)->next = done;
		done = rest;
		rest = next;
	}
	if (done)
		entry(run, head)->next = rest;
	return done ? done : rest;
}

static void full_trigger(const struct rsse_pol_run *run, u32 index,
			 struct rsse_pol_trigger *why)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];
	const struct rsse_pol_engine *engine = &run->snap->engines[index];

	*why = (struct rsse_pol_trigger){
		.reason = index ? RSS_ENGINE_REASON_ENGINE_FULL :
				  RSS_ENGINE_REASON_DEFAULT_FULL,
		.value = engine->load,
		.threshold = run->config->engine_above,
		.since_ns = e->since_ns,
		.since_seq = e->since_seq,
		.hold_ns = rsse_pol_ms(run->config->hold_up_ms),
		.confirm = true,
	};
	if (engine->load <= run->config->engine_above) {
		why->value = engine->full_polls;
		why->threshold = RSSE_POL_FULL_POLLS;
	}
}

static bool is_selectable(const struct rsse_pol_run *run,
			  const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_vm *vm = rsse_pol_vm(run, st);

	return vm->pin == RSS_ENGINE_PIN_OFF && st->part && !st->taken &&
	       vm->max_state != RSS_ENGINE_STATE_NONE;
}

static bool can_leave(const struct rsse_pol_run *run, const struct rsse_pol_vm_state *st)
{
	return is_selectable(run, st) && !rsse_pol_unsteerable(run, st);
}

static bool relieve_by(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		       const struct rsse_pol_trigger *why, u32 leaving)
{
	u32 reason = rsse_pol_unsteerable(run, st);

	if (!is_selectable(run, st))
		return false;
	if (reason) {
		rsse_pol_decide_why(run, st, reason, why);
		return false;
	}
	if (!st->home)
		return rsse_pol_share(run, st, why, leaving);
	return rsse_pol_relieve(run, st, why, leaving);
}

/*
 * The first to leave is held up by its own worker, and would leave for its
 * neighbours' sake alone. Where another one's leaving is enough, that one gains
 * as well and goes in its place.
 */
static void relieve_instead(struct rsse_pol_run *run, u32 first, u32 excess,
			    const struct rsse_pol_trigger *why)
{
	struct rsse_pol_vm_state *st = entry(run, first);
	u32 link;

	if (!can_leave(run, st) || !rsse_pol_vnic_bound(run, st))
		return;
	rsse_pol_decide_bound(run, st);
	for (link = st->next; link; link = entry(run, link)->next) {
		st = entry(run, link);
		if (st->part >= excess && !rsse_pol_vnic_bound(run, st) &&
		    relieve_by(run, st, why, 0))
			return;
	}
}

/*
 * Parts of those that leave together: until that is enough. Nobody knows how much
 * that is where the engine is saturated; there it has to matter as well. Of several
 * that flood, each alone would relieve nobody.
 */
static u32 leave_together(const struct rsse_pol_run *run, u32 link,
			  const struct rsse_pol_engine_state *e, u32 excess)
{
	u32 places = rsse_pol_can_make(run), leaving = 0;

	while (link && places &&
	       (leaving < excess ||
		(e->saturated &&
		 (u64)leaving * 100 < (u64)e->sum * run->config->gain_min))) {
		const struct rsse_pol_vm_state *st = entry(run, link);

		if (can_leave(run, st)) {
			leaving = min(leaving + st->part, RSSE_POL_SUM_MAX);
			places--;
		}
		link = st->next;
	}
	return leaving;
}

/* Select VMs to leave until the engine is no longer full. */
static void relieve(struct rsse_pol_run *run, u32 index,
		    const struct rsse_pol_trigger *why)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	bool fit = run->config->select == RSS_ENGINE_SELECT_FIT;
	u32 *rest = &e->head;
	bool leaves = true, first = true;
	u32 excess, leaving = 0;

	if (e->hopeless)
		return;
	while (*rest && (excess = rsse_pol_engine_excess(run, e))) {
		struct rsse_pol_vm_state *st;

		if (fit && leaves)
			*rest = order_by_fit(run, *rest, excess);
		if (first)
			relieve_instead(run, *rest, excess, why);
		if (first && !rsse_pol_engine_excess(run, e))
			return;
		if (first)
			leaving = leave_together(run, *rest, e, excess);
		first = false;
		st = entry(run, *rest);
		rest = &st->next;
		/* Queues follow the load: only those help that are worth their own. */
		if (run->shifts && e->has_relief && !st->relieves)
			continue;
		leaves = relieve_by(run, st, why, leaving);
		if (!leaves && can_leave(run, st))
			leaving -= min(leaving, st->part);
	}
}

static void share_trigger(const struct rsse_pol_run *run,
			  const struct rsse_pol_vm_state *st,
			  struct rsse_pol_trigger *why)
{
	*why = (struct rsse_pol_trigger){
		.reason = RSS_ENGINE_REASON_SHARE_ABOVE,
		.value = rsse_pol_rx_load(rsse_pol_vm(run, st)),
		.threshold = run->config->share_above,
		.since_ns = st->since_ns,
		.since_seq = st->since_seq,
		.hold_ns = rsse_pol_ms(run->config->hold_up_ms),
		.confirm = true,
	};
}

/* It counts among those that leave the default engine for their own load. */
static bool is_leaving(const struct rsse_pol_vm_state *st)
{
	return st->cond == RSSE_POL_COND_SHARE && st->part > RSSE_POL_PART_MIN;
}

static void share_one(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
		      const struct rsse_pol_trigger *why)
{
	if (!rsse_pol_promotable(run, st, why) || rsse_pol_hopeless(run, st))
		return;
	if (!is_leaving(st)) {
		rsse_pol_decide(run, st, RSS_ENGINE_REASON_NO_GAIN, st->part,
				RSSE_POL_PART_MIN);
		return;
	}
	rsse_pol_share(run, st, why, run->state->engine[st->home].leaving);
}

static bool leaves_in(const struct rsse_pol_run *run,
		      const struct rsse_pol_vm_state *st, enum rsse_pol_pass pass)
{
	return st->cond == RSSE_POL_COND_SHARE && rsse_pol_share_pass(run, st) == pass;
}

/* Those that leave in this pass do so together with those of the one before. */
static void add_leaving(struct rsse_pol_run *run, enum rsse_pol_pass pass)
{
	struct rsse_pol_engine_state *e = run->state->engine;
	u32 link;

	for (link = e->head; link; link = entry(run, link)->next) {
		const struct rsse_pol_vm_state *st = entry(run, link);

		if (leaves_in(run, st, pass) && is_leaving(st) &&
		    rsse_pol_is_promotable(run, st))
			e->leaving = min(e->leaving + st->part, RSSE_POL_SUM_MAX);
	}
}

/* VMs in state none whose own load calls for a shared engine. */
static void share(struct rsse_pol_run *run, enum rsse_pol_pass pass)
{
	struct rsse_pol_trigger why;
	u32 link;

	add_leaving(run, pass);
	for (link = run->state->engine[0].head; link; link = entry(run, link)->next) {
		struct rsse_pol_vm_state *st = entry(run, link);

		if (st->taken || !leaves_in(run, st, pass))
			continue;
		share_trigger(run, st, &why);
		share_one(run, st, &why);
	}
}

/* Put the VMs that may be selected in the order in which they would leave. */
void rsse_pol_select_begin(struct rsse_pol_run *run)
{
	bool sharing = run->sharing[RSSE_POL_PASS_DUE] || run->sharing[RSSE_POL_PASS_WAITING];
	struct rsse_pol_engine_state *e = run->state->engine;
	u32 i;

	for (i = 0; i < run->nr_engines; i++)
		if (e[i].full || (!i && (e->over || sharing)))
			e[i].head = sort_list(run, &e[i]);
	rsse_pol_relief(run);
}

void rsse_pol_ups(struct rsse_pol_run *run, enum rsse_pol_pass pass)
{
	struct rsse_pol_trigger why;
	u32 i;

	if (run->sharing[pass])
		share(run, pass);
	for (i = 0; i < run->nr_engines; i++) {
		if (!run->state->engine[i].full ||
		    run->state->engine[i].spared ||
		    (i && run->snap->engines[i].kind != RSS_ENGINE_ENGINE_KIND_SHARED))
			continue;
		full_trigger(run, i, &why);
		if (rsse_pol_pass_of(run, &why) == pass)
			relieve(run, i, &why);
	}
}
