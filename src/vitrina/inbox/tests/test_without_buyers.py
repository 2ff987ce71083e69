"""A place where products alone are read: the connection shows them, and the inbox leaves it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.servers import Marketplace

from vitrina.accounts.models import Seller
from vitrina.channels import connecting
from vitrina.channels.errors import NotThere
from vitrina.channels.marketplaces import ALL, PLATFORMS, WITH_BUYERS, WITHOUT_BUYERS
from vitrina.channels.models import Connection
from vitrina.channels.opening import open_cards
from vitrina.channels.probing import probe
from vitrina.channels.standing import doors, standing
from vitrina.inbox import jobs, queue_filter, syncing
from vitrina.inbox.models import Reading
from vitrina.jobs import clock
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators import instagram as simulated
from vitrina.simulators.instagram import USER

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = {"wildberries": {"token": "sim-key"}, "yandex_market": {"api_key": "sim-key", "business_id": "7"}}


@pytest.fixture
def account(seller: Seller) -> Iterator[Connection]:
    server = Marketplace(simulated.application())
    given = {"token": "sim-key", "user_id": USER}
    connection = connecting.connect(seller, PLATFORMS["instagram"], given, by=None)
    Connection.objects.filter(pk=connection.pk).update(url=server.url)
    connection.refresh_from_db()
    yield connection
    server.close()


def test_what_is_open_there_are_products_alone(account: Connection) -> None:
    assert [(door.name, door.tone) for door in doors(account)] == [("Товары", "pending")]
    assert probe(account) is None
    account.refresh_from_db()
    assert account.access == {"cards": {"state": "open", "needs": ""}}
    assert [(door.name, door.tone) for door in doors(account)] == [("Товары", "done")]
    assert (standing(account, clock.read()).tone, account.name) == ("done", "mayak.shop")


def test_a_marketplace_shows_its_products_beside_its_buyers(seller: Seller) -> None:
    shown = {}
    for name in ("wildberries", "yandex_market"):
        connection = connecting.connect(seller, PLATFORMS[name], KEYS[name], by=None)
        shown[name] = [door.name for door in doors(connection)]
    assert set(map(tuple, shown.values())) == {("Отзывы", "Вопросы", "Чаты", "Товары")}


def test_a_marketplace_that_shows_no_products_says_so(
    seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = connecting.connect(seller, PLATFORMS["wildberries"], KEYS["wildberries"], by=None)
    monkeypatch.setitem(PLATFORMS, "wildberries", replace(PLATFORMS["wildberries"], cards=None))
    assert [door.name for door in doors(connection)] == ["Отзывы", "Вопросы", "Чаты"]
    with pytest.raises(NotThere):
        open_cards(connection)


def test_the_inbox_does_not_read_it(account: Connection, seller: Seller) -> None:
    connecting.connect(seller, PLATFORMS["wildberries"], KEYS["wildberries"], by=None)
    Job.objects.all().delete()
    jobs.sync_all(None)  # type: ignore[arg-type]
    asked = [job.payload["connection"] for job in Job.objects.filter(kind=jobs.SYNC)]
    assert asked
    assert account.pk not in asked


def test_asked_for_nevertheless_it_brings_nothing_and_fails_nothing(account: Connection) -> None:
    synced = syncing.sync(account, checkpoint=lambda: None)
    assert (synced.received.new, synced.troubles) == (0, {})
    assert not Reading.objects.filter(connection=account).exists()


def test_the_queue_and_the_settings_do_not_offer_it() -> None:
    assert set(queue_filter.platform_names()) == set(WITH_BUYERS)
    assert "instagram" not in WITH_BUYERS
    assert queue_filter.platform_name("instagram") == "Instagram"
    assert {*WITH_BUYERS, *WITHOUT_BUYERS} == {one.name for one in ALL}
    for name in WITHOUT_BUYERS:
        assert PLATFORMS[name].cards is not None
        assert not PLATFORMS[name].abilities


def test_the_daily_look_asks_it_as_all_others(account: Connection) -> None:
    run_ready()
    account.refresh_from_db()
    assert account.trouble == ""
    assert account.access["cards"]["state"] == "open"
