/* SPDX-License-Identifier: GPL-2.0-only */
/* From counters that are read now and then to what a window had. */
#ifndef RSSE_LOAD_COUNT_H
#define RSSE_LOAD_COUNT_H

#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

/*
 * A poll, or a run of a thread, is known when it has ended, and may be longer
 * than a window: what does not fit into one is left for the next. Up to this
 * much: clocks differ a little, and what that adds up to is forgotten.
 */
#define RSSE_CARRY_NS		100000000ULL

/**
 * rsse_since() - how much a counter has grown
 * @now: the counter
 * @last: the same at the end of the previous window
 *
 * Return: 0 when it went back: it is that of another device, and nothing is known.
 */
static inline u64 rsse_since(u64 now, u64 last)
{
	return now > last ? now - last : 0;
}

/**
 * rsse_take_busy() - what to put down to a window of a counter of busy time
 * @now: the counter, ns
 * @last: up to where it was put down; moved
 * @window: length of the window, ns
 *
 * Return: @window at most; 0 when the counter went back.
 */
static inline u64 rsse_take_busy(u64 now, u64 *last, u64 window)
{
	u64 owed = rsse_since(now, *last);
	u64 busy = min(owed, window);

	*last = now - min(owed - busy, RSSE_CARRY_NS);
	return busy;
}

/* What a CPU does besides is told by the most that it did in about so long. */
#define RSSE_PEAK_NS		2000000000ULL

/**
 * rsse_peak() - a load that rises at once, and falls slowly
 * @last: as it was
 * @now: what the latest window had
 * @window: length of that, ns
 *
 * Return: @now when that is higher, else what is left of @last: of the difference, all is
 * gone after RSSE_PEAK_NS in one window, and two thirds in many.
 */
static inline u32 rsse_peak(u32 last, u32 now, u64 window)
{
	if (now >= last)
		return now;
	return last - div_u64((u64)(last - now) * min(window, RSSE_PEAK_NS), RSSE_PEAK_NS);
}

#endif /* RSSE_LOAD_COUNT_H */
