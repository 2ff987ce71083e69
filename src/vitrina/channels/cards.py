"""Products as a place outside shows them, and what is to stand there: shapes and two small protocols. Pure.

Marketplaces, Instagram and suppliers' sites yield the same shape; `catalog.sources` makes listings of it, and
`catalog.pushing` brings finished cards to the places that take them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True)
class AttributeSeen:
    """`id`: the marketplace's number of the attribute; empty where the place knows names alone."""

    name: str
    values: tuple[str, ...]
    id: str = ""
    unit: str = ""


@dataclass(frozen=True)
class CardSeen:
    """A product as one reading showed it. Unknown is empty or None, never guessed.

    `id`: what stays the same at that place (the seller's article, else the place's own number). `number`: the place's own.
    `whole`: the card in the place's own words, for a place that wants all of it back with every change.
    """

    id: str
    title: str
    number: str = ""
    description: str = ""  # HTML where the place gives HTML
    brand: str = ""
    price: Decimal | None = None
    currency: str = ""
    old_price: Decimal | None = None
    category: str = ""  # its path or name there
    category_id: str = ""
    image_urls: tuple[str, ...] = ()
    attributes: tuple[AttributeSeen, ...] = ()
    barcode: str = ""
    address: str = ""  # its page for buyers
    is_available: bool | None = None
    changed_at: datetime | None = None
    whole: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CardBroken:
    """One that could not be understood. `reason`: a sentence in English with `values` apart, marked for translators."""

    id: str
    reason: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class CardPage:
    """`cursor` goes on after this page, within the pass or, where `is_last`, in the next one.

    `unchanged`: cards that were not read, because the place says that they are as they were.
    """

    cards: tuple[CardSeen, ...]
    cursor: str
    is_last: bool
    broken: tuple[CardBroken, ...] = ()
    total: int | None = None  # of the pass, where the place tells
    unchanged: int = 0


class CardSource(Protocol):
    """Where cards are read. Made for one use in one thread; no transaction may be open.

    Raises the errors of `channels.errors`, and FetchError of `lib.guard` where an outsider's address is fetched.
    """

    def cards(self, cursor: str) -> CardPage:
        """The next page. `cursor` empty: from the beginning. The same cursor asked twice gives the same page, or a
        later state of it; nothing is skipped by a page that changes meanwhile."""
        ...


@runtime_checkable
class KeepsPages(Protocol):
    """A source that remembers how each of its pages answered."""

    def keep(self) -> None:
        """The latest page of `cards` was taken in. Called in the transaction that did it."""
        ...


# --- Out --------------------------------------------------------------------------------------------------

# Names of fields, in what is pushed and in what is refused. An attribute's is `attribute_field(id)`.
TITLE, DESCRIPTION, PICTURES, WHOLE = "title", "description", "pictures", ""
_ATTRIBUTE = "attribute:"


def attribute_field(attribute_id: str) -> str:
    return f"{_ATTRIBUTE}{attribute_id}"


def attribute_of(field: str) -> str:
    """The attribute's id; empty for a field that is none."""
    return field.removeprefix(_ATTRIBUTE) if field.startswith(_ATTRIBUTE) else ""


@dataclass(frozen=True)
class Value:
    """`id`: of the place's dictionary, empty for free text."""

    text: str
    id: str = ""


@dataclass(frozen=True)
class AttributeWanted:
    """`is_number`: the place takes a bare number here, not a list of texts."""

    id: str
    values: tuple[Value, ...]
    name: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class CardWanted:
    """What is to stand in a card. None, and attributes that aren't named: left as they are."""

    title: str | None = None
    description: str | None = None  # in the form that the place takes
    attributes: tuple[AttributeWanted, ...] = ()
    # Addresses that the place fetches, the main one first: they replace all that stand there.
    pictures: tuple[str, ...] | None = None

    @property
    def is_of_pictures_alone(self) -> bool:
        return self.title is None and self.description is None and not self.attributes


@dataclass(frozen=True)
class FieldRefused:
    """`field`: as above, WHOLE where the place doesn't say which. `words`: the place's own."""

    field: str
    words: str


def at_attribute(told: FieldRefused, names: Mapping[str, str]) -> FieldRefused:
    """`names`: of the card's attributes by id. The longest name that stands in the sentence is the one that is meant."""
    if told.field != WHOLE:
        return told
    folded = told.words.casefold()
    meant = [(len(name), key) for key, name in names.items() if name and name.casefold() in folded]
    return FieldRefused(attribute_field(max(meant)[1]), told.words) if meant else told


@dataclass(frozen=True)
class CardOutcome:
    """What a place says of a card that was pushed. `is_taken` None: nothing yet, or nothing at all."""

    is_taken: bool | None = None
    refused: tuple[FieldRefused, ...] = ()


@dataclass(frozen=True)
class TreeNode:
    """A category of a marketplace. Cards stand in leaves alone."""

    id: str
    name: str
    parent_id: str = ""


@dataclass(frozen=True)
class TargetAttribute:
    """What a place asks of the cards of a category. `most`: values, 0 for no cap. `choices`: the dictionary that values
    come from, empty where any text goes; None: it has one, too long to be kept whole. `takes_others`: a value that its
    dictionary doesn't have goes as well."""

    id: str
    name: str
    is_number: bool = False
    unit: str = ""
    is_required: bool = False
    most: int = 1
    choices: tuple[Value, ...] | None = ()
    takes_others: bool = False


class CardTree(Protocol):
    """A place's categories and what it asks of their cards. Made for one use in one thread; no transaction may be open.

    Raises the errors of `channels.errors`.
    """

    def nodes(self) -> list[TreeNode]:
        """All of them, a parent before its children."""
        ...

    def attributes(self, category_id: str) -> list[TargetAttribute]:
        """Of a leaf."""
        ...


@runtime_checkable
class FindsValues(Protocol):
    """A place whose long dictionaries are searched. Raises the errors of `channels.errors`."""

    def find_value(self, category_id: str, attribute_id: str, words: str) -> Value | None:
        """The value that reads so, letters' case apart; None: the dictionary has none."""
        ...


class CardTarget(Protocol):
    """Where cards are changed. Made for one use in one thread; no transaction may be open.

    A change is "set": the same one twice leaves the same card. Every method raises the errors of `channels.errors`.
    """

    def look(self, ids: Sequence[str]) -> Mapping[str, CardSeen]:
        """The cards as they stand now, by the seller's article; one that isn't there is missing. `whole` is what `push` needs."""
        ...

    def mark(self, ids: Sequence[str]) -> str:
        """What tells later refusals of these cards from earlier ones. Asked before a push and given to `outcomes`."""
        ...

    def push(self, cards: Sequence[tuple[CardSeen, CardWanted]]) -> str:
        """Change cards that were read a moment ago; what isn't wanted otherwise stays. Returns the place's number of the
        task, empty where it gives none. Raises InDoubt where it may have arrived, Refused where the place takes none."""
        ...

    def outcomes(self, ids: Sequence[str], *, mark: str, task: str) -> Mapping[str, CardOutcome]:
        """What the place says became of them; those of which it says nothing are missing."""
        ...
