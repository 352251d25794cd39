# SPDX-License-Identifier: LGPL-2.1-or-later
"""Services on a D-Bus, to stand in for daemons that are not there: as much of
the protocol as that takes (little endian, no file descriptors)."""

import os
import socket
import struct
import threading

METHOD_CALL, METHOD_RETURN, ERROR = 1, 2, 3
FIXED = {'y': 'B', 'b': 'I', 'n': 'h', 'q': 'H', 'i': 'i', 'u': 'I', 'x': 'q',
         't': 'Q', 'd': 'd'}
ALIGN = dict({kind: struct.calcsize(form) for kind, form in FIXED.items()},
             s=4, o=4, g=1, a=4, v=1, **{'(': 8, '{': 8})


def first(signature):
    """The first complete type of a signature, and the rest."""
    if signature[0] == 'a':
        one, rest = first(signature[1:])
        return 'a' + one, rest
    if signature[0] not in '({':
        return signature[0], signature[1:]
    depth = 0
    for n, char in enumerate(signature):
        depth += (char in '({') - (char in ')}')
        if not depth:
            return signature[:n + 1], signature[n + 1:]
    raise ValueError(signature)


class Writer:
    def __init__(self):
        self.data = bytearray()

    def align(self, to):
        self.data += bytes(-len(self.data) % to)

    def one(self, kind, value):
        self.align(ALIGN[kind[0]])
        if kind in FIXED:
            self.data += struct.pack('<' + FIXED[kind], value)
        elif kind in 'so':
            octets = value.encode()
            self.data += struct.pack('<I', len(octets)) + octets + b'\0'
        elif kind == 'g':
            self.data += bytes([len(value)]) + value.encode() + b'\0'
        elif kind == 'v':
            self.one('g', value[0])
            self.one(*value)
        elif kind[0] == 'a':
            at = len(self.data)
            self.data += bytes(4)
            self.align(ALIGN[kind[1]])
            begin = len(self.data)
            for item in value:
                self.one(kind[1:], item)
            struct.pack_into('<I', self.data, at, len(self.data) - begin)
        else:
            self.all(kind[1:-1], value)

    def all(self, signature, values):
        for value in values:
            kind, signature = first(signature)
            self.one(kind, value)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def align(self, to):
        self.at += -self.at % to

    def one(self, kind):
        self.align(ALIGN[kind[0]])
        if kind in FIXED:
            value, = struct.unpack_from('<' + FIXED[kind], self.data, self.at)
            self.at += ALIGN[kind]
            return value
        if kind in 'sog':
            length = self.data[self.at] if kind == 'g' else \
                struct.unpack_from('<I', self.data, self.at)[0]
            self.at += 1 if kind == 'g' else 4
            self.at += length + 1
            return bytes(self.data[self.at - length - 1:self.at - 1]).decode()
        if kind == 'v':
            return self.one(self.one('g'))
        if kind[0] == 'a':
            length, = struct.unpack_from('<I', self.data, self.at)
            self.at += 4
            self.align(ALIGN[kind[1]])
            end, items = self.at + length, []
            while self.at < end:
                items.append(self.one(kind[1:]))
            return items
        return tuple(self.all(kind[1:-1]))

    def all(self, signature):
        values = []
        while signature:
            kind, signature = first(signature)
            values.append(self.one(kind))
        return values


class Refused(Exception):
    """An error to answer with: (name, text)."""


class Service:
    """Names on a bus. members: {(interface, member): (answer's signature, a
    function of (path, *arguments) that returns a sequence of values)}. It runs
    in a thread of its own until closed."""

    def __init__(self, address, names, members):
        self._members = members
        self._serial = 0
        path = dict(part.split('=', 1) for part in
                    address.split(':', 1)[1].split(','))['path']
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        uid = str(os.getuid()).encode().hex().encode()
        self._socket.sendall(b'\0AUTH EXTERNAL ' + uid + b'\r\n')
        assert self._line().startswith(b'OK')
        self._socket.sendall(b'BEGIN\r\n')
        self._bus('Hello', '', ())
        for name in names:
            self._bus('RequestName', 'su', (name, 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _line(self):
        line = b''
        while not line.endswith(b'\r\n'):
            line += self._socket.recv(1)
        return line

    def _send(self, kind, fields, signature, body):
        writer, head = Writer(), Writer()
        writer.all(signature, body)
        self._serial += 1
        if signature:
            fields = fields + [(8, ('g', signature))]
        head.all('yyyyuua(yv)', (ord('l'), kind, 0, 1, len(writer.data),
                                 self._serial, fields))
        head.align(8)
        self._socket.sendall(head.data + writer.data)

    def _receive(self):
        """(kind, serial, {field: value}, body), or None at the end."""
        head = self._exactly(16)
        if not head:
            return None
        length, serial, fields = struct.unpack_from('<III', head, 4)
        rest = self._exactly(fields + -fields % 8 + length)
        # Alignment counts from the beginning of the message.
        whole = Reader(head + rest)
        whole.at = 12
        values = dict(whole.one('a(yv)'))
        body = Reader(rest[fields + -fields % 8:])
        return head[1], serial, values, body.all(values.get(8, ''))

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                return b''
            data += more
        return data

    def _bus(self, member, signature, body):
        self._send(METHOD_CALL, [
            (1, ('o', '/org/freedesktop/DBus')),
            (2, ('s', 'org.freedesktop.DBus')), (3, ('s', member)),
            (6, ('s', 'org.freedesktop.DBus'))], signature, body)
        while True:
            kind, _, fields, _ = self._receive()
            if fields.get(5) == self._serial:
                assert kind == METHOD_RETURN, member
                return

    def _serve(self):
        while True:
            message = self._receive()
            if not message:
                return
            kind, serial, fields, body = message
            if kind == METHOD_CALL:
                self._answer(serial, fields, body)

    def _answer(self, serial, fields, body):
        to = [(5, ('u', serial)), (6, ('s', fields[7]))]
        try:
            found = self._members.get((fields.get(2), fields[3]))
            if not found:
                raise Refused('org.freedesktop.DBus.Error.UnknownMethod',
                              fields[3])
            signature, function = found
            self._send(METHOD_RETURN, to, signature,
                       function(fields[1], *body))
        except Refused as refused:
            name, text = refused.args
            self._send(ERROR, to + [(4, ('s', name))], 's', (text,))
