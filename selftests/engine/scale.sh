#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Queues follow the load: engines wake, grow, shrink and fall asleep, on the NIC and
# in the books alike; what the NIC refuses leaves everything as it was.
#
# A packet costs 500 us in its queue's poll. One CPU serves the queues, so that the
# other one carries the rest; thresholds fit that.

scale=spread
. "$(dirname "$0")/lib.sh"

ktap_plan 44

engine_up 3 8 500000 default-queues 2 shared-engines 2 shared-queues 2 dedicated-queues 1
for queue in 0 1 2 3 4 5 6 7; do
	echo 0 >"$simnic/queues/$queue/cpu"
done
wire_on 1
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 200 hold_down_ms 1000 \
	dwell_ms 500 share_above 100 unshare_below 60 release_below 350 \
	engine_above 800 return_margin 150 grow_above 200 pack_below 50

# has ENGINE NUMBER: queues
has()
{
	[[ $(queues_of "$1" | wc -l) -eq $2 ]]
}

# gets ENGINE NUMBER SECONDS
gets()
{
	poll_until "$3" has "$1" "$2" || {
		echo "engine $1 does not get $2 queues"
		rssctl engine show
		rssctl plan
		return 1
	}
}

no_warnings()
{
	rssctl -j pnic show pnic0 | jq -e '.[0].warnings | map(select(contains("table"))) == []'
}

rate 10 1 2 3
check "while nobody needs an engine all queues serve the default one" has 0 8
check "on the NIC, too" agrees 0
check "a shared engine without VMs has no queues" has 1 0
check "which is no contradiction to the table that its context has" no_warnings
check "and is due two" [ "$(<$state/pnics/pnic0/engines/1/home)" -eq 2 ]

rate 300 1
check "a busy VM gets a shared engine" becomes 1 shared 15
engine=$(vm_engine 1)
check "which wakes with the queues that are due to it" gets "$engine" 2 5
check "that the default engine no longer has" has 0 6
check "on the NIC they do, too" poll_until 5 agrees 0 "$engine"
check "an event tells it" told "$engine" 2 share-above

rate 300 2 3
check "two more get busy" becomes 2 shared 15
check "the third one" becomes 3 shared 15
grown()
{
	happened '.kind == "resized" and .reason == "grow-above"'
}
must rssctl config set grow_above 100
check "an engine above grow_above gets more queues" poll_until 20 grown
check "the NIC has what it got" poll_until 10 agrees 0 1 2

rate 10 1 2 3
check "they get quiet, and leave" becomes 1 none 25
check "all of them" becomes 2 none 25
check "the third one, too" becomes 3 none 25
check "the engines fall asleep" gets 1 0 10
check "the second one as well" gets 2 0 10
check "all queues serve the default engine again" gets 0 8 5
# What did not arrive and was not dropped for want of room in the rings either.
lost()
{
	local vm sum=0

	for vm in 1 2 3; do
		sum=$((sum + $(gen_stat "$vm" sent) - $(vm_stat "$vm" packets)))
	done
	echo $((sum - $(</sys/class/net/pnic0/statistics/rx_missed_errors)))
}
nothing_lost()
{
	[[ $(lost) -eq 0 ]]
}
rate 0 1 2 3
check "and no packet was lost on the way" poll_until 5 nothing_lost

# By hand
must rssctl config set manual_hold_ms 3600000
must rssctl vm move vm1 shared engine 2
check "a move by hand wakes an engine" has 2 2
must rssctl vm move vm2 dedicated
check "a dedicated engine takes a queue of the default one" agrees 0 2 "$(vm_engine 2)"
must rssctl vm move vm2 none
must rssctl config set hold_down_ms 3600000
must rssctl vm move vm1 none

# Observed only, queues stay where they are; that they should not keeps nobody busy.
must rssctl pnic set pnic0 mode observe
must rssctl config set hold_down_ms 1000
sleep 1
period_is()
{
	[[ $(<"$state/pnics/pnic0/period_ms") -eq $1 ]]
}
check "in mode observe nothing is lent, and the period backs off" poll_until 5 period_is 200
check "the engine without VMs keeps its queues" has 2 2
lending_failed()
{
	[[ $(events '.kind == "failed"') -eq 1 ]] &&
		happened '.kind == "failed" and .engine == 0 and .name == null and .error > 0'
}
echo "set_rxfh 1" >"$simnic/fail_next"
must rssctl pnic set pnic0 mode auto
check "a table that the NIC refuses is one failure, of its engine" poll_until 10 lending_failed
check "later they are lent again" gets 0 8 15

# The NIC says no: to the default engine's smaller table, and to the other one.
before=$(nic_state)
echo "set_rxfh 1" >"$simnic/fail_next"
refuses "a table that cannot be written is an error" 1 'set_rxfh fails' \
	rssctl vm move vm1 shared engine 1
check "the NIC is as before" [ "$(nic_state)" == "$before" ]
echo "ctx_modify 1" >"$simnic/fail_next"
refuses "so is the second of two" 1 'ctx_modify fails' \
	rssctl vm move vm1 shared engine 1
check "the first is written back" [ "$(nic_state)" == "$before" ]
# The default engine does not take its queues back at once either.
echo "rule_insert 1" >"$simnic/fail_next"
echo "set_rxfh 1 5 1" >"$simnic/fail_next"
refuses "so is a rule after both" 1 'refused a rule for' \
	rssctl vm move vm1 shared engine 1
told_once()
{
	[[ $(events '.kind == "failed"') -eq 4 &&
	   $(events '.kind == "failed" and .name == "vm1" and .to_engine == 1 and .error > 0') -eq 3 ]]
}
check "each is told once, by an event of the move" poll_until 5 told_once
must gets 0 8 15
echo "set_rxfh 1" >"$simnic/fail_next"
must rssctl vm set vm1 pin shared
check "the policy tries again what the NIC refused" becomes 1 shared 15
own_failure()
{
	[[ $(events '.kind == "failed" and .name == "vm1" and .decided_sample > 0') -eq 1 &&
	   $(events '.kind == "failed"') -eq 5 ]]
}
check "and an event tells it" own_failure
must rssctl vm set vm1 pin none
must becomes 1 none 15
must rssctl vm set vm1 pin off

# No queue is left to wake an engine with: the NIC is not asked, and has not failed.
failures=$(<"$state/pnics/pnic0/failures")
must gets 0 8 15
must rssctl pnic set pnic0 exclude-cpus 0
must gets 0 1 10
refuses "without a queue there is no engine" 1 '1 queues are needed, 0 can be had' \
	rssctl vm move vm1 shared engine 1
refusal_told()
{
	happened '.kind == "refused" and .name == "vm1" and .to_engine == 1 and
		.reason == "manual" and .error == 28 and .decided_sample == 0'
}
check "an event tells the refusal" poll_until 5 refusal_told
check "it is none of the NIC's failures" [ "$(<$state/pnics/pnic0/failures)" -eq "$failures" ]
must rssctl pnic set pnic0 exclude-cpus none

# Others: their table stays.
must gets 0 8 15
must ethtool -X pnic0 equal 3
warned()
{
	rssctl -j pnic show pnic0 | jq -e '.[0].warnings | map(select(
		contains("context 0 is not as engine 0 has left it"))) | length == 1'
}
check "a table that somebody else has changed is warned of" warned
refuses "a table that somebody else has changed stays" 1 'somebody else' \
	rssctl vm move vm1 shared engine 1
check "as it is" [ "$(on_nic 0 | wc -l)" -eq 3 ]
must rssctl pnic set pnic0 mode off
must rssctl pnic set pnic0 mode auto

# Off, and on fewer queues.
must rssctl config set scale off
at_home()
{
	rssctl -j queue show | jq -e 'all(.engine == .home)' && agrees 0 1 2
}
check "scale off: every queue goes to whom it is due" poll_until 10 at_home
must rssctl config set scale pack
check "scale pack: a quiet host runs on one queue within 5 s" gets 0 1 5

must rssctl pnic del pnic0
check "afterwards the table is as before" [ "$(table_of pnic0)" == "$table_before" ]
ktap_end
