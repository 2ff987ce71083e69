"""What attributes the products of a category have: typed, in order, a child's added to its parents'. Pure.

Stored in `Category.attribute_schema` as a list of rows, `CategoryAttribute.row`; `Category.attribute_schema` of a category
holds its own ones alone, `inherited` puts those from above before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vitrina.catalog.listing import Remark
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import fold, normalise

TEXT, NUMBER, CHOICE, MULTIPLE, BOOLEAN = KINDS = ("text", "number", "choice", "multiple", "boolean")
CHOOSING = frozenset({CHOICE, MULTIPLE})
MEMBERS = frozenset(
    {"key", "name", "name_en", "kind", "unit", "choices", "required", "synonyms"}
)  # of a stored row
LONGEST_NAME = 120
LONGEST_UNIT = 20
LONGEST_CHOICE = 120
MOST_ATTRIBUTES = 100
MOST_CHOICES = 1_000
MOST_SYNONYMS = 50

NO_NAME = gettext_noop("an attribute needs a name")
NAME_TOO_LONG = gettext_noop("the name «%(name)s» has %(length)s characters, the limit is %(limit)s")
NO_KIND = gettext_noop("«%(name)s» is of the kind «%(kind)s»; known are %(known)s")
UNIT_TOO_LONG = gettext_noop("the unit of «%(name)s» has %(length)s characters, the limit is %(limit)s")
UNIT_OF_NO_NUMBER = gettext_noop("«%(name)s» has the unit «%(unit)s», and only a number has a unit")
NO_CHOICES = gettext_noop("«%(name)s» needs choices: without any there is nothing to choose")
CHOICES_OF_NONE = gettext_noop("«%(name)s» lists choices, and its kind has none")
CHOICE_EMPTY = gettext_noop("a choice of «%(name)s» has no word")
CHOICE_TOO_LONG = gettext_noop("the choice «%(choice)s» has %(length)s characters, the limit is %(limit)s")
CHOICE_REPEATED = gettext_noop("«%(word)s» stands at two choices of «%(name)s»: which one is meant?")
TOO_MANY_CHOICES = gettext_noop("«%(name)s» has %(count)s choices, the limit is %(limit)s")
TOO_MANY_SYNONYMS = gettext_noop("«%(name)s» has %(count)s other names, the limit is %(limit)s")
REPEATED = gettext_noop("«%(name)s» stands there twice")
TOO_MANY = gettext_noop("%(count)s attributes are listed, the limit is %(limit)s")
NO_ROW = gettext_noop("an attribute must be an object with a name; «%(text)s» is none")
UNKNOWN_MEMBER = gettext_noop("«%(member)s» is nothing that an attribute has; known are %(known)s")


class SchemaRefused(ValueError):
    """Attributes that can't be taken; `problems` says why, each with the place of the row from 0. Nothing was changed."""

    def __init__(self, problems: Sequence[tuple[int, Remark]]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(remark) for _place, remark in problems))


@dataclass(frozen=True, slots=True)
class AttributeChoice:
    """One value that may be chosen. `synonyms`: how else suppliers write it."""

    value: str
    value_en: str = ""
    synonyms: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that names it."""
        return tuple(word for word in (self.value, self.value_en, *self.synonyms) if word)

    @property
    def row(self) -> str | dict[str, Any]:
        if not self.value_en and not self.synonyms:
            return self.value
        told = {"value": self.value, "value_en": self.value_en, "synonyms": list(self.synonyms)}
        return {name: said for name, said in told.items() if said}


@dataclass(frozen=True, slots=True)
class CategoryAttribute:
    """One attribute. `key` stays when the name changes; `unit` is the one that numbers are kept in, as a person writes it."""

    key: str
    name: str
    name_en: str = ""
    kind: str = TEXT
    unit: str = ""
    choices: tuple[AttributeChoice, ...] = ()
    required: bool = False
    synonyms: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that suppliers may call it."""
        return tuple(word for word in (self.name, self.name_en, *self.synonyms) if word)

    @property
    def row(self) -> dict[str, Any]:
        """As it is stored: {"name", "kind"} and what else is said of it."""
        told: dict[str, Any] = {"key": "" if self.key == self.name else self.key, "name": self.name, "name_en": self.name_en,
            "kind": self.kind, "unit": self.unit, "choices": [choice.row for choice in self.choices],
            "required": self.required, "synonyms": list(self.synonyms)}  # fmt: skip
        return {name: said for name, said in told.items() if said}


def attributes_of(rows: Iterable[Mapping[str, Any]]) -> tuple[CategoryAttribute, ...]:
    """Stored rows as they are meant. Rows of before the kinds were checked are read as well as they can be."""
    found = []
    for row in rows:
        name = normalise(str(row.get("name") or ""))
        choices = tuple(choice for one in row.get("choices") or () if (choice := _choice(one)).value)
        kind = str(row.get("kind") or (CHOICE if choices else TEXT))
        found.append(
            CategoryAttribute(
                key=str(row.get("key") or name),
                name=name,
                name_en=normalise(str(row.get("name_en") or "")),
                kind=kind if kind in KINDS else TEXT,
                unit=normalise(str(row.get("unit") or "")),
                choices=choices,
                required=bool(row.get("required")),
                synonyms=_words(row.get("synonyms")),
            )
        )
    return tuple(one for one in found if one.name)


def inherited(levels: Iterable[Sequence[Mapping[str, Any]]]) -> tuple[CategoryAttribute, ...]:
    """The attributes of a category by the rows of those above it and its own, from the root down.

    What stands below adds to what stands above; an attribute of the same name takes the place of the one above.
    """
    found: dict[str, CategoryAttribute] = {}
    for rows in levels:
        found |= {fold(one.name): one for one in attributes_of(rows)}
    return tuple(found.values())


def checked(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows from a person, a program or a file, clean and whole. Raises SchemaRefused with all that is wrong."""
    problems: list[tuple[int, Remark]] = []
    if len(rows) > MOST_ATTRIBUTES:
        problems.append((MOST_ATTRIBUTES, Remark(TOO_MANY, {"count": len(rows), "limit": MOST_ATTRIBUTES})))
    attributes: list[CategoryAttribute] = []
    names: set[str] = set()
    keys: set[str] = set()
    for place, row in enumerate(rows[:MOST_ATTRIBUTES]):
        if not isinstance(row, Mapping):
            problems.append((place, Remark(NO_ROW, {"text": str(row)[:40]})))
            continue
        kind = str(row.get("kind") or TEXT)
        (one,) = attributes_of([{**row, "name": row.get("name") or "?"}])
        problems += [(place, remark) for remark in _problems(row, one, kind)]
        if fold(one.name) in names or one.key in keys:
            problems.append((place, Remark(REPEATED, {"name": one.name[:LONGEST_NAME]})))
        names.add(fold(one.name))
        keys.add(one.key)
        attributes.append(one)
    if problems:
        raise SchemaRefused(problems)
    return [one.row for one in attributes]


def _problems(row: Mapping[str, Any], one: CategoryAttribute, kind: str) -> Iterable[Remark]:
    if not normalise(str(row.get("name") or "")):
        yield Remark(NO_NAME)
        return
    name = one.name[:LONGEST_NAME]
    for member in sorted(map(str, set(row) - MEMBERS)):
        yield Remark(UNKNOWN_MEMBER, {"member": member[:40], "known": ", ".join(sorted(MEMBERS))})
    for said in (one.name, one.name_en, *one.synonyms):
        if len(said) > LONGEST_NAME:
            yield Remark(NAME_TOO_LONG, {"name": said[:40] + "…", "length": len(said), "limit": LONGEST_NAME})
    if len(one.synonyms) > MOST_SYNONYMS:
        yield Remark(TOO_MANY_SYNONYMS, {"name": name, "count": len(one.synonyms), "limit": MOST_SYNONYMS})
    if kind not in KINDS:
        yield Remark(NO_KIND, {"name": name, "kind": kind[:40], "known": ", ".join(KINDS)})
        return
    if len(one.unit) > LONGEST_UNIT:
        yield Remark(UNIT_TOO_LONG, {"name": name, "length": len(one.unit), "limit": LONGEST_UNIT})
    if one.unit and kind != NUMBER:
        yield Remark(UNIT_OF_NO_NUMBER, {"name": name, "unit": one.unit[:LONGEST_UNIT]})
    yield from _problems_of_choices(row, one, kind, name)


def _problems_of_choices(
    row: Mapping[str, Any], one: CategoryAttribute, kind: str, name: str
) -> Iterable[Remark]:
    given = row.get("choices") or []
    if kind in CHOOSING and not given:
        yield Remark(NO_CHOICES, {"name": name})
    if kind not in CHOOSING and given:
        yield Remark(CHOICES_OF_NONE, {"name": name})
    if len(one.choices) < len(given):
        yield Remark(CHOICE_EMPTY, {"name": name})
    if len(one.choices) > MOST_CHOICES:
        yield Remark(TOO_MANY_CHOICES, {"name": name, "count": len(one.choices), "limit": MOST_CHOICES})
    seen: dict[str, int] = {}
    for place, choice in enumerate(one.choices[:MOST_CHOICES]):
        for word in choice.words:
            if len(word) > LONGEST_CHOICE:
                values: dict[str, str | int] = {
                    "choice": word[:40] + "…",
                    "length": len(word),
                    "limit": LONGEST_CHOICE,
                }
                yield Remark(CHOICE_TOO_LONG, values)  # fmt: skip
            if seen.setdefault(fold(word), place) != place:
                yield Remark(CHOICE_REPEATED, {"word": word[:LONGEST_CHOICE], "name": name})


def _choice(row: Any) -> AttributeChoice:
    if isinstance(row, Mapping):
        return AttributeChoice(
            normalise(str(row.get("value") or "")),
            normalise(str(row.get("value_en") or "")),
            _words(row.get("synonyms")),
        )
    return AttributeChoice(normalise(str(row if row is not None else "")))


def _words(given: Any) -> tuple[str, ...]:
    """In their order, without empty ones and repetitions in other letter case. A text is parted by commas."""
    pieces = (
        re.split(r"[,\n]", given)
        if isinstance(given, str)
        else given
        if isinstance(given, list | tuple)
        else ()
    )
    return tuple({fold(word): word for piece in pieces if (word := normalise(str(piece)))}.values())
