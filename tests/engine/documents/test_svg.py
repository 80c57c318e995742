"""SVG: drawn, sized, and kept from everything outside it."""

from __future__ import annotations

import base64
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.api.errors import UnreadableFile
from engine.api.messages import ImagePart
from engine.documents import decode_image, read_attachment, read_image_bytes, thumbnail

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
RED, WHITE = (255, 0, 0), (255, 255, 255)


def svg(inside: str, size: str = 'width="200" height="100"', before: str = "") -> bytes:
    return f"{before}<svg {NAMES} {size}>{inside}</svg>".encode()


def middle(data: bytes) -> object:
    picture = decode_image(read_image_bytes(data, "a.svg"))
    return picture.getpixel((picture.width // 2, picture.height // 2))


FILLED = '<rect width="100%" height="100%" fill="red"/>'


def test_a_drawing_is_large_enough_to_be_read(make_files) -> None:
    path = make_files.raw("plan.svg", svg(FILLED))
    part = read_attachment(path)
    assert isinstance(part, ImagePart)
    assert (part.width, part.height) == decode_image(part).size == (1024, 512)
    assert middle(part.data) == RED
    width, height, pixels = thumbnail(part.data, (24, 24))
    assert (width, height, tuple(pixels[:4])) == (24, 24, (*RED, 255))


@pytest.mark.parametrize(
    ("size", "drawn"),
    [
        ('width="200" height="100"', (1024, 512)),
        ('width="4000" height="1000"', (2048, 512)),
        ('width="10mm" height="2cm"', (512, 1024)),
        ('viewBox="0 0 1600 400"', (1600, 400)),
        ('viewBox="0,0,90000,90000" width="1in"', (1024, 1024)),
        ('width="100%" height="100%" viewBox="0 0 30 60"', (512, 1024)),
        ("", (1024, 512)),
    ],
)
def test_sizes_as_browsers_take_them(size, drawn) -> None:
    part = read_image_bytes(svg(FILLED, size), "a.svg")
    assert (part.width, part.height) == drawn


@pytest.mark.parametrize(
    "before",
    [
        "\ufeff",
        "\n  ",
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://example.org/svg11.dtd">',
        '<!DOCTYPE svg [<!ENTITY colour "red">]>',
    ],
)
def test_a_drawing_is_known_by_its_first_element(before) -> None:
    assert middle(svg(FILLED, before=before)) == RED


def test_text_that_speaks_of_drawings_is_text(make_files) -> None:
    for content in ("<html><svg></svg></html>", "See <svg> for more", "<svgs/>"):
        assert not isinstance(read_attachment(make_files.text("a.html", content)), ImagePart)


def test_what_is_transparent_is_white() -> None:
    assert middle(svg('<circle r="3" fill="red"/>')) == WHITE


@pytest.fixture
def visited() -> Iterator[tuple[int, list[object]]]:
    """A server on this machine, and how often somebody came."""
    server = socket.create_server(("127.0.0.1", 0))
    visits: list[object] = []

    def serve() -> None:
        while True:
            try:
                connection, address = server.accept()
            except OSError:
                return
            visits.append(address)
            connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield server.getsockname()[1], visits
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def test_nothing_outside_a_drawing_is_read(tmp_path, monkeypatch, visited) -> None:
    port, visits = visited
    Image.new("RGB", (50, 50), "red").save(tmp_path / "red.png")
    (tmp_path / "red.svg").write_bytes(svg(FILLED))
    monkeypatch.chdir(tmp_path)
    nested = base64.b64encode(svg(f'<image href="{tmp_path}/red.png" width="200" height="100"/>'))
    addresses = (
        "red.png", "./red.svg", f"{tmp_path}/red.png", f"file://{tmp_path}/red.png",
        "file:///etc/passwd", f"http://127.0.0.1:{port}/red.png", f"//127.0.0.1:{port}/a.svg",
        f"data:image/svg+xml;base64,{nested.decode()}", "data:text/html,red", " red.png",
    )  # fmt: skip
    for address in addresses:
        for form in (
            '<image {} width="200" height="100"/>',
            '<use {} width="200" height="100"/>',
            '<filter id="f"><feImage {}/></filter><rect width="200" height="99" filter="url(#f)"/>',
        ):
            for attribute in ("href", "xlink:href"):
                inside = form.format(f'{attribute}="{address}"')
                assert middle(svg(inside)) == WHITE, inside
    style = f"@import url(http://127.0.0.1:{port}/a.css); rect {{fill: url({tmp_path}/red.svg)}}"
    middle(svg(f'<style>{style}</style><rect width="200" height="100"/>'))
    assert visits == []


def test_entities_do_not_read_files_either(tmp_path) -> None:
    (tmp_path / "secret").write_text("red")
    outside = f'<!DOCTYPE svg [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    inside = '<rect width="200" height="100" fill="&e;"/>'
    with pytest.raises(UnreadableFile, match="damaged"):
        read_image_bytes(svg(inside, before=outside), "a.svg")


def test_scripts_do_not_run_and_links_do_not_matter() -> None:
    script = (
        "<script>document.querySelector('rect').setAttribute('fill', 'blue')</script>"
        '<a href="javascript:alert(1)"><rect width="200" height="100" fill="red" '
        "onload=\"this.setAttribute('fill', 'blue')\"/></a>"
    )
    assert middle(svg(script)) == RED


def test_its_own_pictures_are_drawn_and_judged(encoded, make_files) -> None:
    def holding(data: bytes) -> bytes:
        address = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        return svg(f'<image href="{address}" width="200" height="100"/>')

    assert middle(holding(encoded(Image.new("RGB", (20, 10), "red"), "PNG"))) == RED
    huge = holding(make_files.huge_png("huge.png").read_bytes())
    with pytest.raises(UnreadableFile, match="too many pixels"):
        read_image_bytes(huge, "a.svg")


def bomb_of_uses() -> str:
    levels = (
        f'<g id="g{level + 1}">' + f'<use href="#g{level}"/>' * 10 + "</g>" for level in range(12)
    )
    return '<rect id="g0" width="3" height="3"/>' + "".join(levels)


@pytest.mark.parametrize(
    "inside",
    [bomb_of_uses(), "<g>" * 300 + "</g>" * 300, "<g>" * 50_000 + "</g>" * 50_000],
    ids=["doubling", "deep", "deeper"],
)
def test_too_complicated_drawings_are_refused(inside) -> None:
    with pytest.raises(UnreadableFile, match=r"a\.svg is too complicated to be drawn"):
        read_image_bytes(svg(inside), "a.svg")


def test_entities_that_grow_without_end_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(12))
    before = f'<!DOCTYPE svg [<!ENTITY l0 "lol">{laughs}]>'
    with pytest.raises(UnreadableFile):
        read_image_bytes(svg("<text>&l12;</text>", before=before), "a.svg")


def test_a_file_of_ten_megabytes_is_the_most() -> None:
    with pytest.raises(UnreadableFile, match="too complicated"):
        read_image_bytes(svg(f"<!--{'x' * 10_000_000}-->"), "a.svg")
