// SPDX-License-Identifier: GPL-2.0-only
#include "hist.h"

static unsigned int bucket_of(uint64_t ns)
{
	unsigned int shift;

	if (ns < HIST_SUBS)
		return ns;
	shift = 63 - __builtin_clzll(ns) - HIST_SUB_BITS;
	return (shift + 1) * HIST_SUBS + ((ns >> shift) & (HIST_SUBS - 1));
}

static uint64_t upper_bound(unsigned int bucket)
{
	unsigned int shift;

	if (bucket < HIST_SUBS)
		return bucket;
	shift = bucket / HIST_SUBS - 1;
	return ((uint64_t)(HIST_SUBS + bucket % HIST_SUBS + 1) << shift) - 1;
}

void hist_add(struct hist *hist, uint64_t ns)
{
	hist->bucket[bucket_of(ns)]++;
	hist->count++;
	hist->sum += ns;
	if (ns > hist->max)
		hist->max = ns;
}

uint64_t hist_quantile(const struct hist *hist, unsigned int permille)
{
	uint64_t want = (hist->count * permille + 999) / 1000, seen = 0;
	unsigned int i;

	for (i = 0; i < HIST_BUCKETS && hist->count; i++) {
		seen += hist->bucket[i];
		if (seen >= want)
			return upper_bound(i) < hist->max ? upper_bound(i) : hist->max;
	}
	return 0;
}
