// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which indirection entries are to be rewritten so that no queue of an engine is
 * above a goal.
 *
 * The load of an entry is its queue's load times its share of the packets that
 * looks at the queue have seen. From the queue with the highest load the largest
 * entry that fits goes to the one with the lowest, until none is above the goal;
 * where a single entry is enough for what is left, the smallest such. This is the
 * greedy step of RSS++ (Barbette et al., CoNEXT 2019), with the number of entries
 * minimised in place of the imbalance: while the room of the others does not bind,
 * no smaller set brings a queue down, because no k entries weigh more than the k
 * largest. Where it binds this is bin packing, and a few more entries may be taken
 * than would have to be.
 *
 * To even out what is not hot, where no entry fits, one goes and leaves both queues
 * half-way, or is exchanged for a smaller one: entries are coarse, a queue has eight of
 * them in a usual table.
 *
 * Each step costs four passes over the table at most, and RSSE_POL_REWRITE_MAX bounds
 * them.
 */
#include "policy_even.h"

/* Above any count that looks can bring; sums of them fit 32 bits. */
#define COUNT_MAX		(U32_MAX / 8192)

/* Entries that were rewritten: they stay for dwell_ms */

static bool moved_lately(const struct rsse_pol_run *run, u32 engine, u32 entry)
{
	u32 i;

	for (i = 0; i < RSSE_POL_MOVED_MAX; i++) {
		const struct rsse_pol_moved *moved = &run->state->moved[i];

		if (moved->entry == entry && moved->engine == engine &&
		    rsse_pol_remaining(run, moved->time_ns,
				       rsse_pol_ms(run->config->dwell_ms)))
			return true;
	}
	return false;
}

void rsse_pol_remember_moved(struct rsse_pol_run *run)
{
	const struct rsse_pol_rewrite *rewrite = &run->plan->rewrite;
	struct rsse_pol_state *state = run->state;
	u32 i;

	for (i = 0; i < rewrite->nr; i++) {
		state->next_moved %= RSSE_POL_MOVED_MAX;
		state->moved[state->next_moved++] = (struct rsse_pol_moved){
			.engine = rewrite->engine,
			.entry = rewrite->changes[i].entry,
			.time_ns = run->snap->now_ns,
		};
	}
}

u64 rsse_pol_memory_wait(const struct rsse_pol_run *run)
{
	u32 last = (run->state->next_moved + RSSE_POL_REWRITE_MAX - 1) % RSSE_POL_MOVED_MAX;

	return rsse_pol_remaining(run, run->state->moved[last].time_ns,
				  rsse_pol_ms(run->config->dwell_ms));
}

/* The search */

/* The queue at this index of the snapshot is the engine's. */
static bool is_its(const struct rsse_pol_even *even, u32 queue)
{
	return even->run->snap->queues[queue].engine == even->entries->engine;
}

static u32 *load_of(const struct rsse_pol_even *even, u32 queue)
{
	return &even->run->state->room[queue];
}

static void take_worst(struct rsse_pol_even *even, u32 queue)
{
	if (*load_of(even, queue) <= even->load)
		return;
	even->load = *load_of(even, queue);
	even->donor = queue;
}

static void find_worst(struct rsse_pol_even *even)
{
	u32 i;

	even->load = 0;
	even->donor = RSSE_POL_NONE;
	for (i = 0; i < even->run->snap->nr_queues; i++)
		if (is_its(even, i))
			take_worst(even, i);
}

static bool is_moved(const struct rsse_pol_rewrite *rewrite, u32 entry)
{
	u32 i;

	for (i = 0; i < rewrite->nr; i++)
		if (rewrite->changes[i].entry == entry)
			return true;
	return false;
}

static bool may_move(const struct rsse_pol_even *even, const struct rsse_pol_rewrite *rewrite,
		     u32 entry)
{
	return !is_moved(rewrite, entry) &&
	       !moved_lately(even->run, even->entries->engine, entry);
}

static u32 count_of(const struct rsse_pol_even *even, u32 entry)
{
	const struct rsse_pol_entry *e = &even->entries->entries[entry];

	return e->queue == even->donor ? min(e->packets, COUNT_MAX) : 0;
}

/* The packets of the donor, and what they amounted to before anything is moved. */
static void count_donor(struct rsse_pol_even *even)
{
	u32 i;

	even->packets = 0;
	even->largest = 0;
	for (i = 0; i < even->entries->nr_entries; i++) {
		even->packets += count_of(even, i);
		even->largest = max(even->largest, count_of(even, i));
	}
	even->counted = even->donor;
}

static u32 load_before(const struct rsse_pol_even *even, u32 queue)
{
	const struct rsse_pol_queue *q = &even->run->snap->queues[queue];

	return RSSE_POL_FINE * (even->gently ? min(q->avg, RSSE_POL_CPU) :
					       rsse_pol_queue_load(q));
}

/* What @packets of the donor amount to, fine. */
static u32 weight(const struct rsse_pol_even *even, u32 packets)
{
	return div_u64((u64)load_before(even, even->donor) * packets,
		       max(even->packets, 1U));
}

/* See policy_even.h. */
void rsse_pol_even_begin(struct rsse_pol_even *even)
{
	u32 i;

	for (i = 0; i < even->run->snap->nr_queues; i++)
		*load_of(even, i) = is_its(even, i) ? load_before(even, i) : 0;
	find_worst(even);
	even->worst = even->load;
	if (even->donor == RSSE_POL_NONE)
		return;
	count_donor(even);
	even->largest = weight(even, even->largest);
}

/*
 * The queue with the lowest load. One that is polled on the donor's CPU would take
 * nothing off that CPU.
 */
static u32 find_taker(const struct rsse_pol_even *even)
{
	const struct rsse_pol_queue *queues = even->run->snap->queues;
	u32 i, best = RSSE_POL_NONE;

	for (i = 0; i < even->run->snap->nr_queues; i++) {
		bool same = queues[i].cpu >= 0 &&
			    queues[i].cpu == queues[even->donor].cpu;

		if (is_its(even, i) && i != even->donor && !same &&
		    (best == RSSE_POL_NONE ||
		     *load_of(even, i) < *load_of(even, best)))
			best = i;
	}
	return best;
}

/*
 * The donor's entry to take, of at most @room: the smallest that is enough, else the
 * largest. None that was rewritten just now.
 */
static u32 find_entry(const struct rsse_pol_even *even,
		      const struct rsse_pol_rewrite *rewrite, u32 room, u32 excess)
{
	u32 i, best = RSSE_POL_NONE, best_load = 0;

	for (i = 0; i < even->entries->nr_entries; i++) {
		u32 packets = count_of(even, i), load;

		if (!packets)
			continue;
		load = weight(even, packets);
		if (load > room || !load ||
		    (best_load >= excess ? load < excess || load >= best_load :
					   load <= best_load))
			continue;
		if (!may_move(even, rewrite, i))
			continue;
		best = i;
		best_load = load;
	}
	return best;
}

/* Swaps */

/* Entries of the taker that a swap is chosen from. */
#define GIVEN_BACK_MAX		16U

/**
 * struct given_back - entries of the taker, of which one goes to the donor in exchange
 * @nr: entries used
 * @entry: in the table
 * @load: of each, fine
 */
struct given_back {
	u32 nr;
	u32 entry[GIVEN_BACK_MAX];
	u32 load[GIVEN_BACK_MAX];
};

static void find_given_back(const struct rsse_pol_even *even,
			    const struct rsse_pol_rewrite *rewrite, u32 taker,
			    struct given_back *back)
{
	const struct rsse_pol_entry *entries = even->entries->entries;
	u32 i, packets = 0;

	back->nr = 0;
	for (i = 0; i < even->entries->nr_entries; i++) {
		if (entries[i].queue != taker)
			continue;
		packets += min(entries[i].packets, COUNT_MAX);
		if (back->nr == GIVEN_BACK_MAX || !entries[i].packets ||
		    !may_move(even, rewrite, i))
			continue;
		back->entry[back->nr] = i;
		back->load[back->nr++] = min(entries[i].packets, COUNT_MAX);
	}
	/* Fewer than the donor's by far: no more than chance says how they compare. */
	if (packets < even->packets / 4)
		back->nr = 0;
	for (i = 0; i < back->nr; i++)
		back->load[i] = div_u64((u64)load_before(even, taker) * back->load[i],
					max(packets, 1U));
}

static u32 distance(u32 a, u32 b)
{
	return max(a, b) - min(a, b);
}

/*
 * The place of the entry whose exchange for @load is nearest to @want, RSSE_POL_NONE for
 * none at all; and how far off that is.
 */
static u32 best_exchange(const struct given_back *back, u32 load, u32 want, u32 *off)
{
	u32 i, best = RSSE_POL_NONE;

	*off = distance(load, want);
	for (i = 0; i < back->nr; i++) {
		if (back->load[i] >= load || distance(load - back->load[i], want) >= *off)
			continue;
		*off = distance(load - back->load[i], want);
		best = i;
	}
	return best;
}

static void take(struct rsse_pol_even *even, struct rsse_pol_rewrite *rewrite, u32 entry,
		 u32 from, u32 to, u32 load)
{
	const struct rsse_pol_queue *queues = even->run->snap->queues;

	*load_of(even, from) -= min(*load_of(even, from), load);
	*load_of(even, to) += load;
	rewrite->changes[rewrite->nr++] = (struct rsse_pol_change){
		.entry = entry,
		.from = queues[from].id,
		.to = queues[to].id,
	};
}

/* Where no entry of the donor fits: so that both queues end half-way, as near as can be. */
static bool swap_two(struct rsse_pol_even *even, struct rsse_pol_rewrite *rewrite, u32 taker)
{
	u32 want = (even->load - *load_of(even, taker)) / 2, least = want, i;
	u32 entry = RSSE_POL_NONE, other = RSSE_POL_NONE;
	struct given_back back;

	if (!even->gently || rewrite->nr + 2 > RSSE_POL_REWRITE_MAX)
		return false;
	find_given_back(even, rewrite, taker, &back);
	for (i = 0; i < even->entries->nr_entries; i++) {
		u32 packets = count_of(even, i), load, off, found;

		load = packets ? weight(even, packets) : 0;
		if (!load)
			continue;
		found = best_exchange(&back, load, want, &off);
		if (off >= least || !may_move(even, rewrite, i))
			continue;
		least = off;
		entry = i;
		other = found;
	}
	if (entry == RSSE_POL_NONE)
		return false;
	take(even, rewrite, entry, even->donor, taker, weight(even, count_of(even, entry)));
	if (other != RSSE_POL_NONE)
		take(even, rewrite, back.entry[other], taker, even->donor, back.load[other]);
	return true;
}

static bool take_one(struct rsse_pol_even *even, struct rsse_pol_rewrite *rewrite)
{
	u32 taker = find_taker(even), entry;

	if (taker == RSSE_POL_NONE || *load_of(even, taker) >= even->most)
		return false;
	if (even->counted != even->donor)
		count_donor(even);
	entry = find_entry(even, rewrite, even->most - *load_of(even, taker),
			   even->load - even->goal);
	if (entry == RSSE_POL_NONE)
		return swap_two(even, rewrite, taker);
	take(even, rewrite, entry, even->donor, taker, weight(even, count_of(even, entry)));
	return true;
}

/* See policy_even.h. */
void rsse_pol_even_out(struct rsse_pol_even *even, struct rsse_pol_rewrite *rewrite)
{
	rewrite->nr = 0;
	while (even->load > even->goal && rewrite->nr < RSSE_POL_REWRITE_MAX &&
	       take_one(even, rewrite))
		find_worst(even);
}
