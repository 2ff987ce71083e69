"""What the classes of faults are called on the pages, and what helps against them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Any] = {
    "timeout": _("no answer in time"),
    "connection": _("no connection"),
    "server": _("the server failed"),
    "conflict": _("conflict, may pass"),
    "rate": _("too many calls for the provider"),
    "credit": _("credit is spent"),
    "gone": _("the model is gone"),
    "context": _("the prompt is too long"),
    "refused": _("the model refused"),
    "configuration": _("key or address is wrong"),
    "request": _("the request was not understood"),
    "bad_body": _("unreadable answer"),
    "too_large": _("answer too large"),
    "empty": _("empty answer"),
    "truncated": _("cut at the output limit"),
    "invalid": _("breaks the schema"),
    "breaker_open": _("rests after failures"),
    "limit": _("a limit of this installation"),
    "stopped": _("the process was stopped"),
    "doubt": _("unknown: the process died"),
}
HELP: dict[str, Any] = {
    "timeout": _(
        "The server is slow or busy. Give the attempt more seconds, or let another model come first."
    ),
    "connection": _("Look whether the address is right and the server runs; from here it can't be reached."),
    "server": _("The trouble is on the provider's side; the route goes on with its next model meanwhile."),
    "rate": _(
        "Set requests per minute for the provider below what it allows; then calls wait instead of failing."
    ),
    "credit": _("Top up the provider's account; until then the route goes on with its next model."),
    "gone": _("The provider no longer knows this name. Choose another model for the route."),
    "configuration": _("Enter the key anew under Providers, and look whether the address is right."),
    "request": _(
        "The server doesn't understand what it was asked; a smaller or older server may lack a feature."
    ),
    "limit": _("The refusal says which limit it is and when it lifts; Budgets and Plans change it."),
}


def name_of(fault: str) -> Any:
    return NAMES.get(fault, fault)


def help_of(fault: str) -> Any:
    return HELP.get(fault, "")
