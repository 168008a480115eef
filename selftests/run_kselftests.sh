#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs test programs as kselftests are run and sums up their KTAP.
#
# usage: run_kselftests.sh [DIR[:PROGRAM]]...
#
# Without arguments: all directories below selftests/ whose Makefile includes
# lib.mk. Exit 0 only when nothing failed. The last line, "# Totals: pass:N
# fail:N skip:N retried:N", counts cases, and programs that were run again; with
# RSSE_OUT the counts so far are in $RSSE_OUT/progress, should the guest not come
# to an end.

set -u

here=$(cd "$(dirname "$0")" && pwd)
default_timeout=180
pass=0 fail=0 skip=0 retried=0 number=0

directories()
{
	grep -l '^include \.\./lib\.mk' "$here"/*/Makefile | xargs -n 1 dirname | xargs -n 1 basename
}

# What a program must not leave behind, as text to compare.
traces()
{
	ls /sys/class/net
	lsmod | awk '$1 ~ /^rss_(engine|simnic)$/ { print $1 }'
	ip netns list
}

# setting DIR NAME DEFAULT: from the settings file of a directory
setting()
{
	local value

	value=$(sed -n "s/^$2=//p" "$here/$1/settings" 2>/dev/null)
	echo "${value:-$3}"
}

# attempts_of DIR PROGRAM: one, unless the settings say attempts=PROGRAM:N...
attempts_of()
{
	local entry

	for entry in $(setting "$1" attempts ''); do
		[[ ${entry%:*} != "$2" ]] || { echo "${entry##*:}"; return; }
	done
	echo 1
}

timeout_of()
{
	local limit

	limit=$(setting "$1" timeout "$default_timeout")
	[[ -z ${RSSE_LONG:-} ]] || limit=$((limit * 10))
	echo "$limit"
}

# The names of cases of which there are more than one
named_twice()
{
	sed -nE 's/^(not )?ok [0-9]+ (- )?//p' "$1" | sed 's/ # SKIP.*//' | sort | uniq -d
}

# Nested KTAP: cases are counted; a plan that was not met, and a name that could be
# two cases, are failures.
count_cases()
{
	local log=$1 planned ran twice

	planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | head -n 1)
	ran=$(grep -cE '^(not )?ok ' "$log")
	skip=$((skip + $(grep -cE '^ok .*# SKIP' "$log")))
	pass=$((pass + $(grep -E '^ok ' "$log" | grep -cv '# SKIP')))
	fail=$((fail + $(grep -c '^not ok ' "$log")))
	if [[ -z $planned || $planned -ne $ran ]]; then
		echo "# $ran of ${planned:-no plan} cases ran"
		fail=$((fail + 1))
		return 1
	fi
	twice=$(named_twice "$log" | xargs -d '\n')
	[[ -n $twice ]] || return 0
	echo "# more than one case is named: $twice"
	fail=$((fail + 1))
	return 1
}

# A program whose verdict depends on measured time may have more than one attempt:
# another guest, or the host, may have taken the CPU away in the middle. What failed
# is printed, the last attempt counts, and the totals tell of it.
run_one()
{
	local left before=("$pass" "$fail" "$skip") again=0

	left=$(attempts_of "$@")
	number=$((number + 1))
	until attempt "$@" || ((--left == 0)); do
		echo "# $1: $2: failed; once more, as its settings allow"
		pass=${before[0]} fail=${before[1]} skip=${before[2]} again=1
	done
	retried=$((retried + again))
}

attempt()
{
	local dir=$1 program=$2 limit log status=0 before after start=$SECONDS

	limit=$(timeout_of "$dir")
	log=$(mktemp)
	before=$(traces)
	echo "# selftests: $dir: $program"
	(cd "$here/$dir" && exec timeout -k 60 "$limit" "./$program") 2>&1 |
		tee "$log" | sed -u 's/^/# /'
	status=${PIPESTATUS[0]}
	after=$(traces)

	local before_fail=$fail

	count_cases "$log" || status=1
	[[ $status -ne 124 ]] || echo "# timeout after $limit s"
	if [[ $before != "$after" ]]; then
		echo "# left behind: $(diff <(echo "$before") <(echo "$after") | grep '^[<>]' | tr '\n' ' ')"
		fail=$((fail + 1))
		status=1
	fi
	# A status that no case explains is a failure of its own.
	[[ $status -eq 0 || $status -eq 4 || $fail -gt $before_fail ]] || fail=$((fail + 1))
	rm -f "$log"
	echo "# took $((SECONDS - start)) s"
	if [[ $fail -gt $before_fail ]]; then
		echo "not ok $number selftests: $dir: $program # exit=$status"
		return 1
	else
		echo "ok $number selftests: $dir: $program"
	fi
}

wanted=("$@")
[[ ${#wanted[@]} -gt 0 ]] || mapfile -t wanted < <(directories)

jobs=()
for want in "${wanted[@]}"; do
	dir=${want%%:*}
	if [[ $want == *:* ]]; then
		jobs+=("$want")
	else
		mapfile -t programs < <(make -s --no-print-directory -C "$here/$dir" list)
		for program in "${programs[@]}"; do
			jobs+=("$dir:$program")
		done
	fi
done

echo "TAP version 13"
echo "1..${#jobs[@]}"
for job in "${jobs[@]}"; do
	run_one "${job%%:*}" "${job#*:}"
	[[ -z ${RSSE_OUT:-} ]] || echo "$pass $fail $skip $retried" >"$RSSE_OUT/progress"
done
echo "# Totals: pass:$pass fail:$fail skip:$skip retried:$retried"
[[ $fail -eq 0 && ${#jobs[@]} -gt 0 ]]
