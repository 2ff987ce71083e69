"""A picture from the wish to the file, over real HTTP: every outcome of a service, and what stands in the row afterwards."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from vitrina.accounts.models import Seller, UsageCounter, User
from vitrina.engine.models import ModelCall
from vitrina.imagery import asking, ending, installed, rendering
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.scene import Recipe
from vitrina.imagery.tests.conftest import Ask, hurry, run, scene
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import service
from vitrina.jobs.models import Job
from vitrina.lib import files

pytestmark = pytest.mark.django_db


def again(image: GeneratedImage) -> GeneratedImage:
    return GeneratedImage.objects.get(pk=image.pk)


def outcomes(image: GeneratedImage) -> list[tuple[str, str]]:
    return list(image.attempts.order_by("pk").values_list("service", "outcome"))


def used(seller: Seller) -> int:
    """Units of pictures that are taken this month."""
    row = UsageCounter.objects.filter(
        key__startswith=f"seller:{seller.pk}|pictures|calls|", key__regex=r"\|\d{4}-\d\d$"
    )
    return sum(row.values_list("used", flat=True))


def test_a_wish_becomes_a_stored_picture_with_all_that_made_it(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    image = ask("an old castle", "evening light")
    assert image.status == ImageStatus.QUEUED
    run()
    made = again(image)
    assert (made.status, made.service, made.model, made.reason) == ("completed", "swift", "one", "")
    assert "old castle" in made.prompt
    assert (made.real_width, made.real_height) == (640, 480)
    assert made.quality_score is not None
    assert made.quality_score >= 50
    for name in (made.original_name, made.processed_name, made.thumb_name):
        assert files.storage().exists(name)
    [attempt] = made.attempts.all()
    assert (attempt.outcome, attempt.service, attempt.cost) == ("ok", "swift", Decimal("0.002"))
    assert attempt.order["prompt"] == made.prompt
    call = ModelCall.objects.get(pk=attempt.call)
    assert (call.kind, call.provider, call.model, call.cost) == ("image", "swift", "one", Decimal("0.002"))
    assert (made.cost, used(seller)) == (Decimal("0.002"), 1)
    assert services.calls == {"swift": 1}


def test_a_passing_fault_is_tried_once_more_with_nothing_changed(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", "retry_same")
    image = ask()
    run()
    assert outcomes(image) == [("swift", "retry_same"), ("swift", "ok")]
    first, second = services.asked
    assert first == second


def test_after_two_passing_faults_the_next_service_draws(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", always="retry_same")
    image = ask()
    run()
    assert outcomes(image) == [("swift", "retry_same")] * 2 + [("solid", "ok")]
    assert again(image).service == "solid"


def test_a_limit_is_waited_for_and_is_no_failure(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", "retry_after:20")
    image = ask()
    run()
    waiting = again(image)
    assert waiting.status == ImageStatus.QUEUED
    assert waiting.not_before is not None
    job = Job.objects.get(kind=asking.KIND)
    assert (job.state, job.attempt) == ("queued", 0)
    hurry()
    run()
    assert outcomes(image) == [("swift", "retry_after"), ("swift", "ok")]
    assert again(image).status == ImageStatus.COMPLETED


def test_without_a_picture_in_the_answer_two_other_seeds_are_tried(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", always="retry_new_seed")
    image = ask()
    run()
    assert outcomes(image) == [("swift", "retry_new_seed")] * 3 + [("solid", "ok")]
    assert len({asked["seed"] for asked in services.asked[:3]}) == 3


@pytest.mark.parametrize("trap", ["garbage", "json"])
def test_bytes_that_are_no_picture_are_no_picture_whatever_the_status(
    services: DrawingWorld, ask: Ask, trap: str
) -> None:
    services.says("swift", trap)
    image = ask()
    run()
    assert outcomes(image) == [("swift", "retry_new_seed"), ("swift", "ok")]
    assert again(image).cost is None  # whether the first was paid for, nobody knows


def test_a_service_without_money_or_key_is_left_for_the_next_one(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", always="fallback")
    image = ask()
    run()
    assert outcomes(image) == [("swift", "fallback"), ("solid", "ok")]


@pytest.mark.parametrize("outcome", ["refuse", "bad_request"])
def test_a_refusal_ends_it_with_the_reason_and_the_unit_goes_back(
    services: DrawingWorld, ask: Ask, seller: Seller, outcome: str
) -> None:
    services.says("swift", outcome)
    image = ask()
    assert used(seller) == 1
    run()
    ended = again(image)
    assert (ended.status, ended.reason) == ("failed", f"Swift says {outcome}.")
    assert services.calls == {"swift": 1}
    assert used(seller) == 0


def test_a_poor_picture_is_drawn_anew_and_then_by_the_next_service(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", always="poor")
    image = ask()
    run()
    assert outcomes(image) == [("swift", "ok")] * 3 + [("solid", "ok")]
    assert len({asked["seed"] for asked in services.asked[:3]}) == 3
    made = again(image)
    assert (made.service, made.quality_level != "poor", made.cost) == ("solid", True, Decimal("0.008"))


def test_the_best_of_poor_ones_is_kept_and_marked_and_given_to_nobody_else(
    services: DrawingWorld, ask: Ask
) -> None:
    services.says("swift", always="poor")
    services.says("solid", always="poor")
    image = ask()
    run()
    made = again(image)
    assert (made.status, made.quality_level, made.cache_key) == ("completed", "poor", "")
    assert made.reason
    assert sum(services.calls.values()) == 6


def test_when_nobody_can_draw_now_it_is_tried_three_times_and_then_a_placeholder_says_why(
    services: DrawingWorld, ask: Ask, seller: Seller, settings: Any
) -> None:
    settings.AI_BREAKER = settings.AI_BREAKER | {"faults": 50}
    services.says("swift", always="retry_same")
    services.says("solid", always="retry_same")
    image = ask()
    for _ in range(3):
        run()
        hurry()
    made = again(image)
    assert (made.status, made.service, made.is_marked) == ("completed", "offline", True)
    assert made.reason == "Solid says retry_same."
    assert services.calls == {"swift": 6, "solid": 6}
    assert used(seller) == 0  # nobody pays for a placeholder


def test_a_service_that_fails_too_often_rests_and_is_not_called(services: DrawingWorld, ask: Ask) -> None:
    services.says("swift", always="retry_same")
    images = [ask(f"castle {number}") for number in range(5)]
    run()
    assert {again(image).service for image in images} == {"solid"}
    assert services.calls["swift"] == 5
    assert outcomes(images[4]) == [("solid", "ok")]


def test_without_any_service_the_offline_one_draws_and_its_pictures_are_marked(
    services: DrawingWorld, ask: Ask, settings: Any, seller: Seller
) -> None:
    settings.PICTURE_SERVICES = {"swift": {"is_on": False}, "solid": {"is_on": False}}
    image = ask()
    run()
    made = again(image)
    assert (made.status, made.service, made.is_marked, made.reason) == ("completed", "offline", True, "")
    assert (made.quality_score, made.cost, used(seller)) == (None, 0, 0)
    assert ModelCall.objects.get().kind == "offline"


def test_the_same_wish_gives_the_same_picture_and_a_forced_one_another(
    services: DrawingWorld, ask: Ask, alice: User
) -> None:
    image = ask(subject="passage:1", by=alice)
    assert ask(subject="passage:1", by=alice) == image
    run()
    assert ask(subject="passage:1", by=alice) == image
    forced = asking.redo(again(image), by=alice)
    assert forced != image
    assert asking.redo(again(image), by=alice) == forced  # a double click
    run()
    assert again(forced).seed != again(image).seed
    assert services.calls == {"swift": 2}


def test_an_equal_picture_of_the_same_person_is_found_again_and_nothing_is_paid(
    services: DrawingWorld, ask: Ask, alice: User, bob: User, seller: Seller
) -> None:
    words, seed = "an old castle", Options(seed=5)
    first = ask(words, subject="passage:1", options=seed, by=alice)
    run()
    second = ask("An  old CASTLE, 8k", subject="passage:2", options=seed, by=alice)
    other = ask(words, subject="passage:3", options=seed, by=bob)
    run()
    found = again(second)
    assert (found.is_from_cache, found.digest, found.cost) == (True, again(first).digest, 0)
    assert not again(other).is_from_cache
    assert services.calls == {"swift": 2}
    assert used(seller) == 2


def test_a_product_is_never_drawn_by_a_service_that_marks_its_pictures(
    services: DrawingWorld, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vitrina.imagery.ports import Abilities

    marks = service("swift", services.url, abilities=lambda model: Abilities(marks_pictures=True))
    monkeypatch.setattr(installed, "SERVICES", (marks, *installed.SERVICES[1:]))
    shot, free = ask(scene=scene("a shoe", recipe=Recipe.PRODUCT_SHOT)), ask()
    run()
    assert (again(shot).service, again(shot).is_marked) == ("solid", False)
    assert (again(free).service, again(free).is_marked) == ("swift", True)


def test_the_service_that_a_person_chose_is_asked_first(services: DrawingWorld, ask: Ask) -> None:
    image = ask(options=Options(service="solid"))
    run()
    assert again(image).service == "solid"


def test_a_reference_goes_along_with_its_bytes(services: DrawingWorld, ask: Ask) -> None:
    anchor = ask()
    run()
    given = asking.reference_of(again(anchor), "the same castle")
    image = ask("the castle from behind", references=[given])
    run()
    assert services.asked[-1]["references"] == [given.digest]
    assert again(image).status == ImageStatus.COMPLETED


def test_a_lost_reference_ends_it_in_words(services: DrawingWorld, ask: Ask) -> None:
    lost = asking.ReferenceFile("generated/processed/1/aa/gone.jpg", "image/jpeg", "a" * 64)
    image = ask(references=[lost])
    run()
    assert again(image).reason == rendering.REFERENCE_LOST
    assert services.calls == {}


def test_a_job_that_died_after_the_call_was_paid_finds_its_picture_and_pays_nothing(
    services: DrawingWorld, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = ask()
    whole = rendering._end

    class Died(Exception):
        pass

    def die(*args: Any, **kwargs: Any) -> None:
        raise Died

    monkeypatch.setattr(rendering, "_end", die)
    run()
    assert outcomes(image) == [("swift", "")]
    monkeypatch.setattr(rendering, "_end", whole)
    hurry()
    run()
    assert outcomes(image) == [("swift", "ok")]
    assert again(image).status == ImageStatus.COMPLETED
    assert services.calls == {"swift": 1}


def test_cancelled_before_it_began_nothing_is_drawn_and_the_unit_goes_back(
    services: DrawingWorld, ask: Ask, alice: User, seller: Seller
) -> None:
    image = ask()
    assert asking.cancel(image, by=alice)
    assert not asking.cancel(image, by=alice)
    run()
    assert (again(image).status, again(image).reason) == ("failed", asking.CANCELLED)
    assert (services.calls, used(seller)) == ({}, 0)


def test_a_picture_whose_job_was_dropped_is_closed_and_its_unit_goes_back(
    services: DrawingWorld, ask: Ask, seller: Seller
) -> None:
    from vitrina.imagery import abandoned
    from vitrina.jobs import control

    image = ask()
    hurry()
    GeneratedImage.objects.update(created_at=Job.objects.get().run_at)
    assert abandoned.close() == 0
    control.cancel(Job.objects.get())
    GeneratedImage.objects.update(created_at="2026-01-01T00:00:00Z")
    assert abandoned.close() == 1
    assert (again(image).status, used(seller)) == ("failed", 0)


def test_cancelled_while_it_is_drawn_it_ends_at_once_and_is_not_drawn_again(
    services: DrawingWorld, ask: Ask, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.says("swift", always="poor")
    image = ask()
    whole = rendering._end

    def cancelled(*args: Any) -> None:
        whole(*args)
        ending.fail(image.pk, asking.CANCELLED)

    monkeypatch.setattr(rendering, "_end", cancelled)
    run()
    assert (again(image).status, again(image).reason) == ("failed", asking.CANCELLED)
    assert services.calls == {"swift": 1}
    assert used(seller) == 0


def test_deleted_while_it_is_drawn_nothing_is_left_of_it(
    services: DrawingWorld, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = ask()
    whole = rendering._end

    def deleted(*args: Any) -> None:
        whole(*args)
        GeneratedImage.objects.filter(pk=image.pk).delete()

    monkeypatch.setattr(rendering, "_end", deleted)
    run()
    assert Job.objects.get(kind=asking.KIND).state == "cancelled"


def test_whoever_wants_to_know_hears_of_the_end_in_its_transaction(
    services: DrawingWorld, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[int, str]] = []
    monkeypatch.setitem(ending.when_ended, "test", lambda image: heard.append((image.pk, str(image.status))))
    services.says("swift", "refuse")
    refused = ask("one")
    run()
    drawn = ask("two")
    run()
    assert heard == [(refused.pk, "failed"), (drawn.pk, "completed")]
