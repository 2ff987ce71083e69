"""Numbers in a text: bare, with units, ranges, sizes, model codes, and numbers written as words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.morphology import english_stem, is_cyrillic, lemma, marks
from vitrina.enrichment.reading.units import multiplier_of, unit_of
from vitrina.lib.text import fold

_LETTER = "A-Za-zА-Яа-яЁёµ"
# A space parts thousands only when groups of three follow: «1 000», «12 500,5».
_NUMBER = r"[0-9]{1,3}(?:[ \u00a0\u202f\u2009][0-9]{3})+(?:[.,][0-9]+)?(?![0-9])|[0-9]+(?:[.,][0-9]+)?"
_UNIT = (
    rf"(?:°\s?[CСcс](?![{_LETTER}])|[°º%\"″”]|''"
    rf"|(?:кв|куб)\.?\s?[сд]?м(?![{_LETTER}])"
    rf"|[{_LETTER}]+\.?(?:[/·*][{_LETTER}]+\.?)?[²³23]?(?![{_LETTER}0-9]))"
)
_BY = r"(?:[ \u00a0\u202f]?[xх×*][ \u00a0\u202f]?|[ ](?:на|by)[ ])"
# The sign between two sides is no unit of the first: «375 x 347 x 179».
_SIDE_UNIT = rf"(?!(?:[xх]|на|by)(?![{_LETTER}]))(?:{_UNIT})"
_SIZE = re.compile(
    rf"(?<![\w.,-])(?:{_NUMBER})(?:[ \u00a0\u202f]?{_SIDE_UNIT})?(?:{_BY}(?:{_NUMBER})(?:[ \u00a0\u202f]?{_SIDE_UNIT})?){{1,3}}(?![0-9])",
    re.IGNORECASE,
)
_WORD_WITH_DIGIT = re.compile(
    rf"(?<![\w])(?=[\w/+.-]*[0-9])(?=[\w/+.-]*[{_LETTER}])[{_LETTER}0-9]+(?:[-_+.][{_LETTER}0-9]+)*\+?",
    re.IGNORECASE,
)
_NUMBER_AT = re.compile(rf"(?<![\w])(?:(?<![.,])|(?<=[^0-9][.,]))(?P<number>{_NUMBER})")
_UNIT_AT = re.compile(rf"(?:[ ]?-[ ]?|[ \u00a0\u202f]?)(?P<unit>{_UNIT})", re.IGNORECASE)
_RANGE_AT = re.compile(rf"\s?(?:[-–—…]|\.\.\.?|до|to)\s?(?P<number>{_NUMBER})(?![0-9])")
_NEXT_WORD = re.compile(rf"[ \u00a0\u202f]+(?P<word>[{_LETTER}]+(?:-[{_LETTER}]+)*)")
_PAPER = re.compile(r"[AАBВC][0-9]\+?")
_LETTER_SIZE = re.compile(r"(?:(?<![\w&'’-])|(?<=[SMLX][-–]))(?:[2-9]?[XХ]{1,4}[SLЛ]|[SMLМ])(?![\w&'’])")
_SIZE_WORD = re.compile(r"(?:размер\w*|рр?\.|р-р\w*|\bsizes?)[\s:—–-]*(?:\w{2}\s)?$", re.IGNORECASE)
_WORD = re.compile(rf"[{_LETTER}]+(?:-[{_LETTER}]+)*")

# Look-alikes first («А4» is A4), then the Latin letter of the same sound («Д3» is D3).
_LOOKALIKES = str.maketrans("авсенкмортхуёбгдзилфэю", "abcehkmoptxyebgdzilfeu")
_YEARS = range(1900, 2101)


def read_quantities(text: str) -> Iterator[Mention]:
    """Every number of the text once, in order within each kind; sizes and codes are taken before plain numbers."""
    taken = bytearray(len(text))
    for found in _read_sizes(text):
        _take(taken, found)
        yield found
    for found in _read_codes(text, taken):
        _take(taken, found)
        yield found
    yield from _read_numbers(text, taken)
    yield from _read_number_words(text)


def code_key(text: str) -> str:
    """One spelling of a model code: folded, Cyrillic look-alikes as Latin, no separators."""
    return "".join(letter for letter in fold(text).translate(_LOOKALIKES) if letter.isalnum())


@lru_cache(maxsize=16_384)
def readings(number: str) -> tuple[str, ...]:
    """What a written number may mean, the likeliest first: «1 000» → 1000; «14,000» → 14 or 14000."""
    bare = re.sub(r"[ \u00a0\u202f\u2009]", "", number)
    whole, separator, rest = bare.partition("," if "," in bare else ".")
    if separator and len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        as_decimal, as_thousands = canonical(Decimal(f"{whole}.{rest}")), canonical(Decimal(whole + rest))
        return (as_thousands, as_decimal) if separator == "," else (as_decimal, as_thousands)
    return (canonical(Decimal(f"{whole}.{rest}" if separator else whole)),)


def canonical(number: Decimal) -> str:
    """A plain decimal without exponent or trailing zeros: 1.50 → «1.5», 1E+3 → «1000»."""
    plain = format(number, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _take(taken: bytearray, found: Mention) -> None:
    taken[found.start : found.end] = b"\x01" * (found.end - found.start)


def _read_sizes(text: str) -> Iterator[Mention]:
    for match in _SIZE.finditer(text):
        numbers = tuple(readings(piece)[0] for piece in re.findall(_NUMBER, match.group()))
        units = [unit for piece in re.findall(_UNIT, match.group()) if (unit := unit_of(piece)) is not None]
        end = match.end()
        last = re.search(rf"\s?({_UNIT})$", match.group())
        if last and unit_of(last.group(1)) is None:
            end -= len(last.group())  # «2 х 80 для ламинатора»: the word after it is no unit
        yield Mention(
            Kind.SIZE,
            match.start(),
            end,
            text[match.start() : end],
            "x".join(numbers),
            units[-1].id if units else "",
            parts=numbers,
        )
    letters = list(_LETTER_SIZE.finditer(text))
    for index, match in enumerate(letters):
        neighbours = letters[max(index - 1, 0) : index + 2]
        near = any(other is not match and abs(other.start() - match.start()) <= 6 for other in neighbours)
        if (
            len(match.group()) > 1
            or near
            or _SIZE_WORD.search(text[max(0, match.start() - 20) : match.start()])
        ):
            yield Mention(Kind.SIZE, match.start(), match.end(), match.group(), _letter_size(match.group()))


def _letter_size(text: str) -> str:
    size = text.upper().replace("Х", "X").replace("М", "M")
    return f"{size.count('X')}X{size[-1]}" if size.count("X") > 1 else size


def _read_codes(text: str, taken: bytearray) -> Iterator[Mention]:
    for match in _WORD_WITH_DIGIT.finditer(text):
        start, end, word = match.start(), match.end(), match.group()
        if any(taken[start:end]):
            continue
        if _PAPER.fullmatch(word):
            yield Mention(Kind.SIZE, start, end, word, code_key(word))
        elif word[0].isdigit() and _is_number_with_unit(word):
            continue
        else:
            yield Mention(Kind.CODE, start, end, word, code_key(word))


@lru_cache(maxsize=16_384)
def _is_number_with_unit(word: str) -> bool:
    """«80мкм», «65-дюймовый», «3-ниточный», «2.4ГГц»: a number and one word of letters."""
    match = re.fullmatch(rf"(?:{_NUMBER})(-?)([{_LETTER}]+[23]?)", word)
    if match is None:
        return False
    hyphen, letters = match.groups()
    return unit_of(letters) is not None or (bool(hyphen) and is_cyrillic(letters) and letters.islower())


def _read_numbers(text: str, taken: bytearray) -> Iterator[Mention]:
    position = 0
    while match := _NUMBER_AT.search(text, position):
        start, end = match.span("number")
        position = end
        if any(taken[start:end]):
            continue
        numbers = [match.group("number")]
        second = _RANGE_AT.match(text, end)
        if second and not any(taken[second.start("number") : second.end("number")]):
            numbers.append(second.group("number"))
            end = position = second.end()
        unit, end, factor = _unit_after(text, end, start)
        position = max(position, end)
        values = tuple(_scaled(reading, factor) for number in numbers for reading in readings(number))
        if _SIZE_WORD.search(text[max(0, start - 20) : start]) and unit == "":
            kind = Kind.SIZE
        else:
            kind = Kind.QUANTITY if unit else Kind.NUMBER
        if len(numbers) == 2:
            for number in numbers:
                ways = tuple(_scaled(reading, factor) for reading in readings(number))
                yield Mention(kind, start, end, text[start:end], ways[0], unit, parts=ways)
        else:
            yield Mention(kind, start, end, text[start:end], values[0], unit, parts=values)


def _scaled(number: str, factor: Decimal | None) -> str:
    return canonical(Decimal(number) * factor) if factor else number


def _unit_after(text: str, end: int, start: int) -> tuple[str, int, Decimal | None]:
    """The unit (or the counted noun) behind a number: its id, where it ends, and a multiplier («тыс.»)."""
    factor = None
    if (word := _NEXT_WORD.match(text, end)) and (factor := multiplier_of(word.group("word"))):
        end = word.end() + (text[word.end() : word.end() + 1] == ".")
    if match := _UNIT_AT.match(text, end):
        written = match.group("unit")
        found = unit_of(re.sub(r"\s", "", written)) or unit_of(re.split(r"[/·*]", written)[0])
        if found and found.id == "g" and (density := _PER_SQUARE_METRE.match(text, match.end())):
            return "gsm", density.end(), factor
        if written.rstrip(".") in {"с", "s"} and not _WORD_FOLLOWS.match(text, match.end()):
            return "s", match.end(), factor  # «0,004 с.», not «2 с половиной»
        if found and not _is_no_unit(text, start, end, written, found.id):
            return found.id, match.end() - (written.endswith(".") and match.end() == len(text)), factor
    noun, noun_end = _counted_noun(text, end)
    return noun, noun_end if noun else end, factor


_PER_SQUARE_METRE = re.compile(
    r"\s(?:на|per)\s(?:квадратный метр|кв\.?\s?м|square met(?:er|re))", re.IGNORECASE
)
_WORD_FOLLOWS = re.compile(r"\s*[^\W\d_]")


def _is_no_unit(text: str, start: int, end: int, written: str, unit: str) -> bool:
    if (
        unit == "g"
        and fold(written).rstrip(".") == "г"
        and text[start:end].isdigit()
        and int(text[start:end]) in _YEARS
    ):
        return True  # «2014 г.» is a year
    return (
        unit == "in" and written in "\"”''" and text[start - 1 : start] in ('"', "“", "'")
    )  # "42" in quotes


def _counted_noun(text: str, end: int) -> tuple[str, int]:
    """«12 сменных насадок» counts «насадка». Looks at two words; empty when they name no thing."""
    for _ in range(2):
        match = _NEXT_WORD.match(text, end)
        if match is None:
            return "", end
        word, end = match.group("word"), match.end()
        if not is_cyrillic(word):
            counts = word.islower() and len(word) > 2 and word not in _ENGLISH_NO_THING
            return (english_stem(word), end) if counts else ("", end)
        grammar = marks(word)
        if "NOUN" in grammar:
            return lemma(word), end
        if not grammar & {"ADJF", "PRTF"}:
            return "", end
    return "", end


_ENGLISH_NO_THING = frozenset(
    [
        "and",
        "the",
        "for",
        "with",
        "from",
        "per",
        "are",
        "has",
        "its",
        "not",
        "all",
        "can",
        "but",
        "you",
        "your",
        "this",
        "that",
        "each",
        "into",
        "more",
        "new",
    ]
)

_RUSSIAN_NUMBERS = {
    "два": 2, "двое": 2, "три": 3, "трое": 3, "четыре": 4, "четверо": 4, "пять": 5, "пятеро": 5, "шесть": 6, "шестеро": 6,
    "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13,
    "четырнадцать": 14, "пятнадцать": 15, "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19,
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70, "восемьдесят": 80,
    "девяносто": 90, "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "тысяча": 1000,
    "полтора": Decimal("1.5"), "дюжина": 12,
}  # fmt: skip
_RUSSIAN_PREFIXES = (
    ("двух", 2), ("трех", 3), ("четырех", 4), ("пяти", 5), ("шести", 6), ("семи", 7), ("восьми", 8), ("девяти", 9),
    ("десяти", 10), ("двенадцати", 12), ("двадцати", 20),
)  # fmt: skip
_ENGLISH_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90, "hundred": 100, "dozen": 12,
}  # fmt: skip
# Turns of speech that count nothing.
_IDIOMS = re.compile(
    r"(?:раз и|два счета|все сто|пять минут до|сто раз|семь раз|сорок сорок|на десять лет вперед)"
)


def _read_number_words(text: str) -> Iterator[Mention]:
    """«двадцать пять» is one number; a word behind digits («4,5 тысячи») belongs to them."""
    end = -1
    words = list(_WORD.finditer(text))
    for index, match in enumerate(words):
        value = number_word(match.group()) if match.start() >= end else None
        if value is None or _BEHIND_DIGITS.search(text[max(0, match.start() - 4) : match.start()]):
            continue
        if _IDIOMS.search(fold(text[max(0, match.start() - 8) : match.end() + 8])):
            continue
        end = match.end()
        for following in words[index + 1 : index + 4]:
            more = number_word(following.group())
            joined = _joined(Decimal(value), Decimal(more)) if more else None
            if joined is None or text[end : following.start()] not in {" ", "-", "\u00a0"}:
                break
            value, end = canonical(joined), following.end()
        unit, stop, factor = _unit_after(text, end, match.start())
        if (within := _compound(match.group())) is not None:
            unit, stop, factor = within[1], end, None  # «пятилитровая канистра» counts no canisters
        number = _scaled(value, factor)
        kind = Kind.QUANTITY if unit else Kind.NUMBER
        yield Mention(kind, match.start(), stop, text[match.start() : stop], number, unit, parts=(number,))


def _joined(first: Decimal, second: Decimal) -> Decimal | None:
    if second == 1000:
        return first * second
    return first + second if (first >= 20 and second < 10) or (first >= 100 and second < 100) else None


_BEHIND_DIGITS = re.compile(r"[0-9][\s\u00a0-]{0,2}$")


@lru_cache(maxsize=32_768)
def number_word(word: str) -> str | None:
    """«двенадцать» → «12», «трёхслойный» → «3»; None for a word that counts nothing."""
    folded = fold(word)
    if not is_cyrillic(word):
        found = _ENGLISH_NUMBERS.get(folded)
        return str(found) if found else None
    if folded[:2] not in _RUSSIAN_STARTS:
        return None
    found_ru = _RUSSIAN_NUMBERS.get(lemma(word))
    if found_ru is not None:
        return str(found_ru)
    compound = _compound(word)
    return compound[0] if compound else None


@lru_cache(maxsize=32_768)
def _compound(word: str) -> tuple[str, str] | None:
    """«пятилитровый» → ("5", "l"), «трёхслойный» → ("3", ""); None for other words."""
    folded = fold(word)
    for prefix, number in _RUSSIAN_PREFIXES:
        if folded.startswith(prefix) and len(folded) > len(prefix) + 3 and marks(word) & {"ADJF", "NOUN"}:
            rest = folded[len(prefix) :].lstrip("-")
            unit = unit_of(rest)
            # «пятница», «семинар», «десятина» only begin like numbers: what follows must be a word of its own.
            if unit is not None or rest.startswith(_COMPOUND_TAILS):
                return str(number), unit.id if unit else ""
    return None


_RUSSIAN_STARTS = frozenset(
    word[:2]
    for word in (*_RUSSIAN_NUMBERS, *(prefix for prefix, _ in _RUSSIAN_PREFIXES), "двум", "трем", "полу")
)
_COMPOUND_TAILS = (
    "слойн", "ступенч", "местн", "ярусн", "дверн", "цветн", "камерн", "канальн", "ядерн", "колесн", "секционн", "предметн",
    "створчат", "спальн", "рожков", "конфорочн", "скорост", "режимн", "зонн", "сторонн", "фазн", "полосн", "струнн", "тактн",
    "этажн", "комнатн", "разов", "уровнев", "компонентн", "кнопочн", "гранн", "угольн", "литров", "метров", "дневн", "недельн",
    "месячн", "летн", "часов", "минутн", "процентн", "градусн", "дюймов", "килограммов", "граммов", "ниточн", "игольн", "штыр",
    "штучн", "сантиметров", "миллиметров", "лепестков", "карманн", "лезвий", "лампов", "клавишн",
)  # fmt: skip
