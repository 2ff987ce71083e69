"""A real process, killed again and again while it fetches: no row points to nothing, and only the rest is asked for."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures.fetching import fetch
from vitrina.catalog.pictures.models import ImageState, Picture
from vitrina.catalog.pictures.tests.site import Site, picture
from vitrina.lib import files

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = 40
A_TIME = 8

KILLER = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "vitrina.config.settings"
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = {database!r}
settings.FETCH_ALLOWED_NETWORKS, settings.FETCH_ALLOWED_PORTS = ["127.0.0.0/8"], [{port}]
settings.MEDIA_ROOT = __import__("pathlib").Path({files!r})
django.setup()
from vitrina.catalog.pictures import fetching, noting
from vitrina.lib.storage import DiskStorage
fetching.UNDER_WAY = fetching.WRITE_AT_MOST = {a_time}
def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)
saves, writes, save = 0, 0, DiskStorage.save
def counted(*given, **more):
    global saves
    save(*given, **more)
    saves += 1
    if {where!r} == "between a picture's files" and writes > 1 and saves % 3 == 2:
        die()
DiskStorage.save = counted
write = noting.write_rows
def written(*given):
    global writes
    told = write(*given)
    writes += 1
    if {where!r} == "before the rows are committed" and writes == 2:
        die()
    return told
noting.write_rows = written
def progress(done, total):
    if {where!r} == "after some rows" and done:
        die()
fetching.fetch({seller}, [{product}], on_progress=progress)
"""


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the other process opens the file of the test's database"
)
@pytest.mark.parametrize(
    "where", ["between a picture's files", "before the rows are committed", "after some rows"]
)
def test_killed_anywhere_what_is_noted_stands_and_the_rest_follows(
    where: str, seller: Seller, site: Site, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    for number in range(PICTURES):
        site.pages[f"/{number}.jpg"] = picture(size=(20, 20 + number))
    dress = factories.product(seller=seller)
    ProductImage.objects.bulk_create(
        ProductImage(product=dress, url=f"{site.url}/{number}.jpg", position=number)
        for number in range(PICTURES)
    )
    script = KILLER.format(
        database=str(django_settings.DATABASES["default"]["NAME"]),
        port=urlsplit(site.url).port,
        files=str(tmp_path / "files"),
        seller=seller.pk,
        product=dress.pk,
        where=where,
        a_time=A_TIME,
    )
    kept = 0
    for _ in range(2):
        killed = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        stored = dress.images.filter(state=ImageState.STORED)
        assert stored.count() > kept
        kept = stored.count()
        _files_stand_whole(stored)
        assert dress.images.filter(state=ImageState.WAITING).count() == PICTURES - kept
    asked = sum(site.asked.values())
    assert fetch(seller.pk, [dress.pk]).stored == PICTURES - kept
    assert sum(site.asked.values()) == asked + PICTURES - kept
    assert Picture.objects.count() == PICTURES
    _files_stand_whole(dress.images.all())


def _files_stand_whole(places: Any) -> None:
    storage = files.storage()
    for place in places.select_related("picture"):
        for name in (place.picture.original_name, place.picture.processed_name, place.picture.thumb_name):
            with storage.open(name) as file:
                assert file.read()
