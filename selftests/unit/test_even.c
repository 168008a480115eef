// SPDX-License-Identifier: GPL-2.0-only
/* An engine without a hot queue is evened out. */
#include "rnd.h"
#include "table.h"

#define STEPS(ms)	((ms) / 20)

/* Engine 1 has two queues of @nr entries each, which have these loads; none is hot. */
static struct tables *uneven(u32 nr, const u32 *first, const u32 *second)
{
	struct tables *t = tables_new(1, 2, 2 * nr);
	u32 i;

	for (i = 0; i < nr; i++) {
		t->table[1].load[2 * i] = first[i];
		t->table[1].load[2 * i + 1] = second[i];
	}
	t->averages = true;
	t->per_load = 20;
	return t;
}

/* Eleven entries a queue: 350 in sum, and one of @a and @b. */
static struct tables *off_by(u32 a, u32 b)
{
	u32 first[11], second[11], i;

	for (i = 0; i < 11; i++) {
		first[i] = i ? 35 : a;
		second[i] = i ? 35 : b;
	}
	return uneven(11, first, second);
}

/* Until entries were rewritten; ms, 0 for not within a minute. */
static u32 time_to_rewrite(struct tables *t)
{
	u32 i;

	for (i = 0; i < STEPS(60000) && !t->rewrites; i++)
		tables_step(t);
	return t->rewrites ? 20 * i : 0;
}

static void takes(struct tables *t, u32 ms)
{
	assert_int_equal(time_to_rewrite(t), ms);
	tables_free(t);
}

/* It begins at 4 % and 10 permille above the mean, and at 200 permille. */
static void small_differences_are_left_alone(void **unused)
{
	u32 more[] = { 478, 20, 20 }, less[] = { 442, 20, 20 };
	u32 low[] = { 60, 60, 70 }, lower[] = { 30, 30, 40 };
	u32 slow[] = { 190, 10, 10 }, slower[] = { 170, 10, 10 };
	struct tables *t;

	(void)unused;
	takes(uneven(3, more, less), 0);	/* 518 and 482: 3.6 % */
	takes(uneven(3, low, lower), 0);	/* 190 and 100 */
	takes(uneven(3, slow, slower), 0);	/* 210 and 190: 5 %, but 10 permille */
	slow[2] += 2;
	t = uneven(3, slow, slower);
	assert_true(time_to_rewrite(t) > 0);
	tables_free(t);
	more[0] += 4;
	less[0] -= 4;
	t = uneven(3, more, less);
	assert_true(time_to_rewrite(t) > 0);
	assert_int_equal(t->entries, 1);
	tables_free(t);
}

/* For hold_down_ms at 10 % above the mean, and for less at more. */
static void more_uneven_is_sooner_evened_out(void **unused)
{
	struct tables *t = off_by(200, 100);	/* 550 and 450: 10 % */
	u32 held = t->w->config.hold_down_ms;

	(void)unused;
	takes(t, held + 20);
	takes(off_by(250, 50), held / 2 + 20);
}

/* 85 % above the mean: for a quarter of a second, were that not short for a burst. */
static void a_burst_is_left_alone(void **unused)
{
	u32 first[] = { 260, 260, 260 }, second[] = { 20, 20, 20 };

	(void)unused;
	takes(uneven(3, first, second), 500 + 20);
}

/* Nobody looked meanwhile: it has not held. */
static void no_time_passes_where_nothing_may_be_rewritten(void **unused)
{
	struct tables *t = off_by(200, 100);
	u32 held = t->w->config.hold_down_ms;

	(void)unused;
	tables_run(t, STEPS(held / 2));
	t->w->snap.can_rewrite = false;
	tables_run(t, STEPS(held));
	t->w->snap.can_rewrite = true;
	takes(t, held + 20);
}

/* Entries rewritten a moment ago, at places of the memory up to @nr. */
static struct tables *remembers(u32 nr)
{
	struct tables *t = off_by(200, 100);
	u32 i;

	tables_step(t);
	for (i = 0; i < nr; i++)
		t->w->state.moved[i] = (struct rsse_pol_moved){
			.engine = 0, .entry = i, .time_ns = t->w->snap.now_ns,
		};
	t->w->state.next_moved = nr;
	return t;
}

/* What is to stay for dwell_ms is not forgotten for what comes after it. */
static void no_more_than_can_be_remembered(void **unused)
{
	struct tables *t = remembers(RSSE_POL_MOVED_MAX);
	u32 stay = t->w->config.dwell_ms;

	(void)unused;
	assert_in_range(time_to_rewrite(t), stay, stay + 60);
	tables_free(t);
	t = remembers(RSSE_POL_MOVED_MAX - RSSE_POL_REWRITE_MAX);
	takes(t, t->w->config.hold_down_ms);
}

static void all_but_a_percent_is_evened_out(void **unused)
{
	struct tables *t = tables_new(1, 4, 64);
	u32 i;

	(void)unused;
	seed_rnd(7);
	for (i = 0; i < 64; i++)
		t->table[1].load[i] = 10 + rnd(i % 4 ? 30 : 60);
	t->averages = true;
	t->per_load = 20;
	assert_true(400 * table_hottest(&t->table[1]) > 120 * table_total(&t->table[1]));
	tables_run(t, STEPS(6000));
	assert_in_range(400 * table_hottest(&t->table[1]), 100 * table_total(&t->table[1]),
			102 * table_total(&t->table[1]));
	i = t->rewrites;
	tables_run(t, STEPS(60000));
	assert_int_equal(t->rewrites, i);
	tables_free(t);
}

/* Whichever of its entries the fuller queue gave away, the other would be fuller. */
static void two_are_exchanged_where_none_fits(void **unused)
{
	u32 first[] = { 300, 250 }, second[] = { 260, 200 };
	struct tables *t = uneven(2, first, second);

	(void)unused;
	assert_true(time_to_rewrite(t));
	assert_int_equal(t->entries, 2);
	assert_int_equal(table_hottest(&t->table[1]), 510);	/* 300 for 260 */
	tables_free(t);
}

/* How heavy the other queue's entries are is known from its packets alone. */
static void no_exchange_with_what_is_hardly_known(void **unused)
{
	u32 first[] = { 300, 250 }, second[] = { 260, 200 };
	struct tables *t = uneven(2, first, second);

	(void)unused;
	t->thin = 1;
	assert_int_equal(time_to_rewrite(t), 0);
	tables_free(t);
}

/* Nor that: a heavier one for a lighter one is of use only when it is not too much so. */
static void no_exchange_that_makes_it_worse(void **unused)
{
	u32 first[] = { 550, 0 }, second[] = { 400, 30 };
	struct tables *t = uneven(2, first, second);

	(void)unused;
	assert_int_equal(time_to_rewrite(t), 0);
	tables_free(t);
}

/* Queues, entries or VMs have changed: what was before tells nothing. */
static void a_change_begins_it_anew(void **unused)
{
	struct tables *t = off_by(200, 100);
	u32 held = t->w->config.hold_down_ms;

	(void)unused;
	tables_run(t, STEPS(held / 2));
	t->w->written[t->w->snap.nr_written++] = (struct rsse_pol_written){
		.engine = 1,
		.resized = true,
		.time_ns = t->w->snap.now_ns,
	};
	takes(t, held + 20);

	t = off_by(200, 100);
	tables_run(t, STEPS(held / 2));
	t->w->outcome[t->w->snap.nr_outcomes++] = (struct rsse_pol_outcome){
		.id = 999999,
		.time_ns = t->w->snap.now_ns,
		.from_state = NONE,
		.to_state = SHARED,
		.to_engine = 1,
	};
	takes(t, held + 20);
}

/* One entry is nearly all of the fuller queue, and no exchange makes that better. */
static struct tables *stuck(void)
{
	u32 first[] = { 600, 0, 0, 0 }, second[] = { 480, 30, 0, 0 };

	return uneven(4, first, second);
}

/* How often the counting begins in so many ms; nothing comes of it. */
static u32 begins(struct tables *t, u32 ms)
{
	u32 i, nr = 0;

	for (i = 0; i < STEPS(ms); i++) {
		bool counts = t->w->plan.count_engine == 1;

		tables_step(t);
		nr += !counts && t->w->plan.count_engine == 1;
	}
	assert_int_equal(t->rewrites, 0);
	return nr;
}

/* Ten times a second between them, then 2, 4, 8, 16, 32 and at last 60. */
static struct tables *tired(void)
{
	struct tables *t = stuck();

	assert_int_equal(begins(t, 12500), 11);
	assert_int_equal(begins(t, 63000), 5);
	return t;
}

static void what_is_in_vain_is_tried_ever_less_often(void **unused)
{
	struct tables *t = tired();

	(void)unused;
	assert_int_equal(t->w->balance[1].reason, R(SINGLE_ENTRY));
	assert_int_equal(begins(t, 600000), 10);
	tables_free(t);
}

/* Within a quarter it is as it was; beyond, or with other VMs, it is to be tried anew. */
static void other_loads_are_worth_another_try(void **unused)
{
	struct tables *t = tired();

	(void)unused;
	t->table[1].load[0] = 700;
	assert_int_equal(begins(t, 10000), 0);
	t->table[1].load[0] = 600;
	t->table[1].load[1] = 100;
	assert_in_range(begins(t, 10000), 9, 10);
	tables_free(t);

	t = tired();
	t->w->outcome[t->w->snap.nr_outcomes++] = (struct rsse_pol_outcome){
		.id = 999999,
		.time_ns = t->w->snap.now_ns,
		.from_state = SHARED,
		.from_engine = 1,
		.to_state = NONE,
	};
	assert_in_range(begins(t, 10000), 9, 10);
	tables_free(t);
}

static void a_hot_queue_does_not_wait_for_that(void **unused)
{
	struct tables *t = tired();
	u32 i;

	(void)unused;
	t->w->config.gain_min = 10;
	for (i = 2; i < 8; i += 2)
		t->table[1].load[i] = 76;
	assert_in_range(time_to_rewrite(t), 20, 200);
	tables_free(t);

	/* Nor, where that cannot be cured either, does its back-off go on from there. */
	t = tired();
	t->table[1].load[0] = 850;
	tables_run(t, STEPS(500));
	assert_int_equal(t->w->balance[1].reason, R(SINGLE_ENTRY));
	assert_in_range(t->w->balance[1].wait_ns, 1, 1000 * MS);
	tables_free(t);
}

/* The NIC refuses what was found: that is in vain, too. */
static void refused_rewrites_are_tried_ever_less_often(void **unused)
{
	struct tables *t = off_by(200, 100);

	(void)unused;
	t->fail = 5;
	assert_in_range(begins(t, 75000), 14, 16);
	tables_free(t);
}

/* Any tables: no queue gets more than it had at most, and it comes to rest. */
static void random_tables_are_evened_out(void **unused)
{
	u32 s, i, most, rewrites, all = 0;

	(void)unused;
	for (s = 0; s < 40; s++) {
		struct tables *t;

		seed_rnd(s);
		t = tables_new(1, 2 + rnd(6), 16 << rnd(4));
		t->averages = true;
		t->per_load = 20;
		for (i = 0; i < t->table[1].size; i++)
			t->table[1].load[i] = rnd(1600 * t->table[1].nr_queues /
						  t->table[1].size / 2);
		if (table_hottest(&t->table[1]) > t->w->config.engine_above) {
			tables_free(t);
			continue;
		}
		for (i = 0; i < STEPS(30000); i++) {
			most = table_hottest(&t->table[1]);
			tables_step(t);
			assert_true(table_hottest(&t->table[1]) <= most);
		}
		rewrites = t->rewrites;
		tables_run(t, STEPS(30000));
		assert_int_equal(t->rewrites, rewrites);
		all += rewrites;
		tables_free(t);
	}
	assert_true(all > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_differences_are_left_alone),
		cmocka_unit_test(more_uneven_is_sooner_evened_out),
		cmocka_unit_test(a_burst_is_left_alone),
		cmocka_unit_test(no_time_passes_where_nothing_may_be_rewritten),
		cmocka_unit_test(no_more_than_can_be_remembered),
		cmocka_unit_test(all_but_a_percent_is_evened_out),
		cmocka_unit_test(two_are_exchanged_where_none_fits),
		cmocka_unit_test(no_exchange_with_what_is_hardly_known),
		cmocka_unit_test(no_exchange_that_makes_it_worse),
		cmocka_unit_test(a_change_begins_it_anew),
		cmocka_unit_test(what_is_in_vain_is_tried_ever_less_often),
		cmocka_unit_test(other_loads_are_worth_another_try),
		cmocka_unit_test(a_hot_queue_does_not_wait_for_that),
		cmocka_unit_test(refused_rewrites_are_tried_ever_less_often),
		cmocka_unit_test(random_tables_are_evened_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
