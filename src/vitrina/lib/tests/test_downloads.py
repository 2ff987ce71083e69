from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncRequestFactory, RequestFactory

from vitrina.lib import downloads


def test_a_line_is_made_when_it_is_sent() -> None:
    made = []

    def lines() -> Iterator[str]:
        for number in range(3):
            made.append(number)
            yield f"{number}\r\n"

    async def read(response: Any) -> list[tuple[bytes, int]]:
        return [(piece, len(made)) async for piece in response.streaming_content]

    response = downloads.table(AsyncRequestFactory().get("/"), lines(), "x.csv")
    assert async_to_sync(read)(response) == [(b"0\r\n", 1), (b"1\r\n", 2), (b"2\r\n", 3)]
    assert response.headers["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert b"".join(downloads.table(RequestFactory().get("/"), lines(), "x.csv")) == b"0\r\n1\r\n2\r\n"  # type: ignore[arg-type]


def test_a_file_comes_in_pieces_and_is_closed_with_its_answer() -> None:
    body = b"12345" * downloads.PIECE

    async def read(response: Any) -> list[bytes]:
        return [piece async for piece in response.streaming_content]

    for request in (AsyncRequestFactory().get("/"), RequestFactory().get("/")):
        stream = io.BytesIO(body)
        response = downloads.file(request, stream, "карточки.csv")
        pieces = async_to_sync(read)(response) if response.is_async else list(response)
        assert [len(piece) for piece in pieces] == [downloads.PIECE] * 5
        assert response.headers["Content-Length"] == str(len(body))
        assert "filename*=utf-8''" in response.headers["Content-Disposition"]
        for close in response._resource_closers:
            close()
        assert stream.closed
