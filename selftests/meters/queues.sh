#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Queue load against the simulated NIC's own account of the time that it spun
# in its polls, packets dropped behind NAPI so that there is nothing else.

. "$(dirname "$0")/lib.sh"

# Much beside what the emulated CPU itself needs for a poll.
cost_ns=1000000

# one_run RATE COUNT: busy time in permille of the time spun
one_run()
{
	local busy spun

	busy=$(busy_ns)
	spun=$(spun pnic0)
	gen vm 1 "$(vm_mac 1)" flows 16 rate "$1" count "$2" >/dev/null
	settled spun pnic0
	sampled
	sampled
	busy=$(($(busy_ns) - busy))
	spun=$(($(spun pnic0) - spun))
	echo "# spun $((spun / 1000)) us, busy $((busy / 1000)) us" >&2
	permille "$busy" "$spun"
}

# load_is_right RATE [COUNT]: median of five within 10 %
load_is_right()
{
	local i runs=()

	for i in 1 2 3 4 5; do
		runs+=("$(one_run "$1" "${2:-150}")")
	done
	within "$(median "${runs[@]}")" 900 1100
}

# cheap_packets: the same where a packet costs 100 us. Interrupts are put off, or the
# emulator would need half as much for each poll.
cheap_packets()
{
	local status=0

	ethtool -C pnic0 rx-usecs 10000 && echo 100000 >"$simnic/cost_ns" || return 1
	load_is_right 3000 1000 || status=1
	echo "$cost_ns" >"$simnic/cost_ns"
	ethtool -C pnic0 rx-usecs 0
	return "$status"
}

threaded()
{
	echo "$1" >/sys/class/net/pnic0/threaded || bail "threaded $1"
	sampled
	sampled
}

# The load published is what the busy time says.
load_follows_busy()
{
	local busy share

	echo >"$tracing/trace"
	echo 1 >"$tracing/events/rss_engine/rsse_queue/enable"
	busy=$(busy_ns)
	sampled
	gen vm 1 "$(vm_mac 1)" flows 16 rate 300 count 300 >/dev/null
	settled spun pnic0
	sampled
	echo 0 >"$tracing/events/rss_engine/rsse_queue/enable"
	busy=$(($(busy_ns) - busy))
	# Queues 0 and 1, permille times seconds: ns divided by 10^6.
	share=$(awk '
		match($0, /queue=[0-9]+/) {
			queue = substr($0, RSTART + 6, RLENGTH - 6)
			match($0, / [0-9.]+: rsse_queue:/)
			now = substr($0, RSTART + 1) + 0
			match($0, / busy=[0-9]+/)
			if (last[queue])
				sum += substr($0, RSTART + 6) * (now - last[queue])
			last[queue] = now
		}
		END { printf "%.0f\n", sum * 1000000 }' "$tracing/trace")
	within "$(permille "$share" "$busy")" 900 1100
}

only_the_loaded_queue()
{
	local busy0 busy1

	ethtool -X pnic0 equal 1 || return 1
	sampled
	busy0=$(cat "$state/pnics/pnic0/queues/0/busy_ns")
	busy1=$(cat "$state/pnics/pnic0/queues/1/busy_ns")
	one_run 400 150 >/dev/null 2>&1
	busy0=$(($(cat "$state/pnics/pnic0/queues/0/busy_ns") - busy0))
	busy1=$(($(cat "$state/pnics/pnic0/queues/1/busy_ns") - busy1))
	ethtool -X pnic0 default
	((busy0 > 60000000)) || { echo "queue 0 was busy for $busy0 ns"; return 1; }
	within "$(permille "$busy1" "$busy0")" 0 10
}

# full_polls_seen: highest share of full polls that a queue showed
full_polls_seen()
{
	awk 'match($0, /full_polls=[0-9]+/) {
			value = substr($0, RSTART + 11, RLENGTH - 11) + 0
			if (value > top)
				top = value
		}
		END { print top + 0 }' "$tracing/trace"
}

# full_polls RATE LOW HIGH
full_polls()
{
	echo >"$tracing/trace"
	echo 1 >"$tracing/events/rss_engine/rsse_queue/enable"
	gen vm 1 "$(vm_mac 1)" flows 16 rate "$1" count "$1" >/dev/null
	settled spun pnic0
	echo 0 >"$tracing/events/rss_engine/rsse_queue/enable"
	within "$(full_polls_seen)" "$2" "$3"
}

# nic_polls COUNTER: of queue 0, by the NIC's own account
nic_polls()
{
	ethtool -S pnic0 | awk -v name="rx0_$1:" '$1 == name { print $2 }'
}

# full_polls_counted: mean of the windows of queue 0 that had packets
full_polls_counted()
{
	awk '/queue=0 / && !/packets=0 / && match($0, /full_polls=[0-9]+/) {
			sum += substr($0, RSTART + 11, RLENGTH - 11)
			windows++
		}
		END { printf "%.0f\n", windows ? sum / windows : -1 }' "$tracing/trace"
}

# Where each interrupt finds more packets than one poll takes, and less than two do,
# some polls are full and some are not.
share_of_full_polls()
{
	local polls full share

	gen vm 1 "$(vm_mac 1)" flows 16 rate 9000 >/dev/null
	sampled
	sampled
	echo >"$tracing/trace"
	echo 1 >"$tracing/events/rss_engine/rsse_queue/enable"
	polls=$(nic_polls polls) full=$(nic_polls full_polls)
	pause 2
	polls=$(($(nic_polls polls) - polls)) full=$(($(nic_polls full_polls) - full))
	echo 0 >"$tracing/events/rss_engine/rsse_queue/enable"
	share=$(permille "$full" "$polls")
	gen rate 0 1 >/dev/null
	echo "$full of $polls polls were full, $(full_polls_counted) permille counted"
	within "$share" 200 800 || return 1
	within "$(permille "$(full_polls_counted)" "$share")" 900 1100
}

full_polls_agree()
{
	local status=0

	ethtool -X pnic0 equal 1 && ethtool -C pnic0 rx-usecs 10000 || return 1
	echo 10000 >"$simnic/cost_ns"
	share_of_full_polls || status=1
	echo "$cost_ns" >"$simnic/cost_ns"
	ethtool -C pnic0 rx-usecs 0
	ethtool -X pnic0 default
	return "$status"
}

# A device that goes and comes back is metered again.
survives_down_up()
{
	ip link set pnic0 down
	ip link set pnic0 up
	sampled
	within "$(one_run 400 150)" 800 1200
}

# Softirqs that run on top of the NAPI threads are not their work.
load_beside_foreign_softirqs()
{
	local spun

	spun=$(spun pnic1)
	load_is_right 400 || return 1
	spun=$(($(spun pnic1) - spun))
	((spun > 500000000)) || { echo "only $spun ns of foreign work"; return 1; }
}

pin_threads()
{
	local thread

	for thread in $(pgrep 'napi/pnic0'); do
		taskset -p -c "$1" "$thread" >/dev/null || bail "taskset"
	done
}

ktap_plan 12
mkdir -p "$rig_dir"
must modprobe bridge
bridge_up
pnic_up simnic 2
gen_start
# The queues on one CPU, the generator on the other: it is to go on in a flood.
echo 0 >"$simnic/queues/0/cpu"
echo 0 >"$simnic/queues/1/cpu"
wire_on 1
must sh -c "echo $cost_ns >$simnic/cost_ns; echo 1 >$simnic/drop_after_napi"
observe

check "load of softirq polls" load_is_right 400
check "load of softirq polls at 100 us a packet" cheap_packets
check "load published follows busy time" load_follows_busy
check "an idle queue beside a busy one" only_the_loaded_queue
check "no full polls at a low rate" full_polls 200 0 0
check "share of full polls" full_polls_agree
check "load after down and up" survives_down_up
threaded 1
check "load of threaded polls" load_is_right 400
check "load of threaded polls at 100 us a packet" cheap_packets
check "share of full polls of threads" full_polls_agree
foreign_nic 1 400000
wire_on 0
pin_threads 1
foreign_rate 1000
check "load of threaded polls beside softirqs" load_beside_foreign_softirqs
foreign_rate 0
threaded 0
check "load after threads" within "$(one_run 400 150)" 800 1200
ktap_end
