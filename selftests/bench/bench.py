#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run the measurements; write them as one JSON file and print them as a table.

Parts: the simulator's comparison of policies and its goals, what one period of the
policy costs, and, in guests, what metering and a move cost, and the time from a
threshold to the rule. Without valgrind no instructions of a period are counted, its
growth is that of its time, and that is said. Exit status 1: not every goal is met with
every seed.
"""
import argparse
import concurrent.futures
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from goals import POLICY, REWRITER, print_goals

COST_VMS = (16, 64, 256, 512, 1024, 4096)
COST_QUEUES = (8, 64, 1024)
COST_RUNS = 200
COUNT_RUNS = 4


PACKED = ("--scenario", "wake-up", "--policy", "ours", "--set", "scale=pack")


def simulate_seed(program, arguments, seed):
    """One seed, as rss-sim prints it."""
    output = subprocess.run([program, "-j", "--seed", str(seed), *arguments], check=True,
                            stdout=subprocess.PIPE)
    return json.loads(output.stdout)


def simulate(program, arguments, seeds):
    """All seeds, side by side: simulated time does not depend on who else computes."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda seed: simulate_seed(program, arguments, seed),
                           range(1, seeds + 1))
        return [run for runs in results for run in runs]


def guest(run, script, *options):
    """What a script prints in a guest."""
    output = subprocess.run([run, "-b", *options, "--", script], check=True,
                            stdout=subprocess.PIPE)
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
    best, moves = map(int, run.stdout.split())
    return {"vms": vms, "queues": queues, "ns": best, "moves": moves,
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


def print_table(title, runs, cell):
    """A row each scenario, a column each policy; CELL makes a text of the seeds' runs."""
    policies = list(dict.fromkeys(run["policy"] for run in runs))
    print(title)
    print(f"{'':13}" + "".join(f"{policy:>15}" for policy in policies))
    for name, results in by_scenario(runs).items():
        cells = (cell([run for run in results if run["policy"] == policy])
                 for policy in policies)
        print(f"{name:13}" + "".join(f"{text:>15}" for text in cells))


def p99_and_drops(runs):
    """Median of the seeds."""
    p99 = statistics.median(run["victims_p99_ns"] for run in runs) / 1000
    return f"{p99:.0f} / {statistics.median(map(drops_of, runs)):.2f}"


def range_of_drops(runs):
    """Least and most of the seeds."""
    drops = [drops_of(run) for run in runs]
    return f"{min(drops):.2f}..{max(drops):.2f}"


def worst_queue(runs):
    """Medians of the seeds; a bound for the partition is not always judged."""
    nic = statistics.median(run["busiest_over_nic_bound"] for run in runs)
    part = [run["busiest_over_partition_bound"] for run in runs
            if run["busiest_over_partition_bound"] is not None]
    return f"{nic:.2f} / " + (f"{statistics.median(part):.2f}" if part else "-")


def changes(runs):
    """Medians of the seeds."""
    return " / ".join(f"{statistics.median(run[key] for run in runs):.0f}"
                      for key in ("moves", "entries_rewritten"))


def mine_and_theirs(runs):
    """What the goal of rewrites adds up, with all seeds."""
    rules = runs[0]["policy"] == POLICY
    return f"{sum(run['entries_rewritten'] + rules * run['moves'] for run in runs)}"


def print_rewrites(runs):
    """Ours beside RSS++, by scenario; nothing where one is missing."""
    both = [run for run in runs if run["policy"] in (POLICY, REWRITER)]
    if len({run["policy"] for run in both}) < 2:
        return
    print_table("\nentries rewritten and VMs moved / entries rewritten; all seeds together",
                both, mine_and_theirs)


def print_simulation(runs, seeds):
    """The comparison."""
    print_table(f"victims' p99 wait, us / packets dropped, %; median of {seeds} seeds", runs,
                p99_and_drops)
    print_table("\nvictims' packets dropped, %; least and most of the seeds", runs,
                range_of_drops)
    print_table("\nlargest queue load over the bound for the NIC / for the partition; median",
                runs, worst_queue)
    print_table("\nmoves / entries rewritten; median", runs, changes)
    print_rewrites(runs)


def print_cost(cost):
    """Instructions and time of a period, a row each number of VMs."""
    print("\none period of the policy, instructions / us")
    if not cost["periods"][0]["instructions"]:
        print("no valgrind: instructions are not counted, growth is that of the time")
    print(f"{'VMs':>13}" + "".join(f"{f'{queues} queues':>20}" for queues in COST_QUEUES))
    for vms in COST_VMS:
        cells = []
        for queues in COST_QUEUES:
            one = next(c for c in cost["periods"] if (c["vms"], c["queues"]) == (vms, queues))
            cells.append(f"{one['instructions'] or '-'} / {one['ns'] / 1000:.1f}")
        print(f"{vms:13}" + "".join(f"{cell:>20}" for cell in cells))
    cells = (f"VMs^{cost['exponent_by_queues'][queues]:.2f}" for queues in COST_QUEUES)
    print(f"{'grows as':>13}" + "".join(f"{cell:>20}" for cell in cells))


def print_metering(rows):
    """A line each way of polling, and what that says of a poll and of a packet."""
    print("\nmetering, instructions a packet")
    for row in rows:
        print(f"{row['packets_per_poll']:8.1f} packets a poll: {row['metering']:.1f} more "
              f"than {row['path']:.1f}")
    per_poll, per_packet = split_metering(*rows)
    print(f"{per_poll:8.1f} more for each poll of NAPI\n{per_packet:8.1f} more for each packet")


def split_metering(few, many):
    """(a poll, a packet): what a packet costs is its own, and its part of the poll."""
    polls = [1 / row["packets_per_poll"] for row in (few, many)]
    per_poll = (few["metering"] - many["metering"]) / (polls[0] - polls[1])
    return per_poll, few["metering"] - per_poll * polls[0]


def print_moves(rows):
    """A line each kind of move."""
    print("\na move, instructions in the kernel, least of its rounds")
    for row in rows:
        print(f"{row['move']:>21} {row['instructions']}")


def print_reaction(rows):
    """Median and most."""
    print("\nfrom the sample that sees a threshold crossed to the rule, hold time of 40 ms "
          "included;\nthe crossing is up to a sample earlier; emulated machine")
    for key, unit in (("samples", "samples of 20 ms"), ("ms", "ms")):
        values = [row[key] for row in rows]
        print(f"{statistics.median(values):8.1f} {unit}, {max(values):.1f} at most of "
              f"{len(values)}")


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
    parser.add_argument("--guest", required=True, help="the program run.sh")
    parser.add_argument("--metering", required=True, help="the program for the guest")
    parser.add_argument("--moves", required=True, help="the program for the guest")
    parser.add_argument("--reaction", required=True, help="the program for the guest")
    parser.add_argument("--sim", required=True, help="the program rss-sim")
    parser.add_argument("--sim-args", default="", help="options for rss-sim")
    parser.add_argument("--seeds", type=int, default=3, help="run seeds 1 to SEEDS")
    parser.add_argument("json", help="file to write")
    args = parser.parse_args()

    results = {"policy_cost": policy_cost(args.cost),
               "metering": guest(args.guest, args.metering, "-i", "-m", "1G"),
               "moves": guest(args.guest, args.moves, "-i", "-m", "1G"),
               "reaction": guest(args.guest, args.reaction),
               "simulation": simulate(args.sim, args.sim_args.split(), args.seeds),
               "packed": simulate(args.sim, PACKED, args.seeds)}
    write_json(args.json, results)
    print_simulation(results["simulation"], args.seeds)
    print_cost(results["policy_cost"])
    print_metering(results["metering"])
    print_moves(results["moves"])
    print_reaction(results["reaction"])
    return 0 if print_goals(results) else 1


if __name__ == "__main__":
    sys.exit(main())
