# SPDX-License-Identifier: MIT
"""Draw the type test: share of its limit that each result uses, by current.

Usage: plot.py build/typetest.json build/typetest.svg
"""

import html
import json
import math
import sys

WIDTH, HEIGHT = 900, 560
LEFT, RIGHT, TOP, BOTTOM = 80, 250, 40, 60
AMPS = (0.004, 130)         # what the axes show
SHARE = (1e-6, 2)
COLOURS = ('#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#17becf',
           '#8c564b', '#e377c2', '#7f7f7f', '#bcbd22')


def x_of(amps):
    low, high = (math.log10(end) for end in AMPS)
    part = (math.log10(amps) - low) / (high - low)
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def y_of(share):
    low, high = (math.log10(end) for end in SHARE)
    part = (math.log10(max(share, SHARE[0])) - low) / (high - low)
    return HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor='start', more=''):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>'
            f'{html.escape(words)}</text>')


def line(x1, y1, x2, y2, colour, width=1):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


def axes():
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for amps in (0.005, 0.02, 0.05, 0.25, 1, 5, 20, 100):
        x = x_of(amps)
        yield line(x, TOP, x, bottom, '#e0e0e0')
        yield text(x, bottom + 18, f'{amps:g}', 'middle')
    for power in range(-6, 1):
        y = y_of(10.0 ** power)
        yield line(LEFT, y, right, y, '#e0e0e0')
        yield text(LEFT - 8, y + 4, f'{100 * 10.0 ** power:g} %', 'end')
    yield line(LEFT, y_of(1), right, y_of(1), '#d62728', 2)
    yield text(right - 4, y_of(1) - 5, 'the limit', 'end')
    yield text((LEFT + right) / 2, bottom + 42, 'current, A', 'middle')
    yield text(LEFT, 22, 'Error as a share of its limit: active (circles) '
                         'and reactive (squares) energy', 'start',
               'font-weight="bold"')


def mark(result, colour):
    share = abs(result['error']) / result['limit']
    x, y = x_of(result['amps']), y_of(share)
    title = html.escape(f'{result["group"]}: {result["point"]}, '
                        f'{result["quantity"]} {result["error"]:+.5f} of '
                        f'{result["limit"]:g} {result["unit"]}')
    shape = (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"'
             if result['quantity'] == 'P' else
             f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"')
    return (f'{shape} fill="{colour}" fill-opacity="0.6">'
            f'<title>{title}</title></{shape[1:].split()[0]}>')


def drawing(report):
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
           f'height="{HEIGHT}" font-family="sans-serif" font-size="12">')
    yield f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>'
    yield from axes()
    shown = [result for result in report['results']
             if result['quantity'] in ('P', 'Q') and
             AMPS[0] <= result['amps'] <= AMPS[1]]
    groups = list(dict.fromkeys(result['group'] for result in shown))
    for number, group in enumerate(groups):
        colour = COLOURS[number % len(COLOURS)]
        y = TOP + 14 + 20 * number
        yield f'<circle cx="{WIDTH - RIGHT + 16}" cy="{y - 4}" r="4" ' \
              f'fill="{colour}"/>'
        yield text(WIDTH - RIGHT + 26, y, group[:40], 'start',
                   'font-size="10"')
        for result in shown:
            if result['group'] == group:
                yield mark(result, colour)
    yield '</svg>'


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    with open(sys.argv[1]) as source:
        report = json.load(source)
    with open(sys.argv[2], 'w') as out:
        out.write('\n'.join(drawing(report)) + '\n')


if __name__ == '__main__':
    main()
