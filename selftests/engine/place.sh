#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# VMs that come, each with what it will need: all get a place, whatever becomes of the
# first plan. They have an address and a tap, and no traffic.

. "$(dirname "$0")/lib.sh"

ktap_plan 6

crowd=40

engine_up 0 16 1000 mode observe default-queues 2 shared-engines 2 shared-queues 6
# What they need is known to be wrong after an hour only: they stay where they are.
must rssctl config set period_ms 10 share_above 50 unshare_below 20 hold_down_ms 3600000

# taps FIRST LAST add|del
taps()
{
	local id

	for ((id = $1; id <= $2; id++)); do
		echo "tuntap $3 dev tap$id mode tap"
	done | ip -batch -
}

# come FIRST LAST: as VMs that need more than share_above
come()
{
	local id

	for ((id = $1; id <= $2; id++)); do
		echo "vm add vm$id dev tap$id mac $(vm_mac "$id") need 60"
	done >"$rig_dir/come"
	must rssctl batch "$rig_dir/come"
}

# in_state STATE FIRST LAST: how many of those VMs are
in_state()
{
	local id nr=0

	for ((id = $2; id <= $3; id++)); do
		nr=$((nr + ($(<"$state/vms/vm$id/state") == "$1")))
	done
	echo "$nr"
}

all_are()
{
	[[ $(in_state "$@") -eq $(($3 - $2 + 1)) ]]
}

come_to_be()
{
	poll_until 30 all_are "$@" || {
		rssctl plan | head -n 20
		rssctl engine show
		return 1
	}
}

# told FIRST LAST: each of them has one event, and that tells of its place
told()
{
	jq -se "map(select((.kind == \"moved\" or .kind == \"refused\" or .kind == \"failed\") and
			(.name[2:] | tonumber | . >= $1 and . <= $2))) |
		length == $2 - $1 + 1 and (map(.name) | unique | length) == length and
		all(.kind == \"moved\" and .reason == \"placed\" and .value == 60 and
		    .to_state == \"shared\" and .decided_sample > 0)" "$events" && return
	jq -c 'select(.kind != "vm-added") | [.kind, .name, .reason, .to_engine]' "$events" |
		tail -n 8
	return 1
}

reason_of()
{
	echo "$(<"$state/vms/vm$1/pnics/pnic0/reason")"
}

observed()
{
	[[ $(reason_of 11) == observe && $(reason_of $((10 + crowd))) == observe ]]
}

first=11 last=$((10 + crowd))
must taps $first $last add
defer taps $first $last del
come $first $last
check "observed, they would be moved" poll_until 10 observed
sleep 3
check "and are not" all_are none $first $last
# More than the mover makes in one turn, and a turn takes longer than a plan lasts: by
# then there is a newer one.
echo 20 >$simnic/op_delay_ms
must rssctl pnic set pnic0 mode auto
check "all get their places when that is over" come_to_be shared $first $last
echo 0 >$simnic/op_delay_ms
check "each once, and says why" poll_until 5 told $first $last

# A driver that says no
failed()
{
	happened ".kind == \"failed\" and .name == \"vm$1\" and .reason == \"failed\""
}

vm=$((last + 1))
must taps $vm $vm add
defer taps $vm $vm del
must sh -c "echo rule_insert 1 >$simnic/fail_next"
must rssctl vm add "vm$vm" dev "tap$vm" mac "$(vm_mac $vm)" need 60
check "a place that the NIC refuses" poll_until 10 failed $vm
check "is tried again" becomes $vm shared 15
ktap_end
