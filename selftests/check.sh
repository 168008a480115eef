#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that must hold: lint, the tests that need no kernel, and the kernel
# tests in booted guests. Those that measure time, or need two CPUs for what they
# race (alone=PROGRAM... in the settings of their directory), come first on every
# CPU; everything else runs beside them on what they leave, in a guest of one CPU,
# which emulation does faster. Those that need a guest that counts instructions
# (counted=PROGRAM...) have one of their own. The last line sums up all cases; before
# it stands how many programs were run again, as their settings allow.
#
# usage: check.sh [KSELFTEST-DIR[:PROGRAM]]...    only these kernel tests

set -u

here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT
pass=0 fail=0 skip=0 retried=0
idle=(chrt -i 0)
minutes=15
suites=(unit rssctl/unit sim runner)

# run_part NAME CMD...: its output and status into files
run_part()
{
	local name=$1 status=0

	shift
	mkdir -p "$out/$name"
	"$@" >"$out/$name/log" 2>&1 || status=$?
	echo "$status" >"$out/$name/status"
}

# count_part NAME: a program that printed TAP; one that ended badly, or ran no
# case at all, without saying so is a failure too
count_part()
{
	local log=$out/$1/log status before=$fail

	echo "# $1"
	cat "$log"
	status=$(<"$out/$1/status")
	grep -qE '^(not )?ok ' "$log" || status=1
	pass=$((pass + $(grep -E '^ok ' "$log" | grep -cv '# SKIP')))
	fail=$((fail + $(grep -c '^not ok ' "$log")))
	skip=$((skip + $(grep -cE '^ok .*# SKIP' "$log")))
	if [[ $status -ne 0 && $fail -eq $before ]]; then
		echo "not ok $1 # exit=$status"
		fail=$((fail + 1))
	fi
}

# Everything that is no part of the guests, too; TAP
build_all()
{
	echo "TAP version 13"
	echo "1..1"
	if "${idle[@]}" make -s -C "$here/.." tools; then
		echo "ok 1 everything builds"
	else
		echo "not ok 1 everything builds"
	fi
}

no_kernel_needed()
{
	local dir

	run_part build build_all
	run_part lint "${idle[@]}" "$here/lint/lint.sh"
	for dir in "${suites[@]}"; do
		run_part "$dir" "${idle[@]}" make -s --no-print-directory -C "$here/$dir" check
	done
}

# kind_of PROGRAM SETTINGS: alone, counted or beside
kind_of()
{
	local kind

	for kind in alone counted; do
		[[ " $(sed -n "s/^$kind=//p" "$2" 2>/dev/null) " != *" $1 "* ]] ||
			{ echo $kind; return; }
	done
	echo beside
}

# kernel_programs: KIND DIR:PROGRAM, one a line
kernel_programs()
{
	local makefile dir program

	grep -l '^include \.\./lib\.mk' "$here"/*/Makefile | while read -r makefile; do
		dir=$(dirname "$makefile")
		for program in $(make -s --no-print-directory -C "$dir" list); do
			echo "$(kind_of "$program" "$dir/settings") ${dir##*/}:$program"
		done
	done
}

# programs_of KIND: of $programs
programs_of()
{
	sed -n "s/^$1 //p" <<<"$programs"
}

# only WORD...: what of $programs is named so, by its directory or whole
only()
{
	local word status=0

	for word; do
		grep -E " $word(:|\$)" <<<"$programs" ||
			{ echo "check.sh: no kernel test '$word'" >&2; status=1; }
	done
	return "$status"
}

# kernel_tests NAME [RUN.SH-OPTION]... -- KSELFTEST...
kernel_tests()
{
	local name=$1 limit=2400 status=0 options=()

	shift
	until [[ $1 == -- ]]; do
		options+=("$1")
		shift
	done
	shift
	[[ -z ${RSSE_LONG:-} ]] || limit=7200
	mkdir -p "$out/$name"
	echo "# kernel tests: $*"
	"$here/vm/run.sh" "${options[@]}" -m 2G -t "$limit" -o "$out/$name" -- \
		"$here/run_kselftests.sh" "$@" || status=$?
	echo "$status" >"$out/$name/exit"
}

count_kernel_tests()
{
	local p=0 f=0 s=0 r=0 status

	status=$(<"$out/$1/exit")
	[[ ! -f $out/$1/progress ]] ||
		read -r p f s r <"$out/$1/progress"
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s)) retried=$((retried + r))
	[[ $status -eq 0 || $f -gt 0 ]] || fail=$((fail + 1))
	[[ $status -ne 125 || $f -eq 0 ]] || fail=$((fail + 1))
}

tell_time()
{
	echo "# took $((SECONDS / 60)) min $((SECONDS % 60)) s"
	[[ -n ${RSSE_LONG:-} || $SECONDS -le $((minutes * 60)) ]] ||
		echo "# WARNING: that is more than $minutes minutes"
}

make -s -j2 -C "$here/.." guest || fail=$((fail + 1))
programs=$(kernel_programs)
[[ $# -eq 0 ]] || programs=$(only "$@") || exit 1
mapfile -t alone < <(programs_of alone)
mapfile -t counted < <(programs_of counted)
mapfile -t beside < <(programs_of beside)
if [[ $# -eq 0 ]]; then
	kernel_tests beside -b -s 1 -- "${beside[@]}" >"$out/beside.log" 2>&1 &
	{
		kernel_tests counted -b -i -- "${counted[@]}" >"$out/counted.log" 2>&1
		no_kernel_needed
	} &
	kernel_tests alone -- "${alone[@]}"
	count_kernel_tests alone
	wait
	for name in counted beside; do
		cat "$out/$name.log"
		count_kernel_tests "$name"
	done
	for name in build lint "${suites[@]}"; do
		count_part "$name"
	done
else
	[[ ${#alone[@]} -eq 0 && ${#beside[@]} -eq 0 ]] || {
		kernel_tests wanted -- "${alone[@]}" "${beside[@]}"
		count_kernel_tests wanted
	}
	[[ ${#counted[@]} -eq 0 ]] || {
		kernel_tests counted -i -- "${counted[@]}"
		count_kernel_tests counted
	}
fi

tell_time
echo "$retried retried"
echo "$pass passed, $fail failed, $skip skipped"
[[ $fail -eq 0 && $pass -gt 0 ]]
