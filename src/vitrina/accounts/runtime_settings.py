"""Settings that an operator changes while the program runs: a typed registry, a row where one was changed, a frozen value.

A room declares what it reads (`MONTHLY_BUDGET = add(Setting(…))`) and asks `value(MONTHLY_BUDGET)` at each use. Without
a row the default holds, which may come from the environment. No secret belongs here: pages and the audit log show values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from time import monotonic
from typing import Any, Generic, Literal, TypeVar, cast

from django.db import transaction
from django.utils.translation import gettext as _

from vitrina.accounts import audit
from vitrina.accounts.models import RuntimeSetting, User

FRESH_SECONDS = 5.0

T = TypeVar("T")
Kind = Literal["whole", "number", "share", "money", "yes_no", "choice", "line"]


@dataclass(frozen=True)
class Setting(Generic[T]):
    """`share` is a number from 0 to 1, shown as a percentage; `money` is USD or None for no limit; a `choice` is a key of
    `choices`; a `line` is text of `most` characters.

    `default` is asked at each use, since it may be a setting of the environment. `least` and `most` include themselves.
    """

    name: str
    group: Any
    title: Any
    words: Any  # what changes with it, for whoever decides
    kind: Kind
    default: Callable[[], T]
    least: float = 0
    most: float = 1_000_000_000
    unit: Any = ""
    choices: Mapping[str, Any] = field(default_factory=dict)  # key → words
    environment: str = ""  # the variable that the default comes from


class NotAllowed(ValueError):
    """The words say what is allowed."""


_registry: dict[str, Setting[Any]] = {}
_rows: tuple[float, dict[str, Any]] | None = None
_lock = threading.Lock()


def add(setting: Setting[T]) -> Setting[T]:
    if _registry.setdefault(setting.name, setting) is not setting:
        raise ValueError(f"There is a runtime setting {setting.name} already.")
    return setting


def registered() -> list[Setting[Any]]:
    return list(_registry.values())


def named(name: str) -> Setting[Any] | None:
    return _registry.get(name)


def value(setting: Setting[T]) -> T:
    """The value that holds, at most a few seconds old: changed in one process, it holds in all soon after."""
    stored = _stored()
    if setting.name not in stored:
        return setting.default()
    try:
        return cast(T, restored(setting, stored[setting.name]))
    except NotAllowed:
        return setting.default()  # bounds that changed with a new version don't stop the work


def change(setting: Setting[Any], text: str, *, by: User) -> Any:
    """Set what a person typed; returns the value. Raises NotAllowed."""
    wished = parsed(setting, text)
    with transaction.atomic():
        row = RuntimeSetting.objects.select_for_update().filter(name=setting.name).first()
        before = row.value if row else None
        stored = str(wished) if isinstance(wished, Decimal) else wished
        if row is None or row.value != stored:
            row = row or RuntimeSetting(name=setting.name)
            row.value, row.changed_by = stored, by
            row.save()
            audit.record(
                "setting.change", row, by=by, before={setting.name: before}, after={setting.name: stored}
            )
    forget()
    return wished


def reset(setting: Setting[Any], *, by: User) -> None:
    """Back to the default."""
    with transaction.atomic():
        row = RuntimeSetting.objects.select_for_update().filter(name=setting.name).first()
        if row is not None:
            audit.record("setting.reset", row, by=by, before={setting.name: row.value})
            row.delete()
    forget()


def forget() -> None:
    """Read the rows anew at the next use."""
    global _rows
    _rows = None


def parsed(setting: Setting[Any], text: str) -> Any:
    """What a person typed, as the setting's value: shares as percentages. Raises NotAllowed."""
    if setting.kind in ("choice", "line"):
        return _text(setting, text.strip())
    text = text.strip().replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
    if setting.kind == "yes_no":
        return text in ("1", "on", "true", "yes")
    if setting.kind == "money" and not text:
        return None
    try:
        number = Decimal(text.removesuffix("%"))
    except InvalidOperation:
        raise NotAllowed(_("This is not a number.")) from None
    if not number.is_finite():
        raise NotAllowed(_("This is not a number."))
    if setting.kind == "share":
        number /= 100
    elif setting.kind == "whole" and number != number.to_integral_value():
        raise NotAllowed(_("A whole number is wanted."))
    return bounded(setting, number)


def restored(setting: Setting[Any], stored: Any) -> Any:
    if setting.kind == "yes_no":
        return bool(stored)
    if setting.kind in ("choice", "line"):
        return _text(setting, str(stored))
    if setting.kind == "money" and stored is None:
        return None
    try:
        return bounded(setting, Decimal(str(stored)))
    except InvalidOperation:
        raise NotAllowed(_("This is not a number.")) from None


def bounded(setting: Setting[Any], number: Decimal) -> Any:
    if not setting.least <= number <= setting.most:
        scale = 100 if setting.kind == "share" else 1
        unit = "\N{NO-BREAK SPACE}%" if setting.kind == "share" else ""
        raise NotAllowed(
            _("From %(least)s to %(most)s is possible.")
            % {"least": f"{setting.least * scale:g}{unit}", "most": f"{setting.most * scale:g}{unit}"}
        )
    if setting.kind == "whole":
        return int(number)
    if setting.kind in ("share", "number"):
        return float(number)
    return number


def _text(setting: Setting[Any], text: str) -> str:
    if setting.kind == "choice" and text not in setting.choices:
        raise NotAllowed(_("Choose one of these: %(known)s.") % {"known": ", ".join(setting.choices)})
    if len(text) > setting.most:
        raise NotAllowed(
            _("This is %(value)d characters long, the limit is %(limit)d.")
            % {"value": len(text), "limit": setting.most}
        )
    return " ".join(text.replace("\0", "").split())


def _stored() -> dict[str, Any]:
    global _rows
    known = _rows
    if known is not None and monotonic() - known[0] < FRESH_SECONDS:
        return known[1]
    # One thread reads; the others go on with what was known.
    if not _lock.acquire(blocking=known is None):
        return known[1] if known else {}
    try:
        if _rows is known:
            _rows = (monotonic(), dict(RuntimeSetting.objects.values_list("name", "value")))
        return _rows[1] if _rows else {}
    finally:
        _lock.release()
