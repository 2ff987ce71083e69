"""Clearing what has outlived its use: stored answers and intents whose process died. For a scheduled job to call."""

from __future__ import annotations

from django.db import connection, transaction

from vitrina.accounts.quotas import locked_now
from vitrina.engine.batch import write_doubts
from vitrina.engine.models import StoredAnswer

MOST_AT_ONCE = 1000
DEAD_INTENT_SECONDS = 3600.0  # long after any lease: nobody is coming back for it


def clear_expired() -> int:
    """Delete expired answers and dead intents, the latter with their line in the ledger. Returns how many rows went.

    A thousand per transaction, so that calls in flight never wait for it.
    """
    cleared = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            now = locked_now(cursor)
            keys = list(
                StoredAnswer.objects.filter(is_done=True, expires_at__lt=now).values_list("pk", flat=True)[
                    :MOST_AT_ONCE
                ]
            )
            dead = list(
                StoredAnswer.objects.filter(
                    is_done=False, lease_until__lt=now - DEAD_INTENT_SECONDS
                ).values_list("pk", "call")[:MOST_AT_ONCE]
            )
            write_doubts(cursor, [call for _, call in dead])
            gone, _ = StoredAnswer.objects.filter(pk__in=[*keys, *(key for key, _ in dead)]).delete()
        cleared += gone
        if len(keys) < MOST_AT_ONCE and len(dead) < MOST_AT_ONCE:
            return cleared
