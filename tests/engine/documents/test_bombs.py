"""Pictures of too many pixels are refused before any of them takes memory."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib

import pytest
from heic import heic
from PIL import Image

from engine.documents import MAX_PIXELS

# What a refusal may take at most: a header, a decoder's state, some lines; not a picture.
MOST_BYTES = 40_000_000
PROGRAM = """
import json, pathlib, sys, threading
import psutil
from engine.api.errors import UnreadableFile
from engine.documents import read_attachment, read_image_bytes
read_image_bytes(pathlib.Path(sys.argv[1]).read_bytes(), "sound")
data = pathlib.Path(sys.argv[2]).read_bytes()
process = psutil.Process()

def peak():
    text = pathlib.Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024

pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak so far is forgotten
before = peak()
try:
    read_image_bytes(data, "bomb")
    told = "read"
except UnreadableFile as error:
    told = error.sentence
print(json.dumps([told, peak() - before]))
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")


def png_bomb() -> bytes:
    """A megapixel for every kilobyte of the file."""
    side = 20_000
    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    pixels = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def tiff_bomb(*, tile: bool) -> bytes:
    """One pixel that lies in a tile of 169 megapixels, or 400 megapixels of strips."""
    side = 16 if tile else 20_000
    place = [(322, 4, 1, 13_008), (323, 4, 1, 13_008), (324, 4, 1, 8), (325, 4, 1, 8)]
    strips = [(273, 4, 1, 8), (278, 4, 1, side), (279, 4, 1, 8)]
    fields = [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1),
        (277, 3, 1, 1), *(place if tile else strips),
    ]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *field) for field in sorted(fields))
    return b"II*\0\x10\0\0\0" + bytes(8) + struct.pack("<H", len(fields)) + entries + bytes(4)


def gif_bomb(sound: bytes) -> bytes:
    gif = bytearray(sound)
    gif[6:10] = struct.pack("<HH", 40_000, 40_000)
    frame = gif.index(b"\x2c\x00\x00\x00\x00")
    gif[frame + 5 : frame + 9] = struct.pack("<HH", 40_000, 40_000)
    return bytes(gif)


def webp_bomb(kind: bytes) -> bytes:
    side = 16_383
    body = {
        b"VP8X": bytes(4) + (side - 1).to_bytes(3, "little") * 2,
        b"VP8 ": b"\x50\x00\x00\x9d\x01\x2a" + struct.pack("<HH", side, side),
        b"VP8L": b"\x2f" + struct.pack("<I", (side - 1) | (side - 1) << 14) + bytes(5),
    }[kind]
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def avif_bomb(encoded) -> bytes:
    data = encoded(Image.new("RGB", (64, 64)), "AVIF")
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", 12_000, 12_000) + data[place + 8 :]


@pytest.fixture(scope="module")
def bombs(sound_files, encoded) -> dict[str, bytes]:
    bmp = bytearray(sound_files[".bmp"])
    bmp[18:26] = struct.pack("<ii", 30_000, 30_000)
    return {
        "png": png_bomb(),
        "photo": encoded(Image.new("L", (12_000, 9_000)), "JPEG"),
        "tiff": tiff_bomb(tile=False),
        "tile": tiff_bomb(tile=True),
        "gif": gif_bomb(sound_files[".gif"]),
        "webp": webp_bomb(b"VP8X"),
        "webp-lossy": webp_bomb(b"VP8 "),
        "webp-lossless": webp_bomb(b"VP8L"),
        "bmp": bytes(bmp),
        "avif": avif_bomb(encoded),
        "heic": heic([[(76, 85, 255)]], said=(20_000, 20_000)),
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100000 100000"/>',
    }


KINDS = (
    *("png", "photo", "tiff", "tile", "gif", "webp", "webp-lossy", "webp-lossless", "bmp"),
    *("avif", "heic", "svg"),
)


def outcome(tmp_path, sound: bytes, bomb: bytes) -> tuple[str, int]:
    """What is said of `bomb`, and how much memory that took in a process of its own."""
    (tmp_path / "sound").write_bytes(sound)
    (tmp_path / "bomb").write_bytes(bomb)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "sound"), str(tmp_path / "bomb")],
        capture_output=True,
        text=True,
        check=True,
    )
    told, peak = json.loads(done.stdout)
    return told, peak


@linux
@pytest.mark.parametrize("kind", KINDS)
def test_a_bomb_is_refused_unopened(bombs, sound_files, tmp_path, kind) -> None:
    sound = sound_files.get(f".{kind.partition('-')[0]}", sound_files[".png"])
    told, peak = outcome(tmp_path, sound, bombs[kind])
    assert told.startswith("bomb has too many pixels")
    assert f"{MAX_PIXELS // 1_000_000} megapixels" in told
    assert peak < MOST_BYTES


@linux
def test_the_measure_would_notice_a_picture(sound_files, encoded, tmp_path) -> None:
    told, peak = outcome(
        tmp_path, sound_files[".png"], encoded(Image.new("RGB", (8_000, 5_000)), "PNG")
    )
    assert told == "read"
    assert peak > MOST_BYTES


@pytest.mark.parametrize("coded", [4_096, 16_384])
@linux
def test_a_heic_that_lies_about_its_size(sound_files, tmp_path, coded) -> None:
    """Its header promises a small picture, the coded one inside is large."""
    bomb = heic([[(76, 85, 255)]], coded=(coded, coded))
    told, peak = outcome(tmp_path, sound_files[".heic"], bomb)
    assert told.startswith("bomb is damaged")
    assert peak < MOST_BYTES
