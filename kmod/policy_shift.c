// SPDX-License-Identifier: GPL-2.0-only
/* Single queues that change their engine: which of them, and what is planned so far. */
#include "policy_shift.h"

/* How well a queue suits a shift: the sum of these, the less the better. */
#define RANK_POOL		1U	/* due to dedicated engines, not to who gets it */
#define RANK_ELSEWHERE		2U	/* due to a third engine */
#define RANK_OWN		3U	/* due to the engine that loses it */
#define RANK_BUSY		4U	/* its CPU does more than cpu_above else */
#define RANK_FAR		8U	/* its CPU is not of the PNIC's node */

static u32 rank_due(const struct rsse_pol_run *run, const struct rsse_pol_queue *queue,
		    const struct rsse_pol_shifting *shift)
{
	if (shift->to != RSSE_POL_NONE &&
	    queue->home == rsse_pol_engine(run, shift->to)->id)
		return 0;
	if (queue->home == RSSE_ENGINE_NEW)
		return RANK_POOL;
	if (shift->from != RSSE_POL_NONE &&
	    queue->home == rsse_pol_engine(run, shift->from)->id)
		return RANK_OWN;
	return RANK_ELSEWHERE;
}

/* Queues that an engine would rather have, by their CPU, are those it gives away last. */
static u32 rank_cpu(const struct rsse_pol_run *run, const struct rsse_pol_queue *queue,
		    bool gives)
{
	bool is_busy = rsse_pol_is_contended(run, queue);
	bool is_far = queue->flags & RSSE_POL_QUEUE_FAR;

	return (is_busy == gives ? 0 : RANK_BUSY) + (is_far == gives ? 0 : RANK_FAR);
}

static u32 rank_of(const struct rsse_pol_run *run, const struct rsse_pol_queue *queue,
		   const struct rsse_pol_shifting *shift)
{
	return rank_due(run, queue, shift) + rank_cpu(run, queue, shift->gives);
}

static bool may_shift(const struct rsse_pol_run *run, const struct rsse_pol_queue *queue,
		      const struct rsse_pol_shifting *shift)
{
	if (shift->good && !rsse_pol_is_good(run, queue))
		return false;
	return shift->to == RSSE_POL_NONE || rsse_pol_may_serve(queue);
}

static u32 id_of(const struct rsse_pol_run *run, u32 index)
{
	return index == RSSE_POL_NONE ? RSSE_ENGINE_NEW : rsse_pol_engine(run, index)->id;
}

void rsse_pol_shift_one(struct rsse_pol_run *run, u32 queue, const struct rsse_pol_shifting *shift)
{
	const struct rsse_pol_queue *q = &run->snap->queues[queue];

	run->plan->shifts[run->plan->nr_shifts++] = (struct rsse_pol_shift){
		.queue = q->id,
		.from = id_of(run, shift->from),
		.to = id_of(run, shift->to),
		.reason = shift->reason,
		.value = shift->value,
		.threshold = shift->threshold,
		.crossed_seq = shift->seq,
	};
	/* Once a plan is enough: it is nobody's to give any more. */
	run->state->owner[queue] = RSSE_POL_OTHER;
	run->active = true;
	memset(run->knows_cold, 0, sizeof(run->knows_cold));
	if (shift->from == RSSE_POL_NONE) {
		run->unowned_now--;
		run->unowned_good -= rsse_pol_is_good(run, q);
	} else {
		rsse_pol_engine(run, shift->from)->size--;
		rsse_pol_engine(run, shift->from)->good -= rsse_pol_is_good(run, q);
	}
	if (shift->to != RSSE_POL_NONE)
		rsse_pol_engine(run, shift->to)->size++;
}

/* The queue that suits best, of equal ones the last; RSSE_POL_NONE: there is none. */
static u32 find_queue(const struct rsse_pol_run *run, const struct rsse_pol_shifting *shift)
{
	u32 i, rank, best = RSSE_POL_NONE, best_rank = U32_MAX;

	for (i = run->snap->nr_queues; i-- > 0;) {
		const struct rsse_pol_queue *queue = &run->snap->queues[i];

		if (run->state->owner[i] != shift->from || !may_shift(run, queue, shift))
			continue;
		rank = rank_of(run, queue, shift);
		if (rank < best_rank) {
			best = i;
			best_rank = rank;
		}
	}
	return best;
}

/* Plan up to @nr such shifts. */
u32 rsse_pol_shift(struct rsse_pol_run *run, const struct rsse_pol_shifting *shift, u32 nr)
{
	u32 done, queue;

	for (done = 0; done < nr; done++) {
		if (run->plan->nr_shifts == RSSE_POL_SHIFTS_MAX)
			break;
		queue = find_queue(run, shift);
		if (queue == RSSE_POL_NONE)
			break;
		rsse_pol_shift_one(run, queue, shift);
	}
	return done;
}
