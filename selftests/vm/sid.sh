#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian sid's newest kernel, and a chroot to build for it: its headers need a compiler
# and a C library newer than those of the machine. What was the newest when the chroot
# was made stays; who wants a newer one removes the chroot.
#
# usage: sid.sh version           make the chroot if needed, print its kernel's version
#        sid.sh kernel DIR        unpack that kernel's image and modules into DIR
#        sid.sh run CHECKOUT CMD  run CMD in the chroot, CHECKOUT at its own path
#
# The environment may set RSSE_CACHE. kernel.sh calls the first two with its lock held.

set -euo pipefail

. "$(dirname "$0")/lib.sh"
root=$cache/chroots/sid
debs=/var/cache/kernel
tmp=''
include=make,libc6-dev,pahole,kmod,linux-headers-amd64

install_debootstrap()
{
	command -v debootstrap >/dev/null && return
	retry apt-get -qq update >&2
	DEBIAN_FRONTEND=noninteractive retry apt-get -qq -y --no-install-recommends \
		install debootstrap >/dev/null
}

# A directory that debootstrap left half-made is of no use to its next try.
bootstrap()
{
	rm -rf "$1"
	unshare -m --propagation private debootstrap --variant=minbase --include="$include" \
		sid "$1" "$2" >&2
}

# kernel_version ROOT
kernel_version()
{
	local headers

	headers=$(compgen -G "$1/usr/src/linux-headers-*-amd64") || die "no headers in $1"
	echo "${headers##*/linux-headers-}"
}

# The image is in several packages. sid forgets them soon: they come with the chroot.
# shellcheck disable=SC2016 # the inner shell expands it
download_kernel()
{
	local version

	version=$(kernel_version "$1")
	mkdir -p "$1$debs"
	retry chroot "$1" sh -c 'cd "$1" && shift && exec "$@"' _ "$debs" \
		apt-get -qq -o APT::Sandbox::User=root download \
		"linux-binary-$version" "linux-modules-$version" "linux-base-$version" >&2
}

make_chroot()
{
	[[ ! -d $root ]] || return 0

	local uri

	read -r uri _ < <(release) || die "apt knows no Debian mirror"
	install_debootstrap || die "cannot install debootstrap"
	mkdir -p "$cache/chroots"
	tmp=$(mktemp -d "$cache/chroots/.sid.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	echo "sid.sh: making a chroot of Debian sid" >&2
	retry bootstrap "$tmp/root" "$uri" || die "cannot make a chroot of Debian sid"
	download_kernel "$tmp/root" || die "cannot download Debian sid's kernel"
	mv -T "$tmp/root" "$root"
}

unpack_kernel()
{
	local dest=$1 version deb

	version=$(kernel_version "$root")
	for deb in "$root$debs"/*.deb; do
		dpkg -x "$deb" "$dest"
	done
	# Where those of other releases are
	ln -s usr/lib "$dest/lib"
	mkdir -p "$dest/boot"
	ln -s "../lib/modules/$version/vmlinuz" "$dest/boot/vmlinuz-$version"
}

# In mounts of its own: nothing stays mounted, however it ends.
run()
{
	local checkout=$1

	shift
	[[ -d $root ]] || die "no chroot: kernel.sh makes it"
	mkdir -p "$root$checkout"
	# shellcheck disable=SC2016 # the inner shell expands it
	exec unshare -m --propagation private bash -c '
		set -e
		root=$1 checkout=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount --bind "$checkout" "$root$checkout"
		exec chroot "$root" "$@"' _ "$root" "$checkout" "$@"
}

[[ $(id -u) -eq 0 ]] || die "only root can make and enter the chroot of Debian sid"
case ${1:-} in
version) make_chroot && kernel_version "$root" ;;
kernel) unpack_kernel "$2" ;;
run) run "${@:2}" ;;
*) die "usage: sid.sh version|kernel|run" ;;
esac
