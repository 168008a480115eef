#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What else the host's CPUs do decides how many queues an engine gets, and which: one that
# is warm keeps off a CPU that is busy, and one that is made takes another where it can.
#
# A packet costs 500 us. Two queues are polled on CPU 0, the other two on CPU 1, which is
# kept busy.

scale=pack
. "$(dirname "$0")/lib.sh"

ktap_plan 6

engine_up 1 4 500000 default-queues 2 shared-engines 0
for queue in 0 1 2 3; do
	echo $((queue / 2)) >"$simnic/queues/$queue/cpu"
done
wire_on 1
must rssctl config set period_ms 100 period_max_ms 200 hold_up_ms 200 hold_down_ms 600 \
	dwell_ms 500 share_above 9000 unshare_below 1 engine_above 950 return_margin 100 \
	grow_above 40 pack_below 20

default_has()
{
	[[ $(queues_of 0 | xargs) == "$1" ]]
}

more_than_two()
{
	[[ $(queues_of 0 | wc -l) -gt 2 ]]
}

# Every queue has been polled where it is now, so it is known what its CPU does.
must rssctl config set scale spread
rate 100 1
on_their_cpus()
{
	[[ $(cat "$state"/pnics/pnic0/queues/[0-3]/cpu | xargs) == "0 0 1 1" ]]
}
check "the queues are polled on their CPUs" poll_until 15 on_their_cpus
rate 0 1
must rssctl config set scale pack
must poll_until 15 default_has 0

# What this test runs keeps off the CPU that has time.
taskset -p -c 1 $$ >/dev/null
nice -n 19 sh -c 'while :; do :; done' &
defer end_process $!
# All that the other CPU does besides is far from that.
must rssctl config set cpu_above 900
rate 300 1
check "an engine that is warm gets the queues whose CPU has time" poll_until 15 default_has "0 1"
stays_off()
{
	! poll_until 3 more_than_two
}
check "and none whose CPU is busy" stays_off
must rssctl config set cpu_above 1000
check "unless that is no reason" poll_until 15 more_than_two

# The queues that are due to dedicated engines are on the busy CPU.
must rssctl config set scale spread
must poll_until 15 default_has "0 1 2 3"
is_made_of()
{
	local cpu

	must rssctl vm move vm1 dedicated
	cpu=$(<"$state/pnics/pnic0/queues/$(queues_of "$(vm_engine 1)")/cpu")
	must rssctl vm move vm1 none
	[[ $cpu == "$1" ]] || { echo "its queue is on CPU $cpu"; return 1; }
}
check "a dedicated engine is made of a queue that is due to it" is_made_of 1
must poll_until 15 default_has "0 1 2 3"
must rssctl config set cpu_above 900
check "but rather of one whose CPU has time" is_made_of 0
ktap_end
