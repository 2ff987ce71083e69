"""A tree of categories as a file that `tree_file.read_tree` reads back: a table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from vitrina.catalog.attribute_schema import attributes_of
from vitrina.catalog.attribute_words import schema_as_cell
from vitrina.catalog.models import Category
from vitrina.catalog.spreadsheet import csv_line

COLUMNS = ["id", "parent_id", "name", "name_en", "synonyms", "attributes"]


def as_csv(categories: Iterable[Category]) -> Iterator[str]:
    """Lines, parents first. Begins with the mark by which spreadsheets know UTF-8. Categories come with their parents."""
    yield "\ufeff" + csv_line(list(COLUMNS))
    for row in categories:
        yield csv_line(
            [row.external_id, row.parent.external_id if row.parent else "", row.name, row.name_en,
             "; ".join(row.synonyms), schema_as_cell(attributes_of(row.attribute_schema))]
        )  # fmt: skip


def as_json(categories: Iterable[Category]) -> str:
    rows = [
        {
            "id": row.external_id, "parent_id": row.parent.external_id if row.parent else "", "name": row.name,
            "name_en": row.name_en, "synonyms": row.synonyms, "attributes": row.attribute_schema,
        }
        for row in categories
    ]  # fmt: skip
    return json.dumps({"categories": rows}, ensure_ascii=False, indent=1) + "\n"
