#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Load and unload the drivers while frames arrive, with the buffer in use every
# other time. KTAP.
ROUNDS=20
PATTERN=/sys/bus/iio/devices/iio:device*/name

device()
{
	for f in $PATTERN; do
		grep -qsx hearth-metrology "$f" && dirname "$f" && return 0
	done
	return 1
}

# A command, until it succeeds.
wait_for()
{
	n=0
	until "$@" >/dev/null 2>&1; do
		n=$((n + 1))
		[ "$n" -lt 600 ] || return 1
		sleep 0.1
	done
}

no_device()
{
	! device
}

frames()
{
	[ "$(cat /sys/bus/serial/devices/*/link/rx_frames)" -gt "${1:-0}" ]
}

use_buffer()
{
	d=$(device) || return 1
	for e in "$d"/scan_elements/*_en; do
		echo 1 >"$e" || return 1
	done
	echo 1 >"$d/buffer/enable" || return 1
	cat "/dev/$(basename "$d")" >/dev/null 2>&1 &
	reader=$!
}

round()
{
	reader=
	wait_for device || { echo "# no device"; return 1; }
	wait_for frames 0 || { echo "# no frames"; return 1; }
	if [ $(($1 % 2)) -eq 0 ]; then
		use_buffer || { echo "# no buffer"; return 1; }
	fi
	# A driver in use stays until its device is unbound.
	s=$(basename "$(dirname "$(ls -d /sys/bus/serial/devices/*/link)")")
	echo "$s" >/sys/bus/serial/drivers/hearth-mcu/unbind || return 1
	wait_for no_device || { echo "# the device stays"; return 1; }
	if [ -n "$reader" ]; then
		kill "$reader" 2>/dev/null
		wait "$reader" 2>/dev/null
	fi
	wait_for modprobe -r hearth_metrology hearth_mcu || {
		echo "# cannot unload"
		return 1
	}
	modprobe hearth_mcu && modprobe hearth_metrology
}

echo "TAP version 13"
echo "1..2"
if ! device >/dev/null; then
	echo "ok 1 reload # SKIP no hearth-metrology device"
	echo "ok 2 works afterwards # SKIP no hearth-metrology device"
	exit 0
fi
status=0
i=0
while [ "$i" -lt "$ROUNDS" ] && [ "$status" -eq 0 ]; do
	round "$i" || status=1
	i=$((i + 1))
done
[ "$status" -eq 0 ] && echo "ok 1 reload $ROUNDS times" ||
	echo "not ok 1 reload, round $i"
value()
{
	cat "$(device)/in_power0_raw"
}
if wait_for value; then
	echo "ok 2 works afterwards"
else
	echo "not ok 2 works afterwards"
	status=1
fi
exit "$status"
