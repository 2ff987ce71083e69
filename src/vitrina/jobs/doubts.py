"""What to do about an effect that was begun and whose end nobody saw. Pure.

set     (one answer per review)       found: done; else wait, look again, repeat once
append  (chat message, comment)       found: done; else a person decides, a machine never repeats
pay     (a model call)                repeat once; then a person decides
"""

from __future__ import annotations

from enum import Enum, StrEnum, auto


class EffectKind(StrEnum):
    SET = "set"
    APPEND = "append"
    PAY = "pay"


class Verdict(Enum):
    IS_DONE = auto()
    LOOK_AGAIN = auto()
    REPEAT = auto()
    ASK_PERSON = auto()


def judge(kind: EffectKind, *, found: bool, looks: int, repeats: int) -> Verdict:
    """`looks`: how often the outside was looked at since the last call, this one included. `repeats`: how
    often the call was already repeated in doubt. Without a way to look, `found` is False."""
    if found:
        return Verdict.IS_DONE
    if kind is EffectKind.APPEND or repeats >= 1:
        return Verdict.ASK_PERSON
    if kind is EffectKind.SET and looks < 2:
        return Verdict.LOOK_AGAIN
    return Verdict.REPEAT
