"""What stands in a landscape: silhouettes with a light in them."""

from __future__ import annotations

import random

from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed
from vitrina.lib.outlines import Point, mirrored, smooth


def castle(canvas: Canvas, chance: random.Random, foot: float, color: Color, lamp: Color) -> None:
    middle, tall = chance.uniform(0.4, 0.6), foot - 0.16
    unit = 0.05 if canvas.ratio > 1 else 0.075
    _wall(canvas, middle - unit * 4, middle + unit * 4, foot - 0.15, foot + 0.06, mixed(color, lamp, 0.05))
    towers = [(-4, 0.5, 0.9), (-2.1, 0.68, 0.8), (0, 1.0, 1.25), (2.3, 0.78, 0.85), (4, 0.45, 0.95)]
    for place, high, wide in sorted(towers, key=lambda tower: -tower[1]):
        x, top, half = middle + place * unit, foot - 0.16 - tall * 0.62 * high, unit * 0.5 * wide
        shade = mixed(color, (0, 0, 0), chance.uniform(0, 0.25))
        _wall(canvas, x - half, x + half, top, foot + 0.06, shade)
        roof = top - half * 2.6 * canvas.ratio * 0.8
        canvas.shape([(x - half * 1.3, top), (x, roof), (x + half * 1.3, top)], mixed(shade, (0, 0, 0), 0.3))
        for row in range(2):
            window = top + 0.05 + row * 0.07
            canvas.shape(_arch(x, window, half * 0.26), lamp, alpha=0.9 if chance.random() < 0.75 else 0.25)
            canvas.glow(x, window, half * 1.2, lamp, alpha=0.35)
    gate = foot + 0.06
    canvas.shape(_arch(middle, gate - 0.05, unit * 0.34, 0.05), mixed(color, (0, 0, 0), 0.6))


def _wall(canvas: Canvas, left: float, right: float, top: float, bottom: float, color: Color) -> None:
    merlons = 9
    step = (right - left) / merlons
    points: list[Point] = [(left, bottom)]
    for number in range(merlons):
        y = top if number % 2 == 0 else top + 0.016
        points += [(left + number * step, y), (left + (number + 1) * step, y)]
    canvas.shape([*points, (right, bottom)], color, below=mixed(color, (0, 0, 0), 0.25))


def _arch(x: float, y: float, half: float, down: float = 0.018) -> list[Point]:
    return [
        (x - half, y + down),
        (x - half, y - down * 0.4),
        (x - half * 0.6, y - down),
        (x, y - down * 1.25),
        (x + half * 0.6, y - down),
        (x + half, y - down * 0.4),
        (x + half, y + down),
    ]


def forest(canvas: Canvas, chance: random.Random, foot: float, color: Color) -> None:
    for row, (shade, size, count) in enumerate(((0.0, 0.16, 26), (0.3, 0.24, 17), (0.6, 0.36, 9))):
        for number in range(count):
            x = (number + chance.uniform(0.1, 0.9)) / count
            if row == 2 and 0.3 < x < 0.7:
                continue  # a glade in the middle, for the light
            _spruce(
                canvas,
                chance,
                x,
                foot + 0.02 + row * 0.09,
                size * chance.uniform(0.75, 1.2),
                mixed(color, (0, 0, 0), shade),
            )


def _spruce(canvas: Canvas, chance: random.Random, x: float, foot: float, tall: float, color: Color) -> None:
    half = tall * 0.24 / canvas.ratio
    right: list[Point] = [(0, -tall)]
    for tier in range(1, 6):
        reach, y = half * tier / 5, -tall * (1 - tier / 5.2)
        right += [(reach * chance.uniform(0.9, 1.15), y), (reach * 0.55, y - tall * 0.015)]
    right += [(half * 0.1, -tall * 0.03), (half * 0.1, 0.02)]
    canvas.shape([(px, foot + py) for px, py in mirrored(right, x)], color)


def houses(
    canvas: Canvas, chance: random.Random, foot: float, color: Color, lamp: Color, *, has_church: bool
) -> None:
    x = -0.04
    while x < 1.02:
        wide, tall = chance.uniform(0.07, 0.12), chance.uniform(0.13, 0.3)
        shade = mixed(color, (0, 0, 0), chance.uniform(0, 0.35))
        top, right = foot - tall, x + wide
        canvas.shape([(x, foot + 0.12), (x, top), (right, top), (right, foot + 0.12)], shade)
        peak = top - chance.uniform(0.04, 0.09)
        canvas.shape(
            [(x - 0.008, top), ((x + right) / 2, peak), (right + 0.008, top)], mixed(shade, (0, 0, 0), 0.35)
        )
        chimney = x + wide * 0.72
        canvas.shape(
            [(chimney, top), (chimney, peak), (chimney + 0.012, peak), (chimney + 0.012, top)],
            mixed(shade, (0, 0, 0), 0.4),
        )
        for row in range(int(tall / 0.07)):
            for column in range(3):
                if chance.random() < 0.55:
                    a, b = x + wide * (0.16 + 0.26 * column), top + 0.03 + 0.065 * row
                    canvas.shape(
                        [(a, b), (a + wide * 0.14, b), (a + wide * 0.14, b + 0.032), (a, b + 0.032)],
                        lamp,
                        alpha=0.85,
                    )
        x = right + chance.uniform(-0.004, 0.012)
    if has_church:
        middle, shade = chance.uniform(0.35, 0.65), mixed(color, (0, 0, 0), 0.2)
        canvas.shape(
            [
                (middle - 0.03, foot + 0.1),
                (middle - 0.03, foot - 0.36),
                (middle, foot - 0.52),
                (middle + 0.03, foot - 0.36),
                (middle + 0.03, foot + 0.1),
            ],
            shade,
        )
        canvas.shape(_arch(middle, foot - 0.28, 0.009), lamp)


def ship(canvas: Canvas, chance: random.Random, foot: float, color: Color, lamp: Color) -> None:
    x, size = chance.uniform(0.3, 0.62), 0.12
    dark = mixed(color, (0, 0, 0), 0.45)
    hull = smooth([(-1.1, 0), (-0.9, 0.3), (-0.4, 0.42), (0.5, 0.42), (1.0, 0.2), (1.25, -0.1), (1.25, -0.1)])
    canvas.shape([(x + px * size, foot + py * size * 0.9) for px, py in hull], dark)
    for place, high in ((-0.5, 1.5), (0.15, 1.9), (0.75, 1.4)):
        mast = x + place * size
        canvas.shape(
            [
                (mast - 0.002, foot),
                (mast - 0.002, foot - high * size * 1.4),
                (mast + 0.002, foot - high * size * 1.4),
                (mast + 0.002, foot),
            ],
            dark,
        )
        for tier in range(2):
            top = foot - high * size * (1.3 - 0.6 * tier)
            sail = smooth(
                [
                    (mast - 0.03, top),
                    (mast + 0.035, top),
                    (mast + 0.05, top + size * 0.5 * high * 0.5),
                    (mast - 0.04, top + size * 0.5 * high * 0.55),
                ]
            )
            canvas.shape(sail, mixed(lamp, color, 0.25 + 0.15 * tier))


def figure(canvas: Canvas, chance: random.Random, color: Color, lamp: Color) -> None:
    """Somebody in a cloak, seen from behind against the light."""
    x = chance.choice((0.36, 0.62)) if canvas.ratio > 1 else 0.5
    tall = 0.5 if canvas.ratio > 1 else 0.62
    unit, foot = tall / 7.6, 0.99
    wide = unit / canvas.ratio
    canvas.glow(x, foot - tall * 0.7, wide * 6, lamp, alpha=0.4)
    half = [
        (0.0, -5.9),
        (0.7, -5.85),
        (1.45, -5.2),
        (1.75, -3.4),
        (2.0, -1.4),
        (2.5, 0.3),
        (2.5, 0.3),
        (0, 0.5),
    ]
    cloak = smooth(mirrored([(px * wide, foot + py * unit) for px, py in half], x))
    canvas.shape(cloak, mixed(color, lamp, 0.12), below=mixed(color, (0, 0, 0), 0.4))
    fold = smooth(
        [
            (x + 0.2 * wide, foot - 5.2 * unit),
            (x + 0.55 * wide, foot - 2 * unit),
            (x + 0.5 * wide, foot),
            (x + 0.9 * wide, foot),
            (x + 0.7 * wide, foot - 2.4 * unit),
        ]
    )
    canvas.shape(fold, mixed(color, (0, 0, 0), 0.5), alpha=0.6)
    canvas.oval(x, foot - 6.5 * unit, wide * 0.82, mixed(color, lamp, 0.2), flat=1.18)
    hair = smooth(
        mirrored(
            [
                (px * wide, foot + py * unit)
                for px, py in ((0, -7.5), (0.75, -7.2), (0.98, -6.4), (0.85, -5.6), (0, -5.3))
            ],
            x,
        )
    )
    canvas.shape(hair, mixed(color, (0, 0, 0), 0.35))
