# SPDX-License-Identifier: LGPL-2.1-or-later
"""gbcs-tool as its users call it, on messages and keys made here; and over the
reference messages where they are (GBCS_RTDS_DIR, default ../shared/rtds)."""

import collections
import csv
import glob
import json
import os
import subprocess
import sys
import tempfile

from harness import BIN, TOP
import oracle
import tap

TOOL = os.path.join(BIN, 'gbcs-tool')
EXAMPLES = os.path.join(TOP, 'daemons/gbcs-tool/examples')
RTDS = os.environ.get('GBCS_RTDS_DIR') or os.path.join(TOP, '../shared/rtds')
TABLES = os.path.join(TOP, '../shared/spec/gbcs')

SUPPLIER, ESME, GSME = ('4865617274680010', '48656172746800a0',
                        '48656172746800a1')
STEP = 2**32


def run(*argv, given=None, status=0, limit_s=120):
    """The output; the exit status is asserted."""
    done = subprocess.run([TOOL, *argv], input=given, capture_output=True,
                          text=True, timeout=limit_s)
    assert done.returncode == status, (
        f'gbcs-tool {" ".join(argv)[:200]}: exit status {done.returncode}, '
        f'not {status}: {done.stderr[-500:]}')
    if status:
        assert done.stderr or done.stdout, 'failed without a word'
    return done.stdout


def complaint(*argv, given=None, status=2):
    done = subprocess.run([TOOL, *argv], input=given, capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == status, (argv, done.returncode, done.stderr)
    return done.stderr


class ToolTest:
    def __init__(self, folder):
        self.folder = folder
        self.keys = os.path.join(folder, 'keys')

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as out:
            out.write(text)
        return path

    def verify(self, path, status=0):
        line = run('verify', '--keystore', self.keys, path, status=status)
        fields = line.rstrip('\n').split('\t')
        assert len(fields) == 7 and fields[0] == path, fields
        return fields[1:]

    # --- usage

    def usage(self):
        assert 'verify --keystore DIR' in run('--help')
        assert 'gbcs-tool (hearth)' in run('--version')
        for command in ('decode', 'verify', 'make', 'sign', 'mac', 'utrn',
                        'pki', 'usecases'):
            assert run(command, '--help').startswith(command)
        assert 'try' in complaint('frobnicate')
        assert 'no option' in complaint('decode', '--frob', 'x')
        assert 'needs a value' in complaint('verify', 'x', '--keystore')
        assert 'no FILE' in complaint('decode')
        assert '--keystore' in complaint('verify', 'x')
        assert 'No such file' in complaint('decode', '/nonexistent', status=1)
        assert 'No such file' in complaint(
            'verify', '--keystore', '/nonexistent', 'x', status=1)

    def bad_input(self):
        empty = self.write('empty', '')
        assert 'empty' in complaint('decode', empty, status=1)
        for text in ('zz', 'DF0', 'nonsense', 'DF 09 ' * 40000):
            complaint('decode', '-', given=text, status=1)
        assert 'not a message' in complaint('decode', '-', given='DF09',
                                            status=1)

    # --- keys

    def pki(self):
        run('pki', '--out', self.keys)
        files = sorted(os.listdir(self.keys))
        assert f'{SUPPLIER}-pp-ka.key' in files and 'root.pem' in files
        for name in files:
            mode = os.stat(os.path.join(self.keys, name)).st_mode & 0o777
            assert mode == (0o600 if name.endswith('.key') else 0o644), name
        with open(os.path.join(self.keys, f'{ESME}-ds.key')) as key:
            before = key.read()
        assert 'File exists' in complaint('pki', '--out', self.keys, status=1)
        with open(os.path.join(self.keys, f'{ESME}-ds.key')) as key:
            assert key.read() == before
        other = os.path.join(self.folder, 'other')
        run('pki', '--out', other, '1122334455667788:supplier:Another',
            '8877665544332211:device')
        assert len(os.listdir(other)) == 6 + 6 + 4
        assert 'none of the roles' in complaint('pki', '--out', other,
                                                '1122334455667788:king')

    def chain(self):
        """OpenSSL's own verification agrees with the test PKI."""
        path = [os.path.join(self.keys, name) for name in
                ('root.pem', 'org-ca.pem', f'{SUPPLIER}-ds.pem')]
        done = subprocess.run(
            ['openssl', 'verify', '-ignore_critical', '-CAfile', path[0],
             '-untrusted', path[1], path[2]], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    # --- messages

    def examples(self):
        paths = sorted(glob.glob(os.path.join(EXAMPLES, '*.txt')))
        assert len(paths) >= 5
        for path in paths:
            made = run('make', path)
            again = run('make', '-', given=run('decode', '--describe', '-',
                                               given=made))
            assert made == again, path
            assert run('decode', '-', given=made).startswith('message')
        return f'{len(paths)} descriptions'

    def steps_to_a_command(self):
        path = os.path.join(EXAMPLES, 'adjust-balance.txt')
        pre = run('make', path)
        assert self.verify(self.write('pre', pre))[1:] == [
            'command', 'sig=none', 'mac=none', 'enc=none', 'roundtrip=same']
        signed = run('sign', '--keystore', self.keys, '-', given=pre)
        command = run('mac', '--keystore', self.keys, '-', given=signed)
        assert self.verify(self.write('command', command)) == [
            '0x001c', 'command', 'sig=valid', 'mac=valid', 'enc=none',
            'roundtrip=same']
        # Newer pre-commands end with an empty signature field.
        assert self.verify(self.write('signed', run(
            'sign', '--keystore', self.keys, '-',
            given=pre.strip() + '00')))[2] == 'sig=valid'
        at_once = run('make', '--sign', '--mac', '--keystore', self.keys, path)
        assert self.verify(self.write('at-once', at_once))[2:4] == [
            'sig=valid', 'mac=valid']
        octets = bytearray.fromhex(command)
        octets[60] ^= 1
        changed = self.write('changed', octets.hex())
        assert self.verify(changed, status=1)[2:4] == ['sig=invalid',
                                                       'mac=invalid']
        binary = os.path.join(self.folder, 'binary')
        with open(binary, 'wb') as out:
            out.write(bytes.fromhex(command))
        assert self.verify(binary)[2] == 'sig=valid'
        cut = self.write('cut', command.strip()[:-2])
        assert self.verify(cut, status=1)[:2] == ['-', 'malformed']

    def missing_keys(self):
        few = os.path.join(self.folder, 'few')
        os.mkdir(few)
        command = os.path.join(self.folder, 'command')
        out = run('verify', '--keystore', few, command)
        assert 'sig=nokey\tmac=nokey' in out, out
        assert 'no private signature key' in complaint(
            'sign', '--keystore', few, command, status=1)
        assert 'no key agreement keys' in complaint(
            'mac', '--keystore', few, command, status=1)

    def decoded(self):
        command = os.path.join(self.folder, 'command')
        message, = json.loads(run('decode', '--json', '--keystore', self.keys,
                                  command))
        fields = {}

        def walk(node):
            fields.setdefault(node['name'], node.get('meaning'))
            for child in node.get('fields', ()):
                walk(child)
        walk(message)
        assert fields['double-long'.join(['[0] ', ''])] == '1200000', fields
        assert fields['signature check'] == fields['MAC check'] == 'valid'
        assert fields['originator'] == SUPPLIER
        text = run('decode', command)
        assert 'Meter Balance' in text and '1200000' in text

    def bad_descriptions(self):
        with open(os.path.join(EXAMPLES, 'adjust-balance.txt')) as source:
            good = source.read()
        for old, new, says in (
                ('ECS04a', 'ECS99', 'line 4: there is no use case'),
                ('command', 'order', 'command, response or alert'),
                ('1003', '-1', 'counter'),
                ('4865617274680010', '48656', 'EUI-64'),
                ('112 0', '70000 0', 'class'),
                ('0-0:19.10.0.255', '0-0:19.10.0', 'OBIS'),
                ('double-long', 'double', "here is 'double'"),
                ('double-long', 'array { double', 'the type of a value'),
                ('1200000', '3000000000', 'double-long'),
                ('1200000', 'much', 'double-long'),
                ('}', '', 'is expected'),
                ('}', '} }', 'after the content'),
                ('action', 'poke', 'get, get-select'),
                ('double-long 1200000', 'visible-string "x', 'no " at its end'),
                ('double-long 1200000', 'octet-string 123', 'hexadecimal'),
                ('double-long 1200000', 'array {' * 40, 'nested'),
                ('double-long 1200000', 'octet-string ' + '00' * 20000,
                 'too long')):
            said = complaint('make', '-', given=good.replace(old, new),
                             status=1)
            assert says in said, (old, new, said)

    # --- tokens

    def tokens(self):
        parties = ('--keystore', self.keys, '--supplier', SUPPLIER, '--device',
                   ESME)
        token = run('utrn', 'make', *parties, '--counter', str(7 * STEP),
                    '--pence', '1250').strip()
        assert len(token) == 20 and token.startswith('73'), token
        assert run('utrn', 'check', *parties, token) == (
            f'accepted\nvalue\t12.50\ncounter\t{7 * STEP}\n')
        wrong = token[:-1] + str((int(token[-1]) + 1) % 10)
        for argv, says in (
                ((wrong,), 'check digit'),
                ((token[:-1],), 'not 20 digits'),
                (('--used', f'{6 * STEP},{7 * STEP}', token), 'used before'),
                (('--highest', str(7 * STEP), token), 'used before'),
                (('--highest', str(5000 * STEP), token), 'not authentic')):
            out = run('utrn', 'check', *parties, *argv, status=1)
            assert says in out, (argv, out)
        assert 'not authentic' in run(
            'utrn', 'check', '--keystore', self.keys, '--supplier', SUPPLIER,
            '--device', GSME, token, status=1)
        assert 'multiple of 4294967296' in complaint(
            'utrn', 'make', *parties, '--counter', '5', '--pounds', '1')
        assert '--pounds' in complaint('utrn', 'make', *parties, '--counter',
                                       str(STEP), '--pounds', '8192')

    # --- the table of use cases

    @staticmethod
    def table():
        lines = run('usecases').splitlines()
        rows = [dict(zip(lines[0].lstrip('#').split('\t'), line.split('\t')))
                for line in lines[1:]]
        assert len(rows) == 254, len(rows)
        assert all(len(row) == 13 for row in rows)
        assert run('usecases', 'ECS04a').count('\n') == 2
        complaint('usecases', 'ECS99', status=1)
        return rows

    def use_cases(self):
        self.table()

    def no_use_case_is_missing(self):
        rows = self.table()
        names = {row['name']: row for row in rows}
        codes = collections.Counter(row['code'] for row in rows)
        with open(os.path.join(TABLES, 'message-codes.tsv')) as table:
            for line in csv.DictReader(table, delimiter='\t'):
                assert codes[line['message_code']], line
        encodings = {'DLMS': 'DLMS', 'GBZ': 'GBZ', 'ASN.1': 'ASN.1'}
        count = 0
        with open(os.path.join(TABLES, 'usecases.tsv')) as table:
            for line in csv.DictReader(table, delimiter='\t'):
                row = names[line['use_case']]
                count += 1
                assert row['code'] in line['message_codes_hex'], line
                assert row['encoding'] == encodings[line['encoding']], line
                for column, name in (('future_dated_capable', 'future-dated'),
                                     ('replay_protection',
                                      'replay-protected')):
                    if line[column] in ('Yes', 'No'):
                        assert (name in row['properties']) == (
                            line[column] == 'Yes'), (line, name)
                kinds = line['message_types(count)']
                for kind in ('COMMAND', 'RESPONSE'):
                    if f' {kind}:' in f' {kinds}':
                        assert kind.lower() in row['messages'].split(','), line
        return f'{count} use cases, {len(codes)} message codes'


# --- over the reference messages

def reference_files():
    return sorted(glob.glob(os.path.join(RTDS, 'messages/*/*.HEX')))


def all_verify(files):
    keystore = os.path.join(RTDS, 'keystore')
    lines = run('verify', '--keystore', keystore, *files).splitlines()
    assert len(lines) == len(files)
    seen = collections.Counter()
    for path, line in zip(files, lines):
        fields = line.split('\t')
        assert fields[0] == path and len(fields) == 7, line
        kind = path.rsplit('/', 1)[1]
        assert fields[2].upper() in kind, line
        assert fields[6] == 'roundtrip=same', line
        assert fields[5] in ('enc=ok', 'enc=none'), line
        assert fields[3] in ('sig=valid', 'sig=none'), line
        # Between two devices; neither's private key is there.
        assert fields[4] in ('mac=valid', 'mac=none') or (
            fields[4] == 'mac=nokey' and fields[1] in ('0x0090', '0x009b')), \
            line
        for field in fields[3:]:
            seen[field] += 1
    assert seen['sig=valid'] > 50 and seen['mac=valid'] > 100, seen
    return ', '.join(f'{count} {what}' for what, count in seen.most_common())


def same_facts(files):
    messages = json.loads(run('decode', '--json', '--keystore',
                              os.path.join(RTDS, 'keystore'), *files))
    seen, wrong = collections.Counter(), []

    for path, message in zip(files, messages):
        with open(path.replace('.HEX', '.json')) as tree:
            tree = json.load(tree)

        def report(kind, there, here):
            seen[kind] += 1
            if kind in ('octets', 'boundary', 'other'):
                wrong.append(f'{os.path.basename(path)}: {kind}: {there} is '
                             f'{here} here')
        oracle.compare(message, tree, report)
    assert seen['same'] > 1000, seen
    assert not wrong, '\n'.join([f'{len(wrong)} differ'] + wrong[:20])
    return ', '.join(f'{count} {what}' for what, count in seen.most_common())


def described_and_made(files):
    for path in files:
        with open(path) as message:
            octets = message.read().strip()
        text = run('decode', '--describe', path)
        assert '\ncontent ' not in text, f'{path}: not understood'
        made = run('make', '-', given=text).strip()
        if not text.count(' command\n'):
            made = made[:-2]    # an empty signature field
        assert made in octets, path
    return f'{len(files)} messages'


def main():
    script = tap.Script()
    with tempfile.TemporaryDirectory(prefix='hearth-gbcs-') as folder:
        test = ToolTest(folder)
        script.step('help and wrong usage', test.usage)
        script.step('bad input is refused', test.bad_input)
        script.step('pki makes keys, and keeps those that are', test.pki)
        script.step('its certificates verify with openssl', test.chain)
        script.step('examples are made, described and made again',
                    test.examples)
        script.step('make, sign, mac, verify', test.steps_to_a_command)
        script.step('missing keys are said', test.missing_keys)
        script.step('decode tells what is in it', test.decoded)
        script.step('bad descriptions are refused', test.bad_descriptions)
        script.step('tokens are made and checked', test.tokens)
        script.step('the table of use cases', test.use_cases)
        if os.path.isdir(TABLES):
            script.step('no use case is missing', test.no_use_case_is_missing)
        else:
            script.skip('no use case is missing', f'no {TABLES}')
    files = reference_files()
    for name, function in (
            ('all reference messages verify', all_verify),
            ('decoded as another decoder does', same_facts),
            ('described and made again', described_and_made)):
        if files:
            script.step(f'{name} ({len(files)})', function, files)
        else:
            script.skip(name, f'no messages in {RTDS}')
    return script.end()


if __name__ == '__main__':
    sys.exit(main())
