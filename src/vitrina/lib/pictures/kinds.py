"""What a file is, by its first bytes; what is no picture, or more than one, is refused in words. Pure."""

from __future__ import annotations

import re
import struct

from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.sentences import gettext_noop

# As the picture library calls them. Formats that only specialists use are left to those who save a picture anew: each
# reader is a way in.
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}
MOST_BYTES = 32_000_000
TOO_MANY_BYTES = gettext_noop(
    "The file has %(size)s MB; pictures of up to %(most)s MB are opened. Save it smaller."
)
EMPTY = gettext_noop("The file is empty.")
LOGIN_PAGE = gettext_noop("This is a login page, not a picture: the address asks for a name and a password.")
WEB_PAGE = gettext_noop("This is a web page (HTML), not a picture. Give the address of the picture itself.")
DRAWING = gettext_noop("This is an SVG drawing, which can carry programs. Save it as PNG.")
OTHER_KIND = gettext_noop(
    "The file is of the kind %(kind)s, which is not opened. Save the picture as JPEG, PNG, WebP, GIF, AVIF or BMP."
)
TEXT = gettext_noop("This is text, not a picture.")
UNKNOWN = gettext_noop("This is a file of an unknown kind, not a picture.")
TWO_IN_ONE = gettext_noop(
    "The file looks like a picture and carries a program, a page or an archive. Save it anew in a picture editor."
)
NO_PICTURE = frozenset((EMPTY, LOGIN_PAGE, WEB_PAGE, DRAWING, OTHER_KIND, TEXT, UNKNOWN))

_BRANDS = {
    b"heic": "HEIC",
    b"heix": "HEIC",
    b"heim": "HEIC",
    b"heis": "HEIC",
    b"hevc": "HEIC",
    b"mif1": "HEIF",
    b"msf1": "HEIF",
    b"qt  ": "QuickTime",
    b"crx ": "CR3",
}
_OTHERS = (
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"8BPS", "PSD"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\1\0", "ICO"),
    (b"\x1aE\xdf\xa3", "WebM"),
    (b"PK\3\4", "ZIP"),
    (b"PK\5\6", "ZIP"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
)
_BITMAP_HEADERS = frozenset((12, 16, 40, 52, 56, 64, 108, 124))
_MARKUP = re.compile(rb"<!doctype|<html|<head|<body|<script|<meta|<title|<\?xml|<svg|<!--|<[a-z:]+[\s>]")
_PASSWORD = re.compile(rb"""<input[^>]{0,500}type\s*=\s*["']?password""")
_PROGRAM = re.compile(rb"<(?:script|iframe|html|\?php|svg)[\s>/]", re.IGNORECASE)
_LOOKED_AT = 64 * 1024  # bytes; a login form of a page is farther down


def kind_of(data: bytes) -> str:
    """A key of `MEDIA_TYPES`. Raises `PictureRefused`."""
    if not data:
        raise PictureRefused(EMPTY)
    if len(data) > MOST_BYTES:
        raise too_many_bytes(data)
    kind = _picture(data)
    if kind is None:
        raise _what_else(data)
    if _is_two_in_one(data):
        raise PictureRefused(TWO_IN_ONE)
    return kind


def too_many_bytes(data: bytes) -> PictureRefused:
    return PictureRefused(
        TOO_MANY_BYTES, {"size": -(-len(data) // 1_000_000), "most": MOST_BYTES // 1_000_000}
    )


def _picture(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and not _brands(data).isdisjoint((b"avif", b"avis")):
        return "AVIF"
    if data.startswith(b"BM") and len(data) > 18 and struct.unpack_from("<I", data, 14)[0] in _BITMAP_HEADERS:
        return "BMP"
    return None


def _brands(data: bytes) -> set[bytes]:
    """The major and the compatible ones of a file in ISO's media container."""
    end = min(struct.unpack_from(">I", data)[0], len(data), 1024)
    return {data[8:12], *(data[at : at + 4] for at in range(16, end - 3, 4))}


def _is_two_in_one(data: bytes) -> bool:
    """Whether others than a picture reader would run or unpack it.

    The copies that are made of it are pictures only, but the bytes as they came are kept and served too.
    """
    # «GIF89a/*» begins a script: the width of the picture is spelled by the comment, as is the length of «BM/*».
    if data[:3] == b"GIF" and data[6:8] == b"/*":
        return True
    if data[:4] == b"BM/*" and struct.unpack_from("<I", data, 2)[0] != len(data):
        return True
    return b"%PDF-" in data[:1024] or _PROGRAM.search(data) is not None or _ends_as_zip(data)


def _ends_as_zip(data: bytes) -> bool:
    at = data.rfind(b"PK\5\6", max(0, len(data) - 22 - 65_535))
    if at < 0 or len(data) < at + 22:
        return False
    entries, directory, offset, comment = struct.unpack_from("<HIIH", data, at + 10)
    return bool(entries and directory + offset <= at and at + 22 + comment <= len(data))


def _what_else(data: bytes) -> PictureRefused:
    for begins, kind in _OTHERS:
        if data.startswith(begins):
            return PictureRefused(OTHER_KIND, {"kind": kind})
    if b"%PDF-" in data[:1024]:
        return PictureRefused(OTHER_KIND, {"kind": "PDF"})
    if data[4:8] == b"ftyp":
        kind = next((name for brand, name in _BRANDS.items() if brand in _brands(data)), "MP4")
        return PictureRefused(OTHER_KIND, {"kind": kind})
    head = data[:_LOOKED_AT].replace(b"\0", b"")  # UTF-16 reads as its letters
    words = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if _MARKUP.match(words):
        if b"<svg" in words[:4096]:
            return PictureRefused(DRAWING)
        return PictureRefused(LOGIN_PAGE if _PASSWORD.search(words) else WEB_PAGE)
    return PictureRefused(TEXT if _is_text(head) else UNKNOWN)


def _is_text(head: bytes) -> bool:
    control = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    return control == 0
