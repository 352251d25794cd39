#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Install the Debian packages a group of targets needs; silent and fast when
# they are all there.  Usage: tools/setup.sh GROUP...
#
#   host      compiler, libraries and tools for what runs on the PC
#   image     cross compilers, QEMU, and what kernel and root filesystem need
#   check     what the tests need beyond both
#   lint      static checkers
set -eu

host="build-essential pkg-config python3 rsync libsystemd-dev libmicrohttpd-dev
	libcmocka-dev libssl-dev libsqlite3-dev clang libclang-rt-14-dev dbus openssl tzdata"
image="build-essential python3 rsync perl qemu-system-arm gcc-arm-none-eabi
	libnewlib-arm-none-eabi gcc-arm-linux-gnueabihf linux-source-6.12 bc
	bison flex libssl-dev libelf-dev kmod cpio xz-utils zstd e2fsprogs
	mmdebstrap device-tree-compiler systemd tzdata fakeroot util-linux"
check="chromium chromium-driver python3-selenium dt-schema systemd"
lint="clang-format cppcheck sparse perl libxml2-utils"

die()
{
	echo "setup: $*" >&2
	exit 1
}

[ $# -gt 0 ] || die "no group given; groups: host image check lint"

want=
for group in "$@"; do
	case $group in
	host)	want="$want $host" ;;
	image)	want="$want $image" ;;
	check)	want="$want $check" ;;
	lint)	want="$want $lint" ;;
	*)	die "unknown group '$group'; groups: host image check lint" ;;
	esac
done

missing=
for pkg in $want; do
	dpkg-query -W -f '${db:Status-Status}' "$pkg" 2>/dev/null |
		grep -qx installed || missing="$missing $pkg"
done
[ -n "$missing" ] || exit 0

[ "$(id -u)" -eq 0 ] ||
	die "these packages are missing and only root can install them:$missing"

log=${BUILD:-build}/log/setup.log
mkdir -p "$(dirname "$log")"
echo "setup: installing$(echo "$missing" | tr '\n' ' ')"
export DEBIAN_FRONTEND=noninteractive
{
	apt-get update &&
	# shellcheck disable=SC2086 # a list of package names
	apt-get install -y --no-install-recommends $missing
} >"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	die "apt-get failed; the whole log is in $log"
}
echo "setup: done"
