// SPDX-License-Identifier: GPL-2.0-only
/* VNICs: a VM's host network devices, their addresses and their workers. */
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "core.h"
#include "meter.h"
#include "netlink.h"

static int no_device(const struct rsse_vnic_spec *spec,
		     struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_FMT(extack, "no network device %s", spec->ifname);
	return -ENODEV;
}

/* Workers */

int rsse_vnic_add_worker(struct rsse_vnic *vnic, struct task_struct *task,
			 bool named)
{
	struct rsse_worker *worker = kzalloc(sizeof(*worker), GFP_KERNEL);
	int err = -ENOMEM;

	if (!worker)
		goto put_task;
	worker->meter = rsse_task_meter_add(task);
	if (!worker->meter)
		goto free_worker;
	worker->pid = task_pid_nr(task);
	worker->named = named;
	put_task_struct(task);

	mutex_lock(&rsse_lock);
	list_add_tail(&worker->list, &vnic->workers);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	return 0;

free_worker:
	kfree(worker);
put_task:
	put_task_struct(task);
	return err;
}

/* Collected under the lock, released after it. */
static void workers_release(struct list_head *gone)
{
	struct rsse_worker *worker, *next;

	list_for_each_entry_safe(worker, next, gone, list) {
		rsse_task_meter_del(worker->meter);
		kfree(worker);
	}
}

static void workers_drop(struct rsse_vnic *vnic, bool dead_only)
{
	struct rsse_worker *worker, *next;
	LIST_HEAD(gone);

	mutex_lock(&rsse_lock);
	list_for_each_entry_safe(worker, next, &vnic->workers, list)
		if (!dead_only || rsse_task_meter_dead(worker->meter))
			list_move(&worker->list, &gone);
	if (!list_empty(&gone))
		rsse_generation++;
	mutex_unlock(&rsse_lock);
	workers_release(&gone);
}

void rsse_vnic_reap(struct rsse_vnic *vnic)
{
	workers_drop(vnic, true);
}

int rsse_vnic_get_workers(struct rsse_vnic_spec *spec,
			  struct netlink_ext_ack *extack)
{
	netdevice_tracker tracker;
	struct task_struct *task;
	struct net_device *dev;
	unsigned int i;
	int err = 0;

	if (!spec->nr_workers)
		return 0;
	dev = netdev_get_by_name(&init_net, spec->ifname, &tracker, GFP_KERNEL);
	if (!dev)
		return no_device(spec, extack);
	for (i = 0; i < spec->nr_workers && !err; i++) {
		task = rsse_vhost_worker(spec->workers[i], dev, extack);
		if (IS_ERR(task))
			err = PTR_ERR(task);
		else
			spec->tasks[i] = task;
	}
	netdev_put(dev, &tracker);
	return err;
}

void rsse_vnic_put_workers(struct rsse_vnic_spec *spec)
{
	unsigned int i;

	for (i = 0; i < spec->nr_workers && spec->tasks[i]; i++)
		put_task_struct(spec->tasks[i]);
}

static int workers_name(struct rsse_vnic *vnic,
			const struct rsse_vnic_spec *spec)
{
	unsigned int i;
	int err;

	vnic->worker_named = spec->nr_workers;
	for (i = 0; i < spec->nr_workers; i++) {
		err = rsse_vnic_add_worker(vnic, get_task_struct(spec->tasks[i]),
					   true);
		if (err)
			return err;
	}
	return 0;
}

/* Learning */

unsigned int rsse_vnics_unlearnt;

/* Under both locks, after VNICs, devices or addresses have changed. */
void rsse_vnic_count_unlearnt(void)
{
	const struct rsse_vnic *vnic;
	const struct rsse_vm *vm;
	unsigned int nr = 0;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			nr += vnic->dev && !vnic->nr_filters;
	WRITE_ONCE(rsse_vnics_unlearnt, nr);
}

static void refresh(struct rsse_vm *vm)
{
	struct rsse_placement *placement;

	list_for_each_entry(placement, &vm->placements, vm_list)
		if (rsse_placement_refresh(placement, NULL))
			rsse_warn(placement->pnic, "rules of VM %s could not be renewed\n",
				  vm->name);
}

/* Forget learnt addresses, all of them or those that @claimed overlaps. */
static void unlearn(struct rsse_vnic *vnic, const struct rsse_vnic *claimed)
{
	unsigned int i, kept = 0, before = vnic->nr_filters;

	mutex_lock(&rsse_lock);
	for (i = 0; i < before; i++)
		if (!vnic->filters[i].learnt ||
		    (claimed && !rsse_vnic_overlap(claimed, &vnic->filters[i])))
			vnic->filters[kept++] = vnic->filters[i];
	vnic->nr_filters = kept;
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
	if (kept != before)
		refresh(vnic->vm);
}

void rsse_vnic_claim(const struct rsse_vnic *claimed)
{
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			if (vnic->vm != claimed->vm)
				unlearn(vnic, claimed);
}

/* Devices */

void rsse_vnic_bind(struct rsse_vnic *vnic, struct net_device *dev)
{
	ASSERT_RTNL();
	netdev_hold(dev, &vnic->dev_tracker, GFP_KERNEL);
	mutex_lock(&rsse_lock);
	vnic->dev = dev;
	vnic->have_stats = false;
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
}

void rsse_vnic_unbind(struct rsse_vnic *vnic)
{
	struct net_device *dev = vnic->dev;

	ASSERT_RTNL();
	mutex_lock(&rsse_lock);
	vnic->dev = NULL;
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	unlearn(vnic, NULL);
	workers_drop(vnic, false);
	vnic->worker_named = false;
	if (dev)
		netdev_put(dev, &vnic->dev_tracker);
}

struct rsse_vnic *rsse_vnic_find(const char *ifname)
{
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			if (!strcmp(vnic->ifname, ifname))
				return vnic;
	return NULL;
}

/* Addresses */

bool rsse_filter_overlaps(const struct rsse_filter *a,
			  const struct rsse_filter *b)
{
	if (!ether_addr_equal_unaligned(a->mac, b->mac))
		return false;
	return a->vlan == b->vlan || a->vlan == RSSE_VLAN_ANY ||
	       b->vlan == RSSE_VLAN_ANY;
}

bool rsse_vnic_overlap(const struct rsse_vnic *vnic,
		       const struct rsse_filter *filter)
{
	unsigned int i;

	for (i = 0; i < vnic->nr_filters; i++)
		if (!vnic->filters[i].learnt &&
		    rsse_filter_overlaps(&vnic->filters[i], filter))
			return true;
	return false;
}

/* Another VM's, or one of the host's own. */
static bool address_is_taken(const struct net_device *behind, const u8 *mac)
{
	struct net_device *dev;
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;
	unsigned int i;

	for_each_netdev(&init_net, dev)
		if (dev != behind && ether_addr_equal_unaligned(dev->dev_addr, mac))
			return true;
	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			for (i = 0; i < vnic->nr_filters; i++)
				if (ether_addr_equal_unaligned(vnic->filters[i].mac, mac))
					return true;
	return false;
}

/*
 * One address a VNIC is learnt, and none that a VM or the host has already:
 * what a guest sends from must neither fill the NIC with rules nor draw
 * another's packets. It is forgotten with the device, and gives way when the
 * administrator names it for another VM.
 */
void rsse_vnic_learn(struct net_device *dev, const u8 *mac)
{
	struct rsse_vnic *vnic = rsse_vnic_find(dev->name);

	ASSERT_RTNL();
	if (!vnic || vnic->dev != dev || vnic->nr_filters ||
	    !is_valid_ether_addr(mac) || address_is_taken(dev, mac))
		return;

	mutex_lock(&rsse_lock);
	memcpy(vnic->filters[0].mac, mac, ETH_ALEN);
	vnic->filters[0].vlan = RSSE_VLAN_ANY;
	vnic->filters[0].learnt = true;
	vnic->nr_filters = 1;
	rsse_generation++;
	rsse_vnic_count_unlearnt();
	mutex_unlock(&rsse_lock);
	refresh(vnic->vm);
}

/* Making and ending one */

struct rsse_vnic *rsse_vnic_create(struct rsse_vm *vm,
				   const struct rsse_vnic_spec *spec,
				   struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(&init_net, spec->ifname);
	struct rsse_vnic *vnic;
	int err;

	ASSERT_RTNL();
	if (!dev)
		return ERR_PTR(no_device(spec, extack));
	vnic = kzalloc(sizeof(*vnic), GFP_KERNEL);
	if (!vnic)
		return ERR_PTR(-ENOMEM);
	vnic->vm = vm;
	INIT_LIST_HEAD(&vnic->list);
	INIT_LIST_HEAD(&vnic->workers);
	strscpy(vnic->ifname, spec->ifname, sizeof(vnic->ifname));
	vnic->nr_filters = spec->nr_filters;
	memcpy(vnic->filters, spec->filters, sizeof(vnic->filters));
	rsse_vnic_bind(vnic, dev);

	err = workers_name(vnic, spec);
	if (err) {
		rsse_vnic_destroy(vnic);
		return ERR_PTR(err);
	}
	return vnic;
}

void rsse_vnic_destroy(struct rsse_vnic *vnic)
{
	rsse_vnic_unbind(vnic);
	kfree(vnic);
}
