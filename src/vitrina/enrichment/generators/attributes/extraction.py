"""Reading typed attributes out of a listing: the supplier's own ones, «label: value» pairs, and values in running text.

A value that the listing states twice is taken once, from the surest place: supplier's attribute, pair, title, description.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.data import load
from vitrina.enrichment.generators.attributes.schema import (
    AttributesInput,
    AttributeValue,
    Evidence,
    EvidenceKind,
)
from vitrina.enrichment.generators.attributes.special import special_values
from vitrina.enrichment.reading.inflection import counted
from vitrina.enrichment.reading.mention import Kind, Mention
from vitrina.enrichment.reading.mentions import read
from vitrina.enrichment.reading.morphology import is_cyrillic, parse
from vitrina.enrichment.reading.pairs import pairs_in
from vitrina.enrichment.reading.units import unit_by_id
from vitrina.lib.text import fold, normalise

VALUE_CHARACTERS = 160

# key → (Russian name, English name)
NAMES: dict[str, tuple[str, str]] = {
    "type": ("Тип", "Type"), "brand": ("Бренд", "Brand"), "model": ("Модель", "Model"), "colour": ("Цвет", "Colour"),
    "material": ("Материал", "Material"), "composition": ("Состав", "Composition"), "country": ("Страна производства", "Country of origin"),
    "size": ("Размер", "Size"), "dimensions": ("Габариты", "Dimensions"), "length": ("Длина", "Length"), "width": ("Ширина", "Width"),
    "height": ("Высота", "Height"), "depth": ("Глубина", "Depth"), "thickness": ("Толщина", "Thickness"), "diameter": ("Диаметр", "Diameter"),
    "diagonal": ("Диагональ", "Diagonal"), "weight": ("Вес", "Weight"), "volume": ("Объём", "Volume"), "quantity": ("Количество в упаковке", "Quantity"),
    "power": ("Мощность", "Power"), "apparent_power": ("Полная мощность", "Apparent power"), "voltage": ("Напряжение", "Voltage"),
    "battery": ("Ёмкость батареи", "Battery capacity"), "frequency": ("Частота", "Frequency"), "memory": ("Объём памяти", "Memory"),
    "warranty": ("Гарантия", "Warranty"), "age": ("Возраст", "Age"), "gender": ("Пол", "Gender"), "season": ("Сезон", "Season"),
    "density": ("Плотность", "Density"), "brightness": ("Яркость", "Brightness"), "print_resolution": ("Разрешение печати", "Print resolution"),
    "temperature": ("Температура", "Temperature"), "speed": ("Скорость", "Speed"), "pressure": ("Давление", "Pressure"), "sound": ("Уровень шума", "Noise level"),
    "energy": ("Энергетическая ценность", "Energy value"), "area": ("Площадь", "Area"), "yield": ("Ресурс", "Page yield"),
    "compatibility": ("Совместимость", "Compatible with"), "original": ("Оригинальность", "Original or compatible"),
    "technology": ("Технология печати", "Print technology"), "code": ("Код производителя", "Part number"), "screen": ("Разрешение экрана", "Screen resolution"),
}  # fmt: skip

# What a label of the supplier says about the key; matched at its beginning, folded.
_LABELS: tuple[tuple[str, str], ...] = (
    ("colour", r"цвет(?!ов|опер)|colou?r"), ("material", r"материал|ткань|material"), ("composition", r"состав|composition"),
    ("country", r"стран|производство$|country|made in"), ("size", r"размер(?!ы? (?:экран|упак|капл))|size"), ("dimensions", r"габарит|dimensions|размеры"),
    ("length", r"длина|length"), ("width", r"ширина|width"), ("height", r"высота|height"), ("depth", r"глубина|depth"), ("thickness", r"толщина|thickness"),
    ("diameter", r"диаметр|diameter"), ("diagonal", r"диагональ|diagonal"), ("weight", r"вес|масса|weight"), ("volume", r"объем$|объем,|объем флак|volume"),
    ("quantity", r"количество (?:в упаковке|штук|предметов)|упаковка|кол-во|quantity"), ("warranty", r"гаранти|warranty"), ("age", r"возраст|age$"),
    ("gender", r"пол$|gender"), ("season", r"сезон|season"), ("yield", r"ресурс|page yield"), ("power", r"мощность|power"), ("voltage", r"напряжение|voltage"),
    ("brand", r"бренд|производитель$|торговая марка|brand"), ("model", r"модель$|model$"), ("type", r"тип$|тип товара|вид$"), ("original", r"оригинальность"),
    ("technology", r"технология печати|тип печати"), ("compatibility", r"совместимость|для устройств|для принтеров"), ("code", r"коды?$|партномер|артикул производителя"),
)  # fmt: skip

_BY_DIMENSION = {
    "mass": "weight", "volume": "volume", "power": "power", "apparent_power": "apparent_power", "voltage": "voltage", "charge": "battery",
    "density": "density", "brightness": "brightness", "light": "brightness", "pressure": "pressure", "sound": "sound",
    "food_energy": "energy", "area": "area", "print_speed": "speed", "rotation": "speed", "stitch_speed": "speed",
}  # fmt: skip
_MEASURED = frozenset(
    {
        "weight",
        "volume",
        "length",
        "width",
        "height",
        "depth",
        "thickness",
        "diameter",
        "diagonal",
        "warranty",
        "power",
        "voltage",
        "quantity",
    }
)
_LENGTH_WORDS = (
    ("length", r"длин|length"), ("width", r"ширин|width"), ("height", r"высот|рост|height"), ("depth", r"глубин|depth"), ("thickness", r"толщин|thickness"),
    ("diameter", r"диаметр|diameter|ø"), ("diagonal", r"диагонал|diagonal|экран|дисплей|монитор|панел|телевизор|ноутбук|моноблок"),
)  # fmt: skip
_GENDERS = ((r"женск\w+|для женщин|для девушек|women'?s?", "женский", "women"), (r"мужск\w+|для мужчин|men'?s\b", "мужской", "men"),
    (r"унисекс|unisex", "унисекс", "unisex"), (r"для мальчик\w+|boys?", "для мальчиков", "boys"), (r"для девоч\w+|girls?", "для девочек", "girls"))  # fmt: skip
_SEASONS = ((r"демисезон\w*", "демисезон", "mid-season"), (r"всесезон\w*", "всесезонный", "all-season"), (r"зимн(?:ий|яя|ее|ие|его|ей|их)\b|winter", "зима", "winter"),
    (r"летн(?:ий|яя|ее|ие|его|их)\b|summer", "лето", "summer"))  # fmt: skip


def general_values(request: AttributesInput) -> dict[str, AttributeValue]:
    """What the listing says by the general kinds: each key once, in a steady order."""
    found: dict[str, AttributeValue] = {}
    for value in _all(request):
        found.setdefault(value.key, value)
    return found


def _all(request: AttributesInput) -> Iterator[AttributeValue]:
    facts, language = request.facts, request.language
    yield from _from_attributes(facts, language)
    yield from _from_pairs(facts, language)
    yield from (_named(key, value, language, evidence) for key, value, evidence in special_values(facts))
    for name, text in (("title", facts.title), ("description", facts.description)):
        yield from _from_text(name, text, language)


def _named(
    key: str, value: str, language: str, evidence: Evidence, number: float | None = None, unit: str = ""
) -> AttributeValue:
    russian, english = NAMES[key]
    return AttributeValue(
        key=key,
        name=russian if language == "ru" else english,
        value=value,
        number=number,
        unit=unit,
        evidence=evidence,
    )


def _from_attributes(facts: ProductFacts, language: str) -> Iterator[AttributeValue]:
    for label, value in facts.attributes.items():
        key = key_of(label)
        if key and value.strip() and len(value) <= VALUE_CHARACTERS:
            evidence = Evidence(kind=EvidenceKind.ATTRIBUTE, field="attributes", source=label)
            yield from _typed(key, label, normalise(value), language, evidence)


def _from_pairs(facts: ProductFacts, language: str) -> Iterator[AttributeValue]:
    for pair in pairs_in(facts.description):
        key = key_of(pair.label)
        if key:
            evidence = Evidence(kind=EvidenceKind.TEXT, field="description", start=pair.start, end=pair.end)
            yield from _typed(key, pair.label, pair.value, language, evidence)


@lru_cache(maxsize=2_048)
def key_of(label: str) -> str:
    folded = fold(label).strip(" :*")
    return next((key for key, pattern in _LABELS if re.match(pattern, folded)), "")


def _typed(key: str, label: str, value: str, language: str, evidence: Evidence) -> Iterator[AttributeValue]:
    """A labelled value in its canonical form; one that cannot be typed is kept as it is written."""
    mentions = read(value)
    if key == "colour":
        colours = [mention for mention in mentions if mention.kind is Kind.COLOUR and mention.known]
        shown = colour_shown(colours, value, language)
        if shown:
            yield _named(key, shown, language, evidence)
        return
    if key == "country":
        country = next(
            (mention for mention in mentions if mention.kind is Kind.COUNTRY and mention.known), None
        )
        yield _named(key, country_shown(country.value, language) if country else value, language, evidence)
        return
    measured = [mention for mention in mentions if mention.kind is Kind.QUANTITY and unit_by_id(mention.unit)]
    if measured and key in _MEASURED:
        yield from (
            _powers(measured, language, evidence)
            if key == "power"
            else [_measured(key, measured[0], language, evidence)]
        )
        return
    if key in _MEASURED - {"quantity", "diagonal"} and re.fullmatch(r"[\d\s.,]+", value):
        from vitrina.enrichment.reading.units import unit_of

        unit = next(
            (found for piece in re.split(r"[(),\s]+", label)[1:] if piece and (found := unit_of(piece))), None
        )
        if unit is None:
            return  # a number of unknown unit is not known
        yield _named(
            key, f"{value} {unit_shown(unit.id, language)}", language, evidence, _number(mentions), unit.id
        )
        return
    yield _named(key, value, language, evidence)


def _powers(measured: list[Mention], language: str, evidence: Evidence) -> Iterator[AttributeValue]:
    """«5 000 VA / 4 500 W» is two attributes."""
    for mention in measured:
        unit = unit_by_id(mention.unit)
        if unit is not None and unit.dimension in {"power", "apparent_power"}:
            yield _measured(_BY_DIMENSION[unit.dimension], mention, language, evidence)


def _number(mentions: tuple[Mention, ...]) -> float | None:
    return next((float(mention.value) for mention in mentions if mention.parts), None)


def _from_text(name: str, text: str, language: str) -> Iterator[AttributeValue]:
    mentions = read(text)
    colours = [mention for mention in mentions if mention.kind is Kind.COLOUR and mention.known]
    yield from _colour_in_text(name, text, colours, language)
    yield from _composition(name, text, mentions, language)
    for mention in mentions:
        evidence = Evidence(kind=EvidenceKind.TEXT, field=name, start=mention.start, end=mention.end)
        if mention.kind is Kind.MATERIAL and mention.known:
            yield _named("material", material_shown(mention.value, language), language, evidence)
        elif mention.kind is Kind.COUNTRY and mention.known and _is_origin(text, mention):
            yield _named("country", country_shown(mention.value, language), language, evidence)
        elif mention.kind is Kind.SIZE and mention.parts and len(mention.parts) > 1:
            yield from _sides(text, mention, language, evidence)
        elif mention.kind is Kind.SIZE and not mention.parts and not mention.value[:1].islower():
            yield _named("size", mention.text, language, evidence)
        elif mention.kind is Kind.SIZE and len(mention.parts) == 1:
            yield _named("size", mention.text.strip(), language, evidence)
        elif mention.kind is Kind.QUANTITY and (key := _quantity_key(text, mention)):
            yield _measured(key, mention, language, evidence)
    yield from _worded(name, text, "gender", _GENDERS, language)
    yield from _worded(name, text, "season", _SEASONS, language)


def _colour_in_text(name: str, text: str, colours: list[Mention], language: str) -> Iterator[AttributeValue]:
    """A title's colours together; a description's only where it names one colour, or calls it the colour."""
    if not colours:
        return
    chosen = colours
    if name != "title":
        called = [mention for mention in colours if re.search(r"цвет\w*\W*$|colou?r\W*$", fold(text[max(0, mention.start - 12) : mention.start]))
            or re.match(r"\W{0,2}цвет(?:а|у|ом|е)?\b", fold(text[mention.end : mention.end + 8]))]  # fmt: skip
        chosen = called if len({mention.value for mention in called}) == 1 else []
        if not called and len({mention.value for mention in colours}) == 1:
            chosen = colours[:1]
    shown = colour_shown(chosen, "", language)
    if shown:
        evidence = Evidence(kind=EvidenceKind.TEXT, field=name, start=chosen[0].start, end=chosen[-1].end)
        yield _named("colour", shown, language, evidence)


def _composition(
    name: str, text: str, mentions: tuple[Mention, ...], language: str
) -> Iterator[AttributeValue]:
    """«95 % хлопок, 5 % эластан» and «хлопок 95 %, эластан 5 %»."""
    materials = [mention for mention in mentions if mention.kind is Kind.MATERIAL and mention.known]
    shares = [mention for mention in mentions if mention.unit == "percent"]
    parts: list[tuple[str, str]] = []
    spans: list[int] = []
    for share in shares:
        behind = [m for m in materials if 0 <= m.start - share.end <= 3]
        before = [m for m in materials if 0 <= share.start - m.end <= 3]
        near = [m for m in behind or before if m.value not in {identity for identity, _ in parts}]
        if near:
            parts.append((near[0].value, share.value))
            spans += [share.start, share.end, near[0].start, near[0].end]
    if parts and sum(Decimal(share) for _, share in parts) <= 100:
        shown = ", ".join(f"{share} % {material_shown(identity, language)}" for identity, share in parts)
        yield _named(
            "composition",
            shown,
            language,
            Evidence(kind=EvidenceKind.TEXT, field=name, start=min(spans), end=max(spans)),
        )


def _is_origin(text: str, mention: Mention) -> bool:
    before = fold(text[max(0, mention.start - 32) : mention.start])
    return bool(
        re.search(
            r"(?:сделано в|произведен\w* в|изготовлен\w* в|производств\w*\W*|страна\W.{0,22}|made in|из|произв\w*\W*)\s*$",
            before,
        )
    )


def _sides(text: str, mention: Mention, language: str, evidence: Evidence) -> Iterator[AttributeValue]:
    numbers = [Decimal(part) for part in mention.parts]
    unit = unit_by_id(mention.unit)
    if (
        unit is None
        and len(numbers) == 2
        and min(numbers) >= 480
        and not re.search(r"dpi|т/д|точек", fold(text[mention.end : mention.end + 12]))
    ):
        yield _named("screen", "x".join(mention.parts), language, evidence)
    elif unit is not None and unit.dimension == "length":
        yield _named(
            "dimensions", f"{'×'.join(mention.parts)} {unit_shown(unit.id, language)}", language, evidence
        )


def _quantity_key(text: str, mention: Mention) -> str:
    before = fold(text[max(0, mention.start - 28) : mention.start])
    after = fold(text[mention.end : mention.end + 12])
    unit = unit_by_id(mention.unit)
    if unit is None:
        return (
            "yield"
            if mention.unit in {"страница", "отпечаток", "page", "копия"} and Decimal(mention.value) >= 50
            else ""
        )
    if unit.dimension == "length":
        near = next(
            (key for key, pattern in _LENGTH_WORDS[:-1] if re.search(rf"(?:{pattern})\w*\W{{0,3}}$", before)),
            "",
        )
        if near:
            return near
        return "diagonal" if unit.id == "in" and Decimal(5) <= Decimal(mention.value) <= 120 else ""
    if unit.dimension == "calendar":
        if re.search(r"гарант\w*\W*(?:срок\w*)?\W*$|warranty\W*$", before) or re.match(
            r"\W*(?:гарант|warranty)", after
        ):
            return "warranty"
        return (
            "age"
            if re.search(r"(?:для детей|возраст\w*|детям)\W*(?:от|с)?\W*$|\bот\s*$", before)
            and unit.id == "year"
            and "гарант" not in before
            else ""
        )
    if unit.dimension == "count":
        return "quantity"
    if unit.dimension == "volume" and re.search(r"(?:до|на каждые|расход)\W*$", before):
        return ""
    if unit.dimension == "mass" and re.search(r"(?:нагрузк\w*|до|выдержива\w*)\W*$", before):
        return ""
    return _BY_DIMENSION.get(unit.dimension, "")


def _measured(key: str, mention: Mention, language: str, evidence: Evidence) -> AttributeValue:
    unit = unit_by_id(mention.unit)
    number = mention.value
    if unit is None:
        shown_unit = counted(number, "страница", "страницы", "страниц") if language == "ru" else "pages"
    elif unit.id == "year" and language == "ru":
        shown_unit = counted(number, "год", "года", "лет")
    else:
        shown_unit = unit_shown(unit.id, language)
    return _named(
        key,
        f"{_grouped(number, language)} {shown_unit}".strip(),
        language,
        evidence,
        float(number),
        mention.unit,
    )


def _grouped(number: str, language: str) -> str:
    whole, point, rest = number.partition(".")
    if len(whole) > 4:
        whole = f"{int(whole):,}".replace(",", " " if language == "ru" else ",")
    return f"{whole}{',' if language == 'ru' else '.'}{rest}" if point else whole


def _worded(
    name: str, text: str, key: str, table: tuple[tuple[str, str, str], ...], language: str
) -> Iterator[AttributeValue]:
    for pattern, russian, english in table:
        if match := re.search(rf"\b(?:{pattern})", text, re.IGNORECASE):
            evidence = Evidence(kind=EvidenceKind.TEXT, field=name, start=match.start(), end=match.end())
            yield _named(key, russian if language == "ru" else english, language, evidence)
            return


# --- Canonical values in words ------------------------------------------------------------------------------------


@cache
def _shown(kind: str) -> dict[str, tuple[str, str]]:
    """id → (Russian, English) as a buyer reads it."""
    table: dict[str, list[str]] = load(f"{kind}.json")[kind]
    shown = {}
    for identity, forms in table.items():
        russian = next((form for form in forms if is_cyrillic(form)), identity)
        english = next((form for form in forms if not is_cyrillic(form)), russian)
        shown[identity] = (_with_yo(russian), english.capitalize() if kind == "countries" else english)
    if kind == "colours":
        shown |= {"navy": ("тёмно-синий", "navy"), "rose_gold": ("розовое золото", "rose gold")}
    return shown


def _with_yo(word: str) -> str:
    if word in {"рф", "сша", "юар", "оаэ", "кнр"}:
        return word.upper()
    return str(parse(word).normal_form) if "-" not in word and "/" not in word else word


def colour_shown(mentions: list[Mention], written: str, language: str) -> str:
    """«чёрный», «красный, белый»; the supplier's own shade («тёмно-синий») when one word says it."""
    if (
        language == "ru"
        and written
        and len(mentions) == 1
        and is_cyrillic(written)
        and len(written.split()) <= 2
    ):
        return written[:1].lower() + written[1:]
    ids = list(dict.fromkeys(mention.value for mention in mentions))
    return ", ".join(_shown("colours")[identity][0 if language == "ru" else 1] for identity in ids[:4])


def material_shown(identity: str, language: str) -> str:
    return _shown("materials")[identity][0 if language == "ru" else 1]


def country_shown(identity: str, language: str) -> str:
    russian, english = _shown("countries")[identity]
    return (russian if russian.isupper() else russian.capitalize()) if language == "ru" else english


@cache
def unit_shown(unit_id: str, language: str) -> str:
    row = next(row for row in load("units.json")["units"] if row["id"] == unit_id)
    if unit_id in _PROPER:
        return _PROPER[unit_id][0 if language == "ru" else 1]
    forms = [*row.get("cased", ()), *row["forms"]]
    fitting = [form for form in forms if is_cyrillic(form) == (language == "ru")]
    return str((fitting or forms or [unit_id])[0])


_PROPER = {
    "um": ("мкм", "microns"),
    "in": ("дюймов", "in"), "month": ("мес.", "months"), "year": ("лет", "years"), "percent": ("%", "%"), "hp": ("л. с.", "hp"), "w": ("Вт", "W"),
    "kw": ("кВт", "kW"), "v": ("В", "V"), "a": ("А", "A"), "hz": ("Гц", "Hz"), "khz": ("кГц", "kHz"), "mhz": ("МГц", "MHz"), "ghz": ("ГГц", "GHz"),
    "mah": ("мАч", "mAh"), "ah": ("Ач", "Ah"), "wh": ("Втч", "Wh"), "va": ("ВА", "VA"), "kva": ("кВА", "kVA"), "gb": ("ГБ", "GB"), "tb": ("ТБ", "TB"),
    "mb": ("МБ", "MB"), "pcs": ("шт.", "pcs"), "db": ("дБ", "dB"),
}  # fmt: skip
