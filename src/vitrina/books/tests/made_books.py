"""Small books of our own, in every format, and the parts to break them with."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
STORY = (
    "За оврагом стоял старый дом с заколоченными окнами, и крыша его поросла мхом.",
    "По вечерам над рекой поднимался густой белый туман, и в нём звенели колокольчики.",
)


def zipped(members: Mapping[str, str | bytes], *, packed: bool = True) -> bytes:
    kept = io.BytesIO()
    method = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    with zipfile.ZipFile(kept, "w") as archive:
        for name, body in members.items():
            # Without the time of day: the same members are the same bytes.
            archive.writestr(zipfile.ZipInfo(name), body, compress_type=method)
    return kept.getvalue()


def page(*lines: str, title: str = "") -> str:
    head = f"<h1>{title}</h1>" if title else ""
    body = "".join(f"<p>{line}</p>" for line in lines)
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>x</title></head><body>{head}{body}</body></html>'
    )


def package(
    documents: Sequence[str], *, extra: str = "", spine: str = "", title: str = "Дом", language: str = "ru"
) -> str:
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(documents)
    )
    refs = "".join(f'<itemref idref="i{n}"/>' for n in range(len(documents)))
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">'
        f"<metadata><dc:title>{title}</dc:title><dc:creator>А. Н. Кузнецова</dc:creator>"
        f"<dc:language>{language}</dc:language></metadata><manifest>{items}{extra}</manifest>"
        f"<spine{spine}>{refs}</spine></package>"
    )


def epub_members(
    documents: Mapping[str, str] | None = None, *, nav: str = "", ncx: str = ""
) -> dict[str, str | bytes]:
    """By name in the archive. `nav`: list items of the contents; `ncx`: points."""
    documents = documents or {
        "one.xhtml": page(*STORY, title="Глава первая"),
        "two.xhtml": page("Утро было тихое.", *STORY, title="Глава вторая"),
    }
    extra = spine = ""
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
    }
    if nav:
        extra += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        members["OPS/nav.xhtml"] = (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
            f'<nav epub:type="toc"><ol>{nav}</ol></nav></body></html>'
        )
    if ncx:
        extra += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        spine = ' toc="ncx"'
        members["OPS/toc.ncx"] = (
            f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{ncx}</navMap></ncx>'
        )
    members["OPS/package.opf"] = package(list(documents), extra=extra, spine=spine)
    return members | {f"OPS/{name}": body for name, body in documents.items()}


def epub(documents: Mapping[str, str] | None = None, *, nav: str = "", ncx: str = "") -> bytes:
    return zipped(epub_members(documents, nav=nav, ncx=ncx))


def fb2(sections: str = "", *, encoding: str = "utf-8", more: str = "", about: str = "") -> bytes:
    sections = sections or (
        f"<section><title><p>Глава первая</p></title><p>{STORY[0]}</p></section>"
        f"<section><title><p>Глава вторая</p></title><p>{STORY[1]}</p></section>"
    )
    about = about or (
        "<title-info><author><first-name>Анна</first-name><last-name>Кузнецова</last-name></author>"
        "<book-title>Дом за оврагом</book-title><lang>ru</lang></title-info>"
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">'
        f"<description>{about}</description><body>{sections}</body>{more}</FictionBook>"
    ).encode(encoding)
