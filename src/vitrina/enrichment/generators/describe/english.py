"""An English card from a Russian listing: only what carries over without translating sentences."""

from __future__ import annotations

import re

from vitrina.enrichment.data import load
from vitrina.enrichment.generators.attributes.offline import extract
from vitrina.enrichment.generators.attributes.schema import AttributesInput
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.generators.describe.subject import Subject
from vitrina.enrichment.reading.morphology import is_cyrillic, lemma
from vitrina.lib.text import language_of, words

_LATIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9'\"&/+.()-]*")
_NAME_WORDS = 8


def english_title(subject: Subject) -> str:
    """«Чернила Epson C13T07D24A, голубые» → «Epson C13T07D24A ink»; a title that is no Russian stays as it is."""
    if language_of(subject.title) != "ru" and subject.type is None:
        return subject.title
    head = re.split(r",\s", subject.title)[0]
    latin = [
        token for token in head.split() if _LATIN.fullmatch(token) and re.search(r"[A-Za-z]|[0-9]{3}", token)
    ][:_NAME_WORDS]
    return _named(" ".join(latin), subject)


def plain_title(subject: Subject) -> str:
    """Brand and type, when the full title would say more than is known."""
    return _named("" if is_cyrillic(subject.brand) else subject.brand, subject)


def _named(name: str, subject: Subject) -> str:
    text = f"{name} {english_type(subject)}".strip()
    return text[:1].upper() + text[1:]


def english_type(subject: Subject) -> str:
    """The plain English name of the thing, or of its kind; empty when neither is known."""
    types: dict[str, str] = load("types_en.json")["types"]
    if subject.type is not None:
        forms = [lemma(word) for word in words(subject.type.text)]
        head = lemma(subject.type.head)
        for other in forms:
            if found := types.get(f"{head} {other}"):
                return found
        if found := types.get(head):
            return found
    return subject.english


def english_pairs(request: DescribeInput) -> list[tuple[str, str]]:
    """Label and value in English of every attribute whose value has an English form."""
    found = extract(
        AttributesInput(facts=request.facts, category_path=request.category_path, language="en")
    ).values
    return [
        (value.name, value.value)
        for value in found
        if value.key not in {"type", "brand", "model", "original", "technology"}
        and not re.search(r"[А-Яа-яЁё]", value.value)
    ]
