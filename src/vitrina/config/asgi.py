"""The ASGI application that uvicorn serves: pages and API by Django, streams of jobs by WebSocket beside it."""

from __future__ import annotations

import gc
import os
from importlib import import_module
from typing import Any

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")

django.setup(set_prefix=False)
pages = import_module("vitrina.config.whole_pages").WholePages()
import_module(settings.ROOT_URLCONF)
# What is loaded by now lives as long as the process. Walked through with the rest, it held up every page for a tenth of a
# second whenever the collector looked at all that there is.
gc.collect()
gc.freeze()
# What was read since, and what hundreds of streams hold, took 12–50 ms once in seventy pages: let that be rarer.
gc.set_threshold(10_000, 50, 20)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        from vitrina.jobs import socket

        await socket.serve(scope, receive, send)
    else:
        await pages(scope, receive, send)
