#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The bench itself: what the generator sends and the mini guest counts is
# right, against a network that loses, doubles and swaps packets by order.
#
#   trafficgen - pnic0w=pnic0 (veth) - br0 - tap1 - vhost - miniguest 1
#                                         \- tap2 - vhost - miniguest 2

. "$(dirname "$0")/../lib.sh"

# burst VM PACKETS: so many packets to a VM, exactly; then all is quiet
burst()
{
	sent=$2
	mg "$1" reset >/dev/null
	gen vm "$1" "$(vm_mac "$1")" rate 2000 count "$sent" >/dev/null
	poll_until 20 is_idle "$1" || bail "the generator does not come to an end"
	sleep 0.3
}

is_idle()
{
	[[ $(gen_stat "$1" rate) -eq 0 ]]
}

netem()
{
	tc qdisc replace dev tap1 root netem "$@" limit 20000 || bail "netem: $*"
}

# counts PACKETS LOST DUPLICATES: what VM 1 must say of the last burst
counts()
{
	local have

	have=$(vm_stat 1 packets,lost,duplicates,misdelivered,unaccounted,stale)
	[[ $have == "$1 $2 $3 0 0 0" ]] || { echo "sent $sent, got $have"; return 1; }
}

reordered()
{
	local have

	have=$(vm_stat 1 reordered)
	((have > 0)) || { echo "no packet counted as reordered"; return 1; }
	counts "$sent" 0 0
}

some_lost()
{
	local packets lost

	read -r packets lost < <(vm_stat 1 packets,lost)
	# What was lost at the end of a flow leaves no gap: 16 flows.
	within $((sent - packets - lost)) 0 64 && within "$lost" $((sent / 5)) $((sent / 2))
}

late()
{
	within "$(vm_stat 1 latency_p50_ns)" 30000000 200000000 &&
		within "$(vm_stat 1 latency_p99_ns)" 30000000 2000000000
}

# One flow waits for 50 ms on its way and the others do not. What a slow host adds, it
# adds to all of them.
one_flow_late()
{
	mg 1 flows | jq -e 'map(select(.source == 1000)) | length == 16 and
		all(.latency_p50_ns <= .latency_p99_ns and .latency_p99_ns <= .latency_max_ns) and
		(map(select(.flow != 5).latency_mean_ns) | max) as $others |
		(.[] | select(.flow == 5).latency_mean_ns) >= $others + 30000000' || {
		mg 1 flows
		return 1
	}
}

sums_up()
{
	local sums

	sums=$(mg 1 flows | jq -r '[(map(select(.source == 1000)) | length), (map(.packets) | add),
		(map(.lost) | add), (map(.duplicates) | add), (map(.reordered) | add)] | join(" ")')
	[[ $sums == "16 $(vm_stat 1 packets,lost,duplicates,reordered)" ]] ||
		{ echo "flows and sums: $sums"; return 1; }
}

# What it could not send in time it tells, and does not make up for.
keeps_the_rate()
{
	local before start took sent skipped

	gen vm 1 "$(vm_mac 1)" rate 1000 >/dev/null
	read -r sent skipped < <(gen_stat 1 sent,skipped)
	before=$((sent + skipped)) start=${EPOCHREALTIME/./}
	sleep 3
	read -r sent skipped < <(gen_stat 1 sent,skipped)
	took=$((${EPOCHREALTIME/./} - start))
	gen rate 0 1 >/dev/null
	((sent > skipped)) || { echo "$sent sent, $skipped skipped"; return 1; }
	sent=$((sent + skipped - before))
	echo "$sent in $took us"
	within $((sent * 1000000 / took)) 950 1050
}

flows_sent()
{
	local sum

	sum=$(gen flows 1 | jq add)
	[[ $sum -eq $(gen_stat 1 sent) ]] || { echo "flows $sum, VM $(gen_stat 1 sent)"; return 1; }
}

vm_to_vm()
{
	mg 1 reset >/dev/null
	mg 2 send "$(vm_mac 1)" 1 flows 4 rate 1000 count 500 >/dev/null
	sleep 1
	counts 500 0 0
}

wrong_vm()
{
	mg 2 send "$(vm_mac 1)" 7 rate 1000 count 100 >/dev/null
	sleep 0.5
	[[ $(vm_stat 1 misdelivered) -eq 100 ]]
}

ktap_plan 16
modprobe sch_netem
rig_up 2 1 veth

burst 1 3000
check "every packet sent arrives once" counts "$sent" 0 0
check "per-flow counts add up to the VM's" sums_up
check "per-flow numbers of the sender add up" flows_sent
check "as many a second as it was told" keeps_the_rate
netem duplicate 100%
burst 1 1000
check "a doubled packet counts as a duplicate" counts $((2 * sent)) 0 "$sent"
check "duplicates of the flows add up" sums_up
netem loss 30%
burst 1 3000
check "gaps tell what was lost" some_lost
check "losses of the flows add up" sums_up
tc qdisc del dev tap1 root
burst 1 16 # closes the gaps that the loss left at the end of each flow
netem delay 10ms reorder 50% gap 3
burst 1 1000
check "a late packet counts as reordered, not lost" reordered
check "what came late, too" sums_up
netem delay 30ms
burst 1 1000
check "latency is that of the path" late
tc qdisc del dev tap1 root
# The sixth flow's port is 9 + 5.
delay_one_flow()
{
	tc qdisc add dev tap1 root handle 1: prio bands 2 \
		priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 || return 1
	tc qdisc add dev tap1 parent 1:2 netem delay 50ms || return 1
	tc filter add dev tap1 parent 1: protocol ip u32 match ip dport 14 0xffff flowid 1:2
}
delay_one_flow || bail "cannot delay one flow"
burst 1 1000
check "latency is told for each flow" one_flow_late
tc qdisc del dev tap1 root
gen vm 1 "$(vm_mac 1)" ipv6 >/dev/null
burst 1 500
check "IPv6 arrives too" counts "$sent" 0 0
check "a VM sends to another over the bridge" vm_to_vm
check "a packet meant for another VM is misdelivered" wrong_vm
refuses "an unknown request is refused" 1 "unknown request" gen nonsense
ktap_end
