"""Which interactions a round drafts: properties of the choice, and what a draft's hash holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vitrina.inbox.choosing import RESERVED, Skipped, Waiting, choose, expected_today
from vitrina.inbox.priority import Priority
from vitrina.inbox.validity import MadeFrom, hash_of

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)

many = st.lists(
    st.builds(
        Waiting,
        id=st.integers(1, 10**6),
        priority=st.integers(1, 4),
        at=st.integers(0, 10_000).map(lambda minutes: NOON - timedelta(minutes=minutes)),
        has_text=st.booleans(),
        is_escalated=st.booleans(),
        has_offline=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda one: one.id,
)


@given(
    waiting=many,
    size=st.integers(0, 30),
    budget=st.integers(0, 300),
    used=st.integers(0, 400),
    to_come=st.integers(0, 300),
)
def test_a_round_keeps_its_bounds_and_forgets_nobody(
    waiting: list[Waiting], size: int, budget: int, used: int, to_come: int
) -> None:
    found = choose(waiting, size=size, budget=budget, used_today=used, to_come=to_come)
    by_id = {one.id: one for one in waiting}
    assert len(found.by_model) <= min(size, max(budget - used, 0))
    assert sorted([*found.by_model, *found.offline, *found.skipped]) == sorted(by_id)
    assert not any(by_id[one].is_escalated for one in (*found.by_model, *found.offline))
    assert all(not by_id[one].has_text for one in found.offline)
    order = [(by_id[one].priority, -by_id[one].at.timestamp()) for one in found.by_model]
    assert order == sorted(order)
    # Less pressing ones never touch the reserve.
    calm = [one for one in found.by_model if by_id[one].priority > Priority.HIGH]
    if calm:
        assert used + len(found.by_model) <= budget - max(round(budget * RESERVED), to_come) or any(
            by_id[one].priority <= Priority.HIGH for one in found.by_model
        )
    for one, why in found.skipped.items():
        if why is Skipped.RESERVE:
            assert by_id[one].priority > Priority.HIGH
    # Whom the budget leaves out gets the offline writer's, once.
    left_out = {one for one, why in found.skipped.items() if why in (Skipped.BUDGET, Skipped.RESERVE)}
    assert set(found.helped) == {one for one in left_out if not by_id[one].has_offline}


def test_the_reserve_is_for_the_pressing_ones() -> None:
    calm = [Waiting(number, 3, NOON) for number in range(1, 11)]
    found = choose(calm, size=20, budget=10, used_today=4)
    assert len(found.by_model) == 4
    assert set(found.skipped.values()) == {Skipped.RESERVE}
    pressing = [Waiting(number, 1, NOON) for number in range(1, 11)]
    found = choose(pressing, size=20, budget=10, used_today=4)
    assert len(found.by_model) == 6
    assert set(found.skipped.values()) == {Skipped.BUDGET}


def test_what_the_days_before_brought_is_kept_for_this_one() -> None:
    today = NOON.date()
    arrived = {today - timedelta(days=2): 120, today - timedelta(days=1): 81, today: 40}
    assert expected_today(arrived, today) == 61  # 100.5 in the mean, 40 are here
    assert expected_today(arrived | {today: 300}, today) == 0
    assert expected_today({today: 40}, today) == 0
    calm = [Waiting(number, 4, NOON) for number in range(1, 11)]
    found = choose(calm, size=20, budget=100, used_today=30, to_come=61)
    assert len(found.by_model) == 9


words = st.text(max_size=20)
material = st.builds(
    MadeFrom,
    text=words,
    pros=words,
    cons=words,
    rating=st.none() | st.integers(1, 5),
    last_message=st.text("0123456789", max_size=4),
    card_version=st.integers(0, 5),
    shaping=st.text("abc", max_size=3),
    prompt_version=st.text("abc", max_size=3),
)


@given(first=material, second=material)
def test_another_material_has_another_hash(first: MadeFrom, second: MadeFrom) -> None:
    same = _plain(first) == _plain(second)
    assert (hash_of(first) == hash_of(second)) is same


def test_white_space_and_composition_are_no_change() -> None:
    assert hash_of(MadeFrom("Не  понравилось\n")) == hash_of(MadeFrom("Не понравилось"))
    assert hash_of(MadeFrom("\u0435\u0308лка")) == hash_of(MadeFrom("\u0451лка"))


def _plain(material: MadeFrom) -> tuple[object, ...]:
    import unicodedata

    return tuple(
        " ".join(unicodedata.normalize("NFC", value).split()) if name in ("text", "pros", "cons") else value
        for name, value in vars(material).items()
    )
