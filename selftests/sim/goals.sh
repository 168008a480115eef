#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What make bench says of the goals: by made-up results on either side of each.
#
# usage: goals.sh

. "$(dirname "$0")/../lib.sh"

# verdicts RESULT...: SCENARIO KEY=VALUE... of ours; prints goal and numbers met
verdicts()
{
	PYTHONDONTWRITEBYTECODE=1 python3 - "$selftests/bench" "$@" <<-'END'
	import sys
	sys.path.insert(0, sys.argv[1])
	import goals
	runs = []
	for seed, text in enumerate(sys.argv[2:]):
	    words = text.split()
	    run = {"scenario": words[0], "seed": seed, "policy": goals.POLICY, "alone_ms": None,
	           "most_moves_per_change": 0, "busiest_over_partition_bound": 1, "moves": 0,
	           "victims_p99_ns": 1000, "victim_drops": 0}
	    runs.append(dict(run, policy="rss"))
	    for key, value in (word.split("=") for word in words[1:]):
	        run[key] = float(value)
	    runs.append(run)
	print(*(f"{goal}:{met}/{seeds}" for _, goal, met, seeds, _ in goals.judge(runs)))
	END
}

# says VERDICTS RESULT...
says()
{
	local want=$1

	shift
	[[ $(verdicts "$@") == "$want" ]]
}

ktap_plan 6
check "a flood that is alone in time" \
	says "alone:1/1 moves:1/1 spread:1/1" "noisy alone_ms=150"
check "too late, never, and in time" says "alone:1/3 moves:3/3 spread:3/3" \
	"noisy alone_ms=151" "noisy alone_ms=-1" "noisy alone_ms=0"
check "moves and spread" says "moves:1/2 spread:1/2" \
	"busy most_moves_per_change=2 busiest_over_partition_bound=1.06" \
	"busy most_moves_per_change=2.1 busiest_over_partition_bound=1.05"
check "no harm where nobody can help" says "moves:1/1 spread:1/1 harm:1/1" \
	"equal victims_p99_ns=1020"
check "harm by waiting and by dropping" says "moves:2/2 spread:2/2 harm:0/2" \
	"equal victims_p99_ns=1021" "equal victim_drops=1"
check "harm by moving" says "moves:1/1 spread:1/1 harm:0/1" "equal moves=1"
ktap_end
