"""From a run of headings and paragraphs to chapters, the same for every format. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vitrina.books.reading.book import (
    NO_TEXT,
    TOO_LONG,
    TOO_MANY_CHAPTERS,
    BookLimits,
    BookRefused,
    Note,
    ReadChapter,
)
from vitrina.lib.sentences import gettext_noop
from vitrina.lib.text import fold, normalise, words

TITLE_CHARACTERS = 300
# A title page, an edition, a dedication: what stands before the first chapter and is shorter is no chapter.
LEAST_PREFACE_WORDS = 60
# «CHAPTER I» that stands again further down was a line of the contents where less text than this follows it.
MOST_CONTENTS_WORDS = 40
LEAST_CONTENTS_LINES = 2
PART_CHARACTERS = 12_000

LEFT_OUT_BEGINNING = gettext_noop(
    "The title page before the first chapter was left out (%(words)s words): «%(beginning)s»."
)
LEFT_OUT_CONTENTS = gettext_noop("A list of contents in the text was left out (%(count)s lines).")
CUT_BY_SIZE = gettext_noop(
    "No chapters were recognised; the text was divided into %(count)s parts of about %(size)s characters."
)


@dataclass(slots=True)
class Draft:
    """A chapter in the making. `part`: the heading above it («Часть первая»), told only where titles repeat."""

    title: str = ""
    part: str = ""
    paragraphs: list[str] = field(default_factory=list)

    def words(self, most: int) -> int:
        """How many, counted up to about `most`."""
        count = 0
        for paragraph in self.paragraphs:
            count += len(words(paragraph))
            if count >= most:
                break
        return count


@dataclass(slots=True)
class Collector:
    """Takes a book piece by piece, and refuses one that is too long while it is read, not afterwards."""

    limits: BookLimits
    drafts: list[Draft] = field(default_factory=lambda: [Draft()])
    has_chapters: bool = False
    _characters: int = 0

    def begin(self, title: str, *, part: str = "") -> None:
        """A chapter begins here."""
        self.has_chapters = True
        if len(self.drafts) > 2 * self.limits.chapters:
            raise BookRefused(TOO_MANY_CHAPTERS, {"most": self.limits.chapters})
        self.drafts.append(Draft(short(title), short(part)))

    def add(self, text: str) -> None:
        """A paragraph; empty ones are nothing."""
        self._characters += len(text)
        if self._characters > self.limits.text_characters:
            raise BookRefused(TOO_LONG, {"most": self.limits.text_characters})
        if text := normalise(text):
            self.drafts[-1].paragraphs.append(text)


def finished(collector: Collector) -> tuple[tuple[ReadChapter, ...], tuple[Note, ...]]:
    """The chapters, and what was left out. Raises `BookRefused` where there is no text, or too many chapters."""
    notes: list[Note] = []
    drafts = collector.drafts
    if collector.has_chapters:
        drafts = _without_beginning(drafts, notes)
        drafts = _without_contents(drafts, notes)
    drafts = [draft for draft in drafts if draft.paragraphs]
    if not drafts:
        raise BookRefused(NO_TEXT)
    if not collector.has_chapters:
        drafts = _divided(drafts, notes)
    if len(drafts) > collector.limits.chapters:
        raise BookRefused(TOO_MANY_CHAPTERS, {"most": collector.limits.chapters})
    titles = _distinct(drafts)
    return (
        tuple(
            ReadChapter(title, tuple(draft.paragraphs)) for title, draft in zip(titles, drafts, strict=True)
        ),
        tuple(notes),
    )


def short(title: str) -> str:
    """One line of at most `TITLE_CHARACTERS`, ended after a word."""
    title = normalise(title)
    if len(title) <= TITLE_CHARACTERS:
        return title
    cut = title[: TITLE_CHARACTERS - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"


def _without_beginning(drafts: list[Draft], notes: list[Note]) -> list[Draft]:
    first, rest = drafts[0], drafts[1:]
    if first.title or not first.paragraphs or not any(draft.paragraphs for draft in rest):
        return drafts
    count = first.words(LEAST_PREFACE_WORDS)
    if count >= LEAST_PREFACE_WORDS:
        return drafts
    beginning = short(" / ".join(first.paragraphs))[:120]
    notes.append(Note(LEFT_OUT_BEGINNING, {"words": count, "beginning": beginning}))
    return rest


def _without_contents(drafts: list[Draft], notes: list[Note]) -> list[Draft]:
    """A list of headings at the beginning, each of which comes again with its text."""
    first = next((index for index, draft in enumerate(drafts) if draft.title), None)
    if first is None:
        return drafts
    titles = [fold(draft.title) for draft in drafts]
    if titles[first] not in titles[first + 1 :]:
        return drafts
    border = titles.index(titles[first], first + 1)
    later = {title for title, draft in zip(titles[border:], drafts[border:], strict=True) if draft.paragraphs}
    lines = drafts[first:border]
    if len(lines) < LEAST_CONTENTS_LINES or any(
        draft.words(MOST_CONTENTS_WORDS) >= MOST_CONTENTS_WORDS for draft in lines
    ):
        return drafts
    if not all(title in later for title in titles[first:border]):
        return drafts
    if any(draft.paragraphs for draft in lines):
        notes.append(Note(LEFT_OUT_CONTENTS, {"count": len(lines)}))
    return drafts[:first] + drafts[border:]


def _divided(drafts: Sequence[Draft], notes: list[Note]) -> list[Draft]:
    """A text without chapters in even parts, at the ends of paragraphs."""
    paragraphs = [paragraph for draft in drafts for paragraph in draft.paragraphs]
    total = sum(map(len, paragraphs))
    parts = max(1, round(total / PART_CHARACTERS))
    if parts == 1:
        return [Draft(paragraphs=paragraphs)]
    divided = list(_filled(paragraphs, total / parts))
    notes.append(Note(CUT_BY_SIZE, {"count": len(divided), "size": round(total / len(divided))}))
    return divided


def _filled(paragraphs: Iterable[str], size: float) -> Iterator[Draft]:
    draft, characters, border = Draft(), 0, size
    for paragraph in paragraphs:
        draft.paragraphs.append(paragraph)
        characters += len(paragraph)
        if characters >= border:
            yield draft
            draft, border = Draft(), border + size
    if draft.paragraphs:
        yield draft


def _distinct(drafts: Sequence[Draft]) -> list[str]:
    """Titles; where some repeat, each with the part that it stands in."""
    seen = Counter(fold(draft.title) for draft in drafts if draft.title)
    if not any(count > 1 for count in seen.values()):
        return [draft.title or draft.part for draft in drafts]
    return [
        short(". ".join(filter(None, (draft.part.rstrip("."), draft.title)))) if draft.part else draft.title
        for draft in drafts
    ]
