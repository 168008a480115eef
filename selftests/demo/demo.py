#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The story of one VM that floods, told while it happens. Runs in the guest.

Exit status 0 only when every step of the story took place.
"""
import sys
import time

import rig
import watch

VMS = 6
QUEUES = 8
COST_NS = 500_000
NOISY = 1
NEIGHBOURS = (2, 3)
# With two CPUs for all, dedicated engines get the second one to themselves; the
# generator keeps off the one that is flooded.
COMMON_CPU, DEDICATED_CPU = 0, 1
BUSY = (NOISY, *NEIGHBOURS)

# Packets a second of a VM. At 500 us a packet, 200 of them fill a tenth of a CPU.
QUIET_PPS = 10
BUSY_PPS = 220
FLOOD_PPS = 3000

# More queues do not help where they share two CPUs, so they stay where they are due.
CONFIG = {
    "scale": "off",
    "period_ms": 100,
    "hold_up_ms": 3000,
    "hold_down_ms": 2000,
    "dwell_ms": 3000,
    "share_above": 110,
    "unshare_below": 90,
    "release_below": 350,
    "engine_above": 800,
    "return_margin": 150,
}
PATIENCE_S = 40
STORY_S = 180
LOSS_IN_FLOOD = 5.0
LOSS_AFTER = 0.5


class Story:
    """The steps, and which of them did not happen."""

    def __init__(self, world, screen, events):
        self.world = world
        self.screen = screen
        self.events = events
        self.broken = []
        self.all_vms = range(1, VMS + 1)

    def rate(self, pps, numbers):
        rig.ask("gen", f"rate {pps} {' '.join(map(str, numbers))}")

    def chapter(self, text):
        self.screen.say("")
        self.screen.say(f"== {text}")
        self.screen.say(watch.head(self.world))

    def second(self, *stretches):
        """Let a second pass; show it, and add it to the stretches."""
        for number in NEIGHBOURS:
            rig.ask(f"vm{number}", "reset")
        time.sleep(1)
        now = watch.Stretch()
        for number in NEIGHBOURS:
            stats = rig.ask(f"vm{number}", "stats")
            for stretch in (now, *stretches):
                stretch.add(stats)
        self.screen.say(watch.row(self.world, now))
        self.screen.say(watch.row_loads(self.world))

    def seconds(self, count, *stretches):
        for _ in range(count):
            self.second(*stretches)

    def until(self, condition, *stretches):
        deadline = time.monotonic() + PATIENCE_S
        while not condition() and time.monotonic() < deadline:
            self.second(*stretches)

    def states(self, numbers):
        return watch.vm_states(numbers)

    def expect(self, happened, text):
        self.screen.say(f"  {'[ok]    ' if happened else '[BROKEN]'} {text}")
        if not happened:
            self.broken.append(text)

    def quiet(self):
        self.chapter(f"All quiet: each VM gets {QUIET_PPS} packets/s")
        self.rate(QUIET_PPS, self.all_vms)
        self.seconds(5)
        self.expect(self.states(self.all_vms) == ["none"] * VMS and not self.events.moves(),
                    "everyone stays on the default queues")

    def busy(self):
        before = watch.Stretch()
        self.chapter(f"vm1, vm2 and vm3 get busy: {BUSY_PPS} packets/s each")
        self.rate(BUSY_PPS, BUSY)
        self.until(lambda: self.states(BUSY) == ["shared"] * 3)
        self.expect(self.states(BUSY) == ["shared"] * 3, "the three share an engine")
        self.expect(self.states((4, 5, 6)) == ["none"] * 3, "the others stay where they were")
        self.second()
        self.seconds(4, before)
        return before

    def flood(self):
        during, after = watch.Stretch(), watch.Stretch()
        self.chapter(f"vm1 floods: {FLOOD_PPS} packets/s")
        self.rate(FLOOD_PPS, (NOISY,))
        self.until(lambda: self.states((NOISY,)) == ["dedicated"], during)
        self.world.wire_on(COMMON_CPU)
        moves = self.events.moves("vm1")
        self.expect(self.states((NOISY,)) == ["dedicated"], "vm1 gets an engine of its own")
        self.expect(bool(moves) and moves[-1]["reason"] == "engine-full",
                    "because the shared engine was full")
        self.seconds(2)
        self.seconds(6, after)
        # One whose packets were lost looked light, and may have left meanwhile.
        self.until(lambda: self.states(NEIGHBOURS) == ["shared"] * 2, after)
        self.expect(self.states(NEIGHBOURS) == ["shared"] * 2,
                    "its neighbours are on the shared engine")
        return during, after

    def ebb(self):
        self.chapter(f"The flood ends: vm1 is back at {QUIET_PPS} packets/s")
        self.rate(QUIET_PPS, (NOISY,))
        self.until(lambda: self.states((NOISY,)) == ["none"])
        path = [(move["from_state"], move["to_state"]) for move in self.events.moves("vm1")]
        self.expect(("dedicated", "shared") in path, "vm1 goes back to the shared engine")
        self.expect(path[-1:] == [("shared", "none")], "and from there to the default queues")
        self.chapter(f"All quiet again: {QUIET_PPS} packets/s each")
        self.rate(QUIET_PPS, NEIGHBOURS)
        self.until(lambda: self.states(BUSY) == ["none"] * 3)
        self.expect(self.states(self.all_vms) == ["none"] * VMS,
                    "everyone is back on the default queues")

    def tell(self):
        self.quiet()
        before = self.busy()
        during, after = self.flood()
        self.ebb()
        self.chapter("The neighbours of vm1")
        for name, stretch in (("before", before), ("during", during), ("after", after)):
            self.screen.say(f"  {name:>6} the flood: {stretch}")
        self.expect(before.loss() < LOSS_AFTER, f"under {LOSS_AFTER} % lost before")
        self.expect(during.loss() > LOSS_IN_FLOOD, f"over {LOSS_IN_FLOOD} % lost in the flood")
        self.expect(after.loss() < LOSS_AFTER, f"under {LOSS_AFTER} % lost once vm1 has moved")
        self.screen.say("  (p50 is the median of the seconds', p99 that of the worst second)")
        self.expect(not [event for event in self.events.seen if event["kind"] == "failed"],
                    "no move failed")
        self.expect(self.screen.seconds() < STORY_S, "all of it in under three minutes")


def manage(world):
    """The two commands a host needs, and what the demo sets beside them."""
    words = [str(word) for item in CONFIG.items() for word in item]
    rig.rssctl("config", "set", *words)
    rig.rssctl("pnic", "add", "pnic0", "default-queues", "4", "shared-engines", "1",
               "shared-queues", "1", "dedicated-queues", "1")
    taken = {queue for engine in rig.rssctl("engine", "show") for queue in engine["queues"]}
    for queue in range(QUEUES):
        rig.write(f"{rig.SIMNIC}/queues/{queue}/cpu",
                  COMMON_CPU if queue in taken else DEDICATED_CPU)
    world.wire_on(DEDICATED_CPU)
    for number in range(1, world.vms + 1):
        rig.rssctl("vm", "add", f"vm{number}", "dev", f"tap{number}", "mac", rig.vm_mac(number))


def main():
    world = rig.Rig(VMS, QUEUES, COST_NS)
    screen = watch.Screen()
    with world.undo:
        world.up()
        events = watch.Events(screen)
        world.undo.callback(events.close)
        events.start()
        screen.say(f"A simulated PNIC of {QUEUES} queues, a bridge, {VMS} VMs, two emulated CPUs.")
        screen.say(f"Set for them: {COST_NS // 1000} us a packet in the queue; "
                   + ", ".join(f"{key} {value}" for key, value in CONFIG.items()))
        screen.say("A VM's column is its state and rx_load in permille of a CPU.")
        manage(world)
        story = Story(world, screen, events)
        story.tell()
    if story.broken:
        print(f"demo: {len(story.broken)} steps did not happen: " + "; ".join(story.broken))
        return 1
    print("demo: every step of the story happened")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (rig.RigError, OSError) as error:
        print(f"demo: {error}", file=sys.stderr)
        sys.exit(1)
