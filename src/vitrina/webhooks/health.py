"""How an endpoint does, in one word for the chip and one for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import formats
from django.utils.translation import gettext as _

from vitrina.webhooks.models import Endpoint


@dataclass(frozen=True)
class Health:
    tone: str  # a state that the chips know
    words: str
    aside: str = ""
    at: datetime | None = None


def health(endpoint: Endpoint) -> Health:
    if not endpoint.is_on:
        tone = "cancelled" if endpoint.off_because == "person" else "failed"
        return Health(tone, _("switched off"), endpoint.get_off_because_display(), endpoint.off_at)
    if endpoint.failing_since:
        return Health("failed", _("does not answer well"), _("no try arrived since"), endpoint.failing_since)
    if endpoint.heard_at:
        return Health("done", _("works"), _("last delivered"), endpoint.heard_at)
    return Health("pending", _("nothing sent yet"))


MOST_COUNTED = 1000


def with_waiting(endpoints: QuerySet[Endpoint]) -> QuerySet[Endpoint]:
    """Each with `waiting`: how many events are on their way to it, counted up to a thousand and one, so that the
    page of an endpoint that has been silent for days is as quick as any."""
    counted = (
        "(SELECT count(*) FROM (SELECT 1 FROM webhooks_delivery d WHERE d.endpoint_id = webhooks_endpoint.id "
        "AND d.state = 'pending' LIMIT %s) AS few)"
    )
    return endpoints.annotate(waiting=RawSQL(counted, [MOST_COUNTED + 1]))  # noqa: S611 - constants


def waiting_words(waiting: int) -> str:
    """Empty for none."""
    shown = formats.number_format(min(waiting, MOST_COUNTED), use_l10n=True, force_grouping=True)
    return "" if not waiting else f"{shown}+" if waiting > MOST_COUNTED else shown
