"""Which earlier answers a model is shown for a draft: the seller's own, to like words, in the buyer's language.

Each is held against the guardrails as they are now, beside this very interaction: what could not be sent today is no example.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from vitrina.channels.ports import Sender
from vitrina.inbox.generators.reply.schema import ReplyInput
from vitrina.inbox.guardrails.checking import Severity
from vitrina.inbox.holding import findings_of
from vitrina.inbox.judging import unanswered
from vitrina.inbox.library.entries import LEAST_QUESTION
from vitrina.inbox.library.likeness import Candidate, Sought, nearest_first
from vitrina.inbox.library.models import LibraryAnswer, LibraryState
from vitrina.inbox.models import Interaction
from vitrina.lib.text import words
from vitrina.retrieval.collections import ANSWERS
from vitrina.retrieval.index import RetrievalError
from vitrina.retrieval.nearest import nearest

logger = logging.getLogger(__name__)

MOST = 3
CANDIDATES = 24
MOST_QUESTION = 200  # characters of it in an example
# A text of another marketplace may be longer than this one takes, and is no worse an example for it.
OF_NO_MATTER = frozenset({"length"})


def recall(interaction: Interaction, given: ReplyInput) -> list[LibraryAnswer]:
    """At most three, the most alike first; none where the library has nothing alike, or can't be searched now.

    One search, two queries, and about 5 ms for each that is looked at. With an embed route it costs one call, which gets the
    buyer's masked words.
    """
    asked = Sought(_words(given), given.kind, given.intent)
    own = LibraryAnswer.objects.filter(seller_id=interaction.seller_id, state=LibraryState.ON)
    if len(words(asked.words)) < LEAST_QUESTION or not own.exists():
        return []
    try:
        hits = nearest(
            ANSWERS,
            asked.words,
            seller_id=interaction.seller_id,
            limit=CANDIDATES,
            where={"language": given.language},
        )
    except RetrievalError as error:
        logger.warning("Drafted without earlier answers: %s", error)
        return []
    candidates = [
        Candidate(int(hit.key), hit.text, str(hit.payload["kind"]), str(hit.payload["intent"]), hit.closeness)
        for hit in hits
    ]
    ranked = nearest_first(asked, candidates)
    # The rows decide: an index may be a moment behind them.
    rows = own.exclude(interaction=interaction.pk).in_bulk(ranked)
    return _fit(interaction, given, [rows[pk] for pk in ranked if pk in rows])


def example(entry: LibraryAnswer) -> str:
    """As a model is shown it."""
    asked = " ".join(entry.question.split())
    if len(asked) > MOST_QUESTION:
        asked = f"{asked[:MOST_QUESTION].rsplit(' ', 1)[0]} …"
    return f"«{asked}» → {entry.answer}"


def _words(given: ReplyInput) -> str:
    if given.messages:
        return unanswered((Sender(message.sender), message.text) for message in given.messages) or given.text
    return "\n".join(part for part in (given.text, given.pros, given.cons) if part)


def _fit(
    interaction: Interaction, given: ReplyInput, entries: Sequence[LibraryAnswer]
) -> list[LibraryAnswer]:
    found: list[LibraryAnswer] = []
    for entry in _apart(entries):
        findings = findings_of(interaction, entry.answer, card=given.card, is_sending=True, last_answers=())
        blocks = {finding.rule for finding in findings if finding.severity is Severity.BLOCK}
        if not blocks - OF_NO_MATTER:
            found.append(entry)
        if len(found) == MOST:
            break
    return found


def _apart(entries: Sequence[LibraryAnswer]) -> Iterator[LibraryAnswer]:
    """Of the same words once."""
    met = set()
    for entry in entries:
        if entry.digest not in met:
            met.add(entry.digest)
            yield entry
