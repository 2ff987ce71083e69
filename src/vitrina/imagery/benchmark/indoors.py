"""Rooms, walls, faces and pages, drawn. Every function gives RGB of the size it is asked for."""

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


def room(random: Random, size: Size) -> Image.Image:
    width, height = size
    wall = random.choice(((206, 196, 178), (166, 180, 186), (190, 170, 160)))
    canvas = tinted(cloud(random, size, 3, 3), shade(wall, 0.9), wall)
    floor = round(height * 0.66)
    draw = ImageDraw.Draw(canvas)
    for number in range(-12, 26):
        board = shade((148, 104, 66), random.uniform(0.8, 1.1))
        x, fan = number * width / 13, (number - 6.5) * width / 13 * 0.9
        draw.polygon(
            [(x, floor), (x + width / 13, floor), (x + width / 13 + fan, height), (x + fan, height)],
            fill=board,
        )
    left = random.uniform(0.08, 0.5) * width
    draw.rectangle((left, height * 0.12, left + width * 0.26, height * 0.48), fill=(226, 236, 244))
    draw.rectangle(
        (left, height * 0.12, left + width * 0.26, height * 0.48), outline=(240, 238, 232), width=12
    )
    draw.line(
        (left + width * 0.13, height * 0.12, left + width * 0.13, height * 0.48),
        fill=(240, 238, 232),
        width=8,
    )
    x, cloth = (
        random.uniform(0.3, 0.6) * width,
        (random.randrange(60, 190), random.randrange(60, 150), random.randrange(60, 170)),
    )
    draw.rounded_rectangle((x, height * 0.52, x + width * 0.34, height * 0.8), radius=24, fill=cloth)
    draw.rounded_rectangle((x - 20, height * 0.62, x + 40, height * 0.84), radius=16, fill=shade(cloth, 0.8))
    draw.rounded_rectangle(
        (x + width * 0.3, height * 0.62, x + width * 0.37, height * 0.84), radius=16, fill=shade(cloth, 0.7)
    )
    return vignetted(canvas, 60)


def corridor(random: Random, size: Size) -> Image.Image:
    """Hard: nearly all of it is dark."""
    width, height = size
    canvas = Image.new("RGB", size, (10, 9, 12))
    draw = ImageDraw.Draw(canvas)
    for step in range(7):
        inset = 0.5 * (1 - 0.72**step)
        box = (width * inset, height * inset, width * (1 - inset), height * (1 - inset))
        draw.rectangle(box, outline=shade((60, 50, 46), 0.35 + 0.1 * step), width=max(2, 16 - 2 * step))
    stone = cloud(random, size, 20, 5, 0.9).point([value // 9 for value in range(256)])
    canvas = ImageChops.add(canvas, tinted(stone, (0, 0, 0), (255, 230, 200)))
    return ImageChops.add(canvas, lamp(size, (random.uniform(0.42, 0.58), 0.45), 0.16, (230, 160, 70)))


def castle(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = slope(size, (34, 30, 66), (226, 132, 92))
    laid(
        canvas,
        Image.new("RGB", size, (250, 190, 150)),
        cloud(random, size).point([max(0, v - 150) for v in range(256)]),
    )
    stone = tinted(cloud(random, size, 30, 5, 0.9), (26, 22, 34), (78, 66, 80))
    mask = Image.new("L", size, 0)
    draw = ImageDraw.Draw(mask)
    base = height * 0.74
    for _tower in range(random.randrange(4, 7)):
        x, wide, high = (
            random.uniform(0.15, 0.75) * width,
            random.uniform(0.05, 0.1) * width,
            random.uniform(0.25, 0.5) * height,
        )
        draw.rectangle((x, base - high, x + wide, base + 40), fill=255)
        draw.polygon(
            [(x - 8, base - high), (x + wide / 2, base - high - wide * 1.4), (x + wide + 8, base - high)],
            fill=255,
        )
    draw.rectangle((width * 0.15, base - height * 0.14, width * 0.85, base + 40), fill=255)
    laid(canvas, stone, mask)
    laid(
        canvas,
        tinted(cloud(random, size, 16, 6), (14, 16, 18), (44, 50, 44)),
        filled(size, ridge(random, size, 0.78, 0.06, 129)),
    )
    lit = ImageDraw.Draw(canvas)
    for _window in range(14):
        x, y = random.uniform(0.2, 0.8) * width, random.uniform(0.5, 0.72) * height
        lit.rectangle((x, y, x + 5, y + 10), fill=(255, 206, 120))
    return canvas


def bricks(random: Random, size: Size) -> Image.Image:
    """Hard: the same shape again and again, and no two bricks alike."""
    width, height = size
    canvas = Image.new("RGB", size, (176, 168, 158))
    draw = ImageDraw.Draw(canvas)
    high, wide = random.randrange(34, 52), random.randrange(84, 128)
    for row, top in enumerate(range(0, height, high)):
        for left in range(-(row % 2) * wide // 2, width, wide):
            clay = shade(
                random.choice(((150, 74, 56), (164, 88, 64), (128, 62, 50))), random.uniform(0.8, 1.12)
            )
            draw.rectangle((left + 3, top + 3, left + wide - 3, top + high - 3), fill=clay)
    rough = cloud(random, size, 60, 4, 0.9).point([175 + value * 80 // 255 for value in range(256)])
    return vignetted(ImageChops.multiply(canvas, Image.merge("RGB", [rough] * 3)), 50)


def candle(random: Random, size: Size) -> Image.Image:
    """Hard: black but for a flame and what it lights."""
    width, height = size
    canvas = tinted(cloud(random, size, 8, 6), (6, 4, 4), (24, 16, 12))
    x = random.uniform(0.35, 0.65)
    canvas = ImageChops.add(canvas, lamp(size, (x, 0.45), 0.35, (150, 76, 22)))
    draw = ImageDraw.Draw(canvas)
    left = x * width
    draw.rectangle((left - 18, height * 0.52, left + 18, height * 0.86), fill=(206, 180, 140))
    draw.ellipse((left - 18, height * 0.5, left + 18, height * 0.54), fill=(236, 214, 170))
    draw.line((left, height * 0.48, left, height * 0.52), fill=(30, 20, 16), width=3)
    draw.polygon(
        [(left - 9, height * 0.47), (left, height * 0.39), (left + 9, height * 0.47), (left, height * 0.5)],
        fill=(255, 236, 170),
    )
    draw.rectangle((0, height * 0.86, width, height * 0.88), fill=(84, 54, 34))
    return canvas


def bookshelves(random: Random, size: Size) -> Image.Image:
    """Hard: upright strokes side by side, as letters have them."""
    width, height = size
    canvas = Image.new("RGB", size, (64, 42, 28))
    draw = ImageDraw.Draw(canvas)
    shelf = height // random.randrange(3, 5)
    for bottom in range(shelf, height + shelf, shelf):
        x = 6
        while x < width:
            wide, high = random.randrange(14, 46), round(shelf * random.uniform(0.68, 0.9))
            cover = (random.randrange(30, 190), random.randrange(30, 140), random.randrange(30, 140))
            draw.rectangle((x, bottom - 12 - high, x + wide, bottom - 12), fill=cover)
            draw.line(
                (x + wide - 2, bottom - 12 - high, x + wide - 2, bottom - 12), fill=shade(cover, 0.6), width=2
            )
            if random.random() < 0.5:
                draw.rectangle(
                    (x + 3, bottom - high + 8, x + wide - 4, bottom - high + 16), fill=shade(cover, 1.4)
                )
            x += wide + random.randrange(0, 3)
        draw.rectangle((0, bottom - 12, width, bottom), fill=(96, 62, 38))
    return vignetted(canvas, 90)


def drawn_in_ink(random: Random, size: Size) -> Image.Image:
    """Hard: an illustration of few flat colours with outlines, on paper."""
    width, height = size
    canvas = Image.new("RGB", size, (242, 232, 212))
    draw = ImageDraw.Draw(canvas)
    colors = [(178, 82, 62), (70, 104, 128), (210, 168, 84), (94, 122, 88), (120, 90, 110)]
    for level, color in zip((0.5, 0.66, 0.8), random.sample(colors, 3), strict=True):
        outline = ridge(random, size, level, 0.1, 33)
        draw.polygon(outline, fill=color)
        draw.line(outline[1:-1], fill=(34, 28, 30), width=4)
    for _house in range(random.randrange(2, 5)):
        x, y, wide = (
            random.uniform(0.05, 0.8) * width,
            random.uniform(0.5, 0.75) * height,
            random.uniform(0.08, 0.14) * width,
        )
        draw.rectangle((x, y, x + wide, y + wide), fill=(232, 214, 186), outline=(34, 28, 30), width=4)
        draw.polygon(
            [(x - 10, y), (x + wide / 2, y - wide * 0.6), (x + wide + 10, y)],
            fill=(150, 60, 52),
            outline=(34, 28, 30),
            width=4,
        )
    draw.ellipse(
        (width * 0.7, height * 0.08, width * 0.82, height * 0.08 + width * 0.12),
        fill=(226, 184, 96),
        outline=(34, 28, 30),
        width=4,
    )
    paper = cloud(random, size, 90, 3, 1.0).point([236 + value * 19 // 255 for value in range(256)])
    return ImageChops.multiply(canvas, Image.merge("RGB", [paper] * 3))


def portrait(random: Random, size: Size) -> Image.Image:
    width, height = size
    canvas = softened(tinted(cloud(random, size, 4, 3), (52, 58, 66), (142, 136, 124)), 14)
    skin = random.choice(((224, 178, 148), (168, 116, 84), (238, 200, 174)))
    hair = random.choice(((44, 30, 24), (150, 104, 56), (24, 22, 24)))
    x, y, across = width * random.uniform(0.45, 0.55), height * 0.42, height * 0.2
    draw = ImageDraw.Draw(canvas)
    coat = (random.randrange(30, 130), random.randrange(30, 110), random.randrange(40, 130))
    draw.ellipse((x - across * 2, y + across * 1.3, x + across * 2, y + across * 5), fill=coat)
    draw.rectangle(
        (x - across * 0.4, y + across * 0.8, x + across * 0.4, y + across * 1.7), fill=shade(skin, 0.8)
    )
    draw.ellipse((x - across * 1.15, y - across * 1.5, x + across * 1.15, y + across), fill=hair)
    draw.ellipse((x - across * 0.85, y - across * 1.05, x + across * 0.85, y + across * 1.2), fill=skin)
    canvas = softened(canvas, 2.5)
    shadow = lamp(size, (x / width + 0.1, y / height), 0.2, (60, 60, 60))
    canvas = ImageChops.subtract(canvas, shadow, scale=1)
    draw = ImageDraw.Draw(canvas)
    for side in (-1, 1):
        eye = x + side * across * 0.36
        draw.ellipse((eye - 16, y - 8, eye + 16, y + 8), fill=(240, 236, 230))
        draw.ellipse((eye - 7, y - 8, eye + 7, y + 7), fill=(66, 48, 36))
        draw.ellipse((eye - 3, y - 4, eye + 1, y), fill=(250, 250, 250))
        draw.line((eye - 22, y - 22, eye + 20, y - 26), fill=hair, width=5)
    draw.line((x, y, x - 8, y + across * 0.4, x + 8, y + across * 0.44), fill=shade(skin, 0.78), width=3)
    draw.ellipse((x - 26, y + across * 0.66, x + 26, y + across * 0.8), fill=(178, 84, 80))
    for _hair in range(420):
        at, reach = random.uniform(-1.1, 1.1), random.uniform(0.2, 0.7)
        top = y - across * (1.42 - 0.5 * at * at)
        draw.line(
            (x + at * across, top, x + at * across * 1.08, top + reach * across * abs(at)),
            fill=shade(hair, random.uniform(0.7, 1.5)),
            width=1,
        )
    return canvas


def woven(random: Random, size: Size) -> Image.Image:
    """Hard: a weave fills the frame."""
    width, height = size
    step = random.randrange(9, 17)
    canvas = Image.new("RGB", size)
    draw = ImageDraw.Draw(canvas)
    yarn = (random.randrange(80, 200), random.randrange(80, 180), random.randrange(80, 180))
    for row in range(0, height, step):
        for column in range(0, width, step):
            light = random.uniform(0.82, 1.06) * (0.72 if (row // step + column // step) % 2 else 1)
            draw.rounded_rectangle(
                (column, row, column + step - 2, row + step - 2), radius=step // 3, fill=shade(yarn, light)
            )
    folds = cloud(random, size, 2, 3, 0.5).point([130 + value * 125 // 255 for value in range(256)])
    return ImageChops.multiply(canvas, Image.merge("RGB", [folds] * 3))


def engraving(random: Random, size: Size) -> Image.Image:
    """Hard: grey, made of hatching alone."""
    width, height = size
    canvas = Image.new("RGB", size, (232, 228, 216))
    draw = ImageDraw.Draw(canvas)
    dark = cloud(random, (64, 48), 3, 3)
    for y in range(0, height, 6):
        for x in range(0, width, 10):
            ink = 255 - int(dark.getpixel((x * 64 // width, y * 48 // height)))  # type: ignore[arg-type]
            if ink > 70:
                tilt = random.uniform(-2, 2)
                draw.line(
                    (x, y + tilt, x + 9, y - tilt), fill=(40, 36, 34), width=1 + (ink > 150) + (ink > 210)
                )
    return canvas.filter(ImageFilter.GaussianBlur(0.4))


SCENES = {
    "room": room, "corridor": corridor, "castle": castle, "bricks": bricks, "candle": candle, "bookshelves": bookshelves,
    "drawn_in_ink": drawn_in_ink, "portrait": portrait, "woven": woven, "engraving": engraving,
}  # fmt: skip
