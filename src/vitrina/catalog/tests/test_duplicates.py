"""Products that may be one: found within bounds, said why, and what a person says of them is remembered."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog.duplicates import finding
from vitrina.catalog.duplicates.models import DuplicatePair
from vitrina.catalog.duplicates.pairing import MOST_ALIKE, NEAR, Item, pairs
from vitrina.catalog.models import Product, ProductImage
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.catalog.similar import similar
from vitrina.jobs.worker import run_ready
from vitrina.lib.pictures.likeness import distance

_digest = itertools.count(1)
LIKENESS = 0x5A5A_1234_0FF0_C3C3


def found(*items: Item) -> dict[tuple[int, int], dict[str, Any]]:
    return dict(pairs(items).reasons)


def test_a_barcode_is_a_reason_however_it_is_written() -> None:
    assert found(Item(2, "Кружка", "460-123456789-0"), Item(1, "Чашка", "4601234567890")) == {
        (1, 2): {"barcode": "4601234567890"}
    }
    assert found(Item(1, "А", "0000000000000"), Item(2, "Б", "0000000000000")) == {}
    assert found(Item(1, "А", "123"), Item(2, "Б", "123")) == {}


@pytest.mark.parametrize(
    ("one", "other", "is_pair"),
    [
        ("Кружка Лиса керамическая 400 мл", "Кружка керамическая «Лиса», 400 мл", True),
        ("Кружка Лиса керамическая 400 мл", "Кружка керамическая Лиса 400 мл Ceramo подарочная", True),
        ("Кружка Лиса керамическая 400 мл", "Кружка Лиса керамическая 500 мл", False),  # another size
        ("Кружка Лиса белая 400 мл", "Кружка Лиса чёрная 400 мл", False),  # another colour
        ("Шлейка для собак с ручкой, размер S", "Шлейка для собак с ручкой, размер XL", False),
        ("Картридж HP CF410A чёрный", "Картридж HP CF411A чёрный", False),  # another model
        ("Кружка", "Кружка", False),  # too little is said
    ],
)
def test_a_title_is_a_reason_only_where_all_its_words_and_numbers_are_there(
    one: str, other: str, is_pair: bool
) -> None:
    assert bool(found(Item(1, one), Item(2, other))) is is_pair


def test_what_very_many_share_is_no_reason() -> None:
    crowd = [
        Item(number, f"Товар {number}", "4601234567890", 7, LIKENESS) for number in range(1, MOST_ALIKE + 2)
    ]
    told = pairs(crowd)
    assert not told.reasons
    assert told.left_out >= 2


@given(st.integers(-(2**63), 2**63 - 1), st.lists(st.integers(0, 63), max_size=6, unique=True))
def test_pictures_are_found_exactly_where_few_bits_differ(likeness: int, flips: list[int]) -> None:
    bits = likeness & (2**64 - 1)
    for place in flips:
        bits ^= 1 << place
    other = bits - 2**64 if bits >> 63 else bits
    is_plain = any(not 4 <= (one & (2**64 - 1)).bit_count() <= 60 for one in (likeness, other))
    told = found(Item(1, "А", picture_id=1, likeness=likeness), Item(2, "Б", picture_id=2, likeness=other))
    assert bool(told) is (distance(likeness, other) <= NEAR and not is_plain)


# --- In the catalogue -------------------------------------------------------------------------------------


def pictured(product: Product, likeness: int) -> Picture:
    picture = Picture.objects.create(
        seller=product.seller, digest=f"{next(_digest):064x}", media_type="image/jpeg", size=10, width=600, height=600,
        likeness=likeness,
    )  # fmt: skip
    ProductImage.objects.create(
        product=product, url=f"https://a.example/{picture.pk}.jpg", picture=picture, state=ImageState.STORED
    )
    return picture


@pytest.mark.django_db
def test_a_look_finds_renews_and_keeps_what_was_said(
    seller: Seller, other_seller: Seller, alice: User
) -> None:
    one = factories.product(seller=seller, title="Кружка Лиса керамическая 400 мл", barcode="4601234567890")
    two = factories.product(seller=seller, title="Лиса, кружка керамическая 400 мл", barcode="4601234567890")
    three = factories.product(seller=seller, title="Плед")
    factories.product(seller=other_seller, title="Кружка Лиса керамическая 400 мл", barcode="4601234567890")
    pictured(two, LIKENESS)
    pictured(three, LIKENESS ^ 0b11)
    told = finding.look(seller.pk, number=1)
    assert (told["products"], told["pairs"]) == (3, 2)
    same = DuplicatePair.objects.get(one=one, other=two)
    assert same.reasons == {"barcode": "4601234567890", "text": 1.0}
    assert DuplicatePair.objects.get(one=two, other=three).reasons == {"picture": 2}
    finding.dismiss(same, by=alice)
    Product.objects.filter(pk=three.pk).update(title="Плед шерстяной")
    ProductImage.objects.filter(product=three).delete()
    assert finding.look(seller.pk, number=2)["gone"] == 1
    same.refresh_from_db()
    assert (DuplicatePair.objects.count(), same.dismissed_by) == (1, alice)


@pytest.mark.django_db
def test_the_page_pages_by_keys_and_remembers(
    client: Client, seller: Seller, alice: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr("vitrina.catalog.duplicate_views.PAGE", 2)
    for number in range(3):
        for _copy in range(2):
            factories.product(seller=seller, title=f"Товар номер {number}", barcode=f"46012345678{number}0")
    client.force_login(alice)
    client.post(reverse("duplicates_look"), {"seller": seller.pk})
    run_ready()
    first = client.get(reverse("duplicates"))
    assert [list(row["pair"].reasons) for row in first.context["pairs"]] == [["barcode"]] * 2
    assert all(len(row["why"]) == 1 for row in first.context["pairs"])
    second = client.get(reverse("duplicates"), {"seller": seller.pk, "before": first.context["older"]})
    shown = [row["pair"] for page in (first, second) for row in page.context["pairs"]]
    assert len({pair.pk for pair in shown}) == 3
    assert second.context["older"] is None
    client.post(reverse("duplicate_dismissal", args=[shown[0].pk]))
    assert shown[0] not in [row["pair"] for row in client.get(reverse("duplicates")).context["pairs"]]
    dismissed = client.get(reverse("duplicates"), {"dismissed": "1"}).context["pairs"]
    assert [row["pair"] for row in dismissed] == [shown[0]]
    client.post(reverse("duplicate_dismissal", args=[shown[0].pk]), {"again": "1"})
    assert DuplicatePair.objects.filter(dismissed_at=None).count() == 3


@pytest.mark.django_db
def test_another_sellers_pairs_are_not_there(
    client: Client, seller: Seller, other_seller: Seller, alice: User
) -> None:
    theirs = [factories.product(seller=other_seller, barcode="4601234567890") for _ in range(2)]
    finding.look(other_seller.pk, number=1)
    pair = DuplicatePair.objects.get(one=theirs[0])
    client.force_login(alice)
    assert client.post(reverse("duplicate_dismissal", args=[pair.pk])).status_code == 404
    assert client.post(reverse("duplicates_look"), {"seller": other_seller.pk}).status_code == 404
    assert client.get(reverse("product_similar", args=[theirs[0].pk])).status_code == 404
    assert client.get(reverse("duplicates"), {"seller": other_seller.pk}).status_code == 404


@pytest.mark.django_db
def test_nearly_the_same_first_picture_makes_a_product_similar(
    client: Client, seller: Seller, alice: User
) -> None:
    one = factories.product(seller=seller, title="Кружка Лиса")
    two = factories.product(seller=seller, title="Abc-12")
    far = factories.product(seller=seller, title="Xyz-77")
    for product, likeness in ((one, LIKENESS), (two, LIKENESS ^ 0b111), (far, ~LIKENESS)):
        pictured(product, likeness)
    (alike,) = similar(one, limit=5)
    assert (alike.product, alike.by, alike.score) == (two, ("picture",), round(1 - 3 / 64, 4))
    client.force_login(alice)
    told = client.get(reverse("api_product_similar", args=[one.pk])).json()
    assert [(row["by"], row["product"]["id"]) for row in told["results"]] == [(["picture"], two.pk)]
    assert "Abc-12" in client.get(reverse("product_similar", args=[one.pk])).content.decode()
