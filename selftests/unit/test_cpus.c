// SPDX-License-Identifier: GPL-2.0-only
/* Which queues change hands, by the CPU that serves them: of what node, and how busy. */
#include "scaled.h"

/* Queues on the NIC's node first, and of those the ones whose CPU has time. */
static void far_and_busy_cpus_come_last(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);

	(void)unused;
	w->queue[7].flags = RSSE_POL_QUEUE_FAR;
	w->queue[6].flags = RSSE_POL_QUEUE_FAR;
	w->others[5] = 700;
	w->host = 2100;
	world_run(w, 1000);
	assert_int_equal(w->queue[4].engine, 0);
	assert_int_equal(w->nr_shifted, 1);
	/* Full, it takes the others as well, in this order. */
	w->host = 4100;
	world_run(w, 1000);
	assert_int_equal(w->nr_shifted, 3);
	assert_int_equal(w->shifted[1].shift.queue, 5);
	assert_int_equal(w->shifted[2].shift.queue, 7);
	world_free(w);
}

/* Of four idle queues three are far, or on busy CPUs: a warm engine takes the fourth only. */
static struct world *warm_then_full(bool busy)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 4, 0, 0, 4);
	u32 i;

	for (i = 5; i < 8; i++) {
		w->others[i] = busy ? 600 : 0;
		w->queue[i].flags = busy ? 0 : RSSE_POL_QUEUE_FAR;
	}
	w->host = 3100;
	world_run(w, 2000);
	assert_int_equal(QUEUES(w, 0), 5);
	assert_int_equal(w->queue[4].engine, 0);
	/* 820 on each: until there is room again, not down to grow_above. */
	w->host = 4100;
	world_run(w, 2000);
	assert_int_equal(QUEUES(w, 0), 7);
	return w;
}

static void warm_engine_stays_on_the_node(void **unused)
{
	struct world *w = warm_then_full(false);
	u32 i;

	(void)unused;
	/* Of no node in particular, there is no reason to stay there. */
	for (i = 5; i < 8; i++)
		w->queue[i].flags = 0;
	world_run(w, 2000);
	assert_int_equal(QUEUES(w, 0), 8);
	world_free(w);
}

static void warm_engine_keeps_off_busy_cpus(void **unused)
{
	struct world *w = warm_then_full(true);

	(void)unused;
	w->config.cpu_above = 600;
	world_run(w, 2000);
	assert_int_equal(QUEUES(w, 0), 8);
	world_free(w);
}

/* What is lent is of such a CPU, too. */
static void warm_engine_borrows_no_busy_cpu(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 6, 1, 2, 0);
	u32 i;

	(void)unused;
	tenants(w, 1, 8, 1300);
	for (i = 0; i < 6; i++)
		w->others[i] = 600;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 1), 2);
	w->config.cpu_above = 600;
	world_run(w, 1000);
	assert_int_equal(QUEUES(w, 1), 3);
	world_free(w);
}

/* Whether engines near their end lend it, or nobody has it. */
static void full_engine_borrows_from_another_node(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 6, 1, 2, 0);
	u32 i, hot = tenants(w, 1, 8, 1300);

	(void)unused;
	for (i = 0; i < 6; i++)
		w->queue[i].flags = RSSE_POL_QUEUE_FAR;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 1), 2);
	now_do(w, hot, 8, 1900);
	world_run(w, 1000);
	assert_int_equal(QUEUES(w, 1), 3);
	world_free(w);
}

/* What one got that is at its end tells nothing of what it needs. */
static void saturated_engine_takes_any(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 2, 0, 0, 2);

	(void)unused;
	w->queue[2].flags = RSSE_POL_QUEUE_FAR;
	w->queue[3].flags = RSSE_POL_QUEUE_FAR;
	w->measured = true;
	w->engine[0].load = 400;
	w->engine[0].hottest = 400;
	w->engine[0].full_polls = 1000;
	world_run(w, 200);
	assert_int_equal(QUEUES(w, 0), 4);
	world_free(w);
}

/* What is given away is what one would rather not have. */
static void far_and_busy_cpus_go_first(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0);
	u32 i;

	(void)unused;
	for (i = 0; i < 4; i++)
		w->queue[i].flags = RSSE_POL_QUEUE_FAR;
	w->others[4] = 700;
	w->host = 3 * w->config.pack_below;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 3);
	for (i = 5; i < 8; i++)
		assert_int_equal(w->queue[i].engine, 0);
	world_free(w);
}

/* To the default engine as well: what is kept is of the node. */
static void far_queues_are_given_back_first(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 0, 0, 6);
	u32 engine = world_dedicated(w), vm = world_vm(w, 3000, 100), i, near = 0;

	(void)unused;
	world_place(w, vm, DEDICATED, engine);
	w->host = 400;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, engine), 6);
	for (i = 0; i < 14; i++) {
		w->queue[i].flags = RSSE_POL_QUEUE_FAR;
		if (w->queue[i].engine == engine && !near)
			near = i;
	}
	w->queue[near].flags = 0;
	w->demand[vm].pnic = 350;
	world_run(w, 10000);
	assert_int_equal(QUEUES(w, engine), 1);
	assert_int_equal(w->queue[near].engine, engine);
	world_free(w);
}

/* Eight queues, all but the fourth far, or on busy CPUs: it is the one that is left. */
static void only_one_is_good(struct world *w, bool busy)
{
	u32 i;

	for (i = 0; i < 8; i++) {
		if (i == 3)
			continue;
		if (busy)
			w->others[i] = 700;
		else
			w->queue[i].flags = RSSE_POL_QUEUE_FAR;
	}
	w->host = 100;
	world_run(w, 5000);
	assert_int_equal(QUEUES(w, 0), 1);
	assert_int_equal(w->queue[3].engine, 0);
	world_free(w);
}

static void far_and_busy_cpus_are_given_up_first(void **unused)
{
	static const u32 scales[] = { RSS_ENGINE_SCALE_OFF, RSS_ENGINE_SCALE_SPREAD };
	u32 busy, i;

	(void)unused;
	for (busy = 0; busy < 2; busy++) {
		only_one_is_good(scaled(RSS_ENGINE_SCALE_PACK, 8, 0, 0, 0), busy);
		for (i = 0; i < 2; i++) {
			struct world *w = scaled(scales[i], 8, 0, 0, 0);

			w->snap.limits.default_queues = 1;
			only_one_is_good(w, busy);
		}
	}
}

/* What the default engine gets of another one's are those that it wants. */
static void far_queues_are_not_handed_over(void **unused)
{
	struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 4, 1, 4, 0);

	(void)unused;
	w->queue[5].flags = RSSE_POL_QUEUE_FAR;
	w->queue[7].flags = RSSE_POL_QUEUE_FAR;
	w->snap.limits.default_queues = 6;
	world_run(w, 5000);
	assert_int_equal(w->queue[4].engine, 0);
	assert_int_equal(w->queue[6].engine, 0);
	assert_int_equal(world_unowned(w), 2);
	world_free(w);
}

/* Of two that have what is due to it, the one with queues of the node gives. */
static void lender_of_near_queues_is_found(void **unused)
{
	u32 first, i;

	(void)unused;
	for (first = 0; first < 2; first++) {
		struct world *w = scaled(RSS_ENGINE_SCALE_SPREAD, 8, 0, 0, 8);
		u32 engine[2];

		for (i = 0; i < 2; i++) {
			engine[i] = world_dedicated(w);
			world_place(w, world_vm(w, 1500, 100), DEDICATED, engine[i]);
		}
		for (i = 0; i < 16; i++) {
			w->queue[i].engine = i < 8 ? 0 : engine[i % 2];
			if (w->queue[i].engine == engine[first])
				w->queue[i].flags = RSSE_POL_QUEUE_FAR;
		}
		w->host = 8 * 700;
		world_run(w, 500);
		assert_int_equal(QUEUES(w, engine[first]), 4);
		assert_true(QUEUES(w, engine[!first]) < 4);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(far_and_busy_cpus_come_last),
		cmocka_unit_test(warm_engine_stays_on_the_node),
		cmocka_unit_test(warm_engine_keeps_off_busy_cpus),
		cmocka_unit_test(warm_engine_borrows_no_busy_cpu),
		cmocka_unit_test(full_engine_borrows_from_another_node),
		cmocka_unit_test(saturated_engine_takes_any),
		cmocka_unit_test(far_and_busy_cpus_go_first),
		cmocka_unit_test(far_queues_are_given_back_first),
		cmocka_unit_test(far_and_busy_cpus_are_given_up_first),
		cmocka_unit_test(far_queues_are_not_handed_over),
		cmocka_unit_test(lender_of_near_queues_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
