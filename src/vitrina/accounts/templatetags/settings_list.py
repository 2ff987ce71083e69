"""What the pages of Settings share: the list of sections, the names of roles."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import template
from django.urls import reverse

from vitrina.accounts import sections
from vitrina.accounts.role_words import role_name

register = template.Library()


@register.simple_tag(name="role_name")
def role_name_tag(role: str) -> str:
    return role_name(role)


@register.inclusion_tag("accounts/settings_list.html", takes_context=True)
def settings_list(context: dict[str, Any], *, with_words: bool = False) -> dict[str, Any]:
    request = context["request"]
    here = (request.resolver_match.url_name or "") if request.resolver_match else ""
    found = sections.shown_to(request.user)
    return {
        "with_words": with_words,
        "groups": [
            (
                sections.GROUP_NAMES[group],
                [
                    {
                        "title": section.title,
                        "words": section.words,
                        "icon": section.icon,
                        "url": reverse(section.name),
                        "is_here": here == section.name or here.startswith(f"{section.name}_"),
                    }
                    for section in members
                ],
            )
            for group, members in groupby(found, key=lambda section: section.group)
        ],
    }
