"""Making a seller and changing what it is called and aims at."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from vitrina.accounts import audit, quotas
from vitrina.accounts.models import Seller, User

FIELDS = ("name", "language", "currency", "target", "plan")


def create(*, by: User, **fields: Any) -> Seller:
    """Its short name, by which commands know it, is made from the name."""
    base = slugify(fields["name"], allow_unicode=True)[:70] or "seller"
    for number in range(1, 1000):
        slug = base if number == 1 else f"{base}-{number}"
        if Seller.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                seller = Seller.objects.create(slug=slug, **fields)
                audit.record("seller.create", seller, by=by, after=told(seller))
        except IntegrityError:  # another window took the short name a moment ago
            continue
        return seller
    raise RuntimeError(f"A thousand sellers are called {base}.")


def change(seller: Seller, *, by: User, **fields: Any) -> bool:
    """Whether anything changed."""
    with transaction.atomic():
        found = Seller.objects.select_for_update().get(pk=seller.pk)
        before = told(found)
        for name, value in fields.items():
            setattr(found, name, value)
        after = told(found)
        if before == after:
            return False
        found.save(update_fields=list(fields))
        audit.record("seller.change", found, by=by, before=before, after=after)
    quotas.forget_plans()
    return True


def told(seller: Seller) -> dict[str, Any]:
    return {
        "name": seller.name,
        "language": seller.language,
        "currency": seller.currency,
        "target": seller.target,
        "plan": seller.plan.name if seller.plan else "",
    }
