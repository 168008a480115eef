#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who may ask what."""
import ctypes
import errno
import os

import yaml

from genl import C, CHECKOUT, Family, Refused, a, parse
from rig import case, equal, main

NOBODY = 65534
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
READS = {"PNIC_GET": 1, "VM_GET": 1, "PLACEMENT_GET": 1, "ENGINE_GET": 2, "QUEUE_GET": 8,
         "LIMITS_GET": 1}
SPEC = os.path.join(CHECKOUT, "Documentation/netlink/specs/rss_engine.yaml")


def all_writes():
    """The operations that answer nothing; their flags are what is tested."""
    with open(SPEC, encoding="ascii") as spec:
        operations = yaml.safe_load(spec)["operations"]["list"]
    return [operation["name"].upper().replace("-", "_") for operation in operations
            if "do" in operation and "reply" not in operation["do"]]


WRITES = all_writes()


def as_somebody(become, action):
    """Run action in a process that became somebody; what it returns is text."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            become()
            said = action()
        except BaseException as error:      # also exits: the child must not go on
            said = f"{type(error).__name__}: {error}"
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


def nobody():
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)


def unshare(what):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(what):
        raise OSError(ctypes.get_errno(), "unshare")


def error_of(family, command, *attrs):
    try:
        family.do(command, *attrs)
    except Refused as refusal:
        return errno.errorcode[refusal.errno]
    return "taken"


def write_errors(family):
    return " ".join(error_of(family, command) for command in WRITES)


def prepare(rig, family):
    rig.add_devices("d", 1)
    family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    family.do("VM_ADD", a("VM_NAME", "vm"), a("VM_VNIC", [a("VNIC_IFNAME", "d0")]))
    family.do("LIMITS_ADD", a("LIMIT_IFINDEX", rig.ifindex), a("LIMIT_SHARED_ENGINES", 1))


@case
def writes(_rig, _family):
    """Every write by nobody is refused with EPERM"""
    equal("LIMITS_DEL" in WRITES, True, "the specification is understood")
    equal(as_somebody(nobody, lambda: write_errors(Family())),
          " ".join(["EPERM"] * len(WRITES)), "errors")


@case
def reads(_rig, _family):
    """Every read by nobody is answered"""
    def action():
        family = Family()
        family.do("CONFIG_GET")
        return str({what: len(family.dump(what)) for what in READS})
    equal(as_somebody(nobody, action), str(READS), "objects")


@case
def samples(rig, _family):
    """Nobody listens to samples, or reads what the policy remembers"""
    def action():
        try:
            Family().listen("samples")
        except PermissionError:
            return "EPERM"
        return "listens"
    equal(as_somebody(nobody, action), "EPERM", "error")

    def state():
        try:
            Family().dump("STATE_GET", a("POLICY_STATE_IFINDEX", rig.ifindex))
        except Refused as refusal:
            return errno.errorcode[refusal.errno]
        return "taken"
    equal(as_somebody(nobody, state), "EPERM", "error")


@case
def inherited(_rig, _family):
    """A socket that root opened gives nobody no right"""
    opened = Family()
    equal(as_somebody(nobody, lambda: error_of(opened, "VM_DEL", a("VM_NAME", "vm"))), "EPERM",
          "error")
    opened.close()


@case
def other_netns(_rig, _family):
    """In another network namespace there is no such family"""
    def action():
        try:
            Family()
        except Refused as refusal:
            return errno.errorcode[refusal.errno]
        return "found"
    equal(as_somebody(lambda: unshare(CLONE_NEWNET), action), "ENOENT", "error")


@case
def user_ns(_rig, _family):
    """Root of another user namespace is nobody here"""
    def become():
        nobody()
        unshare(CLONE_NEWUSER)

    equal(as_somebody(become, lambda: error_of(Family(), "VM_DEL", a("VM_NAME", "vm"))), "EPERM",
          "error")


@case
def still_there(_rig, family):
    """And the VM is still there"""
    names = [dict(parse(vm))[C["A_VM_NAME"]] for vm in family.dump("VM_GET")]
    equal(names, [b"vm\0"], "VMs")


if __name__ == "__main__":
    main(prepare)
