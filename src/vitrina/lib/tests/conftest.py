"""A web server on a loopback address of its own, scripted by each test."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

SERVER_ADDRESS = "127.0.0.77"
Script = Callable[[bytes, socket.socket], None]


class ScriptedServer:
    """Answers every connection by calling `script(request, connection)`; keeps what it was asked."""

    def __init__(self) -> None:
        self._listener = socket.create_server((SERVER_ADDRESS, 0))
        self.port = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.script: Script = lambda request, connection: connection.sendall(answer(b"hello"))
        self.wrap: Callable[[socket.socket], socket.socket] = lambda connection: connection
        self.closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://{SERVER_ADDRESS}:{self.port}"

    def close(self) -> None:
        if self.closing.is_set():
            return
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            try:
                with connection, self.wrap(connection) as wrapped:
                    wrapped.settimeout(5)
                    request = b""
                    while b"\r\n\r\n" not in request and (more := wrapped.recv(65536)):
                        request += more
                    self.requests.append(request)
                    self.script(request, wrapped)
            except OSError:
                continue  # the client hung up, as many tests want it to


def answer(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()
