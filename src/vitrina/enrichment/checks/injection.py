"""Sentences meant for a model. Such a sentence is data like any other; here it is found, so that it goes no further."""

from __future__ import annotations

import re
from functools import cache

from vitrina.enrichment.data import load


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(
        "|".join(f"(?:{part})" for part in load("injections.json")["patterns"]), re.IGNORECASE | re.MULTILINE
    )


# One of these stands in every pattern: most texts are done with one look.
_CUE = re.compile(
    r"игнор|забуд|отбрось|обращай|отмени|следуй|\bты\b|представь|веди себя|действуй|выведи|покаж|раскро|повтори|напеч|сообщи|пришли"
    r"|напиш|добавь|вставь|укажи|поставь|ответ|отвеча|верни|выдай|вниман|важно|\bдля (?:ии|ai|нейро|язык|ассист|chat|gpt)|ignore|disregard|forget"
    r"|override|bypass|you (?:are|must)|act as|pretend|from now|as an ai|reveal|print|show|repeat|output|leak|tell me|respond|reply|answer|return"
    r"|write|say|add|insert|include|put|append|note|dear|<|\[|system|assistant|developer|##|нұсқ|ереже|сен енді|сіз енді|жүйелік|тек қана"
    r"|бұйры|команда|[忽无忘不無你从请系输显泄]",
    re.IGNORECASE,
)


def find_injections(text: str) -> list[tuple[int, int]]:
    """Spans of what speaks to a model."""
    if not _CUE.search(text):
        return []
    return [match.span() for match in _pattern().finditer(text)]


def speaks_to_a_model(text: str) -> bool:
    return bool(find_injections(text))
