#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Put the hub's SD card image together: base root filesystem, kernel modules,
# programs and, for the tests, what they need inside.
# Usage: image/image.sh hub|test KERNEL BASE MODULES PROGRAMS [TESTS] OUTPUT
#
#   KERNEL    folder of kernel.sh        BASE      folder of rootfs.sh
#   MODULES   folder of modules.sh       PROGRAMS  tree of 'make install'
#   TESTS     tree that goes to /usr/libexec/hearth-tests (variant test only)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
variant=$1 kernel=$2 base=$3 modules=$4 programs=$5
shift 5
tests=
[ "$variant" = hub ] || { tests=$1; shift; }
out=$1
size=512M	# SD cards in QEMU have a power of two

release=$(cat "$kernel/build/include/config/kernel.release")

# Same inputs, same image: nothing to do.
key=$({ cat "$0" "$here"/test-root/* && echo "$variant $kernel $base"
	find "$modules" -name '*.ko' -exec sha256sum {} +
	for tree in "$programs" $tests; do
		find "$tree" -type f -exec sha256sum {} +
	done; } | sha256sum | cut -c1-16)
if [ -e "$out" ] && [ "$(cat "$out.key" 2>/dev/null)" = "$key" ]; then
	exit 0
fi

root=$out.root
rm -rf "$root" "$out.tmp"
mkdir -p "$(dirname "$out")"
cp -a --reflink=auto "$base" "$root"
cp -a "$programs/." "$root/"

mkdir -p "$root/lib/modules/$release/extra"
cp "$kernel/build/modules.order" "$kernel/build/modules.builtin" \
	"$kernel/build/modules.builtin.modinfo" "$root/lib/modules/$release/"
find "$modules" -name '*.ko' | while read -r ko; do
	case $ko in
	*kunit*) [ "$variant" = test ] || continue ;;
	esac
	cp "$ko" "$root/lib/modules/$release/extra/"
done
depmod -b "$root" "$release"

if [ "$variant" = test ]; then
	mkdir -p "$root/usr/libexec/hearth-tests"
	cp -a "$tests/." "$root/usr/libexec/hearth-tests/"
	cp "$here/test-root/hearth-agent" "$root/usr/libexec/hearth-tests/"
	cp "$here/test-root/hearth-agent.service" "$root/usr/lib/systemd/system/"
	systemctl --root="$root" -q enable hearth-agent.service
fi

systemd-sysusers --root="$root" >/dev/null 2>&1
: >"$root/etc/machine-id"
systemd-machine-id-setup --root="$root" 2>/dev/null
for unit in "$programs"/usr/lib/systemd/system/hearth-*.service; do
	[ -e "$unit" ] || continue
	systemctl --root="$root" -q enable "$(basename "$unit")"
done

mkfs.ext4 -q -F -L hearth-root -d "$root" -O '^metadata_csum,^64bit' \
	"$out.tmp" "$size" >/dev/null
rm -rf "$root"
mv "$out.tmp" "$out"
echo "$key" >"$out.key"
