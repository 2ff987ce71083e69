"""Ways in which pictures of services go wrong, put on a clean one by code.

Each is made as it comes about, not by what the check measures: a blur by moving the camera, squares by saving with too few bits.
The same clean picture and seed, the same broken one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from math import cos, sin, sqrt
from random import Random

from PIL import Image, ImageChops

from vitrina.imagery.benchmark import things
from vitrina.imagery.benchmark.canvas import grained, slope, softened
from vitrina.imagery.benchmark.drawing import Order, saved
from vitrina.imagery.benchmark.writing import captioned, signed, watermarked
from vitrina.lib.pictures.colors import to_hex
from vitrina.lib.pictures.quality import issues
from vitrina.lib.pictures.quality.judged import Expected


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service sent, and what had been asked of it."""

    data: bytes
    media_type: str
    expected: Expected


@dataclass(frozen=True, slots=True)
class Breakage:
    """`make`: the clean picture, its answer and its order to a broken answer; None where the defect can't be on this picture.

    `told_as`: codes of issues, any of which says what is wrong.
    """

    name: str
    told_as: frozenset[str]
    make: Callable[[Random, Image.Image, Answer, Order], Answer | None]


def clean(order: Order, image: Image.Image) -> Answer:
    data, media_type = saved(image, _random(order, "clean"))
    color = to_hex(*things.COLORS[order.color]) if order.has_color else ""
    return Answer(data, media_type, Expected(*order.size, color))


def broken(breakage: Breakage, order: Order, image: Image.Image, answer: Answer) -> Answer | None:
    return breakage.make(_random(order, breakage.name), image, answer, order)


def _random(order: Order, name: str) -> Random:
    return Random(f"{order.kind} {order.seed} {name}")  # noqa: S311 - drawing, no secret


def _with(random: Random, image: Image.Image, answer: Answer) -> Answer:
    data, media_type = saved(image, random)
    return replace(answer, data=data, media_type=media_type)


# --- Files ------------------------------------------------------------------------------------------------


def _as_json(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    body = json.dumps(
        {"status": 429, "success": False, "error": {"message": "Queue full " * random.randrange(1, 900)}}
    )
    return replace(answer, data=body.encode())


def _as_page(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    page = (
        "<!DOCTYPE html><html><head><title>error code: 1033</title></head><body>"
        + "<p>Please wait</p>" * random.randrange(1, 900)
    )
    return replace(answer, data=page.encode())


def _truncated(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    return replace(answer, data=answer.data[: int(len(answer.data) * random.uniform(0.3, 0.95))])


def _small(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    side = random.randrange(96, 250)
    return _with(
        random, image.resize((side, side * image.height // image.width), Image.Resampling.LANCZOS), answer
    )


def _other_size(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    by = random.choice((0.5, 0.75, 1.1, 1.25))
    size = round(image.width * by), round(image.height * by)
    return _with(random, image.resize(size, Image.Resampling.LANCZOS), answer)


def _tiny_file(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """So few bytes that hardly anything can be left in them."""
    for quality in range(30, 0, -3):
        file = BytesIO()
        softened(image, 3).save(file, "JPEG", quality=quality)
        if len(file.getvalue()) < 10_000:
            break
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5))
    return replace(answer, data=file.getvalue(), media_type="image/jpeg")


def _called_otherwise(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    others = [
        kind
        for kind in ("image/png", "image/jpeg", "image/webp", "application/json")
        if kind != answer.media_type
    ]
    return replace(answer, media_type=random.choice(others))


# --- Nothing to be seen -----------------------------------------------------------------------------------


def _one_color(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    color = random.choice(((0, 0, 0), (128, 128, 128), (255, 255, 255), tuple(random.randbytes(3))))
    flat = Image.new("RGB", image.size, color)
    return _with(random, grained(random, flat, random.choice((0.5, 1.0, 2.0))), answer)


def _gradient(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    ends = [tuple(random.randbytes(3)) for _end in range(2)]
    sloped = slope(image.size, ends[0], ends[1], random.choice((0, 90, 180, 270)))  # type: ignore[arg-type]
    return _with(random, softened(sloped, 2), answer)


def _noise(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """As models give when their numbers overflow, in colour or grey."""
    width, height = image.size
    if random.random() < 0.5:
        noisy = Image.frombytes("RGB", image.size, random.randbytes(width * height * 3))
    else:
        noisy = grained(random, Image.new("RGB", image.size, (118, 120, 122)), random.uniform(30, 60))
    return _with(random, noisy, answer)


def _cut_short(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """What a patient reader makes of half a JPEG, saved as a whole one."""
    left = round(image.height * random.uniform(0.25, 0.85)) // 16 * 16
    cut = image.copy()
    cut.paste((128, 128, 128), (0, left + 16, image.width, image.height))
    cut.paste((128, 128, 128), (random.randrange(16, image.width, 16), left, image.width, left + 16))
    return _with(random, cut, answer)


# --- Artifacts --------------------------------------------------------------------------------------------


def _blurred(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    return _with(random, softened(image, image.width * random.uniform(0.007, 0.014)), answer)


def _out_of_focus(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """As a lens does it: every point becomes a disc."""
    reach = image.width * random.uniform(0.008, 0.016)
    turns = 40
    spread = image
    for number in range(1, turns):
        # Sunflower seeds: evenly over the disc.
        far, turn = reach * sqrt(number / turns), number * 2.399963
        by = round(far * cos(turn)), round(far * sin(turn))
        spread = Image.blend(spread, ImageChops.offset(image, *by), 1 / (number + 1))
    return _with(random, softened(spread, 1.6), answer)  # as far as one seed is from the next


def _blown_up(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """Drawn small and made large."""
    by = random.randrange(9, 14)
    small = image.resize((image.width // by, image.height // by), Image.Resampling.LANCZOS)
    return _with(random, small.resize(image.size, Image.Resampling.BICUBIC), answer)


def _grainy(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    return _with(random, grained(random, image, random.uniform(32, 50)), answer)


def _tiled(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    times = random.choice((2, 3, 4))
    wide, high = -(-image.width // times), -(-image.height // times)
    piece = (
        image.resize((wide, high), Image.Resampling.LANCZOS)
        if random.random() < 0.5
        else image.crop((0, 0, wide, high))
    )
    whole = Image.new("RGB", (wide * times, high * times))
    for row in range(times):
        for column in range(times):
            whole.paste(piece, (column * wide, row * high))
    return _with(random, whole.crop((0, 0, *image.size)), answer)


def _few_tones(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    levels = random.choice((6, 8, 10, 14))
    table = [round(round(value * (levels - 1) / 255) * 255 / (levels - 1)) for value in range(256)]
    file = BytesIO()
    softened(image, 0.8).point(table * 3).save(file, "PNG", compress_level=1)
    return replace(answer, data=file.getvalue(), media_type="image/png")


def _squared(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
    """Saved with too few bits, and saved once more with enough, as after a second service."""
    file = BytesIO()
    image.save(file, "JPEG", quality=random.randrange(3, 8))
    again = Image.open(file).convert("RGB")
    kept = BytesIO()
    if random.random() < 0.5:
        again.save(kept, "PNG", compress_level=1)
        return replace(answer, data=kept.getvalue(), media_type="image/png")
    again.save(kept, "JPEG", quality=random.randrange(88, 95))
    return replace(answer, data=kept.getvalue(), media_type="image/jpeg")


# --- What nobody ordered ----------------------------------------------------------------------------------


def _lettered(
    put_on: Callable[[Random, Image.Image], Image.Image],
) -> Callable[[Random, Image.Image, Answer, Order], Answer]:
    def make(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer:
        return _with(random, put_on(random, image), answer)

    return make


def _other_color(random: Random, image: Image.Image, answer: Answer, order: Order) -> Answer | None:
    if not order.has_color:
        return None
    others = [name for name in sorted(things.COLORS) if name != order.color]
    asked = to_hex(*things.COLORS[random.choice(others)])
    return replace(answer, expected=replace(answer.expected, color=asked))


def _told_as(*codes: str) -> frozenset[str]:
    return frozenset(codes)


_EMPTY = _told_as(issues.UNIFORM, issues.NO_DETAIL)
_UNSHARP = _told_as(issues.NO_DETAIL, issues.SOFT, issues.UNIFORM)
BREAKAGES = (
    Breakage("JSON called a picture", _told_as(issues.NOT_A_PICTURE), _as_json),
    Breakage("a page called a picture", _told_as(issues.NOT_A_PICTURE), _as_page),
    Breakage("a file cut short", _told_as(issues.BROKEN), _truncated),
    Breakage("another format than told", _told_as(issues.OTHER_KIND), _called_otherwise),
    Breakage("too small", _told_as(issues.TOO_SMALL), _small),
    Breakage("another size", _told_as(issues.OTHER_SIZE), _other_size),
    Breakage("hardly any bytes", _told_as(issues.TINY_FILE), _tiny_file),
    Breakage("one colour", _EMPTY, _one_color),
    Breakage("a gradient", _EMPTY, _gradient),
    Breakage("the rest grey", _told_as(issues.CUT_SHORT), _cut_short),
    Breakage("pure noise", _told_as(issues.NOISE), _noise),
    Breakage("strong grain", _told_as(issues.GRAIN, issues.NOISE), _grainy),
    Breakage("blurred", _UNSHARP, _blurred),
    Breakage("out of focus", _UNSHARP, _out_of_focus),
    Breakage("drawn small and made large", _UNSHARP, _blown_up),
    Breakage("the same piece again", _told_as(issues.REPEATED, issues.UNIFORM), _tiled),
    Breakage("few tones", _told_as(issues.BANDING), _few_tones),
    Breakage("squares of JPEG", _told_as(issues.BLOCKS), _squared),
    Breakage("words", _told_as(issues.WORDS, issues.WATERMARK), _lettered(captioned)),
    Breakage("a watermark all over", _told_as(issues.WATERMARK, issues.WORDS), _lettered(watermarked)),
    Breakage("a name in the corner", _told_as(issues.WORDS, issues.WATERMARK), _lettered(signed)),
    Breakage("another colour", _told_as(issues.OTHER_COLOR), _other_color),
)  # fmt: skip
