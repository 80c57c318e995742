"""Tanka's icons: strokes on a 16 by 16 grid, one colour, tinted when they are drawn."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE = 1.35
# Pixmaps are drawn for these device pixel ratios, so that no scale ever stretches one.
_RATIOS = (1.0, 1.25, 1.5, 2.0, 3.0)

# Bodies of `<svg>`; `stroke` and `fill="C"` take the tint.
SHAPES: dict[str, str] = {
    "minus": '<path d="M3 8h10"/>',
    "plus": '<path d="M8 3v10M3 8h10"/>',
    "sidebar": '<rect x="2" y="3" width="12" height="10" rx="1.6"/><path d="M6.2 3v10"/>',
    "sidebar-right": ('<rect x="2" y="3" width="12" height="10" rx="1.6"/><path d="M9.8 3v10"/>'),
    "arrow-left": '<path d="M13.2 8H2.8M7 3.8 2.8 8 7 12.2"/>',
    "arrow-right": '<path d="M2.8 8h10.4M9 3.8 13.2 8 9 12.2"/>',
    "search": '<circle cx="7" cy="7" r="4.4"/><path d="m10.4 10.4 3.2 3.2"/>',
    "gear": (
        '<circle cx="8" cy="8" r="2.2"/><path d="M8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5'
        'M11 11l1.4 1.4M3.6 12.4 5 11M11 5l1.4-1.4"/>'
    ),
    "trash": ('<path d="M2.8 4.4h10.4M6 4.4V2.8h4v1.6M4.2 4.4l.6 9h6.4l.6-9M6.8 7v4M9.2 7v4"/>'),
    "attach": (
        '<path d="M13.2 7.4 8 12.6a3.2 3.2 0 0 1-4.5-4.5l5.4-5.4a2.1 2.1 0 0 1 3 3'
        'L6.6 11a1 1 0 0 1-1.5-1.5l4.7-4.7"/>'
    ),
    "capture": (
        '<path d="M2.4 5.4V3.6a1.2 1.2 0 0 1 1.2-1.2h1.8M10.6 2.4h1.8a1.2 1.2 0 0 1 1.2 1.2v1.8'
        'M13.6 10.6v1.8a1.2 1.2 0 0 1-1.2 1.2h-1.8M5.4 13.6H3.6a1.2 1.2 0 0 1-1.2-1.2v-1.8"/>'
        '<circle cx="8" cy="8" r="2"/>'
    ),
    "send": '<path d="M8 13.2V3.2M3.8 7.2 8 3l4.2 4.2"/>',
    "stop": '<rect x="4" y="4" width="8" height="8" rx="1.2" fill="C" stroke="none"/>',
    "copy": (
        '<rect x="5.5" y="5.5" width="8" height="8" rx="1.4"/>'
        '<path d="M10.5 3.6v-.1a1.2 1.2 0 0 0-1.2-1.2H3.5a1.2 1.2 0 0 0-1.2 1.2v5.8a1.2 1.2 0 0 0 '
        '1.2 1.2h.1"/>'
    ),
    "check": '<path d="M3 8.6 6.4 12 13 4.6"/>',
    "close": '<path d="m4 4 8 8M12 4l-8 8"/>',
    "warning": (
        '<path d="M8 2.4 14.4 13.4H1.6Z"/><path d="M8 6.6v3.2"/>'
        '<circle cx="8" cy="11.5" r=".8" fill="C" stroke="none"/>'
    ),
    "info": (
        '<circle cx="8" cy="8" r="6"/><path d="M8 7.4v3.8"/>'
        '<circle cx="8" cy="5" r=".8" fill="C" stroke="none"/>'
    ),
    "document": (
        '<path d="M9.2 1.8H4.6a1.2 1.2 0 0 0-1.2 1.2v10a1.2 1.2 0 0 0 1.2 1.2h6.8a1.2 1.2 0 0 0 '
        '1.2-1.2V5.2Z"/><path d="M9.2 1.8v3.4h3.4"/>'
    ),
    "text": '<path d="M2.6 3.6h10.8M2.6 6.6h10.8M2.6 9.6h10.8M2.6 12.6h6.4"/>',
    "image": (
        '<rect x="2" y="3" width="12" height="10" rx="1.6"/><circle cx="5.6" cy="6.4" r="1.1"/>'
        '<path d="m2.4 11.8 3.4-3 2.2 2 2.8-2.8 3 3"/>'
    ),
    "retry": '<path d="M13.2 8a5.2 5.2 0 1 1-1.6-3.8l1.6 1.6"/><path d="M13.2 2.4v3.4H9.8"/>',
    "lock": (
        '<rect x="3.4" y="7" width="9.2" height="6.6" rx="1.4"/>'
        '<path d="M5.4 7V4.8a2.6 2.6 0 0 1 5.2 0V7"/>'
    ),
    "chevron-down": '<path d="m4 6.2 4 4 4-4"/>',
    "chevron-up": '<path d="m4 9.8 4-4 4 4"/>',
    "chevron-right": '<path d="m6.2 4 4 4-4 4"/>',
    "chevron-left": '<path d="m9.8 4-4 4 4 4"/>',
    "arrow-down": '<path d="M8 2.8v10.4M3.8 9l4.2 4.2L12.2 9"/>',
    "folder": (
        '<path d="M1.8 4.4a1.2 1.2 0 0 1 1.2-1.2h3.2l1.6 1.8H13a1.2 1.2 0 0 1 1.2 1.2v5.6'
        'a1.2 1.2 0 0 1-1.2 1.2H3a1.2 1.2 0 0 1-1.2-1.2Z"/>'
    ),
    "folder-open": (
        '<path d="M1.8 11.6V4.4A1.2 1.2 0 0 1 3 3.2h3.2L7.8 5h4a1.2 1.2 0 0 1 1.2 1.2v.9"/>'
        '<path d="M1.9 12.2 3.9 7.9a1.2 1.2 0 0 1 1.1-.7h8.3a1 1 0 0 1 .9 1.4l-1.6 3.7'
        'a1.2 1.2 0 0 1-1.1.7H2.6a.7.7 0 0 1-.7-.8Z"/>'
    ),
    "pin": (
        '<path d="M5.6 2.4h4.8M6.4 2.4v3.7L4.4 8.4v1.2h7.2V8.4l-2-2.3V2.4"/><path d="M8 9.6v4"/>'
    ),
    "more": (
        '<circle cx="3.6" cy="8" r="1.1" fill="C" stroke="none"/>'
        '<circle cx="8" cy="8" r="1.1" fill="C" stroke="none"/>'
        '<circle cx="12.4" cy="8" r="1.1" fill="C" stroke="none"/>'
    ),
    "pause": '<path d="M5.8 3.4v9.2M10.2 3.4v9.2"/>',
    "clock": '<circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.4"/>',
    "cube": (
        '<path d="m8 1.8 5.6 3.1v6.2L8 14.2l-5.6-3.1V4.9Z"/><path d="M2.6 5 8 8l5.4-3M8 8v6"/>'
    ),
    "machine": (
        '<rect x="2" y="2.8" width="12" height="8.2" rx="1.4"/><path d="M8 11v2.6M5 13.6h6"/>'
    ),
    "message": (
        '<path d="M2.4 4.2A1.2 1.2 0 0 1 3.6 3h8.8a1.2 1.2 0 0 1 1.2 1.2v5.6a1.2 1.2 0 0 1-1.2 1.2'
        'H7.4L4.6 13.6V11h-1a1.2 1.2 0 0 1-1.2-1.2Z"/>'
    ),
    "branch": (
        '<circle cx="4.2" cy="3.6" r="1.6"/><circle cx="4.2" cy="12.4" r="1.6"/>'
        '<circle cx="11.8" cy="5.4" r="1.6"/><path d="M4.2 5.2v5.6M11.8 7c0 2.6-2.6 3.4-7.4 3.6"/>'
    ),
    "edit": '<path d="m10.6 3 2.4 2.4-7.6 7.6-3 .6.6-3Z"/><path d="m9 4.6 2.4 2.4"/>',
    "download": '<path d="M8 2.4v7.2M4.8 6.6 8 9.8l3.2-3.2M3 13.2h10"/>',
    "upload": '<path d="M8 10V2.8M4.8 5.8 8 2.6l3.2 3.2M3 9.6v3.6h10V9.6"/>',
    "quit": '<path d="M8 2v5.6"/><path d="M11.6 4.2a5.2 5.2 0 1 1-7.2 0"/>',
    "sliders": (
        '<path d="M2.4 5h5.8M11.8 5h1.8M2.4 11h1.8M7.8 11h5.8"/>'
        '<circle cx="10" cy="5" r="1.7"/><circle cx="6" cy="11" r="1.7"/>'
    ),
}


def svg(name: str, color: QColor) -> bytes:
    """The icon `name` as a drawing of its own, tinted with `color`."""
    tint = color.name()
    body = SHAPES[name].replace('fill="C"', f'fill="{tint}"')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
        f'<g fill="none" stroke="{tint}" stroke-width="{STROKE}" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</g></svg>'
    ).encode()


@lru_cache(maxsize=512)
def _pixmap(name: str, rgb: int, size: int, ratio: float) -> QPixmap:
    pixels = round(size * ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer = QSvgRenderer(QByteArray(svg(name, QColor.fromRgb(rgb))))
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def pixmap(name: str, color: QColor, size: int, ratio: float) -> QPixmap:
    """The icon `name` as a picture for a screen of `ratio` device pixels a pixel."""
    return _pixmap(name, color.rgb(), size, ratio)


def icon(name: str, color: QColor, disabled: QColor, size: int) -> QIcon:
    """The icon `name` for a button: in `color`, and in `disabled` where the button is off."""
    return _icon(name, color.rgb(), disabled.rgb(), size)


@lru_cache(maxsize=512)
def _icon(name: str, rgb: int, disabled_rgb: int, size: int) -> QIcon:
    result = QIcon()
    for ratio in _RATIOS:
        result.addPixmap(_pixmap(name, rgb, size, ratio))
        result.addPixmap(_pixmap(name, disabled_rgb, size, ratio), QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=512)
def with_room(icon: QIcon, size: int, before: int, after: int) -> QIcon:
    """`icon` with clear space beside it, since Qt sets an icon too close to a button's text."""
    result = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled):
        for ratio in _RATIOS:
            wide = QPixmap(round((size + before + after) * ratio), round(size * ratio))
            wide.setDevicePixelRatio(ratio)
            wide.fill(Qt.GlobalColor.transparent)
            painter = QPainter(wide)
            painter.drawPixmap(before, 0, icon.pixmap(QSize(size, size), ratio, mode))
            painter.end()
            result.addPixmap(wide, mode)
    return result
