"""The places of a canned answer and what comes into them. Pure.

    fill("Здравствуйте, {buyer}! {product} снова у нас.", {"buyer": "", "product": "Платье"})
    → "Здравствуйте! Платье снова у нас."

Only what stands between braces is looked up, once: a value that has braces of its own is text like any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vitrina.inbox.leaving_out import leave_out
from vitrina.lib.text import normalise

PLACES = ("buyer", "product", "signature", "shop", "marketplace")
# A text is as good without these. Any other place that can't be filled stays as it is: the guardrail `placeholder` then holds
# the reply back, and a person fills it.
MAY_BE_EMPTY = ("buyer", "signature")

_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")


def unknown_places(text: str) -> list[str]:
    """What stands between braces and is no place: `{name}`, `{ buyer}`; braces without a partner are text."""
    return list(dict.fromkeys(match.group() for match in _PLACE.finditer(text) if match[1] not in PLACES))


def fill(text: str, values: Mapping[str, str]) -> str:
    """`values`: by place; what is missing or blank is left out with the comma beside it, or stays a place."""
    known = {place: normalise(value) for place, value in values.items()}
    for place in MAY_BE_EMPTY:
        if not known.get(place):
            text = leave_out(text, re.escape(f"{{{place}}}"))
    return _PLACE.sub(lambda match: known.get(match[1]) or match.group(), text).strip()
