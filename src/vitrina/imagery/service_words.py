"""Names of picture services as people know them."""

from __future__ import annotations

TITLES = {
    "pollinations": "Pollinations",
    "pollinations-demo": "Pollinations (demo)",
    "openai": "OpenAI",
    "openrouter": "OpenRouter",
    "gemini": "Gemini",
    "sdwebui": "Stable Diffusion WebUI",
    "comfyui": "ComfyUI",
    "flux": "FLUX",
    "stability": "Stability",
    "midjourney": "Midjourney",
    "placeholder": "Placeholder",
}


def service_title(name: str) -> str:
    """One that this version doesn't know by its name in the database."""
    return TITLES.get(name, name)
