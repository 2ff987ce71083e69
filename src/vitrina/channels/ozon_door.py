"""How Ozon is asked: one host, one limit over all methods, two headers that say who asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from vitrina.channels.errors import CredentialsRefused
from vitrina.channels.ozon_faults import fault_of
from vitrina.channels.platforms import Account
from vitrina.channels.wire import Wire
from vitrina.lib.rates import Rate

HOST = "api"
# Ozon counts 50 requests in any second over all methods of an account. 40 evenly and 10 at once never make more.
RATE = Rate("all", per_minute=40 * 60, burst_seconds=0.25)


class OzonDoor:
    def __init__(self, account: Account) -> None:
        self._url = account.hosts[HOST]
        self._throttle, self._may_leave = account.throttle, account.may_leave
        self._headers = {
            "Client-Id": account.credentials.get("client_id", "").strip(),
            "Api-Key": account.credentials.get("api_key", "").strip(),
        }

    @property
    def client_id(self) -> str:
        return self._headers["Client-Id"]

    def ask(self, path: str, body: Mapping[str, Any], *, sends: bool = False, text: str = "") -> Any:
        """The answer's JSON. `sends`: it changes something over there. `text`: what is sent to a buyer; Ozon's words
        aren't quoted where they repeat it. Raises the errors of `channels.errors`."""
        if not all(value and value.isascii() and value.isprintable() for value in self._headers.values()):
            raise CredentialsRefused("The client ID or the API key is empty or has characters that none has.")
        judge = partial(fault_of, path=path, sends=sends, text=text)
        wire = Wire("Ozon", self._headers, self._throttle, judge, self._may_leave)
        return wire.ask("POST", f"{self._url}{path}", rate=RATE, body=body, sends=sends)
