#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run the unit tests and the tests of what the objects import, as one TAP
# stream. A test program that ends badly, or says less than its plan, fails.
# usage: check.sh BUILD TEST...
set -u

here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift

run() {
	name=$1
	shift
	echo "begin $name"
	"$@"
	echo "end $?"
}

run_all() {
	# The policy allocates nothing; only a failing test leaves its world.
	export ASAN_OPTIONS=detect_leaks=0 CMOCKA_MESSAGE_OUTPUT=TAP
	for name in "$@"; do
		run "$name" timeout 120 "$build/$name"
	done
	run purity "$here/purity.sh" "$build"
}

run_all "$@" | awk '
	function result(what, name) {
		print what " " ++nr " - " name
		bad += what != "ok"
	}
	BEGIN { print "TAP version 13" }
	$1 == "begin" { name = $2; plan = -1; seen = failed = 0; next }
	$1 == "end" {
		if (seen != plan || (!$2) != (!failed))
			result("not ok", name " (program)")
		next
	}
	/^1\.\./ { plan = substr($0, 4); next }
	/^(not )?ok / {
		seen++
		failed += $1 == "not"
		what = $1 == "not" ? "not ok" : "ok"
		sub(/^(not )?ok [0-9]+ - /, "")
		result(what, $0)
		next
	}
	/^TAP version/ || /^# (not )?ok - / { next }
	{ print }
	END { print "1.." nr; exit bad != 0 }'
