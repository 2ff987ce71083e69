"""Nodes of a tree from TSV, CSV, JSON or a YML feed's categories, in an order where parents come first. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from vitrina.catalog.attribute_schema import SchemaRefused, checked
from vitrina.catalog.attribute_words import schema_from_cell
from vitrina.catalog.listing import Remark
from vitrina.catalog.paths import SEPARATOR
from vitrina.lib import strict_json
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.spreadsheet_cells import restore_cell
from vitrina.lib.text import normalise

LONGEST = {"external_id": 120, "name": 200, "path": 1000}

NO_NAME = gettext_noop("the category %(id)s has no name")
NO_ID = gettext_noop("the category «%(name)s» has no id")
REPEATED = gettext_noop("the id %(id)s stands in the file more than once; the first one is kept")
CYCLE = gettext_noop("the category %(id)s is its own ancestor: %(way)s")
NO_PARENT = gettext_noop("the category %(id)s names a parent %(parent)s that the file doesn't hold")
BELOW_REFUSED = gettext_noop("the category %(id)s stands below %(parent)s, which was refused")
TOO_LONG = gettext_noop("%(field)s of the category %(id)s has %(length)s characters, the limit is %(limit)s")


@dataclass(frozen=True, slots=True)
class Node:
    external_id: str
    name: str
    parent_id: str = ""
    name_en: str = ""
    synonyms: tuple[str, ...] = ()
    attribute_schema: tuple[Any, ...] = ()  # rows of `attribute_schema.checked`, as they came


@dataclass(frozen=True, slots=True)
class Refusal:
    external_id: str
    reason: Remark


class NotATree(ValueError):
    """The file holds no categories that can be read; the message says what was looked for."""


def in_order(nodes: Iterable[Node]) -> tuple[list[Node], list[Refusal]]:
    """Parents before children; what can't be placed, with words why."""
    known: dict[str, Node] = {}
    refused: list[Refusal] = []
    for given in nodes:
        node, problem = _clean(given)
        if problem:
            refused.append(Refusal(node.external_id, problem))
        elif node.external_id in known:
            refused.append(Refusal(node.external_id, Remark(REPEATED, {"id": node.external_id})))
        else:
            known[node.external_id] = node
    placed: dict[str, int] = {}  # id → length of its path
    bad: set[str] = set()
    ordered: list[Node] = []
    for identifier in known:
        _place(identifier, known, placed, bad, ordered, refused)
    return ordered, refused


def _place(
    identifier: str,
    known: Mapping[str, Node],
    placed: dict[str, int],
    bad: set[str],
    ordered: list[Node],
    refused: list[Refusal],
) -> None:
    """Place a node and everything above it. A loop, not a recursion: trees from outside may be any depth."""
    way: list[str] = []
    step = identifier
    problem: Remark | None = None
    while step and step not in placed and step not in bad and problem is None:
        if step in way:
            loop = [*way[way.index(step) :], step]
            problem = Remark(CYCLE, {"id": step, "way": " → ".join(loop[:12])})
        elif step not in known:
            problem = Remark(NO_PARENT, {"id": way[-1], "parent": step})
        else:
            way.append(step)
            step = known[step].parent_id
    if problem or step in bad:
        for refused_id in way:
            node = known[refused_id]
            reason = problem or Remark(BELOW_REFUSED, {"id": refused_id, "parent": node.parent_id})
            refused.append(Refusal(refused_id, reason))
            bad.add(refused_id)
        return
    for placed_id in reversed(way):
        node = known[placed_id]
        length = len(node.name) + (placed[node.parent_id] + len(SEPARATOR) if node.parent_id else 0)
        if node.parent_id in bad:
            refused.append(
                Refusal(placed_id, Remark(BELOW_REFUSED, {"id": placed_id, "parent": node.parent_id}))
            )
            bad.add(placed_id)
        elif length > LONGEST["path"]:
            values: dict[str, str | int] = {
                "field": "path",
                "id": placed_id,
                "length": length,
                "limit": LONGEST["path"],
            }
            refused.append(Refusal(placed_id, Remark(TOO_LONG, values)))
            bad.add(placed_id)
        else:
            placed[placed_id] = length
            ordered.append(node)


def _clean(node: Node) -> tuple[Node, Remark | None]:
    """With its attributes as they are stored, or why it can't be taken."""
    problem = _broken(node)
    if problem or not node.attribute_schema:
        return node, problem
    try:
        return replace(node, attribute_schema=tuple(checked(node.attribute_schema))), None
    except SchemaRefused as refused:
        return node, refused.problems[0][1]


def _broken(node: Node) -> Remark | None:
    if not node.external_id:
        return Remark(NO_ID, {"name": node.name[:80]})
    if not node.name:
        return Remark(NO_NAME, {"id": node.external_id[:80]})
    for name in ("external_id", "name"):
        length = len(getattr(node, name))
        if length > LONGEST[name]:
            return Remark(
                TOO_LONG,
                {"field": name, "id": node.external_id[:80], "length": length, "limit": LONGEST[name]},
            )
    return None


# --- Files ------------------------------------------------------------------------------------------------

MOST_CELL = 4 * 1024 * 1024  # characters
ID_NAMES = ("id", "category_id", "external_id")
PARENT_NAMES = ("parent_id", "parentid", "parent")
NAME_NAMES = ("name", "name_ru", "название", "наименование")


def from_table(text: str) -> list[Node]:
    """TSV or CSV with a header: `id, name[, parent_id, name_en, synonyms, attributes]`, or `[id,] path[, …]`.

    Synonyms are divided by «;» or «|»; attributes are lines of one cell, or JSON (`attribute_words.schema_from_cell`).
    Of paths, the nodes on the way are made with their path as id.
    """
    # A cell may hold a whole schema in JSON, far beyond the bound of Python's reader.
    csv.field_size_limit(max(csv.field_size_limit(), MOST_CELL))
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or []}
    if "path" in names:
        return _from_paths(
            _PathRow(
                external_id=normalise(_first(row, names, ID_NAMES)),
                path=normalise(_first(row, names, ("path",))),
                name_en=normalise(_first(row, names, ("name_en",))),
                synonyms=_words(row, names),
                attribute_schema=_attributes(row, names),
            )
            for row in rows
        )
    if not set(NAME_NAMES) & set(names) or not set(ID_NAMES) & set(names):
        raise NotATree(
            f"The first line must name the columns id and name, or path; it names {', '.join(names) or 'none'}."
        )
    return [
        Node(
            external_id=normalise(_first(row, names, ID_NAMES)),
            name=normalise(_first(row, names, NAME_NAMES)),
            parent_id=normalise(_first(row, names, PARENT_NAMES)),
            name_en=normalise(_first(row, names, ("name_en",))),
            synonyms=_words(row, names),
            attribute_schema=_attributes(row, names),
        )
        for row in rows
    ]


def from_json(text: str) -> list[Node]:
    """A list of {"id", "name", "parent_id", "name_en", "synonyms", "attributes"}, flat or nested by "children"."""
    loaded = strict_json.loads(text)
    roots = loaded.get("categories") if isinstance(loaded, dict) else loaded
    if not isinstance(roots, list):
        raise NotATree(
            'The JSON must be a list of categories, or an object with the list under "categories".'
        )
    nodes: list[Node] = []
    waiting = [(root, "") for root in reversed(roots)]
    while waiting:
        item, parent = waiting.pop()
        if not isinstance(item, dict):
            raise NotATree(f"A category must be an object; {str(item)[:40]!r} is none.")
        identifier = normalise(str(item.get("id", item.get("external_id", "")) or ""))
        nodes.append(
            Node(
                external_id=identifier,
                name=normalise(str(item.get("name") or "")),
                parent_id=normalise(str(item.get("parent_id") or "")) or parent,
                name_en=normalise(str(item.get("name_en") or "")),
                synonyms=tuple(map(str, item.get("synonyms") or ())),
                attribute_schema=_listed(item.get("attributes")),
            )
        )
        waiting += [(child, identifier) for child in reversed(item.get("children") or [])]
    return nodes


def from_feed(categories: Mapping[str, tuple[str | None, str]]) -> list[Node]:
    """The categories of a YML."""
    return [
        Node(external_id=identifier, name=normalise(name), parent_id=parent or "")
        for identifier, (parent, name) in categories.items()
    ]


def from_paths(paths: Iterable[str]) -> list[Node]:
    """«Посуда > Кружки»: every step on the way is a node, with its path as id."""
    return _from_paths(_PathRow(path=path) for path in paths)


class _PathRow(NamedTuple):
    external_id: str = ""
    path: str = ""
    name_en: str = ""
    synonyms: tuple[str, ...] = ()
    attribute_schema: tuple[Any, ...] = ()


def _from_paths(rows: Iterable[_PathRow]) -> list[Node]:
    """What is listed has its own id; what only stands above has its path as id."""
    listed: dict[str, _PathRow] = {}
    repeated: list[Node] = []
    for row in rows:
        clean = SEPARATOR.join(part.strip() for part in row.path.split(SEPARATOR.strip()) if part.strip())
        if clean in listed and listed[clean].external_id != row.external_id:
            repeated.append(_node(clean, row, listed))
        elif clean:
            listed.setdefault(clean, row)
    nodes: dict[str, Node] = {}
    for path in listed:
        parts = path.split(SEPARATOR)
        for depth in range(1, len(parts) + 1):
            here = SEPARATOR.join(parts[:depth])
            if here not in nodes:
                nodes[here] = _node(here, listed.get(here, _PathRow()), listed)
    return [*nodes.values(), *repeated]


def _node(path: str, row: _PathRow, listed: Mapping[str, _PathRow]) -> Node:
    parent = path.rpartition(SEPARATOR)[0]
    return Node(
        external_id=row.external_id or _path_id(path),
        name=path.rpartition(SEPARATOR)[2],
        parent_id=(listed.get(parent, _PathRow()).external_id or _path_id(parent)) if parent else "",
        name_en=row.name_en,
        synonyms=row.synonyms,
        attribute_schema=row.attribute_schema,
    )


def _path_id(path: str) -> str:
    if len(path) <= LONGEST["external_id"]:
        return path
    return hashlib.sha256(path.encode()).hexdigest()


def _first(row: Mapping[str, str | None], names: Mapping[str, str], wanted: Iterable[str]) -> str:
    return next((restore_cell(row.get(names[name]) or "") for name in wanted if name in names), "")


def _words(row: Mapping[str, str | None], names: Mapping[str, str]) -> tuple[str, ...]:
    cell = _first(row, names, ("synonyms",))
    return tuple(word.strip() for word in cell.replace("|", ";").split(";") if word.strip())


def _attributes(row: Mapping[str, str | None], names: Mapping[str, str]) -> tuple[Any, ...]:
    return tuple(schema_from_cell(_first(row, names, ("attributes",))))


def _listed(given: Any) -> tuple[Any, ...]:
    """Of JSON: a list, or the words that a cell would hold."""
    if isinstance(given, str):
        return tuple(schema_from_cell(given))
    return tuple(given) if isinstance(given, list) else (given,) if given else ()
