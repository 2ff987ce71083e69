"""Canned answers: their places are filled safely, they are kept in order, found for an answer, and counted when sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Product
from vitrina.channels.models import Connection
from vitrina.channels.ports import Kind, ProductSeen
from vitrina.inbox import canned
from vitrina.inbox.canned import CannedRefused
from vitrina.inbox.canned_filling import MAY_BE_EMPTY, PLACES, fill, unknown_places
from vitrina.inbox.guardrails.checking import Reply as Text
from vitrina.inbox.guardrails.checking import check, is_blocked
from vitrina.inbox.models import CannedAnswer, InboxSettings, Reply
from vitrina.inbox.tests.test_pages import brought, form, olga, page, review, shop

__all__ = ["olga", "shop"]  # fixtures

TEXT = "Здравствуйте, {buyer}! {product} проверим. {signature}"


# --- Filling ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Здравствуйте, {buyer}!", "Здравствуйте!"),
        ("{buyer}, спасибо.\n{signature}", "Спасибо."),
        ("Добрый день! {buyer}, проверим {product}.", "Добрый день! Проверим Платье."),
        ("Спасибо {buyer} за отзыв.", "Спасибо за отзыв."),
        ("Скидок {нет}, {shop}", "Скидок {нет}, {shop}"),
    ],
)
def test_what_may_be_empty_is_left_out_with_the_comma_beside_it(text: str, filled: str) -> None:
    assert fill(text, {"buyer": " ", "product": "Платье"}) == filled


def test_a_value_with_braces_is_text_like_any_other() -> None:
    assert (
        fill("{buyer}: {product}", {"buyer": "{product}", "product": "{signature}"})
        == "{product}: {signature}"
    )


def test_a_place_that_cannot_be_filled_is_held_back_by_the_guardrails() -> None:
    for place in set(PLACES) - set(MAY_BE_EMPTY):
        text = fill(f"Здравствуйте! {{{place}}} проверим.", {})
        assert is_blocked(check(Text(text, Kind.REVIEW, "ozon"), is_sending=True)), text


@given(st.text(max_size=80), st.dictionaries(st.sampled_from(PLACES), st.text(max_size=30)))
def test_nothing_breaks_it_and_what_has_no_place_stays(text: str, values: dict[str, str]) -> None:
    fill(text, values)
    if "{" not in text:
        assert fill(text, values) == text.strip()
        assert unknown_places(text) == []


# --- Keeping ----------------------------------------------------------------------------------------------


def made(seller: Seller, by: User, key: str = "размер", **more: str) -> CannedAnswer:
    given = {"name": f"Про {key}", "key": key, "language": "", "text": TEXT}
    return canned.make(seller, by=by, **given | more)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("key", {"key": "два слова"}),
        ("key", {"key": "РАЗМЕР"}),  # another one's, whatever its capitals
        ("name", {"name": " \u200b "}),
        ("text", {"text": "Здравствуйте, {имя}!"}),
        ("text", {"text": " "}),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(
    field: str, given: dict[str, str], seller: Seller, alice: User
) -> None:
    made(seller, alice)
    with pytest.raises(CannedRefused) as refused:
        made(seller, alice, **{"key": "цвет"} | given)
    assert refused.value.field == field
    assert CannedAnswer.objects.count() == 1


@pytest.mark.django_db
def test_two_sellers_may_have_one_key_and_one_has_no_more_than_its_most(
    seller: Seller, other_seller: Seller, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canned, "MOST", 1)
    assert made(seller, alice, "/Размер").key == "размер"
    made(other_seller, alice)
    with pytest.raises(CannedRefused) as refused:
        made(seller, alice, "цвет")
    assert refused.value.field == ""


@pytest.mark.django_db
def test_they_stand_in_the_order_that_a_person_gives_them(seller: Seller, alice: User) -> None:
    first, second, third = (made(seller, alice, key) for key in "абв")

    def order() -> str:
        return "".join(one.key for one in canned.in_order(seller.pk))

    canned.move(third, to=1, by=alice)
    assert order() == "ваб"
    canned.move(third, to=99, by=alice)
    assert order() == "абв"
    canned.delete(second, by=alice)
    made(seller, alice, "г")
    assert order() == "авг"
    canned.move(first, to=1, by=alice)  # where it stands already
    deeds = AuditEntry.objects.filter(object_type="inbox.cannedanswer").order_by("pk")
    assert [entry.action.removeprefix("canned.") for entry in deeds] == [
        "make", "make", "make", "move", "move", "delete", "make",
    ]  # fmt: skip


# --- In an answer -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_is_offered_as_it_would_stand_in_this_answer(
    shop: Connection, seller: Seller, alice: User, olga: User, client: Client
) -> None:
    InboxSettings.objects.create(seller=seller, signature="Команда «Шляпы»")
    made(seller, alice, "hello", language="en", text="Hello, {buyer}! {shop} at {marketplace}.")
    made(seller, alice)
    seen = ProductSeen(name="Платье <b>синее</b>")
    [row] = brought(shop, review(1, "Платье порвалось на второй день", buyer="Анна", product=seen))
    words = page(client, f"/inbox/{row.pk}/canned")
    assert "Здравствуйте, Анна! Платье &lt;b&gt;синее&lt;/b&gt; проверим. Команда «Шляпы»" in words
    assert "Hello, Анна! Шляпа at Ozon." in words
    assert words.index("размер") < words.index("hello")  # the buyer's language first
    InboxSettings.objects.update(greets_by_name=False)
    assert "Здравствуйте! Платье" in page(client, f"/inbox/{row.pk}/canned")
    [nobody] = brought(shop, review(2, buyer="Пользователь"))
    assert "Здравствуйте! {product} проверим." in page(client, f"/inbox/{nobody.pk}/canned")
    assert not Product.objects.exists()


@pytest.mark.django_db
def test_a_use_is_counted_when_the_answer_is_sent(
    shop: Connection, seller: Seller, other_seller: Seller, alice: User, olga: User, client: Client
) -> None:
    own, other, foreign = made(seller, alice), made(seller, alice, "цвет"), made(other_seller, alice)
    [row] = brought(shop, review(1))
    put_in: dict[str, Any] = {"canned": [own.pk, own.pk, foreign.pk, "x", "9" * 30]}
    refused = client.post(f"/inbox/{row.pk}/reply", form(row, "Пишите в телеграм @lavka") | put_in)
    assert refused.status_code == 422
    sent = client.post(f"/inbox/{row.pk}/reply", form(row, "Здравствуйте! Проверим шов.") | put_in)
    assert (sent.status_code, Reply.objects.count()) == (302, 1)
    uses = dict(CannedAnswer.objects.values_list("pk", "uses"))
    assert uses == {own.pk: 1, other.pk: 0, foreign.pk: 0}


@pytest.mark.django_db
def test_they_are_managed_on_their_pages(seller: Seller, olga: User, client: Client) -> None:
    assert "Шаблонов ответов пока нет" in page(client, "/inbox/canned/")
    given = {"seller": seller.pk, "name": "Размер", "key": "/размер", "language": "ru", "text": TEXT}
    refused = client.post("/inbox/canned/new", given | {"text": "{имя}"})
    assert refused.status_code == 422
    assert "{signature}" in refused.content.decode()
    assert client.post("/inbox/canned/new", given).status_code == 302
    assert client.post("/inbox/canned/new", given | {"key": "цвет", "name": "Цвет"}).status_code == 302
    size, colour = canned.in_order(seller.pk)
    client.post(f"/inbox/canned/{size.pk}/", given | {"name": "Как выбрать размер"})
    client.post(f"/inbox/canned/{colour.pk}/place", {"to": "1"})
    words = page(client, "/inbox/canned/")
    assert words.index("Цвет") < words.index("Как выбрать размер")
    client.post(f"/inbox/canned/{colour.pk}/deletion")
    assert [one.name for one in canned.in_order(seller.pk)] == ["Как выбрать размер"]
