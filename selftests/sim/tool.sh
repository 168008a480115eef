#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rss-sim from its command line: what it prints, and what it refuses.
#
# usage: O=BUILD RSS_SIM=PROGRAM tool.sh

. "$(dirname "$0")/../lib.sh"

# The one with sanitizers, and one that is as fast as what is used.
sim=$O/tool/rss-sim
fast=$RSS_SIM
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
short=(--time 2 --vms 32 --queues 8 --scenario noisy-bursts)

# complains TEXT OPTION...: exit 2, nothing on stdout, TEXT on stderr
complains()
{
	local text=$1 status=0

	shift
	timeout 20 "$sim" "$@" >"$out/stdout" 2>"$out/stderr" || status=$?
	[[ $status -eq 2 && ! -s $out/stdout ]] && grep -qF -- "$text" "$out/stderr"
}

bad_numbers()
{
	complains "--seed: 'x' is not a number" --seed x &&
		complains "--time: '0' is not a number from 1" --time 0 &&
		complains "--time: '1s' is not a number" --time 1s &&
		complains "--vms: '-1' is not a number" --vms -1 &&
		complains "--vms: '99999999999999999999' is not" --vms 99999999999999999999 &&
		complains "--queues: '1' is not a number from 2" --queues 1 &&
		complains "--queues: '65' is not a number from 2 to 64" --queues 65 &&
		complains "--seed: '' is not a number" --seed ""
}

bad_names()
{
	complains "--scenario: there is no 'quiet'" --scenario quiet &&
		complains "--policy: there is no 'best'" --policy best &&
		complains "'noisy' is not an option" noisy &&
		complains "usage: rss-sim" --frobnicate &&
		complains "usage: rss-sim" --seed &&
		complains "--log and --json do not go together" --log -j &&
		complains "--trace and --scenario do not go" --trace x --scenario noisy &&
		complains "--trace and --vms do not go together" --trace x --vms 4
}

bad_config()
{
	complains "is not KEY=VALUE" --set engine_above &&
		complains "is not KEY=VALUE" --set no_key=1 &&
		complains "select is load, fit or static" --set select=best &&
		complains "scale is off, spread or pack, not 'up'" --set scale=up &&
		complains "engine_above must be 1..1000" --set engine_above=1001 &&
		complains "unshare_below must be less" --set share_above=50 &&
		complains "hold_up_ms: 'x' is not" --set hold_up_ms=x
}

same_seed_same_output()
{
	"$fast" "${short[@]}" --seed 5 >"$out/a" && "$sim" "${short[@]}" --seed 5 >"$out/b" &&
		cmp "$out/a" "$out/b" &&
		"$fast" "${short[@]}" --seed 5 -j >"$out/a" &&
		"$fast" "${short[@]}" --seed 5 -j >"$out/b" &&
		cmp "$out/a" "$out/b"
}

other_seed_other_output()
{
	"$fast" "${short[@]}" --seed 5 | grep -v seed >"$out/a" &&
		"$fast" "${short[@]}" --seed 6 | grep -v seed >"$out/b" &&
		! cmp -s "$out/a" "$out/b"
}

# A policy alone gives what it gives beside the others.
one_policy()
{
	"$fast" "${short[@]}" | grep '^rss++ ' >"$out/a" &&
		"$fast" "${short[@]}" --policy rss++ >"$out/b" &&
		[[ $(wc -l <"$out/b") -eq 5 ]] && grep -qxFf "$out/a" "$out/b"
}

json_has_the_same_numbers()
{
	"$fast" "${short[@]}" -j >"$out/json" && "$fast" "${short[@]}" >"$out/text" &&
		python3 - "$out/json" "$out/text" <<-'END'
		import json, sys
		runs = json.load(open(sys.argv[1]))
		rows = {line.split()[0]: line.split()
		        for line in open(sys.argv[2]).read().splitlines()[4:]}
		for run in runs:
		    row = rows.pop(run["policy"])
		    assert abs(float(row[2]) - run["victims_p99_ns"] / 1000) < 0.06, row
		    assert abs(float(row[4]) - run["all_p50_ns"] / 1000) < 0.06, row
		    assert int(row[10]) == run["hot_longest_ms"], row
		    assert abs(float(row[11]) - run["busiest_over_nic_bound"]) < 0.006, row
		    assert int(row[13]) == run["moves"], row
		    assert abs(float(row[15]) - run["most_moves_per_change"]) < 0.006, row
		    assert int(row[16]) == run["entries_rewritten"], row
		    assert run["scenario"] == "noisy-bursts" and run["vms"] == 32
		    assert run["victim_drops"] <= run["drops"] <= run["packets"]
		assert not rows, rows
		END
}

list_is_complete()
{
	"$fast" --list >"$out/list" && grep -q '^  noisy ' "$out/list" &&
		grep -q '^  ours ' "$out/list" && grep -q '^  rss++ ' "$out/list" &&
		! grep -q 'VMs, ' <(tail -n 1 "$out/list")
}

# The policy that cannot hold a VM up does not move it.
config_reaches_the_policy()
{
	"$fast" "${short[@]}" --policy ours --set hold_up_ms=3600000 -j >"$out/json" &&
		python3 -c 'import json, sys; assert json.load(sys.stdin)[0]["moves"] == 0' \
			<"$out/json"
}

# A packed host that gets loaded at once: all queues, and none hot for 200 ms.
packed_host_wakes_in_time()
{
	"$fast" --scenario wake-up --policy ours --set scale=pack --time 14 -j >"$out/json" &&
		python3 - "$out/json" <<-'END'
		import json, sys
		run = json.load(open(sys.argv[1]))[0]
		assert run["cpus_quiet"] == 1, run
		assert run["cpus_busy"] == run["queues"], run
		assert run["hot_longest_ms"] <= 200, run
		END
}

# A flood that no shared engine has room for: the VM is alone, and nobody waits.
too_heavy_a_flood_is_alone_in_time()
{
	"$fast" --scenario noisy-long --policy ours --time 12 -j >"$out/json" &&
		python3 - "$out/json" <<-'END'
		import json, sys
		run = json.load(open(sys.argv[1]))[0]
		assert 0 < run["alone_ms"] <= 150, run
		assert run["most_moves_per_change"] <= 2, run
		END
}

full_disk_is_an_error()
{
	! "$sim" --list >/dev/full 2>/dev/null &&
		! "$fast" "${short[@]}" --policy rss >/dev/full 2>/dev/null
}

ktap_plan 12
check "bad numbers are refused" bad_numbers
check "bad names are refused" bad_names
check "bad configurations are refused" bad_config
check "same seed, same output" same_seed_same_output
check "another seed, another output" other_seed_other_output
check "one policy alone" one_policy
check "JSON has the numbers of the table" json_has_the_same_numbers
check "the list names scenarios and policies" list_is_complete
check "the configuration reaches the policy" config_reaches_the_policy
check "a packed host wakes in time" packed_host_wakes_in_time
check "a flood too heavy for a shared engine is alone in time" too_heavy_a_flood_is_alone_in_time
check "a full disk is an error" full_disk_is_an_error
ktap_end
