// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packet headers to a key. Whatever is cut short or malformed leaves the
 * fields behind it zero; nothing is read beyond the packet.
 */
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "simnic.h"

#define SIMNIC_MAX_TAGS		2
#define SIMNIC_MAX_EXTHDRS	8

static void simnic_parse_ports(const struct sk_buff *skb, int off, struct simnic_key *key)
{
	__be16 buf[2], *ports;

	if (key->l4 != IPPROTO_TCP && key->l4 != IPPROTO_UDP)
		return;
	ports = skb_header_pointer(skb, off, sizeof(buf), buf);
	if (!ports)
		return;
	key->sport = ports[0];
	key->dport = ports[1];
	key->ports = 1;
}

static void simnic_parse_ipv4(const struct sk_buff *skb, int off, struct simnic_key *key)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return;
	key->l3 = 4;
	key->l4 = ip->protocol;
	key->src.s6_addr32[0] = ip->saddr;
	key->dst.s6_addr32[0] = ip->daddr;
	if (!ip_is_fragment(ip))
		simnic_parse_ports(skb, off + ip->ihl * 4, key);
}

/* Returns the offset behind one extension header, or -1 where ports end */
static int simnic_skip_exthdr(const struct sk_buff *skb, int off, u8 *next)
{
	struct ipv6_opt_hdr buf, *opt;
	struct frag_hdr fbuf, *frag;

	if (*next == NEXTHDR_FRAGMENT) {
		frag = skb_header_pointer(skb, off, sizeof(fbuf), &fbuf);
		if (!frag)
			return -1;
		*next = frag->nexthdr;
		/* an atomic fragment (offset 0, no more) is a whole packet */
		return frag->frag_off & htons(IP6_OFFSET | IP6_MF) ?
		       -1 : off + (int)sizeof(*frag);
	}
	opt = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!opt)
		return -1;
	*next = opt->nexthdr;
	return off + (opt->hdrlen + 1) * 8;
}

static bool simnic_is_exthdr(u8 next)
{
	return next == NEXTHDR_HOP || next == NEXTHDR_ROUTING ||
	       next == NEXTHDR_DEST || next == NEXTHDR_FRAGMENT;
}

static void simnic_parse_ipv6(const struct sk_buff *skb, int off, struct simnic_key *key)
{
	struct ipv6hdr buf, *ip;
	int i;

	ip = skb_header_pointer(skb, off, sizeof(buf), &buf);
	if (!ip || ip->version != 6)
		return;
	key->l3 = 6;
	key->l4 = ip->nexthdr;
	key->src = ip->saddr;
	key->dst = ip->daddr;
	off += sizeof(*ip);
	for (i = 0; i < SIMNIC_MAX_EXTHDRS && simnic_is_exthdr(key->l4); i++) {
		off = simnic_skip_exthdr(skb, off, &key->l4);
		if (off < 0)
			return;
	}
	simnic_parse_ports(skb, off, key);
}

/* Returns the offset of the layer 3 header, or -1 */
static int simnic_parse_ether(const struct sk_buff *skb, struct simnic_key *key)
{
	struct ethhdr ebuf, *eth;
	struct vlan_hdr vbuf, *vlan;
	int i, off = sizeof(ebuf);

	eth = skb_header_pointer(skb, 0, sizeof(ebuf), &ebuf);
	if (!eth)
		return -1;
	ether_addr_copy(key->dmac, eth->h_dest);
	ether_addr_copy(key->smac, eth->h_source);
	key->proto = eth->h_proto;
	for (i = 0; i < SIMNIC_MAX_TAGS && eth_type_vlan(key->proto); i++) {
		vlan = skb_header_pointer(skb, off, sizeof(vbuf), &vbuf);
		if (!vlan)
			return -1;
		if (!key->tagged)
			key->tci = vlan->h_vlan_TCI;
		key->tagged = 1;
		key->proto = vlan->h_vlan_encapsulated_proto;
		off += sizeof(*vlan);
	}
	return off;
}

/**
 * simnic_flow_parse() - find what rules and hash look at
 * @skb: packet with its Ethernet header at skb->data
 * @key: filled, unknown fields zero
 *
 * Context: Any.
 */
void simnic_flow_parse(const struct sk_buff *skb, struct simnic_key *key)
{
	int off;

	memset(key, 0, sizeof(*key));
	off = simnic_parse_ether(skb, key);
	if (off < 0)
		return;
	if (key->proto == htons(ETH_P_IP))
		simnic_parse_ipv4(skb, off, key);
	else if (key->proto == htons(ETH_P_IPV6))
		simnic_parse_ipv6(skb, off, key);
}
