from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from tests import factories

from vitrina.accounts.models import AuditEntry, Seller, User
from vitrina.catalog.models import Product, ProductContent
from vitrina.enrichment.apply import Applied, ProductChanged, apply
from vitrina.enrichment.models import ProcessingLog, Status
from vitrina.enrichment.tests.runs_made import TEXT, card_of, ended, text_of

pytestmark = pytest.mark.django_db


def applied(log: ProcessingLog, **wishes: Any) -> Applied:
    with transaction.atomic():
        done = apply(log, **wishes)
        log.status = Status.COMPLETED
        log.save()
    return done


def test_it_fills_an_empty_card(seller: Seller) -> None:
    product = factories.product(seller=seller)
    dress = factories.category("Одежда > Платья", seller=seller)
    log = ended(
        product, category=dress, attributes={"Цвет": {"value": "синий", "evidence": {"kind": "text"}}}
    )
    done = applied(log)
    assert done.kept == []
    text = text_of(product)
    assert text is not None
    assert {name: text[name] for name in TEXT} == TEXT
    assert (text["author"], text["log_id"], text["source"]) == ("ai", log.pk, "offline")
    product.refresh_from_db()
    assert (product.category, product.category_source, product.category_confidence) == (dress, "ai", 0.9)
    assert product.ai_extracted["attributes"] == {"Цвет": {"value": "синий", "evidence": {"kind": "text"}}}
    assert product.ai_extracted["log_id"] == log.pk
    assert product.version == 2


def test_it_writes_who_did_it_with_before_and_after(seller: Seller, alice: User) -> None:
    product = factories.product(seller=seller)
    applied(ended(product), by=alice)
    entry = AuditEntry.objects.get(action="product.apply")
    assert (entry.user, entry.seller, entry.object_id) == (alice, seller, str(product.pk))
    assert entry.before["content"]["title"] == ""
    assert entry.after["content"]["title"] == TEXT["title"]


def test_it_replaces_a_text_that_a_machine_wrote(seller: Seller) -> None:
    product = factories.product(seller=seller)
    applied(ended(product, text=TEXT | {"title": "Старый заголовок"}))
    applied(ended(product))
    assert ProductContent.objects.get(product=product).title == TEXT["title"]


def test_it_never_overwrites_a_person(seller: Seller) -> None:
    product = factories.product(seller=seller)
    ProductContent.objects.create(
        product=product,
        language="ru",
        title="Моё платье",
        description="",
        author="person",
        person_fields=["title"],
    )
    done = applied(ended(product))
    content = ProductContent.objects.get(product=product)
    assert content.title == "Моё платье"
    assert content.description == TEXT["description"]
    assert done.kept == ["title"]
    assert (content.author, content.person_fields) == ("person", ["title"])


def test_a_row_of_a_person_that_names_no_field_is_theirs_whole(seller: Seller) -> None:
    product = factories.product(seller=seller)
    ProductContent.objects.create(product=product, language="ru", author="person", **TEXT)
    other = {
        name: (value + "!" if isinstance(value, str) else [*value, "ещё"]) for name, value in TEXT.items()
    }
    before = text_of(product)
    done = applied(ended(product, text=other))
    assert text_of(product) == before
    assert sorted(done.kept) == sorted(TEXT)
    assert done.written == []


def test_force_overwrites_a_person_and_the_words_are_no_longer_theirs(seller: Seller) -> None:
    product = factories.product(seller=seller)
    ProductContent.objects.create(
        product=product, language="ru", title="Моё платье", author="person", person_fields=["title"]
    )
    applied(ended(product, force=True))
    content = ProductContent.objects.get(product=product)
    assert (content.title, content.author, content.person_fields) == (TEXT["title"], "ai", [])


@pytest.mark.parametrize("force", [False, True])
def test_an_empty_result_never_empties_a_text(seller: Seller, force: bool) -> None:
    product = factories.product(seller=seller)
    ProductContent.objects.create(product=product, language="ru", author="person", **TEXT)
    empty = {
        "title": "",
        "description": "",
        "seo_title": "",
        "seo_description": "",
        "keywords": [],
        "key_benefits": [],
    }
    before = text_of(product)
    applied(ended(product, text=empty, force=force))
    assert text_of(product) == before


def test_the_category_of_a_person_or_of_the_source_stays(seller: Seller) -> None:
    dress = factories.category("Одежда > Платья", seller=seller)
    skirt = factories.category("Одежда > Юбки", seller=seller)
    for source in ("person", "source"):
        product = factories.product(seller=seller, category=skirt, category_source=source)
        done = applied(ended(product, category=dress))
        assert Product.objects.get(pk=product.pk).category == skirt
        assert done.kept == ["category"]
        applied(ended(product, category=dress, force=True))
        assert Product.objects.get(pk=product.pk).category == dress


def test_an_attribute_that_a_person_set_stays_and_the_others_are_merged(seller: Seller) -> None:
    known = {
        "Цвет": {"value": "лазурный", "author": "person"},
        "Вес": {"value": "1 кг"},
        "Длина": {"value": "95 см"},
    }
    product = factories.product(seller=seller, ai_extracted={"attributes": known})
    applied(ended(product, attributes={"Цвет": {"value": "синий"}, "Вес": {"value": "2 кг"}}))
    found = Product.objects.get(pk=product.pk).ai_extracted["attributes"]
    assert found == {
        "Цвет": {"value": "лазурный", "author": "person"},
        "Вес": {"value": "2 кг"},
        "Длина": {"value": "95 см"},
    }


def test_a_listing_that_changed_meanwhile_is_a_conflict_and_nothing_is_written(seller: Seller) -> None:
    product = factories.product(seller=seller)
    log = ended(product)
    Product.objects.filter(pk=product.pk).update(title="Сарафан льняной", version=2)
    with pytest.raises(ProductChanged, match="заголовок"):
        applied(log)
    assert text_of(product) is None
    assert card_of(product)["ai_extracted"] == {}
    assert not AuditEntry.objects.exists()
    applied(log, despite_changes=True)
    assert text_of(product) is not None


def test_a_new_price_is_no_conflict(seller: Seller) -> None:
    product = factories.product(seller=seller)
    log = ended(product)
    Product.objects.filter(pk=product.pk).update(price="2990.00", version=2)
    assert applied(log).written


def test_what_a_person_approved_meanwhile_is_a_conflict(seller: Seller) -> None:
    product = factories.product(seller=seller)
    log = ended(product)
    older = ended(product, status=Status.APPROVED)
    ProcessingLog.objects.filter(pk=older.pk).update(
        finished_at=log.created_at.replace(year=log.created_at.year + 1)
    )
    Product.objects.filter(pk=product.pk).update(version=2)
    with pytest.raises(ProductChanged, match="утверждённый текст"):
        applied(log)


def test_the_short_form_fills_its_own_field_and_a_title_only_where_there_is_none(seller: Seller) -> None:
    product = factories.product(seller=seller)
    short = {"title": "Платье коротко", "short_description": "Летнее платье из хлопка."}
    applied(ended(product, text=short, short=True))
    assert ProductContent.objects.get(product=product).title == "Платье коротко"
    applied(ended(product))
    applied(ended(product, text=short | {"short_description": "Платье."}, short=True))
    content = ProductContent.objects.get(product=product)
    assert (content.title, content.short_description) == (TEXT["title"], "Платье.")
    assert content.description == TEXT["description"]


def test_the_same_result_twice_writes_nothing_the_second_time(seller: Seller) -> None:
    product = factories.product(seller=seller)
    applied(ended(product))
    version = Product.objects.get(pk=product.pk).version
    assert applied(ended(product)).written == []
    assert Product.objects.get(pk=product.pk).version == version
