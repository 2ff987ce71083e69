"""Taking a picture away. Its files go when no picture shows them any more (`checking`)."""

from __future__ import annotations

from django.db import transaction

from vitrina.accounts import audit
from vitrina.accounts.models import User
from vitrina.imagery import asking
from vitrina.imagery.models import GeneratedImage


def delete(image: GeneratedImage, *, by: User | None) -> None:
    """One that is under way is cancelled first, and its unit given back."""
    if image.is_under_way:
        asking.cancel(image, by=by)
    with transaction.atomic():
        told = {
            "title": image.title,
            "recipe": image.recipe,
            "subject": image.subject,
            "service": image.service,
        }
        audit.record("image.delete", image, by=by, before=told)
        image.delete()
