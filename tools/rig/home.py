# SPDX-License-Identifier: LGPL-2.1-or-later
"""A whole home on this machine: MCU, wire, hub, and the bench driving it."""

import contextlib
import fcntl
import os
import socket
import subprocess

from agent import Agent
from bench import Bench
from qemu import Process, RigError, connect_unix, qmp, remove
from relay import Relay

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), '../..'))
BUILD = os.environ.get('BUILD', os.path.join(TOP, 'build'))
DISPLAY_PORT = 8080     # in the hub


def free_port(wanted=0):
    """A free TCP port of this machine's loopback: the wanted one, or any."""
    for port in (wanted, 0):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(('127.0.0.1', port))
            except OSError:
                continue
            return sock.getsockname()[1]
    raise RigError('no free TCP port on this machine')


def built(*parts):
    path = os.path.join(BUILD, *parts)
    if not os.path.exists(path):
        raise RigError(f'{path} is missing: run the rig through make')
    return path


def lock(folder):
    """Keep a folder to ourselves, until what this returns is closed."""
    path = os.path.join(folder, 'lock')
    out = open(path, 'w')
    try:
        fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        out.close()
        raise RigError(f'{folder} is in use: another run is still '
                       'going') from None
    return out


class Home:
    """folder keeps sockets, logs, the SD card and the MCU's flash.

    image: 'hub' (as shipped) or 'test' (with the agent). fresh: start with a
    blank flash and a new SD card; else go on with those of the last time.
    extra: for the kernel's command line. hub_options: for the hub's QEMU.
    """

    def __init__(self, folder, image='test', fresh=True, port=0, extra='',
                 hub_options=()):
        self.folder = os.path.realpath(folder)
        os.makedirs(self.folder, exist_ok=True)
        if len(self._path('hub-agent.sock')) > 100:
            raise RigError(f'{self.folder}: path too long for Unix sockets')
        self._lock = lock(self.folder)
        self.image = built('image', f'{image}.ext4')
        self.port = free_port(port)
        self._extra = extra
        self._hub_options = list(hub_options)
        self.mcu = self.hub = self.relay = self.bench = self.agent = None
        self._kernel = open(built('image', 'kernel.path')).read().strip()
        if fresh:
            remove(self._path('flash.bin'))
            remove(self._path('sd.img'))
        for log in ('mcu.log', 'hub.log', 'console.log', 'mcu-qemu.log'):
            remove(self._path(log))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _path(self, name):
        return os.path.join(self.folder, name)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}/'

    def start(self):
        self.start_mcu()
        self.relay = Relay(self._path('hub-link.sock'),
                           self._path('mcu-link.sock'))
        self.start_hub()

    def stop(self):
        """The hub first: it must not write into a wire nobody reads.

        Whatever fails on the way, the rest is ended too.
        """
        with contextlib.ExitStack() as last_first:
            last_first.callback(self._lock.close)
            last_first.callback(self._remove_sockets)
            if self.mcu:
                last_first.callback(self.mcu.kill)
            if self.relay:
                last_first.callback(self.relay.close)
            if self.hub:
                last_first.callback(self.hub.kill)
            for part in (self.bench, self.agent):
                if part:
                    last_first.callback(part.close)
            self.agent = self.bench = self.hub = self.relay = self.mcu = None

    def _remove_sockets(self):
        for name in os.listdir(self.folder):
            if name.endswith('.sock'):
                remove(self._path(name))

    # --- the MCU

    def start_mcu(self):
        link, bench = self._path('mcu-link.sock'), self._path('bench.sock')
        monitor = self._path('mcu-qmp.sock')
        for path in (link, bench, monitor):
            remove(path)
        self.mcu = Process('MCU', [
            'qemu-system-arm', '-M', 'mps2-an385', '-display', 'none',
            '-monitor', 'none',
            '-kernel', built('firmware', 'mps2', 'hearth-mcu.elf'),
            '-chardev', f'file,id=log,path={self._path("mcu.log")},append=on',
            '-serial', 'chardev:log',
            '-serial', f'unix:{link},server=on,wait=off',
            '-serial', f'unix:{bench},server=on,wait=off',
            '-qmp', f'unix:{monitor},server=on,wait=off',
            '-semihosting-config',
            'enable=on,target=native,arg=hearth-mcu,arg=' +
            self._path('flash.bin'),
        ], self._path('mcu-qemu.log'))
        self.bench = Bench(connect_unix(bench, self.mcu))

    def kill_mcu(self):
        """Its power is gone, without even the hold-up time to save."""
        self.bench.close()
        self.bench = None
        self.mcu.kill()

    def reset_mcu(self):
        """Pull the MCU's reset pin."""
        qmp(self._path('mcu-qmp.sock'), self.mcu, 'system_reset')

    # --- the hub

    def _make_card(self):
        card = self._path('sd.img')
        stamp = self._path('sd.image')
        identity = f'{self.image} {os.stat(self.image).st_mtime_ns}'
        if os.path.exists(card) and os.path.exists(stamp) and \
           open(stamp).read() == identity:
            return card
        # A raw copy: an overlay keeps metadata in QEMU's memory, and SD cards
        # have no flush command that would write them out before a power cut.
        subprocess.run(['cp', '--sparse=always', self.image, card], check=True)
        with open(stamp, 'w') as out:
            out.write(identity)
        return card

    def start_hub(self):
        link, agent = self._path('hub-link.sock'), self._path('hub-agent.sock')
        for path in (link, agent):
            remove(path)
        self.hub = Process('hub', [
            'qemu-system-arm', '-M', 'mcimx6ul-evk', '-m', '256',
            '-display', 'none', '-monitor', 'none',
            '-kernel', os.path.join(self._kernel, 'zImage'),
            '-dtb', built('image', 'hub.dtb'),
            '-append', 'console=ttymxc0 root=/dev/mmcblk1 rootwait rw '
            'imx.flood_check=0 panic=1 ' + self._extra,
            '-drive', f'file={self._make_card()},format=raw,if=sd,index=1',
            '-device', 'ds1338,bus=i2c-bus.0,address=0x68',
            '-nic', 'user,hostfwd=tcp:127.0.0.1:'
            f'{self.port}-:{DISPLAY_PORT}',
            '-chardev',
            f'file,id=console,path={self._path("console.log")},append=on',
            '-serial', 'chardev:console',
            '-serial', f'unix:{link},server=on,wait=off',
            '-serial', f'unix:{agent},server=on,wait=off',
        ] + self._hub_options, self._path('hub.log'))
        if self.image.endswith('test.ext4'):
            self.agent = Agent(agent, self.hub)
            self.agent.wait_ready()

    def cut_hub_power(self):
        if self.agent:
            self.agent.close()
            self.agent = None
        self.hub.kill()
