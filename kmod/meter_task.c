// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU time of threads.
 *
 * Without IRQ time accounting the kernel charges a softirq to the thread that
 * it interrupts, so that a neighbour's packets would show up as the load of a
 * vhost worker. The probes around the softirqs measure what is stolen from a
 * metered thread, and it is taken off again.
 */
#include <linux/hashtable.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/tick.h>

#include "meter.h"
#include "meter_probe.h"

/* 2,048 buckets: two threads each for 1,024 VMs without collisions. */
#define TASK_HASH_BITS	11

/**
 * struct rsse_task_meter - CPU time of one thread
 * @node: in task_meters
 * @task: the thread; a reference is held
 * @base_ns: its CPU time when it was metered
 * @read_ns: the latest reading
 * @seq: for @stolen_ns and @since_ns; written in softirqs on top of @task
 *	only, so by one CPU at a time
 * @stolen_ns: time that softirqs on top of it have taken
 * @since_ns: when the one that runs now began, local_clock(); 0 for none
 * @rcu: the probes may still look at it
 */
struct rsse_task_meter {
	struct hlist_node node;
	struct task_struct *task;
	u64 base_ns;
	u64 read_ns;
	seqcount_t seq;
	u64 stolen_ns;
	u64 since_ns;
	struct rcu_head rcu;
};

static DEFINE_HASHTABLE(task_meters, TASK_HASH_BITS);
/* Protects task_meters and nr_task_meters against other writers. */
static DEFINE_SPINLOCK(task_meters_lock);
static unsigned int nr_task_meters;

static bool nobody_is_robbed(void)
{
	/* With IRQ time accounting the kernel charges softirqs to nobody. */
	return IS_ENABLED(CONFIG_IRQ_TIME_ACCOUNTING) ||
	       !READ_ONCE(nr_task_meters) || is_idle_task(current);
}

void rsse_task_softirq_begin(void)
{
	struct rsse_task_meter *meter;

	if (nobody_is_robbed())
		return;
	hash_for_each_possible_rcu(task_meters, meter, node,
				   (unsigned long)current) {
		if (meter->task != current)
			continue;
		raw_write_seqcount_begin(&meter->seq);
		meter->since_ns = local_clock();
		raw_write_seqcount_end(&meter->seq);
	}
}

void rsse_task_softirq_end(void)
{
	struct rsse_task_meter *meter;

	if (nobody_is_robbed())
		return;
	hash_for_each_possible_rcu(task_meters, meter, node,
				   (unsigned long)current) {
		if (meter->task != current || !meter->since_ns)
			continue;
		raw_write_seqcount_begin(&meter->seq);
		meter->stolen_ns += local_clock() - meter->since_ns;
		meter->since_ns = 0;
		raw_write_seqcount_end(&meter->seq);
	}
}

void rsse_task_softirq_forget(void)
{
	struct rsse_task_meter *meter;
	unsigned int bucket;

	spin_lock(&task_meters_lock);
	hash_for_each(task_meters, bucket, meter, node)
		WRITE_ONCE(meter->since_ns, 0);
	spin_unlock(&task_meters_lock);
}

static u64 stolen_ns(const struct rsse_task_meter *meter)
{
	unsigned int seq;
	u64 since, stolen;

	do {
		seq = read_seqcount_begin(&meter->seq);
		since = READ_ONCE(meter->since_ns);
		stolen = READ_ONCE(meter->stolen_ns);
	} while (read_seqcount_retry(&meter->seq, seq));
	if (since)
		stolen += max_t(s64, local_clock() - since, 0);
	return stolen;
}

/*
 * The kernel updates sum_exec_runtime at least once a tick, or once a second
 * where the tick is off. What has passed since is added, at most that much:
 * exec_start is of a clock that may lag behind ours.
 */
static u64 exec_ns(const struct task_struct *task)
{
	u64 sum, start;
	s64 limit, running;

	do {
		start = READ_ONCE(task->se.exec_start);
		sum = READ_ONCE(task->se.sum_exec_runtime);
		/* The CPU that runs the task writes both. */
		smp_rmb();
	} while (start != READ_ONCE(task->se.exec_start) ||
		 sum != READ_ONCE(task->se.sum_exec_runtime));
	if (!READ_ONCE(task->on_cpu))
		return sum;
	limit = tick_nohz_full_cpu(task_cpu(task)) ? NSEC_PER_SEC : TICK_NSEC;
	running = local_clock() - start;
	return sum + clamp(running, 0LL, limit);
}

/**
 * rsse_task_meter_add() - meter a thread
 * @task: the thread; a reference is taken
 *
 * Context: may sleep.
 * Return: the meter, to be given back to rsse_task_meter_del(); NULL when
 * there is no memory.
 */
struct rsse_task_meter *rsse_task_meter_add(struct task_struct *task)
{
	struct rsse_task_meter *meter = kzalloc(sizeof(*meter), GFP_KERNEL);

	if (!meter)
		return NULL;
	seqcount_init(&meter->seq);
	meter->task = get_task_struct(task);
	meter->base_ns = exec_ns(task);
	spin_lock(&task_meters_lock);
	hash_add_rcu(task_meters, &meter->node, (unsigned long)task);
	WRITE_ONCE(nr_task_meters, nr_task_meters + 1);
	spin_unlock(&task_meters_lock);
	return meter;
}

/**
 * rsse_task_meter_del() - forget a thread
 * @meter: gone afterwards
 *
 * Context: any that may take a spinlock; nobody reads @meter.
 */
void rsse_task_meter_del(struct rsse_task_meter *meter)
{
	spin_lock(&task_meters_lock);
	hash_del_rcu(&meter->node);
	WRITE_ONCE(nr_task_meters, nr_task_meters - 1);
	spin_unlock(&task_meters_lock);
	put_task_struct(meter->task);
	kfree_rcu(meter, rcu);
}

/**
 * rsse_task_meter_read() - CPU time of a thread, less what was stolen from it
 * @meter: of the thread
 *
 * Context: any, one reader at a time, not together with rsse_task_meter_del().
 * Return: ns since it was metered; never less than the reading before.
 */
u64 rsse_task_meter_read(struct rsse_task_meter *meter)
{
	s64 stolen = stolen_ns(meter);
	s64 own = exec_ns(meter->task) - meter->base_ns - stolen;

	if (own > (s64)meter->read_ns)
		meter->read_ns = own;
	return meter->read_ns;
}

/**
 * rsse_task_meter_dead() - is the thread exiting or gone?
 * @meter: of the thread
 *
 * Context: any, not together with rsse_task_meter_del().
 */
bool rsse_task_meter_dead(const struct rsse_task_meter *meter)
{
	return READ_ONCE(meter->task->flags) & PF_EXITING;
}
