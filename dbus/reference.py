# SPDX-License-Identifier: LGPL-2.1-or-later
"""The D-Bus reference, made of the comments in the interface XML.

Usage: dbus/reference.py           write dbus/REFERENCE.md
       dbus/reference.py --check   TAP: is it up to date, is all documented

A comment stands in front of what it describes and starts with its name and a
colon; the rest is paragraphs, and lists of "- " items. For an interface
"@short_description:" gives the first line.
"""

import glob
import os
import re
import sys
import textwrap
import xml.etree.ElementTree as ET

HERE = os.path.dirname(os.path.realpath(__file__))
TARGET = os.path.join(HERE, 'REFERENCE.md')
MEMBERS = ('property', 'method', 'signal')


class Undocumented(Exception):
    """A member, or an interface, without a comment that names it."""


def parse(path):
    builder = ET.TreeBuilder(insert_comments=True)
    return ET.parse(path, ET.XMLParser(target=builder)).getroot()


def paragraphs(text):
    """The text in paragraphs and list items ("- "), each on one line."""
    parts = re.split(r'\n\s*\n|\n\s*(?=- )', text.strip())
    return [' '.join(part.split()) for part in parts if part.strip()]


def described(parent):
    """Each element below parent with the comment in front of it."""
    comment = ''
    for node in parent:
        if node.tag is ET.Comment:
            comment = textwrap.dedent(node.text)
            continue
        name = node.get('name', '')
        found = re.match(r'\s*' + re.escape(name) + r':\s*(.*)', comment,
                         re.DOTALL)
        if node.tag in MEMBERS + ('interface',) and not found:
            raise Undocumented(f'{node.tag} {name}')
        yield node, found.group(1) if found else ''
        comment = ''


def arguments(node):
    return ', '.join(
        f'{arg.get("direction", "out")} {arg.get("type")} {arg.get("name")}'
        for arg in node.iter('arg'))


def member(node, text):
    if node.tag == 'property':
        head = (f'### {node.get("name")}\n\n`{node.get("type")}`, '
                f'{node.get("access")}')
    else:
        head = f'### {node.get("name")}\n\n{node.tag} `({arguments(node)})`'
    return [head] + paragraphs(text)


def interface(node, text):
    found = re.match(r'\s*@short_description: *([^\n]*)\n', text)
    if not found:
        raise Undocumented(f'interface {node.get("name")}: no '
                           '@short_description')
    out = [f'## {node.get("name")}', found.group(1) + '.']
    out += paragraphs(text[found.end():])
    for child, about in described(node):
        if child.tag in MEMBERS:
            out += member(child, about)
    return out


def reference():
    out = ['<!-- Made by dbus/reference.py of the XML beside it. -->',
           '# D-Bus reference',
           'All on the system bus. Root and the group `hearth` may read; see '
           'the policies (`*.conf`).']
    for path in sorted(glob.glob(os.path.join(HERE, '*.xml'))):
        for node, text in described(parse(path)):
            if node.tag == 'interface':
                out += interface(node, text)
    text, last_item = '', False
    for part in out:
        item = part.startswith('- ')
        if not part.startswith(('#', '<')):
            part = textwrap.fill(part, 78, break_long_words=False,
                                 break_on_hyphens=False,
                                 subsequent_indent='  ' if item else '')
        text += ('' if item and last_item else '\n') + part + '\n'
        last_item = item
    return text.lstrip('\n')


def check():
    try:
        text = reference()
    except Undocumented as err:
        print(f'not ok 1 - documented\n# {err} has no comment')
        return 1
    with open(TARGET) as file:
        same = file.read() == text
    print('ok 1 - every member is documented')
    print(f'{"ok" if same else "not ok"} 2 - REFERENCE.md is up to date')
    if not same:
        print('# run dbus/reference.py')
    print('1..2')
    return 0 if same else 1


if __name__ == '__main__':
    if sys.argv[1:] == ['--check']:
        sys.exit(check())
    with open(TARGET, 'w') as output:
        output.write(reference())
