"""XML of strangers, parsed strictly in memory: no entity of the document, no DTD and no network ever reaches a parser."""

from __future__ import annotations

import html.entities
import re

from lxml import etree

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_MENDABLE = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|&(?P<entity>#\d{1,7}|#x[0-9a-fA-F]{1,6}|\w{1,31})?(?P<semicolon>;)?|<(?![\w/!?])"
    rf"|(?P<control>{CONTROL.pattern})",
    re.DOTALL,
)
_PREDEFINED = frozenset(("amp", "lt", "gt", "quot", "apos"))


def parse(text: str) -> tuple[etree._Element | str, int]:
    """The element and the number of mended places, or the sentence that says why there is none.

    Without an XML declaration: `text` is decoded already. What shops' and publishers' programs get wrong is mended.
    """
    try:
        return etree.fromstring(text.encode("utf-8", "surrogatepass"), _parser()), 0
    except etree.XMLSyntaxError:
        mended, places = _mend(text)
    try:
        return etree.fromstring(mended.encode("utf-8"), _parser()), places
    except etree.XMLSyntaxError as error:
        return f"Not well-formed XML: {error.msg}.", 0


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _mend(text: str) -> tuple[str, int]:
    """What shops' scripts get wrong without losing a word: a bare «&» or «<», HTML's entities, control characters."""
    places = 0

    def mended(match: re.Match[str]) -> str:
        nonlocal places
        found, entity = match[0], match["entity"]
        if match["control"]:
            replacement = ""
        elif found == "<":
            replacement = "&lt;"
        elif not found.startswith("&"):
            # CDATA and comments stay, but for the characters that XML allows nowhere.
            replacement = CONTROL.sub("", found)
        elif match["semicolon"] and entity and (entity in _PREDEFINED or entity[0] == "#"):
            replacement = found if entity[0] != "#" or _is_xml_character(entity) else ""
        elif match["semicolon"] and f"{entity};" in html.entities.html5:
            replacement = "".join(f"&#{ord(letter)};" for letter in html.entities.html5[f"{entity};"])
        else:
            replacement = "&amp;" + found[1:]
        places += replacement != found
        return replacement

    return _MENDABLE.sub(mended, text), places


def _is_xml_character(reference: str) -> bool:
    code = int(reference[2:], 16) if reference[1] == "x" else int(reference[1:])
    return code <= 0x10FFFF and not CONTROL.match(chr(code))
