# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemons on a private bus with a simulated kernel side; TAP."""

import glob
import json
import os
import re
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

from harness import (FakeMeter, IHD, IHD_PATH, LIMIT_S, METER, METER_PATH,
                     METER_ROOT, NO_32, NO_64, PROPERTIES, Signals, Stage, TOP,
                     UNKNOWN, Web, wait_until)
import tap
from readings import parse_page

UNITS = {'hearth-metrologyd.service': 15, 'hearth-ihdd.service': 15}


class DaemonTest:
    def __init__(self, stage):
        self.stage = stage
        self.fake = FakeMeter(stage.folder)
        self.metrologyd = None
        self.ihdd = None
        self.web = None

    # --- what several steps need

    def await_meter(self, what, check):
        def look():
            meter = self.stage.meter()
            return meter if meter and check(meter) else None
        return wait_until(what, look)

    def sent(self, values=None):
        """Send a scan; wait until the bus has its power; return it all."""
        if values:
            self.fake.values = values
        self.fake.send()
        return self.await_meter(
            'the scan on the bus', lambda m: m['ActivePower'][:1] ==
            [self.fake.values[3]] and m['ActivePower'][3] == 'valid')

    def await_view(self, what, check):
        """Go on sending scans until the display satisfies check."""
        def look():
            if self.fake.running():
                self.fake.send()
            view = self.web.live()
            return view if check(view) else None
        return wait_until(what, look)

    # --- metrologyd

    def no_device(self):
        self.metrologyd = self.stage.daemon(
            'metrologyd', '--sysfs=' + self.fake.sysfs,
            '--dev=' + self.fake.dev)
        meter = self.await_meter('metrologyd on the bus', lambda m: True)
        assert meter.pop('SourceState') == 'no-device', meter
        for name, reading in meter.items():
            assert reading == [UNKNOWN, 2**32 - 1, 0, 'unknown'], \
                (name, reading)

    def publishes(self):
        self.fake.appear()
        wait_until('the buffer to be on', self.fake.running)
        meter = self.sent()
        assert meter.pop('SourceState') == 'ok'
        expected = {'Voltage': 230100, 'CurrentLive': 2001000,
                    'CurrentNeutral': 1999000, 'ActivePower': 460000,
                    'ReactivePower': -21000, 'Frequency': 50010,
                    'ActiveImport': 5000, 'ActiveExport': 1,
                    'ReactiveImport': 250, 'ReactiveExport': 2}
        now = time.time() * 1e6
        for name, (value, age_ms, utc_us, quality) in meter.items():
            assert value == expected.pop(name), (name, value)
            assert quality == 'valid' and age_ms < 3000, (name, age_ms)
            assert abs(now - utc_us) < 60e6, (name, utc_us)
        assert not expected, expected

    def registers(self):
        """All of one instant; and a latch only where a half hour ended."""
        at_us, values, flags = self.stage.call(METER, METER_PATH, METER,
                                               'GetRegisters')[0]
        assert abs(time.time() * 1e6 - at_us) < 60e6, at_us
        assert (values, flags) == ([5000, 1, 250, 2], 0), (values, flags)
        latches = self.stage.call(METER, METER_PATH, METER, 'GetLatches',
                                  'tu', '0', '0')[0]
        assert all(at % 1800000000 == 0 and flags == 1
                   for at, _, flags in latches), latches

    def objects(self):
        found = self.stage.call(METER, METER_ROOT,
                                'org.freedesktop.DBus.ObjectManager',
                                'GetManagedObjects')[0]
        assert list(found) == [METER_PATH], found
        assert METER in found[METER_PATH], found

    def introspection(self):
        """What the daemons offer is what the XML promises, no more."""
        for bus, path in ((METER, METER_PATH), (IHD, IHD_PATH)):
            text = self.stage.call(
                bus, path, 'org.freedesktop.DBus.Introspectable',
                'Introspect')[0]
            offered = members(ET.fromstring(text), bus)
            promised = members(
                ET.parse(os.path.join(TOP, 'dbus', bus + '.xml')).getroot(),
                bus)
            assert offered == promised, \
                f'{bus}: {offered ^ promised}'

    def not_measured(self):
        """What the MCU has not measured is unknown, and never zero."""
        before = self.fake.values
        meter = self.sent([NO_32, NO_32, NO_32, 1, NO_32, NO_64, NO_64,
                           NO_64, NO_64])
        for name in ('Voltage', 'CurrentLive', 'ReactivePower',
                     'ActiveImport', 'ReactiveExport'):
            assert meter[name] == [UNKNOWN, 2**32 - 1, 0, 'unknown'], \
                (name, meter[name])
        status, _, err = self.stage.busctl('call', METER, METER_PATH, METER,
                                           'GetRegisters')
        assert status and 'not known now' in err, err
        self.sent(before)

    def one_signal_a_second(self):
        signals = Signals(self.stage, METER)
        start = time.monotonic()

        def look():
            self.fake.values[3] += 1
            self.fake.send()
            return len(signals.times()) >= 5
        try:
            wait_until('five signals', look)
            took = time.monotonic() - start
            times = signals.times()
        finally:
            signals.end()
        gaps = [b - a for a, b in zip(times, times[1:])]
        # The monitor's clock reads when it, not the bus, gets to it.
        assert min(gaps) > 0.9, gaps
        assert took >= 0.95 * (len(times) - 1), (took, times)
        return f'gaps {", ".join(f"{gap:.3f}" for gap in gaps)} s'

    def goes_stale(self):
        self.sent()
        signals = Signals(self.stage, METER)
        try:
            meter = self.await_meter(
                'stale readings', lambda m: m['ActivePower'][3] == 'stale')
            assert meter['ActivePower'][0] == self.fake.values[3], meter
            assert meter['ActivePower'][1] >= 3000, meter
            wait_until('the signal that says so', signals.times)
            meter = self.await_meter(
                'the source silent', lambda m: m['SourceState'] == 'silent')
        finally:
            signals.end()
        assert self.metrologyd.log().count('silent') <= 1
        assert self.sent()['SourceState'] == 'ok'

    def old_scan(self):
        """A scan that was long under way is as old as it is."""
        self.fake.values[3] += 1000
        self.fake.send(age_s=10)
        meter = self.await_meter(
            'the old scan',
            lambda m: m['ActivePower'][0] == self.fake.values[3])
        assert meter['ActivePower'][3] == 'stale', meter
        assert meter['ActivePower'][1] >= 10000, meter
        self.sent()

    def register_back(self):
        before = list(self.fake.values)
        back = before[:5] + [before[5] - 1000000] + before[6:]
        meter = self.sent(back)
        assert meter['ActiveImport'][3] == 'unknown', meter
        assert meter['ActiveExport'][3] == 'valid', meter
        assert meter['SourceState'] == 'error', meter
        assert 'went back' in self.metrologyd.log()
        meter = self.sent(before)
        assert meter['SourceState'] == 'ok', meter
        assert meter['ActiveImport'][0] == 5000, meter

    def device_gone(self):
        self.fake.vanish()
        self.await_meter('that the device is gone',
                         lambda m: m['SourceState'] == 'no-device')
        self.fake.appear()
        wait_until('the buffer to be on', self.fake.running)
        assert self.sent()['SourceState'] == 'ok'

    def other_channels(self):
        self.fake.vanish()
        self.await_meter('that the device is gone',
                         lambda m: m['SourceState'] == 'no-device')
        self.fake.appear(power_type='le:s99/32>>0')
        self.await_meter('that it is not understood',
                         lambda m: m['SourceState'] == 'error')
        assert 'other channels' in self.metrologyd.log()
        self.fake.vanish()
        self.fake.appear()
        wait_until('the buffer to be on', self.fake.running)
        assert self.sent()['SourceState'] == 'ok'

    def half_a_scan(self):
        """A scan in pieces is one scan."""
        self.fake.values[3] += 7
        scan = self.fake.scan()
        self.fake.write(scan[:11])
        time.sleep(0.2)         # for metrologyd to have read the first piece
        self.fake.write(scan[11:])
        self.await_meter('the scan', lambda m: m['ActivePower'][0] ==
                         self.fake.values[3])

    def killed(self):
        self.metrologyd.kill()
        assert self.stage.meter() is None
        self.metrologyd.start()
        wait_until('the buffer to be on again', lambda:
                   self.stage.meter() and self.fake.running())
        assert self.sent()['ActiveImport'][0] == 5000

    def nothing_to_change(self):
        for args in (
                (METER, METER_PATH, PROPERTIES, 'Set', 'ssv', METER,
                 'SourceState', 's', 'ok'),
                (METER, METER_PATH, PROPERTIES, 'Set', 'ssv', METER,
                 'ActivePower', '(xuts)', '0', '0', '0', 'valid'),
                (METER, METER_PATH, METER, 'Reset'),
                (METER, METER_ROOT + '/gas0', PROPERTIES, 'GetAll', 's',
                 METER),
                (IHD, IHD_PATH, PROPERTIES, 'Set', 'ssv', IHD, 'View',
                 'a{sv}', '0')):
            status, _, err = self.stage.busctl('call', *args)
            assert status, f'{args} was taken'
        assert self.sent()['SourceState'] == 'ok'

    # --- ihdd

    def start_ihdd(self):
        config = os.path.join(self.stage.folder, 'ihdd.conf')
        with open(config, 'w') as file:
            file.write('port = 0\nbind = 127.0.0.1\n'
                       'price_mp_per_kwh = 25000\n')
        self.ihdd = self.stage.daemon(
            'ihdd', '--config=' + config,
            '--state=' + os.path.join(self.stage.folder, 'today'))
        self.find_port()

    def find_port(self):
        found = wait_until('the port in the log', lambda: re.search(
            r'display on port (\d+)', self.ihdd.log()))
        self.web = Web(int(found.group(1)))

    def shows(self):
        self.start_ihdd()
        self.fake.values[3] = 2300000
        view = self.await_view('2.3 kW', lambda v:
                               v['power_mw'] == 2300000 and
                               v['power_quality'] == 'valid')
        assert view['power_text'] == '2.30 kW', view
        assert view['ambient'] == 'high', view
        assert view['cost_per_hour_mp'] == 57500, view
        assert view['energy_today_wh'] == 0, view
        page = parse_page(self.web.request()[2])
        assert page['power'] == '2.30 kW', page
        assert page['ambient'] == view['ambient_text'], page
        seen = self.stage.display()
        assert seen['power_text'] == '2.30 kW', seen
        assert set(seen) <= set(view), set(seen) - set(view)
        for name, value in view.items():
            assert (value is None) == (name not in seen), name

    def documented(self):
        """The fields of the view are those the XML documents."""
        with open(os.path.join(TOP, 'dbus', IHD + '.xml')) as file:
            names = set(re.findall(r'`(\w+)`', file.read()))
        view = self.web.live()
        assert set(view) == names, set(view) ^ names

    def streams(self):
        self.fake.send()
        start = time.monotonic()
        views = self.web.events(3)
        took = time.monotonic() - start
        assert [v['power_mw'] for v in views] == [2300000] * 3, views
        assert took > 1.5, f'three views in {took:.2f} s'

    def terminal(self):
        self.await_view('a valid power',
                        lambda v: v['power_quality'] == 'valid')
        status, out, err = self.stage.meterctl()
        assert status == 0, (status, out, err)
        assert '2.30 kW' in out, out
        status, out, err = self.stage.meterctl('--json')
        seen = json.loads(out)
        assert status == 0 and not seen['errors'], out
        assert seen['display']['power_text'] == '2.30 kW', seen
        assert seen['meter']['ActivePower']['value'] == 2300000, seen

    def counts_today(self):
        self.fake.values[5] += 1234000
        view = self.await_view('1,234 Wh more', lambda v:
                               v['energy_today_wh'] == 1234)
        assert view['cost_today_mp'] == 1234 * 25, view
        since = view['energy_today_since']
        self.ihdd.kill()
        self.fake.values[5] += 1000000
        self.ihdd.start()
        self.find_port()
        view = self.await_view('the day to go on', lambda v:
                               v['energy_today_wh'] == 2234)
        assert view['energy_today_since'] == since, view

    def damaged_state(self):
        self.ihdd.kill()
        path = os.path.join(self.stage.folder, 'today')
        with open(path, 'wb') as file:
            file.write(b'\xff' * 100)
        self.ihdd.start()
        self.find_port()
        view = self.await_view('a day', lambda v:
                               v['energy_today_wh'] is not None)
        assert view['energy_today_wh'] == 0, view
        assert 'damaged' in self.ihdd.log(), self.ihdd.log()

    def unknown_not_zero(self):
        self.metrologyd.kill()
        view = wait_until('no data', lambda: next(
            (v for v in [self.web.live()]
             if v['power_quality'] == 'unknown'), None))
        assert view['power_mw'] is None, view
        assert view['power_text'] == 'no data', view
        assert view['ambient'] == 'none', view
        assert view['import_wh'] is None, view
        page = parse_page(self.web.request()[2])
        assert page['power'] == page['cost'] == 'no data', page
        status, out, _ = self.stage.meterctl()
        assert status == 3 and 'no data' in out, (status, out)
        self.metrologyd.start()
        wait_until('the buffer to be on again', lambda:
                   self.stage.meter() and self.fake.running())
        self.await_view('data', lambda v: v['power_quality'] == 'valid')

    def no_display(self):
        self.ihdd.kill()
        status, out, err = self.stage.meterctl()
        assert status == 1, status
        assert 'ihdd' in err + out, err
        self.ihdd.start()
        self.find_port()

    # --- ihdd, from the network

    def answers(self):
        status, headers, _ = self.web.request()
        assert status == 200
        assert "default-src 'self'" in headers['Content-Security-Policy']
        assert headers['X-Content-Type-Options'] == 'nosniff', headers
        assert self.web.request('HEAD')[0] == 200
        assert self.web.request(path='/healthz')[2] == 'ok\n'
        for text in (self.web.request()[2],
                     self.web.request(path='/style.css')[2],
                     self.web.request(path='/ihd.js')[2]):
            assert 'http://' not in text and 'https://' not in text

    def refuses(self):
        for expected, args in (
                (404, {'path': '/nothing'}),
                (404, {'path': '/../etc/passwd'}),
                (404, {'path': '/%2e%2e/etc/passwd'}),
                (405, {'method': 'POST', 'body': b'x' * 100000}),
                (405, {'method': 'DELETE'}),
                (421, {'headers': {'Host': 'evil.example'}}),
                (421, {'headers': {'Host': '127.0.0.1.evil.example'}}),
                (421, {'headers': {'Host': ''}})):
            status, _, text = self.web.request(**args)
            assert status == expected, (expected, status, args)
            assert text.strip(), args

    def hostile(self):
        """Whatever comes, the next request is answered."""
        attacks = [
            b'\x00' * 5000,
            b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n' + b'X: y\r\n' * 5000,
            b'GET /' + b'a' * 100000 + b' HTTP/1.1\r\n\r\n',
            b'GET / HTTP/9.9\r\nContent-Length: -1\r\n\r\n',
            b'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n'
            b'Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
            b'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' * 5,
            b'\r\n\r\n' * 1000,
            b'GET / HTTP/1.1\r\nHo',
        ]
        for attack in attacks:
            with socket.create_connection(('127.0.0.1', self.web.port),
                                          timeout=0.5) as sock:
                try:
                    sock.sendall(attack)
                    while sock.recv(65536):
                        pass
                except OSError:
                    pass        # it may hang up on us, or wait for more
            assert self.web.request(path='/healthz')[0] == 200
        assert self.ihdd.alive()

    def many_listeners(self):
        """Too many are refused with a reason; they block nobody."""
        opened = []

        def listens(source):
            connection = self.web.connection(source)
            opened.append(connection)
            connection.request('GET', '/events')
            answer = connection.getresponse()
            if answer.status == 503:
                assert b'Too many' in answer.read()
                connection.close()
                return False
            assert answer.status == 200, answer.status
            return True
        try:
            # Four of one address, sixteen in all.
            for source, expected in (('127.0.0.1', 4), ('127.0.0.2', 4),
                                     ('127.0.0.3', 4), ('127.0.0.4', 3),
                                     ('127.0.0.5', 1), ('127.0.0.6', 0)):
                tries = expected if expected == 3 else 6
                got = sum(listens(source) for _ in range(tries))
                assert got == expected, (source, got)
            assert self.web.request()[0] == 200
        finally:
            for connection in opened:
                connection.close()
        wait_until('room for a listener', lambda: listens('127.0.0.1'))
        opened[-1].close()

    def raw(self, head, more=b'', every_s=0.2):
        """Send head, then more for ever; return what came until the end."""
        seen = b''
        end = time.monotonic() + LIMIT_S
        with socket.create_connection(('127.0.0.1', self.web.port),
                                      timeout=every_s) as sock:
            sock.sendall(head)
            while time.monotonic() < end:
                try:
                    data = sock.recv(65536)
                    if not data:
                        return seen
                    seen += data
                except socket.timeout:
                    pass
                except ConnectionError:
                    return seen
                if more:
                    try:
                        sock.sendall(more)
                    except OSError:
                        pass    # what came before may still be there to read
        raise AssertionError(f'the connection is still open: {head}')

    def endless_body(self):
        """Nobody is refused only at the end of a body that has none."""
        host = b'Host: 127.0.0.1\r\n'
        sized = b'Content-Length: 1000000000\r\n\r\n'
        chunked = b'Transfer-Encoding: chunked\r\n\r\n'
        chunk = b'1\r\nx\r\n'
        for head, more, expected in (
                (b'POST / HTTP/1.1\r\n' + host + sized, b'', b' 405 '),
                (b'POST / HTTP/1.1\r\n' + host + chunked, b'', b' 405 '),
                (b'PUT / HTTP/1.1\r\n' + host + sized, b'x', b' 405 '),
                (b'DELETE / HTTP/1.1\r\n' + host + chunked, chunk, b' 405 '),
                (b'POST / HTTP/1.1\r\nHost: evil.example\r\n' + sized, b'',
                 b' 421 '),
                (b'GET / HTTP/1.1\r\nHost: evil.example\r\n' + chunked, chunk,
                 b' 421 '),
                (b'GET / HTTP/1.1\r\n' + host + sized, b'x', None),
                (b'GET / HTTP/1.1\r\n' + host + chunked, chunk, None)):
            seen = self.raw(head, more)
            assert expected is None or expected in seen.split(b'\r\n')[0], \
                (head, seen[:200])
        assert self.web.request(path='/healthz')[0] == 200

    def own_port(self):
        """The port is one daemon's, and free again as soon as that ends."""
        path = os.path.join(self.stage.folder, 'port.conf')
        with open(path, 'w') as file:
            file.write(f'port = {self.web.port}\nbind = 127.0.0.1\n')
        second = self.stage.daemon(
            'ihdd', '--config=' + path,
            '--state=' + os.path.join(self.stage.folder, 'today2'))
        assert second.process.wait(LIMIT_S) == 1
        assert 'in use (port: see ihdd.conf)' in second.log(), second.log()
        port = self.web.port
        # The daemon closes these first, so its end of them lingers.
        for _ in range(3):
            self.web.request(path='/healthz', headers={'Connection': 'close'})
        self.ihdd.kill()
        again = self.stage.daemon(
            'ihdd', '--config=' + path,
            '--state=' + os.path.join(self.stage.folder, 'today2'))
        wait_until('the port in the log', lambda:
                   f'display on port {port}' in again.log() or
                   not again.alive())
        assert again.alive(), again.log()
        again.terminate()
        self.ihdd.start()
        self.find_port()

    def many_connections(self):
        """Idle connections of one neighbour do not lock the others out."""
        idle = []
        for _ in range(200):
            idle.append(socket.create_connection(
                ('127.0.0.1', self.web.port), timeout=20,
                source_address=('127.0.0.9', 0)))
        try:
            assert self.web.request(path='/healthz')[0] == 200
        finally:
            for sock in idle:
                sock.close()

    # --- both

    def bad_config(self):
        path = os.path.join(self.stage.folder, 'bad.conf')
        for text, why in (('port = 99999\n', 'line 1'),
                          ('\n\nprize = 1\n', 'line 3: unknown key "prize"'),
                          ('port = 8\nport\n', 'line 2'),
                          ('port = 0\ntimezone = Europe/Londn\n',
                           'timezone: no "Europe/Londn"'),
                          ('port = 0\ntimezone = ../zoneinfo/UTC\n',
                           'timezone: no "../zone'),
                          ('port = 0\ntimezone = Europe\n',
                           'timezone: no "Europe"')):
            with open(path, 'w') as file:
                file.write(text)
            bad = self.stage.daemon('ihdd', '--config=' + path)
            assert bad.process.wait(LIMIT_S) == 1
            assert why in bad.log(), bad.log()
        for name in ('metrologyd', 'ihdd'):
            bad = self.stage.daemon(name, '--nonsense')
            assert bad.process.wait(LIMIT_S) == 2
            assert 'Usage' in bad.log(), bad.log()

    def second_one(self):
        """A name that is taken is said to be."""
        second = self.stage.daemon('metrologyd', '--sysfs=' + self.fake.sysfs,
                                   '--dev=' + self.fake.dev)
        assert second.process.wait(LIMIT_S) == 1
        assert 'running already' in second.log(), second.log()

    def ends(self):
        for daemon in (self.ihdd, self.metrologyd):
            assert daemon.terminate() == 0, daemon.name
            assert 'error' not in daemon.log().lower(), daemon.log()
        assert self.fake.read('buffer/enable').startswith('0')


def members(root, interface):
    """{(kind, name, type, access)} of an interface in introspection XML."""
    found = [node for node in root.iter('interface')
             if node.get('name') == interface]
    assert len(found) == 1, f'{len(found)} times {interface}'
    out = set()
    for node in found[0]:
        if node.tag in ('method', 'signal', 'property'):
            args = tuple((arg.get('type'), arg.get('direction'))
                         for arg in node.iter('arg'))
            out.add((node.tag, node.get('name'), node.get('type'),
                     node.get('access'), args))
    return out


def hardened(path, limit):
    done = subprocess.run(
        ['systemd-analyze', 'security', '--offline=true',
         f'--threshold={limit}', path], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    return re.search(r'level for \S+ (\S+ \w+)', done.stdout).group(1)


def main():
    script = tap.Script()
    with Stage() as stage:
        test = DaemonTest(stage)
        steps = [
            ('metrologyd: no device, nothing known', test.no_device),
            ('metrologyd: a scan on the bus', test.publishes),
            ('metrologyd: registers of one instant', test.registers),
            ('metrologyd: objects', test.objects),
            ('metrologyd: not measured is unknown', test.not_measured),
            ('metrologyd: one signal a second', test.one_signal_a_second),
            ('metrologyd: silence turns readings stale', test.goes_stale),
            ('metrologyd: an old scan is old', test.old_scan),
            ('metrologyd: a scan in two pieces', test.half_a_scan),
            ('metrologyd: a register goes back', test.register_back),
            ('metrologyd: device gone and back', test.device_gone),
            ('metrologyd: channels not understood', test.other_channels),
            ('metrologyd: killed', test.killed),
            ('metrologyd: a second one', test.second_one),
            ('ihdd: page, JSON and bus agree', test.shows),
            ('ihdd: every field documented', test.documented),
            ('ihdd: events', test.streams),
            ('meterctl: prints the same', test.terminal),
            ('both: introspection is the XML', test.introspection),
            ('both: nothing can be changed', test.nothing_to_change),
            ('ihdd: energy today outlives a kill', test.counts_today),
            ('ihdd: damaged state', test.damaged_state),
            ('ihdd: unknown is not zero', test.unknown_not_zero),
            ('meterctl: no display', test.no_display),
            ('ihdd: answers', test.answers),
            ('ihdd: refuses', test.refuses),
            ('ihdd: hostile requests', test.hostile),
            ('ihdd: too many listeners', test.many_listeners),
            ('ihdd: too many connections', test.many_connections),
            ('ihdd: a body without end', test.endless_body),
            ('ihdd: a port is one daemon\'s', test.own_port),
            ('both: wrong configuration and options', test.bad_config),
            ('both: end cleanly', test.ends),
        ]
        for name, function in steps:
            script.step(name, function)
    for unit in sorted(glob.glob(os.path.join(TOP, 'dbus', '*.service'))):
        name = os.path.basename(unit)
        if name.startswith('hearth-'):
            script.step(f'{name} is sandboxed', hardened, unit,
                        UNITS.get(name, 15))
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
