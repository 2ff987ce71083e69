"""What is said to browsers with every answer, files too: nobody else may embed it, and no page needs a device."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


@sync_and_async_middleware
def confine(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    def confined(response: HttpResponseBase) -> HttpResponseBase:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            waiting: Awaitable[HttpResponseBase] = get_response(request)
            return confined(await waiting)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        return confined(get_response(request))

    return synchronous
