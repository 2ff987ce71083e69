"""What can be done to many products at once: who may, and in which words it is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _l

from vitrina.accounts.roles import Right


@dataclass(frozen=True)
class Deed:
    right: Right
    icon: str
    name: Any  # of the button
    heading: Any
    words: Any  # what will happen
    title: Any  # of the batch


DEEDS = {
    "enrichment": Deed(
        Right.ENRICH, "sparkles", _l("Enrich"), _l("Enrich the selected products"),
        _l("Each product gets a run of its own. A person's words stay unless you say otherwise."), _l("selected products"),
    ),
    "category": Deed(
        Right.EDIT_CATALOGUE, "folder-tree", _l("Set category"), _l("Put the selected products into a category"),
        _l("The category counts as chosen by a person: no run changes it, and the products stand as examples for the next ones."),
        _l("category"),
    ),
    "approval": Deed(
        Right.MODERATE, "check", _l("Approve"), _l("Approve what waits for a person"),
        _l("Texts and categories are applied as they were proposed. Items with grave findings, and those that a colleague holds, are left."),
        _l("approval"),
    ),
    "undoing": Deed(
        Right.ENRICH, "undo-2", _l("Take back"), _l("Take back the last run of the selected products"),
        _l("Each card becomes what it was before the last run that wrote to it. Cards that were edited since are left as they are."),
        _l("taking back"),
    ),
    "export": Deed(
        Right.EXPORT, "download", _l("Export"), _l("Export the selected products"),
        _l("Finished cards go to a file; what breaks a limit of the target is held back and listed with the reason."), _l("export"),
    ),
    "push": Deed(
        Right.EXPORT, "send-horizontal", _l("To a marketplace"), _l("Bring the selected products to a marketplace"),
        _l("Each card is read there first: you see what would change, and nothing is sent before you say so."), _l("push"),
    ),
    "deletion": Deed(
        Right.EDIT_CATALOGUE, "trash-2", _l("Delete"), _l("Delete the selected products"),
        _l("Products go with their texts, runs and history. It can't be undone; the next import of a feed that lists them brings the listings back."),
        _l("deletion"),
    ),
}  # fmt: skip

# What became of the products of a batch, as its result counts them.
OUTCOMES = {
    "done": _l("done"),
    "already": _l("there was nothing left to do"),
    "nothing": _l("had nothing to do this with"),
    "changed": _l("changed or deleted meanwhile, left as they are"),
    "edited": _l("edited since by a person or a newer run, left as they are"),
    "grave": _l("with grave findings, left for a person"),
    "held": _l("held by a colleague"),
    "gone": _l("no longer there"),
    "no_category": _l("the category is no longer there"),
}
