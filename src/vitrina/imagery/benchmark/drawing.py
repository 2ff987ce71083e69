"""The clean pictures: every kind several times, in the sizes that services draw, saved as they save. The same order, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image

from vitrina.imagery.benchmark import indoors, outdoors, things
from vitrina.imagery.benchmark.canvas import Size, grained, softened

SIZES: tuple[Size, ...] = ((1024, 768), (768, 1024), (1024, 1024), (1280, 768))
LEAST_BYTES = 20_000
ROUNDS = 4  # pictures of every kind; half of them are held out
KINDS = (*outdoors.SCENES, *indoors.SCENES, *things.SCENES)
# No threshold was set by them: thresholds set by a kind fit that kind.
HELD_OUT_KINDS = frozenset(
    ("sea", "rainy_street", "castle", "engraving", "flower", "car_street", "night_sky")
)


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw. `color`: of things' COLORS, the subject's where its kind has one."""

    kind: str
    seed: int
    size: Size
    color: str

    @property
    def is_held_out(self) -> bool:
        return self.kind in HELD_OUT_KINDS or self.seed % 2 == 1

    @property
    def has_color(self) -> bool:
        return self.kind in things.OF_A_COLOR


def orders(rounds: int = ROUNDS, first: int = 0) -> Iterator[Order]:
    colors = sorted(things.COLORS)
    for seed in range(first, first + rounds):
        for number, kind in enumerate(KINDS):
            size = SIZES[(seed + number) % len(SIZES)]
            yield Order(kind, seed, size, colors[(seed * 5 + number) % len(colors)])


def draw(order: Order) -> Image.Image:
    """RGB of the size that was ordered, softened and grained a little as lenses and models do it."""
    random = Random(f"{order.kind} {order.seed}")  # noqa: S311 - drawing, no secret
    if order.kind in things.SCENES:
        image = things.SCENES[order.kind](random, order.size, things.COLORS[order.color])
    else:
        scenes = outdoors.SCENES if order.kind in outdoors.SCENES else indoors.SCENES
        image = scenes[order.kind](random, order.size)
    image = softened(image, random.uniform(0.3, 0.7))
    return grained(random, image, random.uniform(0.8, 4.0))


def saved(image: Image.Image, random: Random) -> tuple[bytes, str]:
    """In one of the formats that services answer in, and its media type.

    Drawn dark scenes shrink to less than what services send; those are sent as PNG.
    """
    file = BytesIO()
    kind = random.choice(("JPEG", "JPEG", "PNG", "WEBP"))
    if kind == "PNG":
        image.save(file, "PNG", compress_level=1)
    else:
        image.save(file, kind, quality=random.randrange(86, 96))
        if len(file.getvalue()) < LEAST_BYTES:
            file = BytesIO()
            kind = "PNG"
            image.save(file, kind, compress_level=1)
    return file.getvalue(), f"image/{kind.lower()}"
