#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build the hub's kernel once for each set of inputs and print the folder it
# lies in: linux/ (source), build/ (for out-of-tree modules), zImage.
# Usage: image/kernel.sh [debug]        progress goes to standard error
#
# Inputs: the Debian package linux-source-6.12, hub.config (and debug.config),
# patches/, this script.  The result is kept in ${HEARTH_CACHE}/kernel-KEY.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
. "$top/tools/progress.sh"
cache=${HEARTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hearth}
variant=${1:-hub}
log=${BUILD:-$top/build}/log/kernel-$variant.log
tarball=/usr/src/linux-source-6.12.tar.xz

case $variant in
hub)	configs="$here/hub.config" ;;
debug)	configs="$here/hub.config $here/debug.config" ;;
*)	echo "kernel: unknown variant '$variant'; variants: hub debug" >&2
	exit 1 ;;
esac

[ -e "$tarball" ] || {
	echo "kernel: $tarball is missing; run tools/setup.sh image" >&2
	exit 1
}
# shellcheck disable=SC2086 # two paths without blanks at the most
key=$({ dpkg-query -W -f '${Version}' linux-source-6.12
	cat $configs "$here"/patches/*.patch "$0"; } | sha256sum | cut -c1-16)
out=$cache/kernel-$key

mk()
{
	make -C "$out.tmp/linux" O="$out.tmp/build" ARCH=arm \
		CROSS_COMPILE=arm-linux-gnueabihf- "$@"
}

build()
{
	mkdir -p "$out.tmp/linux" "$out.tmp/build"
	tar -xJf "$tarball" -C "$out.tmp/linux" --strip-components=1
	for p in "$here"/patches/*.patch; do
		patch -d "$out.tmp/linux" -p1 <"$p"
	done
	mk allnoconfig
	# shellcheck disable=SC2086
	(cd "$out.tmp/linux" &&
	 scripts/kconfig/merge_config.sh -m -O "$out.tmp/build" \
		"$out.tmp/build/.config" $configs)
	mk olddefconfig
	# A symbol that silently stayed off would show up much later.
	# shellcheck disable=SC2086
	for line in $(sed -n 's/^\(CONFIG_[A-Z0-9_]*=[ym]\)$/\1/p' $configs); do
		grep -qx "$line" "$out.tmp/build/.config" || {
			echo "kernel: $line did not stick in .config"
			return 1
		}
	done
	mk -j"$(nproc)" zImage modules
	cp "$out.tmp/build/arch/arm/boot/zImage" "$out.tmp/zImage"
	# The folder moves once; make it say where it will be.
	sed -i "s|$out.tmp|$out|g" "$out.tmp/build/Makefile"
	ln -sfn "$out/linux" "$out.tmp/build/source"
}

if [ ! -e "$out/zImage" ]; then
	mkdir -p "$cache"
	# Two builds at once: the second waits and then finds the result.
	exec 9>"$cache/kernel.lock"
	flock 9
fi
if [ ! -e "$out/zImage" ]; then
	rm -rf "$out.tmp"
	echo "kernel: first build for these inputs, 5 to 10 minutes" >&2
	expect=1450
	[ "$variant" = hub ] || expect=1700
	progress "kernel ($variant)" "$log" "$expect" build >&2
	mv "$out.tmp" "$out"
fi
echo "$out"
