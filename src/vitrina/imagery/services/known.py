"""All picture services that Vitrina knows, in the order in which they are tried where nothing else decides."""

from __future__ import annotations

from vitrina.imagery.ports import Service
from vitrina.imagery.services import (
    comfyui,
    flux,
    gemini,
    midjourney,
    openai,
    openrouter,
    placeholder,
    pollinations,
    pollinations_demo,
    sdwebui,
    stability,
)

SERVICES: tuple[Service, ...] = (
    pollinations.SERVICE,
    openai.SERVICE,
    gemini.SERVICE,
    openrouter.SERVICE,
    flux.SERVICE,
    stability.SERVICE,
    sdwebui.SERVICE,
    comfyui.SERVICE,
    pollinations_demo.SERVICE,
    midjourney.SERVICE,
    placeholder.SERVICE,
)
