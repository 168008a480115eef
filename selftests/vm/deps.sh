#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the Debian packages that building, checking and the demo need.
# Does nothing when all are there.

set -euo pipefail

packages=(
	build-essential gcc-12 make git bc bison flex libelf-dev pahole kmod cpio xz-utils
	qemu-system-x86 busybox-static util-linux procps
	libnl-3-dev libnl-genl-3-dev libjson-c-dev libcmocka-dev pkg-config
	iproute2 ethtool jq sparse shellcheck python3 python3-yaml python3-jsonschema
	python3-docutils man-db perl valgrind
)

missing=()
for package in "${packages[@]}"; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' ||
		missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

[[ $(id -u) -eq 0 ]] || {
	echo "deps.sh: root is needed to install: ${missing[*]}" >&2
	exit 1
}

install()
{
	apt-get -qq update &&
		DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
			install "${missing[@]}" >/dev/null
}

for try in 1 2 3; do
	install && exit 0
	echo "deps.sh: attempt $try failed" >&2
	sleep $((try * 5))
done
echo "deps.sh: cannot install: ${missing[*]}" >&2
exit 1
