"""Ask a model for a typed answer: the engine's front door, a plain function that waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vitrina.engine import runtime
from vitrina.engine.core.asking import Walk
from vitrina.engine.core.deadlines import Deadline
from vitrina.engine.core.prompts import load
from vitrina.engine.core.replies import Answer, CallContext
from vitrina.engine.errors import ConfigurationFault
from vitrina.engine.generators import Generator, In, Out
from vitrina.engine.images import ImagePart

__all__ = ["Answer", "CallContext", "ImagePart", "ask"]


def ask(
    generator: Generator[In, Out],
    input: In,  # noqa: A002 - the contract's word, and the field's
    *,
    context: CallContext,
    remarks: Sequence[str] = (),
    on_partial: Callable[[Mapping[str, Any]], None] | None = None,
    images: Sequence[ImagePart] = (),
) -> Answer[Out]:
    """The generator's answer to one input, from the first model of its route that gives a valid one.

    Safe from hundreds of threads; holds no transaction and must not be called inside one. `remarks`: a person's
    words on an earlier answer. `on_partial` gets the object as far as it is written, at most every 30 ms, in this thread.
    Raises the errors of engine.errors; LimitReached when a quota or budget forbids the call.
    """
    config = runtime.config()
    route = config.routes.get(generator.route)
    if route is None:
        raise ConfigurationFault(
            f"The generator «{generator.name}» names the route «{generator.route}», which doesn't exist."
        )
    store, is_own_thread = runtime.store_for_caller()
    seconds = config.deadlines.job
    if context.deadline_seconds is not None:
        seconds = min(seconds, context.deadline_seconds)
    return Walk(
        engine=runtime.engine(),
        config=config,
        store=store,
        is_own_thread=is_own_thread,
        generator=generator,
        route=route,
        values=input,
        rendered=load(generator.prompt, generator.input).render(input),
        remarks=tuple(remarks),
        images=tuple(images),
        context=replace(context, feature=context.feature or generator.feature),
        on_partial=on_partial,
        deadline=Deadline.within(seconds),
    ).run()
