#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What was on the NIC before it came under management is there afterwards, byte
# for byte, and the NIC still knows whether its table was configured.

. "$(dirname "$0")/lib.sh"

ktap_plan 29

nic_up 8
untouched=$(nic_state)
untouched_table=$(table)
must ethtool -L pnic0 combined 4
untouched_table_of_4=$(table)
must ethtool -L pnic0 combined 8

managed_and_back()
{
	rssctl pnic add pnic0 "$@" && rssctl pnic del pnic0
}

changed_while_managed()
{
	must rssctl pnic add pnic0 default-queues 3 shared-engines 1 shared-queues 2
	[[ $(table_queues) == "0 1 2" && $(table_queues context 1) == "3 4" ]] || return 1
	rssctl pnic del pnic0
}

is_untouched()
{
	same "$untouched" "$(nic_state)"
}

# respreads: ethtool -L gives a NIC's own tables for 4 and for 8 queues
respreads()
{
	ethtool -L pnic0 combined 4 && same "$untouched_table_of_4" "$(table)" &&
		ethtool -L pnic0 combined 8 && same "$untouched_table" "$(table)"
}

check "a managed NIC's table and context lead where they shall" changed_while_managed
check "removed: everything as before" is_untouched
check "ethtool -L to 4 and 8 spreads as on a NIC never touched" respreads

check "observe leaves the NIC alone" rssctl pnic add pnic0 mode observe
check "as it was, while observed" is_untouched
must rssctl pnic set pnic0 mode auto
must rssctl pnic set pnic0 mode off
check "from observe to auto to off: as before" is_untouched
must rssctl pnic del pnic0

# VMs with engines, of which one would leave its engine at once
vm_up 1
vm_up 2
must rssctl pnic add pnic0
must rssctl vm move vm1 shared
must rssctl vm move vm2 dedicated
steered=$(nic_state)
check "two VMs are steered" same "$(rule_context "$(vm_mac 1)") $(rule_context "$(vm_mac 2)")" "1 2"
must rssctl pnic set pnic0 mode observe
must rssctl vm set vm1 max none
must rssctl config set period_ms 20 hold_down_ms 0 dwell_ms 0 manual_hold_ms 0
sleep 1
check "from auto to observe: rules and contexts stay" same "$steered" "$(nic_state)"
check "so do the VMs" same "$(cat $tree/vms/vm1/state) $(cat $tree/vms/vm2/state)" "shared dedicated"
refuses "nor are they moved by hand" 1 'its mode is not auto' rssctl vm move vm1 none
must rssctl pnic set pnic0 mode auto
vm1_leaves()
{
	[[ $(<"$tree/vms/vm1/state") == none ]]
}
check "back to auto: what had to wait is moved" poll_until 10 vm1_leaves
must rssctl vm set vm1 max dedicated
must rssctl config set manual_hold_ms 3600000
must rssctl vm move vm1 shared
must rssctl vm move vm2 dedicated
must rssctl pnic set pnic0 mode off
check "from auto to off with VMs steered: as before" is_untouched
must rssctl pnic del pnic0

# rmmod at any moment
must rssctl pnic add pnic0
must rssctl vm move vm1 shared
must rmmod rss_engine
check "rmmod: everything as before" is_untouched
engine_load
sleep 0.5
check "insmod alone changes nothing" is_untouched
must rmmod rss_engine
check "ethtool -L after rmmod" respreads
engine_load

# A table that the administrator configured
must ethtool -X pnic0 weight 1 2 3 0 1
configured=$(nic_state)
check "a configured table: managed and back" managed_and_back
check "as it was configured" same "$configured" "$(nic_state)"
refuses "it is still known as configured: fewer channels are refused" 1 'indirection table' \
	ethtool -L pnic0 combined 3
check "and untouched by more" ethtool -L pnic0 combined 6
check "as it was configured, with 6 channels" same "$(table_queues)" "0 1 2 4"
must ethtool -L pnic0 combined 8
must ethtool -X pnic0 default
check "default again: spreads by itself" respreads

# A key of one's own
key=$(printf '%02x:' {1..40})
must ethtool -X pnic0 hkey "${key%:}"
keyed=$(nic_state)
check "a configured key: managed and back" managed_and_back
check "the key is as it was" same "$keyed" "$(nic_state)"

# Channels that change meanwhile: the queues in use are kept, the table is not
# the one of 8 queues.
must ethtool -L pnic0 combined 4
must rssctl pnic add pnic0 default-queues 2 shared-engines 0
must ethtool -L pnic0 combined 8
check "more channels meanwhile do not widen the default queues" same "$(table_queues)" "0 1"
must rssctl pnic del pnic0
check "removed: spread over the channels of today" same "$(table)" "$untouched_table"
check "and spreading by itself" respreads

# What others have made meanwhile is theirs.
must rssctl pnic add pnic0 default-queues 2 shared-engines 1 shared-queues 1
must ethtool -X pnic0 context new start 6 equal 2
must ethtool -N pnic0 flow-type ether dst 02:00:00:00:00:77 context 2
must rssctl pnic del pnic0
check "another's context stays" same "$(table_queues context 2)" "6 7"
check "another's rule stays" same "$(rule_context 02:00:00:00:00:77)" 2
refuses "ours is gone" 1 'No such file|Cannot get' ethtool -x pnic0 context 1
ktap_end
