"""The bodies that are sent, built from what is asked and what the model can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from vitrina.engine.core.capabilities import Capability
from vitrina.engine.core.providers import JsonMode, Provider
from vitrina.engine.core.schema import OutputSchema
from vitrina.engine.images import ImagePart


@dataclass(frozen=True)
class ChatRequest:
    """`turns`: the messages after the system's, as the protocol has them."""

    kind: ClassVar[str] = "chat"  # the ledger's word
    system: str
    turns: tuple[dict[str, Any], ...]
    schema: OutputSchema
    temperature: float | None
    output_limit: int | None

    def body(self, model: str, capability: Capability, provider: Provider, *, stream: bool) -> bytes:
        system = self.system
        if capability.json_mode is not JsonMode.SCHEMA:
            # A server without schemas must be told the schema in words; some insist on the word JSON.
            system = f"{system}\n\nAnswer with one JSON object, nothing before or after it, that fits this JSON schema:\n{self.schema.text}"
        body: dict[str, Any] = {
            "model": model,
            "messages": [{"role": "system", "content": system}, *_with_detail(self.turns, provider)],
            **provider.body,
        }
        if self.temperature is not None and capability.temperature:
            body["temperature"] = self.temperature
        if self.output_limit is not None:
            body[capability.output_limit_field] = self.output_limit
        if capability.json_mode is JsonMode.SCHEMA:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": self.schema.name,
                    "schema": self.schema.subset if provider.strict_subset else self.schema.full,
                    "strict": self.schema.strict,
                },
            }
            body |= provider.structured_body
        elif capability.json_mode is JsonMode.OBJECT:
            body["response_format"] = {"type": "json_object"}
        if stream:
            body["stream"] = True
            if capability.stream_usage:
                body["stream_options"] = {"include_usage": True}
        return orjson.dumps(body)


def _with_detail(turns: tuple[dict[str, Any], ...], provider: Provider) -> tuple[dict[str, Any], ...]:
    if not provider.image_detail or all(isinstance(turn["content"], str) for turn in turns):
        return turns
    return tuple(
        turn
        if isinstance(turn["content"], str)
        else {**turn, "content": [_part(part, provider.image_detail) for part in turn["content"]]}
        for turn in turns
    )


def _part(part: dict[str, Any], detail: str) -> dict[str, Any]:
    if part["type"] != "image_url":
        return part
    return {**part, "image_url": {**part["image_url"], "detail": detail}}


@dataclass(frozen=True)
class EmbedRequest:
    kind: ClassVar[str] = "embed"
    texts: tuple[str, ...]

    def body(self, model: str) -> bytes:
        return orjson.dumps({"model": model, "input": self.texts, "encoding_format": "float"})


def user_turn(text: str, images: Sequence[ImagePart]) -> dict[str, Any]:
    if not images:
        return {"role": "user", "content": text}
    pictures = [{"type": "image_url", "image_url": {"url": image.data_url}} for image in images]
    return {"role": "user", "content": [{"type": "text", "text": text}, *pictures]}
