"""A car before a studio's wall, from the angle that the prompt asks for: a small model in space, turned and projected.

Meters: x to the nose, y to the car's left, z up. The outside is the upper profile of the body, drawn out to both sides.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vitrina.imagery.placeholder.cabins import bench, dashboard, seats, wheel
from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed, rgb
from vitrina.imagery.placeholder.words import color_of, first_of
from vitrina.lib.outlines import Point, smooth

Place = tuple[float, float, float]


@dataclass(frozen=True)
class View:
    """From where a car is seen. `degrees`: that the camera stands to the left of the nose; `rise`: above the ground. With
    `focus` that place stands in the middle of the page, `zoom` times as large."""

    degrees: float = 37
    rise: float = 9
    focus: Place | None = None
    zoom: float = 1.0


# In this order: what is more particular comes first.
VIEWS: tuple[tuple[str, View | str], ...] = (
    (r"three[- ]quarter front|front three[- ]quarter", View()),
    (r"three[- ]quarter rear|rear three[- ]quarter", View(143)),
    (r"(close|detail)[\w ,-]* wheel|wheel (close|detail)", "wheel"),
    (r"(close|detail)[\w ,-]* headlight", View(24, 7, (2.1, 0.55, 0.72), 2.6)),
    (r"engine bay", View(0, 40, (1.4, 0.0, 0.9), 1.7)),
    (r"luggage compartment|trunk", View(180, 26, (-2.0, 0.0, 0.85), 1.7)),
    (r"(view|shot|picture) of the dashboard|dashboard view|steering wheel, instruments", "dashboard"),
    (r"rear bench|rear seats", "bench"),
    (r"view of the (cabin|interior)|(cabin|interior) view", "seats"),
    (r"side view of the right|right side view", View(-90)),
    (r"side view|in profile", View(90)),
    (r"rear view|from behind|back view", View(180)),
    (r"front view|facing the camera", View(0)),
)


@dataclass(frozen=True)
class Body:
    """`profile`: (x, z) from the front bumper over the roof to the rear one. `glass`: which of its segments are glass.
    `sides`: (x, z) of the side windows. `belt`: z below which the sides are upright. `axles`: x of both."""

    profile: tuple[Point, ...]
    glass: tuple[int, int]
    sides: tuple[Point, ...]
    belt: float = 0.92
    roof: float = 1.46
    axles: tuple[float, float] = (1.32, -1.3)
    radius: float = 0.33


BODIES = {
    "sedan": Body(
        ((2.22, 0.24), (2.28, 0.5), (2.16, 0.74), (1.9, 0.86), (0.98, 0.97), (0.14, 1.42), (-0.82, 1.43), (-1.6, 1.02),
         (-2.2, 0.96), (-2.28, 0.6), (-2.24, 0.26)),
        (4, 6), ((0.78, 0.97), (0.12, 1.36), (-0.8, 1.36), (-1.42, 1.0)), roof=1.43,
    ),
    "suv": Body(
        ((2.1, 0.34), (2.17, 0.62), (2.1, 0.95), (1.88, 1.06), (1.02, 1.14), (0.36, 1.66), (-1.5, 1.68), (-2.02, 1.14),
         (-2.12, 0.9), (-2.16, 0.6), (-2.1, 0.36)),
        (4, 6), ((0.86, 1.14), (0.32, 1.59), (-1.4, 1.6), (-1.82, 1.15)), belt=1.08, roof=1.68, radius=0.38,
    ),
    "hatchback": Body(
        ((1.94, 0.24), (2.0, 0.5), (1.9, 0.76), (1.68, 0.88), (0.92, 1.0), (0.1, 1.44), (-1.1, 1.46), (-1.78, 1.06),
         (-1.88, 0.84), (-1.94, 0.54), (-1.9, 0.26)),
        (4, 6), ((0.72, 1.0), (0.08, 1.38), (-1.02, 1.39), (-1.5, 1.04)), axles=(1.2, -1.18),
    ),
    "wagon": Body(
        ((2.2, 0.24), (2.26, 0.5), (2.14, 0.74), (1.9, 0.86), (0.98, 0.97), (0.16, 1.43), (-1.6, 1.45), (-2.14, 1.02),
         (-2.2, 0.86), (-2.26, 0.56), (-2.22, 0.26)),
        (4, 6), ((0.78, 0.97), (0.14, 1.37), (-1.52, 1.38), (-1.92, 1.0)),
    ),
    "coupe": Body(
        ((2.2, 0.22), (2.26, 0.46), (2.12, 0.68), (1.86, 0.78), (0.78, 0.9), (-0.06, 1.27), (-0.66, 1.28), (-1.86, 0.92),
         (-2.18, 0.9), (-2.26, 0.56), (-2.2, 0.24)),
        (4, 6), ((0.56, 0.9), (-0.08, 1.21), (-0.64, 1.22), (-1.3, 0.94)), belt=0.86, roof=1.28,
    ),
}  # fmt: skip
WORDS = {
    "suv": ("suv", "crossover", "off-road", "offroad", "pickup", "x5", "h6"),
    "hatchback": ("hatchback", "hatch", "clio", "308"),
    "wagon": ("wagon", "estate", "minivan", "van"),
    "coupe": ("coupe", "roadster", "convertible", "cabriolet", "sports car"),
    "sedan": ("sedan", "saloon", "limousine", "e-class"),
}
HALF_WIDTH, HALF_ROOF = 0.9, 0.6
GLASS, TIRE, RIM = rgb("#1d2731"), rgb("#17181b"), rgb("#b9bec4")
_LIGHT: Place = (0.34, 0.5, 0.8)


def car(canvas: Canvas, words: str, asked: str, chance: random.Random) -> None:
    paint = rgb(color_of(words, asked, chance.choice(("#8d99a6", "#2b5c9e", "#b3262c", "#e3e5e7"))))
    view = next((view for words_of, view in VIEWS if re.search(words_of, words)), View())
    match view:
        case "wheel":
            wheel(canvas, paint)
        case "dashboard":
            dashboard(canvas)
        case "seats":
            seats(canvas)
        case "bench":
            bench(canvas)
        case View():
            _studio(canvas)
            _Model(canvas, BODIES[first_of(words, WORDS, "sedan")], paint, view).draw()


def _studio(canvas: Canvas) -> None:
    canvas.sky([rgb("#8b929b"), rgb("#c3c8ce"), rgb("#dfe2e5")], 0, 0.62)
    canvas.sky([rgb("#cfd3d7"), rgb("#aab0b7"), rgb("#868d95")], 0.6, 1)
    canvas.glow(0.5, 0.6, 0.6, (250, 251, 252), alpha=0.55, flat=0.35)


class _Model:
    """A car that is seen by a camera at the height of the eyes, fitted into the page."""

    def __init__(self, canvas: Canvas, body: Body, paint: Color, view: View) -> None:
        self.canvas, self.body, self.paint = canvas, body, paint
        turn, rise = math.radians(view.degrees), math.radians(view.rise)
        self.eye: Place = (
            9 * math.cos(turn) * math.cos(rise),
            9 * math.sin(turn) * math.cos(rise),
            0.6 + 9 * math.sin(rise),
        )
        self.forward: Place = (
            -math.cos(turn) * math.cos(rise),
            -math.sin(turn) * math.cos(rise),
            -math.sin(rise),
        )
        self.right: Place = (-math.sin(turn), math.cos(turn), 0.0)
        self.up = _cross(self.right, self.forward)
        if self.up[2] < 0:
            self.up = (-self.up[0], -self.up[1], -self.up[2])
        corners = [
            self._plane((x, y, z))
            for x in (-2.3, 2.3)
            for y in (-HALF_WIDTH, HALF_WIDTH)
            for z in (0.0, body.roof)
        ]
        left, right = min(x for x, _ in corners), max(x for x, _ in corners)
        low, high = min(y for _, y in corners), max(y for _, y in corners)
        # The page's width is 1; a share of its height is worth `ratio` times less.
        self.scale = min(0.84 / (right - left), 0.58 / canvas.ratio / (high - low))
        self.middle, self.stand = ((left + right) / 2, low), 0.8
        if view.focus is not None:
            self.middle, self.stand = self._plane(view.focus), 0.48
            self.scale *= view.zoom

    def draw(self) -> None:
        """From the far to the near: the body is hollow nowhere, so what faces the camera hides the rest."""
        self._shadow()
        is_turned = abs(self.eye[1]) > 1
        side = 1 if self.eye[1] > 0 else -1
        for axle in self.body.axles if is_turned else [max(self.body.axles, key=lambda x: x * self.eye[0])]:
            self._tire(axle, -side)
            self._tire(axle, side)
        if is_turned:
            self._flank(side)
        for _, outline, color in sorted(self._strips(), key=lambda face: -face[0]):
            self.canvas.shape(outline, color)
        self._face(front=self.eye[0] > 0)
        if is_turned:
            self._glasses(side)
            self._wheels(side)

    # --- Its parts ------------------------------------------------------------------------------------------

    def _strips(self) -> list[tuple[float, list[Point], Color]]:
        """What faces the camera of the body's upper side: (distance, outline, color)."""
        points = smooth(self.body.profile, closed=False, steps=5)
        found = []
        for number, (one, other) in enumerate(pairwise(points)):
            segment = number // 5
            quad = self._quad(one, other)
            seen = _minus(self.eye, quad[0])
            normal = _unit(_cross(_minus(quad[1], quad[0]), _minus(quad[3], quad[0])))
            if _dot(normal, seen) <= 0:
                continue
            is_glass = segment in self.body.glass
            color = self._lit(GLASS if is_glass else self.paint, normal)
            if is_glass:
                color = mixed(color, (190, 205, 220), 0.25)
            found.append((math.dist(self.eye, _middle(quad)), [self._on(place) for place in quad], color))
        return found

    def _quad(self, one: Point, other: Point) -> list[Place]:
        """Across the car, seen from outside against the clock."""
        (x1, z1), (x2, z2) = one, other
        w1, w2 = self._half(z1), self._half(z2)
        return [(x1, w1, z1), (x2, w2, z2), (x2, -w2, z2), (x1, -w1, z1)]

    def _half(self, z: float) -> float:
        belt, roof = self.body.belt, self.body.roof
        if z <= belt:
            return HALF_WIDTH - 0.05 * max(0.0, (0.45 - z) / 0.2)
        return HALF_WIDTH + (HALF_ROOF - HALF_WIDTH) * min(1.0, (z - belt) / (roof - belt))

    def _flank(self, side: int) -> None:
        profile = smooth(self.body.profile, closed=False, steps=5)
        outline = [self._on((x, side * self._half(z), z)) for x, z in profile]
        light = self._lit(self.paint, (0, side, 0.12))
        self.canvas.shape(outline, mixed(light, (255, 255, 255), 0.12), below=mixed(light, (0, 0, 0), 0.42))
        crease = self.body.belt - 0.2
        line = [(1.75, crease - 0.02), (-1.95, crease + 0.03), (-1.95, crease + 0.005), (1.75, crease - 0.03)]
        self._side(line, side, mixed(light, (0, 0, 0), 0.35), alpha=0.5)
        for x in (0.62, -0.42, -1.22):
            seam = [(x, 0.36), (x + 0.02, self.body.belt), (x + 0.008, self.body.belt), (x - 0.012, 0.36)]
            self._side(seam, side, mixed(light, (0, 0, 0), 0.55), alpha=0.5)
        for x in (0.42, -0.62):
            handle = [
                (x, crease + 0.08),
                (x - 0.2, crease + 0.085),
                (x - 0.2, crease + 0.06),
                (x, crease + 0.055),
            ]
            self._side(handle, side, mixed(light, (255, 255, 255), 0.35))
        sill = [(0.95, 0.3), (-0.9, 0.3), (-0.9, 0.24), (0.95, 0.24)]
        self._side(sill, side, TIRE)

    def _glasses(self, side: int) -> None:
        outline = smooth([*self.body.sides, self.body.sides[-1]], steps=6)
        placed = [self._on((x, side * (self._half(z) + 0.004), z)) for x, z in outline]
        self.canvas.shape(placed, mixed(GLASS, (150, 170, 190), 0.3), below=GLASS)
        for x in (-0.36, -1.12):
            pillar = [(x, self.body.belt), (x + 0.02, self.body.roof - 0.1), (x - 0.05, self.body.roof - 0.1), (x - 0.05, self.body.belt)]  # fmt: skip
            self._side(pillar, side, TIRE)

    def _wheels(self, side: int) -> None:
        radius = self.body.radius
        for axle in self.body.axles:
            self._disk(axle, side, radius + 0.06, mixed(TIRE, (0, 0, 0), 0.5))
            self._tire(axle, side)
            self._disk(axle, side, radius * 0.99, TIRE)
            self._disk(axle, side, radius * 0.7, RIM)
            self._disk(axle, side, radius * 0.6, mixed(TIRE, RIM, 0.2))
            for spoke in range(5):
                at = math.tau * spoke / 5 + 0.3
                a, b = at - 0.16, at + 0.16
                star = [
                    (axle + radius * 0.64 * math.cos(t), radius + radius * 0.64 * math.sin(t)) for t in (a, b)
                ]
                hub = [
                    (axle + radius * 0.1 * math.cos(t), radius + radius * 0.1 * math.sin(t))
                    for t in (b + 1, a - 1)
                ]
                self._side([*star, *hub], side, RIM, out=0.01)
            self._disk(axle, side, radius * 0.13, mixed(RIM, (0, 0, 0), 0.3))

    def _disk(self, axle: float, side: int, radius: float, color: Color) -> None:
        around = [
            (
                axle + radius * math.cos(math.tau * step / 40),
                self.body.radius + radius * math.sin(math.tau * step / 40),
            )
            for step in range(40)
        ]
        self._side(around, side, color, out=0.01)

    def _tire(self, axle: float, side: int) -> None:
        radius = self.body.radius
        rim = [
            self._on((axle + radius * math.cos(t), side * y, radius + radius * math.sin(t)))
            for y in (HALF_WIDTH, HALF_WIDTH - 0.24)
            for t in (math.tau * step / 24 for step in range(24))
        ]
        self.canvas.shape(_hull(rim), TIRE)

    def _face(self, *, front: bool) -> None:
        """Lamps, grille, plate on the end that is seen."""
        profile = self.body.profile
        low, high = (profile[1], profile[2]) if front else (profile[-2], profile[-3])
        if abs(_unit(self.eye)[0]) < 0.25:
            return

        def at(share: float, y: float) -> Place:
            x, z = low[0] + (high[0] - low[0]) * share, low[1] + (high[1] - low[1]) * share
            return (x + (0.015 if front else -0.015), y, z)

        lamp = rgb("#f4f6ef") if front else rgb("#c2222a")
        for sign in (-1, 1):
            housing = [
                at(0.55, sign * 0.46),
                at(0.98, sign * 0.5),
                at(0.96, sign * 0.87),
                at(0.6, sign * 0.88),
            ]
            self.canvas.shape([self._on(place) for place in housing], mixed(lamp, (0, 0, 0), 0.55))
            core = [at(0.66, sign * 0.52), at(0.9, sign * 0.54), at(0.88, sign * 0.84), at(0.7, sign * 0.84)]
            self.canvas.shape([self._on(place) for place in core], lamp)
        grille = [at(0.5, -0.38), at(0.95, -0.4), at(0.95, 0.4), at(0.5, 0.38)]
        dark = TIRE if front else mixed(self.paint, (0, 0, 0), 0.28)
        self.canvas.shape([self._on(place) for place in grille], dark)
        plate = [at(0.12, -0.26), at(0.36, -0.26), at(0.36, 0.26), at(0.12, 0.26)]
        self.canvas.shape([self._on(place) for place in plate], (236, 238, 240))
        lip = [at(-0.55, -0.7), at(-0.2, -0.74), at(-0.2, 0.74), at(-0.55, 0.7)]
        self.canvas.shape([self._on(place) for place in lip], TIRE)

    def _shadow(self) -> None:
        floor = [self._on((x * 1.04, y * 1.1, 0.0)) for x in (-2.2, 2.2) for y in (-HALF_WIDTH, HALF_WIDTH)]
        self.canvas.beam(_hull(floor), (24, 26, 30), alpha=0.75, blur=0.012)

    # --- Space ------------------------------------------------------------------------------------------------

    def _side(
        self, outline: Sequence[Point], side: int, color: Color, *, alpha: float = 1.0, out: float = 0.005
    ) -> None:
        placed = [self._on((x, side * (self._half(z) + out), z)) for x, z in outline]
        self.canvas.shape(placed, color, alpha=alpha)

    def _lit(self, color: Color, normal: Place) -> Color:
        """The light stands above the camera, on the side that is seen."""
        x, y, z = _LIGHT
        light = (math.copysign(x, self.eye[0]), math.copysign(y, self.eye[1]), z)
        bright = 0.58 + 0.62 * max(0.0, _dot(_unit(normal), _unit(light)))
        if bright > 1:
            return mixed(color, (255, 255, 255), (bright - 1) * 1.6)
        return mixed(color, (0, 0, 0), 1 - bright)

    def _plane(self, place: Place) -> Point:
        seen = _minus(place, self.eye)
        depth = _dot(seen, self.forward)
        return _dot(seen, self.right) / depth, _dot(seen, self.up) / depth

    def _on(self, place: Place) -> Point:
        """On the page: the wheels stand at four fifths of its height, or the focus in its middle."""
        x, y = self._plane(place)
        return 0.5 + (x - self.middle[0]) * self.scale, 0.8 - (
            y - self.middle[1]
        ) * self.scale * self.canvas.ratio


def _hull(points: Sequence[Point]) -> list[Point]:
    """The convex outline around points (Andrew's monotone chain)."""
    ordered = sorted(set(points))

    def half(some: Sequence[Point]) -> list[Point]:
        chain: list[Point] = []
        for x, y in some:
            while len(chain) > 1 and (
                (chain[-1][0] - chain[-2][0]) * (y - chain[-2][1]) - (chain[-1][1] - chain[-2][1]) * (x - chain[-2][0])
            ) <= 0:  # fmt: skip
                chain.pop()
            chain.append((x, y))
        return chain[:-1]

    return half(ordered) + half(ordered[::-1])


def _minus(one: Place, other: Place) -> Place:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2]


def _dot(one: Place, other: Place) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def _cross(one: Place, other: Place) -> Place:
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )


def _unit(place: Place) -> Place:
    long = math.hypot(*place) or 1.0
    return place[0] / long, place[1] / long, place[2] / long


def _middle(quad: Sequence[Place]) -> Place:
    return (
        sum(place[0] for place in quad) / len(quad),
        sum(place[1] for place in quad) / len(quad),
        sum(place[2] for place in quad) / len(quad),
    )
