"""Pictures made small: in the right size, the right way up, in the right colours, with nothing of the camera left."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from vitrina.lib.pictures import Prepared
from vitrina.lib.pictures.kinds import MEDIA_TYPES
from vitrina.lib.pictures.preparing import LONGEST_SIDE, THUMB_SIDE, prepare
from vitrina.lib.tests.picture_files import chunk, png, saved

RED, BLUE, WHITE = (200, 30, 40), (20, 60, 200), (255, 255, 255)


def processed(prepared: Prepared) -> Image.Image:
    image = Image.open(io.BytesIO(prepared.processed))
    image.load()
    return image


def is_near(colour: Any, wanted: tuple[int, ...], by: int = 8) -> bool:
    return all(abs(one - other) <= by for one, other in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("kind", MEDIA_TYPES)
def test_every_kind_of_picture_is_known_by_its_content(kind: str) -> None:
    prepared = prepare(saved(Image.new("RGB", (1600, 900), RED), kind))
    assert (prepared.media_type, prepared.width, prepared.height) == (MEDIA_TYPES[kind], 1600, 900)
    image = processed(prepared)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1024, 576))
    assert is_near(image.getpixel((500, 300)), RED)
    thumb = Image.open(io.BytesIO(prepared.thumb))
    assert (thumb.format, thumb.mode, thumb.size) == ("WEBP", "RGB", (320, 180))


MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("L", "P", "RGBA"),
    "AVIF": ("RGB", "RGBA"),
    "BMP": ("1", "L", "P", "RGB"),
}
# One side of any length, the other short: what is tested is arithmetic, and pixels take time.
SIDES = st.tuples(
    st.one_of(st.integers(1, 40), st.integers(1, 9000), st.sampled_from([1023, 1024, 1025, 1433, 2868])),
    st.integers(1, 400),
)


@settings(max_examples=100)
@given(
    how=st.sampled_from([(kind, mode) for kind, modes in MODES.items() for mode in modes]),
    sides=SIDES,
    is_upright=st.booleans(),
)
def test_whatever_its_size_and_mode_a_picture_becomes_a_small_one_of_the_same_shape(
    how: tuple[str, str], sides: tuple[int, int], is_upright: bool
) -> None:
    kind, mode = how
    width, height = sides[::-1] if is_upright else sides
    prepared = prepare(saved(Image.new(mode, (width, height)), kind))
    assert (prepared.width, prepared.height) == (width, height)
    for data, most in ((prepared.processed, LONGEST_SIDE), (prepared.thumb, THUMB_SIDE)):
        image = Image.open(io.BytesIO(data))
        image.load()
        assert image.mode == "RGB"
        longest = min(max(width, height), most)
        share = longest / max(width, height)
        assert image.size == (max(1, round(width * share)), max(1, round(height * share)))


# Four corners in four colours; after the rotation that is noted they stand where they stood.
CORNERS = {(0, 0): RED, (1, 0): (30, 160, 40), (0, 1): BLUE, (1, 1): (240, 220, 30)}


def four_corners(size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size)
    pen = ImageDraw.Draw(image)
    width, height = size
    for (right, low), colour in CORNERS.items():
        left, top = right * width // 2, low * height // 2
        pen.rectangle((left, top, left + width // 2, top + height // 2), fill=colour)
    return image


UNDONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("turn", UNDONE)
def test_it_stands_as_the_camera_was_held_and_tells_nothing_of_the_camera(kind: str, turn: int) -> None:
    upright = four_corners((400, 200))
    undone = UNDONE[turn]
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, 7.0)  # where it was taken
    exif.get_ifd(0x8825)[1] = "N"
    prepared = prepare(saved(upright.transpose(undone) if undone is not None else upright, kind, exif=exif))
    assert (prepared.width, prepared.height) == (400, 200)
    for data in (prepared.processed, prepared.thumb):
        image = Image.open(io.BytesIO(data))
        for (right, low), colour in CORNERS.items():
            at = (image.width * (1 + 2 * right) // 4, image.height * (1 + 2 * low) // 4)
            assert is_near(image.convert("RGB").getpixel(at), colour, 20)
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment"} & set(image.info)
        assert b"SecretCamera" not in data
        assert b"Exif" not in data


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_rotation_that_cannot_be_read_is_none() -> None:
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\x12\x01" * 9
    assert prepare(saved(Image.new("RGB", (40, 20)), "JPEG", exif=broken)).width == 40


def half_seen(mode: str) -> Image.Image:
    """Left half in a colour, right half not there."""
    image = Image.new("RGBA", (300, 200), (*RED, 255))
    image.paste((0, 0, 0, 0), (150, 0, 300, 200))
    if mode == "P":
        image = image.quantize(8)
    return image.convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("RGBA", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "GIF"), ("RGBA", "WEBP"), ("RGBA", "AVIF")],
)
def test_what_one_can_look_through_lies_on_white(mode: str, kind: str) -> None:
    lossless = {"lossless": True} if kind == "WEBP" else {}
    image = processed(prepare(saved(half_seen(mode), kind, **lossless)))
    assert is_near(image.getpixel((250, 100)), WHITE, 3)
    assert is_near(image.getpixel((40, 100)), (81, 81, 81) if mode == "LA" else RED, 12)


@pytest.mark.parametrize(("mode", "key"), [("RGB", RED), ("L", 77), ("1", 0)])
def test_a_colour_that_is_declared_transparent_is_white(mode: str, key: Any) -> None:
    image = processed(prepare(saved(Image.new(mode, (30, 20), key), "PNG", transparency=key)))
    assert is_near(image.getpixel((15, 10)), WHITE, 3)


def row_of(bits: int, *values: int) -> bytes:
    """Eight pixels."""
    if bits == 16:
        return struct.pack(f">{len(values)}H", *values) * 8
    (value,) = values
    return bytes([sum(value << at for at in range(0, 8, bits))]) * bits


@pytest.mark.parametrize(
    ("bits", "colour", "values", "wanted"),
    [
        (16, 2, (40_000, 20_000, 1_000), (156, 78, 3)),
        (16, 0, (40_000,), (156, 156, 156)),
        (4, 0, (9,), (153, 153, 153)),
        (2, 0, (2,), (170, 170, 170)),
    ],
)
def test_a_png_of_more_or_fewer_bits_has_its_colour_and_its_transparent_one(
    bits: int, colour: int, values: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    row = b"\0" + row_of(bits, *values)
    seen = processed(prepare(png(8, 8, bits=bits, colour=colour, pixels=row * 8)))
    assert is_near(seen.getpixel((4, 4)), wanted, 3)
    key = chunk(b"tRNS", struct.pack(f">{len(values)}H", *values))
    unseen = processed(prepare(png(8, 8, key, bits=bits, colour=colour, pixels=row * 8)))
    assert is_near(unseen.getpixel((4, 4)), WHITE, 3)


def test_half_transparent_is_half_white() -> None:
    image = processed(prepare(saved(Image.new("RGBA", (3000, 2000), (0, 0, 0, 128)))))
    assert is_near(image.getpixel((500, 300)), (127, 127, 127), 3)


@pytest.mark.parametrize(("value", "wanted"), [(0, 0), (40_000, 156), (65_535, 255)])
def test_sixteen_bits_of_grey_become_eight(value: int, wanted: int) -> None:
    image = processed(prepare(saved(Image.new("I;16", (60, 40), value))))
    assert is_near(image.getpixel((30, 20)), (wanted,) * 3, 2)


def test_a_printers_picture_has_the_colours_that_were_meant() -> None:
    image = processed(prepare(saved(Image.new("CMYK", (60, 40), (0, 255, 255, 0)), "JPEG")))
    assert is_near(image.getpixel((30, 20)), (255, 0, 0), 12)


def test_colours_of_another_profile_are_brought_to_that_of_screens() -> None:
    lab = ImageCms.createProfile("LAB")
    swapped = ImageCms.ImageCmsProfile(lab).tobytes()  # a sound profile, of colours that no RGB picture has
    plain = processed(prepare(saved(Image.new("RGB", (60, 40), RED), icc_profile=swapped)))
    assert is_near(plain.getpixel((30, 20)), RED)
    wide = processed(prepare(saved(Image.new("RGB", (60, 40), RED), icc_profile=wide_profile())))
    red, green, _blue = wide.getpixel((30, 20))  # type: ignore[misc]
    assert red > 215
    assert green < 25


def wide_profile() -> bytes:
    """sRGB's profile with a red primary farther out, as wide screens have."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    at = profile.index(b"rXYZ")
    offset = int.from_bytes(profile[at + 4 : at + 8], "big") + 8
    for place, value in enumerate((0.62, 0.24, -0.002)):
        profile[offset + 4 * place : offset + 4 * place + 4] = round(value * 65536).to_bytes(
            4, "big", signed=True
        )
    return bytes(profile)


@pytest.mark.parametrize("profile", [b"x", b"\0" * 200, b"\xff" * 3000])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_broken_profile_costs_itself_and_not_the_picture(profile: bytes, mode: str) -> None:
    prepared = prepare(saved(Image.new(mode, (60, 40)), "JPEG", icc_profile=profile))
    assert processed(prepared).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_what_moves_the_first_frame_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE, WHITE)]
    image = processed(prepare(saved(frames[0], kind, save_all=True, append_images=frames[1:])))
    assert is_near(image.getpixel((30, 20)), RED, 12)


def test_the_same_picture_becomes_the_same_bytes() -> None:
    data = saved(four_corners((1500, 700)), "JPEG")
    assert prepare(data) == prepare(data)


def test_a_small_picture_does_not_grow() -> None:
    prepared = prepare(saved(Image.new("RGB", (100, 50), RED)))
    assert processed(prepared).size == (100, 50)
    assert Image.open(io.BytesIO(prepared.thumb)).size == (100, 50)


@pytest.mark.parametrize("size", [(5000, 3000), (2900, 4100), (4097, 1), (1, 20_000)])
def test_shrinking_band_by_band_leaves_no_seam(size: tuple[int, int]) -> None:
    """A grey ramp stays one: no row is missing, doubled or shifted."""
    ramp = Image.linear_gradient("L").resize(size, Image.Resampling.BILINEAR)
    image = processed(prepare(saved(ramp))).convert("L")
    column = image.resize((1, image.height), Image.Resampling.BOX).tobytes()
    wanted = ramp.resize((1, image.height), Image.Resampling.BOX).tobytes()
    assert max(abs(one - other) for one, other in zip(column, wanted, strict=True)) <= 3
