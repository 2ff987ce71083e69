"""A site map: pages with what it says of their last change, or further maps. XML, plain lines, packed or not. Pure."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass

from lxml import etree

MOST_BYTES = 50 * 1024 * 1024  # unpacked, as sitemaps.org has it (protocol 0.9)
MOST_PAGES = 50_000
LONGEST_ADDRESS = 2_000
_CHUNK = 64 * 1024


class NotASiteMap(ValueError):
    """`str(error)` says what it is instead."""


@dataclass(frozen=True)
class SiteMap:
    """`pages`: {address: last change in the map's words, "" where it says nothing}. `maps`: further ones."""

    pages: dict[str, str]
    maps: tuple[str, ...] = ()
    is_cut: bool = False  # it breaks off, or holds more than is read


def parse(body: bytes) -> SiteMap:
    """Raises NotASiteMap."""
    body = _unpacked(body)
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not head:
        raise NotASiteMap("The site map is empty.")
    if not head.startswith(b"<"):
        return _lines(body)
    if b"<!ENTITY" in body[: 64 * 1024]:
        raise NotASiteMap("The site map declares entities, which no site map needs; it is not read.")
    if re.match(rb"<!doctype\s+html|<html", head, re.IGNORECASE):
        raise NotASiteMap("There is a web page where the site map should be.")
    return _xml(body)


def _xml(body: bytes) -> SiteMap:
    pages: dict[str, str] = {}
    maps: list[str] = []
    root, address, changed = "", "", ""
    try:
        steps = etree.iterparse(
            io.BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
        )  # fmt: skip
        for event, element in steps:
            name = _name(element)
            if event == "start":
                root = root or name
                if root not in ("urlset", "sitemapindex"):
                    raise NotASiteMap(f"This is XML, but no site map: it begins with <{root[:60]}>.")
                continue
            if name == "loc" and _name(element.getparent()) in ("url", "sitemap"):
                address = (element.text or "").strip()
            elif name == "lastmod" and _name(element.getparent()) in ("url", "sitemap"):
                changed = (element.text or "").strip()[:40]
            elif name in ("url", "sitemap"):
                if _is_address(address):
                    if name == "sitemap":
                        maps.append(address)
                    elif len(pages) >= MOST_PAGES and address not in pages:
                        return SiteMap(pages, tuple(dict.fromkeys(maps)), is_cut=True)
                    else:
                        pages[address] = changed
                address = changed = ""
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        if not pages and not maps:
            raise NotASiteMap("The site map is broken XML.") from error
        return SiteMap(pages, tuple(dict.fromkeys(maps)), is_cut=True)
    if not root:
        raise NotASiteMap("The site map is broken XML.")
    # Small faults are mended by the parser; of a map that breaks off, the last address is none.
    is_cut = not body[-4096:].rstrip(b" \t\r\n\x00").endswith(f"{root}>".encode())
    if is_cut and pages:
        pages.popitem()
    return SiteMap(pages, tuple(dict.fromkeys(maps)), is_cut=is_cut)


def _lines(body: bytes) -> SiteMap:
    """One address a line."""
    lines = [line.strip() for line in body.decode("utf-8-sig", "replace").splitlines()]
    found = [line for line in lines if _is_address(line)]
    if not found or len(found) * 2 < sum(map(bool, lines)):
        raise NotASiteMap("The site map is neither XML nor a list of addresses.")
    return SiteMap(dict.fromkeys(found[:MOST_PAGES], ""), is_cut=len(found) > MOST_PAGES)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(47)
    parts, size, rest = [], 0, body
    try:
        while rest and not unpacker.eof:
            part = unpacker.decompress(rest, _CHUNK)
            size += len(part)
            if size > MOST_BYTES:
                raise NotASiteMap(f"The site map is bigger than {MOST_BYTES} bytes once it is unpacked.")
            parts.append(part)
            rest = unpacker.unconsumed_tail
    except zlib.error as error:
        raise NotASiteMap("The packed site map is broken.") from error
    return b"".join(parts)


def _name(element: object) -> str:
    tag = getattr(element, "tag", "")
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _is_address(text: str) -> bool:
    return (
        bool(re.match(r"https?://[^\s/?#]+\S*$", text, re.IGNORECASE))
        and len(text.encode()) <= LONGEST_ADDRESS
    )
