#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VM is moved again and again under traffic at 30 % of what the rig carries,
# which is measured first: nothing is lost, doubled or delivered to another VM.

. "$(dirname "$0")/lib.sh"

ktap_plan 6

rounds=1000
[[ -z ${RSSE_LONG:-} ]] || rounds=10000

engine_up 3 8 10000 shared-engines 2 shared-queues 1
# The policy keeps out of it.
must rssctl config set share_above 10000 unshare_below 1 engine_above 1000 \
	return_margin 1 release_below 1 period_ms 100

received()
{
	echo $(($(vm_stat 1 packets) + $(vm_stat 2 packets) + $(vm_stat 3 packets)))
}

# pps SECONDS: what the VMs receive together meanwhile
pps()
{
	local before start

	before=$(received)
	start=${EPOCHREALTIME/./}
	pause "$1"
	echo $((($(received) - before) * 1000000 / (${EPOCHREALTIME/./} - start)))
}

# With what is lost, the last of each flow arrives late or never: 16 packets close
# all gaps, and from there on everything counts.
calm()
{
	rate 0 1 2 3
	sleep 1
	for id in 1 2 3; do
		gen vm $id "$(vm_mac $id)" rate 100 count 16 >/dev/null || bail "vm$id"
	done
	sleep 1
	for id in 1 2 3; do
		sent_before[id]=$(gen_stat "$id" sent)
		mg $id reset >/dev/null
	done
	drops_before=$(drops)
}

drops()
{
	ethtool -S pnic0 | grep drop
	cat /sys/class/net/{br0,pnic0,tap1,tap2,tap3}/statistics/{rx,tx}_dropped
}

# One of them floods its queue as the others go on: what comes through is all
# that the rig can do.
sent_before=() drops_before=''
rate 500 2 3
rate 20000 1
sleep 1
capacity=$(pps 2)
calm
# The generator does not make up for pauses in which it does not run.
load=$((capacity * 33 / 100))
rate $((load / 6)) 2 3
rate $((load - 2 * (load / 6))) 1
sleep 1

# Through every kind of move: up, sideways, up, down, down.
targets=("shared engine 1" "shared engine 2" dedicated "shared engine 1" none)
for ((i = 0; i < rounds; i++)); do
	echo "vm move vm1 ${targets[i % 5]}"
done >"$rig_dir/moves"
packets_before=$(received)
begin=${EPOCHREALTIME/./}
check "$rounds moves under traffic, none refused" rssctl batch "$rig_dir/moves"
carried=$((($(received) - packets_before) * 1000000 / (${EPOCHREALTIME/./} - begin)))
echo "# capacity $capacity packets/s, $carried while VM 1 moved"
check "at some 30 % of the capacity" within "$carried" $((capacity * 20 / 100)) \
	$((capacity * 45 / 100))
sleep 0.5
rate 0 1 2 3
sleep 1

nothing_lost()
{
	local id have sent

	for id in 1 2 3; do
		sent=$(($(gen_stat "$id" sent) - sent_before[id]))
		have=$(vm_stat "$id" packets,lost,duplicates,misdelivered,unaccounted)
		[[ $sent -gt 0 && $have == "$sent 0 0 0 0" ]] ||
			{ echo "vm$id: sent $sent, got $have"; return 1; }
	done
}
check "no sequence gap, no duplicate, none delivered to another VM" nothing_lost

check "no drop counter moves" diff <(echo "$drops_before") <(drops)
check "the module counted them all" [ "$(rssctl -j vm show vm1 | jq '.[0].moves')" -eq "$rounds" ]

# Reordering between two queues is possible; it is told, not hidden.
read -r reordered packets < <(vm_stat 1 reordered,packets)
echo "# reordered: $reordered of $packets packets in $rounds moves"
check "reordered packets are few" within "$reordered" 0 $((packets / 20))
ktap_end
