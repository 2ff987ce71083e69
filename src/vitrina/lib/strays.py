"""Files in the storage that no row knows: what a killed deed left between its files and its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from vitrina.lib import files
from vitrina.lib.storage import Found

# Between its files and its row a deed takes minutes.
YOUNG = timedelta(hours=6)
CHUNK = 500
SHOWN = 20  # names that are told of

Item = TypeVar("Item")


@dataclass
class Strays:
    """`strays`: files that no row knows, old enough to be let go. `young`: those that may be somebody's work under way."""

    files: int = 0
    strays: int = 0
    stray_names: list[str] = field(default_factory=list)  # the first of them
    stray_bytes: int = 0
    young: int = 0


def look(
    report: Strays, folders: Iterable[str], known: Callable[[Sequence[Found]], set[str]], *, mend: bool
) -> None:
    """Every file below the folders. `known`: the names that rows point to, of those that are asked about; one query each
    `CHUNK` files. `mend`: strays are deleted."""
    storage = files.storage()
    for folder in folders:
        for found in in_chunks(storage.walk(folder)):
            report.files += len(found)
            named = known(found)
            for file in found:
                if file.name in named:
                    continue
                if file.changed_at > datetime.now(UTC) - YOUNG:
                    report.young += 1
                    continue
                report.strays += 1
                report.stray_bytes += file.size
                if len(report.stray_names) < SHOWN:
                    report.stray_names.append(file.name)
                if mend:
                    storage.delete(file.name)


def in_chunks(items: Iterator[Item]) -> Iterator[list[Item]]:
    while chunk := list(islice(items, CHUNK)):
        yield chunk
