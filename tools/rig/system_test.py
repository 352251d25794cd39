# SPDX-License-Identifier: LGPL-2.1-or-later
"""The system test: a whole home, known loads, and everything that can fail.

One home is started once; the steps follow each other as an evening in its
life would. Each prints what it saw, TAP.
"""

import os
import subprocess
import sys
import threading
import time

import tap
from bench import Load
from guest_tests import UNHAPPY
from home import BUILD, TOP, Home, built
from qemu import RigError, wait_until
from readings import METER, Readings, shown_power_w, shown_rounding_w

LIMIT_S = 120           # for anything that takes seconds on an idle machine
TOLERANCE = 0.005
ZERO_W = 0.5            # what counts as nothing, W; only where truth is
FRESH_MS = 3000

# A command made, signed, MACed and checked, and a prepayment token.
EXAMPLE = os.path.join(TOP, 'daemons/gbcs-tool/examples/adjust-balance.txt')
PROTOCOL = r'''
set -e
cd $(mktemp -d)
supplier=4865617274680010 meter=48656172746800a0
gbcs-tool pki --out keys $supplier:supplier 4865617274680002:acb $meter:device
gbcs-tool make --sign --mac --keystore keys - >command <<'END'
%s
END
gbcs-tool verify --keystore keys command
parties="--keystore keys --supplier $supplier --device $meter"
gbcs-tool utrn check $parties \
	$(gbcs-tool utrn make $parties --counter 4294967296 --pounds 20)
'''

LOADS = [
    ('0 W', Load(current_a=0)),
    ('46 W', Load.of_power(46)),
    ('2.3 kW at PF 0.5', Load.of_power(2300, pf=0.5)),
    ('1.5 kW of export', Load.of_power(-1500)),
]


def allowed(truth):
    """How far a reading may be off: 0.5 %, of whatever unit."""
    return abs(truth) * TOLERANCE if abs(truth) >= 1 else ZERO_W


def close(seen, truth, what, rounding=0):
    """rounding: what the display's last digit may add."""
    limit = allowed(truth) + rounding
    assert abs(seen - truth) <= limit, \
        f'{what}: {seen}, the bench gives {truth:.3f} (+-{limit:.3f})'


class Watch:
    """Polls the display all the time: what it shows never goes back."""

    def __init__(self, readings):
        self.highest = {'import_wh': 0, 'export_wh': 0}
        self.polls = 0
        self.breaches = []
        self._readings = readings
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(0.5):
            view = self._readings.try_live()
            if view:
                self.see(view)

    def see(self, view):
        self.polls += 1
        for name, highest in self.highest.items():
            value = view.get(name)
            if value is None:
                continue
            if value < highest:
                self.breaches.append(f'{name} {highest} -> {value}')
            self.highest[name] = max(highest, value)

    def end(self):
        self._stop.set()
        self._thread.join()


class SystemTest:
    def __init__(self, home):
        self.home = home
        self.read = Readings(home)
        self.watch = None
        self.registers = {}     # highest seen in the kernel, mWh

    # --- what several steps need

    def agent(self, script, limit_s=60):
        return self.home.agent.out(script, limit_s)

    def kernel_registers(self):
        """The registers in mWh, checked against the highest seen before."""
        now = {}
        for index, name in enumerate(('import', 'export')):
            text = self.read.iio(f'in_energy{index}_raw')
            assert text is not None, f'no {name} register'
            now[name] = int(text)
            before = self.registers.get(name, 0)
            assert now[name] >= before, \
                f'{name} register went back: {before} -> {now[name]} mWh'
            self.registers[name] = now[name]
        return now

    def fresh(self):
        """Wait until D-Bus has a valid live power again; return it all."""
        def look():
            meter = self.read.try_meter()
            return meter if meter and \
                meter['ActivePower'][3] == 'valid' else None
        return wait_until('a valid live power on D-Bus', look, LIMIT_S, 0.3)

    def display(self, what, check):
        """Wait until the display's JSON view satisfies check."""
        def look():
            view = self.read.try_live()
            return view if view and check(view) else None
        return wait_until(f'the display to show {what}', look, LIMIT_S, 0.3)

    def settle(self, load):
        """Present a load; wait until D-Bus is near it; return what it says."""
        self.home.bench.apply(load)

        def near(reading, truth):
            return reading[3] == 'valid' and \
                abs(reading[0] / 1000 - truth) <= allowed(truth)

        def look():
            meter = self.read.try_meter()
            return meter if meter and \
                near(meter['ActivePower'], load.active_w) and \
                near(meter['ReactivePower'], load.reactive_var) else None
        return wait_until(f'D-Bus to show {load.active_w:.1f} W', look,
                          LIMIT_S, 0.3)

    def log_lines(self, pattern):
        status, out = self.home.agent.run(f'dmesg | grep -cE "{pattern}"')
        return int(out.strip() or 0)

    # --- the steps

    def boots(self):
        meter = self.fresh()
        self.display('a reading', lambda v: v['power_quality'] == 'valid')
        failed = self.agent('systemctl --failed --no-legend --plain')
        assert not failed.strip(), failed
        return f'{meter["ActivePower"][0] / 1000:.1f} W on D-Bus'

    def shows(self, load):
        meter = self.settle(load)
        value, age_ms, _, quality = meter['ActivePower']
        close(value / 1000, load.active_w, 'D-Bus ActivePower')
        assert quality == 'valid' and age_ms <= FRESH_MS, (quality, age_ms)
        close(meter['ReactivePower'][0] / 1000, load.reactive_var,
              'D-Bus ReactivePower')
        close(meter['Voltage'][0] / 1000, load.voltage_mv / 1000, 'Voltage')
        close(meter['CurrentLive'][0] / 1000, load.current_ua / 1000,
              'CurrentLive, mA')
        close(meter['CurrentNeutral'][0] / 1000, load.neutral_ua / 1000,
              'CurrentNeutral, mA')
        close(meter['Frequency'][0] / 1000, load.frequency_mhz / 1000,
              'Frequency')

        view = self.display(
            f'{load.active_w:.0f} W', lambda v: v['power_mw'] is not None and
            abs(v['power_mw'] / 1000 - load.active_w) <=
            allowed(load.active_w))
        assert view['power_age_ms'] <= FRESH_MS, view
        page = self.read.page()
        shown = shown_power_w(page['power'])
        assert shown is not None, f'the page shows "{page["power"]}"'
        close(shown, abs(load.active_w), 'the page',
              shown_rounding_w(page['power']))
        assert ('export' in page['direction'].lower()) == \
            (load.active_w < 0), page['direction']

        status, seen = self.read.meterctl()
        assert status == 0, f'meterctl status: exit status {status}'
        close(seen['meter']['ActivePower']['value'] / 1000, load.active_w,
              'meterctl')
        assert seen['meter']['ActivePower']['age_ms'] <= FRESH_MS, seen
        text = self.agent('meterctl status')
        assert page['power'] in text, f'meterctl prints:\n{text}'
        self.kernel_registers()
        return (f'D-Bus {value / 1000:.3f} W, page "{page["power"]}", '
                f'true {load.active_w:.3f} W')

    def counts(self):
        """Registers grow by what flowed, in the right one only."""
        result = []
        for load in (Load.of_power(9000), Load.of_power(-9000, pf=0.9)):
            self.settle(Load(current_a=0))
            self.still()
            before = self.kernel_registers()
            truth_before = self.home.bench.flowed_wh()
            self.home.bench.apply(load)
            start = self.home.bench.sets()
            wait_until('20 s of flow', lambda: self.home.bench.sets() >=
                       start + 160000, LIMIT_S, 0.5)
            self.settle(Load(current_a=0))
            self.still()
            truth = [a - b for a, b in zip(self.home.bench.flowed_wh(),
                                           truth_before)]
            after = self.kernel_registers()
            grown = [(after[n] - before[n]) / 1000
                     for n in ('import', 'export')]
            for name, seen, true in zip(('import', 'export'), grown, truth):
                # One no-load threshold's worth may end in the other window.
                assert abs(seen - true) <= max(true * TOLERANCE, 0.002), \
                    f'{name}: {seen} Wh counted, {true:.3f} Wh flowed'
            result.append(f'{max(grown):.3f} of {max(truth):.3f} Wh')
        return ', '.join(result)

    def still(self):
        """Wait until three LIVE frames in a row brought the same registers."""
        last = [None, 0, 0]

        def look():
            frames = int(self.read.mcu('link/rx_frames'))
            now = self.kernel_registers()
            if now != last[0]:
                last[0], last[1] = now, frames
            return frames >= last[1] + 3
        wait_until('still registers', look, LIMIT_S, 0.3)

    def wire_pulled(self):
        self.settle(Load.of_power(1000))
        lines = self.log_lines('hearth')
        self.home.relay.mode = 'cut'
        view = self.display('that the reading is old',
                            lambda v: v['power_quality'] != 'valid')
        page = self.read.page()
        assert shown_power_w(page['power']) != 0, page['power']
        assert page['freshness'] and 'updated' not in page['freshness'], \
            f'an old reading shown as fresh: {page["freshness"]}'
        assert page['energy-today'] == page['cost-today'] == 'no data', page
        assert view['energy_today_wh'] is None, view
        status, seen = self.read.meterctl()
        assert status == 3, f'meterctl status: exit status {status}'
        assert seen['meter']['ActivePower']['quality'] != 'valid', seen
        assert seen['display']['energy_today_text'] == 'no data', seen
        assert self.read.iio('in_power0_raw') is None
        # Silence that lasts is not news: ten more seconds, no more lines.
        age = view['power_age_ms'] or 0
        self.display('an age of ten more seconds', lambda v:
                     (v['power_age_ms'] or 0) >= age + 10000)
        self.home.relay.mode = 'pass'
        self.fresh()
        self.display('a fresh reading',
                     lambda v: v['power_quality'] == 'valid')
        lines = self.log_lines('hearth') - lines
        assert lines <= 4, f'{lines} lines in the kernel log'
        self.kernel_registers()
        return f'"{page["freshness"]}", {lines} lines in the kernel log'

    def loose_contact(self):
        """A wire that comes and goes fills no log."""
        lines = self.log_lines('hearth')
        for _ in range(4):
            for mode, state in (('cut', 'down'), ('pass', 'up')):
                self.home.relay.mode = mode
                wait_until(f'the link to be {state}', lambda:
                           self.read.mcu('link_state') == state, LIMIT_S, 0.3)
        self.fresh()
        lines = self.log_lines('hearth') - lines
        assert lines <= 3, f'{lines} lines in the kernel log'
        return f'{lines} lines in the kernel log'

    def noise(self):
        lines = self.log_lines('hearth')
        bad = int(self.read.mcu('link/rx_bad_crc')) + \
            int(self.read.mcu('link/rx_malformed'))
        self.home.relay.mode = 'noise'

        def spoilt():
            return int(self.read.mcu('link/rx_bad_crc')) + \
                int(self.read.mcu('link/rx_malformed')) >= bad + 8
        wait_until('eight spoilt frames', spoilt, LIMIT_S, 0.5)
        self.home.relay.mode = 'pass'
        meter = self.fresh()
        close(meter['ActivePower'][0] / 1000, self.home.bench.load.active_w,
              'after the noise')
        lines = self.log_lines('hearth') - lines
        assert lines <= 10, f'{lines} lines in the kernel log'
        self.kernel_registers()
        return f'{lines} lines in the kernel log'

    def daemon_killed(self, unit):
        pid = self.agent(f'systemctl show -p MainPID --value {unit}').strip()
        self.agent(f'systemctl kill -s KILL {unit}')
        wait_until(f'{unit} to be back', lambda: self.agent(
            f'systemctl show -p MainPID --value {unit}').strip()
            not in (pid, '0'), LIMIT_S, 0.3)
        self.fresh()
        view = self.display('a fresh reading',
                            lambda v: v['power_quality'] == 'valid')
        close(view['power_mw'] / 1000, self.home.bench.load.active_w,
              'the display')
        self.kernel_registers()

    def stays_unknown(self):
        """Without metrologyd nothing is known, and nothing is zero."""
        self.agent('systemctl stop hearth-metrologyd')
        view = self.display('no data',
                            lambda v: v['power_quality'] != 'valid')
        page = self.read.page()
        assert shown_power_w(page['power']) != 0, page['power']
        assert view['power_mw'] != 0, view
        self.agent('systemctl start hearth-metrologyd')
        self.fresh()
        return f'the page shows "{page["power"]}"'

    def driver_rebound(self):
        """The kernel's device goes and another comes; the daemon follows."""
        self.settle(Load.of_power(1200))
        self.kernel_registers()
        pid = self.agent('systemctl show -p MainPID --value '
                         'hearth-metrologyd').strip()
        driver = '/sys/bus/platform/drivers/hearth-metrology'
        device = self.agent(f'cd {driver} && ls -d hearth-metrology.*').strip()
        self.agent(f'echo {device} >{driver}/unbind')
        wait_until('D-Bus to say that there is no device', lambda:
                   self.read.try_meter()['SourceState'] == 'no-device',
                   LIMIT_S, 0.3)
        self.display('that the reading is old',
                     lambda v: v['power_quality'] != 'valid')
        self.agent(f'echo {device} >{driver}/bind')
        meter = self.fresh()
        close(meter['ActivePower'][0] / 1000, 1200, 'ActivePower')
        assert meter['ActiveImport'][3] == 'valid', meter
        self.display('a fresh reading',
                     lambda v: v['power_quality'] == 'valid')
        self.kernel_registers()
        assert pid == self.agent('systemctl show -p MainPID --value '
                                 'hearth-metrologyd').strip(), 'restarted'

    def mcu_reset(self):
        self.settle(Load.of_power(2000))
        boots = int(self.read.mcu('boot_count'))
        self.kernel_registers()
        self.home.reset_mcu()
        wait_until('the hub to notice', lambda:
                   int(self.read.mcu('boot_count')) == boots + 1, LIMIT_S, 0.5)
        self.fresh()
        self.kernel_registers()
        # The bench went back to its start values with the MCU.
        self.home.bench.restarted()
        self.settle(Load.of_power(2000))
        self.kernel_registers()

    def mcu_power_cut(self):
        boots = int(self.read.mcu('boot_count'))
        self.kernel_registers()
        self.home.kill_mcu()
        self.display('that the reading is old',
                     lambda v: v['power_quality'] != 'valid')
        self.home.start_mcu()
        wait_until('the hub to notice', lambda:
                   int(self.read.mcu('boot_count')) == boots + 1, LIMIT_S, 0.5)
        self.settle(Load.of_power(3000))
        self.kernel_registers()

    def hub_power_cut(self):
        before = self.display('a fresh reading',
                              lambda v: v['power_quality'] == 'valid')
        self.kernel_registers()
        self.home.cut_hub_power()
        self.home.start_hub()
        self.fresh()
        after = self.display('a fresh reading',
                             lambda v: v['power_quality'] == 'valid')
        self.kernel_registers()
        assert after['energy_today_since'] == before['energy_today_since'], \
            f'the day started at {before["energy_today_since"]}, ' \
            f'now at {after["energy_today_since"]}'
        assert after['energy_today_wh'] >= before['energy_today_wh'] or \
            after['day'] != before['day'], \
            f'today {before["energy_today_wh"]} -> ' \
            f'{after["energy_today_wh"]} Wh'
        return (f'today {before["energy_today_wh"]} -> '
                f'{after["energy_today_wh"]} Wh')

    def strangers(self):
        """Another user of the hub may neither read the meter nor pose as it."""
        as_nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups '
        status, out = self.home.agent.run(
            as_nobody + f'busctl call {METER} /uk/hearth/meter '
            'org.freedesktop.DBus.ObjectManager GetManagedObjects')
        assert status and 'ccess' in out, out
        # Root hears both daemons; others, listening as long, neither.
        listen = ('dbus-monitor --system "type=\'signal\',interface=\'org.'
                  'freedesktop.DBus.Properties\'" 2>&1 | grep '
                  '"member=PropertiesChanged"')

        def heard(who):
            return self.home.agent.run(f'timeout 5 {who} {listen}')[1]
        wait_until('root to hear the signals', lambda: all(
            path in heard('') for path in ('/uk/hearth/ihd1',
                                           '/uk/hearth/meter')), LIMIT_S)
        assert not heard(as_nobody), 'another user hears the readings'
        status, out = self.home.agent.run(
            as_nobody + 'busctl call org.freedesktop.DBus '
            '/org/freedesktop/DBus org.freedesktop.DBus RequestName su '
            'uk.hearth.Ihd1 2')
        assert status and 'ccess denied' in out, out

    def protocol_tool(self):
        """The protocol library is at home on 32 bits, too."""
        with open(EXAMPLE) as text:
            example = text.read()
        out = self.agent(PROTOCOL % example, LIMIT_S)
        assert '\tsig=valid\tmac=valid\tenc=none\troundtrip=same' in out, out
        assert 'accepted\nvalue\t20.00\ncounter\t4294967296' in out, out

    def never_back(self):
        self.watch.end()
        assert self.watch.polls > 100, f'only {self.watch.polls} polls'
        assert not self.watch.breaches, '\n'.join(self.watch.breaches)
        return (f'{self.watch.polls} polls of the display, import '
                f'{self.watch.highest["import_wh"]} Wh, export '
                f'{self.watch.highest["export_wh"]} Wh')

    def clean_log(self):
        log = self.agent('dmesg').splitlines()
        bad = [line for line in log if UNHAPPY.search(line)]
        assert not bad, '\n'.join(bad)
        return f'{len(log)} lines'

    def healthy(self):
        failed = self.agent('systemctl --failed --no-legend --plain')
        assert not failed.strip(), failed
        return self.clean_log()


def foreign_flash(folder):
    """A file that is not the MCU's flash is left as it is."""
    path = os.path.join(folder, 'foreign.bin')
    content = b'somebody else\'s' * 5000
    with open(path, 'wb') as out:
        out.write(content)
    done = subprocess.run(
        ['qemu-system-arm', '-M', 'mps2-an385', '-display', 'none',
         '-monitor', 'none', '-serial', 'none', '-kernel',
         built('firmware', 'mps2', 'hearth-mcu.elf'), '-semihosting-config',
         f'enable=on,target=native,arg=hearth-mcu,arg={path}'],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=LIMIT_S)
    assert done.returncode == 1, (done.returncode, done.stdout)
    assert 'another file?' in done.stdout, done.stdout
    with open(path, 'rb') as now:
        assert now.read() == content, 'it was written to'


def evening(home, script):
    start = time.monotonic()
    script.step('MCU: another file is no flash', foreign_flash, home.folder)
    home.start()
    test = SystemTest(home)
    script.step('boots, everything runs', test.boots)
    test.watch = Watch(test.read)
    for name, load in LOADS:
        script.step(f'shows {name}', test.shows, load)
    script.step('registers count what flowed', test.counts)
    script.step('another user is refused', test.strangers)
    script.step('the protocol tool on the hub', test.protocol_tool)
    script.step('wire pulled: stale, never zero; heals', test.wire_pulled)
    script.step('wire comes and goes: no flood', test.loose_contact)
    script.step('noise on the wire: heals, no flood', test.noise)
    for unit in ('hearth-metrologyd', 'hearth-ihdd'):
        script.step(f'{unit} killed', test.daemon_killed, unit)
    script.step('metrologyd stopped: unknown', test.stays_unknown)
    script.step('driver unbound and bound', test.driver_rebound)
    script.step('MCU reset', test.mcu_reset)
    script.step('MCU power cut without hold-up', test.mcu_power_cut)
    # The cut takes the log of all that came before with it.
    script.step('clean kernel log so far', test.clean_log)
    script.step('hub power cut', test.hub_power_cut)
    script.step('energy shown never went back', test.never_back)
    script.step('no failed unit, clean kernel log', test.healthy)
    script.note(f'{time.monotonic() - start:.0f} s')


def main():
    script = tap.Script()
    try:
        with Home(os.path.join(BUILD, 'system'), image='test') as home:
            evening(home, script)
    except (RigError, OSError) as err:
        print(f'Bail out! {err}')
        return 1
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
