// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mover: a thread that takes RTNL and does what the sampler planned, and
 * what the notifiers marked. Of real-time priority like the sampler: a plan
 * that waits behind the flood it is to end would be too old.
 */
#include <linux/kthread.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "core.h"
#include "meter.h"
#include "watch.h"

/*
 * Walks over all processes in search of workers: again and again while a VNIC
 * has none, ever more rarely; now and then because a VM may add workers.
 */
#define SCAN_MIN_MS		1000
#define SCAN_MAX_MS		60000

/* How often the NAPIs are looked up again: not every driver tells of new ones. */
#define RESOLVE_MS		1000

/* Moves of a PNIC made in one turn under RTNL: hundreds of VMs may come at once. */
#define MOVES_A_TURN		32U

/*
 * Learnt addresses looked at in one turn under RTNL, and the pause before the
 * next: what guests send must not keep RTNL.
 */
#define LEARN_BATCH		64
#define LEARN_PAUSE_MS		100

static struct task_struct *mover;

/* There is something to do; set before a wake-up, cleared before looking. */
static bool pending;

/* A VNIC came, or a worker went: search at once. */
static bool rescan;

/**
 * struct scan - the search for workers; the mover's own
 * @last: when the latest walk ended, jiffies
 * @due: when the next walk is, jiffies
 * @wait_ms: from that to the one after
 */
struct scan {
	unsigned long last;
	unsigned long due;
	unsigned int wait_ms;
};

void rsse_mover_wake(void)
{
	WRITE_ONCE(pending, true);
	wake_up_process(mover);
}

void rsse_mover_rescan(void)
{
	WRITE_ONCE(rescan, true);
	rsse_mover_wake();
}

/* Plans */

static struct rsse_placement *find_placement(struct rsse_pnic *pnic, u32 id)
{
	struct rsse_placement *placement;

	list_for_each_entry(placement, &pnic->placements, pnic_list)
		if (placement->id == id)
			return placement;
	return NULL;
}

/* A place for a VM that has just come is as good later on: hundreds take a while. */
static bool is_too_old(const struct rsse_agenda *agenda,
		       const struct rsse_pol_move *move)
{
	return move->reason != RSS_ENGINE_REASON_PLACED &&
	       ktime_get_ns() > agenda->expires_ns;
}

/*
 * By an earlier plan, while this one was made; or by hand. One who has just come has a
 * place then, if not the same one.
 */
static bool is_done(const struct rsse_placement *placement,
		    const struct rsse_pol_move *move)
{
	return placement->state == move->to_state &&
	       (move->to_engine == RSSE_ENGINE_NEW ||
		move->reason == RSS_ENGINE_REASON_PLACED ||
		placement->engine->id == move->to_engine);
}

static bool has_moved(const struct rsse_placement *placement,
		      const struct rsse_pol_move *move)
{
	return placement->state != move->from_state ||
	       placement->engine->id != move->from_engine;
}

/* The engine that it was to go to is no more: it fell asleep, and was one made in need. */
static bool is_gone(struct rsse_pnic *pnic, const struct rsse_pol_move *move)
{
	return move->to_state == RSS_ENGINE_STATE_SHARED &&
	       move->to_engine != RSSE_ENGINE_SPARE &&
	       !rsse_engine_find(pnic, move->to_engine);
}

/*
 * The first move of a plan to the shared engine that may be made has it made. When that was
 * tried meanwhile, by this plan in vain or by one before, the next plan knows better.
 */
static void make_shared(struct rsse_placement *placement, struct rsse_agenda *agenda,
			const struct rsse_pol_move *move)
{
	struct rsse_pnic *pnic = placement->pnic;

	if (agenda->sample <= pnic->tried_sample)
		return;
	if (!rsse_migrate(placement, move, agenda->sample, NULL)) {
		agenda->made = placement->engine->id;
		return;
	}
	mutex_lock(&rsse_lock);
	pnic->tried_sample = pnic->sample;
	mutex_unlock(&rsse_lock);
}

static void carry_out(struct rsse_pnic *pnic, struct rsse_agenda *agenda,
		      struct rsse_pol_move *move)
{
	struct rsse_placement *placement = find_placement(pnic, move->id);

	if (move->to_engine == RSSE_ENGINE_SPARE)
		move->to_engine = agenda->made;
	if (!placement || is_done(placement, move))
		return;
	if (has_moved(placement, move) || is_too_old(agenda, move) || is_gone(pnic, move))
		rsse_migrate_refuse(placement, move, agenda->sample, -ETIME);
	else if (move->to_engine == RSSE_ENGINE_SPARE)
		make_shared(placement, agenda, move);
	else
		rsse_migrate(placement, move, agenda->sample, NULL);
}

/* Queues first: what moves need may be among them. True when all is done. */
static bool carry_out_some(struct rsse_pnic *pnic, struct rsse_agenda *agenda)
{
	u32 turn_end = min(agenda->nr, agenda->next + MOVES_A_TURN);

	if (ktime_get_ns() <= agenda->expires_ns)
		rsse_queues_shift(pnic, agenda->shifts, agenda->nr_shifts,
				  agenda->sample);
	agenda->nr_shifts = 0;
	rsse_made_reap(pnic);
	while (agenda->next < turn_end)
		carry_out(pnic, agenda, &agenda->moves[agenda->next++]);
	if (agenda->next < agenda->nr)
		return false;
	if (agenda->rewrite.nr && ktime_get_ns() <= agenda->expires_ns)
		rsse_rewrite(pnic, &agenda->rewrite, agenda->sample);
	return true;
}

/* Go on in the next turn, unless there is a newer plan by then. */
static void put_back(struct rsse_pnic *pnic, struct rsse_agenda *agenda)
{
	mutex_lock(&rsse_lock);
	if (!pnic->agenda)
		swap(pnic->agenda, agenda);
	mutex_unlock(&rsse_lock);
	kvfree(agenda);
	WRITE_ONCE(pending, true);
}

static void serve_agenda(struct rsse_pnic *pnic)
{
	struct rsse_agenda *agenda;

	mutex_lock(&rsse_lock);
	agenda = pnic->agenda;
	pnic->agenda = NULL;
	mutex_unlock(&rsse_lock);
	if (!agenda)
		return;
	if (carry_out_some(pnic, agenda))
		kvfree(agenda);
	else
		put_back(pnic, agenda);
}

static void serve_pnic(struct rsse_pnic *pnic)
{
	if (READ_ONCE(pnic->resolve))
		rsse_pnic_resolve(pnic);
	if (READ_ONCE(pnic->agenda))
		serve_agenda(pnic);
	rsse_entries_serve(pnic);
}

/* Addresses */

static void learn(void)
{
	unsigned int left = LEARN_BATCH;
	struct rsse_learnt entry;
	struct net_device *dev;

	while (left-- && rsse_watch_next_learnt(&entry)) {
		dev = __dev_get_by_index(&init_net, entry.ifindex);
		if (dev)
			rsse_vnic_learn(dev, entry.mac);
	}
}

/* Workers */

static void reap_workers(void)
{
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			rsse_vnic_reap(vnic);
}

/* It is not one of the VNIC's yet, and there is room for it. */
static bool is_new_worker(const struct rsse_vnic *vnic, pid_t pid)
{
	const struct rsse_worker *worker;
	unsigned int nr = 0;

	list_for_each_entry(worker, &vnic->workers, list) {
		if (worker->pid == pid)
			return false;
		nr++;
	}
	return nr < RSSE_WORKERS_MAX;
}

static bool is_searched(const struct rsse_vnic *vnic)
{
	return vnic->dev && !vnic->worker_named;
}

static unsigned int count_searched(void)
{
	const struct rsse_vnic *vnic;
	const struct rsse_vm *vm;
	unsigned int nr = 0;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			nr += is_searched(vnic);
	return nr;
}

/* Under RTNL: a query for each VNIC, with a reference to its device. */
static struct rsse_vhost_query *make_queries(unsigned int *nr)
{
	struct rsse_vhost_query *queries, *query;
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;

	*nr = count_searched();
	if (!*nr)
		return NULL;
	queries = kvcalloc(*nr, sizeof(*queries), GFP_KERNEL);
	if (!queries)
		return NULL;
	query = queries;
	list_for_each_entry(vm, &rsse_vms, list) {
		list_for_each_entry(vnic, &vm->vnics, list) {
			if (!is_searched(vnic))
				continue;
			query->dev = vnic->dev;
			netdev_hold(query->dev, &query->dev_tracker,
				    GFP_KERNEL);
			query++;
		}
	}
	return queries;
}

/* The VNIC may have lost its device, or be gone, since the query was made. */
static struct rsse_vnic *asked_for(const struct rsse_vhost_query *query)
{
	struct rsse_vnic *vnic = rsse_vnic_find(query->dev->name);

	return vnic && vnic->dev == query->dev && is_searched(vnic) ?
	       vnic : NULL;
}

/* Under RTNL: take the workers over; true when the VNIC has one now. */
static bool take_answer(struct rsse_vhost_query *query)
{
	struct rsse_vnic *vnic = asked_for(query);
	unsigned int i;

	for (i = 0; i < query->nr_tasks; i++) {
		struct task_struct *task = query->tasks[i];

		if (vnic && is_new_worker(vnic, task_pid_nr(task)))
			rsse_vnic_add_worker(vnic, task, false);
		else
			put_task_struct(task);
	}
	return !vnic || !list_empty(&vnic->workers);
}

/*
 * Find workers. The walk over the processes holds no lock; RTNL is taken
 * before it to ask and after it to take the answers.
 */
static void search(struct scan *scan)
{
	struct rsse_vhost_query *queries;
	bool complete = true;
	unsigned int nr, i;

	rtnl_lock();
	reap_workers();
	queries = make_queries(&nr);
	rtnl_unlock();
	if (queries) {
		rsse_vhost_find(queries, nr);
		rtnl_lock();
		for (i = 0; i < nr; i++) {
			complete &= take_answer(&queries[i]);
			netdev_put(queries[i].dev, &queries[i].dev_tracker);
		}
		rtnl_unlock();
		kvfree(queries);
	}
	scan->wait_ms = complete ? SCAN_MAX_MS :
			min(2 * scan->wait_ms, SCAN_MAX_MS);
	scan->last = jiffies;
	scan->due = scan->last + msecs_to_jiffies(scan->wait_ms);
}

/* At once, but no two walks follow each other closely. */
static void search_soon(struct scan *scan)
{
	unsigned long earliest = scan->last + msecs_to_jiffies(SCAN_MIN_MS);

	scan->due = time_after(earliest, jiffies) ? earliest : jiffies;
	scan->wait_ms = SCAN_MIN_MS / 2;
}

/* The thread */

static void serve(struct scan *scan, unsigned long *resolve_due)
{
	struct rsse_pnic *pnic;

	rtnl_lock();
	learn();
	if (time_after_eq(jiffies, *resolve_due)) {
		list_for_each_entry(pnic, &rsse_pnics, list)
			WRITE_ONCE(pnic->resolve, true);
		*resolve_due = jiffies + msecs_to_jiffies(RESOLVE_MS);
	}
	list_for_each_entry(pnic, &rsse_pnics, list)
		serve_pnic(pnic);
	rtnl_unlock();

	if (xchg(&rescan, false))
		search_soon(scan);
	if (time_after_eq(jiffies, scan->due))
		search(scan);
}

static void wait_for_work(const struct scan *scan, unsigned long resolve_due)
{
	long left = scan->due - jiffies;

	if (!list_empty(&rsse_pnics))
		left = min_t(long, left, resolve_due - jiffies);
	if (rsse_watch_any_learnt())
		left = min_t(long, left, msecs_to_jiffies(LEARN_PAUSE_MS));

	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(pending) && !kthread_should_stop() && left > 0)
		schedule_timeout(left);
	__set_current_state(TASK_RUNNING);
}

static int mover_main(void *unused)
{
	struct scan scan = {
		.last = jiffies - msecs_to_jiffies(SCAN_MIN_MS),
		.due = jiffies + msecs_to_jiffies(SCAN_MAX_MS),
		.wait_ms = SCAN_MAX_MS,
	};
	unsigned long resolve_due = jiffies;

	sched_set_fifo_low(current);
	while (!kthread_should_stop()) {
		wait_for_work(&scan, resolve_due);
		WRITE_ONCE(pending, false);
		/* Pairs with the wake-up in rsse_mover_wake(). */
		smp_mb();
		serve(&scan, &resolve_due);
	}
	return 0;
}

int rsse_mover_start(void)
{
	struct task_struct *task = kthread_create(mover_main, NULL,
						  "rsse_mover");

	if (IS_ERR(task))
		return PTR_ERR(task);
	mover = task;
	wake_up_process(task);
	return 0;
}

void rsse_mover_stop(void)
{
	kthread_stop(mover);
}
