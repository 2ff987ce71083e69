"""What of the supplier's own words may be used again: whole, plain sentences about the thing itself."""

from __future__ import annotations

import re
from functools import lru_cache

from vitrina.enrichment.checks.forms import EMOJI
from vitrina.enrichment.checks.injection import speaks_to_a_model
from vitrina.enrichment.checks.rules import apply_rules
from vitrina.enrichment.findings import Severity
from vitrina.enrichment.reading.morphology import is_cyrillic, is_known, lemma, marks
from vitrina.lib.text import fold, language_of, normalise, sentences, words

LEAST_WORDS, MOST_WORDS = 5, 34

# A sentence that begins so leans on the one before it.
_LEANING = re.compile(
    r"^(?:это|этот|эта|эти|он|она|оно|они|его|её|ее|их|также|кроме того|поэтому|однако|но|а|и|при этом|именно|таким образом|тем не менее"
    r"|к тому же|причем|причём|ведь|здесь|тогда|вот|там|туда|сюда|тут|зато|иными словами|например|в таком случае|в этом случае|последн\w+|иногда|обычно|только|чтобы|если|когда|благодаря этому|в результате|так|такой|такая|такое|такие|данн\w+|потому|затем|далее|это значит|после этого"
    r"|it|this|these|they|also|but|and|so|however|therefore|such)\b",
    re.IGNORECASE,
)
# A pronoun that needs the sentence before it.
_POINTING = re.compile(r"\b(?:него|неё|нее|ним|ней|них|ними|нему)\b", re.IGNORECASE)
# Talk between seller and buyer, not about the thing.
_SHOP_TALK = re.compile(
    r"\b(?:цен[аыеуой]{1,2}|стоимост\w+|купи\w*|покупа\w*|приобре\w*|приобрест\w*|закаж\w*|заказ\w*|магазин\w*|менеджер\w*|консультант\w*|звон\w*|продаж\w*|продаётся|продается"
    r"|территори\w+|республик\w*|вашему вниманию|предлагаем|представляем|мы\b|наш\w*|нами|нас\b|нам\b|рекомендуем вам|помните|внимание|акци\w+"
    r"|сервисн\w+ центр\w*|гарантийн\w+ (?:обслуживани\w+|ремонт\w*|срок\w*)|фото\b|картинк\w*|обзор\w*|коротко о товаре|сертифик\w+|поставля\w+|поставк\w+"
    r"|неоригинальн\w+|подарок|подарк\w+|подари\w*|не пожале\w+|порадова\w+|восторг\w*|мечт\w+|счаст\w+|buy|order|shop|store|we|our|us)\b",
    re.IGNORECASE,
)
_SPACED = re.compile(r"\s+([,.;:!?)»])")
_CLUMPED = re.compile(r"([.!?])(?=[А-ЯЁA-Z][а-яёa-z])")
_REPEATED = re.compile(r"([!?.])[!?.]+")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]|«\s*»")
_BULLET = re.compile(r"^[\s•●▪◦*·—–+-]+|(?:\s[•●▪◦]\s?)")


def useful_sentences(
    text: str, *, language: str, target: str, about: frozenset[str] = frozenset()
) -> list[str]:
    """Sentences of a description that read as sentences and break no rule, in their order.

    `about`: dictionary forms of the thing's name; where given, a sentence must name the thing, begin with what it
    does, or lean on a sentence that was taken. Free-running prose of gift shops needs it, technical text does not.
    """
    kept: list[str] = []
    seen: set[str] = set()
    before_kept = True
    for line in _lines(text):
        for sentence in sentences(line):
            clean = tidy(sentence)
            good = is_useful(clean, language=language, target=target) and (
                before_kept or not _LEANING.match(clean)
            )
            if good and fold(clean) not in seen and not (_LEANING.match(clean) and not kept):
                kept.append(clean)
                seen.add(fold(clean))
            before_kept = good and bool(kept)
    return kept


def _is_about(sentence: str, about: frozenset[str]) -> bool:
    all_words = words(sentence)
    if marks(all_words[0]) & {"VERB", "PRTS", "ADJS"} and not marks(all_words[0]) & {"impr"}:
        return True
    return any(lemma(word) in about for word in all_words)


def _lines(text: str) -> list[str]:
    pieces = re.split(r"\n+|\s[•●▪◦]\s?|\s-\s(?=[А-ЯЁA-Z])|;\s*(?=[А-ЯЁA-Z])", _CLUMPED.sub(r"\1 ", text))
    return [piece for piece in pieces if piece.strip()]


def tidy(sentence: str) -> str:
    """Spaces, quotes and stops as they should be; emoji off; a first capital and a full stop."""
    text = EMOJI.sub("", normalise(sentence))
    text = _EMPTY_BRACKETS.sub("", _BULLET.sub(" ", text))
    text = _REPEATED.sub(r"\1", _SPACED.sub(r"\1", text))
    text = re.sub(r"\s[-–]\s", " — ", text)
    text = re.sub(r"[\"“”„]([^\"“”„«»]+)[\"“”„]", r"«\1»", text) if text.count('"') != 1 else text
    text = " ".join(text.split()).strip(" -–—*•,;")
    if not text:
        return ""
    text = re.sub(r"!$", ".", text)
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?…" else ".")


@lru_cache(maxsize=8_192)
def is_useful(sentence: str, *, language: str, target: str) -> bool:
    all_words = words(sentence)
    if (
        not LEAST_WORDS <= len(all_words) <= MOST_WORDS
        or sentence.count(":") > 0
        or "?" in sentence
        or "!" in sentence
    ):
        return False
    if language_of(sentence) != language or _SHOP_TALK.search(sentence) or speaks_to_a_model(sentence):
        return False
    if not _has_a_verb(all_words, language) or _is_a_dump(sentence, all_words):
        return False
    findings = apply_rules(
        "description", sentence, target=target, title="", known=sentence, language=language
    )
    return all(finding.severity is Severity.INFO for finding in findings)


def _has_a_verb(all_words: list[str], language: str) -> bool:
    if language != "ru":
        return bool({word.lower() for word in all_words} & _ENGLISH_VERBS) or any(
            word.islower() and word.endswith(("es", "ts", "ds", "ns", "ks", "rs", "ed", "ing"))
            for word in all_words
        )
    if marks(all_words[0]) & {"impr"}:
        return True
    return any(marks(word) & {"VERB", "PRTS", "PRED", "ADJS"} for word in all_words)


_ENGLISH_VERBS = frozenset(
    [
        "is",
        "are",
        "has",
        "have",
        "can",
        "will",
        "keeps",
        "makes",
        "holds",
        "fits",
        "works",
        "comes",
        "gives",
        "includes",
        "features",
        "offers",
        "provides",
        "lets",
        "helps",
    ]
)


def _is_a_dump(sentence: str, all_words: list[str]) -> bool:
    """A table of characteristics run into one line: capitals in the middle, many numbers, pieces by slashes."""
    capitals = sum(
        1
        for word in all_words[1:]
        if word[0].isupper()
        and is_cyrillic(word)
        and word[1:].islower()
        and is_known(word)
        and not _is_name(word)
    )
    numbers = sum(any(letter.isdigit() for letter in word) for word in all_words)
    shouted = sum(len(word) > 4 and word.isupper() and is_cyrillic(word) for word in all_words)
    return (
        capitals > 1
        or shouted > 0
        or numbers * 4 > len(all_words)
        or sentence.count("/") > 3
        or sentence.count(",") > 7
        or sentence.count("(") != sentence.count(")")
        or _is_broken(all_words)
    )


def _is_name(word: str) -> bool:
    return bool(marks(word) & {"Geox", "Name", "Surn", "Orgn"})


def _is_broken(all_words: list[str]) -> bool:
    """Words glued by a lost space or with a typing error are in no dictionary."""
    unknown = sum(
        1
        for word in all_words
        if is_cyrillic(word) and word.islower() and "-" not in word and len(word) > 3 and not is_known(word)
    )
    return unknown > 1 or any(len(word) > 28 for word in all_words)
