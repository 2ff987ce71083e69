"""Counting requests and their time by route, for /metrics. Never by path: ids would make endless series."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from prometheus_client import Counter, Histogram

REQUESTS = Counter("vitrina_http_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "vitrina_http_seconds",
    "Time to the first byte of the answer",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@sync_and_async_middleware
def count_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponseBase:
            started = perf_counter()
            waiting: Awaitable[HttpResponseBase] = get_response(request)
            return _counted(request, await waiting, started)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponseBase:
        started = perf_counter()
        return _counted(request, get_response(request), started)

    return synchronous


def _counted(request: HttpRequest, response: HttpResponseBase, started: float) -> HttpResponseBase:
    match = request.resolver_match
    route = (
        (match.view_name or "unnamed") if match else ("static" if response.status_code < 400 else "unknown")
    )
    method = request.method if request.method in METHODS else "OTHER"
    REQUESTS.labels(method, route, response.status_code).inc()
    SECONDS.labels(route).observe(perf_counter() - started)
    return response
