"""`car_series` draws into a folder and goes on where it was; `benchmark_images` holds the prompts against the five cars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from vitrina.accounts.models import Seller
from vitrina.imagery import installed
from vitrina.imagery.ports import Abilities
from vitrina.imagery.services.known import SERVICES
from vitrina.imagery.tests.drawing_world import DrawingWorld
from vitrina.imagery.tests.services_made import service
from vitrina.vehicles import reference_cars, sample, to_folder
from vitrina.vehicles.models import CarSeries, Vehicle

pytestmark = pytest.mark.django_db(transaction=True)
WISH = {
    "brand": "Рено",
    "model": "Клио",
    "year": 2021,
    "color": "синий",
    "angles": "front,rear,three_quarter_front",
}


def car_series(out: Path, **more: Any) -> None:
    call_command("car_series", **(WISH | {"out": out} | more))


def test_the_command_fills_a_folder_and_tells_what_it_cost(
    services: DrawingWorld, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    car_series(tmp_path / "out")
    told = json.loads((tmp_path / "out" / "series.json").read_text())
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "front.jpg",
        "rear.jpg",
        "series.json",
        "three_quarter_front.jpg",
    ]
    assert told["following"] == "anchor"
    assert told["cost_usd"] == "0.006000000"
    assert {one["angle"] for one in told["pictures"]} == {"front", "rear", "three_quarter_front"}
    said = capsys.readouterr().out
    assert "cost: $0.006" in said
    assert "score: " in said


def test_the_same_command_again_draws_and_pays_nothing(services: DrawingWorld, tmp_path: Path) -> None:
    for _ in range(2):
        car_series(tmp_path / "out")
    assert services.paid["swift"] == 3
    assert CarSeries.objects.count() == 1
    assert Vehicle.objects.count() == 1


def test_what_failed_is_tried_again_by_the_same_command(services: DrawingWorld, tmp_path: Path) -> None:
    services.says("swift", "ok", "refuse", "ok")
    with pytest.raises(SystemExit) as ended:
        car_series(tmp_path / "out")
    assert ended.value.code == 3
    car_series(tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*.jpg"))) == 3


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("angles", "from below"),
        ("angles", ","),
        ("year", 1850),
        ("service", "nobody"),
        ("photo", Path("/no/such")),
        ("most_at_once", 0),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_begun(
    services: DrawingWorld, tmp_path: Path, option: str, value: Any
) -> None:
    with pytest.raises(CommandError):
        car_series(tmp_path / "out", **{option: value})
    assert not Seller.objects.filter(slug="cars").exists()


def test_the_session_follows_the_wish() -> None:
    wish = to_folder.Wish(told={"brand": "Kia"}, out=Path())
    other = to_folder.Wish(told={"brand": "BMW"}, out=Path())
    assert to_folder.session_of(wish) == to_folder.session_of(wish) != to_folder.session_of(other)


def test_every_prompt_of_the_reference_cars_names_the_right_badge_and_no_wrong_one() -> None:
    checked = reference_cars.check(SERVICES)
    assert len({one.car for one in checked}) == 5
    assert [one for one in checked if one.wrong] == []


def test_the_check_of_the_reference_cars_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = service("plain", "http://127.0.0.1:9", abilities=lambda model: Abilities())
    assert [one.wrong for one in reference_cars.check([plain]) if one.wrong] == []
    monkeypatch.setattr(reference_cars.recipe, "rivals", lambda car: ("Renault", "BMW", "Peugeot"))
    wrong = [words for one in reference_cars.check([plain]) for words in one.wrong]
    assert any("is named in the prompt" in words for words in wrong)


def test_the_sample_shop_gets_three_cars_drawn_offline(
    seller: Seller, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PICTURE_KEYS = {"OPENAI_API_KEY": "sk-not-to-be-used"}
    monkeypatch.setattr(installed, "SERVICES", SERVICES)
    assert sample.load_sample_cars(seller) == 3
    assert sample.load_sample_cars(seller) == 0
    assert {one.following for one in CarSeries.objects.all()} == {"text"}
    assert {one.options["service"] for one in CarSeries.objects.all()} == {"placeholder"}
