"""A picture judged in this process: its bytes, what they open to, and what every detector sees in it.

`lib.pictures.judge_apart` does the same in a process that may be lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from vitrina.lib.pictures import preparing
from vitrina.lib.pictures.fitting import fitted
from vitrina.lib.pictures.likeness import distance
from vitrina.lib.pictures.measuring import FIXED
from vitrina.lib.pictures.prepared import PictureRefused, Prepared
from vitrina.lib.pictures.quality import issues
from vitrina.lib.pictures.quality.characters import writing
from vitrina.lib.pictures.quality.compression import block_borders, missing_tones
from vitrina.lib.pictures.quality.detail import sharpest_part
from vitrina.lib.pictures.quality.emptiness import color_contrast, contrast, flat_below
from vitrina.lib.pictures.quality.flaws import flaws_of
from vitrina.lib.pictures.quality.judged import Expected, Issue, Judged, judged
from vitrina.lib.pictures.quality.noise import grain, unrelated
from vitrina.lib.pictures.quality.of_file import of_the_file, refusal
from vitrina.lib.pictures.quality.placeholders import KNOWN, Placeholder
from vitrina.lib.pictures.quality.repeats import repetition

SAME_LOOK = 4  # bits of the likeness to a known placeholder
LEAST_SIDE = 256  # pixels
SIZE_APART = 50  # pixels, of either side
_QUARTER = 256  # longest side on which noise and repetition are looked for
_UNTOLD = frozenset(("", "application/octet-stream", "binary/octet-stream", "image/*"))
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png"}


def judge(data: bytes, media_type: str, expected: Expected, known: Sequence[Placeholder] = KNOWN) -> Judged:
    """`media_type`: as the service told it, "" where it told none. Never raises for what the bytes are.

    For one thread at a time, as `preparing.prepare`.
    """
    found = of_the_file(data, known)
    try:
        prepared, opened = preparing.prepare_and_keep(data, is_native_kept=True)
    except PictureRefused as refused:
        return judged([*found, refusal(refused)], None)
    found += _of_the_answer(prepared, media_type, expected, known)
    seen = seen_in(opened)
    return judged([*found, *flaws_of(seen, prepared.measured, expected)], prepared, seen)


def _of_the_answer(
    prepared: Prepared, media_type: str, expected: Expected, known: Sequence[Placeholder]
) -> list[Issue]:
    found = []
    looks = [one.likeness for one in known if one.likeness is not None]
    if any(distance(look, prepared.likeness) <= SAME_LOOK for look in looks):
        found.append(issues.placeholder())
    told = media_type.partition(";")[0].strip().lower()
    told = _SAME.get(told, told)
    if told not in _UNTOLD and told != prepared.media_type:
        found.append(issues.other_kind(told[:40], prepared.media_type))
    width, height = prepared.width, prepared.height
    if width < LEAST_SIDE or height < LEAST_SIDE:
        found.append(issues.too_small(width, height, LEAST_SIDE))
    asked = expected.width, expected.height
    if all(asked) and (abs(width - asked[0]) > SIZE_APART or abs(height - asked[1]) > SIZE_APART):
        found.append(issues.other_size(width, height, asked))
    return found


def seen_in(opened: preparing.Opened) -> dict[str, float | None]:
    """What every detector measures; see each one's docstring for its scale."""
    middle = fitted(opened.image, FIXED)
    grey = middle.convert("L")
    small = fitted(grey, _QUARTER)
    written = writing(grey)
    native = opened.native
    native_grey = None if native is None else native.convert("L")
    return {
        "contrast": contrast(grey),
        "color_contrast": color_contrast(middle),
        "flat_below": flat_below(middle),
        "sharpest_part": sharpest_part(grey),
        "unrelated": unrelated(small),
        "unrelated_native": None if native_grey is None else unrelated(native_grey),
        "grain": None if native_grey is None else grain(native_grey),
        "repetition": repetition(grey),
        "missing_tones": None if native is None else missing_tones(native),
        "block_borders": None if native_grey is None else block_borders(native_grey),
        "characters": written.longest,
        "rows": written.rows,
    }
