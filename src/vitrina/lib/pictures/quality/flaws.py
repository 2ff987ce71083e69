"""What was seen in a picture, held against what still passes. Pure.

The thresholds were set on the tuning half of the drawn set (`vitrina benchmark_images --gate`, docs/pictures.md), beginning
from what 86 pictures of picture models and cameras had shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vitrina.lib.pictures.backgrounds import SCENE
from vitrina.lib.pictures.quality import issues
from vitrina.lib.pictures.quality.emptiness import LEAST_CUT, UNIFORM_DEVIATION
from vitrina.lib.pictures.quality.judged import Expected, Issue
from vitrina.lib.pictures.quality.subject_color import apart, is_colorful
from vitrina.lib.pictures.quality.surfaces import body_is_seen
from vitrina.lib.pictures.sharpness import BLURRED, SHARP_KIND

NO_CONTRAST = 3.0
NO_DETAIL, SOFT_DETAIL = 10.0, 60.0
SHARE_OF_CONTRAST = 0.13  # of its square
NOISE = 0.5
GRAIN = 11.5
REPETITION = 0.75
MISSING_TONES = 0.7
BLOCK_BORDERS = 1.0
CHARACTERS = 6  # in a row: fewer are found among stones, branches and lines of light
ROWS = 4  # a caption seldom has more

Seen = Mapping[str, float | None]


def flaws_of(seen: Seen, measured: Mapping[str, Any], expected: Expected) -> list[Issue]:
    """`seen`: as `judging.seen_in` gives it. `measured`: as `measuring.measure` gives it."""
    found = _emptiness(seen)
    if not found:
        found += _artifacts(seen)
        found += _focus(seen, measured)
        found += _words(seen, expected)
        found += _color(measured, expected)
    return found


def _emptiness(seen: Seen) -> list[Issue]:
    """Of what shows nothing, nothing more is told."""
    if not is_over(seen, "contrast", NO_CONTRAST):
        return [issues.uniform()]
    if is_over(seen, "flat_below", LEAST_CUT):
        return [issues.cut_short(round(100 * (seen["flat_below"] or 0)))]
    if not is_over(seen, "sharpest_part", NO_DETAIL):
        is_uniform = not is_over(seen, "color_contrast", UNIFORM_DEVIATION)
        return [issues.uniform() if is_uniform else issues.no_detail()]
    return []


def _artifacts(seen: Seen) -> list[Issue]:
    # A fine weave has nothing in common with itself either, once it was made small.
    if is_over(seen, "unrelated", NOISE) and not is_under(seen, "unrelated_native", NOISE):
        return [issues.noise()]
    found = []
    if is_over(seen, "grain", GRAIN):
        found.append(issues.grain())
    if is_over(seen, "repetition", REPETITION):
        found.append(issues.repeated())
    if is_over(seen, "missing_tones", MISSING_TONES):
        found.append(issues.banding())
    if is_over(seen, "block_borders", BLOCK_BORDERS):
        found.append(issues.blocks())
    return found


def _focus(seen: Seen, measured: Mapping[str, Any]) -> list[Issue]:
    """In fog and at night steps are low, however sharp: there they are held against what contrast there is."""
    kind = measured["sharpness"]["kind"]
    part, contrast = seen["sharpest_part"] or 0.0, seen["contrast"] or 0.0
    has_low_steps = kind == SHARP_KIND and part >= SHARE_OF_CONTRAST * contrast**2
    is_soft = kind == BLURRED or (part <= SOFT_DETAIL and not has_low_steps)
    return [issues.soft()] if is_soft else []


def _words(seen: Seen, expected: Expected) -> list[Issue]:
    if not is_over(seen, "characters", CHARACTERS):
        return []
    if is_over(seen, "rows", ROWS):
        return [issues.watermark()]
    return [] if expected.may_have_words else [issues.words()]


def _color(measured: Mapping[str, Any], expected: Expected) -> list[Issue]:
    if not expected.color:
        return []
    told = apart(expected.color, measured["colors"])
    if told is None or told[0] <= 1 or _is_lost_in_background(expected.color, measured):
        return []
    return [issues.other_color(told[1], expected.color.lower())]


def _is_lost_in_background(asked: str, measured: Mapping[str, Any]) -> bool:
    """Whether a grey subject may have been taken for what is behind it: of a scene only glass, tyres and shadows were found."""
    return measured["background"]["kind"] == SCENE and not is_colorful(asked) and not body_is_seen(measured)


def is_over(seen: Seen, name: str, threshold: float) -> bool:
    """Not where it was not measured."""
    value = seen[name]
    return value is not None and value > threshold


def is_under(seen: Seen, name: str, threshold: float) -> bool:
    """Not where it was not measured."""
    value = seen[name]
    return value is not None and value < threshold
