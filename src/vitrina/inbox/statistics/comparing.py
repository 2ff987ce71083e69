"""What a person made of a draft: the words that were sent beside the words that were proposed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

# Of a text that keeps less of the draft than this something else was written; a few words are common to any two answers.
LEAST_KEPT = 0.25


class Verdict(StrEnum):
    """What became of a draft that stood ready when a person answered; each names its column of `DraftTally`."""

    AS_IT_WAS = "as_it_was"
    EDITED = "edited"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class Comparison:
    """`words_changed`: words put in, taken out or replaced, the fewest that lead from the draft to the text; `kept`: the
    share (0–1) of the longer one's words that stayed."""

    words_changed: int
    kept: float

    @property
    def verdict(self) -> Verdict:
        if not self.words_changed:
            return Verdict.AS_IT_WAS
        return Verdict.EDITED if self.kept >= LEAST_KEPT else Verdict.DISCARDED


def compare(draft: str, sent: str) -> Comparison:
    """By words, whatever the white space between them: a page sends line ends of its own."""
    before, after = draft.split(), sent.split()
    changed = int(Levenshtein.distance(before, after))
    return Comparison(changed, 1 - changed / max(len(before), len(after), 1))
