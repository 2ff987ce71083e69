"""Draw a product of a known colour, as a studio renders it or as somebody's phone sees it. The same seed, the same picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from vitrina.lib.pictures.colors import delinear, linear

Rgb = tuple[int, int, int]
Box = tuple[int, int, int, int]  # left, top, right, bottom

WHITE, PLAIN, SCENE = "white", "plain", "scene"


@dataclass(frozen=True, slots=True)
class Order:
    """What to draw. `shape` and `texture` are keys of SHAPES and TEXTURES."""

    color: Rgb
    shape: str
    texture: str
    background: str
    is_photographed: bool
    seed: int


def draw(order: Order) -> Image.Image:
    """RGB, 360 to 720 pixels a side."""
    random = Random(order.seed)  # noqa: S311 - drawing, no secret
    size = (random.randrange(360, 721, 8), random.randrange(360, 721, 8))
    canvas = BACKGROUNDS[order.background](random, size, order.color)
    mask = Image.new("L", size, 0)
    SHAPES[order.shape](ImageDraw.Draw(mask), _place(random, size))
    mask = mask.filter(ImageFilter.GaussianBlur(0.7))
    canvas = _with_shadow(random, canvas, mask)
    canvas.paste(_lit(order.color, _light(random, size, order.texture)), (0, 0), mask)
    canvas = _with_gleam(random, canvas, mask, order.texture)
    return photographed(random, canvas) if order.is_photographed else canvas


def _place(random: Random, size: tuple[int, int]) -> Box:
    width, height = size
    wide, high = round(width * random.uniform(0.45, 0.8)), round(height * random.uniform(0.45, 0.8))
    left = round((width - wide) * random.uniform(0.3, 0.7))
    top = round((height - high) * random.uniform(0.3, 0.7))
    return left, top, left + wide, top + high


# --- Shapes -----------------------------------------------------------------------------------------------


def _points(box: Box, *points: tuple[float, float]) -> list[tuple[float, float]]:
    left, top, right, bottom = box
    return [(left + x * (right - left), top + y * (bottom - top)) for x, y in points]


def _mug(draw: ImageDraw.ImageDraw, box: Box) -> None:
    left, top, right, bottom = box
    body = round(left + 0.72 * (right - left))
    high = bottom - top
    draw.rounded_rectangle((left, top, body, bottom), radius=(body - left) // 8, fill=255)
    draw.arc(
        (body - (right - body), top + high // 4, right, bottom - high // 4), -90, 90, fill=255,
        width=max(6, (right - left) // 14),
    )  # fmt: skip


def _shirt(draw: ImageDraw.ImageDraw, box: Box) -> None:
    outline = (
        (0.3, 0), (0.4, 0.06), (0.6, 0.06), (0.7, 0), (1, 0.2), (0.88, 0.42), (0.78, 0.34), (0.78, 1), (0.22, 1),
        (0.22, 0.34), (0.12, 0.42), (0, 0.2),
    )  # fmt: skip
    draw.polygon(_points(box, *outline), fill=255)


def _ball(draw: ImageDraw.ImageDraw, box: Box) -> None:
    draw.ellipse(box, fill=255)


def _bottle(draw: ImageDraw.ImageDraw, box: Box) -> None:
    outline = ((0.4, 0), (0.6, 0), (0.6, 0.22), (0.75, 0.36), (0.75, 1), (0.25, 1), (0.25, 0.36), (0.4, 0.22))
    draw.polygon(_points(box, *outline), fill=255)


def _dress(draw: ImageDraw.ImageDraw, box: Box) -> None:
    outline = ((0.36, 0), (0.64, 0), (0.6, 0.36), (0.95, 1), (0.05, 1), (0.4, 0.36))
    draw.polygon(_points(box, *outline), fill=255)


def _bag(draw: ImageDraw.ImageDraw, box: Box) -> None:
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    draw.rounded_rectangle((left, top + high // 3, right, bottom), radius=wide // 10, fill=255)
    handle = (left + wide // 4, top, right - wide // 4, top + 2 * high // 3)
    draw.arc(handle, 180, 360, fill=255, width=max(6, wide // 16))


def _lamp(draw: ImageDraw.ImageDraw, box: Box) -> None:
    draw.polygon(_points(box, (0.3, 0), (0.7, 0), (0.95, 0.5), (0.05, 0.5)), fill=255)
    draw.polygon(_points(box, (0.46, 0.5), (0.54, 0.5), (0.54, 0.92), (0.46, 0.92)), fill=255)
    draw.ellipse([*_points(box, (0.25, 0.86))[0], *_points(box, (0.75, 1))[0]], fill=255)


def _cushion(draw: ImageDraw.ImageDraw, box: Box) -> None:
    left, top, right, bottom = box
    draw.rounded_rectangle(box, radius=min(right - left, bottom - top) // 5, fill=255)


SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, Box], None]] = {
    "mug": _mug, "shirt": _shirt, "ball": _ball, "bottle": _bottle, "dress": _dress, "bag": _bag, "lamp": _lamp,
    "cushion": _cushion,
}  # fmt: skip
TUNING_SHAPES = ("mug", "shirt", "ball", "bottle")
HELD_OUT_SHAPES = ("dress", "bag", "lamp", "cushion")


# --- Light and texture ------------------------------------------------------------------------------------


def _light(random: Random, size: tuple[int, int], texture: str) -> Image.Image:
    """«L»: how much of the full light falls where, 255 being all of it."""
    slope = Image.linear_gradient("L").rotate(random.choice((0, 90, 180, 270))).resize(size)
    round_ = ImageChops.invert(Image.radial_gradient("L")).resize(size)
    light = Image.blend(slope, round_, random.uniform(0.2, 0.8))
    darkest = random.randrange(95, 170)
    light = light.point([darkest + value * (255 - darkest) // 255 for value in range(256)])
    return TEXTURES[texture](random, light)


def _smooth(random: Random, light: Image.Image) -> Image.Image:
    return light


def _cloth(random: Random, light: Image.Image) -> Image.Image:
    grain = noise(random, light.size, 30).filter(ImageFilter.GaussianBlur(0.8))
    return ImageChops.add(light, grain, scale=1, offset=-128)


def _ribbed(random: Random, light: Image.Image) -> Image.Image:
    step = random.randrange(6, 14)
    ribs = Image.new("L", light.size, 255)
    draw = ImageDraw.Draw(ribs)
    for left in range(0, light.width, step):
        draw.line((left, 0, left, light.height), fill=170, width=max(1, step // 4))
    return ImageChops.multiply(light, ribs.filter(ImageFilter.GaussianBlur(1)))


def _folded(random: Random, light: Image.Image) -> Image.Image:
    folds = Image.new("L", light.size, 255)
    draw = ImageDraw.Draw(folds)
    for _number in range(random.randrange(3, 7)):
        start = (random.randrange(light.width), random.randrange(light.height))
        end = (random.randrange(light.width), random.randrange(light.height))
        draw.line((*start, *end), fill=random.randrange(110, 190), width=random.randrange(8, 26))
    return ImageChops.multiply(light, folds.filter(ImageFilter.GaussianBlur(9)))


TEXTURES: dict[str, Callable[[Random, Image.Image], Image.Image]] = {
    "smooth": _smooth, "cloth": _cloth, "ribbed": _ribbed, "folded": _folded, "glossy": _smooth,
}  # fmt: skip


def _lit(color: Rgb, light: Image.Image) -> Image.Image:
    """The colour under the light, reckoned as light and not as numbers of sRGB."""
    return Image.merge(
        "RGB",
        [light.point([delinear(linear(channel) * value / 255) for value in range(256)]) for channel in color],
    )


def _with_gleam(random: Random, canvas: Image.Image, mask: Image.Image, texture: str) -> Image.Image:
    """A reflection of the lamp, on what is glossy."""
    if texture != "glossy" or (box := mask.getbbox()) is None:
        return canvas
    left, top, right, bottom = box
    wide, high = (right - left) // 8, (bottom - top) // 3
    x = left + round((right - left) * random.uniform(0.25, 0.6))
    y = top + round((bottom - top) * random.uniform(0.1, 0.4))
    gleam = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(gleam).ellipse((x, y, x + wide, y + high), fill=random.randrange(140, 230))
    gleam = ImageChops.multiply(gleam.filter(ImageFilter.GaussianBlur(5)), mask)
    return Image.composite(Image.new("RGB", canvas.size, "white"), canvas, gleam)


def _with_shadow(random: Random, canvas: Image.Image, mask: Image.Image) -> Image.Image:
    shift = (random.randrange(-20, 21), random.randrange(4, 24))
    shadow = ImageChops.offset(mask.filter(ImageFilter.GaussianBlur(14)), *shift)
    deepest = random.randrange(0, 110)
    light = shadow.point([255 - value * deepest // 255 for value in range(256)])
    return ImageChops.multiply(canvas, Image.merge("RGB", [light] * 3))


# --- Backgrounds ------------------------------------------------------------------------------------------


def _white(random: Random, size: tuple[int, int], color: Rgb) -> Image.Image:
    level = random.choice((255, 255, 252, 248, 244))
    canvas = Image.new("RGB", size, (level,) * 3)
    return canvas if random.random() < 0.6 else _sloped(random, canvas, 235)


def _plain(random: Random, size: tuple[int, int], color: Rgb) -> Image.Image:
    """One colour that nobody would take for the product's own."""
    while True:
        light = random.uniform(0.55, 1)
        other = tuple(round(255 * light * random.uniform(0.55, 1)) for _channel in range(3))
        if sum(abs(one - two) for one, two in zip(other, color, strict=True)) > 160:
            break
    canvas = Image.new("RGB", size, (other[0], other[1], other[2]))
    return canvas if random.random() < 0.5 else _sloped(random, canvas, 215)


def _sloped(random: Random, canvas: Image.Image, darkest: int) -> Image.Image:
    slope = Image.linear_gradient("L").rotate(random.choice((0, 90, 180, 270))).resize(canvas.size)
    light = slope.point([darkest + value * (255 - darkest) // 255 for value in range(256)])
    return ImageChops.multiply(canvas, Image.merge("RGB", [light] * 3))


def _scene(random: Random, size: tuple[int, int], color: Rgb) -> Image.Image:
    """A wall, a floor of boards and things out of focus."""
    width, height = size
    wall = random.choice(((214, 210, 200), (150, 165, 170), (190, 160, 140), (96, 104, 110)))
    canvas = Image.new("RGB", size, wall)
    draw = ImageDraw.Draw(canvas)
    floor = round(height * random.uniform(0.55, 0.75))
    for left in range(0, width, 40):
        shift = random.randrange(-18, 19)
        board = (142 + shift, 102 + shift, 66 + shift)
        draw.rectangle((left, floor, left + 38, height), fill=board)
    for _number in range(random.randrange(5, 9)):
        x, y = random.randrange(-40, width), random.randrange(-40, height)
        thing = tuple(random.randrange(30, 240) for _channel in range(3))
        box = (x, y, x + random.randrange(40, 160), y + random.randrange(40, 200))
        draw.rectangle(box, fill=(thing[0], thing[1], thing[2]))
    return canvas.filter(ImageFilter.GaussianBlur(random.uniform(1, 4)))


BACKGROUNDS: dict[str, Callable[[Random, tuple[int, int], Rgb], Image.Image]] = {
    WHITE: _white,
    PLAIN: _plain,
    SCENE: _scene,
}


# --- The camera -------------------------------------------------------------------------------------------


def photographed(random: Random, image: Image.Image) -> Image.Image:
    """A white balance that is off, another exposure, dark corners, a soft lens, noise and JPEG at quality 70."""
    exposure = random.uniform(0.82, 1.08)
    warm = random.uniform(0.94, 1.06)
    gains = (exposure * warm, exposure * random.uniform(0.98, 1.02), exposure / warm)
    bands = [
        band.point([delinear(min(1.0, linear(value) * gain)) for value in range(256)])
        for band, gain in zip(image.split(), gains, strict=True)
    ]
    image = Image.merge("RGB", bands)
    corners = random.randrange(0, 60)
    vignette = (
        Image.radial_gradient("L").resize(image.size).point([255 - v * corners // 255 for v in range(256)])
    )
    image = ImageChops.multiply(image, Image.merge("RGB", [vignette] * 3))
    image = image.filter(ImageFilter.GaussianBlur(random.uniform(0.3, 1.1)))
    strength = random.uniform(4, 14)
    grain = Image.merge("RGB", [noise(random, image.size, strength) for _band in range(3)])
    image = ImageChops.add(image, grain, scale=1, offset=-128)
    written = io.BytesIO()
    image.save(written, "JPEG", quality=70)
    return Image.open(written).convert("RGB")


def noise(random: Random, size: tuple[int, int], strength: float) -> Image.Image:
    """«L»: 128 give or take `strength` (standard deviation, of 255), close to a bell curve."""
    width, height = size
    # Of two even dice thrown together the middle is likelier than the ends; their deviation is 255 / √24.
    dice = [Image.frombytes("L", size, random.randbytes(width * height)) for _number in range(2)]
    thrown = Image.blend(dice[0], dice[1], 0.5)
    scale = strength / (255 / 24**0.5)
    return thrown.point([max(0, min(255, round(128 + (value - 127.5) * scale))) for value in range(256)])
