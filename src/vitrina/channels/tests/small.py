"""A marketplace just big enough to be connected: one path that says what the credentials open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from vitrina.channels.errors import ChannelError, CredentialsRefused, NotOpen, Throttled
from vitrina.channels.platforms import Account, Credential, Platform
from vitrina.channels.ports import Abilities, Access, AccessState, Kind, Page, Probe, Seen, Sent
from vitrina.channels.wire import Answered, Wire
from vitrina.lib.rates import Rate

NAME = "small"
RATE = Rate("probe", per_minute=6000)


class SmallChannel:
    """It answers a probe; for the rest it isn't made."""

    def __init__(self, account: Account) -> None:
        self._host = account.hosts["api"]
        self._wire = Wire("Small", {"Authorization": account.credentials["token"]}, account.throttle, judge)

    @property
    def abilities(self) -> Mapping[Kind, Abilities]:
        return {Kind.REVIEW: Abilities(1, 1000), Kind.CHAT: Abilities(1, 1000, is_public=False)}

    def shop(self) -> str:
        return ""

    def probe(self) -> Probe:
        told = self._wire.ask("GET", f"{self._host}/me", rate=RATE)
        until = told.get("until")
        return Probe(
            access={
                Kind(kind): Access(AccessState(state), needs)
                for kind, (state, needs) in told["access"].items()
            },
            seller_name=told.get("name", ""),
            expires_at=datetime.fromisoformat(until) if until else None,
        )

    def read(self, kind: Kind, cursor: str, *, since: datetime) -> Page:
        raise NotImplementedError

    def look(self, kind: Kind, id: str, address: Mapping[str, str]) -> Seen:  # noqa: A002
        raise NotImplementedError

    def answer(self, kind: Kind, id: str, address: Mapping[str, str], text: str) -> Sent:  # noqa: A002
        raise NotImplementedError

    def edit(
        self,
        kind: Kind,
        id: str,  # noqa: A002
        address: Mapping[str, str],
        answer_id: str,
        text: str,
    ) -> Sent:
        raise NotImplementedError


def judge(answered: Answered) -> ChannelError | None:
    if answered.status == 401:
        # As some do: the key that was sent stands in the answer.
        return CredentialsRefused(f"Small refuses the key: {answered.text}", status=401)
    if answered.status == 403:
        return NotOpen("Small doesn't open.", needs="Big Plan", is_plan=True, status=403)
    if answered.status == 429:
        return Throttled("Small says later.", retry_after=float(answered.headers["retry-after"]), status=429)
    return None


def platform(url: str) -> Platform:
    return Platform(
        name=NAME,
        words="Small Market",
        hosts={"api": url},
        credentials=(
            Credential("shop", "Shop number", is_secret=False),
            Credential("token", "Key", help="From the cabinet."),
        ),
        make=SmallChannel,
    )


def opens(*, days: float | None = 100, **access: Any) -> dict[str, Any]:
    """What `/me` says."""
    from django.utils import timezone

    until = None if days is None else (timezone.now() + timedelta(days=days)).isoformat()
    return {"name": "Шляпная лавка", "until": until, "access": access or {"review": ["open", ""]}}
