"""What a picture is of, in words and with a way there. Rooms above fill it at start (`AppConfig.ready`).

subjects.known("product", Kind(_("product"), lambda pk: reverse("product", args=[pk])))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vitrina.imagery.models import GeneratedImage
from vitrina.lib.asked import as_id


@dataclass(frozen=True)
class Kind:
    """`address`: of the page of one, by its id. `part`: a picture's part in the reader's language."""

    name: Any
    address: Callable[[int], str]
    part: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Subject:
    """`part`: which of its pictures this is, in words; empty where it is the only one."""

    name: str
    address: str
    part: str = ""


_kinds: dict[str, Kind] = {}


def known(kind: str, of: Kind) -> None:
    """ValueError where another kind has this name."""
    if _kinds.setdefault(kind, of) is not of:
        raise ValueError(f"There is a subject {kind!r} already.")


def subject_of(image: GeneratedImage) -> Subject | None:
    """None for free text, and for a subject whose room isn't here. No query."""
    name, _colon, number = image.subject.partition(":")
    pk, kind = as_id(number), _kinds.get(name)
    if kind is None or pk is None:
        return None
    return Subject(str(kind.name), kind.address(pk), kind.part(image.part) if image.part else "")
