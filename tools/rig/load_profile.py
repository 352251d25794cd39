# SPDX-License-Identifier: LGPL-2.1-or-later
"""A household's half-hourly load, as the bench plays it.

The file is CSV with the header `half_hour_ending_utc,kwh`: the energy taken
in each half hour, named by its end. A negative number is export.
"""

import csv
import datetime
import math
import random

from bench import Load

HALF_HOUR_S = 1800
# What the front end can carry: 100 A at 230 V for half an hour.
MAX_KWH = 11.5
HEADER = ['half_hour_ending_utc', 'kwh']


class ProfileError(Exception):
    """The file cannot be played: says where and why."""


def read(path):
    """Return [(end as aware datetime, kWh), ...]."""
    rows = []
    try:
        with open(path, newline='', encoding='utf-8') as text:
            lines = csv.reader(text)
            if next(lines, None) != HEADER:
                raise ProfileError(f'{path}:1: the first line must be '
                                   f'"{",".join(HEADER)}"')
            for row in lines:
                rows.append(_parse(path, lines.line_num, row))
    except (OSError, UnicodeDecodeError, csv.Error) as err:
        raise ProfileError(f'{path}: {err}') from None
    if not rows:
        raise ProfileError(f'{path}: no half hours in it')
    return rows


def _parse(path, line, row):
    if len(row) != 2:
        raise ProfileError(f'{path}:{line}: {len(row)} fields, not 2')
    try:
        end = datetime.datetime.strptime(row[0], '%Y-%m-%d %H:%M:%S')
    except ValueError:
        raise ProfileError(f'{path}:{line}: "{row[0]}" is not a time like '
                           '2024-01-31 17:30:00') from None
    try:
        kwh = float(row[1])
    except ValueError:
        kwh = math.nan
    if not -MAX_KWH <= kwh <= MAX_KWH:
        raise ProfileError(f'{path}:{line}: "{row[1]}" kWh is not a number '
                           f'from -{MAX_KWH} to {MAX_KWH} (100 A)')
    return end.replace(tzinfo=datetime.timezone.utc), kwh


class Player:
    """What load the bench presents when: one half hour lasts 1800/speed s.

    Around the half hour's mean the grid does what grids do: voltage and
    frequency wander, the voltage sags with load, and the current of a home's
    electronics has a third and a fifth harmonic. Deterministic.
    """

    def __init__(self, rows, speed, seed=1):
        self.rows = rows
        self.step_s = HALF_HOUR_S / speed
        self._at = 0.0          # half hours
        self._now = None
        self._random = random.Random(seed)
        self._volts = 0.0
        self._hz = 0.0

    def advance(self, now_s):
        """Where the profile is at this time of a clock, s from its start.

        It waits for who looks less often than once a half hour, so that each
        of them is presented.
        """
        if self._now is not None:
            self._at = min(self._at + (now_s - self._now) / self.step_s,
                           math.floor(self._at) + 1)
        self._now = now_s
        return self._at * self.step_s

    def row_at(self, elapsed_s):
        """The half hour being played; the profile starts anew at its end."""
        # A time that is a border is the new half hour's, also as a float.
        slot = int(elapsed_s / self.step_s + 1e-6)
        return self.rows[slot % len(self.rows)]

    def load_at(self, elapsed_s):
        power_w = self.row_at(elapsed_s)[1] * 2000
        pull = 0.9
        self._volts = pull * self._volts + self._random.gauss(0, 0.4)
        self._hz = pull * self._hz + self._random.gauss(0, 0.008)
        voltage = 238.0 + self._volts - 0.15 * power_w / 230
        small = 1 / (1 + abs(power_w) / 1500)
        return Load.of_power(
            power_w, voltage_v=voltage, pf=1 - 0.1 * small,
            frequency_hz=50 + self._hz,
            harmonics=[(channel, order, round(ppm * small), 180000)
                       for channel in ('i0', 'i1')
                       for order, ppm in ((3, 150000), (5, 60000))])


def synthetic(days=7, seed=2024):
    """The profile in the tree: a small home over a week in March."""
    rng = random.Random(seed)
    end = datetime.datetime(2024, 3, 4, 0, 30)
    rows = []
    for slot in range(days * 48):
        hour = slot % 48 / 2
        weekend = slot // 48 >= 5
        kwh = 0.06 + 0.02 * (slot % 3 == 0)             # standby and fridge
        if 6.5 <= hour < 8.5:
            kwh += rng.choice((0.1, 0.35, 0.8))         # kettle, shower
        if 17 <= hour < 20:
            kwh += rng.choice((0.2, 0.6, 1.2))          # cooking
        if 18 <= hour < 23:
            kwh += 0.15 + 0.05 * rng.random()           # light, television
        if weekend and 9 <= hour < 17 and rng.random() < 0.3:
            kwh += 0.7                                  # washing
        if 10 <= hour < 16:                             # solar panels
            kwh -= 0.9 * math.sin(math.pi * (hour - 10) / 6) * rng.random()
        kwh += 0.02 * rng.random()
        rows.append((end + datetime.timedelta(minutes=30) * slot, kwh))
    return rows


def main():
    """Write the synthetic profile to standard output."""
    print(','.join(HEADER))
    for end, kwh in synthetic():
        print(f'{end},{kwh:.3f}')


if __name__ == '__main__':
    main()
