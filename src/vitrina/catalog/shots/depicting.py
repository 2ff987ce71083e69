"""What a product is, as the recipe of a shot wants it told. Pure but for the attributes that it reads."""

from __future__ import annotations

from collections.abc import Mapping

from vitrina.catalog.pictures.measured import Measured
from vitrina.imagery.product_shot import ProductFacts
from vitrina.lib.pictures.colors import color

# Names of attributes, in lower case, as suppliers write them.
MATERIAL = ("материал", "состав", "ткань", "material", "fabric", "composition")
COLOR = ("цвет", "color", "colour")
# What says nothing of how a thing looks.
UNSEEN = (
    "страна",
    "гарантия",
    "артикул",
    "бренд",
    "вес",
    "срок",
    "country",
    "warranty",
    "sku",
    "brand",
    "weight",
)


def facts_of(
    title: str, path: str, attributes: Mapping[str, str], seen: Measured, *, separator: str = " > "
) -> ProductFacts:
    """`path`: of the category. `seen`: of the reference photo; its colour is trusted over the supplier's word."""
    said = {name.partition(",")[0].strip().lower(): value for name, value in attributes.items()}
    main = seen.colours[0] if seen.colours else None
    return ProductFacts(
        what=title,
        color=_named(main.name) if main else _first(said, COLOR),
        color_hex=main.hex if main else "",
        material=_first(said, MATERIAL),
        details=tuple(
            (name, value)
            for name, value in attributes.items()
            if not name.lower().startswith((*MATERIAL, *COLOR, *UNSEEN))
        ),
        category=tuple(filter(None, path.split(separator))),
    )


def _first(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((said[name] for name in names if said.get(name)), "")


def _named(palette_id: str) -> str:
    try:
        return color(palette_id).en
    except KeyError:
        return ""
