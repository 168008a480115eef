// SPDX-License-Identifier: GPL-2.0-only
/* Which maxima are in force at a time of the week; see policy_schedule.h. */
#include <linux/math64.h>

#include "policy_schedule.h"

#define WEEK		7U	/* days */

/* The day on which the time of Unix begins is a Thursday; Monday is 0. */
#define EPOCH_WEEKDAY	3U

/**
 * struct moment - a local time
 * @today: bit of the day of the week
 * @yesterday: bit of the day before
 * @minute: minute of the day
 */
struct moment {
	u32 today;
	u32 yesterday;
	u32 minute;
};

static void local_time(u64 now_s, s32 utc_offset, struct moment *to)
{
	/* A week more keeps it positive, and is the same day. */
	u64 minutes = div_u64(now_s, 60) + WEEK * RSSE_POL_DAY + utc_offset;
	u64 day = div_u64(minutes, RSSE_POL_DAY);
	u32 weekday = day + EPOCH_WEEKDAY - div_u64(day + EPOCH_WEEKDAY, WEEK) * WEEK;

	to->minute = minutes - day * RSSE_POL_DAY;
	to->today = 1U << weekday;
	to->yesterday = 1U << (weekday ? weekday - 1 : WEEK - 1);
}

/* The days are those on which it begins: past midnight it is of the day before. */
static bool holds(const struct rsse_pol_schedule *entry, u64 now_s)
{
	struct moment now;
	bool begun;

	local_time(now_s, entry->utc_offset, &now);
	begun = now.minute >= entry->from;
	if (entry->from == entry->to)
		return entry->days & now.today;
	if (entry->from < entry->to)
		return begun && now.minute < entry->to && entry->days & now.today;
	if (begun)
		return entry->days & now.today;
	return now.minute < entry->to && entry->days & now.yesterday;
}

u32 rsse_pol_schedule_now(const struct rsse_pol_schedule *entries, u32 nr, u64 now_s)
{
	u32 i;

	for (i = 0; i < nr; i++)
		if (holds(&entries[i], now_s))
			break;
	return i;
}
