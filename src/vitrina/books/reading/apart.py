"""A book read in a process of its own: whatever is in the file, it takes nobody along."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import vitrina
from vitrina.books.reading.book import DEFAULT_LIMITS, BookLimits, BookRefused, ReadBook
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.turns import aside

logger = logging.getLogger(__name__)

TOO_SLOW = gettext_noop("The book could not be read within %(seconds)s seconds. It was not taken in.")
TOO_MUCH = gettext_noop(
    "The book could not be read: it needs more than %(memory)s MB of memory or %(seconds)s seconds of the processor. "
    "It was not taken in."
)
STRANGE = gettext_noop(
    "The book could not be read: something in it is not as in any book. It was not taken in."
)
LOOK_EVERY_SECONDS = 1.0
BYTES_PER_CHARACTER = 8  # of JSON, at most


def read_apart(
    file: BinaryIO, *, limits: BookLimits = DEFAULT_LIMITS, while_reading: Callable[[], None] = lambda: None
) -> ReadBook:
    """Raises `BookRefused`; OSError: no process could be started. `while_reading` is called about once a second and may
    raise to stop the reading."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
        file.seek(0)
        while piece := file.read(1024 * 1024):
            given.write(piece)
            if given.tell() > limits.file_bytes:
                break  # the child says that it is too big
        given.seek(0)
        process = _start(given, answered, limits)
        try:
            code = _wait(process, limits, while_reading)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        answered.seek(0)
        body = answered.read(limits.text_characters * BYTES_PER_CHARACTER)
    return _answer(body, code, limits)


def _start(given: BinaryIO, answered: BinaryIO, limits: BookLimits) -> subprocess.Popen[bytes]:
    # Of the environment it gets what Python needs: no key of anybody.
    return subprocess.Popen(  # noqa: S603 - our own module and numbers
        [
            sys.executable,
            "-P",
            "-W",
            "ignore",
            "-m",
            "vitrina.books.reading.child",
            json.dumps(asdict(limits)),
        ],
        stdin=given,
        stdout=answered,
        stderr=subprocess.DEVNULL,
        env={
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(Path(vitrina.__file__).parents[1]),
            "MALLOC_ARENA_MAX": "1",
        },
    )


def _wait(process: subprocess.Popen[bytes], limits: BookLimits, while_reading: Callable[[], None]) -> int:
    left = limits.deadline_seconds
    while True:
        try:
            with aside():
                return process.wait(min(LOOK_EVERY_SECONDS, max(0.01, left)))
        except subprocess.TimeoutExpired:
            left -= LOOK_EVERY_SECONDS
            if left <= 0:
                raise BookRefused(TOO_SLOW, {"seconds": round(limits.deadline_seconds)}) from None
            while_reading()


def _answer(body: bytes, code: int, limits: BookLimits) -> ReadBook:
    try:
        told = json.loads(body)
        if "refused" in told:
            raise BookRefused(str(told["refused"]["sentence"]), dict(told["refused"]["values"]))
        return ReadBook.of_json(told["book"])
    except BookRefused:
        raise
    except (ValueError, KeyError, TypeError) as error:
        logger.warning(
            "a process that reads books died (%s)", code, extra={"action": "books.died", "code": code}
        )
        if code > 0:
            raise BookRefused(STRANGE) from error
        values = {"memory": limits.memory_bytes // 10**6, "seconds": limits.cpu_seconds}
        raise BookRefused(TOO_MUCH, values) from error
