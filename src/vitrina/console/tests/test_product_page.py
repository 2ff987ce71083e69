"""One product: the two texts side by side, its history with undo and redo, the card written by hand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Product, ProductContent
from vitrina.console.tests.world import TEXT, World, make
from vitrina.enrichment import apply as applying
from vitrina.enrichment.apply import apply, people_fields
from vitrina.enrichment.hand_editing import seal
from vitrina.enrichment.models import ProcessingLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


@pytest.fixture
def signed(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def card_of(product: Product, language: str = "ru") -> ProductContent:
    return ProductContent.objects.get(product=product, language=language)


def test_findings_differences_and_sources_stand_in_the_texts(
    signed: Client, world: World, seller: Seller
) -> None:
    product = world.product
    Product.objects.filter(pk=product.pk).update(
        ai_extracted={
            "attributes": {
                "Сезон": {
                    "value": "лето",
                    "evidence": {"kind": "text", "field": "title", "start": 7, "end": 13},
                },
                "Уход": {"value": "стирка", "evidence": {"kind": "inferred"}},
            }
        }
    )
    words = signed.get(f"/products/{product.pk}/").content.decode()
    assert re.search(r'<mark class="found high" title="[^"]+" tabindex="0">', words)
    assert '<span class="source" data-source-of="4">' in words
    assert 'data-source="4"' in words
    assert "<ins>" in words
    assert "<del>" in words


def test_a_tab_for_each_language(signed: Client, world: World) -> None:
    ProductContent.objects.create(
        product=world.product, language="en", title="Summer dress", description="<p>Blue</p>"
    )
    page = f"/products/{world.product.pk}/"
    assert TEXT["title"] in signed.get(page).content.decode()
    english = signed.get(f"{page}?lang=en").content.decode()
    assert "Summer dress" in english
    assert signed.get(f"{page}?lang=xx").status_code == 200


def test_the_neighbours_are_those_of_the_list_one_came_from(signed: Client, seller: Seller) -> None:
    cheap, middle, dear = (factories.product(seller=seller, price=price) for price in ("5", "50", "500"))
    factories.product(seller=seller, price="40", title="Без категории", category=None)
    context = signed.get(f"/products/{middle.pk}/?in=order%3Dcheap%26q%3D").context
    assert context["before"] != cheap.pk  # the one of 40 stands between
    context = signed.get(f"/products/{middle.pk}/").context
    assert (context["before"], context["behind"]) == (dear.pk, cheap.pk)


def test_a_product_that_is_gone_says_so(signed: Client, world: World, charlie: User, client: Client) -> None:
    page = f"/products/{world.product.pk}/"
    world.product.delete()
    answer = signed.get(page)
    assert answer.status_code == 404
    assert "console/product_gone.html" in [template.name for template in answer.templates]
    assert signed.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert signed.post(f"{page}runs", {"describe": "on"}).status_code == 404
    assert signed.get(f"{page}card/ru/").status_code == 404


def test_undo_and_redo_take_turns_and_give_the_same_bytes(
    signed: Client, world: World, seller: Seller
) -> None:
    product = world.waiting_product
    log = ProcessingLog.objects.get(product=product)
    with applying.transaction.atomic():
        apply(log)
        log.save()
    written = ProductContent.objects.filter(product=product).values(
        "title", "description", "keywords", "author", "log_id", "source"
    )
    first = list(written)
    placed = Product.objects.values_list("category_id", "category_source").get(pk=product.pk)
    for _turn in range(2):
        signed.post(f"/runs/{log.pk}/undoing")
        assert list(written.all()) == []
        assert Product.objects.get(pk=product.pk).category is None
        signed.post(f"/runs/{log.pk}/redoing")
        signed.post(f"/runs/{log.pk}/redoing")  # a second click
        assert list(written.all()) == first
        assert Product.objects.values_list("category_id", "category_source").get(pk=product.pk) == placed
    assert AuditEntry.objects.filter(action="product.redo").count() == 2


def test_nothing_is_redone_over_what_came_since(signed: Client, world: World) -> None:
    signed.post(f"/runs/{world.log.pk}/undoing")
    ProductContent.objects.create(
        product=world.product, language="ru", title="Слова человека", author="person"
    )
    answer = signed.post(f"/runs/{world.log.pk}/redoing", follow=True)
    assert card_of(world.product).title == "Слова человека"
    assert 'class="note bad"' in answer.content.decode()


def test_a_card_by_hand_is_a_persons_and_can_be_taken_back(signed: Client, world: World, alice: User) -> None:
    address = f"/products/{world.product.pk}/card/ru/"
    card = card_of(world.product)
    page = signed.get(address)
    posted = {field.name: field.value for field in page.context["fields"]} | {"seen": page.context["seen"]}
    assert signed.post(address, posted).headers["Location"].endswith("?lang=ru")
    assert not AuditEntry.objects.filter(action="product.edit", user=alice).exists()  # nothing was changed
    signed.post(address, posted | {"title": "  Платье   из хлопка ", "keywords": "платье, лето"})
    edited = card_of(world.product)
    assert (edited.title, edited.keywords) == ("Платье из хлопка", ["платье", "лето"])
    assert people_fields(edited) == ["keywords", "title"]
    assert (edited.author, edited.edited_by, edited.description) == ("person", alice, card.description)
    entry = AuditEntry.objects.get(action="product.edit", user=alice)
    assert entry.before is not None
    assert entry.before["content"]["title"] == card.title
    words = signed.get(f"/products/edits/{entry.pk}/").content.decode()
    assert "<ins>из хлопка</ins>" in words or "<ins>" in words
    signed.post(f"/products/edits/{entry.pk}/undoing")
    back = card_of(world.product)
    assert (back.title, back.author, back.person_fields) == (card.title, card.author, card.person_fields)
    signed.post(f"/products/edits/{entry.pk}/undoing")  # a second click changes nothing
    assert card_of(world.product).title == card.title


def test_of_two_windows_the_second_is_asked_and_loses_nothing(signed: Client, world: World) -> None:
    address = f"/products/{world.product.pk}/card/ru/"
    seen = seal(card_of(world.product))
    signed.post(address, {"title": "Первое окно", "seen": seen})
    late = signed.post(address, {"title": "Второе окно", "seen": seen})
    assert late.status_code == 409
    assert card_of(world.product).title == "Первое окно"
    words = late.content.decode()
    assert 'value="Второе окно"' in words
    assert "<del>Первое</del><ins>Второе</ins>" in words
    signed.post(address, {"title": "Второе окно", "seen": late.context["seen"]})
    assert card_of(world.product).title == "Второе окно"


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"title": "x" * 300}, 422),
        ({"seo_title": "я" * 71}, 422),
        ({"title": ""}, 422),
        ({"description": "Вес 999 кг, гарантия 7 лет."}, 422),
    ],
)
def test_what_breaks_a_limit_or_is_grave_is_not_saved(
    typed: dict[str, str], status: int, signed: Client, world: World
) -> None:
    address = f"/products/{world.product.pk}/card/ru/"
    seen = seal(card_of(world.product))
    answer = signed.post(address, {"title": TEXT["title"], "seen": seen} | typed)
    assert answer.status_code == status
    assert card_of(world.product).title == TEXT["title"]
    value = next(iter(typed.values()))
    assert value in answer.content.decode()


def test_grave_findings_are_asked_about_and_a_person_may_insist(signed: Client, world: World) -> None:
    address = f"/products/{world.product.pk}/card/ru/"
    posted = {"description": "Вес 999 кг, гарантия 7 лет.", "seen": seal(card_of(world.product))}
    assert signed.post(address, posted).context["doubts"]
    signed.post(address, posted | {"despite_findings": "1"})
    assert card_of(world.product).description == "<p>Вес 999 кг, гарантия 7 лет.</p>"


def test_a_card_that_nobody_wrote_can_be_written_by_hand(signed: Client, seller: Seller) -> None:
    product = factories.product(seller=seller)
    address = f"/products/{product.pk}/card/en/"
    seen = signed.get(address).context["seen"]
    signed.post(
        address, {"title": "Summer dress", "description": "A blue summer dress.\n\n- cotton", "seen": seen}
    )
    card = card_of(product, "en")
    assert card.description == "<p>A blue summer dress.</p><ul><li>cotton</li></ul>"
    assert card.author == "person"
    assert signed.get("/products/1/card/xx/").status_code == 404


def test_hostile_words_stay_words(signed: Client, seller: Seller) -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    product = factories.product(seller=seller, title=hostile, description=hostile)
    address = f"/products/{product.pk}/card/ru/"
    seen = signed.get(address).context["seen"]
    signed.post(address, {"title": hostile, "description": hostile, "seen": seen, "despite_findings": "1"})
    for page in (
        f"/products/{product.pk}/",
        address,
        f"/products/edits/{AuditEntry.objects.latest('pk').pk}/",
    ):
        words = signed.get(page).content.decode()
        assert "<script>alert" not in words
        assert "<img" not in words
