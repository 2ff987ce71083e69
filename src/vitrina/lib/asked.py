"""What a list is asked for in its address: texts, each empty where nothing is asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Asked:
    """Base of a filter that stands in an address. Every field is a text."""

    seller: str = ""  # its id

    @property
    def query(self) -> str:
        """As it stands in an address; empty when nothing is asked for."""
        return urlencode(self.stored())

    def stored(self) -> dict[str, str]:
        """Only what is asked for."""
        return {name: value for name, value in asdict(self).items() if value}

    def __bool__(self) -> bool:
        return bool(self.stored())

    @property
    def seller_id(self) -> int | None:
        return as_id(self.seller)


def as_id(text: str) -> int | None:
    """A row's id as an address or a form gives it; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
