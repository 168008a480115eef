#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# insmod, pnic add, traffic, rmmod, again and again: the NIC is as before, byte
# for byte, and no memory is left behind.

. "$(dirname "$0")/lib.sh"

ktap_plan 6

rounds=20
[[ -z ${RSSE_LONG:-} ]] || rounds=100

rig_up 2 8
must sh -c "echo 20000 >$simnic/cost_ns"
must ethtool -N pnic0 flow-type udp4 dst-port 9 action 7
initial=$(nic_state)
rate 100 1 2

# KiB that the kernel cannot give back.
kernel_memory()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|KernelStack|PageTables|Percpu|VmallocUsed):/ { sum += $2 }
	     END { print sum }' /proc/meminfo
}

round()
{
	insmod "$checkout/kmod/rss_engine.ko" || return 1
	rssctl pnic add pnic0 &&
		rssctl vm add vm1 dev tap1 mac "$(vm_mac 1)" &&
		rssctl vm add vm2 dev tap2 mac "$(vm_mac 2)" &&
		rssctl vm move vm1 dedicated &&
		rssctl vm move vm2 shared &&
		sleep 0.3
	local status=$?

	rmmod rss_engine || return 1
	return $status
}

rounds_run()
{
	local i

	for ((i = 1; i <= rounds; i++)); do
		round || { echo "round $i failed"; return 1; }
		[[ $(nic_state) == "$initial" ]] ||
			{ echo "round $i left:"; diff <(echo "$initial") <(nic_state); return 1; }
		[[ $i -ne 5 ]] || fifth=$(kernel_memory)
	done
	last=$(kernel_memory)
}

fifth=0 last=0
if rounds_run; then
	ok "$rounds rounds; table, rules and contexts as before each time"
else
	not_ok "$rounds rounds; table, rules and contexts as before each time"
fi
echo "# memory after round 5: $fifth KiB, after round $rounds: $last KiB"
check "memory stays" within $((last - fifth)) -1000000 512

must ethtool -N pnic0 delete "$(ethtool -n pnic0 | awk '/^Filter:/ { print $2; exit }')"
untouched_at_8=$(table_of pnic0)
check "ethtool -L to 4" ethtool -L pnic0 combined 4
spread_over()
{
	[[ $(table_of pnic0 | awk '{ for (i = 2; i <= NF; i++) print $i }' | sort -un | tail -n 1) -eq $(($1 - 1)) ]]
}
check "spreads context 0 over 4 queues" spread_over 4
must ethtool -L pnic0 combined 8
check "and back to 8 as on a NIC never touched" [ "$(table_of pnic0)" == "$untouched_at_8" ]
check "the NIC can be deleted at once" ip link del pnic0
ktap_end
