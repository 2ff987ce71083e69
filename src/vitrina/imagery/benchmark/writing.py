"""Words on a picture that nobody ordered: captions, watermarks, a service's name. Drawn in whatever typeface Pillow brings along."""

from __future__ import annotations

from random import Random

from PIL import Image, ImageDraw, ImageFont

CAPTIONS = (
    "SALE -50%", "Chapter One", "The Old Castle", "BEST PRICE", "free delivery", "Lorem ipsum dolor", "made with love", "www.example.com",
    "COMING SOON", "Happy Birthday", "autumn collection", "NEW 2026",
)  # fmt: skip


def captioned(random: Random, image: Image.Image) -> Image.Image:
    """One to four lines in the picture, light on dark or dark on light, some on a label."""
    image = image.copy()
    draw = ImageDraw.Draw(image)
    high = random.randrange(image.height // 22, image.height // 9)
    font = ImageFont.load_default(high)
    left, top = random.randrange(20, image.width // 4), random.randrange(20, image.height // 2)
    lines = [random.choice(CAPTIONS) for _number in range(random.randrange(1, 5))]
    wide = round(max(draw.textlength(line, font=font) for line in lines))
    box = (left - 12, top - 8, left + wide + 12, top + round(1.3 * high) * len(lines) + 12)
    under = _mean(image.crop(box))
    ink = (250, 250, 250) if under < 128 else (14, 14, 14)
    if random.random() < 0.5:
        draw.rectangle(box, fill=tuple(255 - channel for channel in ink))
    for number, line in enumerate(lines):
        draw.text((left, top + round(1.3 * high) * number), line, fill=ink, font=font)
    return image


def watermarked(random: Random, image: Image.Image) -> Image.Image:
    """A name that shines through, again and again, slanting over the whole picture."""
    mark = Image.new("L", (image.width * 2, image.height * 2), 0)
    draw = ImageDraw.Draw(mark)
    high = random.randrange(image.height // 22, image.height // 12)
    font = ImageFont.load_default(high)
    name = random.choice(("PREVIEW", "SAMPLE", "stock photo", "© example.com", "demo version"))
    wide = round(draw.textlength(name, font=font)) + high
    for row, y in enumerate(range(0, mark.height, high * 3)):
        for x in range(-(row % 2) * wide // 2, mark.width, wide):
            draw.text((x, y), name, fill=255, font=font)
    mark = mark.rotate(random.choice((-35, -30, 30, 35, 0)), resample=Image.Resampling.BICUBIC)
    left, top = image.width // 2, image.height // 2
    mark = mark.crop((left, top, left + image.width, top + image.height))
    strength = random.uniform(0.3, 0.5)
    ink = (255, 255, 255) if _mean(image) < 150 else (0, 0, 0)
    marked = image.copy()
    marked.paste(ink, (0, 0), mark.point([round(value * strength) for value in range(256)]))
    return marked


def signed(random: Random, image: Image.Image) -> Image.Image:
    """A service's name in a corner, with its sign, as free services put it."""
    image = image.copy()
    high = image.height // 26
    font = ImageFont.load_default(high)
    draw = ImageDraw.Draw(image)
    name = random.choice(("pollinations.ai", "image.example", "Made with AI Studio", "freepictures.org"))
    wide = round(draw.textlength(name, font=font)) + 2 * high
    left = random.choice((high // 2, image.width - wide - high))
    top = image.height - 2 * high
    ink = (252, 252, 252) if _mean(image.crop((left, top, left + wide, top + high))) < 140 else (20, 20, 20)
    draw.ellipse((left, top, left + high, top + high), outline=ink, width=4)
    draw.text((left + round(1.4 * high), top - high // 6), name, fill=ink, font=font)
    return image


def _mean(image: Image.Image) -> float:
    return image.convert("L").resize((1, 1), Image.Resampling.BOX).tobytes()[0]
