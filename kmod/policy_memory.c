// SPDX-License-Identifier: GPL-2.0-only
/*
 * What earlier moves forbid: dwell, moves by hand, failures.
 *
 * The outcomes of moves are the only thing that this memory is made of; a
 * planned move that is never reported leaves no trace.
 */
#include <linux/errno.h>

#include "policy_int.h"

static enum rsse_pol_dir direction(u32 from, u32 to)
{
	if (to == from)
		return RSSE_POL_DIR_SIDE;
	return to > from ? RSSE_POL_DIR_UP : RSSE_POL_DIR_DOWN;
}

static enum rsse_pol_dir opposite(enum rsse_pol_dir dir)
{
	if (dir == RSSE_POL_DIR_UP)
		return RSSE_POL_DIR_DOWN;
	return dir == RSSE_POL_DIR_DOWN ? RSSE_POL_DIR_UP : dir;
}

static struct rsse_pol_vm_state *find_vm(struct rsse_pol_run *run, u32 id)
{
	const struct rsse_pol_vm *vms = run->snap->vms;
	u32 low = 0, high = run->snap->nr_vms;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (vms[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == run->snap->nr_vms || vms[low].id != id ||
	    vms[low].slot >= run->state->nr_slots)
		return NULL;
	return &run->state->vm[vms[low].slot];
}

/* In the memory of the previous run, before it is matched to this snapshot. */
static struct rsse_pol_engine_state *find_engine(struct rsse_pol_run *run, u32 id)
{
	u32 low = 0, high = run->state->nr_engines;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (run->state->engine[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == run->state->nr_engines || run->state->engine[low].id != id)
		return NULL;
	return &run->state->engine[low];
}

/* How long to wait after so many failures in a row: it doubles from one to the next. */
static u64 wait_after(u32 count)
{
	u64 wait = RSSE_POL_BACKOFF_MIN;

	while (count-- > 1 && wait < RSSE_POL_BACKOFF_MAX)
		wait *= 2;
	return min(wait, RSSE_POL_BACKOFF_MAX);
}

/* One more failure in a row. */
void rsse_pol_back_off(struct rsse_pol_backoff *backoff, u32 engine, u64 now)
{
	if (backoff->count && backoff->engine != engine && now < backoff->until_ns)
		engine = RSSE_ENGINE_NEW;
	backoff->engine = engine;
	if (backoff->count < U32_MAX)
		backoff->count++;
	backoff->until_ns = now + wait_after(backoff->count);
}

/* Those before the latest failure count no longer. */
void rsse_pol_back_off_anew(struct rsse_pol_backoff *backoff)
{
	backoff->until_ns -= min(backoff->until_ns,
				 wait_after(backoff->count) - RSSE_POL_BACKOFF_MIN);
	backoff->count = min(backoff->count, 1U);
}

static void note_failure(struct rsse_pol_run *run, struct rsse_pol_vm_state *st,
			 const struct rsse_pol_outcome *out)
{
	u32 engine = out->to_state == RSS_ENGINE_STATE_SHARED ?
		     out->to_engine : RSSE_ENGINE_NEW;

	rsse_pol_back_off(&st->backoff[out->to_state], engine, run->snap->now_ns);
}

/* It is meant to relieve what it left: look at that later. */
static void begin_judging(struct rsse_pol_vm_state *st,
			  const struct rsse_pol_outcome *out,
			  const struct rsse_pol_engine_state *from, u64 when)
{
	st->judge = (struct rsse_pol_judge){
		.since_ns = when,
		.from_state = out->from_state,
		.from_engine = out->from_engine,
		.to_state = out->to_state,
		.to_engine = out->to_engine,
		.load = from->load * from->had,
		.part = st->part,
		.vnic = st->vnic,
	};
}

/* @undoes: it took a useless move back, which backs off and is not judged */
static void note_success(struct rsse_pol_vm_state *st,
			 const struct rsse_pol_outcome *out,
			 const struct rsse_pol_engine_state *from, u64 when,
			 bool undoes)
{
	enum rsse_pol_dir dir = direction(out->from_state, out->to_state);

	if (out->manual)
		st->manual_dir = dir;
	if (dir == RSSE_POL_DIR_UP) {
		st->up_ns = when;
	} else if (dir == RSSE_POL_DIR_DOWN) {
		st->down_ns = when;
	} else {
		st->left_ns = when;
		st->left_engine = out->from_engine;
	}
	if (undoes)
		return;
	if (from && !out->manual && dir != RSSE_POL_DIR_DOWN)
		begin_judging(st, out, from, when);
	else
		memset(&st->backoff[out->to_state], 0, sizeof(st->backoff[0]));
}

static void note_outcome(struct rsse_pol_run *run, const struct rsse_pol_outcome *out)
{
	struct rsse_pol_engine_state *from = find_engine(run, out->from_engine);
	struct rsse_pol_engine_state *to = find_engine(run, out->to_engine);
	struct rsse_pol_vm_state *st = find_vm(run, out->id);
	u64 when = min(out->time_ns, run->snap->now_ns);
	bool undoes;

	if (out->error == ETIME)
		return;
	if (!out->error && from) {
		from->settle_ns = max(from->settle_ns, when);
		rsse_pol_uneven_anew(from);
	}
	if (!out->error && to)
		rsse_pol_uneven_anew(to);
	if (!st || out->to_state >= RSSE_POL_STATES)
		return;
	undoes = st->judge.undo && !out->manual &&
		 out->to_state == st->judge.from_state &&
		 out->to_engine == st->judge.from_engine;
	st->judge.since_ns = 0;
	st->judge.undo = false;
	if (!out->error)
		note_success(st, out, from, when, undoes);
	else if (!out->manual)
		note_failure(run, st, out);
}

void rsse_pol_outcomes(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->snap->nr_outcomes; i++)
		note_outcome(run, &run->snap->outcomes[i]);
	if (run->snap->nr_outcomes)
		run->active = true;
}

/*
 * What the move left is no better off, and the VM, which receives no less, has
 * not taken its load along: the estimate of its part was wrong. Where the VM's
 * load did go with it, others have grown, and the move was right.
 */
static bool was_useless(const struct rsse_pol_judge *judge)
{
	return judge->load_sum >= judge->load * judge->windows &&
	       2 * judge->part_sum < judge->part * judge->windows &&
	       2 * judge->vnic_sum >= judge->vnic * judge->windows;
}

/*
 * Was the latest move of any use? Told from the first windows that lie wholly
 * after it. An engine that is still saturated cannot tell: it serves as much as
 * before while less is waiting.
 */
void rsse_pol_judge(struct rsse_pol_run *run, struct rsse_pol_vm_state *st)
{
	struct rsse_pol_judge *judge = &st->judge;
	struct rsse_pol_backoff *backoff = &st->backoff[judge->to_state];
	const struct rsse_pol_engine_state *left;
	u32 index;

	if (!judge->since_ns)
		return;
	run->active = true;
	if (!rsse_pol_window_after(run, judge->since_ns))
		return;
	index = rsse_pol_engine_find(run, judge->from_engine);
	left = index == RSSE_POL_NONE ? NULL : &run->state->engine[index];
	if (!left || left->saturated) {
		judge->since_ns = 0;
		return;
	}
	judge->load_sum += left->load * left->had;
	judge->part_sum += st->part;
	judge->vnic_sum += st->vnic;
	if (++judge->windows < RSSE_POL_JUDGE_WINDOWS)
		return;
	judge->since_ns = 0;
	judge->undo = was_useless(judge);
	if (!judge->undo) {
		memset(backoff, 0, sizeof(*backoff));
		return;
	}
	rsse_pol_back_off(backoff, judge->to_state == RSS_ENGINE_STATE_SHARED ?
			  judge->to_engine : RSSE_ENGINE_NEW, run->snap->now_ns);
	backoff->part = max(judge->part, 1U);
	backoff->load = judge->load;
}

u64 rsse_pol_remaining(const struct rsse_pol_run *run, u64 since, u64 length)
{
	u64 age = rsse_pol_age(run, since);

	return since && age < length ? length - age : 0;
}

/* How long a move by hand still keeps it from a move to @state. */
u64 rsse_pol_manual_hold(const struct rsse_pol_run *run,
			 const struct rsse_pol_vm_state *st, u32 state)
{
	enum rsse_pol_dir dir = direction(rsse_pol_vm(run, st)->state, state);
	/* Put on another shared engine by hand, it is not to leave it down. */
	bool kept = st->manual_dir == RSSE_POL_DIR_SIDE &&
		    dir == RSSE_POL_DIR_DOWN;

	if (st->manual_dir != RSSE_POL_DIR_UNKNOWN &&
	    st->manual_dir != opposite(dir) && !kept)
		return 0;
	return rsse_pol_remaining(run, rsse_pol_vm(run, st)->manual_ns,
			 rsse_pol_ms(run->config->manual_hold_ms));
}

/*
 * What is remembered of the engine with the id @of is true of the one with the id @engine.
 * What is true of one that was made in need and is no more is true of any that is made: they
 * differ in their ids alone.
 */
static bool is_about(const struct rsse_pol_run *run, u32 of, u32 engine)
{
	u32 index;

	if (of == engine)
		return true;
	if (of != RSSE_ENGINE_SPARE && rsse_pol_engine_find(run, of) != RSSE_POL_NONE)
		return false;
	index = rsse_pol_engine_find(run, engine);
	return index != RSSE_POL_NONE && rsse_pol_is_made(&run->snap->engines[index]);
}

static u64 dwell_remaining(const struct rsse_pol_run *run,
			   const struct rsse_pol_vm_state *st,
			   enum rsse_pol_dir dir, u32 engine)
{
	u64 since = dir == RSSE_POL_DIR_UP ? st->down_ns : st->up_ns;

	if (dir == RSSE_POL_DIR_SIDE)
		since = is_about(run, st->left_engine, engine) ? st->left_ns : 0;
	return rsse_pol_remaining(run, since, rsse_pol_ms(run->config->dwell_ms));
}

/* The move was useless, and all is as it was when that was found. */
static bool is_same_picture(const struct rsse_pol_run *run,
			    const struct rsse_pol_vm_state *st,
			    const struct rsse_pol_backoff *backoff)
{
	const struct rsse_pol_engine_state *e = rsse_pol_engine(run, st->home);

	return backoff->part && rsse_pol_is_like(st->part, backoff->part) &&
	       rsse_pol_is_like(e->load * e->had, backoff->load);
}

/* RSS_ENGINE_REASON_BACKED_OFF while @to failed or was useless, else IDLE. */
u32 rsse_pol_backed_off(const struct rsse_pol_run *run,
			const struct rsse_pol_vm_state *st,
			const struct rsse_pol_target *to, u64 *wait_ns)
{
	const struct rsse_pol_backoff *backoff = &st->backoff[to->state];
	bool early = run->snap->now_ns < backoff->until_ns;

	if (!backoff->count || (!early && !is_same_picture(run, st, backoff)) ||
	    (backoff->engine != RSSE_ENGINE_NEW && !is_about(run, backoff->engine, to->engine)))
		return RSS_ENGINE_REASON_IDLE;
	*wait_ns = early ? backoff->until_ns - run->snap->now_ns : 0;
	return RSS_ENGINE_REASON_BACKED_OFF;
}

/* The reason why @to would reverse an earlier move too early, or IDLE. */
u32 rsse_pol_blocked(const struct rsse_pol_run *run,
		     const struct rsse_pol_vm_state *st,
		     const struct rsse_pol_target *to, u64 *wait_ns)
{
	enum rsse_pol_dir dir = direction(rsse_pol_vm(run, st)->state, to->state);

	*wait_ns = rsse_pol_manual_hold(run, st, to->state);
	if (*wait_ns)
		return RSS_ENGINE_REASON_MANUAL_HOLD;
	*wait_ns = dwell_remaining(run, st, dir, to->engine);
	return *wait_ns ? RSS_ENGINE_REASON_DWELL : RSS_ENGINE_REASON_IDLE;
}
