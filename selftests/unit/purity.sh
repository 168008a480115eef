#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The policy imports nothing but the memory functions that a compiler may emit
# on its own: it cannot allocate, lock, log or read a clock. A 32-bit object
# also shows that every 64-bit division goes through a helper of the kernel.
# CC, INCLUDE and POLICY, the library as it is used, come from the Makefile; TAP on
# stdout.
# usage: purity.sh BUILD
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
dir=$1/purity
failed=0
nr=0

ok() {
	nr=$((nr + 1))
	echo "ok $nr - $1"
}

not_ok() {
	nr=$((nr + 1))
	echo "not ok $nr - $1"
	echo "# $2" | tr '\n' ' '
	echo
	failed=1
}

# All the policy's files as one relocatable object: NAME.o.
link_native() {
	# shellcheck disable=SC2086 # a list of words
	$CC -nostdlib -r -o "$dir/native.o" -Wl,--whole-archive "$POLICY"
}

# The headers of the 64-bit userspace serve for 32 bits too: nothing is linked with it.
link_m32() {
	m32="-m32 -fno-pic -DSHIM_EXTERN_DIV -idirafter /usr/include/$($CC -print-multiarch)"
	mkdir -p "$dir/m32" || return 1
	for src in "$top"/kmod/policy*.c; do
		# shellcheck disable=SC2086
		$CC -O2 -ffreestanding $INCLUDE $m32 -c "$src" \
			-o "$dir/m32/$(basename "$src" .c).o" || return 1
	done
	# shellcheck disable=SC2086
	$CC -m32 -nostdlib -r -o "$dir/m32.o" "$dir/m32"/policy*.o
}

# imports NAME ALLOWED: what the object imports beyond an extended regex.
imports() {
	nm -u "$dir/$1.o" | awk 'NF == 2 { print $2 }' | grep -Evx "$2"
}

check() {
	name=$1
	allowed=$2
	if ! "link_$name"; then
		not_ok "policy_purity_$name" "does not compile"
		return
	fi
	found=$(imports "$name" "$allowed")
	if [ -z "$found" ]; then
		ok "policy_purity_$name"
	else
		not_ok "policy_purity_$name" "imports $found"
	fi
}

echo "TAP version 13"
echo "1..2"
mkdir -p "$dir" || exit 1
check native 'memset|memcpy|memmove'
if echo 'int x;' | $CC -m32 -x c -c -o /dev/null - 2>/dev/null; then
	check m32 'memset|memcpy|memmove|div_u64'
else
	ok "policy_purity_m32 # SKIP the compiler has no -m32"
fi
exit $failed
