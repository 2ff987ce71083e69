"""Reading a list by skipping, while rows leave it and come into it: what stays there all the time is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vitrina.channels.errors import Unreadable
from vitrina.channels.wildberries_lists import Listing, Place, Rows, next_rows

NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = Place(since=0, began=0)


def listing(take: int, overlap: int, reach: int = 10_000) -> Listing:
    return Listing("/", "rows", reach=reach, take=take, overlap=overlap)


def date(row: Any) -> datetime:
    return datetime.fromtimestamp(row["second"], UTC)


def row(number: float) -> dict[str, Any]:
    return {"id": str(number), "second": int(number)}


@given(
    size=st.integers(0, 60),
    take=st.integers(10, 20),
    leaving=st.lists(st.lists(st.integers(0, 59), max_size=4), max_size=40),
    coming=st.lists(st.lists(st.integers(0, 59), max_size=2), max_size=40),
    tells_total=st.booleans(),
)
def test_what_stays_is_shown(
    size: int, take: int, leaving: list[list[int]], coming: list[list[int]], tells_total: bool
) -> None:
    numbers = [float(n) for n in range(1, size + 1)]
    stays = {str(number) for number in numbers} - {str(float(n)) for left in leaving for n in left}
    halves = iter(range(1, 1000))
    moves = iter(zip(leaving, [*coming, *[[]] * len(leaving)], strict=False))

    def ask(place: Place, skip: int) -> Rows:
        gone, come = next(moves, ([], []))
        for number in gone:
            if float(number) in numbers:
                numbers.remove(float(number))
        numbers.extend(number + next(halves) / 1000 for number in come)
        numbers.sort()
        rows = [row(number) for number in numbers[skip : skip + take]]
        return Rows(rows, len(numbers) if tells_total else None)

    assert stays <= set(shown(listing(take, 3), ask))


def test_where_more_rows_left_than_the_pages_overlap_the_reading_steps_back() -> None:
    numbers = list(range(1, 31))

    def ask(place: Place, skip: int) -> Rows:
        if place.anchor == "10":
            numbers[:] = [number for number in numbers if number not in (1, 2, 3, 4, 10)]
        return Rows([row(number) for number in numbers[skip : skip + 10]])

    assert set(map(str, range(1, 31))) == set(shown(listing(10, 3), ask))


def test_rows_put_in_before_the_end_of_the_last_page_hide_nothing() -> None:
    """The page holds nothing new then, and looks as if it were the last one once more."""
    numbers = [float(number) for number in range(1, 31)]

    def ask(place: Place, skip: int) -> Rows:
        if place.anchor == "6.0" and 5.5 not in numbers:
            numbers[5:5] = [5.1, 5.3, 5.5]
        return Rows([row(number) for number in numbers[skip : skip + 6]])

    assert {str(float(number)) for number in range(1, 31)} <= set(shown(listing(6, 3), ask))


@given(
    size=st.integers(0, 40),
    page=st.integers(3, 10),
    stumbles=st.lists(st.sampled_from(["", "again", "shift"]), max_size=20),
)
@example(size=9, page=3, stumbles=["", "shift"])  # the last page but one begins too early
def test_a_server_that_stumbles_now_and_then_hides_nothing(size: int, page: int, stumbles: list[str]) -> None:
    rows = [row(number) for number in range(1, size + 1)]
    faults = iter([fault for stumble in stumbles for fault in (stumble, "", "")])
    last: list[Any] = []

    def ask(place: Place, skip: int) -> Rows:
        nonlocal last
        fault = next(faults, "")
        if fault == "shift":
            skip = max(0, skip - 1)
        if fault != "again" or not last:
            last = rows[skip : skip + page]
        return Rows(last, size)

    assert {one["id"] for one in rows} == set(shown(listing(10, 3), ask))


def shown(listing_: Listing, ask: Any) -> list[str]:
    place: Place | None = START
    ids: list[str] = []
    for _ in range(200):
        assert place is not None
        rows, place = next_rows(listing_, Place.of(place.cursor, since=NOW, now=NOW), ask, date)
        ids += [one["id"] for one in rows]
        if place is None:
            return ids
    raise AssertionError("no end")


@given(size=st.integers(0, 60), page=st.integers(1, 7))
def test_a_list_that_rests_is_shown_once_and_in_order(size: int, page: int) -> None:
    """Even where it gives fewer rows than were asked for."""
    rows = [row(number) for number in range(1, size + 1)]

    def ask(place: Place, skip: int) -> Rows:
        return Rows(rows[skip : skip + page], size)

    assert shown(listing(20, 3), ask) == [one["id"] for one in rows]


@given(size=st.integers(0, 80), reach=st.integers(12, 30))
def test_the_reach_is_never_overstepped(size: int, reach: int) -> None:
    rows = [row(number) for number in range(1, size + 1)]

    def ask(place: Place, skip: int) -> Rows:
        assert skip + 10 <= reach
        return Rows([one for one in rows if one["second"] >= place.start][skip : skip + 10], size)

    assert shown(listing(10, 3, reach), ask) == [one["id"] for one in rows]


def test_too_many_rows_of_one_moment_end_in_words() -> None:
    rows = [{"id": str(number), "second": 7} for number in range(100)]

    def ask(place: Place, skip: int) -> Rows:
        return Rows(rows[skip : skip + 10], 100)

    with pytest.raises(Unreadable):
        shown(listing(10, 3, 30), ask)
