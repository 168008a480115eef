#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Queues, contexts and rules of others are left alone.

. "$(dirname "$0")/lib.sh"

ktap_plan 18

nic_up 8

# numbers: what the layout is, of queues and engines
numbers()
{
	rssctl -j pnic show pnic0 | jq -c '.[0] | [.default_queues, .shared_engines, .shared_queues,
		.dedicated_queues]'
}

must rssctl pnic add pnic0
check "without numbers: half, a quarter, and dedicated engines of one" same "$(numbers)" "[4,1,2,1]"
check "on the NIC, too" same "$(table_queues), $(table_queues context 1)" "0 1 2 3, 4 5"
must rssctl pnic del pnic0

pnic_field()
{
	rssctl -j pnic show pnic0 | jq -r ".[0].$1"
}

# queues_used: those that an engine of ours has
queues_used()
{
	cat $tree/pnics/pnic0/engines/*/queues | tr ',' '\n' | while read -r range; do
		seq "${range%-*}" "${range#*-}"
	done | sort -n | tr '\n' ' ' | sed 's/ $//'
}

# A rule to a queue
must ethtool -N pnic0 flow-type udp4 dst-port 9 action 5
check "a rule to queue 5: the NIC is taken" rssctl pnic add pnic0 default-queues 4 \
	shared-engines 1 shared-queues 2
check "one foreign queue" same "$(pnic_field foreign_queues)" 1
check "no engine uses it" same "$(queues_used)" "0 1 2 3 4 6"
check "queue 5 is shown as foreign" same "$(cat $tree/pnics/pnic0/queues/5/foreign)" 1
must rssctl pnic del pnic0
before=$(nic_state)
must rssctl pnic add pnic0
check "without numbers: half and a quarter of those that are left" same "$(numbers)" "[3,1,1,1]"
must rssctl pnic del pnic0
refuses "more queues than are left" 1 'take 9 queues, 7 are usable' rssctl pnic add pnic0 default-queues 8
check "nothing has changed" same "$before" "$(nic_state)"
must ethtool -N pnic0 delete "$(ethtool -n pnic0 | awk '/^Filter:/ { print $2 }')"

# A rule that discards claims no queue
must ethtool -N pnic0 flow-type udp4 dst-port 9 action -1
must rssctl pnic add pnic0
check "a discarding rule claims no queue" same "$(pnic_field foreign_queues)" 0
must rssctl pnic del pnic0
must ethtool -N pnic0 delete "$(ethtool -n pnic0 | awk '/^Filter:/ { print $2 }')"

# A context
must ethtool -X pnic0 context new start 1 equal 2
before=$(nic_state)
check "a context over queues 1 and 2: the NIC is taken" rssctl pnic add pnic0 \
	default-queues 2 shared-engines 1 shared-queues 2
check "two foreign queues" same "$(pnic_field foreign_queues)" 2
check "no engine uses them" same "$(queues_used)" "0 3 4 5"
must rssctl pnic del pnic0
check "removed: as before" same "$before" "$(nic_state)"
must ethtool -X pnic0 context 1 delete

# Another's rule for the same address: nobody could tell which of them wins.
vm_up 1
must rssctl pnic add pnic0 default-queues 4 shared-engines 1 shared-queues 2
must ethtool -N pnic0 flow-type ether dst "$(vm_mac 1)" action 0
refuses "another's rule for a VM's address: the move is refused" 1 "somebody else's rule" \
	rssctl vm move vm1 shared
check "and the VM is where it was" same "$(cat $tree/vms/vm1/state)" none
must ethtool -N pnic0 delete "$(ethtool -n pnic0 | awk '/^Filter:/ { print $2 }')"
check "then it works" rssctl vm move vm1 shared

# Ours is deleted by another and its place taken: theirs is not touched.
location=$(ethtool -n pnic0 | awk '/^Filter:/ { print $2 }')
must ethtool -N pnic0 delete "$location"
must ethtool -N pnic0 flow-type udp4 dst-port 9 action 0 loc "$location"
must rssctl vm move vm1 none
check "a rule that took our rule's place stays" ethtool -n pnic0 rule "$location"
ktap_end
