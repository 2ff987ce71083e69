"""Which pictures a person looks for: parsed from an address, asked of the database in bounded work.

Status, recipe and seller are answered by indexes. A service, a quality or words are looked for among a bounded number of
pictures at a time; the page says how far it looked and leads on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from vitrina.accounts.models import User
from vitrina.accounts.pages import Slice
from vitrina.accounts.roles import Right
from vitrina.accounts.walking import sellers_to_walk, walk
from vitrina.imagery.models import RECIPES, GeneratedImage, GeneratedImageQuerySet, ImageStatus, Quality
from vitrina.lib.asked import Asked, as_id

LOOKED_AT = 5_000  # pictures looked through for one page
FIRST_LOOK = 500  # and before that, for what is common
# What a tile doesn't show.
UNSHOWN = (
    "scene",
    "options",
    "prompt",
    "negative_prompt",
    "measured",
    "references",
    "dropped",
    "issues",
    "held",
)


@dataclass(frozen=True)
class PictureFilter(Asked):
    recipe: str = ""
    status: str = ""
    service: str = ""
    quality: str = ""  # a level, or "marked"
    q: str = ""  # words of its title
    series: str = ""
    subject: str = ""  # "product:33"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> PictureFilter:
        fits = {
            "recipe": lambda text: text in RECIPES,
            "status": lambda text: text in ImageStatus.values,
            "service": lambda text: text.replace("-", "").replace("_", "").isalnum(),
            "quality": lambda text: text in Quality.values or text == "marked",
            "q": lambda text: "\0" not in text,
            "subject": _is_subject,
        }
        kept = {}
        for field in fields(cls):
            value = str(given.get(field.name, "")).strip()[:100]
            kept[field.name] = value if value and fits.get(field.name, _is_id)(value) else ""
        return cls(**kept)

    @property
    def is_heavy(self) -> bool:
        """Whether it asks for something that stands in no index."""
        return bool(self.service or self.quality or self.q)

    def indexed(self, rows: GeneratedImageQuerySet) -> GeneratedImageQuerySet:
        for name in ("recipe", "status", "subject"):
            if value := getattr(self, name):
                rows = rows.filter(**{name: value})
        return rows.filter(series_id=int(self.series)) if self.series else rows

    def keeps(self, title: str, service: str, level: str, *, is_marked: bool) -> bool:
        if self.service and service != self.service:
            return False
        if self.quality == "marked" and not is_marked:
            return False
        if self.quality and self.quality != "marked" and level != self.quality:
            return False
        known = title.casefold()
        return all(word in known for word in self.q.casefold().split())


@dataclass(frozen=True)
class Found:
    """`looked_at`: pictures looked through without reaching the end; None: all that there is was answered."""

    slice: Slice[GeneratedImage]
    looked_at: int | None


def found(wanted: PictureFilter, user: User, *, before: int | None, after: int | None, size: int) -> Found:
    """One page, newest first. Two queries, a third where what is asked for is rare."""
    sellers = sellers_to_walk(user, Right.VIEW, only=wanted.seller_id)
    rows = wanted.indexed(GeneratedImage.objects.all())
    beyond = rows.filter(pk__gt=after) if after else rows.filter(pk__lt=before) if before else rows
    kept, bound = _kept(wanted, beyond, sellers, "pk" if after else "-pk", size=size + 1)
    page = kept[:size]
    shown = GeneratedImage.objects.select_related("seller").defer(*UNSHOWN).in_bulk(page)
    ordered = [shown[pk] for pk in sorted(page, reverse=True) if pk in shown]
    # Where to go on: behind the last one shown, or behind the last one looked at.
    far = page[-1] if len(kept) > size else bound
    if after:
        return Found(Slice(ordered, older=ordered[-1].pk if ordered else after, newer=far), None)
    near = (ordered[0].pk if ordered else before) if before else None
    is_short = bound is not None and len(kept) <= size
    return Found(Slice(ordered, older=far, newer=near), LOOKED_AT if is_short else None)


def _kept(
    wanted: PictureFilter,
    rows: GeneratedImageQuerySet,
    sellers: Sequence[int] | None,
    order: str,
    *,
    size: int,
) -> tuple[list[int], int | None]:
    """Ids of the first `size` that are meant, and the last that was looked at where more than that are there."""
    if not wanted.is_heavy:
        return list(walk(rows, sellers, [order], size=size).values_list("pk", flat=True)), None
    kept: list[int] = []
    bound: int | None = None
    for most in (FIRST_LOOK, LOOKED_AT):
        looked_at = list(
            walk(rows, sellers, [order], size=most).values_list(
                "pk", "title", "service", "quality_level", "is_marked"
            )
        )
        kept = [
            pk
            for pk, title, service, level, marked in looked_at
            if wanted.keeps(title, service, level, is_marked=marked)
        ]
        bound = looked_at[-1][0] if len(looked_at) == most else None
        if bound is None or len(kept) >= size:
            break
    return kept[:size], bound


def _is_id(text: str) -> bool:
    return as_id(text) is not None


def _is_subject(text: str) -> bool:
    kind, _colon, number = text.partition(":")
    return kind.isascii() and kind.isalpha() and _is_id(number)
