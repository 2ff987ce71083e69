"""A deleted product leaves nothing behind: no text, no run, no neighbour."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog import categories, deleting
from vitrina.catalog.deleting import delete_products
from vitrina.catalog.models import Category, Product
from vitrina.retrieval.documents import put
from vitrina.retrieval.nearest import nearest

pytestmark = pytest.mark.django_db


def confirmed(seller: Seller, category: Category, title: str) -> Product:
    product = factories.product(seller=seller, title=title)
    put(
        categories.COLLECTION,
        categories.product_key(product.pk),
        title,
        payload={"kind": "product", "category_id": category.pk},
        seller_id=seller.pk,
        group=str(category.pk),
    )
    return product


def found(seller: Seller, text: str) -> set[str]:
    return {
        hit.key
        for hit in nearest(categories.COLLECTION, text, seller_id=seller.pk, where={"kind": "product"})
    }


def test_deleted_products_stand_for_no_category(seller: Seller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "CHUNK", 2)
    category = factories.category("Одежда > Платья", seller=seller)
    products = [confirmed(seller, category, f"Платье летнее {number}") for number in range(5)]
    kept = confirmed(seller, category, "Платье зимнее")
    assert len(found(seller, "Платье")) == 6
    gone = Product.objects.filter(pk__in=[product.pk for product in products])
    assert delete_products(gone) == 5
    assert found(seller, "Платье") == {categories.product_key(kept.pk)}
    assert list(Product.objects.all()) == [kept]


@pytest.mark.parametrize("how", ["one", "several"])
def test_the_admin_deletes_them_the_same_way(seller: Seller, how: str) -> None:
    category = factories.category("Одежда > Платья", seller=seller)
    product = confirmed(seller, category, "Платье летнее")
    client = Client()
    factories.sign_in(client, factories.user("root", is_superuser=True, is_staff=True))
    if how == "one":
        url = reverse("admin:catalog_product_delete", args=[product.pk])
        client.post(url, {"post": "yes"})
    else:
        url = reverse("admin:catalog_product_changelist")
        client.post(url, {"action": "delete_selected", "_selected_action": [product.pk], "post": "yes"})
    assert not Product.objects.exists()
    assert not found(seller, "Платье")
