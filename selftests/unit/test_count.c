// SPDX-License-Identifier: GPL-2.0-only
/* From counters to windows: those that go back, that leap, and that end. */
#include <load_count.h>

#include "unit.h"

#define MS	1000000ULL
#define WINDOW	(20 * MS)

static void a_counter_that_goes_back_tells_nothing(void **unused)
{
	(void)unused;
	assert_int_equal(rsse_since(7, 4), 3);
	assert_int_equal(rsse_since(7, 7), 0);
	assert_int_equal(rsse_since(6, 7), 0);
	assert_int_equal(rsse_since(0, U64_MAX), 0);
	assert_int_equal(rsse_since(U64_MAX, 0), U64_MAX);
}

/* What was put down up to @last, when the counter is at @now. */
static void takes(u64 now, u64 *last, u64 busy, u64 left)
{
	assert_int_equal(rsse_take_busy(now, last, WINDOW), busy);
	assert_int_equal(*last, now - left);
}

/* Then it counts from where it went back to, and nothing is owed. */
static void busy_time_goes_on_from_where_it_went_back_to(void **unused)
{
	u64 last = 50 * MS;

	(void)unused;
	takes(60 * MS, &last, 10 * MS, 0);
	takes(3 * MS, &last, 0, 0);
	takes(5 * MS, &last, 2 * MS, 0);
	takes(0, &last, 0, 0);
	takes(MS, &last, MS, 0);

	/* Also what was left for the next window is gone. */
	takes(51 * MS, &last, 20 * MS, 30 * MS);
	takes(2 * MS, &last, 0, 0);
	takes(2 * MS, &last, 0, 0);
}

/* A poll of 50 ms is three windows' work. */
static void a_long_poll_fills_the_windows_that_follow(void **unused)
{
	u64 last = 0;

	(void)unused;
	takes(50 * MS, &last, 20 * MS, 30 * MS);
	takes(50 * MS, &last, 20 * MS, 10 * MS);
	takes(50 * MS, &last, 10 * MS, 0);
	takes(50 * MS, &last, 0, 0);
}

/* Whatever the counter says, no window has more than its length, and little is owed. */
static void a_leap_is_forgotten(void **unused)
{
	u64 last = 0, sum = 0;
	int i;

	(void)unused;
	takes(120 * MS, &last, 20 * MS, 100 * MS);
	last = 0;
	takes(121 * MS, &last, 20 * MS, 100 * MS);
	last = 0;
	takes(U64_MAX, &last, 20 * MS, 100 * MS);
	for (i = 0; i < 10; i++)
		sum += rsse_take_busy(U64_MAX, &last, WINDOW);
	assert_int_equal(sum, 100 * MS);
	takes(5 * MS, &last, 0, 0);
}

/* A pause of a window hides nothing, a rest of two seconds all; in steps, two thirds. */
static void a_peak_falls_slowly(void **unused)
{
	u32 i, peak = rsse_peak(0, 900, WINDOW);

	(void)unused;
	assert_int_equal(peak, 900);
	assert_int_equal(rsse_peak(900000, 0, WINDOW), 891000);
	assert_int_equal(rsse_peak(900000, 500000, WINDOW), 896000);
	assert_int_equal(rsse_peak(900000, 0, 2000 * MS), 0);
	assert_int_equal(rsse_peak(900000, 100000, U64_MAX), 100000);
	assert_int_equal(rsse_peak(U32_MAX, 0, MS), U32_MAX - U32_MAX / 2000);
	for (peak = 900000, i = 0; i < 100; i++)
		peak = rsse_peak(peak, 0, WINDOW);
	assert_in_range(peak, 300000, 350000);
	for (i = 0; i < 1000; i++)
		peak = rsse_peak(peak, 0, WINDOW);
	assert_in_range(peak, 0, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_counter_that_goes_back_tells_nothing),
		cmocka_unit_test(busy_time_goes_on_from_where_it_went_back_to),
		cmocka_unit_test(a_long_poll_fills_the_windows_that_follow),
		cmocka_unit_test(a_leap_is_forgotten),
		cmocka_unit_test(a_peak_falls_slowly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
