"""Prepares and judges pictures that come over a socket, one after another, until nobody asks any more.

Run by `pool` as a process of its own with hard limits of memory and CPU. Answers are JSON and bytes: whoever asked
unpickles nothing that a process sends which has read strange pictures.

A question: u32 length and so many bytes of JSON, u32 length and the file. An answer: u32 length and so many bytes of JSON, then
the pictures that it counts. Whoever wants a picture judged sends what was expected of it: `spoken.py` says how.
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
from typing import Any, BinaryIO

from PIL import AvifImagePlugin, Image

from vitrina.lib.pictures import spoken
from vitrina.lib.pictures.prepared import PictureRefused
from vitrina.lib.pictures.preparing import prepare
from vitrina.lib.pictures.quality.judged import Expected
from vitrina.lib.pictures.quality.judging import judge


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
        while (asked := _asked(questions)) is not None:
            # Over it, the kernel ends the process. RLIMIT_CPU counts from the process's beginning, by a clock that runs
            # ahead of every one that can be asked: after a thousand pictures it ended honest ones.
            signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
            asker.sendall(_answered(*asked))


def _asked(questions: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """What is to be done, and the file."""
    head = _counted(questions)
    data = None if head is None else _counted(questions)
    return None if head is None or data is None else (json.loads(head), data)


def _counted(questions: BinaryIO) -> bytes | None:
    length = questions.read(4)
    if len(length) < 4:
        return None
    (count,) = struct.unpack("<I", length)
    data = questions.read(count)
    return data if len(data) == count else None


def _answered(order: dict[str, Any], data: bytes) -> bytes:
    try:
        if "expected" in order:
            told = judge(data, order["media_type"], Expected(**order["expected"]))
            return spoken.judged(told)
        return spoken.prepared(prepare(data))
    except PictureRefused as refused:
        return spoken.refused(refused)


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
