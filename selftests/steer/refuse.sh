#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# NICs that cannot be used are refused with the reason, and with the command
# that helps where there is one.

. "$(dirname "$0")/lib.sh"

ktap_plan 16

nic_up 8
before=$(nic_state)

must ethtool -K pnic0 ntuple off
refuses "ntuple off: the command is named" 1 'ethtool -K pnic0 ntuple on' rssctl pnic add pnic0
check "it can be observed" rssctl pnic add pnic0 mode observe
refuses "but not switched to auto" 1 'ethtool -K pnic0 ntuple on' rssctl pnic set pnic0 mode auto
check "and goes on being observed" same "$(cat $tree/pnics/pnic0/mode)" observe
must ethtool -K pnic0 ntuple on
check "ntuple on: to auto" rssctl pnic set pnic0 mode auto
must ethtool -K pnic0 ntuple off
ntuple_warned()
{
	rssctl -j pnic show pnic0 | jq -e '.[0].warnings | map(select(test("ntuple"))) | length == 1'
}
check "ntuple turned off meanwhile: a warning" ntuple_warned
must ethtool -K pnic0 ntuple on
must rssctl pnic del pnic0
check "removed: as before" same "$before" "$(nic_state)"

ip link add veth0 type veth peer name veth1 || bail "cannot add veth0"
defer ip link del veth0
refuses "veth" 1 'neither RSS contexts' rssctl pnic add veth0
modprobe dummy numdummies=0
ip link add dummy0 type dummy || bail "cannot add dummy0"
defer ip link del dummy0
refuses "dummy" 1 'neither RSS contexts' rssctl pnic add dummy0
refuses "loopback" 1 'no Ethernet NIC' rssctl pnic add lo
refuses "the wire end" 1 'neither RSS contexts' rssctl pnic add pnic0w
check "none of them is managed" same "$(ls $tree/pnics)" ""

refuses "more queues than there are" 1 'queues, 8 are usable' rssctl pnic add pnic0 default-queues 9
must rssctl pnic add pnic0
refuses "a second time" 1 'already' rssctl pnic add pnic0
must rssctl pnic del pnic0

# As many contexts as the NIC has
must sh -c "echo 2 >$simnic/max_contexts"
refuses "too few RSS contexts" 1 'context' rssctl pnic add pnic0 default-queues 4 \
	shared-engines 2 shared-queues 1
check "nothing has changed" same "$before" "$(nic_state)"
ktap_end
