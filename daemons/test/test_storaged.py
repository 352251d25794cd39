# SPDX-License-Identifier: LGPL-2.1-or-later
"""storaged as a program on a private bus; TAP."""

import glob
import os
import sys
import xml.etree.ElementTree as ET

from harness import BIN, Stage, TOP, wait_until
import tap
from test_daemons import members

STORAGE = 'uk.hearth.Storage1'
PATH = '/uk/hearth/storage'
SUPPLIER = PATH + '/supplier'
HALF_HOUR = 1800 * 10**6
START = 1767225600 * 10**6      # 2026-01-01


class StorageTest:
    def __init__(self, stage):
        self.stage = stage
        self.state = os.path.join(stage.folder, 'state')
        os.mkdir(self.state)
        self.daemon = None
        self.sequence = 0

    # --- what several steps need

    def call(self, member, *args, path=PATH):
        return self.stage.call(STORAGE, path, STORAGE, member, *args)

    def refused(self, error, member, *args):
        status, _, err = self.stage.busctl('call', STORAGE, PATH, STORAGE,
                                           member, *args)
        assert status and error in err, (member, args, err)

    def await_name(self):
        wait_until('storaged on the bus', lambda: self.stage.busctl(
            'status', STORAGE)[0] == 0)

    def set_time(self, at_us):
        self.stage.call(STORAGE, '/uk/hearth/clock', 'uk.hearth.Clock1',
                        'SetTime', 't', str(at_us))

    def put(self, *slots):
        args = []
        for slot in slots:
            args += [str(START + slot * HALF_HOUR), '1', str(slot * 10), '0']
        return self.call('PutReadings', 'sa(tatu)', 'generation0',
                         str(len(slots)), *args)[0]

    def readings(self):
        return [((at - START) // HALF_HOUR, registers[0])
                for at, registers, _ in self.call(
                    'GetReadings', 'stu', 'generation0', '0', '0')[0]]

    def append(self, text):
        self.sequence += 1
        self.call('Append', 'stsstqss', 'test', str(self.sequence),
                  'electricity0', 'event', str(START), '0', text, '')

    def events(self):
        return [(number, text) for number, _, _, text, _ in self.call(
            'ReadLog', 'sstt', 'electricity0', 'event', '0', '0')[0]]

    def killed(self):
        """SIGKILL, and a new start, at the same time."""
        self.daemon.kill()
        self.daemon.start()
        self.await_name()

    # --- steps

    def starts(self):
        self.daemon = self.stage.daemon('storaged', '--state=' + self.state,
                                        '--clock=simulated')
        self.await_name()
        assert os.stat(os.path.join(self.state, 'storaged.db')).st_mode & \
            0o777 == 0o600
        assert self.readings() == []
        # Without the time nothing can be stored that depends on it.
        self.refused('time is not known', 'SetTenancy', 't', '1')

    def introspection(self):
        promised = members(ET.parse(os.path.join(
            TOP, 'dbus', STORAGE + '.xml')).getroot(), STORAGE)
        for path in (PATH, SUPPLIER):
            text = self.stage.call(
                STORAGE, path, 'org.freedesktop.DBus.Introspectable',
                'Introspect')[0]
            offered = members(ET.fromstring(text), STORAGE)
            assert offered == promised, offered ^ promised

    def outlives_a_kill(self):
        """What was acknowledged is there, once, whatever came after it."""
        for slot in range(60):
            self.set_time(START + slot * HALF_HOUR)
            assert self.put(slot) == 1
            self.append(f'event {slot}')
            if slot % 12 == 5:
                self.killed()
                assert self.readings() == [(n, n * 10)
                                           for n in range(slot + 1)]
                assert self.events() == [(n + 1, f'event {n}')
                                         for n in range(slot + 1)]
                # As one sends again who has not heard the answer.
                self.sequence -= 1
                self.append('again')
                self.set_time(START + slot * HALF_HOUR)
                assert self.put(slot) == 0
        assert len(self.readings()) == len(self.events()) == 60

    def hides(self):
        since = str(START + 59 * HALF_HOUR)
        self.call('SetTenancy', 't', since)
        assert self.events() == []
        assert len(self.call('ReadLog', 'sstt', 'electricity0', 'event', '0',
                             '0', path=SUPPLIER)[0]) == 60
        assert len(self.readings()) == 60
        self.killed()
        assert self.events() == []

    def nobody_elses(self):
        """One database, one daemon."""
        status, _, err = self.stage.run(
            os.path.join(BIN, 'storaged'), '--bus=session',
            '--state=' + self.state)
        assert status == 1 and 'running already' in err, (status, err)
        assert len(self.readings()) == 60

    def bad_options(self):
        storaged = os.path.join(BIN, 'storaged')
        for args, expected, what in (
                (['--help'], 0, 'Usage'), (['--version'], 0, 'storaged'),
                (['--nonsense'], 2, 'Usage'), (['word'], 2, 'Usage'),
                (['--bus=session'], 1, '--state'),
                (['--bus=session', '--state=/nowhere'], 1, 'state folder'),
                (['--bus=session', '--clock=sand', '--state=' + self.state],
                 1, '--clock')):
            status, out, err = self.stage.run(storaged, *args)
            assert status == expected and what in out + err, \
                (args, status, out, err)

    def damaged(self):
        """Put aside and begun anew, not a crash."""
        assert self.daemon.terminate() == 0
        path = os.path.join(self.state, 'storaged.db')
        with open(path, 'r+b') as file:
            file.write(b'\xff' * 1024)
        self.daemon.start()
        self.await_name()
        assert 'damaged' in self.daemon.log(), self.daemon.log()
        assert glob.glob(path + '.damaged-1'), os.listdir(self.state)
        self.set_time(START + 60 * HALF_HOUR)
        assert 'put aside' in self.events()[0][1]
        assert self.put(60) == 1

    def ends(self):
        assert self.daemon.terminate() == 0


def main():
    script = tap.Script()
    with Stage() as stage:
        test = StorageTest(stage)
        for name, function in (
                ('starts', test.starts),
                ('introspection is the XML', test.introspection),
                ('outlives a kill', test.outlives_a_kill),
                ('hides what was before the tenancy', test.hides),
                ('a database is one daemon\'s', test.nobody_elses),
                ('wrong options', test.bad_options),
                ('a damaged database', test.damaged),
                ('ends cleanly', test.ends)):
            script.step('storaged: ' + name, function)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
