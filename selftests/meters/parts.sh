#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VM's part of the queues' time, and of its worker's time the part that is
# receiving, against what they must be. For a guest that counts instructions
# (run.sh -i), where a packet costs the same at all times.

. "$(dirname "$0")/lib.sh"

cost_ns=100000
behind_pnic=52:54:00:aa:00:01

# receive PPS1 PPS2 PPS3: what the VMs are sent
receive()
{
	local id

	for id in 1 2 3; do
		gen rate "${!id}" "$id" >/dev/null
	done
	pause 0.5
}

# vm3_sends PPS: out of the PNIC
vm3_sends()
{
	mg 3 send "$behind_pnic" 99 rate "$1" flows 4 >/dev/null
	pause 0.5
}

# part_of ID PPS: what the NIC spins for such a rate is its load, and a little that
# the host itself needs
part_of()
{
	local must_be=$(($2 * cost_ns / 10000))

	within "$(mean "$1" pnic_busy 100)" $((must_be * 98 / 100)) $((must_be * 115 / 100))
}

# parts PPS1 PPS2; VM 3 receives nothing
parts()
{
	receive "$1" "$2" 0
	watch_loads 2 vm_stat 1 packets
	part_of 1 "$1" && part_of 2 "$2" && within "$(mean 3 pnic_busy)" 0 0
}

receives_beside_sending()
{
	local alone total

	receive 0 0 6000
	watch_loads 2 vm_stat 3 packets
	alone=$(mean 3 vnic_busy 100)
	vm3_sends 6000
	watch_loads 2 vm_stat 3 packets
	vm3_sends 0
	total=$(mean 3 vnic_total 100)
	echo "receiving alone $alone, with sending $(mean 3 vnic_busy 100) of $total"
	((total >= 2 * alone)) || { echo "it sends too little"; return 1; }
	# A worker that sends, too, is woken less often: a packet costs it less.
	within "$(mean 3 vnic_busy 100)" $((alone * 70 / 100)) $((alone * 130 / 100))
}

ktap_plan 3
rig_up 3 2
must bridge fdb add "$behind_pnic" dev pnic0 master static
observe 1 2 3

echo $cost_ns >"$simnic/cost_ns"
check "each VM's part of the queues' time" parts 2000 500
check "and the other way round" parts 500 2000
echo 0 >"$simnic/cost_ns"
check "vnic_busy of one that sends as much" receives_beside_sending
ktap_end
