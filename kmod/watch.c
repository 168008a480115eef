// SPDX-License-Identifier: GPL-2.0-only
/* What happens to devices and in bridges: marked here, acted on by the mover. */
#include <linux/if_arp.h>
#include <linux/kfifo.h>
#include <net/switchdev.h>

#include "core.h"
#include "netlink.h"
#include "watch.h"

/* Addresses */

/*
 * The bridge tells of a learnt address in atomic context. What does not fit
 * is lost; the next address that the bridge learns there is as good.
 */
static DEFINE_SPINLOCK(learnt_lock);
static DEFINE_KFIFO(learnt, struct rsse_learnt, 256);

static int on_switchdev(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = switchdev_notifier_info_to_dev(ptr);
	const struct switchdev_notifier_fdb_info *info = ptr;
	struct rsse_learnt entry;

	if (event != SWITCHDEV_FDB_ADD_TO_DEVICE || info->is_local ||
	    !READ_ONCE(rsse_vnics_unlearnt) || !net_eq(dev_net(dev), &init_net))
		return NOTIFY_DONE;
	entry.ifindex = dev->ifindex;
	ether_addr_copy(entry.mac, info->addr);
	if (kfifo_in_spinlocked(&learnt, &entry, 1, &learnt_lock))
		rsse_mover_wake();
	return NOTIFY_DONE;
}

bool rsse_watch_next_learnt(struct rsse_learnt *entry)
{
	return kfifo_out_spinlocked(&learnt, entry, 1, &learnt_lock);
}

bool rsse_watch_any_learnt(void)
{
	return !kfifo_is_empty(&learnt);
}

static struct notifier_block switchdev_nb = {
	.notifier_call = on_switchdev,
};

/* Devices */

static void tell(const struct rsse_vm *vm, u32 kind)
{
	const struct rsse_event event = { .kind = kind, .vm = vm->name };

	rsse_event_post(&event);
}

static struct rsse_vnic *vnic_on(const struct net_device *dev)
{
	struct rsse_vnic *vnic;
	struct rsse_vm *vm;

	list_for_each_entry(vm, &rsse_vms, list)
		list_for_each_entry(vnic, &vm->vnics, list)
			if (vnic->dev == dev)
				return vnic;
	return NULL;
}

static void vnic_lost(struct net_device *dev)
{
	struct rsse_vnic *vnic = vnic_on(dev);

	if (!vnic)
		return;
	rsse_vnic_unbind(vnic);
	tell(vnic->vm, RSS_ENGINE_EVENT_KIND_VM_ABSENT);
}

static void vnic_found(struct net_device *dev)
{
	struct rsse_vnic *vnic = rsse_vnic_find(dev->name);

	if (!vnic || vnic->dev || !net_eq(dev_net(dev), &init_net) ||
	    dev->type != ARPHRD_ETHER || rsse_pnic_find(dev))
		return;
	rsse_vnic_bind(vnic, dev);
	tell(vnic->vm, RSS_ENGINE_EVENT_KIND_VM_PRESENT);
	rsse_mover_rescan();
}

/* A device that is moved to another netns comes here alive: restore it. */
static void on_unregister(struct net_device *dev)
{
	struct rsse_pnic *pnic = rsse_pnic_find(dev);

	if (pnic)
		rsse_pnic_del(pnic, dev->reg_state == NETREG_UNREGISTERING);
	vnic_lost(dev);
}

static void on_rename(struct net_device *dev)
{
	struct rsse_pnic *pnic = rsse_pnic_find(dev);

	if (pnic)
		rsse_pnic_renamed(pnic);
	vnic_lost(dev);
	vnic_found(dev);
}

/* New NAPIs on a PNIC; or a VM's process has attached to its tap. */
static void on_change(struct net_device *dev)
{
	struct rsse_pnic *pnic = rsse_pnic_find(dev);

	if (pnic) {
		WRITE_ONCE(pnic->resolve, true);
		rsse_mover_wake();
	} else if (vnic_on(dev)) {
		rsse_mover_rescan();
	}
}

static int on_netdev(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	switch (event) {
	case NETDEV_REGISTER:
		vnic_found(dev);
		break;
	case NETDEV_UNREGISTER:
		on_unregister(dev);
		break;
	case NETDEV_CHANGENAME:
		on_rename(dev);
		break;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		on_change(dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_nb = {
	.notifier_call = on_netdev,
};

/* Without switchdev no address is learnt; the administrator names them. */
static bool learning;

int rsse_watch_init(void)
{
	int err = register_netdevice_notifier(&netdev_nb);

	if (err)
		return err;
	learning = !register_switchdev_notifier(&switchdev_nb);
	return 0;
}

void rsse_watch_exit(void)
{
	if (learning)
		unregister_switchdev_notifier(&switchdev_nb);
	unregister_netdevice_notifier(&netdev_nb);
}
