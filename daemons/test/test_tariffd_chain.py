# SPDX-License-Identifier: LGPL-2.1-or-later
"""tariffd between metrologyd and storaged, both played by tariff-upstream, in
simulated time; TAP."""

import json
import os
import subprocess
import sys

from harness import BIN, LIMIT_S, METER_PATH, METER_ROOT, Stage, wait_until
import tap

TARIFF = 'uk.hearth.Tariff1'
METROLOGY = 'uk.hearth.Metrology1'
STORAGE = 'uk.hearth.Storage1'
GAS_PATH = METER_ROOT + '/gas0'
HALF_HOUR = 1800
DAY = 86400
BEGIN = 1709510400      # 2024-03-04, a Monday
PRICE = 20000
NIGHT = 5000


class ChainTest:
    def __init__(self, stage):
        self.stage = stage
        self.state = os.path.join(stage.folder, 'tariff')
        os.mkdir(self.state)
        self.upstream = subprocess.Popen(
            [os.path.join(BIN, 'tariff-upstream')], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=stage.env)
        self.logs = []
        self.now_s = BEGIN
        self.wh = 1000
        self.dm3 = 500
        self.tariffd = None

    # --- tools

    def say(self, *words):
        """To the daemons above; returns what was said but "ok" and logs."""
        said = []
        self.upstream.stdin.write(' '.join(map(str, words)) + '\n')
        self.upstream.stdin.flush()
        while True:
            line = self.upstream.stdout.readline().rstrip('\n')
            assert line not in ('', 'wrong'), f'{words}: {line}'
            if line == 'ok':
                return said
            (self.logs if line.startswith('log ') else said).append(line)

    def asked(self):
        return int(self.say('asked')[0].split()[1])

    def found(self, *words):
        """Log records that have all of these."""
        self.asked()
        return [line for line in self.logs
                if all(str(word) in line for word in words)]

    def call(self, path, method, *args):
        status, out, err = self.stage.busctl('--', 'call', TARIFF, path,
                                             TARIFF, method, *args)
        assert not status, err
        return json.loads(out)['data'] if out else None

    def registers(self, path=METER_PATH):
        """(total, registers of time of use, estimated)"""
        _, total, tou, _, _, estimated, _ = self.call(
            path, 'GetRegisters', 'y', '1')
        assert sum(tou) == total, (sum(tou), total)
        return total, tou, estimated

    def points(self, after_s=0):
        return self.call(METER_PATH, 'GetCharges', 'tu',
                         str(after_s * 10**6), '0')[1]

    def cycle(self, seconds=10):
        self.now_s += seconds
        status, _, err = self.stage.busctl(
            'call', TARIFF, '/uk/hearth/clock', 'uk.hearth.Clock1', 'SetTime',
            't', str(self.now_s * 10**6))
        assert not status, err

    def present(self):
        self.say('now', 'electricity0', self.now_s, self.wh, 0, 0, 0)
        self.say('now', 'gas0', self.now_s, self.dm3)

    def flow(self, *kinds):
        """A half hour, latched where it is said."""
        self.now_s += HALF_HOUR - self.now_s % HALF_HOUR
        self.wh += 100
        self.dm3 += 10
        for kind in kinds:
            self.say(kind, 'electricity0', self.now_s, self.wh, 0, 0, 0)
            self.say(kind, 'gas0', self.now_s, self.dm3)
        self.present()

    def run(self):
        self.tariffd = self.stage.daemon('tariffd', '--state=' + self.state,
                                         '--clock=simulated')
        wait_until('tariffd on the bus', lambda: not self.stage.busctl(
            'status', TARIFF)[0])

    # --- steps

    def begins(self):
        self.say('own', METROLOGY)
        self.present()
        self.run()
        self.cycle()
        assert self.registers() == (0, [0] * 48, 0)
        # Night 00:00 to 07:00 in the first register.
        self.call(METER_PATH, 'SetSwitchingTable',
                  'ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)', '1', '0', '1', '2',
                  '0', '1', '420', '2', '1', *['0'] * 7, '1', '65535', '1',
                  '1', '255', '0', '0')
        for path in (METER_PATH, GAS_PATH):
            self.call(path, 'SetPrices', 'ytnaiaaii', '1', '0', '-5', '2',
                      str(NIGHT), str(PRICE), '0', '46000')

    def latched(self):
        """A day of half hours: exact, and one point each."""
        for _ in range(48):
            self.flow('latch', 'stored')
            self.cycle(0)
            self.cycle(13)
        total, tou, estimated = self.registers()
        assert (total, tou[:2], estimated) == (4800, [1400, 3400], 0)
        points = [p for p in self.points() if not p[3]]
        assert [p[0] for p in points[:48]] == [
            (BEGIN + n * HALF_HOUR) * 10**6 for n in range(1, 49)]
        assert points[47][1:3] == [1400 * NIGHT + 3400 * PRICE, 46000000]
        # 480 dm3 are 5385.904 Wh.
        assert self.registers(GAS_PATH)[0] == 5385

    def records(self):
        """What waited for storaged comes when it is there, once."""
        assert not self.found('daily-read')
        self.say('own', STORAGE)
        self.cycle()
        self.cycle()
        daily = self.found('daily-read', 'electricity0')
        assert len(daily) == 1, daily
        detail = json.loads(daily[0][daily[0].index('{'):])
        assert detail['total_wh'] == 5800, detail
        assert detail['tou_wh'][:2] == [1400, 3400], detail
        assert daily[0].split()[3] == str((BEGIN + DAY) * 10**6)
        gas = self.found('daily-read', 'gas0')
        assert json.loads(gas[0][gas[0].index('{'):])['volume_dm3'] == 980
        assert len(self.found('begins')) == 2

    def older_ones(self):
        """Away for weeks: what metrologyd has forgotten storaged has."""
        before = self.asked()
        self.tariffd.kill()
        for n in range(28 * 48):
            self.flow('stored', *(['latch'] if n >= 26 * 48 else []))
            if n == 26 * 48 - 1:
                self.say('forget', 'electricity0')
                self.say('forget', 'gas0')
        self.run()
        self.cycle(3)
        total, tou, estimated = self.registers()
        assert (total, estimated) == (4800 * 29, 0), (total, estimated)
        assert tou[:2] == [1400 * 29, 3400 * 29]
        assert self.asked() - before >= 2 * 3, self.asked() - before
        assert len(self.found('daily-read', 'electricity0')) == 29
        # Where nothing is missing nobody is asked.
        before = self.asked()
        self.flow('latch', 'stored')
        self.cycle(3)
        assert self.asked() == before
        assert self.registers()[2] == 0

    def waits(self):
        """A gap is not estimated as long as storaged may still come."""
        total = self.registers()[0]
        self.tariffd.kill()
        self.say('drop', STORAGE)
        self.say('forget', 'electricity0')
        for _ in range(16):
            self.flow('stored')
        self.run()
        self.cycle(100)
        self.present()
        self.cycle(100)
        # In memory it is known what has flowed, but not what it cost when.
        assert self.registers()[0] == total + 1600
        assert self.points(self.now_s - 6 * HALF_HOUR)[:-1] == []
        self.say('own', STORAGE)
        self.cycle(100)
        assert self.registers() == (total + 1600, self.registers()[1], 0)
        assert len(self.points(self.now_s - 6 * HALF_HOUR)) == 7

    def does_not_wait_for_ever(self):
        """And where nobody ever comes, it is."""
        self.tariffd.kill()
        self.say('drop', STORAGE)
        self.flow()
        self.flow()
        self.run()
        self.cycle(100)
        self.present()
        self.cycle(601)
        self.present()
        self.cycle(10)
        assert len(self.points(self.now_s - 2 * HALF_HOUR)) >= 2
        total = self.registers()[0]
        self.tariffd.kill()
        self.run()
        assert self.registers()[0] == total

    def hostile(self):
        """Registers that are none change nothing."""
        before = self.registers()
        self.say('now', 'electricity0', self.now_s)
        self.cycle()
        self.say('now', 'electricity0', self.now_s, 2**63 - 1)
        self.cycle()
        self.say('now', 'electricity0', 9999999999, self.wh)
        self.cycle()
        # Not ascending: none of them is taken.
        self.say('latch', 'electricity0', self.now_s + 1700, self.wh + 5)
        self.say('latch', 'electricity0', self.now_s + 1700, self.wh + 6)
        self.cycle()
        assert self.registers() == before
        assert self.tariffd.alive()

    def ends(self):
        self.upstream.stdin.close()
        self.upstream.wait(LIMIT_S)
        self.upstream.stdout.close()
        self.cycle()
        assert self.tariffd.terminate() == 0


def main():
    script = tap.Script()
    with Stage() as stage:
        test = ChainTest(stage)
        for name, step in (
                ('begins at the present registers', test.begins),
                ('half hours that were latched', test.latched),
                ('records go to storaged', test.records),
                ('older half hours from storaged', test.older_ones),
                ('waits for storaged', test.waits),
                ('but not for ever', test.does_not_wait_for_ever),
                ('hostile registers', test.hostile),
                ('nobody there', test.ends)):
            script.step('tariffd: ' + name, step)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
