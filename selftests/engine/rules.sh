#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the administrator wants comes first: rules of VMs, maxima of a PNIC, and the
# CPUs that are to serve its queues. Hardly any load before the last part, in which VMs
# compete for the only dedicated engine.

. "$(dirname "$0")/lib.sh"

ktap_plan 41

engine_up 4 8 500000 default-queues 2 shared-engines 2 shared-queues 2 dedicated-queues 1
for queue in 0 1 2 3 4 5 6 7; do
	echo $((queue == 1 || queue == 6)) >"$simnic/queues/$queue/cpu"
done
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 200 hold_down_ms 500 \
	dwell_ms 300 manual_hold_ms 0 share_above 200 unshare_below 60
rate 10 1 2 3 4

# are A B same|other: they are on a shared engine, or on two
are()
{
	vm_is "$1" shared && vm_is "$2" shared || return 1
	if [[ $3 == same ]]; then
		[[ $(vm_engine "$1") == "$(vm_engine "$2")" ]]
	else
		[[ $(vm_engine "$1") != "$(vm_engine "$2")" ]]
	fi
}

come_to_be()
{
	poll_until 15 are "$@" || {
		rssctl vm show
		rssctl plan
		return 1
	}
}

# reason_is ID REASON
reason_is()
{
	[[ $(<"$state/vms/vm$1/pnics/pnic0/reason") == "$2" ]]
}

# says ID REASON
says()
{
	poll_until 15 reason_is "$@" || { rssctl plan; return 1; }
}

must rssctl vm set vm1 min shared
check "a VM below its min goes there without load" becomes 1 shared 15
check "and says why" last_move 1 none shared placed

must rssctl vm set vm1 together g
must rssctl vm set vm2 together g min shared
check "VMs that are to be together share an engine" come_to_be 1 2 same
must rssctl vm set vm3 apart h min shared
must rssctl vm set vm4 apart h min shared
check "VMs that are to be kept apart do not" come_to_be 3 4 other

must rssctl vm set vm1 together off
must rssctl vm set vm2 together off
first=$(vm_engine 3) second=$(vm_engine 4)
is_on()
{
	[[ $(vm_engine "$1") -eq $2 ]]
}
goes_to()
{
	poll_until 15 is_on "$@"
}
must rssctl vm set vm1 engine "$first"
check "a VM goes to the only engine that it may be on" goes_to 1 "$first"
must rssctl vm set vm1 engine "$second"
check "and from there to another one" goes_to 1 "$second"
check "because of its rules" last_move 1 shared shared rules
must rssctl vm set vm1 engine 99
check "one that is not there cannot be had: the reason says so" says 1 rules
check "and it stays where it was" goes_to 1 "$second"
must rssctl vm set vm1 engine any

must rssctl vm set vm1 min none max none
check "a VM above its max goes down at once" becomes 1 none 15
check "and says why, too" last_move 1 shared none limit
rate 600 1
check "with load it says that its max keeps it there" says 1 limit
check "and stays" stays 1 none 2
rate 10 1
must rssctl vm set vm1 max dedicated

# Maxima
must rssctl vm move vm2 dedicated
check "a dedicated engine by hand" becomes 2 dedicated 5
must rssctl limit add pnic0 dedicated-engines 0
check "none may be: the VM leaves it" becomes 2 shared 15
check "for that reason" last_move 2 dedicated shared limit
must rssctl limit del pnic0
must rssctl vm set vm3 apart off
must rssctl vm set vm4 apart off
must rssctl limit add pnic0 shared-engines 1
check "one shared engine may be: its VMs are all there" come_to_be 3 4 same
check "the third one, too" come_to_be 2 3 same
must rssctl limit del pnic0
must rssctl limit add pnic0 default-queues 1
has_queues()
{
	[[ $(<"$state/pnics/pnic0/engines/$1/queues") == "$2" ]]
}
table_leads_to()
{
	local queues

	queues=$(table_of pnic0 | sed 's/^[^:]*://' | tr -s ' \t' '\n' | grep . | sort -u | xargs)
	[[ $queues == "$1" ]] || { echo "it leads to $queues"; return 1; }
}
has_one()
{
	has_queues 0 0 || has_queues 0 1
}
check "one default queue may be" poll_until 15 has_one
check "on the NIC, too" table_leads_to "$(<"$state/pnics/pnic0/engines/0/queues")"
must rssctl limit del pnic0
check "without a maximum it has both" poll_until 15 has_queues 0 0-1

# CPUs: both default queues have been polled, the second one by CPU 1.
must rssctl pnic set pnic0 exclude-cpus 1
check "the queue of an excluded CPU serves nobody" poll_until 15 has_queues 0 0
check "its packets have another way" table_leads_to 0
must rssctl pnic set pnic0 exclude-cpus none
check "until the CPU may be used" poll_until 15 has_queues 0 0-1

# Nodes: of the two queues for dedicated engines 6 is polled on node 1, 7 on node 0.
must rssctl config set manual_hold_ms 3600000
polled_on()
{
	[[ $(rssctl -j queue show | jq -r '.[6, 7].cpu' | xargs) == "1 0" ]]
}
must rssctl vm move vm1 dedicated
must rssctl vm move vm2 dedicated
check "the dedicated queues are polled, each on its node" poll_until 15 polled_on
must rssctl vm move vm1 shared
must rssctl vm move vm2 shared

# served_by QUEUE NODE: what a dedicated engine takes with that node set
served_by()
{
	must rssctl pnic set pnic0 node "$2"
	must rssctl vm move vm1 dedicated
	has_queues "$(vm_engine 1)" "$1" || {
		rssctl queue show
		return 1
	}
	must rssctl vm move vm1 shared
}
check "node 0: a new engine is served there" served_by 7 0
check "node 1: there" served_by 6 1
nic_node=/sys/class/net/pnic0/device/numa_node
echo 0 >"$nic_node"
check "node nic: where the NIC is" served_by 7 nic
echo 1 >"$nic_node"
check "on the other node, too" served_by 6 nic
refuses "a node that there is not" 1 "no NUMA node 5" rssctl pnic set pnic0 node 5

rate 0 1 2 3 4
arrived()
{
	local vm

	for vm in 1 2 3 4; do
		[[ $(gen_stat "$vm" sent) -eq $(vm_stat "$vm" packets) ]] || return 1
	done
}
check "no packet was lost by all that" poll_until 5 arrived

# One dedicated engine for all, on a CPU of its own, and one shared engine to leave.
must rssctl limit add pnic0 shared-engines 1 dedicated-engines 1
must rssctl config set manual_hold_ms 0 hold_down_ms 3600000 starve_ms 2000
echo 1 >"$simnic/queues/6/cpu"
echo 1 >"$simnic/queues/7/cpu"
wire_on 1
for vm in 2 3 4; do
	must rssctl vm set "vm$vm" min shared
	must becomes "$vm" shared 15
done
rate 100 3
must rssctl vm set vm4 reserve on
flood=2500

rate $flood 2
check "a dedicated engine that is kept for another VM is not had" says 2 no-engine
check "however long one waits" stays 2 shared 2
rate 10 2
rate $flood 4
check "the one for whom it is kept gets it" becomes 4 dedicated 25
check "when it needs it" last_move 4 shared dedicated engine-full
rate 10 4

# taken LEAVES TAKES: of one plan, and the one who leaves goes first
taken()
{
	jq -se "map(select(.kind == \"moved\")) |
		(map(select(.name == \"vm$1\" and .reason == \"preempted\")) | last) as \$leaves |
		(map(select(.name == \"vm$2\" and .reason == \"engine-full\")) | last) as \$takes |
		\$leaves.to_state == \"shared\" and \$takes.to_state == \"dedicated\" and
		\$leaves.decided_sample > 0 and \$leaves.seq < \$takes.seq and
		\$leaves.decided_sample == \$takes.decided_sample" "$events" && return
	jq -c 'select(.kind == "moved") | [.seq, .name, .to_state, .reason, .decided_sample]' \
		"$events" | tail -n 8
	return 1
}

# VM 4 has had the engine for starve_ms before it had to leave.
kept_it()
{
	jq -se 'map(select(.kind == "moved" and .name == "vm4") | .time_ns)[-2:] |
		.[1] - .[0] >= 1900000000' "$events"
}

must rssctl vm set vm4 reserve off
must rssctl vm set vm2 priority 10
rate $flood 2
check "a VM of higher priority takes it over" becomes 2 dedicated 25
check "both moves are of one plan" poll_until 5 taken 4 2
check "the other one is on the shared engine" vm_is 4 shared
check "and has had its time" kept_it
rate 10 2
rate $flood 4
check "nobody waits for ever: it comes back, whatever its priority" becomes 4 dedicated 25
check "in the same way" poll_until 5 taken 2 4
ktap_end
