"""A car from an angle as a scene: one frozen description for a whole series, the angle, and the badge where it is seen.

Identity comes from the frozen block, which stands in every picture of a series byte for byte, from the same model and
size, and from a reference. Seeds alone give variety, not identity. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.vehicles import badges, paints, wording
from vitrina.vehicles.angles import ANGLES, Angle, BadgeSeen
from vitrina.vehicles.badges import Badge, Brand

VERSION = 1
SEEDS = 2**31 - 1
MOST_OWN_WORDS = 400
ONLY_EMBLEM = "the only emblem on the car is that of"

_PLACE = (
    "It stands alone in a bright photo studio with a plain light floor and wall, "
    "under soft, even white light from above"
)
_LOOK = "Realistic photograph, sharp, true proportions"


@dataclass(frozen=True)
class Car:
    """What a prompt may say of a car, in English; empty where it is not known.

    `brand`: None where the badge data don't have it; then `brand_name` is as the person wrote it, in Latin letters.
    `is_told_in_part`: of the details only the equipment that the word list knows is told, since they are Russian or long.
    """

    brand_name: str
    model: str
    year: int | None = None
    color: str = ""
    color_hex: str = ""
    body_type: str = ""
    equipment: tuple[str, ...] = ()
    brand: Brand | None = None
    is_told_in_part: bool = False

    @property
    def badge(self) -> Badge | None:
        return badges.badge_of(self.brand, self.year) if self.brand else None


def car(
    *,
    brand: str,
    model: str,
    year: int | None = None,
    color: str = "",
    color_hex: str = "",
    body_type: str = "",
    details: str = "",
) -> Car:
    """From what a person wrote, in Russian or English."""
    known = badges.recognized(brand)
    paint = paints.paint_of(color)
    body = wording.body_type_of(body_type)
    told = wording.equipment_of(details)
    own = _one_line(details)
    if len(own) > MOST_OWN_WORDS or re.search("[а-яё]", own.casefold()):
        own = ""
    return Car(
        brand_name=known.name if known else wording.latin(_one_line(brand)),
        model=wording.latin(_one_line(model)),
        year=year,
        color=paints.english_color(color, color_hex),
        color_hex=(color_hex or (paint.hex if paint else "")).lower(),
        body_type=body.english if body else (_one_line(body_type) if body_type.isascii() else ""),
        equipment=(own,) if own else told,
        brand=known,
        is_told_in_part=bool(details.strip()) and not own,
    )


def frozen(one: Car) -> str:
    """The description that is the same in every angle."""
    name = " ".join(str(part) for part in (one.year, one.brand_name, one.model) if part)
    paint = one.color and f"body painted {one.color}" + (f" ({one.color_hex})" if one.color_hex else "")
    facts = ", ".join(part for part in (name, one.body_type, paint, *one.equipment) if part)
    return (
        f"{facts}. One and the same car in every picture: the same trim, wheels, equipment and paint. "
        f"{_PLACE}. {_LOOK}."
    )


def scene(one: Car, seen: Angle, *, block: str = "") -> Scene:
    """`block`: the frozen description of the series that the picture belongs to; empty: made from the car."""
    return Scene(
        recipe=Recipe.CAR_ANGLE,
        frozen=block or frozen(one),
        parts=tuple(part for part in (seen.words, _badge_words(one, seen), _framing(seen)) if part),
        exclusions=(*_rivals(one, seen), *_usual(seen)),
        width=seen.width,
        height=seen.height,
        color=one.color_hex if seen.is_exterior else "",
        kind=seen.id,
        version=str(VERSION),
    )


def seed(session: str, identity: str, attempt: int = 0) -> int:
    """Of one angle in one session: the same again and again, another for each attempt, none twice in a session."""
    return (_seeds(session)[identity] + attempt) % SEEDS


def badge_phrase(one: Car) -> str:
    """What the prompt of a front angle says of the badge; empty for an unknown brand."""
    return one.badge.words if one.badge else ""


def rivals(one: Car) -> tuple[str, ...]:
    """Brands whose badge a model may draw instead."""
    return one.brand.confused_with if one.brand else ()


def _badge_words(one: Car, seen: Angle) -> str:
    name, badge = one.brand_name, one.badge
    if seen.badge is BadgeSeen.FRONT:
        if badge is None:
            return f"badge of {name} as on the real car, crisp and undistorted"
        return f"badge of {name}: {badge.words}, {badge.placement}, crisp and undistorted"
    if seen.badge is BadgeSeen.REAR:
        return f"{name} badge or lettering in the middle of the tailgate, as on the real car"
    if seen.badge is BadgeSeen.HUB:
        return f"small {name} emblem on the cap of the wheel"
    if seen.badge is BadgeSeen.STEERING_WHEEL:
        return f"{name} emblem in the middle of the steering wheel"
    return ""


def _rivals(one: Car, seen: Angle) -> Iterable[Exclusion]:
    """Other makers' names reach only a service with a negative prompt: to the others, naming is inviting."""
    if seen.badge is BadgeSeen.NONE:
        return
    names = "".join(f"{name} badge, " for name in rivals(one))
    right = one.badge.words if one.badge and seen.badge is BadgeSeen.FRONT else ""
    yield Exclusion(
        words=f"{names}wrong logo, extra badge, gibberish letters",
        instead=f"{ONLY_EMBLEM} {one.brand_name}" + (f": {right}" if right else ""),
    )


def _usual(seen: Angle) -> Iterable[Exclusion]:
    yield Exclusion(words="watermark, caption, overlaid text", instead="clean, unmarked picture")
    yield Exclusion(words="people, animals", instead="nobody around")
    if seen.is_exterior:
        yield Exclusion(words="other cars", instead="a single vehicle in the picture")
        yield Exclusion(words="license plate number", instead="blank license plates")
        yield Exclusion(words="cropped car, cut off wheels", instead="the whole car within the frame")
    yield Exclusion(
        words="deformed, distorted proportions, extra wheels", instead="correct shape and proportions"
    )


def _framing(seen: Angle) -> str:
    return "the whole car within the frame with some space around it" if seen.is_exterior else ""


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _seeds(session: str) -> dict[str, int]:
    """int(sha256(session + angle)[:8], 16) % (2³¹ − 1); should two fall together, the later angle takes the next."""
    found: dict[str, int] = {}
    for one in ANGLES:
        value = int(sha256(f"{session}{one.id}".encode()).hexdigest()[:8], 16) % SEEDS
        while value in found.values():
            value = (value + 1) % SEEDS
        found[one.id] = value
    return found
