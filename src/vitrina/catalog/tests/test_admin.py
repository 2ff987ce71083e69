from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog import categories
from vitrina.catalog.category_tree import Node
from vitrina.catalog.models import Category, CurrencyRate, Product
from vitrina.retrieval.models import Document

pytestmark = pytest.mark.django_db
REGISTERED = [model for model in apps.get_app_config("catalog").get_models() if model in admin.site._registry]


@pytest.fixture
def keeper(client: Client) -> Client:
    factories.sign_in(client, User.objects.create_superuser("keeper", password="keeper-password"))
    return client


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_list_opens(keeper: Client, model: type[Product]) -> None:
    response = keeper.get(reverse(f"admin:catalog_{model._meta.model_name}_changelist"), {"q": "x"})
    assert response.status_code == 200


def test_a_product_opens_with_its_texts_and_pictures(keeper: Client, seller: Seller) -> None:
    product = factories.product(seller=seller)
    assert keeper.get(reverse("admin:catalog_product_change", args=[product.pk])).status_code == 200


def test_synonyms_that_a_person_writes_are_found_by(keeper: Client) -> None:
    categories.sync([Node("1", "Посуда"), Node("2", "Кружки", "1")])
    mugs = Category.objects.get(external_id="2")
    fields = {
        "tree": "",
        "external_id": "2",
        "parent": mugs.parent_id,
        "name": "Кружки и чашки",
        "name_en": "",
        "synonyms": '["бокал", " бокал ", "чашка"]',
        "attribute_schema": "[]",
        "is_leaf": "on",
        "is_active": "on",
    }
    response = keeper.post(reverse("admin:catalog_category_change", args=[mugs.pk]), fields)
    assert response.status_code == 302, response.context["errors"]
    mugs.refresh_from_db()
    assert (mugs.path, mugs.synonyms) == ("Посуда > Кружки и чашки", ["бокал", "чашка"])
    assert Document.objects.get(key=str(mugs.pk)).text.splitlines()[2:] == ["бокал", "чашка"]


def test_a_rate_of_zero_is_refused(keeper: Client) -> None:
    fields = {"code": "KZT", "rubles": "0", "note": ""}
    assert keeper.post(reverse("admin:catalog_currencyrate_add"), fields).status_code == 200
    assert not CurrencyRate.objects.exists()
