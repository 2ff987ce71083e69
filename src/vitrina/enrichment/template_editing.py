"""Making, changing and deleting a template by hand: row, index and audit log in one transaction."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Right
from vitrina.catalog.models import Category
from vitrina.enrichment.content_templates import end_version, forget, index
from vitrina.enrichment.models import ContentTemplate
from vitrina.lib.html import sanitise

FIELDS = ("name", "language", "category_id", "text", "is_active")


class TemplateRefused(Exception):
    """Nothing was changed. `field` is what has to be mended."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def visible_to(user: User, right: Right = Right.VIEW) -> Any:
    """Those of the person's sellers, and the ones that all share; a shared one is changed by a superuser only."""
    own = Q(seller__in=Seller.objects.reachable_by(user, right))
    shared = Q(seller=None) if right is Right.VIEW or user.is_superuser else Q()
    return ContentTemplate.objects.filter(own | shared)


def make(seller: Seller | None, *, by: User, **columns: Any) -> ContentTemplate:
    """Raises TemplateRefused when the name is taken, or the category is another seller's."""
    _check_category(seller.pk if seller else None, columns.get("category_id"))
    columns["text"] = _clean(columns["text"])
    try:
        with transaction.atomic():
            template = ContentTemplate.objects.create(seller=seller, **columns)
            index([template])
            audit.record("template.make", template, by=by, after=_state(template))
    except IntegrityError as error:
        raise _taken() from error
    return template


def change(template: ContentTemplate, *, by: User, **columns: Any) -> ContentTemplate:
    if "category_id" in columns:
        _check_category(template.seller_id, columns["category_id"])
    if "text" in columns:
        columns["text"] = _clean(columns["text"])
    before = _state(template)
    if before | columns == before:
        return template
    try:
        with transaction.atomic():
            end_version(template, columns.get("text", template.text), by=by)
            for name, value in columns.items():
                setattr(template, name, value)
            template.save(update_fields=[*columns, "version", "updated_at"])
            index([template])
            audit.record("template.change", template, by=by, before=before, after=_state(template))
    except IntegrityError as error:
        raise _taken() from error
    return template


def delete(template: ContentTemplate, *, by: User) -> None:
    with transaction.atomic():
        audit.record("template.delete", template, by=by, before=_state(template))
        forget([template.pk])
        template.delete()


def _state(template: ContentTemplate) -> dict[str, Any]:
    return {name: getattr(template, name) for name in FIELDS}


def _clean(text: str) -> str:
    clean = sanitise(text)
    if not clean.strip():
        raise TemplateRefused(
            "text", _("Nothing is left of this text without what is not allowed in a card.")
        )
    return clean


def _check_category(seller_id: int | None, category_id: int | None) -> None:
    known = Q(seller=None) | Q(seller_id=seller_id) if seller_id else Q(seller=None)
    if (
        category_id is not None
        and not Category.objects.filter(known, pk=category_id, is_active=True).exists()
    ):
        raise TemplateRefused("category", _("There is no such category in use."))


def _taken() -> TemplateRefused:
    return TemplateRefused("name", _("There is a template of this name already."))
