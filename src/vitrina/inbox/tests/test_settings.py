"""A seller's inbox as people set it up: bounds, two windows, what is told, who may; the installation's values beside it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests import factories

from vitrina.accounts import runtime_settings, tokens
from vitrina.accounts.models import AuditEntry, Membership, Seller, User
from vitrina.accounts.roles import Role
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, Seen
from vitrina.inbox import drafting, sending
from vitrina.inbox.changing_settings import told
from vitrina.inbox.jobs import ROUND
from vitrina.inbox.knowing import settings_of
from vitrina.inbox.models import InboxSettings, Interaction
from vitrina.inbox.receiving import receive
from vitrina.inbox.running_values import BATCH_SIZE, DELAY_SECONDS, MANNER, decided
from vitrina.inbox.settings_form import initial_of
from vitrina.jobs.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(seller: Seller, client: Client) -> User:
    """Who manages the seller, signed in."""
    user = factories.user("chief", seller=seller, role=Role.ADMIN)
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    runtime_settings.forget()
    yield
    runtime_settings.forget()


def typed(seller: Seller, **changed: Any) -> dict[str, Any]:
    """What a page that was just opened sends, with what a person changed in it."""
    shown = initial_of(settings_of(seller.pk)) | changed
    return {
        name: "on" if value is True else value for name, value in shown.items() if value not in (False, None)
    }


def address(seller: Seller) -> str:
    return f"/settings/inbox/{seller.pk}/"


def test_what_is_decided_is_kept_told_and_drafted_by(seller: Seller, chief: User, client: Client) -> None:
    before = told(settings_of(seller.pk))
    assert client.post(address(seller), typed(seller)).status_code == 302
    assert not InboxSettings.objects.exists()  # nothing was changed
    decisions = {
        "manner": "formal", "signature": " Ваш  «Маяк» ", "brand_words": "маячок\n\n маячок \nогонёк", "language": "en",
        "rules": "14 дней", "may_promise_refunds": "on", "own_names": "Маяк-дом", "other_shops": "Тень", "most_characters": "300",
        "pregenerates": "0", "batch_size": "7", "delay_seconds": "0,5", "daily_limit": "0", "urgent_at_once": "",
        "auto_sends": "on", "auto_platforms": ["ozon"], "auto_from_stars": "4", "auto_with_text": "on", "auto_wait_minutes": "15",
    }  # fmt: skip
    response = client.post(address(seller), typed(seller, **decisions, greets_by_name=False))
    assert response.status_code == 302
    row = InboxSettings.objects.get()
    assert told(row) == {
        "manner": "formal", "signature": "Ваш  «Маяк»", "brand_words": ["маячок", "огонёк"], "language": "en",
        "rules": "14 дней", "may_promise_refunds": True, "own_names": ["Маяк-дом"], "other_shops": ["Тень"], "most_characters": 300,
        "pregenerates": False, "batch_size": 7, "delay_seconds": 0.5, "daily_limit": 0, "urgent_at_once": None,
        "auto_sends": True, "auto_platforms": ["ozon"], "auto_from_stars": 4, "auto_with_text": True, "auto_wait_minutes": 15,
        "auto_daily_limit": None, "greets_by_name": False,
    }  # fmt: skip
    assert (row.version, row.changed_by) == (2, chief)
    [entry] = AuditEntry.objects.filter(action="inbox.settings")
    assert (entry.user, entry.seller) == (chief, seller)
    assert (entry.before["batch_size"], entry.after["batch_size"]) == (before["batch_size"], 7)
    assert "urgent_at_once" not in entry.after
    assert Job.objects.filter(kind=ROUND, seller=seller).count() == 1
    page = client.get(address(seller)).content.decode()
    assert "огонёк" in page
    assert "Остановить сейчас" in page
    assert "изменил настройки обращений" in client.get("/settings/audit/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("batch_size", "0", "от 1 до 500"),
        ("delay_seconds", "-1", "от 0 до 60"),
        ("daily_limit", "много", "не число"),
        ("auto_daily_limit", "1001", "от 0 до 1000"),
        ("most_characters", "12", "от 50 до 5000"),
        ("most_characters", "1.5", "целое число"),
        ("rules", "р" * 2001, "2000"),
        ("brand_words", "\n".join(str(number) for number in range(21)), "не больше 20"),
        ("other_shops", "Маяк", "среди своих"),
        ("auto_from_stars", "1", "auto_from_stars"),
        ("auto_sends", "on", "Выберите площадки"),
    ],
)
def test_what_can_not_be_is_said_at_its_field_and_nothing_is_kept(
    seller: Seller, chief: User, client: Client, field: str, value: str, words: str
) -> None:
    response = client.post(
        address(seller), typed(seller, own_names="маяк", signature="Ваш Маяк", **{field: value})
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    assert "Ваш Маяк" in page
    assert list(response.context["form"].errors) == ["auto_platforms" if field == "auto_sends" else field]
    assert not InboxSettings.objects.exists()


def test_of_two_windows_the_second_sees_what_the_first_changed(
    seller: Seller, chief: User, client: Client
) -> None:
    first, second = typed(seller, batch_size="3"), typed(seller, signature="Второй")
    client.post(address(seller), first)
    response = client.post(address(seller), second)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Второй" in page
    assert dict(response.context["differing"]) == {"Черновиков за один круг": "3", "Подпись": "—"}
    row = InboxSettings.objects.get()
    assert (row.batch_size, row.signature) == (3, "")
    # Saved once more as it stands on the page.
    again = second | {"version": str(response.context["form"]["version"].value())}
    assert client.post(address(seller), again).status_code == 302
    row.refresh_from_db()
    assert (row.batch_size, row.signature) == (None, "Второй")


def test_one_press_stops_the_rule_whatever_else_is_open(seller: Seller, chief: User, client: Client) -> None:
    row = InboxSettings.objects.create(seller=seller, auto_sends=True, auto_platforms=["ozon"], version=9)
    client.post(f"{address(seller)}stopping")
    row.refresh_from_db()
    assert (row.auto_sends, row.version) == (False, 10)
    assert AuditEntry.objects.get(action="inbox.settings").after == {"auto_sends": False}
    assert "stopping" not in client.get(address(seller)).content.decode()


def test_what_stays_empty_is_as_the_installation_has_it(seller: Seller, chief: User, client: Client) -> None:
    client.post(address(seller), typed(seller, batch_size="7"))
    root = factories.user("root", is_superuser=True)
    client.force_login(root)
    for setting, value in ((BATCH_SIZE, "5"), (DELAY_SECONDS, "0.25"), (MANNER, "formal")):
        assert client.post("/settings/runtime/", {"name": setting.name, "value": value}).status_code == 302
    values = decided(settings_of(seller.pk))
    assert (values.batch_size, values.delay_seconds, values.manner, values.daily_limit) == (
        7,
        0.25,
        "formal",
        200,
    )
    refused = client.post("/settings/runtime/", {"name": MANNER.name, "value": "rude"})
    assert refused.status_code == 422
    page = client.get(address(seller)).content.decode()
    assert 'placeholder="0.25"' in page
    assert "как у всей установки: официальный" in page


def test_only_who_manages_the_seller_comes_in(
    seller: Seller, other_seller: Seller, chief: User, client: Client
) -> None:
    assert client.get("/settings/inbox/").headers["Location"] == address(seller)
    for way in (address(other_seller), f"{address(other_seller)}stopping"):
        assert client.post(way, typed(other_seller)).status_code == 404
    Membership.objects.create(user=chief, seller=other_seller, role=Role.SUPPORT_OPERATOR)
    client.force_login(User.objects.get(pk=chief.pk))
    assert client.get(address(other_seller)).status_code == 403
    client.force_login(factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR))
    assert client.get("/settings/inbox/").status_code == 403
    assert 'href="/settings/inbox/"' not in client.get("/settings/").content.decode()
    assert not InboxSettings.objects.exists()


def test_programs_read_and_change_the_same(
    seller: Seller, other_seller: Seller, chief: User, client: Client
) -> None:
    secret = tokens.issue(chief, "x", ["manage_seller"]).secret

    def asked(body: dict[str, Any] | None = None, pk: int = seller.pk) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        way = f"/api/v1/inbox/settings/{pk}"
        if body is None:
            return client.get(way, headers=headers)
        return client.patch(way, body, content_type="application/json", headers=headers)

    assert asked().json() | {"effective": {}} == {
        "seller": seller.pk,
        "version": 1,
        **told(InboxSettings()),
        "effective": {},
    }
    changed = asked({"version": 1, "batch_size": 7, "delay_seconds": 0.5, "other_shops": ["Тень"]}).json()
    assert (changed["version"], changed["batch_size"], changed["other_shops"]) == (2, 7, ["Тень"])
    assert (changed["effective"]["batch_size"], changed["effective"]["daily_limit"]) == (7, 200)
    late = asked({"version": 1, "batch_size": 8})
    assert (late.status_code, late.json()["value"]) == (409, 2)
    for wrong, field in (
        ({"batch_size": 0}, "batch_size"), ({"auto_sends": True}, "auto_platforms"), ({"own_names": ["тень"]}, "other_shops"),
        ({"delay_seconds": "1"}, "delay_seconds"), ({"manner": "rude"}, "manner"), ({"most_characters": 7}, "most_characters"),
    ):  # fmt: skip
        refused = asked(wrong)
        assert (refused.status_code, list(refused.json()["errors"])) == (422, [field]), wrong
    assert asked({"batch_size": None}).json()["effective"]["batch_size"] == 20
    assert asked(pk=other_seller.pk).status_code == 404
    assert AuditEntry.objects.filter(action="inbox.settings", user=chief).count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_cap_of_ones_own_holds_drafts_and_answers(seller: Seller, alice: User, client: Client) -> None:
    InboxSettings.objects.create(seller=seller, most_characters=60, signature="Ваша лавка")
    shop = Connection.objects.create(seller=seller, platform="ozon")
    receive(
        shop, [Seen(Kind.REVIEW, "r1", timezone.now(), True, text="Лампа мигает", rating=2, buyer="Анна")]
    )
    row = Interaction.objects.get()
    assert len(drafting.draft(row, by_model=False).text) <= 60
    with pytest.raises(sending.Unfit):
        sending.queue(row, "Здравствуйте! Спасибо, что написали, передали ваше описание мастерам.", by=alice)
    client.force_login(factories.user("olga", seller=seller, role=Role.SUPPORT_OPERATOR))
    assert 'data-most="60"' in client.get(f"/inbox/{row.pk}/").content.decode()
