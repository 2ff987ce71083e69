"""Pictures with lettering on them, and pictures with what looks like it: prints, weaves, buttons. The same seed, the same picture."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from PIL import Image, ImageDraw, ImageFont

from vitrina.catalog.pictures.benchmark.drawing import photographed

WORDS = (
    "SALE -50%", "NEW", "TOP QUALITY", "350 ml", "100% cotton", "free delivery", "best price", "3 in 1", "size M",
    "waterproof", "HIT", "made to last", "order today", "XL 48-50", "gift inside", "12 months warranty",
)  # fmt: skip


def with_lettering(random: Random, image: Image.Image) -> Image.Image:
    """One to five lines over the picture, on it or on a label, as sellers put them; some of it photographed with the rest."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    high = random.randrange(image.height // 28, image.height // 7)
    font = ImageFont.load_default(high)
    left, top = random.randrange(5, image.width // 4), random.randrange(5, image.height // 2)
    ink, paper = random.choice(
        (("#ffffff", "#c8102e"), ("#111111", "#ffd800"), ("#222222", "#ffffff"), ("#ffffff", "#14213d"))
    )
    lines = [random.choice(WORDS) for _number in range(random.randrange(1, 6))]
    if random.random() < 0.6:
        wide = max(draw.textlength(line, font=font) for line in lines)
        box = (left - 8, top - 6, left + wide + 8, top + round(1.35 * high) * len(lines) + 6)
        draw.rectangle(box, fill=paper)
    else:
        under = sum(image.convert("L").crop((left, top, left + 80, top + high)).resize((1, 1)).tobytes())
        ink = "#ffffff" if under < 128 else "#111111"
    for number, line in enumerate(lines):
        draw.text((left, top + round(1.35 * high) * number), line, fill=ink, font=font)
    return photographed(random, image) if random.random() < 0.4 else image


def with_print(random: Random, image: Image.Image) -> Image.Image:
    """A print, a weave or buttons on the middle of the picture: strokes that are no letters."""
    image = image.copy()
    box = (image.width // 4, image.height // 4, 3 * image.width // 4, 3 * image.height // 4)
    PRINTS[random.choice(sorted(PRINTS))](random, ImageDraw.Draw(image), box)
    return photographed(random, image) if random.random() < 0.4 else image


Box = tuple[int, int, int, int]


def _any_color(random: Random) -> tuple[int, int, int]:
    return random.randrange(256), random.randrange(256), random.randrange(256)


def _stripes(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    step, color = random.randrange(6, 40), _any_color(random)
    if random.random() < 0.5:
        for x in range(box[0], box[2], step):
            draw.rectangle((x, box[1], x + step // 2, box[3]), fill=color)
    else:
        for y in range(box[1], box[3], step):
            draw.rectangle((box[0], y, box[2], y + step // 2), fill=color)


def _checks(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    step, color = random.randrange(8, 40), _any_color(random)
    for row, y in enumerate(range(box[1], box[3], step)):
        for x in range(box[0] + step * (row % 2), box[2], 2 * step):
            draw.rectangle((x, y, x + step, y + step), fill=color)


def _dots(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    step, color = random.randrange(10, 40), _any_color(random)
    for row, y in enumerate(range(box[1], box[3], step)):
        for x in range(box[0] + step // 2 * (row % 2), box[2], step):
            draw.ellipse((x, y, x + step // 2, y + step // 2), fill=color)


def _flowers(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    for _number in range(random.randrange(20, 90)):
        x, y = random.randrange(box[0], box[2]), random.randrange(box[1], box[3])
        size, color = random.randrange(4, 16), _any_color(random)
        for across, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            middle_x, middle_y = x + across * size, y + down * size
            draw.ellipse((middle_x - size, middle_y - size, middle_x + size, middle_y + size), fill=color)


def _buttons(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    wide, high, color = random.randrange(14, 40), random.randrange(12, 30), _any_color(random)
    for y in range(box[1], box[1] + random.randrange(1, 6) * (high + 6), high + 6):
        for x in range(box[0], box[2], wide + 6):
            draw.rounded_rectangle((x, y, x + wide, y + high), radius=4, fill=color)


def _leaves(random: Random, draw: ImageDraw.ImageDraw, box: Box) -> None:
    for _number in range(random.randrange(30, 160)):
        x, y = random.randrange(box[0], box[2]), random.randrange(box[1], box[3])
        end = (x + random.randrange(-30, 31), y + random.randrange(-30, 31))
        draw.line((x, y, *end), fill=_any_color(random), width=random.randrange(1, 5))


PRINTS: dict[str, Callable[[Random, ImageDraw.ImageDraw, Box], None]] = {
    "stripes": _stripes, "checks": _checks, "dots": _dots, "flowers": _flowers, "buttons": _buttons, "leaves": _leaves,
}  # fmt: skip
