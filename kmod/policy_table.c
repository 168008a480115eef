// SPDX-License-Identifier: GPL-2.0-only
/*
 * An indirection table when its engine gains or loses queues.
 *
 * As few entries as possible change their queue, for each moves flows to another
 * CPU: those of queues that are lost, each to the queue with fewest entries, and as
 * many as a new queue needs for an even share, from those that have most. What
 * entries weigh is not known here; rewriting entries evens it out afterwards.
 */
#include "policy_int.h"

static u32 place_of(const u32 *queues, u32 nr, u32 queue)
{
	u32 low = 0, high = nr;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (queues[mid] < queue)
			low = mid + 1;
		else
			high = mid;
	}
	return low < nr && queues[low] == queue ? low : nr;
}

static u32 fewest(const u32 *count, u32 nr)
{
	u32 i, best = 0;

	for (i = 1; i < nr; i++)
		if (count[i] < count[best])
			best = i;
	return best;
}

static u32 most(const u32 *count, u32 nr)
{
	u32 i, best = 0;

	for (i = 1; i < nr; i++)
		if (count[i] > count[best])
			best = i;
	return best;
}

static void deal_orphans(u32 *table, u32 size, const u32 *queues, u32 nr, u32 *count)
{
	u32 i, to;

	for (i = 0; i < size; i++) {
		if (place_of(queues, nr, table[i]) < nr)
			continue;
		to = fewest(count, nr);
		table[i] = queues[to];
		count[to]++;
	}
}

/* The last entry of the queue that has most goes to @to; false when that is no gain. */
static bool take_entry(u32 *table, u32 size, const u32 *queues, u32 nr, u32 *count,
		       u32 to)
{
	u32 from = most(count, nr), i = size;

	if (count[from] <= count[to] + 1)
		return false;
	while (table[--i] != queues[from])
		;
	table[i] = queues[to];
	count[from]--;
	count[to]++;
	return true;
}

/* See policy.h. */
void rsse_table_resize(u32 *table, u32 size, const u32 *queues, u32 nr, u32 *count)
{
	u32 i, place;

	memset(count, 0, nr * sizeof(*count));
	for (i = 0; i < size; i++) {
		place = place_of(queues, nr, table[i]);
		if (place < nr)
			count[place]++;
	}
	deal_orphans(table, size, queues, nr, count);
	for (i = 0; i < nr; i++)
		while (count[i] < size / nr &&
		       take_entry(table, size, queues, nr, count, i))
			;
}
