"""What enters the library: replies that a person sent and that stand at the marketplace, and answers given in the seller's cabinet.

Looked at anew whenever an interaction's answers change, from its rows alone: the same again changes nothing, and all of it can be
learned again. What the guardrails block, what moderation rejected and what nobody but a rule sent is no example.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from vitrina.channels.ports import AnswerState, Kind, Sender
from vitrina.inbox.guardrails.checking import is_blocked
from vitrina.inbox.hearing.language import language_heard
from vitrina.inbox.holding import findings_of
from vitrina.inbox.knowing import card_of
from vitrina.inbox.library.entries import (
    LEAST_ANSWER,
    LEAST_QUESTION,
    MOST_ANSWER,
    MOST_QUESTION,
    digest_of,
    index,
    make_room,
    reject,
)
from vitrina.inbox.library.models import LibraryAnswer, LibraryState, Origin
from vitrina.inbox.masking import Mask, anonymous
from vitrina.inbox.models import Interaction, Reply, ReplyState
from vitrina.jobs.enqueue import QueueFull, enqueue
from vitrina.jobs.states import Priority
from vitrina.lib.moments import storable
from vitrina.lib.text import words
from vitrina.lib.transactions import short_transaction

LEARN = "inbox.learn"
AT_ONCE = 200  # interactions of one job, and of one transaction
STANDS = (AnswerState.PUBLISHED.value, AnswerState.UNKNOWN.value)
LAST_MESSAGES = 40  # of a chat


@dataclass(frozen=True)
class Standing:
    """An answer as it stands at the marketplace, and what it answered."""

    question: str
    answer: str
    origin: Origin
    at: datetime
    by_id: int | None = None


def learn_later(interaction: Interaction) -> None:
    """What was answered there changed. In the caller's transaction."""
    Interaction.objects.filter(pk=interaction.pk).update(wants_learning=True, changed_at=timezone.now())
    _enqueue(interaction.seller_id)


def enqueue_waiting(seller_ids: Iterable[int] | None = None) -> None:
    """For whoever has something to learn, of these sellers or of all."""
    rows = Interaction.objects.filter(wants_learning=True)
    if seller_ids is not None:
        rows = rows.filter(seller_id__in=list(seller_ids))
    for seller_id in rows.order_by().values_list("seller_id", flat=True).distinct():
        with short_transaction():
            _enqueue(seller_id)


def learn_all(seller_id: int, *, checkpoint: Callable[[], None]) -> int:
    """All that waits; returns how many answers are new or changed. `checkpoint` is called before each portion."""
    learned, after = 0, 0
    waiting = Interaction.objects.filter(seller_id=seller_id, wants_learning=True)
    while portion := list(
        waiting.filter(pk__gt=after)
        .select_related("seller", "product__brand", "product__category")
        .order_by("pk")[:AT_ONCE]
    ):
        checkpoint()
        learned += _learn(seller_id, portion)
        after = portion[-1].pk
    return learned


def want_all(seller_id: int) -> int:
    """Have all that was ever answered looked at anew; returns how many."""
    said = Reply.objects.filter(
        interaction=OuterRef("pk"), state__in=[ReplyState.CONFIRMED, ReplyState.REJECTED]
    )
    rows = Interaction.objects.filter(seller_id=seller_id)
    known = rows.filter(~Q(answers=[]) | Q(kind=Kind.CHAT.value) | Exists(said))
    return known.update(wants_learning=True, changed_at=timezone.now())


def _enqueue(seller_id: int) -> None:
    # Where the queue is full the rows say what waits: a later sweep finds them.
    with suppress(QueueFull):
        enqueue(
            LEARN,
            {"seller": seller_id},
            key=f"{LEARN}:{seller_id}",
            seller_id=seller_id,
            priority=Priority.BATCH,
        )


def _learn(seller_id: int, rows: Sequence[Interaction]) -> int:
    """About 10 ms each, of them 5 for the guardrails."""
    replies: dict[int, list[Reply]] = {row.pk: [] for row in rows}
    for reply in Reply.objects.filter(interaction__in=rows).order_by("pk"):
        replies[reply.interaction_id].append(reply)
    found = [entry for row in rows if (entry := _entry(row, replies[row.pk])) is not None]
    rejected = {digest for row in rows for digest in _rejected(row, replies[row.pk])}
    with short_transaction():
        learned = _write(seller_id, found, rejected)
        _done(rows)
    return learned


def _done(rows: Sequence[Interaction]) -> None:
    """Those that changed meanwhile wait on."""
    read = {row.pk: row.changed_at for row in rows}
    now = Interaction.objects.select_for_update(no_key=True).filter(pk__in=list(read)).order_by("pk")
    same = [pk for pk, at in now.values_list("pk", "changed_at") if at == read[pk]]
    Interaction.objects.filter(pk__in=same).update(wants_learning=False)


def _entry(row: Interaction, replies: Sequence[Reply]) -> LibraryAnswer | None:
    """Not written yet. None: nothing stands there that a person said, or it is no example."""
    if row.escalations:
        return None  # written for this one alone
    standing = _in_chat(row, replies) if row.kind == Kind.CHAT else _in_public(row, replies)
    if standing is None:
        return None
    mask = Mask(buyer=row.buyer, order_id=row.order_id)
    question = anonymous(standing.question, mask)[:MOST_QUESTION]
    answer = anonymous(standing.answer, mask)
    if (
        len(words(question)) < LEAST_QUESTION
        or len(words(answer)) < LEAST_ANSWER
        or len(answer) > MOST_ANSWER
    ):
        return None
    findings = findings_of(row, standing.answer, card=card_of(row.product), is_sending=True, last_answers=())
    if is_blocked(findings):
        return None
    return LibraryAnswer(
        seller_id=row.seller_id,
        interaction=row,
        origin=standing.origin,
        kind=row.kind,
        intent=row.intent,
        language=language_heard([standing.answer, standing.question], otherwise=row.seller.language),
        question=question,
        answer=answer,
        digest=digest_of(answer),
        answered_at=standing.at,
        by_id=standing.by_id,
    )


def _in_public(row: Interaction, replies: Sequence[Reply]) -> Standing | None:
    """The cabinet's answer where it isn't one of ours, else the last reply that a person sent and that was seen to stand."""
    question = "\n".join(part for part in (row.text, row.pros, row.cons) if part)
    ours = {digest_of(reply.text) for reply in replies}
    for answer in reversed([one for one in row.answers if isinstance(one, dict)]):
        text = str(answer.get("text", ""))
        if answer.get("state") in STANDS and text and digest_of(text) not in ours:
            return Standing(question, text, Origin.CABINET, _moment(answer.get("at")) or row.occurred_at)
    confirmed = [reply for reply in replies if _is_persons(reply)]
    return _sent(question, confirmed[-1]) if confirmed else None


def _in_chat(row: Interaction, replies: Sequence[Reply]) -> Standing | None:
    """The last words of the shop with the buyer's words before them; a reply of ours has to be seen to stand."""
    last = list(row.messages.order_by("-at", "-id")[:LAST_MESSAGES])[::-1]
    said = [message for message in last if message.sender != Sender.PLATFORM and message.text.strip()]
    end = next((at for at in reversed(range(len(said))) if said[at].sender == Sender.SELLER), None)
    ours = {digest_of(reply.text): reply for reply in replies}
    if end is None:
        return None
    start = end
    while start and said[start - 1].sender == Sender.SELLER:
        start -= 1
    asked = start
    while asked and said[asked - 1].sender == Sender.BUYER:
        asked -= 1
    question = "\n".join(message.text for message in said[asked:start])
    answer = "\n".join(message.text for message in said[start : end + 1])
    reply = ours.get(digest_of(said[end].text))
    if reply is None:
        return Standing(question, answer, Origin.CABINET, said[end].at)
    return _sent(question, reply, text=answer) if _is_persons(reply) else None


def _is_persons(reply: Reply) -> bool:
    return reply.state == ReplyState.CONFIRMED and not reply.by_rule and reply.by_id is not None


def _sent(question: str, reply: Reply, *, text: str = "") -> Standing:
    return Standing(question, text or reply.text, Origin.SENT, reply.sent_at or reply.queued_at, reply.by_id)


def _rejected(row: Interaction, replies: Sequence[Reply]) -> Iterable[str]:
    """Digests of what moderation turned down here, as it would have been kept."""
    mask = Mask(buyer=row.buyer, order_id=row.order_id)
    texts = [reply.text for reply in replies if reply.state == ReplyState.REJECTED]
    texts += [
        str(answer.get("text", ""))
        for answer in row.answers
        if isinstance(answer, dict) and answer.get("state") == AnswerState.REJECTED.value
    ]
    return {digest_of(anonymous(text, mask)) for text in texts if text}


def _write(seller_id: int, entries: Sequence[LibraryAnswer], rejected: set[str]) -> int:
    """In the caller's transaction."""
    reject(seller_id, rejected)
    _remember_rejected(seller_id, rejected)
    bad = set(
        LibraryAnswer.objects.filter(
            seller_id=seller_id,
            state=LibraryState.REJECTED,
            digest__in=[entry.digest for entry in entries],
        ).values_list("digest", flat=True)
    )
    known = {
        row.interaction_id: row
        for row in LibraryAnswer.objects.exclude(state=LibraryState.REJECTED).filter(
            interaction__in=[entry.interaction_id for entry in entries]
        )
    }
    fresh = [entry for entry in entries if entry.digest not in bad]
    made = [entry for entry in fresh if entry.interaction_id not in known]
    LibraryAnswer.objects.bulk_create(made, batch_size=200)
    changed = [
        row
        for entry in fresh
        if (row := known.get(entry.interaction_id)) is not None and _take_over(row, entry)
    ]
    LibraryAnswer.objects.bulk_update(changed, [*TAKEN_OVER, "changed_at"], batch_size=100)
    index([*made, *changed])
    if made:
        make_room(seller_id)
    return len(made) + len(changed)


TAKEN_OVER = ("origin", "intent", "language", "question", "answer", "digest", "answered_at", "by_id")


def _take_over(row: LibraryAnswer, entry: LibraryAnswer) -> bool:
    """Another answer to the same buyer takes the place of the one before; whether it is in use stays. A deleted one stays so."""
    if row.state == LibraryState.DELETED or (row.digest, row.question) == (entry.digest, entry.question):
        return False
    for name in TAKEN_OVER:
        setattr(row, name, getattr(entry, name))
    row.changed_at = timezone.now()
    return True


def _remember_rejected(seller_id: int, digests: set[str]) -> None:
    known = LibraryAnswer.objects.filter(
        seller_id=seller_id, state=LibraryState.REJECTED, digest__in=list(digests)
    ).values_list("digest", flat=True)
    LibraryAnswer.objects.bulk_create(
        LibraryAnswer(
            seller_id=seller_id,
            origin=Origin.SENT,
            state=LibraryState.REJECTED,
            digest=digest,
            answered_at=timezone.now(),
        )
        for digest in sorted(digests - set(known))
    )


def _moment(said: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
    return storable(found) if found is not None and found.tzinfo is not None else None
