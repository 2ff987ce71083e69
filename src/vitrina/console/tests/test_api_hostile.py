"""What no honest program sends, in every field that the description names: refused in words, never a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse
from tests import factories

from vitrina.accounts.models import Seller
from vitrina.catalog.models import Import
from vitrina.console.tests.test_api_matrix import MATRIX
from vitrina.console.tests.test_matrix import undone
from vitrina.console.tests.world import World, make
from vitrina.rest.readable import METHODS, resolved
from vitrina.rest.views import described_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet_refusals")]

UNSTORABLE = ["a\x00b", "\ud800"]  # no database keeps them all
HOSTILE = [*UNSTORABLE, 10**40, 1e308, "0001-01-01T00:00:00", "x" * 60_000]
NESTED = [*HOSTILE, [UNSTORABLE[0]], [10**40], [[]], {"": None}]
UNREADABLE = {
    b"{": 400, b"[]": 422, b"null": 422, b"\xff\xfe{}": 400, b'{"a": NaN}': 400, b'{"a": 1, "a": 2}': 400, b"[" * 100_000: 400,
    b'{"seller": 1' + b"0" * 5_000 + b"}": 400, b'{"\\u0000": 1}': 400, b'{"a": "\\ud800"}': 400,
}  # fmt: skip


@pytest.fixture
def world(seller: Seller, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return make(seller)


@pytest.fixture
def client() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(factories.user("chief", is_superuser=True))
    return client


def operations(world: World) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """(method, address, body that fits, what the description says) of all but the stream, which would stay open."""
    described = {}
    for path, methods in described_in("en")["paths"].items():
        name = resolve(re.sub(r"\{\w+\}", "1", path)).url_name
        described |= {(method.upper(), name): methods[method] for method in METHODS if method in methods}
    for key, row in MATRIX.items():
        if not row.is_open and key[1] != "api_job_events":
            body = row.body(world) if row.body else {}
            yield key[0], reverse(key[1], kwargs=row.args(world)), body, described[key]


def refusals(response: Any) -> str:
    is_problem = response.headers["Content-Type"] == "application/problem+json"
    return "" if 400 <= response.status_code < 500 and is_problem else f"{response.status_code}"


def test_a_query_of_anything_is_answered_or_refused_in_words(world: World, client: Client) -> None:
    wrong = {}
    for method, address, _body, described in operations(world):
        for one in described.get("parameters", []):
            if one["in"] != "query":
                continue
            for value in HOSTILE:
                text = value if isinstance(value, str) else json.dumps(value)
                with undone():
                    sent = f"{address}?{one['name']}={quote(text, errors='surrogatepass')}"
                    response = client.generic(method, sent)
                if refusals(response) and (response.status_code != 200 or value in UNSTORABLE[:1]):
                    wrong[sent[:100]] = response.status_code
    assert wrong == {}


def test_a_number_that_no_database_holds_is_nowhere(world: World, client: Client) -> None:
    wrong = {}
    for method, address, body, _described in operations(world):
        sent = re.sub(r"/\d+(?=/|$)", f"/{10**33}", address)
        if sent == address:
            continue
        with undone():
            response = client.generic(method, sent, json.dumps(body), content_type="application/json")
        if refusals(response) or response.status_code != 404:
            wrong[f"{method} {address}"] = response.status_code
    assert wrong == {}


def test_a_body_of_anything_is_taken_or_refused_in_words(world: World, client: Client) -> None:
    wrong = {}
    for method, address, body, described in operations(world):
        told = described.get("requestBody", {}).get("content", {}).get("application/json")
        if told is None:
            continue
        for field in resolved(told["schema"], described_in("en"))["properties"]:
            for value in NESTED:
                with undone():
                    response = client.generic(
                        method, address, json.dumps(body | {field: value}), content_type="application/json"
                    )
                if refusals(response) and (response.status_code >= 300 or value in UNSTORABLE):
                    wrong[f"{method} {address} {field} {str(value)[:40]!r}"] = response.status_code
        for raw, status in UNREADABLE.items():
            with undone():
                response = client.generic(method, address, raw, content_type="application/json")
            if refusals(response) or response.status_code != status:
                wrong[f"{method} {address} {raw[:40]!r}"] = response.status_code
    assert wrong == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("supplier", "a\x00b"),
        ("currency", "RU\x00"),
        ("seller", "1\x00"),
        ("format", "csv\x00"),
        ("a\x00b", "x"),
    ],
)
def test_a_form_with_what_cannot_be_stored_is_refused(
    field: str, value: str, world: World, client: Client
) -> None:
    before = Import.objects.count()
    file = SimpleUploadedFile("feed\x00.csv", b"id,title\n1,a\n")
    response = client.post("/api/v1/imports", {"seller": world.seller.pk, "file": file, field: value})
    assert response.status_code == 422, response.content
    assert Import.objects.count() == before
