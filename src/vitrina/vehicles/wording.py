"""Words of ads in the English of prompts: body types, equipment that is seen, names of models. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vitrina.lib.latin import in_latin


@dataclass(frozen=True, slots=True)
class Term:
    """`pattern`: matches it in plain lower case, Russian or English, with «е» for «ё»."""

    english: str
    russian: str
    pattern: str


BODY_TYPES: tuple[Term, ...] = (
    Term("sedan", "седан", r"седан\w*|sedan|saloon"),
    Term("hatchback", "хэтчбек", r"х[эе]т?чб[еэ]к\w*|hatchback|hatch"),
    Term("liftback", "лифтбек", r"лифтб[еэ]к\w*|liftback"),
    Term("station wagon", "универсал", r"универсал\w*|station wagon|estate|touring|kombi"),
    Term("pickup truck", "пикап", r"пикап\w*|pick-?up(?: truck)?"),
    Term("crossover SUV", "кроссовер", r"кроссовер\w*|паркетник\w*|crossover(?: suv)?"),
    Term("off-road SUV", "внедорожник", r"внедорожник\w*|джип|suv|off-road(?: suv)?"),
    Term("coupe", "купе", r"купе|coup[eé]"),
    Term("convertible", "кабриолет", r"кабриолет\w*|convertible|cabrio(?:let)?"),
    Term("roadster", "родстер", r"родстер\w*|roadster"),
    Term("minivan", "минивэн", r"минив[эе]н\w*|minivan|mpv"),
    Term("compact van", "компактвэн", r"компактв[эе]н\w*|compact van"),
    Term("panel van", "фургон", r"фургон\w*|panel van"),
    Term("limousine", "лимузин", r"лимузин\w*|limousine"),
)

# Only what a picture can show; mileage, owners and prices are none of a painter's business.
EQUIPMENT: tuple[Term, ...] = (
    Term("panoramic glass roof", "панорамная крыша", r"панорам\w*|panoramic"),
    Term("sunroof", "люк", r"люк\w{0,3}|sunroof"),
    Term("roof rails", "рейлинги", r"рейлинг\w*|roof rails?"),
    Term("alloy wheels", "литые диски", r"лит(?:ые|ых|ыми) диск\w*|литье|alloy(?: wheels?)?|alloys"),
    Term(
        "steel wheels with covers",
        "колпаки",
        r"колпак\w*|штампованн\w*|wheel covers?|steel wheels(?: with covers)?",
    ),
    Term("black rims", "чёрные диски", r"черн(?:ые|ых|ыми) диск\w*|black rims?|black wheels?"),
    Term("tinted rear windows", "тонировка", r"тонир\w*|tinted"),
    Term("chrome trim", "хром", r"хром\w*|chrome"),
    Term("LED headlights", "светодиодные фары", r"светодиод\w*|диодн\w* фар\w*|led\b(?: headlights?)?"),
    Term("xenon headlights", "ксенон", r"ксенон\w*|xenon"),
    Term("fog lights", "противотуманные фары", r"противотуман\w*|птф|fog (?:lights?|lamps?)"),
    Term("rear spoiler", "спойлер", r"спойлер\w*|spoiler"),
    Term("sport body kit", "обвес", r"обвес\w*|body ?kit|m-?пакет\w*|m[- ]sport|amg[- ]?line|r-line|s-line"),
    Term("tow bar", "фаркоп", r"фаркоп\w*|tow ?bar|tow hitch"),
    Term("black leather upholstery", "чёрная кожа", r"черн\w* кож\w*|кож\w* черн\w*|black leather"),
    Term("beige leather upholstery", "бежевая кожа", r"бежев\w* кож\w*|beige leather"),
    Term("brown leather upholstery", "коричневая кожа", r"коричнев\w* кож\w*|brown leather"),
    Term("leather upholstery", "кожаный салон", r"кож\w*|leather"),
    Term("fabric upholstery", "тканевый салон", r"ткан(?:ь|ев\w*)|велюр\w*|fabric|cloth"),
    Term("right-hand drive", "правый руль", r"прав(?:ый|ым) рул\w*|right[- ]hand drive|rhd"),
    Term("black roof", "чёрная крыша", r"черн\w* крыш\w*|black roof"),
)
_INCHES = re.compile(r"\br\s?(1[3-9]|2[0-3])\b|\b(1[3-9]|2[0-3])[- ]?(?:inch|дюйм\w*|[\"″])")
# What a wider word says again is left out.
_WIDER = {
    "leather upholstery": (
        "black leather upholstery",
        "beige leather upholstery",
        "brown leather upholstery",
    ),
    "sunroof": ("panoramic glass roof",),
}

# Names that ads write in Russian letters and makers in Latin ones.
MODELS: dict[str, str] = {
    "веста": "Vesta", "гранта": "Granta", "приора": "Priora", "калина": "Kalina", "ларгус": "Largus", "нива": "Niva",
    "иксрей": "XRAY", "солярис": "Solaris", "крета": "Creta", "туссан": "Tucson", "соната": "Sonata", "элантра": "Elantra",
    "санта фе": "Santa Fe", "рио": "Rio", "сид": "Ceed", "спортейдж": "Sportage", "соренто": "Sorento", "оптима": "Optima",
    "камри": "Camry", "королла": "Corolla", "рав4": "RAV4", "рав 4": "RAV4", "ленд крузер": "Land Cruiser",
    "прадо": "Land Cruiser Prado", "логан": "Logan", "дастер": "Duster", "каптюр": "Kaptur", "сандеро": "Sandero", "клио": "Clio",
    "аркана": "Arkana", "меган": "Megane", "поло": "Polo", "тигуан": "Tiguan", "пассат": "Passat", "гольф": "Golf",
    "октавия": "Octavia", "рапид": "Rapid", "кодиак": "Kodiaq", "суперб": "Superb", "фокус": "Focus", "мондео": "Mondeo",
    "куга": "Kuga", "фиеста": "Fiesta", "кашкай": "Qashqai", "икстрейл": "X-Trail", "альмера": "Almera", "теана": "Teana",
    "аутлендер": "Outlander", "лансер": "Lancer", "паджеро": "Pajero", "форестер": "Forester", "аутбек": "Outback",
    "круз": "Cruze", "лачетти": "Lacetti", "авео": "Aveo", "астра": "Astra", "корса": "Corsa", "инсигния": "Insignia",
    "джолион": "Jolion", "дарго": "Dargo", "тигго": "Tiggo", "кулрей": "Coolray", "монджаро": "Monjaro", "атлас": "Atlas",
    "каен": "Cayenne", "макан": "Macan", "патриот": "Patriot", "хантер": "Hunter", "буханка": "2206", "газель": "Gazelle",
    "соболь": "Sobol", "волга": "Volga", "соул": "Soul", "селтос": "Seltos", "матиз": "Matiz", "нексия": "Nexia",
    "е класс": "E-Class", "с класс": "C-Class", "s класс": "S-Class", "е класса": "E-Class", "e класс": "E-Class", "c класс": "C-Class",
    "х5": "X5", "х3": "X3", "х1": "X1", "х6": "X6",
}  # fmt: skip


def body_type_of(text: str) -> Term | None:
    """The first body type that `text` names."""
    plain = plainly(text)
    found = [
        (match.start(), place)
        for place, term in enumerate(BODY_TYPES)
        if (match := re.search(rf"(?<!\w)(?:{term.pattern})(?!\w)", plain))
    ]
    return BODY_TYPES[min(found)[1]] if found else None


def equipment_of(text: str) -> tuple[str, ...]:
    """What `text` tells of the looks, in English, each once, in the order of the table."""
    plain = plainly(text)
    found = [term.english for term in EQUIPMENT if re.search(rf"(?<!\w)(?:{term.pattern})(?!\w)", plain)]
    if inches := _INCHES.search(plain):
        found.append(f"{inches[1] or inches[2]}-inch wheels")
    return tuple(word for word in found if not any(wider in found for wider in _WIDER.get(word, ())))


def in_russian(equipment: tuple[str, ...]) -> tuple[str, ...]:
    """The words of `equipment_of` for a Russian reader; it reads them back as the same."""
    known = {term.english: term.russian for term in EQUIPMENT}
    return tuple(known.get(word) or word.replace("-inch wheels", "-дюймовые колёса") for word in equipment)


def latin(name: str) -> str:
    """A name of a model or an unknown brand in Latin letters: as its maker writes it where that is known."""
    words = re.sub(r"[\s\-]+", " ", name.strip())
    known = _model(words)
    if known is not None:
        return known
    head, _space, rest = words.partition(" ")
    if rest and (first := _model(head)) is not None:
        return f"{first} {latin(rest)}"
    if not re.search("[а-яё]", name.casefold()):
        return name.strip()
    return " ".join(_spelled(word) for word in name.split())


def plainly(text: str) -> str:
    return re.sub(r"\s+", " ", text[:20_000].casefold().replace("ё", "е"))


def _model(name: str) -> str | None:
    """Declined names, too: «Гранту», «Камри»."""
    key = name.casefold().replace("ё", "е")
    return MODELS.get(key) or (MODELS.get(f"{key[:-1]}а") if key[-1:] in ("у", "ы", "е") else None)


def _spelled(word: str) -> str:
    latin_word = in_latin(word.casefold())
    return latin_word.upper() if word.isupper() else latin_word[:1].upper() + latin_word[1:]
