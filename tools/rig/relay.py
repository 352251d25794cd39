# SPDX-License-Identifier: LGPL-2.1-or-later
"""The wire between the hub's UART and the MCU's, where faults are injected.

It always reads both ends: QEMU's i.MX UART writes to its socket with the big
lock held, so a peer that stops reading would freeze the whole hub.
"""

import os
import random
import select
import socket
import threading
import time

RETRY_S = 0.2
BACKLOG_MAX = 1 << 16


class Relay:
    """Two ends, 'hub' and 'mcu', each a Unix socket that comes and goes.

    mode: 'pass' carries bytes; 'cut' swallows them, as a pulled plug does;
    'noise' carries them with about one byte in a hundred changed, and adds
    garbage of its own.
    """

    def __init__(self, hub_path, mcu_path, seed=1):
        self.mode = 'pass'
        self.carried = {'hub': 0, 'mcu': 0}     # bytes that came from there
        self._paths = {'hub': hub_path, 'mcu': mcu_path}
        self._conns = {'hub': None, 'mcu': None}
        self._backlog = {'hub': b'', 'mcu': b''}    # to be written there
        self._random = random.Random(seed)
        self._stop_r, self._stop_w = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self):
        os.write(self._stop_w, b'x')
        self._thread.join()
        for conn in self._conns.values():
            if conn:
                conn.close()
        os.close(self._stop_r)
        os.close(self._stop_w)

    def _connect(self, end):
        conn = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            conn.connect(self._paths[end])
        except OSError:
            conn.close()
            return
        conn.setblocking(False)
        self._conns[end] = conn
        self._backlog[end] = b''

    def _drop(self, end):
        self._conns[end].close()
        self._conns[end] = None
        self._backlog[end] = b''

    def _spoil(self, data):
        out = bytearray()
        for byte in data:
            if self._random.random() < 0.01:
                byte = self._random.randrange(256)
            out.append(byte)
            if self._random.random() < 0.005:
                out += self._random.randbytes(self._random.randrange(1, 40))
        return bytes(out)

    def _carry(self, source, target):
        try:
            data = self._conns[source].recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b''
        if not data:
            self._drop(source)
            return
        self.carried[source] += len(data)
        if self.mode == 'noise':
            data = self._spoil(data)
        if self.mode != 'cut' and self._conns[target]:
            self._backlog[target] = (self._backlog[target] +
                                     data)[-BACKLOG_MAX:]

    def _flush(self, end):
        try:
            sent = self._conns[end].send(self._backlog[end])
            self._backlog[end] = self._backlog[end][sent:]
        except BlockingIOError:
            pass
        except OSError:
            self._drop(end)

    def _run(self):
        next_try = 0
        while True:
            now = time.monotonic()
            if now >= next_try:
                next_try = now + RETRY_S
                for end, conn in self._conns.items():
                    if not conn:
                        self._connect(end)
            readers = [c for c in self._conns.values() if c]
            writers = [self._conns[e] for e in self._conns
                       if self._conns[e] and self._backlog[e]]
            ready, room, _ = select.select(readers + [self._stop_r], writers,
                                           [], RETRY_S)
            if self._stop_r in ready:
                return
            for source, target in (('hub', 'mcu'), ('mcu', 'hub')):
                if self._conns[source] in ready:
                    self._carry(source, target)
            for end in ('hub', 'mcu'):
                if self._conns[end] and self._conns[end] in room:
                    self._flush(end)
