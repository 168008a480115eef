#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs as process 1 of the guest: completes the mounts, runs the job that
# run.sh left in the writable share, and writes the verdict last.

share=/run/rsse

# What the job file sets.
job_checkout='' job_cache='' job_kernel='' job_cwd=''
job_argv=()

complete_mounts()
{
	mount -t tmpfs -o mode=755 run /run
	mkdir -p "$share" /run/host
	mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=none share "$share"

	# A checkout or a cache below /tmp must outlive the tmpfs on top of it.
	mount --bind / /run/host
	mount -t tmpfs -o mode=1777 tmp /tmp
	# shellcheck source=/dev/null
	. "$share/job"
	local dir

	for dir in "$job_checkout" "$job_cache"; do
		[[ $dir == /tmp/* ]] || continue
		mkdir -p "$dir"
		mount --bind "/run/host$dir" "$dir"
	done
	umount -l /run/host

	ln -s /proc/self/fd /dev/fd
	ln -s fd/1 /dev/stdout
	ln -s fd/2 /dev/stderr
	mkdir -p /dev/pts /dev/shm
	mount -t devpts devpts /dev/pts
	mount -t tmpfs shm /dev/shm
	mount -t debugfs debugfs /sys/kernel/debug
	mount -t tracefs tracefs /sys/kernel/tracing
	# To note names the scheduler would be patched whenever an event is switched on
	# or off, and emulated CPUs now and then trip over code that is there no more.
	echo 0 >/sys/kernel/tracing/options/record-cmd
	mount --bind "$job_kernel/lib/modules" /lib/modules
}

# The last words of the guest. Nothing may be exec'd once the power is going:
# the root goes first.
power_off()
{
	echo o >/proc/sysrq-trigger
	while :; do :; done
}

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/tmp LC_ALL=C.UTF-8 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
export RSSE_OUT=$share

complete_mounts >/dev/kmsg 2>&1
ip link set lo up
echo 1 >/proc/sys/kernel/sysrq

: >"$share/started"
# A pipe, because the port can be opened only once and /dev/stderr reopens.
(cd "$job_cwd" && exec "${job_argv[@]}") </dev/null 2>&1 | cat >/dev/vport0p1
status=${PIPESTATUS[0]}

dmesg --color=never >"$share/dmesg.log"
echo "$status" >"$share/status.new"
sync
mv "$share/status.new" "$share/status"
power_off
