"""Dictionaries that are too long to be kept: a value is searched for at the marketplace, once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.catalog.places.models import Place
from vitrina.catalog.tests.pushing_desk import OzonDesk, finished
from vitrina.channels import ozon_door, ozon_push
from vitrina.enrichment.placement import placing

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


def test_a_value_of_a_long_dictionary_is_found_by_search_and_asked_for_once(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ozon_door, "RATE", replace(ozon_door.RATE, per_minute=60_000))
    monkeypatch.setattr(ozon_push, "MOST_CHOICES", 1)
    desk = OzonDesk(seller, alice, settings)
    try:
        desk.add(7, "MX-1")
        product = finished(seller, "MX-1")
        product.attributes = {"Бренд": "маяк", "Материал": "криптонит"}
        product.save()
        placing.place_all(desk.connection)
        values = Place.objects.get().values
        assert [one["text"] for one in values["85"]["values"]] == ["Маяк"]
        assert values["85"]["values"][0]["id"].isdigit()
        assert "4496" not in values
        asked = len(desk.market.asked(ozon_push.SEARCH))
        assert asked >= 2
        placing.place_all(desk.connection)
        assert len(desk.market.asked(ozon_push.SEARCH)) == asked
    finally:
        desk.close()
