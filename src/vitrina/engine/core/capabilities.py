"""What one model at one endpoint can do, learnt from its refusals and kept for the life of the process."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vitrina.engine.core.faults import Fault, FaultKind
from vitrina.engine.core.providers import JsonMode, Provider


@dataclass(frozen=True)
class Capability:
    json_mode: JsonMode
    output_limit_field: str
    temperature: bool = True
    stream_usage: bool = True


def first_belief(provider: Provider) -> Capability:
    return Capability(json_mode=provider.json_mode, output_limit_field=provider.output_limit_field)


_LIMIT_FIELDS = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}


def after_refusal(
    capability: Capability, fault: Fault, *, structured: bool, streaming: bool
) -> Capability | None:
    """What to try after a 400 or 422: the named parameter without it, else the next weaker JSON mode; None: nothing is left.

    A refusal that names no parameter can't be told from a fault of ours, so the weaker mode is only believed
    once it has worked (`Capabilities.learn`).
    """
    if fault.kind is not FaultKind.REQUEST:
        return None
    if fault.parameter == "temperature" and capability.temperature:
        return replace(capability, temperature=False)
    if fault.parameter == capability.output_limit_field and fault.parameter in _LIMIT_FIELDS:
        return replace(capability, output_limit_field=_LIMIT_FIELDS[fault.parameter])
    if fault.parameter.startswith("stream_options") and streaming and capability.stream_usage:
        return replace(capability, stream_usage=False)
    weaker = capability.json_mode.weaker()
    if structured and weaker is not None:
        return replace(capability, json_mode=weaker)
    return None


class Capabilities:
    """The record per (base URL, model). Used from one thread, the engine's loop."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Capability] = {}

    def of(self, base_url: str, model: str, provider: Provider) -> Capability:
        return self._known.get((base_url, model)) or first_belief(provider)

    def learn(self, base_url: str, model: str, capability: Capability) -> None:
        self._known[base_url, model] = capability
