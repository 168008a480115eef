#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One hot queue in an engine with room: indirection entries are rewritten, in
# context 0 and in another; what must not be rewritten is left alone.
#
# A packet costs 100 us in its queue's poll. Each VM is sent four flows, chosen to
# hash to one queue by four entries. Six queues: an emulator that is busy elsewhere
# makes all of this several times as long, and there must be room all the same.

. "$(dirname "$0")/lib.sh"

ktap_plan 20

engine_up 3 16 100000 default-queues 6 shared-engines 1 shared-queues 6
must rssctl config set period_ms 50 period_max_ms 100 share_above 10000 unshare_below 1 \
	hold_up_ms 200 dwell_ms 3600000
# A queue that saturates now and then is no reason to move a VM here.
must rssctl vm set vm1 pin none
must rssctl vm set vm2 pin shared
must rssctl vm set vm3 pin none

pps=1800

engine()
{
	cat "/sys/kernel/rss_engine/pnics/pnic0/engines/$1/$2"
}

engine_reason_is()
{
	[[ $(engine "$1" reason) == "$2" ]]
}

rewritten()
{
	[[ $(engine "$1" rewrites) -ge $2 ]]
}

explain()
{
	"$@" && return
	rssctl -j engine show
	rssctl queue show
	rssctl plan
	return 1
}

# to_one_queue VM FLOWS [CONTEXT]: the VM's flows, and the hash key for them
to_one_queue()
{
	local source queue key

	# shellcheck disable=SC2086 # words
	read -r source queue key < <(ethtool -x pnic0 ${3:+context $3} |
		"$(dirname "$0")/pick_source.py" "$1" "$2") || bail "no source for vm$1"
	# shellcheck disable=SC2086 # words
	must ethtool -X pnic0 ${3:+context $3} hkey "$key"
	gen vm "$1" "$(vm_mac "$1")" source "$source" flows "$2" >/dev/null || bail "vm$1"
	hot_queue=$queue
}

# even: no queue gets more than 80 of 100 packets; it were all of them before, in four
# flows, of which as few leave as cure it: one, where the load is just above the threshold
even()
{
	local most

	most=$({ rssctl -j queue show; sleep 2; rssctl -j queue show; } |
		jq -s '[[.[0], .[1]] | transpose | .[] | .[1].packets - .[0].packets] |
			100 * max / add | floor')
	echo "the busiest queue gets $most of 100 packets"
	[[ $most -le 80 ]]
}

# rows_of DEV [context N]: the indirection table, and not the hash key
rows_of()
{
	ethtool -x "$@" | sed -n '/^ *[0-9]*: /p'
}

# entries_on REGEX: entries of these queues in the table that it reads
entries_on()
{
	sed 's/^ *[0-9]*://' | tr -s ' ' '\n' | grep -cx -- "$1"
}

# last_event KIND FIELD
last_event()
{
	jq -r "select(.kind == \"$1\") | .$2" "$events" | tail -n 1
}

# Each packet once. What is on its way has arrived by then.
lossless()
{
	local sent got

	rate 0 "$1"
	sleep 0.5
	sent=$(gen_stat "$1" sent)
	got=$(vm_stat "$1" packets,lost,duplicates,reordered)
	echo "sent $sent, got (packets lost duplicates reordered): $got"
	[[ ${got% *} == "$sent 0 0" ]]
}

# Context 0
to_one_queue 1 4
rate 100 1
sleep 1.5
check "nothing is counted while no queue is hot" [ "$(engine 0 looks)" -eq 0 ]
must rssctl config set engine_above 200 return_margin 20
before=$(rows_of pnic0)
rate $pps 1
check "a hot default queue: entries are rewritten" explain poll_until 20 rewritten 0 1
check "looks have counted them" [ "$(engine 0 looks)" -gt 0 ]
check "the queues are even then" explain even
rate 100 1
after=$(rows_of pnic0)
moved=$(($(entries_on "$hot_queue" <<<"$before") - $(entries_on "$hot_queue" <<<"$after")))
check "ethtool shows it, as many entries as the event tells" \
	[ "$moved" -eq "$(last_event rewritten entries)" ]
check "few are enough" within "$moved" 1 3
check "the event names queue and reason" \
	[ "$(last_event rewritten queue) $(last_event rewritten reason)" == "$hot_queue uneven" ]
check "the engine keeps to its queues" \
	[ "$(entries_on '[0-5]' <<<"$after")" -eq "$(entries_on '[0-9][0-9]*' <<<"$after")" ]
check "nothing is lost or doubled" lossless 1
looks=$(engine 0 looks)
sleep 1.2
check "nothing is counted any more" [ "$(engine 0 looks)" -eq "$looks" ]

# One flow: it would fill any queue.
rewrites=$(engine 0 rewrites)
must rssctl config set dwell_ms 0
to_one_queue 3 1
rate $pps 3
check "a single flow is recognised" explain poll_until 20 engine_reason_is 0 single-entry
check "and left alone" [ "$(engine 0 rewrites)" -eq "$rewrites" ]
rate 0 3

# Another context
must becomes 2 shared 10
context=$(engine 1 context)
table_of_engine()
{
	rows_of pnic0 context "$context"
}
to_one_queue 2 4 "$context"
before=$(table_of_engine)
must sh -c "echo ctx_modify 1 >$simnic/fail_next"
rate $pps 2
refused()
{
	[[ $(last_event failed engine) -eq 1 && $(last_event failed error) -gt 0 ]]
}
check "a rewrite that the NIC refuses is told" explain poll_until 20 refused
check "and the table is as before" [ "$(table_of_engine)" == "$before" ]
check "later it works" explain poll_until 20 rewritten 1 1
check "its queues are even then" explain even
check "nothing is lost or doubled there either" lossless 2

# The administrator has ideas of his own: everything to the engine's first queue.
must ethtool -X pnic0 context "$context" start 6 equal 1
mine=$(table_of_engine)
rate $pps 2
check "a table changed by somebody else is noticed" explain poll_until 15 engine_reason_is 1 \
	foreign-table
check "an event tells, and the table stays" \
	[ "$(last_event table-changed engine) $(table_of_engine)" == "1 $mine" ]
rate 0 2

unload_module rss_engine
check "rmmod restores context 0" [ "$(rows_of pnic0)" == "$(grep '^ *[0-9]*: ' <<<"$table_before")" ]
ktap_end
