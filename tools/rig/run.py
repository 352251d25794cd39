# SPDX-License-Identifier: LGPL-2.1-or-later
"""make run: a home's load in, live readings out, until Ctrl-C."""

import argparse
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request

import load_profile
from home import BUILD, Home
from qemu import RigError, wait_until

HERE = os.path.dirname(os.path.realpath(__file__))
DEFAULT_PROFILE = os.path.join(HERE, 'profiles', 'synthetic-week.csv')
BENCH_EVERY_S = 2


class Stop(Exception):
    """Ctrl-C or a polite kill."""


def on_signal(_number, _frame):
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)   # it is on its way
    raise Stop


def arguments():
    parser = argparse.ArgumentParser(
        description='Run the hub and its meter MCU on QEMU with a household '
        'load on the meter; stop with Ctrl-C.')
    parser.add_argument('--profile', default=DEFAULT_PROFILE, metavar='FILE',
                        help='half-hourly load, CSV with the header '
                        '"half_hour_ending_utc,kwh" (default: a synthetic '
                        'week)')
    parser.add_argument('--speed', type=float, default=60,
                        help='the load changes this many times faster than in '
                        'the home; the registers count what really flows '
                        '(default 60: a half hour in 30 s)')
    parser.add_argument('--port', type=int, default=8080,
                        help='of the in-home display (default 8080, or a free '
                        'one if that is taken)')
    args = parser.parse_args()
    if not 0.001 <= args.speed <= 3600:
        parser.error('--speed must be from 0.001 to 3600')
    if not 0 <= args.port <= 65535:
        parser.error('--port must be from 0 to 65535')
    return args


def fetch(url):
    """The display's JSON view, or None while it is not there."""
    try:
        with urllib.request.urlopen(url + 'api/v1/live.json',
                                    timeout=5) as answer:
            return json.load(answer)
    except (OSError, ValueError, urllib.error.URLError):
        return None


def wait_for_display(home):
    start = time.monotonic()
    shown = [start]

    def ready():
        home.hub.check_alive()
        home.mcu.check_alive()
        now = time.monotonic()
        if now - shown[0] > 5:
            shown[0] = now
            print(f'hub: starting, {now - start:.0f} s', flush=True)
        return fetch(home.url)
    wait_until('the in-home display', ready, 300, every_s=0.5)
    print(f'hub: up after {time.monotonic() - start:.0f} s', flush=True)


def play(home, player):
    every_s = min(BENCH_EVERY_S, player.step_s)
    last_row = None
    while True:
        woken = time.monotonic()
        elapsed = player.advance(woken)
        load = player.load_at(elapsed)
        home.bench.apply(load)
        row = player.row_at(elapsed)
        view = fetch(home.url) or {}
        line = (f'half hour to {row[0]:%a %d %b %H:%M}  '
                f'bench {load.active_w:8.1f} W  '
                f'display {view.get("power_text", "not answering")}, '
                f'today {view.get("energy_today_text", "-")}')
        if sys.stdout.isatty():
            print(f'\r{line:<100.100}', end='', flush=True)
        elif row != last_row:
            print(line, flush=True)
        last_row = row
        home.hub.check_alive()
        home.mcu.check_alive()
        time.sleep(max(0, woken + every_s - time.monotonic()))


def main():
    args = arguments()
    try:
        rows = load_profile.read(args.profile)
    except load_profile.ProfileError as err:
        raise SystemExit(f'run: {err}') from None
    player = load_profile.Player(rows, args.speed)
    folder = os.path.join(BUILD, 'run')
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, on_signal)
        with Home(folder, image='hub', fresh=False, port=args.port) as home:
            print('hub and meter: starting; logs are in '
                  f'{os.path.relpath(folder)}/', flush=True)
            home.start()
            wait_for_display(home)
            print('\n    In-home display: ' + home.url + '\n\n'
                  f'Load: {os.path.relpath(args.profile)} at {args.speed:g} '
                  'times its speed. Stop with Ctrl-C.\n', flush=True)
            play(home, player)
    except Stop:
        print('\nstopped', flush=True)
    except (RigError, OSError) as err:
        raise SystemExit(f'\nrun: {err}') from None
    return 0


if __name__ == '__main__':
    sys.exit(main())
