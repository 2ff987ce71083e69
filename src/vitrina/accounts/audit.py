"""Writing the audit log: who did what to which object. Called by the deed itself, in its transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from vitrina.accounts.models import AuditEntry, Seller


def record(
    action: str,
    subject: Model,
    *,
    by: Any = None,
    seller: Seller | None = None,
    seller_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add one entry. `by` None: the program itself did it. The seller is the subject's own unless given."""
    if seller is not None:
        seller_id = seller.pk
    if seller_id is None:
        seller_id = subject.pk if isinstance(subject, Seller) else getattr(subject, "seller_id", None)
    return AuditEntry.objects.create(
        user_id=getattr(by, "pk", None),
        seller_id=seller_id,
        action=action,
        object_type=subject._meta.label_lower,
        object_id=str(subject.pk),
        before=before,
        after=after,
    )
