"""What a service's refusal means: one table for all of them, to which each adds its own codes. Pure.

Judged by code, then by status, never by words: those are for people, and change.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from types import MappingProxyType

from vitrina.imagery.ports import Outcome, ServiceFault
from vitrina.lib.sentences import gettext_noop

LATER_SECONDS = 20.0  # where a service has a limit and does not say for how long
LONGEST_WAIT = 24 * 3600.0  # seconds; a service that says more is read as this


class Trouble(StrEnum):
    """What went wrong, as far as somebody can do something about it."""

    KEY = "key"
    RIGHTS = "rights"
    MONEY = "money"
    MODEL = "model"
    RATE = "rate"
    FAILED = "failed"
    MODERATED_PROMPT = "moderated_prompt"
    MODERATED_PICTURE = "moderated_picture"
    NO_PICTURE = "no_picture"
    NOT_UNDERSTOOD = "not_understood"
    GONE_ELSEWHERE = "gone_elsewhere"
    NOT_AGAIN = "not_again"
    PLACEHOLDER = "placeholder"


OUTCOMES: Mapping[Trouble, tuple[Outcome, str]] = MappingProxyType(
    {
        Trouble.KEY: (
            Outcome.FALLBACK,
            gettext_noop("%(service)s refuses the key (%(status)s). Check it in %(setting)s."),
        ),
        Trouble.RIGHTS: (
            Outcome.FALLBACK,
            gettext_noop(
                "%(service)s does not let this key do that (%(status)s). Look at the account's rights and verification."
            ),
        ),
        Trouble.MONEY: (
            Outcome.FALLBACK,
            gettext_noop(
                "The credit at %(service)s is spent (%(status)s). Top it up, or raise the key's limit."
            ),
        ),
        Trouble.MODEL: (
            Outcome.FALLBACK,
            gettext_noop("%(service)s has no model %(model)s (%(status)s). Choose another one."),
        ),
        Trouble.RATE: (
            Outcome.RETRY_AFTER,
            gettext_noop("%(service)s asks for fewer requests (%(status)s)."),
        ),
        Trouble.FAILED: (Outcome.RETRY_SAME, gettext_noop("%(service)s failed (%(status)s).")),
        Trouble.MODERATED_PROMPT: (
            Outcome.REFUSE,
            gettext_noop(
                "%(service)s refuses this prompt: its rules do not allow what is described. Describe it otherwise."
            ),
        ),
        Trouble.MODERATED_PICTURE: (
            Outcome.RETRY_NEW_SEED,
            gettext_noop(
                "%(service)s drew a picture and held it back: its own rules do not allow what is seen."
            ),
        ),
        Trouble.NO_PICTURE: (
            Outcome.RETRY_NEW_SEED,
            gettext_noop("%(service)s answered without a picture (%(why)s)."),
        ),
        Trouble.NOT_UNDERSTOOD: (
            Outcome.BAD_REQUEST,
            gettext_noop("%(service)s does not understand the request (%(status)s)."),
        ),
        Trouble.GONE_ELSEWHERE: (
            Outcome.FALLBACK,
            gettext_noop("%(service)s sends the request elsewhere (%(status)s), which is never followed."),
        ),
        # Anew with another seed: the same request would be answered from the service's cache, with the same refusal.
        Trouble.PLACEHOLDER: (
            Outcome.RETRY_NEW_SEED,
            gettext_noop("%(service)s sent its picture that says «too many requests» instead of one."),
        ),
        Trouble.NOT_AGAIN: (
            Outcome.FALLBACK,
            gettext_noop("%(service)s failed and says that asking again is of no use (%(status)s)."),
        ),
    }
)

STATUSES: Mapping[int, Trouble] = MappingProxyType(
    {
        401: Trouble.KEY,
        402: Trouble.MONEY,
        403: Trouble.RIGHTS,
        404: Trouble.MODEL,
        408: Trouble.FAILED,
        409: Trouble.FAILED,
        410: Trouble.MODEL,
        422: Trouble.MODERATED_PROMPT,
        425: Trouble.FAILED,
        429: Trouble.RATE,
    }
)


@dataclass(frozen=True)
class Told:
    """A refusal as a service told it. `codes`: lower case, the most telling first. `why`: in a word, where there was no
    picture («no_image»). `retry_after`: seconds. `was_paid`: None where nobody knows."""

    status: int
    codes: tuple[str, ...] = ()
    message: str = ""
    why: str = ""
    retry_after: float | None = None
    request_id: str = ""
    was_paid: bool | None = False


def trouble_of(
    told: Told,
    codes: Mapping[str, Trouble] = MappingProxyType({}),
    statuses: Mapping[int, Trouble] = MappingProxyType({}),
) -> Trouble:
    """`codes`, `statuses`: what they mean at this service."""
    for code in told.codes:
        if code in codes:
            return codes[code]
    known = statuses.get(told.status) or STATUSES.get(told.status)
    if known is not None:
        return known
    if told.status >= 500:
        return Trouble.FAILED
    if told.status >= 400:
        return Trouble.NOT_UNDERSTOOD
    return Trouble.GONE_ELSEWHERE if told.status >= 300 else Trouble.NO_PICTURE


def fault(
    trouble: Trouble, told: Told, *, service: str, setting: str = "", model: str = "", key: str = ""
) -> ServiceFault:
    """`service`: its title. `setting`: the environment name of its key. `key`: taken out of whatever the service said."""
    outcome, sentence = OUTCOMES[trouble]
    values: dict[str, str | int | float] = {
        "service": service,
        "status": told.status,
        "setting": setting,
        "model": model,
        "why": told.why or trouble.value,
    }
    # Services repeat a part of a refused key in their words: enough to know it by.
    message = "" if trouble is Trouble.KEY else told.message
    code = told.codes[0] if told.codes else trouble.value
    wait = told.retry_after if trouble in (Trouble.RATE, Trouble.PLACEHOLDER) else None
    if trouble is Trouble.RATE and wait is None:
        wait = LATER_SECONDS
    was_paid = None if told.status >= 500 and told.was_paid is False else told.was_paid
    return ServiceFault(
        outcome,
        sentence,
        values=values,
        status=told.status,
        code=without(key, code)[:60],
        message=without(key, message),
        retry_after=wait,
        was_paid=was_paid,
        request_id=told.request_id[:200],
    )


def without(key: str, words: str) -> str:
    return words.replace(key, "…") if key else words


_SPOKEN = re.compile(
    r"try again in\s+(?:(\d{1,6})\s?h)?\s?(?:(\d{1,6})\s?m(?!s))?\s?(?:(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s))?",
    re.IGNORECASE | re.ASCII,
)


def delay(headers: Mapping[str, str], message: str = "") -> float | None:
    """Seconds to wait: `retry-after-ms`, else `retry-after` (seconds or a date), else as a message says it: «try again in
    240ms», «2.4s», «1m12.5s». None where nothing is said. Names of headers in lower case."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
    given = headers.get("retry-after", "").strip()
    seconds = _number(given)
    if seconds is not None:
        return _bounded(seconds)
    if given and (until := _until(given)) is not None:
        return _bounded(until)
    return spoken_delay(message)


def spoken_delay(message: str) -> float | None:
    found = _SPOKEN.search(message[:2000])
    if found is None or not any(found.groups()):
        return None
    hours, minutes, rest, unit = found.groups()
    seconds = float(rest or 0) / (1000 if unit and unit.lower() == "ms" else 1)
    return _bounded(int(hours or 0) * 3600 + int(minutes or 0) * 60 + seconds)


def _number(value: str | None) -> float | None:
    if value is None or re.fullmatch(r"\d{1,12}(\.\d{1,12})?", value.strip(), re.ASCII) is None:
        return None
    return float(value)


def _until(given: str) -> float | None:
    try:
        moment = parsedate_to_datetime(given)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return (moment - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT)
