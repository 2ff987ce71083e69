"""A room with a window: its light lies on the floor."""

from __future__ import annotations

import random
from collections.abc import Sequence

from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed, rgb
from vitrina.imagery.placeholder.words import has_any


def room(
    canvas: Canvas, words: str, chance: random.Random, *, sky: Sequence[Color], lamp: Color, is_dark: bool
) -> None:
    wall = rgb(chance.choice(("#b9a58a", "#8f9b8b", "#a4897c", "#8d8fa3")))
    if is_dark:
        wall = mixed(wall, (18, 16, 24), 0.72)
    floor = mixed(rgb("#7d5a3c"), (10, 8, 10), 0.55 if is_dark else 0.1)
    canvas.sky([mixed(wall, (0, 0, 0), 0.35), wall, mixed(wall, (255, 240, 220), 0.1)], 0, 0.7)
    canvas.sky([mixed(floor, (0, 0, 0), 0.25), floor], 0.7, 1)
    for board in range(-6, 18):
        x = board / 12
        canvas.shape([(0.5 + (x - 0.5) * 0.8, 0.7), (0.5 + (x - 0.5) * 0.804, 0.7), (0.5 + (x - 0.5) * 1.9, 1), (0.5 + (x - 0.5) * 1.89, 1)], mixed(floor, (0, 0, 0), 0.4), alpha=0.6)  # fmt: skip
    canvas.shape([(0, 0.685), (1, 0.685), (1, 0.715), (0, 0.715)], mixed(wall, (0, 0, 0), 0.5))
    left, right, top, bottom = 0.16, 0.38, 0.14, 0.52
    frame = mixed(wall, (0, 0, 0), 0.55)
    canvas.shape([(left - 0.02, top - 0.03), (right + 0.02, top - 0.03), (right + 0.02, bottom + 0.03), (left - 0.02, bottom + 0.03)], frame)  # fmt: skip
    for column in range(2):
        for row in range(2):
            wide, tall = (right - left) / 2, (bottom - top) / 2
            x, y = left + column * wide, top + row * tall
            canvas.shape([(x + 0.004, y + 0.006), (x + wide - 0.004, y + 0.006), (x + wide - 0.004, y + tall - 0.006), (x + 0.004, y + tall - 0.006)], sky[row + 1], below=sky[row + 2])  # fmt: skip
    canvas.beam([(left, top), (right, top), (0.92, 0.98), (0.46, 0.98)], lamp, alpha=0.28)
    canvas.beam([(0.5, 0.76), (0.78, 0.76), (0.92, 0.97), (0.55, 0.97)], lamp, alpha=0.4)
    if has_any(words, ("library", "study", "book", "office", "bookshelf")):
        _shelves(canvas, chance, wall)
    else:
        _picture(canvas, chance, frame, lamp)
    _table(canvas, floor, lamp)


def _shelves(canvas: Canvas, chance: random.Random, wall: Color) -> None:
    wood = mixed(rgb("#5d4028"), wall, 0.2)
    canvas.shape([(0.56, 0.08), (0.96, 0.08), (0.96, 0.7), (0.56, 0.7)], mixed(wood, (0, 0, 0), 0.5))
    for row in range(4):
        x, foot = 0.572, 0.215 + row * 0.155
        while x < 0.94:
            wide, tall = chance.uniform(0.008, 0.018), chance.uniform(0.085, 0.12)
            spine = rgb(chance.choice(("#7b2d2b", "#2f4a5e", "#5c6b3c", "#8a6a35", "#3d3346", "#a48a63")))
            canvas.shape(
                [(x, foot), (x, foot - tall), (x + wide, foot - tall), (x + wide, foot)],
                mixed(spine, wall, 0.15),
            )
            x += wide + 0.001
        canvas.shape([(0.56, foot), (0.96, foot), (0.96, foot + 0.014), (0.56, foot + 0.014)], wood)


def _picture(canvas: Canvas, chance: random.Random, frame: Color, lamp: Color) -> None:
    canvas.shape([(0.6, 0.16), (0.84, 0.16), (0.84, 0.44), (0.6, 0.44)], rgb("#8a6a35"))
    canvas.shape([(0.612, 0.177), (0.828, 0.177), (0.828, 0.423), (0.612, 0.423)], mixed(frame, lamp, 0.35))
    for _ in range(3):
        x, level = chance.uniform(0.64, 0.8), chance.uniform(0.3, 0.38)
        canvas.shape([(0.612, 0.423), (0.612, level + 0.03), (x, level - 0.05), (0.828, level + 0.04), (0.828, 0.423)], frame, alpha=0.45)  # fmt: skip


def _table(canvas: Canvas, floor: Color, lamp: Color) -> None:
    wood = mixed(floor, (255, 220, 170), 0.16)
    for x in (0.56, 0.86):
        canvas.shape(
            [(x, 0.64), (x + 0.018, 0.64), (x + 0.016, 0.93), (x + 0.002, 0.93)], mixed(wood, (0, 0, 0), 0.45)
        )
    canvas.shape([(0.52, 0.64), (0.55, 0.6), (0.89, 0.6), (0.92, 0.64)], wood)
    canvas.shape([(0.52, 0.64), (0.92, 0.64), (0.92, 0.665), (0.52, 0.665)], mixed(wood, (0, 0, 0), 0.35))
    canvas.shape([(0.712, 0.61), (0.712, 0.53), (0.726, 0.53), (0.726, 0.61)], rgb("#efe6d2"))
    canvas.oval(0.719, 0.612, 0.022, rgb("#a98442"), flat=0.3)
    canvas.glow(0.719, 0.5, 0.2, rgb("#ffd489"), alpha=0.55)
    canvas.shape([(0.714, 0.525), (0.719, 0.48), (0.724, 0.525)], rgb("#fff0c2"))
    canvas.glow(0.719, 0.63, 0.16, lamp, alpha=0.25, flat=0.2)
