"""Wildberries: changing cards, and its subjects. An update replaces the whole card, so that it is sent as it was read, with our fields put in.

It is taken at once and carried out later; what was refused stands in a list of errors with no moment beside it.
Source: the marketplace's description of its API of December 2025.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from vitrina.channels import wildberries_words as words
from vitrina.channels.cards import (
    DESCRIPTION,
    PICTURES,
    TITLE,
    WHOLE,
    AttributeSeen,
    AttributeWanted,
    CardOutcome,
    CardSeen,
    CardWanted,
    FieldRefused,
    TargetAttribute,
    TreeNode,
)
from vitrina.channels.errors import ChannelError, InDoubt, Refused, Unreadable
from vitrina.channels.platforms import Account
from vitrina.channels.wildberries_door import (
    CARDS_OF_PAGE,
    CONTENT,
    CONTENT_RATE,
    LIST_OF_CARDS,
    NAME,
    header_of,
    judge_of,
)
from vitrina.channels.wire import Answered, Wire
from vitrina.lib.rates import Rate

log = logging.getLogger(__name__)

UPDATE, ERRORS = "/content/v2/cards/update", "/content/v2/cards/error/list"
MEDIA = "/content/v3/media/save"  # replaces all pictures and the video of one card
# The description of December 2025: updates and the list of errors ten a minute, five at once. One place at once is left
# free, as in wildberries.py.
CARDS_RATE = Rate("content:cards", per_minute=10, burst_seconds=4 * 6)
ERRORS_OF_PAGE = 100
SEARCHED = 20  # so many cards are looked for one by one; more are found sooner in a pass over all
MOST_PAGES = 2_000  # of a pass: 200 000 cards
ERROR_PAGES = 5
MOST_SAID = 2_000  # characters of the marketplace's words that are kept
# What an update may carry of a card; the rest of what is read has doors of its own or belongs to the marketplace.
KEPT = ("nmID", "vendorCode", "brand", "title", "description")
OF_SIZE = ("chrtID", "techSize", "wbSize", "skus")
OF_DIMENSIONS = ("length", "width", "height", "weightBrutto")
# The beginnings of words by which the marketplace names a field in its sentences; looked for in this order.
REFUSED_AT = (
    (TITLE, ("наименован", "название товара", "заголов", "title")),
    (DESCRIPTION, ("описани", "description")),
    (PICTURES, ("фото", "изображени", "картин", "медиа", "photo", "image")),
)


SUBJECTS, CHARACTERISTICS = "/content/v2/object/all", "/content/v2/object/charcs/"
SUBJECTS_OF_PAGE = 1000
LIST_TYPE, NUMBER_TYPE = 1, 4  # 0 is out of use


class WildberriesCards:
    """Raises CredentialsRefused where the token can't be one."""

    def __init__(self, account: Account) -> None:
        self._url = account.hosts[CONTENT]
        self._wire = Wire(NAME, header_of(account), account.throttle, _judge, account.may_leave)

    def look(self, ids: Sequence[str]) -> Mapping[str, CardSeen]:
        if len(ids) > SEARCHED:
            return self._pass_over(set(ids))
        found: dict[str, CardSeen] = {}
        for article in ids:
            cards, _onward = self._page({"limit": CARDS_OF_PAGE}, search=article)
            found.update({card.id: card for card in cards if card.id == article})
        return found

    def _pass_over(self, wanted: set[str]) -> Mapping[str, CardSeen]:
        found: dict[str, CardSeen] = {}
        cursor: dict[str, Any] = {"limit": CARDS_OF_PAGE}
        for _number in range(MOST_PAGES):
            cards, onward = self._page(cursor)
            found.update({card.id: card for card in cards if card.id in wanted})
            if onward is None or onward == cursor or len(found) == len(wanted):
                break
            cursor = onward
        return found

    def _page(
        self, cursor: Mapping[str, Any], *, search: str = ""
    ) -> tuple[list[CardSeen], dict[str, Any] | None]:
        """The cards and where it goes on; None: there are no more."""
        wanted = {"withPhoto": -1} | ({"textSearch": search} if search else {})
        body = {"settings": {"cursor": dict(cursor), "filter": wanted}}
        told = words.mapping(self._wire.ask("POST", self._url + LIST_OF_CARDS, rate=CONTENT_RATE, body=body))
        cards, at = told.get("cards"), words.mapping(told.get("cursor"))
        if not isinstance(cards, list):
            raise Unreadable(f"{NAME} answered without its list of cards.")
        seen = [card for row in cards if (card := seen_of(words.mapping(row))) is not None]
        if len(seen) < len(cards):
            extra = {"action": "channels.rows_without_id", "count": len(cards) - len(seen)}
            log.warning("cards of Wildberries have no article", extra=extra)
        if (words.whole(at.get("total")) or 0) < CARDS_OF_PAGE:
            return seen, None
        return seen, {"limit": CARDS_OF_PAGE, "updatedAt": at.get("updatedAt"), "nmID": at.get("nmID")}

    def mark(self, ids: Sequence[str]) -> str:
        """The batches with errors that stand there already; of new ones only they differ."""
        return ",".join(sorted(batch for batch, _row in self._errors(ids)))

    def push(self, cards: Sequence[tuple[CardSeen, CardWanted]]) -> str:
        """Pictures first, card by card: one that is refused for them is refused before its words have gone."""
        for card, wanted in cards:
            if wanted.pictures is not None:
                self._save_pictures(card, wanted.pictures)
        rewritten = [one for one in cards if not one[1].is_of_pictures_alone]
        if rewritten:
            self._update(rewritten)
        return ""

    def _save_pictures(self, card: CardSeen, addresses: Sequence[str]) -> None:
        """The video goes again by its own address, or it would be gone."""
        video = words.word(card.whole.get("video"))
        body = {"nmId": card.whole.get("nmID"), "data": [*addresses, *([video] if video else [])]}
        try:
            told = self._wire.ask("POST", self._url + MEDIA, rate=CONTENT_RATE, body=body, sends=True)
        except Refused as refused:
            raise _of_pictures(card, refused.sentence, refused.status) from refused
        if not isinstance(told, dict) or "error" not in told:
            raise InDoubt(
                f"{NAME}'s answer doesn't say whether it took the pictures; that is looked up first."
            )
        if told["error"] is True:
            raise _of_pictures(card, _reason(told))

    def _update(self, cards: Sequence[tuple[CardSeen, CardWanted]]) -> None:
        body = [changed(card.whole, wanted) for card, wanted in cards]
        told = self._wire.ask("POST", self._url + UPDATE, rate=CARDS_RATE, body=body, sends=True)
        if not isinstance(told, dict) or "error" not in told:
            raise InDoubt(f"{NAME}'s answer doesn't say whether it took the cards; that is looked up first.")
        if told["error"] is True:
            raise Refused(_reason(told))

    def outcomes(self, ids: Sequence[str], *, mark: str, task: str) -> Mapping[str, CardOutcome]:
        """Refusals alone: what was carried out only the card itself shows."""
        known = set(mark.split(","))
        said: dict[str, list[str]] = {}
        for batch, row in self._errors(ids):
            if batch not in known:
                for article, sentences in _said_of(row, ids):
                    said.setdefault(article, []).extend(sentences)
        return {
            article: CardOutcome(False, tuple(refused(one) for one in dict.fromkeys(sentences)))
            for article, sentences in said.items()
        }

    # --- The tree ------------------------------------------------------------------------------------------

    def nodes(self) -> list[TreeNode]:
        """Parents have numbers of their own, which may be those of subjects as well: they are marked."""
        found: dict[str, TreeNode] = {}
        for page in range(MOST_PAGES):
            rows = self._asked(SUBJECTS, locale="ru", limit=SUBJECTS_OF_PAGE, offset=page * SUBJECTS_OF_PAGE)
            for row in rows:
                key, parent = words.word(row.get("subjectID")), f"parent-{words.word(row.get('parentID'))}"
                found.setdefault(parent, TreeNode(parent, words.word(row.get("parentName"))))
                found[key] = TreeNode(key, words.word(row.get("subjectName")), parent)
            if len(rows) < SUBJECTS_OF_PAGE:
                break
        return sorted(found.values(), key=lambda node: bool(node.parent_id))

    def attributes(self, category_id: str) -> list[TargetAttribute]:
        rows = self._asked(CHARACTERISTICS + quote(category_id, safe=""), locale="ru")
        return [
            TargetAttribute(
                id=words.word(row.get("charcID")),
                name=words.word(row.get("name")),
                is_number=row.get("charcType") == NUMBER_TYPE,
                unit=words.word(row.get("unitName")),
                is_required=row.get("required") is True,
                most=1 if row.get("charcType") == NUMBER_TYPE else words.whole(row.get("maxCount")) or 0,
            )
            for row in rows
            if row.get("charcType") in (LIST_TYPE, NUMBER_TYPE)
        ]

    def _asked(self, path: str, **query: str | int) -> list[Mapping[str, Any]]:
        told = words.mapping(self._wire.ask("GET", self._url + path, rate=CONTENT_RATE, query=query))
        rows = told.get("data")
        if not isinstance(rows, list):
            raise Unreadable(f"{NAME} answered without its list of subjects or characteristics.")
        return [words.mapping(row) for row in rows]

    # --- Errors --------------------------------------------------------------------------------------------

    def _errors(self, ids: Sequence[str]) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """The newest batches with errors that name one of these cards."""
        wanted = set(ids)
        cursor: dict[str, Any] = {"limit": ERRORS_OF_PAGE}
        for _number in range(ERROR_PAGES):
            body = {"cursor": cursor, "order": {"ascending": False}}
            told = words.mapping(self._wire.ask("POST", self._url + ERRORS, rate=CARDS_RATE, body=body))
            data = words.mapping(told.get("data"))
            items, at = data.get("items"), words.mapping(data.get("cursor"))
            if not isinstance(items, list):
                raise Unreadable(f"{NAME} answered without its list of errors.")
            for row in map(words.mapping, items):
                if wanted & {article for article, _sentences in _said_of(row, ids)}:
                    yield words.word(row.get("batchUUID")), row
            if at.get("next") is not True:
                return
            cursor = {
                "limit": ERRORS_OF_PAGE,
                "updatedAt": at.get("updatedAt"),
                "batchUUID": at.get("batchUUID"),
            }


def _of_pictures(card: CardSeen, sentence: str, status: int | None = None) -> Refused:
    return Refused(sentence, status=status, cards={card.id: (FieldRefused(PICTURES, sentence),)})


def _judge(answered: Answered) -> ChannelError | None:
    """Of cards the marketplace's own words are passed on: nobody's but the seller's stand in them."""
    if answered.status in (400, 413) and isinstance(answered.body, dict):
        return Refused(_reason(answered.body), status=answered.status)
    return judge_of(CONTENT)(answered)


def _reason(body: Mapping[str, Any]) -> str:
    more = body.get("additionalErrors")
    listed = more.values() if isinstance(more, dict) else more if isinstance(more, list) else [more]
    said = [body.get("errorText"), body.get("detail"), *listed]
    told = [word for one in said if (word := words.word(one).strip())]
    return "; ".join(dict.fromkeys(told))[:MOST_SAID] or f"{NAME} refused the cards and gives no reason."


def seen_of(row: Mapping[str, Any]) -> CardSeen | None:
    """None: it has no article, by which alone it could be known again."""
    article = words.word(row.get("vendorCode"))
    if not article:
        return None
    listed, photos = row.get("characteristics"), row.get("photos")
    return CardSeen(
        id=article,
        number=words.word(row.get("nmID")),
        title=words.word(row.get("title")),
        description=words.word(row.get("description")),
        brand=words.word(row.get("brand")),
        category=words.word(row.get("subjectName")),
        category_id=words.word(row.get("subjectID")),
        image_urls=tuple(
            words.word(photo.get("big"))
            for photo in map(words.mapping, photos if isinstance(photos, list) else [])
        ),
        attributes=tuple(
            AttributeSeen(
                name=words.word(one.get("name")),
                values=_texts(one.get("value")),
                id=words.word(one.get("id")),
            )
            for one in map(words.mapping, listed if isinstance(listed, list) else [])
        ),
        changed_at=words.moment(row.get("updatedAt")),
        whole=dict(row),
    )


def changed(whole: Mapping[str, Any], wanted: CardWanted) -> dict[str, Any]:
    """The card as an update wants it. What isn't wanted otherwise goes back as it was read."""
    body = {name: whole[name] for name in KEPT if name in whole}
    if wanted.title is not None:
        body["title"] = wanted.title
    if wanted.description is not None:
        body["description"] = wanted.description
    dimensions = words.mapping(whole.get("dimensions"))
    if dimensions:
        body["dimensions"] = {name: dimensions[name] for name in OF_DIMENSIONS if name in dimensions}
    sizes = whole.get("sizes")
    body["sizes"] = [
        {name: size[name] for name in OF_SIZE if name in size}
        for size in map(words.mapping, sizes if isinstance(sizes, list) else [])
    ]
    body["characteristics"] = _characteristics(whole.get("characteristics"), wanted.attributes)
    return body


def _characteristics(listed: Any, wanted: Sequence[AttributeWanted]) -> list[dict[str, Any]]:
    ours = {one.id: _value(one) for one in wanted}
    kept = [
        {"id": row["id"], "value": ours.pop(words.word(row["id"]), row.get("value"))}
        for row in map(words.mapping, listed if isinstance(listed, list) else [])
        if "id" in row
    ]
    return kept + [{"id": int(key), "value": value} for key, value in ours.items() if key.isdigit()]


def _value(wanted: AttributeWanted) -> Any:
    texts = [value.text for value in wanted.values]
    if not wanted.is_number:
        return texts
    number = float(texts[0].replace(",", "."))
    return int(number) if number.is_integer() else number


def _texts(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(_text(one) for one in listed)


def _text(value: Any) -> str:
    """12.0 and 12 are one number."""
    return f"{value:g}" if isinstance(value, float) else words.word(value) or str(value)


def _said_of(row: Mapping[str, Any], ids: Sequence[str]) -> Iterable[tuple[str, list[str]]]:
    """Sentences by article. The list of them is described loosely: by article, or as they are for a batch of one."""
    errors = row.get("errors")
    if isinstance(errors, dict):
        for article, said in errors.items():
            yield article, _sentences(said)
        return
    articles = row.get("vendorCodes")
    listed = [words.word(one) for one in (articles if isinstance(articles, list) else [])]
    for article in listed:
        if article in ids:
            yield article, _sentences(errors)


def _sentences(said: Any) -> list[str]:
    listed = said if isinstance(said, list) else [said]
    return [word[:MOST_SAID] for one in listed if (word := words.word(one))] or ["—"]


def refused(sentence: str) -> FieldRefused:
    """At the field that the sentence names; which characteristic is meant says `cards.at_attribute`."""
    folded = sentence.casefold()
    for field, beginnings in REFUSED_AT:
        if any(beginning in folded for beginning in beginnings):
            return FieldRefused(field, sentence)
    return FieldRefused(WHOLE, sentence)
