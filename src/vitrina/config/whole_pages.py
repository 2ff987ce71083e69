"""How a page is answered under ASGI: the whole of it in one thread, from the first middleware to the last.

Django's own handler goes from the event loop to a thread and back for each middleware of the old kind, some sixteen times a page.
Every crossing waits for the interpreter and for whatever the loop has in hand, which is much while hundreds of
streams are told something.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import FileResponse, HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

# Pages that are worked at together: more would only share the same processor, each with a thread and a connection of its own.
AT_ONCE = 32


class WholePages(ASGIHandler):
    """An ASGI 3 application. Views that are coroutines run on the loop all the same, and so does what an answer streams."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._places = asyncio.Semaphore(AT_ONCE)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        async with self._places:
            response: HttpResponseBase = await sync_to_async(self._answer, thread_sensitive=True)(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if response.streaming:
            # The thread is kept for as long as something is streamed, minutes maybe; the connection need not be.
            connections.close_all()
        return response


def static_files(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: servestatic's, which is a coroutine, for its own files alone; a page doesn't pass through it."""
    files = ServeStaticMiddleware(sync_to_async(get_response))

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(files.static_prefix) or request.path_info in files.files:
            found: HttpResponseBase = async_to_sync(files)(request)
            return found
        return get_response(request)

    return middleware
