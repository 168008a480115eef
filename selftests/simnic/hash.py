#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The hash puts every packet into the queue that it must."""
import struct

from packets import (ICMP, MS_KEY, MS_VECTORS, TCP, UDP, ether, flows, frame, ipv4, ipv6,
                     ports)
from simlib import case_with, check, equal, refused, run

# With 128 queues and an even table the low seven bits of the hash are the queue
QUEUES = 128


def lands(nic, packet, value, what):
    equal(nic.landed(packet), {value % QUEUES: 1}, what)


def vectors(nic, want_tcp):
    nic.ethtool("-X", f"hkey {MS_KEY}")
    for src, sport, dst, dport, plain, tcp in MS_VECTORS:
        if want_tcp:
            lands(nic, frame(src, dst, sport, dport, TCP), tcp, f"TCP from {src}")
        else:
            lands(nic, frame(src, dst, proto=ICMP), plain, f"no ports from {src}")


@case_with(QUEUES)
def ms_vectors_addresses(nic):
    vectors(nic, False)


@case_with(QUEUES)
def ms_vectors_tcp(nic):
    vectors(nic, True)


@case_with(QUEUES)
def udp_hashes_like_tcp(nic):
    nic.ethtool("-X", f"hkey {MS_KEY}")
    for src, sport, dst, dport, _, tcp in MS_VECTORS:
        lands(nic, frame(src, dst, sport, dport, UDP), tcp, f"UDP from {src}")


@case_with(QUEUES)
def fields_can_be_set(nic):
    nic.ethtool("-X", f"hkey {MS_KEY}")
    src, sport, dst, dport, plain, tcp = MS_VECTORS[0]
    src6, sport6, dst6, dport6, plain6, tcp6 = MS_VECTORS[5]
    nic.ethtool("-N", "rx-flow-hash udp4 sd")
    nic.ethtool("-N", "rx-flow-hash tcp6 sd")
    lands(nic, frame(src, dst, sport, dport, UDP), plain, "udp4 sd")
    lands(nic, frame(src, dst, sport, dport, TCP), tcp, "tcp4 still sdfn")
    lands(nic, frame(src6, dst6, sport6, dport6, TCP), plain6, "tcp6 sd")
    lands(nic, frame(src6, dst6, sport6, dport6, UDP), tcp6, "udp6 still sdfn")
    text = nic.ethtool("-n", "rx-flow-hash udp4")
    check("IP SA" in text and "L4 bytes" not in text, text)
    nic.ethtool("-N", "rx-flow-hash udp4 sdfn")
    lands(nic, frame(src, dst, sport, dport, UDP), tcp, "udp4 sdfn again")


@case_with(QUEUES)
def fields_that_cannot_be_hashed_are_refused(nic):
    for args in ("udp4 s", "udp4 sdf", "tcp4 v", "tcp6 fn", "ah4 sdfn", "sctp4 sdfn"):
        refused(nic.ethtool, "-N", f"rx-flow-hash {args}")


@case_with(QUEUES)
def fragments_hash_on_addresses(nic):
    nic.ethtool("-X", f"hkey {MS_KEY}")
    src, sport, dst, dport, plain, _ = MS_VECTORS[1]
    for frag in (0x2000, 0x2001, 0x0001):
        packet = ether(ipv4(src, dst, UDP, ports(sport, dport), frag=frag), 0x0800)
        lands(nic, packet, plain, f"IPv4 fragment {frag:#x}")
    src, sport, dst, dport, plain, tcp = MS_VECTORS[6]
    for offset, want in ((0x0001, plain), (0x0008, plain), (0x0000, tcp)):
        head = struct.pack("!BBHI", UDP, 0, offset, 7)
        packet = ether(ipv6(src, dst, 44, head + ports(sport, dport)), 0x86dd)
        lands(nic, packet, want, f"IPv6 fragment {offset:#x}")


@case_with(QUEUES)
def headers_in_the_way(nic):
    nic.ethtool("-X", f"hkey {MS_KEY}")
    src, sport, dst, dport, _, tcp = MS_VECTORS[2]
    body = ports(sport, dport, TCP)
    lands(nic, frame(src, dst, sport, dport, TCP, vlans=(5,)), tcp, "one tag")
    lands(nic, frame(src, dst, sport, dport, TCP, vlans=(5, 6)), tcp, "two tags")
    options = ether(ipv4(src, dst, TCP, body, options=bytes([1] * 12)), 0x0800)
    lands(nic, options, tcp, "IPv4 options")
    src, sport, dst, dport, _, tcp = MS_VECTORS[7]
    body = ports(sport, dport, TCP)
    hop = bytes([60, 0]) + bytes(6)
    opts = bytes([TCP, 1]) + bytes(14)
    lands(nic, ether(ipv6(src, dst, 0, hop + opts + body), 0x86dd), tcp, "IPv6 options")


def ragged(src, dst):
    """Packets that end, or lie, where a header should go on."""
    whole4 = frame(src, dst, proto=TCP)
    whole6 = frame("fe80::1", "fe80::2", proto=TCP)
    tagged = frame(src, dst, proto=TCP, vlans=(1, 2))
    for whole in (whole4, whole6, tagged):
        yield from (whole[:size] for size in range(14, len(whole)))
    yield whole4[:14] + b"\x4f" + whole4[15:]          # options past the end
    yield whole4[:14] + b"\x41" + whole4[15:]          # header shorter than one
    yield whole4[:14] + b"\x65" + whole4[15:]          # version that lies
    yield ether(ipv6("fe80::1", "fe80::2", 0, bytes([0, 255]) + bytes(6)), 0x86dd)
    yield ether(ipv6("fe80::1", "fe80::2", 44, bytes(3)), 0x86dd)
    chain = b"".join(bytes([60, 0]) + bytes(6) for _ in range(100))
    yield ether(ipv6("fe80::1", "fe80::2", 60, chain), 0x86dd)
    yield ether(bytes(100), 0x8100, vlans=(1, 2, 3, 4))


@case_with(QUEUES)
def ragged_packets_are_counted(nic):
    packets = list(ragged("10.0.0.1", "10.0.0.2"))
    equal(sum(nic.landed(*packets).values()), len(packets), "packets counted")


@case_with(8)
def what_is_not_ip_goes_to_the_first_entry(nic):
    nic.ethtool("-X", "start 3 equal 1")
    equal(nic.landed(ether(bytes(50), 0x88b5)), {3: 1}, "EtherType 88b5")


@case_with(8)
def flows_spread(nic):
    landed = nic.landed(*flows(400))
    equal(sorted(landed), list(range(8)), "queues used")
    check(max(landed.values()) < 4 * min(landed.values()), f"uneven: {landed}")


run(__doc__)
