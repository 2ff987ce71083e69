"""A receiver on loopback with faults that a test chooses: it keeps every request that reached it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ADDRESS = "127.0.0.78"


@dataclass(frozen=True)
class Request:
    headers: dict[str, str]  # names in lower case
    body: bytes
    answered: int | None  # the status that it got; None: none

    @property
    def said(self) -> dict[str, Any]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


@dataclass(frozen=True)
class Reply:
    """`status` None: the connection is closed without a word. `hangs`: nothing is said until the test ends."""

    status: int | None = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"thanks"
    hangs: bool = False


Script = Callable[[dict[str, Any], int], Reply]  # (the event, which time it came from 1) → what to answer


class Receiver:
    def __init__(self, script: Script = lambda said, time: Reply()) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self.changed = threading.Condition()
        self.over = threading.Event()
        self._times: dict[str, int] = {}
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = receiver.answer(headers, body)
                if reply.hangs:
                    receiver.over.wait(30)
                if reply.hangs or reply.status is None:
                    return
                try:
                    self.send_response(reply.status)
                    for name, value in reply.headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # its sender was killed meanwhile

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a killed sender resets its connection

            def process_request(self, request: Any, client_address: Any) -> None:
                receiver.connections += 1
                super().process_request(request, client_address)

        self._server = Server((ADDRESS, 0), Door)
        self.port = int(self._server.server_address[1])
        self.url = f"http://{ADDRESS}:{self.port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answer(self, headers: dict[str, str], body: bytes) -> Reply:
        with self.changed:
            uid = headers.get("webhook-id", "")
            self._times[uid] = self._times.get(uid, 0) + 1
            reply = self.script(json.loads(body), self._times[uid])
            status = None if reply.hangs else reply.status
            self.requests.append(Request(headers, body, status))
            self.changed.notify_all()
        return reply

    def accepted(self) -> list[Request]:
        with self.changed:
            return [request for request in self.requests if request.answered and request.answered < 300]

    def wait_for(self, condition: Callable[[], bool], seconds: float = 30.0) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(condition, timeout=seconds))

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
