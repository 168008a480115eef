#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs test programs, built or scripts, and gives their cases as one KTAP.
#
# usage: O=BUILD run.sh PROGRAM...      in BUILD, a script here, or a path

cd "$(dirname "$0")" || exit 1
build=${O:-build}
number=0 failed=0

export CMOCKA_MESSAGE_OUTPUT=TAP

# result STATUS NAME: a case
result()
{
	if [[ $1 -eq 0 ]]; then
		echo "ok $((++number)) $2"
	else
		echo "not ok $((++number)) $2"
		failed=1
	fi
}

# cases PROGRAM: the cases in the output on stdin; what else it says, as remarks
cases()
{
	local line planned=-1 ran=0

	while IFS= read -r line; do
		if [[ $line =~ ^1\.\.([0-9]+)$ ]]; then
			planned=${BASH_REMATCH[1]}
		elif [[ $line =~ ^(not )?ok\ [0-9]+\ (- )?(.*)$ ]]; then
			: $((++ran))
			[[ -z ${BASH_REMATCH[1]} ]]
			result $? "$1: ${BASH_REMATCH[3]}"
		elif [[ ! $line =~ ^(TAP version.*|# (not )?ok - .*)$ ]]; then
			echo "# ${line#\# }"
		fi
	done
	[[ $ran -eq $planned ]] || result 1 "$1: $ran of $planned cases ran"
}

echo "TAP version 13"
for program in "$@"; do
	path=$build/$program
	[[ $program != *.py ]] || path=./$program
	[[ $program != /* ]] || path=$program
	output=$("$path" 2>&1)
	status=$?
	before=$failed failed=0
	program=${program##*/}
	cases "${program%.*}" <<<"$output"
	# A leak or a crash at the end is no case's failure, but the program's.
	[[ $status -eq 0 || $failed -ne 0 ]] || result 1 "${program%.*}: exit $status"
	failed=$((failed | before))
done
echo "1..$number"
exit "$failed"
