// SPDX-License-Identifier: GPL-2.0-only
/* Samples as the kernel would send them. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "history.h"
#include "replay.h"

#define PERIOD_NS	20000000ULL
#define QUEUES		8
#define DEFAULT_QUEUES	2
#define MOVES_ROOM	64
#define HOT		950	/* of an uneven engine's queues, permille */
#define COLD		100
#define TABLE		16	/* indirection entries */
#define SHARED		1	/* id of the shared engine, of one queue */

/* The part of the queues' time that a VM takes, permille, by step. */
static __u32 busy(unsigned int vm, unsigned int step)
{
	switch (vm) {
	case 0:
		return step < 10 ? 5 : step < 60 ? 300 : step < 110 ? 900 : 20;
	case 1:
		return step < 30 ? 10 : step < 150 ? 260 : 15;
	default:
		return 10 + vm + step % 3;
	}
}

void history_begin(struct history *history)
{
	memset(history, 0, sizeof(*history));
	history->config = rsse_config_default;
	history->config.hold_down_ms = 200;
	history->config.dwell_ms = 100;
	memory_init(&history->state);
	memory_grow(&history->state, ARRAY_SIZE(history->vms));
	history->next_engine = SHARED + 1;
	history->seq = 1;
	for (__u32 i = 0; i < ARRAY_SIZE(history->vms); i++)
		history->vms[i] = (struct rsse_pol_vm){
			.id = 10 + i,
			.slot = i,
			.flags = RSSE_POL_VM_HAS_FILTER | RSSE_POL_VM_HAS_WORKER |
				 RSSE_POL_VM_PRESENT,
		};
}

void history_end(struct history *history)
{
	memory_free(&history->state);
	free(history->outcomes.v);
	fake_reset();
}

static void add_engine(struct sample *sample, const struct history *history, __u32 id,
		       __u32 kind, __u32 queues)
{
	struct sample_engine *engine = list_push(&sample->engine, sizeof(*engine));
	__u32 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(history->vms); i++)
		if (history->vms[i].engine == id)
			sum += history->vms[i].pnic_busy;
	engine->seen = (struct rsse_pol_engine){
		.id = id,
		.kind = kind,
		.nr_queues = queues,
		.load = sum / queues < 1000 ? sum / queues : 1000,
		.hottest = sum < 1000 ? sum : 1000,
	};
}

static void add_engines(struct sample *sample, const struct history *history)
{
	add_engine(sample, history, 0, RSS_ENGINE_ENGINE_KIND_DEFAULT, DEFAULT_QUEUES);
	add_engine(sample, history, SHARED, RSS_ENGINE_ENGINE_KIND_SHARED, 1);
	if (history->uneven) {
		struct sample_engine *shared = list_at(&sample->engine, 1, sizeof(*shared));

		shared->seen.nr_queues = 2;
		shared->seen.load = (HOT + COLD) / 2;
		shared->seen.hottest = HOT;
	}
	sample->free_queues = QUEUES - DEFAULT_QUEUES - 2;
	for (__u32 id = SHARED + 1; id < history->next_engine; id++) {
		for (size_t i = 0; i < ARRAY_SIZE(history->vms); i++) {
			if (history->vms[i].engine != id)
				continue;
			add_engine(sample, history, id, RSS_ENGINE_ENGINE_KIND_DEDICATED, 1);
			sample->free_queues--;
		}
	}
}

static void add_outcome(struct history *history, struct rsse_pol_vm *vm, __u32 to_state,
			__u32 to_engine, bool manual)
{
	struct rsse_pol_outcome *outcome = list_push(&history->outcomes, sizeof(*outcome));

	if (to_engine == RSSE_ENGINE_NEW)
		to_engine = history->next_engine++;
	*outcome = (struct rsse_pol_outcome){
		.id = vm->id,
		.time_ns = history->step * PERIOD_NS + 1000,
		.from_state = vm->state,
		.to_state = to_state,
		.from_engine = vm->engine,
		.to_engine = to_engine,
		.manual = manual,
	};
	vm->state = to_state;
	vm->engine = to_engine;
}

static void add_vms(struct sample *sample, struct history *history)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(history->vms); i++) {
		struct sample_vm *vm = list_push(&sample->vm, sizeof(*vm));

		history->vms[i].pnic_busy = busy(i, history->step);
		history->vms[i].vnic_busy = history->vms[i].pnic_busy / 3;
		history->vms[i].vnic_total = history->vms[i].vnic_busy + 1;
		history->vms[i].hottest_worker = history->vms[i].vnic_total;
		history->vms[i].confirmed_ns = history->step * PERIOD_NS;
		vm->name = xasprintf("vm%u", i);
		vm->seen = history->vms[i];
	}
}

/* What was counted, in the sample and for the policy */
static void add_counts(struct sample *sample, const struct history *history,
		       struct rsse_pol_snapshot *snap, struct rsse_pol_entries *entries)
{
	sample->can_rewrite = history->uneven || history->rewritten.time_ns;
	snap->can_rewrite = sample->can_rewrite;
	if (history->rewritten.time_ns)
		snap->rewritten = memcpy(list_push(&sample->rewritten, sizeof(history->rewritten)),
					 &history->rewritten, sizeof(history->rewritten));
	if (!history->counted_ns)
		return;
	for (__u32 i = 0; i < 2; i++)
		*(struct rsse_pol_queue *)list_push(&sample->queue, sizeof(struct rsse_pol_queue)) =
			(struct rsse_pol_queue){
				.id = DEFAULT_QUEUES + i,
				.busy = i ? COLD : HOT,
				.cpu = i ? -1 : 1,
			};
	for (__u32 i = 0; i < TABLE; i++)
		*(struct rsse_pol_entry *)list_push(&sample->entry, sizeof(struct rsse_pol_entry)) =
			(struct rsse_pol_entry){ .queue = i % 2, .packets = i % 2 ? 100 : 950 };
	*entries = (struct rsse_pol_entries){ .engine = SHARED, .begun_ns = history->counted_ns };
	memcpy(list_push(&sample->counted, sizeof(*entries)), entries, sizeof(*entries));
	entries->nr_queues = 2;
	entries->queues = sample->queue.v;
	entries->nr_entries = TABLE;
	entries->entries = sample->entry.v;
	snap->entries = entries;
}

/* The rewrite that the policy wants, and what it wants counted for one */
static void rewrite(struct sample *sample, struct history *history,
		    const struct rsse_pol_plan *plan)
{
	struct rsse_pol_rewrite *to;

	memset(&history->rewritten, 0, sizeof(history->rewritten));
	sample->count_engine = plan->count_engine;
	if (plan->count_engine == SHARED && !history->counted_ns)
		history->counted_ns = sample->now_ns;
	if (!plan->rewrite.nr)
		return;
	to = list_push(&sample->rewrite, sizeof(*to));
	*to = plan->rewrite;
	for (__u32 i = 0; i < to->nr; i++)
		memcpy(list_push(&sample->change, sizeof(to->changes[i])), &to->changes[i],
		       sizeof(to->changes[i]));
	history->rewritten = (struct rsse_pol_rewritten){
		.engine = SHARED,
		.time_ns = sample->now_ns + 1000,
	};
	history->uneven = false;
	history->counted_ns = 0;
}

static void decide(struct sample *sample, struct history *history)
{
	struct rsse_pol_balance balance[QUEUES + 1];
	struct rsse_pol_engine engines[QUEUES + 1];
	struct rsse_pol_entries entries;
	struct rsse_pol_decision decisions[ARRAY_SIZE(history->vms)];
	struct rsse_pol_move moves[MOVES_ROOM];
	struct rsse_pol_snapshot snap = {
		.seq = sample->sample,
		.now_ns = sample->now_ns,
		.window_ns = sample->window_ns,
		.free_queues = sample->free_queues,
		.dedicated_queues = sample->dedicated_queues,
		.nr_engines = (__u32)sample->engine.n,
		.nr_vms = ARRAY_SIZE(history->vms),
		.nr_outcomes = (__u32)sample->outcome.n,
		.engines = engines,
		.vms = history->vms,
		.outcomes = sample->outcome.v,
	};
	struct rsse_pol_plan plan = {
		.cap_moves = MOVES_ROOM,
		.moves = moves,
		.decisions = decisions,
		.balance = balance,
	};
	struct sample_engine *engine = sample->engine.v;

	for (size_t i = 0; i < sample->engine.n; i++)
		engines[i] = engine[i].seen;
	add_counts(sample, history, &snap, &entries);
	sample->queues_room = QUEUES;
	history->state.cap_queues = QUEUES;
	rsse_policy_run(&snap, &history->config, &history->state, &plan);
	sample->look = plan.look;
	sample->next_period_ns = plan.next_period_ns;
	sample->run = history->state.runs;
	for (size_t i = 0; i < sample->engine.n; i++)
		engine[i].balance = balance[i];
	rewrite(sample, history, &plan);
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++)
		((struct sample_vm *)sample->vm.v)[i].decision = decisions[i];
	for (__u32 i = 0; i < plan.nr_moves; i++) {
		*(struct rsse_pol_move *)list_push(&sample->move, sizeof(*moves)) = moves[i];
		if (history->mode == RSS_ENGINE_MODE_AUTO)
			add_outcome(history, &history->vms[moves[i].id - 10], moves[i].to_state,
				    moves[i].to_engine, false);
	}
}

void history_step(struct history *history)
{
	struct sample *sample = list_push(&fake.samples, sizeof(*sample));

	history->step++;
	*sample = (struct sample){
		.seq = history->seq++,
		.ifindex = HISTORY_IFINDEX,
		.ifname = xstrdup("eth0"),
		.last = 1,
		.sample = history->step + 1000,
		.mode = history->mode,
		.now_ns = history->step * PERIOD_NS,
		.window_ns = PERIOD_NS,
		.dedicated_queues = 1,
		.moves_room = MOVES_ROOM,
	};
	*(struct rsse_config *)list_push(&sample->config, sizeof(history->config)) =
		history->config;
	add_vms(sample, history);
	add_engines(sample, history);
	sample->outcome = history->outcomes;
	memset(&history->outcomes, 0, sizeof(history->outcomes));
	decide(sample, history);
}

void history_run(struct history *history, unsigned int steps)
{
	while (steps--)
		history_step(history);
}

void history_state(const struct history *history)
{
	struct policy_state *state = list_push(&fake.states, sizeof(*state));

	opt_set(&state->ifindex, HISTORY_IFINDEX);
	state->ifname = xstrdup("eth0");
	state->sample = history->step + 1000;
	memory_save(&history->state, state);
}

void history_move(struct history *history, unsigned int vm, __u32 to_state)
{
	__u32 engine = to_state == RSS_ENGINE_STATE_NONE ? 0 :
		       to_state == RSS_ENGINE_STATE_SHARED ? SHARED : RSSE_ENGINE_NEW;

	add_outcome(history, &history->vms[vm], to_state, engine, true);
	history->vms[vm].manual_ns = history->step * PERIOD_NS + 1000;
}
