#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The trial when a NIC comes under management: what fails is told and taken
# back, what cannot be taken back is told.

. "$(dirname "$0")/lib.sh"

ktap_plan 16

nic_up 8
before=$(nic_state)

# trial_fails NAME FAIL_NEXT PATTERN: two cases
trial_fails()
{
	must sh -c "echo $2 >$simnic/fail_next"
	refuses "$1: refused" 1 "$3" rssctl pnic add pnic0
	check "$1: nothing has changed" same "$before" "$(nic_state)"
}

trial_fails "no context" "ctx_create 1" "ctx_create fails"
trial_fails "no rule" "rule_insert 1" "no rule from a MAC to an RSS context"
trial_fails "no rule, for good" "rule_insert 2 22" "no rule from a MAC to an RSS context"
trial_fails "no replacement" "rule_insert 1 5 1" "cannot be replaced"
trial_fails "no table" "set_rxfh 1" "set_rxfh fails"

# The third context is the first of the engines.
trial_fails "no context for an engine" "ctx_create 1 5 2" "ctx_create fails"

# What the driver does not take back stays, and its user is told.
must sh -c "echo ctx_remove 1 >$simnic/fail_next"
refuses "a context that cannot be taken back" 1 "context 2 cannot be taken back" \
	rssctl pnic add pnic0
check "its place is told in the log" sh -c 'dmesg | grep -q "trial RSS context 2 cannot be taken back"'
must ethtool -X pnic0 context 2 delete
must sh -c "echo rule_delete 1 >$simnic/fail_next"
refuses "a rule that cannot be taken back" 1 "cannot be taken back" rssctl pnic add pnic0
check "the place of that is told, too" sh -c 'dmesg | grep -q "trial rule at [0-9]* cannot be taken back"'
ktap_end
