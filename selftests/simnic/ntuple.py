#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rules: what they match, where they send it, and what is refused."""
import os

from ethioctl import LOC_FIRST, LOC_LAST
from packets import MAC, TCP, UDP, ether, flows, frame, ipv4, ports
from simlib import Flood, case, case_with, check, equal, refused, run, run_command, until

OTHER = "02:00:00:00:00:02"


def hits(nic, queue, *packets):
    equal(nic.landed(*packets), {queue: len(packets)}, "landed")


def default_is(nic, queue):
    nic.ethtool("-X", f"start {queue} equal 1")


@case
def mac(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} action 5")
    hits(nic, 5, *flows(20))
    hits(nic, 5, *flows(3, vlans=(7,)))
    hits(nic, 0, ether(bytes(50), 0x88b5, dst=OTHER))


@case
def mac_and_vlan(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} vlan 10 m 0xf000 action 3")
    hits(nic, 3, ether(bytes(50), 0x88b5, vlans=(10,)))
    hits(nic, 3, ether(bytes(50), 0x88b5, vlans=(0xe00a, 20)))
    hits(nic, 0, ether(bytes(50), 0x88b5, vlans=(11,)), ether(bytes(50), 0x88b5),
         ether(bytes(50), 0x88b5, vlans=(11, 10)),
         ether(bytes(50), 0x88b5, dst=OTHER, vlans=(10,)))


@case
def vlan_0_is_a_tag(nic):
    default_is(nic, 0)
    nic.rule("flow-type ether vlan 0 m 0xf000 action 3")
    hits(nic, 3, ether(bytes(50), 0x88b5, vlans=(0,)))
    hits(nic, 0, ether(bytes(50), 0x88b5))


@case
def mac_mask_source_and_type(nic):
    default_is(nic, 0)
    nic.rule("flow-type ether dst 02:00:00:00:00:00 m 00:00:00:00:ff:ff action 1")
    nic.rule("flow-type ether src 02:ff:ff:ff:ff:fe proto 0x88b5 action 2")
    hits(nic, 1, frame(), ether(bytes(50), 0x88b5, dst=OTHER))
    hits(nic, 2, ether(bytes(50), 0x88b5, dst="04:00:00:00:00:01"))
    hits(nic, 0, ether(bytes(50), 0x88b6, dst="04:00:00:00:00:01"))


@case
def addresses(nic):
    default_is(nic, 0)
    nic.rule("flow-type ip4 dst-ip 10.0.0.2 src-ip 10.9.0.0 m 0.0.255.255 action 1")
    nic.rule("flow-type ip6 dst-ip fe80::2 action 2")
    nic.rule("flow-type ip4 dst-ip 10.0.0.3 l4proto 1 action 3")
    hits(nic, 1, frame(src="10.9.1.2"), frame(src="10.9.1.2", proto=1))
    hits(nic, 2, frame(src="fe80::1", dst="fe80::2"))
    hits(nic, 3, frame(dst="10.0.0.3", proto=1))
    hits(nic, 0, frame(src="10.8.1.2"), frame(src="fe80::1", dst="fe80::3"),
         frame(dst="10.0.0.3"))


@case
def l4_ports(nic):
    default_is(nic, 0)
    nic.rule("flow-type tcp4 dst-port 80 action 1")
    nic.rule("flow-type udp4 src-port 53 dst-ip 10.0.0.2 action 2")
    nic.rule("flow-type tcp6 src-port 80 action 3")
    nic.rule("flow-type udp6 dst-port 512 m 255 action 4")
    nic.rule("flow-type ip4 l4data 0x00160017 action 5")
    hits(nic, 1, frame(dport=80, proto=TCP))
    hits(nic, 2, frame(sport=53, proto=UDP))
    hits(nic, 3, frame(src="fe80::1", dst="fe80::2", sport=80, proto=TCP))
    hits(nic, 4, frame(src="fe80::1", dst="fe80::2", dport=700, proto=UDP))
    hits(nic, 5, frame(sport=22, dport=23, proto=UDP))
    hits(nic, 0, frame(dport=80), frame(sport=80, proto=TCP),
         frame(src="fe80::1", dst="fe80::2", dport=1024))


@case
def fragments_have_no_ports(nic):
    default_is(nic, 0)
    nic.rule("flow-type udp4 dst-port 9 action 1")
    nic.rule("flow-type udp4 dst-ip 10.0.0.7 action 2")
    first = ipv4("10.0.0.1", "10.0.0.2", UDP, ports(8, 9), frag=0x2000)
    hits(nic, 0, ether(first, 0x0800))
    later = ipv4("10.0.0.1", "10.0.0.7", UDP, ports(8, 9), frag=0x0010)
    hits(nic, 2, ether(later, 0x0800))


@case
def mac_besides_ports(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type tcp4 dst-port 80 dst-mac {OTHER} action 6")
    packet = frame(dport=80, proto=TCP)
    hits(nic, 0, packet)
    hits(nic, 6, bytes.fromhex(OTHER.replace(":", "")) + packet[6:])


@case
def to_a_context(nic):
    default_is(nic, 0)
    context = nic.context("start 4 equal 2")
    nic.rule(f"flow-type ether dst {MAC} context {context}")
    landed = nic.landed(*flows(60))
    equal(sorted(landed), [4, 5], "queues of the context")
    text = nic.ethtool("-n")
    check(f"RSS Context ID: {context}" in text, text)


@case
def discard(nic):
    nic.rule(f"flow-type ether dst {MAC} action -1")
    nic.send(*flows(9))
    nic.send(ether(bytes(50), 0x88b5, dst=OTHER))
    check(until(lambda: sum(nic.counts()) == 1), f"passed: {nic.counts()}")
    equal(nic.stats()["rx_rule_discards"], 9, "discards")


@case
def lowest_location_wins(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} action 7 loc 20")
    hits(nic, 7, frame())
    nic.rule("flow-type udp4 dst-port 2000 action 3 loc 10")
    hits(nic, 3, frame())
    nic.rule(f"flow-type ether dst {MAC} action 5 loc 5")
    hits(nic, 5, frame())
    nic.ethtool("-N", "delete 5")
    hits(nic, 3, frame())
    nic.ethtool("-N", "delete 10")
    hits(nic, 7, frame())
    nic.ethtool("-N", "delete 20")
    hits(nic, 0, frame())


@case
def chosen_locations(nic):
    equal([nic.rule(f"flow-type ether dst 02:00:00:00:01:0{i} action 1") for i in range(3)],
          [0, 1, 2], "chosen")
    nic.ethtool("-N", "delete 1")
    equal(nic.rule(f"flow-type ether dst {MAC} action 1"), 1, "the gap")
    nic.ethtool("-N", f"flow-type ether dst {MAC} action 1 loc 1023")
    check("Filter: 1023" in nic.ethtool("-n"), "rule 1023 is listed")


@case
def occupied_location_is_replaced(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} action 1 loc 4")
    nic.rule(f"flow-type ether dst {OTHER} action 2 loc 4")
    check("Total 1 rules" in nic.ethtool("-n"), "one rule")
    hits(nic, 0, frame())
    hits(nic, 2, ether(bytes(50), 0x88b5, dst=OTHER))


def flooded(nic, queues, step, times):
    """Steps under traffic; all queues are met, and no packet misses the rule."""
    default_is(nic, 0)
    with Flood(nic, flows(32)):
        check(until(lambda: sum(nic.counts()) > 100), "no traffic")
        os.sched_setaffinity(0, {0})
        for i in range(times):
            step(i)
        os.sched_setaffinity(0, {0, 1})
    check(until(lambda: sum(nic.counts()) + sum(nic.counts("drops")) >= nic.handed()), "lost")
    counts = nic.counts()
    equal(counts[0], 0, f"packets that met no rule, of {counts}")
    check(all(counts[queue] for queue in queues), f"every rule was met: {counts}")


@case
def replacement_is_atomic(nic):
    """A packet sees the old rule or the new one, never none."""
    nic.ioctl.insert_rule(MAC, 1, 4)
    flooded(nic, (1, 2), lambda i: nic.ioctl.insert_rule(MAC, 2 - i % 2, 4), 20000)


@case
def replacement_by_another_kind_is_atomic(nic):
    context = nic.context("start 2 equal 1")
    kinds = (f"flow-type ether dst {MAC} action 1 loc 4",
             f"flow-type ether dst {MAC} context {context} loc 4",
             "flow-type ether dst 02:00:00:00:00:00 m 00:00:00:00:00:ff action 3 loc 4",
             "flow-type udp4 dst-port 2000 action 4 loc 4")
    nic.rule(kinds[0])
    flooded(nic, (1, 2, 3, 4), lambda i: nic.rule(kinds[(i + 1) % 4]), 40)


@case
def ntuple_off(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} action 5")
    run_command(f"ethtool -K {nic.name} ntuple off")
    hits(nic, 0, frame())
    refused(nic.rule, f"flow-type ether dst {OTHER} action 5", says="not supported")
    check("Total 1 rules" in nic.ethtool("-n"), "the rule is kept")
    run_command(f"ethtool -K {nic.name} ntuple on")
    hits(nic, 5, frame())


@case
def rules_survive_ifdown(nic):
    default_is(nic, 0)
    nic.rule(f"flow-type ether dst {MAC} action 5")
    before = nic.ethtool("-n")
    run_command(f"ip link set {nic.name} down")
    equal(nic.ethtool("-n"), before, "rules while down")
    nic.rule(f"flow-type ether dst {OTHER} action 6")
    run_command(f"ip link set {nic.name} up")
    hits(nic, 5, frame())
    hits(nic, 6, ether(bytes(50), 0x88b5, dst=OTHER))


@case
def bad_rules_are_refused(nic):
    bad = {
        f"flow-type ether dst {MAC} action 8": "invalid",
        f"flow-type ether dst {MAC} action 0x100000001": "invalid",
        # Newer kernels look for the context before they ask the driver.
        f"flow-type ether dst {MAC} context 3": "no such|invalid",
        f"flow-type ether dst {MAC} context 4294967295": "",
        f"flow-type ether dst {MAC} action 1 loc 1024": "invalid",
        "flow-type tcp4 tos 4 action 1": "invalid",
        "flow-type tcp6 tclass 4 action 1": "invalid",
        "flow-type ip4 tos 4 action 1": "invalid",
        "flow-type sctp4 dst-port 4 action 1": "invalid",
        "flow-type esp4 spi 4 action 1": "invalid",
        f"flow-type ether dst {MAC} vlan-etype 0x8100 action 1": "invalid",
        f"flow-type ether dst {MAC} user-def 1 action 1": "invalid",
    }
    for args, says in bad.items():
        refused(nic.ethtool, "-N", args, says=says)
    refused(nic.ethtool, "-N", "delete 3", says="no such")
    check("Total 0 rules" in nic.ethtool("-n"), nic.ethtool("-n"))


@case
def table_of_rules_is_finite(nic):
    """Fills the table through the same door as ethtool, without its start-up."""
    for i in range(1024):
        equal(nic.ioctl.insert_rule(f"02:00:00:01:{i >> 8:02x}:{i & 255:02x}", 1), i, "location")
    refused(nic.ioctl.insert_rule, MAC, 1, says="no space")
    refused(nic.rule, f"flow-type ether dst {MAC} action 1", says="no space")
    default_is(nic, 0)
    hits(nic, 1, ether(bytes(50), 0x88b5, dst="02:00:00:01:03:ff"))
    hits(nic, 0, frame())
    nic.ethtool("-N", "delete 700")
    equal(nic.rule(f"flow-type ether dst {MAC} action 2"), 700, "the gap")


@case
def first_and_last(nic):
    equal(nic.ioctl.insert_rule(MAC, 1, LOC_LAST), 1023, "last")
    equal(nic.ioctl.insert_rule(MAC, 1, LOC_LAST), 1022, "next to last")
    equal(nic.ioctl.insert_rule(MAC, 1, LOC_FIRST), 0, "first")
    refused(nic.ioctl.insert_rule, MAC, 1, 0x80000000, says="invalid")
    refused(nic.ioctl.insert_rule, MAC, 1, 0x80001234, says="invalid")


@case_with(1)
def rule_to_the_only_queue(nic):
    nic.rule(f"flow-type ether dst {MAC} action 0")
    refused(nic.rule, f"flow-type ether dst {OTHER} action 1", says="invalid")


run(__doc__)
