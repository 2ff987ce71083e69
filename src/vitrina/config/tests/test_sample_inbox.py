"""The sample shop's inbox: believable talks, three marketplaces that serve them, connections that nobody else gets."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.channels import connecting
from vitrina.channels.models import Connection
from vitrina.channels.opening import hosts_of, open_channel
from vitrina.channels.ports import Kind
from vitrina.config.sample_inbox import SampleInbox
from vitrina.enrichment.sample import load
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import Interaction, Status
from vitrina.inbox.priority import Priority
from vitrina.inbox.standing import holding
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready
from vitrina.simulators.ozon_products import STORE
from vitrina.simulators.sample_market import MARKETS, Market, talks_of
from vitrina.simulators.talk import Talk, as_json, from_json
from vitrina.simulators.wildberries_cards import SHELF, wrong_with

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALL = [talk for market in MARKETS for talk in talks_of(market, NOW)]


def last_said(talk: Talk) -> datetime:
    return talk.lines[-1].at if talk.lines else talk.at


# --- What is said ------------------------------------------------------------------------------------------


def test_the_talks_are_as_many_and_as_mixed_as_of_a_real_shop() -> None:
    kinds = Counter(talk.kind for talk in ALL)
    assert 280 <= len(ALL) <= 350
    assert kinds["review"] > kinds["question"] > 40 < kinds["chat"] + 1
    reviews = [talk for talk in ALL if talk.kind == "review"]
    stars = Counter(talk.rating for talk in reviews)
    assert set(stars) == {1, 2, 3, 4, 5}
    assert 0.77 <= (stars[4] + stars[5]) / len(reviews) <= 0.84
    assert stars[1] > stars[2]  # who is angry gives one star
    bare = [talk for talk in reviews if not (talk.text or talk.pros or talk.cons)]
    assert 10 <= len(bare) <= 30
    assert any(talk.pros and talk.cons for talk in reviews)
    assert sum(len(talk.text) < 40 for talk in reviews) > len(reviews) / 3
    english = [
        talk
        for talk in ALL
        if (said := talk.text or "".join(line.text for line in talk.lines)) and said.isascii()
    ]
    assert len(english) >= 8
    assert sum(len(talk.lines) > 2 for talk in ALL) >= 8
    assert sum(talk.is_answered for talk in ALL) > 40
    for market in MARKETS:
        assert len(talks_of(market, NOW)) > 60


def test_no_talk_comes_twice_and_its_times_are_in_order() -> None:
    assert len({(talk.kind, talk.id) for talk in ALL}) == len(ALL)
    words = Counter(talk.text for talk in ALL if talk.text)
    assert [text for text, count in words.items() if count > 1] == []
    assert sum(NOW - last_said(talk) <= timedelta(hours=1) for talk in ALL) >= 12
    for talk in ALL:
        moments = [talk.at, *(line.at for line in talk.lines), *(reply.at for reply in talk.replies)]
        assert NOW - timedelta(days=30) < moments[0]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW
        numbers = [int(line.id) for line in talk.lines]
        assert numbers == sorted(numbers)


def test_the_products_are_those_of_the_sample_feed() -> None:
    feed = ElementTree.parse(Path(load.HERE) / "feed.yml").getroot()
    offers = {
        offer.get("id"): " ".join((offer.findtext("name") or offer.findtext("title") or "").split())
        for offer in feed.iter("offer")
    }
    assert {talk.offer_id: talk.product for talk in ALL}.items() <= offers.items()
    assert len({talk.offer_id for talk in ALL}) > 100


@pytest.mark.parametrize("market", ["wildberries", "ozon"])
def test_the_shop_sells_there_what_its_feed_has(market: str, tmp_path: Path) -> None:
    app = Market(market, tmp_path)._app
    feed = ElementTree.parse(Path(load.HERE) / "feed.yml").getroot()
    sold = {
        (offer.get("id"), " ".join((offer.findtext("name") or offer.findtext("title") or "").split()))
        for offer in feed.iter("offer")
    }
    if market == "wildberries":
        rows = list(app[SHELF].cards.values())
        shown = {(row["vendorCode"], row["title"]): str(row["nmID"]) for row in rows}
        # As they stand there they could be sent back.
        assert [words for row in rows for words in wrong_with(app[SHELF], row)] == []
    else:
        shown = {(one.offer_id, one.name): str(one.sku) for one in app[STORE].offers.values()}
    assert len(shown) >= 15
    assert shown.keys() <= sold
    talked = {talk.offer_id: talk.sku for talk in talks_of(market, NOW)}
    assert all(talked.get(offer, number) == number for (offer, _title), number in shown.items())


def test_a_talk_is_the_same_after_a_file() -> None:
    assert [from_json(json.loads(json.dumps(as_json(talk)))) for talk in ALL] == ALL


# --- Where it is said --------------------------------------------------------------------------------------


def test_buyers_go_on_writing_until_everybody_did_and_never_twice(tmp_path: Path) -> None:
    market = Market("ozon", tmp_path)
    before = len(market.state.talks)
    written = []
    while (talk := market.write_next()) is not None:
        written.append(talk.id)
    assert len(written) == len(set(written)) > 5
    assert len(market.state.talks) == before + len(written)
    market.keep()
    assert Market("ozon", tmp_path).write_next() is None


def test_what_was_kept_and_cant_be_read_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "ozon.json").write_text('[{"kind": "review"')
    assert len(Market("ozon", tmp_path).state.talks) == len(talks_of("ozon", NOW))


def test_an_answer_outlives_the_market(tmp_path: Path) -> None:
    market = Market("wildberries", tmp_path)
    market.start()
    open_ones = [talk for talk in market.state.of("review") if not talk.is_answered]
    market.state.reply(open_ones[0], "Спасибо!")
    market.end()
    market.join()
    again = Market("wildberries", tmp_path)
    assert again.state.talks[f"review:{open_ones[0].id}"].replies[-1].text == "Спасибо!"
    new, old = int(again.state.new_id()), int(open_ones[0].replies[-1].id)
    assert new > old


# --- The shop ----------------------------------------------------------------------------------------------


@pytest.fixture
def mayak(transactional_db: None, settings: Any, tmp_path: Path) -> Seller:
    settings.DATA_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "files"
    load.load_sample()
    Job.objects.all().delete()  # its products are other tests' matter
    return Seller.objects.get(slug=load.SLUG)


@pytest.fixture
def started(mayak: Seller) -> Iterator[SampleInbox]:
    inbox = SampleInbox(every=0)
    inbox.start()
    yield inbox
    inbox.stop()


def again() -> int:
    """Start and stop once more; how many marketplaces ran."""
    inbox = SampleInbox(every=0)
    try:
        return inbox.start()
    finally:
        inbox.stop()


def test_the_first_start_brings_every_talk_with_drafts_and_a_second_one_doubles_nothing(
    mayak: Seller, started: SampleInbox
) -> None:
    assert len(started.markets) == 3
    run_ready()
    for connection in Connection.objects.all():
        assert {told["state"] for told in connection.access.values()} == {"open"}, connection.platform
    rows = Interaction.objects.filter(seller=mayak)
    by_platform = {market: rows.filter(platform=market).count() for market in MARKETS}
    assert by_platform == {market: len(talks_of(market, NOW)) for market in MARKETS}
    pressing = rows.open().filter(priority__lte=Priority.HIGH)
    assert pressing.filter(priority=Priority.URGENT).count() >= 8
    settings = settings_of(mayak.pk)
    ready = [row for row in pressing.select_related("draft", "product") if holding(row, settings) is not None]
    assert len(ready) == pressing.count()
    begun = [row for row in ready if row.draft and row.draft.is_beginning]
    assert len(begun) == pressing.exclude(escalations=[]).count() >= 4
    assert rows.filter(status=Status.RESPONDED).count() > 40
    drafted = rows.exclude(draft=None).count()

    started.stop()
    inbox = SampleInbox(every=0)
    inbox.start()
    run_ready()
    inbox.stop()
    assert rows.count() == len(ALL)
    assert rows.exclude(draft=None).count() == drafted
    assert Connection.objects.count() == 3
    assert rows.filter(version__gt=1).count() == 0


def test_each_market_serves_its_talks_to_its_channel(mayak: Seller, started: SampleInbox) -> None:
    for connection in Connection.objects.all():
        channel = open_channel(connection)
        seen = channel.read(Kind.REVIEW, "", since=datetime.now(UTC) - timedelta(days=30)).seen
        assert seen
        assert {one.product.offer_id for one in seen} <= {talk.offer_id for talk in ALL}


def test_a_connection_that_was_cut_or_given_real_credentials_is_left_alone(
    mayak: Seller, started: SampleInbox
) -> None:
    own = Connection.objects.get(platform="ozon")
    connecting.change_credentials(own, {"client_id": "77", "api_key": "my-own-key"}, by=None)
    own.refresh_from_db()
    assert own.url == ""
    cut = Connection.objects.get(platform="wildberries")
    connecting.disconnect(cut, by=None)
    assert again() == 1
    own.refresh_from_db()
    cut.refresh_from_db()
    assert (own.url, own.shown["client_id"]) == ("", "77")
    assert (cut.url, cut.credentials) == ("", "")


def test_a_sample_shop_that_is_loaded_anew_begins_with_all_its_buyers(
    mayak: Seller, started: SampleInbox
) -> None:
    started.markets[0].state.talks.clear()
    started.stop()
    Connection.objects.all().delete()
    inbox = SampleInbox(every=0)
    inbox.start()
    inbox.stop()
    assert sum(len(market.state.talks) for market in inbox.markets) == len(ALL)


def test_one_that_is_switched_off_stays_off(mayak: Seller, started: SampleInbox) -> None:
    connecting.switch_off(Connection.objects.get(platform="ozon"), by=None)
    Job.objects.all().delete()
    assert again() == 3
    assert not Connection.objects.get(platform="ozon").is_on
    assert Job.objects.filter(kind="inbox.sync").count() == 2


def test_without_the_sample_shop_nothing_starts(mayak: Seller) -> None:
    mayak.delete()
    assert again() == 0
    factories.seller(name="Маяк", slug=load.SLUG)  # somebody's own shop of that name
    assert again() == 0
    assert not Connection.objects.exists()


def test_no_other_connection_gets_the_address(
    mayak: Seller, started: SampleInbox, seller: Seller, alice: User, client: Client
) -> None:
    address = Connection.objects.get(platform="ozon").url
    factories.sign_in(client, alice)
    given = {"seller": seller.pk, "client_id": "12345", "api_key": "real-key", "url": address}
    client.post("/settings/marketplaces/new?platform=ozon", given)
    other = Connection.objects.get(seller=seller)
    assert other.url == ""
    client.post(f"/settings/marketplaces/{other.pk}/credentials", given)
    again()
    other.refresh_from_db()
    assert other.url == ""
    assert address not in hosts_of("ozon", other.url).values()
    assert set(hosts_of("ozon", address).values()) == {address}
