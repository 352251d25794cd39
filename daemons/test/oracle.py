# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compares gbcs-tool's decoded messages with another decoder's JSON.

Both name each field and say what its octets mean, in words of their own. What
has to be the same: that all octets are there, in their order; where the other
one ends a field, so do we; and what a field means, as far as it can be
compared: numbers, times, texts, OBIS codes, results and names.
"""

import re
import struct

MONTHS = ('January February March April May June July August September '
          'October November December').split()

# Fields that are said in other words, and the words that mean the same: by the
# other decoder's field and how its words begin, ours.
WORDS = {
    ('Sub-payload Control', 'Block or Block/TOU'): '0x00',
    ('Sub-payload Control', 'TOU'): '0x01',
    ('Sub-payload Control', 'Block thresholds apply to all TOU tiers'): '0x01',
    ('Tariff Type / Charging Scheme', 'Block Tariff / Delivered Tariff'):
        'delivered-block',
    ('Tariff Type / Charging Scheme', 'TOU Tariff / Delivered Tariff'):
        'delivered-tou',
    ('Proposed Payment Control Configuration', 'Prepayment mode'):
        'prepayment',
    ('Proposed Payment Control Configuration', 'Credit mode'): 'credit',
    ('Debt Amount Type', 'Payment-based debt Incremental'):
        'debt-3-incremental',
    ('Credentials Replacement Mode', 'ACB by ACB'):
        'access control broker by itself',
    ('Credentials Replacement Mode', 'Supplier by TransCoS'):
        'supplier by transitional change of supplier',
    ('Response Code', 'Not in Device Log'): 'not in log',
    ('Response Code', 'Read Success'): 'success',
    ('Response Code', 'Read Failure'): 'failure',
    ('Response Code', 'Invalid Join Method and Role'): 'bad method and role',
    ('Other Info', 'Error Unexpected Hardware Reset'): 'unexpected reset',
    # A number in the table of this command, a time by habit.
    ('Message Id', '2015-01-01 00:00:00'): '473385600',
    # A range of bytes that is no date: year 0, and no day.
    ('Octet String', 'Every day January 0'): '0000-01-*',
}

class Field:
    def __init__(self, name, octets, meaning):
        self.name = name
        self.octets = octets
        self.meaning = meaning
        self.at = 0

    def __repr__(self):
        return f'{self.name} [{self.octets.hex()}] {self.meaning!r}'


def placed(fields):
    """Give each its offset; return them with all octets."""
    octets = b''
    for field in fields:
        field.at = len(octets)
        octets += field.octets
    return fields, octets


def ours(message):
    """The fields of the message, and of what was decrypted."""
    main, decrypted = [], []

    def walk(node, out):
        if node['name'] == 'decrypted':
            out = decrypted
        out.append(Field(node['name'], bytes.fromhex(node.get('hex', '')),
                         node.get('meaning')))
        for child in node.get('fields', ()):
            walk(child, out)
    walk(message, main)
    return placed(main), placed(decrypted)


def theirs(tree):
    main, decrypted = [], []

    def walk(node, out):
        for name, value in node.items():
            if 'hex' in value:
                out.append(Field(name, bytes.fromhex(value['hex']),
                                 value.get('notes')))
                walk(value.get('children', {}), out)
            else:
                walk(value, out)
    for name, value in tree.items():
        walk({name: value}, decrypted if name.startswith('Decrypted') else
             main)
    return placed(main), placed(decrypted)


def times(text):
    """What a date or time of the other decoder is with us, as a pattern.

    '01 January 2015 00:00:00.00', '29 April every year', '09:30:00.00'; it
    leaves out tens of hours and so on at times, which then may be anything.
    """
    date, clock = r'', r''
    found = re.match(r'(\d\d) (\w+) (\d{4}|every year)', text)
    if found and found[2] in MONTHS:
        year = r'\*' if found[3] == 'every year' else found[3]
        date = f'{year}-{MONTHS.index(found[2]) + 1:02}-{found[1]}'
        text = text[found.end():].strip()
    found = re.fullmatch(r'(\d\d)?:(\d\d)?:(\d\d)?(?:\.00)?', text)
    if found:
        clock = ':'.join(part or r'\d\d' for part in found.groups())
        text = ''
    if text or not date and not clock:
        return None
    return date + ('T' if date and clock else '') + clock


def plain(text):
    return re.sub(r'[^a-z0-9]', '', re.sub(r'\\x..', '', text.lower()))


def numbers(octets):
    """What octets may be as a number; behind a tag and length, too."""
    return {int.from_bytes(part, order, signed=signed)
            for part in (octets, octets[1:], octets[2:])
            for order in ('big', 'little') for signed in (False, True)}


def same(field, here):
    """None where it cannot be compared."""
    note, meaning = field.meaning, here.meaning
    if meaning is None:
        return None
    for (name, words), ours_are in WORDS.items():
        if field.name.split('] ')[-1] == name and note.startswith(words):
            return ours_are in meaning
    pattern = times(re.sub(r'(\d{4})-(\d\d)-(\d\d) (?=\d\d:)', lambda m:
                           f'{m[3]} {MONTHS[int(m[2]) - 1]} {m[1]} ',
                           note.removesuffix(' Z')))
    if pattern:
        # "now" is sent as 0, and the last seconds there are mean never.
        return bool(re.search(pattern, meaning)) or (
            meaning == 'now' and not any(field.octets)) or (
            meaning in ('cancel', 'never') and
            note[:4] in ('2136', '9999'))
    number = re.fullmatch(r'(?:IC|Attribute|Method|Number of elements)? ?'
                          r'(0x[0-9a-fA-F]+|-?\d+)(?: elements?)?', note)
    if number:
        # Where we have a name for it, its octets say as much.
        return (re.match(r'-?\d*', meaning)[0] == number[1] or
                plain(note) == plain(meaning) or
                int(number[1], 0) in numbers(field.octets))
    if field.name == 'Message Code':
        name = note.split()[0]
        return not re.match(r'[A-Z]+\d', name) or name in meaning.split()[1]
    return plain(note) in plain(meaning) or plain(meaning) in plain(note)


def compare(message, tree, report):
    """report(kind, theirs, ours) is called for each field compared."""
    for (mine, my_octets), (other, other_octets) in zip(ours(message),
                                                        theirs(tree)):
        if my_octets != other_octets:
            report('octets', other_octets.hex(), my_octets.hex())
            continue
        starts = {}
        for field in mine:
            if field.octets:
                starts.setdefault(field.at, field)
        ends = {field.at + len(field.octets) for field in mine}
        for field in other:
            if not field.octets:
                continue
            there = starts.get(field.at)
            if field.at + len(field.octets) not in ends and there is None:
                report('boundary', field, None)
            elif field.name == 'MAC':
                check = [f.meaning for f in mine if f.name == 'MAC check']
                report('same' if check == [field.meaning] or
                       field.meaning != 'valid' else 'other', field, check)
            elif field.meaning and there:
                verdict = same(field, there)
                report({True: 'same', False: 'other',
                        None: 'not compared'}[verdict], field, there)
