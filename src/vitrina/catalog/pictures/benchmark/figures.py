"""How often the measuring says what was drawn: the name of the largest colour, and whether there is lettering."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
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
from vitrina.catalog.pictures.benchmark.lettering import with_lettering, with_print
from vitrina.lib.pictures.colors import Lab, from_hex, to_oklab, to_srgb
from vitrina.lib.pictures.measuring import measure

ROUNDS = 2  # pictures of every shade
BEHIND = {WHITE: "on white", PLAIN: "on a colour", SCENE: "in a scene"}
SPREAD = 0.008  # OKLab: how far a drawn colour may be from its shade, a channel


@dataclass(frozen=True, slots=True)
class Known:
    """A picture and the name of its product's colour."""

    name: str
    order: Order


@dataclass(slots=True)
class Tally:
    """Of one group of pictures."""

    group: str
    pictures: int = 0
    right: int = 0
    right_of_three: int = 0
    mistaken: Counter[tuple[str, str]] = field(default_factory=Counter)  # (drawn, told)

    @property
    def top_1(self) -> float:
        return self.right / self.pictures

    @property
    def top_3(self) -> float:
        return self.right_of_three / self.pictures


@dataclass(frozen=True, slots=True)
class Measured:
    """`milliseconds`: of measuring one picture, drawing left out."""

    tallies: list[Tally]
    milliseconds: float


def colors_told(*, held_out: bool, every: int = 1) -> Measured:
    """Tallies of all pictures, of rendered and photographed ones, and by what is behind the product."""
    tallies: dict[str, Tally] = {}
    pictures, seconds = 0, 0.0
    for known in islice(known_pictures(held_out=held_out), 0, None, every):
        image = draw(known.order)
        started = time.perf_counter()
        told = [color["name"] for color in measure(image)["colors"]]
        seconds += time.perf_counter() - started
        pictures += 1
        way = "photographed" if known.order.is_photographed else "rendered"
        for group in ("all", way, BEHIND[known.order.background]):
            tally = tallies.setdefault(group, Tally(group))
            tally.pictures += 1
            tally.right += told[:1] == [known.name]
            tally.right_of_three += known.name in told[:3]
            if told[:1] != [known.name]:
                tally.mistaken[known.name, told[0]] += 1
    return Measured(list(tallies.values()), seconds * 1000 / pictures)


@dataclass(slots=True)
class Lettered:
    """Of one kind of picture: how many are said to bear lettering, and the mean of the likelihoods."""

    kind: str
    pictures: int = 0
    said: int = 0
    likelihood: float = 0.0  # sum

    @property
    def share(self) -> float:
        return self.said / self.pictures

    @property
    def mean(self) -> float:
        return self.likelihood / self.pictures


def lettering_told(*, held_out: bool, every: int = 1) -> list[Lettered]:
    """Half the pictures bear lettering, a quarter a print, a quarter nothing. Said: a likelihood of a half or more."""
    found = {kind: Lettered(kind) for kind in ("lettering", "print", "neither")}
    for number, known in enumerate(islice(known_pictures(held_out=held_out), 0, None, every)):
        random = Random(known.order.seed + 1_000_000)  # noqa: S311 - drawing, no secret
        kind = ("lettering", "lettering", "neither", "print")[number % 4]
        # What is put on is put on before the camera's faults, mostly.
        image = draw(replace(known.order, is_photographed=known.order.is_photographed and kind == "neither"))
        if kind == "lettering":
            image = with_lettering(random, image)
        elif kind == "print":
            image = with_print(random, image)
        likelihood = measure(image)["text"]["likelihood"]
        one = found[kind]
        one.pictures += 1
        one.said += likelihood >= 0.5
        one.likelihood += likelihood
    return list(found.values())


def known_pictures(*, held_out: bool, rounds: int = ROUNDS) -> Iterator[Known]:
    """Every shade `rounds` times, on white, on a colour and in a scene, rendered and photographed by turns; held out: other
    shades, shapes and seeds."""
    number = 0
    for turn in range(rounds):
        for name in SHADES:
            for shade in shades(name, held_out=held_out):
                number += 1
                seed = number + (700_000 if held_out else 0)
                random = Random(seed)  # noqa: S311 - drawing, no secret
                order = Order(
                    color=_about(from_hex(shade), random),
                    shape=random.choice(HELD_OUT_SHAPES if held_out else TUNING_SHAPES),
                    texture=random.choice(list(TEXTURES)),
                    background=(WHITE, WHITE, PLAIN, SCENE)[(number + number // 4 + turn) % 4],
                    is_photographed=(number + turn) % 2 == 0,
                    seed=seed,
                )
                yield Known(name, order)


def _about(rgb: tuple[int, int, int], random: Random) -> tuple[int, int, int]:
    lightness, a, b = to_oklab(*rgb)
    moved: Lab = (
        lightness + random.uniform(-SPREAD, SPREAD),
        a + random.uniform(-SPREAD, SPREAD),
        b + random.uniform(-SPREAD, SPREAD),
    )
    return to_srgb(moved)
