"""What the features of quotas are called on the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Any] = {
    "*": _("all together"),
    "usd": _("Money"),
    "describe": _("Texts"),
    "describe_short": _("Short texts"),
    "categorize": _("Categories"),
    "attributes": _("Attributes"),
    "look": _("Looking at pictures"),
    "reply": _("Answers to buyers"),
    "scene": _("Scenes of books"),
    "translate_passage": _("Passages in English"),
    "portray": _("Looks of characters"),
    "rank_passages": _("Choice of passages"),
    "embed": _("Vectors"),
    "pictures": _("Drawn pictures"),
    "try": _("Trials"),
}


def feature_name(feature: str) -> Any:
    return NAMES.get(feature, feature)
