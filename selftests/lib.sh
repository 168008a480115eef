# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the test programs: KTAP output, undo, waiting, and the test rig.
#
# A program says ktap_plan N, runs N cases by check/ok/not_ok/skip, and ends
# with ktap_end. What it sets up it registers for undo at once, by defer.

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$selftests")
miniguest_dir=$selftests/miniguest
rig_dir=/run/rsse-rig

ktap_planned=0 ktap_done=0 ktap_failed=0 ktap_skipped=0
undo_stack=()

ktap_plan()
{
	ktap_planned=$1
	echo "TAP version 13"
	echo "1..$1"
}

ok()
{
	echo "ok $((++ktap_done)) $*"
}

# not_ok NAME [WHY]
not_ok()
{
	echo "not ok $((++ktap_done)) $1"
	[[ -z ${2:-} ]] || echo "# ${2//$'\n'/$'\n'# }"
	: $((++ktap_failed))
}

# skip NAME WHY
skip()
{
	echo "ok $((++ktap_done)) $1 # SKIP $2"
	: $((++ktap_skipped))
}

# check NAME CMD...: one case, decided by the status of CMD
check()
{
	local name=$1 output

	shift
	if output=$("$@" 2>&1); then
		ok "$name"
	else
		not_ok "$name" "failed: $*"$'\n'"$output"
	fi
}

# refuses NAME STATUS PATTERN CMD...: CMD must fail so, with such a message
refuses()
{
	local name=$1 want=$2 pattern=$3 output status=0

	shift 3
	output=$("$@" 2>&1) || status=$?
	if [[ $status -eq $want ]] && grep -qE -- "$pattern" <<<"$output"; then
		ok "$name"
	else
		not_ok "$name" "status $status, not $want, or no '$pattern' in: $output"
	fi
}

# within VALUE LOW HIGH
within()
{
	(( $1 >= $2 && $1 <= $3 )) || { echo "$1 is not in $2..$3"; return 1; }
}

ktap_end()
{
	echo "# Totals: pass:$((ktap_done - ktap_failed - ktap_skipped)) fail:$ktap_failed skip:$ktap_skipped"
	[[ $ktap_done -eq $ktap_planned ]] || {
		echo "# planned $ktap_planned cases, ran $ktap_done"
		exit 1
	}
	exit $((ktap_failed ? 1 : 0))
}

# bail WHY: the program cannot go on; the cases it still owes count as failed.
bail()
{
	echo "Bail out! $*"
	exit 1
}

# defer CMD...: runs at the end, last registered first, whatever happens
defer()
{
	undo_stack+=("$(printf '%q ' "$@")")
}

undo_all()
{
	local i

	for ((i = ${#undo_stack[@]} - 1; i >= 0; i--)); do
		eval "${undo_stack[i]}" || echo "# undo failed: ${undo_stack[i]}"
	done
	undo_stack=()
}
trap undo_all EXIT
trap 'exit 130' INT TERM

# An input that stays open and silent: waiting at it costs no process, which on an
# emulated machine is what most of the time went into.
exec {silent}<> <(:)

# pause SECONDS
pause()
{
	read -rt "$1" -u "$silent" || true
}

# poll_until SECONDS CMD...: true as soon as CMD is, false at the deadline
poll_until()
{
	local end=$((${EPOCHREALTIME/./} + $1 * 1000000))

	shift
	until "$@" >/dev/null 2>&1; do
		(( ${EPOCHREALTIME/./} < end )) || return 1
		pause 0.1
	done
}

load_module()
{
	case $1 in
	rss_simnic) insmod "$checkout/kmod/simnic/rss_simnic.ko" "${@:2}" ;;
	rss_engine) insmod "$checkout/kmod/rss_engine.ko" "${@:2}" ;;
	*) modprobe "$1" ;;
	esac || bail "cannot load $1"
}

unload_module()
{
	[[ ! -d /sys/module/$1 ]] || rmmod "$1"
}

netns_count=0

# netns_add VAR: a network namespace of a unique name, named in VAR
netns_add()
{
	local name=rsse-$$-$((++netns_count))

	ip netns add "$name" || bail "cannot add netns $name"
	defer ip netns del "$name"
	printf -v "$1" %s "$name"
}

quiet_dev()
{
	# No IPv6 chatter: what is counted is what the generator sent.
	ip link set "$1" addrgenmode none 2>/dev/null || true
	echo 1 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6" 2>/dev/null || true
}

vm_mac()
{
	printf '52:54:00:00:%02x:%02x' $(($1 / 256)) $(($1 % 256))
}

# mg VM WORD...: asks a VM; gen WORD...: asks the generator. JSON on stdout.
mg()
{
	"$miniguest_dir/mgctl" "$rig_dir/vm$1" "${@:2}"
}

gen()
{
	"$miniguest_dir/mgctl" "$rig_dir/gen" "$@"
}

# vm_stat VM KEY[,KEY]...: figures of what a VM received, as listed by stats
vm_stat()
{
	"$miniguest_dir/mgctl" -f "$2" "$rig_dir/vm$1" stats
}

# gen_stat VM KEY[,KEY]...: figures of what the generator sent to a VM
gen_stat()
{
	"$miniguest_dir/mgctl" -f "$2" "$rig_dir/gen" stats "$1"
}

end_process()
{
	kill "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

declare -A vm_pid=()	# what a test ends to let a VM die

# vm_launch ID [MINIGUEST-OPTION...]: a VM that vm_ready ID waits for
vm_launch()
{
	local id=$1

	shift
	"$miniguest_dir/miniguest" --vm "$id" --mac "$(vm_mac "$id")" --tap "tap$id" \
		--ctl "$rig_dir/vm$id" "$@" &
	# shellcheck disable=SC2034 # for the tests
	vm_pid[$id]=$!
	defer end_process $!
}

vm_ready()
{
	local id=$1

	poll_until 20 test -S "$rig_dir/vm$id" || bail "VM $id does not start"
	quiet_dev "tap$id"
	ip link set "tap$id" master br0 up || bail "cannot attach tap$id"
	mg "$id" announce >/dev/null
}

# vm_start ID [MINIGUEST-OPTION...]: VM with tap$ID on br0
vm_start()
{
	vm_launch "$@"
	vm_ready "$1"
}

bridge_up()
{
	ip link add br0 type bridge stp_state 0 mcast_snooping 0 || bail "cannot add br0"
	defer ip link del br0
	quiet_dev br0
	ip link set br0 up
}

# The flows that miniguest and trafficgen number fall evenly onto 2, 4 and 8
# queues with this key. The hash is linear: with one key in eight, 16 flows leave
# one of four queues without any.
pnic_key=31:4e:59:c2:12:67:0d:87:b1:1f:7d:c9:c1:6f:89:8d:7a:f5:14:df
pnic_key+=:2f:84:6a:ef:25:fc:67:83:38:02:8a:80:c3:bf:1d:25:46:cb:ca:c5

# pnic_up KIND QUEUES: pnic0 (on br0) and its wire end pnic0w
pnic_up()
{
	if [[ $1 == veth ]]; then
		ip link add pnic0 type veth peer name pnic0w || bail "cannot add pnic0"
	else
		load_module rss_simnic
		defer unload_module rss_simnic
		ip link add numrxqueues "$2" name pnic0 type rss_simnic || bail "cannot add pnic0"
		ethtool -X pnic0 hkey "$pnic_key" || bail "cannot set pnic0's key"
	fi
	defer pnic_down
	quiet_dev pnic0
	quiet_dev pnic0w
	ip link set pnic0w up
	ip link set pnic0 up master br0
}

pnic_down()
{
	[[ ! -d /sys/class/net/pnic0 ]] || ip link del pnic0
}

gen_pid=''

gen_start()
{
	"$miniguest_dir/trafficgen" --dev pnic0w --ctl "$rig_dir/gen" &
	gen_pid=$!
	defer end_process $!
	poll_until 20 test -S "$rig_dir/gen" || bail "the generator does not start"
}

# wire_on CPU: where the generator runs; a wire is not slowed by a flooded CPU
wire_on()
{
	taskset -p -c "$1" "$gen_pid" >/dev/null || bail "taskset"
}

# rig_up VMS QUEUES [veth]: PNIC, bridge, VMs 1..VMS known to the generator
rig_up()
{
	local vms=$1 queues=$2 kind=${3:-simnic} id

	# Sockets of an earlier program that was ended would look alive.
	rm -rf "$rig_dir"
	mkdir -p "$rig_dir"
	modprobe -a tun vhost_net bridge || bail "cannot load the modules of the rig"
	bridge_up
	pnic_up "$kind" "$queues"
	for ((id = 1; id <= vms; id++)); do
		vm_launch "$id"
	done
	for ((id = 1; id <= vms; id++)); do
		vm_ready "$id"
	done
	gen_start
	for ((id = 1; id <= vms; id++)); do
		gen vm "$id" "$(vm_mac "$id")" >/dev/null || bail "generator: VM $id"
	done
}
