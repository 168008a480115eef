#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The vhost workers of a VNIC, found from the VNIC alone.

. "$(dirname "$0")/lib.sh"

# add_vm ID [WORD...]
add_vm()
{
	rssctl vm add "vm$1" dev "tap$1" mac "$(vm_mac "$1")" "${@:2}"
}

# found ID TID...: exactly these, within ten seconds
found()
{
	local id=$1 want

	want=$(printf '%s\n' "${@:2}" | sort)
	poll_until 10 found_now "$id" "$want" || {
		echo "found '$(workers_of "$id" | xargs)', not '$(xargs <<<"$want")'"
		return 1
	}
}

found_now()
{
	[[ $(workers_of "$1") == "$2" ]]
}

# found_none ID...: none although there was time for several searches
found_none()
{
	local id

	sleep 4
	for id; do
		[[ -z $(workers_of "$id") ]] || { echo "found $(workers_of "$id" | xargs)"; return 1; }
	done
}

own_worker()
{
	add_vm "$1" && found "$1" "$(threads_of "${vm_pid[$1]}")"
}

two_queues()
{
	local threads

	mapfile -t threads < <(threads_of "${vm_pid[2]}")
	[[ ${#threads[@]} -eq 2 ]] || { echo "${#threads[@]} threads"; return 1; }
	add_vm 2 && found 2 "${threads[@]}"
}

# worker_of_3 NET|VSOCK|SCSI: the devices are made in this order, and their workers
worker_of_3()
{
	local -A place=([net]=1 [vsock]=2 [scsi]=3)

	threads_of "${vm_pid[3]}" | sort -n | sed -n "${place[$1]}p"
}

not_the_others()
{
	[[ -n $(worker_of_3 scsi) ]] || { echo "no third worker"; return 1; }
	add_vm 3 && found 3 "$(worker_of_3 net)"
}

# The same while the worker has no time to be woken.
busy_beside_others()
{
	gen vm 3 "$(vm_mac 3)" rate 20000 >/dev/null
	rssctl vm del vm3 && add_vm 3 && found 3 "$(worker_of_3 net)" || return 1
	gen rate 0 3 >/dev/null
}

# name_worker ID TID: the VM's worker from now on
name_worker()
{
	rssctl vm set "vm$1" dev "tap$1" mac "$(vm_mac "$1")" worker "$2"
}

named_beside_others()
{
	name_worker 3 "$(worker_of_3 net)" && found_now 3 "$(worker_of_3 net)"
}

zoo=''

# zoo_start WORD...
zoo_start()
{
	rm -f "$rig_dir/zoo"
	"$(dirname "$0")/vhost_zoo.py" "$rig_dir/zoo" "$@" &
	zoo=$!
	defer end_process "$zoo"
	poll_until 20 test -f "$rig_dir/zoo" || bail "no process with $*"
}

all_workers()
{
	local threads

	mapfile -t threads < <(threads_of "$zoo")
	[[ ${#threads[@]} -eq 3 ]] || { echo "${#threads[@]} threads"; return 1; }
	add_vm 4 && found 4 "${threads[@]}"
}

# none_taken ID: although its process has vhost threads
none_taken()
{
	[[ -n $(threads_of "$zoo") ]] || { echo "no vhost thread"; return 1; }
	add_vm "$1" && found_none "$1"
}

# Whose only worker is another kind's, and where the rings are not set up.
none_of_others()
{
	add_vm 5 && add_vm 10 && found_none 5 10
}

# name_youngest ID PID: the worker of the last device that a zoo has made
name_youngest()
{
	name_worker "$1" "$(threads_of "$2" | sort -n | tail -n 1)"
}

# VM 8 behind a macvtap on the wire end of the NIC
macvtap_start()
{
	local node

	must ip link add link pnic0w name tap8 type macvtap mode bridge
	defer ip link del tap8
	quiet_dev tap8
	must ip link set tap8 address "$(vm_mac 8)" up
	node=/dev/tap$(cat /sys/class/net/tap8/ifindex)
	poll_until 5 test -c "$node" || bail "no $node"
	"$miniguest_dir/miniguest" --vm 8 --mac "$(vm_mac 8)" --tap tap8 --node "$node" \
		--ctl "$rig_dir/vm8" &
	vm_pid[8]=$!
	defer end_process $!
	poll_until 20 test -S "$rig_dir/vm8" || bail "VM 8 does not start"
}

without_worker()
{
	poll_until 10 found_now "$1" '' || { echo "still $(workers_of "$1" | xargs)"; return 1; }
}

# A worker that is named is taken, whatever it serves.
named_worker()
{
	local tid

	tid=$(threads_of "${vm_pid[2]}" | head -n 1)
	rssctl vm del vm1 && add_vm 1 worker "$tid" && found 1 "$tid"
}

# Kernel threads: not in the VM's process, but named after it. Newer kernels make
# them where they are asked to; where they cannot be asked, there is nothing to test.
fork_control=/sys/module/vhost/parameters/fork_from_owner_default

kthread_of()
{
	pgrep -x "vhost-${vm_pid[$1]}"
}

kthread_worker()
{
	[[ -z $(threads_of "${vm_pid[11]}") && -n $(kthread_of 11) ]] || {
		echo "no kernel thread"
		return 1
	}
	add_vm 11 && found 11 "$(kthread_of 11)"
}

kthread_beside_others()
{
	local threads

	mapfile -t threads < <(kthread_of 12 | sort -n)
	add_vm 12 && found 12 "${threads[0]}"
}

kthreads()
{
	vm_start 11 --kthread
	check "a worker that is a kernel thread" kthread_worker
	vm_start 12 --kthread --beside /dev/vhost-scsi
	check "one beside a worker of vhost-scsi" kthread_beside_others
	check "named" name_worker 11 "$(kthread_of 11)"
	end_process "${vm_pid[11]}"
	check "it ends with its VM" without_worker 11
}

no_vm9()
{
	[[ ! -d $state/vms/vm9 ]]
}

must modprobe -a vhost_net vhost_vsock vhost_scsi macvtap
if [[ -e $fork_control ]]; then
	ktap_plan 23
else
	ktap_plan 19
	echo "# this kernel has no vhost workers that are kernel threads"
fi
rig_up 1 2
load_module rss_engine
defer unload_module rss_engine
must rssctl pnic add pnic0 mode observe
vm_start 2 --queues 2
vm_start 3 --beside /dev/vhost-vsock --beside /dev/vhost-scsi

check "a VM's only worker" own_worker 1
check "two queues, two workers" two_queues
check "not the workers of vhost-vsock and vhost-scsi" not_the_others
check "a busy worker beside theirs" busy_beside_others
for kind in vsock scsi; do
	refuses "named: the worker of vhost-$kind" 1 "not seen to serve tap3" \
		name_worker 3 "$(worker_of_3 "$kind")"
done
check "named: the worker of vhost-net beside them" named_beside_others
zoo_start tap:tap4 net net net
check "several vhost devices of one tap" all_workers
zoo_start tap:tap5 net scsi
beside_scsi=$zoo
zoo_start tap:tap10 vsock
check "no worker that may be of vhost-scsi or vhost-vsock" none_of_others
refuses "named: the worker of vhost-scsi, where nothing is at work" 1 "not seen to serve tap5" \
	name_youngest 5 "$beside_scsi"
refuses "named: the worker of vhost-vsock alone" 1 "not seen to serve tap10" \
	name_youngest 10 "$zoo"
zoo_start tap:tap6 net tap:tap7 net
check "no worker where two taps leave a doubt" none_taken 6
macvtap_start
check "the worker behind a macvtap" own_worker 8
end_process "${vm_pid[1]}"
check "the worker ends with its process" without_worker 1
vm_start 1
check "another process on the same tap" found 1 "$(threads_of "${vm_pid[1]}")"
must ip tuntap add tap9 mode tap
defer ip link del tap9
refuses "a thread that is no worker" 1 "no vhost worker" add_vm 9 worker $$
refuses "a thread that does not exist" 1 "no thread" add_vm 9 worker 4194000
check "nothing of what was refused" no_vm9
check "the worker that was named" named_worker
[[ ! -e $fork_control ]] || kthreads
ktap_end
