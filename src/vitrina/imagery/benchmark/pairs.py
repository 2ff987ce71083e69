"""Pairs of drawn product pictures: the same product elsewhere, and another one; and how well the comparison tells them apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product as every
from random import Random

from PIL import Image

from vitrina.imagery.benchmark import things
from vitrina.imagery.benchmark.canvas import Rgb, cloud, grained, slope, softened, tinted, vignetted
from vitrina.lib.pictures.measuring import measure
from vitrina.lib.pictures.quality.comparison import Compared, compare

SIZE = (768, 768)
TUNING_OUTLINES, HELD_OUT_OUTLINES = ("cup", "shoe"), ("kettle", "vase")
ELSEWHERE = ("white", "plain", "scene")


@dataclass(frozen=True, slots=True)
class Pair:
    """`change`: "", "color" or "outline". `behind`: of ELSEWHERE, what stands behind the product on the new picture."""

    outline: str
    color: str
    change: str
    behind: str
    compared: Compared


@dataclass(frozen=True, slots=True)
class Told:
    """Of one group of pairs."""

    group: str
    pairs: int
    right: int
    sure: int  # right or wrong, with a likelihood of at least 0.9 or at most 0.1
    surely_wrong: int

    @property
    def share(self) -> float:
        return self.right / self.pairs


def pairs(*, held_out: bool, every_nth: int = 1) -> Iterator[Pair]:
    outlines = HELD_OUT_OUTLINES if held_out else TUNING_OUTLINES
    colors = sorted(things.COLORS)
    wanted = list(every(outlines, colors, ELSEWHERE))[::every_nth]
    for outline, color, behind in wanted:
        random = Random(f"{outline} {color} {behind} {held_out}")  # noqa: S311 - drawing, no secret
        reference = measure(_picture(random, outline, color, "white"))
        other_color = random.choice([name for name in colors if name != color])
        other_outline = outlines[1 - outlines.index(outline)]
        for change, shape, paint in (
            ("", outline, color), ("color", outline, other_color), ("outline", other_outline, color),
        ):  # fmt: skip
            compared = compare(reference, measure(_picture(random, shape, paint, behind)))
            yield Pair(outline, color, change, behind, compared)


def told(found: list[Pair]) -> list[Told]:
    """By what changed and what is behind; another shape in a scene is a group of its own, for nothing there tells it."""
    groups: dict[str, list[Pair]] = {}
    for pair in found:
        name = {"": "the same product", "color": "another colour", "outline": "another shape"}[pair.change]
        groups.setdefault(f"{name}, {pair.behind} behind", []).append(pair)
    return [_told(group, members) for group, members in sorted(groups.items())]


def _told(group: str, members: list[Pair]) -> Told:
    right = [pair.compared.is_same is (pair.change == "") for pair in members]
    sure = [not 0.1 < (pair.compared.likelihood or 0) < 0.9 for pair in members]
    wrong = sum(one and not other for one, other in zip(sure, right, strict=True))
    return Told(group, len(members), sum(right), sum(sure), wrong)


def _picture(random: Random, outline: str, color: str, behind: str) -> Image.Image:
    paint = things.COLORS[color]
    canvas = _behind(random, behind, paint)
    image = things.thing(random, canvas, paint, things.OUTLINES[outline], random.uniform(0.5, 0.75))
    return grained(random, softened(image, random.uniform(0.3, 0.8)), random.uniform(1, 4))


def _behind(random: Random, behind: str, paint: Rgb) -> Image.Image:
    if behind == "white":
        return Image.new("RGB", SIZE, (253, 253, 253))
    if behind == "plain":
        sheets = [(206, 214, 224), (226, 208, 190), (186, 204, 190), (90, 98, 112)]
        sheet = max(
            random.sample(sheets, 2), key=lambda one: sum(abs(a - b) for a, b in zip(one, paint, strict=True))
        )
        return vignetted(Image.new("RGB", SIZE, sheet), random.randrange(10, 40))
    wall = softened(tinted(cloud(random, SIZE, 4, 4), (120, 124, 118), (214, 206, 196)), 8)
    floor = slope(SIZE, (122, 84, 54), (164, 120, 82))
    mask = Image.new("L", SIZE, 0)
    mask.paste(255, (0, round(SIZE[1] * 0.62), *SIZE))
    wall.paste(floor, (0, 0), mask)
    return wall
