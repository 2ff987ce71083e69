"""A ZIP archive whose bytes follow from its content: every entry carries one given moment."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the first moment that the format can hold


class SteadyZip(ZipFile):
    """For writing, as openpyxl does it: `writestr` for data, `write` for files."""

    def __init__(self, path: Path, moment: datetime) -> None:
        super().__init__(path, "w", ZIP_DEFLATED, allowZip64=True)
        self._moment = max(moment.astimezone(UTC), EARLIEST).timetuple()[:6]

    def writestr(self, zinfo_or_arcname: str | ZipInfo, data: Any, *args: Any, **options: Any) -> None:
        given = zinfo_or_arcname
        super().writestr(self._entry(given.filename if isinstance(given, ZipInfo) else given), data)

    def write(
        self, filename: str | os.PathLike[str], arcname: Any = None, *args: Any, **options: Any
    ) -> None:
        entry = self._entry(str(arcname or filename))
        with Path(filename).open("rb") as source, self.open(entry, "w", force_zip64=True) as target:
            shutil.copyfileobj(source, target, 1024 * 1024)

    def _entry(self, name: str) -> ZipInfo:
        entry = ZipInfo(name, self._moment)
        entry.compress_type = ZIP_DEFLATED
        return entry
