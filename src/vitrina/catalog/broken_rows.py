"""Broken rows and warnings of an import as a file to work through: line, id, kind, reason, the row itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from vitrina.catalog.importing import MOST_BROKEN_ROWS
from vitrina.catalog.models import Import
from vitrina.catalog.spreadsheet import csv_line
from vitrina.lib.spreadsheet_cells import defuse_cell


def as_csv(import_run: Import) -> Iterator[str]:
    """Lines. Begins with the mark by which spreadsheets know UTF-8."""
    yield "\ufeff" + csv_line(["line", "external_id", "kind", "reason", "raw"])
    yield from map(csv_line, _rows(import_run))


def as_xlsx(import_run: Import) -> IO[bytes]:
    """A workbook in a temporary file, at its beginning; written row by row."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Broken rows"))
    for letter, width in zip("ABCDE", (8, 20, 14, 70, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_("Line"), _("Id"), _("Kind"), _("Reason"), _("As it came")])
    for row in _rows(import_run):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=defuse_cell(value) if isinstance(value, str) else value)
            if isinstance(value, str) and value:
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _rows(import_run: Import) -> Iterator[list[str | int | None]]:
    """Every kept one; the last says how many were only counted."""
    kept = 0
    for broken in import_run.broken_rows.iterator(chunk_size=1000):
        kept += 1
        kind = "warning" if broken.is_warning else "refused"
        yield [broken.line, broken.external_id, kind, broken.sentence, broken.raw]
    left = import_run.broken + import_run.warnings - kept
    if left > 0:
        words = _("%(left)s more were counted and not kept: the limit is %(limit)s.")
        yield [None, "", "", words % {"left": left, "limit": MOST_BROKEN_ROWS}, ""]
