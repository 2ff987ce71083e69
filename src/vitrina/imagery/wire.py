"""HTTP of the picture services, on the engine's loop over its one session: bounded answers, and one kind of error.

Redirects are never followed and the proxies of the environment not used. What a status or a body means is the adapter's to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from vitrina.imagery.ports import Outcome, ServiceFault
from vitrina.lib.sentences import gettext_noop

MOST_PICTURE_BYTES = 64 * 1024 * 1024  # base64 of the largest pictures that services draw
CONNECT_SECONDS = 10.0
LARGE_BYTES = 256 * 1024  # what is longer than this is read beside the loop, which all calls share

TIMED_OUT = gettext_noop("%(service)s did not answer within %(seconds)s s.")
NOT_REACHED = gettext_noop("%(service)s cannot be reached (%(error)s).")
BROKEN_OFF = gettext_noop("The connection to %(service)s broke off (%(error)s).")
PACKED = gettext_noop("%(service)s packed its answer, which was not asked for; nothing of it was read.")
TOO_LARGE = gettext_noop("%(service)s sent more than %(most)s MB; nothing of it was kept.")
NOT_TO_BE_SENT = gettext_noop(
    "The request to %(service)s cannot be written down: its text has broken characters."
)


@dataclass(frozen=True)
class Answered:
    """A whole answer. `media_type`: lower case, without parameters, empty where the service names none."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """None where the body is no JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return None

    async def read_json(self) -> Any:
        """The same, beside the loop where the body is large."""
        return self.json() if len(self.body) < LARGE_BYTES else await asyncio.to_thread(self.json)


class PictureWire:
    """What adapters speak through. `session`: the engine's."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(
        self,
        service: str,
        method: str,
        url: str,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str | int] | None = None,
        json: Any = None,
        form: aiohttp.FormData | None = None,
        most_bytes: int = MOST_PICTURE_BYTES,
    ) -> Answered:
        """One request and its whole answer, whatever its status. `service`: its title, for the sentences.

        Raises ServiceFault RETRY_SAME where no whole answer came: whether it was paid for, nobody knows.
        """
        data: Any = form
        sent = {"Accept-Encoding": "identity", **(headers or {})}  # pictures and base64 do not shrink
        if json is not None:
            data = _written(service, json)
            sent.setdefault("Content-Type", "application/json")
        try:
            async with (
                asyncio.timeout(max(0.05, seconds)),
                self._session.request(
                    method,
                    url,
                    params=query,
                    data=data,
                    headers=sent,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
                ) as response,
            ):
                told = {name.lower(): value for name, value in response.headers.items()}
                return Answered(response.status, told, await _whole(service, response, most_bytes))
        except TimeoutError:
            values = {"service": service, "seconds": f"{seconds:.3g}"}
            raise ServiceFault(
                Outcome.RETRY_SAME, TIMED_OUT, values=values, code="timeout", was_paid=None
            ) from None
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            told = {"service": service, "error": type(error).__name__}
            raise ServiceFault(Outcome.RETRY_SAME, NOT_REACHED, values=told, code="connection") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            told = {"service": service, "error": type(error).__name__}
            raise ServiceFault(
                Outcome.RETRY_SAME, BROKEN_OFF, values=told, code="connection", was_paid=None
            ) from error


def _written(service: str, json: Any) -> bytes:
    try:
        return orjson.dumps(json)
    except TypeError as error:  # half of a character, which no JSON can say
        raise _not_to_be_sent(service) from error


def form_of(service: str, fields: Mapping[str, str]) -> aiohttp.FormData:
    """A form that is sent as multipart whatever is in it, which some services insist on."""
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields.items():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _not_to_be_sent(service) from error
        form.add_field(name, value)
    return form


def _not_to_be_sent(service: str) -> ServiceFault:
    return ServiceFault(Outcome.BAD_REQUEST, NOT_TO_BE_SENT, values={"service": service}, code="not_json")


async def _whole(service: str, response: aiohttp.ClientResponse, most: int) -> bytes:
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed != "identity":
        raise ServiceFault(
            Outcome.FALLBACK,
            PACKED,
            values={"service": service},
            status=response.status,
            code="packed",
            was_paid=None,
        )
    parts: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > most:
            raise ServiceFault(
                Outcome.FALLBACK,
                TOO_LARGE,
                values={"service": service, "most": most // (1024 * 1024)},
                status=response.status,
                code="too_large",
                was_paid=None,
            )
        parts.append(piece)
    return b"".join(parts)
