#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything that must hold: lint, the tests that need no kernel, then the
# kernel tests in a booted guest. The last line sums up all cases.
#
# usage: check.sh [KSELFTEST-DIR[:PROGRAM]]...    limits the kernel tests

set -u

here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
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

kernel_tests()
{
	local p=0 f=0 s=0 status=0 limit=2400

	[[ -z ${RSSE_LONG:-} ]] || limit=7200
	echo "# kernel tests"
	"$here/vm/run.sh" -m 2G -t "$limit" -o "$out/guest" -- \
		"$here/run_kselftests.sh" "$@" || status=$?
	[[ ! -f $out/guest/progress ]] ||
		read -r p f s <"$out/guest/progress"
	pass=$((pass + p)) fail=$((fail + f)) skip=$((skip + s))
	[[ $status -eq 0 || $f -gt 0 ]] || fail=$((fail + 1))
	[[ $status -ne 125 || $f -eq 0 ]] || fail=$((fail + 1))
}

make -s -j2 -C "$here/.." all || fail=$((fail + 1))
if [[ $# -eq 0 ]]; then
	step "lint" "$here/lint/lint.sh"
	for dir in unit rssctl/unit; do
		step "$dir" make -s --no-print-directory -C "$here/$dir" check
	done
fi
kernel_tests "$@"

echo "$pass passed, $fail failed, $skip skipped"
[[ $fail -eq 0 && $pass -gt 0 ]]
