"""Whether anything is to be seen at all. Pure.

Entropy and the share of flat blocks mislead: a product on white has the entropy of an empty sheet.
"""

from __future__ import annotations

from PIL import Image, ImageChops

from vitrina.lib.pictures.quality.tones import below, deviation

BLANK_DEVIATION, BLANK_RANGE = 3.0, 12  # of the light: less is a sheet of paper
UNIFORM_DEVIATION = (
    20.0  # of every channel; night and fog have less too, so it tells only where nothing has an edge
)
GREY, NEAR_GREY = 128, 4  # what a reader of JPEG leaves where the file ends
LEAST_CUT = 0.04  # of the height


def contrast(grey: Image.Image) -> float:
    """0 … 255: deviation of the light, 0 where all but a hundredth of the pixels lie within BLANK_RANGE."""
    counts = grey.histogram()
    if below(counts, 0.995) - below(counts, 0.005) < BLANK_RANGE:
        return 0.0
    return deviation(counts)


def color_contrast(middle: Image.Image) -> float:
    """0 … 255: deviation of the channel that changes most. `middle`: RGB."""
    return max(deviation(channel.histogram()) for channel in middle.split())


def flat_below(middle: Image.Image) -> float:
    """0 … 1: share of the height, from below, whose rows are all the same grey. `middle`: RGB."""
    height = middle.height
    if height < 8:
        return 0.0
    most, least = middle.split()[0], middle.split()[0]
    for channel in middle.split()[1:]:
        most, least = ImageChops.lighter(most, channel), ImageChops.darker(least, channel)
    near = ImageChops.darker(
        most.point([255 if value <= GREY + NEAR_GREY else 0 for value in range(256)]),
        least.point([255 if value >= GREY - NEAR_GREY else 0 for value in range(256)]),
    )
    rows = near.resize((1, height), Image.Resampling.BOX).tobytes()
    flat = 0
    for value in reversed(rows):
        if value < 252:
            break
        flat += 1
    return flat / height
