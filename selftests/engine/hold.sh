#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From crossing to rule in place: the hold time and two periods at the most,
# counted by the numbers of samples; and once in milliseconds, at the defaults.

. "$(dirname "$0")/lib.sh"

ktap_plan 7

engine_up 1 8 500000
must rssctl config set share_above 150 unshare_below 140 hold_down_ms 500 dwell_ms 0 \
	release_below 400 return_margin 10

samples_taken()
{
	jq -r 'select(.kind == "moved" and .to_state == "shared") |
		.done_sample - .crossed_sample' "$events" | tail -n 1
}

# in_time PERIOD HOLD: up once, in so many samples
in_time()
{
	local period=$1 hold=$2 limit taken

	limit=$(((hold + period - 1) / period + 2))
	must rssctl config set period_ms "$period" period_max_ms "$period" hold_up_ms "$hold"
	rate 0 1
	becomes 1 none 20 || return 1
	rate 600 1
	becomes 1 shared 20 || return 1
	sleep 0.2
	taken=$(samples_taken)
	echo "took $taken samples, limit $limit"
	[[ $taken -le $limit ]]
}

check "hold 400 ms at 100 ms" in_time 100 400
check "hold 100 ms at 20 ms" in_time 20 100
check "hold 100 ms at 10 ms" in_time 10 100
check "no hold at 100 ms" in_time 100 0
check "no hold at 20 ms" in_time 20 0
check "no hold at 10 ms" in_time 10 0

# load_over SECONDS: mean of the VM's load meanwhile
load_over()
{
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000)) sum=0 n=0

	while ((${EPOCHREALTIME/./} < end)); do
		sum=$((sum + $(<"$state/vms/vm1/rx_load")))
		n=$((n + 1))
		pause 0.05
	done
	echo $((sum / n))
}

# note_load: at the end of half a swing; on which side of the threshold
note_load()
{
	if (($(<"$state/vms/vm1/rx_load") > threshold)); then
		: $((above++))
	else
		: $((below++))
	fi
}

threshold=0 above=0 below=0

# The threshold is the load that the middle of the swing makes here.
swings()
{
	local end before

	must rssctl config set period_ms 20 period_max_ms 20 share_above 10000 \
		unshare_below 9999 hold_up_ms 40 hold_down_ms 2000 dwell_ms 5000
	rate 475 1
	becomes 1 none 20 || return 1
	threshold=$(load_over 3)
	rate 0 1
	pause 0.5
	must rssctl config set share_above "$threshold" unshare_below $((threshold * 97 / 100))
	before=$(moves_total)
	end=$((SECONDS + 60))
	while ((SECONDS < end)); do
		rate 522 1
		pause 0.7
		note_load
		rate 428 1
		pause 0.7
		note_load
	done
	echo "$(($(moves_total) - before)) moves, load above $threshold $above times, below $below"
	# Both sides were visited, and often, or nothing was tested.
	[[ $(($(moves_total) - before)) -le 2 && $above -ge 10 && $below -ge 10 ]]
}
check "a load that swings around a threshold for a minute moves twice at most" swings
ktap_end
