"""A person says what an attribute of a product is: typed by the category's schema, and no run writes over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts.models import AuditEntry, User
from vitrina.catalog.models import Product
from vitrina.enrichment.generators.attributes.fitting import fit_text
from vitrina.enrichment.generators.attributes.schema import AttributeSpec
from vitrina.enrichment.known_categories import known_categories
from vitrina.enrichment.steps.attributes import specs
from vitrina.jobs import events
from vitrina.lib.text import fold, normalise

LONGEST = 500  # characters of a value
PERSON = "person"


class ValueRefused(ValueError):
    """What was typed can't be the attribute's value; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Typed:
    """One attribute of the product's category with its value as it is kept now; `entry` None: nothing is known."""

    spec: AttributeSpec
    name: str  # under which it is kept
    entry: dict[str, Any] | None

    @property
    def is_missing(self) -> bool:
        return self.spec.required and self.entry is None

    @property
    def is_person(self) -> bool:
        return self.entry is not None and self.entry.get("author") == PERSON

    @property
    def is_outside(self) -> bool:
        """Whether the value stands outside of the list, which may have changed since."""
        return (
            self.entry is not None and fit_text(self.spec, str(self.entry.get("value") or ""), "ru") is None
        )


def schema_of(product: Product, language: str) -> tuple[AttributeSpec, ...]:
    """The attributes of its category, those from above included; none without a category."""
    if product.category_id is None:
        return ()
    known = known_categories([product.category_id], seller_id=product.seller_id).get(product.category_id)
    return specs(known.attribute_schema, language) if known else ()


def typed(product: Product, language: str) -> list[Typed]:
    """Every attribute of the category, in its order."""
    kept = product.ai_extracted.get("attributes") or {}
    return [_typed(spec, kept) for spec in schema_of(product, language)]


def _typed(spec: AttributeSpec, kept: dict[str, Any]) -> Typed:
    name = next((name for name, entry in kept.items() if entry.get("key") == spec.key), "")
    if not name:
        name = next((name for name in kept if fold(name) == fold(spec.name)), "")
    return Typed(spec, name or spec.name, kept.get(name))


def write(product: Product, key: str, values: Iterable[str], *, by: User) -> bool:
    """Put a person's value there, or take it away where `values` are empty; whether anything changed.

    `values`: several of a list of which several may be chosen, else one. Raises ValueRefused; LookupError where the
    category has no such attribute.
    """
    said = ", ".join(text for value in values if (text := normalise(value)))
    if len(said) > LONGEST:
        raise ValueRefused(
            _("The value has %(length)s characters, the limit is %(limit)s.")
            % {"length": len(said), "limit": LONGEST}
        )
    with transaction.atomic():
        locked = Product.objects.select_for_update(of=("self",)).select_related("seller").get(pk=product.pk)
        rows = typed(locked, locked.seller.language)
        row = next((one for one in rows if one.spec.key == key), None)
        if row is None:
            raise LookupError(key)
        kept = dict(locked.ai_extracted.get("attributes") or {})
        before = kept.get(row.name)
        after = _entry(row.spec, said, locked.seller.language, by) if said else None
        if _said(before) == _said(after):
            return False
        if after is None:
            del kept[row.name]
        else:
            kept[row.name] = after
        now = timezone.now()
        Product.objects.filter(pk=locked.pk).update(
            ai_extracted={**locked.ai_extracted, "attributes": kept}, version=F("version") + 1, updated_at=now
        )
        AuditEntry.objects.create(
            user=by, seller_id=locked.seller_id, action="product.attribute", object_type="product",
            object_id=str(locked.pk), before={row.name: before}, after={row.name: after},
        )  # fmt: skip
        events.record(f"product:{locked.pk}", "edited", {"attribute": row.name, "by": by.username})
    return True


def _entry(spec: AttributeSpec, said: str, language: str, by: User) -> dict[str, Any]:
    fit = fit_text(spec, said, language)
    if fit is None:
        raise ValueRefused(_refusal(spec) % {"value": said, "unit": spec.unit, "name": spec.name})
    return {
        "key": spec.key, "value": fit.value, "number": fit.number, "number_unit": fit.unit, "author": PERSON, "by": by.pk,
        "evidence": {"kind": PERSON, "source": by.get_full_name() or by.username},
    }  # fmt: skip


def _refusal(spec: AttributeSpec) -> str:
    match spec.kind:
        case "number" if spec.unit:
            return _("«%(value)s» is no number of «%(unit)s», nor of a unit that converts to it.")
        case "number":
            return _("«%(value)s» is no number.")
        case "boolean":
            return _("«%(value)s» is neither yes nor no.")
    return _("«%(value)s» is not among the choices of «%(name)s».")


def _said(entry: dict[str, Any] | None) -> tuple[Any, Any] | None:
    return None if entry is None else (entry.get("value"), entry.get("author"))
