#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VM is moved again and again under traffic at 30 % of what the rig carries:
# nothing is lost, doubled or delivered to another VM.

. "$(dirname "$0")/lib.sh"

ktap_plan 5

rounds=1000
[[ -z ${RSSE_LONG:-} ]] || rounds=10000

engine_up 3 8 10000 shared-engines 2 shared-queues 1
# The policy keeps out of it.
must rssctl config set share_above 10000 unshare_below 1 engine_above 1000 \
	return_margin 1 release_below 1 period_ms 100

for id in 1 2 3; do
	mg $id reset >/dev/null
done
rate 500 2 3
rate 2000 1
sleep 1

# Through every kind of move: up, sideways, up, down, down.
targets=("shared engine 1" "shared engine 2" dedicated "shared engine 1" none)
for ((i = 0; i < rounds; i++)); do
	echo "vm move vm1 ${targets[i % 5]}"
done >"$rig_dir/moves"
check "$rounds moves under traffic, none refused" rssctl batch "$rig_dir/moves"
sleep 0.5
rate 0 1 2 3
sleep 1

nothing_lost()
{
	local id have

	for id in 1 2 3; do
		have=$(vm_stat "$id" packets,lost,duplicates,misdelivered,unaccounted)
		[[ $have == "$(gen_stat "$id" sent) 0 0 0 0" ]] ||
			{ echo "vm$id: sent $(gen_stat "$id" sent), got $have"; return 1; }
	done
}
check "no sequence gap, no duplicate, none delivered to another VM" nothing_lost

no_drops()
{
	local drops

	drops=$(ethtool -S pnic0 | awk '/drop/ && $2 > 0')
	[[ -z $drops ]] || { echo "$drops"; return 1; }
	for id in 1 2 3; do
		[[ $(cat "/sys/class/net/tap$id/statistics/tx_dropped") -eq 0 ]] ||
			{ echo "tap$id dropped"; return 1; }
	done
}
check "every drop counter is zero" no_drops
check "the module counted them all" [ "$(rssctl -j vm show vm1 | jq '.[0].moves')" -eq "$rounds" ]

# Reordering between two queues is possible; it is told, not hidden.
read -r reordered packets < <(vm_stat 1 reordered,packets)
echo "# reordered: $reordered of $packets packets in $rounds moves"
check "reordered packets are few" within "$reordered" 0 $((packets / 20))
ktap_end
