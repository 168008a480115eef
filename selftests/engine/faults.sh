#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A driver that says no, at every step: the move or the command fails with a
# message, everything is as before, and the next try works.

. "$(dirname "$0")/lib.sh"

ktap_plan 21

engine_up 2 8 1000 default-queues 4 shared-engines 2 shared-queues 1
must rssctl vm set vm1 dev tap1 mac "$(vm_mac 1)" mac 52:54:00:00:09:01 mac 52:54:00:00:09:02
must rssctl config set share_above 10000 unshare_below 1 manual_hold_ms 3600000

fail_next()
{
	echo "$1" >$simnic/fail_next || bail "fail_next: $1"
}

# fails_and_undoes NAME FAILURE CMD...: two cases
fails_and_undoes()
{
	local name=$1 failure=$2 before

	shift 2
	before=$(nic_state)
	fail_next "$failure"
	refuses "$name: refused with a message" 1 'kernel|failed|rss_engine|rssctl' "$@"
	check "$name: the NIC is as before" [ "$(nic_state)" == "$before" ]
}

fails_and_undoes "first rule of a move" "rule_insert 1" rssctl vm move vm1 shared engine 1
check "then it works" rssctl vm move vm1 shared engine 1

# The driver's third rule: the first two are taken back.
must rssctl vm move vm1 none
fails_and_undoes "third rule of a move" "rule_insert 1 28 2" rssctl vm move vm1 shared engine 1

must rssctl vm move vm1 shared engine 1
fails_and_undoes "a rule that is replaced" "rule_insert 1" rssctl vm move vm1 shared engine 2
fails_and_undoes "context of a dedicated engine" "ctx_create 1" rssctl vm move vm1 dedicated
check "the VM is still on its engine" [ "$(vm_engine 1)" -eq 1 ]
fails_and_undoes "a rule that is deleted" "rule_delete 1" rssctl vm move vm1 none

failure_told()
{
	happened '.kind == "failed" and .name == "vm1" and .error > 0'
}
check "failures are events with an errno" failure_told

must rssctl pnic del pnic0
fails_and_undoes "probe by trial" "ctx_create 1" rssctl pnic add pnic0
fails_and_undoes "rule of the trial" "rule_insert 1" rssctl pnic add pnic0
fails_and_undoes "restricting context 0" "set_rxfh 1" rssctl pnic add pnic0
check "then it works" rssctl pnic add pnic0
check "and can be undone" rssctl pnic del pnic0
ktap_end
