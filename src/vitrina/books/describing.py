"""What is to be seen in a passage, in English: a person's words, what was told before, or the generator's."""

from __future__ import annotations

from vitrina.books.models import Chapter, Passage

MOST_WORDS = 80


def english_of(passage: Passage, chapter: Chapter) -> str:
    """The passage in English; of an English book its own words stand for it until somebody wrote others."""
    return passage.english or " ".join(chapter.text[passage.begin : passage.end].split()[:MOST_WORDS])
