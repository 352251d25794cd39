# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the system test accepts of a display, and what it does not."""

import sys

import tap
from readings import shown_power_w, shown_rounding_w
from system_test import close


def shown():
    for text, watts, rounding in (('46 W', 46, 0.5), ('0 W', 0, 0.5),
                                  ('2.30 kW', 2300, 5),
                                  ('23.01 kW', 23010, 5)):
        assert abs(shown_power_w(text) - watts) < 1e-6, text
        assert abs(shown_rounding_w(text) - rounding) < 1e-9, text
    assert shown_power_w('no data') is None


def half_a_percent():
    for seen, truth, rounding in ((46.22, 46, 0), (45.78, 46, 0),
                                  (2311, 2300, 0), (-1507, -1500, 0),
                                  (0.4, 0, 0), (-0.4, 0, 0), (46.7, 46, 0.5)):
        close(seen, truth, 'x', rounding)
    for seen, truth, rounding in ((46.24, 46, 0), (45.76, 46, 0), (1.1, 1, 0),
                                  (2312, 2300, 0), (-1508, -1500, 0),
                                  (0.6, 0, 0), (46.8, 46, 0.5), (0, 46, 0)):
        try:
            close(seen, truth, 'x', rounding)
        except AssertionError:
            continue
        raise AssertionError(f'{seen} was taken for {truth}')


def main():
    script = tap.Script()
    script.step('what the display shows', shown)
    script.step('half a percent is half a percent', half_a_percent)
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
