"""Whether a text needs attention: what is heard in it, weighed. Pure.

The weights stand in `data/attention.json`, one per group of our own stems; `scripts/fit_attention.py` makes them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from vitrina.inbox.hearing.listening import Heard, hear

# Feature → its sign: 1 may only raise the score, -1 only lower it, 0 either. So «не» before praise never lowers it.
FEATURES: Mapping[str, int] = {
    "defect": 1,
    "wrong_item": 1,
    "refund": 1,
    "bad": 1,
    "weak": 1,
    "sizing": 1,
    "delivery": 1,
    "harm": 1,
    "asked_not_to": 1,
    "praise_denied": 1,
    "denials": 1,
    "trouble_without_praise": 1,
    "denial_without_praise": 1,
    "cons": 1,
    "trouble_after_turn": 1,
    "praise_after_turn": -1,
    "no_pros": 1,
    "great": -1,
    "good": -1,
    "thanks": -1,
    "trouble_denied": -1,
    "no_cons": -1,
    "works": -1,
    "turns_round": 0,
    "long": 0,
    "unsaid": 0,
    "not_yet": 0,
}
TROUBLE = ("defect", "wrong_item", "bad", "weak")
PRAISE = ("great", "good")
HARM = ("health", "counterfeit", "threat", "legal")
MOST = 3  # of one kind counted
_LONG_WORDS = 35


@dataclass(frozen=True)
class Said:
    """A review taken apart: what is heard in all of it, and whether the parts for pros and cons say «none»."""

    all: Heard
    cons: Heard
    no_pros: bool
    no_cons: bool
    has_cons: bool


def said(text: str, pros: str = "", cons: str = "") -> Said:
    """`pros` and `cons` may stand in the text itself under their headings, as some exports write them."""
    if not pros and not cons and _HEADED.search(text):
        text, pros, cons = _parts(text)
    no_pros, no_cons = bool(_NONE.match(pros.strip())), bool(_NONE.match(cons.strip()))
    pros, cons = ("" if no_pros else pros), ("" if no_cons else cons)
    whole = "\n".join(part for part in (text, pros, cons) if part.strip())
    return Said(
        all=hear(whole),
        cons=hear(cons),
        no_pros=no_pros,
        no_cons=no_cons,
        has_cons=bool(cons.strip()),
    )


def score(heard: Said) -> float:
    """0–1: how likely it is that the buyer gave three stars or fewer."""
    table = _table()
    total = table.bias + sum(table.weights.get(name, 0.0) * value for name, value in features(heard).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def needs_attention(value: float) -> bool:
    return value >= _table().needed_from


def features(heard: Said) -> dict[str, float]:
    told = heard.all

    def count(*groups: str) -> float:
        return min(MOST, len({hit.words for group in groups for hit in told.meant(group)}))

    def denied(*groups: str) -> float:
        return min(MOST, len({hit.words for group in groups for hit in told.denied(group)}))

    broken = denied("function")
    found: dict[str, float] = {
        group: count(group) for group in ("wrong_item", "refund", "weak", "sizing", "delivery")
    }
    found["defect"] = min(MOST, count("defect") + broken)
    found["bad"] = count("bad")
    found["harm"] = count(*HARM)
    found["asked_not_to"] = denied("asked_not_to")
    found["great"], found["good"], found["thanks"] = count("great"), count("good"), count("thanks")
    found["works"] = count("function")
    found["praise_denied"] = denied("great", "good")
    found["trouble_denied"] = denied("defect", "bad", "weak", "wrong_item", *HARM)
    found["denials"] = min(MOST, told.denials)
    praise = found["great"] + found["good"] + found["thanks"] + found["trouble_denied"]
    trouble = sum(found[name] for name in TROUBLE) + found["praise_denied"] + found["harm"]
    found["trouble_without_praise"] = float(trouble > 0 and praise == 0)
    found["denial_without_praise"] = float(told.denials > 0 and praise == 0)
    turned = [hit for hit in told.hits if hit.turned and not (hit.asked or hit.feared)]
    found["trouble_after_turn"] = float(
        any(hit.group in (*TROUBLE, "sizing") and not hit.denied for hit in turned)
        or any(hit.group in PRAISE and hit.denied for hit in turned)
    )
    found["praise_after_turn"] = float(any(hit.group in PRAISE and not hit.denied for hit in turned))
    found["cons"] = float(heard.has_cons)
    found["no_pros"], found["no_cons"] = float(heard.no_pros), float(heard.no_cons)
    found["turns_round"] = float(told.turns_round)
    found["long"] = float(told.words >= _LONG_WORDS)
    found["unsaid"] = float(praise == 0 and trouble == 0)
    found["not_yet"] = count("not_yet")
    return found


# --- Pros and cons inside the text ------------------------------------------------------------------------

_HEADED = re.compile(r"(?:^|\s)(?:Достоинства|Недостатки|Комментарий):?\s")
_HEADING = re.compile(r"(?:^|(?<=\s))(Достоинства|Недостатки|Комментарий):?(?=\s)")
_NONE = re.compile(
    r"(?:их )?(?:пока )?(?:нет|нету|никаких|отсутствуют|ноль|0|-|—|none|no|(?:пока )?не (?:обнаруж|наш|выяв|замет|вид|было)\w{0,8}"
    r"|нет (?:недостатков|достоинств|минусов|плюсов))(?: пока| их| совсем| вообще)?[\s.!)]*$",
    re.IGNORECASE,
)


def _parts(text: str) -> tuple[str, str, str]:
    """Text, pros, cons."""
    pieces = _HEADING.split(text)
    parts = {"": pieces[0]}
    for heading, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        parts[heading] = (parts.get(heading, "") + " " + piece.replace("\\n", "\n")).strip()
    rest = "\n".join(filter(None, (parts[""].strip(), parts.get("Комментарий", ""))))
    return rest, parts.get("Достоинства", ""), parts.get("Недостатки", "")


# --- Weights ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    bias: float
    weights: Mapping[str, float]
    needed_from: float


@lru_cache(maxsize=1)
def _table() -> _Table:
    raw = json.loads(
        resources.files("vitrina.inbox.hearing").joinpath("data/attention.json").read_text(encoding="utf-8")
    )
    return _Table(float(raw["bias"]), raw["weights"], float(raw["needed_from"]))
