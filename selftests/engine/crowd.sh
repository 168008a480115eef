#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Engines that many VMs fill together: the default queues, and one shared
# engine of two.

. "$(dirname "$0")/lib.sh"

ktap_plan 11

vms=40
engine_up $vms 8 500000 default-queues 2 shared-engines 2 shared-queues 3
must rssctl config set period_ms 100 hold_up_ms 200 hold_down_ms 1000 dwell_ms 500 \
	share_above 200 unshare_below 80 release_below 100 engine_above 150 \
	return_margin 110 moves_max 4

all_vms=$(seq -s ' ' 1 $vms)

shared_vms()
{
	cat $state/vms/*/state | grep -c shared
}

load_of()
{
	echo "$(<"$state/pnics/pnic0/engines/$1/load")"
}

# The mean over two seconds: the policy stops just below the threshold.
default_relieved()
{
	local i sum=0

	for i in 1 2 3 4 5 6 7 8 9 10; do
		sum=$((sum + $(load_of 0)))
		sleep 0.2
	done
	echo "mean load of the default queues: $((sum / 10))"
	[[ $((sum / 10)) -le 165 ]]
}

returned()
{
	jq -r 'select(.kind == "moved" and .to_state == "none") | .name' "$events" | wc -l
}

# shellcheck disable=SC2086 # a list of words
rate 20 $all_vms
some_moved()
{
	[[ $(shared_vms) -gt 0 ]]
}
check "many small VMs fill the default queues, and some move" poll_until 20 some_moved
check "until the default queues are relieved" poll_until 30 default_relieved
moved=$(shared_vms)
check "some moved and some stayed" within "$moved" 1 $((vms - 1))

reason_is_default_full()
{
	local other

	other=$(jq -r 'select(.kind == "moved") | .reason' "$events" | sort | uniq -c)
	[[ $(wc -l <<<"$other") -eq 1 && $other == *default-full* ]] || { echo "$other"; return 1; }
}
check "their reason is default-full" reason_is_default_full

# Each with the numbers that made it: the engine's load, above the threshold.
margins()
{
	jq -se 'map(select(.kind == "moved")) | length > 0 and
		all(.from_state == "none" and .to_state == "shared" and
		    .threshold == 150 and .value > 150 and .gain >= 25)' "$events" && return
	jq -c 'select(.kind == "moved")' "$events"
	return 1
}
check "each by a margin that its event tells" margins
once_each()
{
	jq -se 'map(select(.kind == "moved") | .name) | length == (unique | length)' "$events"
}

sleep 8
check "they stay where they were put while that lasts" [ "$(returned)" -eq 0 ]
check "nobody has moved more than once" once_each

# shellcheck disable=SC2086 # a list of words
rate 0 $all_vms
none_left()
{
	[[ $(shared_vms) -eq 0 ]]
}
check "they return when it is over" poll_until 40 none_left
reason_is_unshared()
{
	jq -se 'map(select(.kind == "moved" and .to_state == "none")) | length > 0 and
		all(.reason == "unshared" and .value < .threshold)' "$events" && return
	jq -c 'select(.kind == "moved" and .to_state == "none")' "$events"
	return 1
}
check "their reason is unshared" reason_is_unshared

# Two shared engines and no queue for a dedicated one; each takes one of them.
must rssctl vm move vm1 shared engine 1
must rssctl vm move vm2 shared engine 1
must rssctl config set manual_hold_ms 0 return_margin 40
rate 550 1
rate 500 2
one_left()
{
	[[ $(vm_engine 1) != "$(vm_engine 2)" ]] && vm_is 1 shared && vm_is 2 shared
}
check "shared to other shared where none can be dedicated" poll_until 20 one_left
left_a_full_engine()
{
	happened '.kind == "moved" and .from_state == "shared" and .to_state == "shared" and
		.from_engine == 1 and .to_engine == 2 and .reason == "engine-full" and
		.value > .threshold'
}
check "because the engine was full" poll_until 5 left_a_full_engine
ktap_end
