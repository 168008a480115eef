#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What was on the NIC before it came under management is there afterwards, byte
# for byte, and the NIC still knows whether its table was configured.

. "$(dirname "$0")/lib.sh"

ktap_plan 22

nic_up 8
untouched=$(nic_state)
untouched_table=$(table)

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
	ethtool -L pnic0 combined 4 && [[ $(table_queues) == "0 1 2 3" ]] &&
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

# rmmod at any moment
must rssctl pnic add pnic0
must rmmod rss_engine
check "rmmod: everything as before" is_untouched
check "ethtool -L after rmmod" respreads
engine_load

# A table that the administrator configured
must ethtool -X pnic0 weight 1 2 3 0 1
configured=$(nic_state)
check "a configured table: managed and back" managed_and_back
check "as it was configured" same "$configured" "$(nic_state)"
refuses "it is still known as configured: fewer channels are refused" 1 '.' \
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
