"""What to look at before a person answers something grave: a few lines for each class."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from vitrina.inbox.beginnings.beginning import GRAVITY
from vitrina.inbox.hearing.escalation import Escalation

CALM = _("Admit nothing and promise nothing in public; no quarrel.")
QUALITY = _("Tell whoever answers for quality; where it repeats, take the product off sale.")

CHECKLISTS: dict[Escalation, tuple[Any, ...]] = {
    Escalation.CHILD_SAFETY: (
        _("Learn how the child is, and what happened exactly."),
        _("Compare with the age and the warnings on the card and on the package."),
        QUALITY,
        _("Don't call the product safe, and admit no fault."),
    ),
    Escalation.HEALTH: (
        _("Find the product and its batch, and whether others wrote of the same."),
        _("Advise no treatment and judge no cause: who feels bad sees a doctor."),
        QUALITY,
        _("Don't call the product harmless, and admit no fault."),
    ),
    Escalation.HAZARD: (
        _(
            "Ask first whether everybody is well and the thing is switched off; a swollen battery is charged no more."
        ),
        _("Find the product and its batch, and whether others wrote of the same."),
        QUALITY,
        _("Advise no repair of one's own, and admit no fault."),
    ),
    Escalation.THREAT: (
        _("Show it to whoever runs the shop before you answer."),
        _("Answer calmly: no threat and no irony in return."),
        _("Where people are threatened, tell the marketplace, and the police."),
    ),
    Escalation.LEGAL: (
        _("Show it to a lawyer, or to whoever decides such things, before you answer."),
        _("Note the day of the demand: terms may run from it."),
        _("Look at the order and at all that was written about it."),
        CALM,
    ),
    Escalation.COUNTERFEIT: (
        _("Look up the supplier's papers: certificate, declaration, marking."),
        _("Don't repeat the buyer's word for it, and don't argue."),
        _("Say where on the marketplace a return is asked for, if doubts remain."),
        CALM,
    ),
    Escalation.PERSONAL_DATA: (
        _("Learn which data it is about, and where they became known."),
        _("Repeat none of them in the answer."),
        _("Tell whoever answers for personal data: terms of the law may run from today."),
    ),
}


def checklist(escalations: Iterable[str]) -> list[str]:
    """All lines for these classes, the gravest class first, each once."""
    known = set(escalations)
    lines = [str(line) for one in GRAVITY if one.value in known for line in CHECKLISTS[one]]
    return list(dict.fromkeys(lines))
