#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A NIC that takes RSS contexts through the operation that sets context 0, and
# numbers them itself, as several drivers of 6.12 do.

. "$(dirname "$0")/lib.sh"

if ! insmod "$checkout/kmod/simnic/rss_simnic.ko" by_set=1 2>/dev/null; then
	ktap_plan 1
	skip "contexts through set_rxfh" "this kernel knows no such drivers"
	ktap_end
fi
unload_module rss_simnic
ktap_plan 14

nic_up 8 by_set=1
vm_up 1
mac=$(vm_mac 1)
untouched=$(nic_state)

# Somebody else's: made, changed and deleted.
by_ethtool()
{
	ethtool -X pnic0 context new start 2 equal 3 >/dev/null || return 1
	[[ $(table_queues context 1) == "2 3 4" ]] || return 1
	ethtool -X pnic0 context 1 start 6 equal 2 && [[ $(table_queues context 1) == "6 7" ]] &&
		ethtool -X pnic0 context 1 delete && same "$untouched" "$(nic_state)"
}

# leads_to CONTEXT QUEUES: the VM's rule, and the context's table
leads_to()
{
	same "$(rule_context "$mac")" "$1" && same "$(table_queues context "$1")" "$2"
}

cannot_be_made()
{
	local before said

	before=$(nic_state)
	echo "ctx_create 1 12" >"$simnic/fail_next"
	said=$(rssctl vm move vm1 dedicated 2>&1) && return 1
	[[ $said == *"ctx_create fails"* ]] || { echo "$said"; return 1; }
	same "$before" "$(nic_state)"
}

has_one_queue()
{
	[[ $(table_queues context 1) =~ ^[45]$ ]]
}

check "contexts of others" by_ethtool
check "managed" rssctl pnic add pnic0 default-queues 4 shared-engines 1 shared-queues 2
check "the shared engine's table" same "$(table_queues context 1)" "4 5"
must rssctl vm move vm1 shared
check "a VM on it" leads_to 1 "4 5"
check "a dedicated engine that cannot be made" cannot_be_made
must rssctl vm move vm1 dedicated
check "one that can" leads_to 2 7
must rssctl vm move vm1 shared
check "it is gone with its VM" same "$(table_queues context 2 2>/dev/null)" ""
must rssctl config set scale spread
must rssctl limit add pnic0 shared-queues 1
check "a table that is written anew" poll_until 10 has_one_queue
check "given back" rssctl pnic del pnic0
check "as before" same "$untouched" "$(nic_state)"
must rssctl pnic add pnic0
must rmmod rss_engine
check "as before, once the module is gone" same "$untouched" "$(nic_state)"
engine_load
must rssctl pnic add pnic0
must rssctl vm add vm1 dev tap1 mac "$mac"
must rssctl vm move vm1 shared
check "the NIC can go while it is managed" ip link del pnic0
check "and is forgotten" poll_until 5 [ ! -d $tree/pnics/pnic0 ]
unload_module rss_engine
unload_module rss_simnic
check "nothing keeps the modules" [ ! -d /sys/module/rss_simnic ]
ktap_end
