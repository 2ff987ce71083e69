"""How often the largest colour that is measured bears the name of the colour that was drawn."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from vitrina.catalog.pictures.benchmark.drawing import (
    HELD_OUT_SHAPES,
    PLAIN,
    SCENE,
    TEXTURES,
    TUNING_SHAPES,
    WHITE,
    Order,
    draw,
)
from vitrina.catalog.pictures.benchmark.known_colors import SHADES, shades
from vitrina.lib.pictures.colors import Lab, from_hex, to_oklab, to_srgb
from vitrina.lib.pictures.measuring import measure

ROUNDS = 2  # pictures of every shade
SPREAD = 0.008  # OKLab: how far a drawn colour may be from its shade, a channel


@dataclass(frozen=True, slots=True)
class Known:
    """A picture and the name of its product's colour."""

    name: str
    order: Order


@dataclass(slots=True)
class Tally:
    pictures: int = 0
    right: int = 0
    right_of_three: int = 0
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)  # (drawn, told)

    @property
    def top_1(self) -> float | None:
        return self.right / self.pictures if self.pictures else None

    @property
    def top_3(self) -> float | None:
        return self.right_of_three / self.pictures if self.pictures else None


def known_pictures(*, held_out: bool, rounds: int = ROUNDS) -> Iterator[Known]:
    """Every shade `rounds` times, on white, on a colour and in a scene, rendered and photographed by turns; held out: other
    shades, shapes and seeds."""
    number = 0
    for turn in range(rounds):
        for name in SHADES:
            for shade in shades(name, held_out=held_out):
                number += 1
                seed = number + (700_000 if held_out else 0)
                random = Random(seed)
                order = Order(
                    color=_about(from_hex(shade), random),
                    shape=random.choice(HELD_OUT_SHAPES if held_out else TUNING_SHAPES),
                    texture=random.choice(list(TEXTURES)),
                    background=(WHITE, WHITE, PLAIN, SCENE)[(number + number // 4 + turn) % 4],
                    is_photographed=(number + turn) % 2 == 0,
                    seed=seed,
                )
                yield Known(name, order)


def measured(*, held_out: bool) -> tuple[dict[str, Tally], float]:
    """Tallies by «all», «rendered», «photographed» and the backgrounds; milliseconds of measuring per picture."""
    tallies: dict[str, Tally] = {}
    seconds = 0.0
    for known in known_pictures(held_out=held_out):
        image = draw(known.order)
        started = time.perf_counter()
        told = [color["name"] for color in measure(image)["colors"]]
        seconds += time.perf_counter() - started
        way = "photographed" if known.order.is_photographed else "rendered"
        for group in ("all", way, known.order.background):
            tally = tallies.setdefault(group, Tally())
            tally.pictures += 1
            tally.right += told[:1] == [known.name]
            tally.right_of_three += known.name in told[:3]
            if told[:1] != [known.name]:
                tally.mistaken[known.name, told[0] if told else "nothing"] += 1
    return tallies, seconds * 1000 / tallies["all"].pictures


def _about(rgb: tuple[int, int, int], random: Random) -> tuple[int, int, int]:
    lightness, a, b = to_oklab(*rgb)
    moved: Lab = (
        lightness + random.uniform(-SPREAD, SPREAD),
        a + random.uniform(-SPREAD, SPREAD),
        b + random.uniform(-SPREAD, SPREAD),
    )
    return to_srgb(moved)
