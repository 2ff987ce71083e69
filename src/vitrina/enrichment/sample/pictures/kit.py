"""What the drawings are made of: smooth outlines with light on them. Knows no Django; units are 300 × 400 a picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from vitrina.lib.outlines import Point, mirrored, ring, smooth

WIDTH, HEIGHT = 300, 400
SCALE = 2.5  # pixels of the finished picture for one unit: 750 × 1000
FINE = 2  # times as fine are outlines drawn, then averaged

Colour = tuple[int, int, int]

# Brightness from one side of a part to the other.
LIGHTS: dict[str, tuple[float, ...]] = {
    "flat": (1.0, 1.0),
    "cloth": (0.90, 1.0, 1.05, 1.02, 0.96, 0.86),
    "round": (0.70, 0.92, 1.10, 1.16, 1.06, 0.95, 0.82, 0.64),
    "metal": (0.62, 1.05, 1.28, 0.95, 0.78, 1.0, 1.15, 0.7),
    "down": (1.12, 1.04, 0.97, 0.86),
}


def rgb(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def lit(colour: Colour, by: float) -> Colour:
    """Brighter towards white above 1, darker below."""
    if by > 1:
        return tuple(
            round(part + (255 - part) * min(1.0, by - 1) * 1.4) if by < 1.7 else 255 for part in colour
        )  # type: ignore[return-value]
    return tuple(round(part * by) for part in colour)  # type: ignore[return-value]


@lru_cache(maxsize=512)
def _fill(colour: Colour, light: str, size: tuple[int, int]) -> Image.Image:
    steps = LIGHTS[light]
    strip = Image.new("RGB", (len(steps), 1))
    strip.putdata([lit(colour, by) for by in steps])
    if light == "down":
        strip = strip.transpose(Image.Transpose.ROTATE_270).resize((1, size[1]), Image.Resampling.BICUBIC)
    else:
        strip = strip.resize((size[0], 1), Image.Resampling.BICUBIC)
    return strip.resize(size, Image.Resampling.NEAREST)


class Art:
    """A product on nothing. `stands`: on the floor of its picture, and not flat or hanging before a wall."""

    def __init__(self, *, stands: bool = True) -> None:
        self.image = Image.new("RGBA", (round(WIDTH * SCALE), round(HEIGHT * SCALE)), (0, 0, 0, 0))
        self.stands = stands

    def shape(
        self,
        points: Sequence[Point],
        colour: Colour,
        light: str = "cloth",
        *,
        alpha: float = 1.0,
        edge: float = 0.16,
    ) -> None:
        """A filled outline; `edge`: how dark its rim is, so that white stands out on white."""
        box = _box(points)
        if box is None:
            return
        left, top, right, bottom = box
        size = (right - left, bottom - top)
        mask = Image.new("L", (size[0] * FINE, size[1] * FINE), 0)
        pen = ImageDraw.Draw(mask)
        placed = [((x * SCALE - left) * FINE, (y * SCALE - top) * FINE) for x, y in points]
        pen.polygon(placed, fill=255)
        self._lay(mask.reduce(FINE), _fill(colour, light, size), (left, top), alpha)
        if edge:
            rim = Image.new("L", mask.size, 0)
            ImageDraw.Draw(rim).line(
                [*placed, placed[0]], fill=255, width=round(SCALE * FINE * 1.6), joint="curve"
            )
            rim = ImageChops.multiply(rim, mask)
            self._lay(rim.reduce(FINE), _fill(lit(colour, 0.55), "flat", size), (left, top), edge * 2)

    def blob(self, points: Sequence[Point], colour: Colour, light: str = "cloth", **more: float) -> None:
        self.shape(smooth(points), colour, light, **more)

    def both(
        self, half: Sequence[Point], colour: Colour, light: str = "cloth", *, axis: float = 150, **more: float
    ) -> None:
        """Smooth and symmetric about an upright axis."""
        self.shape(smooth(mirrored(half, axis)), colour, light, **more)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, light: str = "cloth", *, corner: float = 6, **more: float) -> None:  # fmt: skip
        r = min(corner, (right - left) / 2, (bottom - top) / 2)
        points: list[Point] = []
        for x, y, dx, dy in (
            (right, top, -1, 1),
            (right, bottom, -1, -1),
            (left, bottom, 1, -1),
            (left, top, 1, 1),
        ):
            start, end = (x + dx * r, y), (x, y + dy * r)
            if (dx, dy) in ((-1, -1), (1, 1)):
                start, end = end, start
            points += _arc(start, (x, y), end)
        self.shape(points, colour, light, **more)

    def oval(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, light: str = "cloth", **more: float
    ) -> None:
        self.shape(ring(x, y, rx, ry), colour, light, **more)

    def line(
        self,
        points: Sequence[Point],
        colour: Colour,
        width: float = 2,
        *,
        alpha: float = 1.0,
        curved: bool = True,
    ) -> None:
        """A stroke with round ends: a strap, a cable, a fold."""
        path = smooth(points, closed=False) if curved else list(points)
        grown = [(x + dx, y + dy) for x, y in path for dx in (-width, width) for dy in (-width, width)]
        box = _box(grown)
        if box is None:
            return
        left, top, right, bottom = box
        mask = Image.new("L", ((right - left) * FINE, (bottom - top) * FINE), 0)
        pen = ImageDraw.Draw(mask)
        placed = [((x * SCALE - left) * FINE, (y * SCALE - top) * FINE) for x, y in path]
        thick = max(1, round(width * SCALE * FINE))
        pen.line(placed, fill=255, width=thick, joint="curve")
        for x, y in (placed[0], placed[-1]):
            pen.ellipse((x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2), fill=255)
        self._lay(mask.reduce(FINE), _fill(colour, "flat", (right - left, bottom - top)), (left, top), alpha)

    def hoop(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, width: float, *, alpha: float = 1.0
    ) -> None:
        around = ring(x, y, rx, ry)
        self.line([*around, around[0]], colour, width, alpha=alpha, curved=False)

    def fold(self, *points: Point, colour: Colour, width: float = 1.6, alpha: float = 0.35) -> None:
        self.line(points, lit(colour, 0.6), width, alpha=alpha)

    def shine(self, *points: Point, width: float = 5, alpha: float = 0.35) -> None:
        self.line(points, (255, 255, 255), width, alpha=alpha)

    def label(
        self, left: float, top: float, right: float, bottom: float, ink: Colour, paper: Colour | None = None
    ) -> None:
        """A printed label, without words: a mark and lines of no language."""
        if paper is not None:
            self.box(left, top, right, bottom, paper, "round", corner=2, edge=0.08)
        middle, width, height = (left + right) / 2, right - left, bottom - top
        self.oval(middle, top + height * 0.3, width * 0.11, width * 0.11, ink, "flat", edge=0)
        for part, reach in ((0.56, 0.32), (0.68, 0.22), (0.78, 0.26)):
            y = top + height * part
            self.line([(middle - width * reach, y), (middle + width * reach, y)], ink, 1.6, alpha=0.75)

    def _lay(self, mask: Image.Image, fill: Image.Image, place: tuple[int, int], alpha: float) -> None:
        if alpha < 1:
            mask = mask.point([round(value * alpha) for value in range(256)])
        layer = fill.convert("RGBA")
        layer.putalpha(mask)
        self.image.alpha_composite(layer, place)


def _arc(start: Point, corner: Point, end: Point) -> list[Point]:
    found = []
    for step in range(6):
        t = step / 5
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        found.append((a * start[0] + b * corner[0] + c * end[0], a * start[1] + b * corner[1] + c * end[1]))
    return found


def _box(points: Sequence[Point]) -> tuple[int, int, int, int] | None:
    """In pixels, within the picture; None where nothing of it shows."""
    left = max(0, int(min(x for x, _y in points) * SCALE) - 2)
    top = max(0, int(min(y for _x, y in points) * SCALE) - 2)
    right = min(round(WIDTH * SCALE), int(max(x for x, _y in points) * SCALE) + 3)
    bottom = min(round(HEIGHT * SCALE), int(max(y for _x, y in points) * SCALE) + 3)
    return (left, top, right, bottom) if right > left and bottom > top else None
