"""Checks of finished texts. Pure, no Django. Front door: `check(text, facts, language=…)`."""

from vitrina.enrichment.checks.card import check as check

__all__ = ["check"]
