# SPDX-License-Identifier: GPL-2.0-only
"""The demo's world: a simulated PNIC, a bridge, VMs, and who talks to them.

    trafficgen - pnic0w = pnic0 (8 queues) - br0 - tap1..6 - vhost - miniguest
"""
import contextlib
import json
import os
import socket
import subprocess
import time

SELFTESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUT = os.path.dirname(SELFTESTS)
MINIGUEST = os.path.join(SELFTESTS, "miniguest")
RSSCTL = os.path.join(CHECKOUT, "tools", "rssctl", "rssctl")
RUN = "/run/rsse-demo"
# With this key the generator's numbered flows fall evenly onto 2, 4 and 8 queues;
# a key drawn at boot may leave a queue without any.
EVEN_KEY = ("31:4e:59:c2:12:67:0d:87:b1:1f:7d:c9:c1:6f:89:8d:7a:f5:14:df:"
            "2f:84:6a:ef:25:fc:67:83:38:02:8a:80:c3:bf:1d:25:46:cb:ca:c5")
SIMNIC = "/sys/kernel/debug/rss_simnic/pnic0"
SYSFS = "/sys/kernel/rss_engine"


class RigError(Exception):
    """The world could not be set up, or something in it broke."""


def command(*words):
    """Run a command; return its output, raise with its message."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RigError(f"{' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def ask(name, request):
    """One request to a control socket of miniguest or trafficgen."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(10)
        sock.connect(f"{RUN}/{name}")
        sock.sendall(request.encode() + b"\n")
        with sock.makefile() as stream:
            reply = json.loads(stream.readline())
    if isinstance(reply, dict) and "error" in reply:
        raise RigError(f"{name}: {request}: {reply['error']}")
    return reply


def rssctl(*words):
    """rssctl -j; the parsed answer, or None where it prints nothing."""
    text = command(RSSCTL, "-j", *words)
    return json.loads(text) if text.strip() else None


def sysfs(path):
    """One value of the module's sysfs tree, None while it is absent."""
    try:
        with open(f"{SYSFS}/{path}", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return None


def write(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(value))


def vm_mac(number):
    return f"52:54:00:00:{number // 256:02x}:{number % 256:02x}"


class Rig:
    """Everything that runs; close() takes it down again, last things first."""

    def __init__(self, vms, queues, cost_ns):
        self.vms = vms
        self.queues = queues
        self.cost_ns = cost_ns
        self.undo = contextlib.ExitStack()
        self.wire = None

    def wire_on(self, cpu):
        """Where the generator runs: a wire is not slowed by a flooded CPU."""
        os.sched_setaffinity(self.wire.pid, {cpu})

    def up(self):
        os.makedirs(RUN, exist_ok=True)
        command("modprobe", "-a", "tun", "vhost_net", "bridge")
        self._insmod("kmod/simnic/rss_simnic.ko")
        self._bridge()
        self._pnic()
        for number in range(1, self.vms + 1):
            self._vm(number)
        self.wire = self._start("gen", "trafficgen", "--dev", "pnic0w")
        for number in range(1, self.vms + 1):
            ask("gen", f"vm {number} {vm_mac(number)} flows 32")
        self._insmod("kmod/rss_engine.ko")

    def _insmod(self, path):
        module = os.path.basename(path).removesuffix(".ko")
        command("insmod", os.path.join(CHECKOUT, path))
        self.undo.callback(command, "rmmod", module)

    def _bridge(self):
        command("ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0")
        self.undo.callback(command, "ip", "link", "del", "br0")
        self._quiet("br0")
        command("ip", "link", "set", "br0", "up")

    def _pnic(self):
        command("ip", "link", "add", "numrxqueues", str(self.queues), "name", "pnic0",
                "type", "rss_simnic")
        self.undo.callback(command, "ip", "link", "del", "pnic0")
        command("ethtool", "-X", "pnic0", "hkey", EVEN_KEY)
        for dev in ("pnic0", "pnic0w"):
            self._quiet(dev)
        command("ip", "link", "set", "pnic0w", "up")
        command("ip", "link", "set", "pnic0", "up", "master", "br0")
        write(f"{SIMNIC}/cost_ns", self.cost_ns)

    def _vm(self, number):
        tap = f"tap{number}"
        self._start(f"vm{number}", "miniguest", "--vm", str(number), "--mac", vm_mac(number),
                    "--tap", tap)
        self._quiet(tap)
        command("ip", "link", "set", tap, "master", "br0", "up")
        ask(f"vm{number}", "announce")

    def _start(self, name, program, *words):
        path = f"{RUN}/{name}"
        process = subprocess.Popen([f"{MINIGUEST}/{program}", *words, "--ctl", path])
        self.undo.callback(self._end, process)
        deadline = time.monotonic() + 20
        while not os.path.exists(path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RigError(f"{name} does not start")
            time.sleep(0.05)
        return process

    @staticmethod
    def _end(process):
        process.terminate()
        process.wait()

    @staticmethod
    def _quiet(dev):
        """No IPv6 chatter: what is counted is what the generator sent."""
        write(f"/proc/sys/net/ipv6/conf/{dev}/disable_ipv6", 1)
