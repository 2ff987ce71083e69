"""Every address that hands out a file, found by walking all of them."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import resolve, reverse
from tests import factories

from vitrina.accounts.models import Seller, User
from vitrina.console.tests import test_api_matrix
from vitrina.console.tests.addresses import addresses_of
from vitrina.console.tests.world import World, make

pytestmark = pytest.mark.django_db

FILES = {
    "settings_audit_csv", "calls_csv", "import_broken_rows", "import_broken_rows_xlsx", "runs_file", "export_file", "export_report",
    "api_export_file", "api_export_report", "inbox_statistics_csv", "category_tree_file", "image_download",
    "car_archive", "api_car_archive",
}  # fmt: skip


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


def test_every_file_comes_whole_and_an_asynchronous_server_gets_it_piece_by_piece(world: World) -> None:
    """Given a plain iterator it would gather the whole file in memory before the first byte leaves."""
    chief = factories.user("chief", is_superuser=True)
    client = Client()
    client.force_login(chief)
    found = set()
    for address in [*addresses_of(world), *_of_the_api(world)]:
        answer: Any = client.get(address)
        if not answer.headers.get("Content-Disposition", "").startswith("attachment"):
            for close in answer._resource_closers:
                close()
            continue
        found.add(resolve(address.partition("?")[0]).url_name)
        whole = b"".join(answer.streaming_content)
        for close in answer._resource_closers:  # without the signal that would close the test's connection
            close()
        pieces = async_to_sync(_pieces)(chief, address)
        assert answer.status_code == 200, address
        assert whole, address
        assert pieces[0][:4] == whole[:4], address
        if whole[:2] != b"PK":  # a workbook tells the second it was made
            assert b"".join(pieces) == whole, address
    assert found == FILES


async def _pieces(user: User, address: str) -> list[bytes]:
    client = AsyncClient()
    await client.aforce_login(user)
    answer: Any = await client.get(address)
    assert answer.is_async, f"{address} hands a plain iterator to an asynchronous server"
    pieces = [piece async for piece in answer.streaming_content]
    for close in answer._resource_closers:
        close()
    return pieces


def _of_the_api(world: World) -> list[str]:
    """But for the stream of a job, which has no end."""
    return [
        reverse(name, kwargs=row.args(world))
        for (method, name), row in test_api_matrix.MATRIX.items()
        if method == "GET" and name != "api_job_events"
    ]
