#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A driver that says no, at every step: the move or the command fails with a
# message, everything is as before, and the next try works.

. "$(dirname "$0")/lib.sh"

ktap_plan 38

engine_up 2 8 1000 default-queues 5 shared-engines 2 shared-queues 1
must rssctl vm set vm1 dev tap1 mac "$(vm_mac 1)" mac 52:54:00:00:09:01 mac 52:54:00:00:09:02
must rssctl config set share_above 10000 unshare_below 1 manual_hold_ms 3600000

fail_next()
{
	echo "$1" >$simnic/fail_next || bail "fail_next: $1"
}

# fails_and_undoes NAME FAILURE PATTERN CMD...: two cases
fails_and_undoes()
{
	local name=$1 failure=$2 pattern=$3 before

	shift 3
	before=$(nic_state)
	fail_next "$failure"
	refuses "$name: refused with a message" 1 "$pattern" "$@"
	check "$name: the NIC is as before" [ "$(nic_state)" == "$before" ]
}

fails_and_undoes "first rule of a move" "rule_insert 1" \
	"refused a rule for $(vm_mac 1)" rssctl vm move vm1 shared engine 1
check "then the move works" rssctl vm move vm1 shared engine 1

# The driver's third rule: the first two are taken back.
must rssctl vm move vm1 none
fails_and_undoes "third rule of a move" "rule_insert 1 28 2" \
	"refused a rule for 52:54:00:00:09:02" rssctl vm move vm1 shared engine 1

must rssctl vm move vm1 shared engine 1
fails_and_undoes "a rule that is replaced" "rule_insert 1" \
	"refused to replace the rule for $(vm_mac 1)" rssctl vm move vm1 shared engine 2
fails_and_undoes "context of a dedicated engine" "ctx_create 1" \
	"rss_simnic: ctx_create fails" rssctl vm move vm1 dedicated
fails_and_undoes "a rule to a dedicated engine" "rule_insert 1" \
	"refused to replace the rule for $(vm_mac 1)" rssctl vm move vm1 dedicated
check "the VM is still on its engine" [ "$(vm_engine 1)" -eq 1 ]
fails_and_undoes "a rule that is deleted" "rule_delete 1" \
	"does not let go of a rule" rssctl vm move vm1 none

# events CONDITION: how many there are of which jq's CONDITION holds
events()
{
	jq -s "map(select($1)) | length" "$events"
}

# told NUMBER CONDITION: so many events, and no more
told()
{
	[[ $(events "$2") -eq $1 ]] || { tail -n 5 "$events"; return 1; }
}

failures()
{
	echo "$(<"$state/pnics/pnic0/failures")"
}
check "each failure is one event, with its errno" poll_until 5 told 6 '.kind == "failed" and
	.name == "vm1" and .reason == "failed" and .error > 0 and .decided_sample == 0'
check "and is counted" [ "$(failures)" -eq 6 ]
check "no event tells of the engine that was not kept" told 0 '.kind == "resized"'

# tries_again NAME FAILURE STATE: two cases; the move is the policy's own
tries_again()
{
	local name=$1 failure=$2 to=$3

	fail_next "$failure"
	must rssctl vm set vm2 pin "$to"
	check "$name of the policy's own move: later it works" becomes 2 "$to" 15
	check "$name of the policy's own move: one event" told 1 ".kind == \"failed\" and
		.name == \"vm2\" and .to_state == \"$to\" and .error == 5 and
		.reason == \"failed\" and .decided_sample > 0"
}
tries_again "rule" "rule_insert 1" shared
tries_again "context" "ctx_create 1" dedicated
check "nothing else has failed" told 8 '.kind == "failed"'

# What is refused without asking the NIC, by hand.
must ip tuntap add tap3 mode tap
defer ip link del tap3
must rssctl vm add vm3 dev tap3
refuses "no queue is left for a dedicated engine" 1 'takes 1 queues, 0 are free' \
	rssctl vm move vm1 dedicated
refuses "no address is known" 1 'no MAC address' rssctl vm move vm3 shared
refuses "no such engine" 1 'no such shared engine' rssctl vm move vm1 shared engine 99
refusals()
{
	jq -c 'select(.kind == "refused") | [.name, .from_state, .to_state, .to_engine, .reason,
		.error, .decided_sample]' "$events"
}
refusals_told()
{
	[[ $(refusals) == "$(printf '%s\n' '["vm1","shared","dedicated",null,"manual",28,0]' \
		'["vm3","none","shared",null,"manual",89,0]' \
		'["vm1","shared","shared",99,"manual",2,0]')" ]] || { refusals; return 1; }
}
check "each refusal is one event, with its errno" poll_until 5 refusals_told
check "and no failure" [ "$(failures)" -eq 8 ]
refuses "what is no move is an error" 1 'no VM of this name' rssctl vm move vm9 shared
refuses "so is an engine that a state does not have" 1 'engine 0 only' \
	rssctl vm move vm1 none engine 1
check "and no event" refusals_told
must rssctl vm set vm2 pin off

must rssctl pnic del pnic0
fails_and_undoes "probe by trial" "ctx_create 1" \
	"rss_simnic: ctx_create fails" rssctl pnic add pnic0
fails_and_undoes "rule of the trial" "rule_insert 1" \
	"no rule from a MAC to an RSS context \(error -5\)" rssctl pnic add pnic0
fails_and_undoes "restricting context 0" "set_rxfh 1" \
	"rss_simnic: set_rxfh fails" rssctl pnic add pnic0
check "then the NIC is taken" rssctl pnic add pnic0
check "and can be undone" rssctl pnic del pnic0
ktap_end
