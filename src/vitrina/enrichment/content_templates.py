"""Templates: texts that serve as examples; where they are found, and how they come in from a file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Category
from vitrina.enrichment.known_lately import known_lately
from vitrina.enrichment.models import ContentTemplate, TemplateVersion
from vitrina.lib import strict_json
from vitrina.lib.html import sanitise, to_text
from vitrina.retrieval.collections import DESCRIPTION_TEMPLATES
from vitrina.retrieval.documents import NewDocument, put_many, remove
from vitrina.retrieval.nearest import nearest

HELPERS = 2  # templates that a description gets as examples


class GivenTemplate(BaseModel):
    """One template as a file gives it; `category` is a path of the tree, or empty."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    text: str = Field(min_length=20, max_length=20_000)
    language: str = Field(default="ru", pattern=r"^[a-z]{2}$")
    category: str = ""
    is_active: bool = True


@dataclass
class Taken:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)  # (number from 1, why)


def read_file(path: Path) -> list[Any]:
    """The rows of a JSON array or of JSON Lines. Raises BadJson, UnicodeDecodeError and OSError."""
    return read_rows(path.read_text(encoding="utf-8-sig"))


def read_rows(text: str) -> list[Any]:
    """Raises BadJson."""
    if text.lstrip().startswith("["):
        rows = strict_json.loads(text)
        return rows if isinstance(rows, list) else [rows]
    return [strict_json.loads(line) for line in text.splitlines() if line.strip()]


def import_templates(rows: Iterable[Any], *, seller: Seller | None = None) -> Taken:
    """Take templates in, by name. Their counters stay; a row that isn't one is told by its number."""
    taken = Taken()
    with transaction.atomic():
        for number, row in enumerate(rows, start=1):
            try:
                given = GivenTemplate.model_validate(row)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                taken.refused.append((number, f"{where}: {first['msg']}" if where else first["msg"]))
                continue
            category = _category(given.category, seller)
            if given.category and category is None:
                taken.refused.append((number, f"category: there is no «{given.category}» in the tree"))
                continue
            _save(given, category, seller, taken)
    return taken


def _category(path: str, seller: Seller | None) -> Category | None:
    if not path:
        return None
    known = Category.objects.filter(path=path, is_active=True, tree="")
    own = known.filter(seller=seller).first() if seller else None
    return own or known.filter(seller=None).first()


def _save(given: GivenTemplate, category: Category | None, seller: Seller | None, taken: Taken) -> None:
    columns = {
        "language": given.language,
        "category": category,
        "text": sanitise(given.text),
        "is_active": given.is_active,
    }
    template = ContentTemplate.objects.filter(seller=seller, name=given.name).first()
    if template is None:
        template = ContentTemplate.objects.create(seller=seller, name=given.name, **columns)
        taken.created += 1
    elif all(getattr(template, name) == value for name, value in columns.items()):
        taken.unchanged += 1
    else:
        end_version(template, str(columns["text"]))
        for name, value in columns.items():
            setattr(template, name, value)
        template.save()
        taken.updated += 1
    index([template])


def end_version(template: ContentTemplate, text: str, *, by: User | None = None) -> None:
    """Before a template gets another text: keep the one it had, and count on. The caller saves the template."""
    if text == template.text:
        return
    TemplateVersion.objects.create(
        template=template, number=template.version, text=template.text, ended_by=by
    )
    template.version += 1


def index(templates: Sequence[ContentTemplate]) -> None:
    """Make templates findable, and those that went out of use not. In the caller's transaction."""
    used = [template for template in templates if template.is_active]
    put_many(
        DESCRIPTION_TEMPLATES,
        [
            NewDocument(
                str(template.pk),
                "\n".join(
                    [
                        template.name,
                        template.category.path if template.category else "",
                        to_text(template.text),
                    ]
                ),
                {"language": template.language},
                template.seller_id,
            )
            for template in used
        ],
    )
    forget([template.pk for template in templates if not template.is_active])


def forget(ids: Sequence[int]) -> None:
    remove(DESCRIPTION_TEMPLATES, [str(pk) for pk in ids])


def most_relevant(text: str, *, seller_id: int, language: str) -> Sequence[Mapping[str, Any]]:
    """The two templates nearest to a product: [{"id", "text", "version"}]. One search, one query."""
    used = _used_by(seller_id, language)
    if not known_lately(("templates", seller_id, language), used.exists):
        return []
    hits = nearest(
        DESCRIPTION_TEMPLATES, text, limit=HELPERS, where={"language": language}, seller_id=seller_id
    )
    ids = [int(hit.key) for hit in hits]
    known = used.in_bulk(ids)
    return [{"id": pk, "text": known[pk].text, "version": known[pk].version} for pk in ids if pk in known]


def _used_by(seller_id: int, language: str) -> QuerySet[ContentTemplate]:
    """The seller's own and those that all share."""
    return ContentTemplate.objects.filter(
        Q(seller_id=seller_id) | Q(seller=None), language=language, is_active=True
    )
