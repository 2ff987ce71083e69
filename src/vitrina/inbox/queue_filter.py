"""Which part of the inbox a person works through: parsed from an address, kept while they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from vitrina.channels.marketplaces import PLATFORMS, WITH_BUYERS
from vitrina.channels.ports import Kind
from vitrina.inbox import models
from vitrina.inbox.models import InteractionQuerySet, Status
from vitrina.lib.asked import Asked, as_id

KINDS = {
    Kind.REVIEW.value: _("Review"),
    Kind.QUESTION.value: _("Question"),
    Kind.CHAT.value: _("Chat"),
}
PRIORITIES = {str(priority.value): words for priority, words in models.PRIORITIES.items()}
STARS = {str(stars): "★" * stars for stars in range(5, 0, -1)}
STATES = {
    "": _("waiting for an answer"),
    "answered": pgettext_lazy("interactions", "answered"),
    "closed": pgettext_lazy("interactions", "closed"),
    "by_rule": _("sent by the rule"),
    "all": _("all of them"),
}
MOST_WORDS = 5  # of one question
MOST_READ = 5_000  # rows among which words are sought: the first of the list


@dataclass(frozen=True)
class InboxFilter(Asked):
    """Every field is what stands in the address; an unknown value is as good as none. `state` "": open ones."""

    kind: str = ""
    platform: str = ""
    priority: str = ""
    stars: str = ""
    state: str = ""
    words: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> InboxFilter:
        known: dict[str, Any] = {"kind": KINDS, "priority": PRIORITIES, "stars": STARS, "state": STATES}
        kept = {field.name: str(given.get(field.name, "")).strip()[:100] for field in fields(cls)}
        for name, choices in known.items():
            kept[name] = kept[name] if kept[name] in choices else ""
        kept["seller"] = kept["seller"] if as_id(kept["seller"]) is not None else ""
        kept["platform"] = kept["platform"] if re.fullmatch(r"[a-z_]{1,40}", kept["platform"]) else ""
        kept["words"] = kept["words"].replace("\0", "")
        return cls(**kept)

    @property
    def is_open(self) -> bool:
        """The queue of those that want an answer; the other lists go by time."""
        return self.state == ""

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than words and a priority, which stand on the page anyway."""
        return bool(self.seller or self.kind or self.platform or self.stars or self.state)

    def rows(self, rows: InteractionQuerySet) -> InteractionQuerySet:
        """Those of `rows` that are meant, of whichever seller. Words are no part of it: see `has_words`."""
        if self.is_open:
            rows = rows.open()
        elif self.state == "answered":
            rows = rows.filter(needs_response=False, status__in=[Status.RESPONDED, Status.IN_PROGRESS])
        elif self.state == "closed":
            rows = rows.filter(needs_response=False, status=Status.CLOSED)
        elif self.state == "by_rule":
            rows = rows.sent_by_rule()
        if self.priority:
            rows = rows.filter(priority=int(self.priority))
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.platform:
            rows = rows.filter(platform=self.platform)
        if self.stars:
            rows = rows.filter(rating=int(self.stars))
        return rows

    @property
    def has_words(self) -> Q:
        """Every word stands somewhere: in the buyer's words, their name, the product's name or its article."""
        found = Q()
        for word in self.words.split()[:MOST_WORDS]:
            either = Q(offer_id__icontains=word) | Q(sku=word) | Q(external_id=word)
            # SQLite knows capitals of Latin letters only.
            for form in {word, word.lower(), word.capitalize(), word.upper()}:
                for column in ("text", "pros", "cons", "buyer", "product_name"):
                    either |= Q(**{f"{column}__icontains": form})
            found &= either
        return found


def platform_names() -> dict[str, str]:
    return {name: str(platform.words) for name, platform in WITH_BUYERS.items()}


def platform_name(platform: str) -> str:
    known = PLATFORMS.get(platform)
    return str(known.words) if known else platform.capitalize()
