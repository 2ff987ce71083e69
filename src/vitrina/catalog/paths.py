"""From a feed's category ids to paths: cycles, missing parents and unknown ids are met with words. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from vitrina.catalog.listing import LONGEST, Remark
from vitrina.lib.sentences import gettext_noop

SEPARATOR = " > "
CYCLE = gettext_noop("the feed's category %(id)s is its own ancestor; the path ends there")
NO_PARENT = gettext_noop(
    "the feed's category %(id)s has a parent %(parent)s that the feed doesn't list; the path begins below it"
)
UNKNOWN = gettext_noop("the feed doesn't list the category %(id)s; the category at the source is unknown")
LONG = gettext_noop(
    "the path of the feed's category %(id)s has %(length)s characters, the limit is %(limit)s; it is left unknown"
)


MOST_KNOWN = 200_000  # a feed may invent ids for ever; memory has an end


class CategoryPaths:
    """`nodes`: {id: (parent id or "", name)}. A remark on an id comes once, with the first row that uses it."""

    def __init__(self, nodes: Mapping[str, tuple[str | None, str]]) -> None:
        self.nodes = nodes
        self._known: dict[str, str] = {}

    def path(self, identifier: str) -> tuple[str, list[Remark]]:
        """«Посуда > Кружки» and what was wrong on the way; "" when the id is unknown."""
        if identifier in self._known:
            return self._known[identifier], []
        path, remarks = self._walk(identifier)
        if len(path) > LONGEST["category_hint"]:
            remarks.append(
                Remark(LONG, {"id": identifier[:80], "length": len(path), "limit": LONGEST["category_hint"]})
            )
            path = ""
        if len(self._known) < MOST_KNOWN:
            self._known[identifier] = path
        return path, remarks

    def _walk(self, identifier: str) -> tuple[str, list[Remark]]:
        if identifier not in self.nodes:
            return "", [Remark(UNKNOWN, {"id": identifier[:80]})]
        names: list[str] = []
        seen: set[str] = set()
        remarks: list[Remark] = []
        step: str | None = identifier
        while step:
            if step in seen:
                remarks.append(Remark(CYCLE, {"id": step[:80]}))
                break
            if step not in self.nodes:
                remarks.append(Remark(NO_PARENT, {"id": identifier[:80], "parent": step[:80]}))
                break
            seen.add(step)
            parent, name = self.nodes[step]
            names.append(" ".join(name.split()))
            step = parent
        return SEPARATOR.join(name for name in reversed(names) if name), remarks
