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
    path("", include("vitrina.engine.urls")),
    path("", include("vitrina.books.urls")),
    path("", include("vitrina.jobs.urls")),
    path("", include("vitrina.webhooks.urls")),
    path("", include("vitrina.channels.urls")),
    path("", include("vitrina.inbox.urls")),
    path("", include("vitrina.vehicles.urls")),
    path("", include("vitrina.imagery.urls")),
    path("api/", include("vitrina.rest.urls")),
    # The API, room by room: <room>/api_urls.py.
    path("api/v1/", include("vitrina.books.api_urls")),
    path("api/v1/", include("vitrina.catalog.api_urls")),
    path("api/v1/", include("vitrina.console.api_urls")),
    path("api/v1/", include("vitrina.enrichment.api_urls")),
    path("api/v1/", include("vitrina.imagery.api_urls")),
    path("api/v1/", include("vitrina.inbox.api_urls")),
    path("api/v1/", include("vitrina.jobs.api_urls")),
    path("api/v1/", include("vitrina.webhooks.api_urls")),
    path("api/v1/", include("vitrina.vehicles.api_urls")),
]

handler400 = "vitrina.console.failures.unreadable"
handler403 = "vitrina.console.failures.forbidden"
handler404 = "vitrina.console.failures.not_found"
handler500 = "vitrina.console.failures.broken"
