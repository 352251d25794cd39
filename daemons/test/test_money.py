# SPDX-License-Identifier: LGPL-2.1-or-later
"""storaged, tariffd and prepayd behind a metrologyd that is played, in simulated
time, each killed now and then: what was used is what was paid; TAP."""

import json
import os
import random
import sys

from harness import Stage, wait_until
import minibus
import tap

METROLOGY, STORAGE, TARIFF, PREPAYMENT = (
    'uk.hearth.Metrology1', 'uk.hearth.Storage1', 'uk.hearth.Tariff1',
    'uk.hearth.Prepayment1')
STORAGE_PATH = '/uk/hearth/storage'
ELECTRICITY, GAS = '/uk/hearth/meter/electricity0', '/uk/hearth/meter/gas0'
BEGIN = 1709510400 * 10**6      # Monday 2024-03-04 00:00 UTC
MINUTE, HALF_HOUR = 60 * 10**6, 1800 * 10**6
DAYS = 2
PRICE, STANDING = 24681, 53377  # milli-pence a kWh, a day


class Meters:
    """What metrologyd would say."""

    def __init__(self, address):
        self.now = BEGIN
        self.registers = {ELECTRICITY: [1000, 0, 0, 0], GAS: [500]}
        self.latches = {ELECTRICITY: [], GAS: []}
        self.service = minibus.Service(address, (METROLOGY,), {
            (METROLOGY, 'GetLatches'): ('a(tatu)', self.get_latches),
            (METROLOGY, 'GetRegisters'): ('(tatu)', lambda path: (
                (self.now, self.registers[path], 0),)),
        })

    def get_latches(self, path, after, limit):
        found = [latch for latch in self.latches[path] if latch[0] > after]
        return (found[:limit or None][:96],)

    def go_on(self, us, wh, dm3):
        self.now += us
        self.registers[ELECTRICITY][0] += wh
        self.registers[GAS][0] += dm3
        if self.now % HALF_HOUR == 0:
            for path in (ELECTRICITY, GAS):
                self.latches[path].append(
                    (self.now, list(self.registers[path]), 0))
                del self.latches[path][:-96]


class MoneyTest:
    def __init__(self, stage):
        self.stage = stage
        self.meters = Meters(stage.address)
        self.dice = random.Random(7)
        self.daemons = []
        self.kills = self.begun = 0
        for name, bus_name in (('storaged', STORAGE), ('tariffd', TARIFF),
                               ('prepayd', PREPAYMENT)):
            state = os.path.join(stage.folder, name)
            os.mkdir(state)
            daemon = stage.daemon(name, '--clock=simulated',
                                  '--state=' + state)
            self.daemons.append((daemon, bus_name))
            self.ready(bus_name)

    def ready(self, bus_name):
        wait_until(bus_name + ' is on the bus',
                   lambda: self.stage.busctl('status', bus_name)[0] == 0)

    def call(self, name, path, member, *args):
        status, out, err = self.stage.busctl('call', '--', name, path, name,
                                             member, *args)
        assert status == 0, f'{name} {member}: {err.strip()}'
        return json.loads(out)['data'] if out.strip() else []

    def get(self, name, path=ELECTRICITY):
        status, out, err = self.stage.busctl('get-property', PREPAYMENT, path,
                                             PREPAYMENT, name)
        assert status == 0, err
        return json.loads(out)['data']

    def turn(self):
        """The clocks, in the order of the chain."""
        for _, name in self.daemons:
            status, _, err = self.stage.busctl(
                'call', name, '/uk/hearth/clock', 'uk.hearth.Clock1',
                'SetTime', 't', str(self.meters.now))
            assert status == 0, err

    def kill_one(self):
        daemon, name = self.dice.choice(self.daemons)
        daemon.kill()
        daemon.start()
        self.ready(name)
        self.kills += 1

    def statement(self, path=ELECTRICITY):
        _, opening, credits, used, standing, adjusted, closing = self.call(
            PREPAYMENT, path, 'GetStatement')
        assert closing == opening + credits - used - standing + adjusted
        return used, standing, closing

    # --- steps

    def begins(self):
        self.turn()
        for path in (ELECTRICITY, GAS):
            self.call(TARIFF, path, 'SetPrices', 'ytnaiaaii', '1', '0', '-5',
                      '1', str(PRICE), '0', str(STANDING))
            self.call(TARIFF, path, 'SetBillingCalendar', 'ts', str(BEGIN),
                      'daily')
        self.turn()
        assert self.statement()[2] == 0
        self.call(PREPAYMENT, ELECTRICITY, 'AdjustBalance', 'x', '1000000')
        self.call(PREPAYMENT, ELECTRICITY, 'SetMode', 's', 'prepayment')
        self.begun = self.meters.registers[ELECTRICITY][0]

    def lives(self):
        """Some days with kills; in the end all is charged, to the penny's
        thousandth."""
        end = BEGIN + DAYS * 48 * HALF_HOUR
        while self.meters.now < end:
            step = min(self.dice.choice((7 * MINUTE, HALF_HOUR, HALF_HOUR)),
                       HALF_HOUR - self.meters.now % HALF_HOUR)
            self.meters.go_on(step, self.dice.randrange(400),
                              self.dice.randrange(90))
            if self.dice.random() < 0.15:
                self.kill_one()
            self.turn()
        self.turn()
        used, standing, closing = self.statement()
        wh = self.meters.registers[ELECTRICITY][0] - self.begun
        assert used == wh * PRICE // 1000, (used, wh * PRICE / 1000)
        assert standing == DAYS * STANDING, standing
        assert closing == 1000000 - used - standing, closing
        assert self.get('Balance') == closing
        assert self.kills > 15, self.kills
        return f'{self.kills} kills, {wh} Wh, {used} milli-pence'

    def logs(self):
        """A bill and a daily read for each midnight, of the same account."""
        self.meters.go_on(MINUTE, 0, 0)
        self.turn()
        for meter in ('electricity0', 'gas0'):
            daily, bills = (self.call(STORAGE, STORAGE_PATH, 'ReadLog', 'sstt',
                                      meter, log, '0', '0')[0]
                            for log in ('prepayment-daily-read', 'billing'))
            midnights = [BEGIN + day * 48 * HALF_HOUR
                         for day in range(1, DAYS + 1)]
            # The change of prices has closed one, too.
            bills = [record for record in bills if record[1] > BEGIN]
            assert [record[1] for record in daily] == midnights, daily
            assert [record[1] for record in bills] == midnights, bills
            for one, other in zip(daily, bills):
                read, bill = json.loads(one[4]), json.loads(other[4])
                # The standing charge of the day that begins is not billed.
                assert bill['account']['balance_mp'] - STANDING == \
                    read['balance_mp'], (meter, bill, read)

    def survives_loss(self):
        """tariffd's database is gone: no money moves for it."""
        balance = self.get('Balance')
        daemon, name = self.daemons[1]
        daemon.kill()
        for file in os.listdir(os.path.join(self.stage.folder, 'tariffd')):
            os.unlink(os.path.join(self.stage.folder, 'tariffd', file))
        daemon.start()
        self.ready(name)
        self.turn()
        self.meters.go_on(MINUTE, 1000, 0)
        self.turn()
        assert self.get('Balance') == balance
        self.call(TARIFF, ELECTRICITY, 'SetPrices', 'ytnaiaaii', '1', '0',
                  '-5', '1', str(PRICE), '0', str(STANDING))
        self.meters.go_on(MINUTE, 1000, 0)
        self.turn()
        assert self.get('Balance') == balance - PRICE

    def ends(self):
        for daemon, _ in reversed(self.daemons):
            assert daemon.terminate() == 0
        self.meters.service.close()


def main():
    script = tap.Script()
    with Stage() as stage:
        test = MoneyTest(stage)
        for name, function in (
                ('begins', test.begins),
                ('days with kills', test.lives),
                ('bills and daily reads', test.logs),
                ('tariffd begins anew', test.survives_loss),
                ('ends cleanly', test.ends)):
            script.step(name, function)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
