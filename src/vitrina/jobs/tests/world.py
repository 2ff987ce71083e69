"""The outside, on loopback: it counts every call that reaches it, also those whose caller is dead by then."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class World:
    def __init__(self, *, pay_seconds: float = 0.03, reply_seconds: float = 0.02) -> None:
        self.paid: Counter[str] = Counter()
        self.replied: Counter[str] = Counter()
        self.noted: list[str] = []
        self.changed = threading.Condition()
        self.gate = threading.Event()  # closed: notes wait
        self.gate.set()
        self.arrived = 0  # notes that stand at the gate or went through it
        self._seconds = {"pay": pay_seconds, "reply": reply_seconds}
        world = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                _, deed, number = self.path.split("/")
                world._count(deed, number)
                time.sleep(world._seconds.get(deed, 0.0))  # the call's own time
                if deed == "note":
                    world.gate.wait(30)
                self._answer({"number": number})

            def do_GET(self) -> None:
                number = self.path.rsplit("/", 1)[1]
                with world.changed:
                    found = world.replied[number] > 0
                self._answer({"found": {"number": number} if found else None})

            def _answer(self, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # its caller was killed meanwhile

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass  # a killed caller resets its connection

        self._server = Server(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _count(self, deed: str, number: str) -> None:
        with self.changed:
            if deed == "pay":
                self.paid[number] += 1
            elif deed == "reply":
                self.replied[number] += 1
            elif deed == "note":
                self.noted.append(number)
                self.arrived += 1
            self.changed.notify_all()

    def wait_for(self, condition: Any, seconds: float = 20.0) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(condition, timeout=seconds))

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
