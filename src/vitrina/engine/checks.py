"""System checks: what an operator set about models is read at start, and its deadlines nest."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from pydantic import BaseModel

from vitrina.engine.core.config import EngineConfig
from vitrina.engine.core.deadlines import faults_of_nesting
from vitrina.engine.core.prompts import load
from vitrina.engine.errors import ConfigurationFault, PromptFault
from vitrina.engine.generators import registered
from vitrina.engine.settings_reader import Overrides, read


@register(Tags.compatibility)
def deadlines_nest(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """From the settings alone: checks run before the database is there; rows are held to it when they are read."""
    try:
        config = read(Overrides())
    except ConfigurationFault as fault:
        return [Error(fault.sentence, id="engine.E001")]
    return [Error(sentence, id="engine.E002") for sentence in nesting_faults(config)]


@register(Tags.compatibility)
def prompts_fit(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    for generator in registered():
        try:
            input_model: type[BaseModel] = generator.input
            load(generator.prompt, input_model)
        except PromptFault as fault:
            errors.append(Error(fault.sentence, id="engine.E003"))
    return errors


def nesting_faults(config: EngineConfig) -> list[str]:
    attempts = [
        (f"«{route.name}» · {step.model}", step.timeout_seconds)
        for route in config.routes.values()
        for step in route.steps
        if not step.is_offline
    ]
    return faults_of_nesting(config.deadlines, attempts)


@register(Tags.compatibility)
def tracing_is_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if settings.AI_TRACING and find_spec("opentelemetry") is None:
        return [
            Error(
                "VITRINA_TRACING is on, but OpenTelemetry is not installed; install it or switch it off.",
                id="engine.E004",
            )
        ]
    return []
