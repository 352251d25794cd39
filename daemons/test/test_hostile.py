# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemons with a state on a bus with the project's own policies, each as
its own user, and peers that mean no good; TAP. Needs root, for the users."""

import mmap
import os
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import wire
from harness import BIN, TOP, wait_until
from test_daemons import members
import tap

DBUS = os.path.join(TOP, 'dbus')
PROPERTIES = 'org.freedesktop.DBus.Properties'
INTROSPECTABLE = 'org.freedesktop.DBus.Introspectable'
CLOCK_PATH, CLOCK = '/uk/hearth/clock', 'uk.hearth.Clock1'
# In the order of the chain: name, interface, user.
DAEMONS = (('storaged', 'uk.hearth.Storage1', 'hearth-storage'),
           ('tariffd', 'uk.hearth.Tariff1', 'hearth-tariff'),
           ('prepayd', 'uk.hearth.Prepayment1', 'hearth-prepay'),
           ('supplyd', 'uk.hearth.Supply1', 'hearth-supply'))
METER = 'uk.hearth.Metrology1'
BEGIN_S = 1750000000 // 1800 * 1800
S = 1_000_000
SEED = int(os.environ.get('HEARTH_SEED', '1'))
ROUNDS = int(os.environ.get('HEARTH_HOSTILE', '12'))
# Of what changes something, all that these may do; and what a supplier may not.
PERSON = {'uk.hearth.Prepayment1.TopUp', 'uk.hearth.Prepayment1.Consent',
          'uk.hearth.Prepayment1.ActivateEmergencyCredit',
          'uk.hearth.Supply1.Consent', 'uk.hearth.Supply1.Request',
          'uk.hearth.Supply1.BoostAuxiliary'}
DAEMON = {'uk.hearth.Storage1.Append', 'uk.hearth.Storage1.PutReadings',
          'uk.hearth.Tariff1.CompleteEntry'}
NOT_SUPPLIER = DAEMON | {
    'uk.hearth.Prepayment1.TopUp', 'uk.hearth.Prepayment1.Consent',
    'uk.hearth.Supply1.Consent', 'uk.hearth.Supply1.BoostAuxiliary'}

INT_EDGES = (0, 1, 2, 3, 5, 12, 31, 32, 47, 48, 49, 100, 101, 255, 1799, 1800,
             3600, 9999, 86400, 2**31 - 1, 2**32 - 1, 2**53, 10**12, 10**15,
             10**18, 2**63 - 1, 2**64 - 1, -1, -2, -2**31, -2**63,
             BEGIN_S, BEGIN_S * S, (BEGIN_S + 1800) * S, (BEGIN_S - 86400) * S,
             253402300800, 253402300800 * S)
WIDTH = {'y': (0, 2**8 - 1), 'n': (-2**15, 2**15 - 1), 'q': (0, 2**16 - 1),
         'i': (-2**31, 2**31 - 1), 'u': (0, 2**32 - 1),
         'x': (-2**63, 2**63 - 1), 't': (0, 2**64 - 1)}
WORDS = ['', 'electricity0', 'gas0', 'electricity7', 'electricity8', 'gas', 'x',
         '/', '..', '../../etc/passwd', "'; DROP TABLE state; --", '%s%n%s',
         'a' * 200, 'a' * 201, 'a' * 8192, 'a' * 8193, '\u00e9\u20ac\U0001f600',
         '{}', '{"a":1}', '{"a":', '[' * 500, '\n', '\x01', '00000000000000000000',
         '12345678901234567890', '99999999999999999999', '1234567890123456789',
         'en\u0000'[:2], 'daemon-00000000', 'TRUE', '-1', '1e9']


def words_of(xml):
    """What the documentation of an interface has in quotes: valid words."""
    with open(xml) as file:
        return WORDS + sorted(set(re.findall(r'"([A-Za-z0-9 -]{2,30})"',
                                             file.read())))


class Method:
    def __init__(self, node):
        self.name = node.get('name')
        self.types = [arg.get('type') for arg in node.findall('arg')
                      if arg.get('direction') == 'in']
        self.reads = self.name.startswith(('Get', 'Read', 'Export'))


class Garbage:
    """Values of a type, valid for the bus and hardly for anything else."""

    def __init__(self, words):
        self.words = words

    def __call__(self, kind, depth=0):
        first = kind[0]
        if first == 'b':
            return random.randint(0, 1)
        if first in WIDTH:
            low, high = WIDTH[first]
            if random.random() < 0.3:
                return random.randint(low, high)
            if random.random() < 0.3:
                return random.randint(0, 60)
            return min(max(random.choice(INT_EDGES), low), high)
        if first == 'd':
            return random.choice((0.0, -1.5, 1e308, float('nan'),
                                  float('-inf')))
        if first == 's':
            if random.random() < 0.5:
                return random.choice(self.words[len(WORDS):])
            return random.choice(self.words)
        if first == 'o':
            return '/uk/hearth/meter/electricity0'
        if first == 'g':
            return 's'
        if first == 'h':
            return 0
        if first == 'v':
            inner = random.choice(('s', 'x', 't', 'u', 'b', 'i', 'as', 'ax',
                                   '(xb)', 'v'))
            if depth > 3:
                inner = 'x'
            return wire.Variant(inner, self(inner, depth + 1))
        if first in '({':
            return tuple(self(part, depth + 1)
                         for part in wire.split(kind[1:-1]))
        count = random.choice((0, 1, 2, 3, 4, 7, 16, 48, 50, 51, 300))
        return [self(kind[1:], depth + 1)
                for _ in range(count if depth < 2 else min(count, 8))]

    def of(self, types):
        return [self(kind) for kind in types]


def wrong_signatures(types):
    """Signatures that are not the one it has."""
    right = ''.join(types)
    out = {'', 's', 't', 'x', 'a{sv}', 'ay', 'v', 'b', '(s)', 'as',
           'a(tatu)', right + 's', right + 'a{sv}', 'a' + (types + ['s'])[0],
           ''.join(reversed(types))}
    for n in range(len(types)):
        out.add(''.join(types[:n] + types[n + 1:]))
        for other in ('s', 'x', 'v', 'as', 'd'):
            out.add(''.join(types[:n] + [other] + types[n + 1:]))
    return sorted(sig for sig in out - {right}
                  if 'a{' not in sig or 'a{s' in sig)


# --- the home

class Home:
    """Users, a bus, daemons, and a meter that is made up."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='hearth-hostile-')
        os.chmod(self.folder, 0o755)
        self.address = os.path.join(self.folder, 'bus')
        self.users = {}
        self.groups = {}
        self.processes = {}
        self.children = []
        self.clock = mmap.mmap(-1, 8)
        self._make_users()
        self._start_bus()
        self.set_now(BEGIN_S)
        self.children.append(wire.server_process(
            self.ids('hearth-metrology'), self.address, METER, self._meter))
        shutil.copytree(BIN, os.path.join(self.folder, 'bin'),
                        ignore=lambda _, names: [
                            n for n in names
                            if n.startswith(('test-', 'bench-'))])
        self.peer = wire.Peer(self.address)

    def _make_users(self):
        """From hearth.sysusers, into files that only this process sees."""
        texts = {'passwd': '', 'group': ''}
        for name in texts:
            with open('/etc/' + name) as file:
                texts[name] = ''.join(
                    line for line in file
                    if not line.startswith(('hearth', 'stranger')))
        number = 60100
        extra = {}
        lines = [('u', 'stranger', '')]
        with open(os.path.join(DBUS, 'hearth.sysusers')) as file:
            lines += [tuple((line.split() + [''])[:3]) for line in file
                      if line[:2] in ('g ', 'u ', 'm ')]
        for name in ('supplier', 'person', 'reader', 'daemon'):
            lines.append(('u', 'test-' + name, ''))
            lines.append(('m', 'test-' + name, 'hearth'))
        lines += [('m', 'test-supplier', 'hearth-supplier'),
                  ('m', 'test-person', 'hearth-local'),
                  ('m', 'test-daemon', 'hearth-daemon')]
        for kind, name, group in lines:
            if kind == 'm':
                extra.setdefault(group, []).append(name)
            elif name not in self.groups:
                number += 1
                self.groups[name] = number
                if kind == 'u':
                    self.users[name] = number
        self.extra = extra
        for name, number in self.groups.items():
            texts['group'] += \
                f'{name}:x:{number}:{",".join(extra.get(name, []))}\n'
        for name, number in self.users.items():
            texts['passwd'] += f'{name}:x:{number}:{number}::/:/bin/false\n'
        for name, text in texts.items():
            path = os.path.join(self.folder, name)
            with open(path, 'w') as file:
                file.write(text)
            subprocess.run(['mount', '--bind', path, '/etc/' + name],
                           check=True)

    def ids(self, user):
        return (self.users[user], self.groups[user],
                [self.groups[group] for group, users in self.extra.items()
                 if user in users])

    def _start_bus(self):
        config = os.path.join(self.folder, 'bus.conf')
        with open('/usr/share/dbus-1/system.conf') as file:
            policy = '\n'.join(re.findall(r'<policy.*?</policy>', file.read(),
                                          re.DOTALL))
        with open(config, 'w') as file:
            file.write('<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus '
                       'Bus Configuration 1.0//EN" "http://www.freedesktop.org'
                       '/standards/dbus/1.0/busconfig.dtd"><busconfig>'
                       f'<type>system</type><listen>unix:path={self.address}'
                       f'</listen><auth>EXTERNAL</auth>{policy}'
                       f'<includedir>{DBUS}</includedir></busconfig>')
        self.bus = subprocess.Popen(
            ['dbus-daemon', '--nofork', '--nopidfile', '--print-address=1',
             '--config-file=' + config], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.bus.stdout.readline(), 'no bus'

    def end(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
        for child in self.children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        self.bus.kill()
        self.bus.wait()
        self.bus.stdout.close()
        for name in ('passwd', 'group'):
            subprocess.run(['umount', '/etc/' + name], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- time, and the meter whose registers are a matter of it

    def set_now(self, now_s):
        self.now_s = now_s
        self.clock[:8] = struct.pack('<q', now_s)

    def _registers(self, path, at_s):
        passed = at_s - BEGIN_S + 10**6
        if path.endswith('gas0'):
            return [passed // 20]
        return [passed // 3, passed // 900, passed // 50, passed // 70]

    def _meter(self, path, _, member, values):
        now_s = struct.unpack('<q', self.clock[:8])[0]
        if member == 'GetRegisters':
            return '(tatu)', ((now_s * S, self._registers(path, now_s), 0),)
        if member == 'GetLatches':
            at = [t for t in range(now_s // 1800 * 1800 - 95 * 1800,
                                   now_s + 1, 1800) if t * S > values[0]]
            at = at[:values[1]] if values[1] else at
            return 'a(tatu)', ([(t * S, self._registers(path, t), 0)
                                for t in at],)
        raise wire.Error('org.freedesktop.DBus.Error.UnknownMethod', member)

    def tick(self, by_s):
        self.set_now(self.now_s + by_s)
        for _, interface, _ in DAEMONS:
            self.peer.call(interface, CLOCK_PATH, CLOCK, 'SetTime', 't',
                           self.now_s * S)

    # --- daemons

    def state(self, name):
        return os.path.join(self.folder, name)

    def log(self, name):
        with open(self.state(name) + '.log', errors='replace') as file:
            return file.read()

    def start(self, name, user, interface):
        state = self.state(name)
        argv = ['setpriv', f'--reuid={self.users[user]}',
                f'--regid={self.groups[user]}', '--init-groups',
                os.path.join(self.folder, 'bin', name), '--bus=system',
                '--state=' + state, '--clock=simulated']
        if name == 'supplyd':
            argv.append('--switch=' + os.path.join(self.folder, 'switch'))
        if not os.path.exists(state):
            os.mkdir(state, 0o700)
            os.chown(state, self.users[user], self.groups[user])
        with open(state + '.log', 'ab') as log:
            self.processes[name] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={'DBUS_SYSTEM_BUS_ADDRESS': 'unix:path=' + self.address,
                     'PATH': os.environ['PATH']})
        wait_until(f'{name} on the bus', lambda: self.has_owner(interface) or
                   self.processes[name].poll() is not None)
        assert self.processes[name].poll() is None, self.log(name)

    def has_owner(self, name):
        return self.peer.call(wire.BUS, '/org/freedesktop/DBus', wire.BUS,
                              'NameHasOwner', 's', name)[0]

    def start_all(self):
        switch = os.path.join(self.folder, 'switch')
        if not os.path.exists(switch):
            for meter in ('electricity0', 'gas0'):
                os.makedirs(os.path.join(switch, meter))
                with open(os.path.join(switch, meter, 'sensed'), 'w') as out:
                    out.write('on\n')
            subprocess.run(['chown', '-R', 'hearth-supply', switch],
                           check=True)
        for name, interface, user in DAEMONS:
            self.start(name, user, interface)

    def stop(self, name):
        self.processes[name].send_signal(signal.SIGTERM)
        return self.processes[name].wait(60)

    # --- what can be seen of a daemon

    def objects(self, interface, path='/'):
        """Paths that have the interface, and what they offer there."""
        text = self.peer.call(interface, path, INTROSPECTABLE, 'Introspect')[0]
        root = ET.fromstring(text)
        found = {path: root} if root.find(
            f"interface[@name='{interface}']") is not None else {}
        for node in root.findall('node'):
            found.update(self.objects(
                interface, path.rstrip('/') + '/' + node.get('name')))
        return found

    def seen(self, interface):
        """All properties of all its objects."""
        return {path: self.peer.call(interface, path, PROPERTIES, 'GetAll',
                                     's', interface)[0]
                for path in self.objects(interface)}

    def rows(self, name):
        """All that is on its disk, but for which database it is."""
        copy = os.path.join(self.folder, 'copy')
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.state(name), copy)
        with sqlite3.connect(os.path.join(copy, name + '.db')) as db:
            tables = [row[0] for row in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " ORDER BY name")]
            out = {table: list(db.execute(f'SELECT * FROM "{table}"'
                                          ' ORDER BY 1, 2'
                                          if table != 'sqlite_sequence' else
                                          f'SELECT * FROM "{table}"'))
                   for table in tables}
        db.close()
        return out

    def everything(self):
        return {name: (self.seen(interface), self.rows(name))
                for name, interface, _ in DAEMONS}


def differences(before, after):
    for name in before:
        for n, what in enumerate(('properties', 'rows')):
            for key in before[name][n]:
                if before[name][n][key] != after[name][n].get(key):
                    old, new = before[name][n][key], after[name][n].get(key)
                    if isinstance(old, list):
                        old, new = ([r for r in old if r not in new],
                                    [r for r in new if r not in old])
                    return f'{name}: {what}: {key}: {old} -> {new}'[:600]
    return None


# --- what peers do; in processes of their own

def calls_of(jobs, address):
    """Make calls; (accepted, {error: count}, broken): broken is what ended the
    connection."""
    peer = wire.Peer(address)
    accepted, errors = [], {}
    for bus, path, interface, member, signature, values in jobs:
        try:
            peer.call(bus, path, interface, member, signature, *values)
            accepted.append((path, member, signature))
        except wire.Error as err:
            errors[err.name] = errors.get(err.name, 0) + 1
        except (ConnectionError, TimeoutError) as err:
            return (accepted, errors, f'{member} {signature} '
                    f'{repr(values)[:300]}: {err}')
    peer.close()
    return accepted, errors, None


class HostileTest:
    def __init__(self, home):
        self.home = home
        self.calls = 0
        self.methods = {}
        self.garbage = {}
        self.paths = {}
        self.offered = {}       # (path, interface): names of members

    def begin(self):
        self.home.start_all()
        for name, interface, _ in DAEMONS:
            xml = os.path.join(DBUS, interface + '.xml')
            root = ET.parse(xml).getroot()
            self.methods[interface] = [
                Method(node) for node in root.iter('method')]
            self.garbage[interface] = Garbage(words_of(xml))
            objects = self.home.objects(interface)
            assert objects, f'{name} has no object'
            self.paths[interface] = sorted(objects)
            for path, node in objects.items():
                self.offered[path, interface] = {
                    member[1] for member in members(node, interface)}
        for _ in range(4):
            self.home.tick(900)

    def chain(self):
        """As they are installed they do get to each other."""
        for name, _, _ in DAEMONS[1:]:
            assert not self.home.rows(name)['outbox'], f'{name}: outbox'
        storage = self.home.rows('storaged')
        assert storage['piece'] and storage['log'], self.home.log('storaged')
        cost = self.home.peer.call(
            'uk.hearth.Tariff1', '/uk/hearth/meter/electricity0',
            'uk.hearth.Tariff1', 'GetCharges', 'tu', 0, 0)
        assert len(cost[1]) >= 2, cost
        charged = self.home.seen('uk.hearth.Prepayment1')[
            '/uk/hearth/meter/electricity0']['ChargedTo']
        assert charged == self.home.now_s * S, charged

    def introspection(self):
        """What the daemons offer is what the XML promises, no more."""
        for _, interface, _ in DAEMONS:
            promised = members(ET.parse(os.path.join(
                DBUS, interface + '.xml')).getroot(), interface)
            offered = set()
            for node in self.home.objects(interface).values():
                offered |= members(node, interface)
                assert members(node, interface) <= promised
            assert offered == promised, f'{interface}: {offered ^ promised}'

    # --- calls

    def each(self, interface):
        for path in self.paths[interface]:
            for method in self.methods[interface]:
                if method.name in self.offered[path, interface]:
                    yield path, method

    def wrong_types(self, interface, each):
        """So many wrong signatures of each method."""
        garbage = self.garbage[interface]
        for path, method in self.each(interface):
            wrong = wrong_signatures(method.types)
            for signature in random.sample(wrong, min(each, len(wrong))):
                kinds = wire.split(signature)
                yield (interface, path, interface, method.name, signature,
                       garbage.of(kinds))

    def well_typed(self, interface, rounds):
        garbage = self.garbage[interface]
        for _ in range(rounds):
            for path, method in self.each(interface):
                yield (interface, path, interface, method.name,
                       ''.join(method.types), garbage.of(method.types))

    def sizes(self, interface):
        """Nothing at all, and more than anybody needs."""
        garbage = self.garbage[interface]
        huge = 'a' * (1 << 20)
        for path, method in self.each(interface):
            signature = ''.join(method.types)
            for n, kind in enumerate(method.types):
                values = garbage.of(method.types)
                if kind[0] == 'a':
                    element = garbage(kind[1:])
                    size = bytearray()
                    wire.put(size, kind[1:], element)
                    fillings = [[], wire.Repeat(element, min(
                        100000, 8_000_000 // (len(size) + 8)))]
                elif kind == 's':
                    fillings = ['', huge]
                elif kind == 'v':
                    fillings = [wire.Variant('as', wire.Repeat('x', 100000))]
                else:
                    continue
                for filling in fillings:
                    values[n] = filling
                    yield (interface, path, interface, method.name, signature,
                           list(values))

    def others(self, interface):
        """Properties, members and objects that are not there or not to be
        written."""
        garbage = self.garbage[interface]
        root = ET.parse(os.path.join(DBUS, interface + '.xml')).getroot()
        for path in self.paths[interface]:
            for node in root.iter('property'):
                assert node.get('access') == 'read', node.get('name')
                for kind in (node.get('type'), 's', 'x', 'v'):
                    yield (interface, path, PROPERTIES, 'Set', 'ssv',
                           [interface, node.get('name'),
                            wire.Variant(kind, garbage(kind))])
            yield interface, path, PROPERTIES, 'Get', 'ss', [interface, 'No']
            yield interface, path, PROPERTIES, 'Set', 'ssv', [
                'uk.hearth.No', 'No', wire.Variant('s', '')]
            yield interface, path, interface, 'NoSuchMethod', '', []
            for method in self.methods[interface]:
                yield (interface, path + '/none', interface, method.name,
                       ''.join(method.types), garbage.of(method.types))
                yield (interface, '/', interface, method.name,
                       ''.join(method.types), garbage.of(method.types))

    def run(self, user, jobs):
        """Jobs by a user; None: root."""
        jobs = list(jobs)
        self.calls += len(jobs)
        if user:
            result = wire.as_user(self.home.ids(user), calls_of, jobs,
                                  self.home.address)
        else:
            result = calls_of(jobs, self.home.address)
        assert result[2] is None, result[2]
        for name, process in self.home.processes.items():
            assert process.poll() is None, \
                f'{name} ended: {self.home.log(name)[-500:]}'
        return result[:2]

    def nothing_changed(self, what):
        after = self.home.everything()
        found = differences(self.before, after)
        assert not found, f'{what}: {found}'

    def remember(self):
        self.before = self.home.everything()

    # --- steps

    def stranger(self):
        """Whoever is not of the hub gets nothing, not even a look."""
        self.remember()
        refused = 0
        for _, interface, _ in DAEMONS:
            jobs = list(self.well_typed(interface, 1)) + \
                list(self.wrong_types(interface, 2)) + \
                list(self.others(interface))
            jobs += [(interface, path, PROPERTIES, 'GetAll', 's', [interface])
                     for path in self.paths[interface]]
            jobs += [(interface, CLOCK_PATH, CLOCK, 'SetTime', 't',
                      [self.home.now_s * S + 1]),
                     (interface, '/', INTROSPECTABLE, 'Introspect', '', [])]
            accepted, errors = self.run('stranger', jobs)
            assert not accepted, accepted[:3]
            assert set(errors) == {
                'org.freedesktop.DBus.Error.AccessDenied'}, errors
            refused += len(jobs)
        self.nothing_changed('a stranger')
        return f'{refused} refused'

    def no_name(self):
        """Nobody but its daemon's user may be a daemon, root neither."""
        for user in ('stranger', 'test-reader', 'test-daemon'):
            jobs = [(wire.BUS, '/org/freedesktop/DBus', wire.BUS,
                     'RequestName', 'su', [interface, 6])
                    for _, interface, _ in DAEMONS]
            accepted, errors = self.run(user, jobs)
            assert not accepted and set(errors) == {
                'org.freedesktop.DBus.Error.AccessDenied'}, errors

    def reader(self):
        """Who may only read changes nothing, whatever he says."""
        self.remember()
        count = 0
        for _, interface, _ in DAEMONS:
            jobs = list(self.well_typed(interface, ROUNDS // 4 + 1)) + [
                (interface, CLOCK_PATH, CLOCK, 'SetTime', 't',
                 [(self.home.now_s + 3600) * S])]
            accepted, errors = self.run('test-reader', jobs)
            changing = {a[1] for a in accepted} - {
                m.name for m in self.methods[interface] if m.reads}
            assert not changing, changing
            count += errors.get('uk.hearth.Error.NotAllowed', 0)
        assert count > 20, count
        self.nothing_changed('a reader')
        return f'{count} refused'

    def wrong(self):
        """Other types than a member's are refused, of root, too."""
        self.remember()
        for _, interface, _ in DAEMONS:
            accepted, _ = self.run(
                None, self.wrong_types(interface, ROUNDS))
            assert not accepted, accepted[:3]
            accepted, _ = self.run(None, self.others(interface))
            assert not accepted, accepted[:3]
        self.nothing_changed('wrong types')

    def all_well(self):
        """Whatever has been set, the home lives on with it: half hours pass,
        all can be read, and the daemons start from what they have stored."""
        for _ in range(3):
            self.home.tick(1800)
        for name, interface, user in reversed(DAEMONS):
            assert self.home.stop(name) == 0, self.home.log(name)[-500:]
        for name, interface, user in DAEMONS:
            self.home.start(name, user, interface)
        self.home.tick(0)
        log = ''.join(self.home.log(name) for name, _, _ in DAEMONS)
        for word in ('damaged', 'makes no sense', 'cannot be read', 'runtime'):
            assert word not in log, \
                [line for line in log.splitlines() if word in line][:3]
        for name, interface, _ in DAEMONS:
            self.home.seen(interface)

    def garbage_of(self, user):
        accepted = 0
        took_all = set()
        errors = {}
        for _ in range(3):
            for _, interface, _ in DAEMONS:
                took, said = self.run(
                    user, self.well_typed(interface, ROUNDS // 3 + 1))
                accepted += len(took)
                took_all |= {f'{interface}.{a[1]}' for a in took}
                for name, count in said.items():
                    errors[name] = errors.get(name, 0) + count
            self.home.tick(600)
        may = {'test-person': lambda name: name in PERSON,
               'test-daemon': lambda name: name in DAEMON,
               'test-supplier': lambda name: name not in NOT_SUPPLIER,
               None: lambda name: True}[user]
        reads = {f'{interface}.{method.name}'
                 for interface, methods in self.methods.items()
                 for method in methods if method.reads}
        beyond = {name for name in took_all - reads if not may(name)}
        assert not beyond, f'{user} did {beyond}'
        unknown = {name for name in errors if not name.startswith(
            ('uk.hearth.Error.', 'org.freedesktop.DBus.Error.InvalidArgs'))}
        assert not unknown, {name: errors[name] for name in unknown}
        self.all_well()
        return f'{accepted} accepted, {sum(errors.values())} refused'

    def big(self):
        for _, interface, _ in DAEMONS:
            self.run(None, self.sizes(interface))
        self.all_well()

    def ends(self):
        for name, _, _ in reversed(DAEMONS):
            assert self.home.stop(name) == 0, self.home.log(name)[-500:]
        return f'{self.calls} calls'


def inside():
    script = tap.Script()
    random.seed(SEED)
    home = Home()
    test = HostileTest(home)
    try:
        for name, function, *args in (
                ('each daemon as its own user', test.begin),
                ('they reach each other', test.chain),
                ('introspection is the XML', test.introspection),
                ('a stranger', test.stranger),
                ('names are not for others', test.no_name),
                ('a reader', test.reader),
                ('wrong types, of root', test.wrong),
                ('garbage, of root', test.garbage_of, None),
                ('garbage, of a supplier', test.garbage_of, 'test-supplier'),
                ('garbage, of a person', test.garbage_of, 'test-person'),
                ('garbage, of a daemon', test.garbage_of, 'test-daemon'),
                ('nothing, and too much', test.big),
                ('all end cleanly', test.ends)):
            script.step(name, function, *args)
    finally:
        home.end()
    return script.end()


def main():
    if os.geteuid():
        script = tap.Script()
        script.skip('hostile peers', 'needs root, for users of its own')
        return script.end()
    if '--inside' in sys.argv:
        return inside()
    # Users of the machine stay as they are: the files are seen in here only.
    return subprocess.run(['unshare', '--mount', '--propagation', 'private',
                           sys.executable, os.path.realpath(__file__),
                           '--inside']).returncode


if __name__ == '__main__':
    sys.exit(main())
