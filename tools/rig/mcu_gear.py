# SPDX-License-Identifier: LGPL-2.1-or-later
"""The MCU's firmware on QEMU, with a plant around it and no hub.

Latches, relay, valve, gas and a loss of power, over the real link and the
bench channel: what the unit tests say, on the real instruction set.
"""

import os
import struct
import sys
import tempfile

import tap
from bench import Bench, Load
from home import built
from mculink import (CLOCK_SET, EVENT_LOG, LATCHES, PULSES, REGISTERS, SWITCH,
                     SWITCH_COMMAND, TAMPER, VALVE, VALVE_COMMAND, Link)
from qemu import Process, connect_unix

BOUNDARY_S = 1000001 * 1800
DISABLE, ARM, ENABLE = 0, 1, 2
OPEN, ARMED, CLOSED = 1, 2, 3
VALVE_CLOSED, VALVE_OPENED, REFUSED, REMOTE = 1, 5, 5, 5
EVENT_MAINS, EVENT_OUTAGE, EVENT_TAMPER = 5, 7, 12


class Meter(Link):
    def __init__(self, folder):
        link = os.path.join(folder, 'link.sock')
        bench = os.path.join(folder, 'bench.sock')
        for path in (link, bench):
            if os.path.exists(path):
                os.unlink(path)
        self._mcu = Process('MCU', [
            'qemu-system-arm', '-M', 'mps2-an385', '-display', 'none',
            '-monitor', 'none',
            '-kernel', built('firmware', 'mps2', 'hearth-mcu.elf'),
            '-serial', f'file:{folder}/log',
            '-serial', f'unix:{link},server=on,wait=off',
            '-serial', f'unix:{bench},server=on,wait=off',
            '-semihosting-config', 'enable=on,target=native,arg=hearth-mcu,'
            f'arg={folder}/flash',
        ], os.path.join(folder, 'qemu.log'))
        super().__init__(connect_unix(link, self._mcu))
        self.bench = Bench(connect_unix(bench, self._mcu))
        self.bench.apply(Load.of_power(4600))

    def close(self):
        self.bench.close()
        super().close()
        self._mcu.kill()

    def set_clock(self, utc_s):
        reply = self.ask(CLOCK_SET, struct.pack('<QII', utc_s * 1000000, 10,
                                                0))
        assert struct.unpack_from('<HBB', reply) == (0, 1, 1), reply

    def latches(self):
        reply = self.ask(LATCHES, struct.pack('<II', 0, 0xffffffff))
        return [struct.unpack_from('<IIQQQQQ', reply, 16 + 48 * n)
                for n in range(struct.unpack_from('<H', reply, 2)[0])]

    def import_mwh(self):
        status, _, valid, value = struct.unpack_from('<HHIQ',
                                                     self.ask(REGISTERS))
        assert (status, valid) == (0, 16)
        return value


def latches(meter):
    meter.set_clock(BOUNDARY_S - 3)
    found = meter.wait('no latch', meter.latches)
    assert len(found) == 1 and found[0][:2] == (1000001, 1), found
    assert 0 < found[0][2] <= meter.import_mwh()
    return f'{found[0][2]} mWh at the boundary'


def switches(meter):
    def state():
        return meter.ask(SWITCH)[2]

    for command, wanted, contact in ((DISABLE, OPEN, '0'), (ARM, ARMED, '0'),
                                     (ENABLE, CLOSED, '1')):
        reply = meter.ask(SWITCH_COMMAND, bytes([command, 0, 0, 0]))
        assert reply[:2] == b'\0\0', reply
        meter.wait(f'not in state {wanted}', lambda: state() == wanted)
        assert meter.bench.command('contact') == contact
    operations, opening, closing = struct.unpack_from('<IHH',
                                                      meter.ask(SWITCH), 8)
    assert operations == 2
    return f'{opening} us to open, {closing} to close'


def turns_the_valve(meter):
    def state():
        return meter.ask(VALVE)[2]

    assert state() == VALVE_OPENED
    meter.ask(VALVE_COMMAND, bytes(4))
    meter.wait('not shut', lambda: state() == VALVE_CLOSED)
    assert meter.bench.command('valve') == '0'
    reply = meter.ask(VALVE_COMMAND, bytes([2, 0, 0, 0]))
    assert (reply[0], reply[4]) == (REFUSED, REMOTE), reply


def counts_gas(meter):
    """The valve is shut: what passes is a leak."""
    meter.bench.command('bounce 1')
    meter.bench.command('leak 1')
    meter.bench.command('gas 7000')

    def pulses():
        return struct.unpack_from('<Q', meter.ask(PULSES), 8)[0]
    meter.wait('no three pulses', lambda: pulses() >= 3)
    meter.bench.command('gas 0')
    assert pulses() - int(meter.bench.command('turns')) in (0, -1)
    meter.bench.command('tamper cover 1')
    assert meter.wait_event(EVENT_TAMPER) == 0x202
    assert meter.ask(TAMPER)[2] == 2


def loses_power(meter, folder):
    """The mains fails, then the power; what was told is there again."""
    meter.bench.command('mains 0')
    assert abs(meter.wait_event(EVENT_MAINS) - BOUNDARY_S) < 600
    before = meter.import_mwh(), meter.ask(PULSES)[8:], meter.latches()
    meter.close()
    again = Meter(folder)
    assert again.ask(PULSES)[8:] == before[1]
    assert again.latches() == before[2]
    assert again.import_mwh() >= before[0]
    # Shut when the power went, and this plant begins open: not known.
    assert again.ask(VALVE)[2] != VALVE_CLOSED
    again.set_clock(BOUNDARY_S + 3600 + 60)
    found = again.wait('no latches', lambda: len(again.latches()) == 3 and
                       again.latches())
    # Exact: without power, that of the loss.
    assert [latch[1] for latch in found] == [1, 3, 3], found
    assert before[0] <= found[1][2] == found[2][2]
    outage_s = again.wait_event(EVENT_OUTAGE)
    assert 3000 < outage_s < 3700, outage_s
    log = again.ask(EVENT_LOG, struct.pack('<I', 0))
    assert struct.unpack_from('<H', log, 2)[0] >= 8
    return again, f'an outage of {outage_s} s'


def main():
    script = tap.Script()
    with tempfile.TemporaryDirectory() as folder:
        meter = [Meter(folder)]

        def power():
            meter[0], text = loses_power(meter[0], folder)
            return text
        try:
            script.step('latches at the half hour', latches, meter[0])
            script.step('the relay follows', switches, meter[0])
            script.step('the valve closes, and is not opened from afar',
                        turns_the_valve, meter[0])
            script.step('gas and covers', counts_gas, meter[0])
            script.step('a loss of power takes nothing', power)
        finally:
            meter[0].close()
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
