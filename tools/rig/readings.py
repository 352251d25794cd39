# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a person, an app and a script see of the hub: page, D-Bus, meterctl."""

import html.parser
import http.client
import json
import re
import urllib.error
import urllib.request

METER = 'uk.hearth.Metrology1'
METER_PATH = '/uk/hearth/meter/electricity0'


class _Page(html.parser.HTMLParser):
    """Text of every element that has an id."""

    VOID = {'meta', 'link', 'br', 'img', 'input', 'hr', 'path', 'circle',
            'rect', 'use'}

    def __init__(self):
        super().__init__()
        self.text = {}
        self._open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            ident = dict(attrs).get('id')
            self._open.append(ident)
            if ident:
                self.text[ident] = ''

    def handle_endtag(self, tag):
        if tag not in self.VOID and self._open:
            self._open.pop()

    def handle_data(self, data):
        for ident in self._open:
            if ident:
                self.text[ident] += data


def parse_page(text):
    page = _Page()
    page.feed(text)
    return {key: ' '.join(value.split()) for key, value in page.text.items()}


def shown_power_w(text):
    """'46 W' or '2.30 kW' as a number of watts; None for 'no data'."""
    found = re.fullmatch(r'([0-9]+(?:\.[0-9]+)?) ?(k?)W', text)
    if not found:
        return None
    return float(found.group(1)) * (1000 if found.group(2) else 1)


def shown_rounding_w(text):
    """Half of the last digit of '46 W' or '2.30 kW', in watts."""
    number, unit = text.split()
    decimals = len(number.partition('.')[2])
    return 0.5 * 10 ** -decimals * (1000 if unit == 'kW' else 1)


class Readings:
    def __init__(self, home):
        self._home = home

    # --- from outside the hub

    def get(self, path=''):
        with urllib.request.urlopen(self._home.url + path,
                                    timeout=20) as answer:
            return answer.read().decode()

    def page(self):
        return parse_page(self.get())

    def live(self):
        return json.loads(self.get('api/v1/live.json'))

    def try_live(self):
        """live(), or None while the hub does not answer."""
        try:
            return self.live()
        except (OSError, ValueError, urllib.error.URLError,
                http.client.HTTPException):
            return None

    # --- from inside

    def meter(self):
        """Metrology1 as {property: (value, age ms, time us, quality)}."""
        out = self._home.agent.out(
            f'busctl --json=short call {METER} {METER_PATH} '
            'org.freedesktop.DBus.Properties GetAll s ' + METER)
        answer = json.loads(out)['data'][0]
        return {name: value['data'] for name, value in answer.items()}

    def try_meter(self):
        """meter(), or None while metrologyd is not there."""
        status, out = self._home.agent.run(
            f'busctl --json=short call {METER} {METER_PATH} '
            'org.freedesktop.DBus.Properties GetAll s ' + METER)
        if status:
            return None
        answer = json.loads(out)['data'][0]
        return {name: value['data'] for name, value in answer.items()}

    def meterctl(self):
        """(exit status, parsed --json) of meterctl status."""
        status, out = self._home.agent.run('meterctl status --json')
        return status, json.loads(out)

    def iio(self, name):
        """An attribute of the metrology device, or None where it has none."""
        status, out = self._home.agent.run(
            'for d in /sys/bus/iio/devices/iio:device*; do '
            'grep -qx hearth-metrology $d/name && exec cat $d/' + name +
            '; done; exit 1')
        return None if status else out.strip()

    def mcu(self, name):
        """An attribute of the MCU's serial device."""
        return self._home.agent.out(
            f'cat /sys/bus/serial/devices/*/{name}').strip()
