#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which goals of rss-sim(1) the policy meets, by scenario: one number a seed."""

POLICY = "ours+entries"
HOPELESS = ("equal", "idle", "vnic-bound")

ALONE_MS = 150
MOVES_PER_CHANGE = 2
SPREAD = 1.05
HARM = 1.02


def alone(run, _):
    """Time until a flood is alone; None where there is none."""
    reached = run["alone_ms"]
    if reached is None:
        return None
    return (0 <= reached <= ALONE_MS, "never" if reached < 0 else f"{reached} ms")


def moves(run, _):
    """Oscillation."""
    value = run["most_moves_per_change"]
    return (value <= MOVES_PER_CHANGE, f"{value:.2f}")


def spread(run, _):
    """Unevenness within the partition."""
    value = run["busiest_over_partition_bound"]
    return (value <= SPREAD, f"{value:.2f}")


def ratio(value, base):
    """How many times as much; 1 where both are nothing."""
    if base:
        return value / base
    return 1 if not value else float("inf")


def harm(run, static):
    """Where nobody can help: no moves, and no worse than static RSS."""
    if run["scenario"] not in HOPELESS or static is None:
        return None
    worst = max(ratio(run[key], static[key]) for key in ("victims_p99_ns", "victim_drops"))
    return (not run["moves"] and worst <= HARM, f"x{worst:.2f}, {run['moves']} moves")


GOALS = (("alone", alone), ("moves", moves), ("spread", spread), ("harm", harm))


def judge(runs):
    """(scenario, goal, number met, number of seeds, what they showed), where it applies."""
    statics = {(run["scenario"], run["seed"]): run for run in runs if run["policy"] == "rss"}
    ours = [run for run in runs if run["policy"] == POLICY]
    for scenario in dict.fromkeys(run["scenario"] for run in ours):
        for name, goal in GOALS:
            verdicts = [goal(run, statics.get((scenario, run["seed"])))
                        for run in ours if run["scenario"] == scenario]
            verdicts = [verdict for verdict in verdicts if verdict]
            if verdicts:
                met, shown = zip(*verdicts)
                yield scenario, name, sum(met), len(met), shown


def print_goals(runs):
    """A line each scenario and goal."""
    print(f"\ngoals of {POLICY}: alone after {ALONE_MS} ms, {MOVES_PER_CHANGE} moves a change of "
          f"load,\nspread {SPREAD}, no harm where there is no help; a number a seed")
    total = reached = 0
    for scenario, goal, met, seeds, shown in judge(runs):
        verdict = "met" if met == seeds else f"met in {met} of {seeds}" if met else "missed"
        print(f"{scenario:13} {goal:7} {verdict:13} {'; '.join(shown)}")
        total += 1
        reached += met == seeds
    print(f"{reached} of {total} goals are met with every seed")
