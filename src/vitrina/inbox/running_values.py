"""What an operator may change about drafts while the program runs. A seller's own values come before these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add, value
from vitrina.inbox.models import InboxSettings

T = TypeVar("T")

GROUP = _("Drafts of answers")


@dataclass(frozen=True)
class Values:
    """Limits of drafting for one seller. `delay_seconds`: between two calls of a round."""

    pregenerates: bool
    batch_size: int
    delay_seconds: float
    daily_limit: int
    urgent_at_once: int


PREGENERATES: Setting[bool] = add(
    Setting(
        "inbox.pregenerates",
        GROUP,
        _("Answers are drafted before anybody opens them"),
        _("Off: a draft is made when an item is opened."),
        "yes_no",
        default=lambda: True,
    )
)
BATCH_SIZE: Setting[int] = add(
    Setting(
        "inbox.batch_size",
        GROUP,
        _("Drafts in one round"),
        _("A round follows each reading of the marketplaces; the rest waits for the next."),
        "whole",
        default=lambda: 20,
        least=1,
        most=500,
    )
)
DELAY_SECONDS: Setting[int] = add(
    Setting(
        "inbox.delay_seconds",
        GROUP,
        _("Pause between two drafts"),
        _("So that a round leaves the models to others as well: 1 s is at most 60 a minute."),
        "whole",
        default=lambda: 1,
        least=0,
        most=60,
        unit=_("s"),
    )
)
DAILY_LIMIT: Setting[int] = add(
    Setting(
        "inbox.daily_limit",
        GROUP,
        _("Drafts by models for one seller a day"),
        _("A fifth of them is kept for urgent and high ones. Beyond it the offline writer drafts."),
        "whole",
        default=lambda: 200,
        least=0,
        most=100_000,
    )
)
URGENT_AT_ONCE: Setting[int] = add(
    Setting(
        "inbox.urgent_at_once",
        GROUP,
        _("Urgent ones drafted inside the reading"),
        _("The others lead the next round."),
        "whole",
        default=lambda: 3,
        least=0,
        most=20,
    )
)


def decided(settings: InboxSettings) -> Values:
    """What holds for a seller now."""
    return Values(
        pregenerates=_either(settings.pregenerates, PREGENERATES),
        batch_size=_either(settings.batch_size, BATCH_SIZE),
        delay_seconds=_either(settings.delay_seconds, DELAY_SECONDS),
        daily_limit=_either(settings.daily_limit, DAILY_LIMIT),
        urgent_at_once=_either(settings.urgent_at_once, URGENT_AT_ONCE),
    )


def _either(own: T | None, setting: Setting[Any]) -> T:
    return cast(T, value(setting)) if own is None else own
