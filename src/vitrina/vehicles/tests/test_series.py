"""A series of one car over real HTTP: what follows what, what is drawn at the same time, one angle anew."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import AuditEntry, Plan, Seller
from vitrina.imagery import installed
from vitrina.imagery.asking import PicturesSpent
from vitrina.imagery.models import GeneratedImage, ImageStatus
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Abilities
from vitrina.imagery.tests.conftest import run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import OFFLINE, service
from vitrina.jobs.crew import Crew
from vitrina.jobs.work import drain
from vitrina.lib.tests.picture_files import small
from vitrina.vehicles import photos, recipe, scorekeeping, series
from vitrina.vehicles.angles import USUAL
from vitrina.vehicles.models import CarSeries, Following, Vehicle
from vitrina.vehicles.series import SeriesRefused

pytestmark = pytest.mark.django_db


def only(monkeypatch: pytest.MonkeyPatch, url: str, **fields: Any) -> None:
    """The one service that is installed beside the offline one."""
    monkeypatch.setattr(installed, "SERVICES", (service("swift", url, **fields), OFFLINE))


def without_references(model: str) -> Abilities:
    return Abilities(has_negative=True)


def pictures(one: CarSeries) -> dict[str, GeneratedImage]:
    return {image.part: image for image in one.series.images.all()}


def again(one: CarSeries) -> CarSeries:
    return CarSeries.objects.select_related("series__seller", "vehicle__seller").get(pk=one.pk)


def test_without_a_photo_the_first_picture_is_drawn_and_all_others_follow_it(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, by=None)
    assert one.following == Following.ANCHOR
    assert list(pictures(one)) == ["three_quarter_front"]
    run()
    drawn = pictures(one)
    assert tuple(sorted(drawn)) == tuple(sorted(USUAL))
    assert {image.status for image in drawn.values()} == {ImageStatus.COMPLETED}
    anchor = drawn.pop("three_quarter_front")
    assert anchor.references == []
    assert {image.references[0]["digest"] for image in drawn.values()} == {anchor.digest}
    assert services.asked[0]["references"] == []
    assert [asked["references"] for asked in services.asked[1:]] == [[anchor.digest]] * 5


def test_the_sellers_photo_goes_along_with_every_angle_at_once(services: DrawingWorld, clio: Vehicle) -> None:
    photos.put(clio, small("JPEG"), by=None)
    one = series.begin(clio, angles=["front", "rear", "side"], by=None)
    assert one.following == Following.PHOTO
    assert len(pictures(one)) == 3
    run()
    assert [asked["references"] for asked in services.asked] == [[clio.photo_digest]] * 3


def test_a_service_that_takes_no_reference_draws_all_at_once_by_the_words(
    services: DrawingWorld, clio: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, services.url, abilities=without_references)
    photos.put(clio, small("JPEG"), by=None)
    one = series.begin(clio, by=None)
    assert one.following == Following.TEXT
    assert len(pictures(one)) == 6


def test_the_description_stands_in_every_prompt_byte_for_byte_and_seeds_are_those_of_the_session(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, session="CAR-1A2B3C4D", by=None)
    run()
    assert all(one.frozen in asked["prompt"] for asked in services.asked)
    drawn = pictures(one)
    assert {part: image.seed for part, image in drawn.items()} == {
        part: recipe.seed("CAR-1A2B3C4D", part) for part in USUAL
    }
    front = next(asked for asked in services.asked if asked["seed"] == recipe.seed("CAR-1A2B3C4D", "front"))
    assert "interlaced lines" in front["prompt"]
    assert "Mitsubishi" not in front["prompt"]
    assert "Mitsubishi badge" in front["negative"]


def test_the_same_session_again_is_the_same_series(services: DrawingWorld, clio: Vehicle) -> None:
    first = series.begin(clio, session="CAR-00000001", by=None)
    second = series.begin(clio, session="CAR-00000001", angles=["rear"], by=None)
    assert first.pk == second.pk
    assert GeneratedImage.objects.count() == 1


def test_a_session_of_another_car_and_one_of_nonsense_are_refused(
    services: DrawingWorld, clio: Vehicle
) -> None:
    series.begin(clio, session="CAR-00000001", by=None)
    stranger = factories.seller(name="Stranger")
    other = Vehicle.objects.create(seller=stranger, brand="Kia", model="Rio")
    for session in ("CAR-00000001", "CAR-1", "car-0000000a", "CAR-0000000G"):
        with pytest.raises(SeriesRefused):
            series.begin(other, session=session, by=None)
    assert not other.series.exists()


def test_a_first_picture_that_fails_stops_nobody(services: DrawingWorld, clio: Vehicle) -> None:
    services.says("swift", "refuse")
    one = series.begin(clio, angles=["three_quarter_front", "front"], by=None)
    run()
    drawn, now = pictures(one), again(one)
    assert drawn["three_quarter_front"].status == ImageStatus.FAILED
    assert drawn["front"].status == ImageStatus.COMPLETED
    assert drawn["front"].references == []
    assert (now.following, now.trouble) == (Following.TEXT, series.NO_ANCHOR)


def test_one_angle_is_drawn_anew_with_another_seed_and_the_same_reference(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["three_quarter_front", "front"], session="CAR-00000002", by=None)
    run()
    one = again(one)
    before = pictures(one)
    calls = services.calls["swift"]
    fresh = series.redo(one, "front", by=None)
    run()
    assert services.calls["swift"] == calls + 1
    fresh.refresh_from_db()
    assert fresh.status == ImageStatus.COMPLETED
    assert fresh.seed == recipe.seed("CAR-00000002", "front", 1) != before["front"].seed
    assert fresh.references == before["front"].references
    assert one.series.images.count() == 3
    assert scorekeeping.finished(one)[1].pk == fresh.pk


def test_a_double_click_draws_an_angle_once(services: DrawingWorld, clio: Vehicle) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    run()
    series.redo(again(one), "front", by=None)
    with pytest.raises(SeriesRefused):
        series.redo(again(one), "front", by=None)
    assert one.series.images.count() == 2


def test_nothing_is_drawn_anew_while_the_others_wait_for_the_first(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, by=None)
    with pytest.raises(SeriesRefused):
        series.redo(one, "rear", by=None)
    assert one.series.images.count() == 1


def test_an_angle_that_was_not_wanted_at_first_joins_the_series(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    run()
    series.redo(again(one), "wheel", by=None)
    assert again(one).angles == ["front", "wheel"]


def test_changing_the_car_later_changes_no_series(services: DrawingWorld, clio: Vehicle) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    clio.color, clio.brand = "красный", "Kia"
    clio.save()
    run()
    fresh = series.redo(again(one), "front", by=None)
    assert fresh.scene["frozen"] == one.frozen
    assert "Renault" in one.frozen


def limited(seller: Seller, month: int) -> None:
    seller.plan = Plan.objects.create(name=f"{month} pictures", limits={"pictures": {"month": month}})
    seller.save()
    quotas.forget_plans()


def test_a_plan_without_enough_pictures_begins_nothing(
    services: DrawingWorld, clio: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, services.url, abilities=without_references)
    limited(clio.seller, 3)
    with pytest.raises(PicturesSpent):
        series.begin(clio, by=None)
    assert not CarSeries.objects.exists()
    assert not GeneratedImage.objects.exists()


def test_a_plan_that_is_spent_meanwhile_is_said_and_the_rest_can_be_asked_for(
    services: DrawingWorld, clio: Vehicle
) -> None:
    limited(clio.seller, 1)
    one = series.begin(clio, angles=["three_quarter_front", "front", "rear"], by=None)
    run()
    now = again(one)
    assert list(pictures(now)) == ["three_quarter_front"]
    assert now.trouble == series.SPENT
    assert series.missing(now) == ("front", "rear")
    limited(clio.seller, 10)
    assert series.ask_missing(now, by=None) == 2
    run()
    assert {image.status for image in pictures(now).values()} == {ImageStatus.COMPLETED}
    assert again(one).trouble == ""


def test_the_score_is_kept_as_pictures_end(services: DrawingWorld, clio: Vehicle) -> None:
    one = series.begin(clio, by=None)
    run()
    kept = again(one).series.score
    assert kept is not None
    groups = {group["key"]: group for group in kept["groups"]}
    assert groups["badge"]["points"] == 30
    parts = {part["key"]: part["points"] for group in kept["groups"] for part in group["parts"]}
    assert parts["block"] == 2
    assert parts["seeds"] == 1
    assert parts["maker"] == 2
    assert parts["reference"] == 5
    assert [parts[key] for key in ("brand", "model", "year", "color", "body_type")] == [8, 8, 6, 6, 6]


def test_placeholders_have_no_score(
    services: DrawingWorld, clio: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installed, "SERVICES", (OFFLINE,))
    one = series.begin(clio, by=None)
    assert one.following == Following.TEXT
    run()
    assert {image.is_marked for image in pictures(one).values()} == {True}
    assert again(one).series.score["total"] is None


def test_a_series_stands_in_the_audit(services: DrawingWorld, clio: Vehicle) -> None:
    series.begin(clio, angles=["front"], session="CAR-00000003", by=None)
    entry = AuditEntry.objects.get(action="vehicle.series")
    assert entry.after == {"session": "CAR-00000003", "angles": ["front"]}


def work_on(one: CarSeries, *, threads: int) -> None:
    """As a worker of so many threads does, until every angle has ended."""
    crew, nothing_to_do = Crew(threads + 1), threading.Event()

    def serve() -> None:
        try:
            while not _is_over(one):
                drain(crew)
                nothing_to_do.wait(0.01)
        finally:
            connection.close()

    working = [threading.Thread(target=serve) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join(60)


def _is_over(one: CarSeries) -> bool:
    ended = one.series.images.exclude(status__in=["queued", "generating"])
    return ended.count() == len(one.angles)


@pytest.mark.django_db(transaction=True)
def test_six_angles_take_two_rounds_the_first_and_then_all_others_together(
    services: DrawingWorld, clio: Vehicle
) -> None:
    services.seconds = 0.5
    one = series.begin(clio, by=None)
    work_on(one, threads=6)
    drawn = pictures(one)
    assert {image.status for image in drawn.values()} == {ImageStatus.COMPLETED}
    assert services.calls == {"swift": 6}
    assert services.most_at_once == 5
    first = drawn.pop("three_quarter_front")
    assert first.finished_at is not None
    # Whoever is asked for in the transaction of the first one's end is asked for before that end is seen.
    assert all(abs(image.created_at - first.finished_at) < timedelta(seconds=0.5) for image in drawn.values())


@pytest.mark.django_db(transaction=True)
def test_a_limit_of_pictures_at_once_is_obeyed_exactly(services: DrawingWorld, clio: Vehicle) -> None:
    services.seconds = 0.2
    one = series.begin(clio, most_at_once=2, options=Options(service="swift"), by=None)
    work_on(one, threads=6)
    assert {image.status for image in pictures(one).values()} == {ImageStatus.COMPLETED}
    assert services.most_at_once == 2


def test_two_angles_that_are_the_same_picture_are_found_from_what_was_measured(
    services: DrawingWorld, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["front", "side", "rear"], by=None)
    run()
    one = again(one)
    before = scorekeeping.score_of(one, scorekeeping.finished(one))
    assert before.duplicates == ()
    points = {part.key: part.points for group in before.groups for part in group.parts}
    assert points["distinct"] == 5
    assert points["body_color"] is not None
    front, rear = pictures(one)["front"], pictures(one)["rear"]
    GeneratedImage.objects.filter(pk=rear.pk).update(measured=front.measured)
    scorekeeping.keep_score(one)
    assert one.series.score is not None
    assert one.series.score["duplicates"] == [["front", "rear"]]
    parts = {part["key"]: part["points"] for group in one.series.score["groups"] for part in group["parts"]}
    assert parts["distinct"] == pytest.approx(5 / 3, abs=0.05)


def test_a_service_without_a_negative_prompt_earns_the_whole_badge_too(
    services: DrawingWorld, clio: Vehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, services.url, abilities=lambda model: Abilities())
    one = series.begin(clio, angles=["front", "rear"], by=None)
    run()
    assert all("Mitsubishi" not in asked["prompt"] + asked["negative"] for asked in services.asked)
    kept = again(one).series.score
    assert kept is not None
    assert [group["points"] for group in kept["groups"] if group["key"] == "badge"] == [30]
