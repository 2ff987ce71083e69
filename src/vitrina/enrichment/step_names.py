"""What each step of a run is called on a page, in the order of the pipeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STEP_NAMES = {
    "prepare": _("Reading the listing"),
    "look_at_images": _("Looking at the pictures"),
    "categorise": _("Finding the category"),
    "attributes": _("Reading out attributes"),
    "describe": _("Writing the text"),
    "check": _("Checking"),
    "decide": _("Deciding"),
    "apply": _("Applying"),
}


def step_name(step: str) -> str:
    """A step that has no name of its own yet is called by its code."""
    return str(STEP_NAMES.get(step, step))
