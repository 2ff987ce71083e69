"""The sentences of reasons: stored by code and detail, spoken in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from vitrina.enrichment.finding_words import FIELDS, FINDINGS
from vitrina.enrichment.policy import Reason
from vitrina.lib.money import SIGNS

SENTENCES = {
    "category.missing": _("No category was chosen."),
    "category.no_fit": _("No known category fits; the proposed name is «%(proposed)s»."),
    "category.parent": _("The category is not the last of its branch; the product belongs deeper."),
    "category.confidence_unknown": _("It is unknown how sure the category is."),
    "category.confidence_low": _(
        "The category is not sure enough: %(confidence)s, and %(threshold)s is needed."
    ),
    "category.audit": _("Picked at random to keep the measured precision honest; sure at %(confidence)s."),
    "price.missing": _("The listing has no price."),
    "price.unknown_currency": _("The price %(price)s is in «%(currency)s», whose rate is not known."),
    "price.low": _("The price %(price)s %(currency)s is below %(least)s ₽."),
    "text.missing": _("No text was written."),
    "text.short": _("The description has %(length)s characters, and %(least)s are the least."),
    "product.changed": _(
        "The product changed while the run was under way: %(fields)s. Nothing was overwritten."
    ),
}


def sentence(code: str, detail: Mapping[str, Any]) -> str:
    """A reason or a finding in the language of the reader; one without words of its own is shown with its detail."""
    shown = {name: _shown(name, value) for name, value in detail.items()}
    known = SENTENCES | FINDINGS
    words = known.get(code) or known.get(code.partition(".")[0])
    if words is not None:
        shown.setdefault("bound", shown.get("most", shown.get("least", "")))
        try:
            return str(words) % shown
        except KeyError:
            pass  # a run of an older version stored other details: they are shown as they are
    facts = "; ".join(f"{name}: {shown[name]}" for name in detail)
    return f"{code} ({facts})" if facts else code


SHARES = frozenset({"confidence", "threshold", "likeness"})
NAMES: Mapping[str, Mapping[str, Any]] = {"field": FIELDS, "currency": SIGNS}


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if name in SHARES and isinstance(value, int | float):
        return f"{value * 100:.0f}\N{NO-BREAK SPACE}%"
    if name == "price":
        return _amount(value)
    return NAMES[name].get(value, value) if name in NAMES else value


def _amount(value: Any) -> Any:
    """«39», «1 249,50»: as the reader's language writes it, kopecks only where there are some."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return value
    places = 0 if amount == amount.to_integral_value() else 2
    return number_format(amount, decimal_pos=places, use_l10n=True, force_grouping=True)


def stored(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """The rows of `ModerationItem.reasons`; `text` is in the source language, for programs and exports."""
    if not reasons:
        return []
    with override("en"):
        return [
            {
                "code": reason.code,
                "severity": reason.severity.value,
                "detail": reason.detail,
                "text": sentence(reason.code, reason.detail),
            }
            for reason in reasons
        ]
