"""Drafts before anybody looks: one round for one seller, the most pressing first, within the day's budget."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.utils import timezone

from vitrina.inbox import budget
from vitrina.inbox.choosing import Round, Skipped, Waiting, choose
from vitrina.inbox.drafting import draft, has_models
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Draft, InboxSettings, Interaction
from vitrina.inbox.priority import Priority
from vitrina.inbox.running_values import Values, decided
from vitrina.inbox.standing import holding
from vitrina.lib.transactions import short_transaction

logger = structlog.get_logger("vitrina.inbox")

MOST_LOOKED_AT = 5000  # open interactions of a seller in one round, the newest


@dataclass
class Made:
    """`begun`: beginnings of what a person writes."""

    by_model: int = 0
    offline: int = 0
    failed: int = 0
    begun: int = 0
    skipped: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return vars(self)


def run_round(seller_id: int, *, job_id: int | None, checkpoint: Callable[[], None]) -> Made:
    """`checkpoint` is called before each draft and may end the round; what was drafted stays."""
    settings = settings_of(seller_id)
    values = decided(settings)
    made = Made()
    if not values.pregenerates:
        return made
    waiting = dict(_waiting(seller_id, settings))
    chosen = _chosen(waiting, values, seller_id)
    _say_why(chosen)
    made.skipped = dict(Counter(why.value for why in chosen.skipped.values()))
    with_models = has_models()
    for pk in [pk for pk, why in chosen.skipped.items() if why is Skipped.ESCALATED]:
        checkpoint()
        made.begun += _one(pk, by_model=False, job_id=job_id) is not None
    for pk in (*chosen.offline, *chosen.helped):
        checkpoint()
        made.offline += _one(pk, by_model=False, job_id=job_id) is not None
    for number, pk in enumerate(chosen.by_model):
        checkpoint()
        if number and with_models:
            time.sleep(values.delay_seconds)
        written = _by_model(pk, seller_id, limit=values.daily_limit, job_id=job_id)
        made.failed += written is None
        made.by_model += written is not None and not written.is_offline
        made.offline += written is not None and written.is_offline
    return made


def draft_urgent(interactions: list[int], seller_id: int, *, job_id: int | None) -> int:
    """The most pressing of what a reading brought, inside it; returns how many. What a person writes is begun at once,
    however much it is: that costs nothing."""
    values = decided(settings_of(seller_id))
    if not values.pregenerates:
        return 0
    news = Interaction.objects.filter(pk__in=interactions, needs_response=True, priority__lte=Priority.HIGH)
    rows = list(news.order_by("-occurred_at"))
    for row in rows:
        if row.escalations:
            _one(row.pk, by_model=False, job_id=job_id)
    chosen = [row.pk for row in rows if row.priority == Priority.URGENT and not row.escalations]
    drafts = (
        _by_model(pk, seller_id, limit=values.daily_limit, job_id=job_id)
        for pk in chosen[: values.urgent_at_once]
    )
    return sum(one is not None for one in drafts)


def _waiting(seller_id: int, settings: InboxSettings) -> Iterator[tuple[int, Waiting]]:
    """Those without a draft that holds; an offline one is improved upon where there are models."""
    improves = has_models()
    rows = (
        Interaction.objects.filter(seller_id=seller_id, needs_response=True)
        .select_related("draft", "product")
        .only(
            "version", "withdrawals", "kind", "text", "pros", "cons", "rating", "priority", "occurred_at", "escalations",
            "draft__input_hash", "draft__source", "draft__is_beginning", "product__version",
        )
    )  # fmt: skip
    for row in rows.order_by("-occurred_at")[:MOST_LOOKED_AT].iterator():
        has_text = bool(row.text or row.pros or row.cons)
        offline_will_do = bool(row.escalations) or not (improves and has_text)
        standing = holding(row, settings)
        if standing is None or (standing.is_offline and not offline_will_do):
            yield (
                row.pk,
                Waiting(
                    row.pk,
                    row.priority,
                    row.occurred_at,
                    has_text,
                    is_escalated=bool(row.escalations),
                    has_offline=standing is not None,
                ),
            )


def _chosen(waiting: dict[int, Waiting], values: Values, seller_id: int) -> Round:
    if not has_models():
        # The offline writer costs nothing: nobody waits for another round.
        return choose(waiting.values(), size=len(waiting), budget=2 * len(waiting), used_today=0)
    return choose(
        waiting.values(),
        size=values.batch_size,
        budget=values.daily_limit,
        used_today=budget.taken_today(seller_id),
        to_come=budget.pressing_to_come(seller_id),
    )


def _say_why(chosen: Round) -> None:
    """Every item that gets no draft by a model says why."""
    by_reason: dict[Skipped, list[int]] = {}
    for pk, why in chosen.skipped.items():
        by_reason.setdefault(why, []).append(pk)
    for why, ids in by_reason.items():
        with short_transaction():
            Interaction.objects.filter(pk__in=ids).exclude(undrafted=why.value).update(undrafted=why.value)


def _by_model(pk: int, seller_id: int, *, limit: int, job_id: int | None) -> Draft | None:
    """Within the day's budget, whoever else drafts for the seller now; beyond it by the offline writer."""
    if not has_models():
        return _one(pk, by_model=True, job_id=job_id)
    with budget.taken(seller_id, limit=limit) as place:
        if place is None:
            with short_transaction():
                Interaction.objects.filter(pk=pk).update(undrafted=Skipped.BUDGET.value)
            return _one(pk, by_model=False, job_id=job_id)
        began = timezone.now()
        written = _one(pk, by_model=True, job_id=job_id)
        place.is_used = written is not None and not written.is_offline and written.made_at >= began
    return written


def _one(pk: int, *, by_model: bool, job_id: int | None) -> Draft | None:
    """One failing draft never ends a round."""
    interaction = Interaction.objects.filter(pk=pk, needs_response=True).first()
    if interaction is None:
        return None
    try:
        return draft(interaction, by_model=by_model, job_id=job_id)
    except Exception:
        logger.exception("draft_failed", action="draft_failed", interaction=pk)
        return None
