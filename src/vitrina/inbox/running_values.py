"""What an operator may change about drafts while the program runs. A seller's own values come before these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add, value
from vitrina.inbox.models import InboxSettings, Manner

T = TypeVar("T")

GROUP = _("Drafts of answers")
AUTO_GROUP = _("Answers sent by a rule")


@dataclass(frozen=True)
class Values:
    """What holds for one seller. `delay_seconds`: between two calls of a round; `auto_wait_minutes`: how long a person may
    come first."""

    pregenerates: bool
    batch_size: int
    delay_seconds: float
    daily_limit: int
    urgent_at_once: int
    manner: str
    signature: str
    auto_wait_minutes: int
    auto_daily_limit: int


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
DELAY_SECONDS: Setting[float] = add(
    Setting(
        "inbox.delay_seconds",
        GROUP,
        _("Pause between two drafts"),
        _("So that a round leaves the models to others as well: 1 s is at most 60 a minute."),
        "number",
        default=lambda: 1.0,
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
        _("A fifth of them at least is kept for urgent and high ones. Beyond it the offline writer drafts."),
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

MANNER: Setting[str] = add(
    Setting(
        "inbox.manner",
        GROUP,
        _("How answers sound"),
        _("Of sellers that chose no manner of their own. Drafts made before are written anew."),
        "choice",
        default=lambda: Manner.FRIENDLY.value,
        choices=dict(Manner.choices),
    )
)
SIGNATURE: Setting[str] = add(
    Setting(
        "inbox.signature",
        GROUP,
        _("Signature under an answer"),
        _("Of sellers that have none of their own. Drafts made before are written anew."),
        "line",
        default=str,
        most=200,
    )
)
AUTO_SENDS: Setting[bool] = add(
    Setting(
        "inbox.auto_sends",
        AUTO_GROUP,
        _("Rules may send answers without a person"),
        _(
            "Each seller switches its own rule on; off here stops all of them, what waits to be sent included."
        ),
        "yes_no",
        default=lambda: True,
    )
)
AUTO_WAIT_MINUTES: Setting[int] = add(
    Setting(
        "inbox.auto_wait_minutes",
        AUTO_GROUP,
        _("How long a person may come first"),
        _("A rule sends nothing sooner than so long after it arrived."),
        "whole",
        default=lambda: 60,
        least=0,
        most=2_880,
        unit=_("min"),
    )
)
AUTO_DAILY_LIMIT: Setting[int] = add(
    Setting(
        "inbox.auto_daily_limit",
        AUTO_GROUP,
        _("Answers by a rule for one seller a day"),
        _("What is beyond it waits for a person, or for the next day."),
        "whole",
        default=lambda: 50,
        least=0,
        most=1_000,
    )
)

# A seller's columns that may stay empty, each with what holds then.
OWN: dict[str, Setting[Any]] = {
    "pregenerates": PREGENERATES,
    "batch_size": BATCH_SIZE,
    "delay_seconds": DELAY_SECONDS,
    "daily_limit": DAILY_LIMIT,
    "urgent_at_once": URGENT_AT_ONCE,
    "manner": MANNER,
    "signature": SIGNATURE,
    "auto_wait_minutes": AUTO_WAIT_MINUTES,
    "auto_daily_limit": AUTO_DAILY_LIMIT,
}


def decided(settings: InboxSettings) -> Values:
    """What holds for a seller now."""
    return Values(**{name: _either(getattr(settings, name), setting) for name, setting in OWN.items()})


def _either(own: T | None, setting: Setting[T]) -> T:
    return value(setting) if own is None or own == "" else own
