"""ComfyUI: a graph of nodes is queued, its history looked at until it is done, and the picture fetched. One's own machine.

`model`: the file name of a checkpoint. Of `extra`: `sampler`, `scheduler`, `strength` (0–1, how far a picture may go from its
reference), `most_waiting` (tasks before ours from which it counts as busy).

An identical graph is not executed twice, so another try changes the seed; a call whose time was up is joined by the same
request, see `unfinished`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vitrina.imagery.judging import Told, Trouble, fault, trouble_of
from vitrina.imagery.ports import Drawn, Order, Outcome, Reference, Service, ServiceFault, ServiceSettings
from vitrina.imagery.services.polling import Deadline, Pauses
from vitrina.imagery.services.stable_diffusion import STRENGTH, abilities
from vitrina.imagery.services.unfinished import MAY_GO_ON, Unfinished, digest_of, still_drawn
from vitrina.imagery.taking import part, taken, text
from vitrina.imagery.wire import Answered, PictureWire, form_of
from vitrina.lib.sentences import gettext_noop

TITLE, URL_SETTING = "ComfyUI", "VITRINA_COMFYUI_URL"
CHECKPOINT = "sd_xl_base_1.0.safetensors"
MOST_WAITING, BUSY_SECONDS = 4, 15.0
MOST_TOLD_BYTES = 8 * 1024 * 1024  # a history repeats the whole graph
BUSY = gettext_noop("%(service)s has %(count)s tasks before this one; it is asked again later.")
NODE_FAILED = gettext_noop("%(service)s: the node %(node)s failed: %(why)s")
NOT_ACCEPTED = gettext_noop("%(service)s refuses the graph: the node %(node)s says «%(why)s».")
NO_CHECKPOINT = gettext_noop(
    "%(service)s has no checkpoint %(model)s. Put it into models/checkpoints or choose another one."
)
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}

_unfinished = Unfinished()


class ComfyUI:
    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._url = settings.base_url

    async def draw(self, order: Order, wire: PictureWire, seconds: float) -> Drawn:
        deadline = Deadline(seconds)
        graph = graph_of(order, self._settings.extra)
        try:
            digest = digest_of(self._url, graph)
        except TypeError:  # not to be written: asking says so
            digest = ""
        task = _unfinished.take(digest)
        if task is None:
            await self._see_whether_busy(order, wire, deadline)
            for reference in order.references[:1]:
                await self._upload(reference, order, wire, deadline)
            task = await self._queue(graph, order, wire, deadline)
        try:
            history = await self._done(task, order, wire, deadline)
        except ServiceFault as refusal:
            if refusal.code in MAY_GO_ON:
                _unfinished.keep(digest, task)
            raise
        picture = await self._picture(history, task, order, wire, deadline)
        return await taken(TITLE, picture, order, cost=Decimal(0), seed=order.seed, request_id=task)

    async def _see_whether_busy(self, order: Order, wire: PictureWire, deadline: Deadline) -> None:
        answered = await self._ask(wire, deadline, "GET", "/prompt")
        if answered.status != 200:
            raise _refusal(answered, order)
        count = part(answered.json(), "exec_info", "queue_remaining")
        given = self._settings.extra.get("most_waiting", "")
        most = int(given) if given.isdecimal() else MOST_WAITING
        if isinstance(count, int) and count > most:
            values: dict[str, str | int | float] = {"service": TITLE, "count": count}
            raise ServiceFault(
                Outcome.RETRY_AFTER, BUSY, values=values, status=200, code="busy", retry_after=BUSY_SECONDS
            )

    async def _upload(
        self, reference: Reference, order: Order, wire: PictureWire, deadline: Deadline
    ) -> None:
        form = form_of(TITLE, {"type": "input", "overwrite": "true"})
        form.add_field(
            "image", reference.data, content_type=reference.media_type, filename=_name_of(reference)
        )
        answered = await wire.ask(
            TITLE,
            "POST",
            f"{self._url}/upload/image",
            seconds=deadline.left(),
            form=form,
            most_bytes=MOST_TOLD_BYTES,
        )
        if answered.status != 200:
            raise _refusal(answered, order)

    async def _queue(
        self, graph: Mapping[str, Any], order: Order, wire: PictureWire, deadline: Deadline
    ) -> str:
        asked = {"prompt": graph, "client_id": uuid.uuid4().hex}
        answered = await self._ask(wire, deadline, "POST", "/prompt", json=asked)
        if answered.status != 200:
            raise _refusal(answered, order)
        task = text(part(answered.json(), "prompt_id"), 200)
        if not task.replace("-", "").isalnum():
            raise fault(Trouble.NO_PICTURE, Told(200, why="no task"), service=TITLE)
        return task

    async def _done(self, task: str, order: Order, wire: PictureWire, deadline: Deadline) -> Any:
        """The task's history once it has ended well."""
        pauses = Pauses(deadline)
        while await pauses.next():
            answered = await self._ask(wire, deadline, "GET", f"/history/{task}")
            if answered.status >= 500:
                continue
            if answered.status != 200:
                raise _refusal(answered, order)
            body = answered.json()
            history = part(body, task)
            if history is None:
                if body == {}:
                    continue  # it waits, or is being drawn
                raise fault(Trouble.NO_PICTURE, Told(200, why="no history", request_id=task), service=TITLE)
            if part(history, "status", "status_str") == "error":
                raise _failed(history, task)
            return history
        raise still_drawn(TITLE, deadline.seconds, task, was_paid=False)

    async def _picture(
        self, history: Any, task: str, order: Order, wire: PictureWire, deadline: Deadline
    ) -> bytes:
        image = _first_image(history)
        if image is None:
            told = Told(200, why="nothing new was drawn for this graph", request_id=task)
            raise fault(Trouble.NO_PICTURE, told, service=TITLE)
        answered = await self._ask(wire, deadline, "GET", "/view", query=image, most_bytes=None)
        if answered.status != 200:
            raise _refusal(answered, order)
        return answered.body

    async def _ask(
        self,
        wire: PictureWire,
        deadline: Deadline,
        method: str,
        path: str,
        *,
        json: Any = None,
        query: Mapping[str, str | int] | None = None,
        most_bytes: int | None = MOST_TOLD_BYTES,
    ) -> Answered:
        url = f"{self._url}{path}"
        if most_bytes is None:
            return await wire.ask(TITLE, method, url, seconds=deadline.left(), json=json, query=query)
        return await wire.ask(
            TITLE, method, url, seconds=deadline.left(), json=json, query=query, most_bytes=most_bytes
        )


# --- The graph ------------------------------------------------------------------------------------------------


def graph_of(order: Order, extra: Mapping[str, str]) -> dict[str, Any]:
    """Nodes by number: load, tell, begin from noise or a reference, draw, decode, show. Kept among the temporary files over
    there, so that nobody's output folder fills."""
    graph: dict[str, Any] = {
        "1": _node("CheckpointLoaderSimple", ckpt_name=order.model),
        "2": _node("CLIPTextEncode", text=order.prompt, clip=["1", 1]),
        "3": _node("CLIPTextEncode", text=order.negative, clip=["1", 1]),
        "4": _node("EmptyLatentImage", width=order.width, height=order.height, batch_size=1),
        "5": _node(
            "KSampler",
            seed=order.seed or 0,
            steps=order.steps or 20,
            cfg=1.0 if order.guidance is None else order.guidance,
            sampler_name=extra.get("sampler", "euler"),
            scheduler=extra.get("scheduler", "normal"),
            denoise=1.0,
            model=["1", 0],
            positive=["2", 0],
            negative=["3", 0],
            latent_image=["4", 0],
        ),
        "6": _node("VAEDecode", samples=["5", 0], vae=["1", 2]),
        "7": _node("PreviewImage", images=["6", 0]),
    }
    if order.references:
        graph["8"] = _node("LoadImage", image=_name_of(order.references[0]))
        graph["9"] = _node(
            "ImageScale",
            image=["8", 0],
            upscale_method="lanczos",
            width=order.width,
            height=order.height,
            crop="center",
        )
        graph["4"] = _node("VAEEncode", pixels=["9", 0], vae=["1", 2])
        graph["5"]["inputs"]["denoise"] = float(extra.get("strength", STRENGTH))
    return graph


def _node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs}


def _name_of(reference: Reference) -> str:
    return f"vitrina-{reference.digest[:32]}.{ENDINGS.get(reference.media_type, 'png')}"


# --- What it answers ------------------------------------------------------------------------------------------


def _first_image(history: Any) -> dict[str, str | int] | None:
    outputs = part(history, "outputs")
    for output in outputs.values() if isinstance(outputs, Mapping) else ():
        image = part(output, "images", 0)
        name = part(image, "filename")
        if isinstance(name, str) and name:
            return {
                "filename": name,
                "subfolder": text(part(image, "subfolder")),
                "type": text(part(image, "type")) or "output",
            }
    return None


def _failed(history: Any, task: str) -> ServiceFault:
    """What the node said that failed; a person who wired the machine can act on it."""
    messages = part(history, "status", "messages")
    told: Any = None
    for message in messages if isinstance(messages, list) else ():
        if part(message, 0) == "execution_error":
            told = part(message, 1)
    kind = text(part(told, "exception_type"), 120)
    # Out of memory is there again the next time; another failure may have been a passing one.
    outcome = Outcome.FALLBACK if kind.rpartition(".")[2] == "OutOfMemoryError" else Outcome.RETRY_SAME
    values: dict[str, str | int | float] = {
        "service": TITLE,
        "node": text(part(told, "node_type"), 80) or "?",
        "why": kind or "interrupted",
    }
    return ServiceFault(
        outcome,
        NODE_FAILED,
        values=values,
        status=200,
        code=kind[:60] or "interrupted",
        message=text(part(told, "exception_message")),
        request_id=task,
    )


def _refusal(answered: Answered, order: Order) -> ServiceFault:
    body = answered.json()
    nodes = part(body, "node_errors")
    for node in nodes.values() if isinstance(nodes, Mapping) else ():
        error = part(node, "errors", 0)
        kind, name = text(part(error, "type"), 60), text(part(node, "class_type"), 80)
        values: dict[str, str | int | float] = {
            "service": TITLE,
            "model": order.model,
            "node": name or "?",
            "why": text(part(error, "message"), 200),
        }
        is_missing = kind == "value_not_in_list" and name == "CheckpointLoaderSimple"
        return ServiceFault(
            Outcome.FALLBACK if is_missing else Outcome.BAD_REQUEST,
            NO_CHECKPOINT if is_missing else NOT_ACCEPTED,
            values=values,
            status=answered.status,
            code=kind or "node_error",
            message=text(part(error, "details")),
        )
    kind, message = text(part(body, "error", "type"), 60), text(part(body, "error", "message"))
    message = message or text(part(body, "error"))
    told = Told(answered.status, (kind,) if kind else (), message)
    return fault(trouble_of(told), told, service=TITLE, setting=URL_SETTING, model=order.model)


SERVICE = Service(
    name="comfyui",
    title=TITLE,
    base_url="",
    abilities=abilities,
    models=(CHECKPOINT,),
    make=ComfyUI,
    url_setting=URL_SETTING,
    at_once=2,  # one is drawn, the next is loaded meanwhile
)
