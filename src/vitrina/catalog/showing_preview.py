"""A draft as its page shows it: every column with samples and what it is read as, and the first rows as products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from vitrina.catalog import columns, feed_tree
from vitrina.catalog.importing import ImportOptions, remembered_columns
from vitrina.catalog.listing import Listing, Remark
from vitrina.catalog.mapping import OFFER_ROLES, Mapped, RowMapper
from vitrina.catalog.models import Import
from vitrina.catalog.preparing import trial_key
from vitrina.catalog.preview import Preview, Row
from vitrina.catalog.role_words import GIVES_ID, GIVES_TITLE, ROLE_WORDS, role_words

SAMPLES = 3
SAMPLE_CHARACTERS = 60


@dataclass(frozen=True)
class ShownColumn:
    number: int
    name: str
    samples: list[str]
    role: str
    role_words: str
    # "guessed" | "remembered" | "said"
    by: str


@dataclass(frozen=True)
class ShownRow:
    line: int
    listing: Listing | None
    refusal: str = ""
    warnings: list[str] = field(default_factory=list)
    raw: str = ""


@dataclass(frozen=True)
class ShownPreview:
    columns: list[ShownColumn]
    rows: list[ShownRow]
    raw_rows: list[tuple[int, list[str]]]
    further_columns: int
    is_fixed: bool  # the format says itself what its fields are
    # Sentences: why every row would be refused as the columns are read now.
    missing: list[str]
    roles: list[tuple[str, Any]]
    trial: dict[str, Any] | None
    offers_tree: bool  # the shop has no categories yet, and the feed names some


def shown_preview(import_run: Import) -> ShownPreview:
    """Two queries: the columns that are remembered, and whether the shop has categories."""
    seen: Preview = import_run.preview  # type: ignore[assignment]
    options = ImportOptions.load(import_run.options)
    is_fixed = seen["format"] == "yml"
    remembered = {} if is_fixed else remembered_columns(import_run.seller, seen["columns"])
    roles = _roles(seen, remembered | options.columns)
    mapper = RowMapper(
        file_format=seen["format"],
        categories={key: (parent, name) for key, (parent, name) in seen["categories"].items()},
        explicit=remembered | options.columns,
        currency=options.currency or import_run.seller.currency,
        supplier=options.supplier,
    )
    rows = [_row(row, mapper) for row in seen["rows"]]
    return ShownPreview(
        columns=[
            ShownColumn(
                number, name, _samples(name, seen["rows"]), role, role_words(role),
                _by(name, options.columns, remembered),
            )
            for number, (name, role) in enumerate(roles.items())
        ],
        rows=rows,
        raw_rows=[
            (row["line"], [_cell(row["fields"].get(name)) for name in roles])
            for row in seen["rows"]
            if "fields" in row
        ],
        further_columns=max(0, seen["all_columns"] - len(seen["columns"])),
        is_fixed=is_fixed,
        missing=[] if is_fixed else _missing(roles),
        roles=list(ROLE_WORDS.items()),
        trial=_trial(import_run, options),
        offers_tree=any(row.listing and row.listing.category_hint for row in rows)
        and feed_tree.is_bare(import_run.seller),
    )  # fmt: skip


def _roles(seen: Preview, explicit: Mapping[str, str]) -> dict[str, str]:
    if seen["format"] == "yml":
        return {name: OFFER_ROLES.get(name, columns.LEFT_OUT) for name in seen["columns"]}
    return columns.roles_of(seen["columns"], explicit)


def _by(name: str, said: Mapping[str, str], remembered: Mapping[str, str]) -> str:
    if name in said and said[name] != remembered.get(name, columns.role_of(name)):
        return "said"
    return "remembered" if name in remembered else "guessed"


def _samples(name: str, rows: list[Row]) -> list[str]:
    found = (_cell(row["fields"].get(name)) for row in rows if "fields" in row)
    return list(dict.fromkeys(sample[:SAMPLE_CHARACTERS] for sample in found if sample))[:SAMPLES]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_cell(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_cell, value))
    return " ".join(str(value).split())


def _row(row: Row, mapper: RowMapper) -> ShownRow:
    if "fields" not in row:
        return ShownRow(row["line"], None, _(row.get("reason", "")), raw=row.get("raw", ""))
    mapped = mapper.map(row["fields"])
    if isinstance(mapped, Mapped):
        return ShownRow(row["line"], mapped.listing, warnings=[sentence(one) for one in mapped.warnings])
    return ShownRow(row["line"], None, sentence(mapped.reason), raw=_cell(row["fields"])[:300])


def sentence(remark: Remark) -> str:
    translated = _(remark.sentence)
    return translated % remark.values if remark.values else translated


def _missing(roles: Mapping[str, str]) -> list[str]:
    said = set(roles.values())
    missing = []
    if not said & GIVES_ID:
        missing.append(_("No column is read as the id or the vendor code."))
    if not said & GIVES_TITLE:
        missing.append(_("No column is read as the title."))
    return missing


def _trial(import_run: Import, options: ImportOptions) -> dict[str, Any] | None:
    """What the dry run counted; None when something else was said of the feed since."""
    told = import_run.trial
    if not told or told["of"] != trial_key(options):
        return None
    reasons = [one | {"words": sentence(Remark(one["sentence"], one["values"]))} for one in told["reasons"]]
    return {**told, "reasons": reasons}
