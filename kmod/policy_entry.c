// SPDX-License-Identifier: GPL-2.0-only
/*
 * Indirection entries: whether an engine gets some rewritten. One with a hot queue
 * and room in the others does, soon. So does, in time, one that has a queue which has
 * more than its share on average: that does not hurt yet, and costs a few entries
 * once. An engine that is full as a whole is not the business of this file; it gets
 * queues, or VMs leave it.
 */
#include "policy_even.h"

/*
 * Packets of a hot queue that a decision is made from: the standard error of an
 * entry's share is then at most one in sixteen. Of an uneven one as many that what is
 * to leave it, a part x of its packets, is known to one in six: 32 / x.
 */
#define COUNT_HOT		64U
#define COUNT_EVEN		32U

/* Fewer packets in this time, and the counting is given up. */
#define COUNT_NS		(10000 * RSSE_POL_MSEC)

/* Rewrites of an engine are so far apart at least. */
#define REWRITE_NS		(500 * RSSE_POL_MSEC)

/*
 * A queue has more than its share when it is this much above the mean, percent, by no
 * less than what counts as a VM's part, and at least so busy, permille: below that
 * waiting is short whatever is done.
 */
#define EVEN_ABOVE		4U
#define EVEN_BUSY		200U

/* What it comes down to, percent of the mean. */
#define EVEN_GOAL		101U

/*
 * It is tried so often before the back-off grows: counts and averages differ a little from
 * one time to the next, and so does what can be done.
 */
#define EVEN_TRIES		10U

/* So much above the mean, percent, it is for hold_down_ms; what is more, for less. */
#define EVEN_SOON		10U

static void show(const struct rsse_pol_run *run, u32 index, u32 reason,
		 u32 value, u32 threshold, u64 wait)
{
	if (run->plan->balance)
		run->plan->balance[index] = (struct rsse_pol_balance){
			.reason = reason,
			.value = value,
			.threshold = threshold,
			.wait_ns = wait,
		};
}

/* The numbers that make it hot; below engine_above it is the full polls. */
static void hot_numbers(const struct rsse_pol_run *run, u32 index, u32 *value,
			u32 *threshold)
{
	const struct rsse_pol_engine *engine = &run->snap->engines[index];

	*value = engine->hottest;
	*threshold = run->config->engine_above;
	if (engine->hottest <= run->config->engine_above) {
		*value = engine->full_polls;
		*threshold = RSSE_POL_FULL_POLLS;
	}
}

static u32 mean(const struct rsse_pol_engine_state *e)
{
	return e->avg_sum / max(e->queues, 1U);
}

static u32 even_threshold(const struct rsse_pol_engine_state *e)
{
	u32 above = max(mean(e) * EVEN_ABOVE / 100, RSSE_POL_PART_MIN);

	return max(mean(e) + above, EVEN_BUSY);
}

/* How far the queue that has most is above the mean, percent. */
static u32 excess(const struct rsse_pol_engine_state *e)
{
	return (e->avg_max - min(e->avg_max, mean(e))) * 100 / max(mean(e), 1U);
}

/*
 * The more uneven an engine is, the sooner is a rewrite worth it; but for a burst, which
 * is over by the time, none is.
 */
static u64 even_hold(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e)
{
	u64 hold = rsse_pol_ms(run->config->hold_down_ms);

	return max(div_u64(hold * EVEN_SOON, max(excess(e), EVEN_SOON)), min(hold, REWRITE_NS));
}

static void numbers(const struct rsse_pol_run *run, u32 index, bool gently,
		    u32 *value, u32 *threshold)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	hot_numbers(run, index, value, threshold);
	if (gently) {
		*value = e->avg_max;
		*threshold = even_threshold(e);
	}
}

static void show_why(const struct rsse_pol_run *run, u32 index, u32 reason,
		     bool gently, u64 wait)
{
	u32 value, threshold;

	numbers(run, index, gently, &value, &threshold);
	show(run, index, reason, value, threshold, wait);
}

/* Memory */

/* The latest verdict was about evening out, not about a hot queue. */
static bool is_gentle_verdict(const struct rsse_pol_engine_state *e)
{
	return e->balance.count && e->balance.load;
}

/* @gently: what was tried in vain is remembered with the load, and how often */
static void back_off(const struct rsse_pol_run *run, struct rsse_pol_engine_state *e, bool gently)
{
	u32 tries = is_gentle_verdict(e) ? e->balance.part : 0;

	if (gently && tries < EVEN_TRIES)
		e->balance.count = 0;
	rsse_pol_back_off(&e->balance, RSSE_ENGINE_NEW, run->snap->now_ns);
	e->balance.load = gently ? max(e->avg_sum, 1U) : 0;
	e->balance.part = gently ? min(tries + 1, EVEN_TRIES) : 0;
}

/* It was found in vain of what is no more: it ends as a first verdict does. */
static void end_gentle_verdict(struct rsse_pol_engine_state *e)
{
	if (!is_gentle_verdict(e))
		return;
	rsse_pol_back_off_anew(&e->balance);
	e->balance.load = 0;
	e->balance.part = 0;
}

/* Its VMs, queues or entries changed, or it is even: averages begin anew. */
void rsse_pol_uneven_anew(struct rsse_pol_engine_state *e)
{
	e->uneven_ns = 0;
	end_gentle_verdict(e);
}

void rsse_pol_entries_written(struct rsse_pol_run *run, u32 index,
			      const struct rsse_pol_written *out)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (out->error) {
		e->verdict = RSS_ENGINE_REASON_BACKED_OFF;
		e->verdict_value = 0;
		e->verdict_threshold = 0;
		back_off(run, e, e->judge_hottest == U32_MAX);
		return;
	}
	e->rewrite_ns = min(out->time_ns, run->snap->now_ns);
	e->judge_ns = e->judge_hottest == U32_MAX ? 0 : e->rewrite_ns;
	e->settle_ns = max(e->settle_ns, e->rewrite_ns);
}

static bool is_hot(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine *engine = &run->snap->engines[index];
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	return e->nr_queues > 1 &&
	       engine->load <= run->config->engine_above &&
	       (e->saturated || engine->hottest > run->config->engine_above) &&
	       rsse_pol_window_after(run, e->settle_ns);
}

static void note_hot(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	bool hot = is_hot(run, index);

	if (hot && !e->hot) {
		e->hot_ns = run->snap->now_ns;
		e->hot_seq = run->snap->seq;
	}
	e->hot = hot;
	/* What cannot be evened out may be cured all the same. */
	if (is_gentle_verdict(e) ? hot : !hot && run->snap->now_ns >= e->balance.until_ns)
		memset(&e->balance, 0, sizeof(e->balance));
}

/* Was the latest rewrite of any use? As for moves, see rsse_pol_judge(). */
static void judge(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (!e->judge_ns || !rsse_pol_window_after(run, e->judge_ns))
		return;
	e->judge_ns = 0;
	if (!e->hot || run->snap->engines[index].hottest < e->judge_hottest) {
		memset(&e->balance, 0, sizeof(e->balance));
		return;
	}
	e->verdict = RSS_ENGINE_REASON_BACKED_OFF;
	numbers(run, index, false, &e->verdict_value, &e->verdict_threshold);
	back_off(run, e, false);
}

/* Nothing can be done for now; the looks that told so become ever rarer. */
static void give_up(const struct rsse_pol_run *run, u32 index, bool gently, u32 reason,
		    u32 value, u32 threshold)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	e->verdict = reason;
	e->verdict_value = value;
	e->verdict_threshold = threshold;
	back_off(run, e, gently);
	show(run, index, reason, value, threshold,
	     e->balance.until_ns - run->snap->now_ns);
}

/* Loads of queues */

u32 rsse_pol_queue_load(const struct rsse_pol_queue *queue)
{
	if (rsse_pol_is_saturated(queue->busy, queue->full_polls))
		return RSSE_POL_CPU;
	return min(queue->busy, RSSE_POL_CPU);
}

/* Some queue has had more than its share for long enough to count its entries. */
static bool note_uneven(const struct rsse_pol_run *run, u32 index)
{
	struct rsse_pol_engine_state *e = &run->state->engine[index];

	if (e->queues < 2 || e->avg_max <= even_threshold(e)) {
		rsse_pol_uneven_anew(e);
		return false;
	}
	if (!rsse_pol_is_like(e->avg_sum, e->balance.load))
		end_gentle_verdict(e);
	if (!e->uneven_ns)
		e->uneven_ns = run->snap->now_ns;
	return rsse_pol_age(run, e->uneven_ns) >= even_hold(run, e) / 2;
}

/* Decisions */

/* By how much the worst queue falls, percent. */
static u32 fall(const struct rsse_pol_even *even)
{
	u32 by = even->worst - min(even->worst, even->load);

	return div_u64((u64)by * 100, max(even->worst, 1U));
}

static void why_not(struct rsse_pol_run *run, u32 index,
		    const struct rsse_pol_even *even)
{
	u32 largest = even->largest / RSSE_POL_FINE;
	u32 goal = even->goal / RSSE_POL_FINE;

	if (largest > goal)
		give_up(run, index, even->gently, RSS_ENGINE_REASON_SINGLE_ENTRY, largest, goal);
	else
		give_up(run, index, even->gently, RSS_ENGINE_REASON_NO_ROOM,
			run->snap->engines[index].load, goal);
}

static void plan_rewrite(struct rsse_pol_run *run, u32 index,
			 const struct rsse_pol_even *even)
{
	struct rsse_pol_rewrite *rewrite = &run->plan->rewrite;
	struct rsse_pol_engine_state *e = &run->state->engine[index];
	u64 hold = even->gently ? even_hold(run, e) : rsse_pol_ms(run->config->hold_up_ms);
	u64 wait = rsse_pol_remaining(run, even->gently ? e->uneven_ns : e->hot_ns, hold);

	e->spared = !even->gently;
	rewrite->engine = e->id;
	rewrite->reason = RSS_ENGINE_REASON_UNEVEN;
	rewrite->gain = fall(even);
	rewrite->crossed_seq = even->gently ? run->snap->seq : e->hot_seq;
	numbers(run, index, even->gently, &rewrite->value, &rewrite->threshold);
	show(run, index, wait ? RSS_ENGINE_REASON_HOLD : rewrite->reason,
	     rewrite->value, rewrite->threshold, wait);
	if (run->plan->balance)
		run->plan->balance[index].gain = rewrite->gain;
	if (wait) {
		rewrite->nr = 0;
		return;
	}
	e->judge_hottest = even->gently ? U32_MAX : run->snap->engines[index].hottest;
	rsse_pol_remember_moved(run);
}

/* The goal is reached, or as much of it as is worth the while. */
static bool pays(const struct rsse_pol_run *run, const struct rsse_pol_even *even)
{
	if (!run->plan->rewrite.nr)
		return false;
	if (even->load <= even->goal)
		return true;
	return fall(even) >= (even->gently ? EVEN_ABOVE / 2 : run->config->gain_min);
}

static u32 packets_wanted(const struct rsse_pol_engine_state *e, bool gently)
{
	return gently ? max(COUNT_EVEN * 100 / max(excess(e), EVEN_ABOVE), COUNT_HOT) :
			COUNT_HOT;
}

/*
 * What every queue is to come down to, fine: a hot one to where there is room again,
 * as far as the others can take it; else all to little more than the mean.
 */
static u32 goal(const struct rsse_pol_run *run, const struct rsse_pol_engine_state *e,
		bool gently)
{
	u32 each = gently ? mean(e) : e->queue_sum / max(e->queues, 1U);

	each = each * EVEN_GOAL * (RSSE_POL_FINE / 100);
	return gently ? each : max(each, run->limit * RSSE_POL_FINE);
}

static void rebalance(struct rsse_pol_run *run, u32 index, bool gently)
{
	const struct rsse_pol_entries *entries = run->snap->entries;
	const struct rsse_pol_engine_state *e = &run->state->engine[index];
	struct rsse_pol_even even = {
		.run = run,
		.entries = entries,
		.gently = gently,
		.goal = goal(run, e, gently),
	};
	u32 least = packets_wanted(e, gently);

	even.most = even.goal;
	rsse_pol_even_begin(&even);
	if (even.worst <= even.goal) {
		/* Its queues are as even as can be; the polls of a hot one are all full. */
		if (gently)
			show_why(run, index, RSS_ENGINE_REASON_UNCONFIRMED, gently, 0);
		else
			why_not(run, index, &even);
		return;
	}
	if (even.packets < least) {
		if (rsse_pol_age(run, entries->begun_ns) < COUNT_NS)
			show_why(run, index, RSS_ENGINE_REASON_UNCONFIRMED, gently, 0);
		else
			give_up(run, index, gently, RSS_ENGINE_REASON_UNCONFIRMED,
				even.packets, least);
		return;
	}
	rsse_pol_even_out(&even, &run->plan->rewrite);
	if (pays(run, &even)) {
		plan_rewrite(run, index, &even);
		return;
	}
	run->plan->rewrite.nr = 0;
	why_not(run, index, &even);
}

/*
 * What forbids to think of a rewrite at all; shown, when there is something. What is hot
 * waits for no memory.
 */
static bool is_barred(struct rsse_pol_run *run, u32 index, bool gently)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];
	u64 now = run->snap->now_ns, wait;

	wait = rsse_pol_remaining(run, e->rewrite_ns,
				  min(rsse_pol_ms(run->config->dwell_ms), REWRITE_NS));
	if (gently)
		wait = max(wait, rsse_pol_memory_wait(run));
	if (wait) {
		show_why(run, index, RSS_ENGINE_REASON_DWELL, gently, wait);
		return true;
	}
	if (!e->balance.count || now >= e->balance.until_ns)
		return false;
	show(run, index, e->verdict, e->verdict_value, e->verdict_threshold,
	     e->balance.until_ns - now);
	return true;
}

static void consider(struct rsse_pol_run *run, u32 index, bool gently)
{
	const struct rsse_pol_entries *entries = run->snap->entries;

	if (entries->problem)
		give_up(run, index, gently, entries->problem, 0, 0);
	else if (run->snap->nr_queues > run->state->cap_queues)
		give_up(run, index, gently, RSS_ENGINE_REASON_NO_ROOM,
			run->snap->nr_queues, run->state->cap_queues);
	else
		rebalance(run, index, gently);
}

/* Still hot, and the looks at it are not over? Then they go on. */
static bool wants_counts(const struct rsse_pol_run *run, u32 index)
{
	const struct rsse_pol_engine_state *e = &run->state->engine[index];

	return !run->plan->rewrite.nr &&
	       (!e->balance.count || run->snap->now_ns >= e->balance.until_ns);
}

/*
 * Entries are counted for one engine at a time, so that the memory for it is
 * bounded: for the one that is counted already, else the first that needs it; one
 * with a hot queue goes before one that is uneven.
 */
static void rebalance_engine(struct rsse_pol_run *run, u32 index, bool gently)
{
	const struct rsse_pol_entries *entries = run->snap->entries;
	bool counted = entries &&
		       entries->engine == run->snap->engines[index].id;

	if (is_barred(run, index, gently))
		return;
	run->active |= !gently;
	if (counted)
		consider(run, index, gently);
	else
		show_why(run, index, RSS_ENGINE_REASON_UNCONFIRMED, gently, 0);
	if (wants_counts(run, index) &&
	    (counted || run->plan->count_engine == RSSE_ENGINE_NEW)) {
		run->plan->count_engine = run->snap->engines[index].id;
		run->plan->patient = gently;
	}
}

/* What is not looked at has no past: no hold time runs, and no verdict is due. */
static void forget(struct rsse_pol_engine_state *e)
{
	e->hot = false;
	rsse_pol_uneven_anew(e);
	e->judge_ns = 0;
}

/* See the head of this file. O(engines), and O(table) for the one counted. */
void rsse_pol_entries(struct rsse_pol_run *run)
{
	u32 i;

	for (i = 0; i < run->nr_engines; i++) {
		if (!run->snap->can_rewrite) {
			forget(&run->state->engine[i]);
			continue;
		}
		note_hot(run, i);
		judge(run, i);
		if (run->state->engine[i].hot)
			rebalance_engine(run, i, false);
	}
	for (i = 0; i < run->nr_engines && run->snap->can_rewrite; i++)
		if (note_uneven(run, i) && !run->state->engine[i].hot &&
		    run->plan->count_engine == RSSE_ENGINE_NEW &&
		    !run->plan->rewrite.nr)
			rebalance_engine(run, i, true);
}
