"""HTTP to a marketplace: JSON in, JSON out, one try. Whoever calls decides about another.

Redirects are never followed, certificates always checked, and no answer is read beyond its cap or its time.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3
from urllib3 import encode_multipart_formdata
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    SSLError,
)

from vitrina.channels.errors import ChannelError, InDoubt, Throttled, Unavailable, Unreadable
from vitrina.channels.throttle import Throttle
from vitrina.lib.rates import Rate

CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0  # between two pieces
TOTAL_SECONDS = 60.0
MOST_BYTES = 32 * 1024**2  # 5 000 reviews of Wildberries in one page take about ten
_CHUNK = 64 * 1024
# Nothing was sent: the connection was never made.
_BEFORE = (NewConnectionError, ConnectTimeoutError, NameResolutionError)

_LENGTHS = {"content-length", "transfer-encoding"}

_pool = urllib3.PoolManager(
    num_pools=16,
    maxsize=16,
    retries=False,
    timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
    headers={"User-Agent": "Vitrina", "Accept": "application/json"},
)


@dataclass(frozen=True)
class Answered:
    """`body`: what the JSON says, None where there is none; `text`: its beginning, for words about what isn't JSON."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: Any
    text: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


Judge = Callable[[Answered], ChannelError | None]


class Wire:
    """`judge`: what a marketplace means by an answer that isn't good, in the errors of this room; None: see the status.
    `may_leave`: asked as the last step before what `sends` leaves; no: nothing does."""

    def __init__(
        self,
        name: str,
        headers: Mapping[str, str],
        throttle: Throttle,
        judge: Judge,
        may_leave: Callable[[], bool] = lambda: True,
    ) -> None:
        self._name = name
        self._headers = dict(headers)
        self._throttle = throttle
        self._judge = judge
        self._may_leave = may_leave

    def ask(
        self,
        method: str,
        url: str,
        *,
        rate: Rate,
        query: Mapping[str, str | int] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        sends: bool = False,
    ) -> Any:
        """The answer's JSON; None where it has no body. `sends`: it changes something over there, so that an end which
        nobody saw is a doubt (InDoubt). Raises the errors of `channels.errors`."""
        self._throttle.enter(rate)
        answered = self._once(method, url, query=query, body=body, form=form, sends=sends)
        if answered.is_good:
            return answered.body
        fault = self._by_others(answered) or self._judge(answered) or self._by_status(answered, sends)
        if isinstance(fault, Throttled) and fault.retry_after is not None:
            self._throttle.hold(rate.key, fault.retry_after)
        raise fault

    def _once(
        self,
        method: str,
        url: str,
        *,
        query: Mapping[str, str | int] | None,
        body: Any,
        form: Mapping[str, str] | None,
        sends: bool,
    ) -> Answered:
        headers = dict(self._headers)
        raw: bytes | None = None
        if body is not None:
            raw, headers["Content-Type"] = orjson.dumps(body), "application/json"
        if form is not None:
            raw, headers["Content-Type"] = encode_multipart_formdata(list(form.items()))
        if raw is not None:
            headers["Content-Length"] = str(len(raw))
        if query:
            url = f"{url}?{urlencode([(name, str(value)) for name, value in query.items()])}"
        try:
            response = _pool.request(
                method,
                url,
                headers={**_pool.headers, **headers},
                body=self._leaving(raw) if sends and raw else raw,
                redirect=False,
                preload_content=False,
            )
        except HTTPError as error:
            if _is_before(error):
                raise Unavailable(
                    f"{self._name} can't be reached ({type(error).__name__}); nothing was sent."
                ) from error
            raise self._unseen(sends, type(error).__name__) from error
        try:
            raw = self._whole(response)
        except HTTPError as error:
            # The status came: a refusal did nothing, however its words ended.
            raise self._unseen(sends and not 400 <= response.status < 500, type(error).__name__) from error
        finally:
            response.release_conn()
        return self._read(response, raw, sends)

    def _leaving(self, raw: bytes) -> Iterator[bytes]:
        """Drawn from right before it goes out: without its body a request does nothing."""
        if not self._may_leave():
            raise Unavailable("It was left to somebody else before anything was sent.")
        yield raw

    def _whole(self, response: Any) -> bytes:
        ends = monotonic() + TOTAL_SECONDS
        parts, size = [], 0
        # What is there, not a whole piece: a body that drips would else be waited for beyond its time.
        while part := response.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                response.close()
                raise HTTPError(f"more than {MOST_BYTES} bytes")
            if monotonic() > ends:
                response.close()
                raise HTTPError(f"not whole after {TOTAL_SECONDS:.0f} s")
        return b"".join(parts)

    def _read(self, response: Any, raw: bytes, sends: bool) -> Answered:
        headers = {name.lower(): value for name, value in response.headers.items()}
        text = raw[:500].decode("utf-8", "replace")
        if (
            not raw
            and 200 <= response.status < 300
            and response.status != 204
            and not _LENGTHS & headers.keys()
        ):
            raise self._unseen(sends, "a head that was cut")
        try:
            body = orjson.loads(raw) if raw else None
        except orjson.JSONDecodeError as error:
            if not 200 <= response.status < 300:
                return Answered(response.status, headers, None, text)
            if sends:
                raise self._unseen(True, "an answer that isn't JSON") from error
            raise Unreadable(
                f"{self._name} answered with something that isn't JSON.", status=response.status
            ) from error
        return Answered(response.status, headers, body, text)

    def _by_others(self, answered: Answered) -> ChannelError | None:
        """A door that is closed, or isn't there, in words that aren't the marketplace's: of a guard before it. Neither the
        plan nor what was asked for is the matter."""
        if answered.status not in (403, 404) or isinstance(answered.body, dict):
            return None
        return Unavailable(
            f"Something before {self._name} turned the request away (status {answered.status}).",
            status=answered.status,
        )

    def _by_status(self, answered: Answered, sends: bool) -> ChannelError:
        status = answered.status
        if status < 400:
            if sends:  # what leads elsewhere may have been done before
                return self._unseen(True, f"status {status}")
            return Unreadable(
                f"{self._name} sends us to another address (status {status}), and none is followed.",
                status=status,
            )
        if status >= 500:
            if sends:
                return self._unseen(True, f"status {status}")
            return Unavailable(f"{self._name} has trouble of its own (status {status}).", status=status)
        return ChannelError(
            f"{self._name} refused the request (status {status}).", permanent=True, status=status
        )

    def _unseen(self, sends: bool, what: str) -> ChannelError:
        if sends:
            return InDoubt(
                f"{self._name} didn't answer to what was sent ({what}); whether it arrived is looked up first."
            )
        return Unavailable(f"{self._name} didn't answer ({what}).")


def _is_before(error: HTTPError) -> bool:
    """Whether the connection was never made. Of TLS only a certificate that isn't trusted says so for sure: other
    faults of it may come after the request."""
    if isinstance(error, SSLError):
        return isinstance(error.args[0], ssl.SSLCertVerificationError) if error.args else False
    return isinstance(error, _BEFORE)
