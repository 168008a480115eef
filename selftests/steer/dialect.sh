#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each way to write a rule: found by trial when the driver refuses the better
# ones, and right in every step of a VM's way.

. "$(dirname "$0")/lib.sh"

ktap_plan 24

nic_up 8
vm_up 1
mac=$(vm_mac 1)
must rssctl vm set vm1 dev tap1 mac "$mac" mac 02:00:00:00:01:01 vlan 5
must rssctl config set hold_down_ms 3600000
before=$(nic_state)

dialect()
{
	cat $tree/pnics/pnic0/dialect
}

# Both rules of the VM lead to $1, and there is no third.
rules_lead_to()
{
	same "$(rule_context "$mac") $(rule_context 02:00:00:00:01:01)" "$1 $1" &&
		same "$(ethtool -n pnic0 | grep -c '^Filter:')" 2
}

# A failure at the second replacement leaves both rules as they were.
failed_replacement()
{
	echo "rule_insert 1 28 1" >"$simnic/fail_next"
	! rssctl vm move vm1 shared engine 1 && rules_lead_to 2
}

# way NAME [FAIL_NEXT]: 6 cases
way()
{
	[[ -z ${2:-} ]] || must sh -c "echo $2 >$simnic/fail_next"
	must rssctl pnic add pnic0 default-queues 4 shared-engines 2 shared-queues 1
	check "$1: found" same "$(dialect)" "$1"
	must rssctl vm move vm1 shared engine 1
	check "$1: to engine 1" rules_lead_to 1
	must rssctl vm move vm1 shared engine 2
	check "$1: to engine 2" rules_lead_to 2
	check "$1: a failure is undone" failed_replacement
	check "$1: back to none" rssctl vm move vm1 none
	must rssctl vm move vm1 shared
	must rssctl pnic del pnic0
	check "$1: removed, everything as before" same "$before" "$(nic_state)"
}

# EINVAL (22) is what a driver says that cannot; the trial inserts, then replaces.
way "ether any in-place"
way "ether any equal" "rule_insert 1 22 1"
way "ether any delete" "rule_insert 2 22 1"
way "ether slot in-place" "rule_insert 1 22"
ktap_end
