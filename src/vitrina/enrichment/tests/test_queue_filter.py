"""The queue by its filters, putting off, and the counters of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.enrichment import moderating, queue_filter
from vitrina.enrichment.models import ModerationItem
from vitrina.enrichment.moderation_tally import tally
from vitrina.enrichment.queue_filter import AGES, PRIORITIES, REASONS, SURENESS, QueueFilter
from vitrina.enrichment.tests.runs_made import doubtful


@given(st.dictionaries(st.sampled_from([*QueueFilter.__dataclass_fields__, "x"]), st.text(max_size=30)))
def test_whatever_stands_in_an_address_is_a_filter_that_says_itself_again(given: dict[str, str]) -> None:
    found = QueueFilter.of(given)
    assert QueueFilter.of(found.stored()) == found


@pytest.fixture
def items(seller: Seller) -> dict[str, ModerationItem]:
    dress = factories.category("Одежда > Платья", seller=seller)
    shoes = factories.category("Обувь > Сапоги", seller=seller)
    return {
        "dress": doubtful(factories.product(seller=seller), category=dress, confidence=0.6),
        "shoes": doubtful(factories.product(seller=seller), category=shoes, confidence=0.2, priority=3),
        "plain": doubtful(factories.product(seller=seller), confidence=None),
        "english": doubtful(factories.product(seller=seller), category=dress, confidence=0.9, language="en"),
    }


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, {"dress", "shoes", "plain", "english"}),
        ({"sure": "low"}, {"shoes"}),
        ({"sure": "middle"}, {"dress"}),
        ({"sure": "unknown"}, {"plain"}),
        ({"language": "en"}, {"english"}),
        ({"priority": "3"}, {"shoes"}),
        ({"reason": "price"}, {"dress", "shoes", "plain", "english"}),
        ({"reason": "unsupported"}, set()),
        ({"age": "hour"}, {"plain"}),
        ({"sure": "nonsense"}, {"dress", "shoes", "plain", "english"}),
    ],
)
def test_a_filter_finds_what_it_says(
    items: dict[str, ModerationItem], bob: User, wanted: dict[str, str], names: set[str]
) -> None:
    ModerationItem.objects.filter(pk=items["plain"].pk).update(created_at=timezone.now() - timedelta(hours=2))
    found = QueueFilter.of(wanted).items(ModerationItem.objects.reachable_by(bob).waiting())
    assert {item.pk for item in found} == {items[name].pk for name in names}


@pytest.mark.parametrize("listed", [0, 100])
def test_a_branch_is_a_category_with_everything_below_it(
    listed: int,
    items: dict[str, ModerationItem],
    bob: User,
    seller: Seller,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also one too big to be named category by category."""
    monkeypatch.setattr(queue_filter, "LISTED", listed)
    clothes = factories.category("Одежда", seller=seller)
    found = QueueFilter(category=str(clothes.pk)).items(ModerationItem.objects.reachable_by(bob).waiting())
    assert {item.pk for item in found} == {items["dress"].pk, items["english"].pk}
    assert not QueueFilter(category="999999").items(ModerationItem.objects.all()).exists()


def test_taking_keeps_to_the_filter_and_to_what_is_not_shown_yet(
    items: dict[str, ModerationItem], bob: User
) -> None:
    within = QueueFilter(language="ru")
    first = moderating.take(bob, within=within)
    second = moderating.take(bob, within=within, without=[items["shoes"].pk])
    assert first is not None
    assert second is not None
    assert (first.pk, second.pk) == (items["shoes"].pk, items["dress"].pk)


def test_what_is_put_off_comes_after_the_others_and_is_not_lost(
    items: dict[str, ModerationItem], bob: User, seller: Seller
) -> None:
    first = moderating.take(bob)
    assert first is not None
    assert moderating.put_off(first, bob)
    order = []
    while (item := moderating.take(bob)) is not None and item.pk not in order:
        order.append(item.pk)
        moderating.approve(item, bob, despite_changes=True)
    assert order[-1] == first.pk
    assert len(order) == 4
    # To others it was where it always was.
    anna = factories.user("anna", seller=seller, role="moderator")
    assert moderating.take(anna) is None


def test_an_item_of_another_is_not_put_off(
    items: dict[str, ModerationItem], bob: User, seller: Seller
) -> None:
    anna = factories.user("anna", seller=seller, role="moderator")
    item = moderating.take(anna)
    assert item is not None
    assert not moderating.put_off(item, bob)
    item.refresh_from_db()
    assert item.assignee == anna


def test_the_counters_tell_what_one_did_and_how_often_the_studio_was_right(
    items: dict[str, ModerationItem], bob: User
) -> None:
    moderating.approve(items["dress"], bob)
    moderating.approve(items["plain"], bob, edits={"title": "Платье летнее из хлопка, синее"})
    moderating.reject(items["shoes"], bob, reason="facts")
    found = tally(bob, QueueFilter())
    assert (found.waiting, found.today, found.last_hour) == (1, 3, 3)
    assert found.agreed == pytest.approx(1 / 3)


def test_every_choice_has_its_words() -> None:
    named: Any = [
        *REASONS.values(),
        *PRIORITIES.values(),
        *(pair[0] for pair in [*SURENESS.values(), *AGES.values()]),
    ]
    assert all(str(words) for words in named)
