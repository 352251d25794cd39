#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Compile hub.dts with the includes of a kernel of kernel.sh.
# Usage: image/dtb.sh KERNEL-FOLDER OUTPUT.dtb
set -eu

here=$(cd "$(dirname "$0")" && pwd)
linux=$1/linux out=$2
dts=$linux/arch/arm/boot/dts

mkdir -p "$(dirname "$out")"
arm-linux-gnueabihf-cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp \
	-I "$linux/include" -I "$dts" -I "$dts/nxp/imx" \
	"$here/hub.dts" -o "$out.dts"
dtc -q -I dts -O dtb -o "$out.tmp" "$out.dts"
mv "$out.tmp" "$out"
