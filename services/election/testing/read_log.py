#!/usr/bin/env python3
"""Reads a published log as a stranger would: from the c2sp texts and RFC 8032 alone, without a line of the suite.

    read_log.py FOLDER ORIGIN BOX_KEY_HEX

Checks the signature of every checkpoint, every tile of the final size, and that each checkpoint's root is that of so
many first entries. Prints the final size and root; exit code 1 and a sentence when something does not hold.
"""

import base64
import hashlib
import pathlib
import sys

WIDTH = 256
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519 in affine coordinates, RFC 8032 section 5.1: slow, and short enough to be read.
def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P,
    )


def times(scalar, point):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def decode_point(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (2**255 - 1), number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P:
        raise ValueError("not a point")
    return (P - x if x & 1 != sign else x, y)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return s < L and times(s, BASE) == add(decode_point(signature[:32]), times(h, decode_point(key)))


def root_of(hashes):
    """RFC 9162 section 2.1.1, over leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    left = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(hashes[:left]) + root_of(hashes[left:]))


def tile_name(index, width):
    digits = f"{index % 1000:03d}"
    while index := index // 1000:
        digits = f"x{index % 1000:03d}/{digits}"
    return digits if width == WIDTH else f"{digits}.p/{width}"


def split(data):
    """Items behind their u16 lengths."""
    while data:
        length = int.from_bytes(data[:2], "big")
        if len(data) < 2 + length:
            raise ValueError("an item is cut short")
        yield data[2 : 2 + length]
        data = data[2 + length :]


class Log:
    def __init__(self, folder, origin, key):
        self.folder, self.origin, self.key = pathlib.Path(folder), origin, key

    def open_note(self, note):
        text, _, signatures = note.partition(b"\n\n")
        text += b"\n"
        dash, name, blob = signatures.decode().removesuffix("\n").split(" ")
        blob = base64.b64decode(blob, validate=True)
        origin, size, root = text.decode().splitlines()
        key_id = sha256(self.origin.encode() + b"\n\1" + self.key)[:4]
        if (dash, name, origin, blob[:4]) != ("\u2014", self.origin, self.origin, key_id):
            raise ValueError("a checkpoint of another log")
        if not is_signed(self.key, text, blob[4:]):
            raise ValueError(f"the checkpoint of size {size} is not signed by the box")
        return int(size), base64.b64decode(root, validate=True)

    def entries(self, size):
        for index in range(-(-size // WIDTH)):
            width = min(WIDTH, size - index * WIDTH)
            tile = list(split((self.folder / "tile/entries" / tile_name(index, width)).read_bytes()))
            if len(tile) != width:
                raise ValueError(f"tile {index} holds {len(tile)} entries")
            yield from tile

    def check_hash_tiles(self, hashes):
        level = 0
        while hashes:
            for index in range(-(-len(hashes) // WIDTH)):
                part = hashes[index * WIDTH : (index + 1) * WIDTH]
                tile = self.folder / "tile" / str(level) / tile_name(index, len(part))
                if tile.read_bytes() != b"".join(part):
                    raise ValueError(f"{tile} holds other hashes")
            whole = len(hashes) // WIDTH
            hashes = [root_of(hashes[i * WIDTH : (i + 1) * WIDTH]) for i in range(whole)]
            level += 1

    def check(self):
        notes = list(split((self.folder / "checkpoints").read_bytes()))
        if notes[-1] != (self.folder / "checkpoint").read_bytes():
            raise ValueError("the newest checkpoint is not the last one")
        checkpoints = [self.open_note(note) for note in notes]
        hashes = [sha256(b"\0" + entry) for entry in self.entries(checkpoints[-1][0])]
        for size, root in checkpoints:
            if root_of(hashes[:size]) != root:
                raise ValueError(f"the checkpoint of size {size} has another root than its entries")
            self.check_hash_tiles(hashes[:size])
        return checkpoints[-1]


def main():
    folder, origin, key = sys.argv[1:]
    try:
        size, root = Log(folder, origin, bytes.fromhex(key)).check()
    except (ValueError, OSError) as fault:
        print(f"read_log: {fault}", file=sys.stderr)
        return 1
    print(size, root.hex())
    return 0


if __name__ == "__main__":
    sys.exit(main())
