"""Which drawing and which colour an offer gets, by the words of its title."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from vitrina.enrichment.sample.pictures import (
    animals,
    beauty,
    clothes,
    gadgets,
    home,
    leisure,
    shoes,
    textiles,
)
from vitrina.enrichment.sample.pictures.kit import Art, Colour, rgb

Recipe = Callable[[Colour], Art]

# The first that stands in the title.
RECIPES: tuple[tuple[str, Recipe], ...] = (
    ("наполнитель|корм ", animals.bag), ("когтеточка", animals.scratcher), ("лежанка", animals.pet_bed),
    ("поводок", animals.leash), ("шлейка", animals.harness),
    ("вечернее|коктейльное", clothes.gown), ("платье-рубашка|платье|сарафан", clothes.dress),
    ("в полоску", lambda c: clothes.shirt(rgb("#f2f4f7"), rgb("#7da3cf"))), ("в клетку", clothes.checked),
    ("блузка", clothes.blouse), ("пижама", clothes.shirt), ("рубашка", clothes.shirt),
    ("джинсовая", clothes.denim_skirt), ("юбка", clothes.skirt), ("палаццо", clothes.palazzo),
    ("джинсы", clothes.jeans), ("джоггеры", clothes.joggers), ("брюки", clothes.trousers),
    ("тренч|халат", clothes.trench), ("пуховик|комбинезон", clothes.puffer), ("плащ-дождевик|пальто", clothes.coat),
    ("футболка", clothes.tee), ("поло ", clothes.polo), ("худи", clothes.hoodie), ("свитшот", clothes.sweatshirt),
    ("носки", clothes.socks), ("трусы", clothes.boxers), ("боди ", clothes.body),
    ("кеды высокие", shoes.high_sneaker), ("кроссовки", shoes.sneaker), ("сапоги", shoes.rubber_boot),
    ("ботинки|угги", shoes.boot), ("лоферы|балетки|тапочки", shoes.flat_shoe),
    ("крем для рук|солнцезащитный|пенка", beauty.tube), ("крем|face cream|скраб|маска для волос|патчи", beauty.jar),
    ("сыворотка|эссенция|масло для волос|духи", beauty.dropper), ("ампулы", beauty.ampoules), ("маска тканевая", beauty.sachets),
    ("гель для душа|шампунь бес", beauty.pump), ("мицеллярная|гидрофильное|масло для тела", beauty.bottle),
    ("твёрдый", beauty.soap), ("помада", beauty.lipstick), ("бальзам", beauty.balm), ("тушь", beauty.mascara),
    ("палетка", beauty.palette), ("парфюмерная|туалетная", beauty.perfume),
    ("витамин|магний|омега", beauty.pills), ("протеин|креатин|коллаген", beauty.tub), ("батончик", beauty.snack),
    ("кофемолка", home.grinder), ("чайник", home.kettle), ("мёд", beauty.honey), ("кофе|чай |матча|орех|финики", beauty.pouch),
    ("термокружка", home.tumbler), ("кружка", home.mug), ("сковорода", home.pan), ("вок ", home.wok), ("кастрюля", home.pot),
    ("ковш", home.saucepan), ("тарелок", home.plates), ("салатник", home.glass_bowl), ("миска", home.bowl),
    ("нож ", home.knife), ("доска", home.board), ("контейнеры", home.containers), ("корзина", home.basket),
    ("органайзер|коробка складная", home.organiser), ("стаканов", home.glasses), ("постельное|простыня", textiles.bedding),
    ("кухонных полотенец|салфетки", textiles.cloths), ("полотенце", textiles.towels), ("плед", textiles.blanket),
    ("мягкая игрушка", leisure.whale), ("подушка|наволочки", textiles.pillow), ("швабра", home.mop), ("настольная лампа", home.lamp),
    ("торшер", home.floor_lamp), ("гирлянда", home.garland), ("ночник", home.night_light), ("весы", home.scales),
    ("блендер", home.blender), ("тостер", home.toaster), ("фен ", gadgets.dryer), ("выпрямитель", gadgets.straightener),
    ("tws|earbuds", gadgets.earbuds), ("гарнитура", gadgets.headset), ("наушники", gadgets.headphones), ("колонка", gadgets.speaker),
    ("автомобильная зарядка", gadgets.car_charger), ("беспроводная зарядка", gadgets.pad), ("зарядное", gadgets.charger),
    ("внешний аккумулятор", gadgets.power_bank), ("кабель", gadgets.cable), ("хаб", gadgets.hub), ("переходник", gadgets.adapter),
    ("чехол", gadgets.phone_case), ("стекло", gadgets.screen_glass), ("часы|браслет", gadgets.watch), ("ремешок", gadgets.strap),
    ("коврик для мыши", gadgets.desk_mat), ("мышь", gadgets.mouse), ("клавиатура", gadgets.keyboard),
    ("налобный", gadgets.headlamp), ("краски|пластилин", leisure.colours_set), ("фломастеры", leisure.pens),
    ("мишка", leisure.bear), ("корабля", leisure.ship), ("пазл|конструктор", leisure.boxed), ("коврик для йоги", leisure.mat),
    ("гантели", leisure.dumbbells), ("резинки", leisure.bands), ("палатка", leisure.tent), ("термос", home.thermos),
    ("велошлем", leisure.helmet), ("насос", leisure.floor_pump), ("секатор", leisure.shears), ("шланг", leisure.hose),
    ("шуруповёрт|отвёртка", leisure.drill), ("лобзик", leisure.jigsaw), ("набор инструментов", leisure.toolbox),
    ("рулетка", leisure.tape), ("лопата", leisure.shovel),
)  # fmt: skip
ANYTHING: Recipe = leisure.gift

# The colour's stem, as sellers write it; the longest that stands there holds.
COLOURS: dict[str, str] = {
    "голуб": "#9cc3e6", "терракот": "#c8694a", "бел": "#f7f6f2", "чёрн": "#2d2d33", "black": "#2d2d33", "натуральн": "#d9c8a9",
    "изумруд": "#14715a", "серебр": "#bcc0c7", "молочн": "#f3ead9", "пудр": "#e3bfb8", "оливк": "#7c7f45", "син": "#33548f",
    "бежев": "#d8bf9f", "графит": "#4a4e55", "сер": "#9a9da3", "винн": "#6f2436", "хаки": "#74724d", "тёмно-син": "#26355c",
    "индиго": "#36486f", "бордов": "#6e2233", "коричнев": "#8a5a3c", "песочн": "#d4b483", "лаванд": "#b9a9d6", "шалфе": "#9fb396",
    "горчичн": "#d2a02f", "красн": "#c8373a", "фиолетов": "#7a4fa3", "зелён": "#4d8a58", "жёлт": "#eec43c", "оранж": "#e5813a",
    "роза": "#c9647a", "вишня": "#8e1f3a", "нюд": "#c98f78", "шоколад": "#6d4530", "ваниль": "#efdfae", "мята": "#8fd0b4",
    "мятн": "#b8dfd0", "кофе": "#5c3b28", "улун": "#8aa05f", "матча": "#86a84d", "орех": "#a9743f", "финик": "#7a4a2b", "улитк": "#c9d7c4",
    "облепих": "#e99a2b", "спф": "#f2c14e", "spf": "#f2c14e", "витамин c": "#f0a63a", "ниацинамид": "#cfe0ee", "золот": "#d9b45a",
    "чаем": "#9cbf8a", "рисов": "#efe6d4", "угл": "#3a3b40", "арган": "#b98440", "инжир": "#8a5a7d", "чёрный чай": "#7a4a2e",
}  # fmt: skip
CALM = ("#a9c7d9", "#e6c4b2", "#b9c9a6", "#d9c3a0", "#c2b4d4", "#e2b0a8", "#9fbfb8", "#d8d0c4")


def recipe_for(title: str) -> Recipe:
    folded = title.lower() + " "
    return next((recipe for words, recipe in RECIPES if re.search(words, folded)), ANYTHING)


def colour_for(title: str, said: str) -> Colour:
    """What the offer says of its colour, else what its title names, else a calm one that is always the same for it."""
    for text in (said.lower(), title.lower()):
        known = max((stem for stem in COLOURS if stem in text), key=len, default="")
        if known:
            return rgb(COLOURS[known])
    return rgb(CALM[zlib.crc32(title.encode()) % len(CALM)])
