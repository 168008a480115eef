# SPDX-License-Identifier: GPL-2.0-only
"""KTAP, and a simulated NIC with the module loaded, for the tests in Python."""
import os
import socket
import subprocess
import sys

from genl import CHECKOUT, Family

CASES = []
TREE = "/sys/kernel/rss_engine"


def case(function):
    """A test case; its first line of documentation is its name."""
    CASES.append(function)
    return function


def run(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def equal(got, want, message):
    if got != want:
        raise AssertionError(f"{message}: {got!r} is not {want!r}")


class Rig:
    """pnic0 with 8 queues, the module, and devices for VMs."""

    def __init__(self):
        run("insmod", f"{CHECKOUT}/kmod/simnic/rss_simnic.ko")
        run("ip", "link", "add", "numrxqueues", "8", "name", "pnic0", "type", "rss_simnic")
        run("ip", "link", "set", "pnic0w", "up")
        run("ip", "link", "set", "pnic0", "up")
        run("insmod", f"{CHECKOUT}/kmod/rss_engine.ko")
        self.devices = []
        self.ifindex = socket.if_nametoindex("pnic0")

    def add_devices(self, prefix, count):
        names = [f"{prefix}{i}" for i in range(count)]
        lines = "".join(f"link add {name} type dummy\n" for name in names)
        run("ip", "-batch", "-", input=lines)
        self.devices += names
        return names

    def close(self):
        run("rmmod", "rss_engine")
        lines = "".join(f"link del {name}\n" for name in self.devices)
        run("ip", "-batch", "-", input=lines)
        run("ip", "link", "del", "pnic0")
        run("rmmod", "rss_simnic")


def state(family):
    """The structure, in bytes that change when anything of it does."""
    parts = [family.do("CONFIG_GET")]
    for what in ("VM_GET", "ENGINE_GET"):
        parts.append(family.dump(what))
    for directory, _, files in sorted(os.walk(TREE)):
        parts.append(directory)
        for name in files:
            if name in ("mode", "pin", "priority", "state", "engine", "queues", "context"):
                with open(os.path.join(directory, name), encoding="ascii") as file:
                    parts.append(file.read())
    return parts


def main(prepare=None):
    """Run the cases; each gets the rig and a socket. @prepare may declare more."""
    subprocess.run(("modprobe", "dummy", "numdummies=0"), check=True)
    rig = Rig()
    if prepare:
        prepare(rig, Family())
    print(f"TAP version 13\n1..{len(CASES)}", flush=True)
    failed = 0
    for number, function in enumerate(CASES, 1):
        family = Family()
        name = function.__doc__.splitlines()[0]
        try:
            function(rig, family)
            print(f"ok {number} {name}", flush=True)
        except Exception as error:      # a case must not end the others
            failed += 1
            why = f"{type(error).__name__}: {error}".replace("\n", "\n# ")
            print(f"not ok {number} {name}\n# {why}", flush=True)
        family.close()
    rig.close()
    print(f"# Totals: pass:{len(CASES) - failed} fail:{failed} skip:0")
    sys.exit(1 if failed else 0)
