// SPDX-License-Identifier: GPL-2.0-only
/* Plans beside each other: the replay's and the record's. */
#include "replay.h"

/* The same placement goes to the same place. */
bool same_target(const struct rsse_pol_move *a, const struct rsse_pol_move *b)
{
	return a->id == b->id && a->to_state == b->to_state && a->to_engine == b->to_engine;
}

const struct rsse_pol_move *find_move(const struct rsse_pol_move *moves, size_t n,
				      const struct rsse_pol_move *like)
{
	for (size_t i = 0; i < n; i++)
		if (same_target(&moves[i], like))
			return &moves[i];
	return NULL;
}

/* The same queue changes from and to the same engines. */
static bool same_way(const struct rsse_pol_shift *a, const struct rsse_pol_shift *b)
{
	return a->queue == b->queue && a->from == b->from && a->to == b->to;
}

bool has_shift(const struct rsse_pol_shift *shifts, size_t n, const struct rsse_pol_shift *like)
{
	for (size_t i = 0; i < n; i++)
		if (same_way(&shifts[i], like))
			return true;
	return false;
}

bool same_decision(const struct rsse_pol_decision *a, const struct rsse_pol_decision *b)
{
	return a->reason == b->reason && a->moves == b->moves && a->to_state == b->to_state &&
	       a->to_engine == b->to_engine && a->value == b->value &&
	       a->threshold == b->threshold && a->gain == b->gain && a->wait_ns == b->wait_ns;
}

static bool same_move(const struct rsse_pol_move *a, const struct rsse_pol_move *b)
{
	return same_target(a, b) && a->from_state == b->from_state &&
	       a->from_engine == b->from_engine && a->queues == b->queues &&
	       a->reason == b->reason && a->value == b->value &&
	       a->threshold == b->threshold && a->gain == b->gain &&
	       a->crossed_seq == b->crossed_seq;
}

static bool same_moves(const struct rsse_pol_plan *plan, const struct sample *sample)
{
	const struct rsse_pol_move *recorded = sample->move.v;

	if (plan->nr_moves != sample->move.n)
		return false;
	for (__u32 i = 0; i < plan->nr_moves; i++)
		if (!same_move(&plan->moves[i], &recorded[i]))
			return false;
	return true;
}

/* Nothing is rewritten in both, or the same is. */
bool same_rewrite(const struct rsse_pol_plan *plan, const struct sample *sample)
{
	const struct rsse_pol_rewrite *a = &plan->rewrite, *b = sample->rewrite.v;
	const struct rsse_pol_change *change = sample->change.v;

	if (a->nr != sample->change.n || !a->nr || !b)
		return a->nr == sample->change.n;
	for (__u32 i = 0; i < a->nr; i++)
		if (a->changes[i].entry != change[i].entry ||
		    a->changes[i].from != change[i].from || a->changes[i].to != change[i].to)
			return false;
	return a->engine == b->engine && a->reason == b->reason && a->value == b->value &&
	       a->threshold == b->threshold && a->gain == b->gain &&
	       a->crossed_seq == b->crossed_seq;
}

/* The same queues change their engines, in the same order and for the same reasons. */
bool same_shifts(const struct rsse_pol_plan *plan, const struct sample *sample)
{
	const struct rsse_pol_shift *recorded = sample->shift.v;

	if (plan->nr_shifts != sample->shift.n)
		return false;
	for (__u32 i = 0; i < plan->nr_shifts; i++) {
		const struct rsse_pol_shift *a = &plan->shifts[i], *b = &recorded[i];

		if (!same_way(a, b) || a->reason != b->reason || a->value != b->value ||
		    a->threshold != b->threshold || a->crossed_seq != b->crossed_seq)
			return false;
	}
	return true;
}

static bool same_balance(const struct rsse_pol_plan *plan, const struct sample *sample)
{
	const struct rsse_pol_balance *a = plan->balance;

	for_each(engine, &sample->engine, struct sample_engine) {
		const struct rsse_pol_balance *b = &engine->balance;

		if (a->reason != b->reason || a->value != b->value ||
		    a->threshold != b->threshold || a->gain != b->gain ||
		    a->wait_ns != b->wait_ns)
			return false;
		a++;
	}
	return true;
}

bool same_plan(const struct rsse_pol_plan *plan, const struct sample *sample)
{
	return plan->look == sample->look && plan->next_period_ns == sample->next_period_ns &&
	       plan->count_engine == sample->count_engine && plan->patient == sample->patient &&
	       same_moves(plan, sample) && same_shifts(plan, sample) &&
	       same_rewrite(plan, sample) && same_balance(plan, sample);
}
