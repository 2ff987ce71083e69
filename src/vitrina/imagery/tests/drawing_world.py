"""A picture service of our own on loopback, which counts every call that reaches it, also those whose caller is dead by then.

Two names draw here, «swift» and «solid». It says what the shared table of outcomes knows, on demand or by lot:
`world.says("swift", "retry_same", "ok")`. Pictures are small, valid, and as big as was asked.
"""

from __future__ import annotations

import io
import json
import random
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image, ImageDraw

NAMES = ("swift", "solid")
HANG_SECONDS = 2.5  # longer than anybody's patience in a storm


class DrawingWorld:
    """`paid`: pictures drawn, by service. `most_at_once`: calls under way at the same moment. `seconds`: of one drawing."""

    def __init__(self, *, seconds: float = 0.0, lot: dict[str, float] | None = None, seed: int = 7) -> None:
        self.calls: Counter[str] = Counter()
        self.paid: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.asked: list[dict[str, Any]] = []
        self.most_at_once = 0
        self.seconds = seconds
        self.gate = threading.Event()  # closed: drawings wait
        self.gate.set()
        self.changed = threading.Condition()
        self.at_once = 0
        self._next: dict[str, deque[str]] = {name: deque() for name in NAMES}
        self._always: dict[str, str] = {}
        self._lot = lot or {}
        self._chance = random.Random(seed)
        world = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                name = self.path.strip("/")
                said = world._arrived(name, given)
                try:
                    status, kind, body = world._answer(name, said, given)
                finally:
                    world._left()
                try:
                    if said == "reset":
                        self.connection.close()
                        return
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    pass  # its caller was killed meanwhile

            def log_message(self, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def says(self, name: str, *outcomes: str, always: str = "") -> None:
        self._next[name].extend(outcomes)
        self._always[name] = always

    def wait_for(self, condition: Any, seconds: float = 20.0) -> bool:
        with self.changed:
            return bool(self.changed.wait_for(condition, timeout=seconds))

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _arrived(self, name: str, given: dict[str, Any]) -> str:
        with self.changed:
            self.calls[name] += 1
            self.asked.append({"service": name} | given)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            said = self._next[name].popleft() if self._next[name] else self._always.get(name, "")
            if not said and self._lot:
                said = self._chance.choices(list(self._lot), list(self._lot.values()))[0]
            said = said or "ok"
            self.outcomes[said] += 1
            self.changed.notify_all()
        return said

    def _left(self) -> None:
        with self.changed:
            self.at_once -= 1
            self.changed.notify_all()

    def _answer(self, name: str, said: str, given: dict[str, Any]) -> tuple[int, str, bytes]:
        if said in ("ok", "poor", "garbage", "truncated", "json"):
            with self.changed:
                self.paid[name] += 1
            time.sleep(self.seconds)  # the call's own time
            self.gate.wait(30)
            data = poor(given) if said == "poor" else drawn(given)
            if said == "garbage":
                data = b"\x00\x01\x02" * 5000
            elif said == "json":
                data = b'{"error": "Too Many Requests"}'
            elif said == "truncated":
                data = data[: len(data) // 2]
            return 200, "image/jpeg", data
        if said == "hang":
            time.sleep(HANG_SECONDS)
            said = "retry_same"
        time.sleep(min(self.seconds, 0.01))
        outcome, _, seconds = said.replace("reset", "retry_same").partition(":")
        return (
            418,
            "application/json",
            json.dumps({"outcome": outcome, "seconds": float(seconds or 0)}).encode(),
        )


def drawn(given: dict[str, Any]) -> bytes:
    """Shapes and texture, so that the quality check is content."""
    chance = random.Random(json.dumps([given["seed"], given["prompt"]]))
    width, height = given["width"], given["height"]
    small = Image.new("RGB", (64, 48))
    small.putdata(
        [(chance.randrange(256), chance.randrange(256), chance.randrange(256)) for _ in range(64 * 48)]
    )
    image = small.resize((width, height), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(30):
        x, y = chance.randrange(width), chance.randrange(height)
        color = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        pen.ellipse((x, y, x + chance.randrange(10, 120), y + chance.randrange(10, 120)), fill=color)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def poor(given: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (given["width"], given["height"]), "black").save(out, "JPEG")
    return out.getvalue()
