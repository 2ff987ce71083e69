"""A server on loopback that answers as a test says: whole, in pieces, with nonsense, or not at all."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Came:
    """A request as it came; names of headers in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


Script = Callable[["Said"], None]


@dataclass
class Said:
    """One request with the wire that its answer goes on. `over`: set when the test ends."""

    came: Came
    wire: socket.socket
    over: threading.Event

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        """`body`: bytes as they are, None for none, else as JSON. Underscores in names stand for hyphens."""
        raw = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Content-Length": str(len(raw)), "Connection": "close"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self.send(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + raw)

    def send(self, raw: bytes) -> None:
        self.wire.sendall(raw)

    def hang(self) -> None:
        self.over.wait(20)


class Loopback:
    """`script` answers each request; `came` keeps them. A script that says nothing cuts the connection."""

    def __init__(self, script: Script = lambda said: said.answer(200, {})) -> None:
        self.script = script
        self.came: list[Came] = []
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                wire, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(wire,), daemon=True).start()

    def _serve(self, wire: socket.socket) -> None:
        with wire, suppress(OSError):
            wire.settimeout(20)
            came = _read(wire)
            if came is None:
                return
            self.came.append(came)
            self.script(Said(came, wire, self._over))


def _read(wire: socket.socket) -> Came | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        piece = wire.recv(65536)
        if not piece:
            return None
        raw += piece
    head, _empty, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _colon, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", 0)):
        piece = wire.recv(65536)
        if not piece:
            return None  # it was not sent to its end, so it didn't come
        body += piece
    method, target, _version = first.split(" ")
    return Came(method, target, headers, body)


def dead_url() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
