"""What an operator may change about applying without a person, while the program runs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add
from vitrina.enrichment import autoapply

TARGET: Setting[float] = add(
    Setting(
        "autoapply.target",
        _("Applying without a person"),
        _("How many of the categories applied without a person must be right"),
        _(
            "The threshold of confidence follows from it, by the moderators' decisions. Higher: more goes to a person."
        ),
        "share",
        default=lambda: autoapply.TARGET,
        least=0.5,
        most=0.999,
    )
)
FALLBACK: Setting[float] = add(
    Setting(
        "autoapply.fallback",
        _("Applying without a person"),
        _("Confidence that is enough while there are too few decisions"),
        _("Until it can be measured, this one holds. 100 % lets hardly anything through."),
        "share",
        default=lambda: autoapply.FALLBACK,
        least=0,
        most=1,
    )
)
LEAST_DECISIONS: Setting[int] = add(
    Setting(
        "autoapply.least_decisions",
        _("Applying without a person"),
        _("Decisions that are needed before the threshold is measured"),
        _("Of the branch of the tree, or else of the whole seller."),
        "whole",
        default=lambda: autoapply.LEAST_DECISIONS,
        least=20,
        most=10_000,
    )
)
