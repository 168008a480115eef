/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which maxima are in force at a time of the week. A pure function, as the policy
 * is one: it reads no clock.
 */
#ifndef RSSE_POLICY_SCHEDULE_H
#define RSSE_POLICY_SCHEDULE_H

#include "policy.h"

/* No maximum. */
#define RSSE_POL_NO_LIMIT	((u32)~0U)

/* Minutes of a day. */
#define RSSE_POL_DAY		(RSS_ENGINE_MINUTE_MAX + 1U)

/**
 * struct rsse_pol_schedule - maxima, and when they hold
 * @days: days of the week on which that begins, a bit each, Monday's the lowest
 * @from: minute of the local day in which it begins
 * @to: minute in which it ends, on the next day when that is not after @from; the
 *	same as @from: it holds all of the day
 * @utc_offset: what local time is ahead of UTC, minutes; less than a day
 * @most: the maxima, RSSE_POL_NO_LIMIT where there is none
 */
struct rsse_pol_schedule {
	u32 days;
	u32 from;
	u32 to;
	s32 utc_offset;
	struct rsse_pol_limits most;
};

/**
 * rsse_pol_schedule_now() - find the entry that is in force
 * @entries: the first that holds is
 * @nr: entries of @entries
 * @now_s: CLOCK_REALTIME, seconds
 *
 * Return: its index, or @nr when none is.
 */
u32 rsse_pol_schedule_now(const struct rsse_pol_schedule *entries, u32 nr, u64 now_s);

#endif /* RSSE_POLICY_SCHEDULE_H */
