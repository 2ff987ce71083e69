"""Providers as rows of data: anything that speaks OpenAI's chat completions. A conforming new one is a new row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from vitrina.engine.core.faults import FaultKind


class JsonMode(StrEnum):
    """How a model can be held to JSON, from the strictest down."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PROMPT = "prompt"

    def weaker(self) -> JsonMode | None:
        order = list(JsonMode)
        place = order.index(self) + 1
        return order[place] if place < len(order) else None


@dataclass(frozen=True)
class Provider:
    """What is known of one provider.

    `key_setting`: the environment name that an error tells the operator; empty where no key is needed.
    `json_mode`: where a model begins; refusals teach the rest (capabilities.py).
    `strict_subset`: the server takes only OpenAI's subset of JSON Schema, so lengths go into descriptions.
    `statuses`: where its HTTP statuses mean something else than usual; `codes` likewise for error codes.
    `price_id`: its name in the price library; empty: unknown price, unless the settings know one.
    `image_detail`: what is sent as an image's `detail`; empty: the server doesn't know the word. Low is a bound on cost:
    colours, kind and cut are plain at 512 pixels, and «auto» may bill ten times as much for the same picture.
    """

    name: str
    base_url: str
    key_setting: str
    json_mode: JsonMode = JsonMode.SCHEMA
    strict_subset: bool = False
    output_limit_field: str = "max_tokens"
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    structured_body: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    statuses: Mapping[int, FaultKind] = field(default_factory=lambda: MappingProxyType({}))
    codes: Mapping[str, FaultKind] = field(default_factory=lambda: MappingProxyType({}))
    price_id: str = ""
    image_detail: str = ""


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "openai",
        "https://api.openai.com/v1",
        "OPENAI_API_KEY",
        strict_subset=True,
        output_limit_field="max_completion_tokens",  # `max_tokens` is deprecated (OpenAPI file of Aug 2026)
        price_id="openai",
        image_detail="low",
    ),
    Provider(
        "openrouter",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
        strict_subset=True,
        headers=MappingProxyType({"X-Title": "Vitrina"}),
        # Without it unsupported parameters are dropped in silence (provider routing docs, 2026).
        structured_body=MappingProxyType({"provider": {"require_parameters": True}}),
        statuses=MappingProxyType({403: FaultKind.REFUSED}),  # moderation of the input
        codes=MappingProxyType(
            {
                "openrouter_in_flight_budget": FaultKind.RATE,
                "openrouter_credits": FaultKind.CREDIT,
                "openrouter_key_limit": FaultKind.CREDIT,
            }
        ),
        price_id="openrouter",
        image_detail="low",
    ),
    # `response_format` json_schema answers 400 "This response_format type is unavailable now" (2026).
    Provider(
        "deepseek",
        "https://api.deepseek.com/v1",
        "DEEPSEEK_API_KEY",
        json_mode=JsonMode.OBJECT,
        price_id="deepseek",
    ),
    Provider(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "GEMINI_API_KEY",
        strict_subset=True,
        price_id="google",
    ),
    Provider("ollama", "http://127.0.0.1:11434/v1", ""),
    Provider("vllm", "http://127.0.0.1:8000/v1", ""),
    Provider("llamacpp", "http://127.0.0.1:8080/v1", ""),
)

CUSTOM = "custom"  # the one server that AI_BASE_URL names


@dataclass(frozen=True)
class Endpoint:
    """A provider as this installation reaches it. `key` never appears in a repr, log or error."""

    provider: Provider
    base_url: str
    key: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.provider.name

    @property
    def is_usable(self) -> bool:
        return bool(self.base_url) and (bool(self.key) or not self.provider.key_setting)
