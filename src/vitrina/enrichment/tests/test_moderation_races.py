"""Two people, two tabs, one queue: real threads on a real database."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import User
from vitrina.accounts.roles import Role
from vitrina.catalog.models import Product
from vitrina.enrichment import moderating
from vitrina.enrichment.models import ModerationItem, ProcessingLog, Status
from vitrina.enrichment.moderating import HeldByAnother, ModerationRefused
from vitrina.enrichment.tests.at_once import at_once
from vitrina.enrichment.tests.runs_made import doubtful

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(seller: Any) -> list[User]:
    return [factories.user(f"moderator-{n}", seller=seller, role=Role.MODERATOR) for n in range(6)]


def test_nobody_gets_an_item_that_somebody_else_got(seller: Any, people: list[User]) -> None:
    items = {doubtful(factories.product(seller=seller)).pk for _ in range(4)}
    taken = at_once(*[lambda person=person: moderating.take(person) for person in people])
    given = [item.pk for item in taken if item is not None]
    assert sorted(given) == sorted(items)
    assert taken.count(None) == 2


def test_of_two_tabs_one_decides_and_the_other_sees_it(seller: Any, people: list[User]) -> None:
    bob = people[0]
    for _ in range(5):
        product = factories.product(seller=seller)
        item = doubtful(product)
        done = at_once(
            lambda item=item: moderating.approve(item, bob),
            lambda item=item: moderating.reject(item, bob, "no"),
            lambda item=item: moderating.approve(item, bob),
        )
        assert Counter(one.was_resolved for one in done) == {True: 2, False: 1}
        assert len({one.resolution for one in done}) == 1
        stored = ModerationItem.objects.get(pk=item.pk)
        log = ProcessingLog.objects.get(pk=item.log_id)
        assert log.status == (Status.APPROVED if stored.resolution == "approved" else Status.REJECTED)
        version = Product.objects.get(pk=product.pk).version
        assert version == (2 if stored.resolution == "approved" else 1)


def test_deciding_and_sending_back_at_once_never_wait_for_each_other_in_a_circle(
    seller: Any, people: list[User]
) -> None:
    bob = people[0]
    for _ in range(8):
        item = doubtful(factories.product(seller=seller))
        done = at_once(
            lambda item=item: moderating.send_back(item, bob, "shorter"),
            lambda item=item: moderating.approve(item, bob),
            lambda item=item: moderating.send_back(item, bob, "longer"),
            lambda item=item: moderating.reject(item, bob),
        )
        assert Counter(one.was_resolved for one in done) == {True: 3, False: 1}
        started = ProcessingLog.objects.filter(product=item.log.product_id).exclude(pk=item.log_id).count()
        assert started == (1 if done[0].resolution == "sent_back" else 0)


def test_a_product_deleted_under_the_desk_is_said_in_words(seller: Any, people: list[User]) -> None:
    product = factories.product(seller=seller)
    item = doubtful(product)
    assert item.log.product_id
    product.delete()
    for deed in (
        lambda: moderating.approve(item, people[0]),
        lambda: moderating.reject(item, people[0]),
        lambda: moderating.send_back(item, people[0], "shorter"),
    ):
        with pytest.raises(ModerationRefused, match="удалён"):
            deed()


def test_of_two_people_who_decide_an_untaken_item_one_wins(seller: Any, people: list[User]) -> None:
    item = doubtful(factories.product(seller=seller))
    done = at_once(*[lambda person=person: moderating.approve(item, person) for person in people])
    winners = [one for one in done if isinstance(one, ModerationItem) and not one.was_resolved]
    assert len(winners) == 1
    assert all(isinstance(one, ModerationItem | HeldByAnother) for one in done)
