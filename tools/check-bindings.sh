#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the kernel's dt_binding_check does, for our bindings: check them against
# the meta-schemas, compile their examples, and check those, and the hub's own
# device tree, against the bindings.
# Usage: tools/check-bindings.sh KERNEL-FOLDER HUB.dtb WORK-FOLDER
set -eu

top=$(dirname "$(dirname "$(realpath "$0")")")
linux=$1/linux dtb=$2 work=$3
ours=$top/Documentation/devicetree/bindings
theirs=$linux/Documentation/devicetree/bindings
log=$work/log

rm -rf "$work"
mkdir -p "$work/bindings/serial"
# Ours, among those of the kernel they refer to.
cp -R "$ours/." "$work/bindings/"
cp "$theirs"/serial/serial*.yaml "$work/bindings/serial/"
cd "$work"

# These tools print what they find and exit with 0: any line is a failure.
quiet()
{
	"$@" >"$log" 2>&1 || { cat "$log"; exit 1; }
	[ ! -s "$log" ] || { cat "$log"; exit 1; }
}

dt-mk-schema -j bindings >schema.json 2>"$log" ||
	{ cat "$log"; exit 1; }
(cd "$ours" && find . -name '*.yaml') | while read -r file; do
	name=$(basename "$file" .yaml)
	quiet dt-doc-validate -u bindings "bindings/$file"
	dt-extract-example "bindings/$file" >"$name.example.dts"
	quiet dtc -q -I dts -O dtb -o "$name.example.dtb" "$name.example.dts"
	quiet dt-validate -s schema.json -l "$name" "$name.example.dtb"
	quiet dt-validate -s schema.json -l "$name" "$dtb"
	echo "$file: ok"
done
