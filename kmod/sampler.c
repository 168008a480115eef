// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sampler: a thread that meters and plans, and never takes RTNL. A thread
 * of real-time priority and not a work item: that would starve on the flooded
 * CPU just when it is needed.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/sched.h>

#include "core.h"
#include "meter.h"

static struct task_struct *sampler;

/* Sample after one short period, however far the period has backed off. */
static bool kick;

/**
 * struct clock - when the sampler samples; its own
 * @last_ns: end of the latest window, CLOCK_MONOTONIC; 0: none yet
 * @period_ns: until the next
 */
struct clock {
	u64 last_ns;
	u64 period_ns;
};

u32 rsse_permille(u64 part, u64 window)
{
	if (!window)
		return 0;
	return min_t(u64, mul_u64_u64_div_u64(part, 1000, window), U32_MAX);
}

void rsse_sampler_wake(void)
{
	WRITE_ONCE(kick, true);
	wake_up_process(sampler);
}

static u64 short_period(void)
{
	return (u64)READ_ONCE(rsse_config.period_ms) * NSEC_PER_MSEC;
}

/* Under rsse_lock: sample everything; the shortest period that is wanted. */
static u64 sample(u64 now, u64 window)
{
	u64 period = U64_MAX;
	struct rsse_pnic *pnic;

	rsse_load_cpus(window);
	rsse_load_vms(window);
	list_for_each_entry(pnic, &rsse_pnics, list) {
		if (!pnic->whole)
			continue;
		WRITE_ONCE(pnic->sample, pnic->sample + 1);
		pnic->sampled_ns = now;
		rsse_load_pnic(pnic, window);
		period = min(period, rsse_plan(pnic, now, window));
	}
	rsse_load_sum_up();
	list_for_each_entry(pnic, &rsse_pnics, list)
		if (pnic->whole)
			WRITE_ONCE(pnic->period_ms,
				   div_u64(period, NSEC_PER_MSEC));
	return period;
}

static void tick(struct clock *clock)
{
	u64 now;

	mutex_lock(&rsse_lock);
	now = ktime_get_ns();
	clock->period_ns = sample(now, now - clock->last_ns);
	clock->last_ns = now;
	mutex_unlock(&rsse_lock);
}

/* True when the deadline has come, false when there is a reason to look. */
static bool wait_until(u64 deadline)
{
	ktime_t expires = ns_to_ktime(deadline);

	set_current_state(TASK_INTERRUPTIBLE);
	if (READ_ONCE(kick) || kthread_should_stop()) {
		__set_current_state(TASK_RUNNING);
		return false;
	}
	if (deadline == U64_MAX)
		schedule();
	else
		schedule_hrtimeout(&expires, HRTIMER_MODE_ABS);
	__set_current_state(TASK_RUNNING);
	return !READ_ONCE(kick) && ktime_get_ns() >= deadline;
}

/* Backed off: the first full poll ends that. */
static void arm(const struct clock *clock)
{
	if (clock->period_ns > short_period() && clock->period_ns != U64_MAX)
		rsse_meter_full_poll_arm(rsse_sampler_wake);
}

static void wait_for_next(struct clock *clock)
{
	u64 deadline = clock->period_ns == U64_MAX ?
		       U64_MAX : clock->last_ns + clock->period_ns;

	arm(clock);
	while (!kthread_should_stop() && !wait_until(deadline)) {
		if (!xchg(&kick, false))
			continue;
		/* Nothing was sampled before: the window begins now. */
		if (clock->period_ns == U64_MAX)
			clock->last_ns = ktime_get_ns();
		deadline = min(deadline, clock->last_ns + short_period());
	}
}

static int sampler_main(void *unused)
{
	struct clock clock = { .period_ns = U64_MAX };

	sched_set_fifo_low(current);
	while (!kthread_should_stop()) {
		wait_for_next(&clock);
		if (!kthread_should_stop())
			tick(&clock);
	}
	rsse_meter_full_poll_arm(NULL);
	return 0;
}

int rsse_sampler_start(void)
{
	struct task_struct *task = kthread_create(sampler_main, NULL,
						  "rsse_sampler");

	if (IS_ERR(task))
		return PTR_ERR(task);
	sampler = task;
	wake_up_process(task);
	return 0;
}

void rsse_sampler_stop(void)
{
	kthread_stop(sampler);
}
