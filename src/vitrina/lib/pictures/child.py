"""Prepares pictures that come over a socket, one after another, until nobody asks any more.

Run by `pool` as a process of its own with hard limits of memory and CPU. Answers are JSON and bytes: whoever asked
unpickles nothing that a process sends which has read strange pictures.

A question: u32 length, the file. An answer: u32 length and so many bytes of JSON, then the pictures that it counts.
"""

from __future__ import annotations

import contextlib
import json
import resource
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import BinaryIO

from PIL import AvifImagePlugin, Image

from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.pictures.preparing import prepare


def main(memory_bytes: int, cpu_seconds: int, idle_seconds: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: the parent's to answer
    Image.MAX_IMAGE_PIXELS = (
        None  # Pillow would call too many pixels an error like any other; `preparing` counts them
    )
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each picture has a core, and threads take memory
    _limit_memory(memory_bytes)
    asker = socket.socket(fileno=sys.stdin.fileno())
    asker.settimeout(idle_seconds)
    asker.sendall(b"+")  # it has started
    with asker, asker.makefile("rb") as questions, contextlib.suppress(TimeoutError):
        while (data := _asked(questions)) is not None:
            # Over it, the kernel ends the process. RLIMIT_CPU counts from the process's beginning, by a clock that runs
            # ahead of every one that can be asked: after a thousand pictures it ended honest ones.
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            asker.sendall(_answered(data))


def _asked(questions: BinaryIO) -> bytes | None:
    head = questions.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack("<I", head)
    data = questions.read(length)
    return data if len(data) == length else None


def _answered(data: bytes) -> bytes:
    pictures: tuple[bytes, ...] = ()
    answer: dict[str, object]
    try:
        prepared = prepare(data)
    except PictureRefused as refused:
        answer = {"refused": refused.sentence, "values": refused.values}
    else:
        pictures = prepared.processed, prepared.thumb
        answer = {
            "media_type": prepared.media_type,
            "width": prepared.width,
            "height": prepared.height,
            "processed": len(prepared.processed),
            "thumb": len(prepared.thumb),
            "likeness": prepared.likeness,
            "measured": prepared.measured,
        }
    head = json.dumps(answer).encode()
    return b"".join((struct.pack("<I", len(head)), head, *pictures))


def _limit_memory(memory_bytes: int) -> None:
    """So much beside what the program itself takes. No file is written, either."""
    program = 0
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        program = pages * resource.getpagesize()
    _limit(resource.RLIMIT_AS, program + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)


def _limit(kind: int, amount: int) -> None:
    hard = resource.getrlimit(kind)[1]
    least = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        resource.setrlimit(kind, (least, least))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
