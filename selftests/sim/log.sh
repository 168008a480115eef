#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rss-sim --log: what our policy does, a line each.
#
# usage: O=BUILD log.sh

. "$(dirname "$0")/../lib.sh"

sim=$O/tool/rss-sim
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
flood=(--scenario noisy --time 6)

made()
{
	"$sim" "${flood[@]}" --policy ours --log >"$out/log" &&
		"$sim" "${flood[@]}" --policy ours >"$out/plain"
}

# Besides the lines of the log the output is what it is without.
lines_are_added()
{
	grep -v '^ .* s  ' "$out/log" | cmp - "$out/plain"
}

names='(none|shared|dedicated)'
why='[a-z-]+  value [0-9]+  threshold [0-9]+'

every_line_is_known()
{
	! grep '^ .* s  ' "$out/log" |
		grep -vE "^ +-?[0-9]+\.[0-9]{3} s  (vm[0-9]+  $names \(engine [0-9]+\) -> $names \
\(engine [0-9]+\)  $why  gain -?[0-9]+|queue( [0-9]+)+  engine (none|[0-9]+) -> (none|[0-9]+)  \
$why|engine [0-9]+  entry( [0-9]+: [0-9]+ -> [0-9]+,?)+  $why  gain [0-9]+)( +error .*)?$"
}

# Moves from the begin on, which the table counts, are all told.
moves_are_all_told()
{
	local told counted

	told=$(grep -cE '^ +[0-9.]+ s  vm' "$out/log")
	counted=$(awk '$1 == "ours" { print $14 }' "$out/plain")
	[[ $told -gt 0 && $told -eq $counted ]] || { echo "$told told, $counted counted"; return 1; }
}

the_flood_is_told()
{
	grep -qE '^ +4\.0[0-9]+ s  vm0  none .* -> dedicated \(engine [0-9]+\)  default-full ' "$out/log"
}

others_say_nothing()
{
	"$sim" "${flood[@]}" --policy rss++ --log >"$out/log" &&
		"$sim" "${flood[@]}" --policy rss++ | cmp - "$out/log"
}

ktap_plan 6
check "a log is made" made
check "its lines are added to the table" lines_are_added
check "every line is of a known kind" every_line_is_known
check "moves are all told" moves_are_all_told
check "the flood is told, and its end on a dedicated engine" the_flood_is_told
check "other policies say nothing" others_say_nothing
ktap_end
