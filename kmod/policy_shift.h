/* SPDX-License-Identifier: GPL-2.0-only */
/* Queues that change their engine: policy_grow.c and policy_scale.c ask, policy_shift.c plans. */
#ifndef RSSE_POLICY_SHIFT_H
#define RSSE_POLICY_SHIFT_H

#include "policy_int.h"

/**
 * struct rsse_pol_shifting - queues on their way from one engine to another
 * @from: index of the engine that loses them, RSSE_POL_NONE: nobody has them
 * @to: index of the engine that gets them, RSSE_POL_NONE: nobody
 * @reason: enum rss_engine_reason
 * @value: the load behind it
 * @threshold: what @value is compared with
 * @seq: sample in which that was first seen
 * @gives: it is @from that has too many: what suits an engine least goes first
 * @good: only queues whose CPU is of the PNIC's node and has time for them
 */
struct rsse_pol_shifting {
	u32 from;
	u32 to;
	u32 reason;
	u32 value;
	u32 threshold;
	u64 seq;
	bool gives;
	bool good;
};

/* Plan one queue, or up to @nr; how many were planned. */
void rsse_pol_shift_one(struct rsse_pol_run *run, u32 queue,
			const struct rsse_pol_shifting *shift);
u32 rsse_pol_shift(struct rsse_pol_run *run, const struct rsse_pol_shifting *shift,
		   u32 nr);

#endif /* RSSE_POLICY_SHIFT_H */
