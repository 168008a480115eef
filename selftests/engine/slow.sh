#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A NIC that takes long: what is left of a plan is too old by then. It is refused,
# the policy is told, and decides anew.

. "$(dirname "$0")/lib.sh"

vms=(1 2 3 4)

ktap_plan 6

engine_up 4 8 1000 default-queues 5 shared-engines 2 shared-queues 1
must rssctl config set period_ms 100 period_max_ms 100 moves_max 32
rate 50 "${vms[@]}"

# stale: refusals of moves that the policy had planned
stale()
{
	jq -c 'select(.kind == "refused" and .reason == "stale" and .decided_sample > 0 and
		.error == 62) | [.name, .from_state, .to_state]' "$events"
}

is_stale()
{
	[[ $(stale | sort -u) == *'"none","shared"'* ]] || { tail -n 5 "$events"; return 1; }
}

all_shared()
{
	local id

	for id in "${vms[@]}"; do
		becomes "$id" shared 30 || return 1
	done
}

each_moved_once()
{
	local id

	for id in "${vms[@]}"; do
		last_move "$id" none shared pinned || return 1
		[[ $(moves_of "$id" | wc -l) -eq 1 ]] || { moves_of "$id"; return 1; }
	done
}

lost_nothing()
{
	local id sent

	rate 0 "${vms[@]}"
	for id in "${vms[@]}"; do
		sent=$(gen_stat "$id" sent)
		poll_until 10 received "$id" "$sent" ||
			{ echo "VM $id: $(vm_stat "$id" packets) of $sent"; return 1; }
	done
}

received()
{
	[[ $(vm_stat "$1" packets) -eq $2 ]]
}

# Four moves in one plan, which counts for two periods; each takes three.
must rssctl pnic set pnic0 mode observe
for id in "${vms[@]}"; do
	must rssctl vm set "vm$id" pin shared
done
echo 300 >$simnic/op_delay_ms
must rssctl pnic set pnic0 mode auto
check "all come where they are to be" all_shared
check "what was too old by then was refused" poll_until 5 is_stale
check "each VM has moved once" each_moved_once
check "nothing has failed" [ "$(<"$state/pnics/pnic0/failures")" -eq 0 ]
check "nothing is lost meanwhile" lost_nothing
echo 0 >$simnic/op_delay_ms
check "the NIC can be given back" rssctl pnic del pnic0
ktap_end
