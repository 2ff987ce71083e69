"""Sentences that are written where nothing of Django is known, and translated where they are shown."""

from __future__ import annotations


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for the translators; pages translate it when they show it."""
    return sentence
