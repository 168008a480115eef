# SPDX-License-Identifier: GPL-2.0-only
"""What the simulated NIC's tests share: KTAP, a network namespace, a NIC.

A test file declares its cases with @case and ends with run(__doc__). Each
case gets a fresh NIC; what it asserts, it asserts with check() or equal().
"""
import ctypes
import errno
import os
import re
import signal
import socket
import subprocess
import sys
import time
import traceback

from ethioctl import EthIoctl

HERE = os.path.dirname(os.path.abspath(__file__))
DEBUGFS = "/sys/kernel/debug/rss_simnic"
CLONE_NEWNS = 0x00020000
CLONE_NEWNET = 0x40000000

_cases = []


class Failed(Exception):
    """A case does not hold."""


class Refused(Exception):
    """A command exited non-zero; the text is what it said."""


def check(condition, message):
    if not condition:
        raise Failed(message)


def equal(got, want, message):
    check(got == want, f"{message}: got {str(got)[:200]}, want {str(want)[:200]}")


def run_command(command, netns=None):
    """Runs a command line, returns its output, raises Refused if it fails.

    ethtool 6.1 says "Cannot ..." and exits 0 where it sets hashed fields and
    rules with a location.
    """
    words = command.split()
    if netns:
        words = ["ip", "netns", "exec", netns] + words
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode or "Cannot" in done.stderr:
        raise Refused(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def refused(action, *args, says=""):
    """The action must be refused, and say so with the given words, or those behind a |."""
    try:
        action(*args)
    except (Refused, OSError) as error:
        check(any(words in str(error).lower() for words in says.lower().split("|")),
              f"{args}: says {error!s}, not {says!r}")
        return
    raise Failed(f"{args} was accepted")


class Flood:
    """A process that sends packets to the wire end while the with statement lasts."""

    def __init__(self, nic, packets, cpu=1):
        self.nic = nic
        self.packets = packets
        self.cpu = cpu
        self.pid = 0

    def __enter__(self):
        self.pid = os.fork()
        if not self.pid:
            os.sched_setaffinity(0, {self.cpu})
            try:
                while True:
                    self.nic.send(*self.packets)
            finally:
                os._exit(0)  # the wire end is gone

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def until(condition, seconds=5.0):
    """Polls until the condition holds; returns whether it did."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Nic:
    """A NIC end, up together with its wire end; deleted by close()."""

    def __init__(self, queues=8, name="sim", up=True):
        self.name = name
        self.wire = name + "w"
        self.queues = queues
        self.sent = 0
        self._socket = None
        self.ioctl = EthIoctl(name)
        run_command(f"ip link add numrxqueues {queues} name {name} type rss_simnic")
        if up:
            self.up()

    def up(self):
        run_command(f"ip link set {self.name} up promisc on")
        run_command(f"ip link set {self.wire} up")

    def close(self):
        if self._socket:
            self._socket.close()
        path = f"/sys/class/net/{self.name}"
        if os.path.exists(path):
            try:
                run_command(f"ip link del {self.name}")
            except Refused:
                # its wire end's namespace may be taking it along just now
                if not until(lambda: not os.path.exists(path)):
                    raise

    def ethtool(self, option, args=""):
        return run_command(f"ethtool {option} {self.name} {args}")

    def stats(self):
        """What ethtool -S shows, as a dict."""
        return self.ioctl.stats()

    def table(self, context=0):
        """The indirection table, a list of queues."""
        text = self.ethtool("-x", f"context {context}" if context else "")
        rows = re.findall(r"^\s*\d+:((?:\s+\d+)+)$", text, re.M)
        return [int(queue) for row in rows for queue in row.split()]

    def key(self, context=0):
        """The hash key, as ethtool writes it."""
        text = self.ethtool("-x", f"context {context}" if context else "")
        return re.search(r"^((?:[0-9a-f]{2}:)+[0-9a-f]{2})$", text, re.M).group(1)

    def context(self, args=""):
        """Makes a context, returns its id."""
        return int(self.ethtool("-X", f"context new {args}").split()[-1])

    def rule(self, args):
        """Inserts a rule; returns the location, where args leave it to the NIC."""
        said = self.ethtool("-N", args)
        return int(said.split()[-1]) if said else None

    def knob(self, path, value=None):
        """Reads or writes a debugfs file of the NIC."""
        path = f"{DEBUGFS}/{self.name}/{path}"
        if value is None:
            with open(path, encoding="ascii") as file:
                return file.read().strip()
        with open(path, "w", encoding="ascii") as file:
            return file.write(str(value))

    def send(self, *packets):
        """Puts packets on the wire."""
        if not self._socket:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            self._socket.bind((self.wire, 0))
        for packet in packets:
            try:
                self._socket.send(packet)
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
            self.sent += 1

    def counts(self, what="packets"):
        """One counter of every queue."""
        stats = self.stats()
        return [stats[f"rx{i}_{what}"] for i in range(self.queues)]

    def handed(self):
        """Packets that the wire end has handed over to the NIC."""
        path = f"/sys/class/net/{self.wire}/statistics/tx_packets"
        with open(path, encoding="ascii") as file:
            return int(file.read())

    def landed(self, *packets):
        """Sends packets, returns how many more each queue has got."""
        before = self.counts()
        self.send(*packets)
        want = sum(before) + len(packets)
        until(lambda: sum(self.counts()) >= want, 20)
        return {i: now - was for i, (was, now) in
                enumerate(zip(before, self.counts())) if now != was}


def case(function):
    """Declares a case: a function of a fresh 8-queue NIC."""
    _cases.append((function, 8))
    return function


def case_with(queues):
    """Declares a case that wants a NIC of so many queues, or none for 0."""
    def declare(function):
        _cases.append((function, queues))
        return function
    return declare


def _private_namespaces():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "unshare")
    run_command("mount --make-rprivate /")
    run_command("mount -t sysfs sysfs /sys")
    run_command("mount -t debugfs debugfs /sys/kernel/debug")
    run_command("ip link set lo up")
    # the kernel's own neighbour discovery would be counted too
    with open("/proc/sys/net/ipv6/conf/default/disable_ipv6", "w", encoding="ascii") as file:
        file.write("1")


def load_module():
    """Loads the module if it is not there; returns whether it was loaded."""
    if os.path.exists("/sys/module/rss_simnic"):
        return False
    module = os.environ.get("RSSE_SIMNIC_KO",
                            f"{HERE}/../../kmod/simnic/rss_simnic.ko")
    run_command(f"insmod {module}")
    return True


def _run_case(function, queues):
    nic = Nic(queues) if queues else None
    try:
        function(nic) if nic else function()
    finally:
        if nic:
            nic.close()


def run(title):
    """Runs all cases in a network namespace of their own; never returns."""
    bad = 0
    print(f"TAP version 13\n1..{len(_cases)}\n# {title.strip().splitlines()[0]}")
    loaded = load_module()
    _private_namespaces()
    wanted = sys.argv[1:]
    for number, (function, queues) in enumerate(_cases, 1):
        name = function.__name__
        if wanted and name not in wanted:
            print(f"ok {number} {name} # SKIP not asked for", flush=True)
            continue
        try:
            _run_case(function, queues)
            print(f"ok {number} {name}", flush=True)
        except (Failed, Refused) as error:
            bad += 1
            print(f"# {error}\nnot ok {number} {name}", flush=True)
        except Exception:  # pylint: disable=broad-except
            bad += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {number} {name}", flush=True)
    if loaded:
        run_command("rmmod rss_simnic")
    sys.exit(1 if bad else 0)
