"""Pictures made to harm, and files that are none: each is refused in words or opened, and the process lives on."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vitrina.lib.pictures import PictureRefused, Prepared, kinds, preparing
from vitrina.lib.pictures.kinds import MEDIA_TYPES
from vitrina.lib.pictures.pool import Pool
from vitrina.lib.tests import picture_files as made

MOST_RSS = 300 * 1024 * 1024
MOST_CPU_SECONDS = 5


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    pool = Pool(1)
    yield pool
    pool.end()


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def photo(kind: str) -> bytes:
    return made.small(kind, (640, 480))


BOMB = made.packed(100)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    # More pixels than it looks like.
    "13300 × 13300 of one bit": (
        lambda: made.saved(Image.new("1", (13300, 13300))),
        preparing.TOO_MANY_PIXELS,
    ),
    "PNG of 4 billion": (lambda: made.png(65_000, 65_000), preparing.TOO_MANY_PIXELS),
    "PNG as wide as can be": (lambda: made.png(2**31 - 1, 1), preparing.TOO_MANY_PIXELS),
    "JPEG of 4 billion": (lambda: made.jpeg_declaring(65_000, 65_000), preparing.TOO_MANY_PIXELS),
    "GIF of 4 billion": (lambda: made.gif_declaring(65_000, 65_000), preparing.TOO_MANY_PIXELS),
    "GIF with a frame beyond it": (
        lambda: made.gif_declaring(8, 8, (60_000, 60_000)),
        preparing.TOO_MANY_PIXELS,
    ),
    "BMP of a billion": (lambda: made.bmp_declaring(30_000, 30_000), preparing.TOO_MANY_PIXELS),
    "WebP as big as can be": (lambda: made.webp_declaring(16_383, 16_383), preparing.TOO_MANY_PIXELS),
    "AVIF of a billion": (lambda: made.avif_declaring(30_000, 30_000), ""),
    # As many as are opened, and hardly a byte of them.
    "PNG of 49 million without pixels": (lambda: made.png(7000, 7000), preparing.BROKEN),
    "JPEG of 49 million without pixels": (lambda: half(made.jpeg_declaring(7000, 7000)), preparing.BROKEN),
    "BMP of 49 million without pixels": (lambda: made.bmp_declaring(7000, 7000), preparing.BROKEN),
    "WebP of 12 million without pixels": (lambda: made.webp_declaring(4000, 3000), preparing.BROKEN),
    "progressive JPEG of 49 million": (
        lambda: made.jpeg_declaring(7000, 7000, progressive=True, subsampling=0),
        preparing.TOO_MUCH_MEMORY,
    ),
    # Packed into what stands beside the pixels.
    "zTXt bomb": (lambda: made.png(8, 8, made.chunk(b"zTXt", b"Comment\0\0" + BOMB)), preparing.BROKEN),
    "iTXt bomb": (lambda: made.png(8, 8, made.chunk(b"iTXt", b"x\0\1\0\0\0" + BOMB)), preparing.BROKEN),
    "iCCP bomb": (lambda: made.png(8, 8, made.chunk(b"iCCP", b"icc\0\0" + BOMB)), preparing.BROKEN),
    "a thousand text chunks": (
        lambda: made.png(8, 8, *[made.chunk(b"zTXt", b"x\0\0" + made.packed(1)[:-9])] * 1000),
        preparing.BROKEN,
    ),
    # Cut short.
    **{f"half a {kind}": (lambda kind=kind: half(photo(kind)), preparing.BROKEN) for kind in MEDIA_TYPES},  # type: ignore[misc]
    "JPEG without its second half, big": (
        lambda: half(made.saved(Image.effect_noise((3000, 2000), 90), "JPEG")),
        preparing.BROKEN,
    ),
    "the first three bytes of a JPEG": (lambda: b"\xff\xd8\xff", preparing.BROKEN),
    # Other things under a picture's name.
    "nothing": (lambda: b"", kinds.EMPTY),
    "33 MB": (lambda: bytes(33_000_000), kinds.TOO_MANY_BYTES),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) show", kinds.OTHER_KIND),
    "EPS in DOS clothes": (lambda: b"\xc5\xd0\xd3\xc6" + bytes(26) + b"%!PS", kinds.OTHER_KIND),
    "PSD": (lambda: b"8BPS\0\1" + bytes(40), kinds.OTHER_KIND),
    "TIFF": (lambda: made.saved(Image.new("RGB", (8, 8)), "TIFF"), kinds.OTHER_KIND),
    "JPEG 2000": (lambda: made.saved(Image.new("RGB", (8, 8)), "JPEG2000"), kinds.OTHER_KIND),
    "ICO": (lambda: made.saved(Image.new("RGB", (16, 16)), "ICO"), kinds.OTHER_KIND),
    "PDF": (lambda: made.saved(Image.new("RGB", (8, 8)), "PDF"), kinds.OTHER_KIND),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99), kinds.OTHER_KIND),
    "MP4": (lambda: b"\0\0\0\x18ftypisom\0\0\2\0isommp41" + bytes(99), kinds.OTHER_KIND),
    "SVG": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', kinds.DRAWING),
    "SVG after an XML head": (
        lambda: b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x -->\n<svg/>',
        kinds.DRAWING,
    ),
    "SVG in UTF-16": (lambda: '<?xml version="1.0"?><svg/>'.encode("utf-16"), kinds.DRAWING),
    "login page": (
        lambda: b"<!DOCTYPE html><html><body><form>" + b" " * 9000 + b"<input name=p type='password'></form>",
        kinds.LOGIN_PAGE,
    ),
    "page of errors": (lambda: b"\r\n <html><head><title>403 Forbidden</title>", kinds.WEB_PAGE),
    "JSON": (lambda: b'{"error": "no such picture"}', kinds.TEXT),
    "Russian text": (lambda: "Картинка не найдена".encode(), kinds.TEXT),
    "noise": (lambda: bytes(range(256)) * 40, kinds.UNKNOWN),
    # A picture and something else in one.
    "GIF that is a script": (
        lambda: b"GIF89a/*" + bytes(3) + b"\0*/=1;alert(1);//" + bytes(40),
        kinds.TWO_IN_ONE,
    ),
    "GIF with a program behind it": (lambda: photo("GIF") + b"<?php system('id'); ?>", kinds.TWO_IN_ONE),
    "GIF with an archive behind it": (lambda: photo("GIF") + zipped(), kinds.TWO_IN_ONE),
    "JPEG with a page in its comment": (
        lambda: made.saved(Image.new("RGB", (8, 8)), "JPEG", comment=b"<HTML ><body>"),
        kinds.TWO_IN_ONE,
    ),
    "PNG with a script in its text": (
        lambda: made.png(8, 8, made.chunk(b"tEXt", b"x\0<ScRiPt src=//x>")),
        kinds.TWO_IN_ONE,
    ),
    "JPEG that is a PDF": (
        lambda: made.saved(Image.new("RGB", (8, 8)), "JPEG", comment=b"%PDF-1.4"),
        kinds.TWO_IN_ONE,
    ),
}
OPENED: dict[str, tuple[Callable[[], bytes], tuple[int, int]]] = {
    "one pixel": (lambda: made.saved(Image.new("RGB", (1, 1))), (1, 1)),
    "one pixel wide": (lambda: made.saved(Image.new("RGB", (1, 20_000))), (1, 20_000)),
    "one pixel high": (lambda: made.saved(Image.new("L", (20_000, 1))), (20_000, 1)),
    "GIF of 10 000 frames": (lambda: made.gif_of(10_000), (600, 400)),
    "WebP of 10 000 frames": (lambda: made.webp_of(10_000), (600, 400)),
    "PNG of 50 million": (lambda: made.saved(Image.new("RGB", (8000, 6250)), compress_level=1), (8000, 6250)),
    "PNG of 49 million, seen through": (
        lambda: made.saved(Image.new("RGBA", (7000, 7000)), compress_level=1),
        (7000, 7000),
    ),
    "CMYK JPEG of 50 million": (lambda: made.saved(Image.new("CMYK", (8000, 6250)), "JPEG"), (8000, 6250)),
    "WebP of 12 million": (
        lambda: made.saved(Image.new("RGBA", (4000, 3000)), "WEBP", lossless=True, method=0, quality=0),
        (4000, 3000),
    ),
    "a JPEG that only looks like words": (
        lambda: made.saved(Image.new("RGB", (8, 8)), "JPEG", comment=b"size < 5; made by <me@shop.example>"),
        (8, 8),
    ),
}


def zipped() -> bytes:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Main.class", b"\xca\xfe\xba\xbe")
    return file.getvalue()


class Watched:
    """Asks for one picture and looks at what it cost the process that opened it."""

    def __init__(self, pool: Pool) -> None:
        pool.prepare(made.small("PNG"))
        self._pool = pool
        (self.pid,) = pool.pids()
        self._process = psutil.Process(self.pid)
        self._before = self._cpu()

    def _cpu(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system

    def check(self) -> None:
        assert self._pool.pids() == [self.pid]
        assert self._process.is_running()
        assert self._cpu() - self._before <= MOST_CPU_SECONDS
        # The most that it ever had, with every picture before this one.
        status = Path(f"/proc/{self.pid}/status").read_text()
        (peak,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        assert int(peak.split()[1]) * 1024 <= MOST_RSS


@pytest.mark.parametrize("family", REFUSED)
def test_what_harms_or_is_no_picture_is_refused_in_words(pool: Pool, family: str) -> None:
    build, sentence = REFUSED[family]
    data = build()
    watched = Watched(pool)
    with pytest.raises(PictureRefused) as refused:
        pool.prepare(data)
    watched.check()
    if sentence:
        assert refused.value.sentence == sentence
    assert "%" not in str(refused.value)


@pytest.mark.parametrize("family", OPENED)
def test_what_is_only_strange_is_opened(pool: Pool, family: str) -> None:
    build, size = OPENED[family]
    data = build()
    watched = Watched(pool)
    prepared = pool.prepare(data)
    watched.check()
    assert (prepared.width, prepared.height) == size
    assert Image.open(io.BytesIO(prepared.processed)).size[0] <= 1024


@given(st.binary(max_size=200), st.sampled_from([b"", *(made.small(kind)[:16] for kind in MEDIA_TYPES)]))
@settings(max_examples=60)
def test_any_bytes_are_refused_and_the_process_lives(pool: Pool, data: bytes, begins: bytes) -> None:
    watched = Watched(pool)
    with pytest.raises(PictureRefused):
        pool.prepare(begins + data)
    watched.check()


@given(
    st.sampled_from([made.small(kind) for kind in MEDIA_TYPES]),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), min_size=1, max_size=6),
)
@settings(max_examples=150)
def test_a_picture_with_broken_bytes_is_opened_or_refused_and_the_process_lives(
    pool: Pool, data: bytes, changes: list[tuple[int, int]]
) -> None:
    broken = bytearray(data)
    for at, byte in changes:
        broken[at % len(broken)] = byte
    watched = Watched(pool)
    with suppress(PictureRefused):
        assert isinstance(pool.prepare(bytes(broken)), Prepared)
    watched.check()
