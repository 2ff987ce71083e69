"""What a page says to programs: JSON-LD and microdata as nodes of one shape, `<meta>` as names and values. Pure.

Outside text, so bounded: in size, depth and number; nothing in it is executed, and no address in it is asked.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

MOST_BYTES = 5 * 1024 * 1024  # of a page
MOST_SCRIPT = 2 * 1024 * 1024  # characters of one JSON-LD block
MOST_SCRIPTS = 100
MOST_NODES = 20_000
DEEPEST = 24
LONGEST_TEXT = 200_000

_JSON_LD = re.compile(r"^\s*application/ld\+json\b", re.IGNORECASE)
_WRAPPERS = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>|;)\s*$")  # fmt: skip
_LAST_COMMA = re.compile(r",(\s*[}\]])")
_VOCABULARY = re.compile(r"^(?:https?://(?:www\.)?schema\.org/|schema:)", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)

Value = Any  # str | int | Decimal | bool | Node


@dataclass
class Node:
    """`types`: without their vocabulary ("Product"). `properties`: each with all its values, in their order."""

    types: tuple[str, ...] = ()
    id: str = ""
    properties: dict[str, list[Value]] = field(default_factory=dict)

    def first(self, *names: str) -> Value | None:
        return next((values[0] for name in names if (values := self.properties.get(name))), None)

    def all(self, *names: str) -> list[Value]:
        return [value for name in names for value in self.properties.get(name, ())]


@dataclass
class Marked:
    """`json_ld`, `microdata`: nodes that stand in no other. `broken`: blocks of JSON-LD that are none."""

    json_ld: list[Node] = field(default_factory=list)
    microdata: list[Node] = field(default_factory=list)
    meta: list[tuple[str, str]] = field(default_factory=list)
    base: str = ""
    canonical: str = ""
    title: str = ""
    heading: str = ""
    asks_password: bool = False
    is_html: bool = True
    broken: int = 0


def read(body: bytes, content_type: str = "") -> Marked:
    """Whatever the bytes are; what is no HTML has nothing marked."""
    marked = Marked()
    root = _tree(body[:MOST_BYTES], content_type)
    if root is None:
        marked.is_html = False
        return marked
    _read_head(root, marked)
    budget = _Budget()
    for number, script in enumerate(root.iter("script")):
        if number >= MOST_SCRIPTS:
            break
        if _JSON_LD.match(script.get("type") or ""):
            value = _json(script.text or "")
            if value is _BROKEN:
                marked.broken += 1
            else:
                marked.json_ld += [node for node in _nodes(value, budget) if isinstance(node, Node)]
    _resolve(marked.json_ld)
    marked.microdata = _microdata(root, budget)
    return marked


def _tree(body: bytes, content_type: str) -> Any:
    said = _CHARSET.search(content_type)
    for encoding in (said[1] if said else None, None):
        try:
            parser = etree.HTMLParser(
                encoding=encoding, no_network=True, huge_tree=False, recover=True, remove_comments=False, remove_pis=True
            )  # fmt: skip
            return etree.fromstring(body, parser) if body.strip() else None
        except LookupError:
            continue  # an encoding that nobody knows: the page's own word for it
        except (etree.XMLSyntaxError, ValueError):
            return None
    return None


def _read_head(root: Any, marked: Marked) -> None:
    for element in root.iter("meta", "base", "link", "title", "h1", "input"):
        tag = element.tag
        if tag == "meta":
            name = (element.get("property") or element.get("name") or "").strip().lower()
            content = (element.get("content") or "").strip()
            if name and content and len(content) <= LONGEST_TEXT and len(marked.meta) < 1000:
                marked.meta.append((name, content))
        elif tag == "base":
            marked.base = marked.base or (element.get("href") or "").strip()
        elif tag == "link":
            if "canonical" in (element.get("rel") or "").lower().split():
                marked.canonical = marked.canonical or (element.get("href") or "").strip()
        elif tag == "title":
            marked.title = marked.title or _text(element)
        elif tag == "h1":
            marked.heading = marked.heading or _text(element)
        elif (element.get("type") or "").lower() == "password":
            marked.asks_password = True


# --- JSON-LD ----------------------------------------------------------------------------------------------

_BROKEN = object()


@dataclass
class _Budget:
    left: int = MOST_NODES

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def _json(text: str) -> Any:
    """The value; _BROKEN where it is none. What people write around JSON by mistake is taken off first."""
    if len(text) > MOST_SCRIPT:
        return _BROKEN
    text = _WRAPPERS.sub("", _WRAPPERS.sub("", text)).strip()
    for said in (text, _LAST_COMMA.sub(r"\1", text), html.unescape(text)):
        try:
            return json.loads(said, strict=False, parse_float=Decimal, parse_constant=lambda _name: None)
        except RecursionError:
            return _BROKEN
        except ValueError:
            continue
    return _BROKEN


def _nodes(value: Any, budget: _Budget, depth: int = 0) -> Iterator[Value]:
    """The values that stand for one JSON value: lists are opened, `@graph` and `@value` too."""
    if depth > DEEPEST or value is None or not budget.take():
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, budget, depth + 1)
    elif isinstance(value, dict):
        if "@value" in value:
            yield from _nodes(value["@value"], budget, depth + 1)
            return
        if "@list" in value or "@set" in value:
            yield from _nodes(value.get("@list", value.get("@set")), budget, depth + 1)
            return
        node = Node()
        for key, item in value.items():
            name = _VOCABULARY.sub("", key)
            if name in ("@type", "type") and (name == "@type" or "@type" not in value):
                types = item if isinstance(item, list) else [item]
                node.types = tuple(_VOCABULARY.sub("", one) for one in types if isinstance(one, str))
            elif name in ("@id", "id") and isinstance(item, str) and name == "@id":
                node.id = item
            elif name == "@graph":
                yield from _nodes(item, budget, depth + 1)
            elif not name.startswith("@"):
                node.properties.setdefault(name, []).extend(_nodes(item, budget, depth + 1))
        if node.types or node.properties or node.id:
            yield node
    elif isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            yield value
    elif isinstance(value, int | Decimal):
        yield value


def _resolve(roots: list[Node]) -> None:
    """Put what an `@id` alone points to in its place. Circles are harmless: whoever reads goes a few steps only."""
    known: dict[str, Node] = {}
    nodes = list(_walk(roots))
    for node in nodes:
        if node.id and node.properties:
            known.setdefault(node.id, node)
    for node in nodes:
        for values in node.properties.values():
            for at, value in enumerate(values):
                if isinstance(value, Node) and value.id and not value.properties:
                    values[at] = known.get(value.id, value)


def _walk(roots: list[Node]) -> Iterator[Node]:
    waiting, met = list(roots), set()
    while waiting:
        node = waiting.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        yield node
        waiting += [
            value for values in node.properties.values() for value in values if isinstance(value, Node)
        ]


# --- Microdata --------------------------------------------------------------------------------------------

_ADDRESSES = {"a": "href", "area": "href", "link": "href", "img": "src", "source": "src", "audio": "src",
              "video": "src", "embed": "src", "iframe": "src", "track": "src", "object": "data"}  # fmt: skip
_VALUES = {"data": "value", "meter": "value", "time": "datetime"}


def _microdata(root: Any, budget: _Budget) -> list[Node]:
    top: list[Node] = []
    scopes: dict[Any, Node] = {}
    for element in root.iter(etree.Element):
        names = (element.get("itemprop") or "").split()
        opens = element.get("itemscope") is not None
        if not names and not opens:
            continue
        if not budget.take():
            break
        inside = next((scopes[up] for up in element.iterancestors() if up in scopes), None)
        value: Value
        if opens:
            types = (element.get("itemtype") or "").split()
            value = scopes[element] = Node(
                tuple(_VOCABULARY.sub("", one) for one in types), element.get("itemid") or ""
            )
            if inside is None or not names:
                top.append(value)
        else:
            value = _value(element, names)
        if inside is not None and value != "":
            for name in names:
                inside.properties.setdefault(_VOCABULARY.sub("", name), []).append(value)
    return top


def _value(element: Any, names: list[str]) -> str:
    said = element.get("content")
    if said is None and element.tag in _ADDRESSES:
        said = element.get(_ADDRESSES[element.tag])
    if said is None and element.tag in _VALUES:
        said = element.get(_VALUES[element.tag])
    if said is None:
        said = _inside(element) if "description" in names else _text(element)
    said = said.strip()
    return said if len(said) <= LONGEST_TEXT else ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext(with_tail=False)).split())[:LONGEST_TEXT]


def _inside(element: Any) -> str:
    """The mark-up inside: a description has paragraphs and lists."""
    if not len(element):
        return _text(element)
    parts = [html.escape(element.text or "", quote=False)]
    parts += [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return "".join(parts)
