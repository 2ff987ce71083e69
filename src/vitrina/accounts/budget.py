"""The installation's monthly budget for models: set by the environment, or by an operator while it runs."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from vitrina.accounts.runtime_settings import Setting, add, value

MONTHLY_BUDGET: Setting[Decimal | None] = add(
    Setting(
        "budget.month_usd",
        _("Money"),
        _("Monthly budget of the installation"),
        _("When it is used up, no model that costs money is asked until the month ends. Empty: no limit."),
        "money",
        default=lambda: settings.AI_MONTHLY_BUDGET_USD,
        most=1_000_000,
        unit="USD",
        environment="VITRINA_MONTHLY_BUDGET_USD",
    )
)


def monthly_budget() -> Decimal | None:
    """USD; None without a limit."""
    return value(MONTHLY_BUDGET)
