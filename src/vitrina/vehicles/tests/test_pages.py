"""The pages of cars: an ad becomes a car, its series is asked for, shown, drawn anew, taken along."""

from __future__ import annotations

import io
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller
from vitrina.accounts.roles import Role
from vitrina.imagery.models import GeneratedImage, ImageSeries
from vitrina.imagery.tests.conftest import run
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.lib import files
from vitrina.lib.tests.picture_files import small
from vitrina.vehicles import series
from vitrina.vehicles.models import CarSeries, Vehicle

pytestmark = pytest.mark.django_db
AD = "Продам Renault Clio 2021 года, хэтчбек, цвет синий металлик, литые диски R16, 1 250 000 руб."


@pytest.fixture
def desk(client: Client, seller: Seller, settings: Any, tmp_path: Any) -> Client:
    settings.MEDIA_ROOT = tmp_path
    factories.sign_in(client, factories.user("vera", seller=seller, role=Role.ILLUSTRATOR))
    return client


def photo_with_place() -> bytes:
    image, target = Image.new("RGB", (1600, 1200), "navy"), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera 7351"
    exif.get_ifd(0x8825)[1] = "N"
    image.save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_an_ad_fills_the_form_and_nothing_is_written(desk: Client) -> None:
    answer = desk.post(reverse("vehicle_addition"), {"reads": "1", "ad": AD})
    form = answer.context["form"]
    assert form["brand"].value() == "Renault"
    assert form["year"].value() == 2021
    assert form["color_hex"].value() == "#1f4fbf"
    assert not Vehicle.objects.exists()


def test_an_ad_that_tells_nothing_says_so(desk: Client) -> None:
    answer = desk.post(reverse("vehicle_addition"), {"reads": "1", "ad": "Отдам кота"})
    assert answer.context["found"] == {}
    assert answer.status_code == 200


def test_a_car_is_kept_with_its_photo_and_what_the_camera_wrote_is_not(desk: Client, seller: Seller) -> None:
    given = {"seller": seller.pk, "brand": "Рено", "model": "Clio", "year": "2021", "color": "синий"}
    file = SimpleUploadedFile("car.jpg", photo_with_place(), "image/jpeg")
    answer = desk.post(reverse("vehicle_addition"), given | {"photo": file})
    vehicle = Vehicle.objects.get()
    assert answer.headers["Location"] == reverse("vehicle", args=[vehicle.pk])
    assert (vehicle.brand_key, vehicle.color_hex) == ("renault", "#1f4fbf")
    assert vehicle.photo is not None
    with files.storage().open(vehicle.photo.processed_name) as kept:
        data = kept.read()
    assert b"7351" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    shown = desk.get(reverse("vehicle_photo_file", args=[vehicle.pk, vehicle.photo_digest, "processed"]))
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert b"".join(shown.streaming_content) == data
    shown.close()


def test_a_file_that_is_no_picture_is_refused_in_words_and_the_car_stays(desk: Client, clio: Vehicle) -> None:
    file = SimpleUploadedFile("car.jpg", b"<html>", "image/jpeg")
    answer = desk.post(reverse("vehicle_photo", args=[clio.pk]), {"photo": file}, follow=True)
    assert [str(message) for message in answer.context["messages"]]
    clio.refresh_from_db()
    assert clio.photo_digest == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [("year", "1850"), ("year", "2999"), ("color_hex", "red"), ("brand", ""), ("model", "x" * 81)],
)
def test_what_cannot_be_is_refused_at_its_field(desk: Client, seller: Seller, field: str, value: str) -> None:
    given = {"seller": seller.pk, "brand": "Kia", "model": "Rio"} | {field: value}
    answer = desk.post(reverse("vehicle_addition"), given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Vehicle.objects.exists()


def test_an_unknown_brand_is_told(desk: Client, seller: Seller) -> None:
    vehicle = Vehicle.objects.create(seller=seller, brand="Кораблёв", model="А1")
    body = desk.get(reverse("vehicle", args=[vehicle.pk])).content.decode()
    assert "Кораблёв" in body
    assert "нет в данных об эмблемах" in body


def test_a_series_is_begun_once_however_often_the_button_is_pressed(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    given = {"session": "CAR-0000000A", "angles": ["front", "rear"]}
    for _ in range(2):
        answer = desk.post(reverse("vehicle_series", args=[clio.pk]), given)
        assert answer.headers["Location"] == f"/vehicles/{clio.pk}/?series=CAR-0000000A"
    assert ImageSeries.objects.count() == 1
    body = desk.get(answer.headers["Location"]).content.decode()
    assert f'data-live="seller:{clio.seller_id}"' in body
    run()
    body = desk.get(answer.headers["Location"]).content.decode()
    assert "data-live=" not in body
    assert "оценка запроса" in body


def test_a_series_without_an_angle_or_with_a_made_up_session_is_refused(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    for given in (
        {"session": "CAR-0000000A"},
        {"session": "CAR-1", "angles": ["front"]},
        {"angles": ["below"]},
    ):
        answer = desk.post(reverse("vehicle_series", args=[clio.pk]), given)
        assert answer.status_code == 422
    assert not CarSeries.objects.exists()


def test_one_angle_is_drawn_anew_and_compared_with_the_one_before(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    run()
    desk.post(reverse("car_angle", args=[one.pk]), {"angle": "front"})
    run()
    first, second = one.series.images.order_by("pk")
    body = desk.get(reverse("vehicle", args=[clio.pk])).content.decode()
    assert reverse("image_comparison", args=[first.pk, second.pk]) in body
    answer = desk.get(reverse("car_comparison", args=[one.pk]), {"left": first.pk, "right": second.pk})
    assert answer.headers["Location"] == reverse("image_comparison", args=[first.pk, second.pk])


def test_two_pictures_to_compare_must_be_of_the_series(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    run()
    front = one.series.images.get()
    alien = factories.generated_image(factories.seller(name="Other"))
    for right in (front.pk, alien.pk, "", "x"):
        answer = desk.get(reverse("car_comparison", args=[one.pk]), {"left": front.pk, "right": right})
        assert answer.headers["Location"] == f"/vehicles/{clio.pk}/?series={one.series.session}"


def test_all_pictures_come_in_one_archive(services: DrawingWorld, desk: Client, clio: Vehicle) -> None:
    one = series.begin(clio, angles=["front", "rear"], session="CAR-0000000B", by=None)
    run()
    answer = desk.get(reverse("car_archive", args=[one.pk]))
    assert 'filename="renault-clio-2021-car-0000000b.zip"' in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["01-front.jpg", "02-rear.jpg"]
        front = one.series.images.get(part="front")
        with files.storage().open(front.original_name) as stored:
            assert archive.read("01-front.jpg") == stored.read()


def test_a_picture_made_elsewhere_joins_the_series(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    one = series.begin(clio, angles=["front"], by=None)
    run()
    file = SimpleUploadedFile("mine.png", small("PNG", (1024, 768)), "image/png")
    desk.post(reverse("car_upload", args=[one.pk]), {"angle": "wheel", "picture": file})
    mine = GeneratedImage.objects.get(part="wheel")
    assert (mine.service, mine.prompt, mine.status) == ("by_hand", "", "completed")
    one.refresh_from_db()
    assert one.angles == ["front", "wheel"]
    assert AuditEntry.objects.filter(action="vehicle.upload").count() == 1


def test_a_car_goes_with_its_series_and_what_is_under_way_is_cancelled(
    services: DrawingWorld, desk: Client, clio: Vehicle
) -> None:
    series.begin(clio, angles=["front"], by=None)
    desk.post(reverse("vehicle_removal", args=[clio.pk]))
    assert not Vehicle.objects.exists()
    assert not ImageSeries.objects.exists()
    run()
    assert services.calls == {}


def test_the_list_asks_a_fixed_number_of_queries(
    desk: Client, seller: Seller, django_assert_max_num_queries: Any, services: DrawingWorld
) -> None:
    for number in range(12):
        car = Vehicle.objects.create(seller=seller, brand="Kia", model=f"Rio {number}")
        series.begin(car, angles=["front"], by=None)
    desk.get(reverse("vehicles"))
    with django_assert_max_num_queries(14):
        body = desk.get(reverse("vehicles")).content.decode()
    assert body.count("<li class=") == 12
