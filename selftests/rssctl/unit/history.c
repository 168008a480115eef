// SPDX-License-Identifier: GPL-2.0-only
/* Samples as the kernel would send them. */
#include <stdlib.h>
#include <string.h>

#include <linux/rss_engine.h>

#include "history.h"
#include "replay.h"

#define PERIOD_NS	20000000ULL
#define QUEUES		8
#define DEFAULT_QUEUES	2	/* those due to the default engine */
#define SHARED_QUEUES	2	/* those due to the shared engine */
#define MOVES_ROOM	64
#define CLASSES_ROOM	16
#define PAIRS_ROOM	32
#define HOT		950	/* of an uneven engine's queues, permille */
#define COLD		100
#define TABLE		16	/* indirection entries */
#define SHARED		1	/* id of the shared engine */

/* The part of the queues' time that a VM takes, permille, by step. */
static __u32 busy(const struct history *history, unsigned int vm)
{
	unsigned int step = history->step;

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
	history->limits = (struct rsse_pol_limits){ ~0U, ~0U, ~0U, ~0U };
	memory_init(&history->state);
	memory_grow(&history->state, ARRAY_SIZE(history->vms));
	history->next_engine = SHARED + 1;
	history->seq = 1;
	for (__u32 i = 0; i < ARRAY_SIZE(history->vms); i++)
		history->vms[i] = (struct rsse_pol_vm){
			.id = 10 + i,
			.slot = i,
			.max_state = RSS_ENGINE_STATE_DEDICATED,
			.flags = RSSE_POL_VM_HAS_FILTER | RSSE_POL_VM_HAS_WORKER |
				 RSSE_POL_VM_PRESENT,
		};
}

void history_end(struct history *history)
{
	memory_free(&history->state);
	free(history->outcomes.v);
	free(history->queues.v);
	free(history->written.v);
	fake_reset();
}

/* Queues */

static __u32 home_of(__u32 queue)
{
	if (queue < DEFAULT_QUEUES)
		return 0;
	return queue < DEFAULT_QUEUES + SHARED_QUEUES ? SHARED : RSSE_ENGINE_NEW;
}

/* With queues that follow the load all of them serve the default engine at first. */
static __u32 first_owner(const struct history *history, __u32 queue)
{
	if (history->elastic || queue < DEFAULT_QUEUES)
		return 0;
	return queue == DEFAULT_QUEUES || (history->uneven && queue == DEFAULT_QUEUES + 1) ?
	       SHARED : RSSE_ENGINE_NEW;
}

static void lay_out(struct history *history)
{
	for (__u32 i = 0; i < QUEUES; i++)
		*(struct rsse_pol_queue *)list_push(&history->queues,
						    sizeof(struct rsse_pol_queue)) =
			(struct rsse_pol_queue){
				.id = i,
				.engine = first_owner(history, i),
				.home = home_of(i),
				.cpu = i ? (__s32)i : -1,
				.flags = i == QUEUES - 1 ? RSSE_POL_QUEUE_FAR : 0,
			};
}

static __u32 sum_of(const struct history *history, __u32 engine)
{
	__u32 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(history->vms); i++)
		if (history->vms[i].engine == engine)
			sum += history->vms[i].pnic_busy;
	return sum;
}

static __u32 load_of(const struct history *history, __u32 engine)
{
	__u32 queues = queues_of(&history->queues, engine);
	__u32 load = queues ? sum_of(history, engine) / queues : 0;

	return load < 1000 ? load : 1000;
}

/* Its VMs keep all queues of an engine busy alike, but for those of an uneven one. */
static void add_queues(struct sample *sample, struct history *history)
{
	for_each(queue, &history->queues, struct rsse_pol_queue) {
		queue->busy = load_of(history, queue->engine);
		if (history->uneven && queue->engine == SHARED)
			queue->busy = queue->id == DEFAULT_QUEUES ? HOT : COLD;
		queue->full_polls = queue->busy == 1000 ? 1000 : 0;
		queue->avg = queue->busy;
		queue->cpu_busy = queue->cpu < 0 ? 0 : queue->busy / 2 + 10;
		memcpy(list_push(&sample->queue, sizeof(*queue)), queue, sizeof(*queue));
	}
}

/* Sizes of the engines that have been made so far */
static void note_sizes(const struct history *history, __u32 *sizes)
{
	for (__u32 id = 0; id < HISTORY_ENGINES; id++)
		sizes[id] = queues_of(&history->queues, id);
}

/* What the next snapshot tells of engines whose number of queues has changed. */
static void tell_resized(struct history *history, const __u32 *before)
{
	for (__u32 id = 0; id < HISTORY_ENGINES; id++) {
		__u32 now = queues_of(&history->queues, id);

		if (now == before[id] || (id > SHARED && (!now || !before[id])))
			continue;
		*(struct rsse_pol_written *)list_push(&history->written,
						      sizeof(struct rsse_pol_written)) =
			(struct rsse_pol_written){
				.engine = id,
				.resized = true,
				.gained = before[id] && now > before[id],
				.time_ns = history->step * PERIOD_NS + 1000,
			};
	}
}

/* Engines */

static void add_engine(struct sample *sample, const struct history *history, __u32 id,
		       __u32 kind, __u32 home)
{
	struct sample_engine *engine = list_push(&sample->engine, sizeof(*engine));

	engine->seen = (struct rsse_pol_engine){
		.id = id,
		.kind = kind,
		.nr_queues = queues_of(&history->queues, id),
		.home = home,
		.load = load_of(history, id),
	};
	if (history->uneven && id == SHARED)
		engine->seen.load = (HOT + COLD) / 2;
	for_each(queue, &history->queues, struct rsse_pol_queue) {
		if (queue->engine != id)
			continue;
		if (queue->busy > engine->seen.hottest)
			engine->seen.hottest = queue->busy;
		if (queue->full_polls > engine->seen.full_polls)
			engine->seen.full_polls = queue->full_polls;
	}
}

static void add_engines(struct sample *sample, const struct history *history)
{
	add_engine(sample, history, 0, RSS_ENGINE_ENGINE_KIND_DEFAULT, DEFAULT_QUEUES);
	add_engine(sample, history, SHARED, RSS_ENGINE_ENGINE_KIND_SHARED, SHARED_QUEUES);
	sample->free_queues = QUEUES - DEFAULT_QUEUES - SHARED_QUEUES;
	for (__u32 id = SHARED + 1; id < history->next_engine; id++) {
		for (size_t i = 0; i < ARRAY_SIZE(history->vms); i++) {
			if (history->vms[i].engine != id)
				continue;
			add_engine(sample, history, id, RSS_ENGINE_ENGINE_KIND_DEDICATED, 1);
			sample->free_queues--;
		}
	}
}

/* Moves */

/* The VM moves; @queues: for an engine that has none yet */
static void move(struct history *history, struct rsse_pol_vm *vm, __u32 to_state,
		 __u32 to_engine, __u32 queues, bool manual)
{
	struct rsse_pol_outcome *outcome = list_push(&history->outcomes, sizeof(*outcome));
	__u32 home = to_engine;

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
	if (!queues_of(&history->queues, to_engine))
		queues_claim(&history->queues, to_engine, home, queues);
	if (vm->state == RSS_ENGINE_STATE_DEDICATED)
		queues_release(&history->queues, vm->engine);
	vm->state = to_state;
	vm->engine = to_engine;
}

static void add_vms(struct sample *sample, struct history *history)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(history->vms); i++) {
		struct sample_vm *vm = list_push(&sample->vm, sizeof(*vm));

		history->vms[i].pnic_busy = busy(history, i);
		history->vms[i].vnic_busy = history->vms[i].pnic_busy / 3;
		history->vms[i].vnic_total = history->vms[i].vnic_busy + 1;
		history->vms[i].hottest_worker = history->vms[i].vnic_total;
		history->vms[i].confirmed_ns = history->step * PERIOD_NS;
		vm->name = xasprintf("vm%u", i);
		vm->seen = history->vms[i];
	}
}

/* Tables */

/* What was counted, in the sample and for the policy */
static void add_counts(struct sample *sample, const struct history *history,
		       struct rsse_pol_snapshot *snap, struct rsse_pol_entries *entries)
{
	if (!history->counted_ns)
		return;
	for (__u32 i = 0; i < TABLE; i++)
		*(struct rsse_pol_entry *)list_push(&sample->entry, sizeof(struct rsse_pol_entry)) =
			(struct rsse_pol_entry){
				.queue = DEFAULT_QUEUES + i % 2,
				.packets = i % 2 ? 100 : 950,
			};
	*entries = (struct rsse_pol_entries){ .engine = SHARED, .begun_ns = history->counted_ns };
	memcpy(list_push(&sample->counted, sizeof(*entries)), entries, sizeof(*entries));
	entries->nr_entries = TABLE;
	entries->entries = sample->entry.v;
	snap->entries = entries;
}

/* The rewrite that the policy wants, and what it wants counted for one */
static void rewrite(struct sample *sample, struct history *history,
		    const struct rsse_pol_plan *plan)
{
	struct rsse_pol_rewrite *to;

	sample->count_engine = plan->count_engine;
	sample->patient = plan->patient;
	if (plan->count_engine == SHARED && !history->counted_ns)
		history->counted_ns = sample->now_ns;
	if (!plan->rewrite.nr)
		return;
	to = list_push(&sample->rewrite, sizeof(*to));
	*to = plan->rewrite;
	for (__u32 i = 0; i < to->nr; i++)
		memcpy(list_push(&sample->change, sizeof(to->changes[i])), &to->changes[i],
		       sizeof(to->changes[i]));
	*(struct rsse_pol_written *)list_push(&history->written, sizeof(struct rsse_pol_written)) =
		(struct rsse_pol_written){
			.engine = SHARED,
			.time_ns = sample->now_ns + 1000,
		};
	history->uneven = false;
	history->counted_ns = 0;
}

/* The run */

/* What the policy decided, into the sample */
static void add_plan(struct sample *sample, const struct rsse_pol_plan *plan)
{
	struct sample_engine *engine = sample->engine.v;
	struct sample_vm *vm = sample->vm.v;

	sample->look = plan->look;
	sample->next_period_ns = plan->next_period_ns;
	for (size_t i = 0; i < sample->engine.n; i++)
		engine[i].balance = plan->balance[i];
	for (size_t i = 0; i < sample->vm.n; i++)
		vm[i].decision = plan->decisions[i];
	for (__u32 i = 0; i < plan->nr_moves; i++)
		memcpy(list_push(&sample->move, sizeof(*plan->moves)), &plan->moves[i],
		       sizeof(*plan->moves));
	for (__u32 i = 0; i < plan->nr_shifts; i++)
		memcpy(list_push(&sample->shift, sizeof(*plan->shifts)), &plan->shifts[i],
		       sizeof(*plan->shifts));
}

static void carry_out(struct history *history, const struct rsse_pol_plan *plan)
{
	__u32 sizes[HISTORY_ENGINES];

	if (history->mode != RSS_ENGINE_MODE_AUTO)
		return;
	note_sizes(history, sizes);
	queues_shift(&history->queues, plan);
	for (__u32 i = 0; i < plan->nr_moves; i++)
		move(history, &history->vms[plan->moves[i].id - 10], plan->moves[i].to_state,
		     plan->moves[i].to_engine, plan->moves[i].queues, false);
	tell_resized(history, sizes);
}

static void take_room(struct sample *sample, struct history *history)
{
	sample->moves_room = MOVES_ROOM;
	sample->queues_room = QUEUES;
	sample->classes_room = CLASSES_ROOM;
	sample->pairs_room = PAIRS_ROOM;
	memory_room(&history->state, sample);
}

static void decide(struct sample *sample, struct history *history)
{
	struct rsse_pol_balance balance[HISTORY_ENGINES];
	struct rsse_pol_engine engines[HISTORY_ENGINES];
	struct rsse_pol_entries entries;
	struct rsse_pol_decision decisions[ARRAY_SIZE(history->vms)];
	struct rsse_pol_move moves[MOVES_ROOM];
	struct rsse_pol_snapshot snap = {
		.seq = sample->sample,
		.now_ns = sample->now_ns,
		.window_ns = sample->window_ns,
		.free_queues = sample->free_queues,
		.dedicated_queues = sample->dedicated_queues,
		.limits = history->limits,
		.nr_engines = (__u32)sample->engine.n,
		.nr_vms = ARRAY_SIZE(history->vms),
		.nr_outcomes = (__u32)sample->outcome.n,
		.nr_queues = (__u32)sample->queue.n,
		.nr_written = (__u32)sample->written.n,
		.engines = engines,
		.vms = history->vms,
		.outcomes = sample->outcome.v,
		.queues = sample->queue.v,
		.can_rewrite = sample->can_rewrite,
		.written = sample->written.v,
	};
	struct rsse_pol_plan plan = {
		.cap_moves = MOVES_ROOM,
		.moves = moves,
		.decisions = decisions,
		.balance = balance,
	};

	for (size_t i = 0; i < sample->engine.n; i++)
		engines[i] = ((struct sample_engine *)sample->engine.v)[i].seen;
	add_counts(sample, history, &snap, &entries);
	take_room(sample, history);
	rsse_policy_run(&snap, &history->config, &history->state, &plan);
	sample->run = history->state.runs;
	add_plan(sample, &plan);
	rewrite(sample, history, &plan);
	carry_out(history, &plan);
}

void history_step(struct history *history)
{
	struct sample *sample = list_push(&fake.samples, sizeof(*sample));

	if (!history->queues.n)
		lay_out(history);
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
		.can_rewrite = history->elastic || history->uneven || history->written.n,
		.written = history->written,
		.outcome = history->outcomes,
	};
	memset(&history->written, 0, sizeof(history->written));
	memset(&history->outcomes, 0, sizeof(history->outcomes));
	memcpy(list_push(&sample->config, sizeof(history->config)), &history->config,
	       sizeof(history->config));
	memcpy(list_push(&sample->limits, sizeof(history->limits)), &history->limits,
	       sizeof(history->limits));
	add_vms(sample, history);
	add_queues(sample, history);
	add_engines(sample, history);
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
	__u32 sizes[HISTORY_ENGINES];

	note_sizes(history, sizes);
	move(history, &history->vms[vm], to_state, engine, 1, true);
	tell_resized(history, sizes);
	history->vms[vm].manual_ns = history->step * PERIOD_NS + 1000;
}
