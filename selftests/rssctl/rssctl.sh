#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# rssctl against the module: what is set is shown, what is refused is told and
# changes nothing, and books that differ from the NIC are warned of.

. "$(dirname "$0")/../lib.sh"

MAC1=$(vm_mac 1) MAC2=$(vm_mac 2)
UNPRIVILEGED=(setpriv --reuid 65534 --regid 65534 --clear-groups)

rssctl()
{
	"$checkout/tools/rssctl/rssctl" "$@"
}

# shows WORDS... -- FILTER: JSON of rssctl WORDS fulfils FILTER
shows()
{
	local words=()

	while [[ $1 != -- ]]; do
		words+=("$1")
		shift
	done
	rssctl -j "${words[@]}" | jq -e "$2" || {
		rssctl -j "${words[@]}"
		return 1
	}
}

# warns PATTERN
warns()
{
	rssctl -j pnic show pnic0 | jq -re '.[0].warnings[]' | grep -E -- "$1" || {
		rssctl pnic show pnic0
		return 1
	}
}

# Warnings of the CPUs stay: eight queues share two of them.
warns_not()
{
	local all

	all=$(rssctl -j pnic show pnic0) || return 1
	! jq -re '.[0].warnings[]' <<<"$all" | grep -v CPU
}

# What a refusal must leave alone.
everything()
{
	rssctl -j config show
	rssctl -j pnic show | jq -c 'map(del(.sample, .host_load, .period_ms, .warnings, .failures))'
	rssctl -j vm show | jq -c 'map([.name, .pnic, .state, .engine, .pinned, .priority, .vnics])'
}

before_refusals=

refusals_begin()
{
	before_refusals=$(everything 2>&1)
}

# refusals_end WHAT: none of the refusals since refusals_begin changed anything
refusals_end()
{
	check "$1: refusals change nothing" diff <(echo "$before_refusals") <(everything 2>&1)
}

# no NAME STATUS PATTERN WORDS...: rssctl WORDS... is refused, with such a message
no()
{
	refuses "$1" "$2" "$3" "$checkout/tools/rssctl/rssctl" "${@:4}"
}

vnic_up()
{
	ip link add "$1" type veth peer name "$1p" || bail "cannot add $1"
	defer ip link del "$1"
	quiet_dev "$1"
	ip link set "$1" master br0 up
}

refused_without_module()
{
	no "no module: exit 1" 1 'no rss_engine here' pnic show
}

test_pnic()
{
	check "pnic add" rssctl pnic add pnic0 default-queues 3 shared-queues 2
	check "pnic show: the books" shows pnic show pnic0 -- '.[0] | .mode == "auto" and
		.default_queues == 3 and .shared_engines == 1 and .shared_queues == 2 and
		.dedicated_queues == 1 and .queues == 8 and .free_queues == 3 and .vms == 0'
	check "pnic show: the NIC's own channels" shows pnic show -- \
		'.[0].nic.channels | (.rx // 0) + (.combined // 0) == 8'
	check "pnic show: the NIC's own contexts" shows pnic show -- '.[0].nic.contexts
		| map([.engine, (.queues | length)]) == [[0, 3], [1, 2]]'
	check "pnic show: books and NIC agree" warns_not
	check "engine show" shows engine show -- 'map(.kind) == ["default", "shared"]'
	check "queue show" shows queue show pnic0 -- '[.[].engine] | length == 8 and
		(map(select(. == 0)) | length) == 3 and (map(select(. == null)) | length) == 3'
	refusals_begin
	no "pnic add: twice" 1 'kernel: .*already' pnic add pnic0
	no "pnic add: an unknown device" 1 'no network device' pnic add nonesuch
	no "pnic add: a device without contexts" 1 'neither RSS contexts' pnic add br0
	no "pnic set: no PNIC" 1 'br0 is not under management' pnic set br0 mode off
	refusals_end pnic
}

test_vm()
{
	check "vm add: the address is the bridge's" rssctl vm add a dev tap1
	check "vm show: the learnt address" shows vm show a -- ".[0].vnics[0].filters ==
		[{\"mac\": \"$MAC1\", \"vlan\": null, \"learnt\": true}]"
	check "vm add: an address and a vlan" rssctl vm add b dev tap2 mac "$MAC2" vlan 5 \
		pnic pnic0 priority -3 pin none
	check "vm show: what was given" shows vm show b -- ".[0] | .priority == -3 and
		.pinned == \"none\" and .state == \"none\" and .pnic == \"pnic0\" and .vnics[0].filters ==
		[{\"mac\": \"$MAC2\", \"vlan\": 5, \"learnt\": false}]"
	check "vm set: priority and pin" rssctl vm set b priority 7 pin off
	check "vm show: what was set" shows vm show b -- '.[0] | .priority == 7 and .pinned == null'
	refusals_begin
	no "vm add: the name is taken" 1 'kernel: .*exists' vm add a dev tap3
	no "vm add: the device is taken" 1 'kernel: .*tap1' vm add c dev tap1 mac "$MAC2"
	no "vm add: the address is taken" 1 'kernel: .*used by VM b' \
		vm add c dev tap3 mac "$MAC2" vlan 5
	no "vm add: no such device" 1 'kernel: .*no network device' vm add c dev nonesuch
	no "vm add: a worker that is none" 1 'kernel: .*vhost' vm add c dev tap3 worker $$
	no "vm add: a vlan without an address" 1 'needs a mac' vm add c dev tap3 vlan 5
	no "vm add: a PNIC that is none" 1 'kernel: .*managed' vm add c dev tap3 pnic br0
	no "vm show: unknown" 1 'no VM "c"' vm show c
	no "vm set: unknown" 1 'kernel: no VM' vm set c pin none
	no "vm del: unknown" 1 'kernel: no VM' vm del c
	refusals_end vm
}

test_config()
{
	check "config set" rssctl config set share_above 300 select fit
	check "config show: what was set" shows config show -- \
		'.[0] | .share_above == 300 and .select == "fit" and .unshare_below == 80'
	refusals_begin
	no "config set: thresholds out of order" 1 'unshare_below must be less than share_above' \
		config set gain_min 5 unshare_below 301
	no "config set: out of range" 2 '"1001"' config set gain_min 5 engine_above 1001
	refusals_end config
}

test_move()
{
	local events

	events=$(mktemp)
	rssctl -j monitor count 1 >"$events" &
	defer end_process $!
	poll_until 10 rssctl_listens || bail "rssctl monitor does not listen"
	check "vm move" rssctl vm move a shared
	check "vm show: where it is" shows vm show a -- \
		'.[0] | .state == "shared" and .engine == 1 and .moves == 1 and .moved_reason == "manual"'
	check "monitor: the move" poll_until 5 jq -e '.kind == "moved" and .name == "a" and
		.from_state == "none" and .to_state == "shared" and .reason == "manual"' "$events"
	check "engine show: who is on it" shows engine show -- '.[1].vms == ["a"]'
	check "pnic show: the NIC's rule" shows pnic show -- ".[0].nic.rules
		| map([.mac, .vm]) == [[\"$MAC1\", \"a\"]]"
	check "pnic show: books and NIC agree after a move" warns_not
	check "plan" rssctl plan
	refusals_begin
	no "vm move: no such engine" 1 'no such shared engine' vm move a shared engine 99
	no "vm move: unknown" 1 'kernel: no VM' vm move c none
	no "vm move: another PNIC" 1 'br0 is not under management' vm move a none pnic br0
	refusals_end "vm move"
}

# The multicast group has a member besides nobody.
rssctl_listens()
{
	grep -qE '^[0-9a-f]+ +16 +[0-9]+ +[0-9a-f]*[1-9a-f][0-9a-f]* ' /proc/net/netlink
}

# A stopped process would not end.
resume()
{
	kill -CONT "$1" 2>/dev/null || true
}

# gap_is_told LOG: the next event tells; a socket that has overflowed takes none
# until all it holds has been read
gap_is_told()
{
	rssctl config set gain_min 25
	grep -qE '[0-9]+ events before #[0-9]+ were lost' "$1"
}

# More events than a socket holds, while nobody reads them.
test_lost_events()
{
	local log pid

	log=$(mktemp)
	# The program, not the function: the shell that runs that is another process.
	"$checkout/tools/rssctl/rssctl" -j monitor >"$log.events" 2>"$log" &
	pid=$!
	defer end_process $pid
	defer resume $pid
	poll_until 10 rssctl_listens || bail "rssctl monitor does not listen"
	kill -STOP $pid
	for ((i = 0; i < 5000; i++)); do
		echo "config set gain_min $((i % 2 + 25))"
	done | rssctl batch || bail "rssctl batch fails"
	kill -CONT $pid
	check "monitor: lost events are told" poll_until 20 grep -q 'some were lost' "$log"
	check "monitor: and how many, by their numbers" poll_until 20 gap_is_told "$log"
	check "monitor: every line is an object" jq -es 'length > 10' "$log.events"
}

test_differences()
{
	local location

	ethtool -N pnic0 flow-type ether dst 52:54:00:00:00:99 action 7 loc 90 >/dev/null
	check "a foreign rule is warned of" warns 'rule at location 90 is foreign'
	ethtool -N pnic0 delete 90
	ethtool -X pnic0 context new equal 2 >/dev/null
	check "a foreign context is warned of" warns 'RSS context 2 is foreign'
	ethtool -X pnic0 context 2 delete
	location=$(rssctl -j pnic show | jq '.[0].nic.rules[0].location')
	ethtool -N pnic0 delete "$location"
	check "a rule that is gone is warned of" warns "no rule of the NIC leads $MAC1"
	ethtool -X pnic0 equal 8
	check "a changed default table is warned of" warns 'table of RSS context 0 has queues 0-7'
}

# workers_shown N CMD...: VM a has N workers for CMD... -j vm show
workers_shown()
{
	"${@:2}" "$checkout/tools/rssctl/rssctl" -j vm show a |
		jq -e ".[0].vnics[0].workers | length == $1"
}

test_rights()
{
	local space=

	refuses "without CAP_NET_ADMIN: no write" 1 'kernel: Operation not permitted' \
		"${UNPRIVILEGED[@]}" "$checkout/tools/rssctl/rssctl" config set gain_min 1
	check "with CAP_NET_ADMIN: the worker is shown" poll_until 20 workers_shown 1 env
	check "without CAP_NET_ADMIN: reads, but no worker" workers_shown 0 "${UNPRIVILEGED[@]}"
	netns_add space
	refuses "another network namespace: exit 1" 1 'no rss_engine here' \
		ip netns exec "$space" "$checkout/tools/rssctl/rssctl" pnic show
}

test_end()
{
	check "vm del" rssctl vm del a
	check "pnic set" rssctl pnic set pnic0 mode off
	check "pnic show: what was set" shows pnic show -- '.[0].mode == "off"'
	check "pnic del" rssctl pnic del pnic0
	check "vm show: a VM on no PNIC" shows vm show -- 'map([.name, .pnic]) == [["b", null]]'
}

ktap_plan 62
mkdir -p "$rig_dir"
modprobe -a tun vhost_net bridge || bail "cannot load the modules of the rig"
bridge_up
pnic_up simnic 8
vm_start 1
vnic_up tap2
vnic_up tap3
refused_without_module
load_module rss_engine
defer unload_module rss_engine
# So that every engine has the queues that are due to it, and nobody leaves one however
# long all this takes.
rssctl config set scale off manual_hold_ms 3600000
test_pnic
test_vm
test_config
test_move
test_lost_events
test_differences
test_rights
test_end
ktap_end
