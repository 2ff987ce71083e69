"""A file of unknown format as a book. Pure; for files from outside, see `apart`."""

from __future__ import annotations

import io
from dataclasses import replace

from vitrina.books.reading import epub, fb2, txt
from vitrina.books.reading.book import DEFAULT_LIMITS, BookLimits, BookRefused, ReadBook
from vitrina.books.reading.sniffing import sniff, zip_limits
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.zipgate import BadZip, open_zip

_NESTED = gettext_noop("The archive holds another archive. Unpack it and give the book itself.")


def read(data: bytes, limits: BookLimits = DEFAULT_LIMITS) -> ReadBook:
    """Raises `BookRefused` with a sentence for whoever gave the file."""
    found = sniff(data, limits)
    if found.kind == "epub":
        return epub.read(data, limits)
    if found.member:
        data = _unpacked(data, found.member, limits)
        inner = sniff(data, replace(limits, file_bytes=limits.document_bytes))
        if inner.member or inner.kind == "epub":  # an archive in an archive is not opened
            raise BookRefused(_NESTED)
        found = inner
    return fb2.read(data, limits) if found.kind == "fb2" else txt.read(data, limits)


def _unpacked(data: bytes, name: str, limits: BookLimits) -> bytes:
    try:
        with open_zip(io.BytesIO(data), zip_limits(limits)) as archive:
            return archive.read(name, max_bytes=limits.document_bytes)
    except BadZip as error:
        raise BookRefused(error.sentence, error.values) from error
