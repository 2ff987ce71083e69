"""How sharp a picture is, and how light. Pure.

The variance of the Laplacian grows with what is shown as much as with the lens: a plain mug in focus has less than a patterned
carpet out of it. So the word comes from the steepest edges alone: how fast their slope turns, beside the slope itself. For a
step blurred by a bell curve of σ pixels that is about 0.6 / σ, whatever its contrast.
"""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageChops, ImageFilter, ImageStat

from vitrina.lib.pictures.backgrounds import SCENE, WHITE, Background

LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=2, offset=128)
# The turn of the steepest edges beside their slope, on 512 pixels; measured on drawn products (docs/pictures.md).
SHARP, SOFT = 0.5, 0.27
LEAST_SLOPE = 14  # of 255 between neighbours: what is flatter is paper, cloth and noise, no edge
STEEPEST = 0.004  # of the pixels: those edges tell
AREA, LEAST_CONTRAST = 16, 36  # pixels a side, and of 255 between neighbouring areas
DARK = 0.35  # the light that all but a twentieth of the picture stays below
BLOWN = 0.25  # share without any drawing left

SHARP_KIND, SOFT_KIND, BLURRED = "sharp", "soft", "blurred"


def sharpness_of(grey: Image.Image) -> dict[str, Any]:
    """`grey`: «L», longest side 512 or less, sides ≥ 3. {"variance", "kind"}; kind is None where there is no edge."""
    turns = grey.filter(LAPLACIAN).crop((1, 1, grey.width - 1, grey.height - 1))
    variance = ImageStat.Stat(turns).var[0] * LAPLACIAN.filterargs[1] ** 2
    return {"variance": round(variance, 1), "kind": _kind(grey, turns)}


def _kind(grey: Image.Image, turns: Image.Image) -> str | None:
    slopes = _slopes(grey)
    least = max(LEAST_SLOPE, _highest(slopes, STEEPEST))
    steepest = slopes.point([255 if slope >= least else 0 for slope in range(256)])
    if steepest.histogram()[255] < 8:
        return BLURRED if _is_drawn_wide(grey) else None
    slope = ImageStat.Stat(slopes, steepest).mean[0]
    turn_sizes = turns.point([min(255, 2 * abs(value - 128)) for value in range(256)])
    turn = ImageStat.Stat(_widened(turn_sizes), steepest).mean[0]
    ratio = turn / slope
    return SHARP_KIND if ratio >= SHARP else SOFT_KIND if ratio >= SOFT else BLURRED


def _slopes(grey: Image.Image) -> Image.Image:
    """«L», a pixel less on every side: the greater of the steps to the right and down."""
    width, height = grey.size
    middle = grey.crop((1, 1, width - 1, height - 1))
    across = ImageChops.difference(middle, grey.crop((2, 1, width, height - 1)))
    down = ImageChops.difference(middle, grey.crop((1, 2, width - 1, height)))
    return ImageChops.lighter(across, down)


def _widened(image: Image.Image) -> Image.Image:
    """Every pixel the greatest of itself and its neighbours; Pillow's own filter for it takes ten times longer."""
    for left, up in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        image = ImageChops.lighter(image, ImageChops.offset(image, left, up))
    return image


def _is_drawn_wide(grey: Image.Image) -> bool:
    """Whether neighbouring areas differ, though no neighbouring pixels do: an outline that was blurred away."""
    areas = grey.reduce(AREA)
    return min(areas.size) >= 3 and any(_slopes(areas).histogram()[LEAST_CONTRAST:])


def _highest(image: Image.Image, share: float) -> int:
    """The value that this share of the pixels reaches or passes."""
    wanted = share * image.width * image.height
    passed = 0
    histogram = image.histogram()
    for value in range(255, -1, -1):
        passed += histogram[value]
        if passed >= wanted:
            return value
    return 0


def exposure_of(small: Image.Image, background: Background) -> dict[str, Any]:
    """{"light", "blown", "kind"}: mean light 0–1; share of the product (of the frame in a scene) that is pure white; a word.

    Before a white background nothing is called blown: a white product and a lost one look the same there.
    """
    grey = small.convert("L")
    brightest = _highest(grey, 0.05) / 255
    least = small.split()
    whitest = ImageChops.darker(ImageChops.darker(least[0], least[1]), least[2])
    counts = whitest.histogram(background.subject)
    blown = sum(counts[253:]) / max(1, sum(counts))
    kind = "good"
    if brightest < DARK:
        kind = "dark"
    elif background.kind != WHITE and blown > BLOWN and (background.subject or background.kind == SCENE):
        kind = "blown"
    return {"light": round(ImageStat.Stat(grey).mean[0] / 255, 3), "blown": round(blown, 3), "kind": kind}
