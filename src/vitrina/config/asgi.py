"""The ASGI application that uvicorn serves: pages and API by Django, streams of jobs by WebSocket beside it."""

from __future__ import annotations

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.config.settings")

django = get_asgi_application()


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        from vitrina.jobs import socket

        await socket.serve(scope, receive, send)
    else:
        await django(scope, receive, send)
