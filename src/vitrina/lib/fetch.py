"""Fetching from addresses that outsiders name: guarded, bounded in bytes and in time.

FetchError
├── FetchRefused   the address may not be fetched; nothing was sent to it
└── FetchFailed    the other side did not deliver; `status`, `permanent`, `retry_after` tell what to do
"""

from __future__ import annotations

import base64
import http.client
import os
import queue
import re
import socket
import ssl
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from vitrina.lib.guard import PUBLIC_ONLY, Address, FetchError, FetchRefused, Guard, Target, literal_address
from vitrina.lib.sentences import gettext_noop

__all__ = [
    "FetchError",
    "FetchFailed",
    "FetchRefused",
    "Fetched",
    "Fetcher",
    "Posted",
    "Saved",
    "fetch",
    "fetch_to_file",
]

MAX_BYTES = 10 * 1024 * 1024
MAX_FEED_BYTES = 1024 * 1024 * 1024
DEADLINE_SECONDS = 30.0
FEED_DEADLINE_SECONDS = 600.0
MAX_REDIRECTS = 5
MAX_RETRY_AFTER_SECONDS = 24 * 3600.0
CHUNK = 64 * 1024
USER_AGENT = "Vitrina (+feed and picture fetcher)"
MAX_ANSWER_BYTES = 1024
POST_DEADLINE_SECONDS = 10.0

Resolve = Callable[[str, int], list[str]]


class FetchFailed(FetchError):
    """The other side did not deliver: no connection, an error status, a broken, endless or slow answer."""

    def __init__(
        self,
        sentence: str,
        values: Mapping[str, str | int] | None = None,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(sentence, values, permanent=permanent, retry_after=retry_after, status=status)


@dataclass(frozen=True)
class Fetched:
    """`url` is the one that answered, after redirects. Header names are lower case. 304 has an empty body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def not_modified(self) -> bool:
        return self.status == http.client.NOT_MODIFIED


@dataclass(frozen=True)
class Saved:
    """What `fetch_to_file` brought. On 304 nothing was written and `size` is 0."""

    url: str
    status: int
    headers: Mapping[str, str]
    path: Path
    size: int

    @property
    def not_modified(self) -> bool:
        return self.status == http.client.NOT_MODIFIED


@dataclass(frozen=True)
class Posted:
    """What the other side said to a POST, whatever its status. `body` is its beginning; `is_whole`: there is no more."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool
    retry_after: float | None  # seconds that the other side asked to wait


def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses of a name, by the machine's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Fetcher:
    """Fetches through one guard. Thread-safe; holds no connection between calls and reads no proxy from outside."""

    def __init__(
        self,
        guard: Guard = PUBLIC_ONLY,
        *,
        resolve: Resolve = resolve_by_system,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._resolve = resolve
        self._given_tls = tls

    def fetch(
        self,
        url: str,
        *,
        max_bytes: int = MAX_BYTES,
        deadline_seconds: float = DEADLINE_SECONDS,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched:
        """The answer to one GET. Raises `FetchRefused` and `FetchFailed`.

        `max_bytes` counts after decompression. `deadline_seconds` is for everything together: names, connections,
        redirects and the body. `etag` and `last_modified` are those of the last answer: then status may be 304.
        """
        asked = _conditional(headers, etag, last_modified)
        with closing(self._open(url, asked, Deadline(deadline_seconds), max_bytes)) as answer:
            return Fetched(answer.target.url, answer.status, answer.headers, b"".join(answer.chunks()))

    def fetch_to_file(
        self,
        url: str,
        path: Path,
        *,
        max_bytes: int = MAX_FEED_BYTES,
        deadline_seconds: float = FEED_DEADLINE_SECONDS,
        headers: Mapping[str, str] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Saved:
        """Like `fetch`, streamed into `path`, which appears only when the body is there whole. Constant memory."""
        asked = _conditional(headers, etag, last_modified)
        with closing(self._open(url, asked, Deadline(deadline_seconds), max_bytes)) as answer:
            if answer.status == http.client.NOT_MODIFIED:
                return Saved(answer.target.url, answer.status, answer.headers, path, 0)
            handle, temporary = tempfile.mkstemp(prefix=".fetching-", dir=path.parent)
            size = 0
            try:
                with os.fdopen(handle, "wb") as file:
                    for chunk in answer.chunks():
                        file.write(chunk)
                        size += len(chunk)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            return Saved(answer.target.url, answer.status, answer.headers, path, size)

    def post(
        self,
        url: str,
        body: bytes,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_ANSWER_BYTES,
        deadline_seconds: float = POST_DEADLINE_SECONDS,
    ) -> Posted:
        """Send `body` once, and what was answered: a status is an answer, also a bad one or a redirect, which is
        not followed, since it would carry the body to where its sender did not mean it to go.

        Of the answer the first `max_bytes` are read; a body that breaks off or hangs takes nothing from its status.
        Raises `FetchRefused` (nothing was sent) and `FetchFailed` (no answer; whether it arrived is unknown).
        """
        target = self._guard.target(url)
        deadline = Deadline(deadline_seconds)
        sent = _conditional(headers, None, None) | {
            "Accept-Encoding": "identity",
            "Content-Length": str(len(body)),
        }
        asked = self._ask(target, sent, target.login, deadline, max_bytes, method="POST", body=body)
        with closing(asked) as answer:
            beginning, is_whole = answer.beginning()
        asked_to_wait = _retry_after(answer.headers.get("retry-after", ""))
        return Posted(answer.status, answer.headers, beginning, is_whole, asked_to_wait)

    def _open(self, url: str, headers: dict[str, str], deadline: Deadline, max_bytes: int) -> _Answer:
        """The first answer that is not a redirect. Every hop is taken apart, resolved and checked like the first."""
        target = self._guard.target(url)
        login = target.login
        first_origin = target.origin
        for _ in range(MAX_REDIRECTS + 1):
            # Headers of the caller may hold keys: another origin gets only the neutral ones.
            same = target.origin == first_origin
            sent = headers if same else {name: headers[name] for name in headers if name in _NEUTRAL_HEADERS}
            answer = self._ask(target, sent, login if same else None, deadline, max_bytes)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                if not 200 <= answer.status < 300 and answer.status != http.client.NOT_MODIFIED:
                    answer.close()
                    raise _bad_status(answer)
                return answer
            answer.close()
            # Servers write raw UTF-8 into Location, which http.client read as Latin-1.
            location = location.encode("latin-1", "replace").decode("utf-8", "replace")
            try:
                target = self._guard.target(urljoin(target.url, location))
            except ValueError as error:
                raise FetchFailed(
                    gettext_noop("The server redirected to a malformed address."), permanent=True
                ) from error
        raise FetchFailed(
            gettext_noop("The server redirected more than %(most)s times."),
            {"most": MAX_REDIRECTS},
            permanent=True,
        )

    def _ask(
        self,
        target: Target,
        headers: Mapping[str, str],
        login: tuple[str, str] | None,
        deadline: Deadline,
        max_bytes: int,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> _Answer:
        addresses = self._guard.check(target, self._addresses(target, deadline))
        plain = self._connect(target, addresses, deadline)
        try:
            plain.settimeout(deadline.left())
            plain.sendall(_request(method, target, headers, login) + body)
            response = http.client.HTTPResponse(_BoundSocket(plain, deadline), method=method)  # type: ignore[arg-type]
            response.begin()
        except _TROUBLE as error:
            plain.close()
            raise _failure(target, error, deadline) from error
        except BaseException:
            plain.close()
            raise
        return _Answer(target, plain, response, deadline, max_bytes)

    def _addresses(self, target: Target, deadline: Deadline) -> list[Address]:
        """What the name stands for, asked once: the connection goes to these and to no later answer."""
        literal = literal_address(target.host)
        if literal:
            return [literal]
        # getaddrinfo knows no timeout, so it runs beside and the deadline is kept here.
        answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._resolve_into, args=(answers, target), daemon=True).start()
        try:
            answer = answers.get(timeout=deadline.left())
        except queue.Empty:
            raise FetchFailed(
                gettext_noop("The name «%(host)s» was not resolved in time."), {"host": target.host}
            ) from None
        if isinstance(answer, OSError):
            raise FetchFailed(
                gettext_noop("The name «%(host)s» cannot be found."), {"host": target.host}
            ) from answer
        return [ip_address(text.split("%")[0]) for text in answer]

    def _resolve_into(self, answers: queue.SimpleQueue[list[str] | OSError], target: Target) -> None:
        try:
            answers.put(self._resolve(target.host, target.port))
        except OSError as error:
            answers.put(error)
        except UnicodeError as error:
            answers.put(OSError(str(error)))

    def _connect(self, target: Target, addresses: list[Address], deadline: Deadline) -> socket.socket:
        """To the checked addresses in turn; the certificate is checked against the name, not the address."""
        trouble: Exception = OSError("no address")
        for position, address in enumerate(addresses):
            share = deadline.left() / (len(addresses) - position)
            plain = None
            try:
                plain = socket.create_connection((str(address), target.port), timeout=share)
                plain.settimeout(deadline.left())
                if target.scheme == "https":
                    plain = self._tls.wrap_socket(plain, server_hostname=target.host)
                return plain
            except (OSError, ssl.CertificateError) as error:
                trouble = error
                if plain is not None:
                    plain.close()
        raise _failure(target, trouble, deadline) from trouble

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return self._given_tls or ssl.create_default_context()


class Deadline:
    """A moment; `left()` is what every wait gets at most. Raises TimeoutError once it has passed."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _BoundSocket:
    """What http.client reads answers from. A socket's own timeout restarts at every byte; this one ends."""

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._plain = plain
        self._deadline = deadline

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(_BoundReader(self._plain, self._deadline), CHUNK)


class _BoundReader(RawIOBase):
    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self._plain = plain
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._plain.settimeout(self._deadline.left())
        return self._plain.recv_into(buffer)


class _Answer:
    """One response: its status, its headers and its body, decompressed and counted."""

    def __init__(
        self,
        target: Target,
        plain: socket.socket,
        response: http.client.HTTPResponse,
        deadline: Deadline,
        max_bytes: int,
    ) -> None:
        self.target = target
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self._plain = plain
        self._response = response
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._declared = response.length

    def chunks(self) -> Iterator[bytes]:
        """The body after decompression. Raises `FetchFailed` when it is cut short, broken, too big or too slow."""
        if self.status in (http.client.NOT_MODIFIED, http.client.NO_CONTENT):
            return
        if self._declared is not None and self._declared > self._max_bytes:
            raise self._too_big()
        total = 0
        for chunk in _decoded(self._raw(), self.headers.get("content-encoding", ""), self.target):
            total += len(chunk)
            if total > self._max_bytes:
                raise self._too_big()
            yield chunk

    def beginning(self) -> tuple[bytes, bool]:
        """The first bytes of the body as they came, and whether they are all of it. Never raises for the body's sake."""
        data = b""
        try:
            while len(data) <= self._max_bytes and (piece := self._response.read1(CHUNK)):
                data += piece
        except _TROUBLE:
            return data[: self._max_bytes], False
        return data[: self._max_bytes], len(data) <= self._max_bytes

    def close(self) -> None:
        self._response.close()
        self._plain.close()

    def _raw(self) -> Iterator[bytes]:
        received = 0
        while True:
            try:
                chunk = self._response.read1(CHUNK)
            except _TROUBLE as error:
                raise _failure(self.target, error, self._deadline) from error
            if not chunk:
                break
            received += len(chunk)
            yield chunk
        if self._declared is not None and received < self._declared:
            raise FetchFailed(
                gettext_noop(
                    "«%(host)s» announced %(announced)s bytes and sent %(received)s; the answer was cut short."
                ),
                {"host": self.target.host, "announced": self._declared, "received": received},
            )

    def _too_big(self) -> FetchFailed:
        return FetchFailed(
            gettext_noop("The answer of «%(host)s» is bigger than %(most)s bytes."),
            {"host": self.target.host, "most": self._max_bytes},
            permanent=True,
        )


_REDIRECTS = (301, 302, 303, 307, 308)
_TROUBLE = (OSError, http.client.HTTPException, ValueError)
_NEUTRAL_HEADERS = (
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "If-None-Match",
    "If-Modified-Since",
    "Connection",
)
_SAFE_HEADER = re.compile(r"[\x20-\x7e]*")


def _conditional(
    headers: Mapping[str, str] | None, etag: str | None, last_modified: str | None
) -> dict[str, str]:
    asked = {
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }
    for name, value in (headers or {}).items():
        if not re.fullmatch(r"[A-Za-z0-9-]+", name) or not _SAFE_HEADER.fullmatch(value):
            raise ValueError(f"the header {name!r} cannot be sent")
        asked[name.title()] = value
    # Validators come from an earlier answer, so they are outsiders' text: what cannot be sent back is left out.
    if etag and _SAFE_HEADER.fullmatch(etag):
        asked["If-None-Match"] = etag
    if last_modified and _SAFE_HEADER.fullmatch(last_modified):
        asked["If-Modified-Since"] = last_modified
    return asked


def _request(method: str, target: Target, headers: Mapping[str, str], login: tuple[str, str] | None) -> bytes:
    lines = [f"{method} {target.path} HTTP/1.1", f"Host: {target.host_header}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if login:
        lines.append("Authorization: Basic " + base64.b64encode(":".join(login).encode()).decode())
    return "\r\n".join([*lines, "", ""]).encode("ascii")


def _decoded(raw: Iterator[bytes], encoding: str, target: Target) -> Iterator[bytes]:
    """Pieces of at most CHUNK bytes, so a bomb is counted while it unpacks and never unpacked whole."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        yield from raw
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchFailed(
            gettext_noop("«%(host)s» packed its answer as «%(packing)s», which was not asked for."),
            {"host": target.host, "packing": encoding[:40]},
            permanent=True,
        )
    unpacker = None
    for chunk in raw:
        data = chunk
        while data:
            if unpacker is None or unpacker.eof:  # gzip allows several members one after another
                # 47: gzip or zlib, told by the header; -15: the bare deflate that some servers send instead.
                bare = encoding == "deflate" and data[0] & 0x0F != 8
                unpacker = zlib.decompressobj(-15 if bare else 47)
            try:
                piece = unpacker.decompress(data, CHUNK)
            except zlib.error as error:
                raise FetchFailed(
                    gettext_noop("The packed answer of «%(host)s» is broken."), {"host": target.host}
                ) from error
            if piece:
                yield piece
            data = unpacker.unconsumed_tail or unpacker.unused_data
    if unpacker is None:
        return
    if not unpacker.eof:
        raise FetchFailed(
            gettext_noop("The packed answer of «%(host)s» was cut short."), {"host": target.host}
        )


def _bad_status(answer: _Answer) -> FetchFailed:
    status = answer.status
    permanent = 400 <= status < 500 and status not in (408, 425, 429)
    return FetchFailed(
        gettext_noop("«%(host)s» answered with status %(status)s."),
        {"host": answer.target.host, "status": status},
        permanent=permanent,
        retry_after=_retry_after(answer.headers.get("retry-after", "")),
        status=status,
    )


def _retry_after(value: str) -> float | None:
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return min(float(value), MAX_RETRY_AFTER_SECONDS)
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(moment - time.time(), 0.0), MAX_RETRY_AFTER_SECONDS)


def _failure(target: Target, error: BaseException, deadline: Deadline) -> FetchFailed:
    host = target.host
    if isinstance(error, TimeoutError):
        return FetchFailed(
            gettext_noop("«%(host)s» did not answer fully within %(seconds)s seconds."),
            {"host": host, "seconds": f"{deadline.seconds:g}"},
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return FetchFailed(
            gettext_noop("The certificate of «%(host)s» cannot be trusted: %(why)s."),
            {"host": host, "why": error.verify_message},
        )
    if isinstance(error, ssl.SSLError):
        return FetchFailed(gettext_noop("No secure connection to «%(host)s» could be made."), {"host": host})
    if isinstance(error, ConnectionRefusedError):
        return FetchFailed(gettext_noop("«%(host)s» refused the connection."), {"host": host})
    if isinstance(error, OSError):
        return FetchFailed(gettext_noop("The connection to «%(host)s» failed or broke off."), {"host": host})
    return FetchFailed(
        gettext_noop("«%(host)s» answered with something that is not HTTP, or broke off."), {"host": host}
    )


_public = Fetcher()
fetch = _public.fetch
fetch_to_file = _public.fetch_to_file
