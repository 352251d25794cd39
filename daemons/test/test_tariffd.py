# SPDX-License-Identifier: LGPL-2.1-or-later
"""tariffd behind metrologyd on a private bus; TAP.

metrologyd has real time, as a simulated meter sends it; tariffd's cycles come
when its simulated clock is set.
"""

import json
import os
import sys
import time
import xml.etree.ElementTree as ET

from harness import FakeMeter, METER_PATH, METER_ROOT, Stage, TOP, wait_until
import tap
from test_daemons import members
from test_supplyd import OpenStage

TARIFF = 'uk.hearth.Tariff1'
GAS_PATH = METER_ROOT + '/gas0'
NO_PRICE = -2**31
NO_AMOUNT = -2**63
FOREVER = 2**64 - 1
HALF_HOUR_US = 1800 * 10**6
PRIMARY = '1'
# Night, day, and a row of blocks on Sundays; a season begins with summer time.
TABLE = ['aa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)',
         '2', '2', '0', '1', '420', '2', '1', '0', '101',
         '2', '0', '0', '0', '0', '0', '0', '1', '1', '1', '1', '1', '1', '1',
         '1',
         '2', '65535', '254', '255', '255', '0',
         '65535', '253', '255', '255', '0',
         '1', '65535', '12', '25', '255', '1']
TABLE_BACK = [[[[0, 1], [420, 2]], [[0, 101]]],
              [[0, 0, 0, 0, 0, 0, 1], [1, 1, 1, 1, 1, 1, 1]],
              [[65535, 254, 255, 255, 0], [65535, 253, 255, 255, 0]],
              [[65535, 12, 25, 255, 1]]]


class TariffTest:
    def __init__(self, stage):
        self.stage = stage
        self.fake = FakeMeter(stage.folder)
        self.state = os.path.join(stage.folder, 'tariff')
        os.mkdir(self.state)
        self.metrologyd = None
        self.tariffd = None
        self.wh = 5000
        self.epoch = None
        self.clock_us = int(time.time()) * 10**6

    # --- what several steps need

    def try_call(self, method, *args, path=METER_PATH):
        """(status, output, what went wrong); arguments may be negative."""
        return self.stage.busctl('--', 'call', TARIFF, path, TARIFF, method,
                                 *args)

    def call(self, method, *args):
        status, out, err = self.try_call(method, *args)
        assert not status, err.strip()
        return json.loads(out)['data'] if out else None

    def refused(self, error, method, *args):
        """The call fails, and the registers and tables are as before."""
        def all_there_is():
            return [self.property('Time')] + [
                self.try_call(name, 'yb', PRIMARY, 'false')
                for name in ('GetSwitchingTable', 'GetThresholds',
                             'GetPrices')]
        before = all_there_is()
        status, _, text = self.try_call(method, *args)
        assert status, f'{method} was not refused'
        assert error in text, (error, text)
        assert all_there_is() == before, method

    def property(self, name, path=METER_PATH):
        status, out, err = self.stage.busctl('get-property', TARIFF, path,
                                             TARIFF, name)
        assert not status, err
        return json.loads(out)['data']

    def cycle(self):
        self.clock_us += 10 * 10**6
        status, _, err = self.stage.busctl(
            'call', TARIFF, '/uk/hearth/clock', 'uk.hearth.Clock1', 'SetTime',
            't', str(self.clock_us))
        assert not status, err

    def consume(self, wh):
        """So much more on the register, and tariffd has seen it."""
        self.wh += wh
        self.fake.values[5] = self.wh * 1000

        def look():
            self.fake.send()
            self.cycle()
            return self.registers()[1] == self.wh - 5000
        wait_until('tariffd to see it', look)

    def registers(self):
        return self.call('GetRegisters', 'y', PRIMARY)

    def present(self):
        epoch, points = self.call('GetCharges', 'tu', '0', '0')
        assert self.epoch in (None, epoch), (self.epoch, epoch)
        self.epoch = epoch
        assert [p[0] for p in points] == sorted(p[0] for p in points), points
        return points[-1]

    def run(self):
        self.tariffd = self.stage.daemon('tariffd', '--state=' + self.state,
                                         '--clock=simulated')
        wait_until('tariffd on the bus', lambda: not self.stage.busctl(
            'status', TARIFF)[0])

    # --- steps

    def nothing_known(self):
        self.run()
        assert self.property('Time') == 0
        assert self.property('ActivePrice') == NO_PRICE
        assert self.property('StandingCharge') == NO_PRICE
        assert self.property('CostToday') == [0, False, False, NO_AMOUNT,
                                              NO_AMOUNT]
        assert self.call('GetCharges', 'tu', '0', '0')[1] == []
        assert self.call('GetHistory', 's', 'week') == [[]]
        self.refused('no register has been seen', 'GetRegisters', 'y', '1')
        self.refused('no register has been seen', 'SetPrices', 'ytnaiaaii',
                     PRIMARY, '0', '-5', '1', '100', '0', '0')
        self.cycle()
        assert self.property('Time') == 0

    def begins(self):
        """Flat, at no price, from the first register seen."""
        self.metrologyd = self.stage.daemon(
            'metrologyd', '--sysfs=' + self.fake.sysfs,
            '--dev=' + self.fake.dev)
        self.fake.appear()
        wait_until('the buffer to be on', self.fake.running)
        self.fake.send()
        wait_until('the first register', lambda: (
            self.fake.send(), self.cycle(), self.property('Time'))[2])
        assert abs(self.property('Time') - time.time() * 1e6) < 60e6
        self.consume(700)
        _, total, tou, blocks, counters, estimated, fallback = \
            self.registers()
        assert (total, tou[0], sum(tou)) == (700, 700, 700)
        assert len(tou) == 48 and blocks == counters == [[0] * 4] * 8
        assert (estimated, fallback) == (0, 0)
        assert self.present()[1:] == [0, 0, 0]
        assert self.property('ActivePrice') == 0
        assert self.property('ActiveRegister') == [1, 0]
        assert self.property('Time', GAS_PATH) == 0

    def sets_all(self):
        """A whole tariff in one call, and all of it comes back."""
        args = ['ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)aatnaiaaii', PRIMARY, '0',
                *TABLE[1:],
                # a threshold; pounds x 10^-4; two prices, a row of blocks
                '1', '1', '900', '-4', '2', '1500', '2834', '1', '2', '1000',
                '-500', '4636']
        self.call('SetTariff', *args)
        assert self.call('GetSwitchingTable', 'yb', PRIMARY, 'false') == \
            [0, *TABLE_BACK]
        at, thresholds = self.call('GetThresholds', 'yb', PRIMARY, 'false')
        assert (at, thresholds[0]) == (0, [900, FOREVER, FOREVER])
        at, tou, blocks, standing = self.call('GetPrices', 'yb', PRIMARY,
                                              'false')
        assert (at, tou[:3], standing) == (0, [15000, 28340, 0], 46360)
        assert blocks[0] == [10000, -5000, 0, 0], blocks
        assert self.property('StandingCharge') == 46360
        # The change closed an entry, at its instant.
        points = self.call('GetCharges', 'tu', '0', '0')[1]
        assert [p[3] for p in points if p[3]] == [1], points
        assert self.call('GetCharges', 'tu', '0', '1')[1] == points[:1]

    def counts(self):
        """Whatever hour it is, each Wh costs what it should."""
        before = self.present()[1]
        action, _ = self.property('ActiveRegister')
        price = self.property('ActivePrice')
        self.consume(100)
        if action == self.property('ActiveRegister')[0]:
            assert self.present()[1] - before == 100 * price
        tou = self.registers()[2]
        # All in one row, in two blocks.
        flat = ['aa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)', '1', '1', '0', '101',
                '1', *['0'] * 7, '1', '65535', '1', '1', '255', '0', '0']
        self.call('SetSwitchingTable', 'yt' + flat[0], PRIMARY, '0', *flat[1:])
        assert self.property('ActiveRegister') == [101, 1]
        assert self.property('ActivePrice') == 10000
        before = self.present()[1]
        self.consume(1000)
        assert self.present()[1] - before == 900 * 10000 - 100 * 5000
        _, total, now, blocks, counters, _, _ = self.registers()
        assert now == tou and blocks[0] == [900, 100, 0, 0]
        assert counters[0] == blocks[0] and total == 1800
        assert self.property('ActiveRegister') == [101, 2]
        self.call('ResetBlocks')
        assert self.property('ActiveRegister') == [101, 1]
        assert self.registers()[4] == [[0] * 4] * 8
        sums = self.call('GetHistory', 's', 'month')[0]
        assert len(sums) == 15 and sums[0][1] and not sums[1][1]
        assert sums[0][3] >= 1000 or time.gmtime().tm_mday == 1

    def to_come(self):
        at = str(int(time.time() + 86400) * 10**6)
        self.call('SetPrices', 'ytnaiaaii', PRIMARY, at, '-5', '1', '7', '0',
                  '0')
        self.call('SetThresholds', 'ytaat', PRIMARY, at, '1', '1', '5')
        back = self.call('GetPrices', 'yb', PRIMARY, 'true')
        assert (str(back[0]), back[1][0]) == (at, 7), back
        assert self.call('Cancel', 'yas', PRIMARY, '2', 'prices',
                         'switching-table') == [['prices']]
        self.refused('nothing is pending', 'GetPrices', 'yb', PRIMARY, 'true')
        assert self.call('GetThresholds', 'yb', PRIMARY, 'true')[1][0][0] == 5
        self.refused('no such part', 'Cancel', 'yas', PRIMARY, '1', 'all')

    def half_hours(self):
        start = (int(time.time() * 1e6) // HALF_HOUR_US + 2) * HALF_HOUR_US
        prices = [-1994 + 7 * n for n in range(90)]
        self.call('SetHalfHourlyPrices', 'tnai', str(start), '-5', '90',
                  *map(str, prices))
        back = self.call('GetHalfHourlyPrices')[0]
        assert back == [[start + n * HALF_HOUR_US, price]
                        for n, price in enumerate(prices)]
        self.call('UseHalfHourlyPrices', 'b', 'true')
        assert self.property('HalfHourlyPrices') is True
        far = str(start + 300 * HALF_HOUR_US)
        self.refused('ahead', 'SetHalfHourlyPrices', 'tnai', far, '-5', '1',
                     '3')
        self.refused('rated already', 'SetHalfHourlyPrices', 'tnai',
                     str(start - 10 * HALF_HOUR_US), '-5', '1', '3')
        assert self.call('GetHalfHourlyPrices')[0] == back
        self.call('UseHalfHourlyPrices', 'b', 'false')

    def refuses(self):
        """Nothing wrong changes anything."""
        table = list(TABLE)
        table[4] = '421'
        self.refused('off the grid', 'SetSwitchingTable',
                     'yt' + table[0], PRIMARY, '0',
                     *['1', '2', '0', '1', '421', '2', '0', '0', '0'])
        self.refused('1 to 4 week profiles', 'SetSwitchingTable',
                     'yt' + table[0], PRIMARY, '0',
                     *['1', '1', '0', '1', '0', '0', '0'])
        self.refused('no such element', 'GetRegisters', 'y', '2')
        self.refused('no such', 'SetPrices', 'ytnaiaaii', '2', '0', '-5', '0',
                     '0', '0')
        self.refused('milli-pence', 'SetPrices', 'ytnaiaaii', PRIMARY, '0',
                     '-6', '1', '5', '0', '0')
        self.refused('room', 'SetPrices', 'ytnaiaaii', PRIMARY, '0', '-5',
                     '49', *['1'] * 49, '0', '0')
        self.refused('8 rows', 'SetThresholds', 'ytaat', PRIMARY, '0', '9',
                     *['0'] * 9)
        self.refused('rise', 'SetThresholds', 'ytaat', PRIMARY, '0', '1',
                     '2', '5', '5')
        self.refused('out of bounds', 'SetPrices', 'ytnaiaaii', PRIMARY,
                     str(2**63), '-5', '0', '0', '0')
        self.refused('unknown period', 'SetBillingCalendar', 'ts', '0',
                     'hourly')
        self.refused('out of bounds', 'SetBlockReset', 'ts', '0', 'daily')
        self.refused('not a gas meter', 'SetGasValues', 'uu', '3950',
                     '102264')
        self.refused('debts are four', 'CompleteEntry', 'txxax', '1', '0',
                     '0', '3', '1', '2', '3')
        self.refused('never was', 'CompleteEntry', 'txxax', '99', '0', '0',
                     '4', '1', '2', '3', '4')
        self.refused('day, week and month', 'GetHistory', 's', 'year')

    def killed(self):
        """What was acknowledged is there, and nothing counts twice."""
        self.consume(50)
        self.call('SetBillingCalendar', 'ts', str(1672531200 * 10**6),
                  'monthly')
        before, point = self.registers(), self.present()
        self.tariffd.kill()
        self.run()
        assert self.registers()[1:] == before[1:]
        assert self.present()[1:3] == point[1:3]
        assert self.property('BillingCalendar') == [1672531200 * 10**6,
                                                    'monthly']
        self.consume(50)
        assert self.registers()[1] == before[1] + 50
        for entry in ('1', '1', '2'):
            self.call('CompleteEntry', 'txxax', entry, '-500', '0', '4', '1',
                      '2', '3', '4')

    def offered(self):
        for path in (METER_PATH, GAS_PATH):
            text = self.stage.call(
                TARIFF, path, 'org.freedesktop.DBus.Introspectable',
                'Introspect')[0]
            offered = members(ET.fromstring(text), TARIFF)
            promised = members(ET.parse(os.path.join(
                TOP, 'dbus', TARIFF + '.xml')).getroot(), TARIFF)
            assert offered == promised, offered ^ promised
        found = self.stage.call(TARIFF, METER_ROOT,
                                'org.freedesktop.DBus.ObjectManager',
                                'GetManagedObjects')[0]
        assert sorted(found) == [METER_PATH, GAS_PATH], found

    def ends(self):
        assert self.tariffd.terminate() == 0
        assert 'error' not in self.tariffd.log().lower(), self.tariffd.log()


NOBODY = 65534
# Each method that changes something, with arguments it could have.
METHODS = (
    ('SetTariff', 'ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)aatnaiaaii', '1', '0',
     '0', '0', '0', '0', '0', '0', '0', '0', '0'),
    ('SetSwitchingTable', 'ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)', '1', '0', '0',
     '0', '0', '0'),
    ('SetThresholds', 'ytaat', '1', '0', '0'),
    ('SetPrices', 'ytnaiaaii', '1', '0', '0', '0', '0', '0'),
    ('Cancel', 'yas', '1', '1', 'prices'),
    ('SetHalfHourlyPrices', 'tnai', '0', '0', '1', '5'),
    ('UseHalfHourlyPrices', 'b', 'true'),
    ('SetBillingCalendar', 'ts', '0', 'never'),
    ('SetBlockReset', 'ts', '0', 'never'),
    ('ResetBlocks',),
    ('CloseBillingEntry',),
    ('SetGasValues', 'uu', '3950', '102264'),
    ('CompleteEntry', 'txxax', '1', '0', '0', '0'))


def not_for_everybody():
    """Each of them asks for a right; reading does not."""
    promised = {name for kind, name, *_ in members(ET.parse(os.path.join(
        TOP, 'dbus', TARIFF + '.xml')).getroot(), TARIFF)
        if kind == 'method' and not name.startswith('Get')}
    assert promised == {method[0] for method in METHODS}
    with OpenStage() as stage:
        state = os.path.join(stage.folder, 'state')
        os.mkdir(state)
        stage.daemon('tariffd', '--state=' + state, '--clock=simulated')
        wait_until('tariffd on the bus', lambda: not stage.busctl(
            'status', TARIFF)[0])
        strange = ['setpriv', f'--reuid={NOBODY}', f'--regid={NOBODY}',
                   '--clear-groups', 'busctl', '--address=' + stage.address,
                   'call', TARIFF, METER_PATH, TARIFF]
        status, _, err = stage.run(*strange, 'GetCharges', 'tu', '0', '0')
        assert status == 0, err
        for method in METHODS:
            status, out, err = stage.run(*strange, *method)
            group = 'daemon' if method[0] == 'CompleteEntry' else 'supplier'
            assert status and f'only root and group hearth-{group} ' in err, (
                method, out, err)


def main():
    script = tap.Script()
    with Stage() as stage:
        test = TariffTest(stage)
        for name, step in (
                ('nothing is known, and nothing is zero', test.nothing_known),
                ('a tariff begins by itself', test.begins),
                ('a whole tariff in one call', test.sets_all),
                ('what energy costs', test.counts),
                ('tariffs to come', test.to_come),
                ('half-hourly prices', test.half_hours),
                ('what is wrong is refused', test.refuses),
                ('killed', test.killed),
                ('introspection is the XML', test.offered),
                ('ends', test.ends)):
            script.step('tariffd: ' + name, step)
    if os.geteuid():
        script.skip('tariffd: not for everybody',
                    'only root can be somebody else')
    else:
        script.step('tariffd: not for everybody', not_for_everybody)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
