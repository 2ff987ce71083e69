"""Pictures of products, drawn by code: the same seed draws the same picture. Not photographs, and nowhere called so.

A thing in its colour with shading, details and a label, on white, on a tinted wall or in a scene, with the grain of a
camera. `variations` are what happens to one picture between two shops.
"""

from __future__ import annotations

import colorsys
import random
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

Colour = tuple[int, int, int]


def product(seed: int, size: tuple[int, int] = (900, 1200), *, hue: float | None = None) -> Image.Image:
    """RGB. Another `hue` (0 … 1) is the same thing on the same ground in another colour."""
    chance = random.Random(seed)
    own_hue = chance.random()
    colour = _colour(own_hue if hue is None else hue, chance.uniform(0.35, 0.95), chance.uniform(0.35, 0.9))
    image = _ground(chance, size)
    mask = _shape(chance, size)
    shadow = mask.filter(ImageFilter.GaussianBlur(size[0] / 40))
    shifted = ImageChops.offset(shadow, size[0] // 60, size[1] // 40)
    image.paste(_darker(image), mask=shifted.point(lambda value: value * 0.35))
    image.paste(_body(chance, size, colour), mask=mask)
    strength = chance.uniform(0.03, 0.12)
    grain = Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))
    grain = grain.point(lambda value: 128 + (value - 128) * strength)
    return ImageChops.add(image, grain.convert("RGB"), scale=1.0, offset=-128)


def variations(image: Image.Image, seed: int) -> Iterator[tuple[str, Image.Image]]:
    """What a picture looks like at the next shop: named, each made of the picture itself."""
    chance = random.Random(seed)
    width, height = image.size
    yield "half the size", image.resize((width // 2, height // 2), Image.Resampling.BICUBIC)
    yield "JPEG 60", again(image, 60)
    yield "JPEG 30 at 500 px", again(image.resize((500, 500 * height // width), Image.Resampling.LANCZOS), 30)
    yield "brighter by 15 %", ImageEnhance.Brightness(image).enhance(1.15)
    yield "darker by 15 %", ImageEnhance.Brightness(image).enhance(0.85)
    yield "more contrast", ImageEnhance.Contrast(image).enhance(1.2)
    left, top = (int(side * chance.uniform(0, 0.04)) for side in image.size)
    yield "4 % cropped", image.crop((left, top, left + int(width * 0.96), top + int(height * 0.96)))
    marked = image.copy()
    words = ImageDraw.Draw(marked)
    words.text((width * 0.62, height * 0.95), "shop.example", fill=(120, 120, 120), font_size=width // 28)
    yield "a shop's name in the corner", marked


def again(image: Image.Image, quality: int) -> Image.Image:
    """As it comes back out of a JPEG."""
    file = BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _colour(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _ground(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    kind = chance.random()
    if kind < 0.5:
        return Image.new("RGB", size, "white")
    if kind < 0.75:
        tint = _colour(chance.random(), chance.uniform(0, 0.25), chance.uniform(0.75, 0.98))
        wall = Image.new("RGB", size, tint)
        wall.paste(
            _darker(wall), mask=Image.linear_gradient("L").resize(size).point(lambda value: value // 4)
        )
        return wall
    scene = Image.new("RGB", size, _colour(chance.random(), 0.2, 0.8))
    pen = ImageDraw.Draw(scene)
    for _ in range(chance.randrange(4, 14)):
        box = _box(chance, size, 0.1, 0.6)
        draw = pen.rectangle if chance.random() < 0.6 else pen.ellipse
        draw(box, fill=_colour(chance.random(), chance.uniform(0, 0.6), chance.uniform(0.2, 0.95)))
    return scene.filter(ImageFilter.GaussianBlur(size[0] / 150))


def _shape(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """L: where the thing is. A body of a few rounded parts, symmetrical or not."""
    width, height = size
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    across, down = chance.uniform(0.25, 0.8), chance.uniform(0.3, 0.85)
    left, top = (
        width * (1 - across) / 2 * chance.uniform(0.6, 1.4),
        height * (1 - down) / 2 * chance.uniform(0.6, 1.4),
    )
    body = (left, top, left + width * across, top + height * down)
    kind = chance.randrange(4)
    if kind == 0:
        pen.ellipse(body, fill=255)
    elif kind == 1:
        pen.rounded_rectangle(body, radius=width * chance.uniform(0.02, 0.12), fill=255)
    elif kind == 2:
        corners = sorted(chance.uniform(0, 1) for _ in range(4))
        pen.polygon(
            [
                (body[0] + (body[2] - body[0]) * corners[1] * 0.5, body[1]),
                (body[2] - (body[2] - body[0]) * corners[0] * 0.5, body[1]),
                (body[2], body[3]),
                (body[0], body[3]),
            ],
            fill=255,
        )
    else:
        pen.pieslice(body, chance.uniform(0, 90), chance.uniform(200, 350), fill=255)
    for _ in range(chance.randrange(0, 4)):
        part = _box(chance, size, 0.08, 0.35)
        (pen.ellipse if chance.random() < 0.5 else pen.rectangle)(part, fill=chance.choice((0, 255, 255)))
    return mask.filter(ImageFilter.GaussianBlur(1))


def _body(chance: random.Random, size: tuple[int, int], colour: Colour) -> Image.Image:
    body = Image.new("RGB", size, colour)
    pen = ImageDraw.Draw(body)
    darker, lighter = (tuple(min(255, round(part * by)) for part in colour) for by in (0.6, 1.35))
    if chance.random() < 0.4:
        step = chance.randrange(size[1] // 40, size[1] // 8)
        for at in range(0, size[1], step):
            pen.line([(0, at), (size[0], at + chance.choice((0, step)))], fill=darker, width=step // 3)
    for _ in range(chance.randrange(0, 8)):
        pen.ellipse(_box(chance, size, 0.02, 0.2), fill=chance.choice((darker, lighter)))
    if chance.random() < 0.5:
        at = (size[0] * chance.uniform(0.3, 0.5), size[1] * chance.uniform(0.3, 0.7))
        pen.text(at, chance.choice(("MILK", "SPORT", "100 %", "NEW", "No 5")), font_size=size[0] // 10)
    light = Image.radial_gradient("L").resize(size).rotate(chance.uniform(0, 360))
    body.paste(_darker(body), mask=light.point(lambda value: value // 2))
    return body


def _box(
    chance: random.Random, size: tuple[int, int], least: float, most: float
) -> tuple[float, float, float, float]:
    across, down = (side * chance.uniform(least, most) for side in size)
    left, top = chance.uniform(0, size[0] - across), chance.uniform(0, size[1] - down)
    return left, top, left + across, top + down


def _darker(image: Image.Image) -> Image.Image:
    return ImageEnhance.Brightness(image).enhance(0.5)
