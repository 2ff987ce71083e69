"""What a buyer wants and how they feel, known the moment that their words arrive. Pure.

By rules over our own stems (`stems`, `hearing`); of a review the stars come first and the text tells the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from vitrina.channels.ports import Kind
from vitrina.inbox.hearing import attention
from vitrina.inbox.hearing.attention import Said
from vitrina.inbox.hearing.escalation import Escalation, escalations_of
from vitrina.inbox.hearing.listening import Heard, is_meant


class Intent(StrEnum):
    DEFECT = "defect"
    WRONG_ITEM = "wrong_item"
    PRE_PURCHASE = "pre_purchase"
    DELIVERY = "delivery"
    SIZING = "sizing"
    REFUND = "refund"
    USAGE = "usage"
    THANKS = "thanks"
    COMPLAINT = "complaint"
    SPAM = "spam"
    OTHER = "other"


class Sentiment(StrEnum):
    NEGATIVE = "negative"
    MIXED = "mixed"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


@dataclass(frozen=True)
class Understood:
    """`attention`: 0–1, how likely it is a buyer of three stars or fewer. `evidence`: the words that led to the intent
    and to the escalations, as the buyer wrote them but folded; a buyer's own words, so never for a log."""

    intent: Intent
    sentiment: Sentiment
    attention: float
    needs_attention: bool
    escalations: tuple[Escalation, ...] = ()
    evidence: tuple[str, ...] = ()


def understand(
    kind: Kind, text: str, *, rating: int | None = None, pros: str = "", cons: str = ""
) -> Understood:
    """`text`: of a chat, the last that its buyer wrote. `rating`: 1–5 of a review, None where there is none."""
    heard = attention.said(text, pros, cons)
    stars = rating if kind is Kind.REVIEW else None
    from_text = attention.score(heard)
    escalated = escalations_of(heard.all)
    if kind is Kind.REVIEW:
        sentiment = _sentiment(heard, from_text, stars=stars)
        if escalated and sentiment is Sentiment.POSITIVE:
            sentiment = Sentiment.MIXED
        intent = _of_review(heard, sentiment, stars=stars, is_escalated=bool(escalated))
    else:
        intent = _of_talk(kind, heard.all, is_escalated=bool(escalated))
        sentiment = _sentiment_of_talk(heard.all, intent)
    if stars is not None and stars <= 3:
        from_text = 1.0
    evidence = dict.fromkeys(
        [hit.words for hit in heard.all.hits if hit.group == intent.value and is_meant(hit)]
        + [hit.words for _, hit in escalated]
    )
    return Understood(
        intent=intent,
        sentiment=sentiment,
        attention=round(from_text, 4),
        needs_attention=attention.needs_attention(from_text) or bool(escalated),
        escalations=tuple(escalation for escalation, _ in escalated),
        evidence=tuple(evidence)[:MOST_EVIDENCE],
    )


MOST_EVIDENCE = 8


# --- Sentiment --------------------------------------------------------------------------------------------


def _sentiment(heard: Said, from_text: float, *, stars: int | None) -> Sentiment:
    told = heard.all
    praise = sum(len(told.meant(group)) for group in ("great", "good", "thanks"))
    relief = len(told.denied("defect")) + len(told.denied("bad")) + len(told.denied("weak"))
    severe = _severe(told)
    trouble = severe or told.has("weak") or heard.has_cons or _is_small_trouble(told)
    if stars is None:
        if told.has("bad") and not (told.has("great") or told.has("good")):
            praise = 0  # «спасибо за испорченный вечер»
        return _by_text(
            from_text,
            praise=praise,
            relief=relief,
            severe=severe,
            trouble=trouble,
            turned=bool(attention.features(heard)["trouble_after_turn"]),
        )
    if stars <= 2:
        return Sentiment.MIXED if praise and stars == 2 and not severe else Sentiment.NEGATIVE
    if stars == 3:
        if not told.words or (not trouble and not praise):
            return Sentiment.NEUTRAL
        return Sentiment.MIXED
    if severe and attention.needs_attention(from_text):
        return Sentiment.MIXED if praise else Sentiment.NEGATIVE
    if trouble and (heard.has_cons or stars == 4 or attention.needs_attention(from_text)):
        return Sentiment.MIXED
    return Sentiment.POSITIVE if praise or relief or stars == 5 or not told.words else Sentiment.NEUTRAL


def _by_text(
    from_text: float, *, praise: int, relief: int, severe: bool, trouble: bool, turned: bool
) -> Sentiment:
    if attention.needs_attention(from_text):
        if severe:
            return Sentiment.MIXED if praise else Sentiment.NEGATIVE
        return Sentiment.MIXED if trouble or praise else Sentiment.NEGATIVE
    if praise or relief:
        return Sentiment.MIXED if turned or (severe and praise < 2) else Sentiment.POSITIVE
    if severe:
        return Sentiment.NEGATIVE
    return Sentiment.MIXED if trouble else Sentiment.NEUTRAL


def _sentiment_of_talk(told: Heard, intent: Intent) -> Sentiment:
    """Who asks is neutral until they say otherwise; who has trouble is not."""
    praise = any(told.has(group) for group in ("great", "good", "thanks"))
    if intent is Intent.THANKS:
        return Sentiment.POSITIVE
    if intent in _TROUBLED:
        return Sentiment.MIXED if praise and told.turns_round else Sentiment.NEGATIVE
    if intent in _WAITING and (told.has("bad") or told.has("weak") or told.has("late")):
        return Sentiment.NEGATIVE
    return Sentiment.NEUTRAL


_TROUBLED = frozenset((Intent.DEFECT, Intent.WRONG_ITEM, Intent.COMPLAINT))
_WAITING = frozenset((Intent.DELIVERY, Intent.REFUND))


def _severe(told: Heard) -> bool:
    return (
        any(told.has(group) for group in ("defect", "bad", "wrong_item", "health", "counterfeit", "threat"))
        or bool(told.denied("function"))
        or bool(told.denied("great"))
        or bool(told.denied("good"))
        or bool(told.denied("asked_not_to"))
    )


def _is_small_trouble(told: Heard) -> bool:
    return told.has("sizing") and told.turns_round


# --- Intent -----------------------------------------------------------------------------------------------


def _of_review(heard: Said, sentiment: Sentiment, *, stars: int | None, is_escalated: bool) -> Intent:
    told = heard.all
    if not told.words:
        return Intent.THANKS if told.has("great") or told.has("good") else Intent.OTHER
    if told.has("spam"):
        return Intent.SPAM
    if is_escalated and (told.has("health") or not (_is_broken(told) or told.has("refund"))):
        return Intent.COMPLAINT
    is_glad = sentiment is Sentiment.POSITIVE or (
        stars is not None and stars >= 4 and sentiment is Sentiment.NEUTRAL
    )
    if is_glad:
        if told.has("not_yet") and not (told.has("great") or told.has("good") or told.has("thanks")):
            return Intent.OTHER
        return Intent.THANKS
    for intent in _REASONS:
        if intent is Intent.DEFECT and _is_broken(told):
            return intent
        if intent is not Intent.DEFECT and told.has(intent.value):
            return intent
    if sentiment is Sentiment.NEUTRAL or (told.has("not_yet") and not told.has("weak")):
        return Intent.OTHER
    if stars is not None and stars >= 4:
        return Intent.THANKS
    return Intent.COMPLAINT


# The first that is heard is the reason of an unhappy review.
_REASONS = (Intent.WRONG_ITEM, Intent.DEFECT, Intent.REFUND, Intent.SIZING, Intent.DELIVERY, Intent.USAGE)


def _of_talk(kind: Kind, told: Heard, *, is_escalated: bool) -> Intent:
    """Of a question or a chat."""
    asks = told.questions > 0
    if told.has("spam"):
        return Intent.SPAM
    if told.has("wrong_item"):
        return Intent.WRONG_ITEM
    if _is_broken(told):
        return Intent.DEFECT
    heard_of = {hit.group for hit in told.hits if not hit.denied or hit.asked}
    if "refund" in heard_of:
        return Intent.REFUND
    if is_escalated:
        return Intent.COMPLAINT
    if told.has("thanks") and not asks and not heard_of & {"delivery", "sizing", "usage"}:
        return Intent.THANKS
    if "sizing" in heard_of:
        return Intent.SIZING
    if "delivery" in heard_of:
        return Intent.DELIVERY
    wants_to_buy = any(hit.words in _WANTS for hit in told.hits)
    if "other" in heard_of and not wants_to_buy:
        return Intent.OTHER
    if told.has("bad"):
        return Intent.COMPLAINT
    if "usage" in heard_of and not wants_to_buy:
        return Intent.USAGE
    if "pre_purchase" in heard_of or (asks and kind is Kind.QUESTION):
        return Intent.PRE_PURCHASE
    if kind is Kind.CHAT and told.has("fails"):
        return Intent.DEFECT
    # Who asks about a thing and tells nothing of it hasn't got it yet.
    if kind is Kind.CHAT and asks and told.words >= _ASKING_WORDS and "nothing_asked" not in heard_of:
        return Intent.PRE_PURCHASE
    if told.has("great"):
        return Intent.THANKS
    is_short = told.words <= _ASKING_WORDS
    return Intent.COMPLAINT if told.has("weak") and not is_short else Intent.OTHER


_ASKING_WORDS = 3
_WANTS = frozenset(
    (
        "закажу",
        "беру",
        "возьму",
        "куплю",
        "хочу заказать",
        "хочу купить",
        "думаю брать",
        "thinking of",
        "если да то",
    )
)


def _is_broken(told: Heard) -> bool:
    return told.has("defect") or bool(told.denied("function"))
