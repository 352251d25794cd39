# SPDX-License-Identifier: LGPL-2.1-or-later
"""The calibration bench: drives the MCU's simulated front end.

Speaks the text protocol of the bench channel (firmware-mcu/README.md) and
keeps the books: what really flowed, from the settings and the sample counter
of the front end.
"""

import math
import socket

from qemu import RigError

SAMPLE_RATE_HZ = 8000


class Load:
    """What the bench presents: one sinusoidal voltage, current in both wires.

    voltage_v, current_a RMS; lag_deg: current behind voltage, 180 is pure
    export; frequency_hz; neutral_a: None means the same as live; harmonics:
    list of (channel 'u'|'i0'|'i1', order, ppm of the fundamental, phase in
    milli-degree), of which only current harmonics are used, so that they
    carry no power.
    """

    def __init__(self, voltage_v=230.0, current_a=0.0, lag_deg=0.0,
                 frequency_hz=50.0, neutral_a=None, harmonics=()):
        self.voltage_mv = round(voltage_v * 1000)
        self.current_ua = round(current_a * 1e6)
        self.neutral_ua = (self.current_ua if neutral_a is None
                           else round(neutral_a * 1e6))
        self.lag_mdeg = round(lag_deg * 1000)
        self.frequency_mhz = round(frequency_hz * 1000)
        self.harmonics = tuple(harmonics)

    @classmethod
    def of_power(cls, power_w, voltage_v=230.0, pf=1.0, **more):
        """A load of this active power; negative exports; pf > 0, inductive."""
        lag = math.degrees(math.acos(pf))
        current = abs(power_w) / (voltage_v * pf)
        return cls(voltage_v, current, lag if power_w >= 0 else 180 + lag,
                   **more)

    def _apparent_w(self):
        return self.voltage_mv / 1e3 * self.current_ua / 1e6

    @property
    def active_w(self):
        return self._apparent_w() * math.cos(math.radians(self.lag_mdeg / 1e3))

    @property
    def reactive_var(self):
        return self._apparent_w() * math.sin(math.radians(self.lag_mdeg / 1e3))

    def commands(self):
        yield 'clear'
        yield f'f {self.frequency_mhz}'
        yield f'u {self.voltage_mv} 0'
        yield f'i 0 {self.current_ua} {self.lag_mdeg}'
        yield f'i 1 {self.neutral_ua} {self.lag_mdeg}'
        for channel, order, ppm, phase in self.harmonics:
            yield f'h {channel} {order} {ppm} {phase}'


class Bench:
    def __init__(self, conn):
        self._conn = conn
        self._conn.settimeout(60)
        self._stream = conn.makefile('rw', encoding='ascii', newline='\n')
        self.load = Load()
        self._since = self.sets()
        self.imported_wh = 0.0
        self.exported_wh = 0.0

    def close(self):
        self._stream.close()
        self._conn.close()

    def command(self, line):
        """One command, one 'ok ...' answer; returns what follows 'ok'."""
        self._stream.write(line + '\n')
        self._stream.flush()
        try:
            answer = self._stream.readline().strip()
        except socket.timeout:
            raise RigError(f'no answer from the front end to "{line}"') \
                from None
        if not answer.startswith('ok'):
            raise RigError(f'front end: "{line}": {answer or "closed"}')
        return answer[2:].strip()

    def sets(self):
        """Sample sets the front end has made since the MCU started."""
        return int(self.command('sets'))

    def restarted(self):
        """The MCU was reset, and its front end with it: start values again.

        What flowed since the last command is not known to the bench.
        """
        self.load = Load()
        self._since = self.sets()

    def _account(self, sets):
        wh = self.load.active_w * (sets - self._since) / SAMPLE_RATE_HZ / 3600
        if wh >= 0:
            self.imported_wh += wh
        else:
            self.exported_wh -= wh
        self._since = sets

    def apply(self, load):
        """Present a load from the next sample on."""
        for line in load.commands():
            self.command(line)
        self._account(int(self.command('apply')))
        self.load = load

    def flowed_wh(self):
        """(imported, exported) up to now."""
        self._account(self.sets())
        return self.imported_wh, self.exported_wh
