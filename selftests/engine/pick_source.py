#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Pick a source whose flows to a VM all hash to one queue, by different entries.

usage: pick_source.py VM FLOWS    reads what "ethtool -x" says; prints SOURCE QUEUE KEY

The key is the one that there is, or another where that has no such source.
"""

import random
import re
import struct
import sys


def toeplitz(key, data):
    """The hash of @data, as the NIC computes it."""
    bits = int.from_bytes(key, "big")
    value = 0
    for i in range(8 * len(data)):
        if data[i // 8] & 0x80 >> i % 8:
            value ^= bits >> (8 * len(key) - 32 - i) & 0xffffffff
    return value


def flow_input(vm, source, flow):
    """Addresses and ports as the generator writes them (miniguest/frame.c)."""
    return struct.pack("!IIHH", 0x0a800000 | (source & 0x7f) << 16 | flow, 0x0a000000 | vm,
                       1024 + flow, 9 + flow)


def find(table, key, vm, flows):
    """(source, queue), or None where there is none."""
    for source in range(1, 128):
        entries = [toeplitz(key, flow_input(vm, source, flow)) % len(table)
                   for flow in range(flows)]
        queues = {table[entry] for entry in entries}
        if len(queues) == 1 and len(set(entries)) == flows:
            return source, queues.pop()
    return None


def main():
    vm, flows = int(sys.argv[1]), int(sys.argv[2])
    text = sys.stdin.read()
    rows = re.findall(r"^\s*\d+:((?:\s+\d+)+)$", text, re.M)
    table = [int(queue) for row in rows for queue in row.split()]
    key = bytes.fromhex(re.search(r"^((?:[0-9a-f]{2}:)+[0-9a-f]{2})$", text, re.M)
                        .group(1).replace(":", ""))
    rng = random.Random(1)
    for _ in range(1000):
        found = find(table, key, vm, flows)
        if found:
            print(*found, key.hex(":"))
            return 0
        key = rng.randbytes(len(key))
    return "no such source"


if __name__ == "__main__":
    sys.exit(main())
