"""What the pixels of a product picture say: background, colours, sharpness, light, proportions. Pure, nothing guessed."""

from __future__ import annotations

from typing import Any

from PIL import Image

from vitrina.lib.pictures.backgrounds import Background, look_behind
from vitrina.lib.pictures.colors import nearest, to_hex, to_oklab
from vitrina.lib.pictures.dominant import colors_of
from vitrina.lib.pictures.fitting import fitted
from vitrina.lib.pictures.lettering import text_likelihood
from vitrina.lib.pictures.looks import brightness_bits, outline_bits
from vitrina.lib.pictures.sharpness import exposure_of, sharpness_of

VERSION = 2  # + 1 whenever the same picture would be measured differently

SMALL = 112  # longest side on which areas and colours are looked at
FIXED = 512  # longest side on which edges are looked at; a smaller picture isn't blown up


def measure(image: Image.Image) -> dict[str, Any]:
    """`image`: RGB, turned as it is looked at, longest side ≤ 1024. The same picture gives the same answer.

    {
      "version": 2,
      "aspect": 0.75,                      width / height
      "background": {"kind": "white" | "plain" | "scene", "share": 0.61, "hex": "#f7f7f7", "name": "white"},
                                           share of the frame; of a scene share, hex and name are null
      "subject": {"share": 0.39, "touches": ["bottom"], "outline": "00ff…", "aspect": 1.3},
                                           outline: 64 hexadecimal digits, see `looks.outline_bits`; aspect: of the box around
                                           it; null where it can't be told from the background, or in a scene
      "bits": "c3f0…",                     16 hexadecimal digits, see `looks.brightness_bits`
      "colors": [{"hex": "#c8102e", "share": 0.82, "name": "red"}, …],  see `dominant.colors_of`
      "sharpness": {"variance": 812.4, "kind": "sharp" | "soft" | "blurred"},  kind is null where there is no edge
      "exposure": {"light": 0.62, "blown": 0.01, "kind": "good" | "dark" | "blown"},
      "text": {"likelihood": 0.03},        that somebody put words on the picture: by the look of strokes, nothing is read
    }
    Names are ids of `colors.PALETTE`. Raises ValueError for another mode than RGB.
    """
    if image.mode != "RGB":
        raise ValueError(f"A picture is measured in RGB, not in {image.mode}.")
    middle = fitted(image, FIXED)
    small = fitted(middle, SMALL)
    grey = middle.convert("L")
    background = look_behind(small)
    return {
        "version": VERSION,
        "aspect": round(image.width / image.height, 3),
        "background": _background(background),
        "subject": _subject(background),
        "bits": brightness_bits(grey),
        "colors": colors_of(small, background),
        "sharpness": sharpness_of(grey),
        "exposure": exposure_of(small, background),
        "text": {"likelihood": round(text_likelihood(grey), 2)},
    }


def _background(background: Background) -> dict[str, Any]:
    color = background.color
    return {
        "kind": background.kind,
        "share": None if background.share is None else round(background.share, 3),
        "hex": None if color is None else to_hex(*color),
        "name": None if color is None else nearest(to_oklab(*color)).id,
    }


def _subject(background: Background) -> dict[str, Any] | None:
    if background.subject is None or background.share is None:
        return None
    told = {"share": round(1 - background.share, 3), "touches": list(background.touches)}
    outline = outline_bits(background.subject)
    return told if outline is None else {**told, "outline": outline[0], "aspect": outline[1]}
