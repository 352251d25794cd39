# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemons on a private bus, with a simulated kernel side.

FakeMeter is a folder that looks like the sysfs of the metrology device and a
FIFO that looks like its node; the daemons cannot tell. Nothing here needs root,
and nothing touches the machine's own bus.
"""

import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tools', 'rig'))
BIN = os.path.join(os.environ.get('BUILD', os.path.join(TOP, 'build')),
                   'host', 'bin')

METER = 'uk.hearth.Metrology1'
METER_ROOT = '/uk/hearth/meter'
METER_PATH = METER_ROOT + '/electricity0'
IHD = 'uk.hearth.Ihd1'
IHD_PATH = '/uk/hearth/ihd1'
PROPERTIES = 'org.freedesktop.DBus.Properties'

LIMIT_S = 60
UNKNOWN = -2**63
NO_32, NO_64 = -2**31, -2**63


def wait_until(what, look, limit_s=LIMIT_S):
    """Poll until look() is true; return it."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise AssertionError(f'gave up after {limit_s} s: {what}')


class FakeMeter:
    """The metrology device as metrologyd sees it."""

    # channel: (index, storage type, scale)
    CHANNELS = {
        'in_altvoltage0': (0, 's32', '1'),
        'in_current0': (1, 's32', '0.001000'),
        'in_current1': (2, 's32', '0.001000'),
        'in_power0': (3, 's32', '1'),
        'in_power1': (4, 's32', '1'),
        'in_energy0': (5, 's64', '3.600000'),
        'in_energy1': (6, 's64', '3.600000'),
        'in_energy2': (7, 's64', '3.600000'),
        'in_energy3': (8, 's64', '3.600000'),
        'in_timestamp': (9, 's64', None),
    }

    def __init__(self, folder):
        self.sysfs = os.path.join(folder, 'sysfs')
        self.dev = os.path.join(folder, 'dev')
        os.makedirs(self.sysfs)
        os.makedirs(self.dev)
        self._node = os.path.join(self.dev, 'iio:device3')
        self._folder = os.path.join(self.sysfs, 'iio:device3')
        self._fd = None
        self.frequency = '50.010000'
        # mV, uA, uA, mW, mvar; mWh, mWh, mvarh, mvarh
        self.values = [230100, 2001000, 1999000, 460000, -21000,
                       5000000, 1000, 250000, 2000]

    def _write(self, name, text):
        path = os.path.join(self._folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w') as file:
            file.write(text + '\n')

    def read(self, name):
        with open(os.path.join(self._folder, name)) as file:
            return file.read().strip()

    def appear(self, power_type='le:s32/32>>0'):
        self._write('name', 'hearth-metrology')
        self._write('current_timestamp_clock', 'realtime')
        self._write('buffer/enable', '0')
        self._write('in_altvoltage0_frequency', self.frequency)
        for name, (index, kind, scale) in self.CHANNELS.items():
            bits = kind[1:]
            self._write(f'scan_elements/{name}_index', str(index))
            self._write(f'scan_elements/{name}_type',
                        f'le:{kind}/{bits}>>0')
            self._write(f'scan_elements/{name}_en', '0')
            if scale:
                self._write(f'{name}_scale', scale)
        self._write('scan_elements/in_power0_type', power_type)
        os.mkfifo(self._node)
        # Both ends, so that it is not at its end while nobody writes.
        self._fd = os.open(self._node, os.O_RDWR | os.O_NONBLOCK)

    def vanish(self):
        shutil.rmtree(self._folder)
        os.unlink(self._node)
        os.close(self._fd)
        self._fd = None

    def running(self):
        return self._fd is not None and \
            self.read('buffer/enable').startswith('1')

    def scan(self, age_s=0):
        """The bytes of a scan measured age_s ago."""
        stamp = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - int(age_s * 1e9)
        return struct.pack('<5i4x4qq', *self.values, stamp)

    def write(self, data):
        os.write(self._fd, data)

    def send(self, age_s=0):
        self.write(self.scan(age_s))


class Daemon:
    """A daemon of ours, its log kept."""

    def __init__(self, stage, name, *args):
        self.name = name
        self.argv = [os.path.join(BIN, name), '--bus=session', *args]
        self._stage = stage
        self.log_path = os.path.join(stage.folder, name + '.log')
        self.process = None
        self._from = 0
        self.start()

    def start(self):
        self._from = os.path.getsize(self.log_path) \
            if os.path.exists(self.log_path) else 0
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self._stage.env)

    def log(self):
        """What it has said since it was started last."""
        with open(self.log_path, errors='replace') as log:
            log.seek(self._from)
            return log.read()

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        """The polite way; returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_S)


class Stage:
    """A private bus; whatever runs on it ends with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='hearth-test-')
        self.bus = subprocess.Popen(
            ['dbus-daemon', '--session', '--nofork', '--nopidfile',
             '--print-address=1',
             '--address=unix:dir=' + self.folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        address = self.bus.stdout.readline().strip()
        self.env = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=address,
                        XDG_RUNTIME_DIR=self.folder)
        self.env.pop('NOTIFY_SOCKET', None)
        self.address = address
        self.daemons = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for daemon in self.daemons:
            if daemon.alive():
                daemon.kill()
        self.bus.kill()
        self.bus.wait()
        self.bus.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def daemon(self, name, *args):
        out = Daemon(self, name, *args)
        self.daemons.append(out)
        return out

    def run(self, *argv):
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.env, timeout=LIMIT_S)
        return done.returncode, done.stdout, done.stderr

    # --- the bus

    def busctl(self, *args):
        return self.run('busctl', '--address=' + self.address,
                        '--json=short', *args)

    def call(self, *args):
        """The body of the answer; AssertionError with the bus's error."""
        status, out, err = self.busctl('call', *args)
        assert status == 0, err.strip()
        return json.loads(out)['data'] if out else []

    def meter(self):
        """{property: value or (value, age, time, quality)}, or None."""
        status, out, _ = self.busctl('call', METER, METER_PATH, PROPERTIES,
                                     'GetAll', 's', METER)
        if status:
            return None
        return {name: value['data']
                for name, value in json.loads(out)['data'][0].items()}

    def display(self):
        status, out, _ = self.busctl('get-property', IHD, IHD_PATH, IHD,
                                     'View')
        if status:
            return None
        return {name: value['data']
                for name, value in json.loads(out)['data'].items()}

    def meterctl(self, *args):
        return self.run(os.path.join(BIN, 'meterctl'), '--bus=session',
                        *args, 'status')


class Signals:
    """PropertiesChanged of one interface, as they pass on the bus."""

    def __init__(self, stage, interface):
        self._path = os.path.join(stage.folder, 'signals')
        with open(self._path, 'w') as out:
            self._process = subprocess.Popen(
                ['dbus-monitor', '--address', stage.address, '--profile',
                 "type='signal',interface='" + PROPERTIES + "',"
                 f"arg0='{interface}'"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def times(self):
        """When each was seen, s."""
        with open(self._path) as seen:
            return [float(found.group(1)) for found in re.finditer(
                r'^sig\t(\d+\.\d+)\t.*PropertiesChanged$', seen.read(),
                re.MULTILINE)]

    def end(self):
        self._process.kill()
        self._process.wait()


class Web:
    """Requests to a display."""

    def __init__(self, port):
        self.port = port

    def connection(self, source='127.0.0.1'):
        """From any address of this machine: 127.0.0.1, 127.0.0.2, ..."""
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=20,
                                          source_address=(source, 0))

    def request(self, method='GET', path='/', headers=None, body=None):
        """(status, headers, text)"""
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return (answer.status, dict(answer.getheaders()),
                    answer.read().decode())
        finally:
            connection.close()

    def live(self):
        return json.loads(self.request(path='/api/v1/live.json')[2])

    def events(self, count):
        """The first so many views of a new listener."""
        connection = self.connection()
        views = []
        try:
            connection.request('GET', '/events')
            answer = connection.getresponse()
            while len(views) < count:
                line = answer.readline().decode()
                assert line, 'the stream of events ended'
                if line.startswith('data: '):
                    views.append(json.loads(line[6:]))
        finally:
            connection.close()
        return views
