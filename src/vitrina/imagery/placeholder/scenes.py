"""Landscapes, towns, rooms and people: light and weather, place and landmark by the words of the prompt."""

from __future__ import annotations

import math
import random

from vitrina.imagery.placeholder.canvas import Canvas, Color, mixed, rgb
from vitrina.imagery.placeholder.landmarks import castle, figure, forest, houses, ship
from vitrina.imagery.placeholder.rooms import room
from vitrina.imagery.placeholder.words import first_of, has_any
from vitrina.lib.outlines import Point

LIGHTS = {
    "night": ("night", "midnight", "moon", "moonlit", "moonlight", "dark", "horror", "stars", "gloomy"),
    "dawn": ("dawn", "sunrise", "morning"),
    "sunset": ("sunset", "dusk", "evening", "twilight", "autumn"),
    "storm": ("storm", "rain", "rainy", "thunder", "thunderstorm", "noir", "overcast"),
    "winter": ("winter", "snow", "snowy", "frost", "ice", "blizzard"),
    "day": ("day", "noon", "sunny", "sunlit", "summer", "bright", "spring"),
}
PLACES = {
    "castle": ("castle", "fortress", "tower", "palace", "manor", "citadel", "cathedral", "monastery", "ruin"),
    "forest": ("forest", "wood", "woods", "grove", "tree", "pine", "oak", "park", "garden", "jungle"),
    "town": ("city", "town", "street", "square", "village", "house", "farmstead", "cottage", "church", "roof"),
    "sea": ("sea", "ocean", "lake", "river", "shore", "coast", "harbor", "harbour", "ship", "boat", "bay"),
    "room": ("room", "interior", "hall", "bedroom", "chamber", "tavern", "library", "kitchen", "study", "cellar", "office"),
    "mountains": ("mountain", "cliff", "peak", "hill", "valley", "gorge", "steppe", "desert", "field", "road"),
}  # fmt: skip
PEOPLE = ("man", "woman", "girl", "boy", "person", "portrait", "character", "knight", "witch", "soldier",
          "stranger", "hero", "detective", "queen", "king", "prince", "princess", "officer", "lady", "traveler")  # fmt: skip
# Sky from above to the horizon, the far land, the near land, the light.
PALETTES: dict[str, tuple[tuple[str, ...], str, str, str]] = {
    "night": (("#0b1026", "#1b2547", "#3a4a74", "#6a7399"), "#39456b", "#0d1222", "#f2ead0"),
    "dawn": (("#5d7fae", "#a9b3cf", "#f1c7b4", "#fbe2c0"), "#a79db3", "#3b4257", "#fff3d6"),
    "sunset": (("#2e3158", "#7d4a73", "#d9745c", "#f6bf74"), "#8a566d", "#2a2036", "#ffe3a8"),
    "storm": (("#2c343d", "#4a555f", "#77828a", "#9aa3a6"), "#626d75", "#20272d", "#cfd8dc"),
    "winter": (("#8fa6bd", "#b9c8d6", "#dbe3ea", "#eef1f4"), "#b3c1cf", "#5f7286", "#ffffff"),
    "day": (("#3f7fc0", "#79add8", "#b8d6ea", "#e6f0ee"), "#86a9a6", "#2f5a44", "#fffbe6"),
}


def scene(canvas: Canvas, words: str, chance: random.Random) -> None:
    light = first_of(words, LIGHTS, chance.choice(("day", "dawn", "sunset")))
    place = first_of(words, PLACES, "mountains")
    shades, far_text, near_text, lamp_text = PALETTES[light]
    far, near, lamp = rgb(far_text), rgb(near_text), rgb(lamp_text)
    horizon = chance.uniform(0.56, 0.64)
    if place == "room":
        room(
            canvas,
            words,
            chance,
            sky=[rgb(shade) for shade in shades],
            lamp=lamp,
            is_dark=light in ("night", "storm"),
        )
    else:
        canvas.sky([rgb(shade) for shade in shades], 0, horizon + 0.2)
        _heaven(canvas, chance, light, lamp, horizon)
        _land(canvas, chance, place, far, near, horizon, lamp)
        _landmark(canvas, chance, place, words, mixed(far, near, 0.62), lamp, horizon)
        if place != "sea":
            _ridge(canvas, chance, 0.86, 0.05, mixed(near, (0, 0, 0), 0.25), 5)
        if has_any(words, ("fog", "mist", "foggy", "misty")):
            for height in (0.5, 0.62, 0.74, 0.86):
                canvas.glow(chance.uniform(0.1, 0.9), height, 0.9, rgb(shades[-1]), alpha=0.5, flat=0.1)
    if has_any(words, PEOPLE) or canvas.ratio < 0.9:
        figure(canvas, chance, mixed(near, (0, 0, 0), 0.45), lamp)
    if place == "room":
        return  # whatever falls, falls outside
    if light == "winter" or has_any(words, ("snow", "snowy")):
        _flakes(canvas, chance)
    if has_any(words, ("rain", "rainy", "thunderstorm")):
        _rain(canvas, chance)


def _heaven(canvas: Canvas, chance: random.Random, light: str, lamp: Color, horizon: float) -> None:
    x = chance.uniform(0.22, 0.78)
    y = {"night": 0.2, "day": 0.16, "winter": 0.24, "storm": 0.22}.get(light, horizon - 0.12)
    if light == "night":
        for _ in range(140):
            canvas.oval(
                chance.random(),
                chance.random() * horizon * 0.9,
                chance.uniform(0.0006, 0.0016),
                (235, 238, 250),
                alpha=chance.uniform(0.3, 0.95),
            )
    canvas.glow(x, y, 0.42, lamp, alpha=0.55 if light != "storm" else 0.25)
    if light != "storm":
        canvas.oval(x, y, 0.036 if light == "night" else 0.045, lamp)
    for _ in range(4 if light != "storm" else 9):
        cloud_x, cloud_y, width = (
            chance.uniform(-0.1, 1.1),
            chance.uniform(0.06, horizon * 0.7),
            chance.uniform(0.1, 0.28),
        )
        shade = mixed(lamp, (40, 46, 56), 0.75 if light in ("storm", "night") else 0.06)
        for _ in range(5):
            canvas.glow(
                cloud_x + chance.uniform(-width, width) * 0.6,
                cloud_y + chance.uniform(-0.012, 0.012),
                width * chance.uniform(0.4, 0.9),
                shade,
                alpha=0.3,
                flat=0.18,
            )


def _land(
    canvas: Canvas, chance: random.Random, place: str, far: Color, near: Color, horizon: float, lamp: Color
) -> None:
    rough = 0.16 if place == "mountains" else 0.07
    _ridge(canvas, chance, horizon - 0.02, rough, far, 3)
    _ridge(canvas, chance, horizon + 0.03, rough * 0.6, mixed(far, near, 0.35), 4)
    if place == "sea":
        canvas.sky([mixed(far, lamp, 0.35), mixed(far, near, 0.55), near], horizon + 0.04, 1)
        for _ in range(70):
            depth = chance.random() ** 1.6
            y, wide = horizon + 0.05 + depth * (0.93 - horizon), 0.01 + 0.09 * depth
            x = chance.random()
            glint = mixed(far, lamp, chance.uniform(0.3, 0.9))
            canvas.shape(
                [(x - wide, y), (x, y - 0.002), (x + wide, y), (x, y + 0.0025)],
                glint,
                alpha=0.35 + 0.3 * (1 - depth),
            )
    else:
        _ridge(canvas, chance, horizon + 0.13, 0.05, mixed(far, near, 0.66), 4)


def _landmark(
    canvas: Canvas, chance: random.Random, place: str, words: str, color: Color, lamp: Color, horizon: float
) -> None:
    foot = horizon + 0.16
    match place:
        case "castle":
            castle(canvas, chance, foot - 0.03, color, lamp)
        case "forest":
            forest(canvas, chance, foot, color)
        case "town":
            houses(
                canvas,
                chance,
                foot,
                color,
                lamp,
                has_church=has_any(words, ("church", "cathedral", "village")),
            )
        case "sea" if has_any(words, ("ship", "boat", "sail", "frigate")) or chance.random() < 0.5:
            ship(canvas, chance, foot, color, lamp)


def _ridge(
    canvas: Canvas, chance: random.Random, level: float, height: float, color: Color, octaves: int
) -> None:
    """Hills over the whole width, from `level` down to the lower edge; the more octaves, the rougher."""
    waves = [
        (height / 2**octave, 2**octave * chance.uniform(0.8, 1.3), chance.uniform(0, math.tau))
        for octave in range(octaves)
    ]
    count = 220
    points: list[Point] = [
        (
            step / count,
            level
            + sum(tall * math.sin(math.tau * often * step / count + shift) for tall, often, shift in waves)
            * 0.5,
        )
        for step in range(count + 1)
    ]
    canvas.shape([*points, (1, 1.01), (0, 1.01)], color, below=mixed(color, (0, 0, 0), 0.3))


def _flakes(canvas: Canvas, chance: random.Random) -> None:
    for _ in range(160):
        canvas.oval(
            chance.random(),
            chance.random(),
            chance.uniform(0.0008, 0.0036),
            (255, 255, 255),
            alpha=chance.uniform(0.4, 0.9),
        )


def _rain(canvas: Canvas, chance: random.Random) -> None:
    for _ in range(120):
        x, y, long = chance.random(), chance.random(), chance.uniform(0.02, 0.05)
        canvas.shape(
            [(x, y), (x + 0.0012, y), (x - 0.006, y + long), (x - 0.0072, y + long)],
            (225, 232, 240),
            alpha=0.35,
        )
