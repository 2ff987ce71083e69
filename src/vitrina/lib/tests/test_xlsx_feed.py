from __future__ import annotations

import datetime
import io
import os
import re
import signal
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from vitrina.lib.feeds import BrokenFeedRow, Feed, FeedLimits, FeedRow, NotAFeed, open_feed, xlsx_feed

HEADER = ["артикул", "название", "цена"]


SHARED_STRINGS_PART = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def workbook(*rows: list[Any], more_sheets: int = 0) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    for number in range(more_sheets):
        book.create_sheet(f"Ещё {number}").append(["x"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_sheet(xml: str, *, strings: str = "", big: bytes = b"") -> bytes:
    """A workbook whose sheet's rows are `xml`, as no program would write them."""
    source = zipfile.ZipFile(io.BytesIO(workbook(HEADER, ["1", "a", 2])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            body = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                head, tail = body.decode().split("<sheetData>")[0], body.decode().split("</sheetData>")[1]
                body = f"{head}<sheetData>{xml}</sheetData>{tail}".encode()
            if strings and name == "[Content_Types].xml":
                body = body.replace(b"</Types>", SHARED_STRINGS_PART + b"</Types>")
            target.writestr(name, body)
        if strings:
            target.writestr("xl/sharedStrings.xml", strings)
        if big:
            target.writestr("xl/media/pad.bin", big)
    return out.getvalue()


def inline(row: int, *values: str) -> str:
    cells = "".join(
        f'<c r="{letter}{row}" t="inlineStr"><is><t>{value}</t></is></c>'
        for letter, value in zip("ABCDEFG", values, strict=False)
    )
    return f'<row r="{row}">{cells}</row>'


TITLES = inline(1, *HEADER)


def open_book(data: bytes, **options: Any) -> Feed:
    return open_feed(io.BytesIO(data), **options)


def read(data: bytes, **options: Any) -> list[FeedRow | BrokenFeedRow]:
    with open_book(data, **options) as feed:
        return list(feed)


def test_a_sheet_is_read_with_its_types() -> None:
    rows = read(
        workbook(
            HEADER,
            ["А-1", " Мышь ", 1990],
            ["А-2", "Лампа", 0.1 + 0.2],
            [3, True, datetime.date(2026, 3, 2)],
            [None] * 3,
            [4600000000017.0, None, datetime.datetime(2026, 3, 2, 10, 30)],  # noqa: DTZ001 - cells know no zone
        )
    )
    assert rows == [
        FeedRow(2, {"артикул": "А-1", "название": "Мышь", "цена": 1990}),
        FeedRow(3, {"артикул": "А-2", "название": "Лампа", "цена": 0.3}),
        FeedRow(4, {"артикул": 3, "название": True, "цена": "2026-03-02"}),
        FeedRow(6, {"артикул": 4600000000017, "название": None, "цена": "2026-03-02T10:30:00"}),
    ]


def test_a_file_on_disk_and_a_stream_read_the_same(tmp_path: Path) -> None:
    data = workbook(HEADER, ["1", "a", 2])
    (tmp_path / "price.xlsx").write_bytes(data)
    with open_feed(tmp_path / "price.xlsx") as feed:
        assert list(feed) == read(data)


def test_what_stands_above_the_header_is_left_out_and_told() -> None:
    data = workbook(["ООО «Ромашка»"], ["Прайс от", datetime.date(2026, 3, 2)], [None], HEADER, ["1", "a", 2])
    with open_book(data) as feed:
        assert feed.columns == tuple(HEADER)
        assert list(feed) == [FeedRow(5, {"артикул": "1", "название": "a", "цена": 2})]
        assert feed.remarks == ["What stands above the header (row 4) was left out."]


def test_only_the_first_sheet_is_read_and_the_others_are_told() -> None:
    with open_book(workbook(HEADER, ["1", "a", 2], more_sheets=2)) as feed:
        assert len(list(feed)) == 1
        assert feed.remarks == ["The workbook has 3 sheets; only the first, «Sheet», is read."]


def test_a_cell_at_the_far_corner_costs_its_row_only() -> None:
    data = with_sheet(
        TITLES + inline(2, "1", "a", "2") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    rows = read(data)
    assert rows[0].line == 2
    assert rows[1] == BrokenFeedRow(1_048_576, "A cell stands in column XFD; at most 1000 columns are read.")
    assert len(rows) == 2


@pytest.mark.parametrize("value", ["NaN", "inf", "1e999", "abc", "12,5"])
def test_a_number_that_is_none_costs_its_row_only(value: str) -> None:
    rows = read(
        with_sheet(
            TITLES + f'<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>{value}</v></c></row>' + inline(3, "2")
        )
    )
    if value == "1e999":
        assert rows[0] == FeedRow(2, {"артикул": 1, "название": None, "цена": None})
    else:
        assert rows[0] == BrokenFeedRow(2, f"The cell C2 cannot be read: «{value}».")
    assert rows[1] == FeedRow(3, {"артикул": "2", "название": None, "цена": None})


def test_a_formula_without_a_saved_result_is_not_taken_for_an_empty_cell() -> None:
    data = with_sheet(
        TITLES
        + '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>B2*2</f></c></row>'
        + '<row r="3"><c r="A3"><v>2</v></c><c r="C3"><f>B3*2</f><v>14</v></c></row>'
        + '<row r="4"><c r="A4"><v>3</v></c><c r="C4" t="str"><f>B4</f><v></v></c></row>'
    )
    rows = read(data)
    assert rows == [
        BrokenFeedRow(
            2,
            "The cell C2 holds a formula whose result is not saved in the file; "
            "open the file in a spreadsheet program and save it again.",
        ),
        FeedRow(3, {"артикул": 2, "название": None, "цена": 14}),
        FeedRow(4, {"артикул": 3, "название": None, "цена": None}),
    ]


def test_a_spreadsheet_error_is_an_unknown_and_is_told() -> None:
    with open_book(
        with_sheet(TITLES + '<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="e"><v>#N/A</v></c></row>')
    ) as feed:
        assert list(feed) == [FeedRow(2, {"артикул": 1, "название": None, "цена": None})]
        assert feed.remarks == ["1 cells hold a spreadsheet error (#N/A, #REF! …) and were read as empty."]


def test_a_row_wider_than_the_header_is_broken() -> None:
    rows = read(workbook(HEADER, ["1", "a", 2, "лишнее"], ["2", "b", 3]))
    assert rows[0] == BrokenFeedRow(
        2, "The row has values in 4 columns; the header has 3.", "1 | a | 2 | лишнее"
    )
    assert rows[1].line == 3


def test_a_missing_shared_string_costs_its_row_only() -> None:
    rows = read(with_sheet(TITLES + '<row r="2"><c r="A2" t="s"><v>999999</v></c></row>' + inline(3, "2")))
    assert rows[0] == BrokenFeedRow(2, "The cell A2 cannot be read: «999999».")
    assert rows[1].line == 3


def test_a_guard_against_formulas_is_undone() -> None:
    assert read(workbook(HEADER, ["1", "'=1+1", 2]))[0].fields["название"] == "=1+1"  # type: ignore[union-attr]


def test_a_bomb_of_shared_strings_ends_in_words() -> None:
    item = "<si><t>" + "a" * 2_000 + "</t></si>"
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + item * 30_000 + "</sst>"
    )
    with pytest.raises(NotAFeed, match="times its size"):
        read(with_sheet(TITLES, strings=strings))


def test_a_workbook_that_needs_too_much_memory_ends_in_words() -> None:
    text = "".join(f"<si><t>{number:x}{os.urandom(200).hex()}</t></si>" for number in range(60_000))
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{text}</sst>'
    with pytest.raises(NotAFeed, match="memory"):
        read(with_sheet(TITLES, strings=strings), limits=FeedLimits(workbook_memory_bytes=150 * 2**20))


def test_a_workbook_that_needs_too_much_time_ends_in_words() -> None:
    rows = "".join(inline(number, str(number), "a", "1") for number in range(2, 200_000))
    feed = read(with_sheet(TITLES + rows), limits=FeedLimits(workbook_cpu_seconds=1))
    assert feed[-1].reason.endswith("more than 1 seconds of the processor.")  # type: ignore[union-attr]
    assert feed[0] == FeedRow(2, {"артикул": "2", "название": "a", "цена": "1"})


def test_declared_entities_are_refused() -> None:
    data = with_sheet(TITLES, strings='<!DOCTYPE sst [<!ENTITY a "aaaa">]><sst>&a;</sst>')
    with pytest.raises(NotAFeed, match="declares XML entities"):
        read(data)


def test_a_lying_archive_is_refused() -> None:
    with pytest.raises(NotAFeed, match="times its size"):
        read(with_sheet(TITLES, big=bytes(30_000_000)))


@pytest.mark.parametrize("at", [0.3, 0.6, 0.9])
def test_a_truncated_workbook_is_told(at: float) -> None:
    data = workbook(HEADER, *[[str(number), "a", number] for number in range(200)])
    with pytest.raises(NotAFeed):
        read(data[: int(len(data) * at)])


def test_a_sheet_that_breaks_off_keeps_what_was_read() -> None:
    source = with_sheet(
        TITLES + "".join(inline(number, str(number), "a", "1") for number in range(2, 100)) + "<row r='x"
    )
    rows = read(source)
    assert len([row for row in rows if isinstance(row, FeedRow)]) == 98
    assert isinstance(rows[-1], BrokenFeedRow)
    assert rows[-1].reason.startswith("The sheet is broken from here on: ")


@pytest.mark.parametrize("rows", [[], [[None, None]], [[1, 2], [3, 4]]])
def test_a_sheet_without_a_header_is_no_feed(rows: list[list[Any]]) -> None:
    with pytest.raises(NotAFeed):
        read(workbook(*rows))


def test_the_child_ends_when_the_feed_is_closed_early(monkeypatch: pytest.MonkeyPatch) -> None:
    children: list[subprocess.Popen[bytes]] = []
    genuine = subprocess.Popen

    def watched(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        children.append(genuine(*arguments, **options))
        return children[-1]

    monkeypatch.setattr(xlsx_feed.subprocess, "Popen", watched)
    feed = open_book(workbook(HEADER, *[[str(number), "a" * 500, number] for number in range(5_000)]))
    assert next(iter(feed)).line == 2
    assert [child.poll() for child in children] == [None]
    feed.close()
    assert [child.returncode for child in children] == [-signal.SIGKILL]


def test_more_rows_than_allowed_are_told() -> None:
    rows = read(
        workbook(HEADER, *[[str(number), "a", 1] for number in range(30)]), limits=FeedLimits(rows=25)
    )
    assert len(rows) == 26
    assert rows[-1] == BrokenFeedRow(27, "Only the first 25 rows are read; the rest was left out.")


VALUES = st.one_of(
    st.integers(-(10**14), 10**14),
    st.text(st.characters(whitelist_categories=["L", "N", "P"]), min_size=1, max_size=10).filter(
        lambda text: not re.match(r"[='#]|_x", text)
    ),
)


@settings(max_examples=4)
@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=6))
def test_what_openpyxl_writes_is_read_back(table: list[list[object]]) -> None:
    rows = read(workbook(HEADER, *table))
    assert [list(row.fields.values()) for row in rows] == table  # type: ignore[union-attr]


@settings(max_examples=5)
@given(st.text("<>/rcvt=\"'1A& ", max_size=40))
def test_a_junk_sheet_gives_rows_or_is_no_feed(junk: str) -> None:
    try:
        rows = read(with_sheet(TITLES + junk))
    except NotAFeed:
        return
    assert all(isinstance(row, FeedRow | BrokenFeedRow) for row in rows)
