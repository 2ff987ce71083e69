"""The step after an import: enrich what came in, with what that will cost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vitrina.accounts.doors import PersonRequest, reach, rights_of
from vitrina.accounts.pages import page_or_part
from vitrina.accounts.roles import Right
from vitrina.catalog import importing
from vitrina.catalog.models import Import
from vitrina.enrichment import runs
from vitrina.enrichment.estimate import estimate
from vitrina.enrichment.selection import Selection, Wanting, products_of_import
from vitrina.jobs.enqueue import QueueFull, enqueue
from vitrina.jobs.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
def import_enrichment(request: PersonRequest, pk: int) -> HttpResponse:
    import_run = reach(Import.objects.select_related("seller"), request.user, Right.ENRICH, pk=pk)
    seller = import_run.seller
    options = runs.options_for(seller)
    selection = Selection(seller_id=seller.pk, changed_in=import_run.pk, wanting=Wanting.THIS_RUN)
    waiting = products_of_import(selection, options_key=options.key, language=options.language)
    live = runs.live_batch(seller.pk, f"import:{import_run.pk}")
    if request.method == "POST":
        if live is not None:
            return redirect("job", pk=live.pk)
        if not waiting.exists():
            messages.info(request, _("Everything of this import is enriched already."))
            return redirect("import", pk=pk)
        try:
            # The job places what the supplier's own category names say, and starts the batch.
            enqueue(
                importing.IMPORTED,
                {"import_id": import_run.pk},
                key=f"imported:{import_run.pk}",
                seller_id=seller.pk,
                created_by_id=request.user.pk,
            )
        except QueueFull as full:
            messages.error(request, str(full))
        else:
            messages.success(request, _("The enrichment begins; its job shows how far it is."))
        return redirect("import", pk=pk)
    is_asked = live is not None or _is_asked(import_run)
    latest = runs.latest_batch(seller.pk, f"import:{import_run.pk}")
    context: dict[str, Any] = {
        "run": import_run,
        "is_asked": is_asked,
        "batch": latest,
        "rights": rights_of(request.user, seller.pk),
    }
    # While the work goes on, the page asks every two seconds how far it is: what is left is counted after it.
    if not is_asked:
        count = waiting.count()
        context["estimate"] = estimate(seller.pk, count) if count else None
        context["became"] = runs.report(latest.pk) if latest and not count else None
    return page_or_part(
        request, "enrichment/import_enrichment.html", "enrichment/import_enrichment_body.html", context
    )


def _is_asked(import_run: Import) -> bool:
    """The job that starts the batch waits or works."""
    asked = Job.objects.live().filter(kind=importing.IMPORTED, seller=import_run.seller_id)
    return asked.filter(key=f"imported:{import_run.pk}").exists()
