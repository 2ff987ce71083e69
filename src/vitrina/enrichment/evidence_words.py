"""Where an accepted value comes from, in words that a person can look up in the listing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from vitrina.lib.html import to_text


def evidence_words(evidence: Any, *, title: str, description: str) -> str:
    """The very words of the listing where there are some, else the kind of the evidence."""
    if not isinstance(evidence, dict):
        return str(evidence or "")
    kind, field, source = evidence.get("kind"), evidence.get("field", ""), str(evidence.get("source") or "")
    if kind == "text" and field in ("title", "description"):
        words = title if field == "title" else to_text(description)
        return f"«{words[evidence.get('start', 0) : evidence.get('end')]}»"
    if kind == "attribute":
        return _("the supplier's field «%(name)s»") % {"name": source or field}
    if kind == "picture":
        return _("picture %(number)s") % {"number": source}
    if kind == "person":
        return source
    if kind == "inferred":
        return _("inferred; stands nowhere")
    return source
