"""What there is to say about a product, as labelled points: from its attributes and from pairs in its description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vitrina.enrichment.generators.describe.english import english_pairs
from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.reading.inflection import counted
from vitrina.enrichment.reading.morphology import fold_word as fold
from vitrina.enrichment.reading.morphology import is_cyrillic, is_known, marks
from vitrina.enrichment.reading.pairs import features_in, pairs_in
from vitrina.enrichment.reading.units import dimensions_of_name, unit_of
from vitrina.lib.text import language_of, normalise, words

VALUE_CHARACTERS = 110
LABEL_CHARACTERS = 45


@dataclass(frozen=True, slots=True)
class Point:
    """`key` names what kind of fact it is: "colour", "devices", "material", "code" …, or "" for any other."""

    key: str
    label: str
    value: str

    @property
    def line(self) -> str:
        """«Цвет: чёрный»; a feature without a label stands alone."""
        text = f"{self.label}: {self.value}" if self.label else self.value
        return text[:1].upper() + text[1:]

    @property
    def phrase(self) -> str:
        """«цвет — чёрный», for the middle of a sentence."""
        if not self.label:
            return _small(self.value)
        label = (
            self.label
            if self.label[1:2].isupper() or is_cyrillic(self.label)
            else self.label[:1].lower() + self.label[1:]
        )
        return f"{_small(label)} — {self.value}"


# Beginnings of folded labels; the first match wins. The number orders what is said first.
_KEYS: tuple[tuple[str, str, int], ...] = (
    ("colour", r"цвет|colou?r", 2), ("devices", r"совместим|для устройств|для принтер|подходит|для моделей|compatib", 1),
    ("orig", r"оригинальность", 9), ("resource", r"ресурс", 2), ("material", r"материал|ткань|material|fabric", 1),
    ("composition", r"состав|composition|ingredients", 1), ("size", r"размер|size|габарит|dimensions", 3),
    ("quantity", r"количество|кол-во|в упаковке|комплект(?!у)|quantity", 3), ("volume", r"объем|емкость|volume|capacity", 2),
    ("weight", r"вес|масса|weight", 5), ("warranty", r"гаранти|warranty", 6), ("country", r"стран|country", 5),
    ("technology", r"технология|тип печати", 4), ("power", r"мощност|power", 2), ("gender", r"^пол$|gender", 4),
    ("season", r"сезон|season", 4), ("age", r"возраст|^age", 3), ("processor", r"^процессор", 1), ("memory", r"оперативн", 2),
    ("screen", r"диагональ|разрешение", 2), ("storage", r"накопител|жестк", 2),
)  # fmt: skip
_NEVER = re.compile(
    r"^(?:модель|артикул|код\b|коды|код товара|штрих.?код|партномер|part ?number|sku|наличие|цена|бренд|производитель|торговая марка|vendor|brand|ean|gtin"
    r"|для бренда|тип|вид|наименование|название|номер|ссылка|url|доставка|оплата|поставщик|склад|статус|новинка|аналог.*|коды расходников|id\b.*|скидк.*|акци.*"
    r"|дополнительная информация|описание|особенности|примечание|сервис.*|model|type|условия.*|предложени.*|внимание|важно|ссылк.*|контакт.*|телефон.*|e-?mail.*|сайт.*)$"
)
_EMPTY = frozenset(
    {
        "",
        "нет",
        "-",
        "—",
        "–",
        "no",
        "none",
        "n/a",
        "не указано",
        "не указан",
        "отсутствует",
        "0",
        "null",
        "нет данных",
        "есть/нет",
    }
)
_BARE_NUMBER = re.compile(r"[0-9][0-9\s.,]*")


def points(request: DescribeInput) -> tuple[Point, ...]:
    """Points, the most telling first; one per label, no value twice."""
    found: list[tuple[int, int, Point]] = []
    for order, (label, value) in enumerate(_labelled(request)):
        point = _point(label, value, request.language)
        if point is None or fold(point.value) == fold(request.facts.title):
            continue
        if any(_is_same(point, other) for _, _, other in found):
            continue
        rank = next((rank for key, _, rank in _KEYS if key == point.key), 7)
        found.append((rank, order, point))
    return tuple(point for _, _, point in sorted(found, key=lambda entry: entry[:2]))


_MANY = frozenset(
    {"size", "volume", "power", "screen", "quantity"}
)  # kinds of facts that may stand several times


def _is_same(point: Point, other: Point) -> bool:
    """The same label, the same value, a second fact of a kind, or numbers that the other point holds already."""
    if (point.label and fold(point.label) == fold(other.label)) or fold(point.value) == fold(other.value):
        return True
    if point.key and point.key == other.key:
        mine, theirs = set(_NUMBERS.findall(point.value)), set(_NUMBERS.findall(other.value))
        return point.key not in _MANY or bool(mine and mine <= theirs)
    return False


_NUMBERS = re.compile(r"[0-9]+")


def _labelled(request: DescribeInput) -> Iterator[tuple[str, str]]:
    yield from request.facts.attributes.items()
    yield from request.attributes.items()
    if request.language == "en":
        yield from english_pairs(request)
    for pair in pairs_in(request.facts.description):
        yield pair.label, pair.value
    for feature in features_in(request.facts.description):
        yield "", feature


def _point(label: str, value: str, language: str) -> Point | None:
    label, value = normalise(label).strip(" :"), _value(normalise(value), language)
    if (
        not value
        or fold(value) in _EMPTY
        or len(value) > VALUE_CHARACTERS * 4
        or len(label) > LABEL_CHARACTERS
        or "<" in value
        or "://" in value
    ):
        return None
    if label and _NEVER.match(fold(label)):
        return None
    if (label and language_of(label) not in ("", language)) or (language == "en" and is_cyrillic(value)):
        return None
    key = next((key for key, pattern, _ in _KEYS if re.search(pattern, fold(label))), "") if label else ""
    if _BARE_NUMBER.fullmatch(value) and (
        not label
        or (dimensions_of_name(label) and not _unit_in(label))
        or key in {"volume", "weight", "warranty"}
    ):
        return None  # «Вес: 0.216»: of what unit is not known
    if key == "devices":
        value = _models(value, language)
    if len(value) > VALUE_CHARACTERS or (len(value.split()) > 16):
        return None
    label, value = _with_unit(_label(label, key), value)
    if key == "orig":
        return _original(value, language)
    return Point(key, label, value)


def _with_unit(label: str, value: str) -> tuple[str, str]:
    """«Мощность (Вт)»: «600» → «Мощность»: «600 Вт»."""
    match = _UNIT_IN_LABEL.search(label)
    if match is None or unit_of(match.group("unit")) is None:
        return label, value
    if not re.fullmatch(r"[0-9][0-9\s.,–-]*", value):
        return (
            label[: match.start()].strip() if re.search(r"[0-9]\s?[A-Za-zА-Яа-я]", value) else label
        ), value
    number = re.sub(r"\s*[-–]\s*", "–", value).strip()
    return label[: match.start()].strip(), f"{number} {match.group('unit')}"


_UNIT_IN_LABEL = re.compile(r"(?:\s*\(|,\s*)(?P<unit>[A-Za-zА-Яа-я/²³23%°]{1,8})\.?\)?$")


def _original(value: str, language: str) -> Point | None:
    if language != "ru":
        return Point("orig", "", f"{value} supply")
    if fold(value).startswith("оригинал"):
        return Point("orig", "", "оригинальный расходный материал")
    return (
        Point("orig", "", "совместимый расходный материал") if fold(value).startswith("совместим") else None
    )


def _unit_in(label: str) -> bool:
    return any(unit_of(piece) is not None for piece in re.split(r"[(),\s]+", label)[1:] if piece)


def _label(label: str, key: str) -> str:
    if label.isupper() and len(label) > 4:
        label = label.lower()
    if key == "devices":
        return "Совместимость" if is_cyrillic(label) else "Compatible with"
    if fold(label) == "size":
        return "Размер"
    if fold(label) == "color":
        return "Цвет"
    return label[:1].upper() + label[1:]


_MONTHS = re.compile(r"\b([0-9]+)\s?мес(?:\.|яц(?:а|ев)?)?(?![а-яё])", re.IGNORECASE)
_SPELLED = (
    (re.compile(r"\b([0-9]+)\s?шт\.?(?![а-яё])", re.IGNORECASE), r"\1 шт."),
    (re.compile(r"(?<=[0-9])\s?[хx×](?=\s?[0-9])", re.IGNORECASE), "×"),
)


def _value(value: str, language: str) -> str:
    value = value.strip(" .;,")
    if language == "ru":
        value = _MONTHS.sub(
            lambda match: f"{match.group(1)} {counted(match.group(1), 'месяц', 'месяца', 'месяцев')}", value
        )
        for pattern, spelled in _SPELLED:
            value = pattern.sub(spelled, value)
        value = value.rstrip(".") if not value.endswith("шт.") else value
    value = re.sub(r"\s*/\s*(?=\S)", " / ", value) if " / " in value else value
    value = re.sub(r"^(?:для\s+)(?=для\s)", "", value, flags=re.IGNORECASE)
    return _small(value)


def _small(text: str) -> str:
    """A small first letter where the first word is an everyday Russian one."""
    first = words(text)[:1]
    if not first or not is_cyrillic(first[0]) or text[1:2].isupper() or not text.startswith(first[0]):
        return text
    if marks(first[0]) & {"Geox", "Name", "Surn", "Orgn", "Trad"} or not is_known(
        first[0].rsplit("-", 1)[-1]
    ):
        return text
    return text[0].lower() + text[1:]


_MOST_MODELS = 6


def _models(value: str, language: str) -> str:
    """«Canon TM-200 / Canon TM-205 / Canon TM-300» → «Canon TM-200, TM-205, TM-300»; a long list says that there is more."""
    value = re.sub(
        r"^для\s+(?:для\s+)?(?:принтеров|копиров|мфу|устройств|плоттеров|моделей)?\s*",
        "",
        value,
        flags=re.IGNORECASE,
    )
    items = [
        item.strip(" .")
        for item in re.split(r"\s*/\s+|\s+/\s*|;|,\s+(?=[A-ZА-Я])", value)
        if item.strip(" .")
    ]
    if len(items) < 2:
        return value
    shown = [items[0]]
    first = items[0].split()
    for item in items[1:_MOST_MODELS]:
        parts = item.split()
        shared = 0
        while shared < min(len(parts), len(first)) - 1 and parts[shared] == first[shared]:
            shared += 1
        shown.append(" ".join(parts[shared:]))
    text = ", ".join(shown)
    if len(items) <= _MOST_MODELS:
        return text
    return f"{text} и другие модели" if language == "ru" else f"{text} and other models"
