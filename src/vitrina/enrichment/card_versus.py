"""Two texts of a product side by side: what differs, what was found, and where each value was read, all in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment.apply import TEXT_FIELDS
from vitrina.enrichment.evidence_words import evidence_words
from vitrina.enrichment.marking import Change, Mark, Source, mark_html, mark_text, marks_of
from vitrina.enrichment.showing import ShownText, shown_text
from vitrina.lib.differences import spans
from vitrina.lib.html import to_text

COMPARED = ("title", "description", "short_description", "seo_title", "seo_description")


@dataclass(frozen=True)
class Side:
    """One of the two texts; `is_listing`: the supplier's."""

    text: Mapping[str, Any]
    findings: Sequence[dict[str, Any]] = ()
    sources: Sequence[tuple[str, int, int, int]] = ()  # field, start, end, row of the attribute
    is_listing: bool = False

    @classmethod
    def of_listing(
        cls,
        product: Product,
        *,
        sources: Sequence[tuple[str, int, int, int]],
        findings: Sequence[dict[str, Any]],
    ) -> Side:
        text = {"title": product.title, "description": product.description}
        return cls(text, findings, sources, is_listing=True)

    @classmethod
    def of_content(cls, content: ProductContent, findings: Sequence[dict[str, Any]]) -> Side:
        return cls({name: getattr(content, name) for name in TEXT_FIELDS}, findings)

    @classmethod
    def of_text(cls, text: Mapping[str, Any], findings: Sequence[dict[str, Any]]) -> Side:
        return cls(text, findings)

    @property
    def is_empty(self) -> bool:
        return not any(self.text.get(name) for name in ("title", "description", "short_description"))

    def plain(self, name: str) -> str:
        value = self.text.get(name) or ""
        return to_text(value) if name == "description" else value


@dataclass(frozen=True)
class Listing:
    title: SafeString
    description: SafeString


@dataclass(frozen=True)
class Versus:
    """`listing` or `before` stands left, `after` right; None: there is no text yet."""

    listing: Listing | None
    before: ShownText | None
    after: ShownText | None
    has_changes: bool = field(default=False)


def versus(left: Side, right: Side | None) -> Versus:
    """Word by word, each field beside its own; one that the other side lacks has no marks."""
    gone: dict[str, list[Change]] = {}
    new: dict[str, list[Change]] = {}
    for name in COMPARED if right else ():
        assert right is not None
        before, after = left.plain(name), right.plain(name)
        if not before or not after:
            continue
        lost, came = spans(before, after)
        gone[name] = [Change(start, end, "gone") for start, end in lost]
        new[name] = [Change(start, end, "new") for start, end in came]
    return Versus(
        listing=_listing(left, gone) if left.is_listing else None,
        before=None if left.is_listing else shown_text(left.text, list(left.findings), gone),
        after=shown_text(right.text, list(right.findings), new) if right else None,
        has_changes=any(gone.values()) or any(new.values()),
    )


def _listing(side: Side, gone: Mapping[str, Sequence[Change]]) -> Listing:
    def marks(name: str) -> list[Mark | Change | Source]:
        sources = [Source(start, end, row) for of, start, end, row in side.sources if of == name]
        return [*marks_of(side.findings, f"facts.{name}"), *gone.get(name, ()), *sources]

    return Listing(
        title=mark_text(side.text["title"], marks("title")),
        description=mark_html(side.text["description"] or "", marks("description")),
    )


def attributes_of(product: Product) -> list[dict[str, Any]]:
    """The supplier's attributes, then those read out, each with the words that it rests on; numbered from 1."""
    rows: list[dict[str, Any]] = [
        {"name": name, "value": value, "evidence": _("supplier"), "is_ours": False, "source": None}
        for name, value in product.attributes.items()
    ]
    for name, entry in (product.ai_extracted.get("attributes") or {}).items():
        value = entry.get("value")
        if product.attributes.get(name) == value:
            continue  # the supplier says the same under the same name
        evidence = entry.get("evidence") or {}
        rows.append(
            {
                "name": name,
                "key": entry.get("key"),
                "value": ", ".join(map(str, value)) if isinstance(value, list) else value,
                "evidence": evidence_words(evidence, title=product.title, description=product.description),
                "is_ours": True,
                "is_inferred": isinstance(evidence, dict) and evidence.get("kind") == "inferred",
                "is_person": entry.get("author") == "person",
                "source": evidence if isinstance(evidence, dict) and evidence.get("kind") == "text" else None,
            }
        )
    return [row | {"row": number} for number, row in enumerate(rows, start=1)]


def sources_of(attributes: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int, int]]:
    """Where in the listing the values stand: what the rows of the table point to."""
    return [
        (
            row["source"].get("field", ""),
            row["source"].get("start", 0),
            row["source"].get("end", 0),
            row["row"],
        )
        for row in attributes
        if row["source"]
    ]
