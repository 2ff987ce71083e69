"""Shots of a product: what is asked, after which photo, and what is said of what came."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import ImageOrigin, Product
from vitrina.catalog.pictures.measured import measured
from vitrina.catalog.shots import asking
from vitrina.catalog.shots.depicting import facts_of
from vitrina.catalog.shots.showing import shots_of
from vitrina.imagery.models import GeneratedImage
from vitrina.imagery.product_shot import ShotKind
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def product(seller: Seller) -> Product:
    return factories.product(
        seller=seller, title="Кружка", attributes={"Материал": "керамика", "Объём": "0,3 л"}
    )


def test_the_photos_colour_and_the_suppliers_words_name_the_product() -> None:
    seen = measured({"colors": [{"hex": "#d64532", "name": "red", "share": 0.9}]})
    attributes = {"Цвет": "бордо", "Материал": "керамика", "Страна": "Китай", "Ручка": "дерево"}
    facts = facts_of("Кружка", "Дом > Кружки", attributes, seen)
    assert (facts.color, facts.color_hex, facts.material) == ("red", "#d64532", "керамика")
    assert list(facts.details) == [("Ручка", "дерево")]
    assert list(facts.category) == ["Дом", "Кружки"]
    assert facts_of("Кружка", "", attributes, measured({})).color == "бордо"


def test_a_shot_is_drawn_after_the_first_own_photo(product: Product) -> None:
    drawn = factories.picture(product, colour="olive")
    product.images.update(origin=ImageOrigin.DRAWN)
    own = factories.picture(product, colour="teal")
    image = asking.ask(product, ShotKind.STUDIO, by=None)
    assert [given["digest"] for given in image.references] == [own.digest] != [drawn.digest]
    assert (image.recipe, image.subject, image.part) == ("product_shot", f"product:{product.pk}", "studio")
    assert "Кружка" in image.scene["frozen"]
    assert asking.ask(product, ShotKind.STUDIO, by=None).pk == image.pk


def test_the_sellers_marketplace_gives_the_size(product: Product) -> None:
    factories.picture(product)
    Seller.objects.filter(pk=product.seller_id).update(target="wildberries")
    product = Product.objects.get(pk=product.pk)
    told = asking.ask(product, ShotKind.STUDIO, by=None).scene
    assert told["width"] >= 700
    assert told["height"] >= 900


def test_without_a_photo_nothing_is_asked_and_the_page_says_so(
    product: Product, alice: User, client: Client
) -> None:
    client.force_login(alice)
    client.cookies["django_language"] = "en"
    answer = client.post(f"/products/{product.pk}/shots/addition", {"kind": "studio"}, follow=True)
    assert "The product has no photo of its own" in answer.content.decode()
    assert not GeneratedImage.objects.exists()
    assert client.post(f"/products/{product.pk}/shots/addition", {"kind": "poster"}).status_code == 404


def test_a_placeholder_is_shown_as_one_and_not_compared(
    product: Product, alice: User, client: Client
) -> None:
    factories.picture(product)
    client.force_login(alice)
    client.cookies["django_language"] = "en"
    client.post(f"/products/{product.pk}/shots/addition", {"kind": "lifestyle"})
    part = client.get(f"/products/{product.pk}/shots").content.decode()
    assert "data-live=" in part
    run_ready()
    (shot,) = shots_of(product, after=0)
    assert (shot.image.status, shot.image.is_marked, shot.compared) == ("completed", True, None)
    part = client.get(f"/products/{product.pk}/shots").content.decode()
    assert "data-live=" not in part
    assert "In use" in part


def test_what_came_is_held_against_the_photo_and_the_rules(product: Product) -> None:
    photo = factories.picture(product, colour="red")
    given = [{"name": photo.processed_name, "media_type": "image/jpeg", "digest": photo.digest, "role": ""}]
    Seller.objects.filter(pk=product.seller_id).update(target="wildberries")
    product = Product.objects.get(pk=product.pk)
    for colour in ("red", "blue"):
        factories.generated_image(
            product.seller, colour=colour, subject=f"product:{product.pk}", references=given, is_marked=False,
            size=(400, 500),
        )  # fmt: skip
    other, same = shots_of(product, after=0)
    assert same.compared is not None
    assert other.compared is not None
    assert (same.compared.is_same, other.compared.is_same) == (True, False)
    assert other.changes
    assert any("400" in words for words in same.broken)
