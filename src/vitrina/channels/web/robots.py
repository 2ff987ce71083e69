"""What a site's robots.txt lets us ask (RFC 9309), how fast, and where its site maps are. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

AGENT = "vitrina"
MOST_BYTES = 512 * 1024
MOST_RULES = 5_000
LONGEST_DELAY_SECONDS = 60.0


@dataclass(frozen=True)
class Robots:
    """`rules`: (pattern, whether it lets us), of the group that speaks to us. `delay_seconds`: 0 where none is asked for."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay_seconds: float = 0.0
    site_maps: tuple[str, ...] = ()

    def lets(self, address: str) -> bool:
        """The longest rule that fits says it; of equals, the one that lets us in."""
        parts = urlsplit(address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if path == "/robots.txt":
            return True
        fitting = [(len(pattern), lets) for pattern, lets in self.rules if _fits(pattern, path)]
        return max(fitting)[1] if fitting else True


@dataclass
class _Group:
    agents: list[str] = field(default_factory=list)
    rules: list[tuple[str, bool]] = field(default_factory=list)
    delay: float = 0.0


def parse(body: bytes) -> Robots:
    """Whatever the bytes are: what is no rule says nothing."""
    groups: list[_Group] = []
    maps: list[str] = []
    is_open = False  # the lines before were names of agents
    rules = 0
    for line in re.split(r"\r\n|\r|\n", body[:MOST_BYTES].decode("utf-8-sig", "replace")):
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "sitemap":
            maps.append(value)
        elif name == "user-agent":
            if not is_open:
                groups.append(_Group())
            groups[-1].agents.append(value.lower())
            is_open = True
        elif groups and name in ("allow", "disallow", "crawl-delay"):
            is_open = False
            if name == "crawl-delay":
                groups[-1].delay = _seconds(value)
            elif value and rules < MOST_RULES:
                rules += 1
                groups[-1].rules.append((value, name == "allow"))
    ours = [group for group in groups if any(_is_us(agent) for agent in group.agents)]
    ours = ours or [group for group in groups if "*" in group.agents]
    return Robots(
        tuple(rule for group in ours for rule in group.rules),
        max((group.delay for group in ours), default=0.0),
        tuple(dict.fromkeys(one for one in maps if one)),
    )


def _is_us(agent: str) -> bool:
    return agent.split("/")[0].strip() == AGENT


def _seconds(value: str) -> float:
    if not re.fullmatch(r"\d{1,6}(?:\.\d{1,6})?", value, re.ASCII):
        return 0.0
    return min(float(value), LONGEST_DELAY_SECONDS)


def _fits(pattern: str, path: str) -> bool:
    """`*` stands for anything, a last `$` for the end. Piece by piece, so that no pattern takes long."""
    is_whole = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if is_whole and not pieces:
        return at == len(path)
    for number, piece in enumerate(pieces):
        if is_whole and number == len(pieces) - 1:
            return path.endswith(piece) and len(path) - len(piece) >= at
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True
