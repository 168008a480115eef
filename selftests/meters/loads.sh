#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads of VMs against the kernel's account of their workers, and what must not
# be taken for load.

. "$(dirname "$0")/lib.sh"

# apart ID: the worker of a VM on CPU 1, what the VM does with the packets on 0
apart()
{
	taskset -p -c 0 "${vm_pid[$1]}" >/dev/null || bail "taskset"
	taskset -p -c 1 "$(threads_of "${vm_pid[$1]}" | head -n 1)" >/dev/null ||
		bail "taskset"
}

# total_agrees ID: vnic_total and schedstat, median of five
total_agrees()
{
	local i threads ran total runs=()

	mapfile -t threads < <(threads_of "${vm_pid[$1]}")
	for i in 1 2 3 4 5; do
		watch_loads 2 ran_ns "${threads[@]}"
		ran=$((counted / elapsed_us))
		total=$(mean "$1" vnic_total)
		echo "vnic_total $total, schedstat $ran"
		[[ $ran -ge 50 ]] || { echo "too little load to compare"; return 1; }
		runs+=("$(permille "$total" "$ran")")
	done
	within "$(median "${runs[@]}")" 900 1100
}

hottest_is_part()
{
	local total hottest

	watch_loads 2 vm_stat 2 packets
	total=$(mean 2 vnic_total)
	hottest=$(mean 2 hottest_worker)
	within "$hottest" $((total * 45 / 100)) $((total * 80 / 100))
}

idle_beside_busy()
{
	local field busy

	watch_loads 2 vm_stat 1 packets
	busy=$(mean 1 vnic_total)
	[[ $busy -ge 50 ]] || { echo "VM 1 is not busy: $busy"; return 1; }
	for field in vnic_total vnic_busy pnic_busy rx_load; do
		within "$(mean 3 "$field")" 0 9 || { echo "$field of VM 3"; return 1; }
	done
}

# What it sends costs its worker time, and that is no receive load.
sending_is_not_receiving()
{
	local total busy

	mg 3 send "$(vm_mac 1)" 1 rate 3000 flows 4 >/dev/null
	watch_loads 2 vm_stat 1 packets
	mg 3 send "$(vm_mac 1)" 1 rate 0 >/dev/null
	total=$(mean 3 vnic_total)
	busy=$(mean 3 vnic_busy)
	[[ $total -ge 50 ]] || { echo "vnic_total $total: it sends nothing"; return 1; }
	within "$busy" 0 $((total / 10))
}

bridge_only()
{
	local id

	mg 3 send "$(vm_mac 1)" 1 rate 3000 flows 4 >/dev/null
	mg 1 send "$(vm_mac 3)" 3 rate 3000 flows 4 >/dev/null
	sleep 3
	watch_loads 2 vm_stat 1 packets
	mg 3 send "$(vm_mac 1)" 1 rate 0 >/dev/null
	mg 1 send "$(vm_mac 3)" 3 rate 0 >/dev/null
	[[ $(mean 1 vnic_busy) -ge 50 ]] || { echo "VM 1 receives nothing"; return 1; }
	for id in 1 2 3; do
		within "$(mean "$id" pnic_busy)" 0 10 || { echo "pnic_busy of VM $id"; return 1; }
	done
}

# rates PPS1 PPS2: what VMs 1 and 2 are sent
rates()
{
	gen rate "$1" 1 >/dev/null
	gen rate "$2" 2 >/dev/null
	sleep 1
}

ktap_plan 6
rig_up 1 2
vm_start 2 --queues 2
vm_start 3
gen vm 2 "$(vm_mac 2)" >/dev/null
observe 1 2 3
# The NIC's softirqs on one CPU, the worker that is compared on the other.
echo 0 >"$simnic/queues/0/cpu"
echo 0 >"$simnic/queues/1/cpu"
apart 1

rates 2500 0
check "vnic_total of one worker" total_agrees 1
check "an idle VM beside a busy one" idle_beside_busy
rates 0 1500
check "vnic_total of two workers" total_agrees 2
check "hottest_worker is one of two" hottest_is_part
rates 0 0
check "sending is not receiving" sending_is_not_receiving
check "packets between VMs are no load of the PNIC" bridge_only
ktap_end
