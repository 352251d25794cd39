# SPDX-License-Identifier: LGPL-2.1-or-later
"""prepayd on a private bus in simulated time, tariffd and storaged played; TAP.
Tokens are made by gbcs-tool."""

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET

from harness import BIN, PROPERTIES, Signals, Stage, TOP, wait_until
import minibus
import tap
from test_daemons import members

NAME = 'uk.hearth.Prepayment1'
ROOT = '/uk/hearth/meter'
ELECTRICITY, GAS = ROOT + '/electricity0', ROOT + '/gas0'
SUPPLIER, ESME, GSME = ('4865617274680010', '48656172746800a0',
                        '48656172746800a1')
BEGIN = 1709510400 * 10**6      # Monday 2024-03-04 00:00 UTC
SECOND, HALF_HOUR = 10**6, 1800 * 10**6
POUND = 100000
STEP = 2**32


def same(seen, expected):
    assert seen == expected, f'{seen}, not {expected}'


class Upstream:
    """tariffd and storaged. Costs are micro-pence, by path."""

    def __init__(self, address):
        self.address = address
        self.now = BEGIN
        self.epoch = 5
        self.cost = {ELECTRICITY: 0, GAS: 0}
        self.points = {ELECTRICITY: [], GAS: []}
        self.completed = []
        self.records = []
        self.storage_away = False
        self.open()

    def open(self):
        tariff, storage = 'uk.hearth.Tariff1', 'uk.hearth.Storage1'
        self._service = minibus.Service(self.address, (tariff, storage), {
            (tariff, 'GetCharges'): ('ua(txxt)', self.get_charges),
            (tariff, 'CompleteEntry'): ('', self.complete),
            (storage, 'Append'): ('', self.append),
        })

    def close(self):
        self._service.close()

    def get_charges(self, path, after, limit):
        assert limit == 0
        points = [point for point in self.points[path] if point[0] > after]
        if not points or points[-1][0] < self.now:
            points.append((self.now, self.cost[path], 0, 0))
        return self.epoch, points

    def complete(self, path, entry, balance, emergency, debts):
        self.completed.append((path, entry, balance, emergency, debts))
        return ()

    def append(self, _, source, number, meter, log, at, code, text, detail):
        if self.storage_away:
            raise minibus.Refused('uk.hearth.Error.Storage', 'full')
        self.records.append((source, number, meter, log, at, code, text,
                             json.loads(detail) if detail else None))
        return ()

    def latch(self, path, entry=0):
        self.points[path].append((self.now, self.cost[path], 0, entry))


class PrepaydTest:
    def __init__(self, stage):
        self.stage = stage
        self.upstream = Upstream(stage.address)
        self.state = os.path.join(stage.folder, 'state')
        self.keys = os.path.join(stage.folder, 'keys')
        self.made = os.path.join(stage.folder, 'made')
        os.makedirs(self.state)
        os.makedirs(self.keys)
        self.prepayd = None

    def begin(self):
        self.prepayd = self.stage.daemon(
            'prepayd', '--clock=simulated', '--state=' + self.state,
            '--keys=' + self.keys)
        self.ready()

    def ready(self):
        wait_until('prepayd is on the bus', lambda: self.stage.busctl(
            'call', NAME, ELECTRICITY, NAME, 'GetSupply')[0] == 0)

    def call(self, member, *args, path=ELECTRICITY):
        status, out, err = self.stage.busctl('call', '--', NAME, path, NAME, member,
                                             *args)
        assert status == 0, err.strip()
        return json.loads(out)['data'] if out.strip() else []

    def refused(self, says, member, *args):
        before = self.all()
        try:
            self.call(member, *args)
        except AssertionError as err:
            said = str(err)
        else:
            raise AssertionError(f'{member} was done')
        assert says in said, said
        assert self.all() == before

    def all(self, path=ELECTRICITY):
        found = self.stage.call(NAME, path, PROPERTIES, 'GetAll', 's', NAME)
        return {name: value['data'] for name, value in found[0].items()}

    def get(self, name, path=ELECTRICITY):
        return self.all(path)[name]

    def pass_time(self, us, cost_mp=0):
        """So long, and electricity for that much."""
        self.upstream.now += us
        self.upstream.cost[ELECTRICITY] += 1000 * cost_mp
        status, _, err = self.stage.busctl(
            'call', NAME, '/uk/hearth/clock', 'uk.hearth.Clock1', 'SetTime',
            't', str(self.upstream.now))
        assert status == 0, err

    def codes(self, code):
        return [record for record in self.upstream.records
                if record[5] == code]

    def token(self, counter, pence, device=ESME):
        made = subprocess.run(
            [os.path.join(BIN, 'gbcs-tool'), 'utrn', 'make', '--keystore',
             self.made, '--supplier', SUPPLIER, '--device', device,
             '--counter', str(counter * STEP), '--pence', str(pence)],
            capture_output=True, text=True, timeout=60)
        assert made.returncode == 0, made.stderr
        return made.stdout.strip()

    # --- steps

    def begins(self):
        self.upstream.cost[ELECTRICITY] = 123456789
        self.begin()
        shown = self.all()
        assert shown['Mode'] == 'credit' and shown['Supply'] == 'on', shown
        assert shown['Balance'] == 0 and shown['ChargedTo'] == 0, shown
        self.pass_time(10 * SECOND)
        same(self.get('ChargedTo'), self.upstream.now)
        self.pass_time(10 * SECOND, 25)
        same(self.get('Balance'), -25)
        same(self.get('Balance', GAS), 0)

    def introspection(self):
        status, text, err = self.stage.run(
            'busctl', '--address=' + self.stage.address, 'introspect',
            '--xml-interface', NAME, ELECTRICITY)
        assert status == 0, err
        root = ET.parse(os.path.join(TOP, 'dbus', NAME + '.xml')).getroot()
        assert members(root, NAME) == members(ET.fromstring(text), NAME)

    def signals(self):
        """A cycle without a change says nothing."""
        listener = Signals(self.stage, NAME)

        def heard():
            self.pass_time(10 * SECOND, 5)
            return listener.times()
        wait_until('it listens', heard)
        before = wait_until('all were seen', lambda: listener.times())
        for _ in range(5):
            self.pass_time(10 * SECOND)
        self.pass_time(10 * SECOND, 5)
        wait_until('one more', lambda: len(listener.times()) > len(before))
        assert len(listener.times()) == len(before) + 1
        listener.end()

    def no_keys(self):
        self.call('AdjustBalance', 'x', str(3 * POUND))
        self.call('SetMode', 's', 'prepayment')
        before = self.all()
        for _ in range(8):
            result, credited, _ = self.call('TopUp', 's',
                                            '73943333457189043313')
            assert result == 'no key to check it with', result
            assert credited == 0
        assert self.all() == before

    def has_keys(self):
        subprocess.run([os.path.join(BIN, 'gbcs-tool'), 'pki', '--out',
                        self.made], check=True, capture_output=True)
        for meter, device in (('electricity0', ESME), ('gas0', GSME)):
            for name in (f'{device}-ka.key', f'{SUPPLIER}-pp-ka.pem'):
                shutil.copy(os.path.join(self.made, name),
                            os.path.join(self.keys, f'{meter}_{name}'))

    def tops_up(self):
        self.has_keys()
        balance = self.get('Balance')
        token = self.token(7, 1250)
        assert self.call('TopUp', 's', token) == [
            'accepted', 1250000, balance + 1250000]
        assert self.call('TopUp', 's', token) == [
            'used before', 0, balance + 1250000]
        # The gas meter has another key.
        result, credited, _ = self.call('TopUp', 's', token, path=GAS)
        assert result.startswith('not authentic') and credited == 0, result
        assert self.call('TopUpRemote', 's', self.token(6, 100))[1] == 100000
        self.call('SetSettings', 'a{sv}', '1', 'MaximumCredit', 'x',
                  str(20 * POUND))
        assert self.call('TopUp', 's', self.token(9, 2001))[0] == \
            'more than can be added at once'
        for text in ('', '1234', '7394333345718904331x', '\u0661' * 20,
                     '9' * 4000):
            assert self.call('TopUp', 's', text)[0] == 'not 20 digits'
        same(self.get('Balance'), balance + 1350000)
        (top_ups,) = self.call('GetTopUps', 'u', '0')
        assert [top_up[1] for top_up in top_ups] == [100000, 1250000]
        assert top_ups[1][3:] == [7 * STEP, True]
        assert len(self.call('GetTopUps', 'u', '1')[0]) == 1

    def survives(self):
        """Killed after the answer: credited once."""
        balance = self.get('Balance')
        token = self.token(20, 500)
        assert self.call('TopUp', 's', token)[1] == 500000
        self.prepayd.kill()
        self.prepayd.start()
        self.ready()
        same(self.get('Balance'), balance + 500000)
        assert self.call('TopUp', 's', token)[0] == 'used before'
        # What was consumed since the last half hour is worked out again.
        self.pass_time(0)
        same(self.get('Balance'), balance + 500000)

    def locks(self):
        good = self.token(30, 100)
        wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
        for _ in range(5):
            assert 'check digit' in self.call('TopUp', 's', wrong)[0]
        assert self.get('LockedUntil') == self.upstream.now // SECOND * \
            SECOND + 600 * SECOND
        self.prepayd.kill()
        self.prepayd.start()
        self.ready()
        assert 'too many' in self.call('TopUp', 's', good)[0]
        assert self.call('TopUpRemote', 's', self.token(31, 100))[1] == 100000
        self.pass_time(600 * SECOND)
        same(self.get('LockedUntil'), 0)
        assert self.call('TopUp', 's', good)[1] == 100000
        self.pass_time(10 * SECOND)
        same(len(self.codes(0x81c4)), 1)
        same(len(self.codes(0x81c5)), 1)

    def settings(self):
        self.call('SetSettings', 'a{sv}', '3', 'EmergencyCreditLimit', 'x',
                  str(4 * POUND), 'SuspendDebtDisabled', 'b', 'true',
                  'DebtRecoveryPeriod1', 's', 'day')
        found = {name: value['data']
                 for name, value in self.get('Settings').items()}
        assert found['EmergencyCreditLimit'] == 4 * POUND
        assert found['SuspendDebtDisabled'] is True
        assert found['DebtRecoveryPeriod1'] == 'day'
        assert found['DebtRecoveryPeriod2'] == 'hour'
        for says, *args in (
                ('no such setting', '1', 'NoSuch', 'x', '1'),
                ('not of its type', '1', 'MaximumCredit', 'u', '1'),
                ('maximum credit', '1', 'MaximumCredit', 'x', '-1'),
                ('lockout', '2', 'MaximumCredit', 'x', '1', 'LockoutTries',
                 'u', '1000000'),
                ('not a valid value', '1', 'LockoutTries', 'u',
                 str(2**32 - 1)),
                ('not a valid value', '1', 'DebtRecoveryPeriod1', 's',
                 'week')):
            self.refused(says, 'SetSettings', 'a{sv}', *args)
        xml = open(os.path.join(TOP, 'dbus', NAME + '.xml')).read()
        for name in found:
            assert f'`{name}`' in xml, f'{name} is not documented'

    def calendar(self):
        self.call('SetCalendar', 'aa(uu)aya(iy)', '2', '1', '0', '28800', '0',
                  '7', '0', '0', '0', '0', '0', '1', '1', '1', '19790', '0')
        profiles, week, special = self.get('Calendar')
        assert profiles[0] == [[0, 28800]] and len(profiles) == 16
        assert week == [0, 0, 0, 0, 0, 1, 1] and special == [[19790, 0]]
        for says, *args in (
                ('not in order', '1', '1', '5', '4', '7', *'0000000', '0'),
                ('at most', '1', '1', '0', '86401', '7', *'0000000', '0'),
                ('7 days', '0', '6', *'000000', '0'),
                ('no such profile', '0', '7', *'0000000', '1', '0', '16'),
                ('at most', '17', *'0' * 17, '7', *'0000000', '0'),
                ('at most', '1', '5', *(str(n) for n in range(10)), '7',
                 *'0000000', '0')):
            self.refused(says, 'SetCalendar', 'aa(uu)aya(iy)', *args)

    def supply(self):
        """Used up, emergency credit, used up, topped up, turned on."""
        self.upstream.now = BEGIN + 20 * HALF_HOUR      # 10:00
        self.pass_time(0)
        self.pass_time(10 * SECOND, self.get('Balance'))
        assert self.call('GetSupply') == ['off', 'credit exhausted']
        self.refused('credit is used up', 'Consent')
        self.refused('set vulnerable', 'Restore')
        self.call('ActivateEmergencyCredit')
        assert self.call('GetSupply')[0] == 'arm'
        self.call('Consent')
        assert self.call('GetSupply') == ['on', 'emergency credit']
        self.pass_time(10 * SECOND, 4 * POUND + 7)
        shown = self.all()
        assert shown['Balance'] == -7 and shown['EmergencyCredit'] == 0
        assert shown['State'] == 'disabled' and shown['Supply'] == 'off'
        self.call('SetDebt', 'sx', 'accumulated', str(POUND))
        self.call('AdjustDebt', 'sx', 'payment', '800')
        self.refused('never below 0', 'AdjustDebt', 'sx', 'payment',
                     '-801')
        self.refused('or accumulated', 'SetDebt', 'sx', 'x', '1')
        # A pound of debt, four of emergency credit, 800 by the quarter.
        assert self.call('TopUp', 's', self.token(40, 600))[2] == \
            POUND - 7 - 800
        shown = self.all()
        assert shown['State'] == 'armed', shown
        assert shown['AccumulatedDebt'] == shown['PaymentDebt'] == 0
        self.call('Consent')
        same(self.get('Supply'), 'on')
        self.pass_time(10 * SECOND)
        same(len(self.codes(0x8168)), 1)
        same(len(self.codes(0x8f0f)), 2)

    def adds_up(self):
        statement = self.call('GetStatement')
        _, opening, credits, consumption, standing, adjustments, closing = \
            statement
        assert closing == opening + credits - consumption - standing + \
            adjustments, statement
        # In whole milli-pence, the rest is kept.
        assert consumption == (self.upstream.cost[ELECTRICITY] -
                               123456789) // 1000

    def entries(self):
        """A billing entry is completed as it was, storaged away or not."""
        balance = self.get('Balance')
        self.upstream.storage_away = True
        self.upstream.now += HALF_HOUR - self.upstream.now % HALF_HOUR
        self.upstream.cost[ELECTRICITY] += 5000
        self.upstream.latch(ELECTRICITY, entry=3)
        self.pass_time(90 * SECOND, 7)
        same(self.get('Balance'), balance - 12)
        self.pass_time(10 * SECOND)
        same(self.upstream.completed,
             [(ELECTRICITY, 3, balance - 5, 4 * POUND, [0, 0, 0, 0])])
        self.upstream.storage_away = False

    def midnights(self):
        for _ in range(48):
            self.upstream.now += HALF_HOUR
            self.upstream.now -= self.upstream.now % HALF_HOUR
            for path in (ELECTRICITY, GAS):
                self.upstream.latch(path)
            self.pass_time(0)
        daily = [record for record in self.upstream.records
                 if record[3] == 'prepayment-daily-read']
        same([record[2] for record in daily], ['electricity0', 'gas0'])
        same(daily[0][4], BEGIN + 48 * HALF_HOUR)
        same(daily[0][7]['balance_mp'], self.get('Balance'))

    def records(self):
        """Each once, in order."""
        numbers = [record[1] for record in self.upstream.records]
        assert numbers == sorted(set(numbers)), numbers
        assert len({record[0] for record in self.upstream.records}) == 1

    def away(self):
        """tariffd goes: the rest goes on, and it is caught up with."""
        balance = self.get('Balance')
        self.upstream.close()
        self.upstream.cost[ELECTRICITY] += 1000 * 33
        self.pass_time(HALF_HOUR)
        same(self.get('Balance'), balance)
        assert self.call('TopUp', 's', self.token(50, 10))[1] == 10000
        self.pass_time(10 * SECOND)
        assert self.prepayd.log().count('tariffd does not answer') == 2
        self.upstream.open()
        self.pass_time(10 * SECOND)
        same(self.get('Balance'), balance + 10000 - 33)
        assert self.prepayd.log().count('tariffd answers') == 2

    def no_checker(self):
        """The checker is gone: the caller hears of it."""
        lone = os.path.join(self.stage.folder, 'bin')
        os.makedirs(lone)
        shutil.copy(os.path.join(BIN, 'prepayd'), lone)
        self.prepayd.terminate()
        first = self.prepayd.argv[0]
        self.prepayd.argv[0] = os.path.join(lone, 'prepayd')
        self.prepayd.start()
        self.ready()
        self.refused('cannot be checked now', 'TopUp', 's',
                     self.token(60, 1))
        helper = os.path.join(lone, 'prepayd-token')
        for text in ('exit 1', 'echo nonsense', 'echo authentic 0 0 9',
                     'cat >/dev/null; yes'):
            with open(helper, 'w') as out:
                out.write(f'#!/bin/sh\n{text}\n')
            os.chmod(helper, 0o755)
            self.refused('cannot be checked now', 'TopUp', 's',
                         self.token(60, 1))
        self.prepayd.terminate()
        self.prepayd.argv[0] = first
        self.prepayd.start()
        self.ready()
        assert self.call('TopUp', 's', self.token(60, 1))[1] == 1000

    def supplier(self):
        eui = int(SUPPLIER, 16)
        self.call('SetTokenSupplier', 'tt', str(eui), str(70 * STEP))
        same(self.get('TokenSupplier'), eui)
        assert self.call('TopUp', 's', self.token(69, 1))[0] == \
            'too old: newer tokens were used'
        self.refused('below what is refused', 'SetTokenSupplier', 'tt',
                     str(eui), str(69 * STEP))
        self.refused('a multiple of', 'SetTokenSupplier', 'tt',
                     str(eui), '5')
        assert self.call('TopUp', 's', self.token(71, 1))[1] == 1000

    def small(self):
        """Without libcrypto, also after a top-up."""
        with open(f'/proc/{self.prepayd.process.pid}/maps') as maps:
            assert 'libcrypto' not in maps.read()

    def ends(self):
        assert self.prepayd.terminate() == 0
        self.upstream.close()


def main():
    script = tap.Script()
    with Stage() as stage:
        test = PrepaydTest(stage)
        for name, function in (
                ('begins in credit mode, from what is', test.begins),
                ('introspection is the XML', test.introspection),
                ('a change is signalled once', test.signals),
                ('no keys, nothing changes', test.no_keys),
                ('tokens', test.tops_up),
                ('killed after a top-up', test.survives),
                ('lockout outlives a kill', test.locks),
                ('settings as a whole', test.settings),
                ('calendar', test.calendar),
                ('supply', test.supply),
                ('the statement adds up', test.adds_up),
                ('billing entries', test.entries),
                ('daily reads', test.midnights),
                ('records, each once', test.records),
                ('tariffd goes and comes', test.away),
                ('the checker of tokens fails', test.no_checker),
                ('another supplier of tokens', test.supplier),
                ('no libcrypto in the daemon', test.small),
                ('ends cleanly', test.ends)):
            script.step(name, function)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
