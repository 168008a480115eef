#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run_kselftests.sh, with programs made up for it: what is run again, what is
# counted, and what is told.

. "$(dirname "$0")/../lib.sh"

ktap_plan 7

dir=$(mktemp -d)
defer rm -rf "$dir"
cp "$selftests/run_kselftests.sh" "$selftests/lib.mk" "$dir"
mkdir "$dir/made"
cat >"$dir/made/Makefile" <<-'END'
	TEST_PROGS := good.sh moody.sh bad.sh short.sh

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
ktap_end
