"""What the guardrails take and give. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vitrina.channels.ports import Abilities, Kind
from vitrina.inbox.guardrails.reading import read
from vitrina.inbox.guardrails.rules import Severity
from vitrina.lib.text import stem, words

Detail = Mapping[str, str | int | float]


@dataclass(frozen=True, slots=True)
class SellerRules:
    """What a seller may and calls itself. `most_characters`: its own cap, 0 for none."""

    may_promise_refunds: bool = False
    own_names: tuple[str, ...] = ()  # brands and shops of its own
    other_shops: tuple[str, ...] = ()  # competitors that are never named
    most_characters: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply and all that it is held against. `heard`: what the buyer wrote, all of it as one text."""

    text: str
    kind: Kind
    platform: str
    heard: str = ""
    buyer: str = ""  # the name as the marketplace shows it
    order_id: str = ""
    facts: Sequence[str] = ()  # of the product: names, attributes, sizes
    last_answers: Sequence[str] = ()  # sent ones, the newest first
    limits: Abilities | None = None
    seller: SellerRules = SellerRules()

    @property
    def is_public(self) -> bool:
        return self.limits.is_public if self.limits else self.kind is not Kind.CHAT


@dataclass(frozen=True, slots=True)
class Finding:
    """`start`, `end`: characters of the reply; both 0 where it is the reply as a whole or what the buyer wrote.

    `detail`: what the sentence in `words.py` needs; `text` is always there.
    """

    rule: str
    severity: Severity
    start: int
    end: int
    detail: Detail = field(default_factory=dict)


def stems(*lists: Sequence[str]) -> frozenset[str]:
    """Of all words; «ИИ-колонка» gives its parts as well as itself."""
    texts = [read(text).folded for given in lists for text in given]
    return frozenset(
        stem(word) for text in texts for form in (text, text.replace("-", " ")) for word in words(form)
    )
