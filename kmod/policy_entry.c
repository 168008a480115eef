// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indirection entries: an engine with one hot queue and room in the others gets
 * entries of that queue rewritten to them. An engine that is full as a whole is
 * not the business of this file; VMs leave it.
 *
 * The load of an entry is its queue's load times its share of the packets that
 * looks at the queue have seen; nothing counts packets by entry otherwise. All
 * sizes here are in these packets: queue's load * entry / all of the queue's.
 *
 * Which entries: the largest ones that fit into the room of the other queues,
 * each to the queue with most room, until the excess is covered; where a single
 * one covers what is left, the smallest such. This is the greedy step of RSS++
 * (Barbette et al., CoNEXT 2019), with the number of entries minimised in place
 * of the imbalance. While the room does not bind, no smaller set covers the
 * excess, because no k entries weigh more than the k largest. Where it binds this
 * is bin packing, and a few more entries may be taken than would have to be.
 * Each costs one pass over the table, and RSSE_POL_REWRITE_MAX bounds the passes.
 */
#include "policy_int.h"

/*
 * Packets of the hot queue that a decision is made from: the standard error of
 * an entry's share is then at most one in sixteen.
 */
#define COUNT_MIN		64U

/* Above any count that looks can bring; a product with a load fits 32 bits. */
#define COUNT_MAX		(U32_MAX / RSSE_POL_CPU)

/* Fewer packets than COUNT_MIN in this time, and the counting is given up. */
#define COUNT_NS		(10000 * RSSE_POL_MSEC)

/**
 * struct rebalance - the search for entries to rewrite
 * @entries: what was counted
 * @room: of each queue, in packets; 0 for those that take none
 * @donor: index of the hot queue
 * @load: its load, 1000 when saturated
 * @packets: all packets counted on it
 * @excess: packets that still have to leave it
 * @moved: packets that leave it
 * @last: packets of the latest entry taken; larger ones are taken or do not fit
 * @last_index: its index; of equal ones those up to it are taken
 * @largest: packets of its largest entry
 */
struct rebalance {
	const struct rsse_pol_entries *entries;
	u32 *room;
	u32 donor;
	u32 load;
	u32 packets;
	u32 excess;
	u32 moved;
	u32 last;
	u32 last_index;
	u32 largest;
};

static void show(const struct rsse_pol_run *run, u32 index, u32 reason,
		 u32 value, u32 threshold, u64 wait)
{
	if (run->plan->balance)
		run->plan->balance[index] = (struct rsse_pol_balance){
			.reason = reason,
			.value = value,
			.threshold = threshold,
			.wait_ns = wait,
		};
}

/* The numbers that make it hot; below engine_above it is the full polls. */
static void hot_numbers(const struct rsse_pol_run *run, u32 index, u32 *value,
			u32 *threshold)
{
	const struct rsse_pol_engine *engine = &run->snap->engines[index];

	*value = engine->hottest;
	*threshold = run->config->engine_above;
	if (engine->hottest <= run->config->engine_above) {
		*value = engine->full_polls;
		*threshold = RSSE_POL_FULL_POLLS;
	}
}

static void show_hot(const struct rsse_pol_run *run, u32 index, u32 reason,
		     u64 wait)
{
	u32 value, threshold;

	hot_numbers(run, index, &value, &threshold);
	show(run, index, reason, value, threshold, wait);
}

/* Memory */

void rsse_pol_entries_outcome(struct rsse_pol_run *run)
{
	const struct rsse_pol_rewritten *out = run->snap->rewritten;
	struct rsse_pol_engine_state *e;
	u32 index;

	index = out ? rsse_pol_engine_find(run, out->engine) : RSSE_POL_NONE;
	if (index == RSSE_POL_NONE)
		return;
	e = &run->state->engine[index];
	run->active = true;
	if (out->error) {
		e->verdict = RSS_ENGINE_REASON_BACKED_OFF;
		e->verdict_value = 0;
		e->verdict_threshold = 0;
		rsse_pol_back_off(&e->balance, RSSE_ENGINE_NEW,
				  run->snap->now_ns);
		return;
	}
	e->rewrite_ns = min(out->time_ns, run->snap->now_ns);
	e->judge_ns = e->rewrite_ns;
	e->settle_ns = max(e->settle_ns, e->rewrite_ns);
}

static bool is_hot(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine *engine = &run->snap->engines[index];
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	return e->nr_queues > 1 &&
	       engine->load <= run->config->engine_above &&
	       (e->saturated || engine->hottest > run->config->engine_above) &&
	       rsse_pol_window_after(run, e->settle_ns);
}

static void note_hot(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	bool hot = is_hot(run, index);

	if (hot && !e->hot) {
		e->hot_ns = run->snap->now_ns;
		e->hot_seq = run->snap->seq;
	}
	e->hot = hot;
	if (!hot && run->snap->now_ns >= e->balance.until_ns)
		memset(&e->balance, 0, sizeof(e->balance));
}

/* Was the latest rewrite of any use? As for moves, see rsse_pol_judge(). */
static void judge(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (!e->judge_ns || !rsse_pol_window_after(run, e->judge_ns))
		return;
	e->judge_ns = 0;
	if (!e->hot || run->snap->engines[index].hottest < e->judge_hottest) {
		memset(&e->balance, 0, sizeof(e->balance));
		return;
	}
	e->verdict = RSS_ENGINE_REASON_BACKED_OFF;
	hot_numbers(run, index, &e->verdict_value, &e->verdict_threshold);
	rsse_pol_back_off(&e->balance, RSSE_ENGINE_NEW, run->snap->now_ns);
}

/* Nothing can be done for now; the looks that told so become ever rarer. */
static void give_up(const struct rsse_pol_run *run, u32 index, u32 reason,
		    u32 value, u32 threshold)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	e->verdict = reason;
	e->verdict_value = value;
	e->verdict_threshold = threshold;
	rsse_pol_back_off(&e->balance, RSSE_ENGINE_NEW, run->snap->now_ns);
	show(run, index, reason, value, threshold,
	     e->balance.until_ns - run->snap->now_ns);
}

/* Which entries */

static bool queue_saturated(const struct rsse_pol_queue *queue)
{
	return rsse_pol_is_saturated(queue->busy, queue->full_polls);
}

static u32 queue_load(const struct rsse_pol_queue *queue)
{
	return queue_saturated(queue) ? RSSE_POL_CPU :
					min(queue->busy, RSSE_POL_CPU);
}

static void find_donor(struct rebalance *reb)
{
	const struct rsse_pol_entries *entries = reb->entries;
	u32 i;

	for (i = 0; i < entries->nr_queues; i++) {
		u32 load = queue_load(&entries->queues[i]);

		if (load > reb->load) {
			reb->load = load;
			reb->donor = i;
		}
	}
}

static u32 count_of(const struct rebalance *reb, u32 index)
{
	const struct rsse_pol_entry *entry = &reb->entries->entries[index];

	return entry->queue == reb->donor ? min(entry->packets, COUNT_MAX) : 0;
}

static void count_donor(struct rebalance *reb)
{
	u32 i;

	for (i = 0; i < reb->entries->nr_entries; i++) {
		reb->largest = max(reb->largest, count_of(reb, i));
		reb->packets = min(reb->packets + count_of(reb, i), COUNT_MAX);
	}
}

/* A load in packets of the donor. */
static u32 to_packets(const struct rebalance *reb, u32 load)
{
	return load * reb->packets / reb->load;
}

/* A queue on the donor's own CPU would take nothing off that CPU. */
static void find_room(struct rebalance *reb, u32 limit)
{
	const struct rsse_pol_queue *queues = reb->entries->queues;
	u32 i;

	for (i = 0; i < reb->entries->nr_queues; i++) {
		u32 load = queue_load(&queues[i]);
		bool same = queues[i].cpu >= 0 &&
			    queues[i].cpu == queues[reb->donor].cpu;

		reb->room[i] = 0;
		if (i != reb->donor && !same && load < limit)
			reb->room[i] = to_packets(reb, limit - load);
	}
}

static u32 roomiest(const struct rebalance *reb)
{
	u32 i, best = 0;

	for (i = 1; i < reb->entries->nr_queues; i++)
		if (reb->room[i] > reb->room[best])
			best = i;
	return best;
}

/*
 * The next entry to take, none of those taken before, of at most @room packets:
 * the smallest that covers the excess, else the largest.
 */
static u32 next_entry(const struct rebalance *reb, u32 room)
{
	u32 i, packets, best = RSSE_POL_NONE, best_packets = 0;

	for (i = 0; i < reb->entries->nr_entries; i++) {
		packets = count_of(reb, i);
		if (!packets || packets > room || packets > reb->last ||
		    (packets == reb->last && i <= reb->last_index))
			continue;
		if (best_packets >= reb->excess ?
		    packets >= reb->excess && packets < best_packets :
		    packets > best_packets) {
			best = i;
			best_packets = packets;
		}
	}
	return best;
}

static bool take_next(struct rebalance *reb, struct rsse_pol_rewrite *rewrite)
{
	const struct rsse_pol_queue *queues = reb->entries->queues;
	u32 to = roomiest(reb);
	u32 index = next_entry(reb, reb->room[to]);
	u32 packets;

	if (index == RSSE_POL_NONE)
		return false;
	packets = count_of(reb, index);
	rewrite->changes[rewrite->nr++] = (struct rsse_pol_change){
		.entry = index,
		.from = queues[reb->donor].id,
		.to = queues[to].id,
	};
	reb->room[to] -= packets;
	reb->moved += packets;
	reb->excess -= min(reb->excess, packets);
	reb->last = packets;
	reb->last_index = index;
	return true;
}

static void choose(struct rebalance *reb, struct rsse_pol_rewrite *rewrite,
		   u32 limit)
{
	find_room(reb, limit);
	reb->excess = reb->packets - to_packets(reb, limit);
	reb->last = U32_MAX;
	rewrite->nr = 0;
	while (reb->excess && rewrite->nr < RSSE_POL_REWRITE_MAX)
		if (!take_next(reb, rewrite))
			break;
}

/* The excess is covered, or enough of it to be worth the while. */
static bool pays(const struct rsse_pol_run *run, const struct rebalance *reb)
{
	return reb->moved && (!reb->excess ||
			      reb->moved * 100 / reb->packets >=
			      run->config->gain_min);
}

static void why_not(const struct rsse_pol_run *run, u32 index,
		    const struct rebalance *reb)
{
	u32 largest = reb->largest * reb->load / reb->packets;

	if (largest > run->limit)
		give_up(run, index, RSS_ENGINE_REASON_SINGLE_ENTRY, largest,
			run->limit);
	else
		give_up(run, index, RSS_ENGINE_REASON_NO_ROOM,
			run->snap->engines[index].load, run->limit);
}

/* Decisions */

static void plan_rewrite(struct rsse_pol_run *run, u32 index,
			 const struct rebalance *reb)
{
	struct rsse_pol_rewrite *rewrite = &run->plan->rewrite;
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	u64 wait = rsse_pol_remaining(run, e->hot_ns,
				      rsse_pol_ms(run->config->hold_up_ms));

	e->spared = true;
	rewrite->engine = e->id;
	rewrite->reason = RSS_ENGINE_REASON_UNEVEN;
	hot_numbers(run, index, &rewrite->value, &rewrite->threshold);
	rewrite->gain = reb->moved * 100 / reb->packets;
	rewrite->crossed_seq = e->hot_seq;
	show(run, index, wait ? RSS_ENGINE_REASON_HOLD : rewrite->reason,
	     rewrite->value, rewrite->threshold, wait);
	if (run->plan->balance)
		run->plan->balance[index].gain = rewrite->gain;
	if (wait)
		rewrite->nr = 0;
	else
		e->judge_hottest = run->snap->engines[index].hottest;
}

static void rebalance(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_entries *entries = run->snap->entries;
	struct rebalance reb = {
		.entries = entries,
		.room = run->state->room,
	};

	find_donor(&reb);
	count_donor(&reb);
	if (reb.load <= run->limit) {
		show_hot(run, index, RSS_ENGINE_REASON_UNCONFIRMED, 0);
		return;
	}
	if (reb.packets < COUNT_MIN) {
		if (rsse_pol_age(run, entries->begun_ns) < COUNT_NS)
			show_hot(run, index, RSS_ENGINE_REASON_UNCONFIRMED, 0);
		else
			give_up(run, index, RSS_ENGINE_REASON_UNCONFIRMED,
				reb.packets, COUNT_MIN);
		return;
	}
	choose(&reb, &run->plan->rewrite, run->limit);
	if (pays(run, &reb)) {
		plan_rewrite(run, index, &reb);
		return;
	}
	run->plan->rewrite.nr = 0;
	why_not(run, index, &reb);
}

/* What forbids to think of a rewrite at all; shown, when there is something. */
static bool is_barred(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];
	u64 now = run->snap->now_ns, wait;

	if (run->snap->engines[index].load > run->limit) {
		show(run, index, RSS_ENGINE_REASON_NO_ROOM,
		     run->snap->engines[index].load, run->limit, 0);
		return true;
	}
	wait = rsse_pol_remaining(run, e->rewrite_ns,
				  rsse_pol_ms(run->config->dwell_ms));
	if (wait) {
		show_hot(run, index, RSS_ENGINE_REASON_DWELL, wait);
		return true;
	}
	if (!e->balance.count || now >= e->balance.until_ns)
		return false;
	show(run, index, e->verdict, e->verdict_value, e->verdict_threshold,
	     e->balance.until_ns - now);
	return true;
}

static void consider(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_entries *entries = run->snap->entries;

	if (entries->problem)
		give_up(run, index, entries->problem, 0, 0);
	else if (entries->nr_queues > run->state->cap_queues)
		give_up(run, index, RSS_ENGINE_REASON_NO_ROOM,
			entries->nr_queues, run->state->cap_queues);
	else
		rebalance(run, index);
}

/* Still hot, and the looks at it are not over? Then they go on. */
static bool wants_counts(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	return !run->plan->rewrite.nr &&
	       (!e->balance.count || run->snap->now_ns >= e->balance.until_ns);
}

/*
 * Entries are counted for one engine at a time, so that the memory for it is
 * bounded: for the one that is counted already, else the first that is hot.
 */
static void rebalance_engine(struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_entries *entries = run->snap->entries;
	bool counted = entries &&
		       entries->engine == run->snap->engines[index].id;

	note_hot(run, index);
	judge(run, index);
	if (!run->state->engine[index].hot || is_barred(run, index))
		return;
	run->active = true;
	if (counted)
		consider(run, index);
	else
		show_hot(run, index, RSS_ENGINE_REASON_UNCONFIRMED, 0);
	if (wants_counts(run, index) &&
	    (counted || run->plan->count_engine == RSSE_ENGINE_NEW))
		run->plan->count_engine = run->snap->engines[index].id;
}

/* See the head of this file. O(engines), and O(table) for the one counted. */
void rsse_pol_entries(struct rsse_pol_run *run)
{
	u32 i;

	if (!run->snap->can_rewrite)
		return;
	for (i = 0; i < run->nr_engines; i++)
		rebalance_engine(run, i);
}
