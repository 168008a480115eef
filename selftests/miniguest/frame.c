// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"

#define MIN_ETH_FRAME	60
#define ETHERTYPE_RARP	0x8035

static void put16(uint8_t *p, uint16_t value)
{
	value = htons(value);
	memcpy(p, &value, sizeof(value));
}

static uint16_t get16(const uint8_t *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return ntohs(value);
}

static uint32_t sum16(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (; len > 1; p += 2, len -= 2)
		sum += get16(p);
	if (len)
		sum += *p << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static size_t build_eth(uint8_t *buf, const struct frame_spec *spec)
{
	size_t at = 2 * MAC_LEN;

	memcpy(buf, spec->dst, MAC_LEN);
	memcpy(buf + MAC_LEN, spec->src, MAC_LEN);
	if (spec->vlan) {
		put16(buf + at, ETHERTYPE_VLAN);
		put16(buf + at + 2, spec->vlan);
		at += 4;
	}
	put16(buf + at, spec->ipv6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	return at + 2;
}

static void build_ipv4(uint8_t *p, const struct frame_spec *spec, uint32_t flow,
		       size_t udp_len)
{
	struct iphdr ip = {
		.version = 4,
		.ihl = sizeof(ip) / 4,
		.tot_len = htons(sizeof(ip) + udp_len),
		.frag_off = htons(IP_DF),
		.ttl = 64,
		.protocol = IPPROTO_UDP,
		.saddr = htonl(0x0a800000 | (spec->source & 0x7f) << 16 | (flow & 0xffff)),
		.daddr = htonl(0x0a000000 | (spec->vm & 0x7fffff)),
	};

	ip.check = htons(fold(sum16(0, &ip, sizeof(ip))));
	memcpy(p, &ip, sizeof(ip));
}

static void build_ipv6(uint8_t *p, const struct frame_spec *spec, uint32_t flow,
		       size_t udp_len)
{
	struct ip6_hdr ip = { .ip6_plen = htons(udp_len), .ip6_nxt = IPPROTO_UDP, .ip6_hlim = 64 };
	uint32_t source = htonl(spec->source), peer = htonl(flow), vm = htonl(spec->vm);

	ip.ip6_vfc = 6 << 4;
	ip.ip6_src.s6_addr[0] = 0xfd;
	ip.ip6_dst.s6_addr[0] = 0xfd;
	memcpy(&ip.ip6_src.s6_addr[8], &source, 4);
	memcpy(&ip.ip6_src.s6_addr[12], &peer, 4);
	memcpy(&ip.ip6_dst.s6_addr[12], &vm, 4);
	memcpy(p, &ip, sizeof(ip));
}

/*
 * IPv4 may leave the UDP checksum out, IPv6 may not. The payload behind the
 * packet header is zero and adds nothing to the sum.
 */
static uint16_t udp6_check(const uint8_t *ip, const struct udphdr *udp, const struct pkt *pkt)
{
	uint32_t sum = ntohs(udp->len) + IPPROTO_UDP;
	uint16_t check;

	sum = sum16(sum, ip + offsetof(struct ip6_hdr, ip6_src), 2 * sizeof(struct in6_addr));
	sum = sum16(sum, udp, sizeof(*udp));
	check = fold(sum16(sum, pkt, sizeof(*pkt)));
	return check ?: 0xffff;
}

size_t frame_build(uint8_t *buf, const struct frame_spec *spec, uint32_t flow,
		   uint64_t seq, uint64_t stamp_ns)
{
	struct pkt pkt = {
		.magic = PKT_MAGIC, .vm = spec->vm, .source = spec->source, .flow = flow,
		.epoch = spec->epoch, .seq = seq, .stamp_ns = stamp_ns,
	};
	size_t l3 = build_eth(buf, spec);
	size_t l4 = l3 + (spec->ipv6 ? sizeof(struct ip6_hdr) : sizeof(struct iphdr));
	size_t least = l4 + sizeof(struct udphdr) + sizeof(pkt);
	size_t size = spec->size < least ? least : spec->size;
	struct udphdr udp = {
		.source = htons(1024 + flow % 60000),
		.dest = htons(PKT_UDP_PORT + flow % 1000),
		.len = htons(size - l4),
	};

	if (spec->ipv6) {
		build_ipv6(buf + l3, spec, flow, size - l4);
		udp.check = htons(udp6_check(buf + l3, &udp, &pkt));
	} else {
		build_ipv4(buf + l3, spec, flow, size - l4);
	}
	memcpy(buf + l4, &udp, sizeof(udp));
	memcpy(buf + l4 + sizeof(udp), &pkt, sizeof(pkt));
	return size;
}

/* Offset of the UDP header, 0 when there is none. */
static size_t find_udp(const uint8_t *buf, size_t len)
{
	size_t at = 2 * MAC_LEN;

	if (len < at + 6)
		return 0;
	if (get16(buf + at) == ETHERTYPE_VLAN)
		at += 4;
	if (len < at + 2 + sizeof(struct ip6_hdr))
		return 0;
	switch (get16(buf + at)) {
	case ETHERTYPE_IP:
		at += 2;
		return buf[at + 9] == IPPROTO_UDP ? at + (buf[at] & 0xf) * 4 : 0;
	case ETHERTYPE_IPV6:
		at += 2;
		return buf[at + 6] == IPPROTO_UDP ? at + sizeof(struct ip6_hdr) : 0;
	}
	return 0;
}

bool frame_parse(const uint8_t *buf, size_t len, struct pkt *pkt)
{
	size_t udp = find_udp(buf, len);

	if (!udp || len < udp + sizeof(struct udphdr) + sizeof(*pkt))
		return false;
	memcpy(pkt, buf + udp + sizeof(struct udphdr), sizeof(*pkt));
	return pkt->magic == PKT_MAGIC;
}

size_t frame_announce(uint8_t *buf, const uint8_t *mac)
{
	memset(buf, 0, MIN_ETH_FRAME);
	memset(buf, 0xff, MAC_LEN);
	memcpy(buf + MAC_LEN, mac, MAC_LEN);
	put16(buf + 2 * MAC_LEN, ETHERTYPE_RARP);
	return MIN_ETH_FRAME;
}

bool mac_parse(const char *text, uint8_t *mac)
{
	char end;

	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0], &mac[1], &mac[2],
		      &mac[3], &mac[4], &mac[5], &end) == MAC_LEN;
}
