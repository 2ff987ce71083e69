"""A page of any size on which smooth shapes, light and grain are laid. Lengths are shares of the page: (1, 1) is its
lower right corner."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from vitrina.lib.outlines import Point

Color = tuple[int, int, int]
FINE = 2  # times as fine are outlines drawn, then averaged
MOST_WORKED_PIXELS = 1_100_000  # a larger page is drawn at this size and grown
_SOFT = 8  # what is blurred is made so many times smaller first


def rgb(text: str) -> Color:
    """Of "#RRGGBB"."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mixed(one: Color, other: Color, share: float) -> Color:
    """`share` of the other one, 0–1."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


class Canvas:
    def __init__(self, width: int, height: int) -> None:
        self.asked = (width, height)
        shrunk = min(1.0, math.sqrt(MOST_WORKED_PIXELS / (width * height)))
        self.size = (max(1, round(width * shrunk)), max(1, round(height * shrunk)))
        self.image = Image.new("RGB", self.size, (255, 255, 255))

    @property
    def ratio(self) -> float:
        return self.size[0] / self.size[1]

    def sky(self, colors: Sequence[Color], top: float = 0.0, bottom: float = 1.0) -> None:
        """From the first color above to the last below, over the whole width."""
        box = self._box(0, top, 1, bottom)
        strip = Image.new("RGB", (1, len(colors)))
        strip.putdata(list(colors))
        size = (box[2] - box[0], box[3] - box[1])
        column = strip.resize((1, size[1]), Image.Resampling.BICUBIC)
        self.image.paste(column.resize(size, Image.Resampling.NEAREST), box[:2])

    def shape(
        self, points: Sequence[Point], color: Color, *, below: Color | None = None, alpha: float = 1.0
    ) -> None:
        """A filled outline. `below`: what its color becomes towards its lower end."""
        box = self._around(points)
        if box is None:
            return
        left, top, right, bottom = box
        mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE), 0)
        width, height = self.size
        placed = [((x * width - left) * FINE, (y * height - top) * FINE) for x, y in points]
        ImageDraw.Draw(mask).polygon(placed, fill=round(255 * alpha))
        self._lay(mask.reduce(FINE), color, below, box)

    def oval(
        self, x: float, y: float, radius: float, color: Color, *, flat: float = 1.0, alpha: float = 1.0
    ) -> None:
        """`radius`: a share of the page's width. `flat`: its height by its width."""
        rx, ry = radius, radius * self.ratio * flat
        box = self._around([(x - rx, y - ry), (x + rx, y + ry)])
        if box is None:
            return
        left, top, right, bottom = box
        width, height = self.size
        mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE), 0)
        ImageDraw.Draw(mask).ellipse(
            (
                ((x - rx) * width - left) * FINE,
                ((y - ry) * height - top) * FINE,
                ((x + rx) * width - left) * FINE,
                ((y + ry) * height - top) * FINE,
            ),
            fill=round(255 * alpha),
        )
        self._lay(mask.reduce(FINE), color, None, box)

    def glow(
        self, x: float, y: float, radius: float, color: Color, *, alpha: float = 0.6, flat: float = 1.0
    ) -> None:
        """Light, or a soft shadow, that fades from its middle."""
        rx, ry = radius, radius * self.ratio * flat
        width, height = self.size
        left, top = round((x - rx) * width), round((y - ry) * height)
        size = (max(1, round(2 * rx * width)), max(1, round(2 * ry * height)))
        # Pillow's gradient ends in the corners; at the middle of an edge it is 181.
        fade = Image.radial_gradient("L").point(
            [round((max(0, 179 - value) / 179) ** 1.6 * 255 * alpha) for value in range(256)]
        )
        self.image.paste(color, (left, top), fade.resize(size, Image.Resampling.BILINEAR))

    def beam(self, points: Sequence[Point], color: Color, *, alpha: float = 0.3, blur: float = 0.012) -> None:
        """Like a shape, with soft edges. `blur`: a share of the width."""
        small = (max(1, self.size[0] // _SOFT), max(1, self.size[1] // _SOFT))
        mask = Image.new("L", small, 0)
        ImageDraw.Draw(mask).polygon(
            [(x * small[0], y * small[1]) for x, y in points], fill=round(255 * alpha)
        )
        mask = mask.filter(ImageFilter.GaussianBlur(max(0.5, blur * small[0])))
        self.image.paste(color, (0, 0), mask.resize(self.size, Image.Resampling.BICUBIC))

    def finished(self, chance: random.Random, *, grain: int = 14, spares_white: bool = False) -> Image.Image:
        """Of the size that was asked for, with the grain of film. `grain`: between its darkest and lightest."""
        page = (
            self.image if self.size == self.asked else self.image.resize(self.asked, Image.Resampling.BICUBIC)
        )
        speckles = Image.frombytes("L", self.asked, chance.randbytes(self.asked[0] * self.asked[1]))
        speckles = speckles.point([value * grain // 255 for value in range(256)])
        speckled = ImageChops.add(page, Image.merge("RGB", (speckles,) * 3), 1.0, -grain // 2)
        if spares_white:
            dark = page.convert("L").point([0 if value > 252 else 255 for value in range(256)])
            return Image.composite(speckled, page, dark)
        return speckled

    def _lay(
        self, mask: Image.Image, color: Color, below: Color | None, box: tuple[int, int, int, int]
    ) -> None:
        if below is None:
            self.image.paste(color, box, mask)
            return
        strip = Image.new("RGB", (1, 2))
        strip.putdata([color, below])
        column = strip.resize((1, mask.height), Image.Resampling.BILINEAR)
        self.image.paste(column.resize(mask.size, Image.Resampling.NEAREST), box, mask)

    def _around(self, points: Sequence[Point]) -> tuple[int, int, int, int] | None:
        box = self._box(
            min(x for x, _ in points),
            min(y for _, y in points),
            max(x for x, _ in points),
            max(y for _, y in points),
        )
        return box if box[2] > box[0] and box[3] > box[1] else None

    def _box(self, left: float, top: float, right: float, bottom: float) -> tuple[int, int, int, int]:
        """In pixels, within the page."""
        width, height = self.size
        return (
            max(0, int(left * width)),
            max(0, int(top * height)),
            min(width, int(right * width) + 1),
            min(height, int(bottom * height) + 1),
        )
