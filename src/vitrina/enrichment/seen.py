"""What a look at the pictures ended with, as it is stored, and what the other steps take of it. Pure.

    {"kind": "clothes", "seen": {"colours": [{"name", "hex", "picture"}], "item_type": {"value", "picture"}, …},
     "pictures": [{"number", "digest", "width", "height", "colours": [{"name", "hex", "share"}], "background": …}],
     "left_out": [{"number", "why", "values"}], "dropped": [{"field", "value", "why"}],
     "text_in_picture": [{"value", "picture"}], "confidence", "prompt_version", "is_measured": no model looked}

`picture` and `number` count the product's pictures from 1, as a person does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from vitrina.catalog.pictures.choosing import Choice, LeftOut, Shown
from vitrina.enrichment.checks.contradiction import LEAST_DOMINANT, PictureColours, Witness
from vitrina.enrichment.generators.attributes.schema import EvidenceKind
from vitrina.enrichment.generators.look.applying import GENERIC, VALUES, Dropped, has_own_colour
from vitrina.enrichment.generators.look.schema import LookOutput
from vitrina.lib.text import fold

# field → (key, Russian name, English name) of the attribute that it fills where the listing doesn't
ATTRIBUTES = {
    "pattern": ("pattern", "Рисунок", "Pattern"),
    "neckline": ("neckline", "Вырез", "Neckline"),
    "sleeve_length": ("sleeve_length", "Рукав", "Sleeve"),
    "style": ("style", "Стиль", "Style"),
    "fabric": ("texture", "Фактура", "Texture"),
}
_SHINE_AND_SHADOW = frozenset({"white", "light_grey", "grey", "cream"})
SCENE = "scene"  # as `Measured.background_kind` says it
COLOUR = ("colour", "Цвет", "Colour")
# What a page and a writer are told; «quality» is an estimate for people, and no claim of a card.
FACTS = (
    "item_type",
    "style",
    "pattern",
    "neckline",
    "sleeve_length",
    "length",
    "fabric",
    "audience",
    "occasion",
)
PLAIN = re.compile(r"однотон|гладк|без (?:рисунк|узор|принт)|plain|solid|\bno pattern", re.IGNORECASE)
LEAST_CONFIDENCE = 0.5  # a model less sure of itself than this fills no attribute


def stored(
    choice: Choice,
    left_out: Sequence[LeftOut],
    output: LookOutput,
    dropped: Sequence[Dropped],
    *,
    kind: str,
    is_measured: bool,
) -> dict[str, Any]:
    """As JSON, with the product's own numbers of pictures."""
    numbers = {place: picture.number for place, picture in enumerate(choice.chosen, start=1)}

    def told(entry: Any) -> dict[str, Any]:
        given: dict[str, Any] = entry.model_dump(mode="json")
        return given | {"picture": numbers[given["picture"]]}

    seen: dict[str, Any] = {
        field: told(value) for field in VALUES if (value := getattr(output, field)) is not None
    }
    if output.colours:
        # The same colour on three pictures is one colour of the product, shown first where it was named first.
        seen["colours"] = list({fold(one.name): told(one) for one in reversed(output.colours)}.values())[::-1]
    if output.key_features:
        seen["key_features"] = [told(feature) for feature in output.key_features]
    return {
        "kind": kind,
        "seen": seen,
        "pictures": [picture_told(picture) for picture in choice.chosen],
        "left_out": [left_out_told(one) for one in left_out],
        "dropped": [asdict(one) for one in dropped],
        "text_in_picture": [told(text) for text in output.text_in_picture],
        "confidence": output.confidence,
        "is_measured": is_measured,
    }


def picture_told(picture: Shown) -> dict[str, Any]:
    measured = picture.measured
    return {
        "number": picture.number,
        "digest": picture.digest,
        "width": picture.width,
        "height": picture.height,
        "colours": [asdict(colour) for colour in measured.colours],
        "background_kind": measured.background_kind,
        "background": asdict(measured.background) if measured.background else None,
        "sharpness": measured.sharpness,
        "exposure": measured.exposure,
        "text": measured.text,
    }


def left_out_told(one: LeftOut) -> dict[str, Any]:
    return {"number": one.number, "why": one.why.value, "values": one.values}


def item_type(output: Mapping[str, Any]) -> str:
    """What the thing is called; "" where nobody said."""
    return str(_seen(output).get("item_type", {}).get("value", ""))


def facts_of(output: Mapping[str, Any]) -> dict[str, Any]:
    """What a text may rest on, name → words; never the words that stand in a picture."""
    seen = _seen(output)
    facts: dict[str, Any] = {field: seen[field]["value"] for field in FACTS if field in seen}
    if colours := seen.get("colours"):
        facts["colors"] = [colour["name"] for colour in colours]
    if features := seen.get("key_features"):
        facts["key_features"] = [feature["value"] for feature in features]
    return facts


def attributes_of(output: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Attributes by name, as `Product.ai_extracted` keeps them, each with its picture.

    A colour is the product's where one colour takes most of the picture that it was seen on.
    """
    confidence = output.get("confidence")
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        return {}
    seen = _seen(output)
    found: dict[str, Any] = {}
    colour = _one_colour(output)
    if colour and has_own_colour(str(output.get("kind", ""))):
        found |= _entry(COLOUR, colour["name"], colour["picture"], language)
    for field, names in ATTRIBUTES.items():
        if field in seen:
            found |= _entry(names, seen[field]["value"], seen[field]["picture"], language)
    return found


def _entry(names: tuple[str, str, str], value: str, picture: int, language: str) -> dict[str, Any]:
    key, russian, english = names
    evidence = {"kind": EvidenceKind.PICTURE.value, "source": str(picture)}
    name = russian if language == "ru" else english
    return {name: {"key": key, "value": value, "number": None, "number_unit": "", "evidence": evidence}}


def _one_colour(output: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first colour, where the picture that it was seen on is of one colour for the most part."""
    colours = _seen(output).get("colours") or []
    if not colours:
        return None
    first: Mapping[str, Any] = colours[0]
    own = next((one for one in output["pictures"] if one["number"] == first["picture"]), None)
    if own is None or (output["is_measured"] and own["background_kind"] == SCENE):
        return None  # before a scene the pixels alone don't know what is the product
    if output["is_measured"] and own["colours"] and own["colours"][0]["name"] in _SHINE_AND_SHADOW:
        return None  # steel shines white, and what is white on white shows its shadow
    shares = [colour["share"] for colour in own["colours"]]
    return first if shares and shares[0] >= LEAST_DOMINANT else None


def witness_of(output: Mapping[str, Any]) -> Witness | None:
    """What speaks of the thing's colour; None where the goods may be in a box, or wear a pattern."""
    kind, seen = str(output.get("kind", "")), _seen(output)
    if not (has_own_colour(kind) or kind == GENERIC) or _is_patterned(seen):
        return None
    return Witness(
        named=tuple(colour["name"] for colour in seen.get("colours", ())),
        pictures=tuple(
            PictureColours(
                one["number"],
                tuple((colour["name"], colour["hex"], colour["share"]) for colour in one["colours"]),
                (one["background"] or {}).get("name", ""),
                one["background_kind"] == SCENE,
            )
            for one in output["pictures"]
            if one["colours"]
        ),
        from_title=has_own_colour(kind),
        was_looked_at=not output["is_measured"],
    )


def _is_patterned(seen: Mapping[str, Any]) -> bool:
    pattern = seen.get("pattern", {}).get("value", "")
    return bool(pattern) and not PLAIN.search(pattern)


def _seen(output: Mapping[str, Any]) -> Mapping[str, Any]:
    seen = output.get("seen")
    return seen if isinstance(seen, Mapping) else {}
