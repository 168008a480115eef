#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run_kselftests.sh, with programs made up for it: what is run again, what is
# counted, and what is told. And what a guest is judged by when it has ended, with
# logs made up for it.

. "$(dirname "$0")/../lib.sh"

ktap_plan 16

dir=$(mktemp -d)
defer rm -rf "$dir"
cp "$selftests/run_kselftests.sh" "$selftests/lib.mk" "$dir"
mkdir "$dir/made"
cat >"$dir/made/Makefile" <<-'END'
	TEST_PROGS := good.sh moody.sh bad.sh short.sh twice.sh

	include ../lib.mk
END
echo "attempts=moody.sh:3 broken.sh:2" >"$dir/made/settings"

# program NAME SCRIPT: a program of the directory
program()
{
	printf '#!/bin/bash\n%s\n' "$2" >"$dir/made/$1"
	chmod +x "$dir/made/$1"
}

program good.sh 'printf "1..2\nok 1 a\nok 2 b # SKIP no\n"'
# Bad twice, then good.
# shellcheck disable=SC2016 # it expands it
program moody.sh 'echo >>tries
	printf "1..1\n"
	[[ $(wc -l <tries) -lt 3 ]] && { echo "not ok 1 mood"; exit 1; }
	echo "ok 1 mood"'
program bad.sh 'printf "1..1\nnot ok 1 never\n"; exit 1'
program broken.sh 'printf "1..1\nnot ok 1 never\n"; exit 1'
program short.sh 'printf "1..2\nok 1 first\n"'
program twice.sh 'printf "1..3\nok 1 one\nok 2 - one # SKIP no\nok 3 another\n"'

# totals WANT PROGRAM...: of a run of these
totals()
{
	local want=$1

	shift
	rm -f "$dir/made/tries"
	RSSE_OUT=$dir "$dir/run_kselftests.sh" "${@/#/made:}" >"$dir/log" 2>&1
	[[ $(tail -n 1 "$dir/log") == "# Totals: $want" ]] || { cat "$dir/log"; return 1; }
}

# times N PATTERN: so many lines of the last run
times()
{
	[[ $(grep -c -- "$2" "$dir/log") -eq $1 ]] || { cat "$dir/log"; return 1; }
}

check "cases are counted" totals "pass:1 fail:0 skip:1 retried:0" good.sh
check "one with more attempts is run again, and that is told" \
	totals "pass:2 fail:0 skip:1 retried:1" good.sh moody.sh
check "what failed before stands in the log" times 2 '^# not ok 1 mood'
check "so do the counts" [ "$(cat "$dir/progress")" == "2 0 1 1" ]
check "one without is run once" totals "pass:0 fail:1 skip:0 retried:0" bad.sh
check "the last attempt counts" totals "pass:0 fail:1 skip:0 retried:1" broken.sh
check "a plan that was not met is a failure" totals "pass:1 fail:1 skip:0 retried:0" short.sh
check "so is a name that two cases have" totals "pass:2 fail:1 skip:1 retried:0" twice.sh
check "which is told" times 1 '^# more than one case is named: one$'

out=$dir/guest
mkdir "$out"

# guest STATUS CONSOLE DMESG: what a guest has left; no STATUS: it came to no end
guest()
{
	rm -f "$out"/*
	[[ -z $1 ]] || echo "$1" >"$out/status"
	printf '%s\r\n' "[    0.0] Linux version 6.12" "$2" >"$out/console.log"
	[[ -z $3 ]] || echo "$3" >"$out/dmesg.log"
}

# verdict STATUS PATTERN: what run.sh makes of that
verdict()
{
	local said status=0

	# shellcheck disable=SC2016 # it expands it
	said=$(bash -c '. "$1"; out=$2 keep=1; verdict' verdict "$selftests/vm/run.sh" "$out" 2>&1) ||
		status=$?
	[[ $status -eq $1 ]] && grep -q -- "$2" <<<"$said" && return
	echo "status $status, it said: $said"
	return 1
}

# What a kernel says when all is well, or when somebody else is to blame.
quiet="rss_engine: loading out-of-tree module taints kernel."
guest 0 "$quiet" "$quiet"
check "a guest that ends well" verdict 0 '^$'
guest 3 "$quiet" "$quiet"
check "one whose job has failed" verdict 3 '^$'
guest "" "$quiet" ""
check "one that came to no end: no verdict" verdict 125 'the guest gave no verdict'
check "its last words are told" verdict 125 "$quiet"
guest 0 "$quiet" "WARNING: CPU: 0 PID: 7 at net/core/dev.c:1 dev_close+0x1/0x2"
check "a complaint outweighs the job's status" verdict 125 'dev_close+0x1/0x2'
guest 0 "BUG: kernel NULL pointer dereference, address: 0" ""
check "one on the console alone, too" verdict 125 'NULL pointer'

# Each is found by a pattern of its own.
complaints()
{
	cat <<-'END'
		WARNING: CPU: 0 PID: 7 at net/core/dev.c:1 dev_close+0x1/0x2
		BUG: kernel NULL pointer dereference, address: 0000000000000008
		kernel BUG at mm/slub.c:448!
		Oops: 0002 PREEMPT SMP NOPTI
		general protection fault, probably for non-canonical address 0xdead
		Kernel panic - not syncing: Fatal exception in interrupt
		Call Trace:
		unregister_netdevice: waiting for pnic0 to become free. Usage count = 2
		refcount_t: underflow; use-after-free.
		rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks
		rcu_preempt self-detected stall on CPU
		rcu_sched detected stalls on CPUs/tasks
		INFO: task rmmod:7 blocked for more than 120 seconds.
		possible circular locking dependency detected
		possible recursive locking detected
		inconsistent lock state
		suspicious RCU usage
		held lock freed!
		watchdog: soft lockup - CPU#0 stuck for 22s!
		watchdog: hard LOCKUP on cpu 1
		kmemleak: 1 new suspected memory leaks
		ref_tracker: net device pnic0 leaked 1 references
		Objects remaining in rsse_vm on __kmem_cache_shutdown()
		list_add corruption. prev->next should be next
		UBSAN: array-index-out-of-bounds in kmod/vm.c:1:2
		KASAN: slab-use-after-free in rsse_vm_del+0x1/0x2
		KCSAN: data-race in rsse_plan / rsse_load
		scheduling while atomic: rssctl/7/0x00000002
		sleeping function called from invalid context at mm/slab.h:1
		Bad page state in process rssctl
		irq 11: nobody cared (try booting with the "irqpoll" option)
		rss_engine is still in use
		stack guard page was hit at 0000000000000000
		Out of memory: Killed process 7 (miniguest)
		rssctl: page allocation failure: order:4, mode:0x40dc0
	END
}
each_complaint()
{
	local line

	while read -r line; do
		guest 0 "$quiet" "$line"
		verdict 125 "$line" || { echo "not found: $line"; return 1; }
	done < <(complaints)
}
check "every kind of complaint is one" each_complaint
ktap_end
