"""The colours of a product: the surfaces it shows, largest first, each with the name that people give it. Pure.

Light changes how light a surface looks, and how strong its colour, but not its hue: the same surface lit and shaded is one
colour here. It is named by its lit part, after the tint of a white background, which is the tint of the light, was
taken off.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from itertools import compress
from math import hypot
from typing import Any

from PIL import Image, ImageFilter

from vitrina.lib.pictures.backgrounds import SCENE, Background
from vitrina.lib.pictures.colors import Lab, delinear, linear, nearest, to_hex, to_oklab

MOST = 5  # colours that are told
LEAST_SHARE = 0.04  # of the product; what is less is a button, a seam or a reflection
LIT_FROM, LIT_TO = 0.7, 0.96  # of a surface, from its darkest part to its lightest
SHEET_LIGHTNESS, SHEET_CHROMA = (
    0.8,
    0.025,
)  # OKLab: a background like this is a white sheet, whatever the camera made of it
TAKEN_OFF = 0.7  # how much of a sheet's grey and tint is the light's; the rest may be the sheet's own
MIDDLE, INNER = (
    0.3,
    0.1,
)  # of a scene's sides, cut off at every edge: where the product is, and what isn't the edge
PATCHES = 24  # how finely the pixels are sorted before surfaces are told apart

Rgb = tuple[int, int, int]


@dataclass(slots=True)
class _Patch:
    rgb: Rgb
    lab: Lab
    weight: float


@dataclass(slots=True)
class _Surface:
    patches: list[_Patch] = field(default_factory=list)

    @property
    def weight(self) -> float:
        return sum(patch.weight for patch in self.patches)


def colors_of(small: Image.Image, background: Background) -> list[dict[str, Any]]:
    """[{"hex", "share", "name"}], at most five. `hex` is as the pixels have it; `name`, an id of the palette, is as it
    would look in white light. Shares are of the product; together they may be less than 1.

    Where the product can't be told from the background, the colours of the whole picture; in a scene, of what fills the
    middle and not the edge.
    """
    weighed = _weighed(small, background)
    light = _light(background)
    patches = [_Patch(rgb, to_oklab(*_under_white(rgb, light)), weight) for rgb, weight in weighed]
    whole = sum(patch.weight for patch in patches) or 1.0
    told: list[dict[str, Any]] = []
    for surface in sorted(_surfaces(patches), key=lambda surface: -surface.weight):
        share = surface.weight / whole
        if share < LEAST_SHARE:
            continue
        rgb, lab = _lit(surface)
        name = nearest(lab).id
        same = next((color for color in told if color["name"] == name), None)
        if same is not None:
            same["share"] = round(same["share"] + share, 3)
        elif len(told) < MOST:
            told.append({"hex": to_hex(*rgb), "share": round(share, 3), "name": name})
    return sorted(told, key=lambda color: -color["share"])


def _weighed(small: Image.Image, background: Background) -> list[tuple[Rgb, float]]:
    if background.kind == SCENE:
        return _of_the_middle(small)
    if background.subject is None:
        return _patched(small)
    inner = background.subject.filter(ImageFilter.MinFilter(3))
    mask = inner if inner.histogram()[255] >= 60 else background.subject
    return _patched(_only(small, mask))


def _only(small: Image.Image, mask: Image.Image) -> Image.Image:
    """The pixels under the mask in one row."""
    pixels = memoryview(small.convert("RGBX").tobytes()).cast("I")
    kept = array("I", compress(pixels, mask.tobytes()))
    return Image.frombytes("RGBX", (len(kept), 1), kept.tobytes()).convert("RGB")


def _patched(pixels: Image.Image) -> list[tuple[Rgb, float]]:
    sorted_, palette = _sorted(pixels, PATCHES)
    counts = sorted_.histogram()
    return [(rgb, float(counts[index])) for index, rgb in enumerate(palette) if counts[index]]


def _of_the_middle(small: Image.Image) -> list[tuple[Rgb, float]]:
    """Of every surface what the middle has more of than the edge: a wall is in both, however the light falls on it."""
    sorted_, palette = _sorted(small, 2 * PATCHES)
    middle = _within(sorted_, MIDDLE).histogram()
    inner = _within(sorted_, INNER).histogram()
    whole = sorted_.histogram()
    inside = {rgb: middle[index] for index, rgb in enumerate(palette)}
    edge = {rgb: whole[index] - inner[index] for index, rgb in enumerate(palette)}
    within, without = sum(inside.values()) or 1, sum(edge.values()) or 1
    found = []
    for surface in _surfaces(
        [_Patch(rgb, to_oklab(*rgb), whole[index]) for index, rgb in enumerate(palette) if whole[index]]
    ):
        here = sum(inside[patch.rgb] for patch in surface.patches) / within
        there = sum(edge[patch.rgb] for patch in surface.patches) / without
        if here > there:
            left = 1 - there / here
            found += [(patch.rgb, left * inside[patch.rgb]) for patch in surface.patches if inside[patch.rgb]]
    return found or _patched(small)


def _within(image: Image.Image, share: float) -> Image.Image:
    """Without this share of the sides at every edge."""
    across, down = int(image.width * share), int(image.height * share)
    return image.crop((across, down, image.width - across, image.height - down))


def _sorted(pixels: Image.Image, most: int) -> tuple[Image.Image, list[Rgb]]:
    """Every pixel as the number of its colour, and the colours."""
    found = pixels.quantize(most, method=Image.Quantize.MEDIANCUT, kmeans=0, dither=Image.Dither.NONE)
    numbers = found.getpalette() or []
    return found, list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


def _light(background: Background) -> tuple[float, float, float] | None:
    """The light's red, green and blue as a white sheet behind the product shows them, 1 being full; None where there is none."""
    if background.color is None:
        return None
    lightness, a, b = to_oklab(*background.color)
    if lightness < SHEET_LIGHTNESS or hypot(a, b) > SHEET_CHROMA:
        return None
    red, green, blue = (linear(channel) ** TAKEN_OFF for channel in background.color)
    return red, green, blue


def _under_white(rgb: Rgb, light: tuple[float, float, float] | None) -> Rgb:
    if light is None:
        return rgb
    red, green, blue = (
        delinear(linear(channel) / of_light) for channel, of_light in zip(rgb, light, strict=True)
    )
    return red, green, blue


def _surfaces(patches: list[_Patch]) -> list[_Surface]:
    surfaces: list[_Surface] = []
    for patch in sorted(patches, key=lambda patch: -patch.weight):
        best = min(
            ((_apart(patch.lab, surface), surface) for surface in surfaces),
            key=lambda found: found[0],
            default=None,
        )
        if best is not None and best[0] <= 1:
            best[1].patches.append(patch)
        else:
            surfaces.append(_Surface([patch]))
    return surfaces


def _apart(lab: Lab, surface: _Surface) -> float:
    """How far from being the same surface under more or less light, or under a reflection of the lamp; 1 is the limit."""
    return min(_shading(lab, patch.lab) for patch in surface.patches)


def _shading(one: Lab, other: Lab) -> float:
    dark, lit = sorted((one, other))
    if lit[0] < 0.02:
        return 0.0
    # Light scales L, a and b alike: the cube roots of the channels all grow by the same factor.
    factor = lit[0] / max(dark[0], 0.08)
    tint = hypot(lit[1] - dark[1] * factor, lit[2] - dark[2] * factor)
    return max((lit[0] - dark[0]) / 0.16, tint / 0.05)


def _lit(surface: _Surface) -> tuple[Rgb, Lab]:
    """The colour as pixels have it and in white light: the mean of the lighter third, the very lightest left out."""
    ordered = sorted(surface.patches, key=lambda patch: patch.lab[0])
    weight = surface.weight
    low, high = LIT_FROM * weight, LIT_TO * weight
    passed = taken = 0.0
    rgb = [0.0, 0.0, 0.0]
    lab = [0.0, 0.0, 0.0]
    for patch in ordered:
        part = min(passed + patch.weight, high) - max(passed, low)
        passed += patch.weight
        if part <= 0:
            continue
        taken += part
        for channel in range(3):
            rgb[channel] += part * patch.rgb[channel]
            lab[channel] += part * patch.lab[channel]
    red, green, blue = (round(value / taken) for value in rgb)
    lightness, a, b = (value / taken for value in lab)
    return (red, green, blue), (lightness, a, b)
