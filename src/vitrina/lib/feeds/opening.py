"""Opening a file of unknown format: what it is, is told by what it holds and not by its name."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from vitrina.lib.feeds.decoding import HEAD_BYTES, encoding_of, known_encoding
from vitrina.lib.feeds.feed import DEFAULT_LIMITS, Feed, FeedLimits, NotAFeed

FORMATS = ("csv", "xlsx", "yml", "jsonl")
_OTHER_NAMES = {"tsv": "csv", "txt": "csv", "xml": "yml", "xlsm": "xlsx", "ndjson": "jsonl", "json": "jsonl"}
_BINARY = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls), or a workbook with a password. Save it as .xlsx without one",
    ),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip archive. Unpack it first"),
    (b"Rar!", "a RAR archive. Unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive. Unpack it first"),
)
_HTML = re.compile(
    r"<!doctype\s+html|<(?:html|head|body|title|meta|script|style|table|div|form)[\s>]", re.IGNORECASE
)
_LOGIN = re.compile(r"""type\s*=\s*["']?password|name\s*=\s*["']?(?:passw|login)""", re.IGNORECASE)
_XML_PROLOG = re.compile(
    r"\A\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*", re.DOTALL | re.IGNORECASE
)
_XML_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_YML_ROOTS = ("yml_catalog", "shop", "catalog", "offers")


def open_feed(
    source: Path | str | BinaryIO,
    *,
    format: str = "",  # noqa: A002 - the word that callers and pages use
    encoding: str = "",
    delimiter: str = "",
    limits: FeedLimits = DEFAULT_LIMITS,
) -> Feed:
    """The feed in a file or in a binary stream that can seek. Empty `format`, `encoding`, `delimiter`: found out.

    Raises `NotAFeed` with a sentence; ValueError for a format or an encoding that does not exist. Close the feed.
    """
    wanted = _OTHER_NAMES.get(format.lower(), format.lower())
    if wanted not in ("", *FORMATS):
        raise ValueError(f"unknown feed format {format!r}")
    if encoding and not known_encoding(encoding):
        raise ValueError(f"unknown encoding {encoding!r}")
    with ExitStack() as undo:
        if isinstance(source, str | Path):
            file: BinaryIO = undo.enter_context(Path(source).open("rb"))
        else:
            file = source
        file.seek(0)
        head = file.read(HEAD_BYTES)
        found = recognise(head, encoding)
        if wanted and wanted != found:
            raise NotAFeed(f"The file was to be {wanted.upper()}, and it is {found.upper()}.")
        try:
            feed = _open(found, file, encoding or encoding_of(head), delimiter, limits)
        except UnicodeError as error:  # of an encoding that was asked for: UTF-16 begins with a mark
            raise NotAFeed(f"The file is not in the encoding {encoding}.") from error
        let_go, to_close = feed.on_close, undo.pop_all()

        def close() -> None:
            with to_close:
                let_go()

        feed.on_close = close
        return feed


def recognise(head: bytes, encoding: str = "") -> str:
    """The format, by the first bytes of a file. Raises `NotAFeed` with what it is instead."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "xlsx"
    for mark, what in _BINARY:
        if head.startswith(mark):
            raise NotAFeed(f"This is {what}.")
    text = head.decode(encoding or encoding_of(head), "replace").lstrip("\ufeff \t\r\n\x00")
    if not text:
        raise NotAFeed("The file is empty.")
    if text.startswith("<"):
        return _recognise_markup(text)
    if text.startswith("{"):
        first, _, rest = text.replace("\r", "\n").partition("\n")
        if rest.strip() and not first.rstrip().endswith("}"):
            raise NotAFeed("This is one JSON document; a JSON feed has one object per line (JSON Lines).")
        return "jsonl"
    if text.startswith("["):
        raise NotAFeed("This is one JSON document; a JSON feed has one object per line (JSON Lines).")
    sample = text[:4096]
    if sum(character < " " and character not in "\t\r\n\x00" for character in sample) > max(
        8, 0.05 * len(sample)
    ):
        raise NotAFeed("This is a binary file of an unknown kind, not a feed.")
    return "csv"


def _recognise_markup(text: str) -> str:
    body = _XML_PROLOG.sub("", text, count=1)
    root = _XML_ROOT.match(body)
    if root and root[1] in _YML_ROOTS:
        return "yml"
    if _HTML.search(text[:20_000]):
        if _LOGIN.search(text):
            raise NotAFeed("This is a login page, not a feed: the address asks for a name and a password.")
        raise NotAFeed(
            "This is a web page (HTML), not a feed, whatever its name says. Open it in a spreadsheet program and "
            "save it as .xlsx, or ask for the feed's own address."
        )
    if root:
        raise NotAFeed(f"This is XML, but not YML: it begins with <{root[1][:60]}> instead of <yml_catalog>.")
    raise NotAFeed("The file begins like XML and holds none.")


def _open(format_: str, file: BinaryIO, encoding: str, delimiter: str, limits: FeedLimits) -> Feed:
    # Each parser is loaded when its format is met: lxml and openpyxl are heavy.
    if format_ == "csv":
        from vitrina.lib.feeds.csv_feed import open_csv

        return open_csv(file, encoding, limits, delimiter=delimiter)
    if format_ == "jsonl":
        from vitrina.lib.feeds.jsonl_feed import open_jsonl

        return open_jsonl(file, encoding, limits)
    if format_ == "yml":
        from vitrina.lib.feeds.yml_feed import open_yml

        return open_yml(file, encoding, limits)
    from vitrina.lib.feeds.xlsx_feed import open_xlsx

    return open_xlsx(file, limits)
