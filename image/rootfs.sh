#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Build what the hub's user space is made of once for each set of inputs and
# print the folder it lies in.  No emulation, no maintainer scripts: Debian
# packages are unpacked and the little their scripts would do is done here.
# Usage: image/rootfs.sh base|sysroot     progress goes to standard error
#
#   base     the root filesystem without our programs (systemd as PID 1)
#   sysroot  headers and libraries to cross-compile against (--sysroot)
#
# The result is kept in ${HEARTH_CACHE}/rootfs-WHAT-KEY.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
. "$top/tools/progress.sh"
cache=${HEARTH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hearth}
what=${1:-}
log=${BUILD:-$top/build}/log/rootfs-$what.log

# The -dev packages of the libraries that are in the base below.
sysroot="libc6-dev libsystemd-dev libmicrohttpd-dev libssl-dev
	libsqlite3-dev"
base="base-files base-passwd bash coreutils dash sed grep mount util-linux
	systemd systemd-sysv udev dbus dbus-system-bus-common libnss-systemd
	procps kmod netbase tzdata libmicrohttpd12 libssl3 libsqlite3-0"

case $what in
base)		packages=$base ;;
sysroot)	packages=$sysroot ;;
*)		echo "rootfs: usage: rootfs.sh base|sysroot" >&2
		exit 1 ;;
esac
[ "$(id -u)" -eq 0 ] || {
	echo "rootfs: must be root, to own the files of the image" >&2
	exit 1
}

key=$({ echo "$what $packages"; cat "$0"; } | sha256sum | cut -c1-16)
out=$cache/rootfs-$what-$key
tmp=$out.tmp

# The machine's own package source, whatever it is.
mirror()
{
	for f in /etc/apt/sources.list.d/*.sources; do
		[ -e "$f" ] && awk '/^URIs:/ { print $2; exit }' "$f"
	done
	[ -e /etc/apt/sources.list ] &&
		awk '$1 == "deb" { for (i = 2; i < NF; i++)
			if ($i ~ /:\//) { print $i; exit } }' \
			/etc/apt/sources.list
	return 0
}

unpack()
{
	include=$(echo $packages | tr ' ' ',')
	mmdebstrap --architecture=armhf --variant=extract \
		--include="$include" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/bash-completion/*' \
		bookworm "$tmp" "$(mirror | head -n 1)"
	rm -rf "$tmp"/var/cache/apt "$tmp"/var/lib/apt
	# Unpacking alone leaves /bin, /lib and /sbin apart from /usr.
	for d in bin sbin lib; do
		if [ -d "$tmp/$d" ] && [ ! -L "$tmp/$d" ]; then
			cp -a "$tmp/$d/." "$tmp/usr/$d/"
			rm -rf "${tmp:?}/$d"
		fi
		ln -sfn "usr/$d" "$tmp/$d"
	done
}

# What the packages' own scripts do on a machine that can run them.
settle()
{
	r=$tmp
	rm -rf "$r/dev" && mkdir -p "$r/dev"
	mkdir -p "$r/proc" "$r/sys" "$r/run" "$r/tmp" "$r/root" "$r/mnt" \
		"$r/var/lib/dbus" "$r/var/log/journal" \
		"$r/etc/dbus-1/system.d" "$r/etc/systemd/system" \
		"$r/etc/systemd/network"
	chmod 1777 "$r/tmp"
	rm -rf "$r/var/run" && ln -s /run "$r/var/run"
	cp "$r/usr/share/base-passwd/passwd.master" "$r/etc/passwd"
	cp "$r/usr/share/base-passwd/group.master" "$r/etc/group"
	systemd-sysusers --root="$r"
	echo hub >"$r/etc/hostname"
	printf '127.0.0.1 localhost hub\n::1 localhost\n' >"$r/etc/hosts"
	ln -sf /usr/share/zoneinfo/UTC "$r/etc/localtime"
	: >"$r/etc/fstab"
	printf 'd /var/log/journal 2755 root systemd-journal\n' \
		>"$r/etc/tmpfiles.d/journal.conf" 2>/dev/null || true
	ln -sf /lib/systemd/system/multi-user.target \
		"$r/etc/systemd/system/default.target"
	# A hub has nobody to log in, no screen and no clock battery to save;
	# the rest costs start-up time for nothing.
	for u in systemd-logind serial-getty@ttymxc0 systemd-user-sessions \
		modprobe@dm_mod modprobe@drm modprobe@fuse modprobe@loop \
		modprobe@efi_pstore \
		systemd-random-seed systemd-update-utmp \
		systemd-journal-catalog-update systemd-hwdb-update \
		systemd-machine-id-commit getty@tty1 \
		systemd-update-utmp-runlevel systemd-boot-update \
		e2scrub_reap; do
		ln -sf /dev/null "$r/etc/systemd/system/$u.service"
	done
	for t in fstrim apt-daily apt-daily-upgrade e2scrub_all \
		systemd-tmpfiles-clean dpkg-db-backup; do
		ln -sf /dev/null "$r/etc/systemd/system/$t.timer"
	done
	cat >"$r/etc/systemd/network/10-wired.network" <<-'X'
		[Match]
		Type=ether

		[Network]
		DHCP=ipv4
		LinkLocalAddressing=no
	X
	for w in sysinit.target.wants sockets.target.wants \
		multi-user.target.wants; do
		mkdir -p "$r/etc/systemd/system/$w"
	done
	ln -sf /lib/systemd/system/systemd-networkd.service \
		"$r/etc/systemd/system/multi-user.target.wants/"
	ln -sf /lib/systemd/system/systemd-networkd.socket \
		"$r/etc/systemd/system/sockets.target.wants/"
	rm -rf "$r/usr/share/perl5" "$r/usr/lib/udev/hwdb.d" \
		"$r/usr/share/zsh" "$r/usr/share/pam-configs" \
		"$r/var/lib/dpkg/info"
}

build()
{
	unpack
	[ "$what" = sysroot ] || settle
}

if [ ! -d "$out" ]; then
	mkdir -p "$cache"
	exec 9>"$cache/rootfs-$what.lock"
	flock 9
fi
if [ ! -d "$out" ]; then
	rm -rf "$tmp"
	progress "root filesystem ($what)" "$log" 0 build >&2
	mv "$tmp" "$out"
fi
echo "$out"
