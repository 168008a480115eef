#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Operations that fail on demand fail so often, so, and change nothing."""
import time

from packets import MAC
from simlib import case, check, equal, refused, run


def state(nic):
    return nic.ethtool("-x"), nic.ethtool("-n"), nic.ethtool("-l")


def fails(nic, op, text, action, *args):
    before = state(nic)
    nic.knob("fail_next", f"{op} 2 {text[0]}\n")
    equal(nic.knob("fail_next"), f"{op} 2 {text[0]} 0", "armed")
    refused(action, *args, says=text[1])
    refused(action, *args, says=text[1])
    equal(state(nic), before, f"{op} changed nothing")
    equal(nic.knob("fail_next"), "", "used up")
    return action(*args)


NOMEM = (12, "cannot allocate memory")
NOSPC = (28, "no space left")
IO = (5, "input/output error")


@case
def contexts(nic):
    context = fails(nic, "ctx_create", NOSPC, nic.context, "equal 2")
    equal(context, 1, "id")
    fails(nic, "ctx_modify", IO, nic.ethtool, "-X", f"context {context} equal 3")
    equal(set(nic.table(context)), {0, 1, 2}, "table")
    nic.knob("fail_next", "ctx_modify 1")
    refused(nic.ethtool, "-X", f"context {context} equal 4", says=IO[1])
    equal(set(nic.table(context)), {0, 1, 2}, "table")
    fails(nic, "ctx_remove", NOMEM, nic.ethtool, "-X", f"context {context} delete")


@case
def rules(nic):
    fails(nic, "rule_insert", NOSPC, nic.ethtool, "-N", f"flow-type ether dst {MAC} action 1")
    nic.knob("fail_next", "rule_insert 1")
    refused(nic.ethtool, "-N", f"flow-type ether dst {MAC} action 2 loc 0", says=IO[1])
    check("queue 1" in nic.ethtool("-n"), "the rule in place is kept")
    fails(nic, "rule_delete", IO, nic.ethtool, "-N", "delete 0")


@case
def table_and_channels(nic):
    fails(nic, "set_rxfh", IO, nic.ethtool, "-X", "equal 3")
    equal(set(nic.table()), {0, 1, 2}, "table")
    fails(nic, "set_channels", NOMEM, nic.ethtool, "-L", "combined 4")


@case
def takes_long(nic):
    nic.knob("op_delay_ms", 300)
    start = time.monotonic()
    nic.ethtool("-X", "equal 2")
    check(time.monotonic() - start >= 0.3, "it takes as long as was asked for")
    nic.knob("op_delay_ms", 0)


@case
def disarmed_and_independent(nic):
    nic.knob("fail_next", "ctx_create 3")
    nic.knob("fail_next", "rule_insert 1")
    equal(nic.knob("fail_next"), "ctx_create 3 5 0\nrule_insert 1 5 0", "armed")
    nic.knob("fail_next", "ctx_create 0")
    nic.context("equal 1")
    equal(nic.knob("fail_next"), "rule_insert 1 5 0", "armed")


@case
def some_calls_come_first(nic):
    nic.knob("fail_next", "ctx_create 1 28 2")
    equal([nic.context("equal 1"), nic.context("equal 1")], [1, 2], "come first")
    refused(nic.context, "equal 1", says=NOSPC[1])
    equal(nic.context("equal 1"), 3, "fails once")


@case
def a_refused_call_is_not_counted(nic):
    nic.knob("fail_next", "rule_insert 1")
    refused(nic.ethtool, "-N", f"flow-type ether dst {MAC} action 9", says="invalid")
    equal(nic.knob("fail_next"), "rule_insert 1 5 0", "armed")


@case
def nonsense_is_refused(nic):
    for words in (" ", "ctx_create", "ctx_create x", "ctx_create -1", "nothing 1",
                  "ctx_create 1 0", "ctx_create 1 4096", "ctx_create 1 5 6 7", "ctx_create 1 5 -1", "ctx_create 1 x",
                  "ctx_create 1 5 x", "ctx_create  1",
                  "ctx_create 4294967295", "x" * 100):
        refused(nic.knob, "fail_next", words, says="invalid")
    equal(nic.knob("fail_next"), "", "armed")


run(__doc__)
