"""The pages of marketplaces: what a person may give, what they read, and that no secret comes back."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.channels import connecting, getting, standing
from vitrina.channels.models import Connection
from vitrina.channels.platforms import Platform
from vitrina.channels.ports import Kind
from vitrina.channels.probing import KINDS, PROBE, UNKNOWN_PLATFORM
from vitrina.channels.tests import small
from vitrina.channels.tests.conftest import GIVEN, TOKEN
from vitrina.channels.tests.loopback import Loopback
from vitrina.jobs.models import Job

pytestmark = pytest.mark.django_db

LIST = "/settings/marketplaces/"
NEW = f"{LIST}new?platform=small"


@pytest.fixture
def desk(alice: User, client: Client) -> Client:
    factories.sign_in(client, alice)
    return client


def page_of(connection: Connection) -> str:
    return f"{LIST}{connection.pk}/"


def words(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_a_marketplace_is_connected_and_the_page_follows_its_first_look(
    desk: Client, market: Platform, seller: Seller
) -> None:
    answer = desk.post(NEW, {"seller": seller.pk} | GIVEN)
    made = Connection.objects.get()
    assert answer.headers["Location"] == page_of(made)
    job = Job.objects.get(kind=PROBE)
    page = words(desk.get(page_of(made)))
    assert f'data-live="job:{job.pk}"' in page
    assert "…7302" in page
    Job.objects.update(state="done")
    part = words(desk.get(page_of(made), headers={"HX-Request": "true"}))
    assert part.lstrip().startswith('<section class="panel" id="connection-opened"')
    assert "data-live" not in part


@pytest.mark.django_db(transaction=True)
def test_no_secret_is_on_a_page_in_a_log_or_in_the_audit(
    desk: Client,
    market: Platform,
    seller: Seller,
    loopback: Loopback,
    work: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    loopback.script = lambda said: said.answer(401, {"you sent": said.came.headers["authorization"]})
    wrong = desk.post(NEW, {"seller": seller.pk, "shop": "", "token": TOKEN})
    assert wrong.status_code == 422
    desk.post(NEW, {"seller": seller.pk} | GIVEN)
    work()
    made = Connection.objects.get()
    assert loopback.came
    assert made.trouble
    addresses = [LIST, NEW, page_of(made), f"{page_of(made)}credentials", "/settings/audit/", "/jobs/"]
    addresses.append(f"/jobs/{Job.objects.get(kind=PROBE).pk}/")
    shown = [words(wrong), *(words(desk.get(address)) for address in addresses)]
    shown.append(words(desk.post(f"{page_of(made)}credentials", {"shop": "1", "token": f"{TOKEN} {TOKEN}"})))
    assert "…7302" in shown[3]
    for page in shown:
        assert TOKEN not in page
    assert TOKEN not in caplog.text
    assert TOKEN not in str(list(AuditEntry.objects.values()))


def test_each_field_says_what_is_wrong_with_it(desk: Client, market: Platform, seller: Seller) -> None:
    answer = desk.post(NEW, {"seller": seller.pk, "shop": "", "token": "two words"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"shop", "token"}
    assert not Connection.objects.exists()


def test_a_foreign_seller_can_not_be_chosen(desk: Client, market: Platform, other_seller: Seller) -> None:
    assert desk.post(NEW, {"seller": other_seller.pk} | GIVEN).status_code == 422
    assert not Connection.objects.exists()


def test_connecting_twice_is_refused_in_words(desk: Client, connection: Connection, seller: Seller) -> None:
    answer = desk.post(NEW, {"seller": seller.pk, "shop": "1", "token": "another"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    connection.refresh_from_db()
    assert connection.shown["shop"] == "12345"


def test_without_a_marketplace_one_is_chosen_first(desk: Client, market: Platform) -> None:
    for query in ("", "?platform=", "?platform=nobody", "?platform=%00"):
        page = desk.get(f"{LIST}new{query}")
        assert page.status_code == 200
        assert "?platform=small" in words(page)
    assert desk.post(f"{LIST}new", GIVEN).status_code == 422
    assert not Connection.objects.exists()


def test_an_empty_list_says_what_to_do_and_which_key_is_needed(
    desk: Client, monkeypatch: pytest.MonkeyPatch, market: Platform
) -> None:
    monkeypatch.setitem(getting.HOW, "small", getting.HOW["wildberries"])
    page = words(desk.get(LIST))
    assert "персональный токен" in page
    assert "«Вопросы и отзывы»" in page
    assert "«Чат с покупателями»" in page
    assert "?platform=small" in page


def test_new_credentials_are_asked_for_whole_with_what_is_no_secret_filled_in(
    desk: Client, connection: Connection
) -> None:
    address = f"{page_of(connection)}credentials"
    page = words(desk.get(address))
    assert 'value="12345"' in page
    assert "7302" not in page
    assert desk.post(address, {"shop": "777", "token": ""}).status_code == 422
    assert desk.post(address, {"shop": "777", "token": "a-new-key-of-small-market"}).status_code == 302
    connection.refresh_from_db()
    assert connection.shown == {"shop": "777", "token": "…rket"}


def test_it_is_switched_off_and_on_asked_and_disconnected(desk: Client, connection: Connection) -> None:
    address = page_of(connection)
    Job.objects.all().delete()
    desk.post(f"{address}switching", {"on": "0"})
    assert "выключен" in words(desk.get(address))
    desk.post(f"{address}probe")
    assert not Job.objects.exists()
    desk.post(f"{address}switching", {"on": "1"})
    desk.post(f"{address}probe")
    assert Job.objects.filter(kind=PROBE).count() == 1
    desk.post(f"{address}removal")
    for method, path in (("get", ""), ("get", "credentials"), ("post", "probe"), ("post", "removal")):
        assert getattr(desk, method)(f"{address}{path}").status_code == 404
    assert address not in words(desk.get(LIST))


def test_what_gives_or_takes_the_keys_needs_a_fresh_password(
    desk: Client, connection: Connection, seller: Seller, alice: User
) -> None:
    before = list(Connection.objects.values())
    left_open = Client()
    left_open.force_login(alice)
    for path, given in (
        (NEW, {"seller": seller.pk} | GIVEN),
        (f"{page_of(connection)}credentials", GIVEN),
        (f"{page_of(connection)}removal", {}),
    ):
        answer = left_open.post(path, given)
        assert (answer.status_code, page_of(connection) == answer.headers["Location"]) == (302, False)
    assert list(Connection.objects.values()) == before


def test_a_person_of_another_seller_and_one_without_the_right_come_nowhere(
    connection: Connection, charlie: User, bob: User
) -> None:
    paths = [
        ("get", ""),
        ("get", "credentials"),
        ("post", "probe"),
        ("post", "switching"),
        ("post", "removal"),
    ]
    before = list(Connection.objects.values()), Job.objects.count()
    for person, status in ((charlie, 404), (bob, 403)):
        client = Client()
        factories.sign_in(client, person)
        for method, path in paths:
            assert getattr(client, method)(f"{page_of(connection)}{path}").status_code == status, path
        listed = client.get(LIST)
        assert listed.status_code == (200 if person is charlie else 403)
        assert page_of(connection) not in words(listed)
    assert (list(Connection.objects.values()), Job.objects.count()) == before


def test_the_page_says_what_each_channel_needs(desk: Client, connection: Connection) -> None:
    Connection.objects.update(
        probed_at=timezone.now(),
        access={
            "review": {"state": "open", "needs": ""},
            "question": {"state": "needs_plan", "needs": "Premium Plus"},
            "chat": {"state": "needs_right", "needs": "Buyers chat"},
        },
    )
    page = words(desk.get(page_of(connection)))
    for said in ("открыто", "нужен Premium Plus", "нужно право «Buyers chat»"):
        assert said in page
    english = words(desk.get(page_of(connection), headers={"Accept-Language": "en"}))
    for said in ("open", "needs Premium Plus", "needs the right «Buyers chat»"):
        assert said in english


@pytest.mark.parametrize(
    ("days", "expected"),
    [(15, "работает"), (13.9, "скоро истекают"), (0.1, "скоро истекают"), (-0.1, "истекли")],
)
def test_credentials_that_expire_are_told_from_two_weeks_before(
    days: float, expected: str, desk: Client, connection: Connection
) -> None:
    now = timezone.now()
    Connection.objects.update(
        probed_at=now,
        access=small.opens()["access"] | {"review": {"state": "open"}},
        expires_at=now + timedelta(days=days),
    )
    with translation.override("ru"):
        said = standing.standing(Connection.objects.get(), now).words
    assert expected in said
    assert said in words(desk.get(LIST))
    assert ("note bad" in words(desk.get(page_of(connection)))) == (days < 0)
    assert ("note wait" in words(desk.get(page_of(connection)))) == (0 < days < 14)


@pytest.mark.parametrize(
    "access", [None, [], "x", {"review": "open"}, {"review": {"state": 7, "needs": []}}, {"x": {}}]
)
def test_whatever_stands_in_the_row_the_page_opens(access: Any, desk: Client, connection: Connection) -> None:
    Connection.objects.update(
        access=access or {}, platform="gone", trouble="<script>x</script>", trouble_kind="strange"
    )
    page = words(desk.get(page_of(connection)))
    assert "&lt;script&gt;x" in page
    assert "<script>x" not in page
    assert desk.get(LIST).status_code == 200
    assert desk.get(f"{page_of(connection)}credentials").headers["Location"] == page_of(connection)
    assert desk.post(f"{page_of(connection)}removal").status_code == 302


def test_every_trouble_and_every_channel_has_its_words_in_both_languages() -> None:
    assert {name for _type, name in KINDS} | {UNKNOWN_PLATFORM} == set(standing.TROUBLE_WORDS)
    assert set(standing.KIND_WORDS) == set(Kind)
    with translation.override("ru"):
        for said in (*standing.TROUBLE_WORDS.values(), *standing.KIND_WORDS.values(), *getting.HOW.values()):
            assert not str(said).isascii()


def test_a_full_queue_does_not_keep_anybody_from_connecting(
    desk: Client, market: Platform, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vitrina.channels import probing
    from vitrina.jobs.enqueue import QueueFull

    def full(*args: Any, **more: Any) -> Any:
        raise QueueFull(10, 10, 30.0)

    monkeypatch.setattr(probing, "enqueue", full)
    desk.post(NEW, {"seller": seller.pk} | GIVEN)
    made = Connection.objects.get()
    assert "ещё не спрошено" in words(desk.get(page_of(made)))
    assert "Очередь заданий продавца полна" in words(desk.post(f"{page_of(made)}probe", follow=True))
    assert connecting.switch_off(made, by=None)
