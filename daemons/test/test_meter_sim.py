# SPDX-License-Identifier: LGPL-2.1-or-later
"""meter-sim itself, with the daemons; TAP."""

import os
import signal
import subprocess
import sys
import tempfile

from harness import BIN, TOP
import sim
import tap

EXAMPLES = os.path.join(TOP, 'daemons/meter-sim/examples')
PROGRAM = os.path.join(BIN, 'meter-sim')


def run(script, *options):
    """(status, output, errors)"""
    with tempfile.NamedTemporaryFile('w', suffix='.txt') as file:
        file.write(script)
        file.flush()
        done = subprocess.run([PROGRAM, *options, file.name],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=300)
        return (done.returncode, done.stdout,
                done.stderr.replace(file.name, 'script'))


def same(seen, expected):
    assert seen == expected, f'{seen!r}, not {expected!r}'


def example(name):
    done = subprocess.run([PROGRAM, '--quiet', os.path.join(EXAMPLES, name)],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def mistakes():
    status, out, err = run('2024-03-04 print a\n+1h dance\n')
    same((status, out, err),
         (2, '', 'script:2: "dance" is no action\n'))
    status, _, err = run('2024-03-04 end\n', '--step=2d')
    same(status, 2)
    assert '--step: "2d" is not right' in err, err


def problems():
    """What is not as expected is told with its line, and counted."""
    status, out, err = run(
        '2024-03-04 expect electricity0 Prepayment1 Balance == 1\n'
        '+1h call prepayd electricity0 SetMode s later\n'
        '+0 refused NotNow prepayd electricity0 SetMode s later\n'
        '+0 refused Invalid prepayd electricity0 SetMode s later\n'
        '+0 expect electricity0 Prepayment1 Mode == credit\n', '--quiet')
    same(status, 1)
    lines = err.splitlines()
    same([line.split(':')[:2] for line in lines],
         [['script', '1'], ['script', '2'], ['script', '3']])
    assert 'is to be == 1, and is 0' in lines[0], lines[0]
    assert '5 checks, 3 problems' in out, out


def the_same_twice():
    """A script is a simulation: all that is shown is the same again."""
    script = ('2024-03-04 load electricity0 made-up 5\n'
              '+0 call tariffd electricity0 SetPrices ytnaiaaii 1 0 -5 1 '
              '25000 0 45000\n'
              '+0 every 1h 72 show electricity0 Tariff1 GetCharges() tu @-1h 0'
              '\n+0 every 7h 9 kill all\n+3d end\n')

    def once():
        status, out, err = run(script, '--json')
        assert status == 0, err
        lines = [line for line in out.splitlines()
                 if '"bus"' not in line and '"end"' not in line]
        assert len(lines) == 75, lines
        # The epoch is a database's own.
        return [line.split('"value":"')[0] +
                ' '.join(line.split('"value":"')[-1].split()[1:])
                if '"value"' in line else line for line in lines]

    first, second = once(), once()
    for one, other in zip(first, second):
        same(one, other)


def children(pid):
    listed = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)],
                            capture_output=True, text=True, check=False)
    return [int(word) for word in listed.stdout.split()]


def alive(pid):
    try:
        with open(f'/proc/{pid}/stat', encoding='ascii') as stat:
            return stat.read().rsplit(')', 1)[1].split()[0] != 'Z'
    except FileNotFoundError:
        return False


def nothing_stays(number):
    """However it ends, none of its processes is left, nor its folders."""
    with sim.Simulation('2024-03-04 print a\n+1d end\n') as simulation:
        for line in simulation.lines():
            pass
        assert not line['problems'], simulation.said()
        pids = children(simulation.process.pid)
        same(len(pids), 5)
        # It stays, and can be asked.
        same(simulation.call('Supply', '/uk/hearth/meter/gas0', 'GetHolds'),
             [[]])
        simulation.process.send_signal(number)
        status = simulation.process.wait(60)
        # The kernel ends them; this is how long that may take.
        for pid in pids:
            while number == signal.SIGKILL and alive(pid):
                os.sched_yield()
            assert not alive(pid), f'{pid} is left'
        if number != signal.SIGKILL:
            same(status, 0)
            assert not os.path.exists(simulation.folder)


def main():
    test = tap.Script()
    test.step('mistakes of a script are told before anything starts',
              mistakes)
    test.step('what is not as expected is told with its line', problems)
    test.step('a script twice is the same twice, kills and all',
              the_same_twice)
    test.step('Ctrl-C leaves nothing behind', nothing_stays, signal.SIGINT)
    test.step('nor does a kill leave a process', nothing_stays,
              signal.SIGKILL)
    for name in sorted(os.listdir(EXAMPLES)):
        test.step(f'the example {name} goes as it says', example, name)
    return test.end()


if __name__ == '__main__':
    sys.exit(main())
