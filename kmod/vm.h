/* SPDX-License-Identifier: GPL-2.0-only */
/* VMs and their network devices. Locks and marks: see rsse.h. */
#ifndef RSSE_VM_H
#define RSSE_VM_H

#include <linux/etherdevice.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/types.h>

#include "vm_rules.h"

struct rsse_pnic;
struct rsse_task_meter;

#define RSSE_VLAN_ANY		0xffff	/* a filter that matches whatever VLAN */
#define RSSE_FILTERS_MAX	16	/* filters of one VNIC */
#define RSSE_VNICS_MAX		16	/* VNICs of one VM */
#define RSSE_WORKERS_MAX	64	/* workers of one VNIC */

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
		struct task_struct *tasks[RSSE_WORKERS_MAX];
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

/* Called by the release of its kobject (sysfs.c). */
void rsse_vm_free(struct rsse_vm *vm);

#endif /* RSSE_VM_H */
