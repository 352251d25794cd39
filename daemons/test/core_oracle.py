# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lives of the chain, as core-life tells them, worked out again.

A World is what tariff, account and supply must be after all that happened,
by the oracles of money and supply. Where the power went while something was
asked for, it was done or it was not: both worlds go on, until one of them is
not what the daemons have.
"""

import copy
import json

import money_oracle
import supply_oracle

CELLS = 48 + 32
WORLDS_MAX = 200
WANTS = {'on': 0, 'off': 1, 'arm': 2}


class Wrong(AssertionError):
    pass


def cell_of(number):
    """Numbers as in a price matrix: 48 registers, then blocks of rows."""
    if number < 48:
        return number + 1
    block, row = divmod(number - 48, 8)
    return row + 1, block


NUMBER_OF = {cell_of(n): n for n in range(CELLS)}


def spared(settings):
    """Is it a time when supply is never turned off?"""
    windows = settings['windows']

    def test(at_s):
        day, second = divmod(at_s, money_oracle.DAY_S)
        low, high = windows[(day + 3) % 7]
        return bool(settings['vulnerable']) or low <= second < high
    return test


class World:
    def __init__(self, at_s):
        calendar = money_oracle.Calendar([[1] * 48])
        self.tariff = money_oracle.Tariff(
            at_s, 0, calendar, {cell_of(n): 0 for n in range(CELLS)})
        self.slots = {}             # half hours with prices of their own
        self.account = money_oracle.Account(at_s)
        self.supply = supply_oracle.Supply('electricity', at_s)
        self.latches, self.points = [], []  # not taken yet
        self.up = [1] * 4
        self.tokens = set()

    def same(self, other):
        """Will they be the same whatever happens?"""
        return self.slots == other.slots and \
            self.latches == other.latches and \
            self.points == other.points and self.tokens == other.tokens and \
            vars(self.tariff) == vars(other.tariff) and \
            vars(self.account) == vars(other.account) and \
            vars(self.supply) == vars(other.supply)

    # --- what flows

    def latch(self, e):
        self.latches.append((e['at'], e['wh']))

    def cycle(self, e):
        self.up = e['up']
        if self.up[1]:
            for at_s, wh in self.latches:
                self.tariff.reading(at_s, wh)
                self.points.append(self.point())
            self.latches = []
            self.tariff.reading(e['at'], e['wh'])
        if self.up[2]:
            if self.up[1]:
                for point in self.points:
                    self.account.point(*point)
                self.points = []
                self.account.point(*self.point())
            self.account.look(e['at'])
        if self.up[3]:
            if self.up[2]:
                self.supply.event(e['at'], 'follow', self.account.supply)
            self.supply.event(e['at'], 'reading', str(e['mw']), '-',
                              e['sensed'])
        return True

    def point(self):
        return (self.tariff.at_s, self.tariff.cost_up,
                self.tariff.standing_up)

    def restart(self, _):
        self.up = [1] * 4
        self.supply.event(self.account.now_s, 'restart')
        return True

    def killed(self, e):
        if e['daemon'] == 3:
            self.supply.event(self.account.now_s, 'restart')
        return True

    # --- tariffs

    def tables(self, e):
        tariff, at_s = self.tariff, e['at']
        if 'days' in e:
            tariff.change('calendar', money_oracle.Calendar(
                e['days'], e['weeks'], e['seasons']), at_s)
        if 'thresholds' in e:
            tariff.change('thresholds', dict(enumerate(e['thresholds'], 1)),
                          at_s)
        if 'prices' in e:
            tariff.change('prices', {cell_of(n): price for n, price
                                     in enumerate(e['prices'])}, at_s)
            tariff.change('standing_mp', e['standing'], at_s)
        return True

    def cancel(self, e):
        for bit, names in ((1, ['calendar']), (2, ['thresholds']),
                           (4, ['prices', 'standing_mp'])):
            for name in names:
                if e['what'] & bit:
                    self.tariff.pending.pop(name, None)
        return True

    def half_hours(self, e):
        for n, price in enumerate(e['prices']):
            self.slots[e['from'] + n * money_oracle.HALF_HOUR_S] = price
        return True

    def dynamic(self, e):
        self.tariff.dynamic = self.slots if e['on'] else None
        return True

    def reset(self, e):
        self.tariff.resets = \
            lambda at_s: (at_s - e['anchor']) % e['period'] == 0
        return True

    def blocks(self, _):
        self.tariff.counters = {}
        return True

    def billing(self, _):
        return True

    close = billing

    # --- money

    def settings(self, e):
        kept = {k: v for k, v in e.items() if k not in ('e', 'ok', 'doubt')}
        self.account.settings.update(kept, protected=spared(kept))
        self.account.evaluate()
        return True

    def top_up(self, e):
        if not e['authentic'] or e['token'] in self.tokens:
            return False
        done = self.account.top_up(e['mp'])
        if done:
            self.tokens.add(e['token'])
        return done

    def activate(self, _):
        return self.account.activate()

    def mode(self, e):
        return self.account.to_prepayment() if e['prepayment'] else \
            self.account.to_credit()

    def debt(self, e):
        self.account.set_debt(e['debt'], e['mp'])
        return True

    def adjust(self, e):
        self.account.adjust_balance(e['mp'])
        return True

    # --- supply

    def consent(self, _):
        self.account.consent()
        at_s = self.account.now_s
        self.supply.event(at_s, 'follow', self.account.supply)
        return self.supply.event(at_s, 'consent') == 'ok'

    def person(self, _):
        """The same as supplyd does it: prepayment is asked only if it holds
        supply, and nobody else keeps it off."""
        account, supply, at_s = self.account, self.supply, self.account.now_s
        supply.event(at_s, 'follow', account.supply)
        if supply.state() != 'armed':
            return False
        if supply.holds['prepayment'][0] == 'armed':
            if account.supply != 'on' and not account.consent():
                return False
            supply.event(at_s, 'follow', account.supply)
            if account.supply != 'on':
                return False
        supply.event(at_s, 'consent')
        return True

    def request(self, e):
        return self.supply.event(self.account.now_s, 'request', 'supplier',
                                 e['what']) in ('ok', 'already')

    def set_limit(self, e):
        self.supply.event(self.account.now_s, 'limit', str(e['active']),
                          str(e['mw']), str(e['period']), str(e['disables']),
                          str(e['restoration']), str(e['arms']))
        return True

    # --- is it so?

    def differences(self, e):
        """What the daemons have that it is not."""
        tariff, account, supply = self.tariff, self.account, self.supply
        mine = {}
        if 'cost' in e:
            mine.update(cost=tariff.cost_up, standing=tariff.standing_up,
                        fallback=tariff.fallback_wh,
                        cells={str(NUMBER_OF[cell]): wh for cell, wh
                               in tariff.cells.items() if wh})
        if 'balance' in e:
            mine.update(balance=account.balance,
                        emergency=int(account.emergency), left=account.left,
                        debts=account.debts,
                        prepayment=int(account.prepayment),
                        want=WANTS[account.supply])
        if 'supply' in e:
            mine.update(supply=supply.state(), limited=supply.limited,
                        on=int(supply.on()))
        if not account.conserved():
            return ['money has appeared in the oracle itself']
        return [f'{key} {e[key]}, by the oracle {value}'
                for key, value in mine.items() if e[key] != value]


METHODS = {'half-hours': 'half_hours', 'top-up': 'top_up',
           'limit': 'set_limit'}


class Life:
    def __init__(self, start):
        self.seed = start['seed']
        self.worlds = [World(start['at'])]
        self.counts = {'doubts': 0}

    def feed(self, e):
        kind = e['e']
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if kind == 'state':
            return self.compare(e)
        if kind == 'back':
            return None
        if e.get('cut'):
            self.cut_cycle(e)
            return None
        if e.get('doubt'):
            self.counts['doubts'] += 1
            self.doubt(e)
            return None
        done = [bool(self.perform(world, e)) for world in self.worlds]
        if 'ok' in e:
            self.worlds = [world for world, d in zip(self.worlds, done)
                           if d == bool(e['ok'])]
        if not self.worlds:
            raise Wrong(f'seed {self.seed}: {e}: by the oracle '
                        f'{"refused" if e["ok"] else "done"}')
        return None

    def cut_cycle(self, e):
        """Each daemon of the chain did its part, or not."""
        for world in self.worlds[:]:
            half = copy.deepcopy(world)
            done = copy.deepcopy(world)
            done.cycle(e)
            half.cycle(dict(e, up=e['up'][:3] + [0]))
            self.worlds += [half, done]
        self.crowd()

    def crowd(self):
        if len(self.worlds) > WORLDS_MAX:
            raise Wrong(f'seed {self.seed}: too many doubts')

    def doubt(self, e):
        for world in self.worlds[:]:
            done = copy.deepcopy(world)
            self.perform(done, e)
            self.worlds.append(done)
            if e['e'] == 'consent':     # prepayd's part, and no more
                half = copy.deepcopy(world)
                half.account.consent()
                self.worlds.append(half)
        self.crowd()

    @staticmethod
    def perform(world, e):
        return getattr(world, METHODS.get(e['e'], e['e']))(e)

    def compare(self, e):
        found = [world.differences(e) for world in self.worlds]
        kept = [n for n, differs in enumerate(found) if not differs]
        if not kept:
            raise Wrong(f'seed {self.seed}, {sum(self.counts.values())} '
                        f'lines: ' + ' / '.join('; '.join(f)
                                                for f in found))
        worlds, self.worlds = self.worlds, []
        for n in kept:
            if not any(w.same(worlds[n]) for w in self.worlds):
                self.worlds.append(worlds[n])


def follow(lines):
    """Work out all lives; {what: how often}. Wrong, with the first."""
    life, totals = None, {'lives': 0, 'records': 0}
    for line in lines:
        e = json.loads(line)
        if e['e'] == 'life':
            life = Life(e)
        elif e['e'] == 'end':
            totals['lives'] += 1
            totals['records'] += e['records']
            for what, count in life.counts.items():
                totals[what] = totals.get(what, 0) + count
        else:
            life.feed(e)
    return totals
