"""Products of a branch for programs: of all sellers that a token sees, newest first, page after page."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts import tokens
from vitrina.accounts.models import Seller, User
from vitrina.catalog import search

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("listed", [0, 100])
def test_a_branch_is_listed_over_several_sellers(
    listed: int, seller: Seller, other_seller: Seller, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LISTED", listed)
    root = User.objects.create(username="root", is_superuser=True)
    header = {"Authorization": f"Bearer {tokens.issue(root, 'test', ['view']).secret}"}
    dress, shirt, cup = (
        factories.category(path) for path in ("Одежда > Платья", "Одежда > Рубашки", "Посуда")
    )
    made = [
        factories.product(seller=shop, category=category)
        for category in (dress, cup, shirt)
        for shop in (seller, other_seller)
    ]

    def ids(address: str) -> list[int]:
        found: list[int] = []
        while address:
            body = client.get(address, headers=header).json()
            found += [product["id"] for product in body["results"]]
            address = body["next"]
        return found

    clothes = [product.pk for product in reversed(made) if product.category_id in (dress.pk, shirt.pk)]
    assert len(clothes) == 4
    assert dress.parent is not None
    branch = f"/api/v1/products?category={dress.parent.pk}"
    assert ids(f"{branch}&limit=50") == clothes
    assert ids(f"{branch}&limit=1") == clothes
    own = [product.pk for product in reversed(made) if product.seller_id == seller.pk]
    assert ids(f"{branch}&seller={seller.pk}") == [pk for pk in own if pk in clothes]
    assert ids(f"/api/v1/products?category={cup.pk}") == [made[3].pk, made[2].pk]
