"""Every address of the studio, room by room."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    # The admin's own sign-in knows no growing delay: everybody comes in by the one door.
    path(
        "admin/login/",
        login_not_required(RedirectView.as_view(pattern_name="login", query_string=True)),
        name="admin_sign_in",
    ),
    path("admin/", admin.site.urls),
    path("", include("vitrina.accounts.urls")),
    path("", include("vitrina.console.urls")),
    path("", include("vitrina.catalog.urls")),
    path("", include("vitrina.enrichment.urls")),
    path("", include("vitrina.jobs.urls")),
]

handler403 = "vitrina.console.failures.forbidden"
handler404 = "vitrina.console.failures.not_found"
handler500 = "vitrina.console.failures.broken"
