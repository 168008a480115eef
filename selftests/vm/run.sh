#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boots a Debian kernel under QEMU and runs one command in it.
#
# usage: run.sh [-bi] [-k KERNEL] [-s CPUS] [-m MEM] [-t SECONDS] [-o OUTDIR] -- CMD [ARG...]
#
# The guest sees the machine's files read-only, with /tmp and /run of its own,
# and OUTDIR, writable, as $RSSE_OUT. CMD runs as root in the caller's
# directory, with every RSSE_* variable of the caller. Its output appears here
# as it comes. The exit status is CMD's; 125 when the guest did not come to an
# end or its kernel log holds a complaint. OUTDIR keeps console.log, dmesg.log.
# One guest runs at a time on a machine: they would spoil each other's timing.
# The others wait, and their SECONDS do not count before they begin. With -b a
# guest runs beside others, at the lowest priority that still gets time: its
# kernel watches for stalls. With -i it has one CPU and counts instructions: its
# clocks advance by a nanosecond for each. MEM is a number with M or G; each CPU is
# a NUMA node of its own, with an equal part of it.

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(cd "$here/../.." && pwd)
cache=${RSSE_CACHE:-/var/cache/rss-engine}

kernel=${RSSE_KERNEL:-6.12} cpus=2 mem=1536M limit=600 out='' beside=''
accel=(-accel 'tcg,thread=multi')

complaints='WARNING: |BUG: |kernel BUG at|Oops|general protection fault|Kernel panic'
complaints+='|Call Trace:|unregister_netdevice: waiting|refcount_t:|rcu: INFO|self-detected stall'
complaints+='|detected stalls|blocked for more than|possible (circular|recursive) locking'
complaints+='|inconsistent lock state|suspicious RCU usage|held lock freed|soft lockup|hard LOCKUP'
complaints+='|[Mm]emory leak|leaked|Objects remaining|corruption|UBSAN|KASAN|KCSAN'
complaints+='|scheduling while atomic|sleeping function called|Bad page|nobody cared|still in use'
complaints+='|stack guard page|Out of memory|page allocation failure'

die()
{
	echo "run.sh: $*" >&2
	exit 125
}

usage()
{
	die "usage: run.sh [-bi] [-k KERNEL] [-s CPUS] [-m MEM] [-t SECONDS] [-o OUTDIR] -- CMD [ARG...]"
}

# The job travels as a file: no length limit and no quoting by the kernel.
write_job()
{
	local name

	{
		printf 'job_checkout=%q\njob_cache=%q\njob_kernel=%q\njob_cwd=%q\n' \
			"$checkout" "$cache" "$kdir" "$PWD"
		for name in $(compgen -A export RSSE_); do
			printf 'export %s=%q\n' "$name" "${!name}"
		done
		printf 'job_argv=('
		printf '%q ' "$@"
		printf ')\n'
	} >"$out/job"
}

# QEMU's options for a NUMA node for each CPU, with its part of the memory
numa_nodes()
{
	local mib=${mem%M} node

	[[ $mem != *G ]] || mib=$((${mem%G} * 1024))
	for ((node = 0; node < cpus; node++)); do
		echo "-object memory-backend-ram,id=node$node,size=$((mib / cpus))M"
		echo "-numa node,nodeid=$node,cpus=$node,memdev=node$node"
	done
}

boot()
{
	local version=${kdir##*/} image nodes=()

	[[ $cpus -eq 1 ]] || read -ra nodes < <(numa_nodes | xargs)
	image=$("$here/kernel.sh" initramfs "$version")

	# The port counts as unplugged once QEMU's input ends: give it one that
	# stays open and silent.
	# timeout passes TERM on and ends nothing but the QEMU it started.
	exec timeout --foreground -k 5 "$limit" "$emulator" -nodefaults -no-user-config \
		-machine q35 "${accel[@]}" -cpu "${RSSE_QEMU_CPU:-qemu64}" \
		-smp "$cpus,sockets=$cpus" -m "$mem" "${nodes[@]}" -display none -no-reboot \
		-kernel "$kdir/boot/vmlinuz-$version" -initrd "$image" \
		-append "console=ttyS0 loglevel=6 panic=-1 oops=panic tsc=reliable mitigations=off numa_balancing=disable random.trust_cpu=1 rsse.guest=$here/guest.sh" \
		-serial "file:$out/console.log" \
		-device virtio-serial-pci -chardev stdio,id=output,signal=off \
		-device virtserialport,chardev=output,name=output \
		-virtfs local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap \
		-virtfs "local,path=$out,mount_tag=share,security_model=none" \
		-device virtio-rng-pci 0<> <(:)
}

check_log()
{
	local lines

	lines=$(cat "$out"/*.log 2>/dev/null | tr -d '\r' | grep -aE "$complaints" | sort -u) || return 0
	echo "run.sh: the kernel complained ($out):" >&2
	head -n 40 <<<"$lines" >&2
	return 1
}

parse_options()
{
	local opt

	while getopts bik:s:m:t:o: opt; do
		case $opt in
		b) beside=1 ;;
		i) accel=(-accel 'tcg,thread=single' -icount 'shift=0,sleep=on') cpus=1 ;;
		k) kernel=$OPTARG ;;
		s) cpus=$OPTARG ;;
		m) mem=$OPTARG ;;
		t) limit=$OPTARG ;;
		o) out=$OPTARG ;;
		*) usage ;;
		esac
	done
}

wait_for_turn()
{
	exec 8>/run/rsse-guest.lock
	flock -n 8 && return
	echo "run.sh: waiting for another guest to end" >&2
	flock 8
}

# step_back PID: the guest below timeout's PID at a low priority, once it runs. One
# that starves while it boots finds a wrong rate for its clock.
step_back()
{
	local task

	until [[ -e $out/started ]]; do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.5
	done
	for task in "/proc/$(pgrep -P "$1" qemu)/task"/*; do
		renice -n 19 -p "${task##*/}" >/dev/null || true
	done
}

# Waits for the guest in a way that a signal to us ends it too.
run_guest()
{
	local status=0

	boot &
	trap 'kill %1; wait; exit 125' INT TERM
	[[ -z $beside ]] || step_back $!
	wait %1 || status=$?
	trap - INT TERM
	[[ $status -ne 124 && $status -ne 137 ]] || echo "run.sh: no end after $limit s" >&2
}

verdict()
{
	local log_status=0 status

	check_log || log_status=$?
	if [[ ! -f $out/status ]]; then
		tail -n 25 "$out/console.log" >&2 || true
		die "the guest gave no verdict (logs in $out)"
	fi
	[[ $log_status -eq 0 ]] || exit 125

	status=$(<"$out/status")
	[[ -n $keep || $status -ne 0 ]] || rm -rf "$out"
	exit "$status"
}

main()
{
	parse_options "$@"
	shift $((OPTIND - 1))
	[[ $# -ge 1 ]] || usage

	keep=$out
	[[ -n $out ]] || out=$(mktemp -d "${TMPDIR:-/tmp}/rsse-run.XXXXXX")
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	rm -f "$out"/{started,status,status.new,dmesg.log,console.log,progress}
	kdir=$("$here/kernel.sh" dir "$kernel")
	emulator=$("$here/emulator.sh")
	mkdir -p /lib/modules
	write_job "$@"

	[[ -n $beside ]] || wait_for_turn
	run_guest
	verdict
}

# Read to its end before it starts: it may be edited while the guest runs. Its test
# only wants the functions.
[[ ${BASH_SOURCE[0]} != "$0" ]] || main "$@"
