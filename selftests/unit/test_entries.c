// SPDX-License-Identifier: GPL-2.0-only
/* Indirection entries: one hot queue in an engine with room. */
#include <errno.h>

#include "table.h"

#define BALANCE(t, e) ((t)->w->balance[e].reason)

static void set_loads(struct table *table, u32 queue, u32 nr, u32 load)
{
	u32 i;

	for (i = queue; nr; i += table->nr_queues, nr--)
		table->load[i] = load;
}

/* Two queues: 90 x 10 on the first, and @other on the second. */
static struct tables *lopsided(u32 other)
{
	struct tables *t = tables_new(1, 2, 128);

	set_loads(&t->table[1], 0, 10, 90);
	set_loads(&t->table[1], 1, 10, other / 10);
	return t;
}

static void balanced_is_left_alone(void **unused)
{
	struct tables *t = tables_new(1, 2, 128);
	u32 i;

	(void)unused;
	for (i = 0; i < 128; i++)
		t->table[0].load[i] = 12;	/* 768 on each */
	tables_run(t, 100);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	assert_int_equal(BALANCE(t, 0), R(IDLE));
	tables_free(t);
}

/* 900 is to be at most 650: three of ten entries of 90. */
static void hot_queue_is_relieved(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	tables_step(t);
	assert_int_equal(BALANCE(t, 1), R(UNCONFIRMED));
	assert_int_equal(t->w->plan.count_engine, 1);
	tables_step(t);
	assert_int_equal(BALANCE(t, 1), R(UNEVEN));
	assert_int_equal(t->w->balance[1].gain, 30);
	assert_int_equal(t->w->balance[1].value, 900);
	assert_int_equal(t->entries, 3);
	assert_int_equal(table_queue(&t->table[1], 0), 630);
	assert_int_equal(table_queue(&t->table[1], 1), 370);
	tables_run(t, 1000);
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	tables_free(t);
}

/* Both get 700 of their CPUs, and want more: there is nothing to choose between them. */
static void all_full_leave_no_room(void **unused)
{
	struct tables *t = tables_new(1, 2, 128);

	(void)unused;
	set_loads(&t->table[1], 0, 10, 120);
	set_loads(&t->table[1], 1, 10, 120);
	t->table[1].share = 700;
	tables_run(t, 5);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(NO_ROOM));
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	tables_free(t);
}

static void nothing_without_a_mover_that_can(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	t->w->snap.can_rewrite = false;
	tables_run(t, 50);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(IDLE));
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	tables_free(t);
}

static void it_has_to_hold(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	t->w->config.hold_up_ms = 100;
	tables_run(t, 5);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(HOLD));
	assert_int_equal(t->w->balance[1].wait_ns, 20 * MS);
	tables_step(t);
	assert_int_equal(t->rewrites, 1);
	tables_free(t);
}

/* A queue that saturates below engine_above counts as a whole CPU. */
static void saturated_queue_is_hot(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	set_loads(&t->table[1], 0, 10, 120);
	tables_run(t, 2);
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(t->entries, 4);
	tables_free(t);
}

static void single_entry_is_left_alone(void **unused)
{
	struct tables *t = tables_new(1, 2, 128);
	u32 i, looked = 0;

	(void)unused;
	t->table[1].load[6] = 1500;
	t->table[1].load[7] = 40;
	for (i = 0; i < 3000; i++) {
		tables_step(t);
		looked += t->w->plan.count_engine == 1;
	}
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(SINGLE_ENTRY));
	assert_int_equal(t->w->balance[1].value, 1000);
	assert_int_equal(t->w->balance[1].threshold, 650);
	assert_true(looked < 20);
	tables_free(t);
}

/* What is small beside the entry that fills the queue gets away from it. */
static void small_entries_leave_a_large_one(void **unused)
{
	struct tables *t = tables_new(1, 2, 128);

	(void)unused;
	t->table[1].load[0] = 700;
	t->table[1].load[2] = 150;
	t->table[1].load[4] = 150;
	tables_run(t, 2);
	assert_int_equal(t->entries, 2);
	assert_int_equal(t->table[1].at[0], 0);
	tables_free(t);
}

static void no_room_is_said(void **unused)
{
	struct tables *t = lopsided(500);

	(void)unused;
	tables_run(t, 10);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(NO_ROOM));
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	tables_free(t);
}

/* The engine as a whole is full: that is for the VMs to solve. */
static void full_engine_is_left_to_moves(void **unused)
{
	struct tables *t = lopsided(850);
	u32 vm = world_vm(t->w, 0, 0);

	(void)unused;
	world_add_queues(t->w, RSSE_ENGINE_NEW, 1);
	world_place(t->w, vm, SHARED, 1);
	world_place(t->w, world_vm(t->w, 0, 0), SHARED, 1);
	t->w->vm[vm].pnic_busy = 1500;
	tables_run(t, 3);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(IDLE));
	assert_int_equal(STATE(t->w, vm), DEDICATED);
	tables_free(t);
}

/* A rewrite that relieves a saturated queue spares its VMs the move. */
static void rewrite_spares_a_move(bool can)
{
	struct tables *t = lopsided(100);
	u32 vm = world_vm(t->w, 0, 0);

	set_loads(&t->table[1], 0, 10, 120);
	t->w->config.hold_up_ms = 40;
	t->w->snap.can_rewrite = can;
	world_add_queues(t->w, RSSE_ENGINE_NEW, 1);
	world_place(t->w, vm, SHARED, 1);
	world_place(t->w, world_vm(t->w, 0, 0), SHARED, 1);
	t->w->vm[vm].pnic_busy = 1000;
	t->w->vm[vm].vnic_busy = 100;
	tables_run(t, 20);
	assert_int_equal(t->rewrites, can);
	assert_int_equal(STATE(t->w, vm), can ? SHARED : DEDICATED);
	tables_free(t);
}

static void saturated_queue_is_rewritten_before_a_vm_moves(void **unused)
{
	(void)unused;
	rewrite_spares_a_move(true);
	rewrite_spares_a_move(false);
}

static void queue_on_the_same_cpu_is_no_help(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	t->table[1].cpu[1] = t->table[1].cpu[0];
	tables_run(t, 10);
	assert_int_equal(t->rewrites, 0);
	assert_int_equal(BALANCE(t, 1), R(NO_ROOM));
	tables_free(t);
}

static void few_packets_are_not_enough(void **unused)
{
	struct tables *t = tables_new(1, 2, 128);

	(void)unused;
	set_loads(&t->table[1], 0, 10, 90);
	t->per_load = 0;
	tables_run(t, 490);
	assert_int_equal(BALANCE(t, 1), R(UNCONFIRMED));
	assert_int_equal(t->w->plan.count_engine, 1);
	tables_run(t, 20);
	assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
	assert_int_equal(t->rewrites, 0);
	tables_free(t);
}

static void problems_are_said(void **unused)
{
	static const u32 problems[] = { R(NO_HASH), R(FOREIGN_TABLE), R(FAILED) };
	u32 i;

	(void)unused;
	for (i = 0; i < 3; i++) {
		struct tables *t = lopsided(100);

		t->problem = problems[i];
		tables_run(t, 10);
		assert_int_equal(BALANCE(t, 1), problems[i]);
		assert_int_equal(t->rewrites, 0);
		assert_int_equal(t->w->plan.count_engine, RSSE_ENGINE_NEW);
		tables_free(t);
	}
}

static void failure_backs_off(void **unused)
{
	struct tables *t = lopsided(100);

	(void)unused;
	t->fail = EIO;
	tables_run(t, 40);
	assert_int_equal(BALANCE(t, 1), R(BACKED_OFF));
	assert_true(t->w->balance[1].wait_ns > 0);
	t->fail = 0;
	tables_run(t, 100);
	assert_int_equal(t->rewrites, 1);
	tables_free(t);
}

/* The second queue gets hot, by what was moved to it or by what it had before. */
static struct tables *hot_again(bool by_moved)
{
	struct tables *t = lopsided(100);
	struct table *table = &t->table[1];
	u32 i;

	tables_run(t, 2);
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(t->entries, 3);
	for (i = 0; i < table->size; i++)
		if (!table->load[i] || !table->at[i])
			table->load[i] /= 9;
		else if (i % 2 != by_moved)
			table->load[i] = by_moved ? 260 : 62;
	assert_int_equal(table_queue(table, 1), by_moved ? 880 : 890);
	return t;
}

/* Another rewrite half a second later; entries that were moved stay for dwell_ms. */
static void dwell_is_kept(void **unused)
{
	struct tables *t = hot_again(false);
	u32 i;

	(void)unused;
	tables_run(t, 24);
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(BALANCE(t, 1), R(DWELL));
	tables_run(t, 3);
	assert_int_equal(t->rewrites, 2);
	for (i = 0; i < t->entries - 3; i++)
		assert_int_equal(t->w->plan.rewrite.changes[i].entry % 2, 1);
	tables_free(t);

	t = hot_again(true);
	tables_run(t, 240);
	assert_int_equal(t->rewrites, 1);
	tables_run(t, 300);
	assert_int_equal(t->rewrites, 2);
	tables_free(t);
}

/* A rewrite after which the hottest queue is as hot: backed off for longer. */
static void useless_rewrite_backs_off(void **unused)
{
	struct tables *t = lopsided(100);
	u32 i;

	(void)unused;
	t->w->config.dwell_ms = 0;
	for (i = 0; i < 5; i++) {
		tables_step(t);
		if (t->rewrites == 1)
			break;
	}
	assert_int_equal(t->rewrites, 1);
	/* The load goes back to the queue that it left. */
	for (i = 0; i < 20; i += 2)
		t->table[1].at[i] = 0;
	tables_run(t, 10);
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(BALANCE(t, 1), R(BACKED_OFF));
	tables_free(t);
}

/* Engines are counted one after the other. */
static void one_engine_is_counted_at_a_time(void **unused)
{
	struct tables *t = tables_new(2, 2, 128);

	(void)unused;
	t->table[1].load[0] = 900;	/* hopeless */
	set_loads(&t->table[2], 0, 10, 90);
	tables_step(t);
	assert_int_equal(t->w->plan.count_engine, 1);
	tables_run(t, 3);
	assert_int_equal(BALANCE(t, 1), R(SINGLE_ENTRY));
	assert_int_equal(t->rewrites, 1);
	assert_int_equal(table_hottest(&t->table[2]), 630);
	tables_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(balanced_is_left_alone),
		cmocka_unit_test(hot_queue_is_relieved),
		cmocka_unit_test(all_full_leave_no_room),
		cmocka_unit_test(nothing_without_a_mover_that_can),
		cmocka_unit_test(it_has_to_hold),
		cmocka_unit_test(saturated_queue_is_hot),
		cmocka_unit_test(single_entry_is_left_alone),
		cmocka_unit_test(small_entries_leave_a_large_one),
		cmocka_unit_test(no_room_is_said),
		cmocka_unit_test(full_engine_is_left_to_moves),
		cmocka_unit_test(saturated_queue_is_rewritten_before_a_vm_moves),
		cmocka_unit_test(queue_on_the_same_cpu_is_no_help),
		cmocka_unit_test(few_packets_are_not_enough),
		cmocka_unit_test(problems_are_said),
		cmocka_unit_test(failure_backs_off),
		cmocka_unit_test(dwell_is_kept),
		cmocka_unit_test(useless_rewrite_backs_off),
		cmocka_unit_test(one_engine_is_counted_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
