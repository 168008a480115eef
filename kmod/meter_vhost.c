// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a tap to the vhost-net workers behind it.
 *
 * A worker is a thread of the process that owns the vhost device, made by the
 * kernel, or a kthread that bears the id of the thread that made the device;
 * both are named vhost-ID. The open files of that process tell which network
 * devices it serves. Where this leaves a doubt (several network devices, or
 * vhost devices of other kinds, whose workers are named alike), the workers
 * are watched at work, and those that are not seen to serve the device are not
 * taken: no worker is better than a wrong one, and the next search may see it.
 */
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sort.h>

#include "meter.h"
#include "meter_vhost.h"

#define WORKER_PREFIX	"vhost-"
/* Threads looked at before the CPU is offered to others. */
#define WALK_BATCH	256
/* How often a named worker is watched for before it is refused. */
#define NAMED_TRIES	5

struct thread_list {
	struct rsse_vhost_thread *entries;
	unsigned int nr;
	unsigned int room;
};

static bool is_worker(const struct task_struct *task)
{
	unsigned int flags = READ_ONCE(task->flags);

	if (flags & (PF_EXITING | PF_IO_WORKER))
		return false;
	/* The name tells them from other kernel threads and from KVM's. */
	return flags & (PF_USER_WORKER | PF_KTHREAD) &&
	       strstarts(task->comm, WORKER_PREFIX);
}

/* Under RCU. */
static struct task_struct *owner_of(struct task_struct *worker)
{
	struct task_struct *maker;
	int id;

	if (worker->flags & PF_USER_WORKER)
		return worker->group_leader;
	if (kstrtoint(worker->comm + strlen(WORKER_PREFIX), 10, &id))
		return NULL;
	maker = pid_task(find_pid_ns(id, &init_pid_ns), PIDTYPE_PID);
	return maker ? maker->group_leader : NULL;
}

static void list_add_worker(struct thread_list *list, struct task_struct *task)
{
	struct task_struct *owner = owner_of(task);

	if (!owner)
		return;
	list->entries[list->nr++] = (struct rsse_vhost_thread) {
		.task = get_task_struct(task),
		.owner = get_task_struct(owner),
		.query = RSSE_NO_QUERY,
	};
}

static int list_make_room(struct thread_list *list)
{
	unsigned int room = list->room * 2 + WALK_BATCH;
	struct rsse_vhost_thread *entries;

	if (list->room - list->nr >= WALK_BATCH)
		return 0;
	entries = kvmalloc_array(room, sizeof(*entries), GFP_KERNEL);
	if (!entries)
		return -ENOMEM;
	if (list->nr)
		memcpy(entries, list->entries, list->nr * sizeof(*entries));
	kvfree(list->entries);
	list->entries = entries;
	list->room = room;
	return 0;
}

/* From thread id @id on; returns where to go on, 0 at the end. */
static int walk_batch(struct thread_list *list, int id)
{
	struct task_struct *task;
	unsigned int i;
	struct pid *pid;

	rcu_read_lock();
	for (i = 0; i < WALK_BATCH; i++) {
		pid = find_ge_pid(id, &init_pid_ns);
		if (!pid) {
			id = 0;
			break;
		}
		id = pid_nr(pid) + 1;
		task = pid_task(pid, PIDTYPE_PID);
		if (task && is_worker(task))
			list_add_worker(list, task);
	}
	rcu_read_unlock();
	return id;
}

static int by_owner(const void *a, const void *b)
{
	const struct rsse_vhost_thread *left = a, *right = b;

	return (left->owner > right->owner) - (left->owner < right->owner);
}

static int find_workers(struct thread_list *list)
{
	int id = 1;

	do {
		if (list_make_room(list))
			return -ENOMEM;
		id = walk_batch(list, id);
		cond_resched();
	} while (id);
	sort(list->entries, list->nr, sizeof(*list->entries), by_owner, NULL);
	return 0;
}

/* The workers of one process are next to each other. */
static void scan_owners(struct rsse_vhost_scan *scan, struct thread_list *list,
			struct rsse_vhost_sockets *doubtful)
{
	int query = RSSE_NO_QUERY;
	unsigned int i;
	bool other;

	for (i = 0; i < list->nr; i++) {
		struct rsse_vhost_thread *thread = &list->entries[i];

		if (!i || thread->owner != thread[-1].owner)
			query = rsse_vhost_scan_owner(scan, thread->owner,
						      doubtful, &other);
		thread->query = query;
		cond_resched();
	}
}

/* What was seen at work settles whose worker a thread is. */
static void apply_proof(struct thread_list *list,
			const struct rsse_vhost_sockets *sockets)
{
	unsigned int i, j;

	for (i = 0; i < list->nr; i++) {
		struct rsse_vhost_thread *thread = &list->entries[i];

		for (j = 0; j < sockets->nr; j++) {
			if (thread->task == sockets->entries[j].rx_task ||
			    thread->task == sockets->entries[j].tx_task)
				thread->query = sockets->entries[j].query;
		}
		cond_resched();
	}
}

static void hand_out(struct rsse_vhost_query *queries,
		     const struct thread_list *list)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		struct rsse_vhost_thread *thread = &list->entries[i];
		struct rsse_vhost_query *query;

		if (thread->query == RSSE_NO_QUERY)
			continue;
		query = &queries[thread->query];
		if (query->nr_tasks < RSSE_VHOST_WORKERS_MAX)
			query->tasks[query->nr_tasks++] =
				get_task_struct(thread->task);
	}
}

static void list_release(struct thread_list *list)
{
	unsigned int i;

	for (i = 0; i < list->nr; i++) {
		put_task_struct(list->entries[i].task);
		put_task_struct(list->entries[i].owner);
	}
	kvfree(list->entries);
}

void rsse_vhost_find(struct rsse_vhost_query *queries, unsigned int nr)
{
	struct rsse_vhost_sockets doubtful = {};
	struct thread_list list = {};
	struct rsse_vhost_scan scan;
	unsigned int i;

	for (i = 0; i < nr; i++)
		queries[i].nr_tasks = 0;
	if (rsse_vhost_scan_begin(&scan, queries, nr))
		return;
	if (!find_workers(&list)) {
		scan_owners(&scan, &list, &doubtful);
		if (doubtful.nr) {
			rsse_vhost_prove(&doubtful);
			apply_proof(&list, &doubtful);
		}
		hand_out(queries, &list);
	}
	rsse_vhost_sockets_release(&doubtful);
	list_release(&list);
	rsse_vhost_scan_end(&scan);
}

/* A worker with this id in the caller's pid namespace, with its owner if known. */
static int worker_by_id(pid_t pid, struct rsse_vhost_thread *thread)
{
	struct task_struct *task;
	int err = 0;

	rcu_read_lock();
	task = pid_task(find_vpid(pid), PIDTYPE_PID);
	if (!task) {
		err = -ESRCH;
	} else if (!is_worker(task)) {
		err = -EINVAL;
	} else {
		thread->task = get_task_struct(task);
		thread->owner = owner_of(task);
		if (thread->owner)
			get_task_struct(thread->owner);
	}
	rcu_read_unlock();
	return err;
}

static bool seen_at(const struct rsse_vhost_sockets *sockets,
		    const struct task_struct *task)
{
	unsigned int i;

	for (i = 0; i < sockets->nr; i++)
		if (sockets->entries[i].rx_task == task ||
		    sockets->entries[i].tx_task == task)
			return true;
	return false;
}

/*
 * Where all vhost devices of its process are vhost-net, the administrator's
 * word is enough; and where its process cannot be looked into.
 */
static bool may_serve(const struct rsse_vhost_thread *thread,
		      const struct rsse_vhost_query *query)
{
	struct rsse_vhost_sockets sockets = {};
	struct rsse_vhost_scan scan;
	unsigned int tries;
	bool other, may;

	if (!thread->owner || rsse_vhost_scan_begin(&scan, query, 1))
		return true;
	rsse_vhost_scan_owner(&scan, thread->owner, &sockets, &other);
	may = !other;
	for (tries = 0; sockets.nr && !may && tries < NAMED_TRIES; tries++) {
		rsse_vhost_prove(&sockets);
		may = seen_at(&sockets, thread->task);
	}
	rsse_vhost_sockets_release(&sockets);
	rsse_vhost_scan_end(&scan);
	return may;
}

/**
 * rsse_vhost_worker() - the vhost worker that the administrator named
 * @pid: thread id in the caller's pid namespace
 * @dev: the network device that it is to serve; the caller holds a reference
 * @extack: says what is wrong
 *
 * In a process with vhost devices of other kinds it has to be seen to serve
 * @dev: their workers look the same.
 *
 * Context: no lock held, RTNL in particular; sleeps.
 * Return: the thread, with a reference; -ESRCH when there is none, -EINVAL when
 * it is no vhost worker, or not known to be one of vhost-net.
 */
struct task_struct *rsse_vhost_worker(pid_t pid, struct net_device *dev,
				      struct netlink_ext_ack *extack)
{
	const struct rsse_vhost_query query = { .dev = dev };
	struct rsse_vhost_thread thread = {};
	int err;

	err = worker_by_id(pid, &thread);
	if (err == -ESRCH) {
		NL_SET_ERR_MSG_FMT(extack, "no thread has the id %d", pid);
		return ERR_PTR(err);
	}
	if (err) {
		NL_SET_ERR_MSG_FMT(extack, "thread %d is no vhost worker", pid);
		return ERR_PTR(err);
	}
	if (!may_serve(&thread, &query)) {
		NL_SET_ERR_MSG_FMT(extack,
				   "worker %d is not seen to serve %s: vhost-vsock or -scsi?",
				   pid, dev->name);
		put_task_struct(thread.task);
		err = -EINVAL;
	}
	if (thread.owner)
		put_task_struct(thread.owner);
	return err ? ERR_PTR(err) : thread.task;
}
