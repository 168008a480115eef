// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the NIC end hangs on, as a NIC hangs on its PCI function: the device
 * that tells the NUMA node, /sys/class/net/NAME/device.
 */
#include <linux/device.h>
#include <linux/nodemask.h>

#include "simnic.h"

static ssize_t numa_node_show(struct device *parent, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", dev_to_node(parent));
}

static ssize_t numa_node_store(struct device *parent, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	int node, err;

	err = kstrtoint(buf, 0, &node);
	if (err)
		return err;
	if (node != NUMA_NO_NODE && (node < 0 || node >= MAX_NUMNODES || !node_online(node)))
		return -EINVAL;
	set_dev_node(parent, node);
	return count;
}

static DEVICE_ATTR_RW(numa_node);

/**
 * simnic_parent_add() - give a NIC end its parent
 * @dev: NIC end that is about to be registered
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int simnic_parent_add(struct net_device *dev)
{
	static atomic_t made = ATOMIC_INIT(-1);
	struct device *parent;
	char name[32];
	int err;

	snprintf(name, sizeof(name), SIMNIC_KIND ".%u", atomic_inc_return(&made));
	parent = root_device_register(name);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	err = device_create_file(parent, &dev_attr_numa_node);
	if (err) {
		root_device_unregister(parent);
		return err;
	}
	SET_NETDEV_DEV(dev, parent);
	return 0;
}

/**
 * simnic_parent_del() - the opposite, once the NIC end has left sysfs
 * @dev: NIC end, with or without a parent
 *
 * Context: may sleep; waits for readers and writers of the attribute.
 */
void simnic_parent_del(struct net_device *dev)
{
	struct device *parent = dev->dev.parent;

	if (!parent)
		return;
	SET_NETDEV_DEV(dev, NULL);
	device_remove_file(parent, &dev_attr_numa_node);
	root_device_unregister(parent);
}
