"""A picture brought to the size on which something is measured. Pure."""

from __future__ import annotations

from PIL import Image


def fitted(image: Image.Image, longest: int) -> Image.Image:
    """Averaged down so that the longest side is at most `longest`, and no side less than 3. Nothing is blown up but that."""
    scale = min(1.0, longest / max(image.size))
    size = (max(3, round(image.width * scale)), max(3, round(image.height * scale)))
    if size == image.size:
        return image
    factor = int(1 / scale)
    if factor > 1 and min(image.size) >= 3 * factor:
        image = image.reduce(factor)
    return image if size == image.size else image.resize(size, Image.Resampling.BOX)
