// SPDX-License-Identifier: GPL-2.0-only
/* What a NIC says of itself, by the ethtool ioctls. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include "nic.h"

/*
 * Contexts cannot be listed by ioctl, so the first ids are tried. Drivers have
 * between 2 and 33; ids are given from 1 up.
 */
#define CONTEXTS_TRIED	33
#define VLAN_ID_MASK	0xfff

struct nic_fd {
	int fd;
	const char *dev;
};

static int nic_ioctl(const struct nic_fd *nic, void *command)
{
	struct ifreq ifr = {};

	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", nic->dev);
	ifr.ifr_data = command;
	return ioctl(nic->fd, SIOCETHTOOL, &ifr) < 0 ? -errno : 0;
}

/* Drivers without channels leave them absent. */
static void read_channels(const struct nic_fd *fd, struct nic *nic)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };

	if (nic_ioctl(fd, &channels))
		return;
	opt_set(&nic->rx, channels.rx_count);
	opt_set(&nic->combined, channels.combined_count);
	opt_set(&nic->rx_max, channels.max_rx);
	opt_set(&nic->combined_max, channels.max_combined);
}

static int by_number(const void *a, const void *b)
{
	__u32 x = *(const __u32 *)a, y = *(const __u32 *)b;

	return (x > y) - (x < y);
}

/* See the attribute in the netlink specification. */
static __u32 table_sum(const __u32 *table, __u32 n)
{
	__u32 sum = 2166136261U;

	for (__u32 i = 0; i < n; i++)
		sum = (sum ^ table[i]) * 16777619U;
	return sum;
}

/* The queues of a table, each once. */
static void table_queues(__u32 *table, __u32 n, struct list *queues)
{
	qsort(table, n, sizeof(*table), by_number);
	for (__u32 i = 0; i < n; i++)
		if (!i || table[i] != table[i - 1])
			*(__u32 *)list_push(queues, sizeof(*table)) = table[i];
}

/*
 * Return: 0 and a context added, or -errno. The first call asks for the sizes,
 * the second for the table and the key behind it.
 */
static int read_context(const struct nic_fd *fd, struct nic *nic, __u32 id)
{
	struct ethtool_rxfh sizes = { .cmd = ETHTOOL_GRSSH, .rss_context = id };
	struct nic_context *context;
	struct ethtool_rxfh *rxfh;
	int ret = nic_ioctl(fd, &sizes);

	if (ret)
		return ret;
	rxfh = xcalloc(1, sizeof(*rxfh) + sizes.indir_size * sizeof(__u32) + sizes.key_size);
	*rxfh = sizes;
	ret = nic_ioctl(fd, rxfh);
	if (!ret) {
		context = list_push(&nic->contexts, sizeof(*context));
		context->id = id;
		context->entries = rxfh->indir_size;
		context->table_sum = table_sum(rxfh->rss_config, rxfh->indir_size);
		table_queues(rxfh->rss_config, rxfh->indir_size, &context->queues);
	}
	free(rxfh);
	return ret;
}

static bool has_context(const struct nic *nic, __u32 id)
{
	for_each(context, &nic->contexts, struct nic_context)
		if (context->id == id)
			return true;
	return false;
}

static bool add_context(const struct nic_fd *fd, struct nic *nic, __u32 id)
{
	return has_context(nic, id) || !read_context(fd, nic, id);
}

/* The contexts that can be known of: the first ids, our engines', the rules'. */
static void read_contexts(const struct nic_fd *fd, struct nic *nic, const struct list *engines)
{
	if (!add_context(fd, nic, 0))
		return;
	for (__u32 id = 1; id <= CONTEXTS_TRIED; id++)
		if (read_context(fd, nic, id) == -EOPNOTSUPP)
			break;
	for_each(engine, engines, struct engine)
		if (engine->context.set)
			add_context(fd, nic, (__u32)engine->context.v);
	for_each(rule, &nic->rules, struct nic_rule)
		if (rule->context.set)
			add_context(fd, nic, (__u32)rule->context.v);
}

static const char *flow_word(__u32 flow)
{
	static const char *const words[] = {
		[TCP_V4_FLOW] = "tcp4", [UDP_V4_FLOW] = "udp4", [SCTP_V4_FLOW] = "sctp4",
		[TCP_V6_FLOW] = "tcp6", [UDP_V6_FLOW] = "udp6", [SCTP_V6_FLOW] = "sctp6",
		[AH_V4_FLOW] = "ah4", [ESP_V4_FLOW] = "esp4", [AH_V6_FLOW] = "ah6",
		[ESP_V6_FLOW] = "esp6", [IPV4_USER_FLOW] = "ip4", [IPV6_USER_FLOW] = "ip6",
		[ETHER_FLOW] = "ether",
	};

	return flow < ARRAY_SIZE(words) && words[flow] ? words[flow] : "other";
}

static bool is_full_mask(const __u8 *mask)
{
	for (int i = 0; i < MAC_LEN; i++)
		if (mask[i] != 0xff)
			return false;
	return true;
}

/* Drivers take the address in one of two places. */
static void rule_mac(const struct ethtool_rx_flow_spec *fs, struct mac *mac)
{
	__u32 flow = fs->flow_type & ~(__u32)(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS);

	if (flow == ETHER_FLOW && is_full_mask(fs->m_u.ether_spec.h_dest)) {
		memcpy(mac->addr, fs->h_u.ether_spec.h_dest, MAC_LEN);
		mac->set = true;
	} else if (fs->flow_type & FLOW_MAC_EXT && is_full_mask(fs->m_ext.h_dest)) {
		memcpy(mac->addr, fs->h_ext.h_dest, MAC_LEN);
		mac->set = true;
	}
}

static void read_rule(const struct ethtool_rxnfc *nfc, struct nic_rule *rule)
{
	const struct ethtool_rx_flow_spec *fs = &nfc->fs;

	rule->location = fs->location;
	rule->flow = flow_word(fs->flow_type & ~(__u32)(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS));
	rule_mac(fs, &rule->mac);
	if (fs->flow_type & FLOW_EXT && ntohs(fs->m_ext.vlan_tci) & VLAN_ID_MASK)
		opt_set(&rule->vlan, ntohs(fs->h_ext.vlan_tci) & VLAN_ID_MASK);
	if (fs->flow_type & FLOW_RSS)
		opt_set(&rule->context, nfc->rss_context);
	else if (fs->ring_cookie != RX_CLS_FLOW_DISC && fs->ring_cookie != RX_CLS_FLOW_WAKE)
		opt_set(&rule->queue, (__s64)ethtool_get_flow_spec_ring(fs->ring_cookie));
}

/* A rule that goes between the two calls is left out, as if read a moment later. */
static void read_rules(const struct nic_fd *fd, struct nic *nic)
{
	struct ethtool_rxnfc count = { .cmd = ETHTOOL_GRXCLSRLCNT };
	struct ethtool_rxnfc *all;

	if (nic_ioctl(fd, &count) || !count.rule_cnt)
		return;
	all = xcalloc(1, sizeof(*all) + count.rule_cnt * sizeof(__u32));
	all->cmd = ETHTOOL_GRXCLSRLALL;
	all->rule_cnt = count.rule_cnt;
	if (!nic_ioctl(fd, all)) {
		for (__u32 i = 0; i < all->rule_cnt && i < count.rule_cnt; i++) {
			struct ethtool_rxnfc one = { .cmd = ETHTOOL_GRXCLSRULE };

			one.fs.location = all->rule_locs[i];
			if (!nic_ioctl(fd, &one))
				read_rule(&one, list_push(&nic->rules, sizeof(struct nic_rule)));
		}
	}
	free(all);
}

enum rc nic_index(const char *dev, struct opt *ifindex)
{
	unsigned int index = if_nametoindex(dev);

	if (!index)
		return err(RC_FAILED, "no network device \"%s\"", dev);
	opt_set(ifindex, index);
	return RC_OK;
}

/**
 * nic_read() - read channels, contexts and rules of a NIC
 * @dev: its name
 * @engines: list of struct engine of this NIC, whose contexts are read too
 * @nic: empty; filled, to be cleared in any case
 *
 * What the driver does not tell stays empty.
 */
enum rc nic_read(const char *dev, const struct list *engines, struct nic *nic)
{
	struct nic_fd fd = { .dev = dev, .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };

	if (fd.fd < 0)
		return err(RC_FAILED, "cannot open a socket: %s", strerror(errno));
	read_channels(&fd, nic);
	read_rules(&fd, nic);
	read_contexts(&fd, nic, engines);
	close(fd.fd);
	return RC_OK;
}

void nic_clear(struct nic *nic)
{
	for_each(context, &nic->contexts, struct nic_context)
		free(context->queues.v);
	free(nic->contexts.v);
	free(nic->rules.v);
	memset(nic, 0, sizeof(*nic));
}
