#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Shared engines that are made when VMs find no room, and are no more when nobody is on
# them; what the NIC refuses leaves nothing behind. VMs come with what they will need, so
# no load has to be produced; what traffic they have goes on meanwhile.

scale=spread
. "$(dirname "$0")/lib.sh"

ktap_plan 34

engine_up 4 8 1000 default-queues 3 shared-engines 1 shared-queues 1
must rssctl config set dwell_ms 0 moves_max 100
rate 50 1 2 3 4

# needs_count yes|no: instead of what is measured, for an hour, or no longer
needs_count()
{
	must rssctl config set hold_down_ms "$([[ $1 == yes ]] && echo 3600000 || echo 300)"
}

# comes ID [NEED]: as a VM for which an engine of one queue has room, and not for two
comes()
{
	must rssctl vm del "vm$1"
	must rssctl vm add "vm$1" dev "tap$1" mac "$(vm_mac "$1")" need "${2:-400}" max shared
}

engines()
{
	local dir

	for dir in "$state"/pnics/pnic0/engines/*; do
		echo "${dir##*/}"
	done | sort -n | xargs
}

engines_are()
{
	[[ $(engines) == "$1" ]]
}

# RSS contexts of the NIC beside the default one
contexts()
{
	nic_state | sed -n 's/^\([1-9]\): .*RX flow hash.*/\1/p' | xargs
}

needs_count yes
comes 1
check "a VM that needs an engine gets the one of the layout" becomes 1 shared 10
comes 2
check "without a maximum none is made for another one" stays 2 none 1
check "there are no more than before" engines_are "0 1"

record=$rig_dir/record
"$checkout/tools/rssctl/rssctl" monitor --record "$record" &
recorder=$!
defer end_process "$recorder"
must poll_until 10 grep -q '"type":"sample"' "$record"

must rssctl limit add pnic0 shared-engines 3
comes 2
check "with one it gets one that is made" becomes 2 shared 10
check "which is its own" [ "$(vm_engine 2)" -eq 2 ]
check "with one queue, by an event that tells why" told 2 1 placed
check "and a context on the NIC that leads there" poll_until 5 agrees 0 1 2

failures()
{
	[[ $(events '.kind == "failed" and .to_state == "shared" and .to_engine == null and
		.error > 0') -eq $1 ]]
}

# Both fit on the one that is made, and come in the same plan.
must rssctl config set period_max_ms 1000 period_ms 1000
echo "ctx_create 9" >"$simnic/fail_next"
cat >"$rig_dir/come" <<LINES
vm del vm3
vm del vm4
vm add vm3 dev tap3 mac $(vm_mac 3) need 300 max shared
vm add vm4 dev tap4 mac $(vm_mac 4) need 300 max shared
LINES
must rssctl batch "$rig_dir/come"
some_failed()
{
	! failures 0
}
check "when the NIC refuses the context, an event tells it" poll_until 10 some_failed
echo "ctx_create 0" >"$simnic/fail_next"
must rssctl config set period_ms 20
check "later it is made" becomes 3 shared 20
check "for both" becomes 4 shared 20
check "who share it" [ "$(vm_engine 3)" == "$(vm_engine 4)" ]
check "and the NIC was not asked for each" failures 1
check "nothing is left of the first attempt" engines_are "0 1 2 3"
check "on the NIC either" [ "$(contexts)" == "1 2 3" ]
check "no queue is in the tables of two" agrees 0 1 2 3
refuses "it has no number before it is made" 1 'no such shared engine' \
	rssctl vm move vm1 shared engine 4294967294

end_process "$recorder"
replays_alike()
{
	rssctl -j replay "$record" | jq -ce 'select(.by == "total")' | tee "$rig_dir/total"
	jq -e '.moves_both >= 3 and .decisions_differ == 0 and .plans_differ == 0' "$rig_dir/total"
}
check "replayed, the same is made" replays_alike

# One context of two stays on the NIC, and an engine with it.
echo "ctx_remove 1" >"$simnic/fail_next"
needs_count no
check "when nobody needs them the VMs leave" becomes 2 none 15
check "all of them" becomes 3 none 15
must becomes 4 none 15
one_is_left()
{
	[[ $(engines) == "0 1 "[23] ]]
}
check "when the NIC keeps a context, an engine stays with it" poll_until 15 one_is_left
left=$(engines | cut -d ' ' -f 3)
check "asleep" [ -z "$(queues_of "$left" | xargs)" ]
needs_count yes
must becomes 1 none 15
comes 1
must becomes 1 shared 10
comes 2
check "it is the next that is taken" becomes 2 shared 10
check "before one is made" [ "$(vm_engine 2)" -eq "$left" ]
needs_count no
check "then the NIC lets it go" becomes 2 none 15
check "and the engines that were made are gone" poll_until 15 engines_are "0 1"
check "from the NIC, too" [ "$(contexts)" == "1" ]

needs_count yes
must becomes 1 none 15
comes 1
must becomes 1 shared 10
# After 0, 1, 3 and 7 s; VM 2 would have to wait for 8 s now.
echo "rule_insert 4" >"$simnic/fail_next"
comes 2
check "when the NIC refuses the rule, an event tells it" poll_until 20 failures 5
must rssctl vm del vm2
comes 3
check "no other VM has to wait for that" becomes 3 shared 5
check "and the engines that were made for it are gone" [ "$(contexts)" == "1 2" ]
check "another one was made" engines_are "0 1 $(vm_engine 3)"
must rssctl limit del pnic0
must rssctl limit add pnic0 shared-engines 1
check "a lower maximum has its VM leave" last_move 3 shared none limit

must rssctl limit del pnic0
must rssctl limit add pnic0 shared-engines 9
comes 3
must becomes 3 shared 10
rate 0 1 2 3 4
# What did not arrive was not dropped for want of room in the rings either.
nothing_lost()
{
	local vm sum=0

	for vm in 1 2 3 4; do
		sum=$((sum + $(gen_stat "$vm" sent) - $(vm_stat "$vm" packets)))
	done
	[[ $sum -eq $(</sys/class/net/pnic0/statistics/rx_missed_errors) ]]
}
check "no packet was lost on the way" poll_until 5 nothing_lost
must rssctl pnic del pnic0
check "with such an engine at work, the PNIC goes as it came" \
	[ "$(table_of pnic0)" == "$table_before" ]
check "without contexts" [ -z "$(contexts)" ]
ktap_end
