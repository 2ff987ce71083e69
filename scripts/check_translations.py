"""Fails when a string of the studio has no Russian, when one is marked fuzzy, or when the .mo is not of the .po."""

from __future__ import annotations

import re
import string
import sys

from django.conf import settings
from translations import MO, PO, compiled, forms, key, said, translated

# One word per thing, as docs/glossary.md has it: of a product «обработка», of a schedule «запуск».
RUN, LAUNCH = re.compile(r"\bruns?\b", re.I), re.compile(r"\bзапуск(?:[ауеи]|ом|ов|ам|ами|ах)?\b", re.I)
OF_A_SCHEDULE = {"last run", "next run"}


def main() -> None:
    settings.configure(USE_I18N=True)
    catalog = translated()
    known = {key(message): message for message in catalog if message.id}
    wanted = {key(message): message for message in said() if message.id}
    problems = [f"not in the .po: {_shown(one)}" for one in wanted.keys() - known.keys()]
    problems += [f"no longer said by the code: {_shown(one)}" for one in known.keys() - wanted.keys()]
    for one, message in known.items():
        russian = forms(message)
        if message.fuzzy:
            problems.append(f"marked fuzzy: {_shown(one)}")
        elif not russian or not all(russian):
            problems.append(f"not translated: {_shown(one)}")
        elif RUN.search(one[1]) and one[1] not in OF_A_SCHEDULE and any(map(LAUNCH.search, russian)):
            problems.append(f"calls a run «запуск», which is «обработка»: {_shown(one)}")
        else:
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            places = _places(ids[-1])
            # A singular may leave its number out («one more reason»); no form may ask for what isn't given.
            problems += [
                f"asks for another value: {_shown(one)}" for form in russian if not _places(form) <= places
            ]
            if isinstance(message.id, str) and _places(russian[0]) != places:
                problems.append(f"lost a value: {_shown(one)}")
    if not problems and compiled() != {one: forms(message) for one, message in known.items()}:
        problems.append(f"{MO.name} is not compiled from {PO.name}")
    if problems:
        sys.exit(
            "\n".join(
                [
                    *sorted(problems),
                    "Run: python scripts/translations.py update, then translate what is empty.",
                ]
            )
        )
    print(f"{len(wanted)} strings, all in Russian.")


def _places(text: str) -> set[str]:
    """The names that a string wants filled: %(name)s and {{ name }} come out as the first kind."""
    named = {part.split(")")[0] for part in text.replace("%%", "").split("%(")[1:]}
    braces = (
        {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
        if "{" in text
        else set()
    )
    return named | braces


def _shown(one: tuple[str | None, str]) -> str:
    context, text = one
    return f"[{context}] {text}" if context else text


if __name__ == "__main__":
    main()
