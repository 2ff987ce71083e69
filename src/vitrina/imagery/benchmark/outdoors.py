"""Landscapes, weather and night, drawn. Every function gives RGB of the size it is asked for."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from vitrina.imagery.benchmark.canvas import (
    Size,
    cloud,
    filled,
    laid,
    lamp,
    ridge,
    shade,
    slope,
    softened,
    tinted,
    vignetted,
)


def mountains(random: Random, size: Size) -> Image.Image:
    canvas = slope(size, (72, 118, 190), (214, 226, 238))
    laid(
        canvas,
        Image.new("RGB", size, "white"),
        cloud(random, size).point([max(0, v - 130) for v in range(256)]),
    )
    near = random.choice(((58, 84, 48), (92, 78, 58), (70, 74, 84)))
    for number, level in enumerate((0.45, 0.58, 0.74)):
        haze = 1.9 - 0.4 * number
        stone = tinted(cloud(random, size, 12, 7, 0.8), shade(near, 0.45 * haze), shade(near, haze))
        laid(canvas, stone, filled(size, ridge(random, size, level, 0.2 - 0.05 * number, 257)))
    return canvas


def fog_forest(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = slope(size, (188, 194, 196), (160, 166, 164))
    for depth in (0.86, 0.72, 0.5, 0.3):
        layer, mask = Image.new("RGB", size, shade((92, 100, 98), 1 + depth * 0.55)), Image.new("L", size, 0)
        draw = ImageDraw.Draw(mask)
        for _tree in range(random.randrange(5, 9)):
            x, wide = random.randrange(width), (1.2 - depth) * width * random.uniform(0.01, 0.03)
            lean = random.uniform(-0.03, 0.03) * width
            draw.polygon(
                [(x, height), (x + wide, height), (x + lean + wide * 0.5, 0), (x + lean, 0)], fill=255
            )
            for _branch in range(14):
                y, reach = random.randrange(height), random.uniform(-5, 5) * wide
                draw.line(
                    (x + wide / 2, y, x + reach, y - abs(reach) / 2), fill=255, width=max(1, int(wide / 6))
                )
        laid(canvas, layer, mask.filter(ImageFilter.GaussianBlur(depth * 4)))
    return Image.blend(canvas, Image.new("RGB", size, (176, 182, 182)), 0.35)


def night_city(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = slope(size, (6, 8, 20), (28, 24, 40))
    draw = ImageDraw.Draw(canvas)
    x = -20
    while x < width:
        wide, top = random.randrange(50, 130), random.uniform(0.2, 0.7) * height
        wall = random.randrange(8, 20)
        draw.rectangle((x, top, x + wide, height), fill=(wall, wall, wall + 6))
        for row in range(int(top) + 10, height - 12, 18):
            for column in range(x + 8, x + wide - 8, 14):
                if random.random() < 0.3:
                    glow = random.choice(((255, 214, 140), (255, 240, 205), (180, 205, 255)))
                    draw.rectangle(
                        (column, row, column + 6, row + 9), fill=shade(glow, random.uniform(0.4, 1))
                    )
        x += wide + random.randrange(0, 12)
    return ImageChops.add(canvas, lamp(size, (random.random(), 0.9), 0.4, (70, 40, 12)))


def night_sky(random: Random, size: Size) -> Image.Image:
    width, height = size
    milk = cloud(random, size, 3, 6).point([max(0, value - 110) // 3 for value in range(256)])
    canvas = ImageChops.add(slope(size, (4, 6, 18), (18, 24, 48)), tinted(milk, (0, 0, 0), (150, 160, 210)))
    draw = ImageDraw.Draw(canvas)
    for _star in range(700):
        x, y, bright = random.randrange(width), random.randrange(height), random.randrange(60, 256)
        size_of_star = 1 if random.random() < 0.06 else 0
        draw.ellipse(
            (x, y, x + size_of_star * 2, y + size_of_star * 2), fill=(bright, bright, min(255, bright + 15))
        )
    laid(canvas, Image.new("RGB", size, (5, 6, 8)), filled(size, ridge(random, size, 0.85, 0.08, 129)))
    return canvas


def sea(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = slope(size, random.choice(((250, 180, 110), (120, 165, 220))), (240, 226, 214))
    level = round(height * random.uniform(0.4, 0.55))
    waves = cloud(random, (width, (height - level) * 6), 10, 7, 0.75).resize((width, height - level))
    canvas.paste(tinted(waves, (18, 52, 84), (132, 180, 196)), (0, level))
    return ImageChops.add(
        canvas, lamp(size, (random.uniform(0.2, 0.8), level / height - 0.05), 0.2, (90, 70, 40))
    )


def snow(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = slope(size, (206, 218, 232), (246, 248, 250))
    drift = tinted(cloud(random, size, 3, 4, 0.4), (222, 230, 240), (252, 252, 253))
    laid(canvas, drift, filled(size, ridge(random, size, 0.55, 0.05)))
    draw = ImageDraw.Draw(canvas)
    for _tree in range(random.randrange(3, 8)):
        x, foot, high = (
            random.randrange(width),
            random.uniform(0.6, 0.9) * height,
            random.uniform(0.15, 0.4) * height,
        )
        draw.line((x, foot, x, foot - high), fill=(70, 62, 58), width=5)
        for _branch in range(26):
            y = foot - high * random.uniform(0.2, 1)
            reach = random.uniform(-0.3, 0.3) * (foot - y)
            draw.line(
                (x, y, x + reach, y - abs(reach) * 0.6), fill=(92, 84, 80), width=random.choice((1, 1, 2))
            )
    return canvas


def foliage(random: Random, size: Size) -> Image.Image:
    canvas = Image.new("RGB", size, (22, 34, 16))
    draw = ImageDraw.Draw(canvas)
    for number in range(5200):
        x, y = random.randrange(size[0]), random.randrange(size[1])
        light = 0.35 + 0.65 * number / 5200 * random.uniform(0.6, 1.3)
        green = shade((random.randrange(70, 130), random.randrange(130, 180), 48), min(1.2, light))
        wide, high = random.randrange(6, 20), random.randrange(4, 11)
        draw.ellipse((x, y, x + wide, y + high), fill=green)
    return canvas


def gravel(random: Random, size: Size) -> Image.Image:
    canvas = Image.new("RGB", size, (60, 56, 52))
    draw = ImageDraw.Draw(canvas)
    for _stone in range(9000):
        x, y, wide = random.randrange(-8, size[0]), random.randrange(-8, size[1]), random.randrange(5, 22)
        high, grey = round(wide * random.uniform(0.6, 1)), random.randrange(90, 200)
        draw.ellipse((x + 2, y + 2, x + wide + 2, y + high + 2), fill=(44, 42, 40))
        draw.ellipse((x, y, x + wide, y + high), fill=(grey, grey - 4, grey - 10))
        draw.ellipse((x + 2, y + 1, x + wide // 2, y + high // 2), fill=(grey + 22, grey + 18, grey + 12))
    return canvas


def clear_sky(random: Random, size: Size) -> Image.Image:
    """Hard: a gradient with one small thing in it."""
    canvas = slope(size, (64, 120, 200), (196, 216, 238), random.choice((0, 180)))
    width, height = size
    x, y = random.uniform(0.2, 0.7) * width, random.uniform(0.2, 0.7) * height
    span = width * random.uniform(0.08, 0.14)
    draw = ImageDraw.Draw(canvas)
    draw.polygon(
        [(x, y), (x + span, y - span * 0.3), (x + span * 1.4, y + span * 0.2), (x + span, y)],
        fill=(34, 36, 42),
    )
    draw.polygon([(x, y), (x - span, y - span * 0.2), (x - span * 0.8, y + span * 0.1)], fill=(52, 54, 60))
    return canvas


def dunes(random: Random, size: Size) -> Image.Image:
    canvas = slope(size, (150, 190, 224), (236, 226, 206))
    for number in range(4):
        light = cloud(random, size, 2, 8, 0.5)
        sand = tinted(light, shade((214, 160, 98), 0.62 + 0.1 * number), shade((240, 196, 138), 1.0))
        laid(canvas, sand, filled(size, ridge(random, size, 0.4 + 0.17 * number, 0.09, 33)))
    return vignetted(canvas, 40)


def rainy_street(random: Random, size: Size) -> Image.Image:
    """Lights out of focus in a wet street, one lamp post in front."""
    width, height = size
    canvas = slope(size, (18, 22, 34), (40, 42, 52))
    for _light in range(30):
        color = random.choice(((255, 190, 90), (255, 90, 70), (150, 190, 255), (240, 230, 200)))
        at = (random.random(), random.uniform(0.2, 0.95))
        canvas = ImageChops.add(
            canvas, lamp(size, at, random.uniform(0.02, 0.06), color, random.uniform(0.3, 0.8))
        )
    canvas = softened(canvas, 5)
    draw = ImageDraw.Draw(canvas)
    x = random.uniform(0.3, 0.7) * width
    draw.rectangle((x, height * 0.2, x + 10, height), fill=(14, 14, 16))
    draw.rectangle((x - 34, height * 0.18, x + 44, height * 0.22), fill=(20, 20, 22))
    draw.ellipse((x - 20, height * 0.21, x + 30, height * 0.27), fill=(255, 232, 180))
    for _drop in range(240):
        left, top = random.randrange(width), random.randrange(height)
        draw.line((left, top, left - 3, top + 16), fill=(120, 126, 140), width=1)
    return canvas


SCENES = {
    "mountains": mountains, "fog_forest": fog_forest, "night_city": night_city, "night_sky": night_sky, "sea": sea,
    "snow": snow, "foliage": foliage, "gravel": gravel, "clear_sky": clear_sky, "dunes": dunes, "rainy_street": rainy_street,
}  # fmt: skip
