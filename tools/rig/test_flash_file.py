# SPDX-License-Identifier: LGPL-2.1-or-later
"""The file that stands in for the MCU's flash: made, finished, or left alone.

On the host's chip; the system test has a look at QEMU's.
"""

import os
import subprocess
import sys
import tempfile
import time

import tap
from home import BUILD

MCU = os.path.join(BUILD, 'host', 'bin', 'hearth-mcu-host')
SIZE = 1 << 20
LIMIT_S = 60


def start(folder):
    return subprocess.Popen(
        [MCU, '--flash=' + os.path.join(folder, 'flash'),
         '--link=' + os.path.join(folder, 'link'),
         '--bench=' + os.path.join(folder, 'bench')],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True)


def taken(content):
    """A new flash is made of it: full size, with the first record."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'flash')
        if content is not None:
            with open(path, 'wb') as out:
                out.write(content)
        with start(folder) as mcu:
            end = time.monotonic() + LIMIT_S
            try:
                while True:
                    assert mcu.poll() is None, mcu.stderr.read()
                    assert time.monotonic() < end, 'no record in the flash'
                    if os.path.exists(path) and os.path.getsize(path) == SIZE:
                        with open(path, 'rb') as flash:
                            if flash.read(4) == b'\x01\0\0\0':
                                break
                    time.sleep(0.05)
            finally:
                mcu.kill()


def left_alone(content):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'flash')
        with open(path, 'wb') as out:
            out.write(content)
        with start(folder) as mcu:
            try:
                assert mcu.wait(LIMIT_S) == 1
            finally:
                mcu.kill()
            says = mcu.stderr.read()
        assert 'another file?' in says and says.count('\n') == 1, says
        with open(path, 'rb') as now:
            assert now.read() == content, 'it was written to'


def main():
    script = tap.Script()
    script.step('none: is made', taken, None)
    script.step('empty: is filled', taken, b'')
    script.step('blanking cut short: is finished', taken, b'\xff' * 5000)
    script.step('another file: left alone', left_alone, b'abc' * 3000)
    script.step('a longer file: left alone', left_alone, b'\xff' * (SIZE + 1))
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
