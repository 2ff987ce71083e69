"""The wire: OpenAI-compatible servers over one shared aiohttp session. JSON in, JSON or an event stream out, no more.

Redirects are never followed, certificates always checked, proxies of the environment not used, and no answer is
read beyond its cap. Every failure leaves as a WireFault.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from time import monotonic

import aiohttp

from vitrina.engine.core.faults import Fault, FaultKind, WireFault
from vitrina.engine.core.providers import Endpoint
from vitrina.engine.core.reading import (
    MOST_BYTES,
    Completion,
    Decompressor,
    StreamReader,
    Usage,
    completion,
    embeddings,
    refusal,
)

CONNECT_SECONDS = 10.0
KEEP_ALIVE_SECONDS = 60.0
TICK_SECONDS = (
    0.03  # between two looks at a stream: a model sends fifty pieces in a second, a page shows thirty
)
MOST_ERROR_BYTES = 64 * 1024
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)


class Wire:
    """Used on the engine's loop only. The session is made at the first call and closed by `close`."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._headers: dict[tuple[str, str | None], dict[str, str]] = {}

    async def chat(self, endpoint: Endpoint, body: bytes, seconds: float) -> Completion:
        async with _bounded(endpoint, seconds), self._post(endpoint, "/chat/completions", body) as response:
            return completion(endpoint, response.headers, await _whole(endpoint, response))

    async def stream(
        self, endpoint: Endpoint, body: bytes, seconds: float, on_progress: Callable[[StreamReader], None]
    ) -> tuple[Completion, float | None]:
        """The whole answer and the seconds to its first real token.

        `on_progress` is called as the text grows, at most once a tick; who keeps the reader knows what was heard of a stream that broke off.
        """
        started = monotonic()
        first: float | None = None
        async with _bounded(endpoint, seconds), self._post(endpoint, "/chat/completions", body) as response:
            if response.status != 200:
                await _whole(endpoint, response)
            if response.content_type == "application/json":  # a server that doesn't stream answers whole
                return completion(endpoint, response.headers, await _whole(endpoint, response)), None
            reader = StreamReader(endpoint, response.headers)
            encoding = response.headers.get("content-encoding", "").lower()
            unpack = Decompressor(encoding).feed if encoding else None
            left = MOST_BYTES
            known = 0
            async for data in response.content.iter_any():
                if unpack is not None:
                    data = unpack(data)
                elif (left := left - len(data)) < 0:
                    raise WireFault(_too_large())
                reader.feed(data)
                if len(reader.parts) > known:
                    known = len(reader.parts)
                    if first is None:
                        first = monotonic() - started
                    on_progress(reader)
                    if not reader.is_done:
                        # A reader's eye needs no more; what comes meanwhile waits in the socket and is read at once.
                        await asyncio.sleep(TICK_SECONDS)
                if reader.is_done:
                    break
            reader.end()
            return reader.completion(), first

    async def embed(
        self, endpoint: Endpoint, body: bytes, count: int, seconds: float
    ) -> tuple[list[list[float]], Usage | None]:
        async with _bounded(endpoint, seconds), self._post(endpoint, "/embeddings", body) as response:
            return embeddings(endpoint, response.headers, await _whole(endpoint, response), count)

    async def models(self, endpoint: Endpoint, seconds: float) -> bytes:
        """The raw list of the models that an endpoint knows."""
        async with (
            _bounded(endpoint, seconds),
            self.session().get(
                f"{endpoint.base_url}/models",
                headers=self._headers_of(endpoint),
                allow_redirects=False,
                timeout=_NO_TIMEOUT,
            ) as response,
        ):
            return await _whole(endpoint, response)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # The number of calls in flight is bounded by threads and rates, not by the pool.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    keepalive_timeout=KEEP_ALIVE_SECONDS,
                    ssl=ssl.create_default_context(),
                    ttl_dns_cache=300,
                ),
                auto_decompress=False,  # the Decompressor does it, within a cap
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=_NO_TIMEOUT,
            )
        return self._session

    def _post(self, endpoint: Endpoint, path: str, body: bytes) -> aiohttp.client._RequestContextManager:
        return self.session().post(
            endpoint.base_url + path,
            data=aiohttp.BytesPayload(body),
            headers=self._headers_of(endpoint),
            allow_redirects=False,
            timeout=_NO_TIMEOUT,
        )

    def _headers_of(self, endpoint: Endpoint) -> dict[str, str]:
        known = self._headers.get((endpoint.base_url, endpoint.key))
        if known is None:
            known = {
                "Content-Type": "application/json",
                "Accept": "application/json, text/event-stream",
                "Accept-Encoding": "gzip, deflate",
                **endpoint.provider.headers,
            }
            if endpoint.key:
                known["Authorization"] = f"Bearer {endpoint.key}"
            self._headers[endpoint.base_url, endpoint.key] = known
        return known


class _bounded:  # noqa: N801 - reads as a word of its own in `async with`
    """A wall-clock limit on everything inside, and one kind of error out of it."""

    def __init__(self, endpoint: Endpoint, seconds: float) -> None:
        self._endpoint = endpoint
        self._seconds = seconds
        self._timeout = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> None:
        name = self._endpoint.name
        try:
            await self._timeout.__aexit__(kind, error, trace)  # type: ignore[arg-type]
        except TimeoutError as late:
            fault = Fault(FaultKind.TIMEOUT, f"{name} didn't finish within {self._seconds:.3g} s.")
            raise WireFault(fault) from late
        if isinstance(error, TimeoutError):
            raise WireFault(
                Fault(FaultKind.TIMEOUT, f"{name} couldn't be reached within {CONNECT_SECONDS:g} s.")
            ) from error
        if isinstance(error, aiohttp.ClientError | OSError | asyncio.IncompleteReadError):
            fault = Fault(FaultKind.CONNECTION, f"The connection to {name} failed ({type(error).__name__}).")
            raise WireFault(fault) from error


async def _whole(endpoint: Endpoint, response: aiohttp.ClientResponse) -> bytes:
    """The body under 200, decompressed and capped; any other status raises what it stands for."""
    encoding = response.headers.get("content-encoding", "").lower()
    is_ok = response.status == 200
    most = MOST_BYTES if is_ok else MOST_ERROR_BYTES
    length = response.content_length
    if is_ok and not encoding and length is not None and length <= most:
        return await response.read()
    pieces: list[bytes] = []
    try:
        if length is not None and length > most and is_ok:
            raise WireFault(_too_large())
        decompressor = Decompressor(encoding, most)
        async for data in response.content.iter_chunked(64 * 1024):
            pieces.append(decompressor.feed(data))  # noqa: PERF401 - what was read until a fault is kept
    except WireFault:
        response.close()
        if is_ok:
            raise
        pieces = []  # an error's body is only a help; without it the status still speaks
    if is_ok:
        return b"".join(pieces)
    raise WireFault(refusal(endpoint, response.status, response.headers, b"".join(pieces)))


def _too_large() -> Fault:
    return Fault(
        FaultKind.TOO_LARGE,
        f"The answer is larger than {MOST_BYTES // 1024 // 1024} MB; reading was stopped.",
    )
