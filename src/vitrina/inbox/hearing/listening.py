"""What is heard in a buyer's text: our stems and turns, each with whether it was denied, feared or only asked. Pure.

Words are looked up by their beginning, once as written and once more with the letters levelled that people mistake
(unstressed vowels, doubled letters, soft signs), so «болшое спосибо» is thanks. A denial reaches to the end of its
phrase: «без брака», «не порвалось», «нареканий нет», «непонравилось».
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from vitrina.inbox.hearing.stems import STEMS, TURNS
from vitrina.lib.text import fold

# A review holds at most 5,000 characters at any marketplace. What is longer is no review, and is heard this far.
HEARD_CHARACTERS = 10_000


@dataclass(frozen=True)
class Hit:
    """One word or turn. `sentence`: which one, from 0."""

    group: str
    words: str
    sentence: int
    denied: bool = False
    feared: bool = False  # «боялась, что маломерят»
    asked: bool = False  # in a question that tells of nothing that happened
    turned: bool = False  # behind «но», «зато», «however»


@dataclass(frozen=True)
class Heard:
    hits: tuple[Hit, ...]
    words: int
    denials: int
    sentences: int
    questions: int
    turns_round: bool  # «но», «зато», «however»

    def has(self, group: str) -> bool:
        return any(hit.group == group and is_meant(hit) for hit in self.hits)

    def meant(self, group: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.group == group and is_meant(hit)]

    def denied(self, group: str) -> list[Hit]:
        return [hit for hit in self.hits if hit.group == group and hit.denied and not hit.asked]


def is_meant(hit: Hit) -> bool:
    return not (hit.denied or hit.feared or hit.asked)


def hear(text: str) -> Heard:
    """Linear in the text's length, up to HEARD_CHARACTERS."""
    folded = _TOO_MANY.sub(r"\1\1\1", fold(text[:HEARD_CHARACTERS]))
    hits: list[Hit] = []
    counted = denials = questions = 0
    sentences = [piece for piece in _SENTENCES.findall(folded) if _WORDISH.search(piece)]
    for number, sentence in enumerate(sentences):
        told = _hear_sentence(sentence, number)
        hits += told.hits
        counted += told.words
        denials += told.denials
        questions += told.is_question
    return Heard(
        hits=tuple(hits),
        words=counted,
        denials=denials,
        sentences=len(sentences),
        questions=questions,
        turns_round=bool(_TURNS_ROUND.search(folded)),
    )


# --- One sentence -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    hits: list[Hit]
    words: int
    denials: int
    is_question: bool


def _hear_sentence(sentence: str, number: int) -> _Told:
    is_question = "?" in sentence
    # «Не линяет?» asks; «почему линяет?» and «сломался, есть гарантия?» tell.
    is_asked = is_question and not (_TELLS.search(sentence) or _tells_of_the_past(sentence))
    hits: list[Hit] = []
    counted = denials = 0
    is_feared = False
    for clause in _CLAUSES.split(sentence):
        tokens = _TOKENS.findall(clause)
        groups = [groups_of(token) for token in tokens]
        if _RELIEF.match(clause.strip()):
            is_feared = False
        denied = _denied(tokens, groups)
        denials += sum(token in _DENIALS for token in tokens)
        counted += len(tokens)
        for token, found, is_denied in zip(tokens, groups, denied, strict=True):
            hits += [_hit(group, token, number, is_denied, is_feared, is_asked) for group in found]
            if "fear" in found and not is_denied:
                is_feared = True
            elif not found and (glued := _without_glued_denial(token)):
                denials += 1
                hits += [Hit(group, token, number, not is_denied, is_feared, is_asked) for group in glued]
    for group, expression in _TURNS:
        for found_turn in expression.finditer(sentence):
            before = sentence[max(0, found_turn.start() - 14) : found_turn.start()]
            is_denied = bool(_DENIED_BEFORE.search(before))
            hits.append(_hit(group, found_turn.group().strip(" ,."), number, is_denied, False, is_asked))
    if turn := _TURNS_ROUND.search(sentence):
        hits = [replace(hit, turned=sentence.find(hit.words) > turn.start()) for hit in hits]
    return _Told(hits, counted, denials, is_question)


def _hit(group: str, words: str, sentence: int, is_denied: bool, is_feared: bool, is_asked: bool) -> Hit:
    # «Совесть есть?» asks for nothing.
    return Hit(group, words, sentence, is_denied, is_feared, is_asked and group != "bad")


def _denied(tokens: list[str], groups: list[frozenset[str]]) -> list[bool]:
    """Of each token, whether something before it (or «нет», «не было» right after it) denies it."""
    denied = [False] * len(tokens)
    for at, token in enumerate(tokens):
        if token not in _DENIALS:
            continue
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if following in _NOT_A_DENIAL_BEFORE:
            continue
        reached = False
        left = 4 if token in _WIDE else 2
        for next_at in range(at + 1, min(len(tokens), at + 1 + _FARTHEST)):
            word = tokens[next_at]
            if word in _DENIALS:
                # «ничего не сломалось» denies once.
                continue
            if word in _LINKS and token not in _WIDE:
                break
            if word in _FILLERS:
                continue
            if left == 0:
                break
            left -= 1
            if groups[next_at]:
                denied[next_at] = reached = True
                if token not in _WIDE:
                    break
        if not reached or token in {"нет", "нету"}:
            # «брака нет», «запаха не чувствую»: of things, never of what happened.
            for back in range(max(0, at - 2), at):
                if groups[back] & _THINGS and not _PAST.search(tokens[back]):
                    denied[back] = True
    return denied


def _without_glued_denial(token: str) -> frozenset[str]:
    """«непонравилось», «неработает»: what stands behind «не»; nothing when that is too short to tell."""
    if token.startswith("не") and len(token) >= 7:
        return groups_of(token[2:]) & _GLUED
    return frozenset()


def _tells_of_the_past(sentence: str) -> bool:
    return any(_PAST.search(token) and token not in _NO_PAST for token in _TOKENS.findall(sentence))


# --- Words ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=50_000)
def groups_of(token: str) -> frozenset[str]:
    """The groups of a folded word: those of the longest stem that it begins with, whole words before stems."""
    if token in _WHOLE:
        return _WHOLE[token]
    for length in range(min(len(token), _LONGEST), _SHORTEST - 1, -1):
        if (found := _BEGINNINGS.get(token[:length])) is not None:
            return found
    leveled = level(token)
    if len(leveled) < _LEVELED_LEAST:
        return frozenset()
    for length in range(min(len(leveled), _LONGEST), _LEVELED_LEAST - 1, -1):
        if (found := _LEVELED.get(leveled[:length])) is not None:
            return found
    return frozenset()


def level(word: str) -> str:
    """The letters that people mistake for each other made one: «спосибо» and «спасибо» are the same."""
    return _DOUBLED.sub(r"\1", word.translate(_MISTAKEN))


_MISTAKEN = str.maketrans({"о": "а", "е": "и", "э": "и", "я": "и", "ь": None, "ъ": None, "щ": "ш", "-": None})
_DOUBLED = re.compile(r"(.)\1+")
_LEVELED_LEAST = 6  # shorter ones would meet others: «машинка» and «мошенник»


def _index() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    whole: dict[str, set[str]] = {}
    beginnings: dict[str, set[str]] = {}
    for group, stems in STEMS.items():
        for stem in stems.split():
            if stem.endswith("="):
                whole.setdefault(stem[:-1], set()).add(group)
            else:
                beginnings.setdefault(stem, set()).add(group)
    # A longer stem of one group must not hide a shorter one of another: «порвал» and «порва».
    full = {
        stem: frozenset(
            groups.union(*(beginnings.get(stem[:length], set()) for length in range(2, len(stem))))
        )
        for stem, groups in beginnings.items()
    }
    exact = {
        word: frozenset(
            groups.union(*(beginnings.get(word[:length], set()) for length in range(2, len(word) + 1)))
        )
        for word, groups in whole.items()
    }
    leveled: dict[str, frozenset[str]] = {}
    for stem, found in full.items():
        if safe := found - {"spam"}:  # «козинак» is no casino
            leveled[level(stem)] = leveled.get(level(stem), frozenset()) | safe
    return exact, full, leveled


_WHOLE, _BEGINNINGS, _LEVELED = _index()
_LONGEST = max(map(len, _BEGINNINGS))
_SHORTEST = min(map(len, _BEGINNINGS))
_TURNS = tuple((group, re.compile("|".join(expressions))) for group, expressions in TURNS.items())

_TOO_MANY = re.compile(r"(.)\1{3,}")
_SENTENCES = re.compile(r"[^.!?\n…;]+[.!?…;]*")
_WORDISH = re.compile(r"[^\s.!?…;]")
_CLAUSES = re.compile(
    r"[,:()«»\"]| [-–—] |(?<!\w)(?:но|а|зато|однако|хотя|только|but|though|however|although)(?!\w)"
)
_RELIEF = re.compile(r"(?:сели|сел|село|села|подош|оказал|все|идеальн|в размер|пришл|очень|напрасн|зря)")
_TOKENS = re.compile(r"[^\W_]+(?:[-*'’][^\W_]+)*\**|\*{3,}")
_TURNS_ROUND = re.compile(r"(?<!\w)(?:но|зато|однако|хотя|but|though|however|правда|единственн\w{2})(?!\w)")

_FARTHEST = 8  # words that a denial reaches over, fillers counted
_DENIALS = frozenset(
    [
        "не",
        "ни",
        "нет",
        "без",
        "нету",
        "никаких",
        "никакого",
        "никакой",
        "ничего",
        "ничто",
        "нисколько",
        "not",
        "no",
        "never",
        "without",
        "don't",
        "doesn't",
        "didn't",
        "isn't",
        "wasn't",
        "won't",
        "can't",
        "cannot",
        "dont",
        "doesnt",
        "didnt",
        "isnt",
        "n't",
        "don’t",
        "doesn’t",
        "didn’t",
        "isn’t",
    ]
)
_WIDE = frozenset(["без", "нет", "нету", "никаких", "никакого", "ни", "no", "without"])
_NOT_A_DENIAL_BEFORE = frozenset(["только", "просто", "зря", "могу", "only", "just", "слов"])
_LINKS = frozenset(["и", "или", "что", "чтобы", "and", "or", "so"])
_FILLERS = frozenset(
    [
        "очень",
        "так",
        "такой",
        "такая",
        "такие",
        "такое",
        "особо",
        "сильно",
        "совсем",
        "вообще",
        "был",
        "была",
        "было",
        "были",
        "разу",
        "раз",
        "одного",
        "одной",
        "один",
        "одна",
        "сразу",
        "прям",
        "прямо",
        "слишком",
        "настолько",
        "самый",
        "самая",
        "самое",
        "самые",
        "very",
        "so",
        "really",
        "too",
        "that",
        "at",
        "all",
        "any",
        "a",
        "the",
        "is",
        "it",
        "be",
        "бы",
        "же",
        "еще",
        "уже",
        "мне",
        "нам",
        "меня",
        "у",
        "них",
        "особенно",
        "никак",
        "больше",
    ]
)
_THINGS = frozenset(
    [
        "defect",
        "weak",
        "bad",
        "health",
        "danger",
        "refund",
        "wrong_item",
        "counterfeit",
        "legal",
        "delivery",
        "sizing",
        "pre_purchase",
    ]
)
_GLUED = frozenset(["function", "good", "great", "sizing", "defect", "weak", "bad"])
_PAST = re.compile(r"[а-я]{2}(?:л|ла|ло|ли|лся|лась|лось|лись|шел|шла)$|(?:ed|got|broke|came|was)$")
_NO_PAST = frozenset(
    [
        "или",
        "модел",
        "стекла",
        "стекло",
        "масло",
        "мыло",
        "тепло",
        "светло",
        "дела",
        "стали",
        "оригинал",
        "материал",
        "канал",
        "журнал",
        "футбол",
        "идеал",
        "неужели",
        "если",
        "кабел",
        "стул",
        "стол",
    ]
)
_TELLS = re.compile(
    r"(?<!\w)(?:почему|чего|зачем|откуда|должно быть|это нормально|нормально ли|как (?:это )?понимать|что делать|как быть|на каком основании|сколько можно|why|after|у меня|уже|приход(?:ит|ят)|где (?:мо|тр|ост))"
)
_DENIED_BEFORE = re.compile(r"(?:^|\W)(?:не|без|нет|ни|никаких) $")
