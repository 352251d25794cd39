# SPDX-License-Identifier: LGPL-2.1-or-later
"""The image for the real board: whole, and it boots to the link's identity.

QEMU's netduinoplus2 has the board's STM32F405, but neither converter nor
flash on its SPI, nor pins: the firmware has to say so, and to know nothing
rather than something wrong.
"""

import os
import struct
import subprocess
import sys
import tempfile
import time

import tap
from home import BUILD, TOP
from mculink import CLOCK, CLOCK_SET, IDENTITY, PULSES, REGISTERS, Link
from qemu import Process, connect_unix

IMAGE = os.path.join(BUILD, 'firmware', 'stm32', 'hearth-mcu-stm32')
TOOL = os.path.join(TOP, 'firmware-mcu', 'chip', 'stm32', 'image.py')
STORE_FAULT, CONVERTER_FAULT, BOOT = 3, 15, 1


class Board(Link):
    def __init__(self, folder):
        link = os.path.join(folder, 'link.sock')
        self.log = os.path.join(folder, 'log')
        self._mcu = Process('STM32', [
            'qemu-system-arm', '-M', 'netduinoplus2', '-display', 'none',
            '-monitor', 'none', '-kernel', IMAGE + '.elf',
            '-serial', f'file:{self.log}',
            '-serial', f'unix:{link},server=on,wait=off',
        ], os.path.join(folder, 'qemu.log'))
        super().__init__(connect_unix(link, self._mcu))

    def close(self):
        super().close()
        self._mcu.kill()


def hex_image(path, length):
    image, base = bytearray(b'\xff' * length), 0
    with open(path) as lines:
        for line in lines:
            record = bytes.fromhex(line.strip()[1:])
            at = base + int.from_bytes(record[1:3], 'big') - 0x08000000
            if record[3] == 0:
                image[at:at + record[0]] = record[4:-1]
            elif record[3] == 4:
                base = int.from_bytes(record[4:6], 'big') << 16
    return bytes(image)


def image_is_whole(folder):
    check = [sys.executable, TOOL, 'check']
    done = subprocess.run(check + [IMAGE + '.bin'], check=True,
                          capture_output=True, text=True)
    with open(IMAGE + '.bin', 'rb') as image:
        good = image.read()
    path = os.path.join(folder, 'bad')
    for at in (0, 0x204, 0x214, 0x230, 0x250, len(good) // 2, len(good) - 1):
        with open(path, 'wb') as out:
            out.write(good[:at] + bytes([good[at] ^ 1]) + good[at + 1:])
        bad = subprocess.run(check + [path], capture_output=True, text=True)
        assert bad.returncode == 1, f'byte {at} changed: {bad.stdout}'
    with open(path, 'wb') as out:
        out.write(good + b'\xff')
    assert subprocess.run(check + [path], capture_output=True).returncode == 1
    # What a programmer flashes is the same; gaps are erased flash.
    assert hex_image(IMAGE + '.hex', len(good)) == good, 'hex and bin differ'
    return done.stdout.strip()


def identity(board):
    reply = board.ask(IDENTITY, struct.pack('<I', 7))
    status, proto, features, version, boots, cause = \
        struct.unpack_from('<HHIIIB', reply)
    hardware = reply[28:44].rstrip(b'\0').decode('ascii')
    assert (status, proto, hardware) == (0, 1, 'stm32f405-h405'), reply
    assert features & 0xff == 0xff, hex(features)
    return f'{hardware}, version {version:#x}, start {boots} ({cause})'


def knows_nothing(board):
    """No converter, no flash: no registers, no pulses; and not zero."""
    status, _, valid = struct.unpack_from('<HHI', board.ask(REGISTERS))
    assert (status, valid) == (0, 0)
    assert board.ask(PULSES)[2] == 0
    assert board.wait_event(STORE_FAULT) == 0
    assert board.wait_event(CONVERTER_FAULT) == 3
    board.wait_event(BOOT)


def clock_runs(board):
    utc_us = 1800000000 * 1000000
    reply = board.ask(CLOCK_SET, struct.pack('<QII', utc_us, 10, 0))
    status, quality, action = struct.unpack_from('<HBB', reply)
    assert (status, quality, action) == (0, 1, 1), reply
    start = struct.unpack_from('<QQ', reply, 8)
    began = time.monotonic()
    time.sleep(2)
    now = struct.unpack_from('<QQ', board.ask(CLOCK), 8)
    took = (time.monotonic() - began) * 1e6
    assert now[0] - start[0] == now[1] - start[1]
    # Emulated time may lag behind on a busy machine, not run ahead.
    assert 0.2 * took < now[0] - start[0] < 1.5 * took + 500000, \
        f'{now[0] - start[0]} us in {took:.0f}'
    return f'{(now[0] - start[0]) / 1e6:.2f} s of {took / 1e6:.2f}'


def log_says(board):
    with open(board.log) as log:
        text = log.read()
    for line in ('flash: no answer', 'converter: no answer',
                 'meter started'):
        assert line in text, text


def main():
    script = tap.Script()
    with tempfile.TemporaryDirectory() as folder:
        script.step('image: whole, and a change is found', image_is_whole,
                    folder)
        board = Board(folder)
        try:
            script.step('boots to its identity', identity, board)
            script.step('without converter and flash nothing is known',
                        knows_nothing, board)
            script.step('the clock runs', clock_runs, board)
            script.step('and the log says what is missing', log_says, board)
        finally:
            board.close()
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
