"""What a picture says against a listing, and everything that is no contradiction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vitrina.catalog.facts import ProductFacts
from vitrina.enrichment.benchmark.contradicting import contradictions_said
from vitrina.enrichment.checks.contradiction import PictureColours, Witness, colour_ids, contradictions
from vitrina.enrichment.findings import Severity
from vitrina.lib.pictures.colors import PALETTE, color

FACTS = ProductFacts(external_id="1", title="Сумка Тропа из экокожи")


def shown(*colours: tuple[str, str, float], named: str = "", background: str = "") -> Witness:
    """What one picture shows: (palette id, hex, share), and the words for it."""
    words = named or ", ".join(color(name).ru for name, _, _ in colours)
    return Witness((words,), (PictureColours(1, colours, background),))


GREEN, BURGUNDY = ("green", "#1e8b3a", 0.9), ("burgundy", "#6d071a", 0.9)
RED = FACTS.model_copy(update={"attributes": {"Цвет": "красный"}})


def test_a_picture_that_shows_another_colour_contradicts_the_listing() -> None:
    (told,) = contradictions(RED, shown(GREEN))
    assert told.code == "contradiction.colour"
    assert told.detail == {"listing": "красный", "picture": ["зелёный"], "pictures": ["1"]}
    assert told.severity is Severity.HIGH
    assert not told.repairable


@pytest.mark.parametrize(
    "witness",
    [
        pytest.param(None, id="nobody looked"),
        pytest.param(Witness((), ()), id="nothing was seen"),
        pytest.param(shown(BURGUNDY), id="a shade of it"),
        pytest.param(shown(("green", "#1e8b3a", 0.5), ("white", "#ffffff", 0.4)), id="two colours"),
        pytest.param(shown(("green", "#1e8b3a", 0.85), ("red", "#d0021b", 0.1)), id="a little of it"),
        pytest.param(shown(GREEN, background="red"), id="it melts into its background"),
        pytest.param(shown(GREEN, named="красный"), id="the model says so, the pixels don't"),
        pytest.param(
            Witness(("зелёный",), (PictureColours(1, (GREEN,)), PictureColours(3, (BURGUNDY,)))),
            id="another picture shows it",
        ),
    ],
)
def test_a_doubt_is_no_contradiction(witness: Witness | None) -> None:
    assert not list(contradictions(RED, witness))


def test_before_a_scene_the_pixels_alone_say_nothing_against_the_listing() -> None:
    (plain,) = shown(GREEN).pictures
    scene = replace(plain, number=2, is_scene=True)
    alone = Witness(("зелёный",), (scene,))
    assert not list(contradictions(RED, alone))
    (told,) = contradictions(RED, replace(alone, was_looked_at=True))
    assert told.detail["pictures"] == ["2"]
    (told,) = contradictions(RED, Witness(("зелёный",), (plain, scene)))
    assert told.detail["pictures"] == ["1"]
    red = replace(scene, colours=(*scene.colours, ("red", "#d0021b", 0.1)))
    assert not list(contradictions(RED, Witness(("зелёный",), (plain, red))))


@pytest.mark.parametrize("colour", ["разноцветный", "прозрачный", "красный, синий", "красно-синий", ""])
def test_a_listing_that_names_no_one_colour_cannot_be_contradicted(colour: str) -> None:
    facts = FACTS.model_copy(update={"title": "Сумка Тропа", "attributes": {"Цвет": colour}})
    assert not list(contradictions(facts, shown(GREEN)))


def test_a_title_speaks_only_of_goods_that_have_the_colour_themselves() -> None:
    facts = FACTS.model_copy(update={"title": "Сироп вишнёвый", "attributes": {}})
    own, packed = shown(GREEN), replace(shown(GREEN), from_title=False)
    assert list(contradictions(facts, own))
    assert not list(contradictions(facts, packed))


@pytest.mark.parametrize("name", [one.id for one in PALETTE])
def test_every_colour_of_the_palette_is_one_that_the_checks_can_read(name: str) -> None:
    assert colour_ids(name)


def test_on_drawn_pictures_the_right_colour_is_never_contradicted_and_far_ones_are_found() -> None:
    """A sample; `vitrina benchmark_contradictions` goes through all of them."""
    found = contradictions_said(held_out=False, every=20)
    assert (found.right.said, found.right_with_a_print.said) == (0, 0)
    assert found.right.told >= 12
    assert found.far.said > found.far.told / 3
