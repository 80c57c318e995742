"""HEIC files made here: an HEVC picture of plain samples (I_PCM) in a HEIF container.

No encoder that may be shipped writes HEIC, so the tests have their own. It follows ITU-T H.265 (the
numbers of its clauses stand beside) and ISO/IEC 23008-12, and compresses nothing.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCK = 16
# 9.3.4.3, table of ranges of the less probable value, as far as our one context gets.
_RANGES = (
    (128, 176, 208, 240), (128, 167, 197, 227), (128, 158, 187, 216), (123, 150, 178, 205),
    (116, 142, 169, 195), (111, 135, 160, 185), (105, 128, 152, 175), (100, 122, 144, 166),
    (95, 116, 137, 158), (90, 110, 130, 150), (85, 104, 123, 142), (81, 99, 117, 135),
    (77, 94, 111, 128), (73, 89, 105, 122), (69, 85, 100, 116), (66, 80, 95, 110),
)  # fmt: skip
_VPS, _SPS, _PPS, _IDR = 32, 33, 34, 19
# Main profile, compatible with itself and with Main 10, level 6.2.
_PROFILE = bytes((1, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 186))


class Bits:
    def __init__(self) -> None:
        self._bits: list[int] = []

    def put(self, value: int, count: int) -> Bits:
        self._bits += [value >> at & 1 for at in reversed(range(count))]
        return self

    def counted(self, *values: int) -> Bits:
        """Exponential Golomb codes, 9.2."""
        for value in values:
            count = (value + 1).bit_length()
            self.put(0, count - 1).put(value + 1, count)
        return self

    def flags(self, text: str) -> Bits:
        self._bits += [int(flag) for flag in text]
        return self

    def align(self) -> Bits:
        self._bits += [0] * (-len(self._bits) % 8)
        return self

    def stopped(self) -> bytes:
        return self.put(1, 1).align().bytes()

    def bytes(self) -> bytes:
        assert len(self._bits) % 8 == 0
        whole = int("".join(map(str, self._bits)) or "0", 2)
        return whole.to_bytes(len(self._bits) // 8, "big")


class Arithmetic:
    """The encoder of 9.3.4, for one context that always meets its more probable value."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits
        self._state = 0
        self.restart()

    def restart(self) -> None:
        self._low, self._range, self._outstanding, self._first = 0, 510, 0, True

    def probable(self) -> None:
        self._range -= _RANGES[self._state][self._range >> 6 & 3]
        self._state = min(self._state + 1, len(_RANGES) - 1)
        self._renorm()

    def terminate(self, value: int) -> None:
        self._range -= 2
        if not value:
            self._renorm()
            return
        self._low += self._range
        self._range = 2
        self._renorm()
        self._put(self._low >> 9 & 1)
        self._bits.put(self._low >> 7 & 3 | 1, 2)

    def _renorm(self) -> None:
        while self._range < 256:
            if self._low < 256:
                self._put(0)
            elif self._low >= 512:
                self._low -= 512
                self._put(1)
            else:
                self._low -= 256
                self._outstanding += 1
            self._range <<= 1
            self._low <<= 1

    def _put(self, bit: int) -> None:
        if self._first:
            self._first = False
        else:
            self._bits.put(bit, 1)
        while self._outstanding:
            self._bits.put(1 - bit, 1)
            self._outstanding -= 1


def _nal(kind: int, body: bytes) -> bytes:
    """7.3.1, with the bytes that keep start codes from appearing."""
    out = bytearray(struct.pack(">H", kind << 9 | 1))
    zeros = 0
    for byte in body:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _parameters(width: int, height: int) -> tuple[bytes, bytes, bytes]:
    profile = int.from_bytes(_PROFILE, "big")
    video = Bits().put(0, 4).flags("11").put(0, 6).put(0, 3).flags("1").put(0xFFFF, 16)
    video.put(profile, 96).flags("1").counted(0, 0, 0).put(0, 6).counted(0).flags("00")
    sequence = Bits().put(0, 4).put(0, 3).flags("1").put(profile, 96)
    sequence.counted(0, 1, width, height).flags("0").counted(0, 0, 0).flags("1").counted(0, 0, 0)
    sequence.counted(1, 0, 0, 2, 0, 0).flags("0001").put(7, 4).put(7, 4).counted(1, 0).flags("1")
    sequence.counted(0).flags("00000")
    picture = Bits().counted(0, 0).flags("0000000").counted(0, 0, 0).flags("000").counted(0, 0)
    picture.flags("000000010100").counted(0).flags("00")
    return (
        _nal(_VPS, video.stopped()),
        _nal(_SPS, sequence.stopped()),
        _nal(_PPS, picture.stopped()),
    )


def _slice(colours: Sequence[tuple[int, int, int]]) -> bytes:
    """7.3.8: one plain block after another, each of one colour (Y, Cb, Cr)."""
    bits = Bits().flags("10").counted(0, 2, 0).put(1, 1).align()
    coder = Arithmetic(bits)
    for index, (luma, blue, red) in enumerate(colours):
        coder.probable()  # the block is not divided
        coder.terminate(1)  # plain samples follow
        bits.align()
        for value, count in ((luma, 256), (blue, 64), (red, 64)):
            for _ in range(count):
                bits.put(value, 8)
        coder.restart()
        coder.terminate(int(index == len(colours) - 1))
    return _nal(_IDR, bits.align().bytes())


def _box(kind: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + kind + body


def heic(
    colours: Sequence[Sequence[tuple[int, int, int]]],
    *,
    quarter_turns: int = 0,
    said: tuple[int, int] | None = None,
    coded: tuple[int, int] | None = None,
    brands: bytes = b"heicmif1",
) -> bytes:
    """A file of rows of blocks of 16 × 16 pixels, each of one colour in Y, Cb, Cr.

    `quarter_turns` to the left are noted in it. `said` is the size that its header gives, in place
    of the true one, `coded` that which the parameters of the coded picture give.
    """
    width, height = BLOCK * len(colours[0]), BLOCK * len(colours)
    sets = _parameters(*(coded or (width, height)))
    record = bytes((1,)) + _PROFILE + b"\xf0\x00\xfc\xfd\xf8\xf8\x00\x00\x0f\x03"
    for kind, unit in zip((_VPS, _SPS, _PPS), sets, strict=True):
        record += struct.pack(">BHH", 0x80 | kind, 1, len(unit)) + unit
    picture = _slice([colour for row in colours for colour in row])
    picture = struct.pack(">I", len(picture)) + picture
    extents = struct.pack(">III", 0, *(said or (width, height)))
    properties = [_box(b"hvcC", record), _box(b"ispe", extents)]
    if quarter_turns:
        properties.append(_box(b"irot", bytes((quarter_turns,))))
    links = bytes((0x80 | 1, 2, *((0x80 | 3,) if quarter_turns else ())))
    handler = _box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    start = _box(b"ftyp", brands[:4] + bytes(4) + brands)

    def described(offset: int) -> bytes:
        item = _box(b"infe", b"\x02\0\0\0" + b"\0\1\0\0hvc1\0")
        place = struct.pack(">BBHHHHII", 0x44, 0, 1, 1, 0, 1, offset, len(picture))
        return _box(
            b"meta",
            bytes(4),
            handler,
            _box(b"pitm", bytes(4) + b"\0\1"),
            _box(b"iinf", bytes(4) + b"\0\1", item),
            _box(
                b"iprp",
                _box(b"ipco", *properties),
                _box(b"ipma", bytes(4) + b"\0\0\0\1\0\1" + bytes((len(links),)) + links),
            ),
            _box(b"iloc", bytes(4) + place),
        )

    offset = len(start) + len(described(0)) + 8
    return start + described(offset) + _box(b"mdat", picture)
