/* SPDX-License-Identifier: GPL-2.0-only */
/* The search for indirection entries to rewrite: policy_entry.c asks, policy_even.c finds. */
#ifndef RSSE_POLICY_EVEN_H
#define RSSE_POLICY_EVEN_H

#include "policy_int.h"

/* A permille is so many; entries of large tables weigh less than one. */
#define RSSE_POL_FINE		1000U

/**
 * struct rsse_pol_even - the search for entries to rewrite; loads are fine
 * @run: the run
 * @entries: what was counted
 * @gently: by what queues have on average, not by the latest window
 * @goal: what every queue is to come down to
 * @most: what no queue is to come above
 * @worst: load of the queue that has most, before
 * @largest: load of its largest entry
 * @load: load of the queue that has most, with what is taken so far
 * @donor: that queue, index in the snapshot
 * @counted: queue that @packets is of
 * @packets: packets counted on it
 */
struct rsse_pol_even {
	struct rsse_pol_run *run;
	const struct rsse_pol_entries *entries;
	bool gently;
	u32 goal;
	u32 most;
	u32 worst;
	u32 largest;
	u32 load;
	u32 donor;
	u32 counted;
	u32 packets;
};

/* Find the worst queue; then choose entries, by the caller's goal. */
void rsse_pol_even_begin(struct rsse_pol_even *even);
void rsse_pol_even_out(struct rsse_pol_even *even, struct rsse_pol_rewrite *rewrite);

/* What the plan rewrites is to stay for dwell_ms. */
void rsse_pol_remember_moved(struct rsse_pol_run *run);

/* Until the next rewrite makes nothing forgotten that is to stay, ns. */
u64 rsse_pol_memory_wait(const struct rsse_pol_run *run);

#endif /* RSSE_POLICY_EVEN_H */
