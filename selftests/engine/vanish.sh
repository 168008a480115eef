#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is in use vanishes, under traffic: a VM's process, its tap, the PNIC,
# the PNIC into another network namespace, the NIC's link.

. "$(dirname "$0")/lib.sh"

ktap_plan 23

engine_up 3 8 20000
must rssctl config set share_above 10000 unshare_below 1 release_below 1 \
	manual_hold_ms 3600000
for id in 1 2 3; do
	mg $id reset >/dev/null
done
rate 500 1 2 3
must rssctl vm move vm1 dedicated
must rssctl vm move vm2 shared

rules()
{
	ethtool -n pnic0 | grep -c '^Filter:'
}

contexts()
{
	local n=0 context

	for context in 1 2 3 4 5; do
		! ethtool -x pnic0 context "$context" >/dev/null 2>&1 || n=$((n + 1))
	done
	echo $n
}

kill "${vm_pid[1]}"
wait "${vm_pid[1]}" 2>/dev/null
gone()
{
	[[ ! -d /sys/class/net/tap1 ]]
}
must poll_until 10 gone
absent()
{
	rssctl -j vm show vm1 | jq -e '.[0].vnics[0] | .ifindex == null and .workers == []'
}
check "a VM whose process and tap are gone is absent" poll_until 10 absent
check "an event tells" grep -q vm-absent "$events"
check "its neighbours go on" poll_until 5 sh -c "[ \$($miniguest_dir/mgctl -f packets $rig_dir/vm2 stats) -gt 100 ]"

vm_start 1
present()
{
	! absent
}
check "a tap of the same name is picked up" poll_until 10 present
check "and its new worker is found" poll_until 30 has_worker 1
mg 1 reset >/dev/null
check "traffic reaches it through its engine" poll_until 10 sh -c "[ \$($miniguest_dir/mgctl -f packets $rig_dir/vm1 stats) -gt 100 ]"

link_flap()
{
	local before

	ip link set pnic0 down && ip link set pnic0 up || return 1
	sleep 0.5
	before=$(vm_stat 1 packets)
	sleep 1
	[[ $(vm_stat 1 packets) -gt $before && $(rules) -ge 2 ]]
}
check "rules and traffic survive the link going down and up" link_flap

busy_again()
{
	[[ $(jq -n "[inputs | .[] | .busy] | max" <(rssctl -j queue show)) -gt 0 ]]
}
check "the queues are metered again" poll_until 10 busy_again

# The device alone: its process lives on, and so does the worker.
ip link del tap3 || bail "cannot delete tap3"
tap_absent()
{
	rssctl -j vm show vm3 | jq -e '.[0].vnics[0] | .ifindex == null and .workers == []'
}
check "a VM whose tap alone is deleted is absent" poll_until 10 tap_absent
check "its process is not" kill -0 "${vm_pid[3]}"
check "the neighbours of the deleted tap go on" sh -c "$miniguest_dir/mgctl $rig_dir/vm2 reset && sleep 1 &&
	[ \$($miniguest_dir/mgctl -f packets $rig_dir/vm2 stats) -gt 100 ]"
end_process "${vm_pid[3]}"
vm_start 3
tap_present()
{
	! tap_absent
}
check "a new tap of that name is picked up" poll_until 10 tap_present

# Gone for good: no rule, no engine and no queue is kept for it.
free_queues()
{
	rssctl -j pnic show pnic0 | jq '.[0].free_queues'
}
free=$(free_queues)
check "rules and contexts of two VMs" [ "$(rules) $(contexts)" == "2 2" ]
must rssctl config set manual_hold_ms 0 hold_down_ms 500 dwell_ms 0
end_process "${vm_pid[1]}"
given_back()
{
	[[ $(rules) -eq 1 && $(contexts) -eq 1 && $(free_queues) -eq $((free + 1)) ]]
}
told_given_back()
{
	poll_until 20 given_back && return
	echo "$(rules) rules, $(contexts) contexts, $(free_queues) free queues, of $free before"
	rssctl plan
	return 1
}
check "what an absent VM has is given back" told_given_back
check "and no more than that" vm_is 2 shared
must rssctl config set manual_hold_ms 3600000
vm_start 1
must rssctl vm move vm1 dedicated

check "a VM is deleted while it moves packets" rssctl vm del vm1
check "its rule went with it" [ "$(rules)" -eq 1 ]

other=
netns_add other
check "the PNIC moves to another netns while in use" ip link set pnic0 netns "$other"
restored()
{
	local table

	table=$(ip netns exec "$other" ethtool -x pnic0 | sed -n '/^ *[0-9]*:  /p')
	[[ $table == "$table_before" ]] || { echo "$table"; return 1; }
	[[ $(ip netns exec "$other" ethtool -n pnic0 | grep -c '^Filter:') -eq 0 ]]
}
check "it is restored there" restored
check "and no longer managed here" [ "$(rssctl -j pnic show | jq length)" -eq 0 ]
ip -n "$other" link set pnic0 netns 1
quiet_dev pnic0
ip link set pnic0 up master br0

must rssctl pnic add pnic0
must rssctl vm move vm2 shared
must rssctl vm move vm3 dedicated
check "contexts are in place" [ "$(contexts)" -eq 2 ]
check "the PNIC is deleted while in use" ip link del pnic0
check "and forgotten" [ "$(rssctl -j pnic show | jq length)" -eq 0 ]
ktap_end
