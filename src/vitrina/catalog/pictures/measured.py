"""What the pixels of a stored picture say, read from `Picture.measured`. Pure. What was not measured is None or empty."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MeasuredColour:
    """`name`: id of the palette of `lib.pictures.colors`. `share`: of the subject, or of the background; 0–1."""

    hex: str  # "#1f4fbf"
    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Measured:
    """`colours`: of the subject, the largest share first. `background_kind`: "white", "plain", "scene" or "".

    `sharpness`: "sharp", "soft", "blurred" or "" where there is no edge to tell by. `exposure`: "good", "dark", "blown"
    or "". `text`: how likely somebody put words on the picture, 0–1, by the look of strokes.
    """

    colours: tuple[MeasuredColour, ...] = ()
    background_kind: str = ""
    background: MeasuredColour | None = None
    sharpness: str = ""
    exposure: str = ""
    text: float | None = None


def measured(stored: Mapping[str, Any]) -> Measured:
    """Never raises: an entry of another shape, as an older measuring may have left it, is not known."""
    background = _mapping(stored.get("background"))
    return Measured(
        colours=tuple(
            sorted(
                (colour for entry in _list(stored.get("colors")) if (colour := _colour(entry)) is not None),
                key=lambda colour: -colour.share,
            )
        ),
        background_kind=_kind(background),
        background=_colour(background),
        sharpness=_kind(stored.get("sharpness")),
        exposure=_kind(stored.get("exposure")),
        text=_number(_mapping(stored.get("text")).get("likelihood")),
    )


def _colour(entry: Any) -> MeasuredColour | None:
    given = _mapping(entry)
    share = _number(given.get("share"))
    if not isinstance(given.get("hex"), str) or not isinstance(given.get("name"), str) or share is None:
        return None
    return MeasuredColour(given["hex"], given["name"], share)


def _kind(value: Any) -> str:
    kind = _mapping(value).get("kind")
    return kind if isinstance(kind, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
