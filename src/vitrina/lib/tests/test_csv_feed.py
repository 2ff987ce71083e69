from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.lib.feeds import BrokenFeedRow, FeedLimits, FeedRow, NotAFeed, open_feed
from vitrina.lib.feeds.csv_feed import find_delimiter, is_open_after

HEADER = "артикул;название;цена\n"


def read(data: bytes | str, **options: object) -> list[FeedRow | BrokenFeedRow]:
    data = data.encode() if isinstance(data, str) else data
    with open_feed(io.BytesIO(data), **options) as feed:  # type: ignore[arg-type]
        return list(feed)


def lines_of(rows: list[FeedRow | BrokenFeedRow]) -> tuple[list[int], list[int]]:
    good = [row.line for row in rows if isinstance(row, FeedRow)]
    return good, [row.line for row in rows if isinstance(row, BrokenFeedRow)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866"]
)
def test_the_encoding_is_found(encoding: str) -> None:
    text = HEADER + "А-1;Мышь беспроводная, ёмкая;1990\nА-2;Клавиатура проводная;2490\n" * 5
    with open_feed(io.BytesIO(text.encode(encoding))) as feed:
        rows = list(feed)
        assert feed.format == "csv"
        assert feed.remarks == []
    assert rows[0] == FeedRow(2, {"артикул": "А-1", "название": "Мышь беспроводная, ёмкая", "цена": "1990"})
    assert len(rows) == 10


def test_lines_of_another_encoding_are_read_and_told() -> None:
    data = (
        HEADER.encode()
        + "1;Мышь серая;10\n".encode()
        + "2;Коврик для мыши;20\n".encode("cp1251")
        + "3;Лампа;5\n".encode() * 9
    )
    with open_feed(io.BytesIO(data)) as feed:
        rows = list(feed)
        assert feed.remarks == [
            "Bytes that are not utf-8 were met in 1 places; they were read as windows-1251."
        ]
    assert rows[1] == FeedRow(3, {"артикул": "2", "название": "Коврик для мыши", "цена": "20"})


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row)
        for row in (("id", "name", "price"), ("1", "a b; c" if delimiter != ";" else "a, b", "9"))
    )
    assert len(read(text)) == 1
    assert find_delimiter(text) == delimiter


def test_excels_own_hint_names_the_delimiter() -> None:
    assert read("sep=|\nid|name\n1|a;b\n")[0] == FeedRow(3, {"id": "1", "name": "a;b"})


def test_a_quoted_text_may_go_over_lines_and_the_line_number_stays_the_files() -> None:
    rows = read(HEADER + '1;"Мышь\nсерая ""тихая"";\nда";10\r\n2;"б";20\n')
    assert rows == [
        FeedRow(2, {"артикул": "1", "название": 'Мышь\nсерая "тихая";\nда', "цена": "10"}),
        FeedRow(5, {"артикул": "2", "название": "б", "цена": "20"}),
    ]


def test_inches_in_the_middle_of_a_cell_open_no_quote() -> None:
    rows = read(HEADER + '1;Монитор 27" LG;10\n2;Монитор 24";20\n')
    assert [row.fields["название"] for row in rows] == ['Монитор 27" LG', 'Монитор 24"']


def test_an_unclosed_quote_costs_its_own_line_only() -> None:
    rows = read(HEADER + '1;"Мышь;10\n' + "".join(f"{n};товар {n};{n}\n" for n in range(2, 100)))
    good, bad = lines_of(rows)
    assert bad == [2]
    assert good == list(range(3, 101))
    assert rows[0] == BrokenFeedRow(2, "A quote opens on this line and is not closed on it.", '1;"Мышь;10\n')


def test_a_stray_quote_that_closes_many_rows_later_costs_two_lines() -> None:
    middle = "".join(f"{n};товар {n};{n}\n" for n in range(2, 30))
    good, bad = lines_of(read(HEADER + '1;"Мышь;10\n' + middle + '30;"Лампа;30\n31;я;31\n'))
    assert bad == [2, 31]
    assert good == [*range(3, 31), 32]


def test_a_quote_that_is_closed_rows_later_does_not_swallow_them() -> None:
    middle = "".join(f"{n};товар {n};{n}\n" for n in range(2, 30))
    good, bad = lines_of(read(HEADER + '1;"Мышь;10\n' + middle + '30;Лампа";30\n'))
    assert bad == [2]
    assert good == [*range(3, 32)]


def test_two_rows_with_a_stray_quote_each_are_not_made_one() -> None:
    rows = read(HEADER + '1;"Мышь;10\n2;"Лампа;20\n3;я;30\n')
    assert lines_of(rows) == ([4], [2])
    assert rows[0].reason == "The quotes of lines 2 to 3 are mixed up."  # type: ignore[union-attr]


def test_prose_in_an_unclosed_quote_is_not_taken_for_rows() -> None:
    rows = read(HEADER + '1;"Мышь\nочень серая\nи тихая\n')
    assert rows == [
        BrokenFeedRow(
            2, "A quote opens here and is not closed up to line 4.", '1;"Мышь\nочень серая\nи тихая\n'
        )
    ]


def test_a_row_of_another_width_is_broken_and_the_rest_goes_on() -> None:
    rows = read(HEADER + "1;a\n2;b;3;4\n3;c;5;;\n\n;;\n4;d;6\n")
    assert rows == [
        BrokenFeedRow(2, "The row has 2 columns; the header has 3.", "1;a\n"),
        BrokenFeedRow(3, "The row has 4 columns; the header has 3.", "2;b;3;4\n"),
        FeedRow(4, {"артикул": "3", "название": "c", "цена": "5"}),
        FeedRow(7, {"артикул": "4", "название": "d", "цена": "6"}),
    ]


def test_zero_characters_are_removed_and_told() -> None:
    with open_feed(io.BytesIO(HEADER.encode() + b"1;a\x00b;2\n")) as feed:
        assert list(feed) == [FeedRow(2, {"артикул": "1", "название": "ab", "цена": "2"})]
        assert feed.remarks == ["Zero characters were removed from 1 lines."]


def test_a_megabyte_field_is_read_and_a_bigger_line_is_broken() -> None:
    limits = FeedLimits(row_characters=1_100_000)
    rows = read(
        f'id;name\n1;{"a" * 1_000_000}\n2;{"b" * 3_000_000}\n3;"{"c" * 1_000_000}"\n4;d\n', limits=limits
    )
    assert lines_of(rows) == ([2, 4, 5], [3])
    assert rows[1].reason == "The line is longer than 1100000 characters."  # type: ignore[union-attr]
    assert len(rows[1].raw) == 500  # type: ignore[union-attr]


def test_a_quoted_field_without_end_is_given_up_at_the_limit() -> None:
    limits = FeedLimits(row_characters=10_000)
    rows = read('id;name\n1;"open\n' + "prose without any delimiter\n" * 2_000, limits=limits)
    assert isinstance(rows[0], BrokenFeedRow)
    assert not any(isinstance(row, FeedRow) for row in rows)


def test_names_of_columns_are_made_different() -> None:
    with open_feed(io.BytesIO(b"id;  price  rub;;price rub\n1;2;3;4\n")) as feed:
        assert feed.columns == ("id", "price rub", "column 3", "price rub (2)")
        assert list(feed) == [
            FeedRow(2, {"id": "1", "price rub": "2", "column 3": "3", "price rub (2)": "4"})
        ]


def test_a_guard_against_formulas_is_undone() -> None:
    assert read("id;name\n1;'=SUM(A1)\n2;'quoted\n")[0].fields["name"] == "=SUM(A1)"  # type: ignore[union-attr]


def test_more_rows_than_allowed_are_told() -> None:
    rows = read("id;name\n" + "1;a\n" * 10, limits=FeedLimits(rows=3))
    assert len(rows) == 4
    assert rows[3] == BrokenFeedRow(5, "Only the first 3 rows are read; the rest was left out.")


@pytest.mark.parametrize(
    "text", ["Warning: cannot connect to database", "одно слово\nи ещё строка\n", '"never;closed\n']
)
def test_text_without_columns_is_no_feed(text: str) -> None:
    with pytest.raises(NotAFeed):
        read(text)


def test_one_column_is_read_when_the_delimiter_is_given() -> None:
    assert read("id\n1\n", delimiter=";") == [FeedRow(2, {"id": "1"})]


def test_old_mac_line_ends_are_lines_too() -> None:
    assert lines_of(read("id;name\r1;a\r2;b\r")) == ([2, 3], [])


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id;name;price\n")
        file.writelines(f"{n};Товар номер {n};{n}\n" for n in range(30_000))
    tracemalloc.start()
    with open_feed(path) as feed:
        count = sum(1 for row in feed if isinstance(row, FeedRow))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 2_000_000


CELLS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t"), max_size=20)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8), st.sampled_from([";", ",", "\t", "|"]))
def test_what_the_csv_module_writes_is_read_back(table: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["id", "name", "price"], *table])
    rows = read(out.getvalue().encode(), delimiter=delimiter, encoding="utf-8")
    from vitrina.lib.spreadsheet_cells import restore_cell

    expected = [
        [restore_cell(cell.strip()) for cell in row] for row in table if any(cell.strip() for cell in row)
    ]
    assert [list(row.fields.values()) for row in rows] == expected  # type: ignore[union-attr]


@given(st.binary(max_size=300), st.sampled_from([b"", b"id;name;price\n", b'a,b\n"']))
def test_junk_gives_rows_or_is_no_feed(junk: bytes, beginning: bytes) -> None:
    try:
        with open_feed(io.BytesIO(beginning + junk), delimiter=";") as feed:
            for row in feed:
                assert isinstance(row, FeedRow | BrokenFeedRow)
    except NotAFeed:
        return


@given(st.text(st.sampled_from('a;"\n '), max_size=30))
def test_open_quotes_are_seen_as_the_csv_module_sees_them(text: str) -> None:
    """The module swallows the line after an open quote; so do we, and only then."""
    line = text.replace("\n", " ") + "\n"
    records = list(csv.reader([line, "next;line\n"], delimiter=";"))
    assert is_open_after(line, ";") == (len(records) == 1)
