"""Stability: forms, proportions, a seed that is never the one for «any»."""

from __future__ import annotations

from decimal import Decimal

from tests.servers import PictureServices

from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Outcome
from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.imagery.services.stability import SERVICE, abilities
from vitrina.imagery.tests.services.asking import ask, fault_of, order_for, reference, settings_for

TEAPOT = Scene(
    recipe=Recipe.FREE, parts=("a red teapot",), exclusions=(Exclusion(words="text", instead="a plain wall"),)
)


def test_only_proportions_are_told_and_the_negative_prompt_is_a_field(
    picture_services_server: PictureServices,
) -> None:
    order = compiled(TEAPOT, Options(), abilities("core"), "core", 0).order
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order)

    sent = picture_services_server.standing("stability").asked[-1].body
    assert sent == {
        "prompt": "A red teapot.",
        "negative_prompt": "text",
        "aspect_ratio": "5:4",
        "seed": str(2**32 - 2),  # 0 would be any
        "output_format": "png",
    }
    assert (drawn.cost, drawn.model) == (Decimal("0.03"), "core")
    assert drawn.notes == ("Stability drew 1088x896 pixels instead of 991x793.",)


def test_the_turbo_model_is_told_what_is_seen_in_place_of_what_must_not_be(
    picture_services_server: PictureServices,
) -> None:
    order = compiled(TEAPOT, Options(), abilities("sd3.5-large-turbo"), "sd3.5-large-turbo", 7).order
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order)

    sent = picture_services_server.standing("stability").asked[-1].body
    assert (sent["prompt"], sent["model"]) == ("A red teapot. A plain wall.", "sd3.5-large-turbo")
    assert "negative_prompt" not in sent
    assert drawn.cost is None  # its price is not known


def test_with_a_reference_no_proportions_are_told(picture_services_server: PictureServices) -> None:
    order = order_for(SERVICE, model="sd3.5-large", references=(reference(),))
    ask(SERVICE, settings_for(SERVICE, picture_services_server, strength="0.5"), order)

    sent = picture_services_server.standing("stability").asked[-1].body
    assert (sent["mode"], sent["strength"]) == ("image-to-image", "0.5")
    assert "aspect_ratio" not in sent


def test_a_refused_prompt_is_not_paid_and_a_held_back_picture_may_be(
    picture_services_server: PictureServices,
) -> None:
    settings = settings_for(SERVICE, picture_services_server)
    picture_services_server.fails("stability", "moderation", "filtered", "rate_limit")
    refused, held_back, limited = (fault_of(SERVICE, settings, order_for(SERVICE)) for _ in range(3))

    assert (refused.outcome, refused.was_paid) == (Outcome.REFUSE, False)
    assert (held_back.outcome, held_back.was_paid) == (Outcome.RETRY_NEW_SEED, None)
    assert (limited.outcome, limited.retry_after) == (Outcome.RETRY_AFTER, 60)
