"""What a target asks of pictures, against what is known of those that are stored. Pure.

The figures stand with their sources in `data/limits.json`, under the field "pictures". A picture that isn't stored, or a
property that wasn't measured, breaks no rule: unknown is not wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.catalog.listing import Remark
from vitrina.lib.sentences import gettext_noop

TOO_SMALL = gettext_noop(
    "too few pixels in picture %(numbers)s (%(width)s × %(height)s); the least are %(limit)s"
)
BETTER_LARGER = gettext_noop(
    "few pixels in picture %(numbers)s (%(width)s × %(height)s); better are %(limit)s"
)
TOO_HEAVY = gettext_noop("too large a file in picture %(numbers)s (%(found)s MB); the limit is %(limit)s MB")
TOO_MANY_PIXELS = gettext_noop(
    "too many pixels in picture %(numbers)s (%(found)s million); the limit is %(limit)s million"
)
WRONG_FORMAT = gettext_noop(
    "a format that isn't taken in picture %(numbers)s (%(found)s); allowed are: %(limit)s"
)
OTHER_PROPORTIONS = gettext_noop(
    "other proportions in picture %(numbers)s (%(width)s × %(height)s); %(limit)s is shown whole"
)
NOT_ON_WHITE = gettext_noop("the main picture has no white background")
WORDS_ON_IT = gettext_noop("there seem to be words on picture %(numbers)s")
BLURRED = gettext_noop("blurred: picture %(numbers)s")

MEGABYTE = 1024 * 1024
SURE_OF_WORDS = 0.9  # the likelihood from which they are told of; patterned cloth seldom gets there
NEARLY = 0.03  # how far proportions may be from those asked for


@dataclass(frozen=True, slots=True)
class CardPicture:
    """What is known of a stored picture. `number`: its place at the card, from 1. `size`: bytes, as it came.

    `background`: "white", "plain", "scene"; `sharpness`: "sharp", "soft", "blurred"; both "" where unknown.
    `words`: likelihood 0–1 that words stand on it; None where unknown.
    """

    number: int
    media_type: str
    width: int
    height: int
    size: int
    background: str = ""
    sharpness: str = ""
    words: float | None = None


def seen(
    number: int, *, media_type: str, width: int, height: int, size: int, measured: Mapping[str, Any]
) -> CardPicture:
    """From the columns of a `Picture`. Whatever an older measuring left in another shape is unknown."""
    words = _part(measured, "text").get("likelihood")
    return CardPicture(
        number=number,
        media_type=media_type,
        width=width,
        height=height,
        size=size,
        background=str(_part(measured, "background").get("kind") or ""),
        sharpness=str(_part(measured, "sharpness").get("kind") or ""),
        words=float(words) if isinstance(words, int | float) and not isinstance(words, bool) else None,
    )


def _part(measured: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = measured.get(name)
    return part if isinstance(part, Mapping) else {}


Pictures = Sequence[CardPicture]


def _min_pixels(field: str, pictures: Pictures, limit: Sequence[int]) -> Remark | None:
    return _sized(TOO_SMALL, [one for one in pictures if _is_below(one, limit)], _by(limit))


def _best_pixels(field: str, pictures: Pictures, limit: Sequence[int]) -> Remark | None:
    return _sized(BETTER_LARGER, [one for one in pictures if _is_below(one, limit)], _by(limit))


def _is_below(picture: CardPicture, limit: Sequence[int]) -> bool:
    return picture.width < limit[0] or picture.height < limit[1]


def _proportions(field: str, pictures: Pictures, limit: Sequence[int]) -> Remark | None:
    asked = limit[0] / limit[1]
    other = [one for one in pictures if abs(one.width / one.height / asked - 1) > NEARLY]
    return _sized(OTHER_PROPORTIONS, other, f"{limit[0]} : {limit[1]}")


def _max_megabytes(field: str, pictures: Pictures, limit: int) -> Remark | None:
    heavy = [one for one in pictures if one.size > limit * MEGABYTE]
    return _found(TOO_HEAVY, heavy, limit, lambda one: f"{one.size / MEGABYTE:.1f}")


def _max_megapixels(field: str, pictures: Pictures, limit: int) -> Remark | None:
    large = [one for one in pictures if one.width * one.height > limit * 1_000_000]
    return _found(TOO_MANY_PIXELS, large, limit, lambda one: f"{one.width * one.height / 1_000_000:.1f}")


def _formats(field: str, pictures: Pictures, limit: Sequence[str]) -> Remark | None:
    taken = {name.lower() for name in limit}
    other = [one for one in pictures if _format(one).lower() not in taken]
    return _found(WRONG_FORMAT, other, ", ".join(limit), _format)


def _format(picture: CardPicture) -> str:
    """«image/jpeg» is JPEG."""
    return picture.media_type.removeprefix("image/").upper()


def _main_on_white(field: str, pictures: Pictures, limit: bool) -> Remark | None:
    main = next((one for one in pictures if one.number == 1), None)
    return Remark(NOT_ON_WHITE) if main is not None and main.background in {"plain", "scene"} else None


def _no_words(field: str, pictures: Pictures, limit: bool) -> Remark | None:
    told = [one for one in pictures if one.words is not None and one.words >= SURE_OF_WORDS]
    return Remark(WORDS_ON_IT, {"numbers": _numbers(told)}) if told else None


def _not_blurred(field: str, pictures: Pictures, limit: bool) -> Remark | None:
    told = [one for one in pictures if one.sharpness == "blurred"]
    return Remark(BLURRED, {"numbers": _numbers(told)}) if told else None


def _sized(sentence: str, broken: Pictures, limit: str) -> Remark | None:
    if not broken:
        return None
    first = broken[0]
    return Remark(
        sentence,
        {"numbers": _numbers(broken), "width": first.width, "height": first.height, "limit": limit},
    )


def _found(
    sentence: str, broken: Pictures, limit: int | str, told: Callable[[CardPicture], str]
) -> Remark | None:
    if not broken:
        return None
    return Remark(sentence, {"numbers": _numbers(broken), "found": told(broken[0]), "limit": limit})


def _numbers(pictures: Pictures) -> str:
    return ", ".join(str(one.number) for one in pictures)


def _by(limit: Sequence[int]) -> str:
    return f"{limit[0]} × {limit[1]}"


CHECKS: dict[str, Callable[[str, Any, Any], Remark | None]] = {
    "min_pixels": _min_pixels,
    "best_pixels": _best_pixels,
    "proportions": _proportions,
    "max_megabytes": _max_megabytes,
    "max_megapixels": _max_megapixels,
    "formats": _formats,
    "main_on_white": _main_on_white,
    "no_words": _no_words,
    "not_blurred": _not_blurred,
}
