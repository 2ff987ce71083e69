"""How the engine's pages say sources, states and faults."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import template
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from vitrina.engine import fault_words, feature_words
from vitrina.engine.core.routes import Step
from vitrina.engine.health import ModelHealth
from vitrina.engine.provider_rows import ProviderRow
from vitrina.engine.route_words import route_name

register = template.Library()

SOURCES = {
    "house": ("", _l("house default")),
    "environment": ("run", _l("environment")),
    "here": ("accent", _l("set here")),
}
VERDICTS = {
    "ok": ("ok", _l("answers")),
    "shaky": ("wait", _l("fails at times")),
    "down": ("bad", _l("fails")),
    "quiet": ("idle", _l("not asked lately")),
}
OUTCOMES = {
    "ok": ("ok", _l("answered")),
    "error": ("bad", _l("failed")),
    "cached": ("run", _l("stored answer")),
    "doubt": ("wait", _l("in doubt")),
    "offline": ("idle", _l("offline generator")),
}


@register.simple_tag
def source_chip(source: str) -> SafeString:
    tone, words = SOURCES[source]
    return format_html('<span class="chip bare {}">{}</span>', tone, words)


@register.simple_tag
def verdict_chip(model: ModelHealth) -> SafeString:
    tone, words = VERDICTS[model.verdict][0], str(VERDICTS[model.verdict][1])
    if model.rests:
        words = _("rests after failures")
    elif model.limited and model.verdict != "ok":
        words = _("over the provider's limit")
    return format_html('<span class="chip {}">{}</span>', tone, words)


@register.simple_tag
def outcome_chip(outcome: str, fault: str = "") -> SafeString:
    tone, words = OUTCOMES.get(outcome, ("idle", outcome))
    return format_html(
        '<span class="chip {}">{}</span>', tone, fault_words.name_of(fault) if fault else words
    )


@register.simple_tag
def key_chip(provider: ProviderRow) -> SafeString:
    tone, words = {
        "environment": ("ok", _("set by the environment")),
        "here": ("ok", _("set here")),
        "broken": ("bad", _("can't be opened")),
        "none": ("idle", _("no key")),
        "unneeded": ("idle", _("needs none")),
    }[provider.key_source]
    if provider.key_ending and provider.key_source in ("environment", "here"):
        words = f"{words} · …{provider.key_ending}"
    return format_html('<span class="chip {}">{}</span>', tone, words)


@register.filter
def outcome_name(outcome: str) -> Any:
    return OUTCOMES[outcome][1] if outcome in OUTCOMES else outcome


@register.filter
def route_title(route: str) -> Any:
    return route_name(route)


@register.filter
def feature_name(feature: str) -> Any:
    return feature_words.feature_name(feature)


@register.filter
def plain(amount: Any) -> str:
    """A price with the digits that it has, no more; a dash where none is known."""
    if not isinstance(amount, Decimal):
        return "—"
    text = f"{amount.normalize():f}"
    return formats.number_format(amount, decimal_pos=len(text.partition(".")[2]), use_l10n=True)


@register.filter
def bar(share: float | None) -> str:
    """A share as a bar takes it: from 0 to 1, with a point whatever the language."""
    return f"{min(max(share or 0.0, 0.0), 1.0):.4f}"


@register.filter
def fault_name(fault: str) -> Any:
    return fault_words.name_of(fault)


@register.filter
def steps_words(steps: Iterable[Step]) -> str:
    """«openai:gpt-4o-mini 45 s → offline generator»."""
    return " → ".join(
        _("offline generator")
        if step.is_offline
        else f"{step.model} {step.timeout_seconds:g}\N{NO-BREAK SPACE}" + _("s")
        for step in steps
    )
