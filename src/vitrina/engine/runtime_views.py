"""Settings: the values that are changed while the program runs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from vitrina.accounts import runtime_settings
from vitrina.accounts.doors import PersonRequest
from vitrina.accounts.models import RuntimeSetting
from vitrina.accounts.runtime_settings import NotAllowed, Setting
from vitrina.engine.route_views import only_superusers

LONGEST = 500  # characters of what is typed


@never_cache
@require_http_methods(["GET", "POST"])
def runtime_page(request: PersonRequest) -> HttpResponse:
    only_superusers(request)
    wrong: tuple[str, str, str] | None = None
    if request.method == "POST":
        setting = runtime_settings.named(request.POST.get("name", ""))
        if setting is None:
            raise Http404
        typed = request.POST.get("value", "")[:LONGEST]
        try:
            if "reset" in request.POST:
                runtime_settings.reset(setting, by=request.user)
            else:
                runtime_settings.change(setting, typed, by=request.user)
        except NotAllowed as refusal:
            wrong = (setting.name, typed, str(refusal))
        else:
            messages.success(
                request,
                _("«%(title)s»: it holds in all processes within a few seconds.") % {"title": setting.title},
            )
            return redirect("settings_runtime")
    rows = {row.name: row for row in RuntimeSetting.objects.select_related("changed_by")}
    chapters: dict[str, list[dict[str, Any]]] = {}
    for setting in runtime_settings.registered():
        chapters.setdefault(str(setting.group), []).append(_shown(setting, rows.get(setting.name), wrong))
    return render(
        request, "engine/runtime.html", {"chapters": list(chapters.items())}, status=422 if wrong else 200
    )


def _shown(
    setting: Setting[Any], row: RuntimeSetting | None, wrong: tuple[str, str, str] | None
) -> dict[str, Any]:
    is_wrong = wrong is not None and wrong[0] == setting.name
    value = runtime_settings.value(setting)
    return {
        "setting": setting,
        "id": setting.name.replace(".", "-"),
        "typed": wrong[1] if wrong and is_wrong else value if setting.choices else as_text(setting, value),
        "default": as_text(setting, setting.default()),
        "error": wrong[2] if wrong and is_wrong else "",
        "unit": "%" if setting.kind == "share" else setting.unit,
        "is_on": bool(value),
        "row": row,
    }


def as_text(setting: Setting[Any], value: Any) -> str:
    """As the field shows it and takes it back: a share is a percentage."""
    if value is None:
        return ""
    if setting.kind == "share":
        return f"{value * 100:g}"
    if setting.kind == "yes_no":
        return _("yes") if value else _("no")
    if setting.kind == "choice":
        return str(setting.choices[value])
    if setting.kind == "number":
        return f"{value:g}"
    return f"{value.normalize():f}" if setting.kind == "money" else str(value)
