// SPDX-License-Identifier: GPL-2.0-only
/* PNICs: taking a NIC under management and giving it back as it was. */
#include <linux/bitmap.h>
#include <linux/if_arp.h>
#include <linux/slab.h>

#include "core.h"
#include "netlink.h"

struct rsse_pnic *rsse_pnic_find(const struct net_device *dev)
{
	struct rsse_pnic *pnic;

	list_for_each_entry(pnic, &rsse_pnics, list)
		if (pnic->dev == dev)
			return pnic;
	return NULL;
}

void rsse_queue_free(struct rsse_queue *queue)
{
	kfree(queue);
}

void rsse_pnic_free(struct rsse_pnic *pnic)
{
	ida_destroy(&pnic->slots);
	rsse_cpus_free(&pnic->cpus);
	kvfree(pnic->queues);
	kfree(pnic);
}

/* Queues */

static void queues_unmake(struct rsse_pnic *pnic)
{
	unsigned int i;

	for (i = 0; i < pnic->nr_queues; i++) {
		if (!pnic->queues[i])
			continue;
		kobject_del(&pnic->queues[i]->kobj);
		kobject_put(&pnic->queues[i]->kobj);
	}
}

static int queue_make(struct rsse_pnic *pnic, unsigned int index, bool foreign)
{
	struct rsse_queue *queue = kzalloc(sizeof(*queue), GFP_KERNEL);
	int err;

	if (!queue)
		return -ENOMEM;
	kobject_init(&queue->kobj, &rsse_queue_ktype);
	queue->pnic = pnic;
	queue->index = index;
	queue->foreign = foreign;
	queue->engine_id = RSSE_ENGINE_NEW;
	queue->home = RSSE_ENGINE_NEW;
	queue->cpu = -1;
	err = rsse_sysfs_queue_add(queue);
	if (err) {
		kobject_put(&queue->kobj);
		return err;
	}
	pnic->queues[index] = queue;
	return 0;
}

static int queues_make(struct rsse_pnic *pnic, const unsigned long *foreign)
{
	unsigned int i;
	int err;

	for (i = 0; i < pnic->nr_queues; i++) {
		err = queue_make(pnic, i, test_bit(i, foreign));
		if (err) {
			queues_unmake(pnic);
			return err;
		}
	}
	return 0;
}

static void post(struct rsse_pnic *pnic, u32 kind)
{
	const struct rsse_event event = { .kind = kind, .pnic = pnic };

	rsse_event_post(&event);
}

/* Adding and removing */

static struct rsse_pnic *pnic_alloc(struct net_device *dev, unsigned int nr)
{
	struct rsse_pnic *pnic = kzalloc(sizeof(*pnic), GFP_KERNEL);

	if (!pnic)
		return NULL;
	kobject_init(&pnic->kobj, &rsse_pnic_ktype);
	ida_init(&pnic->slots);
	INIT_LIST_HEAD(&pnic->engines);
	INIT_LIST_HEAD(&pnic->placements);
	INIT_LIST_HEAD(&pnic->outcomes);
	pnic->ifindex = dev->ifindex;
	pnic->mode = RSS_ENGINE_MODE_OFF;
	pnic->nr_queues = nr;
	pnic->next_engine_id = 1;
	pnic->count_engine = RSSE_ENGINE_NEW;
	pnic->queues = kvcalloc(nr, sizeof(*pnic->queues), GFP_KERNEL);
	if (rsse_cpus_init(&pnic->cpus) || !pnic->queues) {
		kobject_put(&pnic->kobj);
		return NULL;
	}
	return pnic;
}

static int settle(struct rsse_pnic *pnic, const unsigned long *foreign,
		  const struct rsse_layout *layout,
		  struct netlink_ext_ack *extack)
{
	unsigned int usable = pnic->nr_queues -
			      bitmap_weight(foreign, pnic->nr_queues);

	pnic->layout = *layout;
	return rsse_layout_settle(&pnic->layout, usable, extack);
}

static void pnic_unlist(struct rsse_pnic *pnic)
{
	mutex_lock(&rsse_lock);
	list_del(&pnic->list);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
}

static void pnic_hide(struct rsse_pnic *pnic)
{
	queues_unmake(pnic);
	rsse_sysfs_pnic_del(pnic);
	netdev_put(pnic->dev, &pnic->dev_tracker);
	kobject_put(&pnic->kobj);
}

static void drop_outcomes(struct rsse_pnic *pnic)
{
	struct rsse_outcome *outcome, *next;

	list_for_each_entry_safe(outcome, next, &pnic->outcomes, list)
		kfree(outcome);
}

static void placements_drop(struct rsse_pnic *pnic, bool going)
{
	struct rsse_placement *placement, *next;

	list_for_each_entry_safe(placement, next, &pnic->placements, pnic_list)
		rsse_placement_del(placement, going);
}

static int placements_make(struct rsse_pnic *pnic,
			   struct netlink_ext_ack *extack)
{
	struct rsse_vm *vm;
	int err;

	list_for_each_entry(vm, &rsse_vms, list) {
		if (!rsse_placement_wanted(vm, pnic))
			continue;
		err = rsse_placement_add(vm, pnic, extack);
		if (err) {
			placements_drop(pnic, false);
			return err;
		}
	}
	return 0;
}

/* Show it in sysfs and in the list, switched off. */
static struct rsse_pnic *pnic_create(struct net_device *dev, unsigned int nr,
				     const unsigned long *foreign,
				     const struct rsse_pnic_spec *spec,
				     struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic = pnic_alloc(dev, nr);
	int err;

	if (!pnic)
		return ERR_PTR(-ENOMEM);
	pnic->dev = dev;
	netdev_hold(dev, &pnic->dev_tracker, GFP_KERNEL);
	rsse_cpus_copy(&pnic->cpus, &spec->cpus);
	err = settle(pnic, foreign, &spec->layout, extack);
	if (!err)
		err = rsse_sysfs_pnic_add(pnic);
	if (err)
		goto put_pnic;
	err = queues_make(pnic, foreign);
	if (err)
		goto del_sysfs;

	mutex_lock(&rsse_lock);
	list_add_tail(&pnic->list, &rsse_pnics);
	rsse_generation++;
	mutex_unlock(&rsse_lock);
	return pnic;

del_sysfs:
	rsse_sysfs_pnic_del(pnic);
put_pnic:
	netdev_put(dev, &pnic->dev_tracker);
	kobject_put(&pnic->kobj);
	return ERR_PTR(err);
}

static int check_device(struct net_device *dev, struct netlink_ext_ack *extack)
{
	int nr;

	if (rsse_pnic_find(dev)) {
		NL_SET_ERR_MSG(extack, "the device is already managed");
		return -EEXIST;
	}
	if (dev->type != ARPHRD_ETHER || dev->flags & IFF_LOOPBACK) {
		NL_SET_ERR_MSG(extack, "the device is no Ethernet NIC");
		return -EOPNOTSUPP;
	}
	if (rsse_vnic_find(dev->name)) {
		NL_SET_ERR_MSG(extack, "the device is a VNIC of a VM");
		return -EBUSY;
	}
	nr = rsse_steer_nr_queues(dev);
	if (nr > RSS_ENGINE_QUEUES_MAX) {
		NL_SET_ERR_MSG(extack, "the device has too many rx queues");
		return -E2BIG;
	}
	return nr;
}

/*
 * Who can still see a PNIC, and what ends it:
 * 1. its engines and placements: taken down here, under RTNL;
 * 2. the sampler: ends when it leaves the list, under rsse_lock;
 * 3. the mover: holds RTNL, and looks PNICs up in the list each time;
 * 4. the look's worker: waited for by rsse_look_destroy();
 * 5. readers of sysfs: kobject_del() waits for them; they follow no pointer.
 */
static void pnic_remove(struct rsse_pnic *pnic, bool going)
{
	ASSERT_RTNL();
	rsse_pnic_stop(pnic, going);
	placements_drop(pnic, going);
	pnic_unlist(pnic);
	drop_outcomes(pnic);
	pnic_hide(pnic);
}

static int pnic_begin(struct net_device *dev, unsigned int nr,
		      const unsigned long *foreign,
		      const struct rsse_pnic_spec *spec,
		      struct netlink_ext_ack *extack)
{
	struct rsse_pnic *pnic;
	int err = 0;

	pnic = pnic_create(dev, nr, foreign, spec, extack);
	if (IS_ERR(pnic))
		return PTR_ERR(pnic);
	if (spec->mode != RSS_ENGINE_MODE_OFF)
		err = rsse_pnic_start(pnic, spec->mode, extack);
	if (!err)
		err = placements_make(pnic, extack);
	if (err) {
		pnic_remove(pnic, false);
		return err;
	}
	post(pnic, RSS_ENGINE_EVENT_KIND_PNIC_ADDED);
	return 0;
}

int rsse_pnic_add(struct net_device *dev, const struct rsse_pnic_spec *spec,
		  struct netlink_ext_ack *extack)
{
	unsigned long *foreign;
	int nr, err;

	ASSERT_RTNL();
	nr = check_device(dev, extack);
	if (nr < 0)
		return nr;
	if (spec->mode == RSS_ENGINE_MODE_AUTO) {
		err = rsse_steer_check(dev, extack);
		if (err)
			return err;
	}
	foreign = bitmap_zalloc(nr, GFP_KERNEL);
	if (!foreign)
		return -ENOMEM;
	err = rsse_steer_survey(dev, nr, foreign, extack);
	if (!err)
		err = pnic_begin(dev, nr, foreign, spec, extack);
	bitmap_free(foreign);
	return err;
}

void rsse_pnic_del(struct rsse_pnic *pnic, bool going)
{
	post(pnic, RSS_ENGINE_EVENT_KIND_PNIC_DELETED);
	pnic_remove(pnic, going);
}

void rsse_pnic_renamed(struct rsse_pnic *pnic)
{
	struct rsse_placement *placement;

	ASSERT_RTNL();
	if (rsse_sysfs_pnic_rename(pnic))
		rsse_warn(pnic, "its directory in sysfs keeps the old name\n");
	list_for_each_entry(placement, &pnic->placements, pnic_list)
		if (kobject_rename(&placement->kobj, pnic->dev->name))
			rsse_warn(pnic, "VM %s shows it by its old name\n",
				  placement->vm->name);
}
