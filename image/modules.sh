#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build drivers/ and kunit/ against a kernel of kernel.sh, in a copy of the
# sources, because kbuild writes beside them.
# Usage: image/modules.sh KERNEL-FOLDER OUTPUT-FOLDER [MAKE-ARGUMENT...]
set -eu

top=$(dirname "$(dirname "$(realpath "$0")")")
kernel=$1 out=$2
shift 2
mkdir -p "$out"
rsync -rlt --delete --exclude='*.o' --exclude='*.ko' --exclude='*.mod*' \
	--exclude='.*' --exclude='Module.symvers' --exclude='modules.order' \
	"$top/Kbuild" "$top/drivers" "$top/kunit" "$top/include" "$out/"
exec make -s -C "$kernel/build" M="$(realpath "$out")" ARCH=arm \
	CROSS_COMPILE=arm-linux-gnueabihf- -j"$(nproc)" "$@" modules
