"""ComfyUI: the graph, the queue, the history, and what a node says when it fails."""

from __future__ import annotations

import pytest
from tests.servers import PictureServices

from vitrina.imagery.compiling import compiled
from vitrina.imagery.options import Options
from vitrina.imagery.ports import Outcome
from vitrina.imagery.scene import Exclusion, Recipe, Scene
from vitrina.imagery.services.comfyui import CHECKPOINT, SERVICE
from vitrina.imagery.services.stable_diffusion import abilities
from vitrina.imagery.tests.services.asking import ask, fault_of, order_for, reference, settings_for

CASTLE = Scene(
    recipe=Recipe.BOOK_SCENE, parts=("a red castle",), exclusions=(Exclusion(words="people"),), guidance=8.5
)


def test_a_scene_becomes_a_graph(picture_services_server: PictureServices) -> None:
    order = compiled(CASTLE, Options(), abilities(CHECKPOINT), CHECKPOINT, 5).order
    drawn = ask(SERVICE, settings_for(SERVICE, picture_services_server, sampler="dpmpp_2m"), order)

    graph = next(
        asked.body["prompt"]
        for asked in picture_services_server.standing("comfyui").asked
        if asked.method == "POST"
    )
    sampler = graph["5"]["inputs"]
    assert (sampler["seed"], sampler["cfg"], sampler["steps"], sampler["sampler_name"]) == (
        5,
        8.5,
        30,
        "dpmpp_2m",
    )
    assert graph[sampler["positive"][0]]["inputs"]["text"] == "a red castle"
    assert graph[sampler["negative"][0]]["inputs"]["text"] == "people"
    assert graph["1"]["inputs"] == {"ckpt_name": CHECKPOINT}
    assert sampler["denoise"] == 1.0
    assert (drawn.seed, drawn.cost) == (5, 0)


def test_a_reference_is_uploaded_and_begun_from(picture_services_server: PictureServices) -> None:
    given = reference()
    order = order_for(SERVICE, references=(given,))
    ask(SERVICE, settings_for(SERVICE, picture_services_server, strength="0.35"), order)

    standing = picture_services_server.standing("comfyui")
    assert list(standing.kept["uploads"].values()) == [given.data]
    graph = standing.asked[2].body["prompt"]
    assert graph["5"]["inputs"]["denoise"] == 0.35
    assert graph[graph["5"]["inputs"]["latent_image"][0]]["class_type"] == "VAEEncode"


def test_an_identical_graph_gives_nothing_new_and_another_seed_does(
    picture_services_server: PictureServices,
) -> None:
    settings = settings_for(SERVICE, picture_services_server)
    ask(SERVICE, settings, order_for(SERVICE, seed=1))

    told = fault_of(SERVICE, settings, order_for(SERVICE, seed=1))
    assert (told.outcome, str(told)) == (
        Outcome.RETRY_NEW_SEED,
        "ComfyUI answered without a picture (nothing new was drawn for this graph).",
    )
    ask(SERVICE, settings, order_for(SERVICE, seed=2))
    assert SERVICE.abilities(CHECKPOINT).needs_seed_for_new


def test_the_same_request_again_joins_the_task_that_outlived_its_call(
    picture_services_server: PictureServices,
) -> None:
    settings, order = settings_for(SERVICE, picture_services_server), order_for(SERVICE)
    standing = picture_services_server.standing("comfyui")
    standing.kept["pending"] = 10_000
    late = fault_of(SERVICE, settings, order, seconds=0.4)
    assert (late.outcome, late.code) == (Outcome.RETRY_SAME, "still_drawn")
    (task,) = standing.kept["tasks"].values()
    task["left"] = 0

    assert ask(SERVICE, settings, order).request_id == late.request_id
    assert (standing.calls, standing.paid) == (1, 1)


def test_a_busy_machine_is_asked_later_and_nothing_is_queued(
    picture_services_server: PictureServices,
) -> None:
    picture_services_server.fails("comfyui", "busy")

    told = fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))

    assert (told.outcome, told.retry_after) == (Outcome.RETRY_AFTER, 15)
    assert picture_services_server.standing("comfyui").calls == 0


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("history_error", "ComfyUI: the node KSampler failed: RuntimeError"),
        ("history_out_of_memory", "ComfyUI: the node KSampler failed: torch.OutOfMemoryError"),
        ("interrupted", "ComfyUI: the node ? failed: interrupted"),
        (
            "validation",
            "ComfyUI refuses the graph: the node KSampler says «Value 99999 bigger than max of 10000».",
        ),
        (
            "no_checkpoint",
            f"ComfyUI has no checkpoint {CHECKPOINT}. Put it into models/checkpoints or choose another one.",
        ),
    ],
)
def test_what_a_node_says_is_told_in_words(
    picture_services_server: PictureServices, fault: str, sentence: str
) -> None:
    picture_services_server.fails("comfyui", fault)

    assert (
        str(fault_of(SERVICE, settings_for(SERVICE, picture_services_server), order_for(SERVICE))) == sentence
    )


def test_a_failed_graph_is_executed_again(picture_services_server: PictureServices) -> None:
    settings = settings_for(SERVICE, picture_services_server)
    picture_services_server.fails("comfyui", "history_error")
    fault_of(SERVICE, settings, order_for(SERVICE))

    ask(SERVICE, settings, order_for(SERVICE))
