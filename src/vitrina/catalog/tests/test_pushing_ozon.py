"""Cards to Ozon: tasks that end later, whole imports that lose nothing, errors by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import ProductContent
from vitrina.catalog.pushing.models import Push, PushRunState, PushState
from vitrina.catalog.tests.pushing_desk import PLAIN, TITLE, OzonDesk, finished, hurry, rows_of
from vitrina.channels import ozon_door, ozon_push
from vitrina.channels.cards import DESCRIPTION, WHOLE, attribute_field
from vitrina.channels.cards import TITLE as NAME_FIELD

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web_exceptions.NotAppKeyWarning")


@pytest.fixture
def desk(
    transactional_db: None, seller: Seller, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OzonDesk]:
    monkeypatch.setattr(ozon_door, "RATE", replace(ozon_door.RATE, per_minute=60_000))
    made = OzonDesk(seller, alice, settings)
    made.add(7, "MX-1", barcodes=["2000000000077"], images=["https://x.example/1.jpg"])
    yield made
    made.close()


def settled(row: Push) -> Push:
    row.refresh_from_db()
    return row


def test_a_new_name_goes_by_an_import_that_changes_nothing_else(desk: OzonDesk, seller: Seller) -> None:
    before = desk.stands("MX-1")
    [row] = desk.push(finished(seller, "MX-1"))
    assert (settled(row).state, bool(row.task)) == (PushState.SENT, True)
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    now = desk.stands("MX-1")
    assert (now.name, now.description) == (TITLE, PLAIN)
    kept = {**now.attributes, 4191: before.attributes[4191]}
    assert replace(now, name=before.name, attributes=kept, changed_at=before.changed_at) == before
    assert len(desk.store.tasks) == 1


def test_where_the_name_stays_the_description_alone_is_touched(desk: OzonDesk, seller: Seller) -> None:
    [row] = desk.push(finished(seller, "MX-1", title="Кружка"))
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    assert not desk.market.asked(ozon_push.IMPORT)
    [asked] = desk.market.asked(ozon_push.UPDATE)
    assert asked.body == {
        "items": [
            {
                "offer_id": "MX-1",
                "attributes": [
                    {"id": 4191, "complex_id": 0, "values": [{"dictionary_value_id": 0, "value": PLAIN}]}
                ],
            }
        ]
    }


def test_a_task_that_is_pending_is_asked_again_until_it_ends(desk: OzonDesk, seller: Seller) -> None:
    desk.store.task_seconds = 3600
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(2)
    assert settled(row).state == PushState.SENT
    for task in desk.store.tasks.values():
        task.due = desk.market.state.now()
    hurry()
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.store.tasks) == 1


def test_a_refused_product_shows_ozons_words_at_the_field(desk: OzonDesk, seller: Seller) -> None:
    desk.market.fails("reject", on=ozon_push.IMPORT)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry()
    assert settled(row).state == PushState.REJECTED
    assert row.said == [{"field": "title", "words": "Название содержит запрещённые слова", "name": ""}]
    assert row.run.state == PushRunState.DONE


@pytest.mark.parametrize("fault", ["lost", "broken", "garbage"])
def test_an_import_whose_end_nobody_saw_is_looked_up_and_not_sent_twice(
    desk: OzonDesk, seller: Seller, fault: str
) -> None:
    desk.market.fails(fault, on=ozon_push.IMPORT)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(4)
    assert settled(row).state == PushState.CONFIRMED
    assert len(desk.store.tasks) == 1


def test_a_task_that_says_imported_and_changed_nothing_ends_in_doubt(desk: OzonDesk, seller: Seller) -> None:
    desk.market.fails("silent", on=ozon_push.IMPORT)
    [row] = desk.push(finished(seller, "MX-1"))
    hurry(8)
    assert settled(row).state == PushState.DOUBT
    assert row.words


def test_an_edit_in_the_cabinet_is_not_overwritten_in_silence(desk: OzonDesk, seller: Seller) -> None:
    product = finished(seller, "MX-1")
    desk.push(product)
    hurry()
    desk.store.offers["MX-1"] = replace(desk.stands("MX-1"), name="Кружка с логотипом")
    ProductContent.objects.update(title="Кружка белая")
    run = desk.plan(product)
    assert [row.state for row in rows_of(run)] == [PushState.HELD]
    assert desk.stands("MX-1").name == "Кружка с логотипом"


@pytest.mark.parametrize(
    ("error", "field", "words"),
    [
        ({"field": "name", "description": "Слишком длинно"}, NAME_FIELD, "Слишком длинно"),
        ({"attribute_id": 4191, "description": "Ссылка в тексте"}, DESCRIPTION, "Ссылка в тексте"),
        (
            {
                "attribute_id": 10096,
                "attribute_name": "Цвет товара",
                "description": "Значения нет в справочнике",
            },
            attribute_field("10096"),
            "Цвет товара: Значения нет в справочнике",
        ),
        ({"attribute_id": 0, "code": "SOMETHING_NEW"}, WHOLE, "SOMETHING_NEW"),
    ],
)
def test_an_error_stands_at_its_field(error: dict[str, Any], field: str, words: str) -> None:
    told = ozon_push.refused(error)
    assert (told.field, told.words) == (field, words)
