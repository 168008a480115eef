// SPDX-License-Identifier: GPL-2.0-only
/*
 * rss_simnic: a simulated multi-queue NIC and the other end of its wire.
 * The pair is made by creating the NIC end and deleted by deleting either.
 */
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/rtnetlink.h>

#include "rsse_newlink.h"
#include "simnic.h"

static int simnic_validate(struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	u32 rx = tb[IFLA_NUM_RX_QUEUES] ? nla_get_u32(tb[IFLA_NUM_RX_QUEUES]) : 1;

	if (!rx || rx > SIMNIC_MAX_QUEUES) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "numrxqueues must be 1 to %u",
				       SIMNIC_MAX_QUEUES);
		return -EINVAL;
	}
	if (tb[IFLA_NUM_TX_QUEUES] && nla_get_u32(tb[IFLA_NUM_TX_QUEUES]) != rx) {
		NL_SET_ERR_MSG_MOD(extack, "queues are combined: numtxqueues must be numrxqueues");
		return -EINVAL;
	}
	if (tb[IFLA_ADDRESS] && (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN ||
				 !is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS])))) {
		NL_SET_ERR_MSG_MOD(extack, "the address is no unicast MAC");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

/* As many transmit queues as receive queues, whatever the core would make */
static struct net_device *simnic_alloc(struct nlattr *tb[], const char *name,
				       unsigned char assign, unsigned int tx,
				       unsigned int rx)
{
	return alloc_netdev_mqs(sizeof(struct simnic), name, assign, simnic_nic_setup,
				rx, rx);
}

static void simnic_unpair(struct net_device *nic, struct net_device *wire,
			  struct list_head *head)
{
	if (nic) {
		RCU_INIT_POINTER(((struct simnic *)netdev_priv(nic))->wire, NULL);
		unregister_netdevice_queue(nic, head);
	}
	if (wire) {
		RCU_INIT_POINTER(((struct simnic_wire *)netdev_priv(wire))->nic, NULL);
		unregister_netdevice_queue(wire, head);
	}
}

static void simnic_nic_dellink(struct net_device *dev, struct list_head *head)
{
	struct simnic *nic = netdev_priv(dev);

	simnic_unpair(dev, rtnl_dereference(nic->wire), head);
}

static void simnic_wire_dellink(struct net_device *dev, struct list_head *head)
{
	struct simnic_wire *wire = netdev_priv(dev);

	simnic_unpair(rtnl_dereference(wire->nic), dev, head);
}

static struct net *simnic_wire_link_net(const struct net_device *dev)
{
	struct simnic_wire *wire = netdev_priv(dev);
	struct net_device *nic = rtnl_dereference(wire->nic);

	return dev_net(nic ?: dev);
}

/* Never registered: a wire end is only made together with its NIC */
static struct rtnl_link_ops simnic_wire_link_ops = {
	.kind		= "rss_simnic_wire",
	.priv_size	= sizeof(struct simnic_wire),
	.setup		= simnic_wire_setup,
	.dellink	= simnic_wire_dellink,
	.get_link_net	= simnic_wire_link_net,
};

static int simnic_wire_name(const struct net_device *nic, char *name,
			    struct netlink_ext_ack *extack)
{
	if (snprintf(name, IFNAMSIZ, "%sw", nic->name) < IFNAMSIZ)
		return 0;
	NL_SET_ERR_MSG_FMT_MOD(extack, "the name of the wire end, %sw, would be too long",
			       nic->name);
	return -EINVAL;
}

static struct net_device *simnic_wire_create(struct net_device *nic, struct nlattr *tb[],
					     struct netlink_ext_ack *extack)
{
	struct nlattr *wire_tb[IFLA_MAX + 1] = { [IFLA_MTU] = tb[IFLA_MTU] };
	struct net_device *wire;
	char name[IFNAMSIZ];
	int err;

	err = simnic_wire_name(nic, name, extack);
	if (err)
		return ERR_PTR(err);
	wire = rtnl_create_link(dev_net(nic), name, NET_NAME_USER, &simnic_wire_link_ops,
				wire_tb, extack);
	if (IS_ERR(wire))
		return wire;
	eth_hw_addr_random(wire);
	err = register_netdevice(wire);
	if (err) {
		NL_SET_ERR_MSG_FMT_MOD(extack, "the wire end %s cannot be made", name);
		free_netdev(wire);
		return ERR_PTR(err);
	}
	netif_carrier_off(wire);
	err = rtnl_configure_link(wire, NULL, 0, NULL);
	if (err) {
		unregister_netdevice(wire);
		return ERR_PTR(err);
	}
	return wire;
}

static int simnic_create(struct net_device *dev, struct nlattr *tb[],
			 struct netlink_ext_ack *extack)
{
	struct simnic *nic = netdev_priv(dev);
	struct net_device *wire;
	int err;

	/* "rss_simnic%d" has to become a name before the wire can have its own */
	if (strchr(dev->name, '%')) {
		err = dev_alloc_name(dev, dev->name);
		if (err < 0)
			return err;
	}
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	wire = simnic_wire_create(dev, tb, extack);
	if (IS_ERR(wire))
		return PTR_ERR(wire);
	err = register_netdevice(dev);
	if (err) {
		unregister_netdevice(wire);
		return err;
	}
	netif_carrier_off(dev);
	rcu_assign_pointer(nic->wire, wire);
	rcu_assign_pointer(((struct simnic_wire *)netdev_priv(wire))->nic, dev);
	simnic_debugfs_add(nic);
	return 0;
}

static int simnic_newlink(RSSE_NEWLINK_ARGS)
{
	return simnic_create(dev, RSSE_NEWLINK_TB, extack);
}

static struct rtnl_link_ops simnic_link_ops = {
	.kind		= SIMNIC_KIND,
	.priv_size	= sizeof(struct simnic),
	.alloc		= simnic_alloc,
	.setup		= simnic_nic_setup,
	.validate	= simnic_validate,
	.newlink	= simnic_newlink,
	.dellink	= simnic_nic_dellink,
};

static bool by_set;
module_param(by_set, bool, 0444);
MODULE_PARM_DESC(by_set, "RSS contexts by set_rxfh, without operations of their own");

static int __init simnic_init(void)
{
	int err;

	err = simnic_ethtool_init(by_set);
	if (err)
		return err;
	simnic_debugfs_init();
	err = rtnl_link_register(&simnic_link_ops);
	if (err)
		simnic_debugfs_exit();
	return err;
}

static void __exit simnic_exit(void)
{
	rtnl_link_unregister(&simnic_link_ops);
	simnic_debugfs_exit();
}

module_init(simnic_init);
module_exit(simnic_exit);

MODULE_ALIAS_RTNL_LINK(SIMNIC_KIND);
MODULE_DESCRIPTION("Simulated multi-queue NIC with RSS contexts and ntuple rules");
MODULE_AUTHOR("rss-engine developers");
MODULE_LICENSE("GPL");
