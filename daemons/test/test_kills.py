# SPDX-License-Identifier: LGPL-2.1-or-later
"""storaged, tariffd, prepayd and supplyd on a private bus in simulated time,
killed at random instants, and the same life without that: what they have in
the end must be the same, and what was acknowledged must be there, once. TAP.
HEARTH_KILLS=n sets how many kills, HEARTH_SEED which."""

import mmap
import os
import random
import signal
import struct
import sys
import time

import wire
from harness import Stage, wait_until
import tap

STORAGE, TARIFF, PREPAYMENT, SUPPLY, METER = (
    'uk.hearth.' + name for name in ('Storage1', 'Tariff1', 'Prepayment1',
                                     'Supply1', 'Metrology1'))
CHAIN = (('storaged', STORAGE), ('tariffd', TARIFF),
         ('prepayd', PREPAYMENT), ('supplyd', SUPPLY))
STORAGE_PATH = '/uk/hearth/storage'
ROOT = '/uk/hearth/meter/'
METERS = ('electricity0', 'gas0')
CLOCK_PATH, CLOCK = '/uk/hearth/clock', 'uk.hearth.Clock1'
BEGIN_S = 1750000000 // 1800 * 1800
S = 1_000_000
KILLS = int(os.environ.get('HEARTH_KILLS', '60'))
SEED = int(os.environ.get('HEARTH_SEED', '1'))
# Longer than a call takes; a kill may also come when all is done.
LATEST_S = 0.008


def registers(path, at_s):
    """Of a meter: a matter of the time, uneven, never falling."""
    passed = at_s - BEGIN_S + 10**6
    half_hours = passed // 1800
    if path.endswith('gas0'):
        return [passed // 20 + half_hours % 7]
    return [passed // 3 + half_hours * 90 + half_hours % 5 * 10, passed // 900,
            passed // 50, passed // 70]


def metrology(clock):
    def answer(path, _, member, values):
        now_s = struct.unpack('<q', clock[:8])[0]
        if member == 'GetRegisters':
            return '(tatu)', ((now_s * S, registers(path, now_s), 0),)
        if member == 'GetLatches':
            at = [t for t in range(now_s // 1800 * 1800 - 95 * 1800,
                                   now_s + 1, 1800)
                  if t * S > values[0] and t >= BEGIN_S]
            at = at[:values[1]] if values[1] else at
            return 'a(tatu)', ([(t * S, registers(path, t), 0)
                                for t in at],)
        raise wire.Error('org.freedesktop.DBus.Error.UnknownMethod', member)
    return answer


class Chain:
    """The four daemons, and whoever kills them."""

    def __init__(self, stage, kills):
        self.stage = stage
        self.address = stage.address.split('unix:path=')[1].split(',')[0]
        self.clock = mmap.mmap(-1, 8)
        self.kills_left = kills
        self.kills = 0
        self.chance = random.Random(SEED)
        self.now_s = BEGIN_S
        self.clock[:8] = struct.pack('<q', BEGIN_S)
        self.meter = wire.server_process(None, self.address, METER,
                                         metrology(self.clock))
        self.peer = wire.Peer(self.address)
        wait_until('the meter', lambda: self.has_owner(METER))
        self.switch = os.path.join(stage.folder, 'switch')
        for meter in METERS:
            os.makedirs(os.path.join(self.switch, meter))
            with open(os.path.join(self.switch, meter, 'sensed'), 'w') as out:
                out.write('on\n')
        self.daemons = {}
        for name, interface in CHAIN:
            state = os.path.join(stage.folder, name)
            os.makedirs(state, exist_ok=True)
            self.daemons[interface] = stage.daemon(
                name, '--state=' + state, '--clock=simulated',
                *(['--switch=' + self.switch] if name == 'supplyd' else []))
            self.await_name(interface)

    def end(self):
        os.kill(self.meter, signal.SIGKILL)
        os.waitpid(self.meter, 0)
        self.peer.close()

    def has_owner(self, name):
        return self.peer.call(wire.BUS, '/org/freedesktop/DBus', wire.BUS,
                              'NameHasOwner', 's', name)[0]

    def await_name(self, interface):
        daemon = self.daemons[interface]
        wait_until(f'{daemon.name} on the bus',
                   lambda: self.has_owner(interface) or not daemon.alive())
        assert daemon.alive(), daemon.log()

    def revive(self):
        for interface, daemon in self.daemons.items():
            if daemon.alive():
                continue
            assert daemon.process.wait() == -signal.SIGKILL, daemon.log()
            daemon.start()
            self.await_name(interface)
            assert 'damaged' not in daemon.log(), daemon.log()

    # --- calls, in which somebody may die

    def call(self, interface, path, member, signature='', *values,
             of=None):
        """(done, answer): not done, it may be or not."""
        victim = None
        if self.kills_left and self.chance.random() < 0.5:
            victim = self.daemons[self.chance.choice(
                [interface] * 3 + [i for _, i in CHAIN])]
        serial = self.peer.send(wire.CALL, [
            (1, wire.Variant('o', path)),
            (2, wire.Variant('s', of or interface)),
            (3, wire.Variant('s', member)),
            (6, wire.Variant('s', interface))], signature, values)
        if victim:
            # At any instant: this is no waiting for something.
            time.sleep(self.chance.uniform(0, LATEST_S))
            victim.process.send_signal(signal.SIGKILL)
            victim.process.wait()
            self.kills_left -= 1
            self.kills += 1
        while True:
            kind, fields, answer = self.peer.receive()
            if fields.get(5) == serial:
                break
        if kind == wire.ERROR:
            assert victim, f'{member}: {fields[4]}: {answer}'
            return False, answer
        return True, answer

    def surely(self, *args, **kwargs):
        """What does no harm when it is done again."""
        for _ in range(20):
            done, answer = self.call(*args, **kwargs)
            self.revive_in_time()
            if done:
                return answer
        raise AssertionError(f'{args}: never done')

    def read(self, interface, path, member, signature='', *values):
        return self.peer.call(interface, path, interface, member, signature,
                              *values)

    def set_time(self, interface):
        return self.call(interface, CLOCK_PATH, 'SetTime', 't',
                         self.now_s * S, of=CLOCK)

    def revive_in_time(self):
        """Whoever died lives again, and knows what time it is."""
        while True:
            dead = [interface for interface, daemon in self.daemons.items()
                    if not daemon.alive()]
            if not dead:
                return
            self.revive()
            for interface in dead:
                self.set_time(interface)

    def tick(self, by_s):
        self.now_s += by_s
        self.clock[:8] = struct.pack('<q', self.now_s)
        for _, interface in CHAIN:
            while not self.set_time(interface)[0]:
                self.revive_in_time()
            self.revive_in_time()


class Life:
    """What happens in it: the same each time, whoever dies."""

    def __init__(self, chain, steps):
        self.chain = chain
        self.steps = steps
        self.will = random.Random(SEED)
        self.appended = 0
        self.electricity = ROOT + 'electricity0'

    def adjustments(self):
        return self.chain.read(PREPAYMENT, self.electricity,
                               'GetStatement')[5]

    def adjust(self):
        """Money is moved once, or not, and who was told of it is right."""
        by = self.will.randint(-10**6, 10**6)
        before = self.adjustments()
        while True:
            done, _ = self.chain.call(PREPAYMENT, self.electricity,
                                      'AdjustBalance', 'x', by)
            self.chain.revive_in_time()
            seen = self.adjustments() - before
            assert seen in ((by,) if done else (0, by)), (seen, by, done)
            if seen:
                return

    def append(self):
        """A record sent again is the same record, whether or not whoever sent
        it had heard that it was taken."""
        self.appended += 1
        for _ in range(self.will.choice((1, 1, 2))):
            self.chain.surely(
                STORAGE, STORAGE_PATH, 'Append', 'stsstqss', 'test-00000001',
                self.appended, 'electricity0', 'auxiliary',
                self.chain.now_s * S, self.appended % 65536,
                f'record {self.appended}', '')

    def prices(self):
        # Register 1 is what is used without a switching table.
        price = [self.will.randint(1000, 40000) for _ in range(48)]
        self.chain.surely(TARIFF, self.electricity, 'SetPrices', 'ytnaiaaii',
                          1, 0, -5, price, [[0] * 4] * 8,
                          self.will.randint(0, 60000))

    def debt(self):
        self.chain.surely(PREPAYMENT, self.electricity, 'SetDebt', 'sx',
                          'time-1', self.will.randint(0, 10**6))

    def limit(self):
        self.chain.surely(SUPPLY, self.electricity, 'SetLoadLimit', 'btubub',
                          True, 20_000_000, self.will.randint(10, 60), False,
                          60, False)

    def live(self):
        for _ in range(3):
            self.chain.tick(600)
        for _ in range(self.steps):
            what = self.will.random()
            if what < 0.5:
                self.chain.tick(self.will.randint(10, 4000))
            else:
                self.will.choice((self.adjust, self.adjust, self.append,
                                  self.append, self.prices, self.debt,
                                  self.limit))()
        self.chain.kills_left = 0
        self.chain.revive_in_time()
        for _ in range(3):
            self.chain.tick(1800)

    # --- what is there in the end

    def outcome(self):
        read = self.chain.read
        out = {}
        for meter in METERS:
            path = ROOT + meter
            out['readings', meter] = read(STORAGE, STORAGE_PATH, 'GetReadings',
                                          'stu', meter, 0, 0)
            out['cost', meter] = read(TARIFF, path, 'GetCharges', 'tu', 0,
                                      0)[1][-1][:3]
            out['registers', meter] = read(TARIFF, path, 'GetRegisters', 'y',
                                           1)
            out['statement', meter] = read(PREPAYMENT, path, 'GetStatement')
        out['aux'] = read(STORAGE, STORAGE_PATH, 'ReadLog', 'sstt',
                          'electricity0', 'auxiliary', 0, 0)
        return out


def check(outcome, life):
    """By themselves, before the two lives are compared."""
    for meter in METERS:
        readings = outcome['readings', meter][0]
        assert readings, 'no readings'
        for at, values, _ in readings:
            assert values == registers(meter, at // S), (meter, at, values)
        slots = [at // S // 1800 for at, _, _ in readings]
        assert slots == list(range(slots[0], slots[-1] + 1)), 'gaps'
        _, total, tou, blocks, *_ = outcome['registers', meter]
        assert sum(tou) + sum(map(sum, blocks)) > 0, meter
        _, opening, credits, used, standing, adjusted, closing = \
            outcome['statement', meter]
        assert closing == opening + credits - used - standing + adjusted
    records = outcome['aux'][0]
    texts = [text for _, _, _, text, _ in records
             if text.startswith('record')]
    wanted = [f'record {n}' for n in range(1, life.appended + 1)]
    assert texts == wanted[-len(texts):] and \
        len(texts) == min(life.appended, 100), (texts, life.appended)
    numbers = [number for number, *_ in records]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), numbers


class KillsTest:
    def __init__(self):
        self.killed = self.spared = None

    def live(self, kills):
        with Stage() as stage:
            chain = Chain(stage, kills)
            try:
                life = Life(chain, KILLS * 2)
                life.live()
                outcome = life.outcome()
                check(outcome, life)
            finally:
                chain.end()
            return outcome, chain.kills

    def with_kills(self):
        self.killed, kills = self.live(KILLS)
        assert kills == KILLS, kills
        return f'{kills} kills'

    def without(self):
        self.spared, _ = self.live(0)

    def the_same(self):
        for what, outcome in self.spared.items():
            assert self.killed[what] == outcome, \
                f'{what}: {self.killed[what]}, not {outcome}'


def main():
    script = tap.Script()
    test = KillsTest()
    script.step('a life with kills', test.with_kills)
    script.step('one without', test.without)
    if test.killed and test.spared:
        script.step('they end the same', test.the_same)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
