"""How many questions each page asks the database, however much it shows; parts, paging, headers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.console.tests.world import World, make

pytestmark = pytest.mark.django_db

# Session and person, the sellers they may see, the rail's count, and what the page is about. A number that must grow says why in its commit.
QUERIES = {
    "today": 22,
    "products": 11,
    "product": 18,  # three of them look whether the tree changed, which is otherwise done once in a while
    "imports": 10,  # with what is remembered of columns
    "import": 8,
    "exports": 9,  # with the branches that can be chosen
    "export": 7,
    "categories": 9,  # with the sellers that a new one may be of, and those whose trees can be looked at
    "category": 13,  # with examples, what stands below it, and the whole branch
    "moderation": 12,
    "moderation_item": 13,
    "runs": 9,
    "run": 9,
    "templates": 9,  # with the categories and the sellers to choose from
    "jobs": 8,
    "job": 9,
    "calls": 7,
    "settings_usage": 11,
    "call": 11,
    "settings": 5,
    "settings_account": 5,
    "sources": 7,
    "source": 11,
    "settings_channels": 9,
    "settings_channels_connection": 9,
    "settings_webhooks": 9,
    "settings_webhooks_endpoint": 9,
    "settings_webhooks_delivery": 9,
    "settings_security": 8,
    "settings_tokens": 8,
    "settings_people": 9,
    "settings_audit": 7,
    "settings_sellers": 8,
    "settings_sellers_seller": 6,
}
OBJECTS = {
    "product": "product", "import": "import_run", "export": "export_run", "category": "category", "moderation_item": "item",
    "run": "log", "job": "job", "settings_webhooks_endpoint": "endpoint", "settings_webhooks_delivery": "delivery",
    "settings_sellers_seller": "seller",
    "settings_channels_connection": "connection",
    "source": "source",
    "call": "call",
}  # fmt: skip


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_asks_no_more_than_it_may_however_much_it_shows(
    name: str, world: World, seller: Seller, alice: User, client: Client
) -> None:
    for _ in range(3):
        make_more(seller)
    client.force_login(alice)
    address = reverse(name, kwargs={"pk": getattr(world, OBJECTS[name]).pk} if name in OBJECTS else {})
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    assert len(asked) <= QUERIES[name], "\n".join(query["sql"][:200] for query in asked.captured_queries)


def make_more(seller: Seller) -> None:
    from vitrina.catalog.models import Category
    from vitrina.enrichment.models import ContentTemplate

    ContentTemplate.objects.filter(seller=seller).update(name="Прежний шаблон")
    ContentTemplate.objects.filter(seller=seller).delete()
    make(seller)
    assert Category.objects.filter(seller=seller).exists()


def test_pages_follow_each_other_by_key_without_gap_or_repetition(
    seller: Seller, alice: User, client: Client
) -> None:
    made = [factories.product(seller=seller).pk for _ in range(120)]
    client.force_login(alice)
    seen: list[int] = []
    address = "/products/"
    while address:
        context = client.get(address).context
        seen += context["slice"].ids
        older = context["slice"].older
        address = f"/products/?before={older}" if older else ""
    assert seen == sorted(made, reverse=True)
    newer = client.get(f"/products/?after={seen[60]}").context["slice"]
    assert newer.ids == seen[10:60]


def test_htmx_gets_the_part_and_a_person_the_page(seller: Seller, alice: User, client: Client) -> None:
    client.force_login(alice)
    part = client.get("/products/", headers={"HX-Request": "true"})
    page = client.get("/products/")
    assert b"<html" not in part.content
    assert b"<html" in page.content
    assert b'id="products"' in part.content
    assert "HX-Request" in part.headers["Vary"]
    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    "query",
    [
        "?before=x",
        "?after=-1",
        "?before=" + "9" * 40,
        "?status=%00",
        "?seller=ё",
        "?q=" + "а" * 5000,
        "?category=1e9",
    ],
)
def test_an_address_typed_by_hand_never_breaks_the_page(query: str, alice: User, client: Client) -> None:
    client.force_login(alice)
    for page in ("/products/", "/runs/", "/jobs/", "/moderation/", "/categories/", "/imports/", "/exports/"):
        assert client.get(page + query).status_code == 200, page


def test_filters_find_what_they_say(world: World, seller: Seller, alice: User, client: Client) -> None:
    plain = factories.product(seller=seller)
    client.force_login(alice)

    def found(query: str) -> set[int]:
        return set(client.get(f"/products/?{query}").context["slice"].ids)

    assert found("status=moderation") == {world.waiting_product.pk}
    assert found("status=done") == {world.product.pk}
    assert found("status=untouched") == {plain.pk}
    assert found("no_description=1") == {plain.pk, world.waiting_product.pk}
    Product.objects.filter(pk=plain.pk).update(category=world.category)
    assert found("no_category=1") == {world.waiting_product.pk}
    assert found(f"category={world.category.pk}") == {world.product.pk, plain.pk}


def test_the_headers_forbid_what_no_page_needs(alice: User, client: Client) -> None:
    client.force_login(alice)
    headers = client.get("/products/").headers
    policy = {part.split()[0]: part.split()[1:] for part in headers["Content-Security-Policy"].split("; ")}
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" in Client().get("/admin/").headers["Content-Security-Policy"]


def test_every_kind_of_job_has_a_name_for_people() -> None:
    from vitrina.console.templatetags.studio import KINDS
    from vitrina.jobs.registry import registry
    from vitrina.jobs.schedule import rules

    ours = {kind for kind in {*rules, *registry.handlers} if not kind.startswith("test")}
    assert ours - set(KINDS) == set()
