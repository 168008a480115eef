#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From crossing to rule in place: the hold time and two periods at the most,
# counted by the numbers of samples; and not before the hold time is over.

. "$(dirname "$0")/lib.sh"

ktap_plan 7

engine_up 1 8 500000
must rssctl config set share_above 150 unshare_below 140 hold_down_ms 500 dwell_ms 0 \
	release_below 400 return_margin 10

taken=0 waited=0

# moves_up: of each move to the shared engine, how many samples it took and when it was
# done, in ms; a line each
moves_up()
{
	jq -r 'select(.kind == "moved" and .to_state == "shared" and .crossed_sample > 0) |
		"\(.done_sample - .crossed_sample) \(.time_ns / 1000000 | floor)"' "$events"
}

# more_than NR: another one is told; the event comes a moment after the state
more_than()
{
	[[ $(moves_up | wc -l) -gt $1 ]]
}

# goes_up: the samples it took into $taken, the ms since it was asked for into $waited
goes_up()
{
	local before begun moved

	before=$(moves_up | wc -l)
	read -r begun _ </proc/uptime
	rate 600 1
	becomes 1 shared 20 || return 1
	poll_until 10 more_than "$before" || { echo "no event"; return 1; }
	read -r taken moved < <(moves_up | tail -n 1)
	waited=$((moved - 10#${begun/./} * 10))
}

# took HOLD PERIOD: as many samples as that, and no less time. Where samples come late the
# hold time passes in a few of them, but not in none.
took()
{
	echo "took $taken samples of $2 ms for $1 ms; $waited ms with the load's way there"
	within "$taken" $(($1 > 0)) $((($1 + $2 - 1) / $2 + 2)) && within "$waited" "$1" 20000
}

# in_time PERIOD HOLD: up once, in so many samples
in_time()
{
	must rssctl config set period_ms "$1" period_max_ms "$1" hold_up_ms "$2"
	rate 0 1
	becomes 1 none 20 && goes_up && took "$2" "$1"
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
