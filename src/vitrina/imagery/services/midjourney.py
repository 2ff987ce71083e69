"""Midjourney, which has no official API (looked for in November 2026): what is offered under its name drives somebody's chat
account, against its terms. Its pictures are brought by hand."""

from __future__ import annotations

from vitrina.imagery.ports import Abilities, Service
from vitrina.lib.sentences import gettext_noop

SERVICE = Service(
    name="midjourney",
    title="Midjourney",
    base_url="",
    abilities=lambda _model: Abilities(has_seed=False),
    models=(),
    make=None,
    why_not=gettext_noop(
        "Midjourney has no official API. Draw there yourself and upload the picture into its series."
    ),
)
