"""`/health/live`: the process answers. `/health/ready`: it can do its work. `/metrics`: how it does."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from vitrina.accounts.tokens import METRICS, may_read_metrics, recognise
from vitrina.console.metrics import rows
from vitrina.jobs.metrics import measure


@never_cache
@login_not_required
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 with the reason while the database is away or behind its migrations; a missing worker is only told.

    Pages work without a worker; taking the web process out of service would help nobody.
    """
    checks: dict[str, Any] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        checks["database"] = "ok"
        behind = _behind()
        checks["migrations"] = "ok" if not behind else f"{behind} to run: `vitrina migrate`"
        checks["workers"] = measure().workers if not behind else 0
    except DatabaseError as error:
        checks["database"] = f"away: {type(error).__name__}"
    is_ready = checks.get("database") == "ok" and checks.get("migrations") == "ok"
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", "checks": checks}, status=200 if is_ready else 503
    )


def _behind() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For a superuser's browser, or a scraper with a superuser's API token of the scope «metrics»."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    token = recognise(secret.strip()) if scheme.lower() == "bearer" else None
    has_token = token is not None and METRICS in token.scopes and may_read_metrics(token.user)
    if not has_token and not may_read_metrics(request.user):
        raise PermissionDenied
    return HttpResponse(generate_latest() + generate_latest(rows), content_type=CONTENT_TYPE_LATEST)
