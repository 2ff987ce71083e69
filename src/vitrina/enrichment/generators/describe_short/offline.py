"""The short text without a model: the title and one paragraph from the same facts as the full card."""

from __future__ import annotations

import re

from vitrina.enrichment.generators.describe.offline import describe
from vitrina.enrichment.generators.describe.schema import DescribeInput, ShortText
from vitrina.lib.html import to_text
from vitrina.lib.text import estimate_tokens

TOKENS = 250
LINES = 12


def describe_short(request: DescribeInput) -> ShortText:
    """Whole sentences of the full text, in their order, while the paragraph stays within its tokens."""
    card = describe(request)
    told = ""
    for line in [line for line in to_text(card.description).splitlines() if line.strip()][:LINES]:
        piece = line if line.endswith((".", "?", "…")) else "" if line.endswith(":") else f"{line}."
        longer = f"{told} {piece}".strip()
        if piece and estimate_tokens(longer) <= TOKENS:
            told = longer
    body = re.sub(r"\s+", " ", told) or f"{card.title}."
    escaped = body.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return ShortText(title=card.title, description=f"<p>{escaped}</p>")
