"""What stands behind the product: white, one colour, or a scene; and where the product is. Pure.

A background is told from the picture's edge: when most of the edge is one colour, however shaded, everything of that
colour which can be reached from the edge without crossing an outline is background; a soft shadow belongs to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import hypot

from PIL import Image, ImageChops, ImageFilter

from vitrina.lib.pictures.colors import to_oklab

WHITE, PLAIN, SCENE = "white", "plain", "scene"

RING = 0.018  # of the longest side: how wide the edge is that tells the background
ONE_COLOUR = 0.6  # share of the edge that has to be of the background's colour
NEAR = 22  # of 255, the channel that differs most: the background's own unevenness
OUTLINE = 12  # of 255, between neighbours: what a background or a soft shadow doesn't do
DARKEST_SHADOW = 0.45  # of the background's own light, as sRGB value
DARKEST_EDGE = 0.68  # the same at the picture's edge, where corners are dark and shadows are rare
EVEN = 0.09  # of the light: how far a shadow, or a lamp, may change the background's tint
FULL = 160  # in a byte, so that more light has room above it
WHITE_LIGHTNESS, WHITE_CHROMA = 0.9, 0.022  # OKLab
LEAST_LEFT = 0.45  # of the product, when its shadow is taken away
MOST_SIDES = 3  # reached by what isn't background: that is a floor, not a product
LEAST_SUBJECT = 0.01  # of the frame: less is dust, not a product


@dataclass(frozen=True, slots=True)
class Background:
    """`color`: of white and plain ones. `subject`: a mask «L», 255 where the product is; None where it can't be told."""

    kind: str
    color: tuple[int, int, int] | None
    share: float | None  # of the frame
    subject: Image.Image | None
    touches: tuple[str, ...]  # sides of the frame that the product reaches: "left", "top", "right", "bottom"


def look_behind(small: Image.Image) -> Background:
    """`small`: RGB of about 100 pixels, sides ≥ 3."""
    color, share = _edge_color(small)
    if share < ONE_COLOUR:
        return Background(SCENE, None, None, None, ())
    kind = WHITE if _is_white(color) else PLAIN
    subject, subject_share = _subject(small, color)
    if subject_share < LEAST_SUBJECT:
        return Background(kind, color, 1.0, None, ())
    touches = _touched(subject)
    if len(touches) >= MOST_SIDES:
        return Background(SCENE, None, None, None, ())
    return Background(kind, color, 1 - subject_share, subject, touches)


def _subject(small: Image.Image, color: tuple[int, int, int]) -> tuple[Image.Image, float]:
    """A mask of the product, and its share of the frame.

    A grey product that stands in its own shadow is taken for shadow altogether; so where little is left of what isn't of
    the background's colour, shadows count as product.
    """
    near, shadow, smooth = _alike(small, color)
    pixels = small.width * small.height
    found = []
    for passable in (ImageChops.lighter(near, shadow), near):
        subject = ImageChops.invert(_reached_from_edge(ImageChops.darker(passable, smooth)))
        found.append((subject, subject.histogram()[255] / pixels))
    without_shadow, with_shadow = found
    return without_shadow if without_shadow[1] >= LEAST_LEFT * with_shadow[1] else with_shadow


def _edge_color(small: Image.Image) -> tuple[tuple[int, int, int], float]:
    """The edge's commonest colour, and the share of the edge that it has, unevenness and shadow included."""
    ring = _ring(small)
    counts = Counter(tuple(channel >> 4 for channel in pixel) for pixel in ring)
    common, _count = counts.most_common(1)[0]
    alike = [
        pixel for pixel in ring if max(abs((c >> 4) - k) for c, k in zip(pixel, common, strict=True)) <= 1
    ]
    middle = len(alike) // 2
    red, green, blue = (sorted(pixel[channel] for pixel in alike)[middle] for channel in range(3))
    of_it = sum(_is_shade_of(pixel, (red, green, blue)) for pixel in ring)
    return (red, green, blue), of_it / len(ring)


def _ring(small: Image.Image) -> list[tuple[int, int, int]]:
    width, height = small.size
    wide = max(1, round(max(width, height) * RING))
    sides = (
        (0, 0, width, wide),
        (0, height - wide, width, height),
        (0, wide, wide, height - wide),
        (width - wide, wide, width, height - wide),
    )
    pixels: list[tuple[int, int, int]] = []
    for left, top, right, bottom in sides:
        if right > left and bottom > top:
            data = small.crop((left, top, right, bottom)).tobytes()
            pixels += zip(data[::3], data[1::3], data[2::3], strict=True)
    return pixels


def _is_shade_of(pixel: tuple[int, int, int], color: tuple[int, int, int]) -> bool:
    """Nearly the colour, or the colour with more or less light on it."""
    if max(abs(one - other) for one, other in zip(pixel, color, strict=True)) <= NEAR:
        return True
    ratios = [min(300.0, one * 255 / max(30, other)) for one, other in zip(pixel, color, strict=True)]
    return max(ratios) - min(ratios) <= EVEN * 255 and min(ratios) >= DARKEST_EDGE * 255


def _alike(small: Image.Image, color: tuple[int, int, int]) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Three masks «L»: where a pixel is of the background's colour, where it may be in shadow, where there is no outline."""
    channels = small.split()
    far = [
        channel.point([abs(value - base) for value in range(256)])
        for channel, base in zip(channels, color, strict=True)
    ]
    near = _most(far).point([255 if value <= NEAR else 0 for value in range(256)])
    # How much of the background's light falls there, channel by channel: FULL is as much as at the edge.
    light = [
        channel.point([min(255, value * FULL // max(30, base)) for value in range(256)])
        for channel, base in zip(channels, color, strict=True)
    ]
    lit, dimmest = _most(light), _least(light)
    even = ImageChops.subtract(lit, dimmest).point([255 if v <= EVEN * FULL else 0 for v in range(256)])
    brighter = dimmest.point([255 if value >= FULL else 0 for value in range(256)])
    shaded = dimmest.point([255 if value >= DARKEST_SHADOW * FULL else 0 for value in range(256)])
    near = ImageChops.lighter(near, ImageChops.darker(even, brighter))
    smooth = _steps(small).point([255 if value <= OUTLINE else 0 for value in range(256)])
    return near, ImageChops.darker(even, shaded), smooth


def _steps(small: Image.Image) -> Image.Image:
    """«L»: how much a pixel differs from its neighbours to the right and below, in the channel that differs most."""
    right = ImageChops.difference(small, _moved(small, 1, 0))
    below = ImageChops.difference(small, _moved(small, 0, 1))
    return _most([*right.split(), *below.split()])


def _moved(image: Image.Image, left: int, up: int) -> Image.Image:
    """Every pixel shows its neighbour; the last column and row keep their own."""
    width, height = image.size
    moved = image.copy()
    moved.paste(image.crop((left, up, width, height)), (0, 0))
    return moved


def _most(channels: list[Image.Image]) -> Image.Image:
    most = channels[0]
    for channel in channels[1:]:
        most = ImageChops.lighter(most, channel)
    return most


def _least(channels: list[Image.Image]) -> Image.Image:
    least = channels[0]
    for channel in channels[1:]:
        least = ImageChops.darker(least, channel)
    return least


def _reached_from_edge(passable: Image.Image) -> Image.Image:
    """The pixels that can be reached from the edge, one by one: the whole mask as one long number, moved by its rows."""
    width, height = passable.size
    framed = Image.new("L", (width + 2, height + 2), 0)
    framed.paste(passable, (1, 1))
    open_bits = framed.convert("1", dither=Image.Dither.NONE)
    row = (width + 2 + 7) // 8 * 8  # a row of mode «1» fills whole bytes
    open_number = int.from_bytes(open_bits.tobytes(), "big")
    edge = Image.new("L", framed.size, 255)
    edge.paste(0, (2, 2, width, height))
    reached = int.from_bytes(edge.convert("1", dither=Image.Dither.NONE).tobytes(), "big") & open_number
    while True:
        further = (reached | reached << 1 | reached >> 1 | reached << row | reached >> row) & open_number
        if further == reached:
            break
        reached = further
    found = Image.frombytes("1", framed.size, reached.to_bytes(row // 8 * (height + 2), "big")).convert("L")
    # An outline's own pixels are half background; one step back takes them in without thinning the product.
    return found.crop((1, 1, width + 1, height + 1)).filter(ImageFilter.MaxFilter(3))


def _is_white(color: tuple[int, int, int]) -> bool:
    lightness, a, b = to_oklab(*color)
    return lightness >= WHITE_LIGHTNESS and hypot(a, b) <= WHITE_CHROMA


def _touched(subject: Image.Image) -> tuple[str, ...]:
    """A side is reached when more than a twentieth of it, and two pixels, are the product's."""
    width, height = subject.size
    sides = {
        "left": (0, 0, 1, height),
        "top": (0, 0, width, 1),
        "right": (width - 1, 0, width, height),
        "bottom": (0, height - 1, width, height),
    }
    reached = []
    for name, box in sides.items():
        line = subject.crop(box).histogram()[255]
        if line > max(2, 0.05 * (box[2] - box[0]) * (box[3] - box[1])):
            reached.append(name)
    return tuple(reached)
