#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Addresses that nobody named: learnt from the bridge, and never at the cost of
# another VM or the host.

. "$(dirname "$0")/lib.sh"

ktap_plan 11

# stranger ID MAC: a VM that has not sent anything by the time it is added
stranger()
{
	vm_launch "$1" --mac "$2"
	must poll_until 20 test -S "$rig_dir/vm$1"
	quiet_dev "tap$1"
	must ip link set "tap$1" master br0 up
	must rssctl vm add "vm$1" dev "tap$1"
	mg "$1" announce >/dev/null
}

# filters_are ID JSON: [mac, learnt] of each
filters_are()
{
	rssctl -j vm show "vm$1" |
		jq -e --argjson want "$2" '[.[0].vnics[0].filters[] | [.mac, .learnt]] == $want'
}

# keeps ID JSON: also when whatever the bridge told has had its time
keeps()
{
	sleep 1
	filters_are "$1" "$2" || { rssctl vm show "vm$1"; return 1; }
}

rules()
{
	ethtool -n pnic0 | grep -c 'Dest MAC'
}

mac1=$(vm_mac 1)

rig_up 2 4
load_module rss_engine
defer unload_module rss_engine
must rssctl config set manual_hold_ms 3600000
must rssctl pnic add pnic0
must rssctl vm add vm1 dev tap1
check "the bridge's address is learnt" poll_until 5 filters_are 1 "[[\"$mac1\", true]]"
check "and steered by" rssctl vm move vm1 shared
check "with a rule" [ "$(rules)" -eq 1 ]

stranger 3 "$mac1"
check "another VM that sends from it does not get it" keeps 3 "[]"
check "nor does the first lose it" filters_are 1 "[[\"$mac1\", true]]"

# The bridge learns no address of its own port devices; a device elsewhere has one.
ip link add dummy0 type dummy || bail "cannot add dummy0"
defer ip link del dummy0
stranger 4 "$(cat /sys/class/net/dummy0/address)"
check "nor is an address of the host learnt" keeps 4 "[]"

check "the administrator may name it for another VM" \
	rssctl vm add vm2 dev tap2 mac "$mac1"
check "then it is forgotten" filters_are 1 "[]"
check "and its rule gone" [ "$(rules)" -eq 0 ]
refuses "nobody else may have it now" 1 'used by VM vm2' \
	"$checkout/tools/rssctl/rssctl" vm set vm1 dev tap1 mac "$mac1"

must rssctl vm del vm2
end_process "${vm_pid[3]}"
end_process "${vm_pid[1]}"
vm_start 1
check "free again, it is learnt anew with a new tap" poll_until 10 filters_are 1 "[[\"$mac1\", true]]"
ktap_end
