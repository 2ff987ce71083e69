"""A product on white, or on a table where the prompt asks for a scene."""

from __future__ import annotations

import random
from collections.abc import Callable

from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed, rgb
from vitrina.imagery.placeholder.words import color_of, first_of, has_any
from vitrina.lib.outlines import Point, mirrored, smooth

WORDS = {
    "bottle": (
        "bottle",
        "perfume",
        "shampoo",
        "cream",
        "lotion",
        "serum",
        "cosmetic",
        "jar",
        "oil",
        "vase",
        "thermos",
    ),
    "cup": ("cup", "mug", "teapot", "kettle", "bowl", "plate", "pot", "pan", "glass"),
    "shirt": (
        "shirt",
        "t-shirt",
        "dress",
        "sweater",
        "hoodie",
        "jacket",
        "coat",
        "blouse",
        "clothes",
        "suit",
        "shoe",
    ),
    "phone": (
        "phone",
        "smartphone",
        "tablet",
        "laptop",
        "headphone",
        "watch",
        "gadget",
        "speaker",
        "power bank",
    ),
    "bag": ("bag", "backpack", "handbag", "case", "suitcase", "wallet"),
}
SCENES = ("lifestyle", "table", "kitchen", "living room", "interior", "outdoors", "in use", "bedroom", "desk")


def product(canvas: Canvas, words: str, asked: str, chance: random.Random) -> None:
    color = rgb(
        color_of(words, asked, chance.choice(("#c96f4a", "#3f6f8f", "#5d7f63", "#8a5f8f", "#c9a24a")))
    )
    wide = 0.62 if canvas.ratio <= 1.1 else 0.62 / canvas.ratio
    foot = min(0.84, 0.5 + wide * canvas.ratio * 0.46)
    if has_any(words, SCENES):
        canvas.sky([rgb("#f3ede4"), rgb("#e9dfd2")], 0, 0.7)
        canvas.beam([(0.62, 0), (0.9, 0), (0.6, 0.72), (0.2, 0.72)], (255, 252, 240), alpha=0.6)
        canvas.sky([rgb("#d3b48c"), rgb("#b8946a")], 0.68, 1)
    else:
        canvas.sky([(255, 255, 255), (255, 255, 255)], 0, 1)
    canvas.glow(0.5, foot, wide * 0.62, (70, 72, 80), alpha=0.55, flat=0.16)
    _DRAWN[first_of(words, WORDS, "box")](_Stage(canvas, wide, foot), color)


class _Stage:
    """Lengths of a product: it stands at y 0, is one wide, and its middle is x 0; y goes up."""

    def __init__(self, canvas: Canvas, wide: float, foot: float) -> None:
        self.canvas, self.wide, self.foot = canvas, wide, foot

    def on(self, x: float, y: float) -> Point:
        return 0.5 + x * self.wide, self.foot - y * self.wide * self.canvas.ratio

    def fill(
        self, points: list[Point], color: Color, *, below: Color | None = None, alpha: float = 1.0
    ) -> None:
        self.canvas.shape([self.on(x, y) for x, y in points], color, below=below, alpha=alpha)

    def round(self, half: list[Point], color: Color, *, corners: bool = False) -> None:
        """A turned body, given by its right half from the top: shaded across, light from the left."""
        for share, tone in ((1.0, -0.38), (0.93, -0.24), (0.84, -0.1), (0.72, 0.0), (0.55, 0.08)):
            outline = mirrored([(x * share, y) for x, y in half], -(1 - share) * 0.18)
            shade = mixed(color, (255, 255, 255), tone) if tone > 0 else mixed(color, (0, 0, 0), -tone)
            self.fill(outline if corners else smooth(outline), shade)
        shine = [(-x * 0.62 - 0.02, y) for x, y in half if x > 0.05] + [
            (-x * 0.5 - 0.02, y) for x, y in reversed(half) if x > 0.05
        ]
        self.fill(smooth(shine), (255, 255, 255), alpha=0.35)


def _bottle(stage: _Stage, color: Color) -> None:
    stage.round([(0, 0.86), (0.09, 0.86), (0.1, 0.8), (0.1, 0.8), (0.24, 0.7), (0.27, 0.6), (0.27, 0.05), (0.265, 0.015), (0.24, 0), (0.1, 0), (0, 0)], color)  # fmt: skip
    stage.round(
        [(0, 1.02), (0.12, 1.02), (0.12, 1.02), (0.12, 0.84), (0.12, 0.84), (0, 0.84)], rgb("#3a3d42")
    )
    paper = mixed(color, (255, 255, 255), 0.82)
    stage.fill(
        [(-0.2, 0.5), (0.2, 0.5), (0.2, 0.18), (-0.2, 0.18)], paper, below=mixed(paper, (0, 0, 0), 0.1)
    )
    _lines(stage, -0.14, 0.42, 0.28, mixed(color, (0, 0, 0), 0.4))


def _cup(stage: _Stage, color: Color) -> None:
    ring = smooth([(0.3, 0.58), (0.52, 0.6), (0.6, 0.42), (0.5, 0.22), (0.28, 0.18)], closed=False)
    inner = smooth([(0.28, 0.27), (0.45, 0.29), (0.51, 0.42), (0.45, 0.52), (0.3, 0.5)], closed=False)
    stage.fill([*ring, *inner], mixed(color, (0, 0, 0), 0.2))
    stage.round(
        [
            (0, 0.72),
            (0.36, 0.72),
            (0.36, 0.72),
            (0.34, 0.3),
            (0.28, 0.05),
            (0.22, 0),
            (0.22, 0),
            (0, 0),
            (0, 0),
        ],
        color,
    )
    top = smooth(mirrored([(0, 0.755), (0.25, 0.745), (0.36, 0.72), (0.25, 0.692), (0, 0.683)], 0))
    stage.fill(top, mixed(color, (255, 255, 255), 0.3))
    drink = smooth(mirrored([(0, 0.742), (0.22, 0.734), (0.32, 0.716), (0.22, 0.698), (0, 0.69)], 0))
    stage.fill(drink, rgb("#5a3822"))


def _shirt(stage: _Stage, color: Color) -> None:
    half = [(0.0, 0.93), (0.1, 0.94), (0.13, 1.0), (0.13, 1.0), (0.32, 0.93), (0.56, 0.68), (0.56, 0.68), (0.42, 0.56),
            (0.42, 0.56), (0.31, 0.66), (0.31, 0.66), (0.3, 0.3), (0.32, 0.02), (0.32, 0.02), (0, 0.0)]  # fmt: skip
    stage.fill(
        smooth(mirrored(half, 0)), mixed(color, (255, 255, 255), 0.12), below=mixed(color, (0, 0, 0), 0.22)
    )
    collar = smooth(mirrored([(0, 0.9), (0.08, 0.93), (0.135, 1.0), (0.11, 1.0), (0, 0.955)], 0))
    stage.fill(collar, mixed(color, (0, 0, 0), 0.35))
    for x, y, long in ((-0.2, 0.5, 0.34), (0.17, 0.42, 0.3), (0.05, 0.3, 0.22), (-0.08, 0.62, 0.2)):
        fold = smooth(
            [(x, y), (x + 0.015, y - long / 2), (x + 0.05, y - long), (x + 0.03, y - long), (x, y - long / 2)]
        )
        stage.fill(fold, mixed(color, (0, 0, 0), 0.4), alpha=0.45)


def _phone(stage: _Stage, color: Color) -> None:
    stage.fill(_rounded(-0.27, 0.0, 0.27, 1.06, 0.07), mixed(color, (0, 0, 0), 0.35))
    stage.fill(_rounded(-0.26, 0.01, 0.26, 1.05, 0.06), rgb("#0f1216"))
    stage.fill(
        _rounded(-0.24, 0.03, 0.24, 1.03, 0.05),
        mixed(color, (255, 255, 255), 0.45),
        below=mixed(color, (10, 12, 40), 0.35),
    )
    stage.fill(_rounded(-0.06, 0.985, 0.06, 1.01, 0.012), rgb("#0f1216"))
    for row in range(3):
        for column in range(4):
            x, y = -0.185 + column * 0.105, 0.34 - row * 0.12
            stage.fill(
                _rounded(x, y, x + 0.075, y + 0.075, 0.02),
                (255, 255, 255),
                alpha=0.75 - 0.12 * ((row + column) % 3),
            )
    stage.fill([(-0.24, 1.03), (0.02, 1.03), (-0.24, 0.36)], (255, 255, 255), alpha=0.16)


def _bag(stage: _Stage, color: Color) -> None:
    outer = smooth([(-0.24, 0.6), (-0.2, 1.0), (0.2, 1.0), (0.24, 0.6)], closed=False)
    inner = smooth([(0.19, 0.6), (0.155, 0.94), (-0.155, 0.94), (-0.19, 0.6)], closed=False)
    stage.fill([*outer, *inner], mixed(color, (0, 0, 0), 0.45))
    body = smooth(
        mirrored([(0, 0.7), (0.36, 0.7), (0.4, 0.66), (0.46, 0.05), (0.44, 0.0), (0.44, 0.0), (0, 0.0)], 0)
    )
    stage.fill(body, mixed(color, (255, 255, 255), 0.12), below=mixed(color, (0, 0, 0), 0.3))
    flap = smooth(mirrored([(0, 0.71), (0.38, 0.71), (0.36, 0.46), (0.2, 0.36), (0, 0.34)], 0))
    stage.fill(flap, mixed(color, (255, 255, 255), 0.2), below=mixed(color, (0, 0, 0), 0.12))
    stage.fill(_rounded(-0.05, 0.32, 0.05, 0.4, 0.02), rgb("#c8a95a"))


def _box(stage: _Stage, color: Color) -> None:
    stage.fill(
        [(-0.5, 0.1), (0.08, 0.0), (0.08, 0.6), (-0.5, 0.66)], color, below=mixed(color, (0, 0, 0), 0.15)
    )
    stage.fill([(0.08, 0.0), (0.5, 0.14), (0.5, 0.68), (0.08, 0.6)], mixed(color, (0, 0, 0), 0.32))
    stage.fill([(-0.5, 0.66), (0.08, 0.6), (0.5, 0.68), (-0.06, 0.74)], mixed(color, (255, 255, 255), 0.3))
    stage.fill([(-0.28, 0.635), (-0.16, 0.622), (0.29, 0.72), (0.17, 0.733)], rgb("#d9c9a8"))
    stage.fill([(-0.28, 0.635), (-0.16, 0.622), (-0.16, 0.5), (-0.28, 0.515)], rgb("#cbb990"))
    _lines(stage, -0.44, 0.3, 0.2, mixed(color, (255, 255, 255), 0.75))


def _lines(stage: _Stage, x: float, y: float, wide: float, color: Color) -> None:
    """Print without words."""
    for row, share in enumerate((1.0, 0.7, 0.85, 0.5)):
        top = y - row * 0.055
        stage.fill(
            [(x, top), (x + wide * share, top), (x + wide * share, top - 0.018), (x, top - 0.018)],
            color,
            alpha=0.85,
        )


def _rounded(left: float, low: float, right: float, high: float, corner: float) -> list[Point]:
    points: list[Point] = []
    for x, y, dx, dy in ((right, high, -1, -1), (right, low, -1, 1), (left, low, 1, 1), (left, high, 1, -1)):
        one, other = (x + dx * corner, y), (x, y + dy * corner)
        a, b = (one, other) if dx * dy > 0 else (other, one)
        for step in range(7):
            t = step / 6
            points.append(
                (
                    (1 - t) ** 2 * a[0] + 2 * t * (1 - t) * x + t * t * b[0],
                    (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * y + t * t * b[1],
                )
            )
    return points


_DRAWN: dict[str, Callable[[_Stage, Color], None]] = {
    "bottle": _bottle,
    "cup": _cup,
    "shirt": _shirt,
    "phone": _phone,
    "bag": _bag,
    "box": _box,
}
