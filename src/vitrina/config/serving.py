"""Serving the pages: one uvicorn server, with words instead of a traceback when the port is taken."""

from __future__ import annotations

import socket

import uvicorn
from django.core.management.base import CommandError

# An open event stream would hold the process for ever; two seconds are enough for pages under way.
GRACEFUL_SHUTDOWN_SECONDS = 2


def serve(host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM. Raises CommandError when the port is not free."""
    require_free_port(host, port)
    uvicorn.run(
        "vitrina.config.asgi:application",
        host=host,
        port=port,
        lifespan="off",
        access_log=False,
        log_level="warning",
        proxy_headers=False,  # whose word on addresses is believed is said by VITRINA_BEHIND_PROXY alone
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_SECONDS,
    )


def require_free_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} can't be used: {error.strerror}. Nothing was started. "
                f"Is the studio running already? Stop it, or choose another port: vitrina up --port {port + 1}"
            ) from error
