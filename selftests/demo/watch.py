# SPDX-License-Identifier: GPL-2.0-only
"""What the demo shows: a line a second, and each event as it happens."""
import json
import os
import statistics
import subprocess
import threading
import time

import rig


class Screen:
    """Prints whole lines with the time since the story began."""

    def __init__(self):
        self.start = time.monotonic()
        self.lock = threading.Lock()

    def seconds(self):
        return time.monotonic() - self.start

    def say(self, text):
        with self.lock:
            print(f"{self.seconds():6.1f}s  {text}", flush=True)


class Events(threading.Thread):
    """Follows rssctl monitor; keeps every event and shows the moves."""

    def __init__(self, screen):
        super().__init__(daemon=True)
        self.screen = screen
        self.seen = []
        self.process = subprocess.Popen([rig.RSSCTL, "-j", "monitor"],
                                        stdout=subprocess.PIPE, text=True)

    def run(self):
        for line in self.process.stdout:
            event = json.loads(line)
            event["at"] = time.monotonic()
            self.seen.append(event)
            if event["kind"] in ("moved", "failed", "refused", "resized"):
                self.screen.say(self._sentence(event))

    def close(self):
        self.process.terminate()
        self.process.wait()

    def moves(self, name=None):
        return [event for event in self.seen
                if event["kind"] == "moved" and name in (None, event["name"])]

    @staticmethod
    def _what(event):
        if event.get("name"):
            return (f"{event['name']} {event['kind']}: {event['from_state']} -> "
                    f"{event['to_state']}, engine {event['from_engine']} -> {event['to_engine']}")
        return f"engine {event['engine']} {event['kind']}: {event['queues']} queues"

    @classmethod
    def _sentence(cls, event):
        error = f", error {event['error']}" if event.get("error") else ""
        return (f"  >>> {cls._what(event)}: {event['reason']} "
                f"({event['value']} against {event['threshold']}){error}")


class Stretch:
    """What some VMs received over some seconds of the story."""

    def __init__(self):
        self.packets = 0
        self.lost = 0
        self.p50_ms = []
        self.p99_ms = []

    def add(self, stats):
        self.packets += stats["packets"]
        self.lost += stats["lost"]
        if stats["packets"]:
            self.p50_ms.append(stats["latency_p50_ns"] / 1e6)
            self.p99_ms.append(stats["latency_p99_ns"] / 1e6)

    def loss(self):
        """Percent of what was sent, told by the gaps in the sequences."""
        return 100.0 * max(0, self.lost) / max(1, self.packets + self.lost)

    def p50(self):
        return statistics.median(self.p50_ms or [0])

    def p99(self):
        return max(self.p99_ms or [0])

    def __str__(self):
        return f"loss {self.loss():5.1f} %  p50 {self.p50():7.2f} ms  p99 {self.p99():7.2f} ms"


def vm_states(numbers):
    return [rig.sysfs(f"vms/vm{number}/state") for number in numbers]


def _vm_cell(number):
    state = rig.sysfs(f"vms/vm{number}/state") or "?"
    load = rig.sysfs(f"vms/vm{number}/rx_load") or "-"
    return f"{state:>9} {load:>4}"


def _engine_cells():
    cells = []
    root = f"{rig.SYSFS}/pnics/pnic0/engines"
    for engine in sorted(os.listdir(root), key=int):
        at = f"pnics/pnic0/engines/{engine}"
        kind = rig.sysfs(f"{at}/kind")
        if kind:
            cells.append(f"{kind} {rig.sysfs(f'{at}/load'):>4}")
    return ", ".join(cells)


def _queue_cells(queues):
    return " ".join(f"{rig.sysfs(f'pnics/pnic0/queues/{queue}/busy') or '-':>4}"
                    for queue in range(queues))


def head(world):
    names = "  ".join(f"{f'vm{number}':>14}" for number in range(1, world.vms + 1))
    return f"{names} | neighbours vm2 vm3"


def row(world, neighbours):
    """One second: states and loads of the VMs, and how the neighbours fared."""
    cells = "  ".join(_vm_cell(number) for number in range(1, world.vms + 1))
    return f"{cells} | {neighbours}"


def row_loads(world):
    return f"  engines: {_engine_cells()}; queues 0-{world.queues - 1}: {_queue_cells(world.queues)}"
