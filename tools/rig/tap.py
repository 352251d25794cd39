# SPDX-License-Identifier: LGPL-2.1-or-later
"""TAP and KTAP: counting what test programs print, and printing our own."""

import re
import sys
import traceback

_RESULT = re.compile(r'^(ok|not ok)\b\s*(\d+)?\s*(?:- )?(.*?)\s*'
                     r'(?:#\s*(SKIP|XFAIL|TODO)\b(.*))?$', re.IGNORECASE)
_PLAN = re.compile(r'^1\.\.(\d+)')


class Count:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.failures = []      # names
        self.skips = []         # names with reasons

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        self.skips += other.skips

    def __str__(self):
        return (f'{self.passed} passed, {self.failed} failed, '
                f'{self.skipped} skipped')


def count(text, source):
    """Count the innermost results of (K)TAP text.

    A line for a whole suite only repeats the results indented below it, so
    it counts only where there are none (a suite that crashed or skipped).
    A plan with fewer results than it promises is a failure.
    """
    total = Count()
    inner = {}          # indentation -> [results, failures] not yet summed up
    plan = None
    at_top = 0
    for line in text.splitlines():
        body = line.lstrip(' ')
        indent = len(line) - len(body)
        found = _PLAN.match(body)
        if found and indent == 0:
            plan = int(found.group(1)) + (plan or 0)
        found = _RESULT.match(body)
        if not found:
            continue
        at_top += indent == 0
        ok = found.group(1).lower() == 'ok'
        deeper = [inner.pop(depth) for depth in list(inner) if depth > indent]
        results = sum(n for n, _ in deeper)
        failures = sum(n for _, n in deeper)
        tally = inner.setdefault(indent, [0, 0])
        tally[0] += 1
        tally[1] += not ok
        if results and (ok or failures):
            continue
        name = f'{source}: {found.group(3)}'
        if ok and (found.group(4) or '').upper() == 'SKIP':
            total.skipped += 1
            total.skips.append(f'{name} ({found.group(5).strip()})')
        elif ok:
            total.passed += 1
        else:
            total.failed += 1
            total.failures.append(name)
    if plan is not None and at_top < plan:
        total.failed += 1
        total.failures.append(f'{source}: {at_top} results of {plan} planned')
    return total


class Script:
    """Numbered checks of a test written in Python, printed as TAP.

    A check that fails does not end the test; one whose ground is missing
    (an exception of the rig) fails and the next one is tried.
    """

    def __init__(self, out=sys.stdout):
        self.count = 0
        self.failed = 0
        self._out = out

    def _print(self, text):
        print(text, file=self._out, flush=True)

    def note(self, text):
        for line in str(text).splitlines():
            self._print(f'# {line}')

    def step(self, name, function, *args):
        """function returns None (passed) or a text saying what it saw."""
        self.count += 1
        try:
            seen = function(*args)
        except AssertionError as err:
            self.failed += 1
            self._print(f'not ok {self.count} - {name}')
            self.note(err)
        except Exception:
            self.failed += 1
            self._print(f'not ok {self.count} - {name}')
            self.note(traceback.format_exc())
        else:
            self._print(f'ok {self.count} - {name}'
                        f'{": " + seen if seen else ""}')

    def skip(self, name, reason):
        self.count += 1
        self._print(f'ok {self.count} - {name} # SKIP {reason}')

    def end(self):
        """Print the plan; return the exit status."""
        self._print(f'1..{self.count}')
        return 1 if self.failed else 0
