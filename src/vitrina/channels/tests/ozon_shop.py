"""A shop at a simulated Ozon, and a channel that speaks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers import Marketplace

from vitrina.channels import ozon
from vitrina.channels.platforms import Account
from vitrina.channels.ports import Kind, Seen
from vitrina.channels.throttle import Throttle
from vitrina.simulators import ozon as simulated
from vitrina.simulators.marketplace import Settings
from vitrina.simulators.talk import Line, Reply, Talk

NOW = datetime.now(UTC).replace(microsecond=0)
SINCE = NOW - timedelta(days=30)
IDS = {"review": simulated.review_id, "question": simulated.question_id, "chat": simulated.chat_id}


class Shop:
    """`market`: the simulated side; `own`: what only Ozon has; `channel`: ours."""

    def __init__(self) -> None:
        app = simulated.application(settings=Settings(plan="premium_pro"))
        self.own: simulated.Own = app[simulated.OWN]
        self.market = Marketplace(app)
        self.settings = self.market.state.settings
        self.channel = self.open()

    def open(self, key: str = "sim-key", client_id: str = "12345") -> ozon.Ozon:
        credentials = {"client_id": client_id, "api_key": key}
        return ozon.Ozon(Account(credentials, {"api": self.market.url}, Throttle("ozon:test")))

    def whole_pass(self, kind: Kind, cursor: str = "", *, most: int = 60) -> tuple[list[Seen], str]:
        """Everything that a pass shows, and the cursor after it."""
        seen: list[Seen] = []
        for _ in range(most):
            page = self.channel.read(kind, cursor, since=SINCE)
            seen += page.seen
            cursor = page.cursor
            if page.is_last:
                return seen, cursor
        raise AssertionError("the pass doesn't end")


def talk(kind: str, number: int, *, hours: float = 1, answered: str = "", **fields: Any) -> Talk:
    """What was said so many hours ago; `answered`: the shop's answer to it."""
    at = NOW - timedelta(hours=hours)
    made: dict[str, Any] = {"buyer": "Анна", "sku": "646399170", "offer_id": "MAYAK-7", "product": "Лампа"}
    if kind == "review":
        made["rating"] = 4
    if kind != "chat":
        made["text"] = f"Слова {number}"
    if answered:
        made["replies"] = [Reply(str(500_000 + number), at + timedelta(minutes=5), answered)]
    return Talk(kind, str(number), at, **made | fields)


def chat(number: int, *lines: tuple[str, str], hours: float = 1, **fields: Any) -> Talk:
    """A chat with its (sender, text), the last one said so many hours ago, a minute between two."""
    last = NOW - timedelta(hours=hours)
    made = [
        Line(str(number * 100 + n), last - timedelta(minutes=len(lines) - 1 - n), sender, text)
        for n, (sender, text) in enumerate(lines)
    ]
    return talk("chat", number, hours=hours + 1, lines=made, **fields)
