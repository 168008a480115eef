/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside the netlink room. */
#ifndef RSSE_NETLINK_PRIV_H
#define RSSE_NETLINK_PRIV_H

#include "netlink.h"
#include "nl_gen.h"
#include "rsse.h"

/* Most PNICs that a VM can be bound to by name */
#define RSSE_VM_PNICS_MAX	64

/*
 * The PNIC that attribute @attr names by its ifindex, or an ERR_PTR with a
 * message. Under RTNL.
 */
struct rsse_pnic *rsse_nl_pnic(const struct genl_info *info, unsigned int attr);

/* Fit for a file name in sysfs and a word on a command line. */
bool rsse_nl_name_valid(const char *name);

/* A copy that does not tear when the device is renamed meanwhile. */
static inline int rsse_nl_put_ifname(struct sk_buff *skb, int attr,
				     const struct net_device *dev)
{
	char name[IFNAMSIZ];

	strscpy(name, dev->name, sizeof(name));
	return nla_put_string(skb, attr, name);
}

static inline int rsse_nl_put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, 0);
}

/* netlink_rules.c: some rule of a VM is given; those given, and @now for the others */
bool rsse_nl_has_rules(const struct genl_info *info);
int rsse_nl_parse_rules(const struct genl_info *info,
			const struct rsse_vm_rules *now, struct rsse_vm_spec *spec);
int rsse_nl_put_rules(struct sk_buff *skb, const struct rsse_vm_rules *rules);

/* netlink_event.c */
void rsse_event_open(void);
void rsse_event_close(void);

/* netlink_sample.c */
void rsse_sample_open(bool open);

#endif /* RSSE_NETLINK_PRIV_H */
