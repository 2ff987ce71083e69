"""The many ways in which files say colours, brought to the one that screens show (sRGB)."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageCms, ImageFile

_LONGEST_PROFILE = 4_000_000  # bytes; printers' profiles have about half a megabyte
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_TO_EIGHT_BITS = {"L;2": 85, "L;4": 17, "I;16B": 1 / 256}
_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}


def laid_on_white(image: Image.Image) -> Image.Image:
    """L, RGB or CMYK without anything one can look through; of 16 bits the upper eight."""
    if image.mode.startswith("I"):
        image = _of_eight_bits(image)
    if image.mode in ("L", "RGB", "CMYK") and "transparency" not in image.info:
        return image
    if image.mode == "1" and "transparency" not in image.info:
        return image.convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")


def _of_eight_bits(image: Image.Image) -> Image.Image:
    """Converted straight to L, all above 255 would be white."""
    key = image.info.get("transparency")
    grey = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    grey.info = {} if key is None else {"transparency": key}
    return grey


def bring_key_to_eight_bits(source: ImageFile.ImageFile) -> None:
    """The one colour that a PNG declares transparent is said in the file's bits, and Pillow's pixels have eight.

    To be called before the pixels are loaded. Of 16 bits the upper eight count: the closest shades vanish with it.
    """
    key, raw = source.info.get("transparency"), source.tile[0].args if source.tile else None
    if isinstance(key, tuple) and raw == "RGB;16B":
        source.info["transparency"] = tuple(part >> 8 for part in key)
    elif isinstance(key, int) and raw in _TO_EIGHT_BITS:
        source.info["transparency"] = int(key * _TO_EIGHT_BITS[raw])


def in_rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB by the colour profile of the file. Without one, or with one that can't be used, by the usual rules."""
    if profile and len(profile) <= _LONGEST_PROFILE:
        change = _change(profile, image.mode)
        if change is None and image.mode == "L":
            change, image = _change(profile, "RGB"), image.convert("RGB")
        if change is not None:
            return change.apply(image)
    return image if image.mode == "RGB" else image.convert("RGB")


@lru_cache(maxsize=16)
def _change(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """None where the profile is broken or speaks of other colours than the picture has."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if _SPACES.get(source.profile.xcolor_space.strip()) != mode:
            return None
        return ImageCms.buildTransform(source, _SRGB, mode, "RGB")
    except (OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None
