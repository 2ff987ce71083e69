"""Which pictures of a product are looked at: the first good ones of the first five that are stored, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from vitrina.catalog.pictures.measured import Measured, measured
from vitrina.lib.pictures.likeness import NEAR, distance

if TYPE_CHECKING:
    from vitrina.catalog.models import ProductImage

STORED = "stored"  # of `ImageState`
MOST_CONSIDERED = 5
LEAST_SIDE = (
    200  # pixels of the shorter side: below it neither a person nor a model tells a collar from a cuff
)


class Why(StrEnum):
    """Why a picture is not looked at. The values are stored with runs; pages have words for each."""

    WAITING = "waiting"  # not fetched yet
    FAILED = "failed"  # could not be fetched
    REFUSED = "refused"  # is no picture that can be used
    SMALL = "small"
    BLURRED = "blurred"
    NEARLY_SAME = "nearly_same"  # as one that is looked at
    ENOUGH = "enough"  # the bound of pictures was reached
    GONE = "gone"  # its file is missing in the storage


@dataclass(frozen=True, slots=True)
class Shown:
    """One place of a product's pictures. `number` counts from 1, as a person counts them.

    `state`: of `ImageState`. `likeness` and what follows are known of a stored picture only.
    """

    number: int
    state: str
    digest: str = ""
    width: int = 0
    height: int = 0
    likeness: int | None = None
    measured: Measured = field(default_factory=Measured)
    name: str = ""  # of the copy for models in the storage


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`values`: what the sentence of the reason needs, as "least" or "like" (the number of the other picture)."""

    number: int
    why: Why
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    chosen: tuple[Shown, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def is_waiting(self) -> bool:
        """Nothing can be looked at yet, and something is still to come."""
        return not self.chosen and any(one.why is Why.WAITING for one in self.left_out)


def choose(pictures: Sequence[Shown], most: int) -> Choice:
    """The first `most` good ones of the first five stored; every other one with the reason why not. Pure."""
    chosen: list[Shown] = []
    left_out: list[LeftOut] = []
    considered = 0
    for picture in pictures:
        fault = _fault(picture, chosen)
        if fault is None and (considered >= MOST_CONSIDERED or len(chosen) >= most):
            fault = LeftOut(picture.number, Why.ENOUGH, {"most": most})
        considered += picture.state == STORED
        if fault is None:
            chosen.append(picture)
        else:
            left_out.append(fault)
    return Choice(tuple(chosen), tuple(left_out))


def _fault(picture: Shown, chosen: Iterable[Shown]) -> LeftOut | None:
    if picture.state != STORED:
        return LeftOut(picture.number, Why(picture.state))
    shorter = min(picture.width, picture.height)
    if shorter < LEAST_SIDE:
        return LeftOut(picture.number, Why.SMALL, {"side": shorter, "least": LEAST_SIDE})
    if picture.measured.sharpness == "blurred":
        return LeftOut(picture.number, Why.BLURRED)
    for other in chosen:
        if picture.digest == other.digest or _is_near(picture, other):
            return LeftOut(picture.number, Why.NEARLY_SAME, {"like": other.number})
    return None


def _is_near(one: Shown, other: Shown) -> bool:
    if one.likeness is None or other.likeness is None:
        return False
    return distance(one.likeness, other.likeness) <= NEAR


def shown(images: Iterable[ProductImage]) -> list[Shown]:
    """A product's images in their order, with their stored pictures; no query where both were loaded."""
    return [_shown(number, image) for number, image in enumerate(images, start=1)]


def _shown(number: int, image: ProductImage) -> Shown:
    picture = image.picture
    if picture is None or image.state != STORED:
        # A stored picture without its row can't be: what says so is taken for one that is to be fetched.
        return Shown(number, "waiting" if image.state == STORED else image.state)
    return Shown(
        number,
        image.state,
        picture.digest,
        picture.width,
        picture.height,
        picture.likeness,
        measured(picture.measured),
        picture.processed_name,
    )
