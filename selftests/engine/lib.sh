# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of the engines: a rig under management, and its state.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

simnic=/sys/kernel/debug/rss_simnic/pnic0
events=$rig_dir/events

# What is asked again and again is read here: under emulation jq takes half a
# second to start.
state=/sys/kernel/rss_engine

rssctl()
{
	"$checkout/tools/rssctl/rssctl" "$@"
}

must()
{
	"$@" || bail "failed: $*"
}

# engine_up VMS QUEUES COST_NS [PNIC-ADD-WORD...]: everything managed, and the
# events written to a file
engine_up()
{
	local vms=$1 queues=$2 cost=$3 id

	shift 3
	rig_up "$vms" "$queues"
	must sh -c "echo $cost >$simnic/cost_ns"
	load_module rss_engine
	defer unload_module rss_engine
	"$checkout/tools/rssctl/rssctl" -j monitor >"$events" &
	defer end_process $!
	must poll_until 10 monitor_listens
	# shellcheck disable=SC2034 # for the tests
	table_before=$(table_of pnic0)
	# With all that two emulated CPUs do, none would have time to spare.
	must rssctl config set scale "${scale:-off}" cpu_above 1000
	must rssctl pnic add pnic0 "$@"
	for ((id = 1; id <= vms; id++)); do
		must rssctl vm add "vm$id" dev "tap$id" mac "$(vm_mac "$id")"
	done
	((vms == 0)) || must poll_until 20 all_have_workers
	# shellcheck disable=SC2046 # words
	defer silence $(seq 1 "$vms")
}

# Less for the emulator to stumble over while the module goes.
silence()
{
	[[ -d /sys/class/net/pnic0w ]] || return 0
	rate 0 "$@"
	pause 0.3
}

# Context 0's indirection table.
table_of()
{
	ethtool -x "$1" | sed -n '/^ *[0-9]*:  /p'
}

# An event that nobody hears is none: provoke one until it is there.
monitor_listens()
{
	rssctl config set moves_max 4 && [[ -s $events ]]
}

has_worker()
{
	rssctl -j vm show "vm$1" | jq -e '.[0].vnics[0].workers | length > 0'
}

all_have_workers()
{
	rssctl -j vm show | jq -e 'length > 0 and all(.vnics[0].workers | length > 0)'
}

# vm_is ID STATE
vm_is()
{
	[[ $(<"$state/vms/vm$1/state") == "$2" ]]
}

# becomes ID STATE SECONDS
becomes()
{
	poll_until "$3" vm_is "$1" "$2" || {
		echo "vm$1 does not become $2"
		rssctl vm show
		rssctl plan
		rssctl engine show
		return 1
	}
}

# stays ID STATE SECONDS
stays()
{
	! poll_until "$3" vm_left "$1" "$2" && return
	echo "vm$1 does not stay $2"
	rssctl vm show
	rssctl engine show
	return 1
}

vm_left()
{
	! vm_is "$1" "$2"
}

# rate PPS ID...; a line to the generator holds a few VMs only
rate()
{
	local pps=$1

	shift
	while (($# > 0)); do
		gen rate "$pps" "${@:1:8}" >/dev/null || bail "rate $pps $*"
		shift $(($# < 8 ? $# : 8))
	done
}

# happened CONDITION: an event of which jq's CONDITION holds; its -e looks at the
# last input only
happened()
{
	jq -es "any(.[]; $1)" "$events" >/dev/null
}

# events CONDITION: how many there are of which jq's CONDITION holds
events()
{
	jq -s "map(select($1)) | length" "$events"
}

# moves_of ID: the VM's moves so far, a line each: from to reason
moves_of()
{
	jq -r "select(.kind == \"moved\" and .name == \"vm$1\") |
		\"\(.from_state) \(.to_state) \(.reason)\"" "$events"
}

# last_move ID FROM TO REASON; the event comes a moment after the state
last_move()
{
	poll_until 5 last_move_is "$@" || {
		echo "vm$1 moved: $(moves_of "$1" | tail -n 1)"
		return 1
	}
}

last_move_is()
{
	[[ $(moves_of "$1" | tail -n 1) == "$2 $3 $4" ]]
}

moves_total()
{
	echo "$(<"$state/pnics/pnic0/moves")"
}

# What the NIC says of itself: tables, rules, contexts (the lowest free number
# is taken, so five are enough).
nic_state()
{
	local context

	ethtool -x pnic0
	ethtool -n pnic0
	for context in 1 2 3 4 5; do
		ethtool -x pnic0 context "$context" 2>/dev/null | sed "s/^/$context: /"
	done
}

# vm_engine ID: number of the engine that it is on
vm_engine()
{
	echo "$(<"$state/vms/vm$1/pnics/pnic0/engine")"
}

# queues_of ENGINE: its queues, a line each
queues_of()
{
	local list part

	IFS=, read -ra list <"$state/pnics/pnic0/engines/$1/queues"
	for part in "${list[@]}"; do
		seq "${part%-*}" "${part#*-}"
	done
}

# on_nic ENGINE: the queues that the NIC's table for it leads to
on_nic()
{
	local context

	context=$(<"$state/pnics/pnic0/engines/$1/context")
	# shellcheck disable=SC2046 # words
	ethtool -x pnic0 $([[ $context == 0 ]] || echo context "$context") |
		sed -n '/^ *[0-9]*:  /{s/^[^:]*: *//p}' | tr -s ' ' '\n' | grep . | sort -nu
}

# agrees ENGINE...: the NIC's tables lead to the queues in the books, of one engine each
agrees()
{
	local engine

	for engine in "$@"; do
		[[ -n $(queues_of "$engine") ]] || continue
		[[ $(on_nic "$engine") == "$(queues_of "$engine")" ]] || {
			echo "engine $engine: NIC $(on_nic "$engine" | xargs), books $(queues_of "$engine" | xargs)"
			return 1
		}
	done
	[[ -z $(for engine in "$@"; do queues_of "$engine"; done | sort | uniq -d) ]]
}

# told ENGINE QUEUES REASON: there was such an event
told()
{
	poll_until 5 event_is "$@" || {
		jq -c 'select(.kind == "resized")' "$events" | tail -n 4
		return 1
	}
}

event_is()
{
	happened ".kind == \"resized\" and .engine == $1 and .queues == $2 and .reason == \"$3\""
}
