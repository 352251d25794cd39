# SPDX-License-Identifier: LGPL-2.1-or-later
"""More than a year of a real home through storaged and tariffd; TAP.

Three rates and a dynamic tariff of real prices, both with the days of 23 and 25
hours, a leap day and a year's end in them: what it costs is to the micro-penny
what it comes to in Python, half hour by half hour.
"""

import csv
import datetime
import os
import sys
import zoneinfo

from core_script import flat
from harness import TOP
from money_oracle import DAY_S, HALF_HOUR_S, seconds, utc
import sim
import tap

DATA = os.environ.get('HEARTH_DATA', os.path.join(TOP, '../shared/data'))
HOME = os.path.join(DATA, 'household-a-halfhourly.csv')
AGILE = os.path.join(DATA, 'agile-prices-2022-11_2023-12.csv')
LONDON = zoneinfo.ZoneInfo('Europe/London')
NIGHT, DAY, PEAK = 1, 2, 3
PRICES = {NIGHT: 9123, DAY: 27456, PEAK: 41789}     # milli-pence a kWh
STANDING = 53350
OPTIONS = ('--profile=' + HOME, '--daemons=storaged,tariffd', '--step=6h',
           '--quiet')


def read_home():
    """Wh by half hour (its beginning), in order."""
    with open(HOME, newline='', encoding='ascii') as text:
        rows = list(csv.reader(text))[1:]
    found = {}
    for end, kwh in rows:
        at = datetime.datetime.fromisoformat(end + '+00:00')
        found[int(at.timestamp()) - HALF_HOUR_S] = round(float(kwh) * 1000)
    return found


def repeated(home, slot):
    """As meter-sim plays it on beyond its end."""
    first, count = next(iter(home)), len(home)
    n = (slot - first) // HALF_HOUR_S % count
    return home[first + n * HALF_HOUR_S]


def read_agile():
    """Milli-pence a kWh by half hour of UTC; local times, each said once."""
    found = {}
    with open(AGILE, newline='', encoding='ascii') as text:
        for begin, _, price, _ in list(csv.reader(text))[1:]:
            local = datetime.datetime.strptime(begin, '%d/%m/%Y %H:%M')
            at = local.replace(tzinfo=LONDON)
            found[int(at.timestamp())] = round(float(price) * 1000)
    return found


# The three rates, in UTC: nights, and evenings of Monday to Friday, longer in
# winter.
def day_profile(peak):
    return [NIGHT if n < 14 else PEAK if n in peak else DAY
            for n in range(48)]


WINTER, SUMMER, WEEKEND = (day_profile(range(32, 40)),
                           day_profile(range(34, 38)), day_profile(()))
SPECIAL = (12, 25)      # as a Sunday


def register_at(slot):
    when = utc(slot)
    half_hour = when.hour * 2 + when.minute // 30
    if when.weekday() >= 5 or (when.month, when.day) == SPECIAL:
        return WEEKEND[half_hour]
    summer = (4, 1) <= (when.month, when.day) < (11, 1)
    return (SUMMER if summer else WINTER)[half_hour]


def tariff_line(at):
    switches = [[(30 * n, day[n]) for n in range(48)
                 if not n or day[n] != day[n - 1]]
                for day in (WINTER, SUMMER, WEEKEND)]
    words = flat(1, 0, switches,
                 [(0,) * 5 + (2,) * 2, (1,) * 5 + (2,) * 2],
                 [(65535, 4, 1, 255, 1), (65535, 11, 1, 255, 0)],
                 [(65535, *SPECIAL, 255, 2)], [], -5,
                 [PRICES[NIGHT], PRICES[DAY], PRICES[PEAK]], [], STANDING)
    return (f'{at} call tariffd electricity0 SetTariff '
            f'ytaa(qy)a(yyyyyyy)a(qyyyy)a(qyyyy)aatnaiaaii {" ".join(words)}')


def text_of(at_s):
    return utc(at_s).strftime('%Y-%m-%dT%H:%M')


LOOKS = ('show electricity0 Tariff1 GetRegisters() y 1',
         'show electricity0 Tariff1 GetCharges() tu @-1h 0')


def run(lines):
    """All values shown, in order: [(member, at, words), ...]"""
    with sim.Simulation('\n'.join(lines) + '\n', *OPTIONS) as simulation:
        shown = []
        for line in simulation.lines():
            if 'show' in line:
                shown.append((line['show'], line['at'],
                              str(line['value']).split()))
        assert not line['problems'], simulation.said()
    return shown, line


def same(what, seen, expected):
    assert seen == expected, f'{what}: {seen}, not {expected}'


def midnight(year, month, day):
    """Of London, in UTC."""
    return int(datetime.datetime(year, month, day,
                                 tzinfo=LONDON).timestamp())


def check_days(words, home, price_of):
    """Of GetHistory: whole days of London, 23 and 25 hours among them."""
    lengths = []
    for n in range(5, len(words), 5):   # but the present one
        begin, known, whole, energy, cost = words[n:n + 5]
        begin = int(begin) // 10**6
        next_day = utc(begin + 12 * 3600).date() + datetime.timedelta(1)
        end = midnight(next_day.year, next_day.month, next_day.day)
        same(f'whole, {utc(begin)}', (known, whole), ('true', 'true'))
        slots = range(begin, end, HALF_HOUR_S)
        same(f'Wh of {utc(begin)}', int(energy),
             sum(repeated(home, slot) for slot in slots))
        up = sum(repeated(home, slot) * price_of(slot) for slot in slots)
        # The standing charge falls due at UTC midnights.
        up += 1000 * STANDING * sum(slot % DAY_S == 0 for slot in
                                    range(begin + HALF_HOUR_S,
                                          end + HALF_HOUR_S, HALF_HOUR_S))
        assert abs(int(cost) - up / 1000) <= 1, \
            f'{utc(begin)}: {cost} mp, not {up / 1000}'
        lengths.append((end - begin) // 3600)
    return lengths


def three_rates(home):
    begin, end = seconds(2023, 3, 20), seconds(2024, 4, 3)
    looks = {seconds(2023, 3, 28): 23, seconds(2023, 10, 31): 25,
             seconds(2024, 3, 2): 24, seconds(2024, 4, 2): 23}
    lines = [tariff_line(text_of(begin))]
    lines += [f'{text_of(at)} show electricity0 Tariff1 GetHistory() s day'
              for at in looks]
    lines += [f'{text_of(end)} {look}' for look in LOOKS]
    shown, last = run(lines)

    def price_of(slot):
        return PRICES[register_at(slot)]

    for (_, at, words), length in zip(shown, looks.values()):
        lengths = check_days(words, home, price_of)
        assert length in lengths, f'{at}: days of {lengths} hours'
    registers = [int(word) for word in shown[-2][2]]
    charges = [int(word) for word in shown[-1][2]]
    slots = range(begin, end, HALF_HOUR_S)
    for register in PRICES:
        same(f'register {register}', registers[1 + register],
             sum(repeated(home, slot) for slot in slots
                 if register_at(slot) == register))
    same('total', registers[1], sum(repeated(home, s) for s in slots))
    same('estimated', registers[-2], 0)
    cost = sum(repeated(home, s) * price_of(s) for s in slots)
    same('cost, micro-pence', charges[-3], cost)
    same('standing, micro-pence', charges[-2],
         STANDING * 1000 * ((end - begin) // DAY_S))
    return (f'{(end - begin) // DAY_S} days, {registers[1] / 1000:.3f} kWh, '
            f'{cost / 1e8:.2f} pounds to the micro-penny, '
            f'{last["speed"]} times real time')


def dynamic(home, prices):
    begin, end = seconds(2022, 11, 1), seconds(2023, 12, 18)
    fallback = PRICES[NIGHT]
    lines = [f'{text_of(begin)} call tariffd electricity0 SetPrices '
             f'ytnaiaaii 1 0 -5 1 {fallback} 0 {STANDING}',
             '+0 call tariffd electricity0 UseHalfHourlyPrices b true']
    # A day ahead, at 17:00; the first one at once.
    for day in range(begin, end, DAY_S):
        run_of = []
        for slot in range(day, day + DAY_S, HALF_HOUR_S):
            if slot in prices:
                run_of.append((slot, prices[slot]))
        at = max(begin, day - 7 * 3600)
        while run_of:
            n = 1
            while n < len(run_of) and \
                    run_of[n][0] == run_of[n - 1][0] + HALF_HOUR_S:
                n += 1
            words = flat(run_of[0][0] * 10**6, -5, [p for _, p in run_of[:n]])
            lines.append(f'{text_of(at)} call tariffd electricity0 '
                         f'SetHalfHourlyPrices tnai {" ".join(words)}')
            run_of = run_of[n:]
    lines += [f'{text_of(end)} {look}' for look in LOOKS]
    shown, last = run(lines)
    registers = [int(word) for word in shown[-2][2]]
    charges = [int(word) for word in shown[-1][2]]
    slots = range(begin, end, HALF_HOUR_S)
    missing = [slot for slot in slots if slot not in prices]
    same('half hours without a price', [utc(s).isoformat() for s in missing],
         ['2023-10-29T01:00:00+00:00', '2023-10-29T01:30:00+00:00'])
    same('fallback', registers[-1], sum(home[s] for s in missing))
    cost = sum(home[s] * prices.get(s, fallback) for s in slots)
    same('cost, micro-pence', charges[-3], cost)
    same('standing, micro-pence', charges[-2],
         STANDING * 1000 * ((end - begin) // DAY_S))
    same('total', registers[1], sum(home[s] for s in slots))
    negative = sum(prices[s] < 0 for s in slots if s in prices)
    return (f'{(end - begin) // DAY_S} days, {negative} half hours below '
            f'nothing, {cost / 1e8:.2f} pounds to the micro-penny, '
            f'{last["speed"]} times real time')


def main():
    test = tap.Script()
    names = ('a year of three rates costs what it comes to, also on days of '
             '23 and 25 hours', 'so it does at half-hourly prices')
    if not os.path.exists(HOME) or not os.path.exists(AGILE):
        for name in names:
            test.skip(name, f'no household and prices in {DATA} '
                            '(HEARTH_DATA)')
        return test.end()
    home = read_home()
    test.step(names[0], three_rates, home)
    test.step(names[1], dynamic, home, read_agile())
    return test.end()


if __name__ == '__main__':
    sys.exit(main())
