# SPDX-License-Identifier: LGPL-2.1-or-later
"""The counter of test results must not lose a failure."""

import sys

import tap

CASES = [
    ('plain', '1..2\nok 1 - a\nok 2 - b\n', (2, 0, 0)),
    ('failure', '1..2\nok 1 - a\nnot ok 2 - b\n', (1, 1, 0)),
    ('skip with reason', 'ok 1 - a # SKIP no device\n1..1\n', (0, 0, 1)),
    ('cut short', '1..3\nok 1 - a\n', (1, 1, 0)),
    ('nothing', 'Segmentation fault\n', (0, 0, 0)),
    ('KTAP: a suite line repeats what is inside',
     'KTAP version 1\n1..1\n  KTAP version 1\n    1..2\n    ok 1 x\n'
     '    ok 2 y\nok 1 suite\n', (2, 0, 0)),
    ('KTAP: a failure inside counts once',
     '1..1\n    ok 1 x\n    not ok 2 y\nnot ok 1 suite\n', (1, 1, 0)),
    ('KTAP: a suite that failed though all inside passed',
     '1..1\n    ok 1 x\nnot ok 1 suite\n', (1, 1, 0)),
    ('KTAP: three levels',
     '1..1\n    # Subtest: p\n        ok 1 p1\n        ok 2 p2\n    ok 1 p\n'
     '    ok 2 q\nok 1 suite\n', (3, 0, 0)),
    ('KTAP: suite without tests', '1..1\nnot ok 1 suite # no tests\n',
     (0, 1, 0)),
    ('several runs in one text', '1..1\nok 1 a\n1..2\nok 1 b\n', (2, 1, 0)),
]


def check(text, expected):
    got = tap.count(text, 'x')
    seen = (got.passed, got.failed, got.skipped)
    assert seen == expected, f'{seen}, expected {expected}'


def main():
    script = tap.Script()
    for name, text, expected in CASES:
        script.step(name, check, text, expected)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
