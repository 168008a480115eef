#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Requests that are broken at random, from a fixed seed.

What counts is that the kernel log stays clean, which the runner of the guest
watches, that no refusal of a wrong value is without a word, and that the module
still answers and can be removed.
"""
import errno
import os
import random
import socket
import struct

from genl import C, Family, Refused, a, attr, mac
from rig import case, equal, main

SEED = int(os.environ.get("RSSE_SEED", "1"))
ROUNDS = 20000 if os.environ.get("RSSE_LONG") else 1500


def valid_requests(ifindex):
    vnic = a("VM_VNIC", [a("VNIC_IFNAME", "d0"),
                         a("VNIC_FILTER", [a("FILTER_MAC", mac("52:54:00:00:00:01")),
                                           a("FILTER_VLAN", 5)]),
                         a("VNIC_WORKER", 1)])
    pnic = a("PNIC_IFINDEX", ifindex)
    return [
        ("CONFIG_SET", [a("CONFIG_PERIOD_MS", 100), a("CONFIG_SELECT", 1)]),
        ("PNIC_ADD", [pnic, a("PNIC_MODE", 1), a("PNIC_DEFAULT_QUEUES", 2)]),
        ("PNIC_SET", [pnic, a("PNIC_MODE", 0)]),
        ("PNIC_DEL", [pnic]),
        ("VM_ADD", [a("VM_NAME", "vm"), vnic, a("VM_PNIC", ifindex), a("VM_PRIORITY", -1)]),
        ("VM_SET", [a("VM_NAME", "vm"), a("VM_PIN", 2), vnic]),
        ("VM_DEL", [a("VM_NAME", "vm")]),
        ("VM_MOVE", [a("PLACEMENT_VM", "vm"), a("PLACEMENT_IFINDEX", ifindex),
                     a("PLACEMENT_TO_STATE", 2), a("PLACEMENT_TO_ENGINE", 1)]),
        ("VM_GET", []),
        ("CONFIG_GET", []),
        ("STATE_GET", [pnic]),
    ]


def flip(chance, data):
    data = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        if data:
            data[chance.randrange(len(data))] = chance.choice(
                (0, 1, 4, 0x7f, 0x80, 0xff, chance.randrange(256)))
    return bytes(data)


def broken(chance, attrs):
    """The attributes of a request, mutilated."""
    attrs = list(attrs)
    for _ in range(chance.randint(0, 3)):
        if not attrs:
            break
        index = chance.randrange(len(attrs))
        way = chance.randrange(5)
        if way == 0:
            del attrs[index]
        elif way == 1:
            attrs.insert(index, attrs[index])
        elif way == 2:
            attrs[index] = flip(chance, attrs[index])
        elif way == 3:
            attrs[index] = attrs[index][:chance.randrange(len(attrs[index]) + 1)]
        else:
            attrs[index] = attr(chance.randrange(40) | chance.choice((0, 0x8000)),
                                chance.randbytes(chance.choice((0, 1, 4, 6, 16, 300))))
    return b"".join(attrs)


@case
def storm(rig, _family):
    """Broken requests"""
    chance = random.Random(SEED)
    silent, family = [], Family()
    for number in range(ROUNDS):
        command, attrs = chance.choice(valid_requests(rig.ifindex))
        payload = broken(chance, attrs)
        flags = chance.choice((4, 4, 4, 4, 0x304))
        try:
            family._ask(family.id, C["CMD_" + command], payload, flags)
        except Refused as refusal:
            if refusal.errno in (errno.EINVAL, errno.ERANGE) and not refusal.message and \
               refusal.place is None and flags == 4:
                silent.append((number, command, payload.hex()))
    family.close()
    equal(silent[:3], [], "refused without a word")


@case
def headers(_rig, _family):
    """Broken headers"""
    chance = random.Random(SEED)
    probe = Family()
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    for _ in range(ROUNDS):
        body = struct.pack("=BBH", chance.randrange(256), chance.randrange(256),
                           chance.randrange(65536)) + chance.randbytes(chance.randrange(64))
        body = body[:chance.randrange(len(body) + 1)]
        length = chance.choice((16 + len(body), chance.randrange(200)))
        sock.send(struct.pack("=IHHII", length, probe.id, 1 | chance.randrange(8), 1, 0) + body)
        sock.setblocking(False)
        try:
            while sock.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        sock.setblocking(True)
    sock.close()
    probe.close()


@case
def answers(rig, family):
    """The module still answers"""
    for _ in range(2):
        try:
            family.do("PNIC_DEL", a("PNIC_IFINDEX", rig.ifindex))
        except Refused as refusal:
            equal(refusal.errno, errno.ENODEV, "errno")
    family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    equal(len(family.dump("QUEUE_GET")), 8, "queues")


if __name__ == "__main__":
    main(lambda rig, family: rig.add_devices("d", 2))
