"""Filling a sentence pattern: {slots} from facts, [он|она|оно|они] by the gender of the thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from vitrina.enrichment.generators.describe.points import Point
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.generators.describe.subject import Subject
from vitrina.enrichment.reading.inflection import agreeing
from vitrina.enrichment.reading.morphology import lemma
from vitrina.lib.text import fold, words

_SLOT = re.compile(r"\{(\w+)\}")
_AGREEMENT = re.compile(r"\[([^|\]]*)\|([^|\]]*)\|([^|\]]*)\|([^|\]]*)\]")
BRIEF_POINTS = 3
BRIEF_CHARACTERS = 150


def slots_of(subject: Subject, points: Sequence[Point], request: DescribeInput) -> dict[str, str]:
    """Every slot that the facts can fill; the others are missing."""
    slots = {
        "title": _within(subject.title, request),
        "Title": _capital(subject.title),
        "brand": subject.brand,
        "model": subject.model,
    }
    if subject.type is not None:
        slots |= {f"type_{case}": form for case, form in subject.type.forms.items()}
        slots |= {"type": subject.type.text, "Type": _capital(subject.type.text)}
        slots |= {"name": subject.name, "Name": _capital(subject.name)}
    for point in points:
        if point.key and point.key not in slots and len(point.value) <= 90:
            slots[point.key] = point.value
    slots |= _original(subject, request)
    brief = [point for point in points if point.key not in {"orig", "devices"} and point.label][:BRIEF_POINTS]
    while brief and sum(len(point.phrase) + 2 for point in brief) > BRIEF_CHARACTERS:
        brief.pop()
    if len(brief) > 1:
        slots["brief"] = (
            "; ".join(point.phrase for point in brief)
            if any("," in point.value for point in brief)
            else ", ".join(point.phrase for point in brief)
        )
    code = next(
        (
            value
            for name, value in request.facts.attributes.items()
            if fold(name) in {"коды", "код", "партномер"}
        ),
        "",
    )
    if code and len(code) <= 30 and not code.startswith("-"):
        slots["code"] = code.strip()
    leaf = re.split(
        r"[>›/|→]", request.category_path or request.facts.category_path or request.facts.category_hint
    )[-1].strip()
    if 2 < len(leaf) <= 50 and not _repeats(subject, leaf):
        slots["category"] = leaf
    return {name: value for name, value in slots.items() if value}


def _repeats(subject: Subject, category: str) -> bool:
    """«Из раздела «Оверлоки» — оверлок …» says one thing twice."""
    return subject.type is not None and any(
        _stem(word) == _stem(subject.type.head) for word in words(category)
    )


def _stem(word: str) -> str:
    return lemma(word)[:6]


def _original(subject: Subject, request: DescribeInput) -> dict[str, str]:
    """«оригинальный» or «совместимый» in the form of the type, where the listing says so."""
    if subject.type is None or subject.kind != "consumables":
        return {}
    said = fold(
        " ".join(
            [
                *(
                    value
                    for name, value in request.facts.attributes.items()
                    if fold(name) == "оригинальность"
                ),
                request.facts.title,
            ]
        )
    )
    adjective = (
        "оригинальный"
        if "оригинал" in said and "неоригинал" not in said
        else "совместимый"
        if "совместим" in said
        else ""
    )
    form = agreeing(adjective, subject.type.number) if adjective else None
    return {"orig": form, "Orig": _capital(form)} if form else {}


def fill(pattern: str, slots: Mapping[str, str], subject: Subject) -> str:
    """The sentence, or "" when a slot has no fact behind it. «if devices? …» asks for a slot that is not written."""
    condition, mark, rest = pattern.partition("? ") if pattern.startswith("if ") else ("", "", pattern)
    if mark and any(name not in slots for name in condition.removeprefix("if ").split()):
        return ""
    pattern = rest
    wanted = _SLOT.findall(pattern)
    if any(name not in slots for name in wanted):
        return ""
    if "[" in pattern:
        if subject.type is None:
            return ""
        number = subject.type.number
        pattern = _AGREEMENT.sub(lambda match: match.group(number + 1), pattern)
    if "{model}" in pattern and len(words(slots["model"])) > 6:
        return ""
    sentence = _SLOT.sub(lambda match: slots[match.group(1)], pattern)
    return re.sub(r"\s+", " ", sentence).replace("..", ".").strip()


def _within(title: str, request: DescribeInput) -> str:
    """The title inside a sentence: an English common noun («Ink for …») loses its capital, a name keeps it."""
    first = title.split(" ", 1)[0]
    if request.language == "en" and first.istitle() and first not in request.facts.title:
        return title[:1].lower() + title[1:]
    return title


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
