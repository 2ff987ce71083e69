"""A supplier's site on loopback that gives pictures out, and counts what it was asked."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

Answer = tuple[int, dict[str, str], bytes]


def picture(colour: str = "teal", size: tuple[int, int] = (60, 80), kind: str = "JPEG", **more: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **more)
    return file.getvalue()


class Site:
    """`pages`: path → bytes of a picture, or a deed that answers. What isn't there is a 404."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Callable[[dict[str, str]], Answer]] = {}
        self.asked: Counter[str] = Counter()
        self.at_once = 0
        self.most_at_once = 0
        self.seconds = 0.0  # of each answer
        self.url = ""
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        with self._lock:
            self.asked[path] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.seconds:
                self._pause.wait(self.seconds)
            page = self.pages.get(path)
            if page is None:
                return 404, {}, b"no such picture"
            return page(headers) if callable(page) else (200, {"Content-Type": "image/jpeg"}, page)
        finally:
            with self._lock:
                self.at_once -= 1


@contextmanager
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = served.answer(self.path, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    server = Server(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
