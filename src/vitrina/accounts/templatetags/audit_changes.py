"""What a line of the audit log says changed, as a list of terms."""

from __future__ import annotations

import html
from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString

from vitrina.accounts.audit_changes import Change

register = template.Library()


@register.simple_tag
def change_terms(changes: Iterable[Change]) -> SafeString:
    """The `<div>` of each change, without the list around them."""
    # By hand: a page of fifty applied cards tells a thousand changes, and a template thinks a while about each.
    return SafeString(
        "".join(
            f"<div><dt>{html.escape(change.name)}</dt><dd>{_values(change)}</dd></div>" for change in changes
        )
    )


def _values(change: Change) -> str:
    if change.stayed or not change.was:
        return html.escape(change.after)
    before = f"<del>{html.escape(change.before)}</del>"
    return f"{before} → {html.escape(change.after)}" if change.now else before
