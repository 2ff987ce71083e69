from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from vitrina.accounts.models import Seller
from vitrina.catalog import exporting, importing
from vitrina.catalog.models import Export, Import
from vitrina.catalog.tidying import tidy
from vitrina.lib.files import storage

pytestmark = pytest.mark.django_db


def test_old_files_go_and_their_rows_stay(seller: Seller, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for _ in range(2):
        importing.read(importing.prepare(seller, file=io.BytesIO(b"id;name\n1;Mug\n"), file_name="feed.csv"))
        exporting.write_out(exporting.start(seller, target="ozon", file_format="csv"))
    live = importing.prepare(seller, file=io.BytesIO(b"id;name\n2;Cup\n"), file_name="feed.csv")
    long_ago = timezone.now() - timedelta(days=31)
    old_feed, old_export = Import.objects.earliest("pk"), Export.objects.earliest("pk")
    Import.objects.filter(pk=old_feed.pk).update(finished_at=long_ago)
    Export.objects.filter(pk=old_export.pk).update(finished_at=long_ago)
    assert tidy() == {"feeds": 1, "exports": 1}
    assert tidy() == {"feeds": 0, "exports": 0}
    gone = (old_feed.stored_name, old_export.file_name, old_export.report_name)
    assert not any(storage().exists(name) for name in gone)
    assert (Import.objects.count(), Export.objects.count()) == (3, 2)
    kept = [*Import.objects.exclude(stored_name="").values_list("stored_name", flat=True)]
    kept += Export.objects.exclude(file_name="").values_list("file_name", flat=True)
    assert len(kept) == 3
    assert live.stored_name in kept
    assert all(storage().exists(name) for name in kept)
