# SPDX-License-Identifier: LGPL-2.1-or-later
"""make smoke: boot once, compare what is shown with the bench, one line."""

import os
import sys
import time

from bench import Load
from home import BUILD, Home
from qemu import RigError
from system_test import SystemTest


def main():
    load = Load.of_power(2300, pf=0.5)
    start = time.monotonic()
    try:
        with Home(os.path.join(BUILD, 'smoke'), image='test') as home:
            home.start()
            test = SystemTest(home)
            test.boots()
            booted = time.monotonic() - start
            seen = test.shows(load)
    except Exception as err:    # one line, whatever it is
        name = '' if isinstance(err, (RigError, AssertionError)) \
            else f'{type(err).__name__}: '
        print('smoke: FAILED:', ' '.join(f'{name}{err}'.split()))
        return 1
    print(f'smoke: ok: {seen}; readings {booted:.0f} s after power on')
    return 0


if __name__ == '__main__':
    sys.exit(main())
