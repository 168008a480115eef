#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Samples and the policy's state: whole, of one time, and a gap where one is missing."""
import errno
import socket
import time

from genl import C, Family, Refused, a, parse
from rig import case, equal, main

VMS = 300
MESSAGE_MAX = 8192
PERIOD_MS = 20
SO_RCVBUFFORCE = 33
ROOM = 16 << 20                 # for samples that a slow machine has not read yet
SO_RCVBUF_LEAST = 2304          # what the kernel makes of any smaller wish


def u(payload):
    return int.from_bytes(payload, "little")


def number(attrs, key):
    """A number of an object; 0 when it is absent."""
    return u(dict(attrs).get(C["A_" + key], b""))


def nests(attrs, key):
    return [list(parse(payload)) for kind, payload in attrs if kind == C["A_" + key]]


def prepare(rig, family):
    family.do("CONFIG_SET", a("CONFIG_PERIOD_MS", PERIOD_MS), a("CONFIG_PERIOD_MAX_MS", PERIOD_MS))
    family.do("PNIC_ADD", a("PNIC_IFINDEX", rig.ifindex))
    for i, device in enumerate(rig.add_devices("d", VMS)):
        family.do("VM_ADD", a("VM_NAME", f"vm{i}"), a("VM_VNIC", [a("VNIC_IFNAME", device)]))


def listener():
    family = Family()
    family.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, ROOM)
    family.listen("samples")
    return family


def whole_sample(family):
    """The messages of the next sample that is seen from its first part on."""
    parts = []
    while True:
        part = family.told()
        if number(part, "SAMPLE_PART") == 0:
            parts = []
        elif not parts:
            continue
        parts.append(part)
        if number(part, "SAMPLE_LAST"):
            return parts


def state_of(family, ifindex):
    return [list(parse(one)) for one in
            family.dump("STATE_GET", a("POLICY_STATE_IFINDEX", ifindex))]


def refused(family, why, word, *attrs):
    try:
        family.dump("STATE_GET", *attrs)
    except Refused as refusal:
        equal(refusal.errno, why, "errno")
        assert word in refusal.message, f"says: {refusal.message}"
        return
    raise AssertionError("was taken")


@case
def parts(rig, _family):
    """A sample of many VMs comes in parts of bounded size, none missing"""
    family = listener()
    messages = whole_sample(family)
    assert len(messages) > 2, f"{len(messages)} parts"
    equal([number(one, "SAMPLE_PART") for one in messages], list(range(len(messages))), "parts")
    equal([number(one, "SAMPLE_LAST") for one in messages],
          [0] * (len(messages) - 1) + [1], "last marks")
    numbers = [number(one, "SAMPLE_SEQ") for one in messages]
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "numbers")
    equal({number(one, "SAMPLE_IFINDEX") for one in messages}, {rig.ifindex}, "PNICs")
    equal(len({number(one, "SAMPLE_SAMPLE") for one in messages}), 1, "samples")
    for one in messages:
        size = sum(4 + len(payload) + -len(payload) % 4 for _, payload in one)
        assert size <= MESSAGE_MAX, f"a message of {size} bytes"
    family.close()


@case
def content(_rig, family):
    """It has every VM once, the engines, the configuration and the numbers"""
    heard = listener()
    messages = whole_sample(heard)
    vms = [vm for one in messages for vm in nests(one, "SAMPLE_VM")]
    equal(sorted(dict(vm)[C["A_POLICY_VM_NAME"]].rstrip(b"\0").decode() for vm in vms),
          sorted(f"vm{i}" for i in range(VMS)), "names")
    ids = [number(vm, "POLICY_VM_ID") for vm in vms]
    equal(ids, sorted(set(ids)), "ids")
    engines = [number(engine, "POLICY_ENGINE_ID") for one in messages
               for engine in nests(one, "SAMPLE_ENGINE")]
    equal(engines, [0, 1], "engines")
    config = nests(messages[0], "SAMPLE_CONFIG")[0]
    equal(number(config, "CONFIG_PERIOD_MS"), PERIOD_MS, "period_ms")
    told = dict(parse(family.do("CONFIG_GET")[0]))
    equal(dict(config), {kind: value for kind, value in told.items() if u(value)}, "configuration")
    assert number(messages[0], "SAMPLE_WINDOW_NS") > 0, "no window"
    heard.close()


@case
def no_hole(_rig, _family):
    """Samples, runs and messages are numbered without a gap"""
    family = listener()
    runs, samples, last = [], [], None
    for _ in range(10):
        messages = whole_sample(family)
        first = number(messages[0], "SAMPLE_SEQ")
        assert last in (None, first - 1), f"message {first} follows {last}"
        last = number(messages[-1], "SAMPLE_SEQ")
        runs.append(number(messages[0], "SAMPLE_RUN"))
        samples.append(number(messages[0], "SAMPLE_SAMPLE"))
    equal(runs, list(range(runs[0], runs[0] + 10)), "runs")
    equal(samples, list(range(samples[0], samples[0] + 10)), "samples")
    family.close()


@case
def nobody_listens(_rig, _family):
    """Nothing is made while nobody listens"""
    heard = listener()
    before = whole_sample(heard)
    heard.close()
    time.sleep(1)
    heard = listener()
    after = whole_sample(heard)
    heard.close()
    periods = number(after[0], "SAMPLE_SAMPLE") - number(before[0], "SAMPLE_SAMPLE")
    messages = number(after[0], "SAMPLE_SEQ") - number(before[0], "SAMPLE_SEQ")
    assert periods > 10, f"only {periods} samples"
    assert messages <= 8 * len(before), f"{messages} messages in {periods} samples"


@case
def state(rig, _family):
    """The policy's state fits between two samples"""
    heard = listener()
    first = whole_sample(heard)
    dumped = state_of(Family(1 << 12), rig.ifindex)
    assert len(dumped) > 1, "one message"
    equal(len({(number(one, "POLICY_STATE_SAMPLE"), number(one, "POLICY_STATE_RUN"))
               for one in dumped}), 1, "times of the messages")
    shift = number(first[0], "SAMPLE_SAMPLE") - number(first[0], "SAMPLE_RUN")
    equal(number(dumped[0], "POLICY_STATE_SAMPLE") - number(dumped[0], "POLICY_STATE_RUN"),
          shift, "sample and run")
    slots = [number(vm, "POLICY_VM_STATE_SLOT") for one in dumped
             for vm in nests(one, "POLICY_STATE_VM")]
    equal(slots, sorted(set(slots)), "slots")
    ids = {(number(vm, "POLICY_VM_STATE_SLOT"), number(vm, "POLICY_VM_STATE_ID"))
           for one in dumped for vm in nests(one, "POLICY_STATE_VM")}
    placed = {(number(vm, "POLICY_VM_SLOT"), number(vm, "POLICY_VM_ID"))
              for one in first for vm in nests(one, "SAMPLE_VM")}
    equal(ids, placed, "slots and placements")
    equal([number(engine, "POLICY_ENGINE_STATE_ID") for one in dumped
           for engine in nests(one, "POLICY_STATE_ENGINE")], [0, 1], "engines")
    heard.close()


@case
def abandoned(rig, _family):
    """A state that is read half-way holds nothing"""
    for _ in range(20):
        quitter = Family(1 << 12)
        quitter.send(quitter.id, C["CMD_STATE_GET"], a("POLICY_STATE_IFINDEX", rig.ifindex), 0x300)
        quitter._step(quitter.sock.recv(1 << 12), [])
        quitter.close()


@case
def state_refused(rig, family):
    """No state without a PNIC, of an unknown one, or of one that is off"""
    refused(family, errno.EINVAL, "no device is given")
    refused(family, errno.ENODEV, "no such device", a("POLICY_STATE_IFINDEX", 1 << 30))
    refused(family, errno.ENODEV, "not under management", a("POLICY_STATE_IFINDEX", 1))
    refused(family, errno.ERANGE, "", a("POLICY_STATE_IFINDEX", 0))
    off = a("PNIC_MODE", C["MODE_OFF"])
    family.do("PNIC_SET", a("PNIC_IFINDEX", rig.ifindex), off)
    refused(family, errno.EOPNOTSUPP, "is off", a("POLICY_STATE_IFINDEX", rig.ifindex))
    family.do("PNIC_SET", a("PNIC_IFINDEX", rig.ifindex), a("PNIC_MODE", C["MODE_AUTO"]))
    heard = listener()
    assert number(whole_sample(heard)[0], "SAMPLE_RUN") < 100, "the memory was not emptied"
    heard.close()


def sample_number(family):
    return number(list(parse(family.dump("PNIC_GET")[0])), "PNIC_SAMPLE")


@case
def deaf(_rig, family):
    """A listener that does not read loses samples, knows it, and holds nobody up"""
    begin = sample_number(family)
    good, bad = listener(), listener()
    bad.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SO_RCVBUF_LEAST)
    seen = [number(whole_sample(good)[0], "SAMPLE_SAMPLE") for _ in range(20)]
    equal(seen, list(range(seen[0], seen[0] + 20)), "samples of one that reads")
    assert sample_number(family) - begin >= 20, "the sampler was held up"
    lost, numbers = 0, []
    while len(numbers) < 20:
        try:
            numbers.append(number(bad.told(), "SAMPLE_SEQ"))
        except OSError as error:
            equal(error.errno, errno.ENOBUFS, "errno")
            lost += 1
    assert lost, "no loss was told"
    equal(numbers, sorted(set(numbers)), "order")
    assert numbers[-1] - numbers[0] >= len(numbers), "no gap in the numbers"
    good.close()
    bad.close()


if __name__ == "__main__":
    main(prepare)
