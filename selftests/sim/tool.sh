#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rss-sim from its command line: what it prints, and what it refuses.
#
# usage: O=BUILD tool.sh

. "$(dirname "$0")/../lib.sh"

sim=$O/tool/rss-sim
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
		complains "usage: rss-sim" --seed
}

bad_config()
{
	complains "is not KEY=VALUE" --set engine_above &&
		complains "is not KEY=VALUE" --set no_key=1 &&
		complains "select is load, fit or static" --set select=best &&
		complains "engine_above must be 1..1000" --set engine_above=1001 &&
		complains "unshare_below must be less" --set share_above=50 &&
		complains "hold_up_ms: 'x' is not" --set hold_up_ms=x
}

same_seed_same_output()
{
	"$sim" "${short[@]}" --seed 5 >"$out/a" && "$sim" "${short[@]}" --seed 5 >"$out/b" &&
		cmp "$out/a" "$out/b" &&
		"$sim" "${short[@]}" --seed 5 -j >"$out/a" &&
		"$sim" "${short[@]}" --seed 5 -j >"$out/b" &&
		cmp "$out/a" "$out/b"
}

other_seed_other_output()
{
	"$sim" "${short[@]}" --seed 5 | grep -v seed >"$out/a" &&
		"$sim" "${short[@]}" --seed 6 | grep -v seed >"$out/b" &&
		! cmp -s "$out/a" "$out/b"
}

# A policy alone gives what it gives beside the others.
one_policy()
{
	"$sim" "${short[@]}" | grep '^rss++ ' >"$out/a" &&
		"$sim" "${short[@]}" --policy rss++ >"$out/b" &&
		[[ $(wc -l <"$out/b") -eq 5 ]] && grep -qxFf "$out/a" "$out/b"
}

json_has_the_same_numbers()
{
	"$sim" "${short[@]}" -j >"$out/json" && "$sim" "${short[@]}" >"$out/text" &&
		python3 - "$out/json" "$out/text" <<-'END'
		import json, sys
		runs = json.load(open(sys.argv[1]))
		rows = {line.split()[0]: line.split()
		        for line in open(sys.argv[2]).read().splitlines()[4:]}
		for run in runs:
		    row = rows.pop(run["policy"])
		    assert float(row[2]) == round(run["victims_p99_ns"] / 1000), row
		    assert int(row[11]) == run["moves"], row
		    assert float(row[13]) == round(run["most_moves_per_change"], 2), row
		    assert int(row[14]) == run["entries_rewritten"], row
		    assert run["scenario"] == "noisy-bursts" and run["vms"] == 32
		    assert run["victim_drops"] <= run["drops"] <= run["packets"]
		assert not rows, rows
		END
}

list_is_complete()
{
	"$sim" --list >"$out/list" && grep -q '^  noisy ' "$out/list" &&
		grep -q '^  ours ' "$out/list" && grep -q '^  rss++ ' "$out/list" &&
		! grep -q 'VMs, ' <(tail -n 1 "$out/list")
}

# The policy that cannot hold a VM up does not move it.
config_reaches_the_policy()
{
	"$sim" "${short[@]}" --policy ours --set hold_up_ms=3600000 -j >"$out/json" &&
		python3 -c 'import json, sys; assert json.load(sys.stdin)[0]["moves"] == 0' \
			<"$out/json"
}

full_disk_is_an_error()
{
	! "$sim" --list >/dev/full 2>/dev/null &&
		! "$sim" "${short[@]}" --policy rss >/dev/full 2>/dev/null
}

ktap_plan 10
check "bad numbers are refused" bad_numbers
check "bad names are refused" bad_names
check "bad configurations are refused" bad_config
check "same seed, same output" same_seed_same_output
check "another seed, another output" other_seed_other_output
check "one policy alone" one_policy
check "JSON has the numbers of the table" json_has_the_same_numbers
check "the list names scenarios and policies" list_is_complete
check "the configuration reaches the policy" config_reaches_the_policy
check "a full disk is an error" full_disk_is_an_error
ktap_end
