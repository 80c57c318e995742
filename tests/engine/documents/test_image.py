"""Pictures: what is read from them, and the pixels the model gets."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys

import pytest
from PIL import Image, ImageOps

from engine.api.errors import UnreadableFile
from engine.api.messages import ImagePart
from engine.documents import decode_image, read_attachment, read_image_bytes
from engine.documents.orientation import exif_orientation

RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.fixture
def corners() -> Image.Image:
    """Four different corners, so that no turn or mirror image equals another."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0)])
    return picture.resize((16, 32), Image.Resampling.NEAREST)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "TIFF", "GIF", "JPEG"])
def test_every_format_gives_its_pixels(encoded, corners, kind) -> None:
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95, "subsampling": 0}}
    data = encoded(corners, kind, **options.get(kind, {}))
    part = read_image_bytes(data, "Pasted picture")
    assert part == ImagePart("Pasted picture", hashlib.sha256(data).hexdigest(), 16, 32, data)
    pixels = decode_image(part)
    for place in ((3, 3), (12, 3), (3, 28), (12, 28)):
        expected = corners.getpixel(place)
        assert all(abs(a - b) <= 4 for a, b in zip(pixels.getpixel(place), expected, strict=True))


def test_the_name_does_not_decide(make_files, sound_files) -> None:
    part = read_attachment(make_files.raw("picture.txt", sound_files[".png"]))
    assert (part.width, part.height) == (24, 16)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_are_turned_upright(encoded, corners, kind, orientation) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"WEBP": {"lossless": True}, "TIFF": {"compression": "tiff_lzw"}}
    part = read_image_bytes(encoded(corners, kind, exif=exif, **options.get(kind, {})), "a")
    stored = corners.copy()
    stored.getexif()[0x0112] = orientation
    upright = ImageOps.exif_transpose(stored)
    pixels = decode_image(part)
    assert (part.width, part.height) == pixels.size == upright.size
    for place in ((3, 3), (12, 12)):
        pairs = zip(pixels.getpixel(place), upright.getpixel(place), strict=True)
        assert all(abs(a - b) <= 12 for a, b in pairs)


@pytest.mark.parametrize(("order", "mark"), [("<", b"II*\x00"), (">", b"MM\x00*")])
@pytest.mark.parametrize(("noted", "meant"), [(1, 1), (6, 6), (8, 8), (0, 1), (9, 1), (65535, 1)])
def test_the_orientation_in_an_exif_block(order, mark, noted, meant) -> None:
    other = struct.pack(f"{order}HHII", 0x010F, 2, 2, 0)
    entry = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, noted, 0)
    block = mark + struct.pack(f"{order}IH", 8, 2) + other + entry
    assert exif_orientation(b"Exif\x00\x00" + block) == exif_orientation(block) == meant
    assert exif_orientation(block[:-6]) == 1


def test_a_damaged_orientation_does_not_cost_the_picture(encoded, corners) -> None:
    data = encoded(corners, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    part = read_image_bytes(data, "a")
    assert (part.width, part.height) == decode_image(part).size == (16, 32)


def test_what_is_transparent_is_white(encoded) -> None:
    clear = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    clear.putpixel((1, 0), (0, 0, 0, 0))
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([255, 0, 0, 0, 0, 0])
    palette.putpixel((1, 0), 1)
    grey = Image.new("LA", (2, 1), (0, 128))
    for data in (encoded(clear, "PNG"), encoded(palette, "PNG", transparency=1)):
        pixels = decode_image(read_image_bytes(data, "a"))
        assert [pixels.getpixel((x, 0)) for x in (0, 1)] == [RED, WHITE]
    assert decode_image(read_image_bytes(encoded(grey, "PNG"), "a")).getpixel((0, 0))[0] == 127


def test_deep_greys_keep_their_shades(encoded) -> None:
    deep = Image.new("I;16", (3, 1))
    for x, value in enumerate((0, 32768, 65535)):
        deep.putpixel((x, 0), value)
    floats = Image.new("F", (3, 1))
    for x, value in enumerate((-1.0, 0.0, 1.0)):
        floats.putpixel((x, 0), value)
    flat = Image.new("F", (3, 1), 7.0)
    for picture, kind in ((deep, "PNG"), (deep, "TIFF"), (floats, "TIFF")):
        pixels = decode_image(read_image_bytes(encoded(picture, kind), "a"))
        assert [pixels.getpixel((x, 0))[0] for x in range(3)] == [0, 127, 255]
    assert decode_image(read_image_bytes(encoded(flat, "TIFF"), "a")).size == (3, 1)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "LAB"])
def test_every_colour_mode_becomes_rgb(encoded, mode) -> None:
    if mode == "LAB":
        picture = Image.new("LAB", (9, 7), (128, 128, 128))
    else:
        picture = Image.new("RGB", (9, 7), "red").convert(mode)
    pixels = decode_image(read_image_bytes(encoded(picture, "TIFF"), "a"))
    assert (pixels.mode, pixels.size) == ("RGB", (9, 7))


@pytest.mark.parametrize(("kind", "options"), [("GIF", {}), ("TIFF", {}), ("WEBP", {})])
def test_the_first_frame_or_page_counts(encoded, kind, options) -> None:
    first, second = (Image.new("RGB", (8, 6), colour) for colour in ("red", "blue"))
    data = encoded(first, kind, save_all=True, append_images=[second], **options)
    pixel = decode_image(read_image_bytes(data, "a")).getpixel((4, 3))
    assert pixel[0] > 200
    assert pixel[2] < 60


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_cut_picture_is_noticed(encoded, kind, share) -> None:
    data = encoded(Image.effect_noise((120, 90), 64).convert("RGB"), kind)
    with pytest.raises(UnreadableFile, match="damaged or incomplete"):
        read_image_bytes(data[: int(len(data) * share)], "a")


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_the_limit_of_pixels_is_ours_to_the_pixel(encoded, kind) -> None:
    """Between Pillow's own limit and ours there is neither an error nor a warning."""
    options = {"compression": "group4"} if kind == "TIFF" else {}
    part = read_image_bytes(encoded(Image.new("1", (8_000, 10_000)), kind, **options), "a")
    assert (part.width, part.height) == (8_000, 10_000)
    with pytest.raises(UnreadableFile, match="too many pixels: 8,001 × 10,000"):
        read_image_bytes(encoded(Image.new("1", (8_001, 10_000)), kind, **options), "a")


def test_sizes_are_judged_by_the_header(sound_files) -> None:
    gif = bytearray(sound_files[".gif"])
    gif[6:10] = struct.pack("<HH", 40_000, 40_000)
    bmp = bytearray(sound_files[".bmp"])
    bmp[18:26] = struct.pack("<ii", 30_000, 30_000)
    webp = b"RIFF\x16\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + bytes(4) + b"\xfe\x3f\x00\xfe\x3f\x00"
    for data in (bytes(gif), bytes(bmp), webp):
        with pytest.raises(UnreadableFile, match="too many pixels"):
            read_image_bytes(data, "a")


@pytest.mark.parametrize("side", [11_000, 40_000])
def test_a_gif_frame_larger_than_its_canvas(sound_files, side) -> None:
    gif = bytearray(sound_files[".gif"])
    frame = gif.index(b"\x2c\x00\x00\x00\x00")
    gif[frame + 5 : frame + 9] = struct.pack("<HH", side, side)
    with pytest.raises(UnreadableFile, match="too many pixels"):
        read_image_bytes(bytes(gif), "a")


def test_a_part_that_was_never_checked() -> None:
    with pytest.raises(UnreadableFile, match="not a picture"):
        decode_image(ImagePart("a", "", 1, 1, b"words"))


@pytest.mark.skipif(sys.platform != "linux", reason="memory can be limited on Linux only")
def test_too_little_memory_is_not_called_damage(make_files, encoded) -> None:
    path = make_files.raw("large.png", encoded(Image.new("RGB", (8900, 8900)), "PNG"))
    program = (
        "import resource, sys, pathlib, psutil\n"
        "from engine.documents import read_attachment\n"
        "allowed = psutil.Process().memory_info().vms + 200_000_000\n"
        "resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))\n"
        "try: read_attachment(pathlib.Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "UnreadableFile There is not enough free memory to read large.png. Close other programs, "
        "or attach a smaller file.\n"
    )
