"""What a file is by its first bytes. Names and suffixes are claims; they are not looked at here.

A signature that readable text could begin with by chance is asked for more of its header, so that
a note beginning with "BM" or "ID3" stays a note.
"""

from __future__ import annotations

import re
from enum import Enum


class Kind(Enum):
    """What the signatures tell apart; the value is the name a person knows it by."""

    PNG = "PNG"
    JPEG = "JPEG"
    GIF = "GIF"
    WEBP = "WebP"
    BMP = "BMP"
    TIFF = "TIFF"
    PDF = "PDF"
    HEIC = "HEIC"
    AVIF = "AVIF"
    SVG = "SVG"
    JPEG_XL = "JPEG XL"
    JPEG_2000 = "JPEG 2000"
    PHOTOSHOP = "Photoshop"
    OFFICE = "office document"
    ARCHIVE = "archive"
    MEDIA = "sound or video"


PICTURES = frozenset(
    {
        *(Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP, Kind.BMP, Kind.TIFF),
        *(Kind.HEIC, Kind.AVIF, Kind.SVG),
    }
)
FOREIGN_PICTURES = frozenset({Kind.JPEG_XL, Kind.JPEG_2000, Kind.PHOTOSHOP})

_SIGNATURES = tuple(
    (kind, re.compile(pattern, re.DOTALL))
    for kind, pattern in (
        (Kind.PNG, rb"\x89PNG\r\n\x1a\n"),
        (Kind.JPEG, rb"\xff\xd8\xff"),
        (Kind.GIF, rb"GIF8[79]a"),
        (Kind.WEBP, rb"RIFF.{4}WEBP"),
        # reserved zeros, then the length of one of the known bitmap headers
        (Kind.BMP, rb"BM.{4}\x00{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\x00{3}"),
        (Kind.TIFF, rb"II[*+]\x00|MM\x00[*+]"),
        (Kind.PDF, rb"(?:\xef\xbb\xbf)?\s{0,1024}%PDF-"),
        (Kind.AVIF, rb"\x00.{3}ftyp(?:avi[fs]|m(?:if|sf)1.{4}(?:.{4}){0,14}?avi[fs])"),
        (Kind.HEIC, rb"\x00.{3}ftyp(?:hei[cmsx]|hev[cmsx]|mif1|msf1)"),
        (Kind.JPEG_XL, rb"\xff\x0a|\x00\x00\x00\x0cJXL "),
        (Kind.JPEG_2000, rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51"),
        (Kind.PHOTOSHOP, rb"8BPS\x00[\x01\x02]"),
        # compound files of the old office programs, and rich text
        (Kind.OFFICE, rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|\{\\rtf"),
        (Kind.ARCHIVE, rb"PK(?:\x03\x04|\x05\x06)|\x1f\x8b\x08|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"),
        (Kind.ARCHIVE, rb"\xfd7zXZ\x00|BZh[1-9]1AY&SY|\x28\xb5\x2f\xfd"),
        (Kind.MEDIA, rb"\x00.{3}ftyp|RIFF.{4}(?:WAVE|AVI )|OggS\x00|fLaC\x00|ID3[\x02-\x04]"),
        (Kind.MEDIA, rb"\x1a\x45\xdf\xa3"),
    )
)

# An office document of today is a ZIP archive; these names stand in it uncompressed.
_OFFICE_MEMBERS = re.compile(
    rb"word/document\.xml|xl/workbook\.|ppt/presentation\.xml|Index/Document\.iwa"
    rb"|mimetypeapplication/(?:vnd\.oasis\.opendocument|epub\+zip)"
)
_ENDS_BYTES = 1 << 16
# What may stand before the first element of an XML document, and that element of a drawing.
_BEFORE_ROOT = re.compile(
    rb"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE
)
_SVG_ROOT = re.compile(rb"<(?:svg|svg:svg)[\s/>]")
_BEFORE_SVG_BYTES = 1 << 16


def sniff(data: bytes) -> Kind | None:
    """The kind whose signature `data` begins with; `None` for text and for the unknown."""
    for kind, signature in _SIGNATURES:
        if signature.match(data):
            return Kind.OFFICE if kind is Kind.ARCHIVE and _holds_office_document(data) else kind
    return Kind.SVG if _is_drawing(data[:_BEFORE_SVG_BYTES]) else None


def _is_drawing(start: bytes) -> bool:
    """Whether the first element is that of an SVG drawing."""
    at = 3 if start.startswith(b"\xef\xbb\xbf") else 0
    while (before := _BEFORE_ROOT.match(start, at)) is not None:
        at = before.end()
    return _SVG_ROOT.match(start, at) is not None


def holds_late_pdf_header(data: bytes) -> bool:
    """Whether a PDF begins after some other bytes, which readers accept within the first 1,024.

    To be asked only of files that are not text: a text may quote the header.
    """
    return b"%PDF-" in data[:1024]


def _holds_office_document(archive: bytes) -> bool:
    """Members are listed at the end of an archive, and the first of them at its beginning."""
    ends = (archive[:_ENDS_BYTES], archive[-_ENDS_BYTES:])
    return any(_OFFICE_MEMBERS.search(end) for end in ends)
