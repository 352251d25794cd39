# SPDX-License-Identifier: LGPL-2.1-or-later
"""A home is one run's alone, and ends whole."""

import os
import sys
import tempfile

import home
import tap
from qemu import RigError


def a_build(folder):
    """As much of a build as a home needs before it starts."""
    os.makedirs(os.path.join(folder, 'image'))
    for name in ('test.ext4', 'kernel.path'):
        with open(os.path.join(folder, 'image', name), 'w'):
            pass


def one_at_a_time():
    with tempfile.TemporaryDirectory() as folder:
        a_build(folder)
        home.BUILD, before = folder, home.BUILD
        try:
            where = os.path.join(folder, 'x')
            with home.Home(where):
                flash = os.path.join(where, 'flash.bin')
                with open(flash, 'w') as out:
                    out.write('registers')
                try:
                    home.Home(where)
                except RigError as err:
                    assert 'another run' in str(err), err
                else:
                    raise AssertionError('two in one folder')
                assert os.path.exists(flash), 'the second one removed it'
            home.Home(where).stop()
        finally:
            home.BUILD = before


class Part:
    def __init__(self, ended, name, fails=False):
        self._ended, self._name, self._fails = ended, name, fails

    def close(self):
        self._ended.append(self._name)
        if self._fails:
            raise OSError(self._name)

    kill = close


def ends_whole():
    """Also where ending one part fails."""
    with tempfile.TemporaryDirectory() as folder:
        a_build(folder)
        home.BUILD, before = folder, home.BUILD
        try:
            one = home.Home(os.path.join(folder, 'x'))
            ended = []
            for name in ('agent', 'bench', 'hub', 'relay', 'mcu'):
                setattr(one, name, Part(ended, name, name == 'agent'))
            try:
                one.stop()
            except OSError as err:
                assert str(err) == 'agent', err
            assert ended == ['agent', 'bench', 'hub', 'relay', 'mcu'], ended
            home.Home(one.folder).stop()
        finally:
            home.BUILD = before


def main():
    script = tap.Script()
    script.step('one run at a time in a folder', one_at_a_time)
    script.step('all parts end, whichever fails', ends_whole)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
