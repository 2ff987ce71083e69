"""How many tokens a picture is billed as, as far as it is known before the bill comes."""

from __future__ import annotations

# At low detail, by the end of the model's name. OpenAI's guide «Images and vision» (2026): 85 a picture, 2 833 for
# gpt-4o-mini, whose tokens are that much cheaper.
_OF_MODELS = (("gpt-4o-mini", 2833), ("gpt-4o", 85), ("gpt-4.1", 85))
# Gemini bills 258 tokens for each tile of 768 pixels, four of them for a square of 1 024; open models are of this order.
_OTHERS = 1032


def picture_tokens(model: str) -> int:
    """Of one picture whose longest side is at most 1 024 pixels. Settled with the real usage once it is known."""
    return next((tokens for name, tokens in _OF_MODELS if model.endswith(name)), _OTHERS)
