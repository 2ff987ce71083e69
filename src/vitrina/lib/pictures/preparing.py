"""One picture from outside, opened whole and made small, in this process.

What is opened here was written by others, and the readers are C: `pool.prepare_apart` does the same in a process that
may be lost. Nothing big is copied: the whole picture is held once, and what is done to it is done band by band.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from vitrina.lib.pictures.kinds import MEDIA_TYPES, kind_of
from vitrina.lib.pictures.likeness import likeness
from vitrina.lib.pictures.measuring import measure
from vitrina.lib.pictures.prepared import MEMORY_BYTES, PictureRefused, Prepared
from vitrina.lib.pictures.rgb import bring_key_to_eight_bits, in_rgb, laid_on_white
from vitrina.lib.sentences import gettext_noop

MOST_PIXELS = 50_000_000
# Their readers hold the picture several times over: what fits into the memory of a preparing process.
MOST_PIXELS_OF = {"WEBP": 12_000_000, "AVIF": 16_000_000}
LONGEST_SIDE = 1024
THUMB_SIDE = 320
JPEG_QUALITY = 85
THUMB_QUALITY = 80
THUMB_EFFORT = 2  # of 0 … 6: from 3 on twice the time for one per cent of the bytes

TOO_MANY_PIXELS = gettext_noop(
    "The picture has %(width)s × %(height)s pixels; up to %(most)s megapixels are opened in %(kind)s. Save it smaller."
)
BROKEN = gettext_noop("The picture is broken or was cut short on its way. Save it anew or upload it again.")
TOO_MUCH_MEMORY = gettext_noop(
    "The picture needs more than the %(most)s MB of memory that one picture may have. Save it smaller."
)

# What Pillow raises on pictures that are not what they should be.
TROUBLE: tuple[type[Exception], ...] = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError)
TROUBLE += (
    AttributeError,
    ArithmeticError,
    RuntimeError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)

# Times the wanted size: what cheap shrinking leaves for Lanczos. The difference to Lanczos alone is 38 dB or more, where
# JPEG 85 itself differs by 30; a photo of 12 megapixels costs half as much (docs/pictures.md).
_ENOUGH = 1.4
_BAND = 2_000_000  # pixels that are worked on at a time
_COEFFICIENT_BYTES = MEMORY_BYTES - 50_000_000
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112  # of EXIF
_SIDES_SWAPPED = 5  # from this orientation on


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture on its way through this process. `image`: RGB as it is looked at, longest side ≤ LONGEST_SIDE.

    `native`: RGB, pixels that nobody resized: the whole of a picture that is small enough, else its middle, at most
    LONGEST_SIDE a side; None where the file was never opened in full size. `width` × `height`: of the whole.
    """

    image: Image.Image
    native: Image.Image | None
    width: int
    height: int


def prepare(data: bytes) -> Prepared:
    """The picture in the sizes that are needed; of an animation its first frame. Raises `PictureRefused`.

    For one thread at a time: Pillow warns of strange files, and whoever calls decides what warnings are.
    """
    return prepare_and_keep(data)[0]


def prepare_and_keep(data: bytes, *, is_native_kept: bool = False) -> tuple[Prepared, Opened]:
    """As `prepare`, with the pixels, for whoever looks at them further. `is_native_kept`: `Opened.native` is wanted."""
    kind = kind_of(data)
    try:
        try:
            opened = _opened(data, kind, is_native_kept)
        except PictureRefused:
            raise
        except TROUBLE as error:
            raise PictureRefused(BROKEN) from error
        image, width, height = opened.image, opened.width, opened.height
        processed = BytesIO()
        image.save(processed, "JPEG", quality=JPEG_QUALITY)
        thumb = _shrunk(image, _within((width, height), THUMB_SIDE))
        thumbed = BytesIO()
        thumb.save(thumbed, "WEBP", quality=THUMB_QUALITY, method=THUMB_EFFORT)
    except MemoryError as error:
        raise PictureRefused(TOO_MUCH_MEMORY, {"most": MEMORY_BYTES // 2**20}) from error
    prepared = Prepared(
        media_type=MEDIA_TYPES[kind],
        width=width,
        height=height,
        processed=processed.getvalue(),
        thumb=thumbed.getvalue(),
        likeness=likeness(thumb),
        measured=measure(image),
    )
    return prepared, opened


def _opened(data: bytes, kind: str, is_native_kept: bool) -> Opened:
    """Raises whatever Pillow raises."""
    if kind == "WEBP":
        _check_size(_webp_size(data), kind)  # opening it takes the memory already
    with Image.open(BytesIO(data), formats=(kind,)) as source:
        width, height = source.size
        _check_size((width, height), kind)
        if kind == "JPEG":
            _check_coefficients(source)
        if kind == "PNG":
            bring_key_to_eight_bits(source)  # before EXIF, which may stand behind the pixels
        turn = _orientation(source)
        wanted = _within((width, height), LONGEST_SIDE)
        if kind == "JPEG":
            source.draft(None, (round(wanted[0] * _ENOUGH), round(wanted[1] * _ENOUGH)))
        source.load()
        profile = source.info.get("icc_profile")
        native = None
        if is_native_kept and source.size == (width, height) != wanted:
            native = in_rgb(laid_on_white(source.crop(_middle((width, height)))), profile)
        image = in_rgb(_shrunk(source, wanted), profile)
    image.info.clear()
    if is_native_kept and (width, height) == wanted:
        native = image
    if turn in _TURNS:
        image = image.transpose(_TURNS[turn])
    if turn >= _SIDES_SWAPPED:
        width, height = height, width
    return Opened(image, native, width, height)


def _middle(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """A box of at most LONGEST_SIDE a side, where the picture has most to show."""
    wide, high = min(size[0], LONGEST_SIDE), min(size[1], LONGEST_SIDE)
    left, top = (size[0] - wide) // 2, (size[1] - high) // 2
    return left, top, left + wide, top + high


def _check_size(size: tuple[int, int], kind: str) -> None:
    width, height = size
    most = MOST_PIXELS_OF.get(kind, MOST_PIXELS)
    if width * height > most:
        values: dict[str, str | int] = {"width": width, "height": height, "most": most // 1_000_000}
        raise PictureRefused(TOO_MANY_PIXELS, values | {"kind": kind})


def _check_coefficients(source: Image.Image) -> None:
    """A progressive JPEG is held whole as what its scans refine, 16 bits each, however small it is wanted."""
    if source.info.get("progressive"):
        parts = [across * down for _id, across, down, _table in getattr(source, "layer", [])]
        if 2 * source.width * source.height * sum(parts) > _COEFFICIENT_BYTES * max(parts, default=1):
            raise MemoryError


def _webp_size(data: bytes) -> tuple[int, int]:
    """As the container declares it. (0, 0) where it doesn't, which the reader refuses by itself."""
    head = data[:30].ljust(30, b"\0")
    chunk = head[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _orientation(source: Image.Image) -> int:
    """1 … 8; 1 where the camera noted none, or nothing that can be read."""
    try:
        turn = source.getexif().get(_ORIENTATION, 1)
    except TROUBLE:
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def _within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The same proportions, the longest side at most `side`; nothing grows, nothing vanishes."""
    longest = max(size)
    if longest <= side:
        return size
    return max(1, round(size[0] * side / longest)), max(1, round(size[1] * side / longest))


def _shrunk(source: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """L, RGB or CMYK, opaque, of the wanted size: first in whole steps by averaging, the rest by Lanczos."""
    width, height = source.size
    steps = _steps(width, wanted[0]), _steps(height, wanted[1])
    image = laid_on_white(source) if steps == (1, 1) else _averaged(source, steps)
    if image.size == wanted:
        return image
    # The last pixel of a side may stand for less than a whole step.
    true = (0.0, 0.0, width / steps[0], height / steps[1])
    return image.resize(wanted, Image.Resampling.LANCZOS, box=true)


def _averaged(source: Image.Image, steps: tuple[int, int]) -> Image.Image:
    """One pixel for so many; the last ones of a row and of a column may stand for fewer."""
    width, height = source.size
    rows = max(1, _BAND // width // steps[1]) * steps[1]
    image = None
    for top in range(0, height, rows):
        band = laid_on_white(source.crop((0, top, width, min(top + rows, height)))).reduce(steps)
        if image is None:
            image = Image.new(band.mode, (band.width, -(-height // steps[1])))
        image.paste(band, (0, top // steps[1]))
    assert image is not None
    return image


def _steps(side: int, wanted: int) -> int:
    return max(1, int(side / (wanted * _ENOUGH)))
