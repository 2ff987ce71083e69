"""A generator: what one feature asks of models, as data. The registry lets checks and tests walk all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

In = TypeVar("In", bound=BaseModel)
Out = TypeVar("Out", bound=BaseModel)


@dataclass(frozen=True, eq=False)
class Generator(Generic[In, Out]):
    """One task: schemas, prompt file and the producer that needs no model.

    `output` holds the limits of the answer, so they are checked and never silently cut.
    `offline` is the route's member `offline`: it runs in the caller's thread and costs nothing.
    `output_limit`, `temperature`, `cache_ttl`: None takes the route's.
    `feature`: whose quota counts where the caller names none; empty: the generator's own name.
    """

    name: str
    route: str
    input: type[In]
    output: type[Out]
    prompt: Path
    offline: Callable[[In], Out]
    cache_ttl: timedelta | None = None
    output_limit: int | None = None
    temperature: float | None = None
    feature: str = ""


_registry: dict[str, Generator[Any, Any]] = {}


def register(generator: Generator[In, Out]) -> Generator[In, Out]:
    """Make a generator known by its name; the same name twice is a mistake of the program."""
    known = _registry.get(generator.name)
    if known is not None and known is not generator:
        raise ValueError(f"Two generators are named «{generator.name}».")
    _registry[generator.name] = generator
    return generator


def registered() -> tuple[Generator[Any, Any], ...]:
    return tuple(_registry.values())
