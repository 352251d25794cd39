# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lives by chance as scripts of meter-sim, with what the oracles make of them.

Each command is a `try` line; the oracle's event of it is kept by the line's
number, and fed when meter-sim tells whether it was done.
"""

import random

import core_oracle
import money_oracle

MINUTE_S = 60
ACTIONS = (1, 2, 48, 101, 108)
DAEMONS = ('storaged', 'tariffd', 'prepayd', 'supplyd')
DEBTS = ('time-1', 'time-2', 'payment', 'accumulated')
REPEAT = {money_oracle.DAY_S: 'daily', 7 * money_oracle.DAY_S: 'weekly'}
PROPERTIES = ('Mode', 'Supply', 'Balance', 'EmergencyCreditActive',
              'EmergencyCredit', 'TimeDebt1', 'TimeDebt2', 'PaymentDebt',
              'AccumulatedDebt')


def flat(*values):
    """Words of nested lists, each list with its length before it."""
    words = []
    for value in values:
        if isinstance(value, list):
            words += [str(len(value))] + flat(*value)
        elif isinstance(value, tuple):
            words += flat(*value)
        else:
            words.append(str(value))
    return words


class Script:
    def __init__(self, seed):
        self.seed = seed
        self.dice = random.Random(seed)
        self.lines = []
        self.events = {}        # by line: the oracle's
        self.at_s = money_oracle.seconds(2024, 1, 1) + \
            self.dice.randrange(366 * 48) * money_oracle.HALF_HOUR_S
        self.begin_s = self.at_s
        self.stopped = None
        self.settings = {
            'emergency_limit': 500000, 'emergency_threshold': 200000,
            'disablement': 0, 'max_credit': 25000000,
            'max_balance': 50000000, 'rates': [[0, 0], [0, 0]],
            'share': 2500, 'cap': 1000000, 'suspend_disabled': 0,
            'suspend_emergency': 1, 'vulnerable': 0,
            'windows': [[0, 0]] * 7}
        self.write()

    # --- lines

    def line(self, text):
        when = money_oracle.utc(self.at_s).strftime('%Y-%m-%dT%H:%M:%S')
        self.lines.append(f'{when} {text}')
        return len(self.lines)

    def attempt(self, event, daemon, member, signature='', *values):
        words = ' '.join(flat(*values))
        line = self.line(
            f'try {daemon} electricity0 {member} {signature} {words}')
        self.events[line] = event

    def mark(self, text):
        self.line(f'print "{text}"')

    def look(self):
        self.line('show electricity0 Tariff1 GetRegisters() y 1')
        self.line('show electricity0 Tariff1 GetCharges() tu @-40m 0')
        for name in PROPERTIES:
            self.line(f'show electricity0 Prepayment1 {name}')
        for name in ('State', 'Sensed'):
            self.line(f'show electricity0 Supply1 {name}')
        self.mark('look')

    # --- what happens

    def tables(self, at_s=None):
        dice = self.dice
        if at_s is None:
            at_s = 0 if dice.random() < .5 else (
                self.at_s // 1800 + dice.randint(1, 60)) * 1800
        days = []
        for _ in range(dice.randint(1, 3)):
            day, action = [], dice.choice(ACTIONS)
            for _ in range(48):
                if dice.random() < .15:
                    action = dice.choice(ACTIONS)
                day.append(action)
            days.append(day)
        week = [dice.randrange(len(days)) for _ in range(7)]
        limits = [sorted(dice.sample(range(50, 9000), 3)) for _ in range(8)]
        tou = [dice.randint(5000, 60000) for _ in range(48)]
        blocks = [[dice.randint(-9000, 60000) for _ in range(4)]
                  for _ in range(8)]
        standing = dice.choice((0, dice.randint(0, 60000)))
        switches = [[(30 * n, day[n]) for n in range(48)
                     if not n or day[n] != day[n - 1]] for day in days]
        self.attempt(
            {'e': 'tables', 'at': at_s, 'days': days, 'weeks': [week],
             'seasons': [[1, 1, 0]], 'thresholds': limits,
             'standing': standing,
             'prices': tou + [blocks[row][block] for block in range(4)
                              for row in range(8)]},
            'tariffd', 'SetTariff',
            'ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)aatnaiaaii', 1,
            at_s * 1000000, switches, [tuple(week)],
            [(65535, 1, 1, 255, 0)], [], limits, -5, tou, blocks, standing)

    def cancel(self):
        self.attempt({'e': 'cancel', 'what': 7}, 'tariffd', 'Cancel', 'yas',
                     1, ['switching-table', 'thresholds', 'prices'])

    def half_hours(self):
        from_s = (self.at_s // 1800 + 1) * 1800
        prices = [self.dice.randint(-20000, 80000)
                  for _ in range(self.dice.randint(1, 48))]
        self.attempt({'e': 'half-hours', 'from': from_s, 'prices': prices},
                     'tariffd', 'SetHalfHourlyPrices', 'tnai',
                     from_s * 1000000, -5, prices)

    def dynamic(self):
        on = self.dice.randrange(2)
        self.attempt({'e': 'dynamic', 'on': on}, 'tariffd',
                     'UseHalfHourlyPrices', 'b', on)

    def reset(self):
        period = self.dice.choice(tuple(REPEAT))
        anchor = self.begin_s + 1800 * self.dice.randrange(48)
        self.attempt({'e': 'reset', 'anchor': anchor, 'period': period},
                     'tariffd', 'SetBlockReset', 'ts', anchor * 1000000,
                     REPEAT[period])

    def blocks(self):
        self.attempt({'e': 'blocks'}, 'tariffd', 'ResetBlocks')

    def billing(self):
        self.attempt({'e': 'billing'}, 'tariffd', 'SetBillingCalendar', 'ts',
                     (self.begin_s + 1800 * self.dice.randrange(48)) *
                     1000000, 'daily')

    def close(self):
        self.attempt({'e': 'close'}, 'tariffd', 'CloseBillingEntry')

    def set_settings(self):
        dice = self.dice
        self.settings = dict(
            self.settings,
            emergency_limit=dice.choice((0, dice.randint(1, 800000))),
            emergency_threshold=dice.randint(0, 300000),
            disablement=dice.choice((0, dice.randint(-100000, 50000))),
            max_credit=dice.randint(500000, 3000000),
            max_balance=dice.randint(1000000, 20000000),
            rates=[[dice.randint(0, 2000), 0],
                   [dice.randint(0, 60000), dice.randrange(2)]],
            share=dice.randint(0, 10000),
            cap=dice.choice((0, dice.randint(0, 500000))),
            suspend_disabled=dice.randrange(2),
            suspend_emergency=dice.randrange(2))
        s = self.settings
        values = [
            ('EmergencyCreditLimit', 'x', s['emergency_limit']),
            ('EmergencyCreditThreshold', 'x', s['emergency_threshold']),
            ('DisablementThreshold', 'x', s['disablement']),
            ('MaximumCredit', 'x', s['max_credit']),
            ('MaximumBalance', 'x', s['max_balance']),
            ('DebtRecoveryPerPayment', 'u', s['share']),
            ('DebtRecoveryRateCap', 'x', s['cap']),
            ('SuspendDebtDisabled', 'b', s['suspend_disabled']),
            ('SuspendDebtEmergency', 'b', s['suspend_emergency'])]
        for n, (rate, daily) in enumerate(s['rates'], 1):
            values += [(f'DebtRecoveryRate{n}', 'x', rate),
                       (f'DebtRecoveryPeriod{n}', 's',
                        'day' if daily else 'hour')]
        self.attempt(dict(s, e='settings'), 'prepayd', 'SetSettings',
                     'a{sv}', values)

    def set_calendar(self):
        windows = [[self.dice.randint(0, 40000),
                    self.dice.randint(40001, 86400)] for _ in range(7)]
        if self.dice.random() < .3:
            windows = [[0, 0]] * 7
        self.settings = dict(self.settings, windows=windows)
        self.attempt(dict(self.settings, e='settings'), 'prepayd',
                     'SetCalendar', 'aa(uu)aya(iy)',
                     [[tuple(w)] if w[1] else [] for w in windows],
                     list(range(7)), [])

    def set_vulnerable(self):
        self.settings = dict(self.settings,
                             vulnerable=int(self.dice.random() < .2))
        self.attempt(dict(self.settings, e='settings'), 'prepayd',
                     'SetVulnerable', 'b', self.settings['vulnerable'])

    def top_up(self):
        pence = self.dice.randint(1, 3000)
        line = self.line(f'top-up electricity0 {pence / 100:.2f} either')
        self.events[line] = {'e': 'top-up', 'mp': pence * 1000,
                             'token': line, 'authentic': 1}

    def activate(self):
        self.attempt({'e': 'activate'}, 'prepayd', 'ActivateEmergencyCredit')

    def mode(self, prepayment=None):
        if prepayment is None:
            prepayment = int(self.dice.random() < .85)
        self.attempt({'e': 'mode', 'prepayment': prepayment}, 'prepayd',
                     'SetMode', 's', 'prepayment' if prepayment else 'credit')

    def debt(self):
        debt, mp = self.dice.randrange(4), self.dice.randint(0, 300000)
        self.attempt({'e': 'debt', 'debt': debt, 'mp': mp}, 'prepayd',
                     'SetDebt', 'sx', DEBTS[debt], mp)

    def adjust(self):
        mp = self.dice.randint(-400000, 400000)
        self.attempt({'e': 'adjust', 'mp': mp}, 'prepayd', 'AdjustBalance',
                     'x', mp)

    def consent(self):
        self.attempt({'e': 'person'}, 'supplyd', 'Consent')

    def request(self):
        what = self.dice.choice(('enable', 'arm', 'disable'))
        self.attempt({'e': 'request', 'what': what}, 'supplyd', 'Request',
                     'ss', what, 'supplier')

    def kill(self):
        """At rest, or in the middle of what a step asks of it."""
        when = self.dice.choice(('', f' {self.dice.randrange(20000)}'))
        self.line(f'kill {self.dice.choice(DAEMONS + ("all",))}{when}')

    def stop(self):
        self.stopped = self.dice.randrange(4)
        self.line(f'stop {DAEMONS[self.stopped]}')
        self.mark(f'stopped {self.stopped}')

    def start(self):
        self.line(f'start {DAEMONS[self.stopped]}')
        self.mark(f'started {self.stopped}')
        self.stopped = None

    def hub_off(self):
        for_s = self.dice.randint(1, 40 * 60) * MINUTE_S
        what = self.dice.choice(('hub-off', 'outage'))
        if what == 'outage':
            # From a half hour on: what had flowed since the last one would
            # be spread over all of it, as nobody latches meanwhile.
            self.at_s = (self.at_s // 1800 + 1) * 1800
        self.line(f'{what} {for_s}s')
        self.at_s += for_s

    def load(self):
        self.line('load electricity0 ' + self.dice.choice(
            ('profile', f'made-up {self.seed % 1000}',
             str(self.dice.randint(0, 9000)))))

    COMMANDS = ((tables, 3), (cancel, 1), (half_hours, 2), (dynamic, 1),
                (reset, 1), (blocks, 1), (billing, 1), (close, 1),
                (set_settings, 2), (set_calendar, 1), (set_vulnerable, 1),
                (top_up, 8), (activate, 3), (mode, 2), (debt, 3), (adjust, 2),
                (consent, 6), (request, 3), (load, 2))
    FAULTS = ((kill, 4), (stop, 1), (hub_off, 1))

    def one_of(self, choices):
        functions, weights = zip(*choices)
        self.dice.choices(functions, weights)[0](self)

    def write(self):
        self.line('print begin')
        for function in (self.tables, self.set_settings):
            function()
        self.mode(1)
        for _ in range(40):
            self.at_s += self.dice.randint(5, 400) * MINUTE_S
            if self.stopped is not None:
                if self.dice.random() < .6:
                    self.start()
            elif self.dice.random() < .25:
                self.one_of(self.FAULTS)
            else:
                self.one_of(self.COMMANDS)
            self.at_s += MINUTE_S
            if self.stopped is None:
                self.look()
        if self.stopped is not None:
            self.start()
        self.at_s += money_oracle.DAY_S
        self.look()

    def text(self):
        return '\n'.join(self.lines) + '\n'


class Follower:
    """Feeds what meter-sim says of a script to the oracles."""

    def __init__(self, script):
        self.script = script
        self.life = core_oracle.Life({'seed': script.seed,
                                      'at': script.begin_s})
        self.up = [1] * 4
        self.step = None
        self.shown = {}
        self.looks = self.done = self.refused = 0

    def feed(self, line):
        if 'latch' in line:
            self.life.feed({'e': 'latch', 'at': line['latch'],
                            'wh': line['wh']})
        elif 'step' in line:
            self.step = {'e': 'cycle', 'at': line['step'], 'wh': line['wh'],
                         'mw': line['mw'],
                         'sensed': 'on' if line['on'] else 'off'}
            self.cycle()
        elif 'try' in line:
            self.done += line['done']
            self.refused += not line['done']
            self.life.feed(dict(self.script.events[line['line']],
                                ok=line['done']))
        elif 'show' in line:
            self.shown[line['show']] = line['value']
        elif 'print' in line:
            self.marked(*line['print'].split())

    def cycle(self):
        self.life.feed(dict(self.step, up=self.up))

    def marked(self, what, *args):
        if what == 'look':
            self.look()
        elif what in ('stopped', 'started'):
            self.up = list(self.up)
            self.up[int(args[0])] = int(what == 'started')
            if what == 'started':
                self.cycle()

    def look(self):
        """Everything the daemons showed, as core-life prints it."""
        shown = self.shown
        registers = [int(word) for word in shown['GetRegisters'].split()]
        charges = [int(word) for word in shown['GetCharges'].split()]
        tou, blocks = registers[2:50], registers[50:82]
        cells = {n: wh for n, wh in enumerate(tou) if wh}
        cells.update({48 + block * 8 + row: blocks[4 * row + block]
                      for row in range(8) for block in range(4)
                      if blocks[4 * row + block]})
        assert sum(cells.values()) == registers[1] == self.step['wh'], \
            f'registers have {sum(cells.values())} Wh of {self.step["wh"]}'
        self.looks += 1
        self.shown = {}
        self.life.feed({
            'e': 'state', 'cost': charges[-3], 'standing': charges[-2],
            'fallback': registers[-1],
            'cells': {str(n): wh for n, wh in cells.items()},
            'balance': shown['Balance'],
            'emergency': int(shown['EmergencyCreditActive']),
            'left': shown['EmergencyCredit'],
            'debts': [shown['TimeDebt1'], shown['TimeDebt2'],
                      shown['PaymentDebt'], shown['AccumulatedDebt']],
            'prepayment': int(shown['Mode'] == 'prepayment'),
            'want': core_oracle.WANTS[shown['Supply']],
            'supply': shown['State'], 'limited': 0,
            'on': int(shown['Sensed'] == 'on')})
