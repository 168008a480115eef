#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Keeps Debian kernels in a cache outside the checkout and says where they are.
#
# usage: kernel.sh version [KERNEL]   fetch if needed, print the version
#        kernel.sh headers [KERNEL]   ... print the directory modules build against
#        kernel.sh dir [KERNEL]       ... print the directory of the unpacked packages
#        kernel.sh initramfs [KERNEL] ... print the initramfs that boots over 9p
#        kernel.sh source [KERNEL]    ... print the kernel source (scripts/, tools/net/ynl/)
#
# KERNEL is a series (6.12: Debian's newest), sid (Debian sid's newest, see sid.sh)
# or a full version (6.12.117+deb12-amd64; of sid only one that is there). A series
# and sid stay at what was the newest when first asked for. The environment may set
# RSSE_CACHE.

set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
sid=$cache/chroots/sid

# The meta package of a series names the newest version by its dependency.
newest()
{
	LC_ALL=C apt-cache depends "linux-image-$1-amd64" 2>/dev/null |
		sed -n 's/^ *Depends: linux-image-\(.*\)$/\1/p' | head -n 1
}

resolve()
{
	case $1 in
	*-amd64) echo "$1"; return ;;
	sid) "$here/sid.sh" version; return ;;
	esac

	local link=$cache/kernels/series-$1 version

	[[ -L $link ]] && { readlink "$link"; return; }
	version=$(newest "$1")
	if [[ -z $version ]]; then
		retry apt-get -qq update >&2
		version=$(newest "$1")
	fi
	[[ -n $version ]] || die "Debian's package lists here have no linux-image-$1-amd64"
	echo "$version"
}

fetch_deb()
{
	local name=$1

	compgen -G "$cache/debs/${name}_*.deb" >/dev/null && return
	echo "kernel.sh: downloading $name" >&2

	local tmp

	tmp=$(mktemp -d "$cache/debs/.fetch.XXXXXX")
	(cd "$tmp" && retry apt-get -qq -o APT::Sandbox::User=root download "$name" >&2) || {
		rm -rf "$tmp"
		die "cannot download $name (of Debian sid only the newest can be had: KERNEL=sid)"
	}
	mv "$tmp"/*.deb "$cache/debs/"
	rmdir "$tmp"
}

unpack_debs()
{
	local dest=$1 name

	shift
	for name; do
		fetch_deb "$name"
		dpkg -x "$(compgen -G "$cache/debs/${name}_*.deb" | head -n 1)" "$dest"
	done
}

# Debian's header packages name each other by absolute paths under /usr.
relocate_headers()
{
	local root=$1 final=$2

	sed -i "s|/usr/src/linux-headers-|$final/usr/src/linux-headers-|g" \
		"$root"/usr/src/linux-headers-*-amd64/Makefile
}

install_kernel()
{
	local version=$1
	local dest=$cache/kernels/$version base=${1%-amd64}

	[[ -d $dest ]] && return

	local tmp

	tmp=$(mktemp -d "$cache/kernels/.unpack.XXXXXX")
	if [[ -d $sid/usr/src/linux-headers-$version ]]; then
		"$here/sid.sh" kernel "$tmp"
	else
		unpack_debs "$tmp" "linux-image-$version" "linux-headers-$version" \
			"linux-headers-$base-common" "linux-kbuild-$base"
		relocate_headers "$tmp" "$dest"
	fi
	depmod -b "$tmp" "$version"
	chmod 755 "$tmp"
	mv -T "$tmp" "$dest"
}

# Those of sid stay in its chroot.
headers()
{
	local root

	for root in "$cache/kernels/$1" "$sid"; do
		[[ ! -d $root/usr/src/linux-headers-$1 ]] ||
			{ echo "$root/usr/src/linux-headers-$1"; return; }
	done
	die "the headers of $1 are gone"
}

# read_module FILE: as the kernel takes it
read_module()
{
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*.zst)
		command -v zstd >/dev/null || die "zstd has to be installed for ${1##*/}"
		zstd -qdc "$1"
		;;
	*) cat "$1" ;;
	esac
}

make_initramfs()
{
	local version=$1 out=$2
	local kdir=$cache/kernels/$version tmp

	tmp=$(mktemp -d "$cache/.initramfs.XXXXXX")
	mkdir -p "$tmp"/{bin,dev,proc,sys,modules,newroot}
	cp "$(command -v busybox)" "$tmp/bin/busybox"
	install -m 755 "$here/initramfs-init" "$tmp/init"

	local n=10 path name

	while read -r _ path _; do
		name=${path##*/}
		read_module "$path" >"$tmp/modules/$n-${name%.ko*}.ko"
		n=$((n + 1))
	done < <(modprobe -d "$kdir" -S "$version" -a --show-depends 9pnet_virtio 9p |
		 awk '$1 == "insmod" && !seen[$2]++')
	(cd "$tmp" && find . | cpio --quiet -o -H newc | gzip -1) >"$out.tmp"
	mv "$out.tmp" "$out"
	rm -rf "$tmp"
}

# Named after what it is made of: an edited init makes a new image.
initramfs()
{
	local sum

	sum=$(cat "$here/initramfs-init" "$0" | sha256sum | cut -c1-12)

	local out=$cache/kernels/$1/initramfs-$sum.gz

	[[ -f $out ]] || make_initramfs "$1" "$out"
	echo "$out"
}

# Only what lint and the netlink code generator read.
source_tree()
{
	local series

	series=$(cut -d. -f1,2 <<<"$1")

	local dest=$cache/source/$series

	if [[ ! -d $dest ]]; then
		local tmp

		mkdir -p "$cache/source"
		tmp=$(mktemp -d "$cache/source/.unpack.XXXXXX")
		unpack_debs "$tmp" "linux-source-$series"
		mkdir "$tmp/tree"
		tar -C "$tmp/tree" --strip-components=1 --wildcards -xf \
			"$tmp/usr/src/linux-source-$series.tar.xz" \
			"linux-source-$series/scripts" "linux-source-$series/tools/net/ynl" \
			"linux-source-$series/Documentation/netlink" \
			"linux-source-$series/Documentation/dev-tools/checkpatch.rst" \
			"linux-source-$series/COPYING" "linux-source-$series/Makefile" >&2
		mv -T "$tmp/tree" "$dest"
		rm -rf "$tmp"
	fi
	echo "$dest"
}

[[ $# -ge 1 && $# -le 2 ]] || die "usage: kernel.sh version|headers|dir|initramfs|source [KERNEL]"

mkdir -p "$cache/kernels" "$cache/debs" || die "cannot write to $cache"
exec 9>"$cache/.lock"
flock 9
# What an interrupted one left, and whatever this one leaves
trap 'rm -rf "$cache"/*/.unpack.* "$cache"/debs/.fetch.* "$cache"/.initramfs.*' EXIT

kernel=${2:-6.12}
version=$(resolve "$kernel")
install_kernel "$version"
[[ $kernel == "$version" ]] || ln -sfn "$version" "$cache/kernels/series-$kernel"

case $1 in
version) echo "$version" ;;
headers) headers "$version" ;;
dir) echo "$cache/kernels/$version" ;;
initramfs) initramfs "$version" ;;
source) source_tree "$version" ;;
*) die "unknown request '$1'" ;;
esac
