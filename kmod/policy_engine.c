// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines: which are full, and what they would carry after the moves planned
 * so far.
 *
 * An engine's memory stands at the index of the engine in the snapshot; both
 * arrays ascend by id.
 *
 * The load that the VMs of an engine see is the mean of its queues, or 1000
 * when it is saturated: then the measured share says how much CPU it got, not
 * how much it needed. A VM that leaves takes its share of that load along.
 */
#include "policy_int.h"

/* Only a shared engine sleeps. */
static u32 clamp_queues(const struct rsse_pol_engine *engine)
{
	u32 least = engine->kind != RSS_ENGINE_ENGINE_KIND_SHARED;

	return clamp(engine->nr_queues, least, (u32)RSS_ENGINE_QUEUES_MAX);
}

/* Of a queue, or of an engine's hottest and its highest share of full polls. */
bool rsse_pol_is_saturated(u32 busy, u32 full_polls)
{
	return full_polls >= RSSE_POL_FULL_POLLS && busy >= RSSE_POL_FULL_BUSY;
}

/* Drop what belongs to engines that are gone; what is left keeps its order. */
static u32 drop_gone(struct rsse_pol_run *run)
{
	struct rsse_pol_state *state = run->state;
	u32 old = min(state->nr_engines, state->cap_engines);
	u32 i, snap = 0, kept = 0;

	for (i = 0; i < old; i++) {
		while (snap < run->nr_engines &&
		       run->snap->engines[snap].id < state->engine[i].id)
			snap++;
		if (snap < run->nr_engines &&
		    run->snap->engines[snap].id == state->engine[i].id) {
			state->engine[kept++] = state->engine[i];
			snap++;
		}
	}
	return kept;
}

/* Spread the kept ones to the places of the snapshot, from the end. */
static void place_kept(struct rsse_pol_run *run, u32 kept)
{
	struct rsse_pol_engine_state *e = run->state->engine;
	u32 i;

	for (i = run->nr_engines; i-- > 0;) {
		u32 id = run->snap->engines[i].id;

		if (kept && e[kept - 1].id == id) {
			e[i] = e[--kept];
			continue;
		}
		memset(&e[i], 0, sizeof(e[i]));
		e[i].id = id;
	}
}

void rsse_pol_engines_begin(struct rsse_pol_run *run)
{
	run->nr_engines = min3(run->snap->nr_engines, run->state->cap_engines,
			       RSSE_POL_ENGINES_MAX);
	place_kept(run, drop_gone(run));
	run->state->nr_engines = run->nr_engines;
}

/*
 * A window that still holds the load of a VM that left, or of too few queues, does
 * not tell. It counts as not full; when the next one is, that goes on. An engine
 * that can grow is not full yet.
 */
static void update_full(struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	bool full = e->load > run->config->engine_above ||
		    (e->saturated && rsse_pol_is_dominated(e));
	bool goes_on = e->full || e->was_full;

	e->full = false;
	e->was_full = full && goes_on;
	e->over = full && rsse_pol_window_after(run, e->settle_ns);
	if (!e->over || rsse_pol_can_grow(run, index))
		return;
	if (!goes_on) {
		e->since_ns = run->snap->now_ns;
		e->since_seq = run->snap->seq;
	}
	e->full = true;
	e->was_full = false;
}

/*
 * The load that its VMs see: the mean of its queues, of which one that is saturated
 * counts as a whole CPU. Where the queues are not told one by one, all are as the
 * worst of them.
 */
static u32 load_seen(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine *engine = &run->snap->engines[index];
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (!e->saturated)
		return min(engine->load, RSSE_POL_CPU);
	if (!e->queues)
		return RSSE_POL_CPU;
	return min(e->queue_sum / e->queues, RSSE_POL_CPU);
}

void rsse_pol_engines_measure(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->nr_engines; i++) {
		const struct rsse_pol_engine *engine = &run->snap->engines[i];
		struct rsse_pol_engine_state *e = &run->state->engine[i];

		e->saturated = rsse_pol_is_saturated(engine->hottest,
						     engine->full_polls);
		e->load = load_seen(run, i);
		e->had = clamp_queues(engine);
		e->home = min_t(u32, engine->home, RSS_ENGINE_QUEUES_MAX);
		e->nr_queues = e->had;
		e->size = e->had;
		e->due = 0;
		e->spare = 0;
		e->top = 0;
		e->nr_low = 0;
		e->nr_bulk = 0;
		e->closing = false;
		e->nr_vms = 0;
		e->leaving = 0;
		e->spared = false;
		e->hopeless = false;
		e->relief = 0;
		e->has_relief = false;
		e->head = 0;
		e->sum0 = min(engine->load, RSSE_POL_CPU) * e->had;
		e->sum = 0;
		if (e->load > run->limit)
			e->crowded_ns = run->snap->now_ns;
	}
}

/* After the VMs have been put on their engines. */
void rsse_pol_engines_full(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->nr_engines; i++)
		update_full(run, i);
}

u32 rsse_pol_engine_find(const struct rsse_pol_run *run, u32 id)
{
	u32 low = 0, high = run->nr_engines;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (run->snap->engines[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < run->nr_engines && run->snap->engines[low].id == id)
		return low;
	return RSSE_POL_NONE;
}

/* @value, a load of the queues that it had, on those that are planned for it. */
static u32 spread(const struct rsse_pol_engine_state *e, u32 value)
{
	u64 load = (u64)value * e->had;

	return min_t(u64, div_u64(load, max(e->nr_queues, 1U)), RSSE_POL_SUM_MAX);
}

/* What its VMs see once those that are planned to leave have left. */
u32 rsse_pol_engine_load(const struct rsse_pol_engine_state *e)
{
	u32 load = e->sum0 ? e->load * e->sum / e->sum0 : e->load;

	return min(spread(e, load), RSSE_POL_CPU);
}

/*
 * Mean of its queues, those included that it gets for the asking, with @demand more
 * to do; above 1000 when too much.
 */
u32 rsse_pol_engine_load_with(const struct rsse_pol_run *run,
			      const struct rsse_pol_engine_state *e, u32 demand)
{
	return (e->sum + demand) / max(rsse_pol_reach(run, e), 1U);
}

/* CPU time that has to leave before the engine is no longer full. */
u32 rsse_pol_engine_excess(const struct rsse_pol_run *run,
			   const struct rsse_pol_engine_state *e)
{
	u32 keep;

	if (!e->load || !e->had)
		return 0;
	/* Full as it is dominated: the one that does must leave. */
	if (e->load <= run->config->engine_above) {
		keep = e->sum0 - min(e->sum0, e->top);
		return e->full && e->sum > keep ? e->sum - keep : 0;
	}
	keep = run->config->engine_above * e->sum0 / e->load;
	keep = div_u64((u64)keep * e->nr_queues, e->had);
	return e->sum > keep ? e->sum - keep : 0;
}

/* A VM comes; @now: by this plan. */
void rsse_pol_engine_add(struct rsse_pol_run *run, u32 index, u32 demand, bool now)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	e->sum = min(e->sum + demand, RSSE_POL_SUM_MAX);
	e->nr_vms++;
	if (now) {
		e->sum_due = min(e->sum_due + demand, RSSE_POL_SUM_MAX);
		e->due++;
	}
	rsse_pol_heap_update(run, index);
}

void rsse_pol_engine_sub(struct rsse_pol_run *run, u32 index, u32 part, bool now)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	e->sum -= min(e->sum, part);
	e->nr_vms -= !!e->nr_vms;
	if (now)
		e->sum_due -= min(e->sum_due, part);
	rsse_pol_heap_update(run, index);
}

/*
 * What a VM needs elsewhere. Where its queues saturate below a whole CPU,
 * because others use that CPU too, it could have used the rest of it as well.
 */
u32 rsse_pol_demand(const struct rsse_pol_run *run,
		    const struct rsse_pol_vm_state *st)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[st->home];
	u32 hottest = run->snap->engines[st->home].hottest;

	if (!e->saturated || hottest >= RSSE_POL_CPU)
		return st->part;
	return min(st->part * RSSE_POL_CPU / hottest, RSSE_POL_SUM_MAX);
}
