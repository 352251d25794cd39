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

# CPU time of our daemons over IDLE_S of guest time, and the memory they hold.
# The MCU sends LIVE all the while: idle means that nobody looks.
MEASURE = r'''
cpu() {
	total=0
	for pid in $pids; do
		set -- $(cut -d')' -f2- /proc/$pid/stat)
		total=$((total + ${12} + ${13}))
	done
	echo $total
}
pids=
for unit in %(units)s; do
	pid=$(systemctl show -p MainPID --value $unit)
	[ "$pid" -gt 0 ] || { echo "$unit does not run"; exit 1; }
	pids="$pids $pid"
done
hz=$(getconf CLK_TCK)
before=$(cpu) from=$(cut -d' ' -f1 /proc/uptime)
sleep %(seconds)d
after=$(cpu) to=$(cut -d' ' -f1 /proc/uptime)
rss=0
for pid in $pids; do
	rss=$((rss + $(awk '/^VmRSS/ { print $2 }' /proc/$pid/status)))
done
echo $((after - before)) $hz $from $to $rss
'''


def figure(name, value, unit, baseline=None, ratio=None):
    return {'name': name, 'value': value, 'unit': unit, 'baseline': baseline,
            'ratio': ratio}


def firmware():
    out = subprocess.run(
        ['make', '-s', '-C', os.path.join(TOP, 'firmware-mcu'), 'bench',
         'O=' + os.path.join(BUILD, 'firmware', 'bench')],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in out.splitlines()
            if line.startswith('{')]


def hub():
    with Home(os.path.join(BUILD, 'bench'), image='test') as home:
        home.start()
        home.bench.apply(Load.of_power(500))
        wait_until('the hub to settle', lambda: home.agent.run(
            'systemctl is-system-running')[1].strip() in
            ('running', 'degraded'), 300, 1)
        boot = float(home.agent.out(
            'systemctl show -p ActiveEnterTimestampMonotonic --value '
            'multi-user.target')) / 1e6
        text = home.agent.out(MEASURE % {'units': ' '.join(UNITS),
                                         'seconds': IDLE_S}, IDLE_S + 120)
    ticks, hz, start, end, rss = (float(word) for word in text.split())
    cpu = 100 * ticks / hz / (end - start)
    return [figure('hub_idle_daemons_cpu', round(cpu, 3), '% of one core'),
            figure('hub_daemons_rss', round(rss), 'KiB'),
            figure('hub_boot_to_multi_user', round(boot, 1),
                   's of guest time')]


def main():
    try:
        figures = firmware() + hub()
    except (RigError, subprocess.CalledProcessError) as err:
        raise SystemExit(f'bench: {err}') from None
    path = os.path.join(BUILD, 'bench.json')
    with open(path, 'w') as out:
        json.dump(figures, out, indent=1)
        out.write('\n')
    for row in figures:
        beside = (f'baseline {row["baseline"]}, ratio {row["ratio"]}'
                  if row['baseline'] is not None else '')
        print(f'{row["name"]:<40} {row["value"]:>12} {row["unit"]:<24} '
              f'{beside}')
    print(f'written to {os.path.relpath(path)}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
