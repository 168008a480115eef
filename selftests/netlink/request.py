#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Bad requests: each is refused with a message, and changes nothing."""
import errno
import socket
import struct

from genl import C, Refused, a, attr, mac
from rig import case, equal, main, state

UNICAST = "52:54:00:00:00:01"


def vnic(name="d0", *more):
    return a("VM_VNIC", [a("VNIC_IFNAME", name), *more])


def address(text=UNICAST, *more):
    return a("VNIC_FILTER", [a("FILTER_MAC", mac(text)), *more])


def vm(*more, name="vm"):
    return "VM_ADD", a("VM_NAME", name), *more


# name, errno, a part of the message, command and attributes
def requests(ifindex):
    pnic = a("PNIC_IFINDEX", ifindex)
    lo = a("PNIC_IFINDEX", socket.if_nametoindex("lo"))
    limits = a("LIMIT_IFINDEX", ifindex)
    many = [f"52:54:00:00:01:{i:02x}" for i in range(17)]
    inval, nodev, range_ = errno.EINVAL, errno.ENODEV, errno.ERANGE
    return [
        ("config: no key", inval, "no key", "CONFIG_SET"),
        ("config: below its range", range_, "", "CONFIG_SET", a("CONFIG_PERIOD_MS", 9)),
        ("config: above its range", range_, "", "CONFIG_SET", a("CONFIG_ENGINE_ABOVE", 1001)),
        ("config: unshare above share", inval, "unshare", "CONFIG_SET",
         a("CONFIG_SHARE_ABOVE", 100), a("CONFIG_UNSHARE_BELOW", 100)),
        ("config: one good key, one bad", range_, "", "CONFIG_SET",
         a("CONFIG_GAIN_MIN", 50), a("CONFIG_MOVES_MAX", 0)),
        ("config: unknown selection", range_, "", "CONFIG_SET", a("CONFIG_SELECT", 3)),
        ("config: an attribute too short", inval, "", "CONFIG_SET",
         a("CONFIG_GAIN_MIN", b"\1\0")),
        ("config: unknown attribute", inval, "", "CONFIG_SET", attr(200, 1)),

        ("pnic add: no device", inval, "no device", "PNIC_ADD"),
        ("pnic add: no such device", nodev, "no such device", "PNIC_ADD",
         a("PNIC_IFINDEX", 0x7ffffff0)),
        ("pnic add: an index beyond int", nodev, "no such device", "PNIC_ADD",
         a("PNIC_IFINDEX", 0xfffffff0)),
        ("pnic add: index 0", range_, "", "PNIC_ADD", a("PNIC_IFINDEX", 0)),
        ("pnic add: loopback", errno.EOPNOTSUPP, "Ethernet", "PNIC_ADD", lo),
        ("pnic add: unknown mode", range_, "", "PNIC_ADD", pnic, a("PNIC_MODE", 3)),
        ("pnic add: a VM's device", errno.EBUSY, "VM", "PNIC_ADD",
         a("PNIC_IFINDEX", socket.if_nametoindex("d9"))),
        ("pnic add: more queues than there are", inval, "queue", "PNIC_ADD", pnic,
         a("PNIC_DEFAULT_QUEUES", 9)),
        ("pnic add: no default queue", range_, "", "PNIC_ADD", pnic,
         a("PNIC_DEFAULT_QUEUES", 0)),
        ("pnic add: more queues than can be", range_, "", "PNIC_ADD", pnic,
         a("PNIC_SHARED_QUEUES", 1025)),
        ("pnic set: no device", inval, "no device", "PNIC_SET", a("PNIC_MODE", 0)),
        ("pnic set: no mode", inval, "nothing to change", "PNIC_SET", pnic),
        ("pnic set: not managed", nodev, "not under management", "PNIC_SET", lo,
         a("PNIC_MODE", 1)),
        ("pnic del: not managed", nodev, "not under management", "PNIC_DEL", lo),
        ("pnic del: no device", inval, "no device", "PNIC_DEL"),

        ("limits add: no maximum", inval, "no maximum", "LIMITS_ADD", limits),
        ("limits add: a time zone beyond a day", inval, "less than a day", "LIMITS_ADD", limits,
         a("LIMIT_UTC_OFFSET", 86400), a("LIMIT_SHARED_ENGINES", 1)),
        ("limits add: the lowest number as a time zone", inval, "less than a day",
         "LIMITS_ADD", limits, a("LIMIT_UTC_OFFSET", 0x80000000), a("LIMIT_SHARED_ENGINES", 1)),
        ("limits del: an index that is not there", errno.ENOENT, "no such limit",
         "LIMITS_DEL", limits, a("LIMIT_INDEX", 0)),
        ("limits del: an index that means nothing", inval, "as high as that",
         "LIMITS_DEL", limits, a("LIMIT_INDEX", 0xffffffff)),

        ("vm add: no name", inval, "no name", "VM_ADD", vnic()),
        ("vm add: empty name", inval, "name", *vm(vnic(), name="")),
        ("vm add: a name with a slash", inval, "name", *vm(vnic(), name="a/b")),
        ("vm add: a name with a blank", inval, "name", *vm(vnic(), name="a b")),
        ("vm add: a name that begins with a dot", inval, "name", *vm(vnic(), name="..")),
        ("vm add: a name that begins with a dash", inval, "name", *vm(vnic(), name="-j")),
        ("vm add: a name of other letters", inval, "name", *vm(vnic(), name="m\u00fcller")),
        ("vm add: a name too long", inval, "", *vm(vnic(), name="n" * 64)),
        ("vm add: a name without an end", inval, "", "VM_ADD", a("VM_NAME", b"vm"), vnic()),
        ("vm add: a name that is taken", errno.EEXIST, "exists", *vm(vnic(), name="old")),
        ("vm add: no network device", inval, "network device", *vm()),
        ("vm add: a device without a name", inval, "name", *vm(a("VM_VNIC", [address()]))),
        ("vm add: an empty device", inval, "name", *vm(a("VM_VNIC", []))),
        ("vm add: a device that is no nest", inval, "", *vm(a("VM_VNIC", b"\1\2\3\4"))),
        ("vm add: a nest with garbage", inval, "", *vm(a("VM_VNIC", [b"\xff" * 12]))),
        ("vm add: a device that does not exist", nodev, "d77", *vm(vnic("d77"))),
        ("vm add: a device name too long", inval, "", *vm(vnic("d" * 16))),
        ("vm add: a device name that cannot be", inval, "name", *vm(vnic("a/b"))),
        ("vm add: a device by index", inval, "by name",
         *vm(vnic("d0", a("VNIC_IFINDEX", 3)))),
        ("vm add: the same device twice", inval, "d0 is given twice", *vm(vnic(), vnic())),
        ("vm add: another VM's device", errno.EBUSY, "old", *vm(vnic("d9"))),
        ("vm add: the PNIC", errno.EBUSY, "PNIC", *vm(vnic("pnic0"))),
        ("vm add: loopback", inval, "Ethernet", *vm(vnic("lo"))),
        ("vm add: 17 devices", errno.E2BIG, "16",
         *vm(*(vnic(f"d{i}") for i in range(17)))),

        ("vm add: a filter without a MAC", inval, "MAC",
         *vm(vnic("d0", a("VNIC_FILTER", [a("FILTER_VLAN", 5)])))),
        ("vm add: a zero MAC", inval, "unicast", *vm(vnic("d0", address("0" * 12)))),
        ("vm add: a multicast MAC", inval, "unicast",
         *vm(vnic("d0", address("01:00:5e:00:00:01")))),
        ("vm add: the broadcast MAC", inval, "unicast", *vm(vnic("d0", address("f" * 12)))),
        ("vm add: a MAC of 5 bytes", range_, "", *vm(vnic("d0", address("5254000000")))),
        ("vm add: a MAC of 7 bytes", range_, "", *vm(vnic("d0", address("52540000000101")))),
        ("vm add: VLAN 0", range_, "", *vm(vnic("d0", address(UNICAST, a("FILTER_VLAN", 0))))),
        ("vm add: VLAN 4095", range_, "",
         *vm(vnic("d0", address(UNICAST, a("FILTER_VLAN", 4095))))),
        ("vm add: the same MAC twice", inval, "given twice",
         *vm(vnic("d0", address(), address()))),
        ("vm add: the same MAC for two devices", inval, "given twice",
         *vm(vnic("d0", address()), vnic("d1", address()))),
        ("vm add: a MAC with any VLAN and with one", inval, "given twice",
         *vm(vnic("d0", address(), address(UNICAST, a("FILTER_VLAN", 7))))),
        ("vm add: another VM's MAC", errno.EEXIST, "old",
         *vm(vnic("d0", address("52:54:00:00:00:99")))),
        ("vm add: 17 filters", errno.E2BIG, "16",
         *vm(vnic("d0", *(address(text) for text in many)))),

        ("vm add: worker 0", inval, "thread", *vm(vnic("d0", a("VNIC_WORKER", 0)))),
        ("vm add: a worker beyond int", inval, "thread",
         *vm(vnic("d0", a("VNIC_WORKER", 0x80000000)))),
        ("vm add: a worker that is none", inval, "worker", *vm(vnic("d0", a("VNIC_WORKER", 1)))),
        ("vm add: a worker that does not exist", errno.ESRCH, "",
         *vm(vnic("d0", a("VNIC_WORKER", 0x7ffffff0)))),
        ("vm add: a worker twice", inval, "twice",
         *vm(vnic("d0", a("VNIC_WORKER", 1), a("VNIC_WORKER", 1)))),
        ("vm add: 65 workers", errno.E2BIG, "64",
         *vm(vnic("d0", *(a("VNIC_WORKER", i) for i in range(1, 66))))),

        ("vm add: unknown pin", range_, "", *vm(vnic(), a("VM_PIN", 4))),
        ("vm add: a PNIC that is not managed", nodev, "not managed",
         *vm(vnic(), a("VM_PNIC", socket.if_nametoindex("d1")))),
        ("vm add: a PNIC beyond int", nodev, "no such device",
         *vm(vnic(), a("VM_PNIC", 0xffffffff))),
        ("vm add: a PNIC twice", inval, "twice",
         *vm(vnic(), a("VM_PNIC", ifindex), a("VM_PNIC", ifindex))),
        ("vm add: 65 PNICs", errno.E2BIG, "64",
         *vm(vnic(), *(a("VM_PNIC", 100000 + i) for i in range(65)))),

        ("vm set: no such VM", errno.ENOENT, "no VM", "VM_SET", a("VM_NAME", "none"),
         a("VM_PRIORITY", 1)),
        ("vm set: nothing", inval, "nothing", "VM_SET", a("VM_NAME", "old")),
        ("vm set: a bad device leaves the rest", inval, "unicast", "VM_SET", a("VM_NAME", "old"),
         a("VM_PRIORITY", 7), vnic("d0", address("f" * 12))),
        ("vm del: no such VM", errno.ENOENT, "no VM", "VM_DEL", a("VM_NAME", "none")),
        ("vm del: no name", inval, "no name", "VM_DEL"),
        ("vm move: no state", inval, "no state", "VM_MOVE", a("PLACEMENT_VM", "old")),
        ("vm move: no such VM", errno.ENOENT, "no VM", "VM_MOVE", a("PLACEMENT_VM", "none"),
         a("PLACEMENT_TO_STATE", 1)),
        ("vm move: unknown state", range_, "", "VM_MOVE", a("PLACEMENT_VM", "old"),
         a("PLACEMENT_TO_STATE", 3)),
        ("vm move: not on that NIC", nodev, "management", "VM_MOVE", a("PLACEMENT_VM", "old"),
         a("PLACEMENT_IFINDEX", socket.if_nametoindex("lo")), a("PLACEMENT_TO_STATE", 1)),
        ("vm move: no such engine", None, "engine", "VM_MOVE", a("PLACEMENT_VM", "old"),
         a("PLACEMENT_TO_STATE", 1), a("PLACEMENT_TO_ENGINE", 77)),
        ("vm move: to a shared engine that is the default one", None, "engine", "VM_MOVE",
         a("PLACEMENT_VM", "old"), a("PLACEMENT_TO_STATE", 1), a("PLACEMENT_TO_ENGINE", 0)),
    ]


def refused(family, name, number, says, command, *attrs):
    try:
        family.do(command, *attrs)
    except Refused as refusal:
        if number is not None:
            equal(refusal.errno, number, f"{name}: errno ({refusal.message})")
        if says not in refusal.message:
            raise AssertionError(f"{name}: {refusal.message!r} does not say {says!r}") from None
        if not refusal.message and refusal.place is None:
            raise AssertionError(f"{name}: refused without a word") from None
        return
    raise AssertionError(f"{name}: was taken")


def declare(request):
    """A case: the request is refused and changes nothing."""
    name = request[0]

    def one(rig, family):
        not_managed = name.startswith("pnic add")
        if not_managed:
            family.do("PNIC_DEL", a("PNIC_IFINDEX", rig.ifindex))
        before = state(family)
        try:
            refused(family, *request)
            equal(state(family), before, "what is there afterwards")
        finally:
            if not_managed:
                family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    one.__doc__ = name
    case(one)


def prepare(rig, family):
    """A NIC and a VM, by good requests."""
    rig.add_devices("d", 18)
    family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    family.do("VM_ADD", a("VM_NAME", "old"),
              vnic("d9", address("52:54:00:00:00:99"), address(UNICAST, a("FILTER_VLAN", 9))))
    for request in requests(rig.ifindex):
        declare(request)


@case
def second_pnic_add(rig, family):
    """pnic add: a second time"""
    refused(family, "second", errno.EEXIST, "already", "PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))


@case
def unknown_command(_rig, family):
    """A command that does not exist"""
    try:
        family._ask(family.id, 99)
    except Refused as refusal:
        equal(refusal.errno, errno.EOPNOTSUPP, "errno")
        return
    raise AssertionError("was taken")


@case
def whole(_rig, family):
    """A configuration is set as a whole"""
    family.do("CONFIG_SET", a("CONFIG_SHARE_ABOVE", 90), a("CONFIG_UNSHARE_BELOW", 80))
    keys = family.do("CONFIG_GET")[0]
    assert struct.pack("=HHI", 8, C["A_CONFIG_SHARE_ABOVE"], 90) in keys
    family.do("CONFIG_SET", a("CONFIG_SHARE_ABOVE", 200))


if __name__ == "__main__":
    main(prepare)
