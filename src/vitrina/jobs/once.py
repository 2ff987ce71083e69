"""A form that is sent twice, say by a double click, starts its work once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from vitrina.accounts.models import Seller

# The same form sent once more within this time is a second click, not a second wish.
SAME_WISH_FOR = timedelta(hours=1)


def same_wish_since(seller_id: int) -> datetime:
    """From when on a twin of this wish is to be looked for. Belongs in the transaction that starts the work: the
    seller's row is the lock, so that of two clicks that arrive together the second finds the work of the first."""
    Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller_id)
    return timezone.now() - SAME_WISH_FOR
