"""What checkpoints of Stable Diffusion can do, told by their names: the programs that run them ask for the same things.

Families and the sizes they were trained on: SD 1.5 near 512 × 768, SDXL and its children about a megapixel, FLUX up to two.
"""

from __future__ import annotations

import re

from vitrina.imagery.ports import Abilities, Style

STRENGTH = 0.6  # how far a picture may go from its reference: 0 keeps it, 1 forgets it
_OLD = re.compile(r"(sd|v)[-_ ]?1[-_.]?[45]|dreamshaper[-_ ]?[1-8](\b|_)|1\.5", re.IGNORECASE)
_FAST = re.compile(r"turbo|lightning|lcm|hyper", re.IGNORECASE)


def is_flux(model: str) -> bool:
    return "flux" in model.lower()


def abilities(model: str) -> Abilities:
    """`model`: the name of a checkpoint's file. What is not known by its name is taken for SDXL."""
    if is_flux(model):
        return Abilities(
            step=16, least_side=256, most_pixels=2 * 1024 * 1024, style=Style.PROSE, seed_is_exact=True,
            most_seed=2**32 - 1, most_references=1, most_prompt=2000, needs_seed_for_new=True,
        )  # fmt: skip
    return Abilities(
        step=64,
        least_side=256 if _OLD.search(model) else 512,
        most_pixels=768 * 768 if _OLD.search(model) else 1024 * 1024,
        most_side=1024 if _OLD.search(model) else 1536,
        style=Style.KEYWORDS,
        has_negative=True,
        seed_is_exact=True,
        most_seed=2**32 - 1,
        has_guidance=True,
        guidance_range=(1.0, 2.0) if _FAST.search(model) else (1.0, 12.0),
        most_steps=8 if _FAST.search(model) else 150,
        most_references=1,
        needs_seed_for_new=True,
    )
