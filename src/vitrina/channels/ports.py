"""What every marketplace looks like from inside: one small protocol and the shapes that go through it. Pure.

An adapter is one file that speaks a marketplace's own words to it and these to us. Ids are text, whatever they were;
moments are aware; what the marketplace doesn't say is empty or None, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """The channels of a marketplace. Each is read on its own and may be closed to a seller on its own."""

    REVIEW = "review"
    QUESTION = "question"
    CHAT = "chat"


class Sender(StrEnum):
    BUYER = "buyer"
    SELLER = "seller"
    PLATFORM = "platform"  # the marketplace itself: its bots, couriers, support


class AnswerState(StrEnum):
    """How an answer stands at the marketplace."""

    PUBLISHED = "published"
    MODERATION = "moderation"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # it is there; how it stands isn't told


@dataclass(frozen=True)
class ProductSeen:
    """Which product something is about, in the marketplace's words."""

    sku: str = ""  # the marketplace's own number
    offer_id: str = ""  # the seller's article
    name: str = ""
    size: str = ""
    color: str = ""


@dataclass(frozen=True)
class Attachment:
    name: str
    url: str = ""  # empty where only the marketplace's own door gives it out
    media_type: str = ""


@dataclass(frozen=True)
class Message:
    id: str
    at: datetime
    sender: Sender
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class Answer:
    """A seller's answer as the marketplace shows it; ours or one that was written in its cabinet."""

    text: str
    state: AnswerState = AnswerState.UNKNOWN
    id: str = ""  # empty where the marketplace gives none
    at: datetime | None = None
    may_be_edited: bool | None = None  # None: it doesn't say


@dataclass(frozen=True)
class Seen:
    """A review, a question or a chat, as one reading showed it.

    `text`, `pros`, `cons`: of reviews; of questions `text` alone; a chat has `messages`, of which a reading may show only
    the newest. `address`: what an answer must carry back besides the id. `wants_answer`: the marketplace still
    counts it as unanswered. `replaces`: the id of the one that this one supplements (Wildberries gives a new id).
    """

    kind: Kind
    id: str
    at: datetime
    wants_answer: bool
    text: str = ""
    pros: str = ""
    cons: str = ""
    rating: int | None = None  # 1–5
    buyer: str = ""
    product: ProductSeen = ProductSeen()
    order_id: str = ""
    messages: tuple[Message, ...] = ()
    answers: tuple[Answer, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    address: Mapping[str, str] = field(default_factory=dict)
    replaces: str = ""
    closes_at: datetime | None = None  # from then on the marketplace takes no answer, see Abilities
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page of a reading. `cursor` goes on after it: within the pass, or where `is_last` in the next one."""

    seen: tuple[Seen, ...]
    cursor: str
    is_last: bool


@dataclass(frozen=True)
class Sent:
    """The marketplace took it. Whether it stands there, only reading back tells."""

    answer_id: str = ""


class AccessState(StrEnum):
    OPEN = "open"
    NEEDS_PLAN = "needs_plan"  # the seller's plan at the marketplace doesn't have it
    NEEDS_RIGHT = "needs_right"  # the credentials don't carry the right
    CLOSED = "closed"  # not offered at all
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Access:
    state: AccessState
    needs: str = ""  # the plan's or right's own name, e.g. "Premium Plus"


@dataclass(frozen=True)
class Probe:
    """What the credentials open, asked of the marketplace. `cards`: its products; None where they can't be read there."""

    access: Mapping[Kind, Access]
    seller_name: str = ""
    expires_at: datetime | None = None  # of the credentials; None: not told
    cards: Access | None = None


@dataclass(frozen=True)
class Abilities:
    """What a marketplace takes in one channel. Lengths in characters; 0 at least means one."""

    answer_least: int
    answer_most: int
    edits: int | None = 0  # how often an answer may be edited; None: as often as one likes
    edits_within: timedelta | None = None
    is_public: bool = True
    # A whole pass shows all that want an answer: what is open with us and wasn't shown was answered elsewhere.
    lists_all_open: bool = True
    # After `Seen.closes_at` nothing is taken any more. False: some of it may be; who tries is told by the marketplace.
    closes_surely: bool = True


class Channel(Protocol):
    """A seller's door to one marketplace. Made for one use in one thread; no transaction may be open.

    Every method raises the errors of `channels.errors`.
    """

    @property
    def abilities(self) -> Mapping[Kind, Abilities]: ...

    def shop(self) -> str:
        """Which shop the credentials are of, in the marketplace's own words for it; empty where they don't tell. May ask."""
        ...

    def probe(self) -> Probe:
        """One look at who the seller is and what the credentials open."""
        ...

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        """The next page. `cursor` empty: from `since` on; what wants an answer is shown however old it is."""
        ...

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002 - the field's word
        """One of them as it stands now, for a chat with its newest messages. Raises NotThere."""
        ...

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        """Bring an answer, once. Raises InDoubt where it may have arrived."""
        ...

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        """Put another text in the place of an answer that stands. Raises Refused where the marketplace has no such thing."""
        ...
