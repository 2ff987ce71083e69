"""Writing a draft: ask the route, or the offline writer; keep what came with all that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from django.utils import timezone

from vitrina.channels.ports import Kind
from vitrina.engine.ask import Answer, CallContext, ask
from vitrina.engine.errors import EngineError
from vitrina.inbox import news
from vitrina.inbox.beginnings.beginning import beginning
from vitrina.inbox.generators.reply.generator import GENERATOR
from vitrina.inbox.generators.reply.schema import ReplyInput, ReplyText
from vitrina.inbox.guardrails.forms import sounds_like
from vitrina.inbox.holding import findings_of, latest_answers, latest_drafts, plain
from vitrina.inbox.judging import JUDGED, refine
from vitrina.inbox.knowing import Known, known
from vitrina.inbox.library.entries import note_use
from vitrina.inbox.library.models import LibraryAnswer
from vitrina.inbox.library.recalling import example, recall
from vitrina.inbox.masking import unmask
from vitrina.inbox.models import Draft, Interaction
from vitrina.inbox.statistics import tallying
from vitrina.inbox.statistics.models import Outcome
from vitrina.jobs import events
from vitrina.lib.transactions import short_transaction

OFFLINE = "offline"
MOST_WORDINGS = 40  # that are tried


def draft(
    interaction: Interaction,
    *,
    by_model: bool = True,
    was_ahead: bool = True,
    force: bool = False,
    manner: str = "",
    job_id: int | None = None,
    asked_by_id: int | None = None,
    remarks: Sequence[str] = (),
    on_partial: Callable[[Mapping[str, Any]], None] | None = None,
) -> Draft:
    """The draft that holds, made where there is none. No transaction may be open. What a person must write gets the beginning
    of an answer, of which no model hears.

    `by_model` False: by the offline writer, at once and for nothing. `force`: another one although one holds.
    `manner`: of `models.Manner`, for this one alone; empty: that of the draft that holds, else the seller's.
    A route that fails or may not be asked gives the offline writer's, once; a later round tries again.
    """
    began = monotonic()
    by_model = by_model and not interaction.escalations
    material = known(interaction)
    newest = interaction.drafts.order_by("-pk").first()
    standing = newest if newest is not None and newest.input_hash == material.input_hash else None
    if standing is not None:
        manner = manner or standing.manner
        if not force and _is_enough(standing, interaction, manner=manner, by_model=by_model):
            return standing
    if manner:
        material = material.in_manner(manner)
    answer = None
    notes: list[str] = []
    examples: list[LibraryAnswer] = []
    if by_model:
        # Only a model learns from them.
        examples = recall(interaction, material.given) if has_models() else []
        shown = tuple(example(entry) for entry in examples)
        try:
            answer = ask(
                GENERATOR,
                material.given.model_copy(update={"examples": shown}),
                context=CallContext(
                    seller_id=interaction.seller_id,
                    job_id=job_id,
                    user_id=asked_by_id,
                    feature="reply",
                    force=force,
                ),
                remarks=[material.hide(one) for one in remarks],
                on_partial=on_partial,
            )
        except EngineError as error:
            notes.append(str(error))
    if answer is None or answer.source == OFFLINE:
        if standing and not force and _is_enough(standing, interaction, manner=manner, by_model=False):
            return standing  # the offline writer has helped out already
        # Stays in the house, so that it may greet by name.
        named = material.given.model_copy(update={"buyer_name": material.name})
        value = _begun(interaction, named) if interaction.escalations else _unlike_others(interaction, named)
        answer = replace(answer or Answer(value=value, source=OFFLINE), value=value)
        examples = []
    return _keep(
        interaction,
        material,
        answer,
        examples=examples,
        notes=[*notes, *answer.notes],
        was_ahead=was_ahead,
        asked_by_id=asked_by_id,
        duration_ms=int((monotonic() - began) * 1000),
        outcome=_outcome(answer, by_model=by_model),
    )


def _begun(interaction: Interaction, given: ReplyInput) -> ReplyText:
    text = beginning(given, interaction.escalations)
    return ReplyText(text=text, intent=given.intent, sentiment=given.sentiment)


def _is_enough(newest: Draft, interaction: Interaction, *, manner: str, by_model: bool) -> bool:
    """Whether a draft that holds will do: an offline one doesn't stand in the way of a model's."""
    if newest.manner != manner or newest.is_beginning != bool(interaction.escalations):
        return False
    return not (by_model and newest.is_offline and has_models())


def _unlike_others(interaction: Interaction, given: ReplyInput) -> ReplyText:
    """The offline writer's answer; another of its wordings where the first one sounds like what was lately sent or stands ready
    to be, its own earlier drafts included. Of so many that all do the last."""
    sent, ready = latest_answers(interaction), latest_drafts(interaction)
    seeds = [given.seed, *(f"{given.seed} {number}" for number in range(1, MOST_WORDINGS))]
    values: list[ReplyText] = []
    for seed in seeds:
        values.append(GENERATOR.offline(given.model_copy(update={"seed": seed})))
        if not any(sounds_like(values[-1].text, others) for others in (sent, ready)):
            break
    return values[-1]


def has_models() -> bool:
    """Whether the route of answers leads to a model at all; without one the offline writer has the last word."""
    from vitrina.engine import runtime

    config = runtime.config()
    route = config.routes.get(GENERATOR.route)
    return route is not None and bool(config.targets(route))


def _outcome(answer: Answer[ReplyText], *, by_model: bool) -> Outcome:
    if answer.source != OFFLINE:
        return Outcome.FROM_CACHE if answer.cached else Outcome.BY_MODEL
    return Outcome.FAILED if by_model and has_models() else Outcome.OFFLINE


def _keep(
    interaction: Interaction,
    material: Known,
    answer: Answer[ReplyText],
    *,
    examples: Sequence[LibraryAnswer],
    notes: list[str],
    was_ahead: bool,
    asked_by_id: int | None,
    duration_ms: int,
    outcome: Outcome,
) -> Draft:
    value = answer.value
    text = unmask(value.text, material.hidden, is_public=interaction.kind != Kind.CHAT)
    findings = findings_of(interaction, text, card=material.given.card, is_sending=False)
    with short_transaction():
        made = Draft.objects.create(
            interaction=interaction,
            seller_id=interaction.seller_id,
            version=interaction.version,
            input_hash=material.input_hash,
            manner=material.manner,
            text=text,
            findings=[plain(finding) for finding in findings],
            intent=value.intent,
            sentiment=value.sentiment,
            source=answer.source,
            was_ahead=was_ahead,
            is_beginning=bool(interaction.escalations),
            used=material.used,
            notes=notes,
            prompt_version=answer.prompt_version,
            model_call_ids=list(answer.model_call_ids),
            cost=answer.cost,
            duration_ms=duration_ms,
            asked_by_id=asked_by_id,
        )
        note_use(made, examples)
        # A buyer who wrote meanwhile gets another draft; this one stays in the history.
        held = Interaction.objects.filter(pk=interaction.pk, version=interaction.version)
        now = timezone.now()
        # The offline writer helps out; why no model wrote it stays said.
        if made.is_offline:
            is_held = held.update(draft=made, changed_at=now)
        else:
            refine(interaction, intent=value.intent, sentiment=value.sentiment, now=now)
            judged = {name: getattr(interaction, name) for name in JUDGED}
            is_held = held.update(draft=made, undrafted="", changed_at=now, **judged)
        told = {"interaction": interaction.pk, "draft": made.pk}
        events.record(f"seller:{interaction.seller_id}", "draft", told)
        if is_held:
            news.draft_ready(made, interaction)
        tallying.drafted(made, outcome)
    return made
