"""Taking a word out of a text so that nobody sees that it was there. Pure.

leave_out("Здравствуйте, Анна! Анна, спасибо.", "Анна")  → "Здравствуйте! Спасибо."
"""

from __future__ import annotations

import re


def leave_out(text: str, pattern: str) -> str:
    """`pattern`: a regular expression without groups. The comma beside it goes too; what begins a sentence then has a capital."""
    text = re.sub(
        rf"(^|[.!?\n]\s*)(?:{pattern})[,!]?[ \t]*(\w?)",
        lambda match: match[1] + match[2].upper(),
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(rf"[ \t]*,?[ \t]*(?:{pattern})", "", text)
    return re.sub(r"\n{3,}", "\n\n", text)
