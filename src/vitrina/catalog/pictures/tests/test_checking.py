from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Product
from vitrina.catalog.pictures import asking, checking
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.jobs.models import Job
from vitrina.lib import files

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(seller: Seller) -> Product:
    return factories.product(seller=seller)


def stray(name: str, hours_old: float, root: str) -> None:
    files.storage().save(name, io.BytesIO(b"left behind"))
    at = time.time() - hours_old * 3600
    os.utime(Path(root) / name, (at, at))


def test_what_is_whole_is_said_to_be(product: Product, capsys: Any) -> None:
    factories.picture(product)
    report = checking.check()
    assert (report.pictures, report.files, report.is_whole) == (1, 3, True)
    call_command("check_pictures")
    assert "Everything is where it should be." in capsys.readouterr().out


@pytest.mark.parametrize("lost", ["original_name", "processed_name", "thumb_name"])
def test_a_picture_without_a_file_is_told_and_with_mend_fetched_anew(
    product: Product, lost: str, capsys: Any
) -> None:
    picture = factories.picture(product)
    name = getattr(picture, lost)
    files.storage().delete(name)
    with pytest.raises(SystemExit):
        call_command("check_pictures")
    assert name in capsys.readouterr().out
    assert product.images.get().picture == picture  # only looked at
    call_command("check_pictures", "--mend")
    place = product.images.get()
    assert (place.picture, place.state) == (None, ImageState.WAITING)
    assert Job.objects.get(kind=asking.KIND).payload == {"product_ids": [product.pk]}
    assert not Picture.objects.exists()


def test_a_file_that_nobody_knows_is_let_go_once_it_is_old(product: Product, settings: Any) -> None:
    picture = factories.picture(product)
    root = str(settings.MEDIA_ROOT)
    old = f"products/thumbs/{product.seller_id}/aa/{'a' * 64}.webp"
    of_another_seller = picture.thumb_name.replace(f"/{picture.seller_id}/", "/999/")
    stray(old, 7, root)
    stray(of_another_seller, 7, root)
    stray(f"products/original/{product.seller_id}/bb/{'b' * 64}.jpg", 1, root)
    report = checking.check()
    assert (report.strays, sorted(report.stray_names), report.young) == (
        2,
        sorted([old, of_another_seller]),
        1,
    )
    assert files.storage().exists(old)
    checking.check(mend=True)
    assert not files.storage().exists(old)
    assert checking.check().is_whole
    assert files.storage().exists(picture.thumb_name)


def test_a_picture_that_no_product_shows_goes_after_two_days_with_its_files(product: Product) -> None:
    shown, fresh, unseen = (factories.picture(product, colour=colour) for colour in ("red", "blue", "green"))
    product.images.exclude(picture=shown).delete()
    assert checking.let_unseen_go() == 0
    Picture.objects.filter(pk__in=[shown.pk, unseen.pk]).update(created_at="2026-01-01T00:00:00Z")
    assert checking.let_unseen_go() == 1
    assert set(Picture.objects.all()) == {shown, fresh}
    assert checking.check().files == 6
