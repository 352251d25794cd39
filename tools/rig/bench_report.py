# SPDX-License-Identifier: LGPL-2.1-or-later
"""make bench: measure, print a table, write build/bench.json.

Each figure is {name, value, unit, baseline, ratio}; the baseline is measured
in the same run, or null where the figure stands alone.
"""

import json
import os
import subprocess
import sys

from bench import Load
from home import BUILD, TOP, Home
from qemu import RigError, wait_until

IDLE_S = 60
UNITS = ('hearth-metrologyd.service', 'hearth-ihdd.service')
CORE_UNITS = ('hearth-storaged.service', 'hearth-tariffd.service',
              'hearth-prepayd.service', 'hearth-supplyd.service')
# They give back what only their start needed after a minute.
CORE_STARTED_S = 75

# CPU time over IDLE_S of guest time and the memory held, of our daemons and,
# as the baseline, of what any hub with systemd runs: PID 1 and the bus. The MCU
# sends LIVE all the while: idle means that nobody looks. Times in
# /proc/PID/stat are in USER_HZ, 100 on every Linux.
MEASURE = r'''
pids() {
	for unit; do
		pid=$(systemctl show -p MainPID --value $unit)
		[ "$pid" -gt 0 ] || { echo "$unit does not run" >&2; exit 1; }
		echo $pid
	done
}
cpu() {
	total=0
	for pid; do
		set -- $(cut -d')' -f2- /proc/$pid/stat)
		total=$((total + ${12} + ${13}))
	done
	echo $total
}
rss() {
	total=0
	for pid; do
		while read -r key value _; do
			[ $key = VmRSS: ] && total=$((total + value))
		done </proc/$pid/status
	done
	echo $total
}
now() { cut -d' ' -f1 /proc/uptime; }
ours=$(pids %(units)s) && theirs="1 $(pids dbus.service)" || exit 1
from=$(now) ours0=$(cpu $ours) theirs0=$(cpu $theirs)
sleep %(seconds)d
ours1=$(cpu $ours) theirs1=$(cpu $theirs) to=$(now)
echo $from $to $((ours1 - ours0)) $((theirs1 - theirs0)) $(rss $ours) $(rss $theirs)
'''
USER_HZ = 100

# CPU time by the control groups' count, of the same two.
MEASURE_NS = r'''
ns() {
	total=0
	for unit; do
		total=$((total + $(systemctl show -p CPUUsageNSec --value $unit)))
	done
	echo $total
}
ours() { ns %(units)s; }
theirs() { ns init.scope dbus.service; }
now() { cut -d' ' -f1 /proc/uptime; }
from=$(now) ours0=$(ours) theirs0=$(theirs)
sleep %(seconds)d
ours1=$(ours) theirs1=$(theirs) to=$(now)
echo $from $to $((ours1 - ours0)) $((theirs1 - theirs0))
'''


def figure(name, value, unit, baseline=None, ratio=None):
    return {'name': name, 'value': value, 'unit': unit, 'baseline': baseline,
            'ratio': ratio}


def beside(name, value, unit, baseline):
    ratio = round(value / baseline, 4) if baseline else None
    return figure(name, round(value, 3), unit, round(baseline, 3), ratio)


def made(folder, out):
    """The figures that 'make bench' of a folder prints."""
    out = subprocess.run(
        ['make', '-s', '-C', os.path.join(TOP, folder), 'bench',
         'O=' + os.path.join(BUILD, out)],
        check=True, stdout=subprocess.PIPE, text=True, cwd=TOP).stdout
    return [json.loads(line) for line in out.splitlines()
            if line.startswith('{')]


def hub():
    with Home(os.path.join(BUILD, 'bench'), image='test') as home:
        home.start()
        settle(home, 300)
        boot = float(home.agent.out(
            'systemctl show -p ActiveEnterTimestampMonotonic --value '
            'multi-user.target')) / 1e6
        text = home.agent.out(MEASURE % {'units': ' '.join(UNITS),
                                         'seconds': IDLE_S}, IDLE_S + 120)
    start, end, ours, theirs, rss, their_rss = (float(word)
                                                for word in text.split())
    percent = 100 / USER_HZ / (end - start)
    return [beside('hub_idle_daemons_cpu', ours * percent,
                   '% of one core (baseline: PID 1 and bus)',
                   theirs * percent),
            beside('hub_daemons_rss', rss, 'KiB (baseline: PID 1 and bus)',
                   their_rss),
            figure('hub_boot_to_multi_user', round(boot, 1),
                   's of guest time')]


def settle(home, limit_s):
    home.bench.apply(Load.of_power(500))
    wait_until('the hub to settle', lambda: home.agent.run(
        'systemctl is-system-running')[1].strip() in
        ('running', 'degraded'), limit_s, 1)


def core():
    """The four daemons of history, cost, money and supply, at real speed.

    With -icount shift=0 the hub's time is its instructions, a nanosecond
    each: a processor of 1 GHz that does one instruction a cycle, whatever the
    machine below has else to do. A Cortex-A7 needs up to three cycles.
    """
    with Home(os.path.join(BUILD, 'bench'), image='test',
              hub_options=('-icount', 'shift=0')) as home:
        home.start()
        settle(home, 1800)
        home.agent.run(f'sleep {CORE_STARTED_S}', 1800)
        start, end, ours, theirs = (
            float(word) for word in home.agent.out(
                MEASURE_NS % {'units': ' '.join(CORE_UNITS),
                              'seconds': IDLE_S}, 1800).split())
        rss, their_rss = (
            float(word) for word in home.agent.out(
                MEASURE % {'units': ' '.join(CORE_UNITS), 'seconds': 0},
                300).split()[-2:])
    percent = 100 / 1e9 / (end - start)
    return [beside('hub_core_cpu', ours * percent,
                   '% of 1 GHz, an instruction a cycle (baseline: PID 1 '
                   'and bus)', theirs * percent),
            beside('hub_core_rss', rss, 'KiB, four daemons (baseline: PID 1 '
                   'and bus)', their_rss)]


def main():
    try:
        figures = (made('firmware-mcu', 'firmware/bench') +
                   made('daemons', 'host') + hub() + core())
    except (RigError, subprocess.CalledProcessError) as err:
        raise SystemExit(f'bench: {err}') from None
    path = os.path.join(BUILD, 'bench.json')
    with open(path, 'w') as out:
        json.dump(figures, out, indent=1)
        out.write('\n')
    for row in figures:
        beside = (f'baseline {row["baseline"]}, ratio {row["ratio"]}'
                  if row['baseline'] is not None else '')
        print(f'{row["name"]:<26} {row["value"]:>12} {row["unit"]:<58} '
              f'{beside}')
    print(f'written to {os.path.relpath(path)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
