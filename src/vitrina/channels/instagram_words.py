"""A post of Instagram as the draft of a listing. Pure.

What a caption says is taken as far as it says it: the first sentence is the title, hashtags are an attribute, a price is
one where it can't be anything else. What a post is kept as came from Instagram, addresses of pictures with their signatures,
which are others with every answer, among it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from vitrina.channels.cards import AttributeSeen, CardBroken, CardSeen
from vitrina.lib.money import BadPrice, Money, parse_money
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import sentences

IMAGE, VIDEO, ALBUM = "IMAGE", "VIDEO", "CAROUSEL_ALBUM"
HASHTAGS = "Хештеги"


NAMELESS = gettext_noop("Instagram shows a post without an id")
IS_VIDEO = gettext_noop("the post %(id)s is a video; listings are made of posts with pictures")
WORDLESS = gettext_noop("the post %(id)s has no words that could name a product")
NO_PICTURE = gettext_noop("Instagram gives no address of a picture for the post %(id)s")

_HASHTAG = re.compile(r"(?<![\w/&])#(\w{1,100})")
# Behind the sentence, or several at the end: they follow the words. A single one may be one of the words.
_LAST_HASHTAGS = re.compile(r"(?:(?<=[.!?…])(?:\s*#\w+)+|(?:\s*#\w+){2,})\s*$")
_MENTION = re.compile(r"(?<!\w)@[\w.]{1,40}")
_MONEY = re.compile(
    r"(?P<sign>[$€₽₸]\s?)?(?<![\w.,])(?P<number>\d{1,3}(?:[ \u00a0\u202f'.]\d{3})+(?:,\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?)"
    r"\s?(?P<unit>₽|₸|€|\$|руб(?:лей|ля|ль|\.)?|р\.?|тенге|тг|byn|rub|kzt|usd|eur)?(?![\w₽₸€$])",
    re.IGNORECASE,
)
_BARE = {"р", "р."}  # «42 р.» is a size as well
_LABEL = re.compile(r"(?:цена|стоимость|price)\s*[:–—-]?\s*$", re.IGNORECASE)
# What the money before or after these words is not: the price of this one thing.
_NOT_BEFORE = re.compile(
    r"(?:\b(?:от|до|с|со|за|минус|from|up to)\s*|\d\s*[-–—]\s*|[-–—−]\s?"
    r"|\b(?:вместо|было|был|раньше|стар\w+ цен\w+|доставк\w*|скидк\w*|бонус\w*|кэшб[еэ]к\w*|сертификат\w*|предоплат\w*|задат\w*"
    r"|экономи\w*|was|save|delivery|shipping)[^\d\n.!?]{0,20})$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"^\s*(?:[-–—/]\s*\w|за\s|скидк|бонус|кэшб|экономи|доставк|в подарок|off\b|delivery|shipping)",
    re.IGNORECASE,
)


def card_of(row: Any) -> CardSeen | CardBroken:
    row = _mapping(row)
    if not (id_ := _word(row.get("id"))):
        return CardBroken("", NAMELESS)
    if row.get("media_type") == VIDEO:
        return CardBroken(id_, IS_VIDEO, {"id": id_})
    caption = _word(row.get("caption"))
    title = title_in(caption)
    if not title:
        return CardBroken(id_, WORDLESS, {"id": id_})
    pictures = tuple(_pictures(row))
    if not pictures:
        parts = _parts(row)
        is_video = bool(parts) and all(part.get("media_type") == VIDEO for part in parts)
        return CardBroken(id_, IS_VIDEO if is_video else NO_PICTURE, {"id": id_})
    price = price_in(caption)
    tags = hashtags_in(caption)
    return CardSeen(
        id=id_,
        title=title,
        number=id_,
        description=caption,
        price=price.amount if price else None,
        currency=price.currency if price else "",
        image_urls=pictures,
        attributes=(AttributeSeen(HASHTAGS, tags),) if tags else (),
        address=_address(row.get("permalink")),
        changed_at=posted_at(row),
        whole=row,
    )


def posted_at(row: Mapping[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(_word(row.get("timestamp")))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


# --- What a caption says -----------------------------------------------------------------------------------


def title_in(caption: str) -> str:
    """The first sentence that has a word beside hashtags and mentions; without pictograms and its last point."""
    for line in caption.splitlines():
        if not _has_word(_MENTION.sub(" ", _HASHTAG.sub(" ", line))):
            continue
        line = _LAST_HASHTAGS.sub("", _without_pictograms(_MENTION.sub(" ", line)))
        told = _HASHTAG.sub(r"\1", line)
        for sentence in sentences(told):
            if _has_word(sentence):
                return " ".join(sentence.split()).strip(" .!,;:–—-•|")
    return ""


def hashtags_in(caption: str) -> tuple[str, ...]:
    """Each once, as it was first written."""
    found: dict[str, str] = {}
    for tag in _HASHTAG.findall(caption):
        found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def price_in(caption: str) -> Money | None:
    """The one price that the caption says with its currency. None where it says none, several, or one that may be a
    discount, a delivery, the end of a range or a size."""
    labelled: set[Money] = set()
    plain: set[Money] = set()
    for found in _MONEY.finditer(caption):
        unit = (found["unit"] or found["sign"] or "").strip()
        if not unit:
            continue
        before, after = caption[: found.start()][-40:], caption[found.end() :][:20]
        is_labelled = bool(_LABEL.search(before))
        if _NOT_AFTER.search(after) or (_NOT_BEFORE.search(before) and not is_labelled):
            continue
        if unit.casefold() in _BARE and not is_labelled:
            continue
        if (money := _money(found["number"], unit)) is None:
            return None
        (labelled if is_labelled else plain).add(money)
    told = labelled or plain
    return told.pop() if len(told) == 1 else None


def _money(number: str, unit: str) -> Money | None:
    try:
        money = parse_money(f"{number} {unit}")
    except BadPrice:
        return None
    if money is None or not money.currency or money.amount <= 0:
        return None
    return Money(Decimal(money.amount), money.currency)


def _has_word(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2,}", text))


def _without_pictograms(text: str) -> str:
    """Pictures among the letters, and what joins and colours them."""
    return "".join(
        " " if unicodedata.category(one) in ("So", "Sk", "Cs", "Co", "Cf", "Cc") or one == "\ufe0f" else one
        for one in text
    )


# --- What a row says ---------------------------------------------------------------------------------------


def _pictures(row: Mapping[str, Any]) -> Iterable[str]:
    """Of an album its pictures in their order, videos among them left aside."""
    for one in _parts(row) or [row]:
        if one.get("media_type") != VIDEO and (url := _address(one.get("media_url"))):
            yield url


def _parts(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    told = _mapping(row.get("children")).get("data")
    return [_mapping(one) for one in told] if isinstance(told, list) else []


def _address(value: Any) -> str:
    url = _word(value)
    return url if url.startswith(("https://", "http://")) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _word(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""
