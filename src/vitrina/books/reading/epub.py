"""EPUB 2 and 3: container → package → reading order → documents, chapters by the table of contents. Pure.

EPUB 3.3, https://www.w3.org/TR/epub-33/ (container, package, navigation); EPUB 2: OPF 2.0.1 with NCX.
"""

from __future__ import annotations

import io
import posixpath
import re
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from vitrina.books.reading import epub_contents
from vitrina.books.reading.book import BookLimits, BookRefused, Note, ReadBook
from vitrina.books.reading.epub_document import Anchor, Heading, pieces_of
from vitrina.books.reading.outline import Collector, finished
from vitrina.books.reading.sniffing import CONTAINER, zip_limits
from vitrina.books.reading.wording import as_text, language_of_book
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.strict_xml import parse
from vitrina.lib.text import fold, normalise
from vitrina.lib.zipgate import BadZip, GatedZip, open_zip

PROTECTED = gettext_noop(
    "The book is protected against copying (DRM), and what is in it can't be read. Get it without protection, "
    "or as plain text."
)
NO_PACKAGE = gettext_noop("The EPUB is broken: it does not say which books are in it (%(name)s).")
BROKEN_PART = gettext_noop("The EPUB is broken: «%(name)s» can't be read. %(why)s")
ENTITIES = gettext_noop(
    "«%(name)s» in the book declares XML entities; that is not allowed in it and is not read."
)
TOO_MANY_DOCUMENTS = gettext_noop(
    "The book's reading order names %(count)s documents; at most %(most)s are read."
)
NOTHING_TO_READ = gettext_noop("The EPUB names no document of text that is in it.")
MISSING = gettext_noop("«%(name)s» stands in the reading order and is not in the book; it was passed over.")
MISSING_MANY = gettext_noop(
    "%(count)s documents of the reading order are not in the book; they were passed over."
)
MENDED = gettext_noop("Broken markup was mended in %(count)s documents; look whether the text is whole.")

ENCRYPTION = "META-INF/encryption.xml"
RIGHTS = ("META-INF/rights.xml", "META-INF/sinf.xml")
# Fonts are made unreadable outside of the book, its text is not (EPUB 3.3, § 4.4, and Adobe's older way).
FONT_ALGORITHMS = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
TEXT_TYPES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/html"))
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,1000}(?:\[[^\]]{0,10000}\]\s*)?>", re.IGNORECASE)
_PROLOG = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>")


@dataclass(frozen=True, slots=True)
class Package:
    """`spine`: names of the documents in their order. `contents`: of the table of contents, empty where there is none."""

    title: str
    author: str
    language: str
    spine: tuple[str, ...]
    contents: str


def read(data: bytes, limits: BookLimits) -> ReadBook:
    """Raises `BookRefused`."""
    try:
        with open_zip(io.BytesIO(data), zip_limits(limits)) as archive:
            return _read(archive, limits)
    except BadZip as error:
        raise BookRefused(error.sentence, error.values) from error


def _read(archive: GatedZip, limits: BookLimits) -> ReadBook:
    names = frozenset(archive.names())
    _refuse_protected(archive, names, limits)
    package = _package(archive, names, limits)
    notes: list[Note] = []
    contents = epub_contents.NONE
    if package.contents in names:
        tree, _mended = _tree(archive, package.contents, limits)
        contents = epub_contents.of(tree, package.contents, limits.contents_entries)
    elif package.contents:
        notes.append(Note(MISSING, {"name": package.contents[:100]}))
    collector = Collector(limits)
    mended, missing = 0, []
    for name in package.spine:
        if name not in names:
            missing.append(name)
            continue
        tree, places = _tree(archive, name, limits)
        mended += bool(places)
        _read_document(tree, name, contents, collector)
    if len(missing) == 1:
        notes.append(Note(MISSING, {"name": missing[0][:100]}))
    elif missing:
        notes.append(Note(MISSING_MANY, {"count": len(missing)}))
    if mended:
        notes.append(Note(MENDED, {"count": mended}))
    chapters, left_out = finished(collector)
    return ReadBook(
        title=package.title,
        author=package.author,
        language=language_of_book(chapters, package.language),
        file_format="epub",
        chapters=chapters,
        notes=(*notes, *left_out),
    )


def _refuse_protected(archive: GatedZip, names: frozenset[str], limits: BookLimits) -> None:
    if any(name in names for name in RIGHTS):
        raise BookRefused(PROTECTED)
    if ENCRYPTION not in names:
        return
    tree, _mended = _tree(archive, ENCRYPTION, limits)
    for method in tree.iter("{*}EncryptionMethod"):
        holder = method.getparent()
        is_key = holder is not None and etree.QName(holder).localname == "EncryptedKey"
        if is_key or method.get("Algorithm", "") not in FONT_ALGORITHMS:
            raise BookRefused(PROTECTED)
    if (
        next(tree.iter("{*}EncryptedData"), None) is not None
        and next(tree.iter("{*}EncryptionMethod"), None) is None
    ):
        raise BookRefused(PROTECTED)


def _package(archive: GatedZip, names: frozenset[str], limits: BookLimits) -> Package:
    if CONTAINER not in names:
        raise BookRefused(NO_PACKAGE, {"name": CONTAINER})
    tree, _mended = _tree(archive, CONTAINER, limits)
    paths = [unquote(root.get("full-path", "")) for root in tree.iter("{*}rootfile")]
    path = next((path for path in paths if path in names), "")
    if not path:
        raise BookRefused(NO_PACKAGE, {"name": (paths[0] if paths else CONTAINER)[:100]})
    root, _mended = _tree(archive, path, limits)
    items = {item.get("id", ""): item for item in root.iter("{*}item")}
    spine_element = next(root.iter("{*}spine"), None)
    refs = [] if spine_element is None else list(spine_element.iter("{*}itemref"))
    if len(refs) > limits.documents:
        raise BookRefused(TOO_MANY_DOCUMENTS, {"count": len(refs), "most": limits.documents})
    contents = next((item for item in items.values() if "nav" in item.get("properties", "").split()), None)
    if contents is None and spine_element is not None:
        named = items.get(spine_element.get("toc", ""))
        kinds = (item for item in items.values() if item.get("media-type") == "application/x-dtbncx+xml")
        contents = next(kinds, None) if named is None else named
    skipped = {_inside(path, contents.get("href", ""))} if contents is not None else set()
    skipped |= _named_in_guide(root, path)
    spine = []
    for ref in refs:
        item = items.get(ref.get("idref", ""))
        if item is None or ref.get("linear") == "no" or item.get("media-type", "") not in TEXT_TYPES:
            continue
        name = _inside(path, item.get("href", ""))
        if name and name not in skipped and name not in spine:
            spine.append(name)
    if not spine:
        raise BookRefused(NOTHING_TO_READ)
    return Package(
        title=_said(root, "title", most=1),
        author=_said(root, "creator", most=5),
        language=_said(root, "language", most=1).lower()[:2],
        spine=tuple(spine),
        contents="" if contents is None else _inside(path, contents.get("href", "")),
    )


def _named_in_guide(root: etree._Element, path: str) -> set[str]:
    """The cover and the page with the contents, as an EPUB 2 names them."""
    return {
        _inside(path, reference.get("href", ""))
        for reference in root.iter("{*}reference")
        if reference.get("type", "") in ("cover", "toc")
    }


def _read_document(
    tree: etree._Element, name: str, contents: epub_contents.Contents, collector: Collector
) -> None:
    begun = contents.at(name, "")
    if begun:
        collector.begin(begun.title, part=begun.part)
    awaits_title = begun is not None
    is_first = True
    for piece in pieces_of(tree):
        if isinstance(piece, Anchor):
            entry = contents.at(name, piece.name)
            if entry and entry is not begun:
                begun = entry
                collector.begin(entry.title, part=entry.part)
                awaits_title = True
        elif isinstance(piece, Heading):
            text = normalise(piece.text)
            if contents.is_empty and (is_first or piece.level <= 2):
                collector.begin(text)
            elif awaits_title and not collector.drafts[-1].paragraphs and _is_same(text, collector):
                pass
            else:
                collector.add(text)
            is_first = False
        else:
            if contents.is_empty and is_first:
                collector.begin("")
            is_first = False
            collector.add(piece.text)


def _is_same(heading: str, collector: Collector) -> bool:
    """Whether a heading says what the contents said of this chapter: then it is not said twice."""
    known, said = fold(collector.drafts[-1].title), fold(heading)
    if not known:
        collector.drafts[-1].title = heading
        return True
    return said in known or known in said


def _tree(archive: GatedZip, name: str, limits: BookLimits) -> tuple[etree._Element, int]:
    """A document of the archive, and how many places were mended in it."""
    text, _notes = as_text(archive.read(name, max_bytes=limits.document_bytes))
    if "<!ENTITY" in text:
        raise BookRefused(ENTITIES, {"name": name[:100]})
    text = _DOCTYPE.sub("", _PROLOG.sub("", text, count=1), count=1).strip()
    root, mended = parse(text)
    if not isinstance(root, str):
        return root, mended
    if name.lower().endswith((".xhtml", ".html", ".htm", ".xml")) and not name.startswith("META-INF/"):
        lenient = _as_html(text)
        if lenient is not None:
            return lenient, 1
    raise BookRefused(BROKEN_PART, {"name": name[:100], "why": root})


def _as_html(text: str) -> etree._Element | None:
    """As browsers read it: tags that are left open are closed somewhere."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    return root if root is not None and next(root.iter("body"), None) is not None else None


def _said(root: etree._Element, name: str, *, most: int) -> str:
    """What the package says about itself under a Dublin Core name."""
    said = [
        normalise("".join(map(str, element.itertext())))
        for element in root.iter("{http://purl.org/dc/elements/1.1/}" + name)
    ]
    return ", ".join([words for words in said if words][:most])


def _inside(base: str, href: str) -> str:
    """The name in the archive that a reference of `base` leads to; empty where it leads out of it."""
    path = unquote(href.partition("#")[0])
    if not path or "://" in path:
        return ""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
    return "" if joined.startswith(("../", "/")) else joined
