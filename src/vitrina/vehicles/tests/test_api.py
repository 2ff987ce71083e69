"""Cars and their series for programs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts import quotas
from vitrina.accounts.models import Plan, Seller
from vitrina.accounts.roles import Role
from vitrina.imagery.models import GeneratedImage, ImageSeries
from vitrina.imagery.tests.conftest import run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.lib.tests.picture_files import small
from vitrina.vehicles.models import Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(client: Client, seller: Seller, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    factories.sign_in(client, factories.user("vera", seller=seller, role=Role.ILLUSTRATOR))
    return client


def post(program: Client, name: str, body: Any, *args: Any, **headers: Any) -> Any:
    return program.post(reverse(name, args=args), body, content_type="application/json", headers=headers)


def test_a_car_is_written_down_and_answers_with_its_badge(program: Client, seller: Seller) -> None:
    answer = post(
        program, "api_vehicles", {"seller": seller.pk, "brand": "Пежо", "model": "308", "year": 2014}
    )
    assert answer.status_code == 201
    told = answer.json()
    assert told["brand_key"] == "peugeot"
    assert "hind legs" in told["badge"]["words"]
    answer = program.patch(
        reverse("api_vehicle", args=[told["id"]]), {"year": 2022}, content_type="application/json"
    )
    assert "roaring lion head" in answer.json()["badge"]["words"]


def test_an_ad_is_read_without_anything_being_written(program: Client) -> None:
    answer = post(program, "api_vehicle_ad", {"text": "Продам BMW X5 2020, красный кроссовер"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["brand"], told["model"], told["year"], told["color"]) == ("BMW", "X5", 2020, "красный")
    assert not Vehicle.objects.exists()


def test_the_same_key_begins_one_series(services: DrawingWorld, program: Client, clio: Vehicle) -> None:
    answers = [
        post(
            program,
            "api_vehicle_series",
            {"angles": ["front"]},
            clio.pk,
            **{"Idempotency-Key": "a-key-of-mine"},
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert ImageSeries.objects.count() == 1


def test_a_series_is_followed_to_its_end_with_score_and_cost(
    services: DrawingWorld, program: Client, clio: Vehicle
) -> None:
    begun = post(program, "api_vehicle_series", {"session": "CAR-0000000C"}, clio.pk).json()
    assert begun["following"] == "anchor"
    assert begun["waits_for"] is not None
    run()
    told = program.get(reverse("api_image_series", args=[begun["series"]["id"]])).json()
    assert (told["pictures"], told["completed"], told["failed"]) == (6, 6, 0)
    assert told["cost_usd"] == "0.012000"
    assert 0 <= told["score"]["total"] <= 100
    assert {image["part"] for image in told["images"]} == set(begun["angles"])
    [listed] = program.get(reverse("api_image_series_list"), {"subject": clio.subject}).json()["results"]
    assert listed["session"] == "CAR-0000000C"
    pictures = program.get(reverse("api_vehicle_images", args=[clio.pk])).json()["results"]
    assert len(pictures) == 6


def test_an_angle_is_drawn_anew_with_a_seed_of_ones_own(
    services: DrawingWorld, program: Client, clio: Vehicle
) -> None:
    begun = post(program, "api_vehicle_series", {"angles": ["front"]}, clio.pk).json()
    run()
    number = begun["series"]["id"]
    answer = post(program, "api_car_angles", {"angle": "front", "seed": 77, "style": ["at dusk"]}, number)
    assert answer.status_code == 202
    run()
    fresh = GeneratedImage.objects.get(pk=answer.json()["id"])
    assert fresh.seed == 77
    assert "At dusk" in fresh.prompt


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"angles": ["from below"]}, "angles.0"),
        ({"angles": []}, "angles"),
        ({"session": "CAR-1"}, "session"),
        ({"most_at_once": 0}, "most_at_once"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    services: DrawingWorld, program: Client, clio: Vehicle, body: dict[str, Any], field: str
) -> None:
    answer = post(program, "api_vehicle_series", body, clio.pk)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not ImageSeries.objects.exists()


def test_a_spent_plan_names_the_limit_and_when_it_lifts(
    services: DrawingWorld, program: Client, clio: Vehicle
) -> None:
    clio.seller.plan = Plan.objects.create(name="none", limits={"pictures": {"month": 0}})
    clio.seller.save()
    quotas.forget_plans()
    answer = post(program, "api_vehicle_series", {}, clio.pk)
    assert answer.status_code == 429
    assert answer.json()["limit"] == 0
    assert int(answer.headers["Retry-After"]) > 0
    assert not ImageSeries.objects.exists()


def test_a_photo_and_a_picture_by_hand_come_as_files(
    services: DrawingWorld, program: Client, clio: Vehicle
) -> None:
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.png", small("PNG"), "image/png")})
    answer = program.put(reverse("api_vehicle_photo", args=[clio.pk]), body, content_type=MULTIPART_CONTENT)
    assert answer.status_code == 200, answer.content
    assert answer.json()["photo_url"] == reverse("api_vehicle_photo", args=[clio.pk])
    begun = post(program, "api_vehicle_series", {"angles": ["front"]}, clio.pk).json()
    file = SimpleUploadedFile("b.png", small("PNG", (1024, 768)), "image/png")
    answer = program.post(
        reverse("api_car_uploads", args=[begun["series"]["id"]]), {"angle": "wheel", "file": file}
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["service"] == "by_hand"
    junk = SimpleUploadedFile("c.png", b"not a picture", "image/png")
    answer = program.post(
        reverse("api_car_uploads", args=[begun["series"]["id"]]), {"angle": "wheel", "file": junk}
    )
    assert answer.status_code == 422
