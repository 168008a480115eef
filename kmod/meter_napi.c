// SPDX-License-Identifier: GPL-2.0-only
/*
 * Busy time of NAPIs.
 *
 * A poll runs with softirqs off, so what it cost is the time that has passed
 * on its CPU since the latest of these: another poll ended, its softirq began,
 * another softirq ended, its thread came onto the CPU. Its thread's CPU time as the scheduler
 * charges it will not do: the time from a wake-up to the switch that it causes
 * is charged to whoever was woken, and a poll may be long. Polls by anybody
 * but a softirq or the NAPI's own thread, a busy polling socket or netpoll,
 * belong to neither: their time is that of whoever asked for them.
 *
 * The counts of a NAPI are written by whoever polls it, one at a time, so they
 * need no lock.
 */
#include <linux/hashtable.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/u64_stats_sync.h>

#include "meter.h"
#include "meter_probe.h"

/* 1,024 buckets: one for each queue that the module can manage. */
#define NAPI_HASH_BITS	10

#ifndef CONFIG_SCHED_INFO
#error "rss_engine needs a kernel with CONFIG_SCHED_INFO (SCHEDSTATS or TASK_DELAY_ACCT)"
#endif

/**
 * struct rsse_napi_meter - what one NAPI does
 * @node: in napi_meters
 * @napi_id: whom it meters; 0 while the NAPI has no id: nothing is counted
 * @cpu: CPU of the latest poll, -1 before the first
 * @syncp: for the counts, on 32-bit machines
 * @busy_ns: time that its polls took
 * @polls: polls
 * @full_polls: polls that used their whole budget
 * @packets: packets polled
 * @rcu: the probe may still look at it
 */
struct rsse_napi_meter {
	struct hlist_node node;
	unsigned int napi_id;
	int cpu;
	struct u64_stats_sync syncp;
	u64_stats_t busy_ns;
	u64_stats_t polls;
	u64_stats_t full_polls;
	u64_stats_t packets;
	struct rcu_head rcu;
};

static DEFINE_HASHTABLE(napi_meters, NAPI_HASH_BITS);
/* Protects napi_meters against other writers. */
static DEFINE_SPINLOCK(napi_meters_lock);

/*
 * When the latest poll or softirq ended, or NET_RX began, on this CPU,
 * local_clock(); 0 when nobody knows: the probes were hooked meanwhile.
 */
static DEFINE_PER_CPU(u64, lap_start);

/* Called at the next full poll, then forgotten. */
static void (*full_poll_wake)(void);

void rsse_napi_softirq_edge(void)
{
	__this_cpu_write(lap_start, local_clock());
}

/* @earliest: the poll did not begin before that, local_clock() */
static u64 lap_ns(u64 earliest)
{
	u64 start, now = local_clock();

	start = __this_cpu_read(lap_start);
	__this_cpu_write(lap_start, now);
	if (!start)
		return 0;
	start = max(start, earliest);
	return now > start ? now - start : 0;
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
	u64_stats_add(&meter->busy_ns, busy_ns);
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
	struct rsse_napi_meter *meter;
	u64 busy_ns;

	if (budget <= 0)
		return;
	if (in_serving_softirq())
		busy_ns = lap_ns(0);
	else if (current == READ_ONCE(napi->thread))
		busy_ns = lap_ns(current->sched_info.last_arrival);
	else
		return;
	meter = meter_find(READ_ONCE(napi->napi_id));
	if (meter)
		count_poll(meter, busy_ns, work, budget);
}

/**
 * rsse_napi_meter_add() - meter a NAPI
 * @napi: the NAPI
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
		count->busy_ns = u64_stats_read(&meter->busy_ns);
		count->polls = u64_stats_read(&meter->polls);
		count->full_polls = u64_stats_read(&meter->full_polls);
		count->packets = u64_stats_read(&meter->packets);
	} while (u64_stats_fetch_retry(&meter->syncp, start));
	count->cpu = READ_ONCE(meter->cpu);
}

/**
 * rsse_napi_meter_fits() - is it the meter of this NAPI?
 * @meter: the meter
 * @napi: the NAPI that it is meant for
 *
 * Context: RTNL held, so that @napi cannot go.
 * Return: false when the NAPI has another id than the meter knows: delete it
 * and add it again.
 */
bool rsse_napi_meter_fits(const struct rsse_napi_meter *meter,
			  const struct napi_struct *napi)
{
	return READ_ONCE(napi->napi_id) == meter->napi_id;
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
