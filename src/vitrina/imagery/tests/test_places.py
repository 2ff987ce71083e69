"""How many pictures are made at the same time, counted by the service; and how many a plan allows."""

from __future__ import annotations

from typing import Any

import pytest
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, Seller, UsageCounter, User
from vitrina.imagery import asking, quota
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.quota import PicturesSpent
from vitrina.imagery.scene import Recipe
from vitrina.imagery.tests.conftest import Ask, hurry, run, scene
from vitrina.imagery.tests.drawing_world import DrawingWorld

DRAWING_SECONDS = 0.15


def planned(seller: Seller, **pictures: Any) -> Seller:
    seller.plan = Plan.objects.create(name="BASIC", limits={"pictures": pictures})
    seller.save()
    quotas.forget_plans()
    return seller


def run_all(threads: int, images: list[GeneratedImage]) -> None:
    """As workers do: those that found no place come again when they are called, or a little later."""
    for _ in range(40):
        run(threads=threads)
        if not GeneratedImage.objects.under_way().exists():
            return
        hurry()
    raise AssertionError("the pictures never ended")


@pytest.mark.django_db(transaction=True)
def test_a_series_bounds_how_many_of_its_pictures_are_made_at_once_and_one_that_fails_stops_none(
    services: DrawingWorld, ask: Ask, seller: Seller, alice: User
) -> None:
    services.seconds = DRAWING_SECONDS
    services.says("swift", "ok", "ok", "refuse")
    series = asking.begin_series(
        seller,
        recipe=Recipe.CAR_ANGLE,
        subject="vehicle:7",
        session="CAR-00000001",
        title="Clio",
        most_at_once=3,
        by=alice,
    )
    images = [ask(f"angle {number}", series=series, part=f"angle {number}") for number in range(8)]
    run_all(6, images)
    assert services.most_at_once == 3
    states = list(series.images.values_list("status", flat=True))
    assert sorted(states) == ["completed"] * 7 + ["failed"]
    assert services.calls["swift"] == 8


@pytest.mark.django_db(transaction=True)
def test_a_plan_bounds_how_many_pictures_of_a_seller_are_made_at_once(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    services.seconds = DRAWING_SECONDS
    planned(seller, at_once=2)
    images = [ask(f"castle {number}") for number in range(6)]
    run_all(5, images)
    assert services.most_at_once == 2
    assert GeneratedImage.objects.filter(status=ImageStatus.COMPLETED).count() == 6


@pytest.mark.django_db(transaction=True)
def test_without_a_bound_all_are_made_at_once(services: DrawingWorld, ask: Ask) -> None:
    services.gate.clear()
    for number in range(4):
        ask(f"castle {number}")
    from threading import Thread

    working = Thread(target=run_all, args=(4, []))
    working.start()
    assert services.wait_for(lambda: services.at_once == 4)
    services.gate.set()
    working.join(30)
    assert GeneratedImage.objects.filter(status=ImageStatus.COMPLETED).count() == 4


@pytest.mark.django_db
def test_who_waits_for_a_place_is_called_when_one_is_left(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    planned(seller, at_once=1)
    first, second = ask("one"), ask("two")
    GeneratedImage.objects.filter(pk=first.pk).update(status=ImageStatus.GENERATING)  # elsewhere
    from vitrina.jobs.models import Job

    Job.objects.filter(key=asking.key_of(first.pk)).update(run_at="2100-01-01T00:00:00Z")
    run(most=1)
    waiting = Job.objects.get(key=asking.key_of(second.pk))
    assert (waiting.state, waiting.attempt) == ("queued", 0)
    asking.cancel(first, by=None)
    run()
    assert GeneratedImage.objects.get(pk=second.pk).status == ImageStatus.COMPLETED


@pytest.mark.django_db
def test_the_plan_refuses_in_words_and_nothing_was_begun(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    planned(seller, month=2)
    assert quota.left(seller, None) == 2
    ask("one")
    ask("two")
    assert quota.left(seller, None) == 0
    with pytest.raises(PicturesSpent) as caught:
        ask("three")
    assert (caught.value.most, caught.value.used) == (2, 2)
    assert "2" in str(caught.value)
    assert GeneratedImage.objects.count() == 2
    services.says("swift", "refuse")
    run()
    assert quota.left(seller, None) == 1  # the one that was refused gave its unit back
    ask("three")


@pytest.mark.django_db
def test_a_plan_that_was_lowered_tells_what_is_really_used(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    for number in range(3):
        ask(f"castle {number}")
    planned(seller, month=2)
    with pytest.raises(PicturesSpent) as caught:
        ask("one more")
    assert (caught.value.most, caught.value.used) == (2, 3)
    assert quota.left(seller, None) == 0


@pytest.mark.django_db
def test_people_have_their_own_share(services: DrawingWorld, ask: Ask, alice: User, bob: User) -> None:
    seller = alice.memberships.get().seller
    seller.plan = Plan.objects.create(name="PRO", limits={"per_user": {"pictures": {"day": 1}}})
    seller.save()
    quotas.forget_plans()
    asking.ask_for(seller, scene("one"), title="1", by=alice)
    with pytest.raises(PicturesSpent):
        asking.ask_for(seller, scene("two"), title="2", by=alice)
    asking.ask_for(seller, scene("two"), title="2", by=bob)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_same_at_the_same_moment_get_one_picture_and_one_unit_is_taken(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    from threading import Barrier, Thread

    from django.db import connection

    barrier, found = Barrier(4), []

    def click() -> None:
        barrier.wait(10)
        try:
            found.append(ask("one", subject="passage:1").pk)
        finally:
            connection.close()

    clicks = [Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1
    month = UsageCounter.objects.get(
        key__startswith=f"seller:{seller.pk}|pictures|", key__regex=r"\|\d{4}-\d\d$"
    )
    assert month.used == 1


@pytest.mark.django_db
def test_a_session_belongs_to_one_seller(seller: Seller) -> None:
    told: dict[str, Any] = {
        "recipe": Recipe.CAR_ANGLE, "subject": "vehicle:7", "session": "CAR-1", "title": "Clio",
    }  # fmt: skip
    first = asking.begin_series(seller, **told)
    assert asking.begin_series(seller, **told) == first
    with pytest.raises(ValueError, match="another seller"):
        asking.begin_series(factories.seller(), **told)
