# SPDX-License-Identifier: LGPL-2.1-or-later
"""What make run says to a profile, and that it plays the profile's energy."""

import math
import os
import sys
import tempfile

import load_profile
import run
import tap

HEADER = 'half_hour_ending_utc,kwh\n'
ROW = '2024-01-31 17:30:00,0.5\n'

BAD = [
    ('empty file', '', ':1: the first line'),
    ('other header', 'time,kwh\n' + ROW, ':1: the first line'),
    ('header only', HEADER, 'no half hours'),
    ('one field', HEADER + '0.5\n', ':2: 1 fields'),
    ('no time', HEADER + 'yesterday,0.5\n', ':2: "yesterday"'),
    ('no number', HEADER + ROW + '2024-01-31 18:00:00,much\n', ':3: "much"'),
    ('not a number', HEADER + '2024-01-31 18:00:00,nan\n', ':2: "nan"'),
    ('over 100 A', HEADER + '2024-01-31 18:00:00,11.6\n', ':2: "11.6"'),
    ('infinite', HEADER + '2024-01-31 18:00:00,-inf\n', ':2: "-inf"'),
    ('not text', b'\xff\xfe\x00\x01', 'codec'),
]


def refused(content, expected):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'p.csv')
        with open(path, 'wb') as out:
            out.write(content if isinstance(content, bytes)
                      else content.encode())
        try:
            load_profile.read(path)
        except load_profile.ProfileError as err:
            assert expected in str(err), f'says: {err}'
            return
    raise AssertionError('was accepted')


def absent():
    try:
        load_profile.read('/nonexistent.csv')
    except load_profile.ProfileError as err:
        assert '/nonexistent.csv' in str(err), err
        return
    raise AssertionError('was accepted')


def plays_the_energy():
    """Active power of the load is the half hour's mean, at any speed."""
    rows = load_profile.read(run.DEFAULT_PROFILE)
    assert len(rows) == 336, len(rows)
    for speed in (1, 60, 3600):
        player = load_profile.Player(rows, speed)
        for slot in range(0, len(rows) * 2, 7):
            seconds = (slot + 0.5) * 1800 / speed
            truth = rows[slot % len(rows)][1] * 2000
            assert player.row_at(seconds) == rows[slot % len(rows)]
            load = player.load_at(seconds)
            assert math.isclose(load.active_w, truth, rel_tol=1e-4,
                                abs_tol=0.01), (load.active_w, truth)


def skips_nothing():
    """Each half hour is presented, however slowly the bench is served."""
    rows = [(number, 0.001 * number) for number in range(100)]
    for speed in (60, 900, 1800, 3600, 3333.3):
        for every_s in (0.1, 0.5, 0.7, 2, 7.3):
            player = load_profile.Player(rows, speed)
            now, seen = 1234.5, []
            while len(seen) < 300:
                row = player.row_at(player.advance(now))[0]
                if not seen or row != seen[-1]:
                    seen.append(row)
                now += every_s
            assert seen == [n % 100 for n in range(300)], (speed, every_s)
            lasted = (now - 1234.5) / 300
            assert lasted > 0.9 * player.step_s, (speed, every_s, lasted)


def shared_household():
    rows = load_profile.read(SHARED)
    assert len(rows) == 59087, len(rows)
    assert abs(sum(kwh for _, kwh in rows) - 8133.25) < 0.01


SHARED = os.path.join(os.path.dirname(run.HERE), '../../shared/data',
                      'household-a-halfhourly.csv')


def main():
    script = tap.Script()
    for name, content, expected in BAD:
        script.step(f'refused: {name}', refused, content, expected)
    script.step('refused: no such file', absent)
    script.step('the synthetic week plays its energy', plays_the_energy)
    script.step('no half hour is left out', skips_nothing)
    if os.path.exists(SHARED):
        script.step('a real household is readable', shared_household)
    else:
        script.skip('a real household is readable',
                    'the shared data folder is not here')
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
