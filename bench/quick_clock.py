"""A clock that several processes share, that runs faster than the wall's and can be moved on: a day in minutes.

    python -m bench.quick_clock FILE MODULE [arguments]      runs MODULE as `python -m` would, under the clock in FILE

The code under it is not changed and knows of nothing: the time of day and the monotonic clock, sleeping, waiting with a
limit, the timers of event loops and SQLite's «now» are all the quick clock's. What a processor takes is stretched by the speed as
well, so that under the clock a computer is so many times slower than it is: a bench that holds here holds the more there.
Only CPython, only SQLite.
"""

from __future__ import annotations

import datetime as datetimes
import gc
import mmap
import queue
import re
import runpy
import selectors
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

# Unix seconds at its start, the wall's monotonic seconds then, quick seconds in one of the wall's; and what was skipped
# since, the one number that changes: eight bytes are read whole by any process.
_BEGINNING, _SKIPPED = struct.Struct("ddd"), struct.Struct("d")
_wall = time.monotonic
_sleep = time.sleep


class QuickClock:
    """The clock in a file. Who moves it holds it alone; everybody reads."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _BEGINNING.size + _SKIPPED.size)
        self._start, self._at, self.speed = _BEGINNING.unpack_from(self._shared)

    @classmethod
    def made(cls, path: Path, start: datetimes.datetime, speed: float) -> QuickClock:
        path.write_bytes(_BEGINNING.pack(start.timestamp(), _wall(), speed) + _SKIPPED.pack(0.0))
        return cls(path)

    def now(self) -> float:
        """Unix seconds."""
        (skipped,) = _SKIPPED.unpack_from(self._shared, _BEGINNING.size)
        return float(self._start + (_wall() - self._at) * self.speed + skipped)

    def move_to(self, moment: float) -> None:
        """On, never back."""
        (skipped,) = _SKIPPED.unpack_from(self._shared, _BEGINNING.size)
        _SKIPPED.pack_into(self._shared, _BEGINNING.size, skipped + max(0.0, moment - self.now()))

    def install(self) -> None:
        """In this process, for good; before anything else is imported that keeps a clock of its own."""
        time.time = time.monotonic = self.now  # type: ignore[assignment]
        time.sleep = lambda seconds: _sleep(seconds / self.speed)
        threading._time = queue.time = self.now  # type: ignore[attr-defined]
        self._install_moments()
        self._install_waiting()

    def _install_moments(self) -> None:
        def now(cls: type[datetimes.datetime], tz: datetimes.tzinfo | None = None) -> datetimes.datetime:
            return cls.fromtimestamp(self.now(), tz)

        # The one class of the C library stays the one that it is: many look for it by identity.
        names: Any = gc.get_referents(datetimes.datetime.__dict__)[0]
        names["now"] = classmethod(now)
        import ctypes

        ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetimes.datetime))

    def _install_waiting(self) -> None:
        wait, select = threading.Condition.wait, selectors.DefaultSelector.select

        def waited(self_: threading.Condition, timeout: float | None = None) -> bool:
            return wait(self_, None if timeout is None else timeout / self.speed)

        def selected(self_: Any, timeout: float | None = None) -> Any:
            return select(self_, timeout / self.speed if timeout and timeout > 0 else timeout)

        threading.Condition.wait = waited  # type: ignore[method-assign]
        selectors.DefaultSelector.select = selected  # type: ignore[method-assign]

    def tell_sqlite(self) -> None:
        """Every connection of this process that Django opens from now on takes its «now» from here."""
        from django.db.backends.signals import connection_created

        def opened(connection: Any, **_: Any) -> None:
            connection.connection.create_function("strftime", -1, self._strftime)

        connection_created.connect(opened, weak=False)
        self._keeps = opened

    def _strftime(self, form: str, moment: str, *shifts: str) -> str:
        if (form, moment) != ("%Y-%m-%d %H:%M:%f", "now"):
            raise ValueError(f"strftime({form!r}, {moment!r}) is none of the program's own.")
        seconds = self.now() + sum(float(_SHIFT.fullmatch(shift)[1]) for shift in shifts)  # type: ignore[index]
        return f"{datetimes.datetime.fromtimestamp(seconds, datetimes.UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]


_SHIFT = re.compile(r"([+-][0-9.]+) seconds")


def main() -> None:
    path, module = sys.argv[1:3]
    clock = QuickClock(Path(path))
    clock.install()
    clock.tell_sqlite()
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
