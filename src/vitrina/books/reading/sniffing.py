"""What a file is, told by what it holds and not by its name. Pure."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from vitrina.books.reading.book import BookLimits, BookRefused
from vitrina.lib.feeds.decoding import HEAD_BYTES, encoding_of
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.zipgate import BadZip, GatedZip, ZipLimits, open_zip

EMPTY = gettext_noop("The file is empty.")
TOO_BIG = gettext_noop("The file has %(size)s MB; a book may have at most %(most)s MB.")
NOT_A_BOOK = gettext_noop("This is %(what)s. Books are taken in EPUB, FB2 or TXT.")
BINARY = gettext_noop("This is a binary file of an unknown kind, not a book in EPUB, FB2 or TXT.")
STRANGE_XML = gettext_noop("This is XML, but not FB2: it begins with <%(root)s> instead of <FictionBook>.")
STRANGE_ZIP = gettext_noop(
    "This is a ZIP archive without a book in it: neither an EPUB nor one file in FB2 or TXT."
)
SEVERAL = gettext_noop("The archive holds %(count)s books. Unpack it and give each book by itself.")

# What is met under the name of a book, by its first bytes; (offset, bytes, what it is).
_OTHERS = (
    (60, b"BOOKMOBI", gettext_noop("a Kindle book (MOBI or AZW). Convert it to EPUB first, if it is not protected")),
    (0, b"%PDF", gettext_noop("a PDF document, whose pages have no paragraphs")),
    (0, b"AT&TFORM", gettext_noop("a DjVu document, which consists of pictures of pages")),
    (0, b"{\\rtf", gettext_noop("an RTF document. Save it as plain text")),
    (0, b"\xd0\xcf\x11\xe0", gettext_noop("an old Word document (.doc). Save it as plain text")),
    (0, b"ITSF", gettext_noop("a CHM help file")),
    (0, b"\x1f\x8b", gettext_noop("a gzip archive. Unpack it first")),
    (0, b"Rar!", gettext_noop("a RAR archive. Unpack it first")),
    (0, b"7z\xbc\xaf", gettext_noop("a 7z archive. Unpack it first")),
    (0, b"\x89PNG", gettext_noop("a picture")),
    (0, b"\xff\xd8\xff", gettext_noop("a picture")),
    (0, b"GIF8", gettext_noop("a picture")),
)  # fmt: skip
_WEB_PAGE = gettext_noop("a web page (HTML)")
_IN_ZIP = {
    "word/document.xml": gettext_noop("a Word document (.docx). Save it as plain text"),
    "xl/workbook.xml": gettext_noop("a table (.xlsx)"),
    "content.xml": gettext_noop("an OpenDocument file. Save it as plain text"),
}
_MARKUP = re.compile(r"\A\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>\s*)*", re.DOTALL | re.IGNORECASE)  # fmt: skip
_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?([\w.-]{1,60})")
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body)[\s>]", re.IGNORECASE)
_EPUB_TYPE = b"application/epub+zip"
CONTAINER = "META-INF/container.xml"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`kind`: epub | fb2 | txt. `member`: the file's name in a ZIP that holds one book; empty where it is none."""

    kind: str
    member: str = ""


def sniff(data: bytes, limits: BookLimits) -> Sniffed:
    """Raises `BookRefused` with what it is instead."""
    if not data.strip(b"\x00 \t\r\n"):
        raise BookRefused(EMPTY)
    if len(data) > limits.file_bytes:
        raise BookRefused(TOO_BIG, {"size": -(-len(data) // 10**6), "most": limits.file_bytes // 10**6})
    for offset, mark, what in _OTHERS:
        if data[offset : offset + len(mark)] == mark:
            raise BookRefused(NOT_A_BOOK, {"what": what})
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _sniff_zip(data, limits)
    return _sniff_text(data[:HEAD_BYTES])


def zip_limits(limits: BookLimits) -> ZipLimits:
    """Pictures and fonts of a book count as well: they are in the archive, though nobody unpacks them."""
    return ZipLimits(entries=limits.entries, total_bytes=limits.unpacked_bytes)


def _sniff_zip(data: bytes, limits: BookLimits) -> Sniffed:
    try:
        with open_zip(io.BytesIO(data), zip_limits(limits)) as archive:
            return _kind_of_zip(archive)
    except BadZip as error:
        raise BookRefused(error.sentence, error.values) from error


def _kind_of_zip(archive: GatedZip) -> Sniffed:
    names = archive.names()
    if CONTAINER in names:
        return Sniffed("epub")
    if "mimetype" in names and archive.read("mimetype", max_bytes=1_000).strip() == _EPUB_TYPE:
        return Sniffed("epub")  # and says what is missing from it
    for name, what in _IN_ZIP.items():
        if name in names:
            raise BookRefused(NOT_A_BOOK, {"what": what})
    for suffix in ("fb2", "txt"):
        books = [
            name for name in names if name.lower().endswith(f".{suffix}") and not name.startswith("__MACOSX/")
        ]
        if len(books) > 1:
            raise BookRefused(SEVERAL, {"count": len(books)})
        if books:
            return Sniffed(suffix, books[0])
    raise BookRefused(STRANGE_ZIP)


def _sniff_text(head: bytes) -> Sniffed:
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff \t\r\n\x00")
    if text.startswith("<"):
        root = _ROOT.match(_MARKUP.sub("", text, count=1))
        if root and root[1] == "FictionBook":
            return Sniffed("fb2")
        if _HTML.search(text[:20_000]):
            raise BookRefused(NOT_A_BOOK, {"what": _WEB_PAGE})
        if root and text.startswith(("<?xml", "<!")):
            raise BookRefused(STRANGE_XML, {"root": root[1]})
    sample = text[:8_192]
    strange = sum(
        (letter < " " and letter not in "\t\r\n\x00\x0c") or letter == "\ufffd" for letter in sample
    )
    if strange > max(8, 0.05 * len(sample)):
        raise BookRefused(BINARY)
    return Sniffed("txt")
