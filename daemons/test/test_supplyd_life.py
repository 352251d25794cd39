# SPDX-License-Identifier: LGPL-2.1-or-later
"""supplyd's life on the bus, with kills, against the oracle of supply."""

import random
import sys

from harness import Stage
import supply_oracle
import tap
from test_supplyd import METERS, S, START_S, SUPPLY, SupplyTest

STEPS = 110


class Life:
    def __init__(self, stage, seed):
        self.pick = random.Random(seed)
        self.test = SupplyTest(stage)
        for name in ('Prepayment1', 'Metrology1', 'Storage1'):
            self.test.upstream.say('own uk.hearth.' + name)
        self.want = {meter: 'on' for meter in METERS}
        self.sensed = {meter: 'on' for meter in METERS}
        self.volume, self.power, self.limit = 5000, 0, False
        self.known = False
        # Nothing is known of the time before the first tick.
        self.oracle = {'electricity0': supply_oracle.Supply('electricity', 0),
                       'gas0': supply_oracle.Supply('gas', 0)}
        self.history = []
        self.tick(0)

    def event(self, meter, *event):
        return self.oracle[meter].event(self.test.now_s, *event)

    # --- what happens

    def tick(self, seconds):
        test, up = self.test, self.test.upstream
        test.now_s += seconds
        for meter in METERS:
            test.switches.put(meter, 'sensed', self.sensed[meter])
        test.set_time()
        for meter in METERS:
            self.event(meter, 'follow', self.want[meter])
        if self.oracle['gas0'].state() != 'enabled':
            self.event('gas0', 'reading', '-', str(self.volume),
                       self.sensed['gas0'])
        self.event('electricity0', 'reading',
                   str(self.power) if self.limit and self.known else '-', '-',
                   self.sensed['electricity0'])
        self.event('gas0', 'reading', '-', '-', self.sensed['gas0'])
        up.taken()

    def surroundings(self):
        pick, up = self.pick, self.test.upstream
        for meter in METERS:
            if pick.random() < 0.85:    # contacts that obey
                word = self.test.switches.get(meter)
                self.sensed[meter] = word or 'on'
            else:
                self.sensed[meter] = pick.choice(('on', 'off', 'unknown'))
        self.power = pick.choice((self.power, self.power, 0, 5000, 9000))
        self.known = pick.random() < 0.9
        up.say(f'power {self.power if self.known else "-"}')
        self.volume += pick.choice((0, 0, 0, 10, 20))
        up.say(f'volume {self.volume}')

    def time(self):
        self.surroundings()
        self.tick(self.pick.choice((10, 10, 10, 20, 30, 60, 60, 120, 3600,
                                    -10, -3600)))

    def prepayment(self):
        meter = self.pick.choice(METERS)
        self.want[meter] = self.pick.choice(('on', 'on', 'arm', 'off'))
        self.test.upstream.say(f'want {meter} {self.want[meter]} why')
        self.tick(10)

    def request(self):
        meter = self.pick.choice(METERS)
        owner = self.pick.choice(('supplier', 'supplier', 'tamper', 'local'))
        what = self.pick.choice(('enable', 'enable', 'arm', 'disable'))
        expected = self.event(meter, 'request', owner, what)
        self.answered(expected in ('ok', 'already'), meter, 'Request', 'ss',
                      what, owner)

    def consent(self):
        meter = self.pick.choice(METERS)
        oracle = self.oracle[meter]
        self.event(meter, 'follow', self.want[meter])
        done = oracle.state() == 'armed' and not oracle.flow
        if done and oracle.holds['prepayment'][0] == 'armed' and \
                self.want[meter] == 'arm':
            self.want[meter] = 'on'
            self.event(meter, 'follow', 'on')
        if done:
            self.event(meter, 'consent')
        self.answered(done, meter, 'Consent')

    def load_limit(self):
        pick = self.pick
        values = [pick.random() < 0.8, 5000, pick.choice((0, 30, 60)),
                  pick.random() < 0.7, pick.choice((0, 60, 300)),
                  pick.random() < 0.5]
        self.limit = values[0]
        self.event('electricity0', 'limit', *(str(int(v)) for v in values))
        self.answered(True, 'electricity0', 'SetLoadLimit', 'btubub',
                      *(str(v).lower() for v in values))

    def killed(self):
        self.test.restart(self.pick.random() < 0.7)
        for meter in METERS:
            self.event(meter, 'restart')
        self.tick(10)

    def answered(self, well, meter, *args):
        status, out, err = self.test.stage.busctl(
            'call', SUPPLY, '/uk/hearth/meter/' + meter, SUPPLY, *args)
        assert (status == 0) == well, (args, out, err, self.history[-6:])

    # --- what is

    def compare(self):
        for meter, oracle in self.oracle.items():
            seen = self.test.all(meter)
            ours = [seen['State'], seen['Reason'], seen['Mismatch'],
                    seen['UncontrolledFlow'], seen.get('LoadLimitCount', 0)]
            theirs = [oracle.state(), oracle.reason(), oracle.mismatch,
                      oracle.flow, oracle.limited]
            holds = {o: (s, since * S)
                     for o, (s, since) in oracle.holds.items()
                     if s != 'enabled'}
            assert ours == theirs and self.test.holds(meter) == holds, (
                meter, ours, theirs, self.test.holds(meter), holds,
                self.history[-8:])
            # Never on against a hold; gas may wait for a person.
            if not oracle.on():
                assert self.test.switches.get(meter) in ('off', None)

    def live(self):
        for _ in range(STEPS):
            what = self.pick.choices(
                (self.time, self.prepayment, self.request, self.consent,
                 self.load_limit, self.killed),
                (10, 3, 4, 4, 1, 1))[0]
            self.history.append((self.test.now_s - START_S, what.__name__))
            what()
            self.compare()
        self.test.upstream.end()


def life(seed):
    with Stage() as stage:
        Life(stage, seed).live()


def main():
    script = tap.Script()
    seeds = [int(arg) for arg in sys.argv[1:]] or [1, 2]
    for seed in seeds:
        script.step(f'life {seed}', life, seed)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
