"""What comes next for a picture: the table of outcomes, and that it always ends."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrina.imagery.outcomes import (
    LEAST_WAIT_SECONDS,
    LONGEST_WAIT_SECONDS,
    NEW_SEEDS,
    OK,
    SAME_TRIES,
    Ask,
    Exhausted,
    Keep,
    Stop,
    Try,
    Wait,
    next_step,
)
from vitrina.imagery.ports import Outcome

SERVICES = ("swift", "solid", "slow")


def tries(*said: tuple[str, str] | tuple[str, str, int], round_: int = 1) -> list[Try]:
    return [
        Try(number, one[0], round_, one[1], one[2] if len(one) > 2 else None)
        for number, one in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ([], Ask("swift")),
        ([("swift", "ok", 80)], Keep(0)),
        ([("swift", "ok", 50)], Keep(0)),
        ([("swift", "ok", 49)], Ask("swift", 1)),
        ([("swift", "ok", 49)] * 3, Ask("solid")),
        ([("swift", "retry_same")], Ask("swift")),
        ([("swift", "retry_same")] * 2, Ask("solid")),
        ([("swift", "retry_new_seed")], Ask("swift", 1)),
        ([("swift", "retry_new_seed"), ("swift", "ok", 10)], Ask("swift", 2)),
        ([("swift", "retry_new_seed")] * 3, Ask("solid")),
        ([("swift", "fallback")], Ask("solid")),
        ([("swift", "refuse")], Stop(0)),
        ([("swift", "bad_request")], Stop(0)),
        ([(name, "fallback") for name in SERVICES], Exhausted(False, 2)),
        ([("swift", "ok", 20), *[(name, "fallback") for name in SERVICES]], Keep(0)),
        ([("swift", "retry_same")] * 2 + [("solid", "fallback"), ("slow", "fallback")], Exhausted(True, 3)),
    ],
)
def test_each_outcome_has_its_next_step(said: list[tuple[str, str, int]], step: object) -> None:
    assert next_step(tries(*said), SERVICES, 1) == step


def test_a_limit_is_waited_for_as_long_as_it_says_and_not_for_ever() -> None:
    waits = Try(1, "swift", 1, "retry_after", retry_after=20.0, age_seconds=5.0)
    assert next_step([waits], SERVICES, 1) == Wait(15.0, "swift")
    over = Try(1, "swift", 1, "retry_after", retry_after=20.0, age_seconds=20.5)
    assert next_step([over], SERVICES, 1) == Ask("swift")
    endless = Try(1, "swift", 1, "retry_after", retry_after=LONGEST_WAIT_SECONDS + 1)
    assert next_step([endless], SERVICES, 1) == Ask("solid")


def test_a_limit_without_a_delay_is_not_asked_as_fast_as_it_answers() -> None:
    silent = Try(1, "swift", 1, "retry_after")
    assert next_step([silent], SERVICES, 1) == Wait(LEAST_WAIT_SECONDS, "swift")
    again_and_again = [Try(number, "swift", 1, "retry_after", age_seconds=60.0) for number in range(700)]
    assert next_step(again_and_again[:500], SERVICES, 1) == Ask("swift")
    assert next_step(again_and_again, SERVICES, 1) == Ask("solid")


def test_another_seed_waits_where_the_service_wants_to_be_left_alone() -> None:
    full = Try(1, "swift", 1, "retry_new_seed", retry_after=60.0, age_seconds=10.0)
    assert next_step([full], SERVICES, 1) == Wait(50.0, "swift")
    over = Try(1, "swift", 1, "retry_new_seed", retry_after=60.0, age_seconds=60.0)
    assert next_step([over], SERVICES, 1) == Ask("swift", 1)


def test_what_passes_is_asked_again_in_the_next_round_and_a_dead_key_is_not() -> None:
    before = [
        *tries(("swift", "retry_same"), ("swift", "retry_same"), ("solid", "fallback")),
        Try(3, "slow", 1, "fallback", passes=True),
    ]
    assert next_step(before, SERVICES, 1) == Exhausted(True, 3)
    assert next_step(before, SERVICES, 2) == Ask("swift")
    later = [*before, *tries(("swift", "retry_same"), ("swift", "retry_same"), round_=2)]
    assert next_step(later, SERVICES, 2) == Ask("slow")


OUTCOMES = [OK, *Outcome]


@given(
    chance=st.randoms(use_true_random=False),
    services=st.lists(st.sampled_from(SERVICES), unique=True),
)
def test_whatever_the_services_say_it_ends_soon_and_asks_only_them(
    chance: random.Random, services: list[str]
) -> None:
    history: list[Try] = []
    for number in range(400):
        step = next_step(history, services, 1)
        if not isinstance(step, Ask | Wait):
            assert services or step == Exhausted(False, None)
            return
        assert step.service in services
        assert not isinstance(step, Wait)  # each wait below is over at once
        calls = [one for one in history if one.service == step.service and one.outcome != "retry_after"]
        assert len(calls) < SAME_TRIES + NEW_SEEDS + 1
        outcome, wait = chance.choice(OUTCOMES), chance.choice([0.0, 30.0])
        score = chance.randint(0, 100)
        history.append(Try(number, step.service, 1, outcome, score, retry_after=wait, age_seconds=60.0))
    raise AssertionError("it never ended")
