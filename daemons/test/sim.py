# SPDX-License-Identifier: LGPL-2.1-or-later
"""meter-sim from Python: run a script, read what it says."""

import json
import os
import shutil
import signal
import subprocess
import tempfile

from harness import BIN

LIMIT_S = 300


class Simulation:
    """Runs on; its daemons can be asked until it is left."""

    def __init__(self, script, *options):
        self._file = tempfile.NamedTemporaryFile(
            'w', prefix='hearth-sim-', suffix='.txt')
        self._file.write(script)
        self._file.flush()
        self.errors = tempfile.TemporaryFile('w+')
        self.process = subprocess.Popen(
            [os.path.join(BIN, 'meter-sim'), '--json', '--stay', *options,
             self._file.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=self.errors, text=True)
        self.address = self.folder = self.socket = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        # One that was killed had no time to tidy up.
        for folder in (self.folder, self.socket):
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
        self.process.stdout.close()
        self._file.close()
        self.errors.close()

    def said(self):
        """What it has to complain of."""
        self.errors.seek(0)
        return self.errors.read().replace(self._file.name, 'script')

    def lines(self):
        """All objects up to the end, the end's too."""
        for line in self.process.stdout:
            found = json.loads(line)
            if 'bus' in found:
                self.address, self.folder = found['bus'], found['folder']
                self.socket = os.path.dirname(
                    self.address.removeprefix('unix:path='))
            yield found
            if found.get('end'):
                return
        raise AssertionError('meter-sim ended early: ' + self.said())

    def run(self):
        return list(self.lines())

    def call(self, daemon, path, member, *args):
        """A method of uk.hearth.DAEMON1; its answer."""
        name = f'uk.hearth.{daemon}1'
        done = subprocess.run(
            ['busctl', '--address=' + self.address, '--json=short', 'call',
             '--', name, path, name, member, *args],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=60)
        assert done.returncode == 0, done.stderr.strip()
        return json.loads(done.stdout)['data']

    def log(self, log, meter='electricity0'):
        """[(number, at, code, text, detail), ...]"""
        return self.call('Storage', '/uk/hearth/storage', 'ReadLog', 'sstt',
                         meter, log, '0', str(2**63))[0]
