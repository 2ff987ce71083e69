"""Before a file is written: what would go, what a limit holds back, which products are meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog import exporting
from vitrina.catalog.models import Export, Picture, Product, ProductContent, ProductImage, RunState
from vitrina.catalog.pictures.models import ImageState
from vitrina.catalog.tidying import tidy
from vitrina.jobs.models import Job
from vitrina.jobs.worker import run_ready

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


def finished(seller: Seller, title: str = "Платье летнее", **fields: Any) -> Product:
    product = factories.product(seller=seller, **fields)
    ProductContent.objects.create(product=product, language="ru", title=title, description="<p>Лёгкое.</p>")
    return product


def picture(product: Product, position: int, **known: Any) -> None:
    """A stored picture at the product; `known` None: its address alone."""
    stored = None
    if known:
        digest = f"{product.pk:032}{position:032}"
        stored = Picture.objects.create(
            seller=product.seller, digest=digest, media_type="image/jpeg", size=90_000, likeness=0, **known
        )
    ProductImage.objects.create(
        product=product, url=f"https://shop.example/{product.pk}/{position}.jpg", position=position, picture=stored,
        state=ImageState.STORED if stored else ImageState.WAITING,
    )  # fmt: skip


def ask(client: Client, seller: Seller, **wishes: str) -> Export:
    form = {
        "seller": seller.pk,
        "target": "wildberries",
        "file_format": "csv",
        "language": "ru",
        "which": "all",
    }
    answer = client.post("/exports/", form | wishes)
    assert answer.status_code == 302, answer.content.decode()
    run_ready()
    return Export.objects.latest("pk")


@pytest.fixture
def desk(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_the_check_says_what_goes_and_what_not_and_writes_nothing(seller: Seller, desk: Client) -> None:
    finished(seller)
    long = finished(seller, title="Платье " + "очень " * 20)
    factories.product(seller=seller)
    draft = ask(desk, seller)
    assert (draft.state, draft.file_name) == (RunState.DRAFT, "")
    checked = draft.checked or {}
    assert (checked["cards"], checked["go"], checked["held"]) == (3, 1, 2)
    reasons = {reason["code"]: reason for reason in checked["reasons"]}
    assert set(reasons) >= {"title.max_chars", "text.finished"}
    assert reasons["title.max_chars"]["products"] == [[long.pk, long.title]]
    page = desk.get(f"/exports/{draft.pk}/").content.decode()
    assert f"/products/{long.pk}/" in page
    desk.post(f"/exports/{draft.pk}/writing")
    desk.post(f"/exports/{draft.pk}/writing")
    assert Job.objects.filter(kind=exporting.KIND).count() == 1
    run_ready()
    draft.refresh_from_db()
    assert (draft.state, draft.written, draft.held_back) == (RunState.DONE, 1, 2)
    assert draft.size
    sent = desk.get(f"/exports/{draft.pk}/file")
    assert len(b"".join(sent.streaming_content)) == draft.size  # type: ignore[arg-type]
    sent.close()


def test_since_the_last_export_only_what_changed_is_meant(seller: Seller, desk: Client) -> None:
    finished(seller)
    edited = finished(seller)
    first = ask(desk, seller)
    desk.post(f"/exports/{first.pk}/writing")
    run_ready()
    long_ago = timezone.now() - timedelta(days=3)
    Product.objects.update(updated_at=long_ago)
    ProductContent.objects.update(updated_at=long_ago)
    ProductContent.objects.filter(product=edited).update(updated_at=timezone.now() + timedelta(seconds=5))
    assert (ask(desk, seller, which="since").checked or {})["cards"] == 1
    assert (ask(desk, seller).checked or {})["cards"] == 2
    # For another target there was no export yet: everything has changed.
    assert (ask(desk, seller, which="since", target="ozon").checked or {})["cards"] == 2


def test_a_branch_and_words_narrow_it(seller: Seller, desk: Client) -> None:
    branch = factories.category("Одежда", seller=seller)
    leaf = factories.category("Одежда > Платья", seller=seller)
    finished(seller, category=leaf)
    finished(seller)
    assert (ask(desk, seller, category=str(branch.pk)).checked or {})["cards"] == 1
    assert (ask(desk, seller, words="нет такого").checked or {})["cards"] == 0


def test_a_file_that_was_let_go_is_said_and_can_be_written_anew(seller: Seller, desk: Client) -> None:
    finished(seller)
    old = ask(desk, seller)
    desk.post(f"/exports/{old.pk}/writing")
    run_ready()
    Export.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=40))
    tidy()
    assert "файл больше не хранится" in desk.get("/exports/").content.decode()
    assert desk.get(f"/exports/{old.pk}/file").status_code == 404
    desk.post(f"/exports/{old.pk}/repetition")
    run_ready()
    again = Export.objects.latest("pk")
    assert (again.pk != old.pk, (again.checked or {})["go"]) == (True, 1)


def test_a_draft_can_be_put_away_and_an_old_one_goes_by_itself(seller: Seller, desk: Client) -> None:
    first, second = ask(desk, seller), ask(desk, seller)
    desk.post(f"/exports/{first.pk}/discarding")
    Export.objects.filter(pk=second.pk).update(created_at=timezone.now() - timedelta(days=3))
    tidy()
    assert not Export.objects.exists()


def test_another_sellers_category_and_words_of_nobody_are_refused(
    seller: Seller, other_seller: Seller, desk: Client
) -> None:
    foreign = factories.category("Чужое", seller=other_seller)
    form = {
        "seller": seller.pk,
        "target": "shop",
        "file_format": "csv",
        "language": "ru",
        "category": foreign.pk,
    }
    assert desk.post("/exports/", form).status_code == 422
    assert desk.get("/exports/?category=9999999999999999999999&q=\x00").status_code == 200
    assert not Export.objects.exists()


def test_a_stored_picture_that_is_too_small_holds_its_card_back_and_an_unknown_one_does_not(
    seller: Seller, desk: Client
) -> None:
    small, good, unknown = finished(seller), finished(seller), finished(seller)
    picture(small, 0, width=1200, height=1600)
    picture(small, 1, width=500, height=500)
    picture(good, 0, width=700, height=900, measured={"sharpness": {"kind": "blurred"}})
    picture(unknown, 0)
    run = ask(desk, seller)
    assert run.checked is not None
    assert (run.checked["go"], run.checked["held"]) == (2, 1)
    (held,) = run.checked["reasons"]
    assert held["code"] == "pictures.min_pixels"
    assert [pk for pk, _title in held["products"]] == [small.pk]
    (advised,) = run.checked["advice"]
    assert (advised["code"], advised["count"]) == ("pictures.not_blurred", 1)
    page = desk.get(f"/exports/{run.pk}/").content.decode()
    assert "картинки: слишком маленькие" in page
    assert "мало пикселей в картинке 2 (500 × 500); нужно не меньше 700 × 900" in page
    assert "не меньше 700 × 900 пикселей" in page
    run = ask(desk, seller, target="yml")
    assert run.checked is not None
    assert "pictures.min_pixels" not in str(run.checked)
