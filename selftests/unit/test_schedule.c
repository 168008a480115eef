// SPDX-License-Identifier: GPL-2.0-only
/* Which maxima are in force: days, hours past midnight, local times. */
#include <policy_schedule.h>

#include "unit.h"

#define ALL		RSS_ENGINE_DAYS_MAX
#define AT(h, m)	((h) * 60U + (m))
#define MON		0x01
#define FRI		0x10
#define SAT		0x20
#define SUN		0x40
#define WEEKDAYS	0x1f

/* Monday, 2024-01-01 00:00:00 UTC */
#define MONDAY		1704067200ULL

enum { DAY_MON, DAY_TUE, DAY_WED, DAY_THU, DAY_FRI, DAY_SAT, DAY_SUN };

static u64 moment(unsigned int day, unsigned int minute)
{
	return MONDAY + day * 86400ULL + minute * 60ULL;
}

static bool holds(const struct rsse_pol_schedule *entry, u64 now)
{
	return rsse_pol_schedule_now(entry, 1, now) == 0;
}

static void without_times_it_always_holds(void **state)
{
	const struct rsse_pol_schedule entry = { .days = ALL };
	u64 now;

	(void)state;
	for (now = moment(DAY_MON, 0); now < moment(DAY_SUN, AT(24, 0)); now += 3599)
		assert_true(holds(&entry, now));
	assert_true(holds(&entry, 0));
}

static void no_entry_is_none(void **state)
{
	(void)state;
	assert_int_equal(rsse_pol_schedule_now(NULL, 0, MONDAY), 0);
}

static void the_end_is_not_in_it(void **state)
{
	const struct rsse_pol_schedule entry = {
		.days = ALL, .from = AT(8, 30), .to = AT(17, 0),
	};

	(void)state;
	assert_false(holds(&entry, moment(DAY_TUE, AT(8, 29))));
	assert_false(holds(&entry, moment(DAY_TUE, AT(8, 30)) - 1));
	assert_true(holds(&entry, moment(DAY_TUE, AT(8, 30))));
	assert_true(holds(&entry, moment(DAY_TUE, AT(17, 0)) - 1));
	assert_false(holds(&entry, moment(DAY_TUE, AT(17, 0))));
}

static void every_day_has_its_bit(void **state)
{
	unsigned int set, day;

	(void)state;
	for (set = 0; set < 7; set++)
		for (day = 0; day < 7; day++) {
			const struct rsse_pol_schedule entry = { .days = 1U << set };

			assert_int_equal(holds(&entry, moment(day, 0)), set == day);
			assert_int_equal(holds(&entry, moment(day, AT(23, 59)) + 59), set == day);
		}
}

static void past_midnight_it_is_of_the_day_before(void **state)
{
	const struct rsse_pol_schedule entry = {
		.days = WEEKDAYS, .from = AT(22, 0), .to = AT(6, 0),
	};

	(void)state;
	assert_false(holds(&entry, moment(DAY_MON, AT(5, 59))));
	assert_false(holds(&entry, moment(DAY_MON, AT(21, 59))));
	assert_true(holds(&entry, moment(DAY_MON, AT(22, 0))));
	assert_true(holds(&entry, moment(DAY_TUE, 0)));
	assert_true(holds(&entry, moment(DAY_TUE, AT(5, 59))));
	assert_false(holds(&entry, moment(DAY_TUE, AT(6, 0))));
	assert_true(holds(&entry, moment(DAY_FRI, AT(23, 0))));
	assert_true(holds(&entry, moment(DAY_SAT, AT(5, 59))));
	assert_false(holds(&entry, moment(DAY_SAT, AT(22, 0))));
	assert_false(holds(&entry, moment(DAY_SUN, AT(1, 0))));
}

static void sunday_night_ends_on_monday(void **state)
{
	const struct rsse_pol_schedule entry = {
		.days = SUN, .from = AT(23, 0), .to = AT(1, 0),
	};

	(void)state;
	assert_true(holds(&entry, moment(DAY_SUN, AT(23, 30))));
	assert_true(holds(&entry, moment(DAY_SUN, AT(24, 30))));
	assert_true(holds(&entry, moment(DAY_MON, AT(0, 30))));
	assert_false(holds(&entry, moment(DAY_TUE, AT(0, 30))));
}

static void it_may_end_at_midnight(void **state)
{
	const struct rsse_pol_schedule entry = { .days = SAT, .from = AT(18, 0), .to = 0 };

	(void)state;
	assert_true(holds(&entry, moment(DAY_SAT, AT(23, 59))));
	assert_false(holds(&entry, moment(DAY_SUN, 0)));
	assert_false(holds(&entry, moment(DAY_SAT, AT(17, 59))));
}

static void it_may_begin_at_midnight(void **state)
{
	const struct rsse_pol_schedule entry = { .days = SAT, .from = 0, .to = AT(6, 0) };

	(void)state;
	assert_true(holds(&entry, moment(DAY_SAT, 0)));
	assert_false(holds(&entry, moment(DAY_SAT, AT(6, 0))));
	assert_false(holds(&entry, moment(DAY_SUN, 0)));
}

static void local_time_may_be_of_another_day(void **state)
{
	struct rsse_pol_schedule entry = {
		.days = MON, .from = AT(9, 0), .to = AT(10, 0),
	};

	(void)state;
	/* Kiritimati, 14 h ahead: Monday there begins on Sunday here. */
	entry.utc_offset = 14 * 60;
	assert_true(holds(&entry, moment(DAY_SUN, AT(19, 0))));
	assert_false(holds(&entry, moment(DAY_MON, AT(9, 0))));
	/* Samoa, 11 h behind. */
	entry.utc_offset = -11 * 60;
	assert_true(holds(&entry, moment(DAY_MON, AT(20, 30))));
	assert_false(holds(&entry, moment(DAY_MON, AT(9, 0))));
	/* Kathmandu: not a whole hour. */
	entry.utc_offset = 5 * 60 + 45;
	assert_false(holds(&entry, moment(DAY_MON, AT(3, 14))));
	assert_true(holds(&entry, moment(DAY_MON, AT(3, 15))));
}

static void local_time_and_midnight_together(void **state)
{
	const struct rsse_pol_schedule entry = {
		.days = FRI, .from = AT(22, 0), .to = AT(4, 0), .utc_offset = 120,
	};

	(void)state;
	/* Friday 22:00 to Saturday 4:00 there is Friday 20:00 to Saturday 2:00 here. */
	assert_false(holds(&entry, moment(DAY_FRI, AT(19, 59))));
	assert_true(holds(&entry, moment(DAY_FRI, AT(20, 0))));
	assert_true(holds(&entry, moment(DAY_SAT, AT(1, 59))));
	assert_false(holds(&entry, moment(DAY_SAT, AT(2, 0))));
	assert_false(holds(&entry, moment(DAY_FRI, AT(1, 0))));
}

static void the_begin_of_time(void **state)
{
	const struct rsse_pol_schedule entry = { .days = 1U << DAY_WED, .utc_offset = -60 };

	(void)state;
	/* 1970-01-01 was a Thursday; an hour behind it is still Wednesday. */
	assert_true(holds(&entry, 0));
	assert_false(holds(&entry, 3600));
}

static void the_first_that_holds_is_in_force(void **state)
{
	const struct rsse_pol_schedule entries[] = {
		{ .days = SAT | SUN },
		{ .days = ALL, .from = AT(8, 0), .to = AT(18, 0) },
		{ .days = ALL, .from = AT(7, 0), .to = AT(19, 0) },
	};

	(void)state;
	assert_int_equal(rsse_pol_schedule_now(entries, 3, moment(DAY_SUN, AT(12, 0))), 0);
	assert_int_equal(rsse_pol_schedule_now(entries, 3, moment(DAY_MON, AT(12, 0))), 1);
	assert_int_equal(rsse_pol_schedule_now(entries, 3, moment(DAY_MON, AT(7, 30))), 2);
	assert_int_equal(rsse_pol_schedule_now(entries, 3, moment(DAY_MON, AT(20, 0))), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_times_it_always_holds),
		cmocka_unit_test(no_entry_is_none),
		cmocka_unit_test(the_end_is_not_in_it),
		cmocka_unit_test(every_day_has_its_bit),
		cmocka_unit_test(past_midnight_it_is_of_the_day_before),
		cmocka_unit_test(sunday_night_ends_on_monday),
		cmocka_unit_test(it_may_end_at_midnight),
		cmocka_unit_test(it_may_begin_at_midnight),
		cmocka_unit_test(local_time_may_be_of_another_day),
		cmocka_unit_test(local_time_and_midnight_together),
		cmocka_unit_test(the_begin_of_time),
		cmocka_unit_test(the_first_that_holds_is_in_force),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
