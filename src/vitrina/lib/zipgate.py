"""A gate before every ZIP from outside: what is in it is counted before anything is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from vitrina.lib.sentences import gettext_noop

CHUNK = 64 * 1024


class BadZip(ValueError):
    """The archive is broken or asks for too much. `str(error)` says which limit and its value; `sentence` and its
    `values` are apart for the translators."""

    def __init__(self, sentence: str, values: Mapping[str, str | int] | None = None) -> None:
        super().__init__(sentence, values)
        self.sentence = sentence
        self.values: Mapping[str, str | int] = values or {}

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence


@dataclass(frozen=True)
class ZipLimits:
    """`ratio` counts only for members that unpack to `ratio_floor` bytes or more: small ones pack well honestly."""

    entries: int = 2_000
    total_bytes: int = 200_000_000
    ratio: int = 100
    ratio_floor: int = 1_000_000
    directory_bytes: int = 2_000_000


class GatedZip:
    """Reading from an archive that passed the gate. Members are never written to disk under their own names."""

    def __init__(self, archive: zipfile.ZipFile, limits: ZipLimits) -> None:
        self._archive = archive
        self._left = limits.total_bytes
        self._limits = limits

    def names(self) -> list[str]:
        return self._archive.namelist()

    def read(self, name: str, *, max_bytes: int | None = None) -> bytes:
        """One member, whole. Bytes read count against the archive's total. Raises `BadZip`, KeyError."""
        limit = self._left if max_bytes is None else min(self._left, max_bytes)
        try:
            with self._archive.open(name) as member:
                body = member.read(limit + 1)
        except (
            zipfile.BadZipFile,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise BadZip(
                gettext_noop("«%(name)s» in the archive cannot be unpacked: %(why)s."),
                {"name": name[:100], "why": str(error)},
            ) from error
        except Exception as error:
            if type(error).__module__ in ("zlib", "_lzma", "lzma"):
                raise BadZip(
                    gettext_noop("«%(name)s» in the archive is broken: %(why)s."),
                    {"name": name[:100], "why": str(error)},
                ) from error
            raise
        if len(body) > limit:
            raise BadZip(
                gettext_noop("«%(name)s» in the archive unpacks to more than %(most)s bytes."),
                {"name": name[:100], "most": limit},
            )
        self._left -= len(body)
        return body


@contextmanager
def open_zip(source: Path | BinaryIO, limits: ZipLimits = ZipLimits()) -> Iterator[GatedZip]:
    """The archive, once its table of contents passed `limits`. Raises `BadZip`."""
    with _binary(source) as file:
        _check_directory_size(file, limits)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
            raise BadZip(
                gettext_noop("The file is not a readable ZIP archive: %(why)s."), {"why": str(error)}
            ) from error
        with archive:
            _check_entries(archive.infolist(), limits)
            yield GatedZip(archive, limits)


@contextmanager
def _binary(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
    else:
        source.seek(0)
        yield source


def _check_directory_size(file: BinaryIO, limits: ZipLimits) -> None:
    """`zipfile` loads the whole table of contents at once, so its size is looked at before."""
    size = file.seek(0, 2)
    tail_size = min(size, 22 + 65_535 + 20)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise BadZip(
            gettext_noop(
                "The file is not a ZIP archive: its table of contents is missing. It may have been cut short."
            )
        )
    entries, directory = (
        struct.unpack("<H", tail[at + 10 : at + 12])[0],
        struct.unpack("<L", tail[at + 12 : at + 16])[0],
    )
    if (
        at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07"
    ):  # ZIP64: the true figures stand in another record
        offset = struct.unpack("<Q", tail[at - 12 : at - 4])[0]
        if offset + 56 > size:
            raise BadZip(gettext_noop("The archive's table of contents points outside of the file."))
        file.seek(offset)
        record = file.read(56)
        file.seek(0)
        entries, directory = struct.unpack("<QQ", record[32:48])
    if entries > limits.entries:
        raise BadZip(
            gettext_noop("The archive holds %(count)s files; at most %(most)s are read."),
            {"count": entries, "most": limits.entries},
        )
    if directory > limits.directory_bytes:
        raise BadZip(
            gettext_noop("The archive's table of contents is %(size)s bytes; at most %(most)s are read."),
            {"size": directory, "most": limits.directory_bytes},
        )


def _check_entries(entries: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    if len(entries) > limits.entries:
        raise BadZip(
            gettext_noop("The archive holds %(count)s files; at most %(most)s are read."),
            {"count": len(entries), "most": limits.entries},
        )
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes:
        raise BadZip(
            gettext_noop("The archive unpacks to %(size)s bytes; at most %(most)s are read."),
            {"size": total, "most": limits.total_bytes},
        )
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        shown = name[:100]
        # `zipfile` turns backslashes and NUL into harmless forms; the name as written is what is judged.
        written = entry.orig_filename
        if "\\" in written or "\x00" in written or name.startswith("/") or ":" in name.split("/")[0]:
            raise BadZip(
                gettext_noop("The archive holds a file under a forbidden name: «%(name)s»."), {"name": shown}
            )
        if ".." in name.split("/"):
            raise BadZip(
                gettext_noop("The archive holds a file that points outside of it: «%(name)s»."),
                {"name": shown},
            )
        if name in seen:
            raise BadZip(gettext_noop("The archive holds two files named «%(name)s»."), {"name": shown})
        seen.add(name)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise BadZip(
                gettext_noop("The archive holds a link instead of a file: «%(name)s»."), {"name": shown}
            )
        if entry.file_size >= limits.ratio_floor and entry.file_size > limits.ratio * max(
            entry.compress_size, 1
        ):
            raise BadZip(
                gettext_noop("«%(name)s» in the archive unpacks to more than %(most)s times its size."),
                {"name": shown, "most": limits.ratio},
            )
        if entry.flag_bits & 1:
            raise BadZip(
                gettext_noop("«%(name)s» in the archive is protected by a password."), {"name": shown}
            )
