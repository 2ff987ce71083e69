"""Files that look like pictures and are made to harm: each built here, byte by byte where no writer would."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image


def saved(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def small(kind: str, size: tuple[int, int] = (64, 48)) -> bytes:
    return saved(Image.linear_gradient("L").resize(size).convert("RGB"), kind)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    width: int, height: int, *chunks: bytes, bits: int = 8, colour: int = 2, pixels: bytes = bytes(100)
) -> bytes:
    """A PNG that declares this size and holds `chunks` before its pixels, or a little of them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    packed_pixels = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + packed_pixels + chunk(b"IEND", b"")


def packed(megabytes: int) -> bytes:
    """Zeros that unpack to so much."""
    pack = zlib.compressobj(9)
    return b"".join(pack.compress(bytes(1_000_000)) for _ in range(megabytes)) + pack.flush()


def jpeg_declaring(width: int, height: int, **how: Any) -> bytes:
    """A small JPEG whose header says another size."""
    data = bytearray(saved(Image.new("RGB", (64, 64), "red"), "JPEG", **how))
    at = next(data.index(marker) for marker in (b"\xff\xc2", b"\xff\xc0") if marker in data)
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def gif_declaring(width: int, height: int, frame: tuple[int, int] | None = None) -> bytes:
    data = bytearray(saved(Image.new("P", (8, 8)), "GIF"))
    data[6:10] = struct.pack("<HH", width, height)
    if frame:
        at = data.index(b",\0\0\0\0\x08\0\x08\0")
        data[at + 5 : at + 9] = struct.pack("<HH", *frame)
    return bytes(data)


def bmp_declaring(width: int, height: int) -> bytes:
    data = bytearray(saved(Image.new("RGB", (8, 8)), "BMP"))
    data[18:26] = struct.pack("<ii", width, height)
    return bytes(data)


def webp_declaring(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0"
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body += saved(Image.new("RGB", (8, 8)), "WEBP")[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def avif_declaring(width: int, height: int) -> bytes:
    data = bytearray(small("AVIF"))
    at = data.index(b"ispe") + 8
    data[at : at + 8] = struct.pack(">II", width, height)
    return bytes(data)


def gif_of(frames: int) -> bytes:
    """The same frame again and again."""
    data = saved(Image.new("P", (600, 400)), "GIF")
    head = 13 + 3 * 2 ** ((data[10] & 7) + 1)
    return data[:head] + data[head:-1] * frames + b";"


def webp_of(frames: int) -> bytes:
    data = saved(
        Image.new("RGB", (600, 400)),
        "WEBP",
        save_all=True,
        append_images=[Image.new("RGB", (600, 400), "red")],
    )
    second = data.index(b"ANMF", data.index(b"ANMF") + 4)
    body = data[8:second] + data[second:] * frames
    return b"RIFF" + struct.pack("<I", len(body)) + body


def endless_scans(scans: int = 20_000) -> bytes:
    """A progressive JPEG of one colour that says so of all its blocks again and again: a few bytes each time."""
    data = saved(Image.new("L", (5000, 5000), 90), "JPEG", progressive=True)
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    third = data.index(b"\xff\xda", second + 2)
    end = data.rindex(b"\xff\xc4", second, third)  # the tables of the next scan stand before it
    return data[:end] + data[second:end] * scans + data[end:]
