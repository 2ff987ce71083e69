"""What buyers say in a simulated shop, before a marketplace puts it into its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Line:
    """One message of a chat. `sender`: "buyer", "seller" or "platform"."""

    id: str
    at: datetime
    sender: str
    text: str
    has_picture: bool = False


@dataclass
class Reply:
    """A seller's answer. `state`: "moderation", "published" or "rejected". `by`: "api" or "cabinet"."""

    id: str
    at: datetime
    text: str
    state: str = "published"
    by: str = "api"
    edits: int = 0


@dataclass
class Talk:
    """A review, a question or a chat. `id` is a number as text: each marketplace makes its own kind of id of it."""

    kind: str  # "review" | "question" | "chat"
    id: str
    at: datetime
    buyer: str
    sku: str
    offer_id: str
    product: str
    rating: int | None = None
    text: str = ""
    pros: str = ""
    cons: str = ""
    order_id: str = ""
    size: str = ""
    color: str = ""
    lines: list[Line] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    pictures: int = 0
    parent: str = ""  # of a supplemented review: the id of the first one
    changed_at: datetime | None = None

    @property
    def is_answered(self) -> bool:
        """A person of the shop had the last word."""
        if self.kind == "chat":
            return bool(self.lines) and self.lines[-1].sender != "buyer"
        return any(reply.state != "rejected" for reply in self.replies)


def as_json(talk: Talk) -> dict[str, Any]:
    """Its fields, every moment as text; `from_json` makes it again."""
    told: dict[str, Any] = _plain(asdict(talk))
    return told


def from_json(fields: Mapping[str, Any]) -> Talk:
    """Raises KeyError, TypeError or ValueError for what is no talk."""
    given = _timed(fields)
    given["lines"] = [Line(**_timed(line)) for line in fields.get("lines", [])]
    given["replies"] = [Reply(**_timed(reply)) for reply in fields.get("replies", [])]
    return Talk(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _timed(fields: Mapping[str, Any]) -> dict[str, Any]:
    moments = {name for name in ("at", "changed_at") if fields.get(name)}
    return {
        name: datetime.fromisoformat(value) if name in moments else value for name, value in fields.items()
    }
