"""Tables and files that leave piece by piece, under both kinds of servers.

Given a plain iterator, an asynchronous server reads it to its end before the first byte leaves: a long table would be
whole in memory, and nothing would come for as long as it is made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from functools import partial
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, StreamingHttpResponse

PIECE = 256 * 1024  # bytes of a file; each costs the asynchronous server a turn of a thread


def table(request: HttpRequest, lines: Iterator[str] | Iterator[bytes], name: str) -> StreamingHttpResponse:
    """CSV as it is made, under a file name of ours."""
    response = StreamingHttpResponse(_pieces(request, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def file(
    request: HttpRequest, stream: IO[bytes], name: str, content_type: str = "application/octet-stream"
) -> FileResponse:
    """An open file, closed with the answer. Never shown in the page's own origin, whatever stands in it."""
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=content_type)
    response.streaming_content = _pieces(request, iter(partial(stream.read, PIECE), b""))
    return response


def picture(request: HttpRequest, stream: IO[bytes], content_type: str) -> FileResponse:
    """An open file to be shown in a page of ours, closed with the answer. The caller knows that it is a picture."""
    response = FileResponse(stream, content_type=content_type)
    response.streaming_content = _pieces(request, iter(partial(stream.read, PIECE), b""))
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _pieces(request: HttpRequest, source: Iterable[Any]) -> Any:
    return _steps(iter(source)) if isinstance(request, ASGIRequest) else source


async def _steps(source: Iterator[Any]) -> AsyncIterator[Any]:
    """The database and the disk are read in the request's own thread, so that nobody else waits."""
    step = sync_to_async(partial(next, source, None))
    while (piece := await step()) is not None:
        yield piece
