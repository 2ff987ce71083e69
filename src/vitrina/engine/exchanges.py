"""Exchanges with models: what was sent and answered, kept for some days beside the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add, value
from vitrina.engine.core.exchanges import Kept, unpack
from vitrina.engine.models import Exchange

MOST_AT_ONCE = 1_000

KEEP_EXCHANGES_DAYS: Setting[int] = add(
    Setting(
        "engine.keep_exchanges_days",
        _("Models"),
        _("Keep what was sent to models and what they answered"),
        _("Shown in the log of calls, and needed to repeat a call. 0 keeps nothing."),
        "whole",
        default=lambda: 14,
        most=365,
        unit=_("days"),
    )
)


@dataclass(frozen=True)
class Question:
    """What was sent, taken apart. `turns`: (who, text). `is_whole` False: it was too long and is only shown."""

    system: str
    turns: tuple[tuple[str, str], ...]
    images: tuple[str, ...]
    schema_digest: str
    temperature: float | None
    output_limit: int | None
    is_whole: bool = True


def kept(call_id: UUID) -> Kept | None:
    row = Exchange.objects.filter(pk=call_id).values_list("packed", flat=True).first()
    return None if row is None else unpack(bytes(row))


def question_of(exchange: Kept) -> Question:
    """The request as `keys.common_part` wrote it; one that was cut is shown as it stands."""
    try:
        system, turns, images, schema, temperature, limit, _version = orjson.loads(exchange.question)
    except (orjson.JSONDecodeError, ValueError):
        text = exchange.question.decode(errors="replace")
        return Question("", (("", text),), (), "", None, None, is_whole=False)
    return Question(
        system, tuple(_turn(turn) for turn in turns if turn), tuple(images), schema, temperature, limit
    )


def _turn(turn: Any) -> tuple[str, str]:
    """With pictures the user's text stands bare, then the remarks as a list, then what followed."""
    if isinstance(turn, dict):
        return str(turn.get("role", "")), str(turn.get("content", ""))
    return "user", turn if isinstance(turn, str) else "\n".join(map(str, turn))


def clear_old() -> int:
    """Delete what outlived its days, a thousand per transaction. Returns how many went."""
    until = timezone.now() - timedelta(days=value(KEEP_EXCHANGES_DAYS))
    cleared = 0
    while True:
        ids = list(Exchange.objects.filter(at__lt=until).values_list("pk", flat=True)[:MOST_AT_ONCE])
        cleared += Exchange.objects.filter(pk__in=ids).delete()[0]
        if len(ids) < MOST_AT_ONCE:
            return cleared
