// SPDX-License-Identifier: GPL-2.0-only
/*
 * Properties that hold in any world: random ones from fixed seeds, lived
 * in for some time.
 */
#include <errno.h>
#include <string.h>

#include "rnd.h"
#include "unit.h"

#define SEEDS	100

static void random_config(struct rsse_config *c)
{
	c->period_ms = 10 + rnd(100);
	c->period_max_ms = c->period_ms + rnd(1000);
	c->unshare_below = 1 + rnd(200);
	c->share_above = c->unshare_below + 1 + rnd(300);
	c->engine_above = 300 + rnd(701);
	c->return_margin = 1 + rnd(c->engine_above - 1);
	c->release_below = 1 + rnd(600);
	c->hold_up_ms = rnd(200);
	c->hold_down_ms = rnd(1000);
	c->dwell_ms = rnd(3000);
	c->manual_hold_ms = rnd(5000);
	c->gain_min = rnd(101);
	c->moves_max = 1 + rnd(6);
	c->vnic_bound_above = 1 + rnd(1000);
	c->select = rnd(3);
	assert_null(rsse_config_check(c));
}

static void random_demand(struct world *w, u32 vm)
{
	static const u32 scale[] = { 10, 100, 300, 1500, 8000 };
	u32 top = scale[rnd(5)];

	w->demand[vm] = (struct demand){ rnd(top), rnd(top), rnd(1001) };
}

static struct world *random_world(u64 from)
{
	struct world *w;
	u32 i, nr;

	seed_rnd(from);
	w = world_new(1 + rnd(8), rnd(4), 1 + rnd(4), rnd(8));
	random_config(&w->config);
	w->snap.dedicated_queues = 1 + rnd(3);
	w->host = rnd(2) * rnd(500);
	nr = 1 + rnd(60);
	for (i = 0; i < nr; i++) {
		world_vm(w, 0, 0);
		random_demand(w, i);
		w->vm[i].priority = (s32)rnd(7) - 3;
		if (!rnd(8))
			w->vm[i].pin = rnd(4);
		if (!rnd(8))
			w->vm[i].flags = rnd(8);
	}
	return w;
}

/* What may change from one sample to the next. */
static void random_event(struct world *w)
{
	u32 vm = rnd(w->snap.nr_vms);

	if (!rnd(4))
		random_demand(w, vm);
	if (!rnd(100))
		w->vm[vm].pin = rnd(4);
	if (!rnd(100))
		w->vm[vm].flags = rnd(8);
	w->blind = !rnd(4);
	w->frozen = !rnd(6);
	w->fail = rnd(10) ? 0 : EIO;
}

/* Where it is, as the plan was made: the world has carried it out since. */
struct before {
	struct rsse_pol_vm vm[WORLD_VMS];
	struct rsse_pol_engine engine[WORLD_ENGINES];
	u32 nr_engines;
};

static struct before before;

static u32 kind_of(u32 id)
{
	u32 i;

	for (i = 0; i < before.nr_engines; i++)
		if (before.engine[i].id == id)
			return before.engine[i].kind;
	fail();
	return 0;
}

static void move_is_legal(struct world *w, const struct rsse_pol_move *move)
{
	const struct rsse_pol_vm *vm = &before.vm[move->id - 1000];

	assert_int_equal(vm->id, move->id);
	assert_int_equal(vm->state, move->from_state);
	assert_int_equal(vm->engine, move->from_engine);
	assert_true(move->to_state <= DEDICATED);
	if (move->to_state == DEDICATED) {
		assert_int_equal(move->to_engine, RSSE_ENGINE_NEW);
		assert_int_not_equal(move->from_state, DEDICATED);
	} else {
		assert_int_equal(kind_of(move->to_engine), move->to_state);
		assert_true(move->to_state != vm->state || move->to_engine != vm->engine);
	}
	assert_true(move->crossed_seq <= w->snap.seq);
	if (move->to_state >= move->from_state)
		assert_int_equal(vm->flags & 5, 5);	/* present, has a filter */
}

/* Each reason leads from where it may lead. */
static void reason_is_legal(struct world *w, const struct rsse_pol_move *move)
{
	const struct rsse_pol_vm *vm = &before.vm[move->id - 1000];
	u32 rx_load = vm->pnic_busy + vm->vnic_busy;

	assert_true((move->reason == R(PINNED)) == (vm->pin != RSS_ENGINE_PIN_OFF));
	switch (move->reason) {
	case R(SHARE_ABOVE):
		assert_true(vm->state == NONE && move->to_state >= SHARED);
		assert_true(rx_load > w->config.share_above);
		break;
	case R(DEFAULT_FULL):
		assert_true(vm->state == NONE && move->to_state >= SHARED);
		break;
	case R(ENGINE_FULL):
		assert_true(vm->state == SHARED && move->to_state >= SHARED);
		break;
	case R(RELEASED):
		assert_true(vm->state == DEDICATED && move->to_state <= SHARED);
		assert_true(rx_load < w->config.release_below);
		if (move->to_state == NONE)
			assert_true(rx_load < w->config.unshare_below);
		break;
	case R(UNSHARED):
		assert_true(vm->state == SHARED && move->to_state == NONE);
		assert_true(rx_load < w->config.unshare_below);
		break;
	case R(PINNED):
		assert_int_equal(move->to_state, vm->pin - RSS_ENGINE_PIN_NONE);
		assert_int_not_equal(move->from_state, move->to_state);
		break;
	default:
		fail();
	}
	if (move->reason >= R(SHARE_ABOVE) && move->reason <= R(ENGINE_FULL)) {
		assert_true(move->gain >= (s32)w->config.gain_min);
		if (vm->hottest_worker > w->config.vnic_bound_above)
			assert_int_not_equal(move->reason, R(SHARE_ABOVE));
	}
}

/* In the order of the plan: a dedicated engine that is left makes room for one. */
static void queues_are_there(struct world *w)
{
	u32 i, left = w->snap.free_queues;

	for (i = 0; i < w->plan.nr_moves; i++) {
		const struct rsse_pol_move *move = &w->move[i];

		if (move->from_state == DEDICATED)
			left += w->snap.dedicated_queues;
		if (move->to_state != DEDICATED)
			continue;
		assert_in_range(move->queues, w->snap.dedicated_queues, left);
		left -= move->queues;
	}
}

static void plan_is_legal(struct world *w)
{
	u32 i, j;

	assert_true(w->plan.nr_moves <= w->config.moves_max);
	for (i = 0; i < w->plan.nr_moves; i++) {
		move_is_legal(w, &w->move[i]);
		reason_is_legal(w, &w->move[i]);
		for (j = 0; j < i; j++)
			assert_int_not_equal(w->move[i].id, w->move[j].id);
	}
	queues_are_there(w);
	assert_in_range(w->plan.next_period_ns, w->config.period_ms * MS,
			w->config.period_max_ms * MS);
}

/* What a VM returns to, or is moved aside to, keeps its margin with the plan. */
static void targets_have_room(struct world *w)
{
	u32 limit = w->config.engine_above - w->config.return_margin, i, j;

	for (i = 0; i < before.nr_engines; i++) {
		u32 sum = before.engine[i].load * before.engine[i].nr_queues;
		bool strict = false;

		for (j = 0; j < w->plan.nr_moves; j++) {
			const struct rsse_pol_move *move = &w->move[j];

			if (move->to_engine != before.engine[i].id)
				continue;
			sum += before.vm[move->id - 1000].pnic_busy;
			strict |= move->reason == R(UNSHARED) ||
				  move->reason == R(RELEASED);
		}
		for (j = 0; j < w->plan.nr_moves; j++)
			if (w->move[j].from_engine == before.engine[i].id)
				sum -= before.vm[w->move[j].id - 1000].pnic_busy;
		if (strict)
			assert_true(sum / before.engine[i].nr_queues <= limit);
	}
}

static void decisions_are_legal(struct world *w)
{
	u32 i, j;

	for (i = 0; i < w->snap.nr_vms; i++) {
		const struct rsse_pol_decision *dec = &w->decision[i];
		bool planned = false;

		assert_true(dec->reason <= R(ABSENT));
		assert_int_not_equal(dec->reason, R(MANUAL));
		for (j = 0; j < w->plan.nr_moves; j++) {
			if (w->move[j].id != before.vm[i].id)
				continue;
			planned = true;
			assert_true(dec->moves);
			assert_int_equal(dec->reason, w->move[j].reason);
			assert_int_equal(dec->to_state, w->move[j].to_state);
			assert_int_equal(dec->to_engine, w->move[j].to_engine);
			assert_int_equal(dec->gain, w->move[j].gain);
			assert_int_equal(dec->wait_ns, 0);
		}
		if (!planned && dec->moves)
			assert_true(dec->reason >= R(HOLD) || dec->reason == R(IDLE));
		if (dec->reason == R(HOLD) || dec->reason == R(DWELL))
			assert_true(dec->wait_ns > 0);
	}
}

static void remember(struct world *w)
{
	memcpy(before.engine, w->engine, sizeof(before.engine));
	before.nr_engines = w->snap.nr_engines;
	memcpy(before.vm, w->vm, sizeof(before.vm));
}

/* Step without the mover, so that what the plan was made from can be kept. */
static void step(struct world *w)
{
	bool frozen = w->frozen;

	w->frozen = true;
	world_step(w, w->config.period_ms);
	w->frozen = frozen;
	remember(w);
	plan_is_legal(w);
	targets_have_room(w);
	decisions_are_legal(w);
	if (!frozen)
		world_act(w);
}

static void random_worlds_obey(void **unused)
{
	u32 i, s, moves = 0;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *w = random_world(s);

		for (i = 0; i < 400; i++) {
			random_event(w);
			step(w);
			moves += w->plan.nr_moves;
		}
		world_free(w);
	}
	assert_true(moves > 1000);
}

/* No move back within the dwell time, but to undo what was useless. */
static void random_worlds_dwell(void **unused)
{
	u32 i, j, s, seen = 0;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *w = random_world(s + 1000);

		for (i = 0; i < w->snap.nr_vms; i++)
			w->vm[i].pin = RSS_ENGINE_PIN_OFF;
		for (i = 0; i < 400; i++) {
			random_demand(w, rnd(w->snap.nr_vms));
			world_step(w, w->config.period_ms);
		}
		for (i = 0; i < w->nr_done; i++)
			for (j = 0; j < i; j++) {
				const struct done *a = &w->done[j], *b = &w->done[i];
				int x = (int)a->move.to_state - (int)a->move.from_state;
				int y = (int)b->move.to_state - (int)b->move.from_state;

				if (a->move.id != b->move.id || x * y >= 0 ||
				    b->move.reason == R(USELESS))
					continue;
				seen++;
				assert_true(b->time_ns - a->time_ns >=
					    w->config.dwell_ms * MS);
			}
		world_free(w);
	}
	assert_true(seen > 100);
}

/* The same input and the same memory give the same plan. */
static void random_worlds_repeat(void **unused)
{
	u32 i, s;

	(void)unused;
	for (s = 0; s < 40; s++) {
		struct world *a = random_world(s), *b;
		u64 mid;

		mid = seed;
		b = random_world(s);
		for (i = 0; i < 200; i++) {
			seed = mid;
			random_event(a);
			world_step(a, 20);
			seed = mid;
			random_event(b);
			world_step(b, 20);
			mid = seed;
			assert_int_equal(a->plan.nr_moves, b->plan.nr_moves);
			assert_memory_equal(a->decision, b->decision,
					    a->snap.nr_vms * sizeof(*a->decision));
			assert_memory_equal(a->vm_state, b->vm_state,
					    a->snap.nr_vms * sizeof(*a->vm_state));
		}
		world_free(a);
		world_free(b);
	}
}

/* Left alone, every world comes to rest. */
static void random_worlds_come_to_rest(void **unused)
{
	u32 i, s;

	(void)unused;
	for (s = 0; s < SEEDS; s++) {
		struct world *w = random_world(s + 5000);
		u32 moves;

		w->config.period_ms = 20;
		w->config.hold_down_ms = rnd(1000);
		w->config.gain_min = 10 + rnd(91);
		/* The room that a VM may return to is worth having. */
		w->config.return_margin = w->config.engine_above / 4;
		world_run(w, 20000);
		moves = w->nr_done;
		for (i = 0; i < 1000; i++)
			world_step(w, 20);
		if (w->nr_done != moves)
			print_message("# seed %u: %u moves at rest\n", s,
				      w->nr_done - moves);
		assert_int_equal(w->nr_done, moves);
		world_free(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_worlds_obey),
		cmocka_unit_test(random_worlds_dwell),
		cmocka_unit_test(random_worlds_repeat),
		cmocka_unit_test(random_worlds_come_to_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
