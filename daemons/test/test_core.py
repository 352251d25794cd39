# SPDX-License-Identifier: LGPL-2.1-or-later
"""Conservation: energy, money, records and supply through lives by chance; TAP.

core-life plays lives of the four services with power cuts in the middle of
what they do; meter-sim plays them of the daemons on a bus, with SIGKILLs.
Oracles that share nothing with the daemons work out what must be.

--seconds=N goes on for so long with other seeds each time; --seed=N begins
there.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import time

from harness import BIN
import core_oracle
import core_script
import sim
import tap

LIVES, ROUGH, SCRIPTS = 1000, 500, 10
CHUNK = 50
SIDES = 2       # processors to use


def add(totals, more):
    for what, count in more.items():
        totals[what] = totals.get(what, 0) + count


def live(first, count, program='core-life'):
    """Lives as the oracles say? What was in them, or AssertionError."""
    told = subprocess.Popen([os.path.join(BIN, program), str(first),
                             str(count)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        errors = pool.submit(told.stderr.read)
        try:
            totals = core_oracle.follow(told.stdout)
        finally:
            told.stdout.close()
            if told.poll() is None and sys.exc_info()[0]:
                told.kill()
            told.wait()
            said = errors.result()
            told.stderr.close()
    assert told.returncode == 0, f'{program} from seed {first}: {said[-2000:]}'
    assert totals['lives'] == count, f'{totals["lives"]} lives of {count}'
    return totals


def live_roughly(first, count, program='core-life'):
    done = subprocess.run([os.path.join(BIN, program), str(first), str(count),
                           'rough'], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    assert done.returncode == 0, \
        f'{program} from seed {first}, rough: {done.stderr[-2000:]}'
    return {'lives': count}


def check_logs(simulation, script):
    """Each record once: numbers go up by one, days follow each other."""
    counts = {}
    for log in ('event', 'security', 'billing', 'daily-read',
                'prepayment-daily-read'):
        entries = simulation.log(log)
        numbers = [entry[0] for entry in entries]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))) \
            if numbers else True, f'{log}: {numbers}'
        counts[log] = len(numbers)
        if log.endswith('daily-read'):
            days = [entry[1] // 86400000000 for entry in entries]
            assert len(days) == len(set(days)), f'{log}: {days}'
            first = script.begin_s // 86400 + 1
            last = script.at_s // 86400
            assert days == list(range(first, last + 1))[-31:], \
                f'{log}: {days}, not {first} to {last}'
    return counts


def keep(script):
    """Where a script is that went wrong, to run it again."""
    folder = os.path.join(os.path.dirname(os.path.dirname(BIN)), 'check')
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, f'script-{script.seed}.txt')
    with open(path, 'w', encoding='ascii') as out:
        out.write(script.text())
    return path


def play(seed):
    """A script on the bus as the oracles say?"""
    script = core_script.Script(seed)
    follower = core_script.Follower(script)
    with sim.Simulation(script.text(), '--trace', '--quiet') as simulation:
        try:
            for line in simulation.lines():
                follower.feed(line)
            counts = check_logs(simulation, script)
            assert not line['problems'], 'problems'
        except AssertionError as err:
            raise AssertionError(f'{keep(script)}: {err}\n'
                                 f'{simulation.said()}') from None
    kills = sum(' kill ' in text or ' stop ' in text
                for text in script.lines)
    return {'scripts': 1, 'looks': follower.looks, 'done': follower.done,
            'refused': follower.refused, 'kills': kills,
            'days': line['simulated_s'] / 86400, 'took': line['took_s'],
            'records': sum(counts.values())}


def all_of(function, jobs):
    """On all sides; the sum. The first that fails is the failure."""
    totals = {}
    with concurrent.futures.ProcessPoolExecutor(SIDES) as pool:
        for more in pool.map(function, *zip(*jobs)):
            add(totals, more)
    return totals


def chunks(first, count):
    return [(n, min(CHUNK, first + count - n))
            for n in range(first, first + count, CHUNK)]


def lives(first, count):
    t = all_of(live, chunks(first, count))
    return (f'{t["lives"]} lives, {t["cycle"]} cycles, {t["restart"]} power '
            f'cuts, {t["killed"]} kills, {t["doubts"]} commands cut, '
            f'{t["top-up"]} top-ups, {t["tables"]} tariffs, '
            f'{t["records"]} records')


def rough_lives(first, count):
    t = all_of(live_roughly, chunks(first, count))
    return f'{t["lives"]} lives'


def scripts(first, count):
    t = all_of(play, [(n,) for n in range(first, first + count)])
    return (f'{t["scripts"]} scripts, {t["days"]:.0f} days, '
            f'{t["done"]} commands done and {t["refused"]} refused, '
            f'{t["kills"]} kills, {t["looks"]} looks, '
            f'{t["records"]} records')


def soak(seconds, seed):
    """The same, with other seeds, until the time is over."""
    end = time.monotonic() + seconds
    totals = {}
    with concurrent.futures.ProcessPoolExecutor(SIDES) as pool:
        while time.monotonic() < end:
            jobs = [pool.submit(live, seed, CHUNK, 'core-life-fast'),
                    pool.submit(live_roughly, seed, CHUNK, 'core-life-fast'),
                    pool.submit(play, seed)]
            for job in jobs:
                more = job.result()
                add(totals, {'rough' if more == {'lives': CHUNK} else what:
                             count for what, count in more.items()})
            seed += CHUNK
    return (f'{totals.get("lives", 0)} lives, {totals.get("rough", 0)} rough '
            f'ones, {totals.get("scripts", 0)} scripts of the daemons '
            f'({totals.get("days", 0):.0f} days), the next seed is {seed}')


def main():
    parser = argparse.ArgumentParser(description='Conservation by chance.')
    parser.add_argument('--seconds', type=int)
    parser.add_argument('--seed', type=int)
    args = parser.parse_args()
    test = tap.Script()
    if args.seconds:
        test.step('other lives each time are what the oracles say', soak,
                  args.seconds, args.seed or int(time.time()))
        return test.end()
    first = args.seed or 1
    test.step('lives with power cuts are what the oracles say', lives, first,
              LIVES)
    test.step('with clocks set, latches missing and meters replaced, no Wh '
              'and no penny is lost', rough_lives, first, ROUGH)
    test.step('so are lives of the daemons on the bus, with SIGKILLs',
              scripts, first, SCRIPTS)
    return test.end()


if __name__ == '__main__':
    sys.exit(main())
