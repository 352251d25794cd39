# SPDX-License-Identifier: LGPL-2.1-or-later
"""What energy costs and what that leaves of a balance, in Python integers.

Written from the rules (docs/core.md) alone, one half hour after the other,
with nothing of the daemons' in it. Times are s UTC, energy Wh, prices
milli-pence a kWh (so Wh times price is micro-pence), money micro-pence in
Tariff and milli-pence in Account.
"""

import datetime

HALF_HOUR_S, HOUR_S, DAY_S = 1800, 3600, 86400
NEVER = 2**63 - 1
TIME_1, TIME_2, PAYMENT, ACCUMULATED = range(4)


def utc(at_s):
    return datetime.datetime.fromtimestamp(at_s, datetime.timezone.utc)


def seconds(year, month, day, hour=0, minute=0):
    return int(datetime.datetime(year, month, day, hour, minute,
                                 tzinfo=datetime.timezone.utc).timestamp())


class Calendar:
    """Which register (1 to 48) or row of blocks (101 to 108) when."""

    def __init__(self, days, weeks=None, seasons=(), specials=None):
        self.days = days                # lists of 48 actions
        self.weeks = weeks or [[0] * 7]     # of day profiles, from Monday
        self.seasons = seasons          # (month, day, week)
        self.specials = specials or {}  # date: day profile

    def __eq__(self, other):
        return vars(self) == vars(other)

    def profile(self, day):
        if day in self.specials:
            return self.specials[day]
        week = 0
        if self.seasons:
            begun = [(s[0], s[1]) <= (day.month, day.day)
                     for s in self.seasons]
            ordered = sorted(range(len(self.seasons)),
                             key=lambda n: self.seasons[n][:2])
            past = [n for n in ordered if begun[n]]
            # Before the first of a year, the last of the year before.
            week = self.seasons[past[-1] if past else ordered[-1]][2]
        return self.weeks[week][day.weekday()]

    def action(self, at_s):
        when = utc(at_s)
        return self.days[self.profile(when.date())][
            (when.hour * 60 + when.minute) // 30]


class Tariff:
    """Cells and cost, fed with readings of the cumulative register."""

    def __init__(self, at_s, wh, calendar, prices, standing_mp=0,
                 thresholds=None, dynamic=None):
        self.at_s, self.wh = at_s, wh
        self.calendar = calendar
        self.prices = prices            # by cell: 1..48, or (row, block)
        self.standing_mp = standing_mp  # a UTC day
        self.thresholds = thresholds or {}  # by row: three
        self.dynamic = dynamic          # by half hour, or None: not used
        self.resets = lambda at_s: False
        self.cells = {}
        self.counters = {}              # by row, since the reset
        self.cost_up = self.standing_up = 0
        self.fallback_wh = 0
        self.charged = at_s // DAY_S
        self.pending = {}               # name: (at, value)

    def change(self, name, value, at_s=0):
        """Another calendar, prices...: now, or at a time to come."""
        self.pending[name] = (at_s, value)
        self.activate()

    def activate(self):
        for name, (at_s, value) in list(self.pending.items()):
            if at_s <= self.at_s:
                setattr(self, name, value)
                del self.pending[name]

    def put(self, cell, wh, slot):
        price = self.prices[cell]
        if self.dynamic is not None:
            if slot in self.dynamic:
                price = self.dynamic[slot]
            else:
                self.fallback_wh += wh
        self.cells[cell] = self.cells.get(cell, 0) + wh
        self.cost_up += wh * price

    def flow(self, slot, wh):
        action = self.calendar.action(slot)
        if action < 101:
            self.put(action, wh, slot)
            return
        row = action - 100
        limits = self.thresholds.get(row, (NEVER,) * 3)
        for _ in range(wh):     # one by one: slow, and plainly right
            used = self.counters.get(row, 0)
            block = sum(used >= limit for limit in limits)
            self.counters[row] = used + 1
            self.put((row, block), 1, slot)

    def boundary(self, at_s):
        self.activate()
        if self.resets(at_s):
            self.counters = {}
        if at_s % DAY_S == 0 and at_s // DAY_S > self.charged:
            self.charged = at_s // DAY_S
            self.standing_up += self.standing_mp * 1000

    def reading(self, at_s, wh):
        """From one to the next it flowed evenly."""
        from_s, from_wh, grown = self.at_s, self.wh, wh - self.wh
        assert at_s >= from_s and grown >= 0
        while self.at_s < at_s:
            slot = self.at_s - self.at_s % HALF_HOUR_S
            until = min(slot + HALF_HOUR_S, at_s)
            total = from_wh + grown * (until - from_s) // (at_s - from_s)
            self.flow(slot, total - self.wh)
            self.at_s, self.wh = until, total
            if until == slot + HALF_HOUR_S:
                self.boundary(until)


class Account:
    """A balance and its debts, by P-1 to P-10."""

    def __init__(self, at_s, cost_up=0, standing_up=0, balance_mp=0,
                 **settings):
        self.settings = dict(
            emergency_limit=0, emergency_threshold=0, disablement=0,
            max_credit=NEVER, max_balance=NEVER, rates=((0, False),) * 2,
            share=0, cap=0, suspend_disabled=False, suspend_emergency=False,
            protected=lambda at_s: False)
        self.settings.update(settings)
        self.at_s = self.now_s = at_s
        self.base = [standing_up, cost_up]  # charged, micro-pence
        self.rest = [0, 0]
        self.prepayment = False
        self.supply = 'on'                  # off, arm
        self.balance = balance_mp
        self.granted = self.left = 0        # of emergency credit
        self.emergency = False
        self.debts = [0] * 4
        self.week_paid = 0
        # P-10
        self.opening, self.credited, self.charged = balance_mp, 0, 0
        self.adjusted = 0

    # --- money

    def take(self, mp):
        """A charge: the balance, then emergency credit, then below."""
        if self.emergency:
            part = min(mp, max(self.balance, 0))
            self.balance -= part
            mp -= part
            part = min(mp, self.left)
            self.left -= part
            mp -= part
        self.balance -= mp

    def give(self, mp):
        part = min(mp, self.granted - self.left)
        self.left += part
        self.balance += mp - part

    def holding(self):
        return (self.settings['suspend_emergency'] and self.emergency) or \
            (self.settings['suspend_disabled'] and self.prepayment and
             self.supply == 'off')

    def due(self, mp, held):
        if held:
            self.debts[ACCUMULATED] += mp
        else:
            self.take(mp)

    def point(self, at_s, cost_up, standing_up):
        """The counters as they were then: hours, days, then consumption."""
        held = self.holding()
        for n, (rate, daily) in enumerate(self.settings['rates']):
            every = DAY_S if daily else HOUR_S
            times = max(0, at_s // every - self.at_s // every)
            if not self.prepayment:
                times = 0
            for _ in range(times):
                part = min(rate, self.debts[n])
                self.debts[n] -= part
                self.due(part, held)
        self.at_s = max(self.at_s, at_s)
        for n, up in enumerate((standing_up, cost_up)):
            mp, self.rest[n] = divmod(up - self.base[n] + self.rest[n], 1000)
            self.base[n] = up
            self.charged += mp
            if mp <= 0:
                self.give(-mp)
            elif n == 0:
                self.due(mp, held)
            else:
                self.take(mp)

    # --- supply

    def empty(self):
        return self.balance <= self.settings['disablement'] and \
            not (self.emergency and self.left)

    def look(self, now_s):
        """It is now: what follows for supply?"""
        if (now_s // DAY_S + 3) // 7 > (self.now_s // DAY_S + 3) // 7:
            self.week_paid = 0
        self.now_s = now_s
        self.evaluate()

    def evaluate(self):
        if not self.prepayment:
            return
        if self.emergency and self.left == self.granted and \
                self.balance > self.settings['emergency_threshold']:
            self.emergency, self.granted, self.left = False, 0, 0
        spared = self.settings['protected'](self.now_s)
        if self.empty() and not spared:
            self.supply = 'off'
        elif self.supply == 'off' and \
                self.balance > self.settings['disablement']:
            self.supply = 'arm'

    # --- commands; True if it was done

    def to_prepayment(self):
        if self.prepayment:
            return False
        self.prepayment = True
        self.evaluate()
        return True

    def to_credit(self):
        if not self.prepayment:
            return False
        self.balance -= self.granted - self.left
        self.emergency, self.granted, self.left = False, 0, 0
        self.prepayment, self.supply = False, 'on'
        return True

    def activate(self):
        self.evaluate()
        if not self.prepayment or self.emergency or \
                not self.settings['emergency_limit'] or \
                self.balance > self.settings['emergency_threshold']:
            return False
        self.emergency = True
        self.granted = self.left = self.settings['emergency_limit']
        if self.supply == 'off':
            self.supply = 'arm'
        self.evaluate()
        return True

    def consent(self):
        self.evaluate()
        if self.supply != 'arm':
            return False
        self.supply = 'on'
        self.evaluate()
        return True

    def top_up(self, mp):
        if not self.prepayment or mp > self.settings['max_credit'] or \
                self.balance + mp > self.settings['max_balance']:
            return False
        self.evaluate()
        self.credited += mp
        share = max(0, min(mp * self.settings['share'] // 10000,
                           self.settings['cap'] - self.week_paid,
                           self.debts[PAYMENT]))
        self.debts[PAYMENT] -= share
        self.week_paid += share
        held = min(mp - share, self.debts[ACCUMULATED])
        self.debts[ACCUMULATED] -= held
        self.give(mp - share - held)
        self.evaluate()
        return True

    def adjust_balance(self, mp):
        self.adjusted += mp
        self.balance += mp
        self.evaluate()

    def set_debt(self, which, mp):
        self.adjusted -= mp - self.debts[which]
        self.debts[which] = mp
        self.evaluate()

    def worth(self):
        return self.balance - (self.granted - self.left) - sum(self.debts)

    def conserved(self):
        """P-10: opening + credits - charges = closing."""
        return self.worth() == self.opening + self.credited - \
            self.charged + self.adjusted
