#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The five moves between states: each happens for its reason, and only then.
#
# A packet costs 500 us in its queue's poll, so 200 packets a second are 100
# permille of a CPU. Thresholds fit two emulated CPUs that carry everything.

. "$(dirname "$0")/lib.sh"

ktap_plan 29

engine_up 4 8 500000 default-queues 4 shared-queues 1 dedicated-queues 1
# What is to be isolated from each other must not share a CPU.
for queue in 0 1 2 3 4; do
	echo 0 >"$simnic/queues/$queue/cpu"
done
for queue in 5 6 7; do
	echo 1 >"$simnic/queues/$queue/cpu"
done
wire_on 1
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 300 hold_down_ms 1000 \
	dwell_ms 500 share_above 100 unshare_below 60 release_below 350 \
	engine_above 800 return_margin 150

rate 10 1 2 3 4
sleep 2
check "quiet VMs have no engine" [ "$(moves_total)" -eq 0 ]

# What sees every packet comes with a look, and goes with it.
nothing_is_hooked()
{
	local i

	for i in {1..10}; do
		! grep rss_engine /proc/net/ptype || return 1
		[[ -z $(</sys/kernel/debug/kprobes/list) ]] || return 1
		pause 0.1
	done
}
check "nor does anything of ours see their packets" nothing_is_hooked

tracing=/sys/kernel/tracing

# trace 0|1: what is sampled, decided and moved goes into the trace, or no more
trace()
{
	local event

	[[ $1 -eq 0 ]] || echo >"$tracing/trace"
	for event in rsse_queue rsse_placement rsse_decision rsse_move; do
		echo "$1" >"$tracing/events/rss_engine/$event/enable"
	done
}

# field NAME: of the trace's last line of VM 1's move
field()
{
	grep 'rsse_move: vm=vm1 ' "$tracing/trace" | tail -n 1 | grep -o " $1=[0-9]*" | cut -d = -f 2
}

# The trace has the sample and the decision that the move came from.
move_is_traced()
{
	local crossed decided finished line

	crossed=$(field crossed) decided=$(field decided) finished=$(field "done")
	within "$decided" "$crossed" "$finished" || return 1
	for line in "rsse_move: vm=vm1 .* from_state=0 .* to_state=1 .* error=0 " \
		    "rsse_decision: vm=vm1 .* sample=$decided .* moves=1 to_state=1 " \
		    "rsse_placement: vm=vm1 .* sample=$decided " \
		    "rsse_queue: .* sample=$decided "; do
		grep "$line" "$tracing/trace" || { echo "no $line"; return 1; }
	done
}
none_else_moved()
{
	! grep 'rsse_move: vm=vm[234] ' "$tracing/trace"
}

trace 1
rate 220 1
check "none to shared above share_above" becomes 1 shared 10
check "its reason is share-above" last_move 1 none shared share-above
trace 0
check "the trace has sample, decision and move" move_is_traced
check "and no move of another" none_else_moved
check "a quiet VM beside it stays where it is" stays 2 none 2

rate 220 2 3
check "busy VMs share the engine" becomes 2 shared 10
check "all of them" becomes 3 shared 10
nobody_dedicated()
{
	happened '.to_state == "shared"' && ! happened '.to_state == "dedicated"'
}
check "nobody gets a dedicated one" nobody_dedicated

rate 2000 1
check "shared to dedicated when the engine is full" becomes 1 dedicated 25
wire_on 0
check "its reason is engine-full" last_move 1 shared dedicated engine-full
check "its neighbours stay on the shared engine" stays 2 shared 2
check "and it on its own, while that lasts" last_move_is 1 shared dedicated engine-full

rate 180 1
wire_on 1
check "dedicated to shared below release_below" becomes 1 shared 25
check "its reason is released" last_move 1 dedicated shared released

rate 10 1
check "shared to none below unshare_below" becomes 1 none 25
check "its reason is unshared" last_move 1 shared none unshared

# On the bridge only: VM 2 sends and VM 3 hears it, which costs their workers
# more than share_above, and the PNIC nothing.
rate 0 1 2 3 4
must becomes 2 none 20
must becomes 3 none 20
before=$(moves_total)
mg 2 send "$(vm_mac 3)" 3 rate 6000 flows 4 >/dev/null
hears()
{
	[[ $(<"$state/vms/vm3/vnic_busy") -gt 100 ]]
}
works()
{
	[[ $(<"$state/vms/vm2/vnic_total") -gt 100 ]]
}
heard()
{
	poll_until 10 hears && poll_until 10 works && sleep 2 &&
		poll_until 10 hears && poll_until 10 works
}
check "VMs that talk on the bridge are loaded" heard
check "the one that only sends is not promoted" vm_is 2 none
check "nor anybody else" [ "$(moves_total)" -eq "$before" ]
mg 2 send "$(vm_mac 3)" 3 rate 0 >/dev/null
rate 10 1 2 3 4

# Less than the hold time above the threshold is no reason.
must rssctl config set hold_up_ms 3000
rate 500 4
sleep 1
rate 10 4
check "a burst shorter than the hold time moves nobody" stays 4 none 4

# reason_is ID REASON: why the VM is not moved
reason_is()
{
	[[ $(<"$state/vms/vm$1/pnics/pnic0/reason") == "$2" ]] ||
		{ echo "vm$1: $(<"$state/vms/vm$1/pnics/pnic0/reason")"; return 1; }
}

# Its own worker is what holds it up: an engine would change nothing.
must rssctl config set hold_up_ms 300 vnic_bound_above 5
rate 500 4
check "a VM bound by its own worker: the reason says so" poll_until 10 reason_is 4 vnic-bound
check "and it is not promoted" stays 4 none 2
# Only when the measured load is gone, too; else it would be promoted now.
rate 10 4
is_quiet()
{
	[[ $(<"$state/vms/vm4/rx_load") -lt 60 ]]
}
poll_until 10 is_quiet || bail "vm4 does not get quiet"
must rssctl config set vnic_bound_above 900

must ip tuntap add tap5 mode tap
defer ip link del tap5
must rssctl vm add vm5 dev tap5 mac "$(vm_mac 5)"
check "a VM without a worker: the reason says so" poll_until 5 reason_is 5 no-worker
must rssctl vm del vm5

# Observed only, the same load moves nobody, and the plan says so.
must rssctl pnic set pnic0 mode observe
rate 500 4
would_move()
{
	rssctl -j plan | jq -e '.[] | select(.name == "vm4") |
		.reason == "observe" and .to_state == "shared"'
}
plan_tells()
{
	poll_until 15 would_move || { rssctl plan; rssctl vm show; return 1; }
}
check "in observe the plan tells the move" plan_tells
check "and nobody moves" stays 4 none 2
period_is()
{
	[[ $(<"$state/pnics/pnic0/period_ms") -eq $1 ]]
}
check "it is planned again and again, and the period backs off" poll_until 10 period_is 200

no_failures()
{
	happened true && ! happened '.kind == "failed"'
}
check "no move has failed" no_failures
ktap_end
