# SPDX-License-Identifier: LGPL-2.1-or-later
"""The supply's state from what happened, independently of supplyd.

Feed a Supply with events in the order they happened: (time in s, kind, args).
It keeps what happened and answers by looking back over it, slowly:

    request OWNER WHAT          OWNER tamper supplier local..., WHAT enable...
    follow WANT                 prepayment: on arm off
    consent                     a person on site
    limit ACTIVE MW PERIOD DISABLES RESTORATION ARMS
    reading MW DM3 SENSED       '-' where not known; SENSED on off unknown
    restart                     of the daemon

event() returns 'ok', or why it changes nothing. As a program it reads a
script from standard input, "start FUEL TIME" first, and prints a line for
each event: what supply-script prints of the daemon's own rules.
"""

import sys

OWNERS = ('tamper', 'supplier', 'prepayment', 'load-limit', 'local')
STRICT = ('enabled', 'armed', 'disabled')
GAP_S, SHUT_S, QUIET_S, FLOW_DM3 = 60, 60, 3600, 20
SETTLE_S = {'electricity': 10, 'gas': 120}


class Supply:
    def __init__(self, fuel, t):
        self.fuel, self.t = fuel, t
        self.holds = {owner: ('enabled', t) for owner in OWNERS}
        self.limit = None     # settings, while active
        self.arms = False
        self.limited = 0
        self.restore = 0      # when load limiting lets go
        self.run = []         # times of readings above, one after the other
        self.crossing = False    # counted already
        self.mismatch = False
        self.wrong_since = None  # sensed is not as commanded
        self.shut_since = None
        self.volumes = []     # (time, register) with the valve shut
        self.grown = None
        self.flow = False
        self.told = set()

    # --- what is

    def state(self):
        return max((s for s, _ in self.holds.values()), key=STRICT.index)

    def reason(self):
        state = self.state()
        if state == 'enabled':
            return 'none'
        return next(o for o in OWNERS if self.holds[o][0] == state)

    def on(self):
        return self.state() == 'enabled'

    # --- what happens

    def event(self, t, kind, *args):
        before = self.state(), self.on()
        self.told = set()
        old, left = self.t, max(0, self.restore - self.t)
        why = getattr(self, 'refuse_' + kind, lambda *_: None)(*args)
        if why:
            return why
        if kind not in ('limit', 'restart'):
            self.t = t
        if self.t < old:
            self.put_back(t, left)
        getattr(self, 'do_' + kind)(*args)
        if self.state() != before[0]:
            self.told.add('state')
        return 'ok'

    def put_back(self, t, left):
        self.holds = {o: (s, min(since, t))
                      for o, (s, since) in self.holds.items()}
        self.restore = t + left
        self.run = []
        self.wrong_since = t if self.mismatch else None
        if self.shut_since is not None:
            self.shut_since = t
        self.grown = t

    def hold(self, owner, state):
        was_on, (was, since) = self.on(), self.holds[owner]
        self.holds[owner] = (state, since if was == state else self.t)
        if self.on() != was_on:
            self.mismatch, self.wrong_since = False, None
        if owner == 'load-limit' and state != 'disabled':
            self.run, self.crossing = [], False

    def target(self, owner, what):
        """Where a hold goes by a command: a state, or why not."""
        now = self.holds[owner][0]
        if what == 'disable':
            return ('no', 'already') if now == 'disabled' else \
                ('go', 'disabled')
        if what == 'arm':
            return {'enabled': ('no', 'not allowed'),
                    'armed': ('no', 'already'),
                    'disabled': ('go', 'armed')}[now]
        if self.fuel == 'gas':
            return 'no', 'not allowed'
        return ('no', 'already') if now == 'enabled' else ('go', 'enabled')

    def targets(self, owner, what):
        """What a request moves, and why not the owner's own."""
        verdict, own = self.target(owner, what)
        moves = {owner: own} if verdict == 'go' else {}
        if owner == 'supplier' and what != 'disable' and \
                self.holds['load-limit'][0] != 'enabled':
            other, to = self.target('load-limit', what)
            if other == 'go':
                moves['load-limit'] = to
        return moves, own

    def refuse_request(self, owner, what):
        if owner in ('prepayment', 'load-limit'):
            return 'not allowed'
        if owner == 'local':
            if what != 'disable':
                return 'not allowed'
            return None if self.holds[owner][0] == 'enabled' else 'already'
        moves, own = self.targets(owner, what)
        return None if moves else own

    def do_request(self, owner, what):
        if owner == 'local':
            return self.hold(owner, 'armed')
        for who, state in self.targets(owner, what)[0].items():
            self.hold(who, state)

    def do_follow(self, want):
        if want == 'on' and self.fuel == 'gas' and \
                self.holds['prepayment'][0] != 'enabled':
            want = 'arm'
        self.hold('prepayment', {'on': 'enabled', 'arm': 'armed',
                                 'off': 'disabled'}[want])

    def refuse_consent(self):
        return {'enabled': 'already', 'disabled': 'not allowed',
                'armed': 'busy' if self.flow else None}[self.state()]

    def do_consent(self):
        for owner in OWNERS:
            self.hold(owner, 'enabled')

    def do_limit(self, active, mw, period, disables, restoration, arms):
        self.limit = dict(mw=int(mw), period=int(period),
                          disables=disables == '1', arms=arms == '1',
                          restoration=int(restoration)) \
            if active == '1' else None
        self.arms = arms == '1'
        self.run, self.crossing = [], False

    def do_restart(self):
        self.run = []
        self.wrong_since = self.t if self.mismatch else None
        self.shut_since = None
        self.volumes = self.volumes[:1]
        self.grown = self.t

    def do_reading(self, mw, dm3, sensed):
        if self.fuel == 'electricity':
            self.look_at_load(None if mw == '-' else int(mw))
        self.look_at_switch(sensed)
        if self.fuel == 'gas':
            self.look_at_flow(None if dm3 == '-' else int(dm3), sensed)

    def look_at_load(self, mw):
        if self.holds['load-limit'][0] == 'disabled' and \
                self.t >= self.restore:
            self.hold('load-limit', 'armed' if self.arms else 'enabled')
            self.told.add('restored')
        limit = self.limit
        if not limit or (mw is not None and mw <= limit['mw']):
            self.run, self.crossing = [], False
            return
        if mw is None or (self.run and self.t - self.run[-1] > GAP_S):
            self.run = []
        if mw is None:
            return
        self.run.append(self.t)
        if self.crossing or self.t - self.run[0] < limit['period']:
            return
        self.limited += 1
        self.told.add('limited')
        if limit['disables']:
            self.hold('load-limit', 'disabled')
            self.restore = self.t + limit['restoration']
        self.crossing = True

    def look_at_switch(self, sensed):
        if sensed == 'unknown':
            return
        if sensed == ('on' if self.on() else 'off'):
            if self.mismatch:
                self.told.add('agrees')
            self.mismatch, self.wrong_since = False, None
            return
        if self.wrong_since is None:
            self.wrong_since = self.t
        if self.mismatch or \
                self.t - self.wrong_since < SETTLE_S[self.fuel]:
            return
        self.mismatch = True
        self.told.add('not-on' if self.on() else 'not-off')
        if self.on() and self.fuel == 'gas':
            self.hold('local', 'armed')

    def look_at_flow(self, dm3, sensed):
        if self.on() or sensed == 'on':
            if self.flow:
                self.told.add('flow-ended')
            self.flow, self.volumes, self.shut_since = False, [], None
            return
        if sensed == 'unknown':
            return
        if self.shut_since is None:
            self.shut_since = self.t
        if dm3 is None:
            return
        if not self.volumes or dm3 < self.volumes[-1]:
            if self.flow or self.t - self.shut_since >= SHUT_S:
                self.volumes, self.grown = [dm3], self.t
            return
        if dm3 > self.volumes[-1]:
            self.grown = self.t
        self.volumes.append(dm3)
        if not self.flow and dm3 - self.volumes[0] >= FLOW_DM3:
            self.flow = True
            self.told.add('flow')
        elif self.flow and self.t - self.grown >= QUIET_S:
            self.flow, self.volumes = False, [dm3]
            self.told.add('flow-ended')

    def line(self, result):
        holds = ' '.join(f'{s}@{since}' for s, since in self.holds.values())
        return (f'{result}: {self.state()} by {self.reason()} [{holds}] '
                f'limited {self.limited} mismatch {int(self.mismatch)} '
                f'flow {int(self.flow)} told {",".join(sorted(self.told))}')


def run(lines):
    """The lines of a script's events; the first starts."""
    supply = None
    for line in lines:
        words = line.split()
        if words[0] == 'start':
            supply = Supply(words[1], int(words[2]))
            continue
        yield supply.line(supply.event(int(words[0]), *words[1:]))


if __name__ == '__main__':
    for text in run(sys.stdin):
        print(text)
