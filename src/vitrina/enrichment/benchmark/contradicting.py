"""How often a picture is said to contradict the right colour, and a far one, on the drawn pictures of known colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from PIL import Image

from vitrina.catalog.facts import ProductFacts
from vitrina.catalog.pictures.benchmark.drawing import draw
from vitrina.catalog.pictures.benchmark.figures import known_pictures
from vitrina.catalog.pictures.benchmark.lettering import with_print
from vitrina.catalog.pictures.choosing import Choice, Shown
from vitrina.catalog.pictures.measured import measured
from vitrina.enrichment import seen
from vitrina.enrichment.checks.contradiction import Witness, colour_ids, contradictions, is_near_any
from vitrina.enrichment.generators.look.offline import look
from vitrina.enrichment.generators.look.schema import LookedAt, LookInput, PixelColour
from vitrina.lib.pictures.colors import PALETTE, color
from vitrina.lib.pictures.measuring import measure

FAR_ONES = 3  # colours told of each picture that are not near its own


@dataclass(slots=True)
class Contradicted:
    """Of `told` listings, how many were said to be contradicted by their picture."""

    told: int = 0
    said: int = 0

    def count(self, witness: Witness | None, name: str) -> None:
        self.told += 1
        self.said += any(contradictions(_listing(name), witness))


@dataclass(slots=True)
class Contradictions:
    right: Contradicted
    right_with_a_print: Contradicted
    far: Contradicted


def contradictions_said(*, held_out: bool, every: int = 1) -> Contradictions:
    """One picture of each listing, no model: by the pixels alone."""
    found = Contradictions(Contradicted(), Contradicted(), Contradicted())
    for number, known in enumerate(islice(known_pictures(held_out=held_out), 0, None, every)):
        image, random = draw(known.order), Random(number)  # noqa: S311 - drawing, no secret
        witness = _witness(image)
        found.right.count(witness, known.name)
        found.right_with_a_print.count(_witness(with_print(random, image)), known.name)
        for other in random.sample(list(_far_from(known.name)), FAR_ONES):
            found.far.count(witness, other)
    return found


def _witness(image: Image.Image) -> Witness | None:
    """Of a garment that shows this picture."""
    picture = Shown(1, "stored", "", image.width, image.height, None, measured(measure(image)))
    colours = tuple(
        PixelColour(name=one.name, hex=one.hex, share=one.share) for one in picture.measured.colours
    )
    said = look(LookInput(pictures=(LookedAt(number=1, colours=colours),)))
    output = seen.stored(Choice((picture,), ()), (), said, (), kind="clothes", is_measured=True)
    return seen.witness_of(output)


def _far_from(name: str) -> Iterator[str]:
    own = colour_ids(name)
    for other in PALETTE:
        ids = colour_ids(other.id)
        if len(ids) == 1 and not any(is_near_any(one, own) for one in ids):
            yield other.id


def _listing(name: str) -> ProductFacts:
    return ProductFacts(external_id="1", title="Вещь", attributes={"Цвет": color(name).ru})
