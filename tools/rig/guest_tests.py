# SPDX-License-Identifier: LGPL-2.1-or-later
"""KUnit and kselftest inside the hub, against the real firmware: KTAP out."""

import os
import re
import sys

from bench import Load
from home import BUILD, Home
from qemu import RigError, wait_until

# What the kernel says when it is unhappy; none of it may come from a test.
UNHAPPY = re.compile(r'WARNING: |BUG: |Oops|Unable to handle|INFO: task .*'
                     r'blocked|possible recursive locking|possible circular|'
                     r'UBSAN|KASAN|unreferenced object|refcount_t')


DEVICE = 'grep -lx hearth-metrology /sys/bus/iio/devices/*/name'


def settled(home):
    return (home.agent.run('systemctl is-system-running')[1].strip() in
            ('running', 'degraded') and not home.agent.run(DEVICE)[0])


def main():
    try:
        with Home(os.path.join(BUILD, 'guest'), image='test') as home:
            home.start()
            home.bench.apply(Load.of_power(1000))
            # Until then udev may still load what the tests unload.
            wait_until('the hub to settle', lambda: settled(home), 300, 1)
            status, output = home.agent.run(
                'cd /usr/libexec/hearth-tests && sh ./run.sh', 900)
            print(output)
            log = home.agent.out('dmesg')
    except (RigError, OSError) as err:
        print(f'Bail out! {err}')
        return 1
    bad = [line for line in log.splitlines() if UNHAPPY.search(line)]
    for line in bad:
        print(f'# {line}')
    print(f'{"not ok" if bad else "ok"} - the kernel log is clean')
    # Here is all that a test may miss elsewhere.
    skipped = '# SKIP' in output
    print(f'{"not ok" if skipped else "ok"} - nothing was skipped')
    return 1 if bad or status or skipped else 0


if __name__ == '__main__':
    sys.exit(main())
