// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which engine has which queue in a projection. From its begin on, only the replayed
 * plan has queues change hands, at once: its shifts, and what engines take that are
 * made or woken. What the record's queues do is not followed; only which there are.
 */
#include <stdlib.h>

#include <linux/rss_engine.h>

#include "replay.h"

/* How badly a queue suits an engine that needs some, as the module reckons. */
#define SUITS_POOL	1U	/* due to dedicated engines, not to this one */
#define SUITS_OTHER	2U	/* due to another engine */
#define SUITS_FAR	8U	/* its CPU is not of the wanted node */
#define SUITS_USED	16U	/* the default engine has it */

static int by_id(const void *a, const void *b)
{
	const struct rsse_pol_queue *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static struct rsse_pol_queue *find_queue(const struct list *queues, __u32 id)
{
	const struct rsse_pol_queue key = { .id = id };

	return queues->n ? bsearch(&key, queues->v, queues->n, sizeof(key), by_id) : NULL;
}

/* Number of queues that @engine has. */
__u32 queues_of(const struct list *queues, __u32 engine)
{
	__u32 n = 0;

	for_each(queue, queues, struct rsse_pol_queue)
		n += queue->engine == engine;
	return n;
}

/* Who has the queues of @queues in @before; one that was not there has whom it has. */
void queues_carry(struct list *queues, const struct list *before)
{
	for_each(queue, queues, struct rsse_pol_queue) {
		const struct rsse_pol_queue *old = find_queue(before, queue->id);

		if (old)
			queue->engine = old->engine;
	}
}

static __u32 suits(const struct rsse_pol_queue *queue, __u32 home)
{
	__u32 sum = 0;

	if (queue->home != home)
		sum += queue->home == RSSE_ENGINE_NEW ? SUITS_POOL : SUITS_OTHER;
	if (queue->flags & RSSE_POL_QUEUE_FAR)
		sum += SUITS_FAR;
	return sum + (queue->engine ? 0 : SUITS_USED);
}

/* An idle queue, or one of the default engine, which keeps one. */
static struct rsse_pol_queue *choose(const struct list *queues, __u32 home)
{
	bool spare = queues_of(queues, 0) > 1;
	struct rsse_pol_queue *best = NULL;

	for_each(queue, queues, struct rsse_pol_queue) {
		bool is_idle = queue->engine == RSSE_ENGINE_NEW;

		if (queue->flags & RSSE_POL_QUEUE_EXCLUDED ||
		    !(is_idle || (!queue->engine && spare)))
			continue;
		if (!best || suits(queue, home) <= suits(best, home))
			best = queue;
	}
	return best;
}

/* @engine, which has none, takes up to @n queues, those due to @home first. */
void queues_claim(struct list *queues, __u32 engine, __u32 home, __u32 n)
{
	struct rsse_pol_queue *queue;

	while (n-- && (queue = choose(queues, home)))
		queue->engine = engine;
}

/* @engine is no more. */
void queues_release(struct list *queues, __u32 engine)
{
	for_each(queue, queues, struct rsse_pol_queue)
		if (queue->engine == engine)
			queue->engine = RSSE_ENGINE_NEW;
}

/* Carry out the shifts of a plan. */
void queues_shift(struct list *queues, const struct rsse_pol_plan *plan)
{
	for (__u32 i = 0; i < plan->nr_shifts; i++) {
		const struct rsse_pol_shift *shift = &plan->shifts[i];
		struct rsse_pol_queue *queue = find_queue(queues, shift->queue);

		if (queue && queue->engine == shift->from)
			queue->engine = shift->to;
	}
}
