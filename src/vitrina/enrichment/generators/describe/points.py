"""What there is to say about a product, as labelled points: from its attributes and from pairs in its description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vitrina.enrichment.generators.describe.schema import DescribeInput
from vitrina.enrichment.reading.inflection import counted
from vitrina.enrichment.reading.morphology import is_cyrillic, is_known, marks
from vitrina.enrichment.reading.pairs import features_in, pairs_in
from vitrina.enrichment.reading.units import dimensions_of_name, unit_of
from vitrina.lib.text import fold, language_of, normalise, words

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
        return f"{_small(self.label)} — {self.value}" if self.label else _small(self.value)


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


@lru_cache(maxsize=256)
def points_of(request: _Request) -> tuple[Point, ...]:
    """Points, the most telling first; one per label, no value twice."""
    source = request.value
    found: list[tuple[int, int, Point]] = []
    labels: set[str] = set()
    values: set[str] = set()
    for order, (label, value) in enumerate(_labelled(source)):
        point = _point(label, value, source.language)
        if (
            point is None
            or fold(point.label) in labels
            or fold(point.value) in values
            or fold(point.value) == fold(source.facts.title)
        ):
            continue
        if point.key and any(
            other.key == point.key and point.key not in {"size", "volume", "power", "screen", "quantity"}
            for _, _, other in found
        ):
            continue
        labels.add(fold(point.label))
        values.add(fold(point.value))
        rank = next((rank for key, _, rank in _KEYS if key == point.key), 7)
        found.append((rank, order, point))
    return tuple(point for _, _, point in sorted(found, key=lambda entry: entry[:2]))


class _Request:
    """A DescribeInput as a cache key: equal when its facts are."""

    def __init__(self, value: DescribeInput) -> None:
        self.value = value
        self._key = value.model_dump_json()

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Request) and other._key == self._key


def points(request: DescribeInput) -> tuple[Point, ...]:
    return points_of(_Request(request))


def _labelled(request: DescribeInput) -> Iterator[tuple[str, str]]:
    yield from request.facts.attributes.items()
    yield from request.attributes.items()
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
    if label and language_of(label) not in ("", language):
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
    label = _label(label, key)
    return Point(key, label, value)


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
    if (
        not first
        or not is_cyrillic(first[0])
        or (first[0].isupper() and len(first[0]) > 1)
        or not text.startswith(first[0])
    ):
        return text
    if marks(first[0]) & {"Geox", "Name", "Surn", "Orgn", "Trad"} or not is_known(first[0]):
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
