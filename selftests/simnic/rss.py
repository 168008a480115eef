#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tables, keys, contexts and channels."""
from packets import MAC, MS_KEY, MS_VECTORS, TCP, flows, frame
from simlib import case, case_with, check, equal, refused, run, run_command

KEY_SIZE = 40
TABLE_SIZE = 256


def channels(nic, count):
    nic.ethtool("-L", f"combined {count}")


def up_or_down(nic, state):
    run_command(f"ip link set {nic.name} {state}")


@case
def default_table(nic):
    equal(nic.table(), [i % 8 for i in range(TABLE_SIZE)], "table")
    equal(len(nic.key().split(":")), KEY_SIZE, "bytes of key")
    check(set(nic.key()) != set("0:"), "the key is zero")
    check("toeplitz: on" in nic.ethtool("-x"), nic.ethtool("-x"))


@case
def table_and_key_are_used(nic):
    nic.ethtool("-X", "weight 0 0 1 3")
    equal({q: nic.table().count(q) for q in range(8) if q in nic.table()},
          {2: 64, 3: 192}, "weights")
    equal(sorted(nic.landed(*flows(64))), [2, 3], "queues used")
    key = ":".join(f"{i + 1:02x}" for i in range(KEY_SIZE))
    nic.ethtool("-X", f"hkey {key}")
    equal(nic.key(), key, "key")
    equal(nic.table().count(3), 192, "the key left the table alone")
    nic.ethtool("-X", "default")
    equal(nic.table(), [i % 8 for i in range(TABLE_SIZE)], "default table")
    equal(nic.key(), key, "the table left the key alone")


@case
def bad_tables_are_refused(nic):
    before = nic.table(), nic.key()
    refused(nic.ethtool, "-X", "start 7 equal 2", says="invalid")
    refused(nic.ethtool, "-X", "equal 9", says="invalid")
    refused(nic.ethtool, "-X", "hkey 01:02:03", says="key")
    refused(nic.ethtool, "-X", "hfunc xor", says="not supported")
    refused(nic.ethtool, "-X", "context 5 equal 2", says="no such")
    refused(nic.ethtool, "-X", "context 5 delete", says="no such")
    refused(nic.ethtool, "-x", "context 5", says="no such")
    equal((nic.table(), nic.key()), before, "nothing changed")


@case
def context_has_its_own_table_and_key(nic):
    nic.ethtool("-X", "equal 2")
    context = nic.context(f"start 4 equal 4 hkey {MS_KEY}")
    equal(context, 1, "id")
    equal(set(nic.table()), {0, 1}, "table of context 0")
    equal(set(nic.table(1)), {4, 5, 6, 7}, "table of context 1")
    equal(nic.key(1), MS_KEY, "key of context 1")
    check(nic.key() != MS_KEY, "context 0 keeps its key")
    nic.rule(f"flow-type ether dst {MAC} context 1")
    for src, sport, dst, dport, _, value in MS_VECTORS:
        equal(nic.landed(frame(src, dst, sport, dport, TCP)), {4 + value % 4: 1}, src)


@case
def context_defaults(nic):
    channels(nic, 6)
    nic.ethtool("-X", f"hkey {MS_KEY}")
    context = nic.context()
    equal(nic.table(context), [i % 6 for i in range(TABLE_SIZE)], "table")
    equal(nic.key(context), MS_KEY, "key of context 0")


@case
def context_can_be_changed(nic):
    context = nic.context("equal 2")
    nic.rule(f"flow-type ether dst {MAC} context {context}")
    equal(sorted(nic.landed(*flows(40))), [0, 1], "before")
    nic.ethtool("-X", f"context {context} start 6 equal 2")
    equal(set(nic.table(context)), {6, 7}, "table")
    equal(sorted(nic.landed(*flows(40))), [6, 7], "after")
    nic.ethtool("-X", f"context {context} hkey {MS_KEY}")
    equal((nic.key(context), set(nic.table(context))), (MS_KEY, {6, 7}), "key changed")
    refused(nic.ethtool, "-X", f"context {context} start 7 equal 2", says="invalid")
    equal(set(nic.table(context)), {6, 7}, "a refused table")


@case
def context_in_use_is_not_deleted(nic):
    context = nic.context("start 2 equal 1")
    rule = nic.rule(f"flow-type ether dst {MAC} context {context}")
    refused(nic.ethtool, "-X", f"context {context} delete", says="busy")
    equal(nic.landed(frame()), {2: 1}, "still there")
    nic.ethtool("-N", f"delete {rule}")
    nic.ethtool("-X", f"context {context} delete")
    refused(nic.ethtool, "-X", f"context {context} delete", says="no such")
    equal(nic.context(), context, "the id is free again")


@case
def contexts_are_limited(nic):
    equal(nic.knob("max_contexts"), "32", "by default")
    nic.knob("max_contexts", 3)
    equal([nic.context("equal 1"), nic.context("equal 1")], [1, 2], "contexts")
    refused(nic.context, says="no space")
    nic.ethtool("-X", "context 1 delete")
    equal(nic.context(), 1, "room again")
    for bad in (0, 257, -1, "many"):
        refused(nic.knob, "max_contexts", bad)


@case
def contexts_survive_ifdown(nic):
    context = nic.context(f"start 4 equal 2 hkey {MS_KEY}")
    nic.rule(f"flow-type ether dst {MAC} context {context}")
    up_or_down(nic, "down")
    equal((set(nic.table(context)), nic.key(context)), ({4, 5}, MS_KEY), "while down")
    other = nic.context("equal 1")
    up_or_down(nic, "up")
    equal((set(nic.table(context)), nic.key(context)), ({4, 5}, MS_KEY), "up again")
    equal(set(nic.table(other)), {0}, "made while down")
    equal(sorted(nic.landed(*flows(40))), [4, 5], "queues used")


@case
def default_table_follows_the_channels(nic):
    for count in (4, 8, 1, 5):
        channels(nic, count)
        equal(nic.table(), [i % count for i in range(TABLE_SIZE)], f"{count} channels")
        equal(sorted(nic.landed(*flows(200))), list(range(count)), f"{count} used")
    nic.ethtool("-X", "equal 2")
    channels(nic, 8)
    equal(set(nic.table()), {0, 1}, "a configured table")
    nic.ethtool("-X", "default")
    equal(set(nic.table()), set(range(8)), "default again")
    channels(nic, 4)
    equal(set(nic.table()), set(range(4)), "follows again")


@case
def channels_in_use_are_kept(nic):
    rule = nic.rule(f"flow-type ether dst {MAC} action 6")
    refused(channels, nic, 6, says="ntuple")
    nic.ethtool("-N", f"delete {rule}")
    context = nic.context("start 5 equal 1")
    refused(channels, nic, 5, says="indirection table")
    nic.ethtool("-X", f"context {context} delete")
    nic.ethtool("-X", "start 4 equal 1")
    refused(channels, nic, 4, says="indirection table")
    equal(len(nic.table()), TABLE_SIZE, "table")
    channels(nic, 5)
    equal(nic.landed(frame()), {4: 1}, "queue 4 works")


@case
def bad_channels_are_refused(nic):
    for args in ("combined 0", "combined 9", "rx 1", "tx 1", "other 1",
                 "combined 4294967295"):
        refused(nic.ethtool, "-L", args, says="channel")
    check("Combined:\t8" in nic.ethtool("-l").split("Current")[1], nic.ethtool("-l"))


@case
def channels_change_while_down(nic):
    up_or_down(nic, "down")
    channels(nic, 3)
    up_or_down(nic, "up")
    equal(sorted(nic.landed(*flows(200))), [0, 1, 2], "queues used")
    up_or_down(nic, "down")
    channels(nic, 8)
    up_or_down(nic, "up")
    equal(sorted(nic.landed(*flows(200))), list(range(8)), "queues used")


@case_with(128)
def most_queues(nic):
    equal(nic.table(), [i % 128 for i in range(TABLE_SIZE)], "table")
    channels(nic, 100)
    equal(max(nic.table()), 99, "table of 100")
    equal(len(nic.landed(*flows(2000))), 100, "queues used")


@case
def hash_reporting_can_be_switched(nic):
    for state in ("off", "on"):
        run_command(f"ethtool -K {nic.name} rxhash {state}")
        equal(sorted(nic.landed(*flows(200))), list(range(8)), f"rxhash {state}")


run(__doc__)
