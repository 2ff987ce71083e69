"""Writing a run's result to its product, and taking it back.

Only empty or machine-written fields are written: a person's words stay unless the run was forced. What was
there before is kept in `ProcessingLog.applied`, so that an undo restores it to the byte.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import AuditEntry, User
from vitrina.catalog.models import Category, Product, ProductContent
from vitrina.enrichment import ground, learning, sameness
from vitrina.enrichment.field_words import named
from vitrina.enrichment.models import ProcessingLog, Status

CARD_FIELDS = ("title", "description", "seo_title", "seo_description", "keywords", "key_benefits")
TEXT_FIELDS = (*CARD_FIELDS, "short_description")
# Of the product; the rest is read only when its version tells of a change.
READ = ("version", "category_id", "category_source", "category_confidence", "ai_extracted")
PARTS = ("product", "content")  # of what an apply wrote
# What else of a content row changes with its words, and returns with them.
MARKS = ("author", "person_fields", "source", "log_id", "edited_by_id")


class ApplyRefused(Exception):
    """The result was not written (or not taken back); the message says why and what to do. Nothing changed."""


class ProductChanged(ApplyRefused):
    """What the run read of the product is no longer so."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields
        super().__init__(
            _(
                "The product changed after this run read it (%(fields)s). Nothing was overwritten: run it again, or "
                "apply in spite of the changes."
            )
            % {"fields": named(fields)}
        )


@dataclass(slots=True)
class Applied:
    """What came of it: fields that were written, and fields that were kept because a person wrote them."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def apply(
    log: ProcessingLog,
    *,
    by: User | None = None,
    edits: Mapping[str, Any] | None = None,
    category: Category | None = None,
    despite_changes: bool = False,
) -> Applied:
    """Write the result of `log`, with a person's `edits` and choice of `category` where given.

    Belongs in the caller's transaction, which also stores `log.applied` and the log's new status. At most six
    queries. Raises ProductChanged when the listing is not the one that the run read.
    """
    assert transaction.get_connection().in_atomic_block, "apply() needs the transaction of its caller"
    product = Product.objects.select_for_update(of=("self",)).only(*READ).get(pk=log.product_id)
    if not despite_changes and (changed := ground.changes(log, product)):
        raise ProductChanged(changed)

    result, force, applied = log.result or {}, bool(log.options.get("force")), Applied()
    written: dict[str, Any] = {}
    columns = _category_columns(product, result, category, by, force, applied) | _attribute_columns(
        product, log
    )
    if columns:
        written["product"] = {"before": {name: getattr(product, name) for name in columns}, "after": columns}
    text = {name: value for name, value in (result.get("text") or {}).items() if name in TEXT_FIELDS}
    if text or edits:
        content = _write_content(log, product, text, edits or {}, by, force, applied)
        if content:
            written["content"] = content
    if not written:
        return applied

    Product.objects.filter(pk=product.pk).update(
        **columns, version=F("version") + 1, updated_at=timezone.now()
    )
    log.applied = written | {"at": timezone.now().isoformat(), "by": by.pk if by else None}
    AuditEntry.objects.create(
        user=by,
        seller_id=log.seller_id,
        action="product.apply",
        object_type="product",
        object_id=str(product.pk),
        before={name: part["before"] for name, part in written.items()},
        after={name: part["after"] for name, part in written.items()} | {"log_id": log.pk},
    )
    return applied


def _category_columns(
    product: Product,
    result: dict[str, Any],
    chosen: Category | None,
    by: User | None,
    force: bool,
    applied: Applied,
) -> dict[str, Any]:
    suggested = result.get("category") or {}
    if chosen is not None:
        columns = {"category_id": chosen.pk, "category_source": "person", "category_confidence": None}
    elif suggested.get("id") is None:
        return {}
    elif product.category_id is not None and product.category_source != "ai" and not force:
        if product.category_id != suggested["id"]:
            applied.kept.append("category")
        return {}
    else:
        # A suggestion that a person approved is a person's choice from then on.
        source = "person" if by is not None else "ai"
        columns = {
            "category_id": suggested["id"],
            "category_source": source,
            "category_confidence": suggested.get("confidence"),
        }
    if all(getattr(product, name) == value for name, value in columns.items()):
        return {}
    applied.written.append("category")
    return columns


def _attribute_columns(product: Product, log: ProcessingLog) -> dict[str, Any]:
    """New values over the machine's old ones; a value that a person set stays."""
    found = (log.result or {}).get("attributes") or {}
    if not found:
        return {}
    known = product.ai_extracted.get("attributes", {})
    people = {name: entry for name, entry in known.items() if entry.get("author") == "person"}
    # The same attribute under its name in another language is the same attribute.
    theirs = {entry.get("key") for entry in people.values()} - {None, ""}
    merged = {
        **known,
        **{name: entry for name, entry in found.items() if entry.get("key") not in theirs},
        **people,
    }
    if merged == known:
        return {}
    return {"ai_extracted": {"attributes": merged, "at": timezone.now().isoformat(), "log_id": log.pk}}


def _write_content(
    log: ProcessingLog,
    product: Product,
    text: dict[str, Any],
    edits: Mapping[str, Any],
    by: User | None,
    force: bool,
    applied: Applied,
) -> dict[str, Any] | None:
    language = log.options["language"]
    content = ProductContent.objects.filter(product=product, language=language).first()
    before_row = content or ProductContent(product=product, language=language)
    people = set(people_fields(before_row))
    values: dict[str, Any] = {}
    for name, value in text.items():
        if name in edits:
            continue
        present = getattr(before_row, name)
        if not value or value == present:
            continue  # an empty result never empties a field
        if present and name in people and not force:
            applied.kept.append(name)
        elif present and name == "title" and "short_description" in text:
            continue  # the short form brings a title only where there is none
        else:
            values[name] = value
            people.discard(name)
    for name, value in edits.items():
        if name in TEXT_FIELDS and value != getattr(before_row, name):
            values[name] = value
            people.add(name)
    if not values:
        return None

    edited = any(name in edits for name in values)
    values |= {
        "author": "person" if people else "ai",
        "person_fields": sorted(people),
        "source": log.models_used.get("describe", ""),
        "log_id": log.pk,
        "edited_by_id": by.pk if by and edited else before_row.edited_by_id,
    }
    before = {name: getattr(before_row, name) for name in values}
    if content is None:
        content = ProductContent.objects.create(product=product, language=language, **values)
        created = True
    else:
        ProductContent.objects.filter(pk=content.pk).update(**values, updated_at=timezone.now())
        created = False
    if not values.keys().isdisjoint(("description", "short_description")):
        for name in ("description", "short_description"):
            setattr(content, name, values.get(name, getattr(content, name)))
        sameness.remember(content, seller_id=log.seller_id, is_new=created)
    applied.written += [name for name in values if name in TEXT_FIELDS]
    return {"id": content.pk, "language": language, "created": created, "before": before, "after": values}


def people_fields(content: ProductContent) -> list[str]:
    """The fields that hold a person's words. A row marked as a person's that names none is theirs whole."""
    if content.person_fields:
        return list(content.person_fields)
    return list(TEXT_FIELDS) if content.author == "person" else []


def undo(log: ProcessingLog, *, by: User) -> ProcessingLog:
    """Put back what an apply replaced. A second undo returns the first's. Raises ApplyRefused in words."""
    with transaction.atomic():
        product = Product.objects.select_for_update(of=("self",)).get(pk=log.product_id)
        log = ProcessingLog.objects.select_for_update(of=("self",)).get(pk=log.pk)
        if log.undone_at is not None:
            return log
        if not log.applied:
            raise ApplyRefused(_("This run wrote nothing to the product, so there is nothing to undo."))
        own = log.applied.get("product")
        if own:
            _refuse_if_edited(product, own["after"])
            Product.objects.filter(pk=product.pk).update(**own["before"])
        text = log.applied.get("content")
        if text:
            _restore_content(text)
        now = timezone.now()
        Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=now)
        ProcessingLog.objects.filter(pk=log.pk).update(undone_at=now)
        log.undone_at = now
        if log.status == Status.APPROVED:
            learning.take_back(log)
        AuditEntry.objects.create(
            user=by,
            seller_id=log.seller_id,
            action="product.undo",
            object_type="product",
            object_id=str(product.pk),
            before={name: log.applied[name]["after"] for name in PARTS if name in log.applied},
            after={name: log.applied[name]["before"] for name in PARTS if name in log.applied}
            | {"log_id": log.pk},
        )
    return log


def redo(log: ProcessingLog, *, by: User) -> ProcessingLog:
    """Write once more what an undo took back, as long as the product is still what the undo left.

    A second redo returns the first's. Raises ApplyRefused in words.
    """
    with transaction.atomic():
        product = Product.objects.select_for_update(of=("self",)).get(pk=log.product_id)
        log = ProcessingLog.objects.select_for_update(of=("self",)).get(pk=log.pk)
        if not log.applied:
            raise ApplyRefused(
                _("This run wrote nothing to the product, so there is nothing to write again.")
            )
        if log.undone_at is None:
            return log
        own, text = log.applied.get("product"), log.applied.get("content")
        if own:
            _refuse_if_edited(product, own["before"])
            Product.objects.filter(pk=product.pk).update(**own["after"])
        if text:
            log.applied["content"] = _rewrite_content(log, text)
        Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=timezone.now())
        ProcessingLog.objects.filter(pk=log.pk).update(undone_at=None, applied=log.applied)
        log.undone_at = None
        placed = (own or {}).get("after", {}).get("category_id")
        if log.status == Status.APPROVED and placed is not None:
            learning.confirm(product, placed)
        AuditEntry.objects.create(
            user=by,
            seller_id=log.seller_id,
            action="product.redo",
            object_type="product",
            object_id=str(product.pk),
            before={name: log.applied[name]["before"] for name in PARTS if name in log.applied},
            after={name: log.applied[name]["after"] for name in PARTS if name in log.applied}
            | {"log_id": log.pk},
        )
    return log


def _rewrite_content(log: ProcessingLog, text: dict[str, Any]) -> dict[str, Any]:
    rows = ProductContent.objects.select_for_update(of=("self",))
    content = rows.filter(product_id=log.product_id, language=text["language"]).first()
    if text["created"] and content is None:
        content = ProductContent.objects.create(
            product_id=log.product_id, language=text["language"], **text["after"]
        )
    elif content is None or text["created"]:
        raise ApplyRefused(
            _("The text was written or deleted anew since it was taken back; nothing was changed.")
        )
    else:
        _refuse_if_edited(content, text["before"])
        ProductContent.objects.filter(pk=content.pk).update(**text["after"], updated_at=timezone.now())
        content.refresh_from_db(fields=["description", "short_description"])
    sameness.remember(content, seller_id=log.seller_id, is_new=text["created"])
    return text | {"id": content.pk}


def _restore_content(text: dict[str, Any]) -> None:
    content = ProductContent.objects.select_for_update(of=("self",)).filter(pk=text["id"]).first()
    if content is None:
        raise ApplyRefused(_("The text of this run was deleted since; nothing was changed."))
    _refuse_if_edited(content, text["after"])
    if text["created"]:
        content.delete()
    else:
        ProductContent.objects.filter(pk=content.pk).update(**text["before"], updated_at=timezone.now())
        content.refresh_from_db(fields=["description", "short_description"])
        sameness.remember(content, seller_id=content.product.seller_id)


def _refuse_if_edited(row: Product | ProductContent, after: dict[str, Any]) -> None:
    edited = sorted(name for name, value in after.items() if getattr(row, name) != value)
    if edited:
        raise ApplyRefused(
            _(
                "Since this run a person or a newer run changed the product (%(fields)s). An undo would lose that, so "
                "nothing was changed: undo the newer run first, or edit the text by hand."
            )
            % {"fields": named(edited)}
        )
