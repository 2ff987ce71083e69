"""ComfyUI's own API: a queue of graphs, a history, uploads. An identical graph is not executed again: nothing new comes of it.

`kept` of its standing: `checkpoints`: names of those that are there; `pending`: how often a history is looked at before it is done.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from aiohttp import web

from vitrina.simulators.picture_services import Dialect, Exchange, Route, Turned, Wanted

CHECKPOINTS = ("sd_xl_base_1.0.safetensors", "v1-5-pruned-emaonly.safetensors", "flux1-dev.safetensors")
NODES = {
    "CheckpointLoaderSimple", "CLIPTextEncode", "EmptyLatentImage", "KSampler", "VAEDecode", "VAEEncode", "LoadImage",
    "ImageScale", "PreviewImage", "SaveImage",
}  # fmt: skip
PENDING, BUSY = 2, 99
OWN = {"history_error", "history_out_of_memory", "interrupted", "busy", "nothing_new"}


def error(kind: str, words: str, nodes: dict[str, Any] | None = None) -> web.Response:
    body = {
        "error": {"type": kind, "message": words, "details": "", "extra_info": {}},
        "node_errors": nodes or {},
    }
    return web.json_response(body, status=400)


def _node_error(number: str, node: dict[str, Any], kind: str, words: str, details: str) -> Turned:
    errors = [{"type": kind, "message": words, "details": details, "extra_info": {}}]
    told = {number: {"errors": errors, "dependent_outputs": ["7"], "class_type": node["class_type"]}}
    return Turned(error("prompt_outputs_failed_validation", "Prompt outputs failed validation", told))


async def _queue(exchange: Exchange) -> web.StreamResponse:
    given = await exchange.request.json()
    exchange.asked.body = given
    graph, kept = given.get("prompt"), exchange.standing.kept
    if not graph:
        raise Turned(web.json_response({"error": "no prompt", "node_errors": []}, status=400))
    for number, node in graph.items():
        if node["class_type"] not in NODES:
            raise Turned(
                error("invalid_prompt", f"Cannot execute because node {node['class_type']} does not exist.")
            )
        for place in node["inputs"].values():
            if isinstance(place, list) and place[0] not in graph:
                raise _node_error(number, node, "bad_linked_input", "Bad linked input", str(place))
    found = {node["class_type"]: (number, node) for number, node in graph.items()}
    number, loader = found["CheckpointLoaderSimple"]
    model, known = loader["inputs"]["ckpt_name"], kept.get("checkpoints", CHECKPOINTS)
    if model not in known or exchange.fault == "no_checkpoint":
        details = f"ckpt_name: '{model}' not in {list(known)}"
        raise _node_error(number, loader, "value_not_in_list", "Value not in list", details)
    sampler = found["KSampler"][1]["inputs"]
    prompt = graph[sampler["positive"][0]]["inputs"]["text"]
    references = _references(found, kept)
    scaled = found.get("ImageScale") or found["EmptyLatentImage"]
    width, height = scaled[1]["inputs"]["width"], scaled[1]["inputs"]["height"]
    task, digest = str(uuid.uuid4()), hashlib.sha256(json.dumps(graph, sort_keys=True).encode()).hexdigest()
    history: dict[str, Any] = {"left": kept.get("pending", PENDING), "fault": exchange.fault, "picture": None}
    executed = kept.setdefault("executed", set())
    if digest in executed or exchange.fault == "nothing_new":
        exchange.standing.from_cache += 1
    else:
        history["picture"] = await exchange.draw(
            Wanted(prompt, width, height, sampler["seed"], model, references, "PNG")
        )
        if exchange.fault not in OWN:
            executed.add(digest)
    kept.setdefault("tasks", {})[task] = history
    return web.json_response({"prompt_id": task, "number": 1, "node_errors": {}})


def _references(found: dict[str, tuple[str, dict[str, Any]]], kept: dict[str, Any]) -> int:
    if "LoadImage" not in found:
        return 0
    number, node = found["LoadImage"]
    name = node["inputs"]["image"]
    if name not in kept.get("uploads", {}):
        details = f"image - Invalid image file: {name}"
        raise _node_error(
            number, node, "custom_validation_failed", "Custom validation failed for node", details
        )
    return 1


async def _history(exchange: Exchange) -> web.StreamResponse:
    name = exchange.request.match_info["task"]
    task = exchange.standing.kept.get("tasks", {}).get(name)
    if task is None or task["left"] > 0:
        if task is not None:
            task["left"] -= 1
        return web.json_response({})
    status: dict[str, Any] = {
        "status_str": "success",
        "completed": True,
        "messages": [["execution_start", {}]],
    }
    if task["fault"] in ("history_error", "history_out_of_memory", "interrupted"):
        return web.json_response({name: {"outputs": {}, "status": _failed(task["fault"], name)}})
    images = [{"filename": f"vitrina_{name}_00001_.png", "subfolder": "", "type": "temp"}]
    outputs = {"7": {"images": images}} if task["picture"] is not None else {}
    return web.json_response({name: {"prompt": [], "outputs": outputs, "status": status}})


def _failed(fault: str, name: str) -> dict[str, Any]:
    kind = "torch.OutOfMemoryError" if fault == "history_out_of_memory" else "RuntimeError"
    told = {
        "prompt_id": name,
        "node_id": "5",
        "node_type": "KSampler",
        "exception_type": kind,
        "exception_message": "Allocation on device"
        if "Memory" in kind
        else "mat1 and mat2 shapes cannot be multiplied",
    }
    last = (
        ["execution_interrupted", {"prompt_id": name}]
        if fault == "interrupted"
        else ["execution_error", told]
    )
    return {"status_str": "error", "completed": False, "messages": [["execution_start", {}], last]}


async def _view(exchange: Exchange) -> web.StreamResponse:
    query = exchange.request.query
    name = query.get("filename", "").removeprefix("vitrina_").partition("_")[0]
    task = exchange.standing.kept.get("tasks", {}).get(name)
    if task is None or task["picture"] is None or query.get("type") != "temp":
        return web.Response(status=404)
    return web.Response(body=task["picture"].data, content_type=task["picture"].media_type)


async def _upload(exchange: Exchange) -> web.StreamResponse:
    form = await exchange.request.post()
    picture = form.get("image")
    if not isinstance(picture, web.FileField):
        return web.Response(status=400)
    exchange.standing.kept.setdefault("uploads", {})[picture.filename] = picture.file.read()
    return web.json_response({"name": picture.filename, "subfolder": "", "type": "input"})


async def _standing(exchange: Exchange) -> web.StreamResponse:
    """How many tasks wait. A fault is chosen by whoever draws: the next one there tells whether it is «busy»."""
    standing = exchange.standing
    is_busy = next(iter(standing.next_faults), standing.always) == "busy"
    if is_busy and standing.next_faults:
        standing.next_faults.popleft()
    return web.json_response({"exec_info": {"queue_remaining": BUSY if is_busy else 0}})


DIALECT = Dialect(
    service="comfyui",
    routes=(
        Route("POST", "/prompt", _queue),
        Route("GET", "/prompt", _standing, draws=False),
        Route("GET", "/history/{task}", _history, draws=False),
        Route("GET", "/view", _view, draws=False),
        Route("POST", "/upload/image", _upload, draws=False),
    ),
    throttled=lambda e, wait: web.json_response({"error": "Too many requests"}, status=429),
    unauthorized=lambda e: web.Response(status=401),
    faults={
        "validation": lambda e: error(
            "prompt_outputs_failed_validation",
            "Prompt outputs failed validation",
            {
                "5": {
                    "errors": [
                        {
                            "type": "value_bigger_than_max",
                            "message": "Value 99999 bigger than max of 10000",
                            "details": "steps",
                        }
                    ],
                    "dependent_outputs": ["7"],
                    "class_type": "KSampler",
                }
            },
        ),
        "no_prompt": lambda e: web.json_response({"error": "no prompt", "node_errors": []}, status=400),
        "server_error": lambda e: web.Response(status=500, text="500 Internal Server Error"),
    },
    own={*OWN, "no_checkpoint"},
)
