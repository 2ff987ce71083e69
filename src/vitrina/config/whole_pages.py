"""How a page is answered under ASGI: the whole of it in one thread, from the first middleware to the last.

Django's own handler goes from the event loop to a thread and back for each middleware of the old kind, some sixteen times a page.
Every crossing waits for the interpreter and for whatever the loop has in hand, which is much while hundreds of
streams are told something. It also gives each request a thread of its own, and with that a connection of its own:
opening one takes longer than many a page. Here threads stay, each with its connection.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from asgiref.sync import async_to_sync, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import FileResponse, HttpRequest, HttpResponseBase
from servestatic.middleware import ServeStaticMiddleware

# Pages that are worked at together: more would only share the same processor, each with a thread and a connection of its own.
AT_ONCE = 16


class WholePages(ASGIHandler):
    """An ASGI 3 application. Views that are coroutines run on the loop all the same, and so does what an answer streams."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="page")

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        answer = sync_to_async(self._answer, thread_sensitive=False, executor=self._threads)
        response: HttpResponseBase = await answer(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        # Django looks after the connections of the thread in which a request begins and ends, which isn't this one.
        close_old_connections()
        response: HttpResponseBase = self.get_response(request)
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
