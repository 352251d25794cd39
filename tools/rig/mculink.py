# SPDX-License-Identifier: LGPL-2.1-or-later
"""The hub's end of the MCU link, for tests that have no hub.

include/hearth/mcu_proto.h has the messages, mcu_frame.h the framing.
"""

import struct
import time
import zlib

LIMIT_S = 60

IDENTITY, REGISTERS, CLOCK_SET, CLOCK, LATCHES = 1, 2, 3, 4, 5
SWITCH_COMMAND, SWITCH, VALVE_COMMAND, VALVE = 6, 7, 8, 9
PULSES, TAMPER, EVENT_LOG = 10, 11, 12
LIVE, EVENT, EVENT_ACK, REPLY = 0x40, 0x41, 0x42, 0x80


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


class Link:
    """conn: a stream socket to the MCU's UART. Acknowledges events."""

    def __init__(self, conn):
        self._conn = conn
        self._conn.settimeout(1)
        self._rest = b''
        self._seq = 0
        self._first = True
        self.events = []        # (code, argument)
        self.live = None        # the last payload

    def close(self):
        self._conn.close()

    def _frames(self):
        try:
            self._rest += self._conn.recv(4096)
        except TimeoutError:
            return
        *whole, self._rest = self._rest.split(b'\0')
        for wire in filter(None, whole):
            try:
                kind, seq, payload = decoded(wire)
            except (AssertionError, struct.error):
                # The first may have begun before we listened.
                if not self._first:
                    raise
                continue
            finally:
                self._first = False
            if kind == EVENT:
                number, code = struct.unpack_from('<IH', payload)
                self.events.append(
                    (code, struct.unpack_from('<I', payload, 12)[0]))
                self._conn.sendall(encoded(EVENT_ACK, 0,
                                           struct.pack('<I', number)))
            if kind == LIVE:
                self.live = payload
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

    def wait(self, what, check, limit_s=LIMIT_S):
        """Take what comes until check() gives something."""
        end = time.monotonic() + limit_s
        while True:
            result = check()
            if result:
                return result
            assert time.monotonic() < end, f'{what}: {self.events}'
            for _ in self._frames():
                pass

    def wait_event(self, code):
        """The last one's argument."""
        def look():
            return [arg for got, arg in self.events if got == code]
        return self.wait(f'no event {code}', look)[-1]
