"""A POST goes where the guard lets it, once; whatever comes back is an answer, and only its beginning is read."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from vitrina.lib.fetch import Fetcher, FetchFailed, FetchRefused
from vitrina.lib.guard import Guard
from vitrina.lib.tests.conftest import SERVER_ADDRESS, ScriptedServer, answer
from vitrina.lib.tests.test_fetch import PRIVATE_ADDRESSES, PRIVATE_URLS, connected, fetcher  # noqa: F401


def test_the_body_and_the_headers_arrive_as_they_were_given(
    fetcher: Fetcher,  # noqa: F811
    server: ScriptedServer,
) -> None:
    posted = fetcher.post(f"{server.url}/hooks?x=1", '{"a":"я"}'.encode(), headers={"webhook-id": "e1"})
    assert (posted.status, posted.body, posted.is_whole) == (200, b"hello", True)
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hooks?x=1 HTTP/1.1\r\n")
    assert b"Content-Length: 10" in head
    assert b"Webhook-Id: e1" in head
    assert body == '{"a":"я"}'.encode()


@pytest.mark.parametrize("url", PRIVATE_URLS)
def test_a_private_url_is_refused_and_nothing_is_connected_to(
    url: str,
    fetcher: Fetcher,  # noqa: F811
    connected: list[str],  # noqa: F811
) -> None:
    with pytest.raises(FetchRefused):
        fetcher.post(url, b"{}")
    assert connected == []


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_a_name_that_stands_for_a_private_address_is_refused(
    address: str,
    connected: list[str],  # noqa: F811
) -> None:
    fetcher = Fetcher(resolve=lambda host, port: [address])  # noqa: F811
    with pytest.raises(FetchRefused):
        fetcher.post("http://shop.example/", b"{}")
    assert connected == []


def test_the_name_is_asked_once_and_the_connection_goes_to_that_answer(
    server: ScriptedServer,
    connected: list[str],  # noqa: F811
) -> None:
    answers = iter([[SERVER_ADDRESS], ["127.0.0.1"], ["10.0.0.1"]])
    guard = Guard.allowing([f"{SERVER_ADDRESS}/32"], [server.port])
    fetcher = Fetcher(guard, resolve=lambda host, port: next(answers))  # noqa: F811
    assert fetcher.post(f"http://shop.example:{server.port}/", b"{}").status == 200
    assert connected == [SERVER_ADDRESS]


def test_a_redirect_is_an_answer_and_is_not_followed(
    fetcher: Fetcher,  # noqa: F811
    server: ScriptedServer,
    connected: list[str],  # noqa: F811
) -> None:
    for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
        server.script = lambda request, peer, status=status: peer.sendall(  # type: ignore[misc]
            answer(b"", f"Location: {server.url}/other", status=status)
        )
        assert fetcher.post(server.url, b"{}").status == int(status[:3])
    assert len(server.requests) == len(connected) == 4


@pytest.mark.parametrize("status", ["400 Bad", "404 Not Found", "410 Gone", "500 Broken", "204 No Content"])
def test_every_status_is_an_answer(status: str, fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    server.script = lambda request, peer: peer.sendall(answer(b"", status=status))
    assert fetcher.post(server.url, b"{}").status == int(status[:3])


def test_how_long_to_wait_is_read(fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    server.script = lambda request, peer: peer.sendall(
        answer(b"", "Retry-After: 30", status="429 Too Many Requests")
    )
    assert fetcher.post(server.url, b"{}").retry_after == 30.0


def _endless(request: bytes, peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        peer.sendall(b"x" * 65536)


def test_of_a_giant_answer_the_beginning_is_read(fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    server.script = _endless
    posted = fetcher.post(server.url, b"{}", max_bytes=1024)
    assert (posted.status, posted.body, posted.is_whole) == (200, b"x" * 1024, False)


def test_an_answer_that_breaks_off_keeps_its_status(fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    server.script = lambda request, peer: peer.sendall(answer(b"half", length=4000))
    posted = fetcher.post(server.url, b"{}")
    assert (posted.status, posted.body) == (200, b"half")


def test_a_receiver_that_hangs_ends_at_the_deadline(fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    over = threading.Event()
    server.script = lambda request, peer: over.wait(5) and None
    begun = time.monotonic()
    with pytest.raises(FetchFailed, match=r"did not answer fully within 0\.3 seconds"):
        fetcher.post(server.url, b"{}", deadline_seconds=0.3)
    assert time.monotonic() - begun < 3
    over.set()


def test_a_header_that_would_break_the_request_is_refused(fetcher: Fetcher, server: ScriptedServer) -> None:  # noqa: F811
    bad: Any
    for bad in ({"x": "1\r\ny: 2"}, {"x y": "1"}):
        with pytest.raises(ValueError):
            fetcher.post(server.url, b"{}", headers=bad)
    assert server.requests == []
