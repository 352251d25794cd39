# SPDX-License-Identifier: LGPL-2.1-or-later
"""supplyd's rules against the oracle: random lives, compared at each event."""

import itertools
import os
import random
import subprocess
import sys

from harness import BIN
import supply_oracle
import tap

SCRIPT = os.path.join(BIN, 'supply-script')
LIVES, EVENTS = 300, 400


class Life:
    """A script that goes where the rules have something to decide."""

    def __init__(self, seed):
        self.pick = random.Random(seed)
        self.fuel = self.pick.choice(('electricity', 'gas'))
        self.t = 1_700_000_000
        self.volume = 5000
        self.sensed = 'on'
        self.load = 0

    def step(self):
        roll = self.pick.random()
        if roll < 0.85:
            return self.pick.choice((0, 1, 2, 5, 10, 29, 30, 59, 60, 61))
        if roll < 0.95:
            return self.pick.choice((120, 600, 3599, 3600, 7200))
        return -self.pick.choice((1, 30, 4000))

    def reading(self):
        pick = self.pick
        self.load = pick.choice((self.load, self.load, self.load, 0, 4999,
                                 5000, 5001, 9000, '-'))
        if pick.random() < 0.2:
            self.sensed = pick.choice(('on', 'off', 'unknown'))
        if pick.random() < 0.1:
            self.volume += pick.choice((10, 10, 20, -3000))
            self.volume = max(self.volume, 0)
        volume = '-' if pick.random() < 0.1 else self.volume
        return f'reading {self.load} {volume} {self.sensed}'

    def other(self):
        pick = self.pick
        kind = pick.choice(('request', 'request', 'follow', 'consent',
                            'consent', 'limit', 'restart'))
        if kind == 'request':
            return (f'request {pick.choice(supply_oracle.OWNERS)} '
                    f'{pick.choice(("enable", "enable", "arm", "disable"))}')
        if kind == 'follow':
            return f'follow {pick.choice(("on", "on", "arm", "off"))}'
        if kind == 'limit':
            return (f'limit {pick.choice((1, 1, 1, 0))} 5000 '
                    f'{pick.choice((0, 30, 60))} {pick.choice((0, 1, 1))} '
                    f'{pick.choice((0, 60, 300))} {pick.choice((0, 1))}')
        return kind

    def script(self):
        yield f'start {self.fuel} {self.t}'
        yield f'{self.t} limit 1 5000 30 1 300 1'
        for _ in range(EVENTS):
            self.t += self.step()
            what = self.reading() if self.pick.random() < 0.8 \
                else self.other()
            yield f'{self.t} {what}'


def engine(lines):
    done = subprocess.run([SCRIPT], input='\n'.join(lines) + '\n',
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (done.returncode, done.stderr[-500:],
                                  done.stdout[-300:])
    return done.stdout.splitlines()


def compare(lines):
    """What both say, line by line."""
    ours, theirs = engine(lines), list(supply_oracle.run(lines))
    assert len(ours) == len(theirs) == len(lines) - 1
    for n, (our, their) in enumerate(zip(ours, theirs)):
        assert our == their, (f'after {lines[max(0, n - 8):n + 2]}:\n'
                              f'supplyd {our}\noracle  {their}')
    return theirs


def random_lives():
    seen = set()
    for seed in range(LIVES):
        for line in compare(list(Life(seed).script())):
            seen.update(line.rsplit(' ', 1)[1].split(','))
            seen.add(line.split(':')[0])
    everything = {'state', 'limited', 'restored', 'agrees', 'not-on',
                  'not-off', 'flow', 'flow-ended', 'ok', 'already',
                  'not allowed', 'busy'}
    assert everything <= seen, f'never happened: {everything - seen}'


def every_three_commands():
    """All short stories of owners, in both fuels."""
    words = [f'request {o} {w}' for o in ('tamper', 'supplier', 'local')
             for w in ('enable', 'arm', 'disable')]
    words += ['follow on', 'follow arm', 'follow off', 'consent']
    lines = []
    for fuel in ('electricity', 'gas'):
        for story in itertools.product(words, repeat=3):
            lines.append(f'start {fuel} 1000')
            lines += [f'{1000 + n} {word}' for n, word in enumerate(story)]
    ours = engine(lines)
    theirs = list(supply_oracle.run(lines))
    assert ours == theirs
    assert len(ours) == 2 * len(words) ** 3 * 3


def main():
    script = tap.Script()
    script.step('all short stories of three commands', every_three_commands)
    script.step('random lives', random_lives)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
