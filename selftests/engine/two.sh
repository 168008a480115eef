#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two PNICs of one host: a VM has a place on each of them, and the part of the
# queues' time that is a VM's is told apart from what the bridge brings.

. "$(dirname "$0")/lib.sh"

ktap_plan 16

second=/sys/kernel/debug/rss_simnic/pnic1

# pnic1 beside pnic0, with a wire and a generator of its own
second_up()
{
	must ip link add numrxqueues 8 name pnic1 type rss_simnic
	defer second_down
	quiet_dev pnic1
	quiet_dev pnic1w
	must sh -c "echo 500000 >$second/cost_ns"
	ip link set pnic1w up
	ip link set pnic1 up master br0
	"$miniguest_dir/trafficgen" --dev pnic1w --source 2000 --ctl "$rig_dir/gen1" &
	defer end_process $!
	poll_until 20 test -S "$rig_dir/gen1" || bail "the second generator does not start"
}

second_down()
{
	[[ ! -d /sys/class/net/pnic1 ]] || ip link del pnic1
}

# rate1 PPS ID: over pnic1
rate1()
{
	"$miniguest_dir/mgctl" "$rig_dir/gen1" vm "$2" "$(vm_mac "$2")" rate "$1" >/dev/null ||
		bail "rate1 $1 $2"
}

# place ID PNIC: state and engine there
place()
{
	echo "$(<"$state/vms/vm$1/pnics/$2/state") $(<"$state/vms/vm$1/pnics/$2/engine")"
}

is_at()
{
	[[ $(place "$1" "$2") == "$3" ]] || { echo "vm$1 on $2: $(place "$1" "$2")"; return 1; }
}

# What the NICs and the books say; a refusal leaves it alone.
everything()
{
	nic_state
	ethtool -x pnic1
	ethtool -n pnic1
	for id in 1 2 3; do
		place $id pnic0
	done
	place 1 pnic1
	place 2 pnic1
}

# busy_on ID PNIC: mean of the VM's part there, over two seconds
busy_on()
{
	local i sum=0

	for i in 1 2 3 4 5 6 7 8 9 10; do
		sum=$((sum + $(<"$state/vms/vm$1/pnics/$2/pnic_busy")))
		pause 0.2
	done
	echo $((sum / 10))
}

engine_up 3 8 500000 default-queues 4 shared-engines 1 shared-queues 1
second_up
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 300 hold_down_ms 60000 \
	share_above 10000 unshare_below 1 release_below 1 engine_above 1000 return_margin 10
must rssctl vm del vm3
must rssctl pnic add pnic1 default-queues 4 shared-engines 2 shared-queues 1
must rssctl vm add vm3 dev tap3 mac "$(vm_mac 3)" pnic pnic0

check "a VM is placed on both" is_at 1 pnic1 "none 0"
check "one of them alone where that was asked for" test ! -d "$state/vms/vm3/pnics/pnic1"
check "moved on one PNIC" rssctl vm move vm1 shared pnic pnic1 engine 2
check "it is there" is_at 1 pnic1 "shared 2"
check "and on the other where it was" is_at 1 pnic0 "none 0"
rate 100 1
rate1 100 1
mg 1 reset >/dev/null
pause 1
hears_both()
{
	[[ $(mg 1 flows | jq 'map(select(.packets > 0) | .source) | unique | length') -eq 2 ]]
}
check "packets come through both" poll_until 10 hears_both
rate 0 1
rate1 0 1

before=$(everything)
refuses "an engine that only the other PNIC has" 1 'kernel: no such shared engine on this PNIC' \
	rssctl vm move vm1 shared pnic pnic0 engine 2
refuses "a PNIC that the VM is not behind" 1 'the VM is not on this PNIC' rssctl vm move vm3 shared pnic pnic1
check "refusals change nothing" diff <(echo "$before") <(everything)

# VM 2 hears pnic0 and VM 1 the bridge alone, which cannot be told from how much
# they hear, until a look has counted. Looks are made when somebody is to be moved.
must rssctl vm move vm1 none pnic pnic1
must sh -c "echo 20000 >$simnic/cost_ns"
rate 4000 2
mg 3 send "$(vm_mac 1)" 1 rate 6000 flows 4 >/dev/null
over_estimated()
{
	[[ $(<"$state/vms/vm1/pnics/pnic0/pnic_busy") -gt 50 ]]
}
check "what the bridge brings is taken for the PNIC's at first" poll_until 10 over_estimated
must rssctl config set share_above 50
told_apart()
{
	local one two

	one=$(busy_on 1 pnic0) two=$(busy_on 2 pnic0)
	((two >= 50 && one <= 10))
}
check "and told apart by looks when a move is due" poll_until 20 told_apart
check "so VM 1 stays where it is" is_at 1 pnic0 "none 0"
mg 3 send "$(vm_mac 1)" 1 rate 0 >/dev/null
rate 0 1 2
must rssctl config set share_above 10000

must rssctl vm move vm2 shared pnic pnic1
rate1 500 1
before=$(place 1 pnic0)
must ip link del pnic1
gone()
{
	[[ $(rssctl -j pnic show | jq -r '.[].pnic' | xargs) == pnic0 ]]
}
check "one PNIC is deleted while in use" poll_until 10 gone
check "its VMs have no place there any more" test ! -d "$state/vms/vm1/pnics/pnic1"
check "the other is as it was" is_at 1 pnic0 "$before"
rate 100 1
mg 1 reset >/dev/null
hears()
{
	[[ $(vm_stat 1 packets) -gt 20 ]]
}
check "and carries on" poll_until 10 hears
ktap_end
