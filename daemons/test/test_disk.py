# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the daemons with a state do where their disk is full, read-only,
damaged, or not theirs, and where the time goes back; TAP. Needs root, for
disks of its own."""

import glob
import os
import subprocess
import sys

import wire
from harness import BIN, Stage
from test_kills import (BEGIN_S, CHAIN, PREPAYMENT, ROOT, S, STORAGE,
                        STORAGE_PATH, SUPPLY, TARIFF, Chain, Life)
import tap

ELECTRICITY = ROOT + 'electricity0'
GAS = ROOT + 'gas0'
PROPERTIES = 'org.freedesktop.DBus.Properties'
DISK_ERROR = 'uk.hearth.Error.Storage'


class Disks:
    """A small disk for each daemon."""

    def __init__(self, folder):
        self.folder = folder
        for name, _ in CHAIN:
            os.mkdir(self.of(name))
            self.mount(name, 'size=2m,mode=700', '-t', 'tmpfs', 'tmpfs')

    def of(self, name):
        return os.path.join(self.folder, name)

    def mount(self, name, options, *args):
        subprocess.run(['mount', '-o', options, *args, self.of(name)],
                       check=True)

    def fill(self, name):
        with open(os.path.join(self.of(name), 'fill'), 'wb',
                  buffering=0) as out:
            try:
                while True:
                    out.write(bytes(4096))
            except OSError:
                pass

    def free(self, name):
        os.unlink(os.path.join(self.of(name), 'fill'))

    def end(self):
        for name, _ in CHAIN:
            subprocess.run(['umount', '-l', self.of(name)], check=True)


class DiskTest:
    def __init__(self, stage):
        self.stage = stage
        self.disks = Disks(stage.folder)
        self.chain = Chain(stage, 0)
        self.record = 0
        for _ in range(3):
            self.chain.tick(900)

    def end(self):
        self.chain.end()

    # --- a change of each daemon, and how it is seen

    def change(self, interface, value):
        call = self.chain.peer.call
        if interface == STORAGE:
            call(interface, STORAGE_PATH, interface, 'Append', 'stsstqss',
                 'test-00000001', value, 'gas0', 'auxiliary',
                 self.chain.now_s * S, 0, f'{value}', '')
        elif interface == TARIFF:
            call(interface, GAS, interface, 'SetGasValues', 'uu', 3900 + value,
                 102264)
        elif interface == PREPAYMENT:
            call(interface, ELECTRICITY, interface, 'SetDebt', 'sx', 'time-1',
                 value)
        else:
            call(interface, ELECTRICITY, interface, 'SetLoadLimit', 'btubub',
                 True, 20_000_000, 10 + value, False, 60, False)

    def seen(self, interface):
        def get(path, name):
            return self.chain.peer.call(interface, path, PROPERTIES, 'Get',
                                        'ss', interface, name)[0]
        if interface == STORAGE:
            log = self.chain.read(interface, STORAGE_PATH, 'ReadLog', 'sstt',
                                  'gas0', 'auxiliary', 0, 0)[0]
            return int(log[-1][3]) if log else 0
        if interface == TARIFF:
            return get(GAS, 'GasValues')[0] - 3900
        if interface == PREPAYMENT:
            return get(ELECTRICITY, 'TimeDebt1')
        return get(ELECTRICITY, 'LoadLimit')[2] - 10

    def changed(self, interface):
        """It takes a change, and shows it."""
        self.record += 1
        self.change(interface, self.record)
        assert self.seen(interface) == self.record, self.seen(interface)

    def refused(self, interface):
        """It does not, says why, and nothing has changed."""
        before = self.seen(interface)
        try:
            self.change(interface, self.record + 1)
        except wire.Error as err:
            assert err.name == DISK_ERROR, err
            assert 'nothing was done' in err.text, err
            assert self.seen(interface) == before
            return err.text
        raise AssertionError(f'{interface}: it was taken')

    def log_of(self, meter, log, text):
        records = self.chain.read(STORAGE, STORAGE_PATH, 'ReadLog', 'sstt',
                                  meter, log, 0, 0)[0]
        return [record for record in records if text in record[3]]

    def restart(self, interface):
        daemon = self.chain.daemons[interface]
        if daemon.alive():
            assert daemon.terminate() == 0, daemon.log()
        daemon.start()
        self.chain.await_name(interface)
        self.chain.set_time(interface)
        return daemon

    def fails_to_start(self, name, why):
        """A second one, on the same disk: exit status 1 and one clear line."""
        done = subprocess.run(
            [os.path.join(BIN, name), '--bus=session', '--clock=simulated',
             '--state=' + self.disks.of(name)], env=self.stage.env,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=60)
        assert done.returncode == 1, (name, done.returncode, done.stdout)
        assert why in done.stdout, (name, done.stdout)

    # --- steps

    def works(self):
        for _, interface in CHAIN:
            self.changed(interface)

    def full(self):
        """Time goes on, over half hours; then there is room again."""
        said = set()
        for name, interface in CHAIN:
            self.disks.fill(name)
        # What the log on disk has room for is still taken.
        for name, interface in CHAIN:
            for _ in range(3000):
                try:
                    self.changed(interface)
                except wire.Error as err:
                    assert err.name == DISK_ERROR, err
                    break
            said.add(self.refused(interface))
        for _ in range(4):
            self.chain.tick(900)
        for name, interface in CHAIN:
            assert self.chain.daemons[interface].alive()
            said.add(self.refused(interface))
            self.disks.free(name)
        assert said == {'nothing was done: the disk is full'}, said
        self.chain.tick(900)
        self.works()

    def off_at_once(self):
        """Supply that has to be off is off, stored or not; never on."""
        self.disks.fill('supplyd')
        path = os.path.join(self.chain.switch, 'electricity0', 'commanded')

        def commanded():
            if not os.path.exists(path):
                return 'on'
            with open(path) as file:
                return file.read().strip()

        before = commanded()
        self.chain.read(PREPAYMENT, ELECTRICITY, 'SetMode', 's', 'prepayment')
        self.chain.read(PREPAYMENT, ELECTRICITY, 'AdjustBalance', 'x',
                        -10**8)
        for _ in range(3):
            self.chain.tick(10)
        want = self.chain.read(PREPAYMENT, ELECTRICITY, 'GetSupply')[0]
        assert (before, want, commanded()) == ('on', 'off', 'off')
        self.chain.read(PREPAYMENT, ELECTRICITY, 'SetMode', 's', 'credit')
        self.disks.free('supplyd')
        for _ in range(3):
            self.chain.tick(10)
        self.works()

    def read_only(self):
        for name, interface in CHAIN:
            # Files that are open for writing are in the way.
            daemon = self.chain.daemons[interface]
            assert daemon.terminate() == 0, daemon.log()
            self.disks.mount(name, 'remount,ro')
            self.fails_to_start(name, 'the disk is read-only')
            self.disks.mount(name, 'remount,rw')
            self.restart(interface)
        self.works()

    def not_its_own(self):
        for name, interface in CHAIN:
            daemon = self.chain.daemons[interface]
            assert daemon.terminate() == 0, daemon.log()
            done = wire.as_user(
                (65534, 65534, []), run_other,
                [os.path.join(BIN, name), '--bus=session',
                 '--clock=simulated', '--state=' + self.disks.of(name)],
                self.stage.env)
            # The bus may not let another user in at all.
            assert done[0] == 1, done
            self.restart(interface)
            done = subprocess.run(
                [os.path.join(BIN, name), '--bus=session',
                 '--state=/nowhere/at/all'], env=self.stage.env,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, timeout=60)
            assert done.returncode == 1 and \
                'check its owner and mode' in done.stdout, done
        self.works()

    def second_one(self):
        for name, _ in CHAIN:
            self.fails_to_start(name, 'another process has the database')
        self.works()

    def damaged(self):
        """Put aside, told in the log, and the others take no harm."""
        for name, interface in CHAIN:
            daemon = self.chain.daemons[interface]
            assert daemon.terminate() == 0, daemon.log()
            path = os.path.join(self.disks.of(name), name + '.db')
            with open(path, 'r+b') as file:
                file.seek(1024 + 100)
                octet = file.read(1)
                file.seek(1024 + 100)
                file.write(bytes([octet[0] ^ 0x10]))
            daemon = self.restart(interface)
            assert f'{path} was damaged' in daemon.log(), daemon.log()
            assert os.path.exists(path + '.damaged-1')
            for _ in range(3):
                self.chain.tick(60)
        for _ in range(3):
            self.chain.tick(900)
        self.works()

    def damage_is_told(self):
        """An event record of each of the four."""
        for meter, text in (
                ('electricity0', 'history was damaged'),
                ('electricity0', 'database was damaged: the tariff'),
                ('gas0', 'database was damaged: the tariff'),
                ('electricity0', 'prepayment account was damaged'),
                ('gas0', 'prepayment account was damaged'),
                ('electricity0', 'supply: the database was damaged')):
            told = len(self.log_of(meter, 'event', text) +
                       self.log_of(meter, 'security', text))
            assert told == 1, f'{meter}: {told} times {text}'

    def damaged_in_use(self):
        """Zeros over the whole file: it goes on or ends, clearly, and comes
        back."""
        for name, interface in CHAIN:
            daemon = self.chain.daemons[interface]
            for path in glob.glob(os.path.join(self.disks.of(name),
                                               name + '.db*')):
                if 'damaged' in path:
                    continue
                with open(path, 'r+b') as file:
                    file.write(b'\xff' * os.path.getsize(path))
            for _ in range(3):
                try:
                    self.change(interface, self.record)
                except wire.Error:
                    pass
            if not daemon.alive():
                assert daemon.process.returncode == 1, daemon.log()
                assert 'damaged' in daemon.log(), daemon.log()
            else:
                daemon.kill()
            self.restart(interface)
            for path in glob.glob(os.path.join(self.disks.of(name),
                                               '*damaged*')):
                os.unlink(path)
        for _ in range(3):
            self.chain.tick(900)
        self.works()

    def time_goes_back(self):
        """Three days back, and forward again: nothing is there twice."""
        for _ in range(4):
            self.chain.tick(1800)
        read = self.chain.read
        before = [read(PREPAYMENT, ELECTRICITY, 'GetStatement')[2:],
                  read(TARIFF, ELECTRICITY, 'GetCharges', 'tu', 0, 0)[1][-1],
                  read(STORAGE, STORAGE_PATH, 'GetReadings', 'stu',
                       'electricity0', 0, 0)]
        at_s = self.chain.now_s
        for back_s in (60, 3600):
            self.chain.tick(-back_s)
            for _ in range(3):
                self.chain.tick(10)
            for interface in self.chain.daemons:
                self.restart(interface)
            self.chain.tick(at_s - self.chain.now_s)
            for name, interface in CHAIN:
                assert self.chain.daemons[interface].alive(), name
            after = [read(PREPAYMENT, ELECTRICITY, 'GetStatement')[2:],
                     read(TARIFF, ELECTRICITY, 'GetCharges', 'tu', 0,
                          0)[1][-1],
                     read(STORAGE, STORAGE_PATH, 'GetReadings', 'stu',
                          'electricity0', 0, 0)]
            assert after == before, f'{back_s} s: {before} -> {after}'
        self.chain.tick(-3 * 86400)
        self.works()
        self.chain.tick(at_s - self.chain.now_s + 1800)
        self.works()


def run_other(argv, env):
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60)
    return done.returncode, done.stdout


class Outcome:
    """A life over full disks, and one without: the same in the end."""

    @staticmethod
    def live(full):
        with Stage() as stage:
            disks = Disks(stage.folder)
            chain = Chain(stage, 0)
            try:
                for _ in range(3):
                    chain.tick(900)
                for at in range(12):
                    if full and at in (1, 6):
                        for name, _ in CHAIN:
                            disks.fill(name)
                    if full and at in (4, 11):
                        for name, _ in CHAIN:
                            disks.free(name)
                    chain.tick(1000)
                chain.tick(1800)
                return Life(chain, 0).outcome()
            finally:
                chain.end()
                for daemon in stage.daemons:
                    daemon.kill()
                disks.end()

    def same(self):
        seen, expected = self.live(True), self.live(False)
        for what, outcome in expected.items():
            assert seen[what] == outcome, \
                f'{what}: {seen[what]}, not {outcome}'


def inside():
    script = tap.Script()
    with Stage() as stage:
        test = DiskTest(stage)
        for name, function in (
                ('each takes a change', test.works),
                ('full disks', test.full),
                ('off at once, on a full disk', test.off_at_once),
                ('read-only disks', test.read_only),
                ('folders of others, and none', test.not_its_own),
                ('a second one', test.second_one),
                ('damaged while they were off', test.damaged),
                ('damage is told', test.damage_is_told),
                ('damaged in use', test.damaged_in_use),
                ('time goes back', test.time_goes_back)):
            script.step(name, function)
        test.end()
        for daemon in stage.daemons:
            if daemon.alive():
                daemon.kill()
        test.disks.end()
    script.step('what full disks held up is made good', Outcome().same)
    return script.end()


def main():
    if os.geteuid():
        script = tap.Script()
        script.skip('disks that fail', 'needs root, for disks of its own')
        return script.end()
    if '--inside' in sys.argv:
        return inside()
    # What is mounted is seen in here only.
    return subprocess.run(['unshare', '--mount', '--propagation', 'private',
                           sys.executable, os.path.realpath(__file__),
                           '--inside']).returncode


if __name__ == '__main__':
    sys.exit(main())
