# SPDX-License-Identifier: LGPL-2.1-or-later
"""D-Bus as it is on the wire, for a peer that may say anything: any signature
and value to any member, as fast as the bus takes it. Little-endian; descriptors
that come are closed."""

import os
import pickle
import signal
import socket
import struct

BUS = 'org.freedesktop.DBus'
CALL, RETURN, ERROR, SIGNAL = 1, 2, 3, 4
FIXED = {'y': ('B', 1), 'b': ('I', 4), 'n': ('h', 2), 'q': ('H', 2),
         'i': ('i', 4), 'u': ('I', 4), 'x': ('q', 8), 't': ('Q', 8),
         'd': ('d', 8), 'h': ('I', 4)}


class Repeat:
    """An element of an array, once or more."""

    def __init__(self, element, count):
        self.element = element
        self.count = count


class Variant:
    def __init__(self, signature, value):
        self.signature = signature
        self.value = value


def split(signature):
    """The single complete types of a signature."""
    out = []
    at = 0
    while at < len(signature):
        end = end_of(signature, at)
        out.append(signature[at:end])
        at = end
    return out


def end_of(signature, at):
    if signature[at] == 'a':
        return end_of(signature, at + 1)
    if signature[at] in '({':
        close = {'(': ')', '{': '}'}[signature[at]]
        at += 1
        while signature[at] != close:
            at = end_of(signature, at)
    return at + 1


def alignment(kind):
    if kind[0] in '({':
        return 8
    if kind[0] in 'sao':
        return 4
    if kind[0] in 'gv':
        return 1
    return FIXED[kind[0]][1]


def pad(out, to):
    out.extend(bytes(-len(out) % to))


def put(out, kind, value):
    first = kind[0]
    pad(out, alignment(kind))
    if first in FIXED:
        out.extend(struct.pack('<' + FIXED[first][0], value))
    elif first in 'so':
        data = value.encode() if isinstance(value, str) else value
        out.extend(struct.pack('<I', len(data)) + data + b'\0')
    elif first == 'g':
        out.extend(bytes([len(value)]) + value.encode() + b'\0')
    elif first == 'v':
        put(out, 'g', value.signature)
        put(out, value.signature, value.value)
    elif first in '({':
        for part, item in zip(split(kind[1:-1]), value):
            put(out, part, item)
    else:
        put_array(out, kind[1:], value)


def put_array(out, element, value):
    at = len(out)
    out.extend(bytes(4))
    pad(out, alignment(element))
    begin = len(out)
    if isinstance(value, Repeat) and element[0] == 'a':
        for _ in range(min(value.count, 5000)):
            put(out, element, value.element)
    elif isinstance(value, Repeat):
        put(out, element, value.element)
        one = bytes(out[begin:])
        padded = one + bytes(-len(one) % alignment(element))
        out[begin:] = padded * (value.count - 1) + one
    else:
        for item in value:
            put(out, element, item)
    struct.pack_into('<I', out, at, len(out) - begin)


class Reader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def align(self, to):
        self.at += -self.at % to

    def get(self, kind):
        first = kind[0]
        self.align(alignment(kind))
        if first in FIXED:
            code, size = FIXED[first]
            self.at += size
            return struct.unpack_from('<' + code, self.data,
                                      self.at - size)[0]
        if first in 'so':
            size = self.get('u')
            self.at += size + 1
            return self.data[self.at - size - 1:self.at - 1].decode()
        if first == 'g':
            size = self.get('y')
            self.at += size + 1
            return self.data[self.at - size - 1:self.at - 1].decode()
        if first == 'v':
            return self.get(self.get('g'))
        if first in '({':
            return tuple(self.get(part) for part in split(kind[1:-1]))
        size = self.get('u')
        self.align(alignment(kind[1:]))
        end = self.at + size
        out = []
        while self.at < end:
            out.append(self.get(kind[1:]))
        return dict(out) if kind[1] == '{' else out


class Error(Exception):
    def __init__(self, name, text):
        super().__init__(f'{name}: {text}')
        self.name = name
        self.text = text


class Peer:
    """A connection. server: called with what is asked of it."""

    def __init__(self, path, limit_s=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(limit_s)
        self.socket.connect(path)
        user = str(os.geteuid()).encode().hex()
        self.socket.sendall(b'\0AUTH EXTERNAL ' + user.encode() + b'\r\n')
        assert self.socket.recv(200).startswith(b'OK')
        # Answers may come with a descriptor, or would not come at all.
        self.socket.sendall(b'NEGOTIATE_UNIX_FD\r\n')
        assert self.socket.recv(200).startswith(b'AGREE_UNIX_FD')
        self.socket.sendall(b'BEGIN\r\n')
        self.serial = 0
        self.buffer = b''
        self.name = self.call(BUS, '/org/freedesktop/DBus', BUS, 'Hello')[0]

    def close(self):
        self.socket.close()

    def _need(self, count):
        while len(self.buffer) < count:
            data, fds, _, _ = socket.recv_fds(self.socket, 1 << 20, 16)
            for descriptor in fds:
                os.close(descriptor)
            if not data:
                raise ConnectionError('the bus closed the connection')
            self.buffer += data

    def receive(self):
        """(kind, fields, body) of the next message."""
        self._need(16)
        body_size, _, fields_size = struct.unpack_from('<III', self.buffer, 4)
        head = 16 + fields_size
        head += -head % 8
        self._need(head + body_size)
        message = self.buffer[:head + body_size]
        self.buffer = self.buffer[head + body_size:]
        reader = Reader(message)
        reader.at = 12
        fields = dict(reader.get('a(yv)'))
        fields['serial'] = struct.unpack_from('<I', message, 8)[0]
        body = Reader(message[head:])
        values = [body.get(kind) for kind in split(fields.get(8, ''))]
        return message[1], fields, values

    def send(self, kind, fields, signature='', values=(), flags=0):
        body = bytearray()
        for part, value in zip(split(signature), values):
            put(body, part, value)
        self.serial += 1
        head = bytearray(struct.pack('<cBBBII', b'l', kind, flags, 1,
                                     len(body), self.serial))
        if signature:
            fields = fields + [(8, Variant('g', signature))]
        put(head, 'a(yv)', fields)
        pad(head, 8)
        self.socket.sendall(head + body)
        return self.serial

    def call(self, bus, path, interface, member, signature='', *values):
        """The values of the answer; Error if it is one."""
        serial = self.send(CALL, [
            (1, Variant('o', path)), (2, Variant('s', interface)),
            (3, Variant('s', member)), (6, Variant('s', bus))],
            signature, values)
        while True:
            kind, fields, answer = self.receive()
            if fields.get(5) != serial:
                continue
            if kind == ERROR:
                raise Error(fields[4], answer[0] if answer else '')
            return answer

    def serve(self, name, answer):
        """Own a name; answer(path, interface, member, values) gives a
        signature and values, or raises Error. Never returns."""
        self.call(BUS, '/org/freedesktop/DBus', BUS, 'RequestName', 'su',
                  name, 0)
        self.socket.settimeout(None)
        while True:
            kind, fields, values = self.receive()
            if kind != CALL:
                continue
            back = [(5, Variant('u', fields['serial'])),
                    (6, Variant('s', fields[7]))]
            try:
                signature, out = answer(fields.get(1), fields.get(2),
                                        fields.get(3), values)
                self.send(RETURN, back, signature, out)
            except Error as err:
                self.send(ERROR, back + [(4, Variant('s', err.name))], 's',
                          (err.text,))


def become(user, group, groups):
    os.setgroups(groups)
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def as_user(ids, function, *args):
    """What function returns in a process of another user's; ids: (user, group,
    more groups)."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        try:
            become(*ids)
            result = (True, function(*args))
        except BaseException as err:
            result = (False, f'{type(err).__name__}: {err}')
        with os.fdopen(write, 'wb') as out:
            pickle.dump(result, out)
        os._exit(0)
    os.close(write)
    with os.fdopen(read, 'rb') as data:
        text = data.read()
    os.waitpid(child, 0)
    done, result = pickle.loads(text)
    assert done, result
    return result


def server_process(ids, path, name, answer):
    """A process that serves, of a user's (None: ours); returns its id."""
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if ids:
                become(*ids)
            Peer(path).serve(name, answer)
        finally:
            os._exit(1)
    return child
