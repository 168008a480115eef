# SPDX-License-Identifier: GPL-2.0-only
"""Which goals of rss-sim(1) are met: a verdict for each scenario, a number for each seed."""

POLICY = "ours"
STATIC = "rss"
REWRITER = "rss++"
NOISY = "noisy"

BETTER = 14
WITHIN = 1.02
FLOOD_MS = 20000
VMS_A_QUEUE = 4
ALONE_MS = 150
MOVES_PER_CHANGE = 2
SPREAD = 1.05
QUIET_CPUS = 1
QUIET_MS = 5000
HOT_MS = 200
PERIOD_NS = 1000000
GROWTH = 9
GROWTH_FROM = 512
LARGEST = 4096

GOALS = {
    "better": f"Noisy neighbour: the victims' p99 wait is at least {BETTER} times better than "
              "with static RSS.",
    "peers": f"Floods of {FLOOD_MS // 1000} s and more, at least {VMS_A_QUEUE} VMs a queue: no "
             "peer's victims wait less (p99) or lose less, by more than 2 %.",
    "harm": "Where no policy can help nothing moves or is rewritten, and waits and drops are "
            "at most 2 % above static RSS.",
    "spread": f"Settled, the largest queue load is on average at most {SPREAD} times the bound "
              "for the same partition.",
    "rewrites": "No more entries and rules are rewritten than RSS++ rewrites entries.",
    "alone": f"A flooded VM is alone on its engine after at most {ALONE_MS} ms, until the flood "
             "ends.",
    "moves": f"A VM moves at most {MOVES_PER_CHANGE} times from a change of its load to the next.",
    "period": "One period with 4,096 VMs on 1,024 queues takes less than 1 ms.",
    "growth": f"From {GROWTH_FROM} to {LARGEST} VMs a period grows at most {GROWTH} times.",
    "quiet": f"scale=pack: a quiet host is on the minimum of queues within {QUIET_MS // 1000} s.",
    "wakes": "scale=pack: a loaded host is on all queues before one was over 95 % for "
             f"{HOT_MS} ms.",
}


def ratio(value, base):
    """How many times as much; 1 where both are nothing."""
    if base:
        return value / base
    return 1 if not value else float("inf")


def drops(run):
    """Share of the victims' packets that were dropped."""
    return ratio(run["victim_drops"], max(run["victim_packets"], 1))


def better(run, others):
    """Beside static RSS."""
    static = others.get(STATIC)
    if not run["scenario"].startswith(NOISY) or static is None:
        return None
    times = ratio(static["victims_p99_ns"], run["victims_p99_ns"])
    return times >= BETTER, f"x{times:.0f}"


def is_long_flood(run):
    """Long, and on a host with many VMs."""
    return ((run["flooded_ms"] or 0) >= FLOOD_MS and
            run["vms"] >= VMS_A_QUEUE * run["queues"])


def peers(run, others):
    """Beside the best of all, by each measure."""
    if not is_long_flood(run) or not others:
        return None
    worst, shown = 0, []
    for measure, name in ((lambda other: other["victims_p99_ns"], "p99"), (drops, "drops")):
        best = min(others.values(), key=measure)
        times = ratio(measure(run), measure(best))
        worst = max(worst, times)
        shown.append(f"{name} x{times:.2f} of {best['policy']}")
    return worst <= WITHIN, ", ".join(shown)


def alone(run, _):
    """Reaction to floods; several VMs at once have no more time than one."""
    reached = run["alone_ms"]
    if reached is None:
        return None
    shown = "never" if reached < 0 else f"{reached} ms"
    if run["flooded_at_once"] > 1:
        shown += f" for {run['flooded_at_once']} VMs"
    return 0 <= reached <= ALONE_MS, shown


def moves(run, _):
    """Oscillation."""
    value = run["most_moves_per_change"]
    return value <= MOVES_PER_CHANGE, str(value)


def harm(run, others):
    """Where nobody can help. Entries are no help there either: waits are short, or all alike."""
    static = others.get(STATIC)
    if not run["hopeless"] or static is None:
        return None
    waits = ratio(run["victims_p99_ns"], static["victims_p99_ns"])
    lost = ratio(drops(run), drops(static))
    done = run["moves"] + run["entries_rewritten"]
    return (not done and max(waits, lost) <= WITHIN,
            f"p99 x{waits:.2f}, drops x{lost:.2f}, {run['moves']} moves, "
            f"{run['entries_rewritten']} entries")


def others_of(runs, run):
    """The peers in the same scenario with the same seed, by name."""
    return {other["policy"]: other for other in runs
            if other["policy"] != POLICY and
            (other["scenario"], other["seed"]) == (run["scenario"], run["seed"])}


def each_scenario(goal):
    """A verdict a seed for each scenario to which GOAL applies."""
    def judge(results):
        runs = results["simulation"]
        for run in runs:
            verdict = goal(run, others_of(runs, run)) if run["policy"] == POLICY else None
            if verdict:
                yield (run["scenario"], *verdict)
    return judge


def spread(results):
    """Unevenness within the partition, on the mean of where it is defined."""
    values = [run["busiest_over_partition_bound"] for run in results["simulation"]
              if run["policy"] == POLICY and
              run["busiest_over_partition_bound"] is not None]
    if values:
        mean = sum(values) / len(values)
        yield ("all", mean <= SPREAD,
               f"{mean:.3f} on the mean of {len(values)} runs, {max(values):.3f} at most")


def rewrites(results):
    """Entries and rules that change, beside the entries that the rewriter changes."""
    runs = results["simulation"]
    mine = sum(run["entries_rewritten"] + run["moves"] for run in runs
               if run["policy"] == POLICY)
    theirs = [run["entries_rewritten"] for run in runs if run["policy"] == REWRITER]
    if theirs:
        yield "all", mine <= sum(theirs), f"{mine} against {sum(theirs)}"


def period(results):
    """The cost of a period on the largest host."""
    for cost in results.get("policy_cost", {}).get("periods", ()):
        if cost["vms"] == LARGEST and cost["queues"] == 1024:
            yield "4096 on 1024", cost["ns"] < PERIOD_NS, f"{cost['ns'] / 1000:.0f} us"


def growth(results):
    """The same, by the number of VMs; in instructions where they were counted."""
    costs = {(cost["queues"], cost["vms"]): cost
             for cost in results.get("policy_cost", {}).get("periods", ())}
    for queues in dict.fromkeys(queues for queues, _ in costs):
        low, high = costs[queues, GROWTH_FROM], costs[queues, LARGEST]
        key = "instructions" if low["instructions"] else "ns"
        times = ratio(high[key], low[key])
        yield f"{queues} queues", times <= GROWTH, f"x{times:.2f} {key}"


def quiet(results):
    """Few queues for a quiet host, in time."""
    for run in results.get("packed", ()):
        yield (run["scenario"],
               run["cpus_quiet"] <= QUIET_CPUS and run["quiet_after_ms"] <= QUIET_MS,
               f"{run['cpus_quiet']} CPUs after {run['quiet_after_ms']} ms")


def wakes(results):
    """All queues for a loaded one, in time."""
    for run in results.get("packed", ()):
        yield (run["scenario"],
               run["cpus_busy"] == run["queues"] and run["hot_longest_ms"] <= HOT_MS,
               f"{run['cpus_busy']} CPUs, {run['hot_longest_ms']} ms over 95 %")


JUDGES = {"better": each_scenario(better), "peers": each_scenario(peers),
          "harm": each_scenario(harm), "spread": spread, "rewrites": rewrites,
          "alone": each_scenario(alone), "moves": each_scenario(moves), "period": period,
          "growth": growth, "quiet": quiet, "wakes": wakes}


def judge_all(results):
    """(goal, where, number met, number of verdicts, what they showed), where there is one."""
    for goal, judge in JUDGES.items():
        verdicts = {}
        for where, met, shown in judge(results):
            verdicts.setdefault(where, []).append((met, shown))
        for where, seeds in verdicts.items():
            met, shown = zip(*seeds)
            yield goal, where, sum(met), len(met), shown


def print_goals(results):
    """Each goal, and a line for each scenario with what each seed showed; true: all met."""
    total = reached = 0
    before = None
    print(f"\ngoals of {POLICY}")
    for goal, where, met, nr, shown in judge_all(results):
        if goal != before:
            print(f"\n{goal}: {GOALS[goal]}")
        before = goal
        verdict = "met" if met == nr else f"NOT met ({met} of {nr})" if met else "NOT met"
        print(f"  {where:13} {verdict:16} {'; '.join(shown)}")
        total += 1
        reached += met == nr
    print(f"\n{reached} of {total} are met with every seed")
    return reached == total
