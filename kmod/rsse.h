/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The objects of rss_engine and their owners.
 *
 * Locking. The structure (lists, membership, modes, filters, workers, which
 * engine a placement is on) changes under RTNL and rsse_lock, both, in this
 * order, and may be read under either. So the sampler reads it under rsse_lock
 * alone and never waits for RTNL, and a driver call made under RTNL alone
 * keeps nobody from sampling. Fields marked [S] are written by the sampler
 * under rsse_lock with WRITE_ONCE() and read anywhere with READ_ONCE(); sysfs
 * takes no lock. Fields marked [C] are constant once the object is visible.
 *
 * Lifetime. Every object with a directory in sysfs is freed by the release of
 * its kobject; see Documentation/locking.rst.
 */
#ifndef RSSE_H
#define RSSE_H

#include <linux/cpumask.h>
#include <linux/etherdevice.h>
#include <linux/idr.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/types.h>

#include "policy.h"
#include "policy_schedule.h"
#include "vm_rules.h"

struct rsse_entries;
struct rsse_napi_meter;
struct rsse_task_meter;
struct rsse_look;
struct rsse_steer;

#define RSSE_VLAN_ANY		0xffff	/* a filter that matches whatever VLAN */
#define RSSE_FILTERS_MAX	16	/* filters of one VNIC */
#define RSSE_VNICS_MAX		16	/* VNICs of one VM */
#define RSSE_WORKERS_MAX	64	/* workers of one VNIC */

/* Protects the structure, together with RTNL; nests inside RTNL. */
extern struct mutex rsse_lock;

/* Counts changes of the structure; for consistent dumps. Under rsse_lock. */
extern unsigned int rsse_generation;

extern struct list_head rsse_pnics;	/* struct rsse_pnic.list */
extern struct list_head rsse_vms;	/* struct rsse_vm.list */

/**
 * struct rsse_queue - one rx queue of a PNIC
 * @kobj: pnics/DEV/queues/N
 * @pnic: [C]
 * @index: rx queue index on the device [C]
 * @foreign: somebody else's rules, contexts or sockets use it; left alone
 * @home: id of the engine that it is due to, RSSE_ENGINE_NEW: to dedicated ones
 * @engine: engine that has it, or NULL
 * @engine_id: its id for sysfs, RSSE_ENGINE_NEW for none; WRITE_ONCE()
 * @meter: meter of its NAPI, or NULL while the device has none
 * @last_busy_ns: meter reading that the samples have accounted for; sampler only
 * @last_polls: see @last_busy_ns
 * @last_full_polls: see @last_busy_ns
 * @last_packets: see @last_busy_ns
 * @window_busy_ns: busy time in the latest window; sampler only
 * @window_packets: packets polled in the latest window; sampler only
 * @window_polls: polls in the latest window; sampler only
 * @window_full_polls: full polls in the latest window; sampler only
 * @busy_ns: busy time since the PNIC was added, ns [S]
 * @polls: polls since then [S]
 * @packets: packets since then [S]
 * @busy: busy share, permille [S]
 * @avg: the same on average over RSSE_POL_AVG_NS, permille of a permille; sampler
 *	only
 * @full_polls: share of polls that used their whole budget, permille [S]
 * @cpu: CPU that it was polled on last, -1 before the first poll [S]
 */
struct rsse_queue {
	struct kobject kobj;
	struct rsse_pnic *pnic;
	unsigned int index;
	bool foreign;
	u32 home;
	struct rsse_engine *engine;
	u32 engine_id;
	struct rsse_napi_meter *meter;
	u64 last_busy_ns;
	u64 last_polls;
	u64 last_full_polls;
	u64 last_packets;
	u64 window_busy_ns;
	u64 window_packets;
	u64 window_polls;
	u64 window_full_polls;
	u64 busy_ns;
	u64 polls;
	u64 packets;
	u32 busy;
	u32 avg;
	u32 full_polls;
	int cpu;
};

/**
 * struct rsse_engine - an RSS context with its queues
 * @kobj: pnics/DEV/engines/ID
 * @list: in rsse_pnic.engines, ascending by @id
 * @pnic: [C]
 * @id: 0 for the default engine, else never used twice on a PNIC [C]
 * @kind: enum rss_engine_engine_kind [C]
 * @context: RSS context of the NIC, 0 for the default engine;
 *	RSSE_CONTEXT_NONE while the PNIC is only observed [C]
 * @home: queues that are due to it [C]
 * @nr_queues: entries used in @queues; 0: it has none, for it is asleep, or the
 *	PNIC is only observed
 * @queues: rx queue indices, ascending; room for all of the PNIC
 * @nr_placements: placements on it
 * @rewrites: rewrites of its indirection entries
 * @resizes: how often it gained or lost queues
 * @written: its table was written since it was made; RTNL
 * @table_hash: of its table then, jhash; RTNL
 * @table_foreign: somebody else changed its table, and an event told so; RTNL
 * @leaked: the NIC kept a rule that leads to it; RTNL
 * @losing: it loses queues; scratch of queues.c, RTNL
 * @gaining: it gains queues; scratch of queues.c, RTNL
 * @looks: looks that counted its entries [S]
 * @balance: the policy's latest decision about its entries [S], each field by
 *	itself
 * @window_packets: packets its queues polled in the latest window; sampler only
 * @window_busy_ns: busy time of its queues in the latest window; sampler only
 * @window_weight: sum of the weights of its placements; sampler only
 * @load: mean busy share of its queues, permille [S]
 * @hottest: busy share of its busiest queue, permille [S]
 * @hottest_queue: that queue, RSSE_ENGINE_NEW while none is known [S]
 * @full_polls: highest share of full polls among its queues, permille [S]
 */
#define RSSE_CONTEXT_NONE	((u32)~0U)

struct rsse_engine {
	struct kobject kobj;
	struct list_head list;
	struct rsse_pnic *pnic;
	u32 id;
	u32 kind;
	u32 context;
	unsigned int home;
	unsigned int nr_queues;
	u32 *queues;
	unsigned int nr_placements;
	u64 rewrites;
	u64 resizes;
	bool written;
	u32 table_hash;
	bool table_foreign;
	bool leaked;
	bool losing;
	bool gaining;
	u64 looks;
	struct rsse_pol_balance balance;
	u64 window_packets;
	u64 window_busy_ns;
	u64 window_weight;
	u32 load;
	u32 hottest;
	u32 hottest_queue;
	u32 full_polls;
};

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
	struct rsse_sampling *sampling;
	struct rsse_agenda *agenda;
};

/**
 * struct rsse_filter - how the NIC recognises a packet of a VNIC
 * @mac: destination address; unicast, not zero
 * @vlan: VLAN ID or RSSE_VLAN_ANY
 * @learnt: learnt from the bridge, not given
 */
struct rsse_filter {
	u8 mac[ETH_ALEN];
	u16 vlan;
	bool learnt;
};

/**
 * struct rsse_worker - a vhost worker of a VNIC
 * @list: in rsse_vnic.workers
 * @pid: thread id in the initial pid namespace [C]
 * @named: given by the administrator, never dropped for another
 * @meter: its CPU time
 * @last_ns: reading that the samples have accounted for; sampler only
 * @busy: permille [S]
 */
struct rsse_worker {
	struct list_head list;
	pid_t pid;
	bool named;
	struct rsse_task_meter *meter;
	u64 last_ns;
	u32 busy;
};

/**
 * struct rsse_vnic - a host network device of a VM
 * @list: in rsse_vm.vnics
 * @vm: [C]
 * @ifname: name that the administrator gave; a device of this name is taken [C]
 * @dev: the device, with a reference held, or NULL while there is none
 * @dev_tracker: tracks that reference
 * @nr_filters: entries used in @filters
 * @filters: how packets for it are recognised
 * @workers: struct rsse_worker.list
 * @worker_named: the administrator named the workers; none is searched for
 * @last_stats: counters at the previous sample; sampler only
 * @have_stats: @last_stats is of this device; sampler only
 */
struct rsse_vnic {
	struct list_head list;
	struct rsse_vm *vm;
	char ifname[IFNAMSIZ];
	struct net_device *dev;
	netdevice_tracker dev_tracker;
	unsigned int nr_filters;
	struct rsse_filter filters[RSSE_FILTERS_MAX];
	struct list_head workers;
	bool worker_named;
	struct rtnl_link_stats64 last_stats;
	bool have_stats;
};

/**
 * struct rsse_vm - a virtual machine
 * @kobj: vms/NAME
 * @pnics_kobj: vms/NAME/pnics
 * @list: in rsse_vms
 * @name: [C]
 * @priority: for selection by priority
 * @pin: enum rss_engine_pin
 * @rules: what the administrator wants for it
 * @state: the highest state over its placements; WRITE_ONCE()
 * @vnics: struct rsse_vnic.list
 * @nr_vnics: entries of @vnics
 * @placements: struct rsse_placement.vm_list
 * @nr_pnics: entries of @pnics; 0: placed on every PNIC
 * @pnics: ifindices that the administrator gave
 * @weight: estimated cost of those packets to a PNIC's queues, in packets of a
 *	full frame or less; sampler only
 * @drops: packets dropped at its VNICs since it was added [S]
 * @rx_pps: packets a second to its VNICs [S]
 * @rx_bps: bits a second to its VNICs [S]
 * @vnic_total: CPU time of its workers, permille [S]
 * @vnic_busy: the receive part of it, permille [S]
 * @hottest_worker: the busiest of its workers, permille [S]
 * @rx_load: highest over its placements, permille [S]
 */
struct rsse_vm {
	struct kobject kobj;
	struct kobject *pnics_kobj;
	struct list_head list;
	char name[RSS_ENGINE_NAME_MAX + 1];
	s32 priority;
	u32 pin;
	struct rsse_vm_rules rules;
	u32 state;
	struct list_head vnics;
	unsigned int nr_vnics;
	struct list_head placements;
	unsigned int nr_pnics;
	int *pnics;
	u64 weight;
	u64 drops;
	u64 rx_pps;
	u64 rx_bps;
	u32 vnic_total;
	u32 vnic_busy;
	u32 hottest_worker;
	u32 rx_load;
};

/**
 * struct rsse_rule - a rule of ours on the NIC
 * @filter: what it matches; a copy, so that it can be removed when the VNIC
 *	has changed
 * @location: where the NIC put it
 */
struct rsse_rule {
	struct rsse_filter filter;
	u32 location;
};

/**
 * struct rsse_placement - one VM on one PNIC
 * @kobj: vms/NAME/pnics/DEV
 * @vm_list: in rsse_vm.placements
 * @pnic_list: in rsse_pnic.placements
 * @vm: [C]
 * @pnic: [C]
 * @id: never used twice [C]
 * @slot: index of the policy's state, below the PNIC's slots [C]
 * @state: enum rss_engine_state; changed by migrate.c alone
 * @engine: engine that it is on; NULL only while the PNIC is not whole
 * @engine_id: its id for sysfs, RSSE_ENGINE_NEW for none; WRITE_ONCE()
 * @nr_rules: entries of @rules
 * @rules: its rules on the NIC; empty while @state is none
 * @since_ns: when it came to this state and engine, CLOCK_MONOTONIC
 * @manual_ns: when it was last moved by hand, 0 never
 * @moves: moves since it was added
 * @moved_reason: enum rss_engine_reason of the latest move
 * @decision: the policy's latest decision [S], each field by itself
 * @pnic_part: share of the packets sent to its VNICs that came through this
 *	PNIC, as the latest look found, of RSSE_PART_ONE; sampler only
 * @confirmed_ns: when a look last saw its engine, 0 never; sampler only
 * @pnic_busy: its part of the queues' busy time, permille [S]
 * @rx_load: @pnic_busy + the VM's vnic_busy, permille [S]
 */
struct rsse_placement {
	struct kobject kobj;
	struct list_head vm_list;
	struct list_head pnic_list;
	struct rsse_vm *vm;
	struct rsse_pnic *pnic;
	u32 id;
	u32 slot;
	u32 state;
	struct rsse_engine *engine;
	u32 engine_id;
	unsigned int nr_rules;
	struct rsse_rule *rules;
	u64 since_ns;
	u64 manual_ns;
	u64 moves;
	u32 moved_reason;
	struct rsse_pol_decision decision;
	u32 pnic_part;
	u64 confirmed_ns;
	u32 pnic_busy;
	u32 rx_load;
};

#define RSSE_PART_ONE		1024

/* config.c: the configuration in force; under rsse_lock. */
extern struct rsse_config rsse_config;

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

/**
 * struct rsse_vm_spec - what the administrator said of a VM
 * @name: NULL-terminated, valid characters only
 * @priority: see rsse_vm
 * @pin: see rsse_vm
 * @has_priority: @priority was given
 * @has_pin: @pin was given
 * @rules: see rsse_vm, without groups; what was not given is as it was
 * @apart: name of a group, empty for none, NULL when it was not given
 * @together: see @apart
 * @nr_vnics: entries of @vnics; 0 in a set: leave them
 * @vnics: the VNICs
 * @nr_pnics: entries of @pnics
 * @pnics: ifindices
 */
struct rsse_vm_spec {
	const char *name;
	s32 priority;
	u32 pin;
	bool has_priority;
	bool has_pin;
	struct rsse_vm_rules rules;
	const char *apart;
	const char *together;
	unsigned int nr_vnics;
	struct rsse_vnic_spec {
		char ifname[IFNAMSIZ];
		unsigned int nr_filters;
		struct rsse_filter filters[RSSE_FILTERS_MAX];
		unsigned int nr_workers;
		pid_t workers[RSSE_WORKERS_MAX];
	} *vnics;
	unsigned int nr_pnics;
	int *pnics;
};

struct rsse_vm *rsse_vm_find(const char *name);

/*
 * Add a VM, change it, forget it. Context: RTNL held, rsse_lock not; may sleep.
 * The errors carry an extack message; nothing has changed then.
 */
int rsse_vm_add(const struct rsse_vm_spec *spec, struct netlink_ext_ack *extack);
int rsse_vm_set(struct rsse_vm *vm, const struct rsse_vm_spec *spec,
		struct netlink_ext_ack *extack);
void rsse_vm_del(struct rsse_vm *vm);

/**
 * rsse_vm_move() - move a VM by hand
 * @vm: the VM
 * @pnic: on this PNIC, or NULL where it has one placement only
 * @to_state: enum rss_engine_state
 * @to_engine: engine id, or RSSE_ENGINE_NEW to choose
 * @extack: says what is wrong
 *
 * Context: RTNL held, rsse_lock not; may sleep.
 */
int rsse_vm_move(struct rsse_vm *vm, struct rsse_pnic *pnic, u32 to_state,
		 u32 to_engine, struct netlink_ext_ack *extack);

/* Called by the release of the kobjects (sysfs.c). */
void rsse_queue_free(struct rsse_queue *queue);
void rsse_engine_free(struct rsse_engine *engine);
void rsse_pnic_free(struct rsse_pnic *pnic);
void rsse_vm_free(struct rsse_vm *vm);
void rsse_placement_free(struct rsse_placement *placement);

/* Replace the configuration; RTNL held. NULL, or what is wrong with it. */
const char *rsse_config_set(const struct rsse_config *config);

/* Messages that say what could not be written into an extack. */
#define rsse_err(pnic, fmt, ...) \
	netdev_err((pnic)->dev, "rss_engine: " fmt, ##__VA_ARGS__)
#define rsse_warn(pnic, fmt, ...) \
	netdev_warn((pnic)->dev, "rss_engine: " fmt, ##__VA_ARGS__)

#endif /* RSSE_H */
