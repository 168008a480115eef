#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Engines that get more queues, and the NUMA node that these are served on: a warm one
# stays on the NIC's node, a full one goes beyond it, and with "node any" there is none.
# Each CPU is a node; the NIC is on node 0. With all that is done for it, a packet takes
# up to a millisecond of an emulated CPU.

scale=spread
. "$(dirname "$0")/lib.sh"

# How packing goes on, and what is taken then, takes a while: the unit tests have it, too.
cases=18
[[ -z ${RSSE_LONG:-} ]] || cases=22

ktap_plan $cases

engine_up 3 8 500000 default-queues 2 shared-engines 1 shared-queues 2 dedicated-queues 1
echo 0 >/sys/class/net/pnic0/device/numa_node
wire_on 1
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 200 hold_down_ms 1000 \
	dwell_ms 500 share_above 9000 unshare_below 1 release_below 1 manual_hold_ms 3600000 \
	engine_above 950 return_margin 100 grow_above 60 pack_below 40

# near QUEUE...: these are polled on node 0, the others on node 1; all were polled since
near()
{
	local queue

	for queue in 0 1 2 3 4 5 6 7; do
		echo $((!$(grep -cw "$queue" <<<"$*"))) >"$simnic/queues/$queue/cpu"
	done
	rate 60 1 2 3
	poll_until 20 polled_on "$*" || {
		rssctl queue show
		bail "the queues are not polled where they should be"
	}
	rate 0 1 2 3
}

polled_on()
{
	local queue cpu

	for queue in 0 1 2 3 4 5 6 7; do
		cpu=$((!$(grep -cw "$queue" <<<"$1")))
		[[ $(<"$state/pnics/pnic0/queues/$queue/cpu") == "$cpu" ]] || return 1
	done
}

# has ENGINE "QUEUE..."
has()
{
	[[ $(queues_of "$1" | xargs) == "$2" ]]
}

# gets ENGINE "QUEUE..." SECONDS
gets()
{
	poll_until "$3" has "$1" "$2" || shows "$1"
}

shows()
{
	echo "engine $1 has $(queues_of "$1" | xargs)"
	rssctl engine show
	rssctl queue show
	return 1
}

has_more()
{
	[[ $(queues_of "$1" | wc -w) -gt $2 ]]
}

# grows ENGINE NUMBER: beyond so many queues
grows()
{
	poll_until 15 has_more "$1" "$2" || shows "$1"
}

load_of()
{
	echo "$(<"$state/pnics/pnic0/engines/$1/load")"
}

# is_warm ENGINE: above grow_above, and not full
is_warm()
{
	within "$(load_of "$1")" 62 950
}

# keeps ENGINE "QUEUE...": for four times as long as a warm one waits, and it is warm
keeps()
{
	local i

	poll_until 10 is_warm "$1" || shows "$1" || return 1
	for i in 1 2 3 4 5 6 7 8; do
		pause 0.5
		has "$1" "$2" || shows "$1" || return 1
	done
	poll_until 5 is_warm "$1" || shows "$1"
}

# told ENGINE: of an event that it has grown
told()
{
	poll_until 5 told_now "$1"
}

told_now()
{
	happened ".kind == \"resized\" and .engine == $1 and .reason == \"grow-above\""
}

never_told()
{
	! told_now "$1"
}

node_is()
{
	rssctl -j pnic show pnic0 | jq -e ".[0] | .node == $1 and .nic_node == 0"
}

# A dedicated engine: of the NIC's node there is but one queue.
near 4
must rssctl vm move vm1 dedicated
engine=$(vm_engine 1)
check "a dedicated engine is served on the NIC's node" has "$engine" 4
rate 150 1
check "warm, it does not grow beyond that" keeps "$engine" 4
check "no event tells of such" never_told "$engine"
must rssctl pnic set pnic0 node any
check "pnic show tells that no node is asked for" node_is '"any"'
check "then it gets what the default engine can spare" grows "$engine" 1
check "for that reason" told "$engine"
must rssctl pnic set pnic0 node nic
check "pnic show tells that the NIC's is" node_is '"nic"'
rate 10 1
check "what it gives back are the others' queues" gets "$engine" 4 15
rate 150 1
check "and it does not get them again" keeps "$engine" 4
must rssctl pnic set pnic0 node 1
check "told to be on the other node, it grows there" grows "$engine" 1
must rssctl pnic set pnic0 node nic
rate 10 1
must gets "$engine" 4 15
must rssctl vm move vm1 none

# A shared engine: each of three VMs does a third. Of the NIC's node are its two queues.
near 2 3
for vm in 1 2 3; do
	must rssctl vm set "vm$vm" max shared
	must rssctl vm move "vm$vm" shared
done
engine=$(vm_engine 1)

stays_larger()
{
	pause 2
	has_more "$engine" 2 || shows "$engine"
}

# stays_and_goes WHOSE: what it could get are WHOSE
stays_and_goes()
{
	rate 100 1 2 3
	must gets "$engine" "2 3" 15
	check "warm, it does not get those of $1" keeps "$engine" "2 3"
	must rssctl pnic set pnic0 node any
	check "of any node, it gets those of $1" grows "$engine" 2
	must rssctl pnic set pnic0 node nic
	check "and does not lose them as long as it is warm: those of $1" stays_larger
	rate 10 1 2 3
}

is_on_one()
{
	has "$engine" 2 || has "$engine" 3
}

packs()
{
	poll_until 20 is_on_one || shows "$engine"
}

check "a shared engine is served there, too" has "$engine" "2 3"
stays_and_goes "the default engine"
check "an event tells of the growth" told "$engine"
must rssctl config set scale pack
check "when it is quiet the one that it keeps is of the NIC's node" packs
if [[ -n ${RSSE_LONG:-} ]]; then
	stays_and_goes "nobody"
	check "these are given up first, again" packs
fi

# What was warm is full now.
must rssctl config set scale spread
rate 100 1 2 3
check "warm, it gets back what there is on the NIC's node" gets "$engine" "2 3" 15
must rssctl config set engine_above 80 return_margin 10
rate 150 1 2 3
check "full, it goes beyond that" grows "$engine" 2
rate 0 1 2 3
ktap_end
