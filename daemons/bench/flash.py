#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemons write to flash: figures for make bench, a JSON object a line.

    flash.py BIN FOLDER [DAYS]

A prepayment home on meter-sim(1), electricity and gas, with databases in FOLDER
on a real disk, where each commit is a sync. Counted are the blocks that each
daemon has made dirty (write_bytes of /proc/PID/io), of days after the first.
The baseline is what it handed to write(): the rest is blocks that are written
again for a part of them. What the file system writes besides is its own.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

DAEMONS = ('storaged', 'tariffd', 'prepayd', 'supplyd')
DAYS = 21  # write-ahead logs get full in them, and are copied
FROM = '2024-03-04'

SCRIPT = f"""
{FROM} call tariffd electricity0 SetPrices ytnaiaaii 1 0 -5 1 25000 0 45000
+0 call tariffd gas0 SetPrices ytnaiaaii 1 0 -5 1 7000 0 30000
+0 call tariffd electricity0 SetBillingCalendar ts @2024-03-01 weekly
+0 call prepayd electricity0 AdjustBalance x 3000000
+0 call prepayd gas0 AdjustBalance x 3000000
+0 call prepayd electricity0 SetMode s prepayment
+0 call prepayd gas0 SetMode s prepayment
{FROM}T19:10 every 3d 20 top-up electricity0 10
{FROM}T19:20 every 7d 9 top-up gas0 20
+1m every 7d 9 top-up gas0 again
"""


def file_system(folder):
    """Its type: that of the longest mount point above."""
    best = ('', '?')
    with open('/proc/self/mounts', encoding='ascii') as file:
        for line in file:
            _, point, kind = line.split()[:3]
            if (folder + '/').startswith(point.rstrip('/') + '/'):
                best = max(best, (point, kind), key=lambda at: len(at[0]))
    return best[1]


def written_by(pid):
    """(octets to the disk, octets handed to write())"""
    with open(f'/proc/{pid}/io', encoding='ascii') as file:
        seen = dict(line.split(': ') for line in file)
    return int(seen['write_bytes']), int(seen['wchar'])


def children_of(pid):
    """{name: pid}"""
    with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
        pids = file.read().split()
    names = {}
    for child in pids:
        with open(f'/proc/{child}/comm', encoding='ascii') as file:
            names[file.read().strip()] = child
    return names


def written_in(days, binaries, folder):
    """{daemon: what it has written in so many days}"""
    script = os.path.join(folder, 'script.txt')
    with open(script, 'w', encoding='ascii') as file:
        file.write(SCRIPT)
    until = subprocess.run(['date', '-ud', f'{FROM} + {days} days', '+%F'],
                           check=True, capture_output=True, text=True).stdout
    with subprocess.Popen(
            [os.path.join(binaries, 'meter-sim'), '--json', '--stay', '--quiet',
             '--step=10m', '--until=' + until.strip(),
             '--state=' + os.path.join(folder, str(days)), script],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as sim:
        try:
            for line in sim.stdout:
                end = json.loads(line)
                if end.get('end'):
                    break
            else:
                raise SystemExit('flash: meter-sim ended early')
            if end.get('problems'):
                raise SystemExit('flash: it did not go as expected')
            pids = children_of(sim.pid)
            return {name: written_by(pids[name]) for name in DAEMONS}
        finally:
            sim.send_signal(signal.SIGINT)


def report(name, value, baseline):
    print(json.dumps({
        'name': name, 'value': round(value, 3),
        'unit': 'KB (baseline: handed to write())',
        'baseline': round(baseline, 3),
        'ratio': round(value / baseline, 4) if baseline else None}),
          flush=True)


def main(binaries, parent, days=DAYS):
    os.makedirs(parent, exist_ok=True)
    folder = tempfile.mkdtemp(prefix='flash-', dir=os.path.realpath(parent))
    try:
        if file_system(folder) == 'tmpfs':
            print(f'flash: {parent} is in memory, a tmpfs: nothing of this is '
                  'measured there', file=sys.stderr)
            return
        first = written_in(1, binaries, folder)
        last = written_in(1 + int(days), binaries, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    total = [0, 0]
    for name in DAEMONS:
        a_day = [(to - since) / int(days) / 1e3
                 for since, to in zip(first[name], last[name])]
        report('flash_written_a_day_' + name, *a_day)
        total = [x + y for x, y in zip(total, a_day)]
    report('flash_written_a_day', *total)


if __name__ == '__main__':
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(*sys.argv[1:])
