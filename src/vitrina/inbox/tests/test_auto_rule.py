"""What a rule may answer alone: nothing but praise that nobody holds, with a faultless draft that waited long enough."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vitrina.channels.ports import Kind
from vitrina.inbox.auto_rule import Candidate, Held, Ready, Rule, why_not
from vitrina.inbox.priority import Priority

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RULE = Rule(platforms=["ozon"], from_stars=5, with_text=False, wait=timedelta(minutes=30))
DRAFT = Ready(
    is_offline=True, was_ahead=True, intent="thanks", sentiment="positive", made_at=NOW - timedelta(hours=1)
)
PRAISE = Candidate(
    kind=Kind.REVIEW, platform="ozon", rating=5, text="", pros="", cons="", has_pictures=False, priority=Priority.LOW,
    is_escalated=False, is_with_person=False, is_answered=False, received_at=NOW - timedelta(hours=2), draft=DRAFT,
)  # fmt: skip
WORDS = replace(
    PRAISE, text="Отличная лампа, спасибо, всё понравилось!", draft=replace(DRAFT, is_offline=False)
)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"kind": Kind.QUESTION}, Held.CHANNEL),
        ({"platform": "wildberries"}, Held.CHANNEL),
        ({"rating": None}, Held.STARS),
        ({"rating": 4}, Held.STARS),
        ({"priority": Priority.HIGH}, Held.PRESSING),
        ({"priority": Priority.URGENT}, Held.PRESSING),
        ({"is_escalated": True}, Held.PRESSING),
        ({"is_with_person": True}, Held.PERSON),
        ({"is_answered": True}, Held.ANSWERED),
        ({"has_pictures": True}, Held.PICTURES),
        ({"text": "Хорошо"}, Held.WORDS),
        ({"cons": "шов"}, Held.WORDS),
        ({"draft": None}, Held.NO_DRAFT),
        ({"draft": replace(DRAFT, was_ahead=False)}, Held.PERSON),
        ({"received_at": NOW - timedelta(minutes=29)}, Held.TOO_SOON),
        ({"draft": replace(DRAFT, made_at=NOW)}, Held.TOO_SOON),
    ],
)
def test_a_rating_alone_is_sent_unless_something_speaks_for_a_person(
    changed: dict[str, Any], why: Held | None
) -> None:
    assert why_not(RULE, replace(PRAISE, **changed), NOW) is why


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"draft": DRAFT}, Held.NOT_THANKS),  # the offline writer doesn't speak to the words
        ({"draft": replace(DRAFT, is_offline=False, intent="delivery")}, Held.NOT_THANKS),
        ({"draft": replace(DRAFT, is_offline=False, sentiment="mixed")}, Held.NOT_THANKS),
        ({"text": "Пришла разбитая, верните деньги"}, Held.NOT_THANKS),
        ({"text": "Лампа хорошая, но кнопка сломалась через день"}, Held.NOT_THANKS),
        ({"text": "Спасибо! А есть такая же синяя?"}, Held.NOT_THANKS),
        ({"cons": "коробка мятая"}, Held.NOT_THANKS),
    ],
)
def test_words_are_answered_where_both_hear_nothing_but_thanks(
    changed: dict[str, Any], why: Held | None
) -> None:
    rule = replace(RULE, with_text=True)
    assert why_not(rule, replace(WORDS, **changed), NOW) is why


@given(
    rule=some.builds(Rule, platforms=some.just(["ozon"]), from_stars=some.integers(0, 5), with_text=some.booleans(), wait=some.just(timedelta())),
    one=some.builds(
        Candidate, kind=some.sampled_from(Kind), platform=some.sampled_from(["ozon", "wildberries"]), rating=some.none() | some.integers(1, 5),
        text=some.sampled_from(["", "Спасибо, отлично!", "Сломалась"]), pros=some.just(""), cons=some.just(""), has_pictures=some.booleans(),
        priority=some.sampled_from(Priority), is_escalated=some.booleans(), is_with_person=some.booleans(), is_answered=some.booleans(),
        received_at=some.just(NOW), draft=some.none() | some.just(DRAFT) | some.just(replace(DRAFT, is_offline=False)),
    ),
)  # fmt: skip
def test_whatever_a_rule_says_these_are_never_sent(rule: Rule, one: Candidate) -> None:
    if why_not(rule, one, NOW) is None:
        assert one.kind is Kind.REVIEW
        assert one.rating is not None
        assert one.rating >= 4
        assert one.priority > Priority.HIGH
        assert one.platform == "ozon"
        assert one.draft is not None
        assert not any((one.is_escalated, one.is_with_person, one.is_answered, one.has_pictures))
        assert one.text != "Сломалась"
