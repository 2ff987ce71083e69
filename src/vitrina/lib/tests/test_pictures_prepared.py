"""Pictures made small: in the right size, the right way up, in the right colours, with nothing of the camera left."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from vitrina.lib.pictures import Prepared
from vitrina.lib.pictures.preparing import prepare

SAVED = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "AVIF": "image/avif",
}
SAVED |= {"BMP": "image/bmp"}


def saved(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def processed(prepared: Prepared) -> Image.Image:
    image = Image.open(BytesIO(prepared.processed))
    image.load()
    return image


@pytest.mark.parametrize("kind", SAVED)
def test_every_kind_of_picture_is_opened_by_what_it_is(kind: str) -> None:
    prepared = prepare(saved(Image.new("RGB", (1600, 900), (200, 30, 40)), kind))
    assert (prepared.media_type, prepared.width, prepared.height) == (SAVED[kind], 1600, 900)
    image = processed(prepared)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1024, 576))
    assert all(abs(a - b) < 8 for a, b in zip(image.getpixel((500, 300)), (200, 30, 40), strict=True))
    thumb = Image.open(BytesIO(prepared.thumb))
    assert (thumb.format, thumb.size) == ("WEBP", (320, 180))
