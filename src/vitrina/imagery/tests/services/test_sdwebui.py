"""Stable Diffusion WebUI: what is sent, what is read from its answer, one at a time."""

from __future__ import annotations

import asyncio
import base64

import aiohttp
import pytest
from tests.servers import PictureServices

from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Drawn, Outcome, ServiceSettings
from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.imagery.services.sdwebui import LOADED, SERVICE, SdWebui
from vitrina.imagery.services.stable_diffusion import abilities
from vitrina.imagery.tests.services.asking import ask, fault_of, order_for, reference, settings_for
from vitrina.imagery.wire import PictureWire

CASTLE = Scene(
    recipe=Recipe.BOOK_SCENE,
    parts=("a red castle",),
    exclusions=(Exclusion(words="people"),),
    guidance=8.5,
    steps=30,
)


def test_a_scene_is_told_with_its_negative_prompt_guidance_and_steps(
    picture_services_server: PictureServices,
) -> None:
    order = compiled(
        CASTLE, Options(is_high_quality=True), abilities("sd_xl_base_1.0"), "sd_xl_base_1.0", 5
    ).order
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server, sampler="Euler a"), order)

    sent = picture_services_server.standing("sdwebui").asked[-1].body
    assert (sent["prompt"], sent["negative_prompt"]) == ("a red castle", "people")
    assert (sent["cfg_scale"], sent["steps"], sent["sampler_name"]) == (9.5, 50, "Euler a")
    assert sent["override_settings"] == {"sd_model_checkpoint": "sd_xl_base_1.0"}
    assert (drawn.model, drawn.seed, drawn.cost) == ("sd_xl_base_1.0", 5, 0)


def test_without_a_model_the_loaded_one_draws_and_its_name_is_read(
    picture_services_server: PictureServices,
) -> None:
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE, seed=None))

    assert "override_settings" not in picture_services_server.standing("sdwebui").asked[-1].body
    assert (drawn.model, drawn.seed) == ("sd_xl_base_1.0", 1234)  # it chose the seed and told it


def test_a_reference_is_given_along_as_the_picture_to_begin_from(
    picture_services_server: PictureServices,
) -> None:
    given = reference()
    ask(
        SERVICE,
        settings_for(SERVICE, picture_services_server, strength="0.4"),
        order_for(SERVICE, references=(given,)),
    )

    asked = picture_services_server.standing("sdwebui").asked[-1]
    assert asked.path.endswith("/img2img")
    assert base64.b64decode(asked.body["init_images"][0]) == given.data
    assert asked.body["denoising_strength"] == 0.4


def test_a_login_goes_along_and_never_into_a_refusal(picture_services_server: PictureServices) -> None:
    settings = settings_for(SERVICE, picture_services_server, login="ann:s3cret")
    ask(SERVICE, settings, order_for(SERVICE))
    sent = picture_services_server.standing("sdwebui").asked[-1].headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"ann:s3cret"

    picture_services_server.fails("sdwebui", "unauthorized")
    told = fault_of(SERVICE, settings, order_for(SERVICE))
    assert told.outcome is Outcome.FALLBACK
    assert "s3cret" not in repr(vars(told)) + repr(settings)


def test_flux_at_home_has_its_own_guidance_and_no_negative_prompt(
    picture_services_server: PictureServices,
) -> None:
    order = compiled(CASTLE, Options(), abilities("flux1-dev"), "flux1-dev", 5).order
    ask(SERVICE, settings_for(SERVICE, picture_services_server), order)

    sent = picture_services_server.standing("sdwebui").asked[-1].body
    assert (sent["cfg_scale"], sent["distilled_cfg_scale"], sent["negative_prompt"]) == (1.0, 3.5, "")


@pytest.mark.parametrize(
    ("model", "size"),
    [("v1-5-pruned-emaonly", (896, 640)), ("sd_xl_base_1.0", (1024, 768)), (LOADED, (1024, 768))],
)
def test_each_family_draws_near_the_size_that_it_was_made_for(model: str, size: tuple[int, int]) -> None:
    order = compiled(CASTLE, Options(), abilities(model), model, 1).order

    assert (order.width, order.height) == size


def test_two_that_ask_at_once_are_drawn_one_after_another(picture_services_server: PictureServices) -> None:
    picture_services_server.set("sdwebui", at_once=None, latency=0.05)
    drawing = SdWebui(ServiceSettings(picture_services_server.url("sdwebui")))

    async def both() -> list[Drawn]:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            wire = PictureWire(session)
            orders = [order_for(SERVICE, seed=seed) for seed in (1, 2)]
            return await asyncio.gather(*(drawing.draw(order, wire, 20) for order in orders))

    first, second = asyncio.run(both())
    assert first.data != second.data
    assert SERVICE.at_once == 1
