#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Dumps: complete, of one time or said not to be; and events, in order."""
import struct

from genl import C, Family, Refused, a, mac, parse
from rig import case, equal, main

VMS = 300
LARGE = 20 * 1024               # what the kernel fills at least, for large objects
NAME = "n" * 59 + "{:04}"        # the longest that is allowed


def u(payload):
    return int.from_bytes(payload, "little")


def names_of(objects, key):
    kind = C["A_" + key]
    return [value.rstrip(b"\0").decode() for one in objects
            for attribute, value in parse(one) if attribute == kind]


def add_vm(family, name, *vnics):
    family.do("VM_ADD", a("VM_NAME", name), *vnics)


def prepare(rig, family):
    family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    for i, device in enumerate(rig.add_devices("d", VMS)):
        add_vm(family, NAME.format(i), a("VM_VNIC", [a("VNIC_IFNAME", device)]))


WANTED = [NAME.format(i) for i in range(VMS)]


@case
def vms(_rig, _family):
    """All VMs, in several datagrams"""
    family = Family(LARGE)
    equal(sorted(names_of(family.dump("VM_GET"), "VM_NAME")), WANTED, "names")
    assert family.messages > 2 and not family.interrupted


@case
def placements(_rig, family):
    """All placements"""
    equal(sorted(names_of(family.dump("PLACEMENT_GET"), "PLACEMENT_VM")), WANTED, "names")
    assert not family.interrupted


@case
def engine_parts(_rig, _family):
    """An engine with many VMs comes in parts, each name once"""
    family = Family(LARGE)
    parts = [one for one in family.dump("ENGINE_GET") if not u(dict(parse(one))[C["A_ENGINE_ID"]])]
    equal(sorted(names_of(parts, "ENGINE_VM")), WANTED, "names")
    assert len(parts) > 1, "one part"
    for part in parts:
        assert C["A_ENGINE_KIND"] in dict(parse(part)), "a part without the engine's attributes"


@case
def queues(_rig, family):
    """All queues, with what the driver says of drops"""
    dumped = [dict(parse(one)) for one in family.dump("QUEUE_GET")]
    equal([u(one[C["A_QUEUE_ID"]]) for one in dumped], list(range(8)), "queues")
    assert all(C["A_QUEUE_DROPS"] in one for one in dumped), "no drops"


@case
def interrupted(_rig, with_change):
    """A dump that the structure changed under says so"""
    family = Family(1 << 12)
    family.dump_begin("PLACEMENT_GET")
    with_change.do("VM_DEL", a("VM_NAME", WANTED[0]))
    family.dump_end()
    assert family.interrupted, "not told"
    add_vm(with_change, WANTED[0], a("VM_VNIC", [a("VNIC_IFNAME", "d0")]))
    equal(sorted(names_of(family.dump("PLACEMENT_GET"), "PLACEMENT_VM")), WANTED,
          "names of the next dump")
    assert not family.interrupted, "the next dump is not of one time"


@case
def abandoned(_rig, family):
    """A dump that is given up half-way holds nothing"""
    for _ in range(20):
        quitter = Family(1 << 12)
        quitter.dump_begin("PLACEMENT_GET")
        quitter.close()
    equal(len(family.dump("VM_GET")), VMS, "VMs")


@case
def largest(rig, family):
    """The largest VM fits: 16 devices of 16 filters each"""
    devices = rig.add_devices("large", 16)
    vnics = [a("VM_VNIC", [a("VNIC_IFNAME", device), *(
        a("VNIC_FILTER", [a("FILTER_MAC", mac(f"02:00:00:00:{i:02x}:{j:02x}")),
                          a("FILTER_VLAN", 4094)]) for j in range(16))])
        for i, device in enumerate(devices)]
    add_vm(family, "largest", *vnics)
    big = Family(LARGE)
    dumped = [one for one in big.dump("VM_GET")
              if dict(parse(one))[C["A_VM_NAME"]] == b"largest\0"]
    shown = [parse(value) for kind, value in parse(dumped[0]) if kind == C["A_VM_VNIC"]]
    equal([sum(kind == C["A_VNIC_FILTER"] for kind, _ in vnic) for vnic in shown], [16] * 16,
          "filters")
    big.close()
    family.do("VM_DEL", a("VM_NAME", "largest"))


@case
def events(_rig, family):
    """Events are numbered without a gap, in order, and say what happened"""
    listener = Family()
    listener.listen()
    family.do("VM_DEL", a("VM_NAME", WANTED[1]))
    add_vm(family, WANTED[1], a("VM_VNIC", [a("VNIC_IFNAME", "d1")]))
    family.do("VM_SET", a("VM_NAME", WANTED[1]), a("VM_MIN_STATE", 0))
    family.do("VM_MOVE", a("PLACEMENT_VM", WANTED[1]), a("PLACEMENT_TO_STATE", 0))
    family.do("CONFIG_SET", a("CONFIG_GAIN_MIN", 25))
    wanted = ["VM_DELETED", "VM_ADDED", "VM_CHANGED", "CONFIG"]
    seen, numbers = [], []
    kinds = {C["EVENT_KIND_" + kind]: kind for kind in wanted}
    while len(seen) < len(wanted):
        event = listener.event()
        numbers.append(u(event[C["A_EVENT_SEQ"]]))
        kind = kinds.get(u(event[C["A_EVENT_KIND"]]))
        if kind:
            seen.append(kind)
        if kind and kind.startswith("VM_"):
            equal(event[C["A_EVENT_VM"]], WANTED[1].encode() + b"\0", kind)
    equal(seen, wanted, "events")
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "numbers")
    listener.close()


@case
def unexpected_attributes(_rig, family):
    """A dump request with attributes is answered or refused, not crashed"""
    family.send(family.id, C["CMD_VM_GET"], a("VM_NAME", "x"), 0x300)
    try:
        family.dump_end()
    except Refused:
        pass
    equal(len(family.dump("PNIC_GET")), 1, "PNICs")


if __name__ == "__main__":
    main(prepare)
