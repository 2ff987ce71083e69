"""What tells who somebody is or how to reach them: phones, e-mails, cards, orders, addresses, nicks in a text. Pure.

Found by our own bounded patterns (Russia, Kazakhstan, Belarus, and anything with a plus), also where it is hidden: digits
in words or one by one, look-alike letters, «собака» and «точка». Article numbers, sizes and barcodes are none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from vitrina.inbox.guardrails.reading import Reading


@dataclass(frozen=True, slots=True)
class Mark:
    """`start`, `end`: in the folded text of the reading. `key`: the same for two spellings of one thing."""

    what: str  # phone, email, card, order, address, nick
    start: int
    end: int
    key: str


def marks(reading: Reading) -> list[Mark]:
    """All of them in their order; where two overlap the one that begins first stays, of those the longest, of those the phone."""
    found = [
        *emails(reading),
        *cards(reading),
        *phones(reading),
        *phones_in_words(reading),
        *orders(reading),
        *nicks(reading),
        *addresses(reading),
    ]
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


# --- Phones -----------------------------------------------------------------------------------------------

_GAP = r"[ ().\-/_*]{0,3}"
_PHONE = re.compile(
    rf"(?<![\d.,+])(?<!\d-)(?:"
    rf"\+{_GAP}\d(?:{_GAP}\d){{8,13}}"
    rf"|[78]{_GAP}\d(?:{_GAP}\d){{9}}"
    rf"|\(\d{{3,5}}\) ?\d(?:[ -]?\d){{4,6}}"
    rf"|9\d\d[ -]\d{{3}}[ -]?\d\d[ -]?\d\d"
    rf"|(?<=тел )\d{{2,3}}[ -]\d\d[ -]\d\d|(?<=тел\. )\d{{2,3}}[ -]\d\d[ -]\d\d"
    rf")(?!\d|[.,]\d|-\d)"
)
_NUMBER_OF_A_THING = re.compile(
    r"(?:артикул\w*|арт\.?|заказ\w*|отправлени\w+|накладн\w+|трек\w*|штрих-?код\w*|код\w*|sku|партия|партии|сери[яи]|инн|огрн"
    r"|article|order|barcode|модел\w+)(?: товара)?[ :№#\"n-]{0,5}$"
)
_DIGIT = re.compile(r"\d")


def phones(reading: Reading) -> Iterator[Mark]:
    text = reading.folded
    for match in _PHONE.finditer(text):
        digits = "".join(_DIGIT.findall(match.group()))
        if _is_a_list(match.group()) or _NUMBER_OF_A_THING.search(
            text[max(0, match.start() - 40) : match.start()]
        ):
            continue
        if not match.group().startswith("+"):
            if len(digits) == 11 and digits[1] not in "3456789":
                continue
            if len(digits) < 6:
                continue
        yield Mark("phone", match.start(), match.end(), _national(digits))


def _is_a_list(text: str) -> bool:
    """«8 10 12 14 16 18», «8-9-10-11-12-13»: numbers that grow are sizes."""
    groups = [int(group) for group in re.findall(r"\d+", text)]
    return "+" not in text and len(groups) >= 4 and all(0 < b - a <= 10 for a, b in pairwise(groups))


def _national(digits: str) -> str:
    """The last ten digits: 8 916… and +7 916… are one."""
    return digits[-10:]


_UNITS = {
    "ноль": 0, "один": 1, "одна": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
    "восемь": 8, "девять": 9,
}  # fmt: skip
_TEENS = {
    "десять": 10, "одиннадцать": 11, "двенадцать": 12, "тринадцать": 13, "четырнадцать": 14, "пятнадцать": 15,
    "шестнадцать": 16, "семнадцать": 17, "восемнадцать": 18, "девятнадцать": 19,
}  # fmt: skip
_TENS = {
    "двадцать": 20, "тридцать": 30, "сорок": 40, "пятьдесят": 50, "шестьдесят": 60, "семьдесят": 70,
    "восемьдесят": 80, "девяносто": 90,
}  # fmt: skip
_HUNDREDS = {
    "сто": 100, "двести": 200, "триста": 300, "четыреста": 400, "пятьсот": 500, "шестьсот": 600, "семьсот": 700,
    "восемьсот": 800, "девятьсот": 900,
}  # fmt: skip
_NUMBER_WORD = re.compile(
    r"\b(?:ноль|дв[ае]|три|четыре|пять|шесть|семь|восемь|девять|сто|сорок|девяносто|[а-я]{3,8}(?:дцать|десят|ста|сот))\b"
)
_TOKEN = re.compile(r"[а-я]+|\d+|[^\s,.\-–()]")


def phones_in_words(reading: Reading) -> Iterator[Mark]:
    """Ten digits and more in a row, at least two of them words: «восемь девятьсот двенадцать …»."""
    text = reading.folded
    if not _NUMBER_WORD.search(text):
        return
    digits, start, end, words = "", 0, 0, 0
    room = 0  # what still fits behind the last number: 900 takes tens and units, 40 takes units
    for match in _TOKEN.finditer(text + " ."):
        word = match.group()
        value, takes = _value(word)
        if word == "плюс" and not digits:
            continue
        if value < 0 and not word.isdigit():
            if len(digits) >= 10 and words >= 2 and len(digits) <= 15:
                yield Mark("phone", start, end, _national(digits))
            digits, words, room = "", 0, 0
            continue
        if not digits:
            start = match.start()
        if value < 0:
            digits, room = digits + word, 0
        else:
            words += 1
            if room and value < room:
                digits = digits[: -len(str(value))] + str(value)
            else:
                digits += str(value)
            room = takes
        end = match.end()
    if len(digits) >= 10 and words >= 2 and len(digits) <= 15:
        yield Mark("phone", start, end, _national(digits))


def _value(word: str) -> tuple[int, int]:
    """(value, values below this fit behind it) of a number word; (-1, 0) of another."""
    for table, takes in ((_HUNDREDS, 100), (_TENS, 10), (_TEENS, 0), (_UNITS, 0)):
        if word in table:
            return table[word], takes
    return -1, 0


# --- E-mails, nicks ---------------------------------------------------------------------------------------

_AT = r"(?: ?[\(\[] ?(?:at|эт|собак[аи]|собачка) ?[\)\]] ?|@| (?:собака|собачка|эт|at) )"
_DOT = r"(?:\.| ?[\(\[](?:\.|dot|точка)[\)\]] ?| (?:точка|dot) )"
_EMAIL = re.compile(
    rf"(?<![\w.+-])[\w][\w.+-]{{0,63}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{0,2}}{_DOT}"
    r"(?:[a-z]{2,10}|ру|рф|ком|нет|бай|кз)(?![\w@])"
)
_NICK = re.compile(
    r"(?<![\w.@])@[a-z][a-z0-9_.]{2,31}"
    r"|\b(?:t\.me|wa\.me|vk\.(?:com|me|ru)|instagram\.com|tg://)/?[\w.?=/-]{2,60}"
    r"|(?<=ник )@?[a-z][a-z0-9_.]{2,31}|(?<=nick )@?[a-z][a-z0-9_.]{2,31}|(?<=ник: )@?[a-z][a-z0-9_.]{2,31}"
)
_AFTER_MESSENGER = re.compile(
    r"\b(?:телеграмм?|телега|тг|telegram|tg|инстаграмм?|инст|instagram|insta|вк|vk|скайп|skype|вайбер|viber)"
    r"\w{0,2}(?::| -|) ?(?P<nick>[a-z][a-z0-9_.]{3,31})\b"
)


def emails(reading: Reading) -> Iterator[Mark]:
    for match in _EMAIL.finditer(reading.latin):
        yield Mark("email", match.start(), match.end(), re.sub(r"[^\w]+", "", match.group()))


def nicks(reading: Reading) -> Iterator[Mark]:
    for match in _NICK.finditer(reading.latin):
        yield Mark("nick", match.start(), match.end(), match.group().strip("@./"))
    for match in _AFTER_MESSENGER.finditer(reading.latin):
        yield Mark("nick", *match.span("nick"), match["nick"].strip("."))


# --- Cards, orders, addresses -----------------------------------------------------------------------------

_CARD = re.compile(r"(?<![\d-])(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{1,3})?|\d{16,19})(?![\d-])")
_ORDER = re.compile(
    r"(?<![\d-])\d{6,12}-\d{4}-\d{1,2}(?![\d-])"
    r"|(?:(?<=заказ )|(?<=заказа )|(?<=заказе )|(?<=заказу )|(?<=заказом )|(?<=№)|(?<=№ )|(?<=отправление )|(?<=отправления )"
    r"|(?<=накладная )|(?<=накладной )|(?<=трек )|(?<=трек-номер )|(?<=order )|(?<=заказа: )|(?<=заказ: )|(?<=номер ))"
    r"(?:№|no\.?|номер)? ?\d[\d-]{4,24}\d(?![\d-])"
)
_ADDRESS = re.compile(
    r"(?:\b\d{6}, ?)?(?:\b(?:г\.|город|гор\.) ?[а-я-]{3,25},? ?)?"
    r"\b(?:ул\.|ул\b|улиц[аеуы]|пр-?к?т\.?|проспект[ае]?|пер\.|переул(?:ок|ке|ка)|шоссе|бульвар[ае]?|б-р|наб\.|набережн(?:ая|ой)"
    r"|мкр\.?|микрорайон[ае]?|проезд[ае]?) ?"
    r"[а-я0-9-]{1,25}(?: [а-я-]{2,25})?,? ?(?:(?:д\.|д\b|дом[ае]?|стр\.|владение) ?)?\d{1,4}[а-я]?"
    r"(?! ?(?:км|м|см|мм|шт|лет|руб|%|мин|час)\b)(?:,? ?(?:корп\.?|к\.|стр\.|кв\.?|квартира|оф\.?|офис|под\.|подъезд|этаж) ?\d{1,4}){0,3}"
    r"|\b[а-я-]{4,25} \d{1,3}[а-я]?,? (?:кв\.?|квартира) ?\d{1,4}"
)


def cards(reading: Reading) -> Iterator[Mark]:
    for match in _CARD.finditer(reading.folded):
        digits = "".join(_DIGIT.findall(match.group()))
        if " " in match.group() or "-" in match.group() or _passes_luhn(digits):
            yield Mark("card", match.start(), match.end(), digits)


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + index % 2) for index, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0


def orders(reading: Reading) -> Iterator[Mark]:
    text = reading.folded
    for match in _ORDER.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if re.search(r"артикул\w* ?$|артикула номер $|номер модели $|модел\w+ номер $", before):
            continue
        yield Mark("order", match.start(), match.end(), "".join(_DIGIT.findall(match.group())))


def addresses(reading: Reading) -> Iterator[Mark]:
    for match in _ADDRESS.finditer(reading.folded):
        key = " ".join(word[:5] for word in re.findall(r"[а-я]{4,}|\d+", match.group()))
        yield Mark("address", match.start(), match.end(), key)
