#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tool's tables, and sysfs's names, against the netlink spec."""

import os
import re
import subprocess
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
SPEC = os.path.join(ROOT, "Documentation/netlink/specs/rss_engine.yaml")
SYSFS = os.path.join(ROOT, "kmod/sysfs_names.c")
BUILD = os.path.join(HERE, os.environ.get("O", "build"))

U32_MAX = 2**32 - 1


def spec_type(attr):
    """The word that tables.c has for the type of an attribute."""
    multi = attr.get("multi-attr", False)
    if attr["type"] == "nest":
        return "nests"
    if attr["type"] == "binary":
        return "mac"
    if "enum" in attr:
        return "enum"
    if attr["type"] in ("string", "u32") and multi:
        return attr["type"] + "s"
    return attr["type"]


def spec_range(attr, kind, consts):
    """Least and greatest value that a user may give."""
    checks = attr.get("checks", {})
    default = {"u32": (0, U32_MAX), "u32s": (0, U32_MAX), "s32": (-2**31, 2**31 - 1)}
    low, high = default.get(kind, (0, 0))
    low = checks.get("min", low)
    high = checks.get("max", checks.get("max-len", high))
    return consts.get(low, low), consts.get(high, high)


def numbered(attrs, sets):
    """The attributes of a set with their numbers; a subset has those of the whole."""
    whole = next(s for s in sets if s["name"] == attrs.get("subset-of", attrs["name"]))
    names = {attr["name"] for attr in attrs["attributes"]}
    for i, attr in enumerate(whole["attributes"], 1):
        if attr["name"] in names:
            yield i, attr


def spec_lines(spec):
    """What tables.c must print."""
    consts = {d["name"]: d["value"] for d in spec["definitions"] if d["type"] == "const"}
    for enum in spec["definitions"]:
        if enum["type"] == "enum":
            for i, entry in enumerate(enum["entries"]):
                yield f"enum {enum['name']} {i} {entry['name']}"
            if enum["name"] == "reason":
                for entry in enum["entries"]:
                    yield f"sentence {entry['name']} yes"
    for attrs in spec["attribute-sets"]:
        for i, attr in numbered(attrs, spec["attribute-sets"]):
            kind = spec_type(attr)
            low, high = spec_range(attr, kind, consts)
            nest = attr.get("nested-attributes", "-")
            yield f"attr {attrs['name']} {i} {attr['name']} {kind} {low} {high} {nest}"


def unnamed(spec):
    """Words of the spec that sysfs has another name for, or none."""
    with open(SYSFS, encoding="utf-8") as file:
        named = dict(re.findall(r'\[RSS_ENGINE_(\w+)\]\s*= "([^"]+)"', file.read()))
    for enum in spec["definitions"]:
        prefix = enum["name"].upper().replace("-", "_")
        if not any(name.startswith(prefix + "_") for name in named):
            continue
        for entry in enum.get("entries", ()):
            word = entry["name"] if isinstance(entry, dict) else entry
            if named.get(f"{prefix}_{word.upper().replace('-', '_')}") != word:
                yield f"{enum['name']} {word}"


def main():
    with open(SPEC, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    want = set(spec_lines(spec))
    printed = subprocess.run([os.path.join(BUILD, "tables")], check=True, text=True,
                             capture_output=True).stdout
    got = set(printed.splitlines())
    print("TAP version 13\n1..2")
    for line in sorted(want - got):
        print(f"# only in the spec: {line}")
    for line in sorted(got - want):
        print(f"# only in the tool: {line}")
    good = want == got and len(want) > 100
    print("ok" if good else "not ok", "1 the tool's tables are the spec's")
    wrong = list(unnamed(spec))
    for word in wrong:
        print(f"# not in sysfs: {word}")
    print("not ok" if wrong else "ok", "2 sysfs has the spec's words")
    return 0 if good and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
