"""Why a file cannot be read, in the user's words: what is the matter, and the way out.

One place for all of these sentences, so that they sound alike.
"""

from __future__ import annotations

import math
import re
from pathlib import PurePath

from engine.api.errors import UnreadableFile
from engine.documents.sniff import FOREIGN_PICTURES, Kind

_PICTURE_SUFFIX = re.compile(r"\.(a?png|jpe?g|jpe|jfif|gif|webp|bmp|dib|tiff?|hei[cf]|avif|svg)")
_TEXT_SUFFIX = re.compile(
    r"\.(te?xt|md|markdown|rst|[ct]sv|jsonl?|log|html?|xml|ya?ml|toml|ini|tex|pyi?|[jt]sx?|[ch]"
    r"|[ch]pp|java|rs|go|sh|sql)"
)
_OFFICE_SUFFIX = re.compile(
    r"\.(pages|numbers|key|do[ct][xm]?|od[tspg]|ott|rtf|wpd|hwpx?|xls[xmb]?|pp[ts][xm]?|vsdx?|pub"
    r"|one|msg|epub|mobi|azw3?)"
)
_READABLE = (
    "Tanka reads PNG, JPEG, HEIC, AVIF, WebP, GIF, BMP, TIFF and SVG pictures, PDF files and plain "
    "text."
)


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def missing(name: str, details: str) -> UnreadableFile:
    """There is no file at that path."""
    return UnreadableFile(
        f"{name} cannot be found. It may have been moved or deleted: attach it again from where "
        "it is now.",
        details,
    )


def folder(name: str) -> UnreadableFile:
    """A folder; some programs' documents are folders too."""
    if _OFFICE_SUFFIX.fullmatch(_suffix(name)):
        return office(name)
    return UnreadableFile(f"{name} is a folder. Attach the files inside it instead.")


def not_a_file(name: str) -> UnreadableFile:
    """A device, a pipe or a socket: it has no end."""
    return UnreadableFile(
        f"{name} is not an ordinary file but a device or a pipe. Save its content in a file and "
        "attach that."
    )


def forbidden(name: str, details: str) -> UnreadableFile:
    """The system does not let this account read it."""
    return UnreadableFile(
        f"{name} may not be read by your account. Change its permissions, or ask its owner for a "
        "copy.",
        details,
    )


def not_read(name: str, details: str) -> UnreadableFile:
    """The system failed to read it."""
    return UnreadableFile(
        f"{name} could not be read from its disk. Check that the disk or network folder is "
        "connected, then attach the file again.",
        details,
    )


def too_large(name: str, size_bytes: int, limit_bytes: int) -> UnreadableFile:
    """More bytes than are read at all."""
    size_mb, limit_mb = math.ceil(size_bytes / 1e6), limit_bytes // 1_000_000
    return UnreadableFile(
        f"{name} is too large: {size_mb:,} MB, and Tanka reads files of up to {limit_mb:,} MB. "
        "Attach only the part you want to ask about."
    )


def no_memory(name: str) -> UnreadableFile:
    """Main memory ran out while it was read."""
    return UnreadableFile(
        f"There is not enough free memory to read {name}. Close other programs, or attach a "
        "smaller file."
    )


def empty(name: str) -> UnreadableFile:
    """No bytes, or nothing but blank space."""
    return UnreadableFile(
        f"{name} is empty. Save it again in the program it comes from, then attach it."
    )


def picture_damaged(name: str, details: str) -> UnreadableFile:
    """The pixels cannot be decoded to the end."""
    return UnreadableFile(
        f"{name} is damaged or incomplete: its picture cannot be decoded to the end. Copy or "
        "download it again.",
        details,
    )


def picture_too_large(name: str, size: str, limit_pixels: int) -> UnreadableFile:
    """More pixels than are decoded; `size` is in words, where it is known."""
    return UnreadableFile(
        f"{name} has too many pixels: {size}, and Tanka reads pictures of up to "
        f"{limit_pixels // 1_000_000} megapixels. Attach a smaller copy, or a screenshot of the "
        "part you want to ask about."
    )


def drawing_too_complex(name: str, details: str) -> UnreadableFile:
    """Drawing it takes more time or memory than a drawing should."""
    return UnreadableFile(
        f"{name} is too complicated to be drawn. Open it in another program and save it as PNG, or "
        "attach a screenshot of it.",
        details,
    )


def text_in_disguise(name: str) -> UnreadableFile | None:
    """For a text that is named as a picture or a PDF; `None` where the name does not lie."""
    suffix = _suffix(name)
    if suffix != ".pdf" and not _PICTURE_SUFFIX.fullmatch(suffix):
        return None
    claim = "PDF" if suffix == ".pdf" else "picture"
    return UnreadableFile(
        f"{name} is not a {claim}: it holds text. Rename it to {PurePath(name).stem}.txt to "
        "attach it as text."
    )


def not_a_picture(name: str) -> UnreadableFile:
    """Pasted or dropped image data that is none."""
    return UnreadableFile(
        f"{name} is not a picture Tanka can read. Copy it again, or save it as PNG and attach "
        "the file."
    )


def office(name: str) -> UnreadableFile:
    """A document that only the program that made it understands."""
    suffix = _suffix(name)
    if _OFFICE_SUFFIX.fullmatch(suffix):
        return UnreadableFile(f"Tanka cannot read {suffix} files. Export it as PDF.")
    return UnreadableFile(
        f"{name} is an office document, which Tanka cannot read. Open it in the program that "
        "made it and export it as PDF."
    )


def unsupported(name: str, kind: Kind | None) -> UnreadableFile:
    """A file of a kind that is not read; `kind` is `None` where even that is unknown."""
    suffix = _suffix(name)
    claims_office = _OFFICE_SUFFIX.fullmatch(suffix) is not None
    if kind is Kind.OFFICE or (kind in {None, Kind.ARCHIVE} and claims_office):
        return office(name)
    if kind is Kind.ARCHIVE:
        sentence = f"{name} is an archive. Unpack it and attach the files inside."
    elif kind is Kind.MEDIA:
        sentence = (
            f"{name} is sound or video, which Tanka cannot read. Attach a transcript or a "
            "screenshot instead."
        )
    elif kind in FOREIGN_PICTURES and kind is not None:
        sentence = f"Tanka cannot read {kind.value} pictures. Save {name} as JPEG or PNG."
    else:
        sentence = _unknown(name, suffix)
    return UnreadableFile(sentence)


def _unknown(name: str, suffix: str) -> str:
    if _PICTURE_SUFFIX.fullmatch(suffix):
        return (
            f"{name} is damaged, or not a picture. Where another program can show it, save it "
            "there as PNG and attach that."
        )
    if suffix == ".pdf":
        return f"{name} is damaged, or not a PDF. Copy or download it again."
    if _TEXT_SUFFIX.fullmatch(suffix):
        return f"{name} is not text in a known encoding. Save it as UTF-8 and attach it again."
    return f"{name} is neither a picture, a PDF nor text. {_READABLE}"


def pdf_locked(name: str, details: str) -> UnreadableFile:
    """It opens with a password only."""
    return UnreadableFile(
        f"{name} is protected by a password. Open it in a PDF viewer, save a copy without the "
        "password, and attach the copy.",
        details,
    )


def pdf_damaged(name: str, details: str) -> UnreadableFile:
    """It has no readable structure at all."""
    return UnreadableFile(
        f"{name} is damaged: it begins as a PDF, but its pages cannot be found. Copy or download "
        "it again.",
        details,
    )


def pdf_damaged_after(name: str, page: int, pages: int, details: str) -> UnreadableFile:
    """Its pages can be read up to `page` (which may be 0) of `pages`."""
    where = f"after page {page:,}" if page else "from its first page on"
    return UnreadableFile(
        f"{name} is damaged {where}: page {page + 1:,} of {pages:,} cannot be read. Copy or "
        "download it again, or print the good pages to a new PDF.",
        details,
    )


def pdf_without_pages(name: str) -> UnreadableFile:
    """A sound PDF of zero pages."""
    return UnreadableFile(
        f"{name} is a PDF without any page. Export it again from the program it comes from."
    )


def pdf_without_text(name: str, pages: int) -> UnreadableFile:
    """A scan, or drawings only."""
    whose = "its only page is a picture" if pages == 1 else f"its {pages:,} pages are pictures"
    return UnreadableFile(
        f"{name} holds no text: {whose} or blank. Drop a screenshot of the page you want to ask "
        "about instead."
    )
