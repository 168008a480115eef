// SPDX-License-Identifier: GPL-2.0-only
/*
 * Busy time of NAPIs.
 *
 * In a softirq, the time between the end of one poll, or the beginning of the
 * softirq, and the end of the next poll belongs to the latter's NAPI. A NAPI
 * that is polled by a thread of its own costs that thread's CPU time. Polls by
 * anybody else, a busy polling socket or netpoll, belong to neither: their time
 * is that of whoever asked for them.
 *
 * The counts of a NAPI are written by whoever polls it, one at a time, so they
 * need no lock.
 */
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>

#include "meter.h"
#include "meter_probe.h"

/* 1,024 buckets: one for each queue that the module can manage. */
#define NAPI_HASH_BITS	10

/**
 * struct rsse_napi_meter - what one NAPI does
 * @node: in napi_meters
 * @napi_id: whom it meters; 0 while the NAPI has no id: nothing is counted
 * @cpu: CPU of the latest poll, -1 before the first
 * @stale: a thread that @thread does not meter was seen polling it
 * @syncp: for the counts, on 32-bit machines
 * @softirq_ns: time that it was polled for in softirqs
 * @polls: polls
 * @full_polls: polls that used their whole budget
 * @packets: packets polled
 * @task: its thread, or NULL; not dereferenced, @thread holds the reference
 * @thread: meter of @task, or NULL
 * @rcu: the probe may still look at it
 */
struct rsse_napi_meter {
	struct hlist_node node;
	unsigned int napi_id;
	int cpu;
	bool stale;
	struct u64_stats_sync syncp;
	u64_stats_t softirq_ns;
	u64_stats_t polls;
	u64_stats_t full_polls;
	u64_stats_t packets;
	const struct task_struct *task;
	struct rsse_task_meter *thread;
	struct rcu_head rcu;
};

static DEFINE_HASHTABLE(napi_meters, NAPI_HASH_BITS);
/* Protects napi_meters against other writers. */
static DEFINE_SPINLOCK(napi_meters_lock);

/*
 * When the work began that the next poll to end has done, local_clock(); 0 when
 * nobody knows: the probes were hooked while the softirq ran.
 */
static DEFINE_PER_CPU(u64, lap_start);

/* Called at the next full poll, then forgotten. */
static void (*full_poll_wake)(void);

void rsse_napi_softirq_begin(void)
{
	__this_cpu_write(lap_start, local_clock());
}

static u64 lap_ns(void)
{
	u64 start, now = local_clock();

	start = __this_cpu_read(lap_start);
	__this_cpu_write(lap_start, now);
	return start ? now - start : 0;
}

void rsse_napi_softirq_forget(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu(lap_start, cpu) = 0;
}

static struct rsse_napi_meter *meter_find(unsigned int napi_id)
{
	struct rsse_napi_meter *meter;

	if (!napi_id)
		return NULL;
	hash_for_each_possible_rcu(napi_meters, meter, node, napi_id)
		if (meter->napi_id == napi_id)
			return meter;
	return NULL;
}

static void full_poll(void)
{
	void (*wake)(void);

	if (!READ_ONCE(full_poll_wake))
		return;
	wake = xchg(&full_poll_wake, NULL);
	if (wake)
		wake();
}

static void count_poll(struct rsse_napi_meter *meter, u64 busy_ns, int work,
		       int budget)
{
	bool full = work >= budget;

	WRITE_ONCE(meter->cpu, smp_processor_id());
	u64_stats_update_begin(&meter->syncp);
	u64_stats_add(&meter->softirq_ns, busy_ns);
	u64_stats_inc(&meter->polls);
	u64_stats_add(&meter->packets, max(work, 0));
	if (full)
		u64_stats_inc(&meter->full_polls);
	u64_stats_update_end(&meter->syncp);
	if (full)
		full_poll();
}

void rsse_napi_polled(void *data, struct napi_struct *napi, int work,
		      int budget)
{
	const struct task_struct *thread = NULL;
	struct rsse_napi_meter *meter;
	u64 busy_ns = 0;

	if (budget <= 0)
		return;
	if (in_serving_softirq()) {
		busy_ns = lap_ns();
	} else {
		thread = READ_ONCE(napi->thread);
		if (current != thread)
			return;
	}
	meter = meter_find(READ_ONCE(napi->napi_id));
	if (!meter)
		return;
	if (thread && thread != meter->task) {
		WRITE_ONCE(meter->stale, true);
		return;
	}
	count_poll(meter, busy_ns, work, budget);
}

/**
 * rsse_napi_meter_add() - meter a NAPI
 * @napi: the NAPI
 *
 * Its thread, if it has one by now, is metered too, so a change between
 * softirq and thread goes unnoticed unless the thread is a new one.
 *
 * Context: RTNL held, so that @napi cannot go; may sleep.
 * Return: the meter, to be given back to rsse_napi_meter_del(); NULL when
 * there is no memory.
 */
struct rsse_napi_meter *rsse_napi_meter_add(struct napi_struct *napi)
{
	struct rsse_napi_meter *meter;

	ASSERT_RTNL();
	meter = kzalloc(sizeof(*meter), GFP_KERNEL);
	if (!meter)
		return NULL;
	u64_stats_init(&meter->syncp);
	meter->napi_id = READ_ONCE(napi->napi_id);
	meter->cpu = -1;
	meter->task = READ_ONCE(napi->thread);
	if (meter->task) {
		meter->thread = rsse_task_meter_add(napi->thread);
		if (!meter->thread) {
			kfree(meter);
			return NULL;
		}
	}
	spin_lock(&napi_meters_lock);
	hash_add_rcu(napi_meters, &meter->node, meter->napi_id);
	spin_unlock(&napi_meters_lock);
	return meter;
}

/**
 * rsse_napi_meter_del() - forget a NAPI
 * @meter: gone afterwards
 *
 * Context: any that may take a spinlock; nobody reads @meter.
 */
void rsse_napi_meter_del(struct rsse_napi_meter *meter)
{
	spin_lock(&napi_meters_lock);
	hash_del_rcu(&meter->node);
	spin_unlock(&napi_meters_lock);
	if (meter->thread)
		rsse_task_meter_del(meter->thread);
	kfree_rcu(meter, rcu);
}

/**
 * rsse_napi_meter_read() - what a NAPI has done since it was metered
 * @meter: of the NAPI
 * @count: the answer
 *
 * Context: any, one reader at a time, not together with rsse_napi_meter_del().
 */
void rsse_napi_meter_read(struct rsse_napi_meter *meter,
			  struct rsse_napi_count *count)
{
	unsigned int start;

	do {
		start = u64_stats_fetch_begin(&meter->syncp);
		count->busy_ns = u64_stats_read(&meter->softirq_ns);
		count->polls = u64_stats_read(&meter->polls);
		count->full_polls = u64_stats_read(&meter->full_polls);
		count->packets = u64_stats_read(&meter->packets);
	} while (u64_stats_fetch_retry(&meter->syncp, start));
	if (meter->thread)
		count->busy_ns += rsse_task_meter_read(meter->thread);
	count->cpu = READ_ONCE(meter->cpu);
}

/**
 * rsse_napi_meter_stale() - does the meter no longer fit?
 * @meter: the meter
 * @napi: the NAPI that it is meant for, then under RTNL; NULL asks only for
 *	what the meter itself has noticed
 *
 * Context: any, not together with rsse_napi_meter_del().
 * Return: true when the NAPI has another id or thread than the meter knows:
 * delete it and add it again.
 */
bool rsse_napi_meter_stale(const struct rsse_napi_meter *meter,
			   const struct napi_struct *napi)
{
	if (READ_ONCE(meter->stale))
		return true;
	return napi && (READ_ONCE(napi->napi_id) != meter->napi_id ||
			READ_ONCE(napi->thread) != meter->task);
}

/**
 * rsse_meter_full_poll_arm() - be told of the next full-budget poll
 * @wake: called once, from softirq context or with softirqs off, at the next
 *	full poll of any metered NAPI; NULL disarms and waits for a call under way
 *
 * Context: any with @wake, may sleep without.
 */
void rsse_meter_full_poll_arm(void (*wake)(void))
{
	WRITE_ONCE(full_poll_wake, wake);
	if (!wake)
		synchronize_rcu();
}
