/* SPDX-License-Identifier: GPL-2.0-only */
/* PNICs: NICs under management. Locks and marks: see rsse.h. */
#ifndef RSSE_PNIC_H
#define RSSE_PNIC_H

#include <linux/cpumask.h>
#include <linux/idr.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/types.h>

#include "policy.h"
#include "policy_schedule.h"

struct rsse_engine;
struct rsse_entries;
struct rsse_look;
struct rsse_queue;
struct rsse_sampling;
struct rsse_steer;

/**
 * struct rsse_layout - how many queues and engines of each kind
 * @default_queues: queues of the default engine, at least 1; 0 means choose
 * @shared_engines: RSSE_LAYOUT_CHOOSE means choose
 * @shared_queues: queues of each shared engine; 0 means choose
 * @dedicated_queues: queues of each dedicated engine; 0 means choose
 */
struct rsse_layout {
	u32 default_queues;
	u32 shared_engines;
	u32 shared_queues;
	u32 dedicated_queues;
};

#define RSSE_LAYOUT_CHOOSE	((u32)~0U)

/**
 * struct rsse_cpus - which CPUs are to serve the queues of a PNIC's engines
 * @node: NUMA node, RSSE_NODE_ANY, or RSSE_NODE_NIC for that of the NIC
 * @excluded: CPUs whose queues engines are not to use
 */
struct rsse_cpus {
	s32 node;
	cpumask_var_t excluded;
};

#define RSSE_NODE_ANY		(-1)
#define RSSE_NODE_NIC		(-2)

/**
 * struct rsse_outcome - what became of a move, on its way to the policy
 * @list: in rsse_pnic.outcomes
 * @outcome: as the policy wants it
 */
struct rsse_outcome {
	struct list_head list;
	struct rsse_pol_outcome outcome;
};

/**
 * struct rsse_agenda - a plan that waits for the mover
 * @sample: the sample that it was made from
 * @expires_ns: when it is too old to be carried out, CLOCK_MONOTONIC
 * @rewrite: of an engine's indirection entries, when its @nr is not 0
 * @nr_shifts: entries used in @shifts
 * @shifts: queues that change their engine, before the moves
 * @made: the shared engine that one of @moves has had made, RSSE_ENGINE_SPARE: none yet
 * @next: the first of @moves that was not tried yet
 * @nr: entries of @moves
 * @moves: the moves, most urgent first
 */
struct rsse_agenda {
	u64 sample;
	u64 expires_ns;
	struct rsse_pol_rewrite rewrite;
	u32 nr_shifts;
	struct rsse_pol_shift shifts[RSSE_POL_SHIFTS_MAX];
	u32 made;
	u32 next;
	u32 nr;
	struct rsse_pol_move moves[];
};

/* Writes of tables between two samples that the policy is told of, at most. */
#define RSSE_WRITTEN_MAX	64

/**
 * struct rsse_pnic - a NIC under management
 * @kobj: pnics/DEV
 * @queues_kobj: pnics/DEV/queues
 * @engines_kobj: pnics/DEV/engines
 * @list: in rsse_pnics
 * @dev: the device; a reference is held
 * @dev_tracker: tracks that reference
 * @ifindex: of @dev [C]
 * @mode: enum rss_engine_mode
 * @layout: as it was settled
 * @cpus: which CPUs are to serve the queues of its engines
 * @nr_queues: entries of @queues [C]
 * @queues: its rx queues [C]
 * @engines: the engines; empty while nothing on the NIC is ours
 * @next_engine_id: for the next engine
 * @default_engine: the engine with id 0; exists in every mode but off
 * @placements: struct rsse_placement.pnic_list, ascending by id
 * @nr_placements: entries of @placements
 * @steer: what the steering room keeps of this NIC; NULL while nothing on the
 *	NIC is ours
 * @dialect: how rules are written on it, for sysfs; NULL while nothing is
 *	ours; WRITE_ONCE()
 * @whole: it has its engines, and every placement is on one; sampled only
 *	then; under rsse_lock
 * @look: what the look at destination addresses keeps; NULL in mode off
 * @resolve: the NAPIs may have changed; the mover looks them up again
 * @sample: number of the latest sample [S]
 * @sampled_ns: when it ended, CLOCK_MONOTONIC ns; sampler only
 * @host_load: load of its queues that no VM accounts for, permille [S]
 * @period_ms: sampling period in force, ms [S]
 * @moves: moves made since it was added
 * @failures: moves that failed
 * @nr_limits: entries used in @limits
 * @limits: maxima for its engines, and when they hold
 * @slots: gives each placement its slot
 * @outcomes: struct rsse_outcome.list, for the next snapshot; under rsse_lock
 * @written: outcomes of writes of tables, for the next snapshot; under rsse_lock
 * @nr_written: entries used in @written
 * @entries: the indirection entries that are counted, or NULL; replaced by the
 *	mover, under both locks
 * @count_engine: engine whose entries are wanted, RSSE_ENGINE_NEW for none [S]
 * @tried_sample: number of the latest sample when a shared engine was made in need last and
 *	listed, or could not be made; 0: never; written by the mover, under both locks
 * @sampling: what the sampler keeps of this NIC; NULL in mode off
 * @agenda: the plan that waits for the mover, or NULL; under rsse_lock
 */
struct rsse_pnic {
	struct kobject kobj;
	struct kobject *queues_kobj;
	struct kobject *engines_kobj;
	struct list_head list;
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	int ifindex;
	u32 mode;
	struct rsse_layout layout;
	struct rsse_cpus cpus;
	unsigned int nr_queues;
	struct rsse_queue **queues;
	struct list_head engines;
	u32 next_engine_id;
	struct rsse_engine *default_engine;
	struct list_head placements;
	unsigned int nr_placements;
	struct rsse_steer *steer;
	const char *dialect;
	bool whole;
	struct rsse_look *look;
	bool resolve;
	u64 sample;
	u64 sampled_ns;
	u32 host_load;
	u32 period_ms;
	u64 moves;
	u64 failures;
	u32 nr_limits;
	struct rsse_pol_schedule limits[RSS_ENGINE_LIMITS_MAX];
	struct ida slots;
	struct list_head outcomes;
	struct rsse_pol_written written[RSSE_WRITTEN_MAX];
	unsigned int nr_written;
	struct rsse_entries *entries;
	u32 count_engine;
	u64 tried_sample;
	struct rsse_sampling *sampling;
	struct rsse_agenda *agenda;
};

/* rsse_lock: the PNIC on @dev, or NULL. Called under RTNL or rsse_lock. */
struct rsse_pnic *rsse_pnic_find(const struct net_device *dev);

/**
 * struct rsse_pnic_spec - what the administrator said of a PNIC
 * @mode: enum rss_engine_mode
 * @layout: what was asked for; settled in the PNIC
 * @cpus: see rsse_pnic; copied
 */
struct rsse_pnic_spec {
	u32 mode;
	struct rsse_layout layout;
	struct rsse_cpus cpus;
};

/**
 * rsse_pnic_add() - take a NIC under management
 * @dev: the device
 * @spec: how
 * @extack: says what is wrong
 *
 * Context: RTNL held, rsse_lock not. May sleep.
 * Return: 0, or -EEXIST, -EOPNOTSUPP, -EINVAL, -EBUSY, -ENOMEM or what the
 * driver said; nothing on the NIC has changed then.
 */
int rsse_pnic_add(struct net_device *dev, const struct rsse_pnic_spec *spec,
		  struct netlink_ext_ack *extack);

/* Change the mode. Same context and errors. */
int rsse_pnic_set_mode(struct rsse_pnic *pnic, u32 mode,
		       struct netlink_ext_ack *extack);

/**
 * rsse_pnic_del() - restore a NIC and forget it
 * @pnic: gone afterwards
 * @going: the device is being unregistered: forget what is on it, touch nothing
 *
 * Context: RTNL held, rsse_lock not. Cannot fail: what the driver refuses to
 * take back is reported in the kernel log.
 */
void rsse_pnic_del(struct rsse_pnic *pnic, bool going);

/* Called by the release of its kobject (sysfs.c). */
void rsse_pnic_free(struct rsse_pnic *pnic);

/* Messages that say what could not be written into an extack. */
#define rsse_err(pnic, fmt, ...) \
	netdev_err((pnic)->dev, "rss_engine: " fmt, ##__VA_ARGS__)
#define rsse_warn(pnic, fmt, ...) \
	netdev_warn((pnic)->dev, "rss_engine: " fmt, ##__VA_ARGS__)

#endif /* RSSE_PNIC_H */
