"""Why there is no picture, as a sentence with its values apart. Pure: pages translate it when they show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vitrina.catalog.pictures.models import ImageState
from vitrina.lib.guard import FetchError, FetchRefused
from vitrina.lib.sentences import gettext_noop

REFUSED = gettext_noop("This address may not be fetched from: it leads to no public web server.")
GONE = gettext_noop(
    "There is no picture at this address any more: «%(host)s» answered with status %(status)s."
)
FORBIDDEN = gettext_noop("«%(host)s» does not give this picture out: it answered with status %(status)s.")
STATUS = gettext_noop("«%(host)s» answered with status %(status)s.")
TIRED = gettext_noop(
    "«%(host)s» failed %(times)s times in a row; it is left alone for a while, and asked for this picture later."
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`state`: what becomes of the picture's place. `may_pass`: the next try may bring it."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    state: ImageState = ImageState.FAILED
    may_pass: bool = False
    retry_after: float | None = None  # seconds that the other side asked to wait


def of_fetch(error: FetchError, host: str) -> Trouble:
    if isinstance(error, FetchRefused):
        return Trouble(REFUSED, state=ImageState.REFUSED)
    passing = not error.permanent
    if error.status in (404, 410):
        return Trouble(GONE, {"host": host, "status": error.status})
    if error.status in (401, 403, 451):
        return Trouble(FORBIDDEN, {"host": host, "status": error.status})
    if error.status is not None:
        return Trouble(
            STATUS, {"host": host, "status": error.status}, may_pass=passing, retry_after=error.retry_after
        )
    return Trouble(error.sentence, error.values, may_pass=passing)


def of_tired(host: str, times: int) -> Trouble:
    return Trouble(TIRED, {"host": host, "times": times}, may_pass=True)
