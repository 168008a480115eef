#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that must hold: lint, the tests that need no kernel, and the kernel
# tests in booted guests. Those that measure time (alone=PROGRAM... in the
# settings of their directory) have the machine to themselves; the others run in
# two guests, beside each other and beside what needs no kernel.
# The last line sums up all cases.
#
# usage: check.sh [KSELFTEST-DIR[:PROGRAM]]...    limits the kernel tests

set -u

here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$out"' EXIT
pass=0 fail=0 skip=0

count_tap()
{
	pass=$((pass + $(grep -E '^ok ' "$1" | grep -cv '# SKIP')))
	fail=$((fail + $(grep -c '^not ok ' "$1")))
	skip=$((skip + $(grep -cE '^ok .*# SKIP' "$1")))
}

# step NAME CMD...: a program that prints TAP; one that ends badly, or runs no
# case at all, without saying so is a failure too
step()
{
	local name=$1 before=$fail status

	shift
	echo "# $name"
	"$@" 2>&1 | tee "$out/log"
	status=${PIPESTATUS[0]}
	grep -qE '^(not )?ok ' "$out/log" || status=1
	count_tap "$out/log"
	if [[ $status -ne 0 && $fail -eq $before ]]; then
		echo "not ok $name # exit=$status"
		fail=$((fail + 1))
	fi
}

# kernel_programs alone|beside: DIR:PROGRAM, one a line
kernel_programs()
{
	local makefile dir program alone how

	grep -l '^include \.\./lib\.mk' "$here"/*/Makefile | while read -r makefile; do
		dir=$(dirname "$makefile")
		alone=$(sed -n 's/^alone=//p' "$dir/settings" 2>/dev/null)
		for program in $(make -s --no-print-directory -C "$dir" list); do
			how=beside
			[[ " $alone " != *" $program "* ]] || how=alone
			[[ $how != "$1" ]] || echo "${dir##*/}:$program"
		done
	done
}

# kernel_tests NAME OPTION... -- [KSELFTEST]...: in a guest, which run.sh gives the
# options; count_kernel_tests NAME sums up
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
	echo "# kernel tests: $*"
	"$here/vm/run.sh" "${options[@]}" -m 2G -t "$limit" -o "$out/$name" -- \
		"$here/run_kselftests.sh" "$@" || status=$?
	echo "$status" >"$out/$name.status"
}

count_kernel_tests()
{
	local p=0 f=0 s=0 status

	status=$(<"$out/$1.status")
	[[ ! -f $out/$1/progress ]] ||
		read -r p f s <"$out/$1/progress"
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s))
	[[ $status -eq 0 || $f -gt 0 ]] || fail=$((fail + 1))
	[[ $status -ne 125 || $f -eq 0 ]] || fail=$((fail + 1))
}

make -s -j2 -C "$here/.." all || fail=$((fail + 1))
if [[ $# -eq 0 ]]; then
	mapfile -t alone < <(kernel_programs alone)
	mapfile -t beside < <(kernel_programs beside)
	half=$(((${#beside[@]} + 1) / 2))
	kernel_tests one -b -- "${beside[@]:0:half}" >"$out/one.log" 2>&1 &
	kernel_tests two -b -- "${beside[@]:half}" >"$out/two.log" 2>&1 &
	step "lint" "$here/lint/lint.sh"
	for dir in unit rssctl/unit sim; do
		step "$dir" make -s --no-print-directory -C "$here/$dir" check
	done
	wait
	for name in one two; do
		cat "$out/$name.log"
		count_kernel_tests "$name"
	done
	set -- "${alone[@]}"
fi
kernel_tests alone -- "$@"
count_kernel_tests alone

echo "$pass passed, $fail failed, $skip skipped"
[[ $fail -eq 0 && $pass -gt 0 ]]
