"""A model may put the best passages in another order; without one the scorer's stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from vitrina.books.finding import Found
from vitrina.books.generators.refinement.generator import keep_order
from vitrina.books.generators.refinement.schema import MOST_CANDIDATES, Rank, Ranking
from vitrina.books.refining import refined, to_rank

TEXT = "x" * 400


def found(*priorities: int) -> list[Found]:
    return [
        Found(number * 10, number * 10 + 5, "location", priority, {"points": {}})
        for number, priority in enumerate(priorities)
    ]


priorities = st.lists(st.integers(40, 100), min_size=1, max_size=30).map(
    lambda all_: sorted(all_, reverse=True)
)


@given(priorities)
def test_without_a_model_nothing_changes(given_: list[int]) -> None:
    passages = found(*given_)
    after = refined(passages, keep_order(to_rank(TEXT, passages, "ru")))
    assert [(one.begin, one.priority) for one in after] == [(one.begin, one.priority) for one in passages]


@given(priorities, st.dictionaries(st.integers(1, MOST_CANDIDATES), st.integers(0, 100), min_size=1))
def test_a_models_priorities_count_and_the_scorers_are_kept(given_: list[int], told: dict[int, int]) -> None:
    passages = found(*given_)
    ranking = Ranking(ranks=tuple(Rank(number=number, priority=value) for number, value in told.items()))
    after = refined(passages, ranking)
    assert {one.begin for one in after} == {one.begin for one in passages}
    assert [one.priority for one in after] == sorted((one.priority for one in after), reverse=True)
    for number, one in enumerate(passages, start=1):
        (now,) = [other for other in after if other.begin == one.begin]
        if number in told and number <= MOST_CANDIDATES:
            assert (now.priority, now.parts["scored"]) == (told[number], one.priority)
        else:
            assert now == one


def test_at_most_twenty_are_asked_about() -> None:
    asked = to_rank(TEXT, found(*range(100, 70, -1)), "en")
    assert [one.number for one in asked.candidates] == list(range(1, MOST_CANDIDATES + 1))
    assert asked.candidates[0].text == "xxxxx"


def test_a_number_may_be_ranked_once_only() -> None:
    with pytest.raises(ValidationError, match="once"):
        Ranking(ranks=(Rank(number=1, priority=5), Rank(number=1, priority=6)))
