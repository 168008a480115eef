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
	local field

	watch_loads 2 vm_stat 1 packets
	[[ $(mean 1 vnic_total) -ge 100 ]] || { echo "VM 1 is not busy"; return 1; }
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

# trace_softirqs TID: have those that run on top of a thread recorded
trace_softirqs()
{
	local event

	for event in softirq_entry softirq_exit; do
		echo "common_pid == $1" >"$tracing/events/irq/$event/filter"
		echo "$(($1 > 0))" >"$tracing/events/irq/$event/enable"
	done
}

# stolen_us: how long they ran while the loads were watched
stolen_us()
{
	awk '
		/tracing_mark_write: begin/ { open = 1 }
		/tracing_mark_write: end/ { open = 0 }
		open && match($0, / [0-9]+\.[0-9]+: softirq_/) {
			now = substr($0, RSTART + 1) + 0
			if (/softirq_entry:/)
				since = now
			else if (since)
				sum += now - since
			if (/softirq_exit:/)
				since = 0
		}
		END { printf "%.0f\n", sum * 1000000 }' "$samples"
}

# What the kernel charges the worker, less the softirqs that the kernel's own
# trace saw on top of it, is its load; and what is taken off matters: half a CPU
# of foreign work.
foreign_work_is_not_ours()
{
	local i tid ran stolen total part=() ratios=()

	tid=$(threads_of "${vm_pid[1]}" | head -n 1)
	rates 6000 0
	foreign_rate 312
	trace_softirqs "$tid"
	for i in 1 2 3 4 5; do
		watch_loads 2 ran_ns "$tid"
		ran=$((counted / elapsed_us))
		stolen=$(($(stolen_us) * 1000 / elapsed_us))
		total=$(mean 1 vnic_total)
		echo "vnic_total $total, schedstat $ran, of that softirqs $stolen"
		part+=("$(permille "$stolen" "$ran")")
		ratios+=("$(permille "$total" $((ran - stolen)))")
	done
	trace_softirqs 0
	foreign_rate 0
	within "$(median "${part[@]}")" 120 950 || return 1
	within "$(median "${ratios[@]}")" 900 1100
}

# rates PPS1 PPS2: what VMs 1 and 2 are sent
rates()
{
	gen rate "$1" 1 >/dev/null
	gen rate "$2" 2 >/dev/null
	sleep 1
}

ktap_plan 7
rig_up 1 2
vm_start 2 --queues 2
vm_start 3
gen vm 2 "$(vm_mac 2)" >/dev/null
load_module rss_engine
defer unload_module rss_engine
must rssctl config set period_ms 100 period_max_ms 100
must rssctl pnic add pnic0 mode observe
for id in 1 2 3; do
	must rssctl vm add "vm$id" dev "tap$id" mac "$(vm_mac "$id")"
	must poll_until 20 has_worker "$id"
done
# The NIC's softirqs on one CPU, the worker that is compared on the other.
echo 0 >"$simnic/queues/0/cpu"
echo 0 >"$simnic/queues/1/cpu"
apart 1

rates 2500 0
check "vnic_total of one worker" total_agrees 1
check "an idle VM beside a busy one" idle_beside_busy
# Few packets, for what sends them shares a CPU with all that feeds the worker.
foreign_nic 1 1600000
check "foreign NAPI work on the worker's CPU" foreign_work_is_not_ours
rates 0 1500
check "vnic_total of two workers" total_agrees 2
check "hottest_worker is one of two" hottest_is_part
rates 0 0
check "sending is not receiving" sending_is_not_receiving
check "packets between VMs are no load of the PNIC" bridge_only
ktap_end
