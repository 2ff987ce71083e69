"""A person writes the card by hand: hard limits hold, grave findings are asked about, nobody's words are lost."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import AuditEntry, User
from vitrina.catalog.facts import facts
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment import sameness
from vitrina.enrichment.apply import TEXT_FIELDS, ApplyRefused, people_fields
from vitrina.enrichment.checks.card import check
from vitrina.enrichment.edits import HTML_FIELDS, EditsQuestioned, EditsRefused, as_text
from vitrina.enrichment.findings import Severity
from vitrina.jobs import events
from vitrina.lib.html import sanitise


class CardChanged(Exception):
    """Somebody wrote to the card since this person opened it; `content` is the card as it is now, None deleted."""

    def __init__(self, content: ProductContent | None) -> None:
        self.content = content
        super().__init__("the card changed since it was opened")


def seal(content: ProductContent | None) -> str:
    """16 hex digits that tell one state of a card's words from another; what a form carries."""
    said = None if content is None else [getattr(content, name) for name in TEXT_FIELDS]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:16]


def write(
    product: Product,
    language: str,
    typed: Mapping[str, Any],
    *,
    by: User,
    seen: str,
    despite_findings: bool = False,
) -> list[str]:
    """Put a person's words into the card; returns the fields that changed. From then on no run writes over them.

    `seen`: the `seal` of the card that the person began with. Raises CardChanged when it is another by now,
    EditsRefused for what breaks a hard limit, EditsQuestioned for grave findings (until `despite_findings`).
    """
    with transaction.atomic():
        product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
        content = ProductContent.objects.filter(product=product, language=language).first()
        changed = {
            name: value
            for name, value in _cleaned(typed).items()
            if value != getattr(content or ProductContent(), name)
        }
        if not changed:
            return []
        if seal(content) != seen:
            raise CardChanged(content)
        _check(product, language, content, changed, despite_findings=despite_findings)
        before_row = content or ProductContent(product=product, language=language)
        values = changed | {
            "author": "person",
            "person_fields": sorted({*people_fields(before_row), *changed}),
            "edited_by_id": by.pk,
        }
        before = {name: getattr(before_row, name) for name in values}
        if content is None:
            content = ProductContent.objects.create(product=product, language=language, **values)
            created = True
        else:
            ProductContent.objects.filter(pk=content.pk).update(**values, updated_at=timezone.now())
            content.refresh_from_db()
            created = False
        if not changed.keys().isdisjoint(("description", "short_description")):
            sameness.remember(content, seller_id=product.seller_id, is_new=created)
        _tell(product, content, by, "product.edit", before=before, after=values, created=created)
    return list(changed)


def take_back(entry: AuditEntry, *, by: User) -> None:
    """Undo an edit by hand as long as the card still says what it wrote. Raises ApplyRefused in words."""
    with transaction.atomic():
        product = Product.objects.select_for_update(of=("self",)).get(pk=int(entry.object_id))
        wrote: dict[str, Any] = (entry.after or {})["content"]
        before: dict[str, Any] = (entry.before or {})["content"]
        rows = ProductContent.objects.select_for_update(of=("self",))
        content = rows.filter(product=product, language=(entry.after or {})["language"]).first()
        if content is None or any(getattr(content, name) != value for name, value in wrote.items()):
            raise ApplyRefused(
                _(
                    "The card was changed again since this edit. Nothing was changed: take back the newer change first."
                )
            )
        if (entry.after or {})["created"]:
            content.delete()
        else:
            ProductContent.objects.filter(pk=content.pk).update(**before, updated_at=timezone.now())
            content.refresh_from_db()
            sameness.remember(content, seller_id=product.seller_id)
        _tell(product, content, by, "product.edit_undo", before=wrote, after=before, created=False)


def _cleaned(typed: Mapping[str, Any]) -> dict[str, Any]:
    unknown = sorted(set(typed) - set(TEXT_FIELDS))
    if unknown:
        raise EditsRefused(dict.fromkeys(unknown, _("this field can't be edited here")))
    return {name: sanitise(value) if name in HTML_FIELDS else value for name, value in typed.items()}


def _check(
    product: Product,
    language: str,
    content: ProductContent | None,
    changed: dict[str, Any],
    *,
    despite_findings: bool,
) -> None:
    """The card with the changes in it; what was so before is not this person's to mend."""
    whole = {name: getattr(content or ProductContent(), name) for name in TEXT_FIELDS} | changed
    card = {name: value for name, value in whole.items() if name != "short_description"}
    try:
        text = as_text(card)
    except EditsRefused as refusal:
        own = {name: problem for name, problem in refusal.problems.items() if name in changed}
        if own or "title" in refusal.problems:
            raise EditsRefused(own or refusal.problems) from refusal
        return
    if despite_findings:
        return
    findings = check(
        text,
        facts(product),
        language=language,
        target=product.seller.target,
        attributes=product.ai_extracted.get("attributes") or {},
    )
    grave = [
        finding
        for finding in findings
        if finding.severity is Severity.HIGH and finding.span is not None and finding.span.field in changed
    ]
    if grave:
        raise EditsQuestioned(grave)


def _tell(
    product: Product,
    content: ProductContent,
    by: User,
    action: str,
    *,
    before: dict[str, Any],
    after: dict[str, Any],
    created: bool,
) -> None:
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=timezone.now())
    AuditEntry.objects.create(
        user=by,
        seller_id=product.seller_id,
        action=action,
        object_type="product",
        object_id=str(product.pk),
        before={"content": before},
        after={"content": after, "language": content.language, "created": created},
    )
    events.record(f"product:{product.pk}", "edited", {"language": content.language, "by": by.username})
