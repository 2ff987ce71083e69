"""Pictures prepared and judged in processes of their own, as many as there are cores.

Beside `lib.apart`, because a picture from outside may take its process with it: each has a deadline of its own, a
process that is lost costs the others nothing, and what comes from it is read as data, never unpickled.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import queue
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import vitrina
from vitrina.lib.pictures import spoken
from vitrina.lib.pictures.kinds import MOST_BYTES, too_many_bytes
from vitrina.lib.pictures.prepared import MEMORY_BYTES, PictureRefused, Prepared
from vitrina.lib.pictures.quality.judged import Expected, Judged, judged
from vitrina.lib.pictures.quality.of_file import of_the_file, refusal
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.turns import aside

logger = logging.getLogger(__name__)

MOST_PROCESSES = 8
_LONGEST_HEAD = 1_000_000  # bytes of an answer
_LAST_WORDS_SECONDS = 1.0
_NONSENSE = 1  # as a process that could not go on
_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)  # no picture's fault
_ALLOCATION = {
    "MALLOC_ARENA_MAX": "1",
}

TOO_SLOW = gettext_noop("The picture could not be opened within %(seconds)s seconds. Save it anew.")
DIED = gettext_noop(
    "The picture could not be opened: it ended the process that read it, twice. Save it anew."
)


@dataclass(frozen=True)
class Limits:
    """What one picture may take. A process that nobody asks for `idle_seconds` goes home."""

    memory_bytes: int = MEMORY_BYTES
    cpu_seconds: int = 4
    deadline_seconds: float = 30.0  # on a machine that others keep busy
    idle_seconds: int = 60


def prepare_apart(data: bytes) -> Prepared:
    """`preparing.prepare` in another process; waits for one to be free. Raises `PictureRefused`.

    A process that dies of itself is tried once more with another one. OSError: none could be started.
    """
    return _shared().prepare(data)


def judge_apart(data: bytes, media_type: str, expected: Expected) -> Judged:
    """`quality.judging.judge` in another process, which prepares the picture too; waits for one to be free.

    A picture that ends its process, or takes too long, is broken. OSError: none could be started.
    """
    return _shared().judge(data, media_type, expected)


def end() -> None:
    """Let the processes go. What is asked from now on starts others."""
    global _pool
    with _lock:
        ending, _pool = _pool, None
    if ending is not None:
        ending.end()


_pool: Pool | None = None
_lock = threading.Lock()


def _shared() -> Pool:
    global _pool
    with _lock:
        if _pool is None:
            _pool = Pool(min(MOST_PROCESSES, os.cpu_count() or 1))
            atexit.register(end)
        return _pool


class Pool:
    """So many processes, started when they are first needed."""

    def __init__(self, processes: int, limits: Limits = Limits()) -> None:
        self._processes = [_Process(limits) for _ in range(processes)]
        # The one that was used last comes first: those that are not needed go home.
        self._free: queue.LifoQueue[_Process] = queue.LifoQueue()
        self._is_over = False
        for process in self._processes:
            self._free.put(process)

    def prepare(self, data: bytes) -> Prepared:
        """As `prepare_apart`."""
        head, pictures = self._asked({}, data)
        return spoken.heard_prepared(head, pictures)

    def judge(self, data: bytes, media_type: str, expected: Expected) -> Judged:
        """As `judge_apart`."""
        order = {"media_type": media_type[:200], "expected": asdict(expected)}
        try:
            head, pictures = self._asked(order, data)
        except PictureRefused as refused:
            return judged([*of_the_file(data), refusal(refused)], None)
        return spoken.heard_judged(head, pictures)

    def _asked(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """The head of the answer and the pictures behind it. Raises `PictureRefused`, OSError."""
        if len(data) > MOST_BYTES:
            raise too_many_bytes(data)
        with aside():
            process = self._free.get()
        try:
            with aside():
                return process.ask(order, data)
        finally:
            if self._is_over:
                process.stop()
            self._free.put(process)

    def pids(self) -> list[int]:
        """Of the processes that were started and not yet missed."""
        return [process.pid for process in self._processes if process.pid is not None]

    def end(self) -> None:
        """Let the processes go that are free, and each other one with the picture that it is at."""
        self._is_over = True
        ended = []
        with contextlib.suppress(queue.Empty):
            while True:
                ended.append(self._free.get_nowait())
        for process in ended:
            process.stop()
            self._free.put(process)  # for those who wait for one: it starts anew


class _Lost(Exception):
    """The process is gone: it went home, died, or was ended. `code` as `Popen.returncode`."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class _Process:
    """One process, or the place of one. Used by one thread at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        process = self._process
        return None if process is None else process.pid

    def ask(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        died = 0
        while True:
            try:
                return self._ask(order, data)
            except TimeoutError as error:
                self.stop()
                raise PictureRefused(TOO_SLOW, {"seconds": round(self._limits.deadline_seconds)}) from error
            except _Lost as lost:
                if lost.code == -signal.SIGPROF:
                    raise PictureRefused(TOO_SLOW, {"seconds": self._limits.cpu_seconds}) from lost
                if lost.code == 0:  # it went home the moment that it was asked
                    continue
                died += 1
                logger.warning(
                    "a process that prepares pictures died (%s)",
                    lost.code,
                    extra={"action": "pictures.died", "code": lost.code, "bytes": len(data)},
                )
                if died < 2:
                    continue
                if -lost.code in _FROM_OUTSIDE:
                    raise OSError("The processes that prepare pictures are ended by somebody.") from lost
                raise PictureRefused(DIED) from lost

    def stop(self) -> int:
        """How it ended."""
        if self._socket is not None:
            self._socket.close()
        process, self._process, self._socket = self._process, None, None
        if process is None:
            return 0
        process.kill()
        return process.wait()

    def _ask(self, order: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Raises `_Lost`, TimeoutError, OSError: none starts."""
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._start()
        assert self._socket is not None
        ends_at = time.monotonic() + self._limits.deadline_seconds
        try:
            question = json.dumps(order).encode()
            self._send(struct.pack("<I", len(question)) + question + struct.pack("<I", len(data)), ends_at)
            self._send(data, ends_at)
            (length,) = struct.unpack("<I", self._receive(4, ends_at))
            head = json.loads(self._receive(min(length, _LONGEST_HEAD), ends_at))
            return head, self._receive(spoken.length_of_pictures(head), ends_at)
        except TimeoutError:
            raise
        except (EOFError, ConnectionError, ValueError) as error:
            raise _Lost(self._gone()) from error

    def _gone(self) -> int:
        """How it ended that has hung up, or talks nonsense."""
        assert self._process is not None
        try:
            self._process.wait(_LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            self.stop()
            return _NONSENSE
        return self.stop()

    def _start(self) -> None:
        limits = (self._limits.memory_bytes, self._limits.cpu_seconds, self._limits.idle_seconds)
        ours, theirs = socket.socketpair()
        with theirs:
            # Of the environment it gets what Python needs: no key of anybody.
            self._process = subprocess.Popen(  # noqa: S603 - our own module and numbers
                [
                    sys.executable,
                    "-P",
                    "-W",
                    "ignore",
                    "-m",
                    "vitrina.lib.pictures.child",
                    *map(str, limits),
                ],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={
                    "PATH": os.environ.get("PATH", ""),
                    "PYTHONPATH": str(Path(vitrina.__file__).parents[1]),
                    **_ALLOCATION,
                },
            )
        self._socket = ours
        try:
            self._receive(1, time.monotonic() + self._limits.deadline_seconds)
        except (OSError, EOFError) as error:
            code = self.stop()
            raise OSError(f"No process that prepares pictures can be started ({code}).") from error

    def _send(self, data: bytes, ends_at: float) -> None:
        assert self._socket is not None
        self._socket.settimeout(max(0.01, ends_at - time.monotonic()))
        self._socket.sendall(data)

    def _receive(self, length: int, ends_at: float) -> bytes:
        assert self._socket is not None
        received = bytearray()
        while len(received) < length:
            self._socket.settimeout(max(0.01, ends_at - time.monotonic()))
            piece = self._socket.recv(length - len(received))
            if not piece:
                raise EOFError
            received += piece
        return bytes(received)
