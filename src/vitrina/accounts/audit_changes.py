"""A line of the audit log as a person reads it: field by field what was and what is. Pure; words come from its reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

DEEP = 4  # further inside it is shown as JSON
# What tells which one it was, also where it stayed.
NAMING = frozenset({"name", "title", "path", "person", "model"})

Path = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    name: str
    before: str
    after: str
    was: bool
    now: bool

    @property
    def stayed(self) -> bool:
        return self.was and self.now and self.before == self.after


def changes(before: Any, after: Any, words: Callable[[str], str]) -> list[Change]:
    """What differs, and by what name; all of it where nothing differs. `words` names a field.

    {"limits": {"cost": {"day": 1, "month": 9}}} → {"limits": {"cost": {"day": 2, "month": 9}}} reads
    «limits · cost · day: 1 → 2». A field that holds {"before": …, "after": …} tells both itself.
    """
    was, now = dict(_leaves(before)), dict(_leaves(after))
    for path in list(now):
        field = path[:-1]
        if field and path[-1] == "before" and (*field, "after") in now:
            was[field], now[field] = now.pop(path), now.pop((*field, "after"))
    for here, there in ((was, now), (now, was)):
        for path in [path for path, value in here.items() if value is None]:
            # Nothing, where the other side has fields below: those tell it.
            if any(len(other) > len(path) and other[: len(path)] == path for other in there):
                del here[path]
    found = {
        path: Change(
            " · ".join(map(words, path)),
            _short(was.get(path), words),
            _short(now.get(path), words),
            path in was,
            path in now,
        )
        for path in dict.fromkeys([*was, *now])
    }
    if all(change.stayed for change in found.values()):
        return list(found.values())
    return [
        change
        for path, change in found.items()
        if not change.stayed or (len(path) == 1 and path[0] in NAMING)
    ]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value and len(path) < DEEP:
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif path or value not in (None, {}):
        yield path, value


def _short(value: Any, words: Callable[[str], str]) -> str:
    """Words as they are, lists by commas, a record by its fields; nothing as a dash."""
    return _told(value, words) or "—"


def _told(value: Any, words: Callable[[str], str]) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, str | int | float):
        return str(value)
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return "; ".join(
            ", ".join(f"{words(str(name))} {_plain(inner)}" for name, inner in one.items()) for one in value
        )
    return _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
