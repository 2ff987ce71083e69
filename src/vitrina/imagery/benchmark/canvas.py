"""What drawn scenes are put together from: clouds of noise, slopes of light, ridges, shadows. The same seed, the same picture."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

Rgb = tuple[int, int, int]
Size = tuple[int, int]


def cloud(random: Random, size: Size, coarse: int = 4, octaves: int = 6, rough: float = 0.55) -> Image.Image:
    """«L», 0–255: noise in ever finer steps, as clouds, stone and skin have it. `coarse`: lumps across at first."""
    width, height = size
    whole: Image.Image | None = None
    share = 1.0
    for octave in range(octaves):
        across = coarse * 2**octave
        grid = (min(width, across + 1), min(height, max(2, across * height // width + 1)))
        layer = Image.frombytes("L", grid, random.randbytes(grid[0] * grid[1])).resize(
            size, Image.Resampling.BICUBIC
        )
        whole = layer if whole is None else Image.blend(whole, layer, share / (1 + share))
        share *= rough
    assert whole is not None
    return ImageOps.autocontrast(whole)


def slope(size: Size, top: Rgb, bottom: Rgb, angle: int = 0) -> Image.Image:
    """From one colour to another, from above to below, turned by `angle` (0, 90, 180, 270)."""
    light = Image.linear_gradient("L").rotate(angle).resize(size, Image.Resampling.BICUBIC)
    return ImageOps.colorize(light, top, bottom)


def tinted(light: Image.Image, dark: Rgb, lit: Rgb) -> Image.Image:
    return ImageOps.colorize(light, dark, lit)


def vignetted(image: Image.Image, deepest: int) -> Image.Image:
    """Darker towards the corners, by so much of 255 there."""
    light = (
        Image.radial_gradient("L").resize(image.size).point([255 - v * deepest // 255 for v in range(256)])
    )
    return ImageChops.multiply(image, Image.merge("RGB", [light] * 3))


def lamp(size: Size, at: tuple[float, float], reach: float, color: Rgb, strength: float = 1.0) -> Image.Image:
    """Light that falls off around a point, to be added. `at`, `reach`: shares of the width and height, of the width."""
    width, height = size
    side = max(2, round(2 * reach * width))
    glow = ImageChops.invert(Image.radial_gradient("L")).resize((side, side), Image.Resampling.BICUBIC)
    # Pillow's gradient reaches its end in the corners: at the middle of a side 74 are left.
    glow = glow.point([round(strength * max(0, value - 74) ** 2 / 128.5) for value in range(256)])
    light = Image.new("L", size, 0)
    light.paste(glow, (round(at[0] * width - side / 2), round(at[1] * height - side / 2)))
    return ImageOps.colorize(light, (0, 0, 0), color)


def ridge(
    random: Random, size: Size, level: float, rough: float, points: int = 65
) -> list[tuple[float, float]]:
    """The outline of hills at `level` of the height, closed along the lower edge."""
    width, height = size
    heights = [random.uniform(-1, 1) * rough, random.uniform(-1, 1) * rough]
    spread = rough
    while len(heights) < points:
        spread *= 0.55
        between = [(a + b) / 2 + random.uniform(-spread, spread) for a, b in pairwise(heights)]
        heights = [value for pair in zip(heights, between, strict=False) for value in pair] + [heights[-1]]
    step = width / (len(heights) - 1)
    line = [(number * step, (level + value) * height) for number, value in enumerate(heights)]
    return [(0, height), *line, (width, height)]


def filled(size: Size, outline: list[tuple[float, float]]) -> Image.Image:
    """A mask «L» of an outline."""
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    return mask


def laid(canvas: Image.Image, surface: Image.Image, mask: Image.Image) -> None:
    canvas.paste(surface, (0, 0), mask)


def grained(random: Random, image: Image.Image, strength: float) -> Image.Image:
    """A sensor's noise, the same in no two channels. `strength`: deviation of 255."""
    count = image.width * image.height
    scale = strength / 52.04  # the deviation of two dice of 0 … 255 thrown together, halved
    table = [max(0, min(255, round(128 + (value - 127.5) * scale))) for value in range(256)]
    layers = []
    for _channel in range(3):
        dice = [Image.frombytes("L", image.size, random.randbytes(count)) for _die in range(2)]
        layers.append(Image.blend(dice[0], dice[1], 0.5).point(table))
    return ImageChops.add(image, Image.merge("RGB", layers), scale=1, offset=-128)


def softened(image: Image.Image, radius: float) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(radius))


def shade(color: Rgb, light: float) -> Rgb:
    """The colour with so much of its light; above 1 towards white."""
    if light <= 1:
        return tuple(round(channel * light) for channel in color)  # type: ignore[return-value]
    return tuple(round(255 - (255 - channel) * max(0.0, 2 - light)) for channel in color)  # type: ignore[return-value]
