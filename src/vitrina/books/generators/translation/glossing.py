"""Russian into English by the word lists: the words that show something, in their order, in noun groups. Pure.

No sentence is built and nothing is guessed: «В тёмном замке стояла старая женщина» → «in dark castle, old
woman standing». Whole words only, each by its dictionary form. What stands under a «не» or «без» is left away, since to name a
thing calls it into a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vitrina.books.generators.translation.plural import plural
from vitrina.books.names import stem_of_name
from vitrina.books.tagging import Word, tagged
from vitrina.lib.latin import in_latin

_BREAKS = re.compile(r"[.!?…;:()\[\]«»\"“”\n]|(?<!\w)[-–—]+(?!\w)|,")
_HARD_BREAKS = re.compile(r"[.!?…;\n]")
_AGAINST = frozenset({"не", "ни"})
_WITHOUT = frozenset({"без", "нет", "кроме", "вместо"})
_LINKS = (" by", " with", " of")  # how the English of «освещенный», «покрытый» ends
# English of prepositions that changes with the case behind them.
_BY_CASE = {("с", "gent"): "from", ("со", "gent"): "from"}
_OUT_OF = frozenset({"из", "изо"})  # «из камня» is of stone, «из дома» is from the house
_AND = frozenset({"и", "да"})
_TO_BE = "быть"
_POSSESSIVE = frozenset(
    {"его", "ее", "её", "их", "своем", "своём"}
)  # «в его доме»: the house is still to come
_NAMING = frozenset({"Name", "Surn", "Patr", "Geox"})
_CONTENT = frozenset({"noun", "adjective", "verb", "adverb"})


@dataclass(frozen=True, slots=True)
class Gloss:
    """`phrases`: in the order of the text, each of one clause. `untranslated`: nouns and adjectives, as written, once."""

    phrases: tuple[str, ...]
    untranslated: tuple[str, ...]


def gloss(text: str, names: Sequence[str] = ()) -> Gloss:
    """`names`: in their nominative; they are told in Latin letters in whatever case they stand."""
    known = {stem_of_name(word): word for name in names for word in name.split()}
    phrases: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for clause in _clauses(text):
        for phrase in _Clause(known, unknown).read(clause):
            phrases[phrase] = None
    return Gloss(tuple(phrases), tuple(unknown))


def _clauses(text: str) -> Iterator[list[Word]]:
    """Words up to a sign between them; a comma between an adjective and a word that goes on («старый, мрачный дом») is none."""
    clause: list[Word] = []
    for word in tagged(text, "ru"):
        gap = text[clause[-1].end : word.begin] if clause else ""
        if _BREAKS.search(gap):
            goes_on = (
                clause[-1].part == "adjective"
                and word.part == "adjective"
                and not _HARD_BREAKS.search(gap)
                and not _is_link(clause[-1])
            )
            if not goes_on:
                yield clause
                clause = []
        clause.append(word)
    if clause:
        yield clause


def _is_link(word: Word) -> bool:
    return bool(word.sight and word.sight.english.endswith(_LINKS))


@dataclass(frozen=True, slots=True)
class _Form:
    case: str
    is_plural: bool


@dataclass
class _Clause:
    """Reads one clause from left to right into phrases.

    `adjectives` wait for their noun; `preposition`, `verb` and `behind` («covered with snow») for a noun group.
    """

    names: Mapping[str, str]
    unknown: dict[str, None]
    phrases: list[str] = field(default_factory=list)
    adjectives: list[Word] = field(default_factory=list)
    preposition: str = ""  # its English
    said_as: str = ""  # the same in Russian
    verb: str = ""
    takes_object: bool = False  # the waiting verb: «держала веер», but «стоял стол»
    link: str = ""
    behind: str = ""
    last: str = ""  # what was told last: "subject", "group" (with a preposition or a case), "verb"
    joins: bool = False  # «и» has just been read
    after_name: bool = False
    spared: str = ""  # "next" after «не», "noun" after «без»

    def read(self, words: Sequence[Word]) -> list[str]:
        for word in words:
            name = self._name(word)
            if name and self.after_name:
                self._append(name)
            else:
                self._take(word, name)
            self.after_name = bool(name) and bool(self.phrases)
        self._finish()
        return self.phrases

    def _take(self, word: Word, name: str) -> None:
        plain = word.text.lower()
        if plain in _AGAINST or plain in _WITHOUT:
            self.spared = "next" if plain in _AGAINST else "noun"
        elif plain in _AND:
            self.joins = True
        elif word.reading.lemma == _TO_BE:
            pass
        elif self.spared and word.part in _CONTENT:
            if self.spared == "next" or word.part == "noun":
                self.spared = ""
            self.preposition = ""
        elif name:
            self._noun(word, name, is_name=True)
        elif word.sight is None:
            self._pass(word)
        elif word.part == "noun":
            self._noun(word, word.sight.english)
        elif word.part == "adjective":
            self._adjective(word, word.sight.english)
        elif word.part == "verb":
            self._verb(word, word.sight.english)
        elif word.part == "preposition":
            self._flush_adjectives()
            joined = "and " if self.joins and self.last == "group" else ""
            self.preposition, self.said_as = joined + word.sight.english, plain
            self.joins = False
        elif not word.sight.english.endswith("ly"):  # how something is done is rarely seen
            self.phrases.append(word.sight.english)
            self.last = "group"

    def _name(self, word: Word) -> str:
        return in_latin(self.names.get(stem_of_name(word.text), "")) if word.text[0].isupper() else ""

    def _pass(self, word: Word) -> None:
        """A word that shows nothing; a noun among them takes its preposition and adjectives along."""
        if word.part in {"noun", "adjective"} and not word.reading.marks & _NAMING:
            self.unknown[word.text.lower()] = None
        if word.part == "noun":
            self.preposition, self.adjectives, self.link, self.last = "", [], "", ""
        elif word.part == "pronoun" and word.text.lower() not in _POSSESSIVE:
            self.preposition = ""
        if word.part not in {"pronoun", "adjective"}:
            self.joins = False

    def _adjective(self, word: Word, english: str) -> None:
        if english.endswith(_LINKS):
            self._flush_adjectives()
            self.link = english
        else:
            self.adjectives.append(word)

    def _verb(self, word: Word, english: str) -> None:
        self._flush_adjectives()
        if self.phrases and self.last == "subject":
            self._append(english)
            self.last = "verb"
        else:
            self._flush_verb()
            self.verb, self.takes_object = english, "tran" in word.reading.marks
        self.joins = False

    def _noun(self, word: Word, english: str, *, is_name: bool = False) -> None:
        form = self._form(word)
        if form.is_plural and not is_name and "Pltm" not in word.reading.marks:
            english = plural(english)
        group = " ".join([*self._waiting(), english])
        cases = {case for case, _ in word.reading.forms}
        told = "group"
        if self.link and form.case == "ablt" and not self.preposition:
            self._linked(f"{self.link} {group}")
        elif self.preposition:
            self._with_preposition(group, form, word)
        elif self.joins and self.phrases and self.last:
            self._append(f"and {group}")
            told = self.last
        elif form.case == "gent" and self.last in {"subject", "group"}:
            self._append(f"of {group}")
            told = self.last
        elif self.last == "verb" and "accs" in cases:
            self._append(group)
        elif self.verb and ("nomn" not in cases or (self.takes_object and "accs" in cases)):
            self.phrases.append(f"{self.verb} {group}")
            self.verb = ""
        else:
            self._subject(group)
            told = "subject"
        self.joins, self.last = False, told

    def _form(self, word: Word) -> _Form:
        """Which of its forms the word has here: by its adjectives, by what stands before it, else the nominative."""
        forms = word.reading.forms or (("nomn", "sing"),)
        if self.adjectives:
            shared = [form for form in forms if form in self.adjectives[-1].reading.forms]
            forms = tuple(shared) or forms
        if self.preposition:
            wanted: tuple[str, ...] = ("loct", "ablt", "gent", "datv", "accs", "loc2", "gen2")
        elif self.link:
            wanted = ("ablt",)
        elif self.last in {"subject", "group"} and not self.joins:
            wanted = ("gent", "gen2", "nomn")
        else:
            wanted = ("nomn", "accs")
        case, number = next((form for case in wanted for form in forms if form[0] == case), forms[0])
        return _Form("gent" if case == "gen2" else case, number == "plur")

    def _waiting(self) -> list[str]:
        said = [word.sight.english for word in self.adjectives if word.sight]
        self.adjectives = []
        return list(dict.fromkeys(said))

    def _linked(self, phrase: str) -> None:
        """«снегом» behind «покрытая»: said of the noun before, or of the next one."""
        self.link = ""
        if self.phrases and not self.verb:
            self._append(phrase)
        else:
            self.behind = phrase

    def _with_preposition(self, group: str, form: _Form, word: Word) -> None:
        said = _BY_CASE.get((self.said_as, form.case), self.preposition)
        if self.said_as in _OUT_OF and not (word.sight and word.sight.theme == "material"):
            said = "from"
        said = f"{said} {group}"
        self.preposition = ""
        if self.verb:
            self.phrases.append(f"{self.verb} {said}")
            self.verb = ""
        elif self.phrases:
            self._append(said)
        else:
            self.phrases.append(said)

    def _subject(self, group: str) -> None:
        said = " ".join(filter(None, (group, self.behind, self.verb)))
        self.behind = self.verb = ""
        self.phrases.append(said)

    def _append(self, words: str) -> None:
        self.phrases[-1] = f"{self.phrases[-1]} {words}"

    def _flush_adjectives(self) -> None:
        """Adjectives without a noun that is known: told by themselves, as in «она была бледна»."""
        if said := " and ".join(self._waiting()):
            if self.phrases:
                self._append(said)
            else:
                self.phrases.append(said)
        self.link = ""

    def _flush_verb(self) -> None:
        if self.verb:
            self.phrases.append(self.verb)
            self.verb = ""

    def _finish(self) -> None:
        self._flush_adjectives()
        if self.behind:
            self.phrases.append(self.behind)
        if self.verb and self.phrases:
            self._append(self.verb)
        else:
            self._flush_verb()
