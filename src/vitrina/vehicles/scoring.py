"""The score of a series, 0–100: consistency 30, relevance 40, badge 30, each with its parts. Pure.

What is read from the prompts says what was asked for, not what was drawn: pages call it the prompt score. From pixels
come only the agreement of colors, the color that was asked for, and pictures that are the same. Nothing here looks at
the geometry of a car. A part that can't be judged counts neither for nor against: `points` is None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vitrina.lib.sentences import gettext_noop
from vitrina.vehicles.angles import BadgeSeen, angle
from vitrina.vehicles.badges import is_named
from vitrina.vehicles.recipe import ONLY_EMBLEM, Car, badge_phrase, rivals

VERSION = 1


@dataclass(frozen=True, slots=True)
class Shot:
    """One finished picture. `prompt`, `negative`: as the service was asked; empty for one that was put in by hand.
    `references`: digests of what was given along; `digest`: its own.
    `has_asked_color`: what the quality check says of the subject's color, None where it didn't look."""

    angle: str
    prompt: str
    negative: str = ""
    seed: int | None = None
    service: str = ""
    model: str = ""
    size: tuple[int, int] = (0, 0)
    references: tuple[str, ...] = ()
    digest: str = ""
    has_asked_color: bool | None = None


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the pixels of the finished pictures say together, 0–1; None where it can't be told.

    `body_color`: the subjects' colors agree; `palette`: the pictures' do. `distinct`: the share of pictures that are
    unlike all others; `duplicates`: pairs of angles that are the same picture; `odd`: angles whose body is another color.
    """

    body_color: float | None = None
    palette: float | None = None
    distinct: float | None = None
    duplicates: tuple[tuple[str, str], ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """`name`: a sentence for people. `points`: of `most`; None: it can't be judged. `is_of_pixels`: seen in the pictures,
    not read in the prompts."""

    key: str
    name: str
    points: float | None
    most: int
    is_of_pixels: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    name: str
    parts: tuple[Part, ...]

    @property
    def points(self) -> float | None:
        known = [part.points for part in self.parts if part.points is not None]
        return round(sum(known), 1) if known else None

    @property
    def most(self) -> int:
        return sum(part.most for part in self.parts)


@dataclass(frozen=True, slots=True)
class Score:
    """`total`: 0–100 over what could be judged; None where nothing could. `judged`: points of 100 that were judged."""

    groups: tuple[Group, ...]
    duplicates: tuple[tuple[str, str], ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def judged(self) -> int:
        return sum(part.most for part in self._parts if part.points is not None)

    @property
    def total(self) -> int | None:
        earned = sum(part.points for part in self._parts if part.points is not None)
        return round(100 * earned / self.judged) if self.judged else None

    @property
    def _parts(self) -> list[Part]:
        return [part for group in self.groups for part in group.parts]


def score(
    car: Car, block: str, shots: Sequence[Shot], pixels: Pixels = Pixels(), *, seeds: Sequence[int] = ()
) -> Score:
    """`block`: the frozen description of the series. `seeds`: that its angles were given, for services that tell none."""
    return Score(
        (
            Group("consistency", gettext_noop("Consistency"), _consistency(block, shots, pixels, seeds)),
            Group("relevance", gettext_noop("Relevance"), _relevance(car, shots)),
            Group("badge", gettext_noop("Badge"), _badge(car, shots)),
        ),
        pixels.duplicates,
        pixels.odd,
    )


def _consistency(block: str, shots: Sequence[Shot], pixels: Pixels, seeds: Sequence[int]) -> tuple[Part, ...]:
    several = len(shots) > 1
    makers = {(shot.service, shot.model, shot.size) for shot in shots}
    given = {shot.references for shot in _followers(shots)}
    own_seeds = float(len(set(seeds)) == len(seeds)) if seeds else None
    one_maker = float(len(makers) == 1) if several else None
    one_reference = float(len(given) == 1 and given != {()}) if several else None
    return (
        Part("body_color", gettext_noop("The body has one color in all pictures"), _times(pixels.body_color, 10), 10, is_of_pixels=True),
        Part("palette", gettext_noop("The pictures have one palette"), _times(pixels.palette, 5), 5, is_of_pixels=True),
        Part("block", gettext_noop("Every prompt has the same description of car, place and light"), _share(shots, lambda shot: block in shot.prompt, 2), 2),
        Part("seeds", gettext_noop("One session, a seed of its own for each angle"), _times(own_seeds, 1), 1),
        Part("maker", gettext_noop("One service, model and size made all"), _times(one_maker, 2), 2),
        Part("distinct", gettext_noop("No two angles are the same picture"), _times(pixels.distinct, 5), 5, is_of_pixels=True),
        Part("reference", gettext_noop("The same reference picture was given along"), _times(one_reference, 5), 5),
    )  # fmt: skip


def _relevance(car: Car, shots: Sequence[Shot]) -> tuple[Part, ...]:
    def told(key: str, name: str, word: str, most: int) -> Part:
        points = _share(shots, lambda shot: word.casefold() in shot.prompt.casefold(), most) if word else None
        return Part(key, name, points, most)

    seen = [shot.has_asked_color for shot in shots if shot.has_asked_color is not None]
    color = _times(sum(seen) / len(seen), 6) if seen else None
    return (
        told("brand", gettext_noop("The prompts name the brand"), car.brand_name, 8),
        told("model", gettext_noop("The prompts name the model"), car.model, 8),
        told("year", gettext_noop("The prompts name the model year"), str(car.year or ""), 6),
        told("color", gettext_noop("The prompts name the color"), car.color, 6),
        told("body_type", gettext_noop("The prompts name the body type"), car.body_type, 6),
        Part("seen_color", gettext_noop("The body has the color that was asked for"), color, 6, is_of_pixels=True),
    )  # fmt: skip


def _badge(car: Car, shots: Sequence[Shot]) -> tuple[Part, ...]:
    """Nothing of an unknown brand can be judged: nobody knows its badge."""
    known = shots if car.badge is not None else ()
    front = [shot for shot in known if angle(shot.angle).badge is BadgeSeen.FRONT]
    badged = [shot for shot in known if angle(shot.angle).badge is not BadgeSeen.NONE]
    names = rivals(car)
    words, placement = badge_phrase(car), car.badge.placement if car.badge else ""
    return (
        Part("right", gettext_noop("The front shows the badge of the model year"), _share(front, lambda shot: words.casefold() in shot.prompt.casefold(), 12), 12),
        Part("no_wrong", gettext_noop("No prompt names a brand that it may be confused with"), _share(known, lambda shot: not any(is_named(name, shot.prompt) for name in names), 10), 10),
        Part("excluded", gettext_noop("Other badges are excluded, by name only where the service has a negative prompt"), _share(badged, lambda shot: _are_excluded(shot, names), 5), 5),
        Part("placed", gettext_noop("The prompts say where the badge stands"), _share(front, lambda shot: placement.casefold() in shot.prompt.casefold(), 3), 3),
    )  # fmt: skip


def _are_excluded(shot: Shot, names: Sequence[str]) -> bool:
    if shot.negative:
        return all(is_named(name, shot.negative) for name in names)
    return ONLY_EMBLEM in shot.prompt.casefold()  # prose begins sentences with a capital


def _followers(shots: Sequence[Shot]) -> list[Shot]:
    """Without the anchor, which can't be given its own picture."""
    given = {digest for shot in shots for digest in shot.references}
    return [shot for shot in shots if not (shot.digest and shot.digest in given)]


def _share(shots: Sequence[Shot], holds: Callable[[Shot], bool], most: int) -> float | None:
    """A picture that somebody put in by hand has no prompt, and is not asked."""
    asked = [shot for shot in shots if shot.prompt]
    return _times(sum(holds(shot) for shot in asked) / len(asked), most) if asked else None


def _times(share: float | None, most: int) -> float | None:
    return None if share is None else round(most * share, 1)
