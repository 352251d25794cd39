# SPDX-License-Identifier: LGPL-2.1-or-later
"""supplyd on a private bus, in simulated time: what the daemons before it say
comes from supply-upstream, and a folder stands in for the switches."""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

from harness import BIN, LIMIT_S, TOP, Signals, Stage, wait_until
import tap

SUPPLY = 'uk.hearth.Supply1'
ROOT = '/uk/hearth/meter/'
METERS = ('electricity0', 'gas0')
PROPERTIES = 'org.freedesktop.DBus.Properties'
S = 1_000_000
START_S = 1_750_000_000


class Upstream:
    """The daemons supplyd asks."""

    def __init__(self, stage):
        self.process = subprocess.Popen(
            [os.path.join(BIN, 'supply-upstream')], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=stage.env)
        self.heard = []

    def say(self, line):
        self.process.stdin.write(line + '\n')
        self.process.stdin.flush()
        while True:
            answer = self.process.stdout.readline().rstrip('\n')
            assert answer not in ('', 'wrong'), f'{line}: {answer}'
            if answer == 'ok':
                return
            self.heard.append(answer)

    def taken(self):
        """What it was told since the last time, each once."""
        self.say('consent works')
        heard, self.heard = self.heard, []
        return heard

    def end(self):
        self.process.stdin.close()
        self.process.wait(LIMIT_S)
        self.process.stdout.close()


class Switches:
    """The folder, and contacts that obey unless told otherwise."""

    def __init__(self, folder):
        self.folder = folder
        for meter in METERS:
            os.makedirs(os.path.join(folder, meter))
            self.put(meter, 'sensed', 'on')

    def put(self, meter, name, word):
        path = os.path.join(self.folder, meter, name)
        with open(path + '.new', 'w') as out:
            out.write(word + '\n')
        os.rename(path + '.new', path)

    def get(self, meter, name='commanded'):
        try:
            with open(os.path.join(self.folder, meter, name)) as file:
                return file.read().strip()
        except FileNotFoundError:
            return None

    def obey(self):
        for meter in METERS:
            word = self.get(meter)
            if word:
                self.put(meter, 'sensed', word)

    def identity(self, meter):
        return os.stat(os.path.join(self.folder, meter, 'commanded')).st_ino


class SupplyTest:
    def __init__(self, stage):
        self.stage = stage
        self.state = os.path.join(stage.folder, 'state')
        os.mkdir(self.state)
        self.switches = Switches(os.path.join(stage.folder, 'switch'))
        self.upstream = Upstream(stage)
        self.now_s = START_S
        self.daemon = stage.daemon(
            'supplyd', '--state=' + self.state, '--clock=simulated',
            '--switch=' + self.switches.folder)
        self.wait()

    # --- tools

    def wait(self):
        wait_until('supplyd on the bus', lambda: self.all('electricity0'))

    def all(self, meter):
        status, out, _ = self.stage.busctl(
            'call', SUPPLY, ROOT + meter, PROPERTIES, 'GetAll', 's', SUPPLY)
        if status:
            return None
        return {name: value['data']
                for name, value in json.loads(out)['data'][0].items()}

    def get(self, name, meter='electricity0'):
        return self.all(meter)[name]

    def ask(self, *args):
        """The body of the answer, or None if it has none."""
        status, out, err = self.stage.busctl('call', SUPPLY, *args)
        assert status == 0, f'{args}: {err.strip()}'
        return json.loads(out)['data'] if out.strip() else None

    def call(self, meter, *args):
        return self.ask(ROOT + meter, SUPPLY, *args)

    def set_time(self):
        self.ask('/uk/hearth/clock', 'uk.hearth.Clock1', 'SetTime', 't',
                 str(self.now_s * S))

    def request(self, what, owner, meter='electricity0'):
        self.call(meter, 'Request', 'ss', what, owner)

    def refused(self, error, meter, *args):
        status, out, err = self.stage.busctl('call', SUPPLY, ROOT + meter,
                                             SUPPLY, *args)
        assert status, f'{args} was not refused: {out}'
        return self.complaint(error, err, meter, args)

    def complaint(self, error, err, meter, args):
        # busctl prints the sentence; the name is in the reply.
        done = subprocess.run(
            ['dbus-send', '--bus=' + self.stage.address, '--print-reply',
             '--dest=' + SUPPLY, ROOT + meter, SUPPLY + '.' + args[0]] +
            self.dbus_send(args), stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=LIMIT_S)
        assert done.returncode and error in done.stderr, (args, done.stderr)
        return err

    @staticmethod
    def dbus_send(args):
        names = {'s': 'string', 'b': 'boolean', 't': 'uint64', 'u': 'uint32',
                 'y': 'byte', 'q': 'uint16'}
        if len(args) < 2:
            return []
        return [f'{names[kind]}:{value}'
                for kind, value in zip(args[1], args[2:])]

    def tick(self, seconds=10):
        """Time passes in one step; contacts obey before it."""
        self.now_s += seconds
        self.switches.obey()
        self.set_time()

    def restart(self, kill=True):
        if kill:
            self.daemon.kill()
        else:
            assert self.daemon.terminate() == 0
        self.daemon.start()
        self.wait()

    def holds(self, meter='electricity0'):
        return {owner: (state, since) for owner, state, since in
                self.call(meter, 'GetHolds')[0]}

    # --- tests

    def alone(self):
        """Nobody else is there; supply that is on stays on."""
        for meter in METERS:
            seen = self.all(meter)
            assert seen['State'] == 'enabled', seen
            assert seen['Reason'] == 'none' and seen['Detail'] == ''
            assert self.switches.get(meter) is None
        self.tick()
        assert self.get('Sensed') == 'on'
        assert self.get('Commanded') == 'unknown'

    def introspection(self):
        source = ET.parse(os.path.join(TOP, 'dbus', SUPPLY + '.xml'))
        expected = members(source.getroot(), lambda name: True)
        for meter in METERS:
            text = self.ask(
                ROOT + meter, 'org.freedesktop.DBus.Introspectable',
                'Introspect')[0]
            seen = members(ET.fromstring(text), lambda name: True)
            electric = re.compile('LoadLimit|Auxiliar|RandomisedOffset')
            want = {m for m in expected
                    if meter == 'electricity0' or not electric.search(m[1])}
            assert seen == want, seen ^ want

    def supplier(self):
        self.request('disable', 'supplier')
        assert self.switches.get('electricity0') == 'off'
        assert self.get('State') == 'disabled'
        assert self.get('Reason') == 'supplier'
        assert self.holds() == {
            'supplier': ('disabled', self.now_s * S)}, self.holds()
        self.tick()
        assert self.get('Sensed') == 'off' and not self.get('Mismatch')
        self.request('disable', 'supplier')    # it is so already
        self.refused('NotNow', 'electricity0', 'Consent')
        self.request('arm', 'supplier')
        assert self.get('State') == 'armed'
        self.call('electricity0', 'Consent')
        assert self.switches.get('electricity0') == 'on'
        assert self.holds() == {}
        self.request('disable', 'tamper', 'gas0')
        self.refused('NotNow', 'gas0', 'Request', 'ss', 'enable', 'tamper')
        self.request('arm', 'tamper', 'gas0')
        self.tick()
        self.call('gas0', 'Consent')
        assert self.switches.get('gas0') == 'on'
        self.tick()

    def wrong(self):
        self.refused('Invalid', 'electricity0', 'Request', 'ss', 'enable',
                     'prepayment')
        self.refused('Invalid', 'electricity0', 'Request', 'ss', 'enable',
                     'somebody')
        self.refused('Invalid', 'electricity0', 'Request', 'ss', 'toggle',
                     'supplier')
        self.refused('NotNow', 'electricity0', 'Request', 'ss', 'enable',
                     'local')
        self.refused('NotNow', 'electricity0', 'Request', 'ss', 'arm',
                     'supplier')
        self.refused('NotNow', 'electricity0', 'Consent')
        self.refused('Invalid', 'electricity0', 'SetLoadLimit', 'btubub',
                     'true', str(2**63), '1', 'true', '1', 'true')
        self.refused('NoSuch', 'electricity0', 'ResetAuxiliary', 'y', '0')
        self.refused('NoSuch', 'electricity0', 'BoostAuxiliary', 'yu', '6',
                     '60')
        self.refused('Invalid', 'electricity0', 'SetRandomisedOffset', 'q',
                     '1800')
        self.refused('UnknownMethod', 'gas0', 'SetLoadLimit', 'btubub',
                     'true', '1', '1', 'true', '1', 'true')

    def prepayment(self):
        """What prepayment wants is done, and a person asks it first."""
        up = self.upstream
        for name in ('Prepayment1', 'Metrology1', 'Storage1'):
            up.say('own uk.hearth.' + name)
        for meter in METERS:
            up.say(f'want {meter} off no credit')
        self.tick()
        for meter in METERS:
            assert self.switches.get(meter) == 'off'
            assert self.get('Reason', meter) == 'prepayment'
            assert self.get('Detail', meter) == 'no credit'
            self.refused('NotNow', meter, 'Consent')
            up.say(f'want {meter} arm paid')
        self.tick()
        assert not [h for h in up.taken() if h.startswith('consent')]
        for meter in METERS:
            assert self.get('State', meter) == 'armed'
            up.say('consent refuses')
            self.refused('NotNow', meter, 'Consent')
            assert self.switches.get(meter) == 'off'
            up.say('consent works')
            self.call(meter, 'Consent')
            assert self.switches.get(meter) == 'on'
            assert f'consent {meter}' in up.taken()
        self.tick()
        assert self.get('State', 'gas0') == 'enabled'

    def restored_from_afar(self):
        """A debt cleared: electricity is on at once, gas waits (P-9, S-1)."""
        up = self.upstream
        for meter in METERS:
            up.say(f'want {meter} off no credit')
        self.tick()
        for meter in METERS:
            up.say(f'want {meter} on vulnerable')
        self.tick()
        assert self.switches.get('electricity0') == 'on'
        assert self.switches.get('gas0') == 'off'
        assert self.get('State', 'gas0') == 'armed'
        up.taken()
        self.call('gas0', 'Consent')
        assert not [h for h in up.taken() if h.startswith('consent')]
        assert self.switches.get('gas0') == 'on'

    def absent(self):
        """The last hold stays while prepayment is away."""
        up = self.upstream
        up.say('want electricity0 arm paid')
        self.tick()
        up.say('drop uk.hearth.Prepayment1')
        self.tick()
        assert self.get('State') == 'armed'
        self.refused('Unavailable', 'electricity0', 'Consent')
        self.restart()
        self.tick()
        assert self.get('State') == 'armed'
        up.say('own uk.hearth.Prepayment1')
        self.call('electricity0', 'Consent')
        assert self.switches.get('electricity0') == 'on'
        self.tick()

    def signalled(self):
        """A change prepayment signals is taken with the next instant."""
        self.tick()
        self.upstream.say('want electricity0 off no credit')
        self.upstream.say('signal electricity0')
        self.tick(0)
        assert self.switches.get('electricity0') == 'off'
        self.upstream.say('want electricity0 on credit')
        self.tick()
        assert self.switches.get('electricity0') == 'on'

    def limits(self):
        up = self.upstream
        self.tick()
        self.call('electricity0', 'SetLoadLimit', 'btubub', 'true', '5000000',
                  '30', 'true', '60', 'true')
        assert self.get('LoadLimit') == [True, 5000000, 30, True, 60, True]
        up.say('power 6000000')
        up.taken()
        for _ in range(15):
            self.tick(2)
        assert self.get('State') == 'enabled'
        self.tick(2)
        assert self.get('State') == 'disabled'
        assert self.get('Reason') == 'load-limit'
        assert self.get('LoadLimitCount') == 1
        assert self.get('LoadLimitUntil') == (self.now_s + 60) * S
        up.say('power 0')
        self.tick(10)
        logged = [h for h in up.taken() if h.startswith('log')]
        assert [h.split()[4] for h in logged] == ['0000', '8f01', '8f33'], logged
        self.tick(49)
        assert self.get('State') == 'disabled'
        self.tick(1)
        assert self.get('State') == 'armed'
        self.call('electricity0', 'Consent')
        assert self.switches.get('electricity0') == 'on'
        self.call('electricity0', 'ResetLoadLimitCount')
        assert self.get('LoadLimitCount') == 0
        self.call('electricity0', 'SetLoadLimit', 'btubub', 'false', '0', '0',
                  'false', '0', 'false')

    def flows(self):
        """Gas through a shut valve is told, and the valve stays shut."""
        up = self.upstream
        up.say('volume 5000')
        self.request('disable', 'local', 'gas0')
        for _ in range(8):
            self.tick()
        up.say('volume 5030')
        self.tick()
        assert self.get('UncontrolledFlow', 'gas0')
        self.refused('NotNow', 'gas0', 'Consent')
        self.tick(3590)
        assert self.get('UncontrolledFlow', 'gas0')
        self.tick()
        assert not self.get('UncontrolledFlow', 'gas0')
        self.call('gas0', 'Consent')
        self.tick()
        codes = [h.split()[4] for h in up.taken() if h.startswith('log')]
        assert '81bf' in codes, codes

    def disobeys(self):
        self.request('disable', 'supplier')
        for _ in range(7):
            self.switches.put('electricity0', 'commanded', 'off')
            self.now_s += 2
            self.switches.put('electricity0', 'sensed', 'on')
            self.set_time()
        assert self.get('Mismatch') and self.get('Sensed') == 'on'
        self.tick()
        assert not self.get('Mismatch')
        self.request('enable', 'supplier')
        self.tick()

    def restarts(self):
        """Killed or stopped, on or off: nothing moves."""
        for kill in (True, False):
            for what, word in (('disable', 'off'), ('enable', 'on')):
                self.request(what, 'supplier')
                self.tick()
                before = self.switches.identity('electricity0')
                holds = self.holds()
                self.restart(kill)
                self.tick()
                assert self.switches.get('electricity0') == word
                assert self.switches.identity('electricity0') == before
                assert self.holds() == holds
        # One moved meanwhile is moved back.
        self.request('disable', 'supplier')
        self.daemon.kill()
        self.switches.put('electricity0', 'commanded', 'on')
        self.daemon.start()
        self.wait()
        assert self.switches.get('electricity0') == 'off'
        self.request('enable', 'supplier')
        self.tick()

    def clock_back(self):
        self.request('disable', 'supplier')
        self.tick(-86400)
        assert self.get('State') == 'disabled'
        assert self.get('Since') == self.now_s * S
        self.request('enable', 'supplier')
        assert self.get('State') == 'enabled'
        self.tick()

    def controllers(self):
        car = 'SetAuxiliary', 'yssyb', '1', 'proportional', 'car', '20', 'true'
        self.call('electricity0', *car)
        self.call('electricity0', 'SetAuxiliary', 'yssyb', '2', 'switch',
                  'heater', '0', 'false')
        assert self.get('Auxiliaries') == [
            [1, 'proportional', 'car', 20, True, 20, 'idle', False, 0],
            [2, 'switch', 'heater', 0, False, 0, 'idle', False, 0]]
        schedule = [[[1, 55, 0, 127, 0, 0, 0, 0, 0]], [[0, 12, 25]]]
        self.call('electricity0', 'SetAuxiliarySchedule', 'a(yyqyuyyyy)a(qyy)',
                  '1', *map(str, schedule[0][0]), '1', '0', '12', '25')
        assert self.get('AuxiliarySchedule') == schedule
        assert self.level(1) == (55, 'schedule', False)
        end = (self.now_s + 60) * S
        self.call('electricity0', 'CommandAuxiliary', 'ysytt', '1', 'set',
                  '80', '0', str(end))
        assert self.level(1) == (80, 'command', False)
        assert self.get('AuxiliaryCommands') == [
            [1, 'set', 80, self.now_s * S, end]]
        self.call('electricity0', 'CommandAuxiliary', 'ysytt', '1', 'limit',
                  '30', '0', str(end))
        assert self.level(1) == (30, 'command', True)
        self.call('electricity0', 'BoostAuxiliary', 'yu', '1', '90')
        assert self.level(1) == (30, 'boost', True)
        self.restart()
        self.tick(60)
        assert self.level(1) == (100, 'boost', False)
        self.tick(30)
        assert self.level(1) == (55, 'schedule', False)
        self.refused('NotNow', 'electricity0', 'BoostAuxiliary', 'yu', '2',
                     '60')
        self.refused('NotNow', 'electricity0', 'CommandAuxiliary', 'ysytt',
                     '2', 'limit', '0', '0', str(2 * end))
        self.refused('Invalid', 'electricity0', 'CommandAuxiliary', 'ysytt',
                     '2', 'set', '50', '0', str(2 * end))
        self.refused('NotNow', 'electricity0', 'CommandAuxiliary', 'ysytt',
                     '1', 'set', '50', '1', '1000000')
        self.refused('Invalid', 'electricity0', 'SetAuxiliary', 'yssyb', '1',
                     'none', '', '0', 'false')
        self.call('electricity0', 'SetRandomisedOffset', 'q', '1799')
        limit, offset = self.get('RandomisedOffset')
        assert limit == 1799 and 0 <= offset <= 1799
        self.restart()
        assert self.get('RandomisedOffset') == [limit, offset]
        self.call('electricity0', 'SetRandomisedOffset', 'q', '0')
        self.tick()
        logged = [h for h in self.upstream.taken()
                  if h.startswith('log') and 'auxiliary' in h]
        assert any('8f86' in h for h in logged), logged
        assert any('8f87' in h for h in logged), logged

    def level(self, number):
        for seen in self.get('Auxiliaries'):
            if seen[0] == number:
                return tuple(seen[5:8])
        return None

    def signals(self):
        watch = Signals(self.stage, SUPPLY)
        try:
            # It listens when it has seen one.
            def provoke():
                self.request('disable', 'local')
                self.call('electricity0', 'Consent')
                return watch.times()

            wait_until('a signal', provoke)
            self.tick()
            self.tick()
            seen = len(wait_until('signals', watch.times))
            self.tick()
            self.tick()
            assert len(watch.times()) == seen, 'signals without a change'
        finally:
            watch.end()

    def delivered_once(self):
        """Log records wait for storaged, and are told once, in order."""
        up = self.upstream
        self.tick()
        up.taken()
        up.say('drop uk.hearth.Storage1')
        for what in ('disable', 'enable', 'disable', 'enable'):
            self.request(what, 'supplier')
        self.tick()
        self.restart()
        self.tick()
        assert not [h for h in up.taken() if h.startswith('log')]
        up.say('own uk.hearth.Storage1')
        self.tick()
        logged = [h.split() for h in up.taken() if h.startswith('log')]
        numbers = [int(words[1]) for words in logged]
        assert len(logged) == 4 and numbers == sorted(set(numbers)), logged
        self.tick()
        assert not [h for h in up.taken() if h.startswith('log')]

    def no_switch(self):
        os.rename(os.path.join(self.switches.folder, 'gas0'),
                  os.path.join(self.stage.folder, 'gone'))
        self.refused('Unavailable', 'gas0', 'Request', 'ss', 'disable',
                     'supplier')
        assert self.get('State', 'gas0') == 'enabled'
        os.rename(os.path.join(self.stage.folder, 'gone'),
                  os.path.join(self.switches.folder, 'gas0'))
        self.tick()
        assert 'no switch' in self.daemon.log()

    def damaged(self):
        """A lost database turns nothing on that is off, and is told."""
        self.request('disable', 'supplier')
        self.tick()
        self.daemon.kill()
        path = os.path.join(self.state, 'supplyd.db')
        with open(path, 'r+b') as file:
            file.write(b'nothing here' * 500)
        os.unlink(path + '-wal')
        self.daemon.start()
        self.wait()
        self.tick()
        assert self.get('State') == 'armed', self.all('electricity0')
        assert self.switches.get('electricity0') == 'off'
        assert self.get('State', 'gas0') == 'enabled'
        told = self.upstream.taken()
        assert any('damaged' in line for line in told), told
        assert 'damaged' in self.daemon.log()
        self.call('electricity0', 'Consent')
        assert self.switches.get('electricity0') == 'on'
        self.restart(kill=False)

    def ends(self):
        assert self.daemon.terminate() == 0
        log = self.daemon.log()
        assert '<3>' not in log, log
        self.upstream.end()
        for args in (('--clock=sundial',), ('--nonsense',)):
            bad = self.stage.daemon('supplyd', '--state=' + self.state, *args)
            assert bad.process.wait(LIMIT_S) in (1, 2)
            assert bad.log()


class OpenStage(Stage):
    """A bus that any user may be on."""

    def __init__(self):
        super().__init__()
        self.bus.kill()
        self.bus.wait()
        self.bus.stdout.close()
        os.chmod(self.folder, 0o755)
        config = os.path.join(self.folder, 'bus.conf')
        with open(config, 'w') as out:
            out.write('<busconfig><type>session</type>'
                      f'<listen>unix:dir={self.folder}</listen>'
                      '<policy context="default"><allow user="*"/>'
                      '<allow own="*"/><allow send_destination="*"/>'
                      '<allow receive_sender="*"/></policy></busconfig>')
        self.bus = subprocess.Popen(
            ['dbus-daemon', '--config-file=' + config, '--nofork',
             '--nopidfile', '--print-address=1'], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.env['DBUS_SESSION_BUS_ADDRESS'] = self.address


METHODS = (
    ('Request', 'ss', 'disable', 'supplier'),
    ('Request', 'ss', 'disable', 'tamper'),
    ('Request', 'ss', 'disable', 'local'),
    ('Consent',),
    ('SetLoadLimit', 'btubub', 'true', '1', '1', 'true', '1', 'true'),
    ('ResetLoadLimitCount',),
    ('SetAuxiliary', 'yssyb', '1', 'switch', '', '0', 'true'),
    ('SetAuxiliarySchedule', 'a(yyqyuyyyy)a(qyy)', '0', '0'),
    ('SetRandomisedOffset', 'q', '1'),
    ('CommandAuxiliary', 'ysytt', '1', 'set', '0', '0', '9000000000000000'),
    ('ResetAuxiliary', 'y', '1'),
    ('BoostAuxiliary', 'yu', '1', '60'))
NOBODY = 65534


def not_for_everybody():
    """Each method asks for a right; reading does not."""
    with OpenStage() as stage:
        state = os.path.join(stage.folder, 'state')
        os.mkdir(state)
        stage.daemon('supplyd', '--state=' + state, '--clock=simulated')
        wait_until('supplyd on the bus', lambda: stage.busctl(
            'call', SUPPLY, ROOT + 'gas0', SUPPLY, 'GetHolds')[0] == 0)
        strange = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}',
                   '--clear-groups', 'busctl', '--address=' + stage.address,
                   'call', SUPPLY, ROOT + 'electricity0', SUPPLY]
        status, out, err = stage.run(*strange, 'GetHolds')
        assert status == 0, err
        for method in METHODS:
            status, out, err = stage.run(*strange, *method)
            assert status and 'only root and group hearth-' in err, (
                method, out, err)
            group = 'local' if method[0] in ('Consent', 'BoostAuxiliary') or \
                method[-1] == 'local' else 'supplier'
            assert f'hearth-{group} ' in err, (method, err)


def members(root, wanted):
    """{(kind, name, type, arguments)} of the interface."""
    out = set()
    for node in root.iter('interface'):
        if node.get('name') != SUPPLY:
            continue
        for member in node:
            if member.tag in ('method', 'signal', 'property') and \
                    wanted(member.get('name')):
                arguments = tuple((arg.get('type'), arg.get('direction'))
                                  for arg in member.iter('arg'))
                out.add((member.tag, member.get('name'), member.get('type'),
                         arguments))
    assert out, 'no members'
    return out


def main():
    script = tap.Script()
    with Stage() as stage:
        test = SupplyTest(stage)
        for name, function in (
                ('alone', test.alone),
                ('introspection is the XML', test.introspection),
                ('requests and consent', test.supplier),
                ('what is wrong is refused', test.wrong),
                ('prepayment', test.prepayment),
                ('restored from afar', test.restored_from_afar),
                ('prepayment is away', test.absent),
                ('prepayment signals', test.signalled),
                ('load limiting', test.limits),
                ('gas through a shut valve', test.flows),
                ('a switch that disobeys', test.disobeys),
                ('killed and stopped', test.restarts),
                ('a clock put back', test.clock_back),
                ('auxiliary controllers', test.controllers),
                ('changes are signalled', test.signals),
                ('log records, once', test.delivered_once),
                ('a meter without a switch', test.no_switch),
                ('a damaged database', test.damaged),
                ('ends cleanly', test.ends)):
            script.step(name, function)
    if os.geteuid():
        script.skip('not for everybody', 'only root can be somebody else')
    else:
        script.step('not for everybody', not_for_everybody)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
