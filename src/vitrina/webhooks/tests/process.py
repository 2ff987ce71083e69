"""A process of the program for tests of webhooks: the jobs' own, with orders that announce."""

from __future__ import annotations

import os
from typing import Any

os.environ["TEST_SETTINGS"] = "vitrina.webhooks.tests.process_settings"

from vitrina.jobs.tests import process  # isort: skip - it sets Django up

from django.db import transaction

from vitrina.accounts.models import Seller
from vitrina.webhooks import endpoints
from vitrina.webhooks.announce import announce


def endpoint(order: dict[str, Any]) -> Any:
    slug = order.get("slug", "hat")
    seller = Seller.objects.create(name=slug, slug=slug)
    made, secret = endpoints.create(seller, url=order["url"], kinds=["run.finished"], by=None)
    return {"seller": seller.pk, "endpoint": made.pk, "secret": secret}


def say(order: dict[str, Any]) -> Any:
    """`count` events over `subjects` subjects, a few in each transaction."""
    for start in range(0, order["count"], 10):
        with transaction.atomic():
            for n in range(start, min(start + 10, order["count"])):
                announce(order["seller"], "run.finished", f"product:{n % order['subjects']}", {"n": n})
    return None


process.ORDERS |= {deed.__name__: deed for deed in (endpoint, say)}

if __name__ == "__main__":
    process.main()
