#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A record made in the kernel, replayed by the tool: the same source decides the
# same, of VMs and of the queues that follow the load. And a listener that does not read
# loses samples, and nobody else does.

. "$(dirname "$0")/lib.sh"

ktap_plan 13

record=$rig_dir/record
deaf=$rig_dir/deaf

engine_up 2 8 500000 default-queues 4 shared-queues 1 dedicated-queues 1
for queue in 0 1 2 3 4; do
	echo 0 >"$simnic/queues/$queue/cpu"
done
for queue in 5 6 7; do
	echo 1 >"$simnic/queues/$queue/cpu"
done
must rssctl config set period_ms 50 period_max_ms 100 hold_up_ms 200 hold_down_ms 500 \
	dwell_ms 400 share_above 100 unshare_below 60 release_below 350 \
	engine_above 800 return_margin 150
rate 10 1 2

# listen_deaf FILE: joins the group with the least room, sleeps until the file is there, and
# tells how many messages it has missed.
listen_deaf()
{
	PYTHONPATH=$checkout/selftests/netlink python3 - "$1" <<'PYTHON'
import os, socket, sys, time
from genl import C, Family
family = Family()
family.listen("samples")
family.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.1)
last, missed = None, 0
for _ in range(10):
    try:
        seq = int.from_bytes(family.event()[C["A_SAMPLE_SEQ"]], "little")
    except OSError:
        continue
    missed += 0 if last is None else seq - last - 1
    last = seq
print(missed)
PYTHON
}

# In the middle of things: the policy has run for a while.
"$checkout/tools/rssctl/rssctl" monitor --record "$record" &
recorder=$!
defer end_process "$recorder"
listen_deaf "$rig_dir/wake" >"$deaf" &
deaf_one=$!

has_samples()
{
	[[ $(grep -c '"type":"sample"' "$record") -ge $1 ]]
}

check "the record begins" poll_until 5 has_samples 5
rate 220 1 2
check "a busy VM gets a shared engine" becomes 1 shared 10
rate 2000 1
check "a flood gets a dedicated one" becomes 1 dedicated 15
must rssctl config set hold_down_ms 400
rate 10 1 2
check "and calm brings it back" becomes 1 none 20
# Not before: these queues share CPUs, and what becomes of a flood would depend on how fast.
must rssctl config set scale spread
serves_all()
{
	[[ $(<"$state/pnics/pnic0/engines/0/queues") == 0-7 ]]
}
check "with scale spread queues that no VM needs serve the host" poll_until 10 serves_all
must rssctl vm move vm2 dedicated
sleep 0.5
touch "$rig_dir/wake"
wait "$deaf_one"
kill "$recorder"
wait "$recorder" 2>/dev/null

check "the record has no gap" [ "$(grep -c '"type":"gap"' "$record")" -eq 0 ]
check "while one that did not read has missed some" [ "$(cat "$deaf")" -gt 0 ]

replayed=$rig_dir/replayed
total()
{
	jq -r "select(.by == \"total\") | .$1" "$replayed"
}
check "it can be replayed" sh -c "'$checkout/tools/rssctl/rssctl' -j replay '$record' >'$replayed'"
decisions_agree()
{
	tail -n 5 "$replayed"
	[[ $(total decisions) -gt 100 && $(total decisions_differ) -eq 0 &&
	   $(total plans_differ) -eq 0 ]]
}
check "every decision and plan is the kernel's" decisions_agree
moves_agree()
{
	[[ $(total moves_both) -ge 4 && $(total moves_replay) -eq 0 && $(total moves_record) -eq 0 ]]
}
check "so is every move" moves_agree
shifts_agree()
{
	[[ $(total shifts_both) -ge 2 && $(total shifts_replay) -eq 0 &&
	   $(total shifts_record) -eq 0 ]]
}
check "and every queue that changes its engine" shifts_agree

# What was moved, not by hand, must have been planned.
events_were_planned()
{
	local moves='"\(.name) \(.from_state) \(.to_state) \(.reason)"'

	diff <(jq -r "select(.kind == \"moved\" and .reason != \"manual\") | $moves" "$events" | sort -u) \
		<(jq -r "select(.by == \"both\") | $moves" "$replayed" | sort -u) | grep '^<'
	[[ $? -eq 1 ]]
}
check "and every move that was made is among them" events_were_planned

with_set()
{
	rssctl -j replay "$record" --set share_above=10000 --set engine_above=1000 >"$replayed" &&
		[[ $(total moves_record) -ge 1 ]] &&
		jq -se 'any(.by == "record" and .reason == "share-above")' "$replayed"
}
check "other thresholds show which moves they would have spared" with_set
ktap_end
