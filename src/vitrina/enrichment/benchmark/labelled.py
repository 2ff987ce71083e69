"""Labelled products from a TSV file, and the split into rows to learn from and rows to test on. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

# Names under which a column is recognised, the first found wins.
COLUMNS = {
    "title": ("title", "name"),
    "category": ("category", "category_path", "path", "category_id"),
    "brand": ("brand", "vendor"),
    "key": ("key", "ean", "barcode", "external_id", "offer_id", "sku", "id"),
}
CATEGORY_COLUMNS = {"id": ("category_id", "id"), "path": ("path", "category_path")}


class NotLabelled(ValueError):
    """The file lacks what a benchmark needs; the message says what."""


@dataclass(frozen=True, slots=True)
class Labelled:
    title: str
    path: str  # of the right category
    brand: str
    key: str


@dataclass(frozen=True, slots=True)
class Split:
    learn: tuple[Labelled, ...]
    test: tuple[Labelled, ...]


def read(text: str, *, categories: str = "", key: str = "") -> list[Labelled]:
    """Rows of a TSV with a header. `categories`: a second TSV of id and path, when the rows name ids.

    `key`: the column whose hash splits the rows; by default the first known one, else the title.
    """
    paths = _paths(categories) if categories else {}
    rows = _rows(text)
    names = list(rows[0]) if rows else []
    title, category = _column(names, COLUMNS["title"]), _column(names, COLUMNS["category"])
    if not title or not category:
        raise NotLabelled(
            f"The file needs columns for the title ({', '.join(COLUMNS['title'])}) and for the category's path "
            f"({', '.join(COLUMNS['category'])}); it has: {', '.join(names) or 'nothing'}."
        )
    if key and key not in names:
        raise NotLabelled(f"The file has no column «{key}»; it has: {', '.join(names)}.")
    brand = _column(names, COLUMNS["brand"])
    split_by = key or _column(names, COLUMNS["key"]) or title
    found = []
    for number, row in enumerate(rows, start=2):
        path = paths.get(row[category], "" if paths else row[category]).strip()
        if not path:
            raise NotLabelled(f"Line {number} names the category «{row[category]}», which has no path.")
        if row[title].strip():
            found.append(
                Labelled(row[title].strip(), path, row[brand].strip() if brand else "", row[split_by])
            )
    return found


def split(rows: Sequence[Labelled], *, learn: int, test: int) -> Split:
    """Per category the first `learn` rows by the hash of their key, and the next `test`.

    By hash, so that neither the order of the file nor chance decides, and a run can be repeated.
    """
    by_path: dict[str, list[Labelled]] = defaultdict(list)
    for row in rows:
        by_path[row.path].append(row)
    to_learn: list[Labelled] = []
    to_test: list[Labelled] = []
    for path in sorted(by_path):
        ordered = sorted(by_path[path], key=lambda row: (digest(row.key), row.title))
        to_learn += ordered[:learn]
        to_test += ordered[learn : learn + test]
    return Split(tuple(to_learn), tuple(to_test))


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _rows(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [{name: value or "" for name, value in row.items() if name is not None} for row in reader]


def _paths(text: str) -> dict[str, str]:
    rows = _rows(text)
    names = list(rows[0]) if rows else []
    one, path = _column(names, CATEGORY_COLUMNS["id"]), _column(names, CATEGORY_COLUMNS["path"])
    if not one or not path:
        raise NotLabelled(
            f"The file of categories needs the columns id and path; it has: {', '.join(names)}."
        )
    return {row[one]: row[path] for row in rows}


def _column(names: Sequence[str], known: Sequence[str]) -> str:
    return next((name for name in known if name in names), "")
