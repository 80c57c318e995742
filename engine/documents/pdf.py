"""The text of a PDF, page by page, whole. Rendering pages is not done here.

PDFium is not thread-safe and has one state for the process, so that everything that touches it
holds one lock. Its error code belongs to the last *failed* load: it is read only after a failure.
"""

from __future__ import annotations

import re
import threading
from contextlib import closing

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from engine.api.messages import DocumentPage
from engine.documents import refusals

_pdfium_lock = threading.Lock()

# PDFium joins a word that a hyphen splits over two lines and leaves this where the hyphen was.
_LINE_END_HYPHEN = "\ufffe"
_SPLIT_WORD = re.compile(f"(?<=[^\\W\\d_]){_LINE_END_HYPHEN}(?=[^\\W\\d_])")
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\uffff]")
_TRAILING = re.compile(r"[ \t\xa0]+$", re.MULTILINE)


def read_pages(data: bytes, name: str) -> tuple[DocumentPage, ...]:
    """The text of every page of the PDF in `data`; pages without text are kept, empty."""
    with _pdfium_lock, closing(_open(data, name)) as document:
        count = len(document)
        if count == 0:
            raise refusals.pdf_without_pages(name)
        pages = tuple(
            DocumentPage(index + 1, _page_text(document, index, count, name))
            for index in range(count)
        )
    if not any(page.text for page in pages):
        raise refusals.pdf_without_text(name, count)
    return pages


def _open(data: bytes, name: str) -> pdfium.PdfDocument:
    """Load by the raw call: the library's own constructor takes an old error code for a new one
    when the document has no pages. The caller keeps `data` alive until the document is closed.
    """
    handle = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
    if handle:
        return pdfium.PdfDocument(handle)
    code = pdfium_c.FPDF_GetLastError()
    details = f"PDFium error {code}"
    if code in {pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY}:
        raise refusals.pdf_locked(name, details)
    raise refusals.pdf_damaged(name, details)


def _page_text(document: pdfium.PdfDocument, index: int, count: int, name: str) -> str:
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as text_page:
            raw = text_page.get_text_range()
    except pdfium.PdfiumError as fault:
        raise refusals.pdf_damaged_after(name, index, count, repr(fault)) from fault
    return tidy(raw)


def tidy(raw: str) -> str:
    """Page text as it is printed: plain line ends, nothing invisible, no trailing blanks."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _SPLIT_WORD.sub("", text).replace(_LINE_END_HYPHEN, "-")
    return _TRAILING.sub("", _INVISIBLE.sub("", text)).strip("\n")
