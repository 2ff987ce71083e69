"""The answers of the library and their index: adding by hand, switching off and on, deleting, withdrawing, making anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import Seller, User
from vitrina.channels.ports import Kind
from vitrina.inbox.hearing.intent import understand
from vitrina.inbox.hearing.language import language_heard
from vitrina.inbox.library.models import LibraryAnswer, LibraryState, Origin
from vitrina.inbox.masking import Mask, anonymous
from vitrina.inbox.models import Draft, Interaction
from vitrina.jobs import events
from vitrina.lib.text import fold, normalise, words
from vitrina.lib.transactions import short_transaction
from vitrina.retrieval.collections import ANSWERS
from vitrina.retrieval.documents import NewDocument, put_many, remove

MOST = 10_000  # learned answers in use, of one seller; the oldest make room
MOST_BY_HAND = 1_000
MOST_QUESTION = 2_000  # characters; of a longer one the beginning is kept
MOST_ANSWER = 5_000
LEAST_QUESTION = 2  # words
LEAST_ANSWER = 3  # words: «Спасибо!» teaches nothing


class EntryRefused(Exception):
    """Nothing was kept. `field` is what has to be mended."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


def add(seller: Seller, *, question: str, answer: str, kind: str, by: User) -> LibraryAnswer:
    """By hand; personal data is taken out first. Raises EntryRefused."""
    mask = Mask()
    question = anonymous(normalise(question, lines=True), mask)[:MOST_QUESTION]
    answer = anonymous(normalise(answer, lines=True), mask)
    if len(words(question)) < LEAST_QUESTION:
        raise EntryRefused(
            "question", _("Say in at least two words what the buyer writes: by them it is found.")
        )
    if len(words(answer)) < LEAST_ANSWER:
        raise EntryRefused("answer", _("An example has at least three words."))
    understood = understand(Kind(kind), question)
    with short_transaction():
        own = LibraryAnswer.objects.filter(seller=seller)
        by_hand = own.filter(origin=Origin.HAND).exclude(state=LibraryState.DELETED)
        if by_hand.count() >= MOST_BY_HAND:
            sentence = _("There are %(most)d added by hand, the most that a shop may have. Delete one first.")
            raise EntryRefused("answer", sentence % {"most": MOST_BY_HAND})
        if own.filter(digest=digest_of(answer), state=LibraryState.REJECTED).exists():
            raise EntryRefused("answer", _("Moderation rejected this very answer: it is no example."))
        made = LibraryAnswer.objects.create(
            seller=seller,
            origin=Origin.HAND,
            kind=kind,
            intent=understood.intent.value,
            language=language_heard([answer, question], otherwise=seller.language),
            question=question,
            answer=answer,
            digest=digest_of(answer),
            answered_at=timezone.now(),
            by=by,
        )
        index([made])
        audit.record("library.add", made, by=by, after={"answer": answer})
    return made


def switch(entry: LibraryAnswer, *, on: bool, by: User) -> bool:
    """False where it stands so already, or is rejected or deleted, which is for good."""
    after, before = (LibraryState.ON, LibraryState.OFF) if on else (LibraryState.OFF, LibraryState.ON)
    with short_transaction():
        moved = LibraryAnswer.objects.filter(pk=entry.pk, state=before).update(
            state=after, changed_at=timezone.now()
        )
        if not moved:
            return False
        entry.state = after
        if on:
            index([entry])
        else:
            _forget([entry.pk])
        audit.record(
            "library.switch_on" if on else "library.switch_off", entry, by=by, before={"state": before}, after={"state": after}
        )  # fmt: skip
    return True


def delete(entry: LibraryAnswer, *, by: User) -> None:
    """Its words are gone for good; that it was deleted is kept, so that it isn't learned again."""
    with short_transaction():
        known = LibraryAnswer.objects.filter(pk=entry.pk).exclude(state=LibraryState.REJECTED)
        gone = known.exclude(state=LibraryState.DELETED).update(
            state=LibraryState.DELETED, question="", answer="", changed_at=timezone.now()
        )
        if gone:
            _forget([entry.pk])
            audit.record("library.delete", entry, by=by, before={"state": entry.state})


def reject(seller_id: int, digests: Iterable[str]) -> None:
    """Moderation rejected answers with these words: none of them is an example any more. In the caller's transaction."""
    known = LibraryAnswer.objects.filter(seller_id=seller_id, digest__in=list(digests))
    ids = list(known.filter(state__in=[LibraryState.ON, LibraryState.OFF]).values_list("pk", flat=True))
    if ids:
        LibraryAnswer.objects.filter(pk__in=ids).update(
            state=LibraryState.REJECTED, changed_at=timezone.now()
        )
        _forget(ids)


def note_use(draft: Draft, examples: Sequence[LibraryAnswer]) -> None:
    """The draft was written after these. One that was withdrawn meanwhile makes it stale. In the caller's transaction."""
    ids = [entry.pk for entry in examples]
    # The update holds the rows: whoever withdraws one now finds this draft.
    used = LibraryAnswer.objects.filter(pk__in=ids, state=LibraryState.ON).update(uses=F("uses") + 1)
    draft.examples.set(LibraryAnswer.objects.filter(pk__in=ids))
    if used < len(ids):
        Interaction.objects.filter(pk=draft.interaction_id).update(withdrawals=F("withdrawals") + 1)


def index(entries: Sequence[LibraryAnswer]) -> None:
    """Make those findable that are in use. In the caller's transaction."""
    put_many(ANSWERS, [_document(entry) for entry in entries if entry.state == LibraryState.ON])


def make_room(seller_id: int) -> int:
    """Delete the oldest learned ones beyond `MOST`; returns how many. In the caller's transaction."""
    learned = LibraryAnswer.objects.filter(seller_id=seller_id, state=LibraryState.ON).exclude(
        origin=Origin.HAND
    )
    beyond = list(learned.order_by("-answered_at", "-pk").values_list("pk", flat=True)[MOST : MOST + 1_000])
    remove(ANSWERS, map(str, beyond))
    LibraryAnswer.objects.filter(pk__in=beyond).delete()
    return len(beyond)


def index_anew(seller_id: int) -> int:
    """Write all documents of a seller from its rows, and take out those that no row has; returns how many are in use."""
    rows = LibraryAnswer.objects.filter(seller_id=seller_id)
    used = rows.filter(state=LibraryState.ON)
    count = 0
    for start in range(0, MOST + MOST_BY_HAND, 500):
        batch = list(used.order_by("pk")[start : start + 500])
        with short_transaction():
            index(batch)
        count += len(batch)
        if len(batch) < 500:
            break
    others = rows.exclude(state=LibraryState.ON).values_list("pk", flat=True)
    with short_transaction():
        remove(ANSWERS, map(str, others))
    return count


def digest_of(answer: str) -> str:
    return hashlib.sha256(" ".join(words(fold(answer))).encode()).hexdigest()


def _document(entry: LibraryAnswer) -> NewDocument:
    payload: dict[str, Any] = {"kind": entry.kind, "intent": entry.intent, "language": entry.language}
    return NewDocument(str(entry.pk), entry.question, payload, entry.seller_id)


def _forget(ids: Sequence[int]) -> None:
    """Withdraw: no draft finds them, and the open ones that were written after them are stale."""
    remove(ANSWERS, map(str, ids))
    stale = Interaction.objects.filter(needs_response=True, draft__examples__in=ids)
    changed = list(stale.values_list("pk", "seller_id").distinct())
    Interaction.objects.filter(pk__in=[pk for pk, _seller in changed]).update(
        withdrawals=F("withdrawals") + 1, changed_at=timezone.now()
    )
    for pk, seller_id in changed:
        events.record(f"seller:{seller_id}", "draft", {"interaction": pk})
