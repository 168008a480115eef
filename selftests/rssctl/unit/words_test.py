#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The command table against the man page and the completion."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
MAN = os.path.join(ROOT, "Documentation/rssctl.8.rst")
COMPLETION = os.path.join(ROOT, "tools/rssctl/rssctl.bash-completion")
TOOL_DIR = os.path.join(ROOT, "tools/rssctl")
SPEC_ENUMS = ("reason", "event-kind")
BUILD = os.path.join(HERE, os.environ.get("O", "build"))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def usage_lines():
    """Every "rssctl OBJECT ..." of the usage, as the command table prints it."""
    out = subprocess.run([os.path.join(BUILD, "usage")], check=True, text=True,
                         capture_output=True).stdout
    return [line for line in out.splitlines() if line.startswith("rssctl ")]


def synopsis_lines(man):
    """Every command of the man page's synopsis, without its bold marks."""
    section = man.split("SYNOPSIS\n")[1].split("DESCRIPTION\n")[0]
    lines = [line[2:].replace("**", "") for line in section.splitlines()
             if line.startswith("| **rssctl ")]
    return [line for line in lines if "OBJECT" not in line or line.startswith("rssctl help")]


def grammar_words(line):
    """The words of a usage line that are typed as they are."""
    return set(re.findall(r"(?<![\w-])[a-z][a-z-]+(?![\w-])", line)) - {"rssctl"}


def complete(words, current):
    """What the completion offers after @words, with a tool that knows nothing."""
    script = (f". {COMPLETION}; COMP_WORDS=(rssctl {' '.join(words)} '{current}'); "
              f"COMP_CWORD={len(words) + 1}; _rssctl; echo \"${{COMPREPLY[@]}}\"")
    out = subprocess.run(["bash", "-c", "rssctl() { return 1; }; " + script], check=True,
                         text=True, capture_output=True).stdout
    return set(out.split())


def json_keys():
    """Keys of all JSON objects, by the tool's source."""
    keys = set()
    for name in os.listdir(TOOL_DIR):
        if not name.endswith(".c"):
            continue
        text = read(os.path.join(TOOL_DIR, name))
        keys |= set(re.findall(r'^\t\{ "(\w+)", RSS_ENGINE_A_', text, re.M))
        keys |= set(re.findall(r"^\tKEY\((\w+),", text, re.M))
        keys |= set(re.findall(r'json_object_object_add\(\w+, "(\w+)"', text))
    return keys


def test_man_synopsis(man, usage):
    return sorted(set(usage) ^ set(synopsis_lines(man)))


def test_man_options(man, usage):
    words = set().union(*(grammar_words(line) for line in usage))
    return sorted(word for word in words if not re.search(rf"(?<![\w-]){word}(?![\w-])",
                                                          man.split("DESCRIPTION\n")[1]))


def test_man_json(man, _usage):
    section = man.split("\nJSON\n")[1]
    keys = json_keys()
    missing = [key for key in keys if not re.search(rf"\b{key}\b", section)
               and f"\n{key} " not in man.split("CONFIG\n")[1]]
    return sorted(missing) if len(keys) > 60 else ["too few keys were found"]


def test_man_names(man, _usage):
    printed = subprocess.run([os.path.join(BUILD, "tables")], check=True, text=True,
                             capture_output=True).stdout
    names = [line.split()[3] for line in printed.splitlines()
             if line.split()[0] == "enum" and line.split()[1] in SPEC_ENUMS]
    text = man.split("\nJSON\n")[1]
    return [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)]


def test_completion_commands(_man, usage):
    wrong = []
    for obj in {line.split()[1] for line in usage}:
        if obj not in complete([], ""):
            wrong.append(obj)
        verbs = {line.split()[2] for line in usage if line.split()[1] == obj
                 and len(line.split()) > 2 and re.fullmatch("[a-z]+", line.split()[2])}
        wrong += [f"{obj} {verb}" for verb in verbs ^ complete([obj], "")
                  if obj not in ("monitor", "replay", "help")]
    return sorted(wrong)


def test_completion_words(_man, usage):
    wrong = []
    for line in usage:
        words = line.split()
        if len(words) < 4 or words[1:3] not in (["pnic", "add"], ["pnic", "set"], ["vm", "add"],
                                                ["vm", "set"], ["vm", "move"],
                                                ["limit", "add"]):
            continue
        options = set(re.findall(r"(?:^|[\[ ])([a-z-]+) (?=[A-Z]|[a-z]+\|)",
                                 line.split("NAME" if words[1] == "vm" else "DEV", 1)[1]))
        offered = complete(words[1:3] + ["x"], "")
        wrong += [f"{words[1]} {words[2]}: {word}" for word in options - offered]
    return sorted(wrong)


TESTS = [
    ("the man page's synopsis is the command table", test_man_synopsis),
    ("the man page tells of every word", test_man_options),
    ("the man page tells of every JSON field", test_man_json),
    ("the man page tells of every reason and event", test_man_names),
    ("the completion knows every command", test_completion_commands),
    ("the completion knows every option", test_completion_words),
]


def main():
    man, usage = read(MAN), usage_lines()
    failed = 0
    print(f"TAP version 13\n1..{len(TESTS)}")
    for number, (name, test) in enumerate(TESTS, 1):
        wrong = test(man, usage)
        for item in wrong:
            print(f"# {item}")
        print("not ok" if wrong else "ok", number, name)
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
