"""Things that are offered: products on white and elsewhere, cars, what is photographed from near. Drawn.

Every function gives RGB of the size it is asked for, the thing in the colour it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from vitrina.imagery.benchmark.canvas import (
    Rgb,
    Size,
    cloud,
    laid,
    lamp,
    shade,
    slope,
    softened,
    tinted,
    vignetted,
)

# Far enough from one another that nobody would take one for another.
COLORS: dict[str, Rgb] = {
    "red": (196, 24, 34), "blue": (28, 74, 176), "green": (36, 126, 64), "yellow": (238, 196, 24), "white": (236, 236, 234),
    "black": (26, 26, 28), "silver": (164, 168, 172), "orange": (232, 116, 22), "violet": (104, 54, 150),
}  # fmt: skip
Outline = Callable[[ImageDraw.ImageDraw, float, float, float, float], None]


def _cup(draw: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    draw.rounded_rectangle((x, y, x + wide * 0.74, y + high), radius=wide * 0.08, fill=255)
    draw.arc(
        (x + wide * 0.52, y + high * 0.2, x + wide, y + high * 0.78),
        -90,
        90,
        fill=255,
        width=int(wide * 0.08),
    )


def _shoe(draw: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    points = ((0, 0.2), (0.3, 0.2), (0.42, 0.48), (0.8, 0.6), (1, 0.74), (1, 0.94), (0, 0.94))
    draw.polygon([(x + across * wide, y + down * high) for across, down in points], fill=255)


def _vase(draw: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    draw.ellipse((x + wide * 0.12, y + high * 0.3, x + wide * 0.88, y + high), fill=255)
    draw.rectangle((x + wide * 0.38, y, x + wide * 0.62, y + high * 0.42), fill=255)
    draw.ellipse((x + wide * 0.3, y - high * 0.04, x + wide * 0.7, y + high * 0.06), fill=255)


def _kettle(draw: ImageDraw.ImageDraw, x: float, y: float, wide: float, high: float) -> None:
    draw.polygon([(x + wide * 0.2, y + high * 0.3), (x + wide * 0.7, y + high * 0.3), (x + wide * 0.82, y + high), (x + wide * 0.1, y + high)], fill=255)  # fmt: skip
    draw.arc(
        (x + wide * 0.16, y, x + wide * 0.74, y + high * 0.6), 180, 360, fill=255, width=int(wide * 0.06)
    )
    draw.polygon([(x + wide * 0.7, y + high * 0.45), (x + wide, y + high * 0.3), (x + wide, y + high * 0.38), (x + wide * 0.76, y + high * 0.7)], fill=255)  # fmt: skip


OUTLINES: dict[str, Outline] = {"cup": _cup, "shoe": _shoe, "vase": _vase, "kettle": _kettle}


def thing(
    random: Random, canvas: Image.Image, color: Rgb, outline: Outline, share: float = 0.5
) -> Image.Image:
    """The canvas with a shaded thing in its middle, that throws a shadow. `share`: of the shorter side."""
    width, height = canvas.size
    side = share * min(width, height)
    x, y = width / 2 - side / 2 + random.uniform(-0.06, 0.06) * width, height * 0.55 - side / 2
    mask = Image.new("L", canvas.size, 0)
    outline(ImageDraw.Draw(mask), x, y, side, side)
    mask = mask.filter(ImageFilter.GaussianBlur(0.6))
    cast = ImageChops.offset(mask, random.randrange(-12, 12), 10).filter(ImageFilter.GaussianBlur(12))
    dim = cast.point([255 - value * 70 // 255 for value in range(256)])
    canvas = ImageChops.multiply(canvas, Image.merge("RGB", [dim] * 3))
    light = Image.linear_gradient("L").rotate(90).resize(canvas.size)
    light = Image.blend(light, cloud(random, canvas.size, 5, 5, 0.7), 0.35)
    laid(canvas, tinted(light, shade(color, 0.52), shade(color, 1.08)), mask)
    edges = Image.new("L", canvas.size, 0)
    draw = ImageDraw.Draw(edges)
    for share_of_side in (0.3, 0.62, 0.86):
        draw.line((x, y + share_of_side * side, x + side, y + share_of_side * side), fill=200, width=2)
    laid(canvas, Image.new("RGB", canvas.size, shade(color, 0.4)), ImageChops.multiply(edges, mask))
    gleam = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(gleam).ellipse(
        (x + side * 0.24, y + side * 0.4, x + side * 0.32, y + side * 0.66), fill=150
    )
    laid(canvas, Image.new("RGB", canvas.size, "white"), ImageChops.multiply(softened(gleam, 4), mask))
    return canvas


def _some(random: Random) -> Outline:
    return OUTLINES[random.choice(sorted(OUTLINES))]


def on_white(random: Random, size: Size, color: Rgb) -> Image.Image:
    return thing(
        random, Image.new("RGB", size, (254, 254, 254)), color, _some(random), random.uniform(0.45, 0.75)
    )


def white_on_white(random: Random, size: Size, color: Rgb) -> Image.Image:
    """Hard: the thing differs from the sheet by its shading alone."""
    return thing(random, Image.new("RGB", size, (250, 250, 250)), (240, 240, 238), _some(random), 0.5)


def black_on_black(random: Random, size: Size, color: Rgb) -> Image.Image:
    """Hard: a dark thing before a dark wall, with a rim of light."""
    canvas = vignetted(tinted(cloud(random, size, 3, 3), (14, 14, 16), (34, 34, 38)), 80)
    return thing(random, canvas, (54, 54, 60), _some(random), 0.6)


def on_a_table(random: Random, size: Size, color: Rgb) -> Image.Image:
    width, height = size
    canvas = softened(tinted(cloud(random, size, 4, 4), (150, 146, 138), (214, 208, 198)), 8)
    grain = cloud(random, (max(8, width // 8), height), 40, 4, 0.9).resize(size)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rectangle((0, height * 0.66, width, height), fill=255)
    laid(canvas, tinted(grain, (104, 70, 44), (168, 122, 82)), mask)
    return thing(random, canvas, color, _some(random), 0.58)


def bokeh(random: Random, size: Size, color: Rgb) -> Image.Image:
    """Hard: sharp in the middle only, and everything behind it blurred."""
    canvas = slope(size, (30, 40, 36), (70, 66, 50))
    for _light in range(34):
        glow = random.choice(((255, 206, 120), (190, 230, 160), (255, 150, 110), (220, 220, 255)))
        at = random.random(), random.random() * 0.9
        canvas = ImageChops.add(canvas, lamp(size, at, random.uniform(0.02, 0.07), glow, 0.5))
    return thing(random, softened(canvas, 9), color, _some(random), 0.42)


def flower(random: Random, size: Size, color: Rgb) -> Image.Image:
    width, height = size
    canvas = softened(tinted(cloud(random, size, 5, 4), (30, 54, 26), (120, 150, 78)), 16)
    draw = ImageDraw.Draw(canvas)
    x, y, reach = width * random.uniform(0.4, 0.6), height * random.uniform(0.4, 0.55), min(size) * 0.3
    for turn in range(18):
        petal = Image.new("L", size, 0)
        ImageDraw.Draw(petal).ellipse((x - reach * 0.14, y - reach, x + reach * 0.14, y), fill=255)
        petal = petal.rotate(turn * 20 + random.uniform(-5, 5), center=(x, y))
        laid(
            canvas,
            tinted(Image.linear_gradient("L").resize(size), shade(color, 0.7), shade(color, 1.15)),
            petal,
        )
        veins = ImageChops.multiply(
            petal, cloud(random, size, 60, 3, 1.0).point([max(0, v - 150) for v in range(256)])
        )
        laid(canvas, Image.new("RGB", size, shade(color, 0.5)), veins)
    for _seed in range(240):
        left, top = random.gauss(x, reach * 0.09), random.gauss(y, reach * 0.09)
        draw.ellipse(
            (left, top, left + 5, top + 5), fill=random.choice(((92, 60, 20), (210, 160, 40), (60, 40, 20)))
        )
    return canvas


def striped_shirt(random: Random, size: Size, color: Rgb) -> Image.Image:
    """Hard: strokes that are no letters."""
    width, height = size
    stripes = Image.new("RGB", size, (244, 242, 238))
    draw, step = ImageDraw.Draw(stripes), random.randrange(14, 34)
    for y in range(0, height, step):
        draw.rectangle((0, y, width, y + step // 2), fill=color)
    folds = cloud(random, size, 5, 4).point([150 + value * 105 // 255 for value in range(256)])
    cloth = ImageChops.multiply(stripes, Image.merge("RGB", [folds] * 3))
    mask = Image.new("L", size, 0)
    points = ((0.34, 0.1), (0.44, 0.15), (0.56, 0.15), (0.66, 0.1), (0.9, 0.28), (0.8, 0.44), (0.72, 0.38), (0.72, 0.94), (0.28, 0.94), (0.28, 0.38), (0.2, 0.44), (0.1, 0.28))  # fmt: skip
    ImageDraw.Draw(mask).polygon([(across * width, down * height) for across, down in points], fill=255)
    canvas = Image.new("RGB", size, (252, 252, 252))
    laid(canvas, cloth, mask.filter(ImageFilter.GaussianBlur(0.7)))
    return canvas


def car_studio(random: Random, size: Size, color: Rgb) -> Image.Image:
    canvas = vignetted(slope(size, (226, 228, 230), (188, 190, 194)), 30)
    return car(random, canvas, color)


def car_street(random: Random, size: Size, color: Rgb) -> Image.Image:
    width, height = size
    canvas = slope(size, (150, 180, 214), (220, 224, 228))
    draw = ImageDraw.Draw(canvas)
    for left in range(0, width, 90):
        top = random.uniform(0.1, 0.4) * height
        draw.rectangle(
            (left, top, left + 88, height * 0.68), fill=shade((168, 156, 142), random.uniform(0.7, 1.1))
        )
        for row in range(int(top) + 14, int(height * 0.62), 34):
            for column in range(left + 10, left + 78, 24):
                draw.rectangle((column, row, column + 13, row + 20), fill=(86, 98, 112))
    canvas = softened(canvas, 2)
    road = Image.new("L", size, 0)
    ImageDraw.Draw(road).rectangle((0, height * 0.68, width, height), fill=255)
    laid(canvas, tinted(cloud(random, size, 80, 4, 0.9), (70, 70, 74), (112, 112, 116)), road)
    return car(random, canvas, color)


def car(random: Random, canvas: Image.Image, color: Rgb, angle: str = "side") -> Image.Image:
    """The canvas with a car on it. `angle`: "side", "front", "rear"."""
    width, height = canvas.size
    outline: tuple[tuple[float, float], ...]
    body, glass, dark = (Image.new("L", canvas.size, 0) for _ in range(3))
    if angle == "side":
        wide, left = width * 0.76, width * random.uniform(0.1, 0.14)
        x, y = left, height * 0.8
        outline = (
            (0, -0.06),
            (0.02, -0.2),
            (0.2, -0.24),
            (0.34, -0.4),
            (0.66, -0.41),
            (0.82, -0.24),
            (0.98, -0.2),
            (1, -0.06),
        )
        ImageDraw.Draw(body).polygon([(x + a * wide, y + d * wide * 0.78) for a, d in outline], fill=255)
        panes = (
            ((0.25, -0.24), (0.36, -0.37), (0.5, -0.38), (0.5, -0.24)),
            ((0.53, -0.24), (0.53, -0.38), (0.64, -0.38), (0.77, -0.24)),
        )
        for pane in panes:
            ImageDraw.Draw(glass).polygon([(x + a * wide, y + d * wide * 0.78) for a, d in pane], fill=255)
        for at in (0.2, 0.8):
            reach = wide * 0.085
            middle = x + at * wide
            ImageDraw.Draw(dark).ellipse(
                (middle - reach, y - reach * 1.4, middle + reach, y + reach * 0.6), fill=255
            )
    else:
        wide = min(width, height) * 0.8
        x, y = width / 2 - wide / 2, height * 0.82
        outline = (
            (0.02, 0),
            (0, -0.3),
            (0.1, -0.42),
            (0.2, -0.64),
            (0.8, -0.64),
            (0.9, -0.42),
            (1, -0.3),
            (0.98, 0),
        )
        ImageDraw.Draw(body).polygon([(x + a * wide, y + d * wide) for a, d in outline], fill=255)
        ImageDraw.Draw(glass).polygon([(x + a * wide, y + d * wide) for a, d in ((0.16, -0.42), (0.24, -0.6), (0.76, -0.6), (0.84, -0.42))], fill=255)  # fmt: skip
        for at in (0.08, 0.78):
            ImageDraw.Draw(dark).rectangle(
                (x + at * wide, y - 4, x + (at + 0.14) * wide, y + wide * 0.07), fill=255
            )
    light = Image.blend(
        Image.linear_gradient("L").rotate(180).resize(canvas.size), cloud(random, canvas.size, 3, 4), 0.3
    )
    cast = softened(ImageChops.offset(body, 0, round(height * 0.05)), 16).point(
        [255 - value * 90 // 255 for value in range(256)]
    )
    canvas = ImageChops.multiply(canvas, Image.merge("RGB", [cast] * 3))
    laid(canvas, tinted(light, shade(color, 0.6), shade(color, 1.12)), softened(body, 0.6))
    laid(canvas, tinted(light, (22, 26, 32), (86, 98, 110)), softened(glass, 0.5))
    laid(canvas, Image.new("RGB", canvas.size, (22, 22, 24)), dark)
    draw = ImageDraw.Draw(canvas)
    if angle == "side":
        draw.line(
            (x + 0.52 * wide, y - 0.3 * wide, x + 0.52 * wide, y - 0.06 * wide),
            fill=shade(color, 0.45),
            width=2,
        )
        for at in (0.2, 0.8):
            middle, reach = x + at * wide, wide * 0.05
            draw.ellipse(
                (middle - reach, y - wide * 0.082, middle + reach, y - wide * 0.082 + 2 * reach),
                fill=(176, 178, 182),
            )
            draw.ellipse(
                (middle - reach / 3, y - wide * 0.05, middle + reach / 3, y - wide * 0.017), fill=(90, 92, 96)
            )
        draw.ellipse(
            (x + 0.01 * wide, y - 0.15 * wide, x + 0.05 * wide, y - 0.12 * wide), fill=(246, 244, 230)
        )
    else:
        lamps = (246, 244, 230) if angle == "front" else (150, 14, 18)
        for at in (0.06, 0.76):
            draw.rounded_rectangle(
                (x + at * wide, y - 0.32 * wide, x + (at + 0.18) * wide, y - 0.24 * wide),
                radius=9,
                fill=lamps,
            )
        if angle == "front":
            for row in range(5):
                top = y - (0.3 - 0.03 * row) * wide
                draw.line((x + 0.34 * wide, top, x + 0.66 * wide, top), fill=(36, 36, 40), width=5)
        draw.rectangle((x + 0.3 * wide, y - 0.12 * wide, x + 0.7 * wide, y - 0.05 * wide), fill=(30, 30, 32))
    return canvas


SCENES = {
    "on_white": on_white, "white_on_white": white_on_white, "black_on_black": black_on_black, "on_a_table": on_a_table,
    "bokeh": bokeh, "flower": flower, "striped_shirt": striped_shirt, "car_studio": car_studio, "car_street": car_street,
}  # fmt: skip
OF_A_COLOR = frozenset(
    ("on_white", "on_a_table", "car_studio", "car_street")
)  # the colour that was asked for is the subject's
