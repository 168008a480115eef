/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The meters: busy time of NAPIs, CPU time of threads, workers of a VNIC and
 * the short look at destination addresses.
 *
 * Nothing here takes RTNL or rsse_lock unless it says so. Nothing is hooked
 * before rsse_meter_start(), nothing stays hooked after rsse_meter_stop().
 */
#ifndef RSSE_METER_H
#define RSSE_METER_H

#include <linux/bitmap.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/rss_engine.h>
#include <linux/types.h>

struct napi_struct;
struct net_device;
struct netlink_ext_ack;
struct task_struct;

struct rsse_look;
struct rsse_napi_meter;
struct rsse_task_meter;

/*
 * Register the standing probes (softirq entry and exit, NAPI poll). Called
 * under RTNL when the first PNIC is metered; counted, so each start has one
 * stop.
 */
int rsse_meter_start(void);
void rsse_meter_stop(void);

/**
 * struct rsse_napi_count - what a NAPI has done since it was metered
 * @busy_ns: time that its polls took, in softirqs or in its thread, ns
 * @polls: polls
 * @full_polls: polls that used their whole budget
 * @packets: packets polled
 * @cpu: CPU of the latest poll, -1 before the first
 */
struct rsse_napi_count {
	u64 busy_ns;
	u64 polls;
	u64 full_polls;
	u64 packets;
	int cpu;
};

/*
 * Meter a NAPI, known by its napi_id. Context: RTNL held (the NAPI cannot go
 * meanwhile); sleeps. NULL when there is no memory.
 */
struct rsse_napi_meter *rsse_napi_meter_add(struct napi_struct *napi);
void rsse_napi_meter_del(struct rsse_napi_meter *meter);

/* Any context that may not race with _del(); one reader at a time. */
void rsse_napi_meter_read(struct rsse_napi_meter *meter,
			  struct rsse_napi_count *count);

/* Is it the meter of this NAPI? Under RTNL. Else: delete it, add it again. */
bool rsse_napi_meter_fits(const struct rsse_napi_meter *meter,
			  const struct napi_struct *napi);

/*
 * Have @wake called once, from softirq context, at the next full-budget poll
 * of any metered NAPI; NULL disarms and waits for a call under way.
 */
void rsse_meter_full_poll_arm(void (*wake)(void));

/*
 * CPU time of a thread, softirqs that ran on top of it credited back. Takes a
 * reference to @task. NULL when there is no memory.
 */
struct rsse_task_meter *rsse_task_meter_add(struct task_struct *task);
void rsse_task_meter_del(struct rsse_task_meter *meter);
/* ns since it was metered; never goes back; one reader at a time. */
u64 rsse_task_meter_read(struct rsse_task_meter *meter);
/* The thread has exited or is exiting. */
bool rsse_task_meter_dead(const struct rsse_task_meter *meter);

#define RSSE_VHOST_WORKERS_MAX	64

/**
 * struct rsse_vhost_query - whose workers are wanted, and the answer
 * @dev: a tap or macvtap; the caller holds a reference
 * @dev_tracker: the caller's, for that reference
 * @nr_tasks: workers found
 * @tasks: the workers, a reference each; the caller puts them
 */
struct rsse_vhost_query {
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	unsigned int nr_tasks;
	struct task_struct *tasks[RSSE_VHOST_WORKERS_MAX];
};

/**
 * rsse_vhost_find() - find the vhost-net workers behind network devices
 * @queries: which devices
 * @nr: entries of @queries
 *
 * One walk over the processes answers all queries. Workers of vhost-vsock and
 * vhost-scsi devices of the same process are not taken.
 *
 * Context: no lock held, RTNL in particular; sleeps.
 */
void rsse_vhost_find(struct rsse_vhost_query *queries, unsigned int nr);

/*
 * The vhost worker with this thread id in the caller's pid namespace, with a
 * reference; -ESRCH, or -EINVAL when it is no worker that may serve @dev, with a
 * message. No lock held, RTNL in particular; sleeps.
 */
struct task_struct *rsse_vhost_worker(pid_t pid, struct net_device *dev,
				      struct netlink_ext_ack *extack);

/*
 * The look: for a few milliseconds, count the packets on a PNIC by destination
 * address. At most RSSE_LOOK_MS at a time and at most one percent of the time.
 */
#define RSSE_LOOK_MS		5
#define RSSE_LOOK_INTERVAL_MS	(100 * RSSE_LOOK_MS)

/**
 * struct rsse_look_target - one address to count
 * @mac: destination address
 * @vlan: VLAN ID or RSSE_VLAN_ANY
 * @id: the placement that it belongs to
 * @packets: packets counted
 * @bytes: bytes counted
 */
struct rsse_look_target {
	u8 mac[ETH_ALEN];
	u16 vlan;
	u32 id;
	u64 packets;
	u64 bytes;
};

/**
 * struct rsse_look_entries - an engine's indirection entries, for a look
 * @serial: of the counting that the look is for
 * @nr: entries of @slots, the size of the table
 * @queues: the engine's rx queues
 * @strangers: packets on these whose hash does not lead to the queue they came by
 * @slots: rx queue of each entry, and packets counted
 *
 * Made and filled in by the caller, with counts of 0; kvmalloc'ed.
 */
struct rsse_look_entries {
	u32 serial;
	u32 nr;
	DECLARE_BITMAP(queues, RSS_ENGINE_QUEUES_MAX);
	atomic_t strangers;
	struct {
		u32 queue;
		atomic_t packets;
	} slots[];
};

/**
 * struct rsse_look_result - what a look saw
 * @begun_ns: CLOCK_MONOTONIC
 * @ended_ns: CLOCK_MONOTONIC
 * @nr_targets: entries of @targets
 * @targets: as they were asked for, counted
 * @nr_queues: entries of @queue_packets
 * @queue_packets: all packets seen, by rx queue
 * @entries: as they were given, counted; or NULL
 */
struct rsse_look_result {
	u64 begun_ns;
	u64 ended_ns;
	unsigned int nr_targets;
	struct rsse_look_target *targets;
	unsigned int nr_queues;
	u64 *queue_packets;
	struct rsse_look_entries *entries;
};

/* Make and free; the device and its number of rx queues stay while it lives. */
struct rsse_look *rsse_look_create(struct net_device *dev, unsigned int nr_queues);
void rsse_look_destroy(struct rsse_look *look);

/*
 * Start a look over @targets and @entries (kvmalloc'ed or NULL, taken over also
 * on error). -EBUSY while none can be started. May be called by the sampler: does
 * not wait.
 */
int rsse_look_start(struct rsse_look *look, struct rsse_look_target *targets,
		    unsigned int nr_targets, struct rsse_look_entries *entries);

/*
 * Whether rsse_look_start() would start one now. There is one look an interval, and
 * one that was not taken can be made up for; @patient: not now.
 */
bool rsse_look_ready(const struct rsse_look *look, bool patient);

/* The result when one is ready, else NULL; valid until rsse_look_done(). */
const struct rsse_look_result *rsse_look_collect(struct rsse_look *look);
void rsse_look_done(struct rsse_look *look);

/* Once, at insmod and rmmod. */
int rsse_meter_init(void);
void rsse_meter_exit(void);

#endif /* RSSE_METER_H */
