"""What an ask gives back, and what the asker tells about itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from pydantic import BaseModel

T = TypeVar("T")


@dataclass(frozen=True)
class CallContext:
    """Who asks and within what. `feature`: whose quota counts, by default the generator's name.

    `deadline_seconds`: for the whole ask with its retries, at most the house's 90 s; None takes those.
    `force` asks a model even where a stored answer exists; a job that is run again finds its own forced answer.
    """

    seller_id: int | None = None
    job_id: int | None = None
    user_id: int | None = None
    feature: str = ""
    deadline_seconds: float | None = None
    force: bool = False


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A typed answer with what it took.

    `source`: "offline" or "provider:model". `cost`: USD, 0 from the cache, None where no price is known.
    Tokens are those that this ask paid for, 0 from the cache. `raw`: the model's text as it came.
    """

    value: T
    source: str
    model_call_ids: tuple[str, ...] = ()
    tokens_prompt: int = 0
    tokens_completion: int = 0
    cost: Decimal | None = None
    cached: bool = False
    raw: str = ""
    trimmed: bool = False
    notes: tuple[str, ...] = ()
    prompt_version: str = ""


AnyAnswer = Answer[BaseModel]
