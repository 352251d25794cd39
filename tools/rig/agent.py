# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs commands inside the hub, through the test image's agent on UART3."""

import base64
import socket
import time

from qemu import RigError, connect_unix


class Agent:
    def __init__(self, path, process):
        self._process = process
        self._conn = connect_unix(path, process)
        self._buffer = b''
        self._last_id = 0

    def close(self):
        self._conn.close()

    def _line(self, deadline):
        while b'\n' not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._process.check_alive()
            self._conn.settimeout(min(left, 2))
            try:
                data = self._conn.recv(65536)
            except socket.timeout:
                continue
            if not data:
                raise RigError('the hub closed its agent port')
            self._buffer += data
        line, self._buffer = self._buffer.split(b'\n', 1)
        return line.decode('ascii', 'replace').strip()

    def wait_ready(self, limit_s=300):
        """Wait for the agent, which starts early in the hub's boot."""
        end = time.monotonic() + limit_s
        while True:
            line = self._line(end)
            if line is None:
                raise RigError(f'no agent in the hub after {limit_s} s')
            if line.startswith('@ready'):
                return

    def run(self, script, limit_s=60):
        """Run a bash script as root; return (exit status, output)."""
        self._last_id += 1
        text = base64.b64encode(script.encode()).decode()
        self._conn.sendall(f'{self._last_id} {limit_s} {text}\n'.encode())
        # The guest's clock is slower than ours on a busy machine.
        end = time.monotonic() + 3 * limit_s + 60
        while True:
            line = self._line(end)
            if line is None:
                raise RigError(f'no answer from the hub to: {script}')
            parts = line.split(' ')
            if parts[0] == '@ready':
                raise RigError(f'the agent restarted during: {script}')
            if parts[0] == f'@{self._last_id}':
                output = base64.b64decode(parts[2] if len(parts) > 2 else '')
                return int(parts[1]), output.decode('utf-8', 'replace')

    def out(self, script, limit_s=60):
        """Output of a script that must succeed."""
        status, output = self.run(script, limit_s)
        if status:
            raise RigError(f'in the hub: {script}\n'
                           f'exit status {status}: {output}')
        return output
