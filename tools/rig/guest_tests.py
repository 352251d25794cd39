# SPDX-License-Identifier: LGPL-2.1-or-later
"""KUnit and kselftest inside the hub, against the real firmware: KTAP out."""

import os
import re
import sys

from bench import Load
from home import BUILD, Home
from qemu import RigError

# What the kernel says when it is unhappy; none of it may come from a test.
UNHAPPY = re.compile(r'WARNING: |BUG: |Oops|Unable to handle|INFO: task .*'
                     r'blocked|possible recursive locking|possible circular|'
                     r'UBSAN|KASAN|unreferenced object|refcount_t')


def main():
    try:
        with Home(os.path.join(BUILD, 'guest'), image='test') as home:
            home.start()
            home.bench.apply(Load.of_power(1000))
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
    return 1 if bad or status else 0


if __name__ == '__main__':
    sys.exit(main())
