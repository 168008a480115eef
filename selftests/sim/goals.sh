#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What make bench says of the goals: by made-up results on either side of each.
#
# usage: goals.sh

. "$(dirname "$0")/../lib.sh"

# verdicts RESULT...: SCENARIO KEY=VALUE... of ours, beside static RSS, or of a peer
# when it begins with "POLICY:"; prints goal and numbers met
verdicts()
{
	PYTHONDONTWRITEBYTECODE=1 python3 - "$selftests/bench" "$@" <<-'END'
	import contextlib, io, sys
	sys.path.insert(0, sys.argv[1])
	import goals
	usual = {"alone_ms": None, "most_moves_per_change": 0, "hopeless": 0, "moves": 0,
	         "busiest_over_partition_bound": None, "victims_p99_ns": 1000,
	         "victim_drops": 0, "victim_packets": 1000, "flooded_ms": None,
	         "flooded_at_once": 1, "vms": 64, "queues": 16, "entries_rewritten": 0}
	results = {"simulation": [], "packed": [], "policy_cost": {"periods": []}}
	seed = 0
	for text in sys.argv[2:]:
	    words = text.split()
	    policy, _, name = words[0].rpartition(":")
	    given = {key: float(value) for key, value in (word.split("=") for word in words[1:])}
	    if policy == "cost":
	        results["policy_cost"]["periods"].append(given)
	    elif policy == "pack":
	        results["packed"].append({"scenario": name, "queues": 16, **given})
	    elif policy:
	        results["simulation"].append({**usual, "scenario": name, "seed": seed,
	                                      "policy": policy, **given})
	    else:
	        seed += 1
	        ours = {**usual, "scenario": name, "seed": seed, "policy": goals.POLICY, **given}
	        static = {**usual, "scenario": name, "seed": seed, "policy": goals.STATIC}
	        if name == "noisy":
	            static["victims_p99_ns"] = 14000
	        results["simulation"] += [static, ours]
	judged = [(goal, met, seeds) for goal, _, met, seeds, _ in goals.judge_all(results)]
	# By this make bench fails.
	with contextlib.redirect_stdout(io.StringIO()):
	    all_met = goals.print_goals(results)
	assert all_met == all(met == seeds for _, met, seeds in judged)
	print(*(f"{goal}:{met}/{seeds}" for goal, met, seeds in judged
	        if goal != "moves" or met != seeds))
	END
}

# says VERDICTS RESULT...
says()
{
	local want=$1 got

	shift
	got=$(verdicts "$@")
	[[ $got == "$want" ]] || { echo "$got, not $want"; return 1; }
}

ktap_plan 12
check "14 times better, and less" says "better:1/2" \
	"noisy victims_p99_ns=1000" "noisy victims_p99_ns=1001"
check "a flood that is alone in time" says "better:1/1 alone:1/1" "noisy alone_ms=150"
check "too late, never, and in time" says "better:3/3 alone:1/3" \
	"noisy alone_ms=151" "noisy alone_ms=-1" "noisy alone_ms=0"
check "several at once have no more time" says "alone:0/1" \
	"crowd alone_ms=160 flooded_at_once=6"
check "a peer is better by more than 2 %" says "peers:1/2" \
	"crowd flooded_ms=20000 victims_p99_ns=1020" "netqueue:crowd victims_p99_ns=1000" \
	"crowd flooded_ms=20000 victims_p99_ns=1021" "netqueue:crowd victims_p99_ns=1000"
check "a peer loses less" says "peers:0/1" \
	"crowd flooded_ms=20000 victim_drops=5" "netqueue:crowd victim_drops=4"
check "short floods and few VMs do not count" says "" \
	"crowd flooded_ms=19000 victims_p99_ns=9999" \
	"crowd flooded_ms=20000 vms=63 victims_p99_ns=9999"
check "moves and spread" says "spread:0/1 moves:1/2" \
	"busy most_moves_per_change=2 busiest_over_partition_bound=1.06" \
	"busy most_moves_per_change=3 busiest_over_partition_bound=1.05"
check "harm by waiting, dropping, moving and rewriting" says "harm:1/5" \
	"equal hopeless=1 victims_p99_ns=1020" "equal hopeless=1 victims_p99_ns=1021" \
	"equal hopeless=1 victim_drops=1" "equal hopeless=1 moves=1" \
	"equal hopeless=1 entries_rewritten=1"
check "no more is rewritten than by the peer" says "rewrites:0/1" \
	"busy moves=2 entries_rewritten=9" "rss++:busy entries_rewritten=10"
check "a period of 1 ms, and nine times" says "period:0/1 growth:1/1" \
	"cost: vms=512 queues=1024 ns=1 instructions=10" \
	"cost: vms=4096 queues=1024 ns=1000000 instructions=90"
check "packed in time, and awake too late" says "quiet:1/2 wakes:1/2" \
	"pack:wake-up cpus_quiet=1 quiet_after_ms=5000 cpus_busy=16 hot_longest_ms=210" \
	"pack:wake-up cpus_quiet=2 quiet_after_ms=100 cpus_busy=16 hot_longest_ms=200"
ktap_end
