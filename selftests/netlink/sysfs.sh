#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tree in sysfs: what is documented is there and the other way round, it
# agrees with the family, and its mode can be made stricter.

. "$(dirname "$0")/../steer/lib.sh"

ktap_plan 13

abi=$checkout/Documentation/ABI/testing/sysfs-kernel-rss_engine

nic_up 8
must rssctl pnic add pnic0 default-queues 4 shared-engines 2 shared-queues 1
vm_up 1
must rssctl config set hold_down_ms 3600000

documented()
{
	sed -n 's/^What:[[:space:]]*//p' "$abi" | grep -v '/$' | sort
}

present()
{
	find $tree -type f | sed -E 's|/engines/[0-9]+/|/engines/<id>/|; s|/queues/[0-9]+/|/queues/<n>/|;
		s|/vms/vm1/|/vms/<name>/|; s|/pnics/pnic0/|/pnics/<device>/|' | sort -u
}

modes()
{
	find $tree -type f -printf '%m\n' | sort -u
}

one_line_each()
{
	local file lines

	find $tree -type f | while read -r file; do
		mapfile -t lines <"$file"
		[[ ${#lines[@]} -eq 1 ]] || echo "$file"
	done
}

# agrees FILE JQ-EXPRESSION RSSCTL-WORD...
agrees()
{
	same "$(cat "$tree/$1")" "$(rssctl -j "${@:3}" | jq -r "$2")"
}

check "the documented files are there, and no others" same "$(documented)" "$(present)"
check "one value a file" same "$(one_line_each)" ""
check "mode 0444" same "$(modes)" 444

must rssctl vm move vm1 shared engine 2
check "state of a VM" agrees vms/vm1/state '.[0].state' vm show vm1
check "engine of a placement" agrees vms/vm1/pnics/pnic0/engine '.[0].engine' vm show vm1
check "dialect of a NIC" agrees pnics/pnic0/dialect '.[0].dialect' pnic show pnic0
check "context of an engine" agrees pnics/pnic0/engines/2/context '.[2].context' engine show
must rssctl pnic set pnic0 mode off
check "mode off: no engine" same "$(cat $tree/vms/vm1/pnics/pnic0/engine)" none
must rssctl pnic set pnic0 mode auto

must ip link set pnic0 down
must ip link set pnic0 name other0
check "a renamed NIC has its directories renamed" test -d $tree/vms/vm1/pnics/other0 -a \
	-d $tree/pnics/other0 -a ! -d $tree/pnics/pnic0
must ip link set other0 name pnic0
must ip link set pnic0 up

# Readers all the time, while directories come and go
readers()
{
	while :; do
		find $tree -type f -exec cat {} + >/dev/null 2>&1
	done
}
readers &
reader=$!
churn()
{
	local i

	for ((i = 0; i < 5; i++)); do
		rssctl pnic del pnic0 && rssctl pnic add pnic0 && rssctl vm move vm1 dedicated &&
			rssctl vm del vm1 && rssctl vm add vm1 dev tap1 mac "$(vm_mac 1)" || return 1
	done
}
check "readers meet directories that come and go" churn
kill "$reader"
wait "$reader" 2>/dev/null

must rmmod rss_engine
check "gone with the module" test ! -d $tree
refuses "a mode that is none of the three" 1 'Invalid' insmod "$checkout/kmod/rss_engine.ko" sysfs_mode=0644
load_module rss_engine sysfs_mode=0400
must rssctl pnic add pnic0
check "mode 0400" same "$(modes)" 400
ktap_end
