# SPDX-License-Identifier: LGPL-2.1-or-later
"""QEMU processes of the rig, and waiting for what they do.

Nothing here sleeps for a guessed time: every wait names what it waits for and
has a generous limit, because a busy machine is slow, not wrong.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import time

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class RigError(Exception):
    """The rig itself failed: says what was waited for, or what is missing."""


def wait_until(what, check, limit_s, every_s=0.1):
    """Return check()'s first true result; RigError after limit_s seconds."""
    end = time.monotonic() + limit_s
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > end:
            raise RigError(f'waited {limit_s} s for {what}')
        time.sleep(every_s)


def _die_with_parent():
    # QEMU must not outlive the rig, however the rig ends.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child in a session of its own, so that Ctrl-C reaches only the rig."""

    def __init__(self, name, argv, log_path):
        self.name = name
        self.log_path = log_path
        with open(log_path, 'ab') as log:
            self._child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=_die_with_parent)

    @property
    def pid(self):
        return self._child.pid

    def alive(self):
        return self._child.poll() is None

    def check_alive(self):
        if not self.alive():
            with open(self.log_path, errors='replace') as log:
                end = log.read()[-2000:]
            raise RigError(f'{self.name} ended with status '
                           f'{self._child.returncode}:\n{end}')

    def kill(self):
        """SIGKILL: the rig's power cut. QEMU may ignore anything milder."""
        if self.alive():
            self._child.kill()
        self._child.wait()


def connect_unix(path, process, limit_s=60):
    """Connect to a socket that a process is about to create."""
    def attempt():
        process.check_alive()
        conn = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            conn.connect(path)
            return conn
        except OSError:
            conn.close()
            return None
    return wait_until(f'{process.name} to open {os.path.basename(path)}',
                      attempt, limit_s)


def qmp(path, process, command):
    """Send one command to QEMU's monitor and return its answer."""
    with connect_unix(path, process) as conn:
        conn.settimeout(60)
        stream = conn.makefile('rw', encoding='utf-8', newline='\n')
        json.loads(stream.readline())           # greeting
        for execute in ('qmp_capabilities', command):
            stream.write(json.dumps({'execute': execute}) + '\n')
            stream.flush()
            while True:
                line = stream.readline()
                if not line:
                    raise RigError(f'{process.name}: monitor closed')
                answer = json.loads(line)
                if 'error' in answer:
                    raise RigError(f'{process.name}: {execute}: '
                                   f'{answer["error"]["desc"]}')
                if 'return' in answer:
                    break
        return answer['return']


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
