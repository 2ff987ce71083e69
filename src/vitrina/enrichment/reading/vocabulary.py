"""Words of a text that name a colour, a material or a country, in any form; and words that stand where one must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from vitrina.enrichment.data import load
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.morphology import fold_word, is_cyrillic, is_known, lemma, lemmas, marks

_WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+(?:[-/’'&][A-Za-zА-Яа-яЁё]+)*")


@cache
def dictionary(kind: Kind) -> dict[str, str]:
    """Dictionary form → id of the colour, material or country."""
    name, key = {
        Kind.COLOUR: ("colours.json", "colours"),
        Kind.MATERIAL: ("materials.json", "materials"),
        Kind.COUNTRY: ("countries.json", "countries"),
    }[kind]
    return {word: identity for identity, words in load(name)[key].items() for word in words}


# Nouns that are a material only where the text says so («из кожи»), and something else elsewhere («для сухой кожи»).
_ONLY_IN_PLACE = frozenset(
    {
        "leather", "wood", "paper", "stone", "glass", "down", "feather", "fur", "foam", "iron", "metal", "clay", "bamboo",
        "oak", "beech", "birch", "pine", "cedar", "spruce", "maple", "alder", "teak", "walnut", "wicker", "cork", "straw",
        "satin", "terry", "jersey", "canvas", "linen", "wax", "paraffin", "silk", "composite", "enamel", "carbon", "lace",
        "zinc", "nickel", "chrome", "titanium", "plastic", "membrane", "quartz",
        "patent", "latex", "rubber", "cellulose", "amber_m", "gauze", "tulle", "velvet", "plush", "textile", "synthetic",
        "castiron", "cardboard", "tungsten", "steel", "platinum", "larch", "felt", "gypsum", "concrete",
    }
)  # fmt: skip
_MADE_OF = re.compile(
    r"(?:\bиз|материал\w*|ткан\w+|состав\w*|\d\s?%|натуральн\w+|искусственн\w+|подкладк\w+|корпус\w*|каркас\w*|отделк\w+|наполнител\w+|\bпод|\bс|\bсо"
    r"|\bmade of|\bmade from|\bof|\bmaterial|\bin|\bgenuine|\breal|\bfabric|\bcomposition)[\s:—–-]*(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_CARE_WORDS = re.compile(
    r"(?:лиц|рук|тел|сух|жирн|чувствительн|увлажн|уход|очищ|детск\w+ кож|тип\w* кож|век|шампун|крем|skin)",
    re.IGNORECASE,
)
# What the goods are for: «для обработки изделий из кожи», «придаёт объём трикотажным изделиям».
_WORKED_ON_BEFORE = re.compile(
    r"(?:обработк|чист|утюж|глажк|глажен|стирк|пошив|шить|ухо[дж]|ремонт|покраск|отпарив)\w*\s+(?:[\w-]+\s+){0,2}"
    r"(?:изделий|вещей|тканей)\s+из\s+$",
    re.IGNORECASE,
)
_OFF = re.compile(r"\bс(?:о)?\s+(?:[\w-]+\s+)?$", re.IGNORECASE)
_WORKED_ON_AFTER = re.compile(r"\s+(?:изделиям|вещам|тканям|поверхностям)\b", re.IGNORECASE)
# «стали» is far more often the verb; «дуба» in «дубовый стол» is the adjective.
_IMITATION = re.compile(
    r"(?:искусственн\w+|эко|веганск\w+|faux|vegan|eco|artificial)[\s-]+(?:кож\w+|leather)$", re.IGNORECASE
)
_NOT_A_MATERIAL = frozenset(
    {
        "сталь",
        "тик",
        "мех",
        "лак",
        "лен",
        "бук",
        "пух",
        "ель",
        "атлас",
        "креп",
        "футер",
        "сатин",
        "клен",
        "эва",
    }
)


def read_vocabulary(text: str) -> Iterator[Mention]:
    for match in _WORD.finditer(text):
        word = match.group()
        meaning = _meaning(word)
        if meaning is None:
            continue
        start, end = match.span()
        for identity in meaning.colours:
            yield Mention(Kind.COLOUR, start, end, word, identity)
        for identity in meaning.materials:
            if identity == "leather" and _IMITATION.search(text[max(0, start - 16) : end]):
                yield Mention(Kind.MATERIAL, start, end, word, "ecoleather")
            elif _is_material_here(text, start, end, word, identity):
                yield Mention(Kind.MATERIAL, start, end, word, identity)
        for identity in meaning.countries:
            yield Mention(Kind.COUNTRY, start, end, word, identity)
        if meaning.place:
            yield Mention(Kind.COUNTRY, start, end, word, meaning.place, known=False)
    yield from _read_places(text)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """Ids that a word names. `place`: the dictionary form of a place that our countries don't hold."""

    colours: tuple[str, ...]
    materials: tuple[str, ...]
    countries: tuple[str, ...]
    place: str


@lru_cache(maxsize=65_536)
def _meaning(word: str) -> _Meaning | None:
    """None for nearly every word."""
    capital = word[0].isupper()
    countries = _named(word, Kind.COUNTRY) if capital or _is_adjective(word) else ()
    is_place = not countries and capital and "Geox" in marks(word) and is_known(word)
    found = _Meaning(
        _named(word, Kind.COLOUR), _named(word, Kind.MATERIAL), countries, lemma(word) if is_place else ""
    )
    return found if found.colours or found.materials or countries or is_place else None


@lru_cache(maxsize=65_536)
def _named(word: str, kind: Kind) -> tuple[str, ...]:
    """Ids that the word, or a part of it («красно-белый»), names."""
    words = dictionary(kind)
    folded = fold_word(word)
    if found := words.get(folded):
        return (found,)
    if is_cyrillic(word):
        best = lemma(word)
        if found := words.get(best):
            return (found,)
        for other in sorted(lemmas(word)):
            if (found := words.get(other)) and (kind is not Kind.COUNTRY or word[0].isupper()):
                return (found,)
    if "-" in word or "/" in word:
        parts = [part for part in re.split(r"[-/]", folded) if len(part) > 2]
        return tuple(dict.fromkeys(found for part in parts for found in _named_part(part, kind)))
    if not is_cyrillic(word) and len(folded) > 4 and (found := words.get(folded.rstrip("s"))):
        return (found,)
    return ()


def _named_part(part: str, kind: Kind) -> tuple[str, ...]:
    """«красно» of «красно-белый», «льняной» of «хлопково-льняной»."""
    whole = _named(part, kind)
    if whole or not part.endswith("о"):
        return whole
    words = dictionary(kind)
    for ending in ("ый", "ий", "ой"):
        if found := words.get(part[:-1] + ending):
            return (found,)
    return ()


def _is_adjective(word: str) -> bool:
    return bool(marks(word) & {"ADJF", "ADJS"}) or not is_cyrillic(word)


def _is_material_here(text: str, start: int, end: int, word: str, identity: str) -> bool:
    before = text[max(0, start - 40) : start]
    if _WORKED_ON_AFTER.match(text, end) or _WORKED_ON_BEFORE.search(text[max(0, start - 80) : start]):
        return False
    made_of = bool(_MADE_OF.search(before))
    if identity == "leather" and (not is_cyrillic(word) or lemma(word) == "кожа"):
        is_skin = word.lower() == "кожи" and _OFF.search(before)  # «смываются с кожи»
        return made_of and not is_skin and not _CARE_WORDS.search(text[max(0, start - 30) : end + 20])
    if is_cyrillic(word) and "ADJF" in marks(word):
        return True
    best = lemma(word)
    if best in _NOT_A_MATERIAL or not _likeliest_noun(word) or identity in _ONLY_IN_PLACE:
        return made_of or (before.endswith((" ", "-")) is False and before == "")
    return True


def _likeliest_noun(word: str) -> bool:
    return not is_cyrillic(word) or "NOUN" in marks(word) or not is_known(word)


# Places where a value must stand, for values that no dictionary holds.
# Each with cues, in lower case: one of them stands in every match.
_PLACES = (
    (
        Kind.COLOUR,
        ("цвет", "оттен", "colo", "shade"),
        re.compile(
            r"\b(?:цвета|оттенка|цвет|оттенок|в цвете|в оттенке|colou?r|shade)\b\s*(?:[:—–-]\s*|is\s+|of\s+)?«?",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.MATERIAL,
        ("материал", "%", " из", "made", "crafted", "material"),
        re.compile(
            r"\b(?:(?:изготовлен|выполнен|сделан|сшит|произведен|произведён|отлит|связан|соткан|вырезан|создан)\w*\s+(?:\w+\s+)?из"
            r"|материал\w*(?:\s+верха|\s+подкладки|\s+корпуса|\s+изделия)?\s*[:—–-]|\d\s?%|made (?:of|from)|crafted from|material\s*[:—–-])\s*",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.COUNTRY,
        (
            "сделан",
            "произв",
            "изготов",
            "выпущ",
            "стран",
            "родом",
            "привез",
            "привёз",
            "made",
            "origin",
            "imported",
            "родина",
        ),
        re.compile(
            r"\b(?:сделан\w*\s+в|произвед[её]н\w*\s+в|изготовлен\w*\s+в|выпущен\w*\s+в|производств[оа]\s*[:—–-]?|стран[аы](?:\s+производства|\s+происхождения|-производитель)?\s*[:—–-]"
            r"|родом из|привез[её]н\w*\s+из|made in|country of origin\s*[:—–-]|imported from|родина\s*[:—–-])\s*",
            re.IGNORECASE,
        ),
    ),
)


def _read_places(text: str) -> Iterator[Mention]:
    folded = text.lower()
    for kind, cues, pattern in _PLACES:
        if any(cue in folded for cue in cues):
            for place in pattern.finditer(text):
                yield from _value_at(kind, text, place.end())
    for place in _COLOUR_BEHIND.finditer(text) if "цвет" in text or "оттен" in text else ():
        if (
            "ADJF" in marks(place.group("word"))
            and not _named(place.group("word"), Kind.COLOUR)
            and _is_a_shade(place.group("word"))
        ):
            start, end = place.span("word")
            yield Mention(
                Kind.COLOUR, start, end, place.group("word"), lemma(place.group("word")), known=False
            )
    for place in _OUT_OF.finditer(text) if _OUT.search(text) else ():
        word = place.group("word")
        if (
            _named(word, Kind.MATERIAL)
            or lemma(word) in _NO_VALUE | _NO_SOURCE
            or place.group("before").lower() in _CHOOSING
        ):
            continue
        grammar = marks(word)
        if not is_known(word) or (
            {"NOUN", "gent", "inan", "sing"} <= grammar and not grammar & {"Geox", "Name", "Surn"}
        ):
            yield Mention(
                Kind.MATERIAL, place.start("word"), place.end("word"), word, lemma(word), known=False
            )


def _value_at(kind: Kind, text: str, position: int) -> Iterator[Mention]:
    """The first word there that may be a value; up to two adjectives may stand before it («из мягкой шерсти»)."""
    for _ in range(3):
        word = _WORD.match(text, position)
        if word is None or _named(word.group(), kind):
            return
        if _may_stand(kind, word.group()):
            yield Mention(kind, word.start(), word.end(), word.group(), lemma(word.group()), known=False)
            return
        if "ADJF" not in marks(word.group()):
            return
        position = word.end() + 1


_COLOUR_BEHIND = re.compile(
    r"(?P<word>[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)?)\s(?:цвета|оттенка|цвет|оттенок|цвете|оттенке)\b"
)
# «яркого цвета», «любого оттенка» name no shade.
_NO_SHADE = frozenset(
    [
        "яркий",
        "светлый",
        "темный",
        "нежный",
        "мягкий",
        "спокойный",
        "нейтральный",
        "любой",
        "разный",
        "другой",
        "весь",
        "один",
        "этот",
        "тот",
        "свой",
        "какой",
        "такой",
        "насыщенный",
        "приятный",
        "модный",
        "естественный",
        "натуральный",
        "однотонный",
        "основной",
        "дополнительный",
        "универсальный",
        "классический",
        "базовый",
        "сочный",
        "холодный",
        "теплый",
        "глубокий",
        "каждый",
        "ваш",
        "наш",
        "новый",
        "исходный",
        "красивый",
        "стильный",
        "пастельный",
        "матовый",
        "глянцевый",
        "первый",
        "второй",
        "постоянный",
        "нужный",
        "подходящий",
    ]
)


def _is_a_shade(word: str) -> bool:
    return lemma(word) not in _NO_SHADE and not marks(word) & {"Apro", "Anum", "Subx"}


_OUT_OF = re.compile(r"(?P<before>[А-Яа-яЁё]+)\sиз\s(?P<word>[а-яё]+(?:-[а-яё]+)*)")
_OUT = re.compile(r"\sиз\s")
_CHOOSING = frozenset(["один", "одна", "одно", "одной", "одним", "одного", "каждый", "каждая", "каждое", "каждой", "некоторые", "многие", "часть", "любой", "любая", "любое", "какой", "кто", "никто", "лучший", "большинство", "несколько", "два", "две", "три", "вид", "виды", "выход", "выходит", "вынуть", "достать", "достаньте", "вынимается", "достается", "вытащить", "взять", "исходя"])  # fmt: skip
_NO_SOURCE = frozenset(["набор", "коробка", "упаковка", "окно", "дом", "шкаф", "магазин", "строй", "рука", "голова", "холодильник", "духовка", "машина", "ящик", "сеть", "розетка", "флакон", "тюбик", "пачка", "комплект", "кухня", "комната", "комплекта", "зал", "вид", "виду", "середина", "центр", "помещение", "офис", "ряд", "конец", "способ", "цвет", "комната", "стена", "экран", "меню", "приложение"])  # fmt: skip


_NO_VALUE = frozenset(
    [
        "изделие",
        "товар",
        "модель",
        "чернила",
        "печать",
        "экран",
        "дисплей",
        "материал",
        "ткань",
        "состав",
        "качество",
        "предложение",
        "выбор",
        "корпус",
        "фото",
        "фотография",
        "картинка",
        "изображение",
        "рисунок",
        "принт",
        "узор",
        "вода",
        "масло",
        "и",
        "или",
        "на",
        "по",
        "для",
        "не",
        "с",
        "в",
        "из",
        "от",
        "к",
        "до",
        "он",
        "она",
        "оно",
        "это",
        "тот",
        "который",
        "весь",
        "любой",
        "разный",
        "другой",
        "натуральный",
        "качественный",
        "прочный",
        "мягкий",
        "плотный",
        "экологичный",
        "современный",
        "высококачественный",
        "надежный",
        "легкий",
        "гипоаллергенный",
        "высокий",
        "лучший",
        "один",
        "несколько",
        "часть",
        "деталь",
        "элемент",
        "партия",
        "запрос",
        "случай",
        "время",
        "предел",
        "больше",
        "меньше",
        "скидка",
        "гарантия",
        "год",
        "день",
        "the",
        "a",
        "an",
        "your",
        "our",
        "choice",
        "and",
        "or",
        "is",
        "to",
    ]
)


def _may_stand(kind: Kind, word: str) -> bool:
    if lemma(word) in _NO_VALUE:
        return False
    grammar = marks(word)
    if kind is Kind.COUNTRY:
        return word[0].isupper()
    if not grammar:
        return len(word) > 2
    if kind is Kind.COLOUR:
        return "NOUN" in grammar and bool(grammar & {"gent", "nomn", "loct"}) and "plur" not in grammar
    return "NOUN" in grammar and bool(grammar & {"gent", "nomn", "accs"})
