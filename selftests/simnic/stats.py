#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Queues: rings, costs, interrupts, and that every packet is counted once."""
import os
import re
import socket
import time

from netdevnl import RX, TX, Netdev
from packets import MAC, ether, flows, frame
from simlib import case, check, equal, refused, run, run_command, until

SO_INCOMING_NAPI_ID = 56


def link_stats(nic):
    path = f"/sys/class/net/{nic.name}/statistics"
    return {name: int(open(f"{path}/{name}", encoding="ascii").read())
            for name in ("rx_packets", "rx_bytes", "rx_missed_errors", "rx_dropped",
                         "rx_length_errors", "tx_packets")}


def settled(nic):
    """Waits until the NIC has accounted for all that was sent to it."""
    def total():
        return sum(nic.counts()) + sum(nic.counts("drops"))
    check(until(lambda: total() >= nic.sent, 20), f"{total()} of {nic.sent} accounted for")
    equal(total(), nic.sent, "packets and drops")


def one_queue(nic, queue):
    nic.ethtool("-X", f"start {queue} equal 1")


def burst(nic, queue, packets):
    """Sends from the other CPU: on the queue's own the sender waits for each poll."""
    nic.knob(f"queues/{queue}/cpu", 0)
    os.sched_setaffinity(0, {1})
    nic.send(*packets)
    os.sched_setaffinity(0, {0, 1})


@case
def full_ring_drops_and_counts(nic):
    one_queue(nic, 2)
    nic.ethtool("-G", "rx 64")
    nic.knob("queues/2/cost_ns", 1000000)
    burst(nic, 2, flows(500))
    settled(nic)
    drops = nic.counts("drops")
    check(drops[2] > 200, f"drops {drops}")
    equal(sum(drops), drops[2], "drops of other queues")
    equal(link_stats(nic)["rx_missed_errors"], drops[2], "rx_missed_errors")
    stats = Netdev(nic.name).queue_stats()[2]
    equal((stats["rx-hw-drops"], stats["rx-hw-drop-overruns"]), (drops[2], drops[2]),
          "queue statistics")
    check(nic.counts()[2] >= 64, "a ring full of packets came through")


@case
def ring_size_is_checked(nic):
    check("RX:\t\t512" in nic.ethtool("-g").split("Current")[1], nic.ethtool("-g"))
    refused(nic.ethtool, "-G", "rx 0", says="a ring holds at least one packet")
    for args in ("rx 16385", "tx 4"):
        refused(nic.ethtool, "-G", args, says="exceeds maximum")
    check("RX:\t\t512" in nic.ethtool("-g").split("Current")[1], "it was changed")
    nic.ethtool("-G", "rx 16384")


@case
def big_ring_holds_a_burst(nic):
    one_queue(nic, 0)
    nic.ethtool("-G", "rx 4096")
    nic.knob("cost_ns", 100000)
    nic.send(*flows(1500))
    settled(nic)
    equal(nic.counts("drops"), [0] * 8, "drops")


@case
def cost_is_spun_and_accounted(nic):
    nic.knob("cost_ns", 200000)
    equal(nic.knob("queues/5/cost_ns"), "200000", "cost of a queue")
    nic.knob("queues/5/cost_ns", 0)
    begin = time.monotonic_ns()
    nic.send(*flows(400))
    settled(nic)
    took = time.monotonic_ns() - begin
    counts, spun = nic.counts(), nic.counts("spun_ns")
    equal(spun[5], 0, "spun for nothing")
    for queue in set(range(8)) - {5}:
        low = counts[queue] * 200000
        check(low <= spun[queue] <= took, f"queue {queue}: {spun[queue]} for {low}")
    check(sum(spun) <= 2 * took, f"spun {sum(spun)} in {took} on two CPUs")


@case
def cost_of_a_packet_is_exact(nic):
    one_queue(nic, 1)
    nic.knob("cost_ns", 500000)
    spun = []
    for _ in range(15):
        before = nic.counts("spun_ns")[1]
        nic.landed(frame())
        spun.append(nic.counts("spun_ns")[1] - before)
    # what takes the CPU away only adds
    check(500000 <= min(spun) <= 525000, f"one packet of 500000 ns: {sorted(spun)}")


@case
def cost_takes_its_time(nic):
    one_queue(nic, 1)
    nic.knob("cost_ns", 2000000)
    begin = time.monotonic()
    burst(nic, 1, flows(200))
    settled(nic)
    check(time.monotonic() - begin > 0.4, "200 packets of 2 ms are done early")


@case
def no_packet_waits_for_the_next(nic):
    """A packet that arrives while the poll before it ends is polled, too."""
    one_queue(nic, 1)
    nic.knob("queues/1/cpu", 0)
    os.sched_setaffinity(0, {1})
    for i in range(2000):
        nic.send(*flows(1 + i % 3))
        end = time.monotonic() + 2
        while nic.counts()[1] < nic.sent and time.monotonic() < end:
            pass
        equal(nic.counts()[1], nic.sent, f"packets polled in round {i}")
    os.sched_setaffinity(0, {0, 1})


@case
def bad_settings_are_refused(nic):
    cpu = nic.knob("queues/0/cpu")
    bad = {"queues/0/cpu": (4096, -1, 18446744073709551615), "cost_ns": (10000001, -1),
           "queues/0/cost_ns": (10000001, -1, "x"), "drop_after_napi": (2, -1),
           "op_delay_ms": (1001, -1)}
    for knob, values in bad.items():
        for value in values:
            refused(nic.knob, knob, value)
    equal((nic.knob("queues/0/cpu"), nic.knob("queues/0/cost_ns"),
           nic.knob("drop_after_napi")), (cpu, "0", "0"), "settings")


@case
def drop_after_napi_ends_in_the_poll(nic):
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
    tap.bind((nic.name, 0x88b5))
    tap.settimeout(2)
    nic.send(ether(b"seen" * 12, 0x88b5))
    check(b"seen" in tap.recv(2048), "a packet passes")
    nic.knob("drop_after_napi", 1)
    nic.knob("cost_ns", 1000)
    nic.send(*(ether(b"lost" * 12, 0x88b5) for _ in range(50)))
    settled(nic)
    equal(sum(nic.counts("poll_drops")), 50, "poll drops")
    equal(link_stats(nic)["rx_dropped"], 50, "rx_dropped")
    check(sum(nic.counts("spun_ns")) >= 50000, "their cost was spun")
    nic.knob("drop_after_napi", 0)
    nic.send(ether(b"next" * 12, 0x88b5))
    check(b"next" in tap.recv(2048), "packets pass again, and none did before")


@case
def polls_and_full_polls(nic):
    one_queue(nic, 1)
    for _ in range(5):
        nic.landed(frame())
    equal((nic.counts("polls")[1], nic.counts("full_polls")[1]), (5, 0), "single packets")
    nic.knob("cost_ns", 1000000)
    burst(nic, 1, flows(300))
    settled(nic)
    full = nic.counts("full_polls")[1]
    check(1 <= full <= 5, f"{full} full polls for 300 packets at a budget of 64")


@case
def interrupt_is_raised_on_the_queues_cpu(nic):
    def softirqs():
        text = open("/proc/softirqs", encoding="ascii").read()
        return [int(n) for n in re.search(r"NET_RX:(.*)", text).group(1).split()]

    equal([nic.knob(f"queues/{i}/cpu") for i in range(8)], ["0", "1"] * 4, "by default")
    one_queue(nic, 3)
    for cpu in (0, 1):
        nic.knob("queues/3/cpu", cpu)
        before = softirqs()
        for _ in range(100):
            nic.send(frame())
            time.sleep(0.001)
        now = softirqs()
        check(now[cpu] - before[cpu] >= 80, f"CPU {cpu}: {before} to {now}")
        check(now[1 - cpu] - before[1 - cpu] <= 40, f"other than {cpu}: {before} to {now}")


def put_off(nic, usecs):
    nic.ethtool("-C", f"rx-usecs {usecs}")


def polls_for(nic, packets):
    """Polls that single packets take, sent on the CPU of their queue."""
    nic.knob("queues/1/cpu", 0)
    os.sched_setaffinity(0, {0})
    before = nic.counts("polls")[1]
    nic.landed(*flows(packets))
    os.sched_setaffinity(0, {0, 1})
    return nic.counts("polls")[1] - before


@case
def interrupts_are_put_off(nic):
    one_queue(nic, 1)
    check(re.search(r"^rx-usecs:\s*0$", nic.ethtool("-c"), re.M), nic.ethtool("-c"))
    polls = polls_for(nic, 50)
    check(polls >= 40, f"{polls} polls for 50 packets, at once")
    put_off(nic, 10000)
    check(re.search(r"^rx-usecs:\s*10000$", nic.ethtool("-c"), re.M), nic.ethtool("-c"))
    polls = polls_for(nic, 50)
    check(1 <= polls <= 20, f"{polls} polls for 50 packets, put off")
    begin = time.monotonic()
    nic.landed(frame())
    check(time.monotonic() - begin >= 0.01, "a packet is polled early")
    put_off(nic, 0)
    polls = polls_for(nic, 50)
    check(polls >= 40, f"{polls} polls for 50 packets, at once again")
    settled(nic)


@case
def bad_coalescing_is_refused(nic):
    refused(nic.ethtool, "-C", "rx-usecs 10001", says="rx-usecs is at most 10000")
    for args in ("rx-frames 4", "tx-usecs 4", "adaptive-rx on"):
        refused(nic.ethtool, "-C", args)
    check(re.search(r"^rx-usecs:\s*0$", nic.ethtool("-c"), re.M), nic.ethtool("-c"))


@case
def down_while_an_interrupt_is_put_off(nic):
    one_queue(nic, 1)
    put_off(nic, 10000)
    for state in ("down", "up") * 5:
        nic.send(*flows(3))
        run_command(f"ip link set {nic.name} {state}")
    equal(nic.landed(*flows(20)), {1: 20}, "packets that land afterwards")
    nic.send(*flows(3))
    # close() deletes it at once


@case
def who_it_is_and_what_it_can(nic):
    text = nic.ethtool("-i")
    for line in ("driver: rss_simnic", "bus-info: rss_simnic.", "supports-statistics: yes"):
        check(line in text, text)
    features = dict(re.findall(r"^\s*([\w-]+): (on|off)", nic.ethtool("-k"), re.M))
    for name in ("ntuple-filters", "receive-hashing", "scatter-gather"):
        equal(features.get(name), "on", name)
    run_command(f"ethtool -K {nic.name} rxhash off")
    check("receive-hashing: off" in nic.ethtool("-k"), "switched off")


@case
def napi_belongs_to_its_queue(nic):
    netdev = Netdev(nic.name)
    queues = netdev.queues()
    equal(sorted(queues), list(range(8)), "queues")
    equal(set(queues.values()), set(netdev.napis()), "a NAPI each")
    equal(netdev.queues(TX), queues, "transmit queues")
    run_command(f"ip addr add 10.0.0.2/24 dev {nic.name}")
    mac = open(f"/sys/class/net/{nic.name}/address", encoding="ascii").read().strip()
    for queue in range(8):
        one_queue(nic, queue)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("10.0.0.2", 2000))
            sock.settimeout(2)
            nic.send(ether(frame()[14:], 0x0800, dst=mac))
            sock.recv(100)
            equal(sock.getsockopt(socket.SOL_SOCKET, SO_INCOMING_NAPI_ID), queues[queue],
                  f"NAPI of a packet of queue {queue}")
    nic.ethtool("-X", "default")
    nic.ethtool("-L", "combined 3")
    equal(netdev.queues(), {i: queues[i] for i in range(3)}, "of three channels")
    equal(len(netdev.napis()), 3, "NAPIs of three channels")


@case
def threaded_napi(nic):
    path = f"/sys/class/net/{nic.name}/threaded"
    with open(path, "w", encoding="ascii") as file:
        file.write("1")
    threads = Netdev(nic.name).napis()
    check(all(threads.values()), f"a thread each: {threads}")
    equal(sorted(nic.landed(*flows(200))), list(range(8)), "queues used")
    nic.knob("cost_ns", 100000)
    nic.send(*flows(300))
    settled(nic)
    run_command(f"ip link set {nic.name} down")
    run_command(f"ip link set {nic.name} up")
    check(all(Netdev(nic.name).napis().values()), "threads after an ifdown")
    nic.landed(frame())
    with open(path, "w", encoding="ascii") as file:
        file.write("0")
    equal(sum(nic.landed(*flows(20)).values()), 20, "back in softirq")


@case
def accounts_agree(nic):
    nic.send(*flows(100, size=200))
    nic.send(*flows(50))
    settled(nic)
    size = 100 * len(flows(1, size=200)[0]) + 50 * len(frame())
    equal((sum(nic.counts()), sum(nic.counts("bytes"))), (150, size), "ethtool -S")
    link = link_stats(nic)
    equal((link["rx_packets"], link["rx_bytes"]), (150, size), "link")
    netdev = Netdev(nic.name)
    per_queue = netdev.queue_stats(RX)
    equal([per_queue[i]["rx-packets"] for i in range(8)], nic.counts(), "queue statistics")
    equal(sum(q["rx-bytes"] for q in per_queue.values()), size, "bytes of the queues")
    nic.ethtool("-L", "combined 2")
    equal(netdev.qstats()["rx-packets"], 150, "of queues that are gone, too")
    equal(len(netdev.queue_stats()), 2, "queues")


@case
def transmit_is_counted(nic):
    tx = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    tx.bind((nic.name, 0))
    rx = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x88b5))
    rx.bind((nic.wire, 0x88b5))
    rx.settimeout(2)
    packet = ether(bytes(50), 0x88b5)
    for _ in range(20):
        tx.send(packet)
        equal(rx.recv(2048), packet, "what arrives at the wire end")
    stats = nic.stats()
    equal(sum(stats[f"tx{i}_packets"] for i in range(8)), 20, "ethtool -S")
    equal(sum(stats[f"tx{i}_bytes"] for i in range(8)), 20 * len(packet), "bytes")
    equal(link_stats(nic)["tx_packets"], 20, "link")
    equal(Netdev(nic.name).qstats()["tx-packets"], 20, "queue statistics")


@case
def foreign_packets_are_filtered(nic):
    def passes(packet, want, what):
        before = sum(nic.counts()), nic.stats()["rx_filtered"]
        nic.send(packet)
        check(until(lambda: sum(nic.counts()) + nic.stats()["rx_filtered"] >
                    sum(before)), f"{what}: not counted")
        equal(sum(nic.counts()) > before[0], want, what)

    run_command(f"ip link set {nic.name} promisc off")
    mac = open(f"/sys/class/net/{nic.name}/address", encoding="ascii").read().strip()
    passes(ether(bytes(50), 0x88b5, dst=mac), True, "own MAC")
    passes(ether(bytes(50), 0x88b5, dst="ff:ff:ff:ff:ff:ff"), True, "broadcast")
    passes(ether(bytes(50), 0x88b5), False, "foreign MAC")
    passes(ether(bytes(50), 0x88b5, dst="01:00:5e:01:02:03"), False, "foreign group")
    run_command(f"ip maddr add 01:00:5e:01:02:03 dev {nic.name}")
    passes(ether(bytes(50), 0x88b5, dst="01:00:5e:01:02:03"), True, "own group")
    run_command(f"bridge fdb add {MAC} dev {nic.name} self permanent")
    passes(ether(bytes(50), 0x88b5), True, "second MAC")
    run_command(f"bridge fdb del {MAC} dev {nic.name} self")
    passes(ether(bytes(50), 0x88b5), False, "second MAC taken back")
    run_command(f"ip link set {nic.name} allmulticast on")
    passes(ether(bytes(50), 0x88b5, dst="01:00:5e:09:09:09"), True, "all groups")
    run_command(f"ip link set {nic.name} address {MAC}")
    passes(ether(bytes(50), 0x88b5), True, "new MAC")
    passes(ether(bytes(50), 0x88b5, dst=mac), False, "old MAC")
    for i in range(70):
        run_command(f"bridge fdb add 02:00:00:00:07:{i:02x} dev {nic.name} self permanent")
    passes(ether(bytes(50), 0x88b5, dst=mac), True, "too many MACs: all pass")


@case
def length_is_checked(nic):
    run_command(f"ip link set {nic.wire} mtu 9000")
    nic.send(ether(bytes(1500), 0x88b5), ether(bytes(1500), 0x88b5, vlans=(1, 2)))
    settled(nic)
    nic.send(ether(bytes(1509), 0x88b5))
    nic.sent -= 1
    check(until(lambda: nic.stats()["rx_length_errors"] == 1), "not counted")
    equal(link_stats(nic)["rx_length_errors"], 1, "link")
    run_command(f"ip link set {nic.name} mtu 9000")
    nic.send(ether(bytes(9000), 0x88b5))
    settled(nic)
    refused(run_command, f"ip link set {nic.name} mtu 9601")


run(__doc__)
