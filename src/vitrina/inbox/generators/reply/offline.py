"""An answer without a model: greeting, acknowledgement, what it is about, next step, closing.

Each block has several wordings; which of them is chosen follows from the seed, so that the same interaction always gets the same
answer and neighbours don't sound alike. Nothing is promised and nothing is said of the product that its card doesn't say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from vitrina.inbox.generators.reply.schema import ReplyInput, ReplyText
from vitrina.inbox.generators.reply.wordings import ENGLISH, RUSSIAN, Wordings

LEAST_LEFT = 2  # characters that any marketplace takes


def reply(given: ReplyInput) -> ReplyText:
    words = RUSSIAN if given.language == "ru" else ENGLISH
    blocks = [
        greeting(given, words),
        _acknowledgement(given, words),
        _matter(given, words),
        _next_step(given, words),
        _closing(given, words),
    ]
    return ReplyText(
        text=fitted([block for block in blocks if block], given.tone.signature, given.longest),
        intent=given.intent,
        sentiment=given.sentiment,
    )


def greeting(given: ReplyInput, words: Wordings) -> str:
    name = given.buyer_name.strip() if given.tone.greets_by_name else ""
    said = one_of(words.greetings[given.tone.manner], given, "greeting")
    return f"{said}, {name}!" if name else f"{said}!"


def _acknowledgement(given: ReplyInput, words: Wordings) -> str:
    if given.kind != "review":
        return one_of(words.thanks_for_asking[given.tone.manner], given, "thanks")
    thanks = words.thanks_for_review if _has_words(given) else words.thanks_for_rating
    return one_of(thanks[given.tone.manner][_band(given)], given, "thanks")


def _matter(given: ReplyInput, words: Wordings) -> str:
    if given.kind == "review" and (_band(given) == "good" or not _has_words(given)):
        return ""
    return one_of(words.matters.get(given.intent, words.matters["other"]), given, "matter")


def _next_step(given: ReplyInput, words: Wordings) -> str:
    if given.kind == "review" and _band(given) == "good":
        return ""
    steps = words.next_steps["public" if given.kind != "chat" else "chat"]
    return one_of(steps.get(given.intent, steps["other"]), given, "step")


def _closing(given: ReplyInput, words: Wordings) -> str:
    band = _band(given) if given.kind == "review" else "fair"
    return one_of(words.closings[given.tone.manner][band], given, "closing")


def _has_words(given: ReplyInput) -> bool:
    return bool(given.text.strip() or given.pros.strip() or given.cons.strip())


def _band(given: ReplyInput) -> str:
    """By stars; without them by what the buyer sounds like."""
    if given.rating is not None:
        return "bad" if given.rating <= 2 else "fair" if given.rating == 3 else "good"
    return {"negative": "bad", "positive": "good"}.get(given.sentiment, "fair")


def one_of(wordings: Sequence[str], given: ReplyInput, block: str) -> str:
    digest = hashlib.sha256(f"{given.seed}|{block}".encode()).digest()
    return wordings[int.from_bytes(digest[:4]) % len(wordings)]


def fitted(blocks: Sequence[str], signature: str, longest: int) -> str:
    """As many whole blocks as fit, the later ones given up first; the greeting and the signature stay while they can."""
    for count in range(len(blocks), 0, -1):
        for ending in ([signature], []) if signature else ([],):
            text = "\n".join([" ".join(blocks[:count]), *ending])
            if len(text) <= longest:
                return text
    return blocks[0][: max(longest, LEAST_LEFT)]
