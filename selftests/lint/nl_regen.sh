#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Generates the netlink code from the spec with the kernel's own generator.
#
# usage: nl_regen.sh [check]     check: compare with what is committed

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../.." && pwd)
source=$("$checkout/selftests/vm/kernel.sh" source "${RSSE_KERNEL:-6.12}")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The generator finds its schemas beside the spec, and the root of the tree,
# which it notes the spec's path from, by this file.
mkdir -p "$tmp/Documentation/netlink/specs"
touch "$tmp/MAINTAINERS"
cp "$source"/Documentation/netlink/*.yaml "$tmp/Documentation/netlink/"
cp "$checkout/Documentation/netlink/specs/rss_engine.yaml" "$tmp/Documentation/netlink/specs/"

# generate MODE KIND FILE
generate()
{
	local out

	out=$tmp/$(basename "$3")
	(cd "$tmp" && PYTHONDONTWRITEBYTECODE=1 python3 "$source/tools/net/ynl/ynl-gen-c.py" \
		--spec Documentation/netlink/specs/rss_engine.yaml \
		--mode "$1" "--$2" -o "$out")
	if [[ $mode == check ]]; then
		diff -u "$checkout/$3" "$out" || status=1
	else
		cp "$out" "$checkout/$3"
	fi
}

mode=${1:-write}
status=0
generate kernel source kmod/nl_gen.c
generate kernel header kmod/nl_gen.h
generate uapi header include/uapi/linux/rss_engine.h
exit $status
