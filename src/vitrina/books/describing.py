"""What is to be seen in a passage, in English."""

from __future__ import annotations

from vitrina.books.models import Chapter, Passage


def english_of(passage: Passage, chapter: Chapter) -> str:
    return passage.english or " ".join(chapter.text[passage.begin : passage.end].split()[:80])
