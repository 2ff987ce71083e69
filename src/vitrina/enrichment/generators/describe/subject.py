"""The subject of a card: what the thing is called, of what kind it is, and the title for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.limits import targets
from vitrina.enrichment.checks.forms import EMOJI
from vitrina.enrichment.checks.injection import find_injections
from vitrina.enrichment.checks.rules import apply_rules
from vitrina.enrichment.data import load
from vitrina.enrichment.reading.inflection import Phrase, phrase, singular
from vitrina.enrichment.reading.morphology import fold_word, is_cyrillic, is_known, lemma, marks
from vitrina.lib.text import fold, normalise, words

TITLE_CHARACTERS = 100
NAME_CHARACTERS = 60
_CYRILLIC_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_DROPPED_FROM_TITLES = frozenset({"sale_terms", "banned_word", "emotional_word", "contacts", "links", "emoji", "injection", "category_path",
    "price_delivery_payment", "other_shop", "comparison"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    title: str  # cleaned, as a heading
    type: Phrase | None  # «тонер-картридж», lower case; None when the listing names no thing in Russian
    brand: str
    model: str  # what stands behind the type in the title: «CET TN-324K»
    kind: str  # id of data/kinds.json, or "generic"
    english: str  # the kind's plain English name, or ""

    @property
    def name(self) -> str:
        """«букет «Небесные ирисы»», «тонер-картридж CET TN-324K»; the title when there is no type."""
        if self.type is None:
            return self.title
        head = re.split(r",\s|\s\(|;\s|\s/\s|\s[—–-]\s", self.title, maxsplit=1)[0]
        if fold(head).startswith(fold(self.type.text)) and len(head) <= NAME_CHARACTERS:
            return self.type.text + head[len(self.type.text) :]
        return f"{self.type.text} {self.model}".strip()


def subject_of(facts: ProductFacts, category_path: str, *, target: str) -> Subject:
    title = clean_title(facts.title, target=target)
    found = _type_in(title)
    # «Janome 415» lacks its type; «101 роза» does not want one.
    type_text = found or (_type_from_facts(facts, category_path) if _begins_with_a_name(title) else "")
    if not found and type_text and not _mentions(title, type_text):
        title = f"{type_text[:1].upper()}{type_text[1:]} {title}".strip()
    title = _with_brand(title, found, facts.brand)
    kind, english = kind_of(title, category_path or facts.category_path or facts.category_hint)
    head = phrase(_lowered(type_text)) if type_text else None
    return Subject(title, head, facts.brand.strip(), _model(title, type_text, facts.brand), kind, english)


_NO_BRAND = frozenset(
    {
        "",
        "no name",
        "noname",
        "no brand",
        "нет бренда",
        "без бренда",
        "нет",
        "-",
        "—",
        "другой",
        "other",
        "n/a",
    }
)


def _with_brand(title: str, type_text: str, brand: str) -> str:
    """«Рубашка мужская, белая» of Savile → «Рубашка мужская Savile, белая»: type, brand, what tells it apart."""
    brand = normalise(brand)
    if (
        fold(brand) in _NO_BRAND
        or not type_text
        or fold(brand) in fold(title)
        or len(title) + len(brand) >= TITLE_CHARACTERS
    ):
        return title
    return f"{title[: len(type_text)]} {brand}{title[len(type_text) :]}"


@lru_cache(maxsize=4_096)
def clean_title(title: str, *, target: str = "") -> str:
    """The supplier's title without what no title may hold. May come back empty."""
    text = EMOJI.sub(" ", normalise(title))
    for start, end in reversed(find_injections(text)):
        text = text[:start] + text[end:]
    spans = sorted(
        (finding.span.start, finding.span.end)
        for finding in apply_rules("title", text, target=target, title="", known="", language="ru")
        if finding.code in _DROPPED_FROM_TITLES and finding.span is not None
    )
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    text = _without_repeats(_calm(text))
    text = re.sub(r"\(\s*\)|\[\s*\]|«\s*»", " ", text)
    text = re.sub(r"\s+([,.;:!?)])", r"\1", " ".join(text.split()))
    text = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", re.sub(r"!+", "", text))
    text = text.strip(" -–—*•,;:.|/+")
    return text[:1].upper() + text[1:] if text else ""


def _calm(text: str) -> str:
    """Words shouted in capitals, written as words; abbreviations and Latin names stay."""
    shouted = [
        match for match in _CYRILLIC_WORD.finditer(text) if match.group().isupper() and len(match.group()) > 3
    ]
    for match in reversed(shouted):
        word = match.group()
        if is_known(word) and (len(word) > 4 or len(shouted) > 1):
            text = text[: match.start()] + word.lower() + text[match.end() :]
    return text


def _without_repeats(text: str) -> str:
    """«Картридж HP P2V79A (P2V79A) (оригинал)» → «Картридж HP P2V79A, оригинал»."""
    result, end = "", 0
    for match in _BRACKETS.finditer(text):
        inner = match.group(1).strip()
        result += text[end : match.start()]
        end = match.end()
        if not inner or fold(inner) in fold(result):
            continue
        plain = _CYRILLIC_WORD.fullmatch(inner)
        result += f", {inner}" if plain and match.end() == len(text.rstrip()) else f" ({inner})"
    return result + text[end:]


def fitted(title: str, limit: int) -> str:
    """At most `limit` characters, ended at a comma, a bracket or a word; never inside a bracket."""
    if len(title) <= limit:
        return title
    head = title[: limit + 1]
    for border in (r",\s", r"\s[(/—–-]", r"\s"):
        places = [match.start() for match in re.finditer(border, head)]
        good = [place for place in places if head[:place].count("(") == head[:place].count(")")]
        if good and good[-1] >= limit * 0.5:
            return _unhung(head[: good[-1]])
    return _unhung(head.rsplit(" ", 1)[0][:limit])


def _unhung(text: str) -> str:
    """No preposition or punctuation is left hanging at the end."""
    text = text.rstrip(" ,;:-–—(/|+&")
    parts = text.rsplit(" ", 1)
    while len(parts) == 2 and (
        marks(parts[1]) & {"PREP", "CONJ"}
        or fold(parts[1]) in {"с", "и", "для", "на", "в", "из", "for", "with", "and", "of"}
    ):
        text = parts[0].rstrip(" ,;:-–—(/|+&")
        parts = text.rsplit(" ", 1)
    return text


def title_limit(target: str) -> int:
    known = targets().get(target)
    caps = [int(limit.value) for limit in known.limits if limit.code == "title.max_chars"] if known else []
    return min([TITLE_CHARACTERS, *caps])


@lru_cache(maxsize=8_192)
def _type_in(title: str) -> str:
    """The Russian words at the start of a title that name the thing: «Контейнер для отработанного тонера»."""
    taken: list[str] = []
    for token in title.split():
        bare = token.rstrip(",;:")
        if not _CYRILLIC_WORD.fullmatch(bare) or (taken and bare[0].isupper() and not bare.isupper()):
            break
        if taken and bare.isupper() and len(bare) > 1 and not is_known(bare):
            break
        taken.append(bare)
        if bare != token or len(taken) == 6:
            break
    while taken and marks(taken[-1]) & {"PREP", "CONJ"}:
        taken.pop()
    while taken:
        candidate = _lowered(" ".join(taken))
        if phrase(candidate) is not None:
            return " ".join(taken)
        taken.pop()
    return ""


def _begins_with_a_name(title: str) -> bool:
    return not title or (not is_cyrillic(title.split()[0]) and not title[0].isdigit())


def _type_from_facts(facts: ProductFacts, category_path: str) -> str:
    for name, value in facts.attributes.items():
        if fold(name) in {"тип", "тип товара", "вид", "вид товара", "наименование"}:
            candidate = normalise(value)
            if (
                _CYRILLIC_WORD.match(candidate)
                and len(candidate.split()) <= 4
                and phrase(_lowered(candidate)) is not None
            ):
                return _type_in(candidate)
    leaf = re.split(r"[>›/|→]", category_path or facts.category_path or facts.category_hint)[-1].strip()
    one = singular(_lowered(leaf)) if leaf and not re.search(r"\bдля\b|\bи\b|[0-9,]", leaf) else None
    return one if one and phrase(one) is not None else ""


def _mentions(title: str, type_text: str) -> bool:
    return lemma(type_text.split()[-1]) in {lemma(word) for word in words(title)}


def _lowered(text: str) -> str:
    """First letter small, unless the word is an abbreviation."""
    first = text.split()[0] if text.split() else ""
    return text if len(first) > 1 and first.isupper() else text[:1].lower() + text[1:]


def _model(title: str, type_text: str, brand: str) -> str:
    """Brand and model as they stand behind the type, up to the first comma or bracket; at most five words."""
    rest = title[len(type_text) :] if type_text and fold(title).startswith(fold(type_text)) else title
    head = re.split(r"[,(;]|\s[—–-]\s|\s/\s", rest.strip(), maxsplit=1)[0].strip()
    picked: list[str] = []
    for token in head.split()[:5]:
        if (
            is_cyrillic(token)
            and not token[0].isupper()
            and not any(letter.isdigit() for letter in token)
            and picked
        ):
            break
        picked.append(token)
    while picked and (
        marks(picked[-1]) & {"PREP", "CONJ"} or (is_cyrillic(picked[-1]) and picked[-1].islower())
    ):
        picked.pop()
    model = _unhung(" ".join(picked).strip(" ,;:-–—"))
    if model.count("«") != model.count("»") or not re.search(r"[A-Za-z]", model):
        return ""
    return model or brand


@dataclass(frozen=True, slots=True)
class _Kinds:
    """The kinds of data/kinds.json by the stems that name them; a kind's number is its place in the file."""

    named: tuple[tuple[str, str], ...]  # (id, English name)
    by_stem: dict[str, int]  # of one word
    by_phrase: dict[str, tuple[tuple[str, int], ...]]  # first word → (whole phrase, number)

    def of(self, word: str, rest: str) -> int | None:
        """The first kind that `word`, or `rest` (which begins with it), names."""
        found = [
            number
            for length in range(1, len(word) + 1)
            if (number := self.by_stem.get(word[:length])) is not None and _is_stem(length, len(word))
        ]
        found += [number for phrase, number in self.by_phrase.get(word, ()) if rest.startswith(phrase)]
        return min(found, default=None)


def _is_stem(stem: int, word: int) -> bool:
    """Whether a stem of so many letters may stand for a word of so many: a short one takes an ending at most."""
    return stem == word or stem > 4 or (stem == 4 and word - stem <= 2)


@cache
def _kinds() -> _Kinds:
    rows = load("kinds.json")["kinds"]
    by_stem: dict[str, int] = {}
    by_phrase: dict[str, tuple[tuple[str, int], ...]] = {}
    for number, row in enumerate(rows):
        for stem in row["stems"]:
            first, _, more = stem.partition(" ")
            if more:
                by_phrase[first] = (*by_phrase.get(first, ()), (stem, number))
            else:
                by_stem.setdefault(stem, number)
    return _Kinds(tuple((row["id"], row["english"]) for row in rows), by_stem, by_phrase)


@lru_cache(maxsize=8_192)
def kind_of(title: str, category: str) -> tuple[str, str]:
    """The kind of the first word of the title that names one; then of the category's last part."""
    leaf = re.split(r"[>›/|→]", category)[-1] if category else ""
    kinds = _kinds()
    for text, most in ((title, 4), (leaf, 4), (category, 12), (title, 20)):
        said = words(text)[:most]
        forms = [lemma(word) for word in said]
        if most == 4 and text is title:
            forms = forms[
                : next((index for index, form in enumerate(forms) if index and marks(form) & {"PREP"}), most)
            ]
        for position, form in enumerate(forms):
            written = fold_word(said[position])  # «трусы» are no form of «трус»
            found = [kinds.of(form, " ".join(forms[position:])), kinds.of(written, written)]
            number = min((one for one in found if one is not None), default=None)
            if number is not None:
                return kinds.named[number]
    return "generic", ""
