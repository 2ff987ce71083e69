"""The rail is kept for whoever sees the same; nobody gets another's."""

from __future__ import annotations

import re

from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Product
from vitrina.enrichment.models import ModerationItem, ProcessingLog, Status


def lit(page: str) -> list[str]:
    return re.findall(r'href="([^"]+)" aria-current="page"', page)


def shown(person: User, address: str, language: str = "ru") -> str:
    client = Client(headers={"Accept-Language": language})
    factories.sign_in(client, person)
    return client.get(address).content.decode()


def doubt(seller: Seller) -> None:
    product = Product.objects.create(seller=seller, external_id="A-1", title="Кофемолка")
    log = ProcessingLog.objects.create(seller=seller, product=product, status=Status.MODERATION)
    ModerationItem.objects.create(seller=seller, log=log)


def test_the_place_where_one_is_stands_out_in_the_rail_and_at_the_thumb(alice: User) -> None:
    for _round in range(2):
        assert lit(shown(alice, "/runs/")) == ["/runs/", "/runs/"]  # in the rail, and behind «More»
        assert lit(shown(alice, "/moderation/"))[:3] == ["/moderation/"] * 3


def test_everybody_gets_the_number_of_what_waits_for_them(seller: Seller, alice: User, charlie: User) -> None:
    doubt(seller)

    for _round in range(2):
        assert '<span class="count loud">1</span>' in shown(alice, "/runs/")
        assert "count loud" not in shown(charlie, "/runs/")


def test_everybody_gets_it_in_their_language(alice: User) -> None:
    for _round in range(2):
        assert "Товары</a>" in shown(alice, "/runs/")
        assert "Products</a>" in shown(alice, "/runs/", "en")
