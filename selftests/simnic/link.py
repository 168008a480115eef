#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Pairs: how they are made, moved, disturbed and deleted."""
import errno
import hashlib
import os
import socket

from packets import MAC, flows
from simlib import (DEBUGFS, Flood, Nic, case, case_with, check, equal, load_module, refused,
                    run, run_command, until)


def links(netns=None):
    text = run_command("ip -o link show", netns)
    return {line.split(": ")[1].split("@")[0] for line in text.splitlines()}


def add(name, queues=4, extra=""):
    run_command(f"ip link add numrxqueues {queues} name {name} {extra} type rss_simnic")


class Netns:
    """A named network namespace, for a with statement."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        run_command(f"ip netns add {self.name}")
        return self.name

    def __exit__(self, *_):
        if os.path.exists(f"/run/netns/{self.name}"):
            run_command(f"ip netns del {self.name}")


@case_with(0)
def queues_and_names():
    for queues in (1, 128):
        add("sim", queues)
        check(f"Combined:\t{queues}\n" in run_command("ethtool -l sim"), f"{queues} queues")
        run_command("ip link del sim")
    refused(add, "sim", 129, says="1 to 128")
    refused(add, "sim", 4, "numtxqueues 2", says="numtxqueues must be numrxqueues")
    refused(add, "sim", 4, "address 01:00:00:00:00:01", says="no unicast")
    refused(add, "sim123456789012", says="too long")
    equal(links(), {"lo"}, "nothing left")
    add("sim12345678901")
    check({"sim12345678901", "sim12345678901w"} <= links(), f"{links()}")
    run_command("ip link del sim12345678901")


@case_with(0)
def default_name():
    run_command("ip link add type rss_simnic")
    run_command("ip link add type rss_simnic")
    equal(links(), {"lo", "rss_simnic0", "rss_simnic0w", "rss_simnic1", "rss_simnic1w"},
          "links")
    run_command("ip link del rss_simnic0")
    run_command("ip link del rss_simnic1w")


@case_with(0)
def taken_names():
    run_command("ip link add simw type dummy")
    refused(add, "sim", says="wire end simw")
    equal(links(), {"lo", "simw"}, "nothing left")
    refused(add, "lo", says="exists")
    equal(links(), {"lo", "simw"}, "nothing left")
    run_command("ip link del simw")


@case_with(0)
def wire_end_is_not_made_alone():
    refused(run_command, "ip link add sim type rss_simnic_wire", says="unknown device type")


@case_with(0)
def either_end_deletes_both():
    for end in ("sim", "simw"):
        add("sim")
        run_command(f"ip link del {end}")
        equal(links(), {"lo"}, f"after deleting {end}")
    check(not os.listdir(DEBUGFS), "debugfs is empty")


@case_with(0)
def address_and_mtu_are_taken():
    add("sim", 2, f"address {MAC} mtu 4000")
    text = run_command("ip link show sim")
    check(MAC in text and "mtu 4000" in text, text)
    check("mtu 4000" in run_command("ip link show simw"), "MTU of the wire end")
    run_command("ip link del sim")


@case
def carrier_needs_both_ends(nic):
    def carrier():
        return tuple(open(f"/sys/class/net/{end}/carrier", encoding="ascii").read().strip()
                     for end in (nic.name, nic.wire))

    equal(carrier(), ("1", "1"), "both up")
    run_command(f"ip link set {nic.wire} down")
    check("NO-CARRIER" in run_command(f"ip link show {nic.name}"), "wire down")
    run_command(f"ip link set {nic.wire} up")
    equal(carrier(), ("1", "1"), "both up again")
    run_command(f"ip link set {nic.name} down")
    check("NO-CARRIER" in run_command(f"ip link show {nic.wire}"), "NIC down")
    run_command(f"ip link set {nic.name} up")
    equal(carrier(), ("1", "1"), "both up once more")


def transfer(netns, size):
    """Sends random bytes over TCP into a namespace and back; true if they match."""
    blob = os.urandom(size)
    server = socket.create_server(("10.0.0.1", 7000))
    server.settimeout(20)
    script = ("import socket;s=socket.create_connection(('10.0.0.1',7000),20);"
              "d=b''.join(iter(lambda:s.recv(65536),b''));"
              "t=socket.create_connection(('10.0.0.1',7000),20);t.sendall(d)")
    pid = os.spawnlp(os.P_NOWAIT, "ip", "ip", "netns", "exec", netns, "python3", "-c", script)
    out, _ = server.accept()
    out.sendall(blob)
    out.close()
    back, _ = server.accept()
    back.settimeout(20)
    got = b"".join(iter(lambda: back.recv(65536), b""))
    os.waitpid(pid, 0)
    server.close()
    return hashlib.sha1(got).digest() == hashlib.sha1(blob).digest()


def address(nic, netns, dev="", wire=""):
    run_command(f"ip addr add 10.0.0.1/24 dev {dev or nic.name}")
    run_command(f"ip addr add 10.0.0.2/24 dev {wire or nic.wire}", netns)


@case
def tcp_both_ways(nic):
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.wire} netns {netns}")
        run_command(f"ip link set {nic.wire} up", netns)
        address(nic, netns)
        check(transfer(netns, 2000000), "bytes differ")
        equal(nic.stats()["tx_drops"], 0, "transmit drops")


@case
def tcp_through_losses(nic):
    """What TCP keeps to send again is not what the receiver has got."""
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.wire} netns {netns}")
        run_command(f"ip link set {nic.wire} up", netns)
        address(nic, netns)
        nic.ethtool("-G", "rx 8")
        nic.knob("cost_ns", 50000)
        check(transfer(netns, 6000000), "bytes differ")
        check(sum(nic.counts("drops")) > 0, "nothing was lost")


@case
def vlan_on_top(nic):
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.wire} netns {netns}")
        run_command(f"ip link set {nic.wire} up", netns)
        run_command(f"ip link add link {nic.name} name v5 type vlan id 5")
        run_command(f"ip link add link {nic.wire} name v5 type vlan id 5", netns)
        run_command("ip link set v5 up")
        run_command("ip link set v5 up", netns)
        address(nic, netns, "v5", "v5")
        check(transfer(netns, 100000), "bytes differ")
        nic.ethtool("-N", "flow-type ether vlan 5 m 0xf000 action 6")
        before = nic.counts()[6]
        check(transfer(netns, 100000), "bytes differ")
        check(nic.counts()[6] > before + 30, "the rule sees the tag")


@case
def under_a_bridge(nic):
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.wire} netns {netns}")
        run_command(f"ip link set {nic.wire} up", netns)
        run_command(f"ip link set {nic.name} promisc off")
        run_command("ip link add br0 type bridge")
        run_command(f"ip link set {nic.name} master br0")
        run_command("ip link set br0 up")
        address(nic, netns, "br0")
        check(transfer(netns, 200000), "bytes differ")
        run_command("ip link del br0")


@case
def nic_moves_between_namespaces(nic):
    nic.ethtool("-X", "equal 2")
    context = nic.context("start 4 equal 2")
    nic.rule(f"flow-type ether dst {MAC} context {context}")
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.name} netns {netns}")
        run_command(f"ip link set {nic.name} up", netns)
        text = run_command(f"ethtool -x {nic.name} context {context}", netns)
        check("4     5     4     5" in text, text)
        check("Total 1 rules" in run_command(f"ethtool -n {nic.name}", netns), "the rule")
        text = run_command(f"ip -o link show {nic.name}", netns)
        check("LOWER_UP" in text, text)
        run_command(f"ip link del {nic.name}", netns)
        equal(links(), {"lo"}, "the wire end is gone, too")


@case
def parent_with_a_node(nic):
    def node(netns=None):
        return run_command(f"cat /sys/class/net/{nic.name}/device/numa_node", netns).strip()

    def write(value):
        with open(f"/sys/class/net/{nic.name}/device/numa_node", "w", encoding="ascii") as file:
            file.write(str(value))

    parent = os.path.basename(os.readlink(f"/sys/class/net/{nic.name}/device"))
    check(f"bus-info: {parent}\n" in nic.ethtool("-i"), "ethtool -i names it")
    check("bus-info: virtual\n" in run_command(f"ethtool -i {nic.wire}"), "the wire end has none")
    equal(node(), "-1", "the node of a new NIC")
    write(0)
    equal(node(), "0", "a node that there is")
    for bad in (-2, 63, 100000, "near"):
        try:
            write(bad)
        except OSError as error:
            equal(error.errno, errno.EINVAL, f"{bad}")
        else:
            check(False, f"{bad} is taken")
    equal(node(), "0", "after what was refused")
    with Netns("simns") as netns:
        run_command(f"ip link set {nic.name} netns {netns}")
        equal(node(netns), "0", "in another namespace")
        run_command(f"ip link set {nic.name} netns {os.getpid()}", netns)
        equal(node(), "0", "and back")
    write(-1)
    equal(node(), "-1", "none again")
    run_command(f"ip link del {nic.wire}")
    check(not os.path.exists(f"/sys/devices/{parent}"), "it goes with the NIC")


@case_with(0)
def dying_namespace_deletes_both():
    for end, other in (("sim", "simw"), ("simw", "sim")):
        with Netns("simns") as netns:
            add("sim")
            run_command(f"ip link set {end} netns {netns}")
            check(other in links(), f"{other} stays here")
        check(until(lambda: links() == {"lo"}), f"left: {links()}")
    with Netns("simns") as netns:
        run_command("ip link add numrxqueues 4 name sim type rss_simnic", netns)
        check({"sim", "simw"} <= links(netns), "made in a namespace")
    check(until(lambda: not os.listdir(DEBUGFS)), "debugfs is empty")


@case_with(0)
def same_name_in_two_namespaces():
    with Netns("simns") as netns:
        add("sim")
        run_command("ip link add numrxqueues 4 name sim type rss_simnic", netns)
        equal(set(os.listdir(DEBUGFS)), {"sim", "sim.1"}, "directories")
        run_command("ip link del sim")
        equal(os.listdir(DEBUGFS), ["sim.1"], "directories")


@case_with(0)
def deleted_under_traffic():
    for i in range(8):
        nic = Nic(8)
        if i % 2:
            with open(f"/sys/class/net/{nic.name}/threaded", "w", encoding="ascii") as file:
                file.write("1")
        nic.knob("cost_ns", 100000)
        with Flood(nic, flows(64)):
            until(lambda: sum(nic.counts()) > 50)
            run_command(f"ip link del {nic.name if i % 4 < 2 else nic.wire}")
        equal(links(), {"lo"}, "links")
        nic.close()


def disturb(nic, *steps):
    """Runs steps under traffic; every packet must be accounted for."""
    with Flood(nic, flows(64)):
        for step in steps:
            step()

    def total():
        stats = nic.stats()
        return (sum(nic.counts()) + sum(nic.counts("drops")) + stats["rx_link_down"] +
                stats["rx_filtered"])

    handed = nic.handed()
    check(until(lambda: total() >= handed), f"{total()} of {handed} accounted for")
    equal(total(), handed, "packets accounted for")
    equal(sum(nic.landed(*flows(20)).values()), 20, "still works")


@case
def up_and_down_under_traffic(nic):
    steps = [lambda s=s: run_command(f"ip link set {nic.name} {s}")
             for s in ("down", "up") * 5]
    disturb(nic, *steps)


@case
def channels_change_under_traffic(nic):
    nic.knob("cost_ns", 20000)
    disturb(nic, *[lambda n=n: nic.ethtool("-L", f"combined {n}")
                   for n in (1, 8, 3, 5, 2, 8) * 2])


@case
def settings_change_under_traffic(nic):
    context = nic.context("equal 2")
    nic.rule(f"flow-type ether dst {MAC} context {context}")
    disturb(nic, *[lambda o=o, a=a: nic.ethtool(o, a) for o, a in (
        ("-X", f"context {context} start 4 equal 4"), ("-G", "rx 16"), ("-X", "equal 3"),
        ("-G", "rx 2048"), ("-X", f"context {context} equal 8"), ("-X", "default")) * 2])


@case
def threads_change_under_traffic(nic):
    def threaded(value):
        with open(f"/sys/class/net/{nic.name}/threaded", "w", encoding="ascii") as file:
            file.write(value)
    disturb(nic, *[lambda v=v: threaded(v) for v in "1010101"])


@case_with(0)
def module_goes_with_nics_and_traffic():
    nic, other = Nic(8), Nic(128, "second")
    nic.context("equal 2")
    nic.rule(f"flow-type ether dst {MAC} context 1")
    try:
        with Flood(nic, flows(64)):
            until(lambda: sum(nic.counts()) > 50)
            run_command("rmmod rss_simnic")
        equal(links(), {"lo"}, "links")
        check(not os.path.exists(DEBUGFS), "debugfs")
        for _ in range(20):
            load_module()
            add("sim")
            run_command("rmmod rss_simnic")
        equal([name for name in os.listdir("/sys/devices") if "simnic" in name], [], "parents")
    finally:
        load_module()
    nic.close()
    other.close()


run(__doc__)
