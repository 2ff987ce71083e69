"""What was seen in the pictures, in the reader's language: of each picture what its pixels say, and of the product what
whoever looked said, each value with its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from vitrina.catalog.models import ProductImage
from vitrina.catalog.pictures.addresses import thumb_of
from vitrina.catalog.pictures.choosing import shown
from vitrina.enrichment.models import ProcessingLog
from vitrina.enrichment.seen import FACTS, picture_told
from vitrina.lib.pictures.colors import color

OFFLINE = "offline"

FIELDS = {
    "item_type": _("What it is"),
    "colours": _("Colours"),
    "style": _("Style"),
    "pattern": _("Pattern"),
    "neckline": _("Neckline"),
    "sleeve_length": _("Sleeve"),
    "length": _("Length"),
    "fabric": _("Surface"),
    "quality": _("Quality by its look"),
    "audience": _("For whom"),
    "occasion": _("Occasion"),
    "key_features": _("Details"),
    "text_in_picture": _("Words in the picture"),
}
_QUALITY = {"budget": _("budget"), "mid": _("middle"), "premium": _("premium")}
_BACKGROUNDS = {
    "white": _("white background"),
    "plain": _("plain background"),
    "scene": _("a scene behind it"),
}
_SHARPNESS = {"sharp": _("sharp"), "soft": _("a little soft"), "blurred": _("blurred")}
_EXPOSURES = {"dark": _("too dark"), "blown": _("overexposed")}
LIKELY_TEXT = 0.5  # the benchmark of pictures measures the warning at this likelihood
_WHY_LEFT_OUT = {
    "waiting": _("not fetched yet"),
    "failed": _("could not be fetched"),
    "refused": _("is no picture that can be used"),
    "small": _("too small: %(side)s pixels, %(least)s are the least"),
    "blurred": _("blurred"),
    "nearly_same": _("nearly the same as picture %(like)s"),
    "enough": _("enough were looked at: %(most)s"),
    "gone": _("its file is missing"),
}
_WHY_DROPPED = {
    "other_kind": _("does not apply to such goods"),
    "speaks_to_a_model": _("speaks to a machine"),
    "no_such_picture": _("names a picture that was not shown"),
}
_SKIPPED = {
    "no_pictures": _("The product has no pictures."),
    "not_yet": _("The pictures are not fetched yet; the next run will look at them."),
    "none_good": _("None of the pictures can be looked at."),
}


@dataclass(frozen=True)
class Swatch:
    """`share`: of the thing in the picture, 0–1; None: nobody measured it."""

    hex: str
    name: str
    share: float | None = None


@dataclass(frozen=True)
class ShownPicture:
    number: int
    colours: Sequence[Swatch]
    background: Swatch | None  # with the words for it as its name
    remarks: Sequence[str]  # sharpness, light
    size: str
    thumb: str  # its address


@dataclass(frozen=True)
class ShownValue:
    """`where`: «picture 2»; empty where it is the same for all."""

    name: str
    words: Sequence[str]
    where: str
    swatches: Sequence[Swatch] = ()


@dataclass(frozen=True)
class Look:
    """`said`: by a model; what the pixels say stands with each picture. `skipped`: why nobody looked, in words."""

    log_id: int
    source: str
    said: Sequence[ShownValue]
    words: Sequence[ShownValue]  # that stand in pictures
    left_out: Sequence[str]
    dropped: Sequence[str]
    confidence: float | None
    skipped: str = ""

    @property
    def is_measured(self) -> bool:
        return self.source == OFFLINE


def of_images(images: Sequence[ProductImage], seller_id: int) -> list[ShownPicture]:
    """What the pixels of the stored pictures say now. No query where the pictures were loaded."""
    return [picture_shown(picture_told(one), seller_id) for one in shown(images) if one.digest]


def of_log(log: ProcessingLog) -> list[ShownPicture]:
    """What the pixels said of the pictures that the run looked at."""
    return [picture_shown(one, log.seller_id) for one in _stored(log).get("pictures", ())]


def look_of(log: ProcessingLog | None) -> Look | None:
    """What the run saw; None where it was not to look."""
    stored = _stored(log) if log else {}
    if log is None or not stored:
        return None
    source = (log.models_used or {}).get("look_at_images", "")
    seen = stored.get("seen", {}) if source != OFFLINE else {}
    colours = seen.get("colours", ())
    said = [
        ShownValue(
            str(FIELDS["colours"]),
            [],
            _pictures([colour["picture"] for colour in colours]),
            [Swatch(colour["hex"], colour["name"]) for colour in colours],
        )
    ]
    for field in (*FACTS, "quality"):
        if value := seen.get(field):
            words = (
                str(_QUALITY.get(value["value"], value["value"])) if field == "quality" else value["value"]
            )
            said.append(ShownValue(str(FIELDS[field]), [words], _pictures([value["picture"]])))
    if features := seen.get("key_features"):
        words_of = [feature["value"] for feature in features]
        said.append(
            ShownValue(
                str(FIELDS["key_features"]), words_of, _pictures([feature["picture"] for feature in features])
            )
        )
    return Look(
        log_id=log.pk,
        source=source,
        said=[value for value in said if value.words or value.swatches],
        words=[
            ShownValue("", [one["value"]], _pictures([one["picture"]]))
            for one in stored.get("text_in_picture", ())
        ],
        left_out=[_left_out(one) for one in stored.get("left_out", ())],
        dropped=[_dropped(one) for one in stored.get("dropped", ())],
        confidence=stored.get("confidence"),
        skipped=str(_SKIPPED.get(stored.get("why", ""), stored.get("skipped", ""))),
    )


def picture_shown(told: Mapping[str, Any], seller_id: int) -> ShownPicture:
    remarks = [
        str(words[told[name]])
        for name, words in (("sharpness", _SHARPNESS), ("exposure", _EXPOSURES))
        if told.get(name) in words
    ]
    if (told.get("text") or 0) >= LIKELY_TEXT:
        remarks.append(gettext("words seem to stand on it"))
    return ShownPicture(
        number=told["number"],
        colours=[_swatch(colour) for colour in told["colours"]],
        background=_background(told),
        remarks=remarks,
        size=f"{told['width']} × {told['height']}",
        thumb=thumb_of(seller_id, told["digest"]),
    )


def _background(told: Mapping[str, Any]) -> Swatch | None:
    words = _BACKGROUNDS.get(told.get("background_kind", ""))
    if words is None:
        return None
    measured = told.get("background")
    if not measured:
        return Swatch("", str(words))
    name = str(words) if told["background_kind"] == "white" else f"{words}, {_name(measured['name'])}"
    return Swatch(measured["hex"], name)


def _swatch(colour: Mapping[str, Any]) -> Swatch:
    return Swatch(colour["hex"], _name(colour["name"]), colour["share"])


def _name(palette_id: str) -> str:
    try:
        return color(palette_id).name((get_language() or "ru")[:2])
    except KeyError:
        return palette_id  # of a palette that was since changed


def _pictures(numbers: Sequence[int]) -> str:
    once = sorted(set(numbers))
    if not once:
        return ""
    listed = ", ".join(map(str, once))
    return ngettext("picture %(numbers)s", "pictures %(numbers)s", len(once)) % {"numbers": listed}


def _left_out(one: Mapping[str, Any]) -> str:
    why = str(_WHY_LEFT_OUT.get(one["why"], one["why"])) % one.get("values", {})
    return gettext("Picture %(number)s: %(why)s") % {"number": one["number"], "why": why}


def _dropped(one: Mapping[str, Any]) -> str:
    return gettext("%(field)s «%(value)s»: %(why)s") % {
        "field": FIELDS.get(one["field"], one["field"]),
        "value": one["value"],
        "why": _WHY_DROPPED.get(one["why"], one["why"]),
    }


def _stored(log: ProcessingLog) -> Mapping[str, Any]:
    found = (log.result or {}).get("pictures")
    return found if isinstance(found, Mapping) else {}
