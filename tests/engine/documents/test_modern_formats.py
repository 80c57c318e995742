"""HEIC, AVIF, deep colours and colour profiles: what is read, and the pixels that come of it."""

from __future__ import annotations

import struct

import pytest
from heic import heic
from PIL import Image

from engine.api.errors import UnreadableFile
from engine.documents import decode_image, read_attachment, read_image_bytes, thumbnail

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
# The same in Y, Cb, Cr of BT.601.
ROWS = [
    [(76, 85, 255), (76, 85, 255), (150, 44, 21)],
    [(29, 255, 107), (29, 255, 107), (255, 128, 128)],
]


def near(colour: object, expected: tuple[int, int, int], by: int = 3) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(a - b) <= by for a, b in zip(colour, expected, strict=True))


def test_heic_gives_its_pixels() -> None:
    part = read_image_bytes(heic(ROWS), "IMG_1.heic")
    assert (part.width, part.height, part.data) == (48, 32, heic(ROWS))
    pixels = decode_image(part)
    assert (pixels.mode, pixels.size) == ("RGB", (48, 32))
    for place, colour in (((3, 3), RED), ((44, 3), GREEN), ((3, 28), BLUE), ((44, 28), WHITE)):
        assert near(pixels.getpixel(place), colour)


@pytest.mark.parametrize(
    ("turns", "top_left"), [(1, GREEN), (2, WHITE), (3, BLUE)], ids=["left", "round", "right"]
)
def test_heic_is_turned_upright(turns, top_left) -> None:
    part = read_image_bytes(heic(ROWS, quarter_turns=turns), "a")
    assert (part.width, part.height) == ((48, 32) if turns == 2 else (32, 48))
    pixels = decode_image(part)
    assert pixels.size == (part.width, part.height)
    assert near(pixels.getpixel((3, 3)), top_left)


def test_heic_is_known_by_any_of_its_brands(make_files) -> None:
    for brands in (b"heicmif1", b"mif1heic", b"heixmif1"):
        path = make_files.raw("photo.txt", heic(ROWS, brands=brands))
        assert read_attachment(path).width == 48


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_heic_is_noticed(share) -> None:
    data = heic(ROWS)
    with pytest.raises(UnreadableFile, match="damaged or incomplete"):
        read_image_bytes(data[: int(len(data) * share)], "a")


def test_avif_gives_its_pixels_upright_and_opaque(encoded) -> None:
    picture = Image.new("RGBA", (48, 32), (*RED, 255))
    picture.paste((0, 0, 0, 0), (24, 0, 48, 32))
    exif = Image.Exif()
    exif[0x0112] = 6
    part = read_image_bytes(encoded(picture, "AVIF", exif=exif, quality=95), "a")
    assert (part.width, part.height) == (32, 48)
    pixels = decode_image(part)
    assert pixels.size == (32, 48)
    assert near(pixels.getpixel((16, 6)), RED, 12)
    assert near(pixels.getpixel((16, 42)), WHITE, 12)


def test_a_cut_avif_is_noticed(encoded) -> None:
    data = encoded(Image.effect_noise((120, 90), 64).convert("RGB"), "AVIF")
    with pytest.raises(UnreadableFile, match="damaged or incomplete"):
        read_image_bytes(data[: len(data) * 6 // 10], "a")


def png16(samples: list[int], colour_type: int) -> bytes:
    """One row of 16-bit samples."""
    import zlib

    channels = {2: 3, 4: 2, 6: 4}[colour_type]
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples)

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", len(samples) // channels, 1, 16, colour_type, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_sixteen_bits_a_channel() -> None:
    deep = png16([65535, 32768, 0, 0, 65535, 65535], 2)
    pixels = decode_image(read_image_bytes(deep, "a"))
    assert [pixels.getpixel((x, 0)) for x in (0, 1)] == [(255, 128, 0), (0, 255, 255)]
    clear = png16([65535, 0, 0, 65535, 0, 0, 0, 0], 6)
    pixels = decode_image(read_image_bytes(clear, "a"))
    assert [pixels.getpixel((x, 0)) for x in (0, 1)] == [RED, WHITE]


def tiff16(samples: list[int], photometric: int, channels: int) -> bytes:
    """One row, uncompressed, little-endian."""
    width, body = len(samples) // channels, struct.pack(f"<{len(samples)}H", *samples)
    depths = struct.pack(f"<{channels}H", *[16] * channels)
    at = 8 + len(body)
    fields = [
        (256, 3, 1, width), (257, 3, 1, 1), (258, 3, channels, at), (259, 3, 1, 1),
        (262, 3, 1, photometric), (273, 4, 1, 8), (277, 3, 1, channels), (278, 3, 1, 1),
        (279, 4, 1, len(body)),
    ]  # fmt: skip
    head = b"II*\0" + struct.pack("<I", at + len(depths))
    entries = b"".join(struct.pack("<HHII", *field) for field in fields)
    return head + body + depths + struct.pack("<H", len(fields)) + entries + bytes(4)


def test_deep_and_printed_tiff() -> None:
    deep = tiff16([65535, 32768, 0, 0, 65535, 65535], 2, 3)
    pixels = decode_image(read_image_bytes(deep, "a"))
    assert [pixels.getpixel((x, 0)) for x in (0, 1)] == [(255, 128, 0), (0, 255, 255)]
    printed = tiff16([0, 65535, 65535, 0, 0, 0, 0, 0], 5, 4)
    pixels = decode_image(read_image_bytes(printed, "a"))
    assert near(pixels.getpixel((0, 0)), RED, 24)
    assert near(pixels.getpixel((1, 0)), WHITE, 2)


def test_a_printers_jpeg(encoded) -> None:
    picture = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    pixels = decode_image(read_image_bytes(encoded(picture, "JPEG", quality=95), "a"))
    assert near(pixels.getpixel((8, 8)), RED, 24)


def linear_profile() -> bytes:
    """The primaries of sRGB, without its curve: 128 is half the light."""

    def s15(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def xyz(*values: float) -> bytes:
        return b"XYZ " + bytes(4) + s15(*values)

    text = b"desc" + bytes(4) + struct.pack(">I", 7) + b"linear\0" + bytes(78)
    curve = b"curv" + bytes(4) + struct.pack(">I", 0)
    tags = {
        b"desc": text, b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        b"wtpt": xyz(0.9642, 1.0, 0.8249), b"rXYZ": xyz(0.43607, 0.22249, 0.01392),
        b"gXYZ": xyz(0.38515, 0.71687, 0.09708), b"bXYZ": xyz(0.14307, 0.06061, 0.7141),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", at + len(body), len(content))
        body += padded
    head = struct.pack(
        ">I4sI4s4s4s", at + len(body), b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ "
    )
    head += bytes(12) + b"acsp" + bytes(28) + s15(0.9642, 1.0, 0.8249) + bytes(48)
    return head + struct.pack(">I", len(tags)) + table + body


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "AVIF"])
def test_colours_are_brought_to_srgb(encoded, kind) -> None:
    picture = Image.new("RGB", (16, 16), (128, 128, 128))
    data = encoded(picture, kind, icc_profile=linear_profile())
    assert near(decode_image(read_image_bytes(data, "a")).getpixel((8, 8)), (188, 188, 188), 3)
    assert thumbnail(data, (4, 4))[2][0] == pytest.approx(188, abs=3)


def test_a_damaged_profile_costs_no_picture(encoded) -> None:
    picture = Image.new("RGB", (16, 16), (128, 128, 128))
    for profile in (b"junk", linear_profile()[:200]):
        data = encoded(picture, "PNG", icc_profile=profile)
        assert decode_image(read_image_bytes(data, "a")).getpixel((8, 8)) == (128, 128, 128)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".heic", ".avif", ".webp", ".gif", ".tif"])
def test_a_thumbnail_fills_its_size(sound_files, suffix) -> None:
    width, height, pixels = thumbnail(sound_files[suffix], (20, 20))
    assert (width, height, len(pixels)) == (20, 20, 1600)
    assert set(pixels[3::4]) == {255}


def test_a_thumbnail_is_upright_and_cut_evenly(make_files, encoded) -> None:
    wide = Image.new("RGB", (900, 300), "white")
    wide.paste("red", (300, 0, 600, 300))
    _, _, pixels = thumbnail(encoded(wide, "PNG"), (30, 30))
    assert near(tuple(pixels[:3]), RED, 20)
    assert near(tuple(pixels[-4:-1]), RED, 20)
    turned = make_files.jpeg("a.jpg", size=(40, 20), orientation=6).read_bytes()
    _, _, pixels = thumbnail(turned, (20, 40))
    assert near(tuple(pixels[19 * 4 : 19 * 4 + 3]), RED, 20)  # top right, now that it stands
    assert near(tuple(pixels[:3]), WHITE, 20)


def test_a_thumbnail_of_no_picture() -> None:
    with pytest.raises(UnreadableFile, match="not a picture"):
        thumbnail(b"words", (20, 20))
