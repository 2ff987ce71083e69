"""Ask a model for a typed answer: the engine's front door, a plain function that waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vitrina.engine.core.prompts import load
from vitrina.engine.core.replies import Answer, CallContext
from vitrina.engine.generators import Generator, In, Out
from vitrina.engine.images import ImagePart

__all__ = ["Answer", "CallContext", "ImagePart", "ask"]


def ask(
    generator: Generator[In, Out],
    input: In,  # noqa: A002
    *,
    context: CallContext,
    remarks: Sequence[str] = (),
    on_partial: Callable[[Mapping[str, Any]], None] | None = None,
    images: Sequence[ImagePart] = (),
) -> Answer[Out]:
    """The generator's answer to one input."""
    prompt = load(generator.prompt, generator.input)
    rendered = prompt.render(input)
    return Answer(
        value=generator.offline(input),
        source="offline",
        notes=rendered.notes,
        trimmed=rendered.trimmed,
        prompt_version=prompt.version,
    )
