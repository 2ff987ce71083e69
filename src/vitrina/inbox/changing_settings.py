"""What a person decides for a seller's inbox: held against its bounds as a whole, kept with a version, told in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.accounts.runtime_settings import NotAllowed, bounded
from vitrina.channels.marketplaces import WITH_BUYERS
from vitrina.inbox.jobs import enqueue_round
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import InboxSettings, Manner
from vitrina.inbox.running_values import OWN
from vitrina.jobs import events
from vitrina.jobs.enqueue import QueueFull

NUMBERS = (
    "batch_size", "delay_seconds", "daily_limit", "urgent_at_once", "auto_wait_minutes", "auto_daily_limit",
)  # fmt: skip
FLAGS = ("greets_by_name", "may_promise_refunds", "auto_sends", "auto_with_text")
# name → (most lines, most characters of one)
LISTS = {"brand_words": (20, 60), "own_names": (50, 100), "other_shops": (100, 100)}
LONGEST = {"signature": 200, "rules": 2_000}  # characters; the prompt takes all of the rules
LANGUAGES = ("", "ru", "en")
LEAST_CHARACTERS, MOST_CHARACTERS = 50, 5_000  # of a seller's own cap
# A rule thanks for praise; what is worse is for people.
STARS = (5, 4)
FIELDS = (
    "pregenerates", *NUMBERS[:4], "manner", "signature", "brand_words", "greets_by_name", "language", "rules",
    "may_promise_refunds", "own_names", "other_shops", "most_characters", "auto_sends", "auto_platforms",
    "auto_from_stars", "auto_with_text", *NUMBERS[4:],
)  # fmt: skip


class SettingsRefused(Exception):
    """What was given can't be settings; `errors`: a field's name and what to mend. Nothing was changed."""

    permanent = True

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


class ChangedMeanwhile(Exception):
    """Somebody else changed them since they were read; `standing` is what holds. Nothing was changed."""

    permanent = True

    def __init__(self, standing: InboxSettings) -> None:
        super().__init__(_("Somebody changed these settings meanwhile; yours were not kept."))
        self.standing = standing


def change(
    seller: Seller, given: Mapping[str, Any], *, by: User, version: int | None = None
) -> InboxSettings:
    """Keep what is `given` of FIELDS and leave the rest. `version`: the one that the person saw; None: whichever stands.

    A round follows: what became stale is written anew. Raises SettingsRefused and ChangedMeanwhile.
    """
    with transaction.atomic():
        # The seller's row is the lock: the settings may have none yet.
        Seller.objects.select_for_update(no_key=True).only("pk").get(pk=seller.pk)
        row = settings_of(seller.pk)
        if version is not None and version != row.version:
            raise ChangedMeanwhile(row)
        before = told(row)
        for name, value in checked({**before, **given}).items():
            setattr(row, name, value)
        after = told(row)
        changed = [name for name in FIELDS if before[name] != after[name]]
        if not changed:
            return row
        row.version += 1
        row.changed_by = by
        row.save()
        audit.record(
            "inbox.settings",
            row,
            by=by,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        events.record(f"seller:{seller.pk}", "inbox", {"settings": row.version})
        # A full queue: the sweep does it within minutes.
        with suppress(QueueFull):
            enqueue_round(seller.pk)
    return row


def told(row: InboxSettings) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """All of FIELDS as they are kept: lines trimmed, each once. Raises SettingsRefused."""
    kept = told(InboxSettings())
    errors: dict[str, str] = {}
    for name in FIELDS:
        try:
            kept[name] = _one(name, given[name])
        except NotAllowed as refusal:
            errors[name] = str(refusal)
    errors = _together(kept) | errors
    if errors:
        raise SettingsRefused(errors)
    return kept


def _one(name: str, value: Any) -> Any:
    """Raises NotAllowed."""
    if name in NUMBERS:
        return None if value is None else bounded(OWN[name], Decimal(str(value)))
    if name in LISTS:
        return _lines(value, *LISTS[name])
    if name in LONGEST:
        return _short_enough(value.replace("\0", "").replace("\r\n", "\n").strip(), LONGEST[name])
    if name == "most_characters":
        return None if value is None else _within(value, LEAST_CHARACTERS, MOST_CHARACTERS)
    allowed: dict[str, tuple[Any, ...]] = {
        "manner": ("", *Manner.values),
        "language": LANGUAGES,
        "auto_from_stars": STARS,
        "pregenerates": (None, True, False),
    }
    if name in allowed and value not in allowed[name]:
        raise NotAllowed(_("Choose one of those that are offered."))
    if name == "auto_platforms":
        if not set(value) <= set(WITH_BUYERS):
            raise NotAllowed(_("Choose one of those that are offered."))
        return [platform for platform in WITH_BUYERS if platform in value]
    return value


def _lines(value: list[str], most: int, longest: int) -> list[str]:
    lines = dict.fromkeys(" ".join(line.replace("\0", "").split()) for line in value)
    lines.pop("", None)
    if len(lines) > most:
        raise NotAllowed(
            _("These are %(value)d, at most %(limit)d are kept.") % {"value": len(lines), "limit": most}
        )
    return [_short_enough(line, longest) for line in lines]


def _short_enough(text: str, limit: int) -> str:
    if len(text) > limit:
        raise NotAllowed(
            _("This is %(value)d characters long, the limit is %(limit)d.")
            % {"value": len(text), "limit": limit}
        )
    return text


def _within(number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise NotAllowed(_("From %(least)s to %(most)s is possible.") % {"least": least, "most": most})
    return number


def _together(kept: Mapping[str, Any]) -> dict[str, str]:
    own = {name.casefold() for name in (*kept["own_names"], *kept["brand_words"])}
    both = [name for name in kept["other_shops"] if name.casefold() in own]
    if both:
        return {"other_shops": _("«%(name)s» is among your own names as well.") % {"name": both[0]}}
    if kept["auto_sends"] and not kept["auto_platforms"]:
        return {"auto_platforms": _("Choose the marketplaces on which the rule may send.")}
    return {}
