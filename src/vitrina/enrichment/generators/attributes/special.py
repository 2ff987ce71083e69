"""Attributes that need more than a word: the type, the model code, what a part is compatible with, how a printer prints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.generators.attributes.schema import Evidence, EvidenceKind
from vitrina.enrichment.generators.describe.subject import subject_of
from vitrina.enrichment.reading.mention import Kind
from vitrina.enrichment.reading.mentions import read
from vitrina.lib.text import fold

Found = Iterator[tuple[str, str, Evidence]]
_MODELS = r"(?P<value>[A-Z][\w-]*(?:[ :]{1,2}[\w+/-]+){0,6}(?:\s?(?:/|,|и|;)\s?[A-Z0-9][\w+/-]*(?:[ ][A-Z0-9][\w+/-]*){0,6}){0,20})"
_COMPATIBLE = re.compile(
    rf"(?:совместим\w*\s+(?:с|со|устройств\w*\s*:?)|подходит\s+(?:для|к)|(?:[Дд]ля\s+)(?:[Дд]ля\s+)?(?:(?:лазерных |струйных |цветных |монохромных )?(?:устройств|принтеров|копиров|МФУ|мфу|плоттеров|аппаратов|моделей)(?:\s+и\s+(?:МФУ|мфу|принтеров|копиров))?\s+)?(?:серий\s+|серии\s+)?|for)\s*:?\s*{_MODELS}",
)
_ORIGINAL = re.compile(
    r"\b(?P<no>неоригинальн\w*)|\b(?P<yes>оригинал(?:ьн\w+)?|original)\b|\b(?P<compatible>совместим(?:ый|ая|ое|ые|ого|ой|ых)|compatible)\b",
    re.IGNORECASE,
)
_TECHNOLOGY = (
    (re.compile(r"\bлазерн\w+|\blaser\b", re.IGNORECASE), "Лазерная"),
    (re.compile(r"\bструйн\w+|\binkjet\b", re.IGNORECASE), "Струйная"),
)


def special_values(facts: ProductFacts) -> Found:
    yield from _type(facts)
    yield from _brand(facts)
    yield from _model(facts)
    yield from _consumables(facts)


def _type(facts: ProductFacts) -> Found:
    subject = subject_of(facts.model_copy(update={"attributes": {}}), "", target="")
    if subject.type is None:
        return
    start = fold(facts.title).find(fold(subject.type.text))
    if start >= 0 and len(fold(facts.title)) == len(facts.title):
        text = subject.type.text
        yield (
            "type",
            text[:1].upper() + text[1:],
            Evidence(kind=EvidenceKind.TEXT, field="title", start=start, end=start + len(text)),
        )


def _brand(facts: ProductFacts) -> Found:
    if facts.brand:
        yield "brand", facts.brand, Evidence(kind=EvidenceKind.ATTRIBUTE, field="brand", source="brand")
        return
    for mention in read(facts.title):
        if mention.kind is Kind.NAME and mention.known:
            yield (
                "brand",
                mention.text,
                Evidence(kind=EvidenceKind.TEXT, field="title", start=mention.start, end=mention.end),
            )
            return


def _model(facts: ProductFacts) -> Found:
    codes = [
        mention
        for mention in read(facts.title)
        if mention.kind is Kind.CODE and len(mention.value) >= 4 and _is_model(mention.text)
    ]
    if codes:
        best = codes[0]
        yield (
            "model",
            best.text,
            Evidence(kind=EvidenceKind.TEXT, field="title", start=best.start, end=best.end),
        )


def _is_model(text: str) -> bool:
    return bool(re.search(r"[A-ZА-Я]", text)) and not re.fullmatch(r"[0-9]+(?:D|K|U|GB|TB|Hz|W)", text)


def _consumables(facts: ProductFacts) -> Found:
    for name, text in (("title", facts.title), ("description", facts.description)):
        match = _ORIGINAL.search(text)
        if match:
            value = "Оригинал" if match.group("yes") else "Совместимый"
            yield (
                "original",
                value,
                Evidence(kind=EvidenceKind.TEXT, field=name, start=match.start(), end=match.end()),
            )
            break
    subject = subject_of(facts, facts.category_path, target="")
    if subject.kind != "consumables":
        return
    for name, text in (("title", facts.title), ("description", facts.description)):
        for pattern, value in _TECHNOLOGY:
            if found := pattern.search(text):
                yield (
                    "technology",
                    value,
                    Evidence(kind=EvidenceKind.TEXT, field=name, start=found.start(), end=found.end()),
                )
    # A title's «для Canon 045H» names the part that is replaced, not the machine.
    if compatible := _COMPATIBLE.search(facts.description):
        start, end = compatible.span("value")
        value = compatible.group("value").strip(" ,;/")
        if any(letter.isdigit() for letter in value):
            yield (
                "compatibility",
                value,
                Evidence(kind=EvidenceKind.TEXT, field="description", start=start, end=end),
            )
    yield from _part_number(facts)


_IN_BRACKETS = re.compile(
    r"\((?P<code>(?=[^)]*[0-9])(?=[^)]*[A-Z])[A-Z0-9][A-Z0-9/_-]{4,}(?:[ ][A-Z]{1,3})?)\)"
)


def _part_number(facts: ProductFacts) -> Found:
    if match := _IN_BRACKETS.search(facts.title):
        yield (
            "code",
            match.group("code"),
            Evidence(kind=EvidenceKind.TEXT, field="title", start=match.start("code"), end=match.end("code")),
        )
