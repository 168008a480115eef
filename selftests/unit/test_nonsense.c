// SPDX-License-Identifier: GPL-2.0-only
/* Snapshots that no sampler would ever deliver do no harm. */
#include <stdlib.h>

#include "rnd.h"
#include "unit.h"

static u32 wild(void)
{
	static const u32 values[] = { 0, 1, 2, 3, 999, 1000, 1001, 1u << 20, 1u << 31,
				      UINT32_MAX - 1, UINT32_MAX };

	return values[rnd(sizeof(values) / sizeof(*values))];
}

static u64 wild64(void)
{
	return rnd(2) ? wild() : ((u64)wild() << 32 | wild());
}

#define QUEUES_MOST	50U

/* Queues of engines that are not there, due to others that are not. */
static void wild_queues(struct world *w)
{
	u32 i;

	w->snap.can_rewrite = rnd(4);
	w->snap.nr_queues = rnd(QUEUES_MOST);
	w->snap.nr_written = rnd(10);
	w->snap.limits = (struct rsse_pol_limits){ wild(), wild(), wild(), wild() };
	for (i = 0; i < w->snap.nr_queues; i++)
		w->queue[i] = (struct rsse_pol_queue){
			.id = rnd(8) ? i : wild(),
			.engine = rnd(4) ? rnd(8) : wild(),
			.home = rnd(4) ? rnd(8) : wild(),
			.busy = wild(),
			.avg = wild(),
			.full_polls = wild(),
			.cpu = (s32)wild(),
			.cpu_busy = wild(),
			.flags = rnd(2) ? 0 : wild(),
		};
	for (i = 0; i < w->snap.nr_written; i++)
		w->written[i] = (struct rsse_pol_written){
			.engine = rnd(2) ? rnd(8) : wild(),
			.resized = rnd(2),
			.gained = rnd(2),
			.error = rnd(2) ? 0 : (s32)wild(),
			.time_ns = wild64(),
		};
}

static void wild_rules(struct rsse_pol_vm *vm)
{
	vm->min_state = rnd(4) ? 0 : wild();
	vm->max_state = rnd(4) ? 2 : wild();
	vm->latency = rnd(4) ? rnd(3) : wild();
	vm->require = rnd(4) ? 0 : wild();
	vm->prefer = rnd(2) ? rnd(8) : wild();
	vm->apart = rnd(2) ? 0 : wild();
	vm->together = rnd(2) ? rnd(4) : wild();
	vm->need = rnd(2) ? 0 : wild();
}

static void wild_snapshot(struct world *w)
{
	u32 i;

	w->snap.seq = wild64();
	w->snap.now_ns = rnd(2) ? w->snap.now_ns + 20 * MS : wild64();
	w->snap.window_ns = rnd(2) ? 20 * MS : wild64();
	w->snap.free_queues = wild();
	w->snap.dedicated_queues = wild();
	w->snap.nr_engines = rnd(40);
	w->snap.nr_vms = rnd(200);
	w->snap.nr_outcomes = rnd(20);
	for (i = 0; i < w->snap.nr_engines; i++)
		w->engine[i] = (struct rsse_pol_engine){
			.id = rnd(3) ? i : wild(),
			.kind = rnd(8) ? !!i : wild(),
			.nr_queues = wild(),
			.home = wild(),
			.load = wild(),
			.hottest = wild(),
			.full_polls = wild(),
		};
	for (i = 0; i < w->snap.nr_vms; i++)
		w->vm[i] = (struct rsse_pol_vm){
			.id = rnd(3) ? i : wild(),
			.slot = rnd(3) ? i : wild(),
			.engine = rnd(3) ? rnd(8) : wild(),
			.state = rnd(8) ? rnd(3) : wild(),
			.pin = rnd(4) ? 0 : wild(),
			.flags = rnd(4) ? 7 : wild(),
			.priority = (s32)wild(),
			.pnic_busy = wild(),
			.vnic_busy = wild(),
			.vnic_total = wild(),
			.hottest_worker = wild(),
			.confirmed_ns = wild64(),
			.manual_ns = wild64(),
		};
	wild_queues(w);
	for (i = 0; i < w->snap.nr_vms; i++)
		wild_rules(&w->vm[i]);
	for (i = 0; i < w->snap.nr_outcomes; i++)
		w->outcome[i] = (struct rsse_pol_outcome){
			.id = rnd(2) ? rnd(200) : wild(),
			.error = rnd(2) ? 0 : (s32)wild(),
			.time_ns = wild64(),
			.from_state = rnd(4) ? rnd(3) : wild(),
			.to_state = rnd(4) ? rnd(3) : wild(),
			.from_engine = rnd(4) ? rnd(8) : wild(),
			.to_engine = wild(),
			.manual = rnd(2),
		};
}

/* Arrays of exactly the size given: the sanitizer sees one step beyond. */
static void nonsense_does_no_harm(void **unused)
{
	u32 i, s;

	(void)unused;
	for (s = 0; s < 40; s++) {
		struct world *w = world_new(4, 1, 2, 2);
		struct rsse_pol_decision *dec;
		u32 slots, engines, queues, classes, pairs;

		seed_rnd(s + 9000);
		slots = 1 + rnd(200);
		engines = rnd(40);
		queues = 1 + rnd(QUEUES_MOST);
		classes = rnd(20);
		pairs = rnd(2) << rnd(9);
		w->config.select = rnd(3);
		w->config.scale = rnd(3);
		w->state.vm = calloc(slots, sizeof(*w->state.vm));
		w->state.nr_slots = slots;
		w->state.engine = calloc(engines ? engines : 1,
					 sizeof(*w->state.engine));
		w->state.cap_engines = engines;
		w->state.room = calloc(queues, sizeof(*w->state.room));
		w->state.owner = calloc(queues, sizeof(*w->state.owner));
		w->state.cap_queues = queues;
		w->state.classes = calloc(classes ? classes : 1,
					  sizeof(*w->state.classes));
		w->state.cap_classes = classes;
		w->state.pairs = calloc(pairs ? pairs : 1, sizeof(*w->state.pairs));
		w->state.cap_pairs = pairs;
		dec = calloc(200, sizeof(*dec));
		w->plan.decisions = dec;
		w->plan.moves = calloc(4, sizeof(*w->plan.moves));
		w->plan.cap_moves = 1 + rnd(4);
		for (i = 0; i < 200; i++) {
			wild_snapshot(w);
			rsse_policy_run(&w->snap, &w->config, &w->state, &w->plan);
			assert_true(w->plan.nr_moves <= w->plan.cap_moves);
			assert_true(w->plan.nr_shifts <= RSSE_POL_SHIFTS_MAX);
		}
		free(w->state.pairs);
		free(w->state.classes);
		free(w->state.owner);
		free(w->state.room);
		free(w->plan.moves);
		free(dec);
		free(w->state.engine);
		free(w->state.vm);
		world_free(w);
	}
}

/* Two VMs in one slot, a slot out of range, an engine that does not exist or is of another kind. */
static void misplaced_vms_are_left_alone(void **unused)
{
	struct world *w = world_new(4, 1, 2, 2);
	u32 i;

	(void)unused;
	w->config.hold_up_ms = 0;
	for (i = 0; i < 5; i++)
		world_vm(w, 300, 100);
	w->vm[1].slot = w->vm[0].slot;
	w->vm[2].slot = WORLD_VMS;
	w->vm[3].state = SHARED;
	w->vm[3].engine = 77;
	w->vm[4].state = DEDICATED;
	w->vm[4].engine = 1;
	world_run(w, 100);
	assert_int_equal(w->nr_done, 1);
	assert_int_equal(STATE(w, 0), SHARED);
	for (i = 1; i < 5; i++) {
		assert_int_equal(REASON(w, i), R(IDLE));
		assert_int_equal(w->decision[i].threshold, 0);
	}
	world_free(w);
}

static void empty_snapshot_gives_an_empty_plan(void **unused)
{
	struct world *w = world_new(4, 0, 2, 0);

	(void)unused;
	w->snap.nr_engines = 0;
	world_step(w, 20);
	world_vm(w, 500, 500);
	world_step(w, 20);
	assert_int_equal(w->plan.nr_moves, 0);
	assert_int_equal(REASON(w, 0), R(IDLE));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nonsense_does_no_harm),
		cmocka_unit_test(misplaced_vms_are_left_alone),
		cmocka_unit_test(empty_snapshot_gives_an_empty_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
