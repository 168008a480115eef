#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# insmod, pnic add, traffic, rmmod, again and again: the NIC is as before, byte
# for byte, and no memory is left behind.

. "$(dirname "$0")/lib.sh"

ktap_plan 7

rounds=20
[[ -z ${RSSE_LONG:-} ]] || rounds=100

rig_up 2 8
must ethtool -L pnic0 combined 4
untouched_at_4=$(table_of pnic0)
must ethtool -L pnic0 combined 8
untouched_at_8=$(table_of pnic0)
must sh -c "echo 20000 >$simnic/cost_ns"
must ethtool -N pnic0 flow-type udp4 dst-port 9 action 7
initial=$(nic_state)
rate 100 1 2

# What a host shows of its NIC and of who sees its packets.
host_state()
{
	nic_state
	ethtool -k pnic0
	ethtool -l pnic0
	cat /proc/net/ptype /sys/kernel/debug/kprobes/list
}

loaded_alone()
{
	local before after

	before=$(host_state)
	insmod "$checkout/kmod/rss_engine.ko" || return 1
	pause 1
	after=$(host_state)
	rmmod rss_engine || return 1
	diff <(echo "$before") <(echo "$after")
}
check "insmod alone changes nothing" loaded_alone

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
check "ethtool -L to 4" ethtool -L pnic0 combined 4
check "spreads context 0 as on a NIC never touched" [ "$(table_of pnic0)" == "$untouched_at_4" ]
must ethtool -L pnic0 combined 8
check "and back to 8, as on a NIC never touched" [ "$(table_of pnic0)" == "$untouched_at_8" ]
check "the NIC can be deleted at once" ip link del pnic0
ktap_end
