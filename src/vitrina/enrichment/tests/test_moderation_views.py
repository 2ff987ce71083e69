"""The desk: edits come back as they were typed, nothing is decided twice, two people never meet."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.accounts.roles import Role
from vitrina.catalog.models import ProductContent
from vitrina.enrichment import ground
from vitrina.enrichment.models import ModerationItem, ProcessingLog
from vitrina.enrichment.moderation_form import edits_of, fields_of

pytestmark = pytest.mark.django_db

TEXT = {
    "title": "Платье летнее хлопковое синее",
    "description": "<p>Лёгкое летнее платье из хлопка, длина 95 см, синий цвет.</p><ul><li>хлопок</li><li>синий</li></ul>",
    "seo_title": "Платье летнее хлопковое синее",
    "seo_description": "Летнее платье из хлопка: лёгкое, синее, на каждый день.",
    "keywords": ["платье", "хлопок"],
    "key_benefits": ["Лёгкое"],
}


def doubtful(seller: Seller, **fields: Any) -> ModerationItem:
    product = factories.product(seller=seller)
    category = factories.category("Одежда > Платья", seller=seller)
    log = ProcessingLog.objects.create(
        product=product, seller=seller, status="moderation", input=ground.snapshot(product), listing_hash=product.content_hash,
        options={"describe": True, "categorize": True, "analyze_images": False, "language": "ru"},
        result={"category": {"id": category.pk, "confidence": 0.6, "source": "offline", "raw": 0.6}, "text": TEXT, "findings": [], "templates": []},
        models_used={"describe": "offline"},
    )  # fmt: skip
    reason = {
        "code": "category.confidence_low",
        "severity": "warning",
        "detail": {"confidence": 0.6, "threshold": 0.75},
    }
    return ModerationItem.objects.create(log=log, seller=seller, reasons=[reason], **fields)


def typed(item: ModerationItem) -> dict[str, str]:
    """The form as a browser sends it back untouched."""
    return {field.name: field.value.replace("\n", "\r\n") for field in fields_of(item.log)}


def test_a_form_that_comes_back_untouched_is_no_edit(seller: Seller) -> None:
    item = doubtful(seller)
    assert edits_of(item.log, typed(item)) == {}


def test_only_what_was_changed_is_an_edit(seller: Seller) -> None:
    item = doubtful(seller)
    posted = typed(item) | {"description": "Новый абзац.\r\n\r\n- пункт", "keywords": "платье, лён , "}
    assert edits_of(item.log, posted) == {
        "description": "<p>Новый абзац.</p><ul><li>пункт</li></ul>",
        "keywords": ["платье", "лён"],
    }


def test_approving_with_an_edit_writes_a_persons_words_and_goes_on_to_the_next(
    seller: Seller, bob: User, client: Client
) -> None:
    item, following = doubtful(seller), doubtful(seller)
    client.force_login(bob)
    answer = client.post("/moderation/next")
    assert answer.headers["Location"] == f"/moderation/{item.pk}/"
    posted = typed(item) | {"title": "Платье летнее из хлопка, синее"}
    answer = client.post(f"/moderation/{item.pk}/approval", posted)
    assert answer.headers["Location"] == f"/moderation/{following.pk}/"
    content = ProductContent.objects.get(product=item.log.product)
    assert content.title == "Платье летнее из хлопка, синее"
    assert content.person_fields == ["title"]
    item.refresh_from_db()
    assert (item.resolution, item.resolved_by) == ("approved", bob)


def test_a_double_click_decides_once(seller: Seller, bob: User, client: Client) -> None:
    item = doubtful(seller)
    client.force_login(bob)
    for _ in range(2):
        assert client.post(f"/moderation/{item.pk}/approval", typed(item)).status_code == 302
    client.post(f"/moderation/{item.pk}/rejection", {"notes": "поздно"})
    item.refresh_from_db()
    assert (item.resolution, item.notes) == ("approved", "")
    assert ProductContent.objects.filter(product=item.log.product).count() == 1


def test_an_edit_that_breaks_a_limit_saves_nothing_and_keeps_what_was_typed(
    seller: Seller, bob: User, client: Client
) -> None:
    item = doubtful(seller)
    client.force_login(bob)
    client.post(f"/moderation/{item.pk}/assignment")
    answer = client.post(f"/moderation/{item.pk}/approval", typed(item) | {"seo_title": "слово " * 30})
    assert answer.status_code == 422
    assert "слово слово" in answer.content.decode()
    item.refresh_from_db()
    assert item.resolution == ""
    assert not ProductContent.objects.exists()


def test_two_people_never_get_the_same_item(seller: Seller, bob: User, client: Client) -> None:
    first, second = doubtful(seller), doubtful(seller)
    anna, other = factories.user("anna", seller=seller, role=Role.MODERATOR), Client()
    client.force_login(bob)
    other.force_login(anna)
    assert client.post("/moderation/next").headers["Location"] == f"/moderation/{first.pk}/"
    assert other.post("/moderation/next").headers["Location"] == f"/moderation/{second.pk}/"
    assert "bob" in other.get(f"/moderation/{first.pk}/").content.decode()
    other.post(f"/moderation/{first.pk}/rejection")
    first.refresh_from_db()
    assert (first.resolution, first.assignee) == ("", bob)


def test_another_category_is_found_by_a_synonym_and_taken(seller: Seller, bob: User, client: Client) -> None:
    item = doubtful(seller)
    shoes = factories.category("Обувь > Сапоги", seller=seller, synonyms=["ботфорты"])
    client.force_login(bob)
    client.post(f"/moderation/{item.pk}/assignment")
    page = client.get(f"/moderation/{item.pk}/", {"category_words": "БОТФОРТ"}).content.decode()
    assert f'value="{shoes.pk}"' in page
    client.post(f"/moderation/{item.pk}/approval", typed(item) | {"category": str(shoes.pk)})
    item.log.product.refresh_from_db()
    assert (item.log.product.category, item.log.product.category_source) == (shoes, "person")


def test_a_category_of_another_seller_is_not_there(
    seller: Seller, other_seller: Seller, bob: User, client: Client
) -> None:
    item = doubtful(seller)
    foreign = factories.category("Чужое", seller=other_seller)
    client.force_login(bob)
    assert (
        client.post(
            f"/moderation/{item.pk}/approval", typed(item) | {"category": str(foreign.pk)}
        ).status_code
        == 404
    )
    item.refresh_from_db()
    assert item.resolution == ""
