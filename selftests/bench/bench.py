#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run the measurements; write them as one JSON file and print them as a table.

Parts: the simulator's comparison of policies, and what one period of the policy
costs. A part that lacks a program it needs says so; it is not left out silently.
"""
import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

COST_VMS = (16, 64, 256, 1024, 4096)
COST_QUEUES = (8, 64, 1024)
COST_RUNS = 200
COUNT_RUNS = 4


def simulate(program, arguments):
    """The comparison, as rss-sim prints it."""
    output = subprocess.run([program, "-j", *arguments], check=True, stdout=subprocess.PIPE)
    return json.loads(output.stdout)


def count_instructions(program, vms, queues):
    """Instructions of one period, or None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    with tempfile.TemporaryDirectory() as scratch:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=rsse_policy_run",
             f"--callgrind-out-file={scratch}/out", program, str(vms), str(queues),
             str(COUNT_RUNS)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    counted = re.search(r"Collected : (\d+)", run.stderr)
    return int(counted.group(1)) // COUNT_RUNS


def cost_of(program, vms, queues):
    """One period with so many VMs and queues."""
    run = subprocess.run([program, str(vms), str(queues), str(COST_RUNS)], check=True,
                         stdout=subprocess.PIPE, text=True)
    return {"vms": vms, "queues": queues, "ns": int(run.stdout.split()[0]),
            "instructions": count_instructions(program, vms, queues)}


def growth(costs):
    """Exponent of the cost between the two largest numbers of VMs, for each size of NIC."""
    key = "instructions" if costs[0]["instructions"] else "ns"
    result = {}
    for queues in COST_QUEUES:
        low, high = [c for c in costs if c["queues"] == queues][-2:]
        result[queues] = round(math.log(high[key] / low[key], high["vms"] / low["vms"]), 3)
    return result


def policy_cost(program):
    """The cost of one period over sizes of hosts."""
    costs = [cost_of(program, vms, queues) for queues in COST_QUEUES for vms in COST_VMS]
    return {"periods": costs, "exponent_by_queues": growth(costs)}


def by_scenario(runs):
    """Runs of each scenario, in order."""
    scenarios = {}
    for run in runs:
        scenarios.setdefault(run["scenario"], []).append(run)
    return scenarios


def drops_of(run):
    """Share of the victims' packets that were dropped, percent."""
    return 100 * run["victim_drops"] / max(run["victim_packets"], 1)


def print_simulation(runs):
    """Victims' p99 wait and drops, a row each scenario."""
    scenarios = by_scenario(runs)
    policies = [run["policy"] for run in next(iter(scenarios.values()))]
    print("victims' p99 wait, us / packets dropped, %")
    print(f"{'':13}" + "".join(f"{policy:>15}" for policy in policies))
    for name, results in scenarios.items():
        cells = (f"{run['victims_p99_ns'] / 1000:.0f} / {drops_of(run):.2f}" for run in results)
        print(f"{name:13}" + "".join(f"{cell:>15}" for cell in cells))


def print_cost(cost):
    """Instructions and time of a period, a row each number of VMs."""
    print("\none period of the policy, instructions / us")
    print(f"{'VMs':>13}" + "".join(f"{f'{queues} queues':>20}" for queues in COST_QUEUES))
    for vms in COST_VMS:
        cells = []
        for queues in COST_QUEUES:
            one = next(c for c in cost["periods"] if (c["vms"], c["queues"]) == (vms, queues))
            cells.append(f"{one['instructions'] or '-'} / {one['ns'] / 1000:.1f}")
        print(f"{vms:13}" + "".join(f"{cell:>20}" for cell in cells))
    cells = (f"VMs^{cost['exponent_by_queues'][queues]:.2f}" for queues in COST_QUEUES)
    print(f"{'grows as':>13}" + "".join(f"{cell:>20}" for cell in cells))


def write_json(path, results):
    """Whole or not at all."""
    partial = f"{path}.new"
    with open(partial, "w", encoding="utf-8") as out:
        json.dump(results, out, indent=1)
        out.write("\n")
    os.replace(partial, path)


def main():
    """Parse the command line and run every part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cost", required=True, help="the program policy_cost")
    parser.add_argument("--sim", required=True, help="the program rss-sim")
    parser.add_argument("--sim-args", default="", help="options for rss-sim")
    parser.add_argument("json", help="file to write")
    args = parser.parse_args()

    results = {"policy_cost": policy_cost(args.cost),
               "simulation": simulate(args.sim, args.sim_args.split())}
    write_json(args.json, results)
    print_simulation(results["simulation"])
    print_cost(results["policy_cost"])


if __name__ == "__main__":
    sys.exit(main())
