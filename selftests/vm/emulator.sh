#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the QEMU that boots the guests.
#
# Before 8.1, QEMU's multi-threaded emulation translates a page of code without
# holding it locked: it may keep running a breakpoint that the kernel wrote for
# a moment where it patches itself, and the kernel dies of it. Debian 12's QEMU
# is older, so the one of its backports is unpacked into the cache and run from
# there; nothing that is installed changes. The installed one has brought the
# libraries that both need.

set -euo pipefail

. "$(dirname "$0")/lib.sh"
packages=(qemu-system-x86 qemu-system-common qemu-system-data seabios)
wanted=8.1
unpacked=$cache/qemu
tmp=''

recent()
{
	local version

	version=$("$1" --version 2>/dev/null | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p')
	[[ -n $version && $(printf '%s\n' "$wanted" "$version" | sort -V | head -n 1) == "$wanted" ]]
}

# apt with package lists of its own, so that the machine's stay as they are.
apt_aside()
{
	apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$tmp/sources.list" \
		-o Dir::Etc::sourceparts=- -o Dir::State::lists="$tmp/lists" \
		-o Dir::Cache="$tmp/cache" "$@" >&2
}

fetch()
{
	apt_aside update && (cd "$tmp/debs" && apt_aside download "${packages[@]}")
}

unpack()
{
	local uri codename key package

	read -r uri codename key < <(release) || die "apt knows no Debian mirror"
	[[ $key == /* ]] || key=/usr/share/keyrings/debian-archive-keyring.gpg
	tmp=$(mktemp -d "$cache/.qemu.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	mkdir -p "$tmp"/{lists/partial,cache/archives/partial,debs,root}
	echo "deb [signed-by=$key] $uri $codename-backports main" >"$tmp/sources.list"
	echo "emulator.sh: downloading QEMU from $codename-backports" >&2
	retry fetch || die "cannot download QEMU from $codename-backports"
	for package in "$tmp"/debs/*.deb; do
		dpkg -x "$package" "$tmp/root"
	done
	recent "$tmp/root/usr/bin/qemu-system-x86_64" ||
		die "the QEMU of $codename-backports does not run here, or is older than $wanted"
	chmod 755 "$tmp/root"
	mv -T "$tmp/root" "$unpacked"
}

installed=$(command -v qemu-system-x86_64) || die "no qemu-system-x86_64 is installed"
if recent "$installed"; then
	echo "$installed"
	exit
fi
mkdir -p "$cache"
exec 9>"$cache/.qemu.lock"
flock 9
[[ -d $unpacked ]] || unpack
echo "$unpacked/usr/bin/qemu-system-x86_64"
