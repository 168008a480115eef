#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From threshold to rule: a VM's load steps over share_above, again and again, with
# the periods and the hold time of the defaults; how long after the sample that
# first saw it the rule is in place. Milliseconds of an emulated machine, and
# samples, which do not depend on its speed. Prints JSON.

. "$(dirname "$0")/../engine/lib.sh"

rounds=10
tracing=/sys/kernel/tracing

# What is wanted is printed as JSON, so nothing else may be.
exec 3>&1 >&2

events_off()
{
	echo 0 >$tracing/events/rss_engine/enable
}

# The move's line in the trace, and that of the sample in which the load crossed.
took()
{
	awk '
		{
			for (i = 1; i <= NF; i++) {
				if ($i ~ /^[0-9]+\.[0-9]+:$/)
					now = $i * 1000
				if (split($i, word, "=") == 2)
					field[word[1]] = word[2]
			}
		}
		/ rsse_placement: / && !(field["sample"] in seen) { seen[field["sample"]] = now }
		/ rsse_move: / && field["error"] == 0 && field["crossed"] in seen {
			printf "{\"ms\": %.1f, \"samples\": %d}\n", now - seen[field["crossed"]],
			       field["done"] - field["crossed"]
			exit
		}' $tracing/trace
}

[[ -f $tracing/trace ]] || must mount -t tracefs tracefs $tracing
engine_up 1 8 500000
must rssctl config set share_above 150 unshare_below 140 hold_down_ms 500 dwell_ms 0 \
	release_below 400 return_margin 10
defer events_off
must sh -c "echo 1 >$tracing/events/rss_engine/rsse_placement/enable"
must sh -c "echo 1 >$tracing/events/rss_engine/rsse_move/enable"
results=()
for ((i = 0; i < rounds; i++)); do
	rate 0 1
	must becomes 1 none 20
	sleep 0.5
	echo >$tracing/trace
	rate 600 1
	must becomes 1 shared 20
	sleep 0.2
	result=$(took)
	[[ -n $result ]] || bail "no move in the trace: $(tail $tracing/trace)"
	results+=("$result")
done
(IFS=,; echo "[${results[*]}]") >&3
