"""Which part of the library a person looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from vitrina.inbox.library.models import LibraryAnswerQuerySet, LibraryState, Origin
from vitrina.inbox.queue_filter import KINDS
from vitrina.lib.asked import Asked, as_id

STATES = {
    "": pgettext_lazy("answers of the library", "in use"),
    LibraryState.OFF.value: pgettext_lazy("answers of the library", "switched off"),
    LibraryState.REJECTED.value: pgettext_lazy("answers of the library", "rejected by moderation"),
}
ORIGINS = {origin.value: origin.label for origin in Origin}
MOST_WORDS = 5  # of one question


@dataclass(frozen=True)
class LibraryFilter(Asked):
    """Every field is what stands in the address; an unknown value is as good as none. `state` "": those in use."""

    state: str = ""
    origin: str = ""
    kind: str = ""
    words: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> LibraryFilter:
        known: dict[str, Any] = {"state": STATES, "origin": ORIGINS, "kind": KINDS}
        kept = {field.name: str(given.get(field.name, "")).strip()[:100] for field in fields(cls)}
        for name, choices in known.items():
            kept[name] = kept[name] if kept[name] in choices else ""
        kept["seller"] = kept["seller"] if as_id(kept["seller"]) is not None else ""
        kept["words"] = kept["words"].replace("\0", "")
        return cls(**kept)

    def rows(self, rows: LibraryAnswerQuerySet) -> LibraryAnswerQuerySet:
        rows = rows.filter(state=self.state or LibraryState.ON).exclude(answer="")
        if self.seller_id is not None:
            rows = rows.filter(seller_id=self.seller_id)
        if self.origin:
            rows = rows.filter(origin=self.origin)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        for word in self.words.split()[:MOST_WORDS]:
            either = Q()
            # SQLite knows capitals of Latin letters only.
            for form in {word, word.lower(), word.capitalize(), word.upper()}:
                either |= Q(question__icontains=form) | Q(answer__icontains=form)
            rows = rows.filter(either)
        return rows
