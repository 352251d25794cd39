# SPDX-License-Identifier: LGPL-2.1-or-later
"""The display's page in a real browser: phone, dark, live, lost; TAP.

Screenshots go to build/check/page/. Skips where there is no Chromium.
"""

import os
import shutil
import sys

from harness import LIMIT_S, TOP, Stage, wait_until
import tap
from test_daemons import DaemonTest

OUT = os.path.join(os.environ.get('BUILD', os.path.join(TOP, 'build')),
                   'check', 'page')
STEPS = []


def step(name):
    def add(function):
        STEPS.append((name, function))
        return function
    return add


# Contrast (WCAG 2) of every element that has text of its own, and the
# smallest of them; backgrounds are plain colours here.
CONTRAST = '''
function rgb(c) {
	const m = c.match(/[\\d.]+/g).map(Number);
	return m.length > 3 && m[3] === 0 ? null : m.slice(0, 3);
}
function luminance(c) {
	const [r, g, b] = c.map((v) => {
		v /= 255;
		return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ground(e) {
	for (; e; e = e.parentElement) {
		const c = rgb(getComputedStyle(e).backgroundColor);
		if (c) return c;
	}
	return [255, 255, 255];
}
let worst = [99, ""];
for (const e of document.body.querySelectorAll("*")) {
	if (![...e.childNodes].some((n) => n.nodeType === 3 &&
				    n.textContent.trim()) ||
	    !e.getClientRects().length)
		continue;
	const a = luminance(rgb(getComputedStyle(e).color));
	const b = luminance(ground(e));
	const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
	if (ratio < worst[0]) worst = [ratio, e.id || e.className || e.tagName];
}
return worst;
'''


class Page:
    def __init__(self, test, driver):
        self.test = test
        self.driver = driver
        self.url = f'http://127.0.0.1:{test.web.port}/'

    def size(self, width, height):
        """Of the viewport: phones are narrower than a window may be."""
        self.driver.execute_cdp_cmd(
            'Emulation.setDeviceMetricsOverride',
            {'width': width, 'height': height, 'deviceScaleFactor': 1,
             'mobile': True})

    def scheme(self, name):
        self.driver.execute_cdp_cmd(
            'Emulation.setEmulatedMedia',
            {'features': [{'name': 'prefers-color-scheme', 'value': name}]})

    def text(self, ident):
        return self.driver.execute_script(
            'return document.getElementById(arguments[0]).textContent', ident)

    def shot(self, name):
        self.driver.save_screenshot(os.path.join(OUT, name + '.png'))

    def show(self, what, power_mw):
        """Have the meter measure this until the page shows it."""
        self.test.fake.values[3] = power_mw

        def look():
            self.test.fake.send()
            return self.text('power') == what
        wait_until(f'the page to show {what}', look)

    def overflow(self):
        return self.driver.execute_script(
            'return document.documentElement.scrollWidth - '
            'document.documentElement.clientWidth')

    def contrast(self):
        ratio, where = self.driver.execute_script(CONTRAST)
        assert ratio >= 7, f'{ratio:.1f}:1 at {where}'
        return ratio

    # --- the steps

    @step('live: follows the meter without a reload')
    def live(self):
        self.size(1024, 768)
        self.driver.get(self.url)
        self.show('46 W', 46000)
        self.driver.execute_script('window.notReloaded = true')
        self.show('2.30 kW', 2300000)
        assert self.driver.execute_script('return window.notReloaded')
        assert self.driver.title.startswith('2.30 kW'), self.driver.title
        self.shot('desktop')

    @step('320 px: nothing sticks out, light and dark, 7:1 contrast')
    def phone(self):
        self.size(320, 640)
        worst = 99
        for scheme in ('light', 'dark'):
            self.scheme(scheme)
            for text, power, level in (('46 W', 46000, 'Low'),
                                       ('900 W', 900000, 'Medium'),
                                       ('22.80 kW', 22800000, 'High'),
                                       ('1.50 kW', -1500000, '')):
                self.show(text, power)
                assert self.overflow() <= 0, \
                    f'{text} sticks out by {self.overflow()} px'
                assert level in self.text('ambient'), self.text('ambient')
                worst = min(worst, self.contrast())
                self.shot(f'phone-{scheme}-{text.replace(" ", "-")}')
            assert 'xport' in self.text('direction')
        return f'least contrast {worst:.1f}:1'

    @step('low, medium and high differ without colour')
    def shapes(self):
        filled = {}
        for text, power in (('46 W', 46000), ('900 W', 900000),
                            ('5.00 kW', 5000000)):
            self.show(text, power)
            # The level is an attribute set in the same breath.
            filled[text] = self.driver.execute_script(
                "return [...document.querySelectorAll('.bars i')].filter("
                "(e) => getComputedStyle(e).backgroundColor !== "
                "'rgba(0, 0, 0, 0)').length")
        assert list(filled.values()) == [1, 2, 3], filled

    @step('text at 200 % fits a phone')
    def large_text(self):
        self.driver.execute_script(
            "document.documentElement.style.fontSize = '200%'")
        self.show('22.80 kW', 22800000)
        assert self.overflow() <= 0, f'sticks out by {self.overflow()} px'
        self.shot('phone-200-percent')
        self.driver.execute_script(
            "document.documentElement.style.fontSize = ''")

    @step('silent meter: said to be old, not shown as zero')
    def silent(self):
        wait_until('the page to say so', lambda:
                   self.text('power') == 'no data')
        assert 'no reading for' in self.text('freshness'), \
            self.text('freshness')
        self.contrast()
        self.shot('phone-silent')
        self.show('900 W', 900000)

    @step('hub gone: the page says the connection is lost, and heals')
    def lost(self):
        visible = ("return !document.getElementById('lost').hidden")
        self.test.ihdd.kill()
        wait_until('the notice', lambda: self.driver.execute_script(visible))
        assert self.text('power') == 'no data', self.text('power')
        assert self.overflow() <= 0, f'sticks out by {self.overflow()} px'
        self.contrast()
        self.shot('phone-lost')
        # The same address again, as a hub would have.
        self.test.ihdd.argv = [
            arg.replace('ihdd.conf', 'same-port.conf')
            for arg in self.test.ihdd.argv]
        path = os.path.join(self.test.stage.folder, 'same-port.conf')
        with open(path, 'w') as file:
            file.write(f'port = {self.test.web.port}\nbind = 127.0.0.1\n')
        self.test.ihdd.start()
        self.test.find_port()
        self.show('900 W', 900000)
        assert not self.driver.execute_script(visible)

    @step('without scripts: right when loaded')
    def no_scripts(self):
        self.test.await_view('900 W', lambda v: v['power_text'] == '900 W' and
                             v['power_quality'] == 'valid')
        self.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled',
                                    {'value': True})
        try:
            self.driver.get(self.url)
            seen = self.driver.page_source
        finally:
            self.driver.execute_cdp_cmd(
                'Emulation.setScriptExecutionDisabled', {'value': False})
        assert '900 W' in seen

    @step('nothing from elsewhere, no error in the console')
    def clean(self):
        self.driver.get_log('browser')
        self.driver.get(self.url)
        self.show('900 W', 900000)
        names = self.driver.execute_script(
            "return performance.getEntriesByType('resource')"
            ".map((e) => e.name)")
        assert names and all(name.startswith(self.url) for name in names), \
            names
        log = self.driver.get_log('browser')
        assert not log, log


def browser():
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which('chromium')
    for argument in ('--headless=new', '--no-sandbox', '--disable-gpu',
                     '--disable-dev-shm-usage', '--no-first-run'):
        options.add_argument(argument)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    driver = webdriver.Chrome(
        service=Service(shutil.which('chromedriver')), options=options)
    driver.set_script_timeout(LIMIT_S)
    return driver


def main():
    script = tap.Script()
    missing = [name for name in ('chromium', 'chromedriver')
               if not shutil.which(name)]
    try:
        import selenium     # noqa: F401, only whether it is there
    except ImportError:
        missing.append('python3-selenium')
    if missing:
        for name, _ in STEPS:
            script.skip(name, f'no {", ".join(missing)}: run tools/setup.sh '
                        'check')
        return script.end()
    os.makedirs(OUT, exist_ok=True)
    with Stage() as stage:
        test = DaemonTest(stage)
        test.no_device()
        test.publishes()
        test.start_ihdd()
        driver = browser()
        try:
            page = Page(test, driver)
            for name, function in STEPS:
                script.step(name, function, page)
        finally:
            driver.quit()
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
