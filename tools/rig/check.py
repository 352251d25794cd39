# SPDX-License-Identifier: LGPL-2.1-or-later
"""make check: run every test there is, count, end with one line.

Each lane runs test programs that print TAP (or KTAP); a program's output goes
to build/check/NAME.tap. A program that ends with an error, or prints no
result at all, is a failure whatever it printed before.
"""

import argparse
import concurrent.futures
import glob
import os
import shutil
import subprocess
import sys
import time

import tap
from home import BUILD, TOP

OUT = os.path.join(BUILD, 'check')
HOST = os.path.join(BUILD, 'host')
RIG = os.path.dirname(os.path.realpath(__file__))
LIMIT_S = 1500
SOAK_LIMIT_S = 7200

FUZZ_CORPORA = ('daemons/fuzz/corpus', 'firmware-mcu/fuzz/corpus')


def say(*lines):
    """Lines that stay together, whoever else has something to say."""
    sys.stdout.write(''.join(f'{line}\n' for line in lines))
    sys.stdout.flush()


def run_tap(name, argv, limit_s=LIMIT_S, more=None):
    """Run one test program; return what it adds to the count. more: of the
    environment."""
    path = os.path.join(OUT, name + '.tap')
    start = time.monotonic()
    env = dict(os.environ, CMOCKA_MESSAGE_OUTPUT='TAP', LC_ALL='C.UTF-8',
               ASAN_OPTIONS='detect_leaks=1:abort_on_error=1', **(more or {}))
    with open(path, 'wb') as out:
        try:
            status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out,
                                    stderr=subprocess.STDOUT, cwd=TOP, env=env,
                                    timeout=limit_s).returncode
            trouble = f'exit status {status}' if status else ''
        except subprocess.TimeoutExpired:
            trouble = f'still running after {limit_s} s'
        except OSError as err:
            trouble = str(err)
    with open(path, errors='replace') as text:
        result = tap.count(text.read(), name)
    if not trouble and not result.passed + result.failed + result.skipped:
        trouble = 'no test result'
    if trouble and not result.failed:
        result.failed += 1
        result.failures.append(f'{name}: {trouble}')
    lines = [f'{name}: {result} ({time.monotonic() - start:.0f} s)']
    if result.failed:
        with open(path, errors='replace') as text:
            lines += [f'    {line}'
                      for line in text.read().splitlines()[-40:]]
    say(*lines)
    return result


def missing(what):
    """What should be there and is not is a failure, and counted as one."""
    result = tap.Count()
    result.failed = 1
    result.failures.append(f'no {what}: run make host')
    return result


def run_script(path):
    name = os.path.splitext(os.path.basename(path))[0]
    return run_tap(name, [sys.executable, path])


def core_lane(_):
    """Of the host's: that nothing is lost, whatever happens."""
    total = tap.Count()
    for program in sorted(
            glob.glob(os.path.join(HOST, 'bin', 'test-*crash*')) +
            glob.glob(os.path.join(HOST, 'bin', 'test-*powercut*'))):
        total.add(run_tap(os.path.basename(program), [program]))
    for script in sorted(glob.glob(os.path.join(TOP,
                                                'daemons/test/test_core*.py'))):
        total.add(run_script(script))
    return total


def host_lane(_):
    total = tap.Count()
    programs = sorted(glob.glob(os.path.join(HOST, 'bin', 'test-*')))
    if not programs:
        total.add(missing(f'tests in {HOST}/bin'))
    for program in programs:
        total.add(run_tap(os.path.basename(program), [program]))
    for script in sorted(
            glob.glob(os.path.join(TOP, 'tools/rig/test_*.py')) +
            glob.glob(os.path.join(TOP, 'daemons/test/test_*.py'))):
        total.add(run_script(script))
    total.add(run_tap('dbus-reference', [
        sys.executable, os.path.join(TOP, 'dbus/reference.py'), '--check']))
    return total


def run_fuzzer(argv, out, limit_s):
    """What went wrong, or nothing."""
    try:
        status = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=out, timeout=limit_s).returncode
    except subprocess.TimeoutExpired:
        return f'still running after {limit_s} s, '
    except OSError as err:
        return f'{err}, '
    return f'exit status {status}, ' if status else ''


def fuzz_lane(args):
    """Each target runs over its kept seeds, then on from there."""
    total = tap.Count()
    targets = sorted(glob.glob(os.path.join(HOST, 'fuzz', 'fuzz-*')))
    targets = [t for t in targets if os.access(t, os.X_OK) and
               os.path.isfile(t) and '.' not in os.path.basename(t)]
    if not targets:
        return missing(f'fuzz targets in {HOST}/fuzz')
    for target in targets:
        name = os.path.basename(target)
        found = os.path.join(OUT, name + '.found')
        shutil.rmtree(found, ignore_errors=True)
        os.makedirs(found)
        corpora = [os.path.join(TOP, c, name.removeprefix('fuzz-'))
                   for c in FUZZ_CORPORA]
        corpora = [c for c in corpora if os.path.isdir(c)]
        path = os.path.join(OUT, name + '.log')
        result = tap.Count()
        with open(path, 'wb') as out:
            trouble = run_fuzzer(
                [target, f'-max_total_time={args.seconds}',
                 '-rss_limit_mb=2048', '-timeout=10', '-print_final_stats=1',
                 f'-artifact_prefix={OUT}/{name}-', found] + corpora,
                out, args.seconds + 300)
        if not corpora:
            result.failures.append(f'{name}: no seeds in the tree')
        elif trouble:
            result.failures.append(f'{name}: {trouble}see {path}')
        result.failed = len(result.failures)
        result.passed = 1 - result.failed
        say(f'{name}: {result}')
        total.add(result)
    return total


def guest_lane(_):
    total = tap.Count()
    for name, script in (('stm32', 'stm32_boot.py'),
                         ('mcu-gear', 'mcu_gear.py'),
                         ('guest', 'guest_tests.py')):
        total.add(run_tap(name, [sys.executable, os.path.join(RIG, script)]))
    return total


def system_lane(_):
    return run_tap('system', [sys.executable, os.path.join(RIG,
                                                           'system_test.py')])


# Tests that go on as long as one likes: so many power cuts of each program,
# changed octets, kills, and rounds of hostile calls.
SOAK = {'HEARTH_CUTS': '2500', 'HEARTH_FLIPS': '10000', 'HEARTH_KILLS': '500',
        'HEARTH_HOSTILE': '100'}
SOAK_CORE_S = 600
SOAK_MCU_CUTS = 100000


def soak_lane(args):
    """10,000 random power cuts over the four daemons, random lives for ten
    minutes, and what goes with them; --times: so many times that, with other
    seeds where there are any."""
    total = tap.Count()
    programs = sorted(glob.glob(os.path.join(HOST, 'bin', 'test-crash-*')) +
                      glob.glob(os.path.join(HOST, 'bin', 'test-store-*')))
    if not programs:
        total.add(missing(f'crash tests in {HOST}/bin'))
    more = {name: os.environ.get(name, str(int(count) * args.times))
            for name, count in SOAK.items()}
    for program in programs:
        total.add(run_tap('soak-' + os.path.basename(program), [program],
                          SOAK_LIMIT_S * args.times, more))
    # The MCU is faster: so many in the store alone, so many in all of it.
    mcu = {'HEARTH_CUTS': os.environ.get('HEARTH_CUTS',
                                         str(SOAK_MCU_CUTS * args.times)),
           'HEARTH_SEED': os.environ.get('HEARTH_SEED', str(args.times))}
    for name in ('test-mcu-store', 'test-mcu-halfhour'):
        total.add(run_tap('soak-' + name, [os.path.join(HOST, 'bin', name)],
                          SOAK_LIMIT_S * args.times, mcu))
    for name in ('test_kills', 'test_hostile'):
        more['HEARTH_SEED'] = os.environ.get('HEARTH_SEED', str(args.times))
        total.add(run_tap(
            'soak-' + name,
            [sys.executable, os.path.join(TOP, f'daemons/test/{name}.py')],
            SOAK_LIMIT_S * args.times, more))
    total.add(run_tap('soak-test_core', [
        sys.executable, os.path.join(TOP, 'daemons/test/test_core.py'),
        f'--seconds={SOAK_CORE_S * args.times}'],
        SOAK_LIMIT_S * args.times))
    return total


LANES = {'host': host_lane, 'fuzz': fuzz_lane, 'guest': guest_lane,
         'system': system_lane, 'core': core_lane, 'soak': soak_lane}
USUAL = ('host', 'fuzz', 'guest', 'system')

# What runs beside each other: QEMU is mostly one thread, and so are the rest.
# Core is a part of host, for who wants only that.
SIDES = (('host', 'fuzz', 'core', 'soak'), ('guest', 'system'))


def run_lanes(names, args):
    total = tap.Count()
    for name in names:
        say(f'--- {name}')
        total.add(LANES[name](args))
    return total


def main():
    parser = argparse.ArgumentParser(description='Run the tests and count.')
    parser.add_argument('lanes', nargs='*', metavar='LANE',
                        help=f'of: {" ".join(LANES)} '
                             f'(default: {" ".join(USUAL)})')
    parser.add_argument('--seconds', type=int, default=5,
                        help='for each fuzz target (default 5)')
    parser.add_argument('--times', type=int, default=1,
                        help='as long a soak (default 1)')
    args = parser.parse_args()
    unknown = set(args.lanes) - set(LANES)
    if unknown:
        parser.error(f'unknown lane {", ".join(unknown)}')
    os.makedirs(OUT, exist_ok=True)
    sides = [[name for name in side if name in (args.lanes or USUAL)]
             for side in SIDES]
    total = tap.Count()
    with concurrent.futures.ThreadPoolExecutor(len(SIDES)) as pool:
        for result in pool.map(lambda names: run_lanes(names, args), sides):
            total.add(result)
    say('---')
    for text in total.skips:
        say(f'skipped: {text}')
    for text in total.failures:
        say(f'FAILED: {text}')
    say(str(total))
    return 1 if total.failed or not total.passed else 0


if __name__ == '__main__':
    sys.exit(main())
