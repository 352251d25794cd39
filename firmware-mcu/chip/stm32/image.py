#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fill in the header of a linked image, or check one (image.h).

    image.py seal ELF BIN HEX   writes the header into ELF; makes BIN and HEX
    image.py check BIN          says what it is; fails if it is not whole
"""

import hashlib
import os
import struct
import subprocess
import sys
import tempfile
import zlib

AT = 0x200
# magic, version, length, image length, origin, firmware, reserved, hardware
HEAD = struct.Struct('<IHHIII12x16s')
HASH_LEN = 32
LEN = HEAD.size + HASH_LEN + 4
MAGIC = 0x4d434d48
OBJCOPY = 'arm-none-eabi-objcopy'


class BadImage(Exception):
    pass


def fields(image):
    if len(image) < AT + LEN:
        raise BadImage('shorter than its header')
    magic, version, length, image_len, origin, firmware, hardware = \
        HEAD.unpack_from(image, AT)
    if magic != MAGIC or version != 1 or length != LEN:
        raise BadImage('no header of this version')
    return image_len, origin, firmware, hardware


def hash_of(image):
    """Over all of it, with hash and check as zeros."""
    begin = AT + HEAD.size
    return hashlib.sha256(image[:begin] + bytes(HASH_LEN + 4) +
                          image[AT + LEN:]).digest()


def sealed(image):
    """The header, filled in."""
    _, origin, firmware, hardware = fields(image)
    head = HEAD.pack(MAGIC, 1, LEN, len(image), origin, firmware, hardware)
    image = image[:AT] + head + image[AT + HEAD.size:]
    head += hash_of(image)
    return head + struct.pack('<I', zlib.crc32(head))


def check(image):
    image_len, origin, firmware, hardware = fields(image)
    header = image[AT:AT + LEN]
    if zlib.crc32(header[:-4]) != struct.unpack('<I', header[-4:])[0]:
        raise BadImage('the header is damaged')
    if image_len != len(image):
        raise BadImage(f'{len(image)} bytes, {image_len} are the image')
    if header[HEAD.size:-4] != hash_of(image):
        raise BadImage('the image is damaged')
    return (f'{hardware.rstrip(bytes(1)).decode("ascii")}, version '
            f'{firmware >> 16}.{firmware >> 8 & 255}.{firmware & 255}, '
            f'{image_len} bytes at {origin:#010x}, '
            f'SHA-256 {header[HEAD.size:-4].hex()}')


def seal(elf, out_bin, out_hex):
    def objcopy(*args):
        subprocess.run([OBJCOPY, *args], check=True)

    # Between sections is what erased flash has, whoever writes it.
    to_bin = ('-O', 'binary', '--gap-fill', '0xff', elf, out_bin)
    with tempfile.TemporaryDirectory(dir=os.path.dirname(elf) or '.') as tmp:
        path = os.path.join(tmp, 'header')
        objcopy(*to_bin)
        with open(out_bin, 'rb') as image:
            header = sealed(image.read())
        with open(path, 'wb') as out:
            out.write(header)
        objcopy('--update-section', f'.image_header={path}', elf)
    objcopy(*to_bin)
    with open(out_bin, 'rb') as data:
        image = data.read()
    objcopy('-I', 'binary', '-O', 'ihex', '--change-addresses',
            hex(fields(image)[1]), out_bin, out_hex)
    print(f'firmware: {check(image)}')


def main(argv):
    try:
        if len(argv) == 5 and argv[1] == 'seal':
            seal(*argv[2:])
        elif len(argv) == 3 and argv[1] == 'check':
            with open(argv[2], 'rb') as image:
                print(check(image.read()))
        else:
            print(__doc__.strip(), file=sys.stderr)
            return 2
    except (BadImage, OSError) as err:
        print(f'image.py: {err}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv))
