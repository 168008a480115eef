// SPDX-License-Identifier: GPL-2.0-only
/* Addresses of VMs, as the bridge's forwarding table has them. */
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "ipc.h"

struct fdb_scan {
	int ifindex;
	struct list *macs;
};

static bool has_mac(const struct list *macs, const __u8 *addr)
{
	for_each(mac, macs, struct mac)
		if (!memcmp(mac->addr, addr, MAC_LEN))
			return true;
	return false;
}

/*
 * Only what the bridge saw or was told about the other side of the port: its
 * own (permanent) addresses and the device's filter list are the host's.
 */
static int on_neighbour(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct ndmsg *nd = nlmsg_data(hdr);
	struct fdb_scan *scan = arg;
	struct nlattr *lladdr;
	struct mac *mac;

	if (hdr->nlmsg_type != RTM_NEWNEIGH || nlmsg_datalen(hdr) < (int)sizeof(*nd) ||
	    nd->ndm_ifindex != scan->ifindex || nd->ndm_state & NUD_PERMANENT ||
	    nd->ndm_flags & NTF_SELF)
		return NL_OK;
	lladdr = nlmsg_find_attr(hdr, sizeof(*nd), NDA_LLADDR);
	if (!lladdr || nla_len(lladdr) != MAC_LEN || *(__u8 *)nla_data(lladdr) & 1 ||
	    has_mac(scan->macs, nla_data(lladdr)))
		return NL_OK;
	mac = list_push(scan->macs, sizeof(*mac));
	memcpy(mac->addr, nla_data(lladdr), MAC_LEN);
	mac->set = true;
	return NL_OK;
}

/**
 * ipc_bridge_macs() - addresses that a bridge learnt behind one of its ports
 * @dev: the port
 * @macs: list of struct mac, added to; none when @dev is no port of a bridge
 */
enum rc ipc_bridge_macs(const char *dev, struct list *macs)
{
	struct ndmsg nd = { .ndm_family = AF_BRIDGE };
	struct fdb_scan scan = { .ifindex = (int)if_nametoindex(dev), .macs = macs };
	struct nl_sock *sock;
	int ret;

	if (!scan.ifindex)
		return RC_OK;
	sock = nl_socket_alloc();
	if (!sock)
		return err(RC_FAILED, "out of memory");
	ret = nl_connect(sock, NETLINK_ROUTE);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_neighbour, &scan);
	if (!ret)
		ret = nl_send_simple(sock, RTM_GETNEIGH, NLM_F_DUMP, &nd, sizeof(nd));
	if (ret >= 0)
		ret = nl_recvmsgs_default(sock);
	nl_socket_free(sock);
	/* An address that a busy table hid is learnt by the module later. */
	if (ret < 0 && ret != -NLE_DUMP_INTR)
		return err(RC_FAILED, "cannot read the bridge's addresses: %s", nl_geterror(ret));
	return RC_OK;
}
