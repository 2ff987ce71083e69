"""Bytes of unknown encoding as text: told by the byte order mark, by validity, by the frequency of letters."""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

HEAD_BYTES = 256 * 1024

# How often Russian letters stand in running text, in per mille (Lyashevskaya & Sharov, frequency dictionary, 2009).
# fmt: off
_PER_MILLE = {
    "о": 110, "е": 85, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44, "к": 35,
    "м": 32, "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16, "б": 16, "ч": 14,
    "й": 12, "х": 10, "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3, "ъ": 1, "ё": 1,
}
# fmt: on
_ONE_BYTE = ("cp1251", "koi8-r", "cp866", "mac_cyrillic")
# Text encodings to Python, but none that a file is written in; some raise whatever the error handler.
_NOT_FOR_FILES = frozenset(
    {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "utf-7", "mbcs", "oem"}
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_ESCAPED = re.compile("[\udc80-\udcff]")


def encoding_of(head: bytes) -> str:
    """The name of the encoding that the first bytes of a file are in."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if wide := _wide_without_mark(head):
        return wide
    declared = _DECLARED.match(head)
    if declared and (name := known_encoding(declared[1].decode("ascii"))) not in ("", "utf-8"):
        return name
    if _is_utf8(head):
        return "utf-8"
    return max(_ONE_BYTE, key=lambda name: _likeness_to_russian(head.decode(name, "replace")))


def known_encoding(name: str) -> str:
    """Python's name of a text encoding, or "" if there is none of that name."""
    try:
        info = codecs.lookup(name)
    except LookupError:
        return ""
    return info.name if info._is_text_encoding and info.name.replace("_", "-") not in _NOT_FOR_FILES else ""


class TextStream:
    """Text of a binary file. Counts in `repaired` the lines whose bytes were not of the encoding.

    UTF-8 files with lines or letters in windows-1251 (parts of several files put together) are read as both.
    """

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        file.seek(0)
        self._is_utf8 = encoding in ("utf-8", "utf-8-sig")
        self._text = io.TextIOWrapper(
            file,
            "utf-8-sig" if self._is_utf8 else encoding,
            errors="surrogateescape" if self._is_utf8 else "replace",
            newline="",
        )
        self.encoding = encoding
        self.repaired = 0

    def read(self, characters: int) -> str:
        return self._repair(self._text.read(characters))

    def read_line(self, most: int) -> str:
        """One physical line with its line break, or its first `most` characters; "" at the end."""
        return self._repair(self._text.readline(most))

    def remarks(self) -> list[str]:
        if not self.repaired:
            return []
        how = "were read as windows-1251" if self._is_utf8 else "stand as «\ufffd»"
        return [f"Bytes that are not {self.encoding} were met in {self.repaired} places; they {how}."]

    def detach(self) -> None:
        """Let go of the file without closing it."""
        self._text.detach()

    def _repair(self, text: str) -> str:
        if self._is_utf8:
            if escaped := _ESCAPED.findall(text):
                self.repaired += 1
                return _as_both(text, len(escaped))
        elif "\ufffd" in text:
            self.repaired += 1
        return text


def _as_both(text: str, escaped: int) -> str:
    """UTF-8 with foreign bytes in it: all of it windows-1251 if most of what is not ASCII is foreign."""
    genuine = sum(1 for character in text if character > "\x7f") - escaped
    if escaped > genuine:
        return text.encode("utf-8", "surrogateescape").decode("cp1251", "replace")
    return _ESCAPED.sub(lambda match: bytes([ord(match[0]) - 0xDC00]).decode("cp1251", "replace"), text)


def _wide_without_mark(head: bytes) -> str:
    """UTF-16 of mostly ASCII has a zero in every other byte."""
    sample = head[:4096]
    pairs = len(sample) // 2
    if pairs < 2:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 0.3 * pairs and even < 0.05 * pairs:
        return "utf-16-le"
    if even > 0.3 * pairs and odd < 0.05 * pairs:
        return "utf-16-be"
    return ""


def _is_utf8(head: bytes) -> bool:
    """Whether the head is UTF-8 but for a few stray bytes. A letter cut in two by the head's end is not held
    against it, and neither are single bad bytes in a text whose other letters are plainly UTF-8."""
    text = head.decode("utf-8", "surrogateescape")
    foreign = len(_ESCAPED.findall(text[:-4]))
    genuine = sum(1 for character in text if character > "\x7f") - foreign
    return foreign == 0 or foreign < 0.5 * genuine


def _likeness_to_russian(text: str) -> float:
    """Small letters weigh by their frequency, capitals little: KOI8 read as cp1251 is gibberish in capitals."""
    score = 0.0
    for character in text:
        if character > "\x7f":
            lower = character.lower()
            weight = _PER_MILLE.get(lower)
            score += -30 if weight is None else weight if lower == character else weight / 10
    return score
