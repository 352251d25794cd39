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
import zlib

import tap
from home import BUILD, TOP
from qemu import Process, connect_unix

IMAGE = os.path.join(BUILD, 'firmware', 'stm32', 'hearth-mcu-stm32')
TOOL = os.path.join(TOP, 'firmware-mcu', 'chip', 'stm32', 'image.py')
LIMIT_S = 60

IDENTITY, REGISTERS, CLOCK_SET, CLOCK, PULSES = 1, 2, 3, 4, 10
LIVE, EVENT, EVENT_ACK, REPLY = 0x40, 0x41, 0x42, 0x80
STORE_FAULT, CONVERTER_FAULT, BOOT = 3, 15, 1


def encoded(kind, seq, payload):
    raw = struct.pack('<BBH', kind, seq, len(payload)) + payload
    raw += struct.pack('<I', zlib.crc32(raw))
    out = bytearray()
    for part in raw.split(b'\0'):
        assert len(part) < 254      # none of ours is longer
        out += bytes([len(part) + 1]) + part
    return b'\0' + bytes(out) + b'\0'


def decoded(wire):
    raw = bytearray()
    while wire:
        code, block, wire = wire[0], wire[1:wire[0]], wire[wire[0]:]
        raw += block
        if code < 255 and wire:
            raw.append(0)
    body, crc = bytes(raw[:-4]), struct.unpack('<I', raw[-4:])[0]
    assert zlib.crc32(body) == crc, 'a damaged frame'
    kind, seq, length = struct.unpack('<BBH', body[:4])
    assert length == len(body) - 4
    return kind, seq, body[4:]


class Board:
    def __init__(self, folder):
        link = os.path.join(folder, 'link.sock')
        self.log = os.path.join(folder, 'log')
        self._mcu = Process('STM32', [
            'qemu-system-arm', '-M', 'netduinoplus2', '-display', 'none',
            '-monitor', 'none', '-kernel', IMAGE + '.elf',
            '-serial', f'file:{self.log}',
            '-serial', f'unix:{link},server=on,wait=off',
        ], os.path.join(folder, 'qemu.log'))
        self._conn = connect_unix(link, self._mcu)
        self._conn.settimeout(1)
        self._rest = b''
        self._seq = 0
        self.events = {}

    def close(self):
        self._conn.close()
        self._mcu.kill()

    def _frames(self):
        try:
            self._rest += self._conn.recv(4096)
        except TimeoutError:
            return
        *whole, self._rest = self._rest.split(b'\0')
        for wire in filter(None, whole):
            kind, seq, payload = decoded(wire)
            if kind == EVENT:
                number, code = struct.unpack_from('<IH', payload)
                self.events[code] = struct.unpack_from('<I', payload, 12)[0]
                self._conn.sendall(encoded(EVENT_ACK, 0,
                                           struct.pack('<I', number)))
            yield kind, seq, payload

    def ask(self, kind, payload=b''):
        self._seq = (self._seq + 1) % 256
        end = time.monotonic() + LIMIT_S
        while time.monotonic() < end:
            self._conn.sendall(encoded(kind, self._seq, payload))
            for got, seq, reply in self._frames():
                if got == kind | REPLY and seq == self._seq:
                    return reply
        raise AssertionError(f'no answer to request {kind}')

    def wait_event(self, code):
        end = time.monotonic() + LIMIT_S
        while code not in self.events:
            assert time.monotonic() < end, f'no event {code}: {self.events}'
            for _ in self._frames():
                pass
        return self.events[code]


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
