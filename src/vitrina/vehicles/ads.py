"""Reading an ad: which fields of a car it tells. Pure, offline; what it doesn't tell stays empty."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vitrina.vehicles import badges, paints, wording
from vitrina.vehicles.badges import Brand

MOST_LETTERS = 10_000
OLDEST_YEAR = 1900
MOST_MODEL_WORDS = 4
TYPOS_AMONG = 12  # words at the beginning, where an ad names its car

# Brands that are everyday words too count only where no other brand is named.
_EVERYDAY = {
    "gaz",
    "mini",
    "smart",
    "tank",
    "jeep",
    "ram",
    "seat",
    "alpine",
    "wey",
    "ds",
    "mg",
    "li-auto",
    "genesis",
}
_YEAR = re.compile(r"(?<![\w.,/])((?:19|20)\d\d)(?![\w/])(?!\s*(?:км|km|руб|₽|\$|€|л\.?\s?с|см|кг|\d{3}))")
_YEAR_WORD = re.compile(r"\s*(?:г\b|г\.|год|year|model year|м\.г)")
# Words that end the name of a model.
_NO_MODEL = re.compile(
    r"(?:\d[.,]\d\w*|at|mt|cvt|dsg|amt|акпп|мкпп|автомат\w*|механик\w*|робот|вариатор|4wd|awd|2wd|fwd|rwd|полный|передний|"
    r"дизел\w*|бензин\w*|гибрид\w*|электро\w*|diesel|petrol|hybrid|electric|год\w*|г|year|цвет\w*|color|colour|цена|price|"
    r"пробег|mileage|продам|продаю|продается|обмен|sale|for|sell|selling|один|владел\w*|состояни\w*|отличн\w*|хорош\w*|в|с|и|на|"
    r"км|km|руб\w*|with|and|in|new|used|новый|новая|кузов\w*|комплектаци\w*|выпуска|рестайлинг\w*|пт[сc]|vin|л\.?с)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AdFields:
    """`brand`: as the badge data call it. `details`: the equipment that a picture shows. Words are in the ad's language."""

    brand: str = ""
    brand_key: str = ""
    model: str = ""
    year: int | None = None
    color: str = ""
    color_hex: str = ""
    body_type: str = ""
    details: str = ""


def read(text: str, *, newest_year: int) -> AdFields:
    """`text`: an ad in Russian or English, as it was pasted; `newest_year`: that a car may have."""
    text = text[:MOST_LETTERS]
    words = re.findall(r"[^\s,;:()«»\"!?|/\n]+|\n", text)
    found = _brand_in(words)
    years = [
        (bool(_YEAR_WORD.match(text, match.end())), -match.start(), int(match[1]))
        for match in _YEAR.finditer(text)
        if OLDEST_YEAR <= int(match[1]) <= newest_year
    ]
    model, model_year = "", None
    if found is not None:
        brand, start, end = found
        is_line = badges.is_line(brand, " ".join(words[start:end]))
        model, model_year = _model(words, start if is_line else end, [year for _said, _at, year in years])
    if model_year is not None and len(years) > 1:  # «Peugeot 2008, 2019»
        years = [one for one in years if one[2] != model_year] or years
    year = max(years)[2] if years and not (model_year is not None and len(years) == 1) else None
    paint, body = paints.paint_of(_color_part(text)), wording.body_type_of(text)
    equipment, is_russian = wording.equipment_of(text), bool(re.search("[а-яё]", text.casefold()))
    return AdFields(
        brand=found[0].name if found else "",
        brand_key=found[0].id if found else "",
        model=model,
        year=year,
        color=(paint.russian if is_russian else paint.english) if paint else "",
        color_hex=paint.hex if paint else "",
        body_type=(body.russian if is_russian else body.english) if body else "",
        details=", ".join(wording.in_russian(equipment) if is_russian else equipment),
    )


def _brand_in(words: list[str]) -> tuple[Brand, int, int] | None:
    spelled = badges.spelled_in(words)
    plain = [one for one in spelled if one[0].id not in _EVERYDAY]
    if plain or spelled:
        return (plain or spelled)[0]
    for place, word in enumerate(words[:TYPOS_AMONG]):
        if len(word) >= badges.ONE_TYPO_FROM and (near := badges.recognized(word)) is not None:
            return near, place, place + 1
    return None


def _model(words: list[str], start: int, years: list[int]) -> tuple[str, int | None]:
    """What follows the brand; the second is set where it looks like a year («Peugeot 2008»)."""
    found: list[str] = []
    for word in words[start : start + MOST_MODEL_WORDS]:
        bare = word.strip(".-–—")
        is_year = bare.isdigit() and int(bare) in years
        ends = is_year and (found or _has_model_after(words, start))
        if not bare or ends or word == "\n" or _NO_MODEL.fullmatch(bare) or _is_told_elsewhere(bare):
            break
        found.append(bare)
        if is_year:
            return bare, int(bare)
    while found and len(found) > 1 and found[-1].isalpha() and found[-1].islower():
        found.pop()
    return " ".join(found), None


def _has_model_after(words: list[str], start: int) -> bool:
    """«BMW 2019 X5»: what follows the year has a letter and a digit, or is nothing else that an ad tells."""
    after = words[start + 1 : start + 2]
    return bool(after) and bool(re.fullmatch(r"[A-Za-zА-Яа-я]+[-]?\d+\w*", after[0]))


def _is_told_elsewhere(word: str) -> bool:
    return paints.paint_of(word) is not None or wording.body_type_of(word) is not None


def _color_part(text: str) -> str:
    """From the word «color» on where the ad has it, else the whole without what has a color of its own."""
    said = re.search(r"(?:цвет\w*|colou?r)(?!\w)", text, re.IGNORECASE)
    if said is not None:
        before, after = text[max(0, said.start() - 25) : said.start()], text[said.end() : said.end() + 40]
        for part in (after, before):
            if paints.paint_of(part) is not None:
                return part
    return re.sub(
        r"(?i)\w+[ -](?:кож\w*|салон\w*|leather|interior|диск\w*|rims?|крыш\w*|roof)|салон\w*\s+\w+",
        " ",
        text,
    )
