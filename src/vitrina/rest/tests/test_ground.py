"""The ground under every door, seen from outside: recognition, problems, paging, bounds."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.catalog.models import Product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    cache.clear()


def bearer(user: User, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(user, 'test', list(scopes) or ['view']).secret}"}


def test_nobody_gets_words_and_the_way_to_be_recognised(client: Client) -> None:
    response = client.get("/api/v1/products")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert set(body) == {"type", "title", "status", "detail", "instance"}
    assert (body["status"], body["instance"]) == (401, "/api/v1/products")


@pytest.mark.parametrize("secret", ["", "vt_", "vt_x_y", "vt_00000000_" + "a" * 43, "x" * 5000, "vt_é_ü"])
def test_a_token_that_is_none_is_refused_even_beside_a_session(
    secret: str, alice: User, client: Client
) -> None:
    client.force_login(alice)
    response = client.get("/api/v1/products", headers={"Authorization": f"Bearer {secret}"})
    assert response.status_code == 401


def test_a_revoked_token_opens_nothing(alice: User, client: Client) -> None:
    issued = tokens.issue(alice, "old", ["view"])
    header = {"Authorization": f"Bearer {issued.secret}"}
    assert client.get("/api/v1/products", headers=header).status_code == 200
    tokens.revoke(issued.token, by=alice)
    assert client.get("/api/v1/products", headers=header).status_code == 401


def test_refusals_speak_the_language_that_was_asked_for(alice: User, client: Client) -> None:
    header = bearer(alice)
    english = client.get("/api/v1/products/0", headers=header | {"Accept-Language": "en"}).json()
    russian = client.get("/api/v1/products/0", headers=header | {"Accept-Language": "ru"}).json()
    assert english["detail"] != russian["detail"]
    assert english["detail"].isascii()


def test_the_scope_that_is_missing_is_named(alice: User, client: Client) -> None:
    response = client.get("/api/v1/products", headers=bearer(alice, "export"))
    assert response.status_code == 403
    assert response.json()["scope"] == "view"


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/products/x", "/api/v1/"])
def test_an_address_that_does_not_exist_is_a_problem_too(address: str, client: Client) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_method_that_an_address_does_not_know_is_named(alice: User, client: Client) -> None:
    response = client.delete("/api/v1/products", headers=bearer(alice))
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1e2", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=", "cursor"),
        ("seller=99999999999999999999999", "seller"),
        ("seller=%D9%A1", "seller"),
        ("has_category=yes", "has_category"),
        ("text=a%00b", "text"),
        ("wanted=1", "wanted"),
    ],
)
def test_a_query_that_does_not_fit_is_refused_by_name(
    query: str, field: str, alice: User, client: Client
) -> None:
    response = client.get(f"/api/v1/products?{query}", headers=bearer(alice))
    assert response.status_code == 422, response.json()
    assert list(response.json()["errors"]) == [field]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_row_once_forwards_and_backwards(size: int, seller: Seller, client: Client) -> None:
    alice = factories.user("a", seller=seller, role=Role.ADMIN)
    made = [factories.product(seller=seller).pk for _ in range(7)][::-1]
    header = bearer(alice)

    def walk(address: str, way: str) -> list[list[int]]:
        pages = []
        while address:
            body = client.get(address, headers=header).json()
            pages.append([row["id"] for row in body["results"]])
            walk.last = body  # type: ignore[attr-defined]
            address = body[way]
        return pages

    there = walk(f"/api/v1/products?limit={size}", "next")
    assert [pk for rows in there for pk in rows] == made
    last: Any = walk.last  # type: ignore[attr-defined]
    back = walk(last["previous"], "previous") if last["previous"] else []
    assert [pk for rows in back[::-1] for pk in rows] + there[-1] == made


def test_pages_hold_each_row_that_stays_once_while_others_come_and_go(
    seller: Seller, alice: User, client: Client
) -> None:
    stays = [factories.product(seller=seller).pk for _ in range(6)][::-1]
    header, address, told = bearer(alice), "/api/v1/products?limit=2", []
    while address:
        body = client.get(address, headers=header).json()
        told += [row["id"] for row in body["results"]]
        address = body["next"]
        factories.product(seller=seller)  # newer ones stand before the page that was read
        if told[-1] in stays and told[-1] != stays[-1]:
            Product.objects.filter(pk=told[-1]).delete()  # the very row that the cursor names
    assert told == stays


def test_a_cursor_of_one_list_opens_no_other(seller: Seller, alice: User, client: Client) -> None:
    for _ in range(2):
        factories.product(seller=seller)
    header = bearer(alice)
    link = client.get("/api/v1/products?limit=1", headers=header).json()["next"]
    cursor = link.split("cursor=")[1].split("&")[0]
    assert client.get(f"/api/v1/products?cursor={cursor}", headers=header).status_code == 200
    assert client.get(f"/api/v1/sellers?cursor={cursor}", headers=header).status_code == 422
    changed = ("A" if cursor[3] != "A" else "B").join([cursor[:3], cursor[4:]])
    assert client.get(f"/api/v1/products?cursor={changed}", headers=header).status_code == 422


def test_rights_of_a_seller_are_cut_by_the_scopes(alice: User, seller: Seller, client: Client) -> None:
    got = client.get(f"/api/v1/sellers/{seller.pk}", headers=bearer(alice, "view", "export")).json()
    assert got["rights"] == ["export", "view"]


def test_a_product_is_told_whole(alice: User, seller: Seller, client: Client) -> None:
    product = factories.product(seller=seller, search_text="платье летнее хлопковое синее")
    got = client.get(f"/api/v1/products/{product.pk}", headers=bearer(alice)).json()
    assert (got["price"], got["brand"], got["attributes"]["Цвет"]) == ("2490.00", None, "синий")
    found = client.get("/api/v1/products?text=летнее хлопковое", headers=bearer(alice)).json()["results"]
    assert [row["id"] for row in found] == [product.pk]
    assert client.get("/api/v1/products?text=зимнее", headers=bearer(alice)).json()["results"] == []


def test_a_list_costs_few_queries(
    alice: User, seller: Seller, client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        factories.product(seller=seller, category=factories.category("Одежда > Платья"))
    header = bearer(alice)
    client.get("/api/v1/products", headers=header)
    with django_assert_max_num_queries(4):  # the token, the sellers, the ids of the page, its rows
        client.get("/api/v1/products", headers=header)


def test_every_answer_tells_how_many_requests_are_left(alice: User, client: Client, settings: Any) -> None:
    settings.API_TOKEN_RATE, settings.API_PERSON_RATE = 3, 5
    first, second = bearer(alice), bearer(alice)
    got = [client.get("/api/v1/sellers", headers=first) for _ in range(5)]
    assert [answer.status_code for answer in got] == [200, 200, 200, 429, 429]
    assert [answer["RateLimit-Remaining"] for answer in got] == ["2", "1", "0", "0", "0"]
    refused = got[3]
    assert (refused["RateLimit-Limit"], refused["RateLimit-Reset"]) == ("3", refused["Retry-After"])
    assert 1 <= int(refused["Retry-After"]) <= 120
    assert (refused.json()["limit"], refused["Content-Type"]) == (3, "application/problem+json")
    # The person's own minute has room for two more, whatever the token.
    assert [client.get("/api/v1/sellers", headers=second).status_code for _ in range(3)] == [200, 200, 429]


def test_no_answer_is_kept_on_the_way(alice: User, client: Client) -> None:
    assert "no-store" in client.get("/api/v1/sellers", headers=bearer(alice))["Cache-Control"]
