"""Each refusal that a request can earn before any door looks at it: a problem in words, and nothing done."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from vitrina.accounts import tokens
from vitrina.accounts.models import Seller, User
from vitrina.catalog.models import Import

pytestmark = pytest.mark.django_db

JSON = "application/json"
BORDER = "multipart/form-data; boundary=b"


@pytest.fixture(autouse=True)
def _fresh_minute() -> None:
    cache.clear()


@pytest.fixture
def header(alice: User) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {tokens.issue(alice, 'x', ['view', 'import', 'edit_catalogue']).secret}"
    }


def kind_of(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json", response.content
    body = response.json()
    assert body["status"] == response.status_code
    assert body["detail"]
    return body["status"], body["type"].removeprefix("/api/docs#problem-")


@pytest.mark.parametrize(
    ("method", "address", "body", "media", "expected"),
    [
        ("GET", "/api/v1/nothing", b"", JSON, (404, "not-found")),
        ("GET", "/api/v1/products/", b"", JSON, (404, "not-found")),
        ("GET", "/api/v1/products/99999999999999999999999", b"", JSON, (404, "not-found")),
        ("GET", "/api/v1/products/%00", b"", JSON, (404, "not-found")),
        ("GET", "/api/v1/products/%FF", b"", JSON, (404, "not-found")),
        ("PUT", "/api/v1/imports", b"{}", JSON, (405, "method")),
        ("OPTIONS", "/api/v1/imports", b"", JSON, (405, "method")),
        ("TRACE", "/api/v1/imports", b"", JSON, (405, "method")),
        ("POST", "/api/v1/openapi.json", b"{}", JSON, (405, "method")),
        ("POST", "/api/v1/imports", b"<a/>", "application/xml", (415, "media-type")),
        ("POST", "/api/v1/imports", b"seller=1", "application/x-www-form-urlencoded", (415, "media-type")),
        ("POST", "/api/v1/ai/templates", b"--b--", BORDER, (415, "media-type")),
        ("POST", "/api/v1/imports", b"{", JSON, (400, "unreadable")),
        ("POST", "/api/v1/imports", b"{}", "multipart/form-data", (400, "unreadable")),
        ("POST", "/api/v1/imports", b"--b\r\nContent", BORDER, (422, "invalid")),
        ("POST", "/api/v1/imports", b"{}", JSON, (422, "invalid")),
    ],
)
def test_a_request_that_cannot_be_taken_is_refused_in_words(
    method: str,
    address: str,
    body: bytes,
    media: str,
    expected: tuple[int, str],
    header: dict[str, str],
    client: Client,
) -> None:
    response = client.generic(method, address, body, content_type=media, headers=header)
    assert kind_of(response) == expected
    assert "Allow" in response.headers or response.status_code != 405
    assert Import.objects.count() == 0


@pytest.mark.parametrize("media", [JSON, BORDER])
def test_a_body_that_is_too_big_is_refused_by_its_announced_length(
    media: str, header: dict[str, str], client: Client, settings: Any
) -> None:
    settings.API_MOST_BODY_BYTES = settings.API_MOST_UPLOAD_BYTES = 100
    response = client.generic("POST", "/api/v1/imports", b"x" * 101, content_type=media, headers=header)
    assert kind_of(response) == (413, "too-big")
    assert (response.json()["limit"], response.json()["value"]) == (100, 101)


def test_a_body_of_no_announced_length_is_not_read(header: dict[str, str], client: Client) -> None:
    headers = header | {"Transfer-Encoding": "chunked"}
    assert kind_of(client.post("/api/v1/imports", headers=headers, CONTENT_LENGTH=""))[0] == 411


def test_a_host_that_is_not_ours_is_refused_in_words(header: dict[str, str], client: Client) -> None:
    response = client.get("/api/v1/products", headers=header | {"Host": "evil.example"})
    assert kind_of(response) == (400, "unreadable")


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "*/*;q=0", "nonsense"])
def test_there_is_one_format_whatever_is_asked_for(
    accept: str, header: dict[str, str], client: Client
) -> None:
    """RFC 9110, 12.5.1: better an answer of another kind than none."""
    response = client.get("/api/v1/products", headers=header | {"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_the_head_is_that_of_the_whole(header: dict[str, str], seller: Seller, client: Client) -> None:
    whole, head = (
        getattr(client, how)(f"/api/v1/sellers/{seller.pk}", headers=header) for how in ("get", "head")
    )
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", whole["Content-Length"])
    for refused, status in (
        (client.head("/api/v1/sellers/0", headers=header), 404),
        (client.head("/api/v1/sellers"), 401),
    ):
        assert (refused.status_code, refused.content) == (status, b"")
