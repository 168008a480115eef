// SPDX-License-Identifier: GPL-2.0-only
/*
 * ethtool's flow specifications to values and masks of packet keys.
 * Whatever a specification asks for beyond what is matched here is refused.
 */
#include "simnic.h"

struct simnic_match {
	struct simnic_key	*value;
	struct simnic_key	*mask;
};

static void simnic_match_mac(u8 *value, u8 *mask, const u8 *h, const u8 *u)
{
	memcpy(value, h, ETH_ALEN);
	memcpy(mask, u, ETH_ALEN);
}

static void simnic_match_addr4(struct in6_addr *value, struct in6_addr *mask,
			       __be32 h, __be32 u)
{
	value->s6_addr32[0] = h;
	mask->s6_addr32[0] = u;
}

static void simnic_match_addr6(struct in6_addr *value, struct in6_addr *mask,
			       const __be32 *h, const __be32 *u)
{
	memcpy(value, h, sizeof(*value));
	memcpy(mask, u, sizeof(*mask));
}

static void simnic_match_exact(u8 *value, u8 *mask, u8 want)
{
	*value = want;
	*mask = 0xff;
}

static void simnic_match_l3(struct simnic_match *m, u8 version)
{
	simnic_match_exact(&m->value->l3, &m->mask->l3, version);
}

/* Ports are only known of whole packets */
static void simnic_match_ports(struct simnic_match *m, __be16 sport, __be16 sport_mask,
			       __be16 dport, __be16 dport_mask)
{
	m->value->sport = sport;
	m->mask->sport = sport_mask;
	m->value->dport = dport;
	m->mask->dport = dport_mask;
	if (sport_mask || dport_mask)
		simnic_match_exact(&m->value->ports, &m->mask->ports, 1);
}

static const char *simnic_spec_ether(const struct ethtool_rx_flow_spec *fs,
				     struct simnic_match *m)
{
	const struct ethhdr *h = &fs->h_u.ether_spec, *u = &fs->m_u.ether_spec;

	simnic_match_mac(m->value->dmac, m->mask->dmac, h->h_dest, u->h_dest);
	simnic_match_mac(m->value->smac, m->mask->smac, h->h_source, u->h_source);
	m->value->proto = h->h_proto;
	m->mask->proto = u->h_proto;
	return NULL;
}

static const char *simnic_spec_l4_v4(const struct ethtool_rx_flow_spec *fs,
				     struct simnic_match *m, u8 proto)
{
	const struct ethtool_tcpip4_spec *h = &fs->h_u.tcp_ip4_spec;
	const struct ethtool_tcpip4_spec *u = &fs->m_u.tcp_ip4_spec;

	if (u->tos)
		return "the TOS cannot be matched";
	simnic_match_l3(m, 4);
	simnic_match_exact(&m->value->l4, &m->mask->l4, proto);
	simnic_match_addr4(&m->value->src, &m->mask->src, h->ip4src, u->ip4src);
	simnic_match_addr4(&m->value->dst, &m->mask->dst, h->ip4dst, u->ip4dst);
	simnic_match_ports(m, h->psrc, u->psrc, h->pdst, u->pdst);
	return NULL;
}

static const char *simnic_spec_l4_v6(const struct ethtool_rx_flow_spec *fs,
				     struct simnic_match *m, u8 proto)
{
	const struct ethtool_tcpip6_spec *h = &fs->h_u.tcp_ip6_spec;
	const struct ethtool_tcpip6_spec *u = &fs->m_u.tcp_ip6_spec;

	if (u->tclass)
		return "the traffic class cannot be matched";
	simnic_match_l3(m, 6);
	simnic_match_exact(&m->value->l4, &m->mask->l4, proto);
	simnic_match_addr6(&m->value->src, &m->mask->src, h->ip6src, u->ip6src);
	simnic_match_addr6(&m->value->dst, &m->mask->dst, h->ip6dst, u->ip6dst);
	simnic_match_ports(m, h->psrc, u->psrc, h->pdst, u->pdst);
	return NULL;
}

/* The first four bytes behind the IP header: both ports */
static void simnic_match_l4_word(struct simnic_match *m, __be32 value, __be32 mask)
{
	simnic_match_ports(m, htons(ntohl(value) >> 16), htons(ntohl(mask) >> 16),
			   htons(ntohl(value) & 0xffff), htons(ntohl(mask) & 0xffff));
}

static const char *simnic_spec_ip4(const struct ethtool_rx_flow_spec *fs,
				   struct simnic_match *m)
{
	const struct ethtool_usrip4_spec *h = &fs->h_u.usr_ip4_spec;
	const struct ethtool_usrip4_spec *u = &fs->m_u.usr_ip4_spec;

	if (u->tos)
		return "the TOS cannot be matched";
	if (u->ip_ver || h->ip_ver != ETH_RX_NFC_IP4)
		return "the IP version is given by the flow type";
	simnic_match_l3(m, 4);
	m->value->l4 = h->proto;
	m->mask->l4 = u->proto;
	simnic_match_addr4(&m->value->src, &m->mask->src, h->ip4src, u->ip4src);
	simnic_match_addr4(&m->value->dst, &m->mask->dst, h->ip4dst, u->ip4dst);
	simnic_match_l4_word(m, h->l4_4_bytes, u->l4_4_bytes);
	return NULL;
}

static const char *simnic_spec_ip6(const struct ethtool_rx_flow_spec *fs,
				   struct simnic_match *m)
{
	const struct ethtool_usrip6_spec *h = &fs->h_u.usr_ip6_spec;
	const struct ethtool_usrip6_spec *u = &fs->m_u.usr_ip6_spec;

	if (u->tclass)
		return "the traffic class cannot be matched";
	simnic_match_l3(m, 6);
	m->value->l4 = h->l4_proto;
	m->mask->l4 = u->l4_proto;
	simnic_match_addr6(&m->value->src, &m->mask->src, h->ip6src, u->ip6src);
	simnic_match_addr6(&m->value->dst, &m->mask->dst, h->ip6dst, u->ip6dst);
	simnic_match_l4_word(m, h->l4_4_bytes, u->l4_4_bytes);
	return NULL;
}

static const char *simnic_spec_ext(const struct ethtool_rx_flow_spec *fs,
				   struct simnic_match *m)
{
	const struct ethtool_flow_ext *h = &fs->h_ext, *u = &fs->m_ext;

	if (fs->flow_type & FLOW_EXT) {
		if (u->vlan_etype)
			return "the VLAN EtherType cannot be matched";
		if (u->data[0] || u->data[1])
			return "user-defined data cannot be matched";
		m->value->tci = h->vlan_tci;
		m->mask->tci = u->vlan_tci;
		if (m->mask->tci)
			simnic_match_exact(&m->value->tagged, &m->mask->tagged, 1);
	}
	if (fs->flow_type & FLOW_MAC_EXT)
		simnic_match_mac(m->value->dmac, m->mask->dmac, h->h_dest, u->h_dest);
	return NULL;
}

static const char *simnic_spec_base(const struct ethtool_rx_flow_spec *fs,
				    struct simnic_match *m)
{
	switch (fs->flow_type & ~(FLOW_EXT | FLOW_MAC_EXT | FLOW_RSS)) {
	case ETHER_FLOW:
		return fs->flow_type & FLOW_MAC_EXT ?
		       "an ether rule has its MAC in the specification" :
		       simnic_spec_ether(fs, m);
	case TCP_V4_FLOW:
		return simnic_spec_l4_v4(fs, m, IPPROTO_TCP);
	case UDP_V4_FLOW:
		return simnic_spec_l4_v4(fs, m, IPPROTO_UDP);
	case TCP_V6_FLOW:
		return simnic_spec_l4_v6(fs, m, IPPROTO_TCP);
	case UDP_V6_FLOW:
		return simnic_spec_l4_v6(fs, m, IPPROTO_UDP);
	case IP_USER_FLOW:
		return simnic_spec_ip4(fs, m);
	case IPV6_USER_FLOW:
		return simnic_spec_ip6(fs, m);
	default:
		return "this flow type cannot be matched";
	}
}

static void simnic_key_mask(struct simnic_key *value, const struct simnic_key *mask)
{
	const u8 *m = (const u8 *)mask;
	u8 *v = (u8 *)value;
	size_t i;

	for (i = 0; i < sizeof(*value); i++)
		v[i] &= m[i];
}

/**
 * simnic_spec_parse() - what a rule matches
 * @fs: specification
 * @value: set to the values to match, bits outside of @mask zero
 * @mask: set to the bits that count
 *
 * Return: NULL, or what is wrong with @fs.
 */
const char *simnic_spec_parse(const struct ethtool_rx_flow_spec *fs,
			      struct simnic_key *value, struct simnic_key *mask)
{
	struct simnic_match m = { value, mask };
	const char *wrong;

	memset(value, 0, sizeof(*value));
	memset(mask, 0, sizeof(*mask));
	wrong = simnic_spec_base(fs, &m);
	if (!wrong)
		wrong = simnic_spec_ext(fs, &m);
	simnic_key_mask(value, mask);
	return wrong;
}
