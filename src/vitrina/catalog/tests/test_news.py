"""The end of an import or export is announced, once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.catalog import abandoned, exporting, importing
from vitrina.catalog.models import Export
from vitrina.webhooks import endpoints
from vitrina.webhooks.models import Event

pytestmark = pytest.mark.django_db

FEED = "Артикул;Название;Цена\n7;Кружка;100\n8;;200\n".encode()


@pytest.fixture
def told(seller: Seller, alice: User, settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    endpoints.create(
        seller, url="https://shop.example/", kinds=["import.finished", "export.finished"], by=alice
    )
    return lambda: list(Event.objects.order_by("pk").values_list("kind", "subject", "data"))


def test_an_import_says_what_came_in(seller: Seller, told: Any) -> None:
    run = importing.prepare(seller, file=io.BytesIO(FEED), file_name="feed.csv")
    importing.read(run)
    importing.read(run) if run.state != "done" else None
    [(kind, subject, data)] = told()
    assert (kind, subject) == ("import.finished", f"import:{run.pk}")
    assert {name: data[name] for name in ("state", "source", "read", "created", "broken", "error")} == {
        "state": "done", "source": "feed.csv", "read": 2, "created": 1, "broken": 1, "error": "",
    }  # fmt: skip


def test_an_import_that_can_not_be_read_says_so(seller: Seller, told: Any) -> None:
    run = importing.prepare(seller, file=io.BytesIO(b"\x00\x01\x02"), file_name="feed.yml")
    with pytest.raises(importing.ImportFailed):
        importing.read(run)
    [(_kind, _subject, data)] = told()
    assert data["state"] == "failed"
    assert data["error"]


def test_an_export_says_what_was_written(seller: Seller, told: Any) -> None:
    factories.product(seller=seller)
    run = exporting.start(seller, target="shop", file_format="csv")
    exporting.write_out(run)
    [(kind, subject, data)] = told()
    assert (kind, subject, data["state"]) == ("export.finished", f"export:{run.pk}", "done")
    assert data["written"] + data["held_back"] == 1


def test_an_export_whose_job_is_gone_is_told_as_failed(seller: Seller, told: Any) -> None:
    run = exporting.start(seller, target="shop", file_format="csv")
    Export.objects.filter(pk=run.pk).update(state="running", job_id=999_999)
    assert abandoned.close_abandoned() == 1
    assert abandoned.close_abandoned() == 0
    [(_kind, _subject, data)] = told()
    assert data["state"] == "failed"
