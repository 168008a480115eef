#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rss-sim --trace: a record as the load, and files that are none.
#
# usage: O=BUILD trace.sh

. "$(dirname "$0")/../lib.sh"

sim=$O/tool/rss-sim
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# record SECONDS QUEUES: ten samples a second; "quiet" all the time, "loud" in the
# second half
record()
{
	python3 - "$@" <<-'END'
	import json, sys
	seconds, queues = map(int, sys.argv[1:])
	print(json.dumps({"type": "header", "format": 2}))
	for i in range(1, 10 * seconds + 1):
	    loud = 2500 if i > 5 * seconds else 50
	    print(json.dumps({"type": "sample", "ifindex": 2, "now_ns": i * 10**8,
	                      "window_ns": 10**8, "queue": [{"id": q} for q in range(queues)],
	                      "vm": [{"name": "quiet", "id": 1, "pnic_busy": 100},
	                             {"name": "loud", "id": 2, "pnic_busy": loud}]}))
	END
}

runs()
{
	record 4 4 >"$out/record" && "$sim" --trace "$out/record" >"$out/text" &&
		grep -q "^trace: $out/record" "$out/text" &&
		grep -q '^2 VMs, 4 queues, 4 s, seed 1' "$out/text" &&
		[[ $(wc -l <"$out/text") -eq 10 ]]
}

# 100 permille all the time, 50 for two seconds and 2,500 for two: 5,500 CPU-ms,
# 10 us a packet.
load_is_the_records()
{
	"$sim" --trace "$out/record" --policy rss -j >"$out/json" &&
		python3 -c '
import json, sys
run = json.load(sys.stdin)[0]
assert abs(run["packets"] - 550000) < 5500, run["packets"]' <"$out/json"
}

names_are_the_records()
{
	"$sim" --trace "$out/record" --policy ours --log | grep -qE '^ +2\.[0-9]+ s  loud  none '
}

queues_can_be_chosen()
{
	"$sim" --trace "$out/record" --queues 8 --policy rss | grep -q '^2 VMs, 8 queues, 4 s'
}

# refused TEXT FILE
refused()
{
	local status=0

	"$sim" --trace "$2" >"$out/stdout" 2>"$out/stderr" || status=$?
	[[ $status -eq 2 && ! -s $out/stdout && $(<"$out/stderr") == "rss-sim: $2: $1" ]] ||
		{ cat "$out/stderr"; return 1; }
}

broken_line_is_named()
{
	sed '7s/"vm": /"vm": 7, "x": /' "$out/record" >"$out/broken"
	refused "line 7: vm is not a list" "$out/broken" || return 1
	sed '7s/^/x/' "$out/record" >"$out/broken"
	refused "line 7: is no JSON object" "$out/broken"
}

no_record()
{
	refused "line 1: is no JSON object" "$0" &&
		refused "No such file or directory" "$out/none" &&
		refused "Is a directory" "$out"
}

too_many_queues()
{
	record 1 65 >"$out/wide"
	refused "it has 65 queues; --queues says how many to simulate" "$out/wide"
}

cut_line_is_told()
{
	head -c -20 "$out/record" >"$out/cut"
	"$sim" --trace "$out/cut" --policy rss >"$out/text" 2>"$out/stderr" &&
		grep -q 'the last line is not whole, and is left out' "$out/stderr" &&
		grep -q '^rss ' "$out/text"
}

ktap_plan 8
check "a record is a load" runs
check "of the record's size" load_is_the_records
check "the log has the names of its VMs" names_are_the_records
check "on another number of queues" queues_can_be_chosen
check "a broken line is named" broken_line_is_named
check "what is no record is refused" no_record
check "too many queues are refused" too_many_queues
check "a cut line is told, and left out" cut_line_is_told
ktap_end
